//! Topics about predictions.

use super::quoted::id_or_number;
use crate::eventsub::topic;
use crate::id::{Login, PredictionId, PredictionOutcomeId, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

open_enum! {
    /// The colour that Twitch shows an outcome in.
    pub enum OutcomeColor {
        /// Blue.
        Blue = "blue",
        /// Pink.
        Pink = "pink",
    }
}

/// One of the users who bet most on an outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Predictor {
    /// Who.
    #[serde(deserialize_with = "id_or_number")]
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// What they won: none until the end, and 0 if they lost or were given their points back.
    #[serde(default)]
    pub channel_points_won: Option<u64>,
    /// What they bet.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_used: u64,
}

/// An outcome of a prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Outcome {
    /// Its id.
    pub id: PredictionOutcomeId,
    /// Its text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: CompactString,
    /// Its colour.
    #[serde(default, deserialize_with = "null_as_default")]
    pub color: OutcomeColor,
    /// How many bet on it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub users: u64,
    /// How much was bet on it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points: u64,
    /// Who bet most on it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub top_predictors: Vec<Predictor>,
}

/// A prediction begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPredictionBegin {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelPredictionBegin = "channel.prediction.begin" "1" => ChannelPredictionBeginEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadPredictions, ChannelManagePredictions));

impl ChannelPredictionBegin {
    /// Beginnings of a channel's predictions.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPredictionBegin { broadcaster_user_id: broadcaster.into() }
    }
}

/// A prediction begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPredictionBeginEvent {
    /// The prediction.
    pub id: PredictionId,
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
    /// The outcomes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub outcomes: Vec<Outcome>,
    /// When it began.
    pub started_at: Timestamp,
    /// Until when users may bet.
    pub locks_at: Timestamp,
}

/// Users bet on a prediction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPredictionProgress {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelPredictionProgress = "channel.prediction.progress" "1" => ChannelPredictionProgressEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadPredictions, ChannelManagePredictions));

impl ChannelPredictionProgress {
    /// Bets on a channel's predictions.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPredictionProgress { broadcaster_user_id: broadcaster.into() }
    }
}

/// Users bet on a prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPredictionProgressEvent {
    /// The prediction.
    pub id: PredictionId,
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
    /// The outcomes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub outcomes: Vec<Outcome>,
    /// When it began.
    pub started_at: Timestamp,
    /// Until when users may bet.
    pub locks_at: Timestamp,
}

/// A prediction takes no more bets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPredictionLock {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelPredictionLock = "channel.prediction.lock" "1" => ChannelPredictionLockEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadPredictions, ChannelManagePredictions));

impl ChannelPredictionLock {
    /// Locks of a channel's predictions.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPredictionLock { broadcaster_user_id: broadcaster.into() }
    }
}

/// A prediction takes no more bets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPredictionLockEvent {
    /// The prediction.
    pub id: PredictionId,
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
    /// The outcomes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub outcomes: Vec<Outcome>,
    /// When it began.
    pub started_at: Timestamp,
    /// Until when users could bet.
    pub locked_at: Timestamp,
}

open_enum! {
    /// How a prediction ended.
    pub enum PredictionEnd {
        /// One outcome won.
        Resolved = "resolved",
        /// It was called off and the points given back.
        Canceled = "canceled",
    }
}

/// A prediction ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPredictionEnd {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelPredictionEnd = "channel.prediction.end" "1" => ChannelPredictionEndEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadPredictions, ChannelManagePredictions));

impl ChannelPredictionEnd {
    /// Ends of a channel's predictions.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPredictionEnd { broadcaster_user_id: broadcaster.into() }
    }
}

/// A prediction ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPredictionEndEvent {
    /// The prediction.
    pub id: PredictionId,
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
    /// The outcome that won; none where the prediction was called off.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub winning_outcome_id: Option<PredictionOutcomeId>,
    /// The outcomes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub outcomes: Vec<Outcome>,
    /// How it ended.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: PredictionEnd,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}
