//! Twitch on tokio: Helix calls, events and tokens.
//!
//! Everything that is Twitch happens in [`twitchwire`]; [`front`] is what you hold of it, and this crate carries its bytes with
//! hyper and tungstenite.
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
//! | end | [`Client::close`]; the example `listen_tokio` does so at Ctrl-C |
//! | test a bot | [`Builder::endpoints`], and the simulated Twitch of `twitchwire-sim` |
//!
//! ```no_run
//! use twitchwire_tokio::{Client, FileStore};
//! use twitchwire_tokio::auth::Scope;
//! use twitchwire_tokio::eventsub::topic::channel::ChannelFollow;
//!
//! # async fn bot() -> Result<(), Box<dyn std::error::Error>> {
//! let (twitch, _notices) = Client::builder("client-id")
//!     .store(FileStore::new("tokens.json"))
//!     .scopes([Scope::ModeratorReadFollowers])
//!     .login(|prompt| println!("{prompt}"))
//!     .start()
//!     .await?;
//! let me = twitch.me()?;
//! let mut follows = twitch.subscribe(ChannelFollow::new(&me, &me)).await?;
//! while let Some(follow) = follows.next().await {
//!     println!("{} follows", follow?.user_name);
//! }
//! twitch.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Tasks
//!
//! A client lives on the runtime that [`Builder::start`] was called on, which may have one thread or many: a task for
//! time, one for the token store, one for each socket, connection and request. [`Client::close`] ends them, and so does
//! dropping the last [`Client`]. Futures can be dropped at any time: a call is cancelled, a subscription withdrawn.

mod runtime;

pub use runtime::{Io, Tokio};
pub use twitchwire;
pub use twitchwire::{
    As, CallError, Config, Counts, Endpoints, EventError, Filter, Heard, Notice, SessionNotice, StartError,
    TokenError, WaitError, WishError, WishId, auth, eventsub, helix, id, value,
};
pub use twitchwire_front::{self as front, FileStore, Proxy, Unsaved};

/// What carries a client here.
pub type Driver = front::tasks::Tasks<Tokio>;
/// A Twitch client; see [`front::Client`].
pub type Client = front::Client<Driver>;
/// Sets a client up; see [`front::Builder`].
pub type Builder = front::Builder<Driver>;
/// Notices as they come; see [`front::Notices`].
pub type Notices = front::Notices<Driver>;
/// The events of a topic; see [`front::Events`].
pub type Events<T> = front::Events<Driver, T>;
/// The items of a list; see [`front::Pages`].
pub type Pages<E> = front::Pages<Driver, E>;
/// The pages of a list; see [`front::ByPage`].
pub type ByPage<E> = front::ByPage<Driver, E>;
