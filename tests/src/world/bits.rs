//! Bits: who cheers how many, the leaderboard of it, and custom power-ups.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;
use super::room::Line;

/// The least bits of each tier of a cheermote, with its colour.
pub(super) const TIERS: [(u64, &str); 5] =
    [(1, "#979797"), (100, "#9c3ee8"), (1000, "#1db2a5"), (5000, "#0099fe"), (10_000, "#f43021")];

/// What a broadcaster offers for bits.
pub(super) struct PowerUp {
    title: String,
    bits: u64,
    redeemed: u64,
}

/// One use of bits in a channel.
pub(super) struct Used {
    pub(super) user: String,
    pub(super) bits: u64,
    pub(super) at: Timestamp,
}

#[derive(Default)]
pub(super) struct Bits {
    /// By broadcaster, oldest first.
    pub(super) used: BTreeMap<String, Vec<Used>>,
    /// By broadcaster, then by id.
    pub(super) power_ups: BTreeMap<String, BTreeMap<String, PowerUp>>,
}

/// The tier of so many bits: its least number.
fn tier(bits: u64) -> u64 {
    TIERS.iter().rev().find(|(least, _)| *least <= bits).map_or(1, |(least, _)| *least)
}

/// A message's fragments: each word such as `Cheer100` is a cheermote, what is between them text.
fn cheer_fragments(text: &str) -> Vec<Value> {
    let fragment = |kind: &str, text: &str, cheermote: Value| json!({"type": kind, "text": text, "cheermote": cheermote, "emote": null, "mention": null});
    let mut fragments = Vec::new();
    let mut plain = String::new();
    for word in text.split_inclusive(' ') {
        let cheer = word.trim_end();
        let bits = cheer.to_ascii_lowercase().strip_prefix("cheer").and_then(|bits| bits.parse().ok());
        let Some(bits) = bits else {
            plain.push_str(word);
            continue;
        };
        if !plain.is_empty() {
            fragments.push(fragment("text", &plain, Value::Null));
        }
        fragments.push(fragment(
            "cheermote",
            cheer,
            json!({"prefix": "cheer", "bits": bits, "tier": tier(bits)}),
        ));
        plain = word[cheer.len()..].to_owned();
    }
    if !plain.is_empty() {
        fragments.push(fragment("text", &plain, Value::Null));
    }
    fragments
}

impl World {
    /// A viewer cheers so many bits with a message such as `Cheer100 well done`; returns the chat message's id.
    pub fn cheer(&mut self, now: Time, who: &str, channel: &str, bits: u32, text: &str) -> String {
        self.advance(now);
        let bits = u64::from(bits);
        let fragments = cheer_fragments(text);
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        let mut used = event.clone();
        event["is_anonymous"] = json!(false);
        event["message"] = json!(text);
        event["bits"] = json!(bits);
        self.emit_now("channel.cheer", "1", &[("broadcaster_user_id", channel)], event);
        used["type"] = json!("cheer");
        used["power_up"] = Value::Null;
        used["custom_power_up"] = Value::Null;
        used["message"] = json!({"text": text, "fragments": fragments});
        self.use_bits(who, channel, bits, used);
        self.write_line(who, channel, Line { text, fragments, cheer: json!({"bits": bits}), parent: None })
    }

    /// A broadcaster offers a power-up of their own for bits, without any event; returns its id.
    pub fn power_up(&mut self, channel: &str, title: &str, bits: u32) -> String {
        let id = self.rng.uuid();
        let power_up = PowerUp { title: title.to_owned(), bits: u64::from(bits), redeemed: 0 };
        self.bits.power_ups.entry(channel.to_owned()).or_default().insert(id.clone(), power_up);
        id
    }

    /// A viewer buys a broadcaster's power-up, named by id or title; returns the redemption's id, none without such a
    /// power-up.
    pub fn redeem_power_up(&mut self, now: Time, who: &str, channel: &str, power_up: &str) -> Option<String> {
        self.advance(now);
        let offered = self.bits.power_ups.get_mut(channel)?;
        let named = |(id, offer): &(&String, &mut PowerUp)| *id == power_up || offer.title == power_up;
        let (id, bought) = offered.iter_mut().find(named)?;
        bought.redeemed += 1;
        let (id, title, bits) = (id.clone(), bought.title.clone(), bought.bits);
        let redemption = self.rng.uuid();
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        let mut used = event.clone();
        event["id"] = json!(redemption);
        event["user_input"] = json!("");
        event["status"] = json!("unfulfilled");
        event["custom_power_up"] = json!({"id": id, "title": title, "bits": bits, "prompt": ""});
        event["redeemed_at"] = json!(self.stamp());
        let about = [("broadcaster_user_id", channel), ("reward_id", id.as_str())];
        self.emit_now("channel.custom_power_up_redemption.add", "1", &about, event);
        used["type"] = json!("custom_power_up");
        used["power_up"] = Value::Null;
        used["custom_power_up"] = json!({"title": title, "reward_id": id});
        used["message"] = Value::Null;
        self.use_bits(who, channel, bits, used);
        Some(redemption)
    }

    fn use_bits(&mut self, who: &str, channel: &str, bits: u64, mut event: Value) {
        event["bits"] = json!(bits);
        let used = Used { user: who.to_owned(), bits, at: self.wall(self.now) };
        self.bits.used.entry(channel.to_owned()).or_default().push(used);
        self.emit_now("channel.bits.use", "1", &[("broadcaster_user_id", channel)], event);
        self.contribute(channel, who, "bits", bits);
    }

    pub(super) fn power_up_json(&self, channel: &str, id: &str, power_up: &PowerUp) -> Value {
        let live = self.people.users.get(channel).is_some_and(|user| user.live.is_some());
        let mut said = self.person(channel, "broadcaster");
        for (name, value) in [
            ("id", json!(id)),
            ("image", Value::Null),
            ("default_image", super::channel_points::images("power-up")),
            ("background_color", json!("#9147FF")),
            ("is_enabled", json!(true)),
            ("bits", json!(power_up.bits)),
            ("title", json!(power_up.title)),
            ("prompt", json!("")),
            ("is_user_input_required", json!(false)),
            ("max_per_stream_setting", json!({"is_enabled": false, "max_per_stream": 0})),
            ("max_per_user_per_stream_setting", json!({"is_enabled": false, "max_per_user_per_stream": 0})),
            ("global_cooldown_setting", json!({"is_enabled": false, "global_cooldown_seconds": 0})),
            ("is_paused", json!(false)),
            ("is_in_stock", json!(true)),
            ("redemptions_redeemed_current_stream", json!(live.then_some(power_up.redeemed))),
            ("cooldown_expires_at", Value::Null),
        ] {
            said[name] = value;
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cheer_among_words_is_a_fragment_of_its_own() {
        let found: Vec<_> = cheer_fragments("well Cheer150 done cheer")
            .iter()
            .map(|fragment| (fragment["text"].clone(), fragment["cheermote"]["tier"].clone()))
            .collect();
        let expected = [
            (json!("well "), Value::Null),
            (json!("Cheer150"), json!(100)),
            (json!(" done cheer"), Value::Null),
        ];
        assert_eq!(found, expected);
    }
}
