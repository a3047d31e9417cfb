//! The Twitch client protocol as one pure state machine: Helix, EventSub and tokens, without I/O, clock or threads.
//!
//! Most applications want a driver: `twitchwire-tokio`, `twitchwire-async-std` or `twitchwire-blocking`. This crate is
//! what they drive, and what you embed where none of them fits: in another runtime, a game loop, an actor system.
//!
//! | I want to … | look at |
//! | --- | --- |
//! | call Helix | [`Client::call`], [`helix::api`] |
//! | hear events | [`Client::subscribe`], [`Client::subscribe_all`], [`eventsub::topic`] |
//! | see what is held and what it costs | [`Client::subscriptions`], [`Client::costs`] |
//! | read again what a [`Gap`](eventsub::Gap) may hide | [`eventsub::ReadBack`] |
//! | log users in, keep their tokens | [`Client::login`], [`Client::add_token`], [`auth::flow`], [`auth::store`] |
//! | serve the pages on which users authorise the application | [`Client::visit`], [`callback`] |
//! | know what happens to links, tokens, subscriptions | [`Notice`] |
//! | let users authorise the application in a browser | [`callback`], [`Client::authorize_url`] |
//! | hear thousands of channels with several processes | [`eventsub::ConduitConfig`], [`eventsub::Via`] |
//! | know what is missing before anything is sent | [`auth::preflight`] |
//! | make a test of a run that went wrong | [`record`] |
//! | understand how it works, add to it | [`guide`] |
//! | write a driver | below |
//!
//! # Driving the client
//!
//! 1. Make a [`Client`] and tell it the wall clock: [`Input::Wall`]. Tell it again every minute, and after a long sleep.
//! 2. Drain [`Client::poll_output`] and do what each [`Output`] says. Outputs are orders and news; none may be dropped.
//! 3. Wait until the time that [`Client::poll_timeout`] names, or until something happens.
//! 4. Tell the client with [`Client::handle`]: [`Input::Timeout`] when the time has come, otherwise what happened.
//!    Commands such as [`Client::call`] are news too. Then go on with 2.
//!
//! Any interleaving of `handle`, commands and `poll_output` is safe; nothing at this boundary fails or panics; input that
//! nobody awaits is ignored. After draining, `poll_timeout` lies after the last `now`. `now` must not run backwards.
//!
//! A driver answers pings, never follows redirects, treats every status as a response, never sends anything twice by
//! itself, keeps to [`MAX_BODY`] and [`MAX_FRAME`], and sends an [`Output::Http`] with `fresh_connection` on a new
//! connection.
//!
//! ```
//! use twitchwire::{As, Client, Config, Input, Output, Time};
//! use twitchwire::auth::store::{MemoryStore, Store};
//! use twitchwire::helix::api::GetUsers;
//!
//! /// Whatever moves bytes: sockets, a thread pool, a test.
//! trait Io {
//!     fn now(&self) -> Time;
//!     /// Starts what an output asks for: HTTP exchanges, sockets to open and to close.
//!     fn start(&mut self, output: Output);
//!     /// Waits for what happens next, `Input::Timeout` at `until`.
//!     fn wait(&mut self, until: Option<Time>) -> Option<Input>;
//! }
//!
//! fn drive(mut client: Client, store: &MemoryStore, io: &mut impl Io, wall: jiff::Timestamp) {
//!     client.handle(io.now(), Input::Wall(wall));
//!     let call = client.call(io.now(), &GetUsers::by_login(["twitchdev"]), As::Default);
//!     loop {
//!         while let Some(output) = client.poll_output() {
//!             match output {
//!                 Output::Store(id, op) => client.handle(io.now(), Input::Stored(id, store.run(op))),
//!                 Output::Reply(id, reply) if id == call.id() => {
//!                     match call.finish(reply) {
//!                         Ok(users) => println!("{users:?}"),
//!                         Err(error) => println!("{error}"),
//!                     }
//!                     return;
//!                 }
//!                 Output::Reply(..) => {}
//!                 Output::Notice(notice) => println!("{notice:?}"),
//!                 output => io.start(output),
//!             }
//!         }
//!         match io.wait(client.poll_timeout()) {
//!             Some(input) => client.handle(io.now(), input),
//!             None => return,
//!         }
//!     }
//! }
//! # struct Script(Vec<Input>);
//! # impl Io for Script {
//! #     fn now(&self) -> Time { Time::ZERO }
//! #     fn start(&mut self, output: Output) {
//! #         if let Output::Http { id, .. } = output {
//! #             let cause = twitchwire::Cause::new(twitchwire::CauseKind::Connect, "no network here");
//! #             self.0.push(Input::Failed(id, twitchwire::Failure { sent: twitchwire::Sent::No, cause }));
//! #         }
//! #     }
//! #     fn wait(&mut self, _: Option<Time>) -> Option<Input> { self.0.pop() }
//! # }
//! # let mut config = Config::new("client-id");
//! # config.client_secret = Some("secret".into());
//! # drive(Client::new(Time::ZERO, config), &MemoryStore::new(), &mut Script(vec![]), jiff::Timestamp::UNIX_EPOCH);
//! ```

pub mod auth;
mod backoff;
pub mod callback;
mod client;
mod endpoints;
pub mod eventsub;
pub mod guide;
pub mod helix;
pub mod id;
mod queue;
mod quick;
pub mod record;
mod time;
mod timers;
pub mod value;
mod wire;

pub use backoff::{Backoff, Jitter};
pub use callback::Callback;
pub use client::*;
pub use compact_str::CompactString;
pub use endpoints::Endpoints;
pub use jiff;
pub use secrecy::SecretString;
pub use time::Time;
