//! Ad breaks: those that a broadcaster starts, and those that are planned and can be put off.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use twitchwire::Time;

use super::{Timer, World};

/// How far a snooze puts the next ad off.
const SNOOZE: Duration = Duration::from_secs(5 * 60);

/// One channel's ads.
pub(super) struct Ads {
    pub(super) last: Option<Timestamp>,
    pub(super) next: Option<Planned>,
    /// How often the next one may still be put off.
    pub(super) snoozes: u32,
}

/// An ad break to come.
#[derive(Clone, Copy)]
pub(super) struct Planned {
    at: Time,
    pub(super) seconds: u32,
}

impl Default for Ads {
    fn default() -> Self {
        Ads { last: None, next: None, snoozes: 3 }
    }
}

/// All channels' ads.
#[derive(Default)]
pub(super) struct AdSchedule(BTreeMap<String, Ads>);

impl AdSchedule {
    pub(super) fn of_mut(&mut self, channel: &str) -> &mut Ads {
        self.0.entry(channel.to_owned()).or_default()
    }
}

impl World {
    /// Plans an ad break of so many seconds, which then begins by itself unless it is put off.
    pub fn plan_ad(&mut self, now: Time, channel: &str, after: Duration, seconds: u32) {
        self.advance(now);
        self.plan(channel, Planned { at: self.now + after, seconds });
    }

    fn plan(&mut self, channel: &str, planned: Planned) {
        self.ads.of_mut(channel).next = Some(planned);
        self.arm(planned.at.since(self.now), Timer::AdBreak(channel.to_owned()));
    }

    /// When the next ad break begins, on the wall clock.
    pub(super) fn next_ad(&self, planned: Planned) -> Timestamp {
        self.wall(planned.at)
    }

    /// Puts the next ad break off.
    pub(super) fn snooze(&mut self, channel: &str, planned: Planned) {
        let ads = self.ads.of_mut(channel);
        ads.snoozes = ads.snoozes.saturating_sub(1);
        self.plan(channel, Planned { at: planned.at + SNOOZE, ..planned });
    }

    /// The planned ad break begins, unless it has been put off since.
    pub(super) fn begin_planned_ad(&mut self, channel: &str) {
        let now = self.now;
        if let Some(planned) = self.ads.of_mut(channel).next.take_if(|planned| planned.at <= now) {
            self.begin_ad(channel, planned.seconds, true);
        }
    }

    pub(super) fn begin_ad(&mut self, channel: &str, seconds: u32, automatic: bool) {
        self.ads.of_mut(channel).last = Some(self.wall(self.now));
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, channel, "requester_user");
        event["duration_seconds"] = json!(seconds);
        event["started_at"] = json!(self.stamp());
        event["is_automatic"] = json!(automatic);
        if self.rng.chance(self.faults.quoted) {
            event["duration_seconds"] = json!(seconds.to_string());
            event["is_automatic"] = json!(automatic.to_string());
        }
        self.emit_now("channel.ad_break.begin", "1", &[("broadcaster_user_id", channel)], event);
    }
}
