//! Channel points: custom rewards, who redeems them, and the events of both.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;

/// A limit that can be set without being switched on.
#[derive(Clone, Copy, Default)]
pub(super) struct Limit {
    pub(super) on: bool,
    pub(super) value: i64,
}

/// What can be changed about a reward.
#[derive(Clone)]
pub(super) struct Terms {
    pub(super) title: String,
    pub(super) prompt: String,
    pub(super) cost: i64,
    pub(super) color: String,
    pub(super) enabled: bool,
    pub(super) paused: bool,
    pub(super) wants_input: bool,
    pub(super) per_stream: Limit,
    pub(super) per_user: Limit,
    /// In seconds.
    pub(super) cooldown: Limit,
    pub(super) skips_queue: bool,
}

impl Terms {
    pub(super) fn new(title: &str, cost: i64) -> Self {
        Terms {
            title: title.to_owned(),
            prompt: String::new(),
            cost,
            color: "#9147FF".to_owned(),
            enabled: true,
            paused: false,
            wants_input: false,
            per_stream: Limit::default(),
            per_user: Limit::default(),
            cooldown: Limit::default(),
            skips_queue: false,
        }
    }
}

/// A custom reward.
pub(super) struct Reward {
    /// The app that made it; none: the broadcaster, by hand.
    pub(super) client: Option<String>,
    pub(super) terms: Terms,
    /// Oldest first.
    pub(super) redemptions: Vec<Redemption>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Unfulfilled,
    Fulfilled,
    Canceled,
}

impl Status {
    /// As Helix writes it; EventSub writes it small.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Status::Unfulfilled => "UNFULFILLED",
            Status::Fulfilled => "FULFILLED",
            Status::Canceled => "CANCELED",
        }
    }
}

#[derive(Clone)]
pub(super) struct Redemption {
    pub(super) id: String,
    pub(super) user: String,
    pub(super) input: String,
    pub(super) status: Status,
    pub(super) at: Timestamp,
    /// The reward as it was then: title, prompt and cost.
    reward: (String, String, i64),
}

#[derive(Default)]
pub(super) struct ChannelPoints {
    /// By broadcaster, then by id.
    pub(super) rewards: BTreeMap<String, BTreeMap<String, Reward>>,
}

impl ChannelPoints {
    pub(super) fn reward(&self, channel: &str, id: &str) -> Option<&Reward> {
        self.rewards.get(channel)?.get(id)
    }

    pub(super) fn reward_mut(&mut self, channel: &str, id: &str) -> Option<&mut Reward> {
        self.rewards.get_mut(channel)?.get_mut(id)
    }
}

pub(super) fn images(kind: &str) -> Value {
    let url = |size| format!("https://static.example/{kind}-{size}.png");
    json!({"url_1x": url(1), "url_2x": url(2), "url_4x": url(4)})
}

impl World {
    /// A broadcaster makes a custom reward by hand, which no app may change; returns its id.
    pub fn reward(&mut self, now: Time, channel: &str, title: &str, cost: u32) -> String {
        self.advance(now);
        self.add_reward(channel, None, Terms::new(title, i64::from(cost)))
    }

    /// A viewer redeems a custom reward, named by id or title; returns the redemption's id. None where Twitch would not let
    /// them: the reward is disabled, paused, out of stock or cooling down, or they had it as often as they may.
    pub fn redeem(
        &mut self,
        now: Time,
        who: &str,
        channel: &str,
        reward: &str,
        input: &str,
    ) -> Option<String> {
        self.advance(now);
        let rewards = self.channel_points.rewards.get(channel)?;
        let named = rewards.iter().find(|(id, r)| *id == reward || r.terms.title == reward);
        let (id, found) = named.map(|(id, found)| (id.clone(), found))?;
        let terms = &found.terms;
        let mine = self.redeemed_this_stream(channel, found, Some(who));
        let too_often = terms.per_user.on && mine >= terms.per_user.value;
        let closed = !terms.enabled || terms.paused || !self.is_in_stock(channel, found);
        if closed || too_often || self.cools_until(found).is_some() {
            return None;
        }
        let redemption = Redemption {
            id: String::new(),
            user: who.to_owned(),
            input: if terms.wants_input { input.to_owned() } else { String::new() },
            status: if terms.skips_queue { Status::Fulfilled } else { Status::Unfulfilled },
            at: self.wall(self.now),
            reward: (terms.title.clone(), terms.prompt.clone(), terms.cost),
        };
        let redemption = Redemption { id: self.rng.uuid(), ..redemption };
        let event = self.redemption_event(channel, &id, &redemption);
        let redeemed = redemption.id.clone();
        self.channel_points.reward_mut(channel, &id)?.redemptions.push(redemption);
        self.emit_redemption("add", channel, &id, event);
        Some(redeemed)
    }

