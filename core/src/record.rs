//! Recordings: a run of a client as lines of JSON, which [`replay`] plays again.
//!
//! With [`Config::record`](crate::Config::record), a client writes down what it is told and what it says, in that order:
//! one line each, to be taken with [`Client::poll_line`](crate::Client::poll_line). The first line is its configuration. Since
//! a client is a function of what it is told, a replay says the same again, and the first line that differs is where
//! the two versions of this library part. So a user's run becomes a test:
//!
//! ```
//! use twitchwire::{Client, Config, Input, Time, jiff::Timestamp};
//!
//! let mut config = Config::new("client-id");
//! config.record = true;
//! let mut client = Client::new(Time::ZERO, config);
//! client.handle(Time::ZERO, Input::Wall(Timestamp::UNIX_EPOCH));
//! while client.poll_output().is_some() {}
//! let lines: Vec<String> = std::iter::from_fn(|| client.poll_line()).collect();
//!
//! let replayed = twitchwire::record::replay(lines.iter().map(String::as_str));
//! assert_eq!(replayed, Ok(lines.len()));
//! ```
//!
//! **Secrets** are replaced before a line is written: client and webhook secrets, tokens, codes, JWTs, states, what
//! reconnect URLs carry, stream keys. Each becomes a name of its own, `scrubbed-000001` and so on, the same wherever it
//! occurs, so that what the client compares stays equal. What is no secret stays: user names, chat, the bodies of
//! requests. Look before you hand a recording to somebody else.
//!
//! What the application itself computes (a shape of its own that reads refusals other than 404, a window of its own)
//! is replayed as far as the core sees it. A value shorter than four bytes is taken for no secret.

mod replay;
mod said;
mod scrub;
mod tape;
mod told;

pub use replay::{ReplayError, replay};
pub(crate) use tape::Tape;
pub(crate) use told::{Asked, Back, Begun, Broken, Told, Visited, Wanted, exposed};
