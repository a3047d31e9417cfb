//! Ads.

use http::Method;
use serde_json::json;

use super::{body, number};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

/// Seconds between two commercials, and of the longest one.
const COOLDOWN: u64 = 480;
const LONGEST: i64 = 180;

impl World {
    pub(super) fn ads_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::POST, "/channels/commercial") => self.start_commercial(ask, who),
            (&Method::GET, "/channels/ads") => self.get_ad_schedule(ask, who),
            (&Method::POST, "/channels/ads/schedule/snooze") => self.snooze_next_ad(ask, who),
            _ => return None,
        })
    }

    fn start_commercial(&mut self, ask: &Ask, who: &Who) -> Outcome {
        const TOO_SOON: &str =
            "The broadcaster may not run another commercial until the cooldown period expires.";
        let body = body(ask)?;
        let broadcaster = self.is_broadcaster_in(&body, who, &["channel:edit:commercial"])?;
        // One that is too long is cut.
        let seconds = number(&body, "length", 1..=i64::MAX)?.min(LONGEST);
        if self.people.programme(broadcaster).is_none() || self.channel(broadcaster)?.live.is_none() {
            return Err(Answer::refuse(
                400,
                "To start a commercial, the broadcaster must be streaming live.",
            ));
        }
        self.take_turn("commercials", &[(broadcaster, 1, COOLDOWN)], TOO_SOON)?;
        self.begin_ad(broadcaster, u32::try_from(seconds).unwrap_or_default(), false);
        Ok(Answer::ok(json!({"data": [{"length": seconds, "message": "", "retry_after": COOLDOWN}]})))
    }

    fn get_ad_schedule(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:read:ads"])?;
        let ads = self.ads.of_mut(broadcaster);
        let (snoozes, last, next) = (ads.snoozes, ads.last, ads.next);
        Ok(Answer::ok(json!({"data": [{
            "snooze_count": snoozes,
            "snooze_refresh_at": 0,
            "next_ad_at": next.map_or(0, |next| self.next_ad(next).as_second()),
            "duration": next.map_or(0, |next| next.seconds),
            "last_ad_at": last.map_or(0, |last| last.as_second()),
            "preroll_free_time": 0,
        }]})))
    }

    fn snooze_next_ad(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:manage:ads"])?;
        if self.channel(broadcaster)?.live.is_none() {
            return Err(Answer::refuse(400, "The channel is not currently live."));
        }
        let ads = self.ads.of_mut(broadcaster);
        let none = || Answer::refuse(400, "Channel does not have an upcoming scheduled ad break.");
        let next = ads.next.ok_or_else(none)?;
        if ads.snoozes == 0 {
            return Err(Answer::refuse(429, "Channel has no snoozes left."));
        }
        self.snooze(broadcaster, next);
        let ads = self.ads.of_mut(broadcaster);
        let (snoozes, next) = (ads.snoozes, ads.next);
        Ok(Answer::ok(json!({"data": [{
            "snooze_count": snoozes,
            "snooze_refresh_at": 0,
            "next_ad_at": next.map_or(0, |next| self.next_ad(next).as_second()),
        }]})))
    }
}
