//! Who subscribes to whom, by whose gift, since when: and the events of subscribing, with the notices in chat.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use twitchwire::Time;

use super::World;
use super::notice::Notice;

/// How much a subscription costs and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Tier 1.
    One,
    /// Tier 2.
    Two,
    /// Tier 3.
    Three,
}

impl Tier {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Tier::One => "1000",
            Tier::Two => "2000",
            Tier::Three => "3000",
        }
    }

    fn number(self) -> u64 {
        match self {
            Tier::One => 1,
            Tier::Two => 2,
            Tier::Three => 3,
        }
    }

    /// The subscriber points that a broadcaster earns by one.
    pub(super) fn points(self) -> u64 {
        match self {
            Tier::One => 1,
            Tier::Two => 2,
            Tier::Three => 6,
        }
    }
}

/// How a subscription came about.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Paid {
    BySubscriber,
    /// By this user; none: by somebody who is not named.
    ByGifter(Option<String>),
}

/// One subscription to a channel.
pub(super) struct Subscriber {
    pub(super) user: String,
    pub(super) tier: Tier,
    pub(super) paid: Paid,
    months: u64,
}

/// Each broadcaster's subscribers, newest first.
#[derive(Default)]
pub(super) struct Subscribers {
    all: BTreeMap<String, Vec<Subscriber>>,
    /// How many subscriptions each user has given in each channel.
    given: BTreeMap<(String, String), u64>,
}

impl Subscribers {
    pub(super) fn of(&self, channel: &str) -> &[Subscriber] {
        self.all.get(channel).map_or(&[], Vec::as_slice)
    }

    pub(super) fn find(&self, channel: &str, user: &str) -> Option<&Subscriber> {
        self.of(channel).iter().find(|subscriber| subscriber.user == user)
    }

    /// Months go on counting where somebody subscribed before.
    fn enter(&mut self, channel: &str, user: &str, tier: Tier, paid: Paid) -> u64 {
        let subscribers = self.all.entry(channel.to_owned()).or_default();
        let months = subscribers.iter().find(|s| s.user == user).map_or(1, |s| s.months + 1);
        subscribers.retain(|subscriber| subscriber.user != user);
        subscribers.insert(0, Subscriber { user: user.to_owned(), tier, paid, months });
        months
    }
}

impl World {
    /// A viewer subscribes to a channel for the first time.
    pub fn subscribe(&mut self, now: Time, who: &str, channel: &str, tier: Tier) {
        self.advance(now);
        self.subscribers.enter(channel, who, tier, Paid::BySubscriber);
        self.emit_subscribe(who, channel, tier, false);
        let notice = Notice {
            who: Some(who),
            system_message: format!("{} subscribed at Tier {}.", self.people.name(who), tier.number()),
            text: "",
        };
        let part = json!({"sub_tier": tier.as_str(), "is_prime": false, "duration_months": 1});
        self.tell_room(channel, notice, "sub", part);
        self.subscription_counts(Some(who), channel, tier, 1);
    }

    /// A viewer tells a channel's chat that they have subscribed for another month.
    pub fn resubscribe(&mut self, now: Time, who: &str, channel: &str, text: &str) {
        self.advance(now);
        let tier = self.subscribers.find(channel, who).map_or(Tier::One, |before| before.tier);
        let months = self.subscribers.enter(channel, who, tier, Paid::BySubscriber);
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        for (name, value) in [
            ("tier", json!(tier.as_str())),
            ("message", json!({"text": text, "emotes": null})),
            ("cumulative_months", json!(months)),
            ("streak_months", json!(months)),
            ("duration_months", json!(1)),
        ] {
            event[name] = value;
        }
        self.emit_now("channel.subscription.message", "1", &[("broadcaster_user_id", channel)], event);
        let name = self.people.name(who);
        let words =
            format!("{name} subscribed at Tier {}. They've subscribed for {months} months!", tier.number());
        let part = json!({
            "cumulative_months": months,
            "duration_months": 1,
            "streak_months": months,
            "sub_tier": tier.as_str(),
            "is_prime": false,
            "is_gift": false,
            "gifter_is_anonymous": null,
            "gifter_user_id": null,
            "gifter_user_login": null,
            "gifter_user_name": null,
        });
        self.tell_room(channel, Notice { who: Some(who), system_message: words, text }, "resub", part);
        self.subscription_counts(Some(who), channel, tier, 0);
    }

