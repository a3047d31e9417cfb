//! [Ads](https://dev.twitch.tv/docs/api/reference/#start-commercial).

use crate::helix::{Maybe, One, check, endpoint};
use crate::id::UserId;
use crate::wire::{epoch, number, write_epoch};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Runs a commercial on a live channel. Only the broadcaster may, and only a partner or affiliate.
#[derive(Clone, Debug, Serialize)]
pub struct StartCommercial {
    /// The channel.
    pub broadcaster_id: UserId,
    /// For how many seconds, 1 to 180. Twitch tries to come close.
    pub length: u16,
}

endpoint!(StartCommercial = "start-commercial": post "/channels/commercial" => One<Commercial>, user(broadcaster_id),
    scopes: any(ChannelEditCommercial), body: whole, check: |r| check::range("length", r.length, 1, 180));

impl StartCommercial {
    /// A commercial of so many seconds.
    pub fn new(broadcaster: impl Into<UserId>, seconds: u16) -> Self {
        StartCommercial { broadcaster_id: broadcaster.into(), length: seconds }
    }
}

/// A commercial that was started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Commercial {
    /// Its length in seconds.
    pub length: u64,
    /// Twitch's word on whether an ad could be served; empty where all went well.
    #[serde(default)]
    pub message: String,
    /// How many seconds to wait before the next.
    #[serde(default)]
    pub retry_after: u64,
}

/// Gets when ads ran and will run on a channel, and how often the next can be put off.
#[derive(Clone, Debug, Serialize)]
pub struct GetAdSchedule {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetAdSchedule = "get-ad-schedule": get "/channels/ads" => Maybe<AdSchedule>, user(broadcaster_id),
    scopes: any(ChannelReadAds));

impl GetAdSchedule {
    /// The ad schedule of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetAdSchedule { broadcaster_id: broadcaster.into() }
    }
}

/// A channel's ad schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdSchedule {
    /// How often the next ad can be put off.
    #[serde(deserialize_with = "number")]
    pub snooze_count: u64,
    /// When one more snooze is gained; none where that is not going to be.
    #[serde(default, deserialize_with = "epoch", serialize_with = "write_epoch")]
    pub snooze_refresh_at: Option<Timestamp>,
    /// When the next ad runs; none where the channel is not live or has none scheduled.
    #[serde(default, deserialize_with = "epoch", serialize_with = "write_epoch")]
    pub next_ad_at: Option<Timestamp>,
    /// The next ad break's length in seconds.
    #[serde(deserialize_with = "number")]
    pub duration: u64,
    /// When the last ad ran; none where the channel is not live or ran none.
    #[serde(default, deserialize_with = "epoch", serialize_with = "write_epoch")]
    pub last_ad_at: Option<Timestamp>,
    /// For how many seconds new viewers see no ad.
    #[serde(deserialize_with = "number")]
    pub preroll_free_time: u64,
}

/// Puts the next ad off by five minutes.
#[derive(Clone, Debug, Serialize)]
pub struct SnoozeNextAd {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(SnoozeNextAd = "snooze-next-ad": post "/channels/ads/schedule/snooze" => One<AdSnooze>, user(broadcaster_id),
    scopes: any(ChannelManageAds));

impl SnoozeNextAd {
    /// Puts the channel's next ad off.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        SnoozeNextAd { broadcaster_id: broadcaster.into() }
    }
}

/// What is left after a snooze.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdSnooze {
    /// How often the next ad can still be put off.
    #[serde(deserialize_with = "number")]
    pub snooze_count: u64,
    /// When one more snooze is gained; none where that is not going to be.
    #[serde(default, deserialize_with = "epoch", serialize_with = "write_epoch")]
    pub snooze_refresh_at: Option<Timestamp>,
    /// When the next ad runs; none where none is scheduled.
    #[serde(default, deserialize_with = "epoch", serialize_with = "write_epoch")]
    pub next_ad_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, body, decode, decode_odd, query, refused};
    use serde_json::json;

    #[test]
    fn a_commercial_is_started_for_at_most_three_minutes() {
        let request = StartCommercial::new("1001", 60);
        assert_eq!(query(&request), "");
        assert_eq!(body(&request), json!({"broadcaster_id": "1001", "length": 60}));
        assert_eq!(refused(&StartCommercial::new("1001", 181)), "`length` must be 1 to 180, is 181");
        assert_eq!(refused(&StartCommercial::new("1001", 0)), "`length` must be 1 to 180, is 0");
        let started =
            decode::<StartCommercial>(json!({"data": [{"length": 60, "message": "", "retry_after": 480}]}));
        assert_eq!(started, Commercial { length: 60, message: String::new(), retry_after: 480 });
    }

    #[test]
    fn an_ad_schedule_counts_in_epoch_seconds_and_zero_is_none() {
        let request = GetAdSchedule::new("1001");
        assert_eq!(query(&request), "broadcaster_id=1001");
        let wire = json!({
            "snooze_count": 1, "snooze_refresh_at": 0, "next_ad_at": 1_767_330_367, "duration": 60, "last_ad_at": 0,
            "preroll_free_time": 90,
        });
        let schedule = decode::<GetAdSchedule>(json!({"data": [wire]})).unwrap();
        assert_eq!(
            schedule,
            AdSchedule {
                snooze_count: 1,
                snooze_refresh_at: None,
                next_ad_at: Some(at("05:06:07")),
                duration: 60,
                last_ad_at: None,
                preroll_free_time: 90,
            }
        );
        assert_eq!(serde_json::to_value(&schedule).unwrap(), wire);
        assert_eq!(decode::<GetAdSchedule>(json!({"data": []})), None);
    }

    #[test]
    fn an_ad_schedule_may_be_all_text_as_twitch_documents_it() {
        let wire = json!({
            "snooze_count": "1", "snooze_refresh_at": "2026-01-02T05:06:07+00:00", "next_ad_at": "",
            "duration": "60", "last_ad_at": "2026-01-02T05:06:07Z", "preroll_free_time": "90",
        });
        let schedule = decode_odd::<GetAdSchedule>(json!({"data": [wire]})).unwrap();
        assert_eq!((schedule.snooze_count, schedule.duration, schedule.preroll_free_time), (1, 60, 90));
        assert_eq!(schedule.snooze_refresh_at, Some(at("05:06:07")));
        assert_eq!(schedule.next_ad_at, None);
        assert_eq!(schedule.last_ad_at, Some(at("05:06:07")));
    }

    #[test]
    fn a_snooze_says_what_is_left() {
        let request = SnoozeNextAd::new("1001");
        assert_eq!(query(&request), "broadcaster_id=1001");
        assert_eq!(body(&request), serde_json::Value::Null);
        let wire = json!({"snooze_count": 2, "snooze_refresh_at": 1_767_330_367, "next_ad_at": 0});
        let snooze = decode::<SnoozeNextAd>(json!({"data": [wire]}));
        assert_eq!(
            snooze,
            AdSnooze { snooze_count: 2, snooze_refresh_at: Some(at("05:06:07")), next_ad_at: None }
        );
        assert_eq!(serde_json::to_value(&snooze).unwrap(), wire);
    }
}
