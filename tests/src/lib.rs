//! A simulated Twitch.
//!
//! [`World`] is the whole of it as a pure state machine: requests and frames go in with a moment in time, answers and
//! frames come out, and one seed decides every fault. A test harness drives it in virtual time; with the feature `server`
//! the same world listens on a loopback port, for real sockets.
//!
//! | I want to … | look at |
//! | --- | --- |
//! | test a bot over real sockets | [`Server`], the example `test_your_bot` of `twitchwire-tokio` |
//! | have users, channels, tokens in it | [`World::user`], [`World::grant_token`] |
//! | let something happen | [`World::at`], [`World::follow`], [`World::chat`], [`world::Action`] |
//! | let something go wrong | [`World::drop_sockets`], [`World::expire`], [`world::Faults`], which lists what plays what |
//! | see what it holds, and which rules were broken | [`World::enabled`], [`World::violations`] |
//! | test a client in virtual time | [`harness`], [`schedule`] |
//! | try it by hand | `twitchwire-sim serve`, below |
//!
//! ```
//! use twitchwire::Time;
//! use twitchwire_sim::{Heard, PeerId, World, WorldOutput};
//!
//! let mut world = World::new(7, "2026-03-01T12:00:00Z".parse()?);
//! let socket = PeerId(1);
//! assert_eq!(world.open(Time::ZERO, socket, "wss://eventsub.wss.twitch.tv/ws"), Ok(()));
//! let Some(WorldOutput::Socket(_, Heard::Text(welcome))) = world.poll_output() else { panic!("no welcome") };
//! assert!(welcome.windows(15).any(|part| part == b"session_welcome"));
//!
//! // As deadlines come, the world is told. Nobody subscribes, so after ten seconds the socket is closed.
//! let mut last = None;
//! while let Some(due) = world.poll_timeout() {
//!     world.handle_timeout(due);
//!     while let Some(output) = world.poll_output() {
//!         last = Some(output);
//!     }
//! }
//! assert_eq!(last, Some(WorldOutput::Socket(socket, Heard::Close(4003, "connection unused".into()))));
//! # Ok::<(), jiff::Error>(())
//! ```
//!
//! # Webhooks
//!
//! A subscription whose transport is a webhook, and a webhook shard of a conduit, put out a [`WorldOutput::Webhook`] for each
//! message: first the challenge, then what happens, signed with the secret of the subscription. Whoever drives the world sends
//! it, and brings the answer to [`World::answered`]. The server does so by itself for `http://` callbacks on this machine;
//! all others count as failed.
//!
//! # On the command line
//!
//! `cargo run -p twitchwire-sim -- serve [--port N] [--scene listen|chat|channels] [--tls FILE]` puts a world on a loopback port
//! until Ctrl-C, for clients in any language; with `--tls` over https and wss, and `FILE` then holds the certificate that they
//! have to trust. It prints the URLs, a client id and its secret, and the tokens of a user who has
//! allowed everything. What a scene does not bring, the control page brings, in a browser or by
//! `curl -d who=brook -d channel=ada -d text=Hello http://127.0.0.1:PORT/sim/chat`: see [`Server`].
//!
//! `cargo run --release -p twitchwire-sim -- search --seeds N [--from S] [--jobs J]` runs random [schedules](schedule) in
//! parallel and says how fast. The first that fails is left with the steps and faults that it needs to fail, and printed
//! with the end of its trace and the command that replays it; the exit code is then 1.
//!
//! `cargo run -p twitchwire-sim -- replay FILE` plays the [recording](twitchwire::record) of a client again, and prints the
//! first line that differs.

pub mod harness;
pub mod scene;
pub mod schedule;
#[cfg(feature = "server")]
pub mod server;
pub mod world;

#[cfg(feature = "server")]
pub use server::Server;
pub use world::{Heard, PeerId, Said, World, WorldOutput};
