//! Topics about polls.

use crate::eventsub::topic;
use crate::id::{Login, PollChoiceId, PollId, UserId};
use crate::wire::{null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A choice of a poll.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PollChoice {
    /// Its id.
    pub id: PollChoiceId,
    /// Its text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: CompactString,
    /// Votes bought with Bits: Twitch no longer sells them.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits_votes: u64,
    /// Votes bought with channel points.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_votes: u64,
    /// All votes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub votes: u64,
}

/// Whether more votes can be bought, and for how much.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PollVoting {
    /// Whether they can be bought.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_enabled: bool,
    /// What one costs.
    #[serde(default, deserialize_with = "null_as_default")]
    pub amount_per_vote: u64,
}

/// A poll begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPollBegin {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelPollBegin = "channel.poll.begin" "1" => ChannelPollBeginEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadPolls, ChannelManagePolls));

impl ChannelPollBegin {
    /// Beginnings of a channel's polls.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPollBegin { broadcaster_user_id: broadcaster.into() }
    }
}

/// A poll begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPollBeginEvent {
    /// The poll.
    pub id: PollId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The question.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// The choices.
    #[serde(default, deserialize_with = "null_as_default")]
    pub choices: Vec<PollChoice>,
    /// Votes for Bits, which Twitch no longer sells.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits_voting: PollVoting,
    /// Votes for channel points.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_voting: PollVoting,
    /// When it began.
    pub started_at: Timestamp,
    /// When it will end.
    pub ends_at: Timestamp,
}

/// Users vote in a poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPollProgress {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelPollProgress = "channel.poll.progress" "1" => ChannelPollProgressEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadPolls, ChannelManagePolls));

impl ChannelPollProgress {
    /// Votes in a channel's polls.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPollProgress { broadcaster_user_id: broadcaster.into() }
    }
}

/// Users vote in a poll.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPollProgressEvent {
    /// The poll.
    pub id: PollId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The question.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// The choices.
    #[serde(default, deserialize_with = "null_as_default")]
    pub choices: Vec<PollChoice>,
    /// Votes for Bits, which Twitch no longer sells.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits_voting: PollVoting,
    /// Votes for channel points.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_voting: PollVoting,
    /// When it began.
    pub started_at: Timestamp,
    /// When it will end.
    pub ends_at: Timestamp,
}

open_enum! {
    /// How a poll ended.
    pub enum PollEnd {
        /// Its time was up.
        Completed = "completed",
        /// It was ended and its result hidden.
        Archived = "archived",
        /// It was ended early, its result shown.
        Terminated = "terminated",
    }
}

/// A poll ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPollEnd {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelPollEnd = "channel.poll.end" "1" => ChannelPollEndEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadPolls, ChannelManagePolls));

impl ChannelPollEnd {
    /// Ends of a channel's polls.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPollEnd { broadcaster_user_id: broadcaster.into() }
    }
}

/// A poll ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPollEndEvent {
    /// The poll.
    pub id: PollId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The question.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// The choices.
    #[serde(default, deserialize_with = "null_as_default")]
    pub choices: Vec<PollChoice>,
    /// Votes for Bits, which Twitch no longer sells.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits_voting: PollVoting,
    /// Votes for channel points.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_voting: PollVoting,
    /// How it ended.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: PollEnd,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}