    /// Somebody gives subscriptions to viewers of a channel; without a name, anonymously.
    pub fn gift(&mut self, now: Time, who: Option<&str>, channel: &str, to: &[&str], tier: Tier) {
        self.advance(now);
        let count = to.len() as u64;
        let cumulative = who.map(|who| {
            let given = self.subscribers.given.entry((who.to_owned(), channel.to_owned())).or_default();
            *given += count;
            *given
        });
        let mut event = match who {
            Some(who) => self.person(who, "user"),
            None => json!({"user_id": null, "user_login": null, "user_name": null}),
        };
        self.add_person(&mut event, channel, "broadcaster_user");
        for (name, value) in [
            ("total", json!(count)),
            ("tier", json!(tier.as_str())),
            ("cumulative_total", json!(cumulative)),
            ("is_anonymous", json!(who.is_none())),
        ] {
            event[name] = value;
        }
        self.emit_now("channel.subscription.gift", "1", &[("broadcaster_user_id", channel)], event);
        let name = who.map_or("An anonymous gifter", |who| self.people.name(who)).to_owned();
        let mut community = Value::Null;
        if to.len() > 1 {
            community = json!(self.rng.uuid());
            let words = format!("{name} is gifting {count} Tier {} Subs!", tier.number());
            let part = json!({
                "id": community,
                "total": count,
                "sub_tier": tier.as_str(),
                "cumulative_total": cumulative,
            });
            self.tell_room(
                channel,
                Notice { who, system_message: words, text: "" },
                "community_sub_gift",
                part,
            );
        }
        for recipient in to {
            self.subscribers.enter(channel, recipient, tier, Paid::ByGifter(who.map(str::to_owned)));
            self.emit_subscribe(recipient, channel, tier, true);
            let words =
                format!("{name} gifted a Tier {} sub to {}!", tier.number(), self.people.name(recipient));
            let mut part = self.person(recipient, "recipient_user");
            part["duration_months"] = json!(1);
            part["cumulative_total"] = json!(cumulative.filter(|_| community.is_null()));
            part["sub_tier"] = json!(tier.as_str());
            part["community_gift_id"] = community.clone();
            self.tell_room(channel, Notice { who, system_message: words, text: "" }, "sub_gift", part);
        }
        self.subscription_counts(who, channel, tier, count);
    }

    /// A viewer's subscription to a channel runs out.
    pub fn unsubscribe(&mut self, now: Time, who: &str, channel: &str) {
        self.advance(now);
        let Some(subscribers) = self.subscribers.all.get_mut(channel) else { return };
        let Some(at) = subscribers.iter().position(|subscriber| subscriber.user == who) else { return };
        let ended = subscribers.remove(at);
        let gift = ended.paid != Paid::BySubscriber;
        let event = self.subscription_event(who, channel, ended.tier, gift);
        self.emit_now("channel.subscription.end", "1", &[("broadcaster_user_id", channel)], event);
        self.progress_subscription_goals(channel, 0);
    }

    fn emit_subscribe(&mut self, who: &str, channel: &str, tier: Tier, gift: bool) {
        let event = self.subscription_event(who, channel, tier, gift);
        self.emit_now("channel.subscribe", "1", &[("broadcaster_user_id", channel)], event);
    }

    fn subscription_event(&self, who: &str, channel: &str, tier: Tier, gift: bool) -> Value {
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        event["tier"] = json!(tier.as_str());
        event["is_gift"] = json!(gift);
        event
    }

    /// What a subscription does to the channel's goals and to its hype train.
    fn subscription_counts(&mut self, who: Option<&str>, channel: &str, tier: Tier, new: u64) {
        self.progress_subscription_goals(channel, new);
        if let Some(who) = who {
            self.contribute(channel, who, "subscription", 500 * tier.points() * new.max(1));
        }
    }
}
