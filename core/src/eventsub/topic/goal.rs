//! Topics about a creator's goals.

use crate::eventsub::topic;
use crate::id::{GoalId, Login, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

open_enum! {
    /// What a goal counts.
    pub enum GoalKind {
        /// Followers.
        Follow = "follow",
        /// Points of subscriptions, those that end taken off.
        Subscription = "subscription",
        /// Subscriptions, those that end taken off.
        SubscriptionCount = "subscription_count",
        /// Points of new subscriptions.
        NewSubscription = "new_subscription",
        /// New subscriptions.
        NewSubscriptionCount = "new_subscription_count",
        /// Bits used.
        NewBit = "new_bit",
        /// Users who cheered.
        NewCheerer = "new_cheerer",
    }
}

/// A goal begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelGoalBegin {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelGoalBegin = "channel.goal.begin" "1" => ChannelGoalBeginEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadGoals));

impl ChannelGoalBegin {
    /// Beginnings of a channel's goals.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelGoalBegin { broadcaster_user_id: broadcaster.into() }
    }
}

/// A goal begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelGoalBeginEvent {
    /// The goal.
    pub id: GoalId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// What it counts.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: GoalKind,
    /// What the broadcaster says about it.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub description: Option<String>,
    /// How far it is.
    #[serde(default, deserialize_with = "null_as_default")]
    pub current_amount: i64,
    /// How far it is to go.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_amount: i64,
    /// When it began.
    pub started_at: Timestamp,
}

/// A goal comes nearer, or moves away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelGoalProgress {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelGoalProgress = "channel.goal.progress" "1" => ChannelGoalProgressEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadGoals));

impl ChannelGoalProgress {
    /// Progress of a channel's goals.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelGoalProgress { broadcaster_user_id: broadcaster.into() }
    }
}

/// A goal comes nearer, or moves away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelGoalProgressEvent {
    /// The goal.
    pub id: GoalId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// What it counts.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: GoalKind,
    /// What the broadcaster says about it.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub description: Option<String>,
    /// How far it is.
    #[serde(default, deserialize_with = "null_as_default")]
    pub current_amount: i64,
    /// How far it is to go.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_amount: i64,
    /// When it began.
    pub started_at: Timestamp,
}

/// A goal ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelGoalEnd {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelGoalEnd = "channel.goal.end" "1" => ChannelGoalEndEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadGoals));

impl ChannelGoalEnd {
    /// Ends of a channel's goals.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelGoalEnd { broadcaster_user_id: broadcaster.into() }
    }
}

/// A goal ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelGoalEndEvent {
    /// The goal.
    pub id: GoalId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// What it counts.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: GoalKind,
    /// What the broadcaster says about it.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub description: Option<String>,
    /// Whether it was reached.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_achieved: bool,
    /// How far it is.
    #[serde(default, deserialize_with = "null_as_default")]
    pub current_amount: i64,
    /// How far it is to go.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_amount: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}
