//! The Twitch client protocol as one pure state machine.

pub mod auth;
mod backoff;
pub mod client;
mod endpoints;
pub mod eventsub;
pub mod helix;
pub mod id;
mod time;
pub mod value;
mod wire;

pub use backoff::{Backoff, Jitter};
pub use client::*;
pub use compact_str::CompactString;
pub use endpoints::Endpoints;
pub use time::Time;
