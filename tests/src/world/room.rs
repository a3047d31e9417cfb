//! Chat rooms: what is written in them and what becomes of it, their settings, the pinned message, shared sessions, the colours
//! of names.
//!
//! Each room remembers its latest messages, for replies, pins and moderators who delete one.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;
use super::moderation::NOTHING_MORE;

/// The messages that a room remembers.
const REMEMBERED: usize = 1000;
/// How old a message may be for a moderator to delete it.
const DELETABLE: Duration = Duration::from_secs(6 * 3600);

/// A message that was written.
pub(super) struct Message {
    pub(super) id: String,
    pub(super) who: String,
    pub(super) text: String,
    pub(super) at: Time,
}

/// A message to be written.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) fragments: Vec<Value>,
    /// What is cheered with it; null: nothing.
    pub(super) cheer: Value,
    /// The message that it replies to.
    pub(super) parent: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// Text alone.
    pub(super) fn plain(text: &'a str) -> Self {
        let fragment =
            json!({"type": "text", "text": text, "cheermote": null, "emote": null, "mention": null});
        Line { text, fragments: vec![fragment], cheer: Value::Null, parent: None }
    }
}

/// What a room asks of those who write in it.
#[derive(Clone, Default, PartialEq)]
pub(super) struct RoomSettings {
    pub(super) emotes_only: bool,
    /// For how many minutes they must have followed.
    pub(super) followers_only: Option<i64>,
    /// How many seconds they must wait between messages.
    pub(super) slow: Option<i64>,
    pub(super) subscribers_only: bool,
    pub(super) unique: bool,
    /// How many seconds later others than moderators see messages.
    pub(super) delay: Option<i64>,
}

/// The pinned message.
pub(super) struct Pin {
    pub(super) message: String,
    pub(super) by: String,
    pub(super) starts: Timestamp,
    pub(super) updated: Timestamp,
    /// None: when the stream ends.
    pub(super) ends: Option<Timestamp>,
}

#[derive(Default)]
pub(super) struct Room {
    /// Oldest first.
    messages: VecDeque<Message>,
    pub(super) settings: RoomSettings,
    pub(super) pin: Option<Pin>,
}

impl Room {
    /// What was written, oldest first.
    pub(super) fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter()
    }
}

/// A chat that several channels share.
pub(super) struct SharedChat {
    pub(super) id: String,
    pub(super) host: String,
    /// The host among them.
    pub(super) channels: Vec<String>,
    pub(super) since: Timestamp,
}

#[derive(Default)]
pub(super) struct Rooms {
    of: BTreeMap<String, Room>,
    pub(super) shared: Vec<SharedChat>,
    /// The colours of names; who is not in here has chosen none.
    pub(super) colors: BTreeMap<String, String>,
}

impl Rooms {
    pub(super) fn of(&self, channel: &str) -> Option<&Room> {
        self.of.get(channel)
    }

    pub(super) fn of_mut(&mut self, channel: &str) -> &mut Room {
        self.of.entry(channel.to_owned()).or_default()
    }

    pub(super) fn message(&self, channel: &str, id: &str) -> Option<&Message> {
        self.of.get(channel)?.messages.iter().find(|message| message.id == id)
    }

    /// A message that is not too old to be deleted.
    pub(super) fn deletable(&self, channel: &str, id: &str, now: Time) -> Option<&Message> {
        self.message(channel, id).filter(|message| now.since(message.at) <= DELETABLE)
    }

    /// The session that a channel takes part in.
    pub(super) fn shared_by(&self, channel: &str) -> Option<&SharedChat> {
        self.shared.iter().find(|shared| shared.channels.iter().any(|one| one == channel))
    }
}

impl World {
    /// Somebody writes in a channel's chat; returns the chat message's id.
    pub fn chat(&mut self, now: Time, who: &str, channel: &str, text: &str) -> String {
        self.advance(now);
        self.chat_now(who, channel, text)
    }

    /// Several channels share their chat; the first is the host.
    pub fn share_chat(&mut self, now: Time, channels: &[&str]) {
        self.advance(now);
        let Some(host) = channels.first() else { return };
        let shared = SharedChat {
            id: self.rng.uuid(),
            host: (*host).to_owned(),
            channels: channels.iter().map(|&channel| channel.to_owned()).collect(),
            since: self.wall(self.now),
        };
        self.tell_of_shared("channel.shared_chat.begin", &shared);
        self.rooms.shared.push(shared);
    }

    /// A channel joins the chat that this host shares.
    pub fn join_shared_chat(&mut self, now: Time, host: &str, channel: &str) {
        self.advance(now);
        let Some(at) = self.rooms.shared.iter().position(|shared| shared.host == host) else { return };
        let mut shared = self.rooms.shared.remove(at);
        shared.channels.push(channel.to_owned());
        self.tell_of_shared("channel.shared_chat.update", &shared);
        self.rooms.shared.push(shared);
    }

