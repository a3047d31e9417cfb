//! A wish as the application sees it: what it listens to ([`Subject`]), how ([`Via`]), and how it fares.

use super::{MAX_PER_SESSION, MAX_SESSIONS};
use crate::eventsub::subscription::{Condition, Subscription, SubscriptionStatus};
use crate::helix::CallError;
use crate::id::{SubscriptionId, UserId};
use crate::time::Time;
use compact_str::CompactString;

/// How events come to the application.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Via {
    /// Over a WebSocket, with the token of the user that the topic names, or else of the client's only user.
    WebSocket,
    /// Over a WebSocket, with this user's token.
    WebSocketAs(UserId),
}

/// What to listen to, without the types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The subscription type.
    pub topic: CompactString,
    /// Its version.
    pub version: CompactString,
    /// The condition.
    pub condition: Condition,
}

impl Subject {
    /// What a subscription listens to.
    pub fn of(subscription: &Subscription) -> Self {
        Subject {
            topic: subscription.topic.clone(),
            version: subscription.version.clone(),
            condition: subscription.condition.clone(),
        }
    }
}

/// How a wish fares.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SubscriptionState {
    /// Events come.
    Enabled {
        /// Twitch's id.
        id: SubscriptionId,
        /// What it costs.
        cost: u32,
    },
    /// Events have stopped; the client is at work to bring them back.
    Interrupted,
    /// Asking for it failed for a passing reason; it is tried again.
    Retrying {
        /// Why.
        why: CallError,
        /// When.
        at: Time,
    },
    /// Twitch does not allow it at present. It is tried again when the user's token changes, or on request.
    Blocked {
        /// Why.
        why: Blocked,
    },
    /// It can never succeed as it stands.
    Refused {
        /// Why.
        why: CallError,
    },
}

/// Why a wish is blocked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Blocked {
    /// Twitch, or the lack of a token or scope, forbids it.
    #[error("{0}")]
    Forbidden(CallError),
    /// Twitch ended the subscription with this status.
    #[error("revoked: {0}")]
    Revoked(SubscriptionStatus),
    /// The user's three connections have 300 subscriptions each.
    #[error("no room: {MAX_SESSIONS} connections of {MAX_PER_SESSION} subscriptions are full")]
    NoRoom,
}