    /// A viewer unlocks one of a channel's emotes, named by its name, with channel points: a reward that every channel has.
    pub fn unlock_emote(&mut self, now: Time, who: &str, channel: &str, emote: &str) {
        self.advance(now);
        const KIND: &str = "channel.channel_points_automatic_reward_redemption.add";
        const COST: u32 = 100;
        let kind = "chosen_sub_emote_unlock";
        let emote = json!({"id": format!("emotesv2_{emote}"), "name": emote});
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        event["id"] = json!(self.rng.uuid());
        event["redeemed_at"] = json!(self.stamp());
        let mut second = event.clone();
        event["reward"] = json!({"type": kind, "cost": COST, "unlocked_emote": emote});
        event["message"] = json!({"text": "", "emotes": null});
        event["user_input"] = Value::Null;
        second["reward"] = json!({"type": kind, "channel_points": COST, "emote": emote});
        second["message"] = Value::Null;
        let about = [("broadcaster_user_id", channel)];
        self.emit_now(KIND, "1", &about, event);
        self.emit_now(KIND, "2", &about, second);
    }

    pub(super) fn add_reward(&mut self, channel: &str, client: Option<&str>, terms: Terms) -> String {
        let id = self.rng.uuid();
        let reward = Reward { client: client.map(str::to_owned), terms, redemptions: Vec::new() };
        let event = self.reward_event(channel, &id, &reward);
        self.channel_points.rewards.entry(channel.to_owned()).or_default().insert(id.clone(), reward);
        self.emit_reward("add", channel, &id, event);
        id
    }

    pub(super) fn change_reward(&mut self, channel: &str, id: &str, terms: Terms) {
        let Some(reward) = self.channel_points.reward_mut(channel, id) else { return };
        reward.terms = terms;
        let Some(reward) = self.channel_points.reward(channel, id) else { return };
        let event = self.reward_event(channel, id, reward);
        self.emit_reward("update", channel, id, event);
    }

    /// What still waits in the queue of a removed reward counts as fulfilled.
    pub(super) fn remove_reward(&mut self, channel: &str, id: &str) {
        let waiting = self.channel_points.reward(channel, id).map(|reward| {
            let waits = |redemption: &&Redemption| redemption.status == Status::Unfulfilled;
            reward.redemptions.iter().filter(waits).map(|r| r.id.clone()).collect::<Vec<_>>()
        });
        for redemption in waiting.unwrap_or_default() {
            self.settle(channel, id, &redemption, Status::Fulfilled);
        }
        let rewards = self.channel_points.rewards.get_mut(channel);
        let Some(reward) = rewards.and_then(|rewards| rewards.remove(id)) else { return };
        let event = self.reward_event(channel, id, &reward);
        self.emit_reward("remove", channel, id, event);
    }

    /// A redemption is fulfilled, or cancelled.
    pub(super) fn settle(&mut self, channel: &str, reward: &str, redemption: &str, status: Status) {
        let found = self.channel_points.reward_mut(channel, reward);
        let found = found.and_then(|reward| reward.redemptions.iter_mut().find(|r| r.id == redemption));
        let Some(found) = found else { return };
        found.status = status;
        let settled = found.clone();
        let event = self.redemption_event(channel, reward, &settled);
        self.emit_redemption("update", channel, reward, event);
    }

    fn emit_reward(&mut self, what: &str, channel: &str, reward: &str, event: Value) {
        let kind = format!("channel.channel_points_custom_reward.{what}");
        self.emit_now(&kind, "1", &[("broadcaster_user_id", channel), ("reward_id", reward)], event);
    }

    fn emit_redemption(&mut self, what: &str, channel: &str, reward: &str, event: Value) {
        let kind = format!("channel.channel_points_custom_reward_redemption.{what}");
        self.emit_now(&kind, "1", &[("broadcaster_user_id", channel), ("reward_id", reward)], event);
    }

