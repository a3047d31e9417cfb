//! The Twitch client protocol as one pure state machine.
pub mod time;
pub use time::Time;
