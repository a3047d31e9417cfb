//! EventSub: what Twitch tells as it happens.
//!
//! A text frame is read once into its envelope ([`frame`]) with the event left raw inside the same buffer; a
//! [`Notification`] gives the event as bytes, as one [`Topic`]'s type, or as the [`Event`] enum. [`Shard`] is the life
//! of one link, [`Plan`] the wishes of the application and how they become subscriptions of WebSockets, [`Conduit`] a
//! conduit with many shards and its subscriptions, [`Webhook`] what Twitch posts to a callback instead, [`Dedup`] the
//! memory that keeps a message from arriving twice.

mod conduit;
mod decode;
mod dedup;
mod drift;
pub mod frame;
mod notification;
mod plan;
mod read_back;
mod shard;
mod subscription;
pub mod topic;
mod webhook;

pub use conduit::{
    Conduit, ConduitChoice, ConduitConfig, ConduitError, ConduitNotice, ConduitOutput, ConduitProgress,
    ConduitSize, MAX_CONDUITS, MAX_SHARDS, ShardChoice, ShardInfo, ShardLink, ShardNews, ShardPart,
    ShardState, Subscribing,
};
pub use decode::Unreadable;
pub(crate) use decode::decode;
pub use dedup::Dedup;
pub(crate) use drift::watched;
pub use drift::{Drift, DriftWatch};
pub use notification::{DecodeError, Notification, Source};
pub use plan::{
    Blocked, Carrier, Costs, Fix, Gap, GapScope, Leftovers, Listed, MAX_PER_SESSION, MAX_SESSIONS, Plan,
    PlanConfig, Step, Subject, SubscriptionState, Via, Wished, fixes,
};
pub use read_back::ReadBack;
pub use shard::{Again, Deadline, Lost, LostWhy, Opened, Shard, ShardConfig, ShardOutput};
pub use subscription::{Condition, Subscription, SubscriptionStatus, Transport, WebhookSecret};
pub(crate) use topic::topic;
pub use topic::{Event, Topic, TopicMeta, Transports};
pub use webhook::{Received, Refused, Webhook};
