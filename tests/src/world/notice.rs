//! Notices in a chat room: subscriptions, gifts, donations and their like, each as `channel.chat.notification`.

use serde_json::{Value, json};

use super::World;

/// The parts of a notice of which one is there, by the notice's type; the others are null.
const PARTS: [&str; 12] = [
    "sub",
    "resub",
    "sub_gift",
    "community_sub_gift",
    "gift_paid_upgrade",
    "prime_paid_upgrade",
    "pay_it_forward",
    "raid",
    "unraid",
    "announcement",
    "bits_badge_tier",
    "charity_donation",
];

/// What a notice says besides its part.
pub(super) struct Notice<'a> {
    /// None: somebody who is not named.
    pub(super) who: Option<&'a str>,
    /// Twitch's own words.
    pub(super) system_message: String,
    /// What the viewer wrote with it.
    pub(super) text: &'a str,
}

impl World {
    /// Something is told in a chat room: the notice's type, and the part of that name.
    pub(super) fn tell_room(&mut self, channel: &str, notice: Notice<'_>, notice_type: &str, part: Value) {
        let Notice { who, system_message, text } = notice;
        let mut event = self.person(channel, "broadcaster_user");
        match who {
            Some(who) => self.add_person(&mut event, who, "chatter_user"),
            None => {
                event["chatter_user_id"] = json!("274598607");
                event["chatter_user_login"] = json!("ananonymousgifter");
                event["chatter_user_name"] = json!("AnAnonymousGifter");
            }
        }
        let fragments = match text {
            "" => json!([]),
            text => {
                json!([{"type": "text", "text": text, "cheermote": null, "emote": null, "mention": null}])
            }
        };
        for name in PARTS {
            event[name] = Value::Null;
            event[format!("shared_chat_{name}")] = Value::Null;
        }
        for (name, value) in [
            ("chatter_is_anonymous", json!(who.is_none())),
            ("color", json!("")),
            ("badges", json!([])),
            ("system_message", json!(system_message)),
            ("message_id", json!(self.rng.uuid())),
            ("message", json!({"text": text, "fragments": fragments})),
            ("notice_type", json!(notice_type)),
            (notice_type, part),
            ("source_broadcaster_user_id", Value::Null),
            ("source_broadcaster_user_login", Value::Null),
            ("source_broadcaster_user_name", Value::Null),
            ("source_message_id", Value::Null),
            ("source_badges", Value::Null),
            ("is_source_only", Value::Null),
        ] {
            event[name] = value;
        }
        self.emit_now("channel.chat.notification", "1", &[("broadcaster_user_id", channel)], event);
    }
}