    /// Tells all channels of a shared chat who takes part in it.
    fn tell_of_shared(&mut self, kind: &str, shared: &SharedChat) {
        let participants: Vec<Value> =
            shared.channels.iter().map(|channel| self.person(channel, "broadcaster_user")).collect();
        for channel in &shared.channels {
            let mut event = self.person(channel, "broadcaster_user");
            self.add_person(&mut event, &shared.host, "host_broadcaster_user");
            event["session_id"] = json!(shared.id);
            event["participants"] = json!(participants);
            self.emit_now(kind, "1", &[("broadcaster_user_id", channel)], event);
        }
    }

    /// A shared chat ends for all its channels.
    pub fn end_shared_chat(&mut self, now: Time, host: &str) {
        self.advance(now);
        let Some(at) = self.rooms.shared.iter().position(|shared| shared.host == host) else { return };
        let shared = self.rooms.shared.remove(at);
        for channel in &shared.channels {
            let mut event = self.person(channel, "broadcaster_user");
            self.add_person(&mut event, host, "host_broadcaster_user");
            event["session_id"] = json!(shared.id);
            self.emit_now("channel.shared_chat.end", "1", &[("broadcaster_user_id", channel)], event);
        }
    }

    pub(super) fn chat_now(&mut self, who: &str, channel: &str, text: &str) -> String {
        self.write_line(who, channel, Line::plain(text))
    }

    pub(super) fn write_line(&mut self, who: &str, channel: &str, line: Line<'_>) -> String {
        let id = self.rng.uuid();
        self.post(who, channel, id.clone(), line);
        id
    }

    /// A message appears in a room.
    pub(super) fn post(&mut self, who: &str, channel: &str, id: String, line: Line<'_>) {
        let Line { text, fragments, cheer, parent } = line;
        if let Some(channel) = self.people.users.get_mut(channel) {
            channel.chatters.insert(who.to_owned());
        }
        let message = json!({"text": text, "fragments": fragments});
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, who, "chatter_user");
        for (name, value) in [
            ("message_id", json!(id)),
            ("message", message.clone()),
            ("message_type", json!("text")),
            ("badges", self.badges_of(who, channel)),
            ("cheer", cheer),
            ("color", json!(self.rooms.colors.get(who).map_or("", String::as_str))),
            ("reply", self.reply_to(channel, parent)),
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
        self.tell_of_suspicious(who, channel, &id, &message);
        let said = Message { id, who: who.to_owned(), text: text.to_owned(), at: self.now };
        let messages = &mut self.rooms.of_mut(channel).messages;
        messages.push_back(said);
        if messages.len() > REMEMBERED {
            messages.pop_front();
        }
    }

    fn badges_of(&self, who: &str, channel: &str) -> Value {
        match who == channel {
            true => json!([{"set_id": "broadcaster", "id": "1", "info": ""}]),
            false => json!([]),
        }
    }

    fn reply_to(&self, channel: &str, parent: Option<&str>) -> Value {
        let Some(parent) = parent.and_then(|parent| self.rooms.message(channel, parent)) else {
            return Value::Null;
        };
        let mut reply = self.person(&parent.who, "parent_user");
        self.add_person(&mut reply, &parent.who, "thread_user");
        reply["parent_message_id"] = json!(parent.id);
        reply["parent_message_body"] = json!(parent.text);
        reply["thread_message_id"] = json!(parent.id);
        reply
    }

