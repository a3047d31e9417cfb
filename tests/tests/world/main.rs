//! The simulated Twitch on its own: each rule of the protocol that it claims to keep.

mod actions;
mod conduits;
mod faults;
mod helix;
mod sessions;
mod stage;
mod stories;
mod subscriptions;
mod tokens;
