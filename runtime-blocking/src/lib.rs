//! Twitch for programs without async: Helix calls, events and tokens over plain threads.
//!
//! Everything that is Twitch happens in [`twitchwire`]; this crate carries its bytes with [`ureq`] and [`tungstenite`].
//!
//! | I want to … | look at |
//! | --- | --- |
//! | start | [`Client::builder`] |
//! | set something up before others find the client ready | [`Builder::start_with`], [`Client::ready`] |
//! | log a user in | [`Builder::login`], [`Builder::token`] |
//! | keep tokens in a file, or leave the file as it is | [`FileStore`], [`Unsaved`] |
//! | call Helix | [`Client::call`], [`Client::pages`], [`helix::api`] |
//! | call for the application, or for another user | [`Client::as_app`], [`Client::as_user`] |
//! | know how far a long list is | [`Pages::fetched`], [`Pages::total`] |
//! | hear events | [`Client::subscribe`], [`eventsub::topic`] |
//! | hear many topics, and how far that is | [`Client::subscribe_all`], [`Notice::Progress`] |
//! | hear thousands of channels | [`Builder::conduit`], [`Client::with_conduit`] |
//! | have a handler called | [`Client::on`], [`Client::on_notice`] |
//! | wait for one event | [`Client::wait_for`] |
//! | know what happens to links, tokens, subscriptions | [`Client::listen`] |
//! | have users authorise the application in a browser, take webhooks | [`Builder::callback`], [`Client::serve`], [`Client::visit`] |
//! | change timeouts and other settings | [`Builder::config`], [`Config`] |
//! | trust another authority, configure TLS | [`Builder::root_certificate`], [`Builder::tls`] |
//! | go through a proxy | [`Builder::proxy`], [`Proxy::from_env`] |
//! | open connections some other way | [`Builder::connector`] |
//! | end | [`Client::close`]; the example `listen` does so at Ctrl-C |
//! | test a bot | [`Builder::endpoints`], and the simulated Twitch of `twitchwire-sim` |
//!
//! ```no_run
//! use twitchwire_blocking::{Client, FileStore};
//! use twitchwire_blocking::auth::Scope;
//! use twitchwire_blocking::eventsub::topic::channel::ChannelFollow;
//!
//! let (twitch, _notices) = Client::builder("client-id")
//!     .store(FileStore::new("tokens.json"))
//!     .scopes([Scope::ModeratorReadFollowers])
//!     .login(|prompt| println!("{prompt}"))
//!     .start()?;
//! let me = twitch.me()?;
//! for follow in twitch.subscribe(ChannelFollow::new(&me, &me))? {
//!     println!("{} follows", follow?.user_name);
//! }
//! twitch.close();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Threads
//!
//! A client has a thread for time, one for the token store, one for each socket, and up to
//! [`Config::concurrent_requests`] for HTTP, started when they are needed. [`Client::close`], or dropping the last
//! [`Client`], ends them all before it returns. That takes as long as a connection attempt under way, at most
//! [`Config::connect_timeout`].

mod driver;
mod http;
mod net;
mod serve;
mod socket;

pub use driver::OnThreads;
pub use twitchwire;
pub use twitchwire::{
    As, CallError, Config, Counts, Endpoints, EventError, Filter, Heard, Notice, SessionNotice, StartError,
    TokenError, WaitError, WishError, WishId, auth, eventsub, helix, id, value,
};
pub use twitchwire_front::{self as front, FileStore, Proxy, Unsaved};

/// A Twitch client; see [`front::Client`].
pub type Client = front::Client<OnThreads>;
/// Sets a client up; see [`front::Builder`].
pub type Builder = front::Builder<OnThreads>;
/// Notices as they come; see [`front::Notices`].
pub type Notices = front::Notices<OnThreads>;
/// The events of a topic; see [`front::Events`].
pub type Events<T> = front::Events<OnThreads, T>;
/// The items of a list; see [`front::Pages`].
pub type Pages<E> = front::Pages<OnThreads, E>;
/// The pages of a list; see [`front::ByPage`].
pub type ByPage<E> = front::ByPage<OnThreads, E>;
