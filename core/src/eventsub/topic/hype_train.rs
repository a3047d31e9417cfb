//! Topics about hype trains.

use crate::eventsub::topic;
use crate::id::{HypeTrainId, Login, UserId};
use crate::value::{ContributionKind, HypeTrainKind};
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What somebody contributed to a hype train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contribution {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// How.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: ContributionKind,
    /// How much: Bits, or 500, 1000 or 2500 for a subscription of tier 1, 2 or 3.
    #[serde(default, deserialize_with = "null_as_default")]
    pub total: u64,
}

/// A channel that shares a hype train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TrainBroadcaster {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
}

/// A hype train begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelHypeTrainBegin {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelHypeTrainBegin = "channel.hype_train.begin" "2" => ChannelHypeTrainBeginEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadHypeTrain));

impl ChannelHypeTrainBegin {
    /// Beginnings of a channel's hype trains.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelHypeTrainBegin { broadcaster_user_id: broadcaster.into() }
    }
}

/// A hype train begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelHypeTrainBeginEvent {
    /// The train.
    pub id: HypeTrainId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// All points.
    #[serde(default, deserialize_with = "null_as_default")]
    pub total: u64,
    /// Points at this level.
    #[serde(default, deserialize_with = "null_as_default")]
    pub progress: u64,
    /// Points that the next level needs.
    #[serde(default, deserialize_with = "null_as_default")]
    pub goal: u64,
    /// Who contributed most.
    #[serde(default, deserialize_with = "null_as_default")]
    pub top_contributions: Vec<Contribution>,
    /// Its level.
    #[serde(default, deserialize_with = "null_as_default")]
    pub level: u32,
    /// The highest level that such a train has reached here.
    #[serde(default, deserialize_with = "null_as_default")]
    pub all_time_high_level: u32,
    /// The most points that such a train has reached here.
    #[serde(default, deserialize_with = "null_as_default")]
    pub all_time_high_total: u64,
    /// The channels that share it; none where it is not shared.
    #[serde(default)]
    pub shared_train_participants: Option<Vec<TrainBroadcaster>>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ends unless it reaches the next level.
    pub expires_at: Timestamp,
    /// What kind of train.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: HypeTrainKind,
    /// Whether channels share it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_shared_train: bool,
}

/// A hype train makes progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelHypeTrainProgress {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelHypeTrainProgress = "channel.hype_train.progress" "2" => ChannelHypeTrainProgressEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadHypeTrain));

impl ChannelHypeTrainProgress {
    /// Progress of a channel's hype trains.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelHypeTrainProgress { broadcaster_user_id: broadcaster.into() }
    }
}

/// A hype train makes progress.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelHypeTrainProgressEvent {
    /// The train.
    pub id: HypeTrainId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// All points.
    #[serde(default, deserialize_with = "null_as_default")]
    pub total: u64,
    /// Points at this level.
    #[serde(default, deserialize_with = "null_as_default")]
    pub progress: u64,
    /// Points that the next level needs.
    #[serde(default, deserialize_with = "null_as_default")]
    pub goal: u64,
    /// Who contributed most.
    #[serde(default, deserialize_with = "null_as_default")]
    pub top_contributions: Vec<Contribution>,
    /// Its level.
    #[serde(default, deserialize_with = "null_as_default")]
    pub level: u32,
    /// The channels that share it; none where it is not shared.
    #[serde(default)]
    pub shared_train_participants: Option<Vec<TrainBroadcaster>>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ends unless it reaches the next level.
    pub expires_at: Timestamp,
    /// What kind of train.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: HypeTrainKind,
    /// Whether channels share it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_shared_train: bool,
}

/// A hype train ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelHypeTrainEnd {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelHypeTrainEnd = "channel.hype_train.end" "2" => ChannelHypeTrainEndEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadHypeTrain));

impl ChannelHypeTrainEnd {
    /// Ends of a channel's hype trains.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelHypeTrainEnd { broadcaster_user_id: broadcaster.into() }
    }
}

/// A hype train ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelHypeTrainEndEvent {
    /// The train.
    pub id: HypeTrainId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// All points.
    #[serde(default, deserialize_with = "null_as_default")]
    pub total: u64,
    /// Who contributed most.
    #[serde(default, deserialize_with = "null_as_default")]
    pub top_contributions: Vec<Contribution>,
    /// Its level.
    #[serde(default, deserialize_with = "null_as_default")]
    pub level: u32,
    /// The channels that share it; none where it is not shared.
    #[serde(default)]
    pub shared_train_participants: Option<Vec<TrainBroadcaster>>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// From when the next may start.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub cooldown_ends_at: Option<Timestamp>,
    /// What kind of train.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: HypeTrainKind,
    /// Whether channels share it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_shared_train: bool,
}
