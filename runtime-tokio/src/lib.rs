//! Drives twitchwire.
