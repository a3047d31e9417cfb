//! What a [`Plan`](super::Plan) asks for and tells: [`Step`], [`Gap`].

use super::wish::{Subject, SubscriptionState};
use crate::client::WishId;
use crate::id::{SessionId, SubscriptionId, UserId};
use jiff::Timestamp;

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Step {
    /// Open a session for a user's subscriptions.
    Open {
        /// The shard's number.
        shard: u32,
        /// Whose token its subscriptions will take.
        user: UserId,
    },
    /// Close a shard: no wish is left on it.
    Close {
        /// The shard's number.
        shard: u32,
    },
    /// The shard's session is gone, whatever its link says.
    SessionGone {
        /// The shard's number.
        shard: u32,
        /// The session.
        session: SessionId,
    },
    /// Create a subscription; answer with [`Plan::posted`](super::Plan::posted).
    Post {
        /// For which wish.
        wish: WishId,
        /// With whose token.
        user: UserId,
        /// To what.
        subject: Subject,
        /// On which shard.
        shard: u32,
        /// On which session.
        session: SessionId,
    },
    /// Find a subscription that exists already; answer with [`Plan::found`](super::Plan::found).
    Find {
        /// For which wish.
        wish: WishId,
        /// With whose token.
        user: UserId,
        /// To what.
        subject: Subject,
        /// On which session.
        session: SessionId,
        /// Its id, if Twitch has told it.
        id: Option<SubscriptionId>,
    },
    /// List a user's subscriptions; answer with [`Plan::listed`](super::Plan::listed).
    List {
        /// With whose token.
        user: UserId,
        /// Whether those that have ended are wanted too.
        ended: bool,
    },
    /// Delete a subscription that nobody wants any more; answer with [`Plan::deleted`](super::Plan::deleted).
    Delete {
        /// With whose token.
        user: UserId,
        /// To what.
        subject: Subject,
        /// Which.
        id: SubscriptionId,
    },
    /// Tell the application how a wish fares.
    Tell(WishId, SubscriptionState),
    /// Tell the application what it may have missed.
    Gap(Gap),
}

/// Events may be missing. Ask Helix for what it still knows of that time: see
/// [`ReadBack`](crate::eventsub::ReadBack).
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// What may be missing.
    pub scope: GapScope,
    /// The timestamp of the last message before; none if there was none.
    pub from: Option<Timestamp>,
    /// When the last of the new subscriptions was made; none while there is none. A gap without an end is told again,
    /// with the same beginning, when it has one.
    pub to: Option<Timestamp>,
    /// What happened.
    pub why: String,
}

/// What may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapScope {
    /// Events of these wishes.
    Wishes(Vec<WishId>),
    /// Events that came to, or were to come to, this shard of the conduit.
    Shard(u32),
    /// Events of the conduit: more than one of its shards was down.
    Conduit,
}
