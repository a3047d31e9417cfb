//! Moderation of channels: bans and requests to lift them, warnings, suspicious users, Shield Mode.
//!
//! What a moderator does comes from Helix or from a story method, changes the channel's state here, and leaves as the event of
//! its own type and as `channel.moderate` in both its versions.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;
use super::automod::Automod;

/// A ban, or a timeout.
pub(super) struct Ban {
    pub(super) moderator: String,
    pub(super) reason: String,
    pub(super) since: Timestamp,
    /// When a timeout ends; none: a ban.
    pub(super) ends: Option<Timestamp>,
}

impl Ban {
    fn holds(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|ends| ends > now)
    }
}

/// Somebody asks to be unbanned.
pub(super) struct UnbanRequest {
    pub(super) id: String,
    pub(super) user: String,
    pub(super) text: String,
    pub(super) created: Timestamp,
    pub(super) verdict: Option<Verdict>,
}

/// How a request was resolved.
pub(super) struct Verdict {
    pub(super) approved: bool,
    pub(super) moderator: String,
    pub(super) at: Timestamp,
    pub(super) text: String,
}

impl UnbanRequest {
    pub(super) fn status(&self) -> &'static str {
        match &self.verdict {
            None => "pending",
            Some(Verdict { approved: true, .. }) => "approved",
            Some(Verdict { approved: false, .. }) => "denied",
        }
    }
}

/// How a suspicious user is treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    Monitored,
    Restricted,
}

/// Shield Mode as it was last switched on.
pub(super) struct Shield {
    pub(super) active: bool,
    pub(super) moderator: String,
    pub(super) since: Timestamp,
}

/// One channel's moderation.
#[derive(Default)]
pub(super) struct Moderated {
    bans: BTreeMap<String, Ban>,
    /// Newest first.
    pub(super) requests: Vec<UnbanRequest>,
    /// Who was warned and has not acknowledged it yet.
    warned: BTreeMap<String, String>,
    pub(super) suspicious: BTreeMap<String, Treatment>,
    pub(super) shield: Option<Shield>,
    pub(super) automod: Automod,
}

/// All channels' moderation.
#[derive(Default)]
pub(super) struct Moderation(BTreeMap<String, Moderated>);

impl Moderation {
    pub(super) fn of(&self, channel: &str) -> Option<&Moderated> {
        self.0.get(channel)
    }

    pub(super) fn of_mut(&mut self, channel: &str) -> &mut Moderated {
        self.0.entry(channel.to_owned()).or_default()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&String, &Moderated)> {
        self.0.iter()
    }

    /// The ban that keeps somebody out of a channel's chat now.
    pub(super) fn ban(&self, channel: &str, user: &str, now: Timestamp) -> Option<&Ban> {
        self.0.get(channel)?.bans.get(user).filter(|ban| ban.holds(now))
    }

    /// All bans that hold now, newest first.
    pub(super) fn bans(&self, channel: &str, now: Timestamp) -> Vec<(&str, &Ban)> {
        let all = self.0.get(channel).into_iter().flat_map(|channel| &channel.bans);
        let mut held: Vec<_> =
            all.filter(|(_, ban)| ban.holds(now)).map(|(user, ban)| (user.as_str(), ban)).collect();
        held.sort_by_key(|(_, ban)| std::cmp::Reverse(ban.since));
        held
    }

    /// Whether somebody was warned in a channel and has not acknowledged it.
    pub(super) fn is_warned(&self, channel: &str, user: &str) -> bool {
        self.0.get(channel).is_some_and(|channel| channel.warned.contains_key(user))
    }
}

impl World {
    /// A moderator bans somebody from a channel, or for so many seconds only.
    pub fn ban(&mut self, now: Time, moderator: &str, who: &str, channel: &str, seconds: Option<u32>) {
        self.advance(now);
        let ends = seconds.map(|s| self.wall(self.now) + SignedDuration::from_secs(i64::from(s)));
        self.ban_now(moderator, who, channel, "", ends);
    }

    /// A moderator lifts a ban or ends a timeout.
    pub fn unban(&mut self, now: Time, moderator: &str, who: &str, channel: &str) {
        self.advance(now);
        self.unban_now(moderator, who, channel);
    }

