//! What a shard asks for and tells: [`ShardOutput`], and how and why a session came and went.

use crate::client::{Closed, SecretUrl, SocketId};
use crate::eventsub::frame::Frame;
use crate::id::SessionId;
use crate::time::Time;
use bytes::Bytes;
use jiff::Timestamp;
use std::fmt;

/// What a shard asks for, and what it tells.
#[derive(Debug)]
#[must_use]
pub enum ShardOutput {
    /// Open a socket.
    Connect {
        /// Its name.
        id: SocketId,
        /// Where to.
        url: SecretUrl,
        /// When to give up.
        answer_by: Time,
    },
    /// Close a socket.
    Close(SocketId),
    /// A session is open.
    Opened {
        /// Its id.
        session: SessionId,
        /// How it came about.
        how: Opened,
    },
    /// A link could not be opened; the next try is at this time.
    NotOpened {
        /// Why.
        why: LostWhy,
        /// When it is tried again.
        retry_at: Time,
    },
    /// The shard would connect again: [`Shard::open`](super::Shard::open) lets it.
    Ready,
    /// The server asked the shard to move, and it began to.
    Moving,
    /// A link that was closed, or left behind by a handover, was dead, nobody knows for how long; or it was closed while
    /// another was to take its place, that something may have been sent to. What was sent after this message and before
    /// may be missing.
    Missed {
        /// The timestamp of the last message seen on it.
        last_seen: Option<Timestamp>,
    },
    /// The session is lost and its subscriptions with it.
    Lost(Lost),
    /// A message for whoever keeps the subscriptions.
    Message(SocketId, Frame),
    /// A frame that could not be read, as it came.
    Unreadable {
        /// The frame.
        raw: Bytes,
        /// What is wrong with it.
        why: String,
    },
}

/// How a session came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// On a fresh link: nothing is subscribed yet.
    Fresh,
    /// By a handover: the subscriptions came along, and nothing was missed.
    Moved,
    /// By a handover that went wrong on the way: the subscriptions came along, but what was sent after this message
    /// may be missing.
    MovedLate {
        /// The timestamp of the last message seen.
        last_seen: Option<Timestamp>,
    },
}

/// A lost session.
#[derive(Clone, Debug, PartialEq)]
pub struct Lost {
    /// Why.
    pub why: LostWhy,
    /// The timestamp of the last message before which nothing was missed.
    pub last_seen: Option<Timestamp>,
    /// Whether nothing was on its way: the link ended with a Close frame, and there was no other, by a handover that came
    /// to nothing, that something may have been sent to.
    pub clean: bool,
}

/// Why a link was lost.
#[derive(Clone, Debug, PartialEq)]
pub enum LostWhy {
    /// The socket ended.
    Closed(Closed),
    /// No sign of life for longer than agreed.
    Silence,
    /// No welcome in time.
    NoWelcome,
    /// Helix says that the session is gone.
    SessionGone,
}

impl fmt::Display for LostWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LostWhy::Closed(closed) => closed.fmt(f),
            LostWhy::Silence => f.write_str("no sign of life for longer than agreed"),
            LostWhy::NoWelcome => f.write_str("no welcome in time"),
            LostWhy::SessionGone => f.write_str("Helix says that the session is gone"),
        }
    }
}

/// What a shard's next deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deadline {
    /// When to connect again.
    Backoff,
    /// When to give a link up that has not said welcome.
    Welcome,
    /// When to take a silent link for dead.
    Keepalive,
    /// When to try the reconnect URL again.
    Move,
    /// When to stop listening to a link that was told to close.
    Linger,
}