    fn redeemed_this_stream(&self, channel: &str, reward: &Reward, by: Option<&str>) -> i64 {
        let live = self.people.users.get(channel).and_then(|user| user.live.as_ref());
        let Some((_, since)) = live else { return 0 };
        let counts = |r: &&Redemption| {
            r.at >= *since && r.status != Status::Canceled && by.is_none_or(|by| r.user == by)
        };
        reward.redemptions.iter().filter(counts).count() as i64
    }

    fn is_in_stock(&self, channel: &str, reward: &Reward) -> bool {
        let limit = reward.terms.per_stream;
        !limit.on || self.redeemed_this_stream(channel, reward, None) < limit.value
    }

    fn cools_until(&self, reward: &Reward) -> Option<Timestamp> {
        let cooldown = reward.terms.cooldown;
        let latest = reward.redemptions.last().filter(|_| cooldown.on)?;
        let until = latest.at + Duration::from_secs(cooldown.value.unsigned_abs());
        (until > self.wall(self.now)).then_some(until)
    }

    /// What Helix and EventSub write alike.
    fn reward_common(&self, channel: &str, id: &str, reward: &Reward) -> Value {
        let terms = &reward.terms;
        let live = self.people.users.get(channel).is_some_and(|user| user.live.is_some());
        let counted = live && terms.per_stream.on;
        json!({
            "id": id,
            "title": terms.title,
            "prompt": terms.prompt,
            "cost": terms.cost,
            "image": null,
            "default_image": images("default"),
            "background_color": terms.color,
            "is_enabled": terms.enabled,
            "is_user_input_required": terms.wants_input,
            "is_paused": terms.paused,
            "is_in_stock": self.is_in_stock(channel, reward),
            "should_redemptions_skip_request_queue": terms.skips_queue,
            "redemptions_redeemed_current_stream":
                counted.then(|| self.redeemed_this_stream(channel, reward, None)),
            "cooldown_expires_at": self.cools_until(reward).map(|until| until.to_string()),
        })
    }

    pub(super) fn reward_json(&self, channel: &str, id: &str, reward: &Reward) -> Value {
        let Terms { per_stream, per_user, cooldown, .. } = &reward.terms;
        let mut said = self.reward_common(channel, id, reward);
        self.add_person(&mut said, channel, "broadcaster");
        said["max_per_stream_setting"] =
            json!({"is_enabled": per_stream.on, "max_per_stream": per_stream.value});
        said["max_per_user_per_stream_setting"] =
            json!({"is_enabled": per_user.on, "max_per_user_per_stream": per_user.value});
        said["global_cooldown_setting"] =
            json!({"is_enabled": cooldown.on, "global_cooldown_seconds": cooldown.value});
        said
    }

    fn reward_event(&self, channel: &str, id: &str, reward: &Reward) -> Value {
        let Terms { per_stream, per_user, cooldown, .. } = &reward.terms;
        let mut event = self.reward_common(channel, id, reward);
        self.add_person(&mut event, channel, "broadcaster_user");
        event["max_per_stream"] = json!({"is_enabled": per_stream.on, "value": per_stream.value});
        event["max_per_user_per_stream"] = json!({"is_enabled": per_user.on, "value": per_user.value});
        event["global_cooldown"] = json!({"is_enabled": cooldown.on, "seconds": cooldown.value});
        event
    }

    fn redemption_common(&self, reward: &str, redemption: &Redemption) -> Value {
        let (title, prompt, cost) = &redemption.reward;
        let mut said = self.person(&redemption.user, "user");
        said["id"] = json!(redemption.id);
        said["user_input"] = json!(redemption.input);
        said["reward"] = json!({"id": reward, "title": title, "prompt": prompt, "cost": cost});
        said["redeemed_at"] = json!(redemption.at.to_string());
        said
    }

    pub(super) fn redemption_json(&self, channel: &str, reward: &str, redemption: &Redemption) -> Value {
        let mut said = self.redemption_common(reward, redemption);
        self.add_person(&mut said, channel, "broadcaster");
        said["status"] = json!(redemption.status.as_str());
        said
    }

    fn redemption_event(&self, channel: &str, reward: &str, redemption: &Redemption) -> Value {
        let mut event = self.redemption_common(reward, redemption);
        self.add_person(&mut event, channel, "broadcaster_user");
        event["status"] = json!(redemption.status.as_str().to_ascii_lowercase());
        event
    }
}
