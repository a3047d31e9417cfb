//! Guest Star.

use http::Method;
use serde_json::{Value, json};

use super::{body, flag, number, required, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::guest_star::{Arrival, Session};
use crate::world::helix::Who;
use crate::world::reading::Ask;

const READ: [&str; 4] = [
    "channel:read:guest_star",
    "channel:manage:guest_star",
    "moderator:read:guest_star",
    "moderator:manage:guest_star",
];
const HOST: [&str; 1] = ["channel:manage:guest_star"];
const MANAGE: [&str; 2] = ["channel:manage:guest_star", "moderator:manage:guest_star"];
const LAYOUTS: [&str; 4] = ["TILED_LAYOUT", "SCREENSHARE_LAYOUT", "HORIZONTAL_LAYOUT", "VERTICAL_LAYOUT"];

/// Who acts in whose session.
struct Call<'a> {
    moderator: &'a str,
    channel: &'a str,
}

impl World {
    pub(super) fn guest_star_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/guest_star/channel_settings") => self.get_guest_star_settings(ask, who),
            (&Method::PUT, "/guest_star/channel_settings") => self.update_guest_star_settings(ask, who),
            (&Method::GET, "/guest_star/session") => self.get_guest_star_session(ask, who),
            (&Method::POST, "/guest_star/session") => self.create_guest_star_session(ask, who),
            (&Method::DELETE, "/guest_star/session") => self.end_guest_star_session(ask, who),
            (&Method::GET, "/guest_star/invites") => self.get_guest_star_invites(ask, who),
            (&Method::POST, "/guest_star/invites") => self.send_guest_star_invite(ask, who),
            (&Method::DELETE, "/guest_star/invites") => self.delete_guest_star_invite(ask, who),
            (&Method::POST, "/guest_star/slot") => self.assign_guest_star_slot(ask, who),
            (&Method::PATCH, "/guest_star/slot") => self.update_guest_star_slot(ask, who),
            (&Method::DELETE, "/guest_star/slot") => self.delete_guest_star_slot(ask, who),
            (&Method::PATCH, "/guest_star/slot_settings") => self.update_slot_settings(ask, who),
            _ => return None,
        })
    }

    fn get_guest_star_settings(&self, ask: &Ask, who: &Who) -> Outcome {
        let channel = required(ask, "broadcaster_id")?;
        self.is_moderator(ask, who, channel, &READ)?;
        let setup = self.guest_star.setup(channel);
        Ok(Answer::ok(json!({"data": [{
            "is_moderator_send_live_enabled": setup.moderators_send_live,
            "slot_count": setup.slots,
            "is_browser_source_audio_enabled": setup.audio,
            "group_layout": setup.layout,
            "browser_source_token": format!("browser-source-{channel}-{}", setup.token),
        }]})))
    }

    fn update_guest_star_settings(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let channel = self.is_broadcaster(ask, who, &HOST)?;
        let body = body(ask)?;
        let mut setup = self.guest_star.setup(channel);
        setup.moderators_send_live =
            flag(&body, "is_moderator_send_live_enabled", setup.moderators_send_live)?;
        setup.audio = flag(&body, "is_browser_source_audio_enabled", setup.audio)?;
        if !body["slot_count"].is_null() {
            setup.slots = number(&body, "slot_count", 1..=6)?;
        }
        if let Some(layout) = body["group_layout"].as_str() {
            if !LAYOUTS.contains(&layout) {
                return Err(Answer::refuse(400, "Invalid group_layout"));
            }
            setup.layout = layout.to_owned();
        }
        if flag(&body, "regenerate_browser_sources", false)? {
            setup.token += 1;
        }
        self.set_guest_star(channel, setup);
        Ok(Answer::empty(204))
    }

    fn get_guest_star_session(&self, ask: &Ask, who: &Who) -> Outcome {
        let channel = required(ask, "broadcaster_id")?;
        let moderator = required(ask, "moderator_id")?;
        who.user_is(moderator, "moderator_id")?;
        who.scope(&READ)?;
        let session = self.guest_star.session(channel);
        let data: Vec<Value> = session.map(|session| self.session_json(session)).into_iter().collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn create_guest_star_session(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let channel = self.is_broadcaster(ask, who, &HOST)?;
        if self.guest_star.session(channel).is_some() {
            return Err(Answer::refuse(400, "Session limit reached (1 active call)"));
        }
        self.begin_guest_star(channel);
        let data: Vec<Value> =
            self.guest_star.session(channel).map(|session| self.session_json(session)).into_iter().collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn end_guest_star_session(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let channel = self.is_broadcaster(ask, who, &HOST)?;
        self.session_of(ask, channel)?;
        let ended = self.end_guest_star(channel).map(|session| self.session_json(&session));
        Ok(Answer::ok(json!({"data": ended.into_iter().collect::<Vec<_>>()})))
    }

    fn session_json(&self, session: &Session) -> Value {
        let guests: Vec<Value> = session
            .slots
            .iter()
            .map(|(number, slot)| {
                let device =
                    |host| json!({"is_host_enabled": host, "is_guest_enabled": true, "is_available": true});
                json!({
                    "slot_id": number.to_string(),
                    "is_live": slot.live,
                    "user_id": slot.guest,
                    "user_display_name": self.people.name(&slot.guest),
                    "user_login": self.people.login(&slot.guest),
                    "volume": slot.volume,
                    "assigned_at": slot.since.to_string(),
                    "audio_settings": device(slot.audio),
                    "video_settings": device(slot.video),
                })
            })
            .collect();
        json!({"id": session.id, "guests": guests})
    }

    fn get_guest_star_invites(&self, ask: &Ask, who: &Who) -> Outcome {
        let channel = required(ask, "broadcaster_id")?;
        self.is_moderator(ask, who, channel, &READ)?;
        let session = self.session_of(ask, channel)?;
        let data: Vec<Value> = session
            .invites
            .iter()
            .map(|invite| {
                let ready = invite.arrival == Arrival::Ready;
                json!({
                    "user_id": invite.guest,
                    "invited_at": invite.since.to_string(),
                    "status": if ready { "READY" } else { "INVITED" },
                    "is_video_enabled": ready,
                    "is_audio_enabled": ready,
                    "is_video_available": ready,
                    "is_audio_available": ready,
                })
            })
            .collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn send_guest_star_invite(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let Call { moderator, channel } = self.guest_star_call(ask, who)?;
        let session = self.session_of(ask, channel)?;
        let guest = required(ask, "guest_id")?;
        if !self.people.users.contains_key(guest) {
            return Err(Answer::refuse(403, "Unauthorized guest invited"));
        }
        if session.invites.iter().any(|invite| invite.guest == guest) {
            return Err(Answer::refuse(403, "Guest already invited"));
        }
        self.invite(moderator, channel, guest);
        Ok(Answer::empty(204))
    }

    fn delete_guest_star_invite(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let Call { moderator, channel } = self.guest_star_call(ask, who)?;
        self.session_of(ask, channel)?;
        match self.uninvite(moderator, channel, required(ask, "guest_id")?) {
            true => Ok(Answer::empty(204)),
            false => Err(Answer::refuse(404, "No invite exists for specified guest_id")),
        }
    }

    fn assign_guest_star_slot(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let Call { moderator, channel } = self.guest_star_call(ask, who)?;
        let session = self.session_of(ask, channel)?;
        let guest = required(ask, "guest_id")?;
        let slot = self.slot(ask, "slot_id", channel)?;
        let refuse = |words| Err(Answer::refuse(403, words));
        if slot == 0 {
            return refuse("Cannot assign host slot");
        }
        if session.slots.values().any(|slot| slot.guest == guest) || session.slots.contains_key(&slot) {
            return refuse("Guest already assigned to slot");
        }
        match session.invites.iter().find(|invite| invite.guest == guest).map(|invite| invite.arrival) {
            None => refuse("Guest not invited to session"),
            Some(Arrival::Invited) => refuse("Guest is not ready to join"),
            Some(Arrival::Ready) => {
                self.seat(moderator, channel, guest, slot);
                Ok(Answer::empty(204))
            }
        }
    }

    /// Moves a guest to another slot, and whoever is there to theirs.
    fn update_guest_star_slot(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let Call { moderator, channel } = self.guest_star_call(ask, who)?;
        self.session_of(ask, channel)?;
        let from = self.slot(ask, "source_slot_id", channel)?;
        let to = self.slot(ask, "destination_slot_id", channel)?;
        let invalid = || Answer::refuse(400, "Missing or invalid slot_id");
        let session = self.guest_star.session_mut(channel).ok_or_else(invalid)?;
        if from == 0 || to == 0 || !session.slots.contains_key(&from) {
            return Err(invalid());
        }
        let (moved, other) = (session.slots.remove(&from), session.slots.remove(&to));
        session.slots.extend(moved.map(|slot| (to, slot)));
        session.slots.extend(other.map(|slot| (from, slot)));
        for number in [to, from] {
            self.tell_of_slot(moderator, channel, number);
        }
        Ok(Answer::empty(204))
    }

    fn delete_guest_star_slot(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let Call { moderator, channel } = self.guest_star_call(ask, who)?;
        let session = self.session_of(ask, channel)?;
        let guest = required(ask, "guest_id")?;
        let number = self.slot(ask, "slot_id", channel)?;
        if number == 0 {
            return Err(Answer::refuse(403, "The request is attempting to modify a restricted slot"));
        }
        if session.slots.get(&number).is_none_or(|slot| slot.guest != guest) {
            return Err(Answer::refuse(404, "guest_id or slot_id not found"));
        }
        self.unseat(moderator, channel, number);
        if ask.query.get("should_reinvite_guest") == Some("true") {
            self.invite(moderator, channel, guest);
        }
        Ok(Answer::empty(204))
    }

    fn update_slot_settings(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let Call { moderator, channel } = self.guest_star_call(ask, who)?;
        self.session_of(ask, channel)?;
        let number = self.slot(ask, "slot_id", channel)?;
        let said = |name| Ok(word(ask, name, &["true", "false"])?.map(|word| word == "true"));
        let (audio, video, live) = (said("is_audio_enabled")?, said("is_video_enabled")?, said("is_live")?);
        let volume = ask.query.get("volume").map(str::parse::<i64>).transpose().ok();
        let volume = volume.filter(|volume| volume.is_none_or(|volume| (0..=100).contains(&volume)));
        let volume = volume.ok_or_else(|| Answer::refuse(400, "The value in volume is not valid"))?;
        let session = self.guest_star.session_mut(channel);
        let slot = session.and_then(|session| session.slots.get_mut(&number));
        let slot = slot.ok_or_else(|| Answer::refuse(400, "Missing or invalid slot_id"))?;
        slot.audio = audio.unwrap_or(slot.audio);
        slot.video = video.unwrap_or(slot.video);
        slot.live = live.unwrap_or(slot.live);
        slot.volume = volume.unwrap_or(slot.volume);
        self.tell_of_slot(moderator, channel, number);
        Ok(Answer::empty(204))
    }

    /// The moderator who calls, and the channel.
    fn guest_star_call<'a>(&self, ask: &'a Ask, who: &Who) -> Result<Call<'a>, Answer> {
        let channel = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, channel, &MANAGE)?;
        Ok(Call { moderator, channel })
    }

    /// The channel's session, which is the one in the query.
    fn session_of(&self, ask: &Ask, channel: &str) -> Result<&Session, Answer> {
        let id = required(ask, "session_id")?;
        let session = self.guest_star.session(channel).filter(|session| session.id == id);
        session.ok_or_else(|| Answer::refuse(400, "Missing or invalid session_id"))
    }

    /// A slot that the channel's sessions have.
    fn slot(&self, ask: &Ask, name: &str, channel: &str) -> Result<u32, Answer> {
        let most = self.guest_star.setup(channel).slots;
        let slot = required(ask, name)?.parse().ok().filter(|slot| i64::from(*slot) <= most);
        slot.ok_or_else(|| Answer::refuse(400, "Missing or invalid slot_id"))
    }
}
