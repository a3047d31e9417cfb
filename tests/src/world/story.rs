//! What happens on Twitch: methods that read as a story, each with the event that Twitch makes of it.

use serde_json::{Value, json};
use twitchwire::Time;

use super::World;

impl World {
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
        self.rooms.of_mut(channel).pin.take_if(|pin| pin.ends.is_none());
        self.end_recording(channel);
        let mut event = self.person(channel, "broadcaster_user");
        event["id"] = json!(live.map(|(id, _)| id));
        self.emit_now("stream.offline", "1", &[("broadcaster_user_id", channel)], event);
    }

    /// A broadcaster changes the stream's title.
    pub fn update(&mut self, now: Time, channel: &str, title: &str) {
        self.advance(now);
        if let Some(user) = self.people.users.get_mut(channel) {
            user.title = title.to_owned();
        }
        self.tell_of_update(channel);
    }

    pub(super) fn add_person(&self, event: &mut Value, id: &str, prefix: &str) {
        event[format!("{prefix}_id")] = json!(id);
        event[format!("{prefix}_login")] = json!(self.people.login(id));
        event[format!("{prefix}_name")] = json!(self.people.name(id));
    }
}
