//! What happens on Twitch: methods that read as a story, each with the event that Twitch makes of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;

impl World {
    /// Somebody writes in a channel's chat; returns the chat message's id.
    pub fn chat(&mut self, now: Time, who: &str, channel: &str, text: &str) -> String {
        self.advance(now);
        self.chat_now(who, channel, text)
    }

    /// Somebody follows a channel.
    pub fn follow(&mut self, now: Time, who: &str, channel: &str) {
        self.advance(now);
        let when = self.wall(self.now);
        if let Some(channel) = self.people.users.get_mut(channel) {
            channel.followers.retain(|(follower, _)| follower != who);
            channel.followers.insert(0, (who.to_owned(), when));
        }
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        event["followed_at"] = json!(self.stamp());
        self.emit_now("channel.follow", "2", &[("broadcaster_user_id", channel)], event);
        self.progress_follower_goals(channel);
    }

    /// One channel raids another.
    pub fn raid(&mut self, now: Time, from: &str, to: &str, viewers: u32) {
        self.advance(now);
        let mut event = self.person(from, "from_broadcaster_user");
        self.add_person(&mut event, to, "to_broadcaster_user");
        event["viewers"] = json!(viewers);
        let about = [("from_broadcaster_user_id", from), ("to_broadcaster_user_id", to)];
        self.emit_now("channel.raid", "1", &about, event);
    }

    /// A channel's stream starts.
    pub fn online(&mut self, now: Time, channel: &str) {
        self.advance(now);
        let (id, when) = ((40_000_000_000 + self.rng.below(1_000_000_000)).to_string(), self.wall(self.now));
        if let Some(user) = self.people.users.get_mut(channel) {
            user.live = Some((id.clone(), when));
        }
        self.record(channel, &id);
        let mut event = self.person(channel, "broadcaster_user");
        event["id"] = json!(id);
        event["type"] = json!("live");
        event["started_at"] = json!(format!("{when:.0}"));
        self.emit_now("stream.online", "1", &[("broadcaster_user_id", channel)], event);
    }

    /// A channel's stream ends.
    pub fn offline(&mut self, now: Time, channel: &str) {
        self.advance(now);
        let live = self.people.users.get_mut(channel).and_then(|user| user.live.take());
        self.end_recording(channel);
        let mut event = self.person(channel, "broadcaster_user");
        event["id"] = json!(live.map(|(id, _)| id));
        self.emit_now("stream.offline", "1", &[("broadcaster_user_id", channel)], event);
    }

    /// A broadcaster changes the stream's title.
    pub fn update(&mut self, now: Time, channel: &str, title: &str) {
        self.advance(now);
        let mut event = self.person(channel, "broadcaster_user");
        if let Some(user) = self.people.users.get_mut(channel) {
            user.title = title.to_owned();
            event["language"] = json!(user.language);
            event["category_id"] = json!(user.game.0);
            event["category_name"] = json!(user.game.1);
        }
        event["title"] = json!(title);
        event["content_classification_labels"] = json!([]);
        self.emit_now("channel.update", "2", &[("broadcaster_user_id", channel)], event);
    }

    /// A moderator bans somebody from a channel, or for so many seconds only.
    pub fn ban(&mut self, now: Time, moderator: &str, who: &str, channel: &str, seconds: Option<u32>) {
        self.advance(now);
        let ends = seconds.map(|s| self.wall(self.now) + SignedDuration::from_secs(i64::from(s)));
        self.ban_now(moderator, who, channel, "", ends);
    }

    /// A moderator lifts a ban.
    pub fn unban(&mut self, now: Time, moderator: &str, who: &str, channel: &str) {
        self.advance(now);
        self.unban_now(moderator, who, channel);
    }

    pub(super) fn chat_now(&mut self, who: &str, channel: &str, text: &str) -> String {
        let fragment =
            json!({"type": "text", "text": text, "cheermote": null, "emote": null, "mention": null});
        self.write_line(who, channel, text, vec![fragment], Value::Null)
    }

    /// A line in a chat room, with its parts and what was cheered with it.
    pub(super) fn write_line(
        &mut self,
        who: &str,
        channel: &str,
        text: &str,
        fragments: Vec<Value>,
        cheer: Value,
    ) -> String {
        if let Some(channel) = self.people.users.get_mut(channel) {
            channel.chatters.insert(who.to_owned());
        }
        let id = self.rng.uuid();
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, who, "chatter_user");
        let badges = if who == channel {
            json!([{"set_id": "broadcaster", "id": "1", "info": ""}])
        } else {
            json!([])
        };
        for (name, value) in [
            ("message_id", json!(id)),
            ("message", json!({"text": text, "fragments": fragments})),
            ("message_type", json!("text")),
            ("badges", badges),
            ("cheer", cheer),
            ("color", json!("")),
            ("reply", Value::Null),
            ("channel_points_custom_reward_id", Value::Null),
            ("channel_points_animation_id", Value::Null),
            ("source_broadcaster_user_id", Value::Null),
            ("source_broadcaster_user_login", Value::Null),
            ("source_broadcaster_user_name", Value::Null),
            ("source_message_id", Value::Null),
            ("source_badges", Value::Null),
            ("is_source_only", Value::Null),
        ] {
            event[name] = value;
        }
        self.emit_now("channel.chat.message", "1", &[("broadcaster_user_id", channel)], event);
        id
    }

    pub(super) fn ban_now(
        &mut self,
        moderator: &str,
        who: &str,
        channel: &str,
        reason: &str,
        ends: Option<Timestamp>,
    ) {
        if let Some(channel) = self.people.users.get_mut(channel) {
            channel.banned.insert(who.to_owned(), ends);
            channel.chatters.remove(who);
        }
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        event["reason"] = json!(reason);
        event["banned_at"] = json!(self.stamp());
        event["ends_at"] = json!(ends.map(|ends| ends.to_string()));
        event["is_permanent"] = json!(ends.is_none());
        self.emit_now("channel.ban", "1", &[("broadcaster_user_id", channel)], event);
    }

    pub(super) fn unban_now(&mut self, moderator: &str, who: &str, channel: &str) {
        if let Some(channel) = self.people.users.get_mut(channel) {
            channel.banned.remove(who);
        }
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        self.emit_now("channel.unban", "1", &[("broadcaster_user_id", channel)], event);
    }

    pub(super) fn add_person(&self, event: &mut Value, id: &str, prefix: &str) {
        event[format!("{prefix}_id")] = json!(id);
        event[format!("{prefix}_login")] = json!(self.people.login(id));
        event[format!("{prefix}_name")] = json!(self.people.name(id));
    }
}
