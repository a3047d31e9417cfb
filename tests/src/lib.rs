//! A simulated Twitch.
//!
//! [`World`] is the whole of it as a pure state machine: requests and frames go in with a moment in time, answers and
//! frames come out, and one seed decides every fault. A test harness drives it in virtual time.

pub mod scene;
pub mod world;

pub use world::{Heard, PeerId, Said, World, WorldOutput};
