//! Hype trains: they start by hand, go on with every cheer and subscription, and end when their time is up.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::{Timer, World};

/// How long a train has for each level.
const LEVEL_TIME: Duration = Duration::from_secs(300);
/// How long after a train the next one can start.
const COOLDOWN: Duration = Duration::from_secs(3600);
/// The points of the first level; each level needs so many more than the one before.
const LEVEL_POINTS: u64 = 1000;
/// The kinds of contributions; the largest of each is named.
const KINDS: [&str; 2] = ["bits", "subscription"];

struct Train {
    id: String,
    level: u64,
    total: u64,
    /// Points on this level.
    progress: u64,
    started: Timestamp,
    expires: Timestamp,
    /// By kind and user.
    contributions: BTreeMap<(&'static str, String), u64>,
}

impl Train {
    fn goal(&self) -> u64 {
        self.level * LEVEL_POINTS
    }
}

/// The best train so far.
#[derive(Clone, Copy)]
struct Best {
    level: u64,
    total: u64,
    at: Timestamp,
}

#[derive(Default)]
pub(super) struct HypeTrains {
    running: BTreeMap<String, Train>,
    best: BTreeMap<String, Best>,
}

impl World {
    /// A hype train starts in a channel, with a first contribution of bits; returns its id. A train that runs already goes
    /// on, and its id is returned.
    pub fn hype_train(&mut self, now: Time, channel: &str, who: &str, bits: u32) -> String {
        self.advance(now);
        if let Some(train) = self.hype_trains.running.get(channel) {
            let id = train.id.clone();
            self.contribute(channel, who, "bits", u64::from(bits));
            return id;
        }
        let id = self.rng.uuid();
        let started = self.wall(self.now);
        let bits = u64::from(bits);
        let mut train = Train {
            id: id.clone(),
            level: 1,
            total: 0,
            progress: 0,
            started,
            expires: started + LEVEL_TIME,
            contributions: BTreeMap::new(),
        };
        train.take("bits", who, bits, started);
        let best = self.hype_trains.best.get(channel).copied();
        let mut event = self.train_event(channel, &train);
        event["all_time_high_level"] = json!(best.map_or(0, |best| best.level));
        event["all_time_high_total"] = json!(best.map_or(0, |best| best.total));
        self.hype_trains.running.insert(channel.to_owned(), train);
        self.arm(LEVEL_TIME, Timer::HypeTrainEnds { channel: channel.to_owned() });
        self.emit_now("channel.hype_train.begin", "2", &[("broadcaster_user_id", channel)], event);
        id
    }

    /// Bits or subscriptions bring a running train forward; each new level gives it time.
    pub(super) fn contribute(&mut self, channel: &str, who: &str, kind: &'static str, points: u64) {
        let now = self.wall(self.now);
        let Some(train) = self.hype_trains.running.get_mut(channel) else { return };
        train.take(kind, who, points, now);
        let Some(train) = self.hype_trains.running.get(channel) else { return };
        let event = self.train_event(channel, train);
        self.emit_now("channel.hype_train.progress", "2", &[("broadcaster_user_id", channel)], event);
    }

    /// A train's time is up, unless it has reached a new level since.
    pub(super) fn end_hype_train(&mut self, channel: &str) {
        let now = self.wall(self.now);
        let Some(train) = self.hype_trains.running.get(channel) else { return };
        if train.expires > now {
            let rest = train.expires.duration_since(now).unsigned_abs();
            return self.arm(rest, Timer::HypeTrainEnds { channel: channel.to_owned() });
        }
        let Some(train) = self.hype_trains.running.remove(channel) else { return };
        let mut event = self.train_event(channel, &train);
        if let Some(event) = event.as_object_mut() {
            event.retain(|name, _| !["progress", "goal", "expires_at"].contains(&name.as_str()));
        }
        event["ended_at"] = json!(now.to_string());
        event["cooldown_ends_at"] = json!((now + COOLDOWN).to_string());
        let best = self.hype_trains.best.get(channel);
        if best.is_none_or(|best| best.total < train.total) {
            let best = Best { level: train.level, total: train.total, at: now };
            self.hype_trains.best.insert(channel.to_owned(), best);
        }
        self.emit_now("channel.hype_train.end", "2", &[("broadcaster_user_id", channel)], event);
    }

    fn train_event(&self, channel: &str, train: &Train) -> Value {
        let mut said = self.person(channel, "broadcaster_user");
        for (name, value) in [
            ("id", json!(train.id)),
            ("level", json!(train.level)),
            ("total", json!(train.total)),
            ("progress", json!(train.progress)),
            ("goal", json!(train.goal())),
            ("top_contributions", self.top_contributions(train)),
            ("shared_train_participants", Value::Null),
            ("started_at", json!(train.started.to_string())),
            ("expires_at", json!(train.expires.to_string())),
            ("type", json!("regular")),
            ("is_shared_train", json!(false)),
        ] {
            said[name] = value;
        }
        said
    }

    fn top_contributions(&self, train: &Train) -> Value {
        let top = KINDS.iter().filter_map(|kind| {
            let of_kind = train.contributions.iter().filter(|((of, _), _)| of == kind);
            let ((_, user), points) = of_kind.max_by_key(|(_, points)| **points)?;
            let mut said = self.person(user, "user");
            said["type"] = json!(kind);
            said["total"] = json!(points);
            Some(said)
        });
        top.collect()
    }

    /// A channel's train and its record, as Helix has them.
    pub(super) fn hype_train_json(&self, channel: &str) -> Value {
        let best = self.hype_trains.best.get(channel);
        let best = best.map(
            |best| json!({"level": best.level, "total": best.total, "achieved_at": best.at.to_string()}),
        );
        let running = self.hype_trains.running.get(channel);
        json!({
            "current": running.map(|train| self.train_event(channel, train)),
            "all_time_high": best,
            "shared_all_time_high": null,
        })
    }
}

impl Train {
    fn take(&mut self, kind: &'static str, who: &str, points: u64, now: Timestamp) {
        *self.contributions.entry((kind, who.to_owned())).or_default() += points;
        self.total += points;
        self.progress += points;
        while self.progress >= self.goal() {
            self.progress -= self.goal();
            self.level += 1;
            self.expires = now + LEVEL_TIME;
        }
    }
}
