//! What a conduit tells: [`ConduitNotice`] as it happens, [`ShardInfo`] and [`ConduitProgress`] on request.

use crate::eventsub::LostWhy;
use crate::helix::CallError;
use crate::helix::api;
use crate::id::{ConduitId, SessionId};
use crate::time::Time;
use std::fmt;
use std::time::Duration;

/// What happens to a conduit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConduitNotice {
    /// The client has its conduit.
    Chosen {
        /// Which.
        id: ConduitId,
        /// How many shards it has.
        shard_count: u32,
        /// Whether the client made it.
        made: bool,
    },
    /// There is no conduit to work with, or not the shards asked for.
    Failed {
        /// Why, and what to do.
        why: ConduitError,
        /// When it is tried again; none: not before [`Client::retry_conduit`](crate::Client::retry_conduit).
        retry_at: Option<Time>,
    },
    /// The conduit does not exist any more, and its subscriptions with it. Another takes its place, and everything is
    /// subscribed to again.
    Gone {
        /// Which it was.
        id: ConduitId,
    },
    /// The conduit has another number of shards.
    Scaled {
        /// How many.
        shard_count: u32,
    },
    /// What happens to one of the client's shards.
    Shard {
        /// Which.
        shard: u32,
        /// What.
        news: ShardNews,
    },
    /// All the client's shards are enabled.
    Complete,
    /// How far subscribing has come: told every ten seconds while it goes on, and at its end.
    Progress(ConduitProgress),
}

/// What happens to a shard.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ShardNews {
    /// It delivers.
    Enabled {
        /// Over this session.
        session: SessionId,
    },
    /// Its session is lost; another is being opened.
    Lost(LostWhy),
    /// Its link could not be opened.
    NotOpened {
        /// Why.
        why: LostWhy,
        /// When it is tried again.
        retry_at: Time,
    },
    /// Twitch did not assign it; it is tried again.
    Refused {
        /// Twitch's words.
        why: String,
    },
    /// It was to be restarted, and stays on the session that it has.
    NotRestarted {
        /// Why, in Twitch's words or the link's.
        why: String,
    },
    /// Somebody else has assigned it to another session. The client leaves it alone while that one delivers.
    Taken,
}

/// Why there is no conduit to work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConduitError {
    /// There are several conduits: say which one, or delete those that are not needed.
    #[error("there are several conduits, choose one by its id: {}", List(.0))]
    Several(Vec<api::Conduit>),
    /// The conduit asked for does not exist.
    #[error("there is no conduit {id}; there are: {}", List(.existing))]
    Missing {
        /// The conduit asked for.
        id: ConduitId,
        /// Those that exist.
        existing: Vec<api::Conduit>,
    },
    /// Twitch allows no more conduits: adopt or delete one.
    #[error("a client id can have {} conduits, and they exist already: {}", super::MAX_CONDUITS, List(.0))]
    Limit(Vec<api::Conduit>),
    /// All of the shards to choose from are enabled.
    #[error("none of the shards {0:?} is free")]
    NoFreeShard(Vec<u32>),
    /// The client that has shard 0 has not made the conduit yet.
    #[error("waiting for the client that has shard 0 to make the conduit")]
    NotMade,
    /// A call failed.
    #[error("{0}")]
    Call(CallError),
}

/// Conduits in one line.
struct List<'a>(&'a [api::Conduit]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (n, api::Conduit { id, shard_count, .. }) in self.0.iter().enumerate() {
            write!(f, "{}{id} ({shard_count} shards)", if n == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// One of the client's shards.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ShardInfo {
    /// Its id.
    pub shard: u32,
    /// Where it stands.
    pub state: ShardState,
    /// Its session, if one is open.
    pub session: Option<SessionId>,
    /// Since when it is enabled without a break.
    pub enabled_since: Option<Time>,
    /// How many events came over it.
    pub events: u64,
}

/// Where a shard stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShardState {
    /// It has no session, and its turn to open one has not come.
    Unassigned,
    /// A session is being opened.
    Connecting,
    /// A session is open, and waits to be assigned.
    Welcomed,
    /// The assignment is under way.
    Assigning,
    /// It delivers.
    Enabled,
    /// Its session was lost, or could not be opened; the next try comes after a while.
    Lost,
    /// Somebody else has it.
    Taken,
}

/// How far subscribing has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConduitProgress {
    /// How many subscriptions are wanted.
    pub wanted: usize,
    /// How many are held.
    pub held: usize,
    /// How many Twitch does not allow at present.
    pub blocked: usize,
    /// How many can never succeed as they stand.
    pub refused: usize,
    /// Whether what exists already is still being read.
    pub reading: bool,
    /// How long the rest takes at the rate that Twitch allows; none before that is known.
    pub time_left: Option<Duration>,
}

impl ConduitProgress {
    /// How many are still to be made, or to be found.
    pub fn missing(&self) -> usize {
        self.wanted.saturating_sub(self.held + self.blocked + self.refused)
    }
}

impl fmt::Display for ConduitNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConduitNotice::Chosen { id, shard_count, made } => {
                let how = if *made { "made" } else { "adopted" };
                write!(f, "conduit {id} {how}, with {shard_count} shards")
            }
            ConduitNotice::Failed { why, retry_at: None } => write!(f, "no conduit: {why}"),
            ConduitNotice::Failed { why, retry_at: Some(_) } => {
                write!(f, "no conduit, tried again soon: {why}")
            }
            ConduitNotice::Gone { id } => write!(f, "conduit {id} does not exist any more"),
            ConduitNotice::Scaled { shard_count } => write!(f, "the conduit has {shard_count} shards now"),
            ConduitNotice::Shard { shard, news } => write!(f, "conduit shard {shard}: {news}"),
            ConduitNotice::Complete => f.write_str("all shards of the conduit are enabled"),
            ConduitNotice::Progress(progress) => progress.fmt(f),
        }
    }
}

impl fmt::Display for ShardNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ShardNews::Enabled { session } => write!(f, "enabled over session {session}"),
            ShardNews::Lost(why) => write!(f, "session lost: {why}"),
            ShardNews::NotOpened { why, .. } => write!(f, "no session, tried again soon: {why}"),
            ShardNews::Refused { why } => write!(f, "not assigned, tried again soon: {why}"),
            ShardNews::NotRestarted { why } => write!(f, "not restarted: {why}"),
            ShardNews::Taken => f.write_str("taken by another session"),
        }
    }
}

impl fmt::Display for ConduitProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} subscriptions held", self.held, self.wanted)?;
        if self.blocked + self.refused > 0 {
            write!(f, ", {} blocked, {} refused", self.blocked, self.refused)?;
        }
        if self.reading {
            f.write_str(", still reading what exists")?;
        }
        match self.time_left {
            Some(left) if self.missing() > 0 => write!(f, ", about {} s left", left.as_secs()),
            _ => Ok(()),
        }
    }
}
