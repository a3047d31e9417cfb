//! Guest Star: a channel's sessions with their guests, from the invitation over the waiting room to a slot.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;

/// How far an invited guest has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    Invited,
    Ready,
}

/// An invitation that is not answered with a slot yet.
pub(super) struct Invite {
    pub(super) guest: String,
    pub(super) since: Timestamp,
    pub(super) arrival: Arrival,
}

/// What the host makes of a guest in a slot.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) guest: String,
    pub(super) since: Timestamp,
    pub(super) live: bool,
    pub(super) audio: bool,
    pub(super) video: bool,
    pub(super) volume: i64,
}

/// A session that goes on. The host has slot 0.
pub(super) struct Session {
    pub(super) id: String,
    started: Timestamp,
    pub(super) invites: Vec<Invite>,
    pub(super) slots: BTreeMap<u32, Slot>,
}

/// How a channel's sessions are.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) moderators_send_live: bool,
    pub(super) slots: i64,
    pub(super) audio: bool,
    pub(super) layout: String,
    /// Goes up with each new token for browser sources.
    pub(super) token: u32,
}

impl Default for Setup {
    fn default() -> Self {
        Setup { moderators_send_live: true, slots: 4, audio: true, layout: "TILED_LAYOUT".into(), token: 1 }
    }
}

#[derive(Default)]
pub(super) struct GuestStar {
    setups: BTreeMap<String, Setup>,
    sessions: BTreeMap<String, Session>,
}

impl GuestStar {
    pub(super) fn setup(&self, channel: &str) -> Setup {
        self.setups.get(channel).cloned().unwrap_or_default()
    }

    pub(super) fn session(&self, channel: &str) -> Option<&Session> {
        self.sessions.get(channel)
    }

    pub(super) fn session_mut(&mut self, channel: &str) -> Option<&mut Session> {
        self.sessions.get_mut(channel)
    }
}

impl World {
    /// An invited guest is in the waiting room, ready for a slot.
    pub fn guest_ready(&mut self, now: Time, guest: &str, channel: &str) {
        self.advance(now);
        let Some(session) = self.guest_star.sessions.get_mut(channel) else { return };
        let Some(invite) = session.invites.iter_mut().find(|invite| invite.guest == guest) else { return };
        invite.arrival = Arrival::Ready;
        self.tell_of_guest(channel, None, guest, None, "ready");
    }

