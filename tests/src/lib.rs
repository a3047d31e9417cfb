//! A simulated Twitch.
