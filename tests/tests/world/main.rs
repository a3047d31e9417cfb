//! The simulated Twitch on its own: each rule of the protocol that it claims to keep.

mod actions;
mod chat;
mod conduits;
mod faults;
mod helix;
mod outage;
mod sessions;
mod stage;
mod stories;
mod subscriptions;
mod tokens;