    pub(super) fn begin_guest_star(&mut self, channel: &str) {
        let now = self.wall(self.now);
        let id = self.rng.token(27);
        let host =
            Slot { guest: channel.to_owned(), since: now, live: true, audio: true, video: true, volume: 100 };
        let slots = BTreeMap::from([(0, host)]);
        let session = Session { id: id.clone(), started: now, invites: Vec::new(), slots };
        self.guest_star.sessions.insert(channel.to_owned(), session);
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, channel, "moderator_user");
        event["session_id"] = json!(id);
        event["started_at"] = json!(now.to_string());
        let about = [("broadcaster_user_id", channel)];
        self.emit_now("channel.guest_star_session.begin", "beta", &about, event);
    }

    /// Ends a channel's session, and hands it back as it was.
    pub(super) fn end_guest_star(&mut self, channel: &str) -> Option<Session> {
        let session = self.guest_star.sessions.remove(channel)?;
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, channel, "moderator_user");
        self.add_person(&mut event, channel, "host_user");
        event["session_id"] = json!(session.id);
        event["started_at"] = json!(session.started.to_string());
        event["ended_at"] = json!(self.stamp());
        let about = [("broadcaster_user_id", channel)];
        self.emit_now("channel.guest_star_session.end", "beta", &about, event);
        Some(session)
    }

    pub(super) fn set_guest_star(&mut self, channel: &str, setup: Setup) {
        let mut event = self.person(channel, "broadcaster_user");
        event["is_moderator_send_live_enabled"] = json!(setup.moderators_send_live);
        event["slot_count"] = json!(setup.slots);
        event["is_browser_source_audio_enabled"] = json!(setup.audio);
        let layout = setup.layout.strip_suffix("_LAYOUT").unwrap_or(&setup.layout).to_lowercase();
        event["group_layout"] = json!(layout);
        self.guest_star.setups.insert(channel.to_owned(), setup);
        let about = [("broadcaster_user_id", channel)];
        self.emit_now("channel.guest_star_settings.update", "beta", &about, event);
    }

    pub(super) fn invite(&mut self, moderator: &str, channel: &str, guest: &str) {
        let since = self.wall(self.now);
        let Some(session) = self.guest_star.sessions.get_mut(channel) else { return };
        session.invites.push(Invite { guest: guest.to_owned(), since, arrival: Arrival::Invited });
        self.tell_of_guest(channel, Some(moderator), guest, None, "invited");
    }

    /// Takes an invitation back; false if there was none.
    pub(super) fn uninvite(&mut self, moderator: &str, channel: &str, guest: &str) -> bool {
        let Some(session) = self.guest_star.sessions.get_mut(channel) else { return false };
        let Some(at) = session.invites.iter().position(|invite| invite.guest == guest) else { return false };
        session.invites.remove(at);
        self.tell_of_guest(channel, Some(moderator), guest, None, "removed");
        true
    }

    /// Gives a guest from the waiting room a slot.
    pub(super) fn seat(&mut self, moderator: &str, channel: &str, guest: &str, number: u32) {
        let since = self.wall(self.now);
        let Some(session) = self.guest_star.sessions.get_mut(channel) else { return };
        session.invites.retain(|invite| invite.guest != guest);
        let slot =
            Slot { guest: guest.to_owned(), since, live: false, audio: true, video: true, volume: 100 };
        session.slots.insert(number, slot);
        self.tell_of_slot(moderator, channel, number);
    }

    /// A guest leaves a slot.
    pub(super) fn unseat(&mut self, moderator: &str, channel: &str, number: u32) {
        let Some(session) = self.guest_star.sessions.get_mut(channel) else { return };
        let Some(slot) = session.slots.remove(&number) else { return };
        self.tell_of_guest(channel, Some(moderator), &slot.guest, None, "removed");
    }

    /// Tells of the guest in a slot, as they are now.
    pub(super) fn tell_of_slot(&mut self, moderator: &str, channel: &str, number: u32) {
        let slot = self.guest_star.session(channel).and_then(|session| session.slots.get(&number));
        let Some(slot) = slot.cloned() else { return };
        let state = if slot.live { "live" } else { "backstage" };
        self.tell_of_guest(channel, Some(moderator), &slot.guest, Some((number, &slot)), state);
    }

    fn tell_of_guest(
        &mut self,
        channel: &str,
        moderator: Option<&str>,
        guest: &str,
        slot: Option<(u32, &Slot)>,
        state: &str,
    ) {
        let session = self.guest_star.session(channel).map(|session| session.id.clone());
        let mut event = self.person(channel, "broadcaster_user");
        match moderator {
            Some(moderator) => self.add_person(&mut event, moderator, "moderator_user"),
            None => {
                for name in ["id", "login", "name"] {
                    event[format!("moderator_user_{name}")] = Value::Null;
                }
            }
        }
        self.add_person(&mut event, guest, "guest_user");
        self.add_person(&mut event, channel, "host_user");
        for (name, value) in [
            ("session_id", json!(session)),
            ("slot_id", json!(slot.map(|(number, _)| number.to_string()))),
            ("state", json!(state)),
            ("host_video_enabled", json!(slot.map(|(_, slot)| slot.video))),
            ("host_audio_enabled", json!(slot.map(|(_, slot)| slot.audio))),
            ("host_volume", json!(slot.map(|(_, slot)| slot.volume))),
        ] {
            event[name] = value;
        }
        let about = [("broadcaster_user_id", channel)];
        self.emit_now("channel.guest_star_guest.update", "beta", &about, event);
    }
}