    /// A moderator deletes one message.
    pub(super) fn delete_message(&mut self, moderator: &str, channel: &str, id: &str) {
        let messages = &mut self.rooms.of_mut(channel).messages;
        let Some(at) = messages.iter().position(|message| message.id == id) else { return };
        let Some(Message { who, text, .. }) = messages.remove(at) else { return };
        self.unpin(channel, id);
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, &who, "target_user");
        event["message_id"] = json!(id);
        self.emit_now("channel.chat.message_delete", "1", &[("broadcaster_user_id", channel)], event);
        let mut part = self.person(&who, "user");
        part["message_id"] = json!(id);
        part["message_body"] = json!(text);
        self.moderated(channel, moderator, "delete", ("delete", part));
    }

    /// A moderator clears the room.
    pub(super) fn clear_room(&mut self, moderator: &str, channel: &str) {
        self.rooms.of_mut(channel).messages.clear();
        let event = self.person(channel, "broadcaster_user");
        self.emit_now("channel.chat.clear", "1", &[("broadcaster_user_id", channel)], event);
        self.moderated(channel, moderator, "clear", NOTHING_MORE);
    }

    /// Somebody who is banned is no longer heard of.
    pub(super) fn forget_messages_of(&mut self, who: &str, channel: &str) {
        self.rooms.of_mut(channel).messages.retain(|message| message.who != who);
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, who, "target_user");
        self.emit_now("channel.chat.clear_user_messages", "1", &[("broadcaster_user_id", channel)], event);
    }

    /// A moderator pins a message, for so many seconds or until the stream ends.
    pub(super) fn pin(&mut self, moderator: &str, channel: &str, message: &str, seconds: Option<i64>) {
        let now = self.wall(self.now);
        let (message, by) = (message.to_owned(), moderator.to_owned());
        self.rooms.of_mut(channel).pin = Some(Pin { message, by, starts: now, updated: now, ends: None });
        self.pin_for(channel, seconds);
    }

    /// From now on the pin stays for so many seconds, or until the stream ends.
    pub(super) fn pin_for(&mut self, channel: &str, seconds: Option<i64>) {
        let now = self.wall(self.now);
        if let Some(pin) = &mut self.rooms.of_mut(channel).pin {
            pin.updated = now;
            pin.ends = seconds.map(|seconds| now + SignedDuration::from_secs(seconds));
        }
    }

    /// Takes a message from its place if it is the one that is pinned.
    pub(super) fn unpin(&mut self, channel: &str, message: &str) -> bool {
        self.rooms.of_mut(channel).pin.take_if(|pin| pin.message == message).is_some()
    }

    /// The message that is pinned now.
    pub(super) fn pinned(&self, channel: &str) -> Option<&Pin> {
        let now = self.wall(self.now);
        self.rooms.of(channel)?.pin.as_ref().filter(|pin| pin.ends.is_none_or(|ends| ends > now))
    }

    /// A channel recommends another.
    pub(super) fn shout_out(&mut self, moderator: &str, from: &str, to: &str) {
        let viewers = self.people.users.get(from).map_or(0, |channel| channel.chatters.len());
        let now = self.wall(self.now);
        let after = |seconds| (now + SignedDuration::from_secs(seconds)).to_string();
        let mut event = self.person(from, "broadcaster_user");
        self.add_person(&mut event, to, "to_broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        event["viewer_count"] = json!(viewers);
        event["started_at"] = json!(self.stamp());
        event["cooldown_ends_at"] = json!(after(120));
        event["target_cooldown_ends_at"] = json!(after(3600));
        self.emit_now("channel.shoutout.create", "1", &[("broadcaster_user_id", from)], event);
        let mut event = self.person(to, "broadcaster_user");
        self.add_person(&mut event, from, "from_broadcaster_user");
        event["viewer_count"] = json!(viewers);
        event["started_at"] = json!(self.stamp());
        self.emit_now("channel.shoutout.receive", "1", &[("broadcaster_user_id", to)], event);
    }

    /// A moderator changes a room's settings.
    pub(super) fn set_room(&mut self, moderator: &str, channel: &str, settings: RoomSettings) {
        let before = std::mem::replace(&mut self.rooms.of_mut(channel).settings, settings.clone());
        if before == settings {
            return;
        }
        let mut event = self.person(channel, "broadcaster_user");
        for (name, value) in [
            ("emote_mode", json!(settings.emotes_only)),
            ("follower_mode", json!(settings.followers_only.is_some())),
            ("follower_mode_duration_minutes", json!(settings.followers_only)),
            ("slow_mode", json!(settings.slow.is_some())),
            ("slow_mode_wait_time_seconds", json!(settings.slow)),
            ("subscriber_mode", json!(settings.subscribers_only)),
            ("unique_chat_mode", json!(settings.unique)),
        ] {
            event[name] = value;
        }
        self.emit_now("channel.chat_settings.update", "1", &[("broadcaster_user_id", channel)], event);
        for (was, is, on, off) in [
            (before.emotes_only, settings.emotes_only, "emoteonly", "emoteonlyoff"),
            (before.subscribers_only, settings.subscribers_only, "subscribers", "subscribersoff"),
            (before.unique, settings.unique, "uniquechat", "uniquechatoff"),
        ] {
            if was != is {
                self.moderated(channel, moderator, if is { on } else { off }, NOTHING_MORE);
            }
        }
        if before.followers_only != settings.followers_only {
            match settings.followers_only {
                None => self.moderated(channel, moderator, "followersoff", NOTHING_MORE),
                Some(minutes) => {
                    let part = json!({"follow_duration_minutes": minutes});
                    self.moderated(channel, moderator, "followers", ("followers", part));
                }
            }
        }
        if before.slow != settings.slow {
            match settings.slow {
                None => self.moderated(channel, moderator, "slowoff", NOTHING_MORE),
                Some(seconds) => {
                    let part = json!({"wait_time_seconds": seconds});
                    self.moderated(channel, moderator, "slow", ("slow", part));
                }
            }
        }
    }
}
