//! [Hype Train](https://dev.twitch.tv/docs/api/reference/#get-hype-train-status).
//!
//! Twitch withdrew the older list of events (`GET /hypetrain/events`) in January 2026.

use crate::helix::{One, endpoint};
use crate::id::{HypeTrainId, Login, UserId};
use crate::wire::{null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gets a channel's running Hype Train, and its records.
#[derive(Clone, Debug, Serialize)]
pub struct GetHypeTrainStatus {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetHypeTrainStatus = "get-hype-train-status": get "/hypetrain/status" => One<HypeTrainStatus>,
    user(broadcaster_id), scopes: any(ChannelReadHypeTrain));

impl GetHypeTrainStatus {
    /// The Hype Train of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetHypeTrainStatus { broadcaster_id: broadcaster.into() }
    }
}

/// Where a channel's Hype Train stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HypeTrainStatus {
    /// The running one; none if none runs.
    pub current: Option<HypeTrain>,
    /// The channel's record; none if it never had one.
    pub all_time_high: Option<HypeTrainRecord>,
    /// The record of those it shared with other channels; none if it never shared one.
    pub shared_all_time_high: Option<HypeTrainRecord>,
}

/// A running Hype Train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HypeTrain {
    /// The train's id.
    pub id: HypeTrainId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// The broadcaster's login.
    pub broadcaster_user_login: Login,
    /// The broadcaster's display name.
    pub broadcaster_user_name: CompactString,
    /// The level it is at.
    pub level: u32,
    /// Points in all.
    pub total: u64,
    /// Points at this level.
    pub progress: u64,
    /// Points that the next level takes.
    pub goal: u64,
    /// Who gave the most, for each kind of contribution.
    #[serde(default, deserialize_with = "null_as_default")]
    pub top_contributions: Vec<HypeTrainContribution>,
    /// The channels that share it; empty if it is not shared.
    #[serde(default, deserialize_with = "null_as_default")]
    pub shared_train_participants: Vec<HypeTrainParticipant>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ends, unless it reaches another level first.
    pub expires_at: Timestamp,
    /// What kind of train it is; none where Twitch does not say.
    #[serde(rename = "type")]
    pub kind: Option<HypeTrainType>,
    /// Whether other channels share it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_shared_train: bool,
}

/// Who gave the most of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HypeTrainContribution {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
    /// What they gave.
    #[serde(rename = "type")]
    pub kind: HypeTrainContributionType,
    /// How many points.
    pub total: u64,
}

/// A channel that shares a Hype Train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HypeTrainParticipant {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// The broadcaster's login.
    pub broadcaster_user_login: Login,
    /// The broadcaster's display name.
    pub broadcaster_user_name: CompactString,
}

/// The best a channel has reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HypeTrainRecord {
    /// The level.
    pub level: u32,
    /// Points in all.
    pub total: u64,
    /// When.
    pub achieved_at: Timestamp,
}

open_enum! {
    /// What kind of Hype Train it is.
    pub enum HypeTrainType {
        /// A treasure train.
        Treasure = "treasure",
        /// A golden Kappa train.
        GoldenKappa = "golden_kappa",
        /// Neither.
        Regular = "regular",
    }
}

open_enum! {
    /// What was given to a Hype Train.
    pub enum HypeTrainContributionType {
        /// Bits.
        Bits = "bits",
        /// Subscriptions, gifts included.
        Subscription = "subscription",
        /// Anything else.
        Other = "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, decode, decode_odd, query};
    use serde_json::json;

    #[test]
    fn a_running_train_and_the_records_decode_to_the_field() {
        assert_eq!(query(&GetHypeTrainStatus::new("1001")), "broadcaster_id=1001");
        let status = decode::<GetHypeTrainStatus>(json!({"data": [{
            "current": {
                "id": "h1", "broadcaster_user_id": "1001", "broadcaster_user_login": "ada",
                "broadcaster_user_name": "Ada", "level": 3, "total": 900, "progress": 100, "goal": 800,
                "top_contributions": [{"user_id": "1002", "user_login": "brook", "user_name": "Brook",
                    "type": "bits", "total": 500}],
                "shared_train_participants": [{"broadcaster_user_id": "1003", "broadcaster_user_login": "cleo",
                    "broadcaster_user_name": "Cleo"}],
                "started_at": "2026-01-02T10:00:00Z", "expires_at": "2026-01-02T10:05:00Z",
                "type": "treasure", "is_shared_train": true,
            },
            "all_time_high": {"level": 7, "total": 4000, "achieved_at": "2026-01-02T09:00:00Z"},
            "shared_all_time_high": null,
        }]}));
        let current = HypeTrain {
            id: "h1".into(),
            broadcaster_user_id: "1001".into(),
            broadcaster_user_login: "ada".into(),
            broadcaster_user_name: "Ada".into(),
            level: 3,
            total: 900,
            progress: 100,
            goal: 800,
            top_contributions: vec![HypeTrainContribution {
                user_id: "1002".into(),
                user_login: "brook".into(),
                user_name: "Brook".into(),
                kind: HypeTrainContributionType::Bits,
                total: 500,
            }],
            shared_train_participants: vec![HypeTrainParticipant {
                broadcaster_user_id: "1003".into(),
                broadcaster_user_login: "cleo".into(),
                broadcaster_user_name: "Cleo".into(),
            }],
            started_at: at("10:00:00"),
            expires_at: at("10:05:00"),
            kind: Some(HypeTrainType::Treasure),
            is_shared_train: true,
        };
        let record = HypeTrainRecord { level: 7, total: 4000, achieved_at: at("09:00:00") };
        let expected = HypeTrainStatus {
            current: Some(current),
            all_time_high: Some(record),
            shared_all_time_high: None,
        };
        assert_eq!(status, expected);
    }

    #[test]
    fn a_train_that_is_not_shared_has_null_for_lists() {
        let status = decode_odd::<GetHypeTrainStatus>(json!({"data": [{"current": {
            "id": "h1", "broadcaster_user_id": "1001", "broadcaster_user_login": "ada",
            "broadcaster_user_name": "Ada", "level": 1, "total": 0, "progress": 0, "goal": 500,
            "top_contributions": null, "shared_train_participants": null,
            "started_at": "2026-01-02T10:00:00Z", "expires_at": "2026-01-02T10:05:00Z",
        }}]}));
        let train = status.current.unwrap();
        assert_eq!((train.top_contributions, train.shared_train_participants), (vec![], vec![]));
        assert_eq!((train.kind, train.is_shared_train), (None, false));
        assert_eq!((status.all_time_high, status.shared_all_time_high), (None, None));
    }
}
