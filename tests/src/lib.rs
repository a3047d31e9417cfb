//! A simulated Twitch.
//!
//! [`World`] is the whole of it as a pure state machine: requests and frames go in with a moment in time, answers and
//! frames come out, and one seed decides every fault. A test harness drives it in virtual time; with the feature `server`
//! the same world listens on a loopback port, for real sockets.

pub mod scene;
#[cfg(feature = "server")]
pub mod server;
pub mod world;

#[cfg(feature = "server")]
pub use server::Server;
pub use world::{Heard, PeerId, Said, World, WorldOutput};