    /// Somebody who is banned asks to be let in again; returns the request's id.
    pub fn request_unban(&mut self, now: Time, who: &str, channel: &str, text: &str) -> String {
        self.advance(now);
        let id = self.rng.uuid();
        let request = UnbanRequest {
            id: id.clone(),
            user: who.to_owned(),
            text: text.to_owned(),
            created: self.wall(self.now),
            verdict: None,
        };
        self.moderation.of_mut(channel).requests.insert(0, request);
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, who, "user");
        event["id"] = json!(id);
        event["text"] = json!(text);
        event["created_at"] = json!(self.stamp());
        self.emit_now("channel.unban_request.create", "1", &[("broadcaster_user_id", channel)], event);
        id
    }

    /// Somebody acknowledges the warning that they got in a channel.
    pub fn acknowledge_warning(&mut self, now: Time, who: &str, channel: &str) {
        self.advance(now);
        if self.moderation.of_mut(channel).warned.remove(who).is_none() {
            return;
        }
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, who, "user");
        self.emit_now("channel.warning.acknowledge", "1", &[("broadcaster_user_id", channel)], event);
    }

    pub(super) fn ban_now(
        &mut self,
        moderator: &str,
        who: &str,
        channel: &str,
        reason: &str,
        ends: Option<Timestamp>,
    ) {
        let ban = Ban {
            moderator: moderator.to_owned(),
            reason: reason.to_owned(),
            since: self.wall(self.now),
            ends,
        };
        self.moderation.of_mut(channel).bans.insert(who.to_owned(), ban);
        if let Some(channel) = self.people.users.get_mut(channel) {
            channel.chatters.remove(who);
        }
        let about = [("broadcaster_user_id", channel)];
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        event["reason"] = json!(reason);
        event["banned_at"] = json!(self.stamp());
        event["ends_at"] = json!(ends.map(|ends| ends.to_string()));
        event["is_permanent"] = json!(ends.is_none());
        self.emit_now("channel.ban", "1", &about, event);

        let mut part = self.person(who, "user");
        part["reason"] = json!(reason);
        match ends {
            None => self.moderated(channel, moderator, "ban", ("ban", part)),
            Some(ends) => {
                part["expires_at"] = json!(ends.to_string());
                self.moderated(channel, moderator, "timeout", ("timeout", part));
            }
        }
        self.forget_messages_of(who, channel);
    }

    pub(super) fn unban_now(&mut self, moderator: &str, who: &str, channel: &str) {
        let ban = self.moderation.of_mut(channel).bans.remove(who);
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        self.emit_now("channel.unban", "1", &[("broadcaster_user_id", channel)], event);
        let action = if ban.is_some_and(|ban| ban.ends.is_some()) { "untimeout" } else { "unban" };
        self.moderated(channel, moderator, action, (action, self.person(who, "user")));
    }

    /// Resolves a request that is pending; an approved one lifts the ban.
    pub(super) fn resolve_unban_request(
        &mut self,
        moderator: &str,
        channel: &str,
        id: &str,
        approved: bool,
        text: &str,
    ) {
        let at = self.wall(self.now);
        let requests = &mut self.moderation.of_mut(channel).requests;
        let Some(request) = requests.iter_mut().find(|request| request.id == id) else { return };
        let (moderator_id, words) = (moderator.to_owned(), text.to_owned());
        request.verdict = Some(Verdict { approved, moderator: moderator_id, at, text: words });
        let (who, status) = (request.user.clone(), request.status());
        if approved && self.moderation.ban(channel, &who, at).is_some() {
            self.unban_now(moderator, &who, channel);
        }
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        self.add_person(&mut event, &who, "user");
        for (name, value) in [("id", id), ("resolution_text", text), ("status", status)] {
            event[name] = json!(value);
        }
        self.emit_now("channel.unban_request.resolve", "1", &[("broadcaster_user_id", channel)], event);
        let mut part = self.person(&who, "user");
        part["is_approved"] = json!(approved);
        part["moderator_message"] = json!(text);
        let action = if approved { "approve_unban_request" } else { "deny_unban_request" };
        self.moderated(channel, moderator, action, ("unban_request", part));
    }

    pub(super) fn warn(&mut self, moderator: &str, who: &str, channel: &str, reason: &str) {
        self.moderation.of_mut(channel).warned.insert(who.to_owned(), reason.to_owned());
        let mut part = self.person(who, "user");
        part["reason"] = json!(reason);
        part["chat_rules_cited"] = Value::Null;
        let mut event = part.clone();
        self.add_person(&mut event, channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        self.emit_now("channel.warning.send", "1", &[("broadcaster_user_id", channel)], event);
        self.moderated(channel, moderator, "warn", ("warn", part));
    }

    /// A moderator treats somebody as suspicious, or no longer.
    pub(super) fn suspect(&mut self, moderator: &str, who: &str, channel: &str, how: Option<Treatment>) {
        let suspicious = &mut self.moderation.of_mut(channel).suspicious;
        let status = match how {
            None => {
                suspicious.remove(who);
                "none"
            }
            Some(how) => {
                suspicious.insert(who.to_owned(), how);
                how.word()
            }
        };
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        self.add_person(&mut event, who, "user");
        event["low_trust_status"] = json!(status);
        self.emit_now("channel.suspicious_user.update", "1", &[("broadcaster_user_id", channel)], event);
    }

    /// Tells moderators what a suspicious user writes.
    pub(super) fn tell_of_suspicious(&mut self, who: &str, channel: &str, id: &str, message: &Value) {
        let suspicious = self.moderation.of(channel).and_then(|channel| channel.suspicious.get(who));
        let Some(&how) = suspicious else { return };
        let mut message = message.clone();
        message["message_id"] = json!(id);
        // On the wire its parts have no text among them, and write one name with a capital.
        if let Some(fragments) = message["fragments"].as_array_mut() {
            fragments.retain(|fragment| fragment["type"] != "text");
            for fragment in fragments.iter_mut().filter_map(Value::as_object_mut) {
                let cheermote = fragment.remove("cheermote");
                fragment.insert("Cheermote".to_owned(), cheermote.unwrap_or_default());
            }
        }
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, who, "user");
        for (name, value) in [
            ("low_trust_status", json!(how.word())),
            ("shared_ban_channel_ids", Value::Null),
            ("types", json!(["manually_added"])),
            ("ban_evasion_evaluation", json!("unknown")),
            ("message", message),
        ] {
            event[name] = value;
        }
        self.emit_now("channel.suspicious_user.message", "1", &[("broadcaster_user_id", channel)], event);
    }

    /// Switches Shield Mode.
    pub(super) fn shield(&mut self, moderator: &str, channel: &str, active: bool) {
        let now = self.wall(self.now);
        let shield = &mut self.moderation.of_mut(channel).shield;
        match shield {
            Some(shield) if shield.active == active => return,
            Some(shield) if !active => shield.active = false,
            None if !active => return,
            _ => *shield = Some(Shield { active, moderator: moderator.to_owned(), since: now }),
        }
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        let (kind, when) = match active {
            true => ("channel.shield_mode.begin", "started_at"),
            false => ("channel.shield_mode.end", "ended_at"),
        };
        event[when] = json!(self.stamp());
        self.emit_now(kind, "1", &[("broadcaster_user_id", channel)], event);
    }

    /// `channel.moderate`: what a moderator did, with the part of the event that says more, if any does.
    pub(super) fn moderated(
        &mut self,
        channel: &str,
        moderator: &str,
        action: &str,
        (part, value): (&str, Value),
    ) {
        const PARTS: [&str; 20] = [
            "followers",
            "slow",
            "vip",
            "unvip",
            "mod",
            "unmod",
            "ban",
            "unban",
            "timeout",
            "untimeout",
            "raid",
            "unraid",
            "delete",
            "automod_terms",
            "unban_request",
            "shared_chat_ban",
            "shared_chat_unban",
            "shared_chat_timeout",
            "shared_chat_untimeout",
            "shared_chat_delete",
        ];
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        for name in ["id", "login", "name"] {
            event[format!("source_broadcaster_user_{name}")] = Value::Null;
        }
        for name in PARTS {
            event[name] = Value::Null;
        }
        event["action"] = json!(action);
        let about = [("broadcaster_user_id", channel)];
        if action != "warn" {
            let mut first = event.clone();
            if !part.is_empty() {
                first[part] = value.clone();
            }
            self.emit_now("channel.moderate", "1", &about, first);
        }
        event["warn"] = Value::Null;
        if !part.is_empty() {
            event[part] = value;
        }
        self.emit_now("channel.moderate", "2", &about, event);
    }
}

impl Treatment {
    /// In EventSub's words.
    fn word(self) -> &'static str {
        match self {
            Treatment::Monitored => "active_monitoring",
            Treatment::Restricted => "restricted",
        }
    }
}

/// What [`World::moderated`] takes where the action's name says all.
pub(super) const NOTHING_MORE: (&str, Value) = ("", Value::Null);
