//! A wish as the application sees it: what it listens to ([`Subject`]), how ([`Via`]), and how it fares.

use super::{Costs, MAX_PER_SESSION, MAX_SESSIONS};
use crate::client::WishId;
use crate::eventsub::subscription::{Condition, Subscription, SubscriptionStatus};
use crate::helix::CallError;
use crate::id::{ConduitId, SessionId, SubscriptionId, UserId};
use crate::time::Time;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// How events come to the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Via {
    /// Over a WebSocket, with the token of the user that the topic names, or else of the client's only user.
    WebSocket,
    /// Over a WebSocket, with this user's token.
    WebSocketAs(UserId),
    /// Over the client's conduit, with the app token; users must have granted the app what the topic asks for.
    Conduit,
}

/// What to listen to, without the types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// A wish and how it stands.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Wished {
    /// The wish.
    pub wish: WishId,
    /// Whose token it takes; none for a conduit's, which takes the app's, and while nobody can say.
    pub user: Option<UserId>,
    /// What it listens to.
    pub subject: Subject,
    /// What carries it; none while nothing does.
    pub carrier: Option<Carrier>,
    /// How it fares.
    pub state: SubscriptionState,
}

/// What carries a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A WebSocket's session.
    Session(SessionId),
    /// A conduit. Which of its shards an event comes over is Twitch's choice, by broadcaster.
    Conduit(ConduitId),
}

/// How a wish fares.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SubscriptionState {
    /// It is being asked for.
    Pending,
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
    /// Twitch does not allow it at present. It is tried again by itself when what stands in the way changes, and on
    /// request ([`Client::retry`](crate::Client::retry)).
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
    /// Twitch, or the lack of a token or scope, forbids it. A token that changes may help.
    #[error("{0}")]
    Forbidden(CallError),
    /// Twitch ended the subscription with this status. A token that changes may help.
    #[error("revoked: {0}")]
    Revoked(SubscriptionStatus),
    /// The user's three connections have 300 subscriptions each. It goes when one is given up.
    #[error("no room: {MAX_SESSIONS} connections of {MAX_PER_SESSION} subscriptions are full")]
    NoRoom,
    /// What it costs does not fit below `max_total_cost`. It goes when Twitch counts less; users who authorise the
    /// application make their subscriptions free.
    #[error("too costly: {cost} more than {}", Costs::words(.costs))]
    TooCostly {
        /// What it costs, as far as can be told before.
        cost: u64,
        /// What is spent and allowed; none if Twitch has only said that it is too much.
        costs: Option<Costs>,
    },
}
