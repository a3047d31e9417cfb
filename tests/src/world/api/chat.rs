//! Chat: messages, announcements, shoutouts, who is there, colours of names.

use http::Method;
use serde_json::{Value, json};

use super::{body, flag, page, required, text, values};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::notice::Notice;
use crate::world::reading::Ask;
use crate::world::room::Line;

mod emotes;
mod modes;
mod pins;
mod settings;

/// The most characters of a message.
const MESSAGE: usize = 500;
/// The names of colours that everyone may choose, and what they look like.
const COLORS: [(&str, &str); 15] = [
    ("blue", "#0000FF"),
    ("blue_violet", "#8A2BE2"),
    ("cadet_blue", "#5F9EA0"),
    ("chocolate", "#D2691E"),
    ("coral", "#FF7F50"),
    ("dodger_blue", "#1E90FF"),
    ("firebrick", "#B22222"),
    ("golden_rod", "#DAA520"),
    ("green", "#008000"),
    ("hot_pink", "#FF69B4"),
    ("orange_red", "#FF4500"),
    ("red", "#FF0000"),
    ("sea_green", "#2E8B57"),
    ("spring_green", "#00FF7F"),
    ("yellow_green", "#9ACD32"),
];

impl World {
    pub(super) fn chat_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/chat/chatters") => self.get_chatters(ask, who),
            (&Method::POST, "/chat/messages") => self.send_chat_message(ask, who),
            (&Method::POST, "/chat/announcements") => self.send_announcement(ask, who),
            (&Method::POST, "/chat/shoutouts") => self.send_shoutout(ask, who),
            (&Method::GET, "/chat/color") => self.get_chat_color(ask),
            (&Method::PUT, "/chat/color") => self.update_chat_color(ask, who),
            (&Method::GET, "/shared_chat/session") => self.get_shared_chat(ask),
            (&Method::GET, "/chat/settings") => self.get_chat_settings(ask, who),
            (&Method::PATCH, "/chat/settings") => self.update_chat_settings(ask, who),
            _ => return self.emotes_api(ask, who, path).or_else(|| self.pins_api(ask, who, path)),
        })
    }

    fn get_chatters(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        self.is_moderator(ask, who, broadcaster, &["moderator:read:chatters"])?;
        let channel = self.channel(broadcaster)?;
        let all: Vec<Value> = channel.chatters.iter().map(|id| self.person(id, "user")).collect();
        let (slice, pagination) = page(&all, ask, 1000)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination, "total": all.len()})))
    }

    fn send_chat_message(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let body = body(ask)?;
        let broadcaster = text(&body, "broadcaster_id")?;
        let sender = text(&body, "sender_id")?;
        let message = text(&body, "message")?;
        self.may_chat(who, sender, broadcaster)?;
        if who.user.is_some() && !body["for_source_only"].is_null() {
            return Err(Answer::refuse(400, "Cannot set for_source_only if User Access Token is used."));
        }
        self.channel(broadcaster)?;
        let pins = flag(&body, "pin", false)?;
        if pins {
            who.scope(&["moderator:manage:chat_messages"])?;
            self.moderates(sender, broadcaster)?;
        }
        let parent = body["reply_parent_message_id"].as_str().filter(|parent| !parent.is_empty());
        if parent.is_some_and(|parent| self.rooms.message(broadcaster, parent).is_none()) {
            return Err(Answer::refuse(400, "The ID in reply_parent_message_id is not valid."));
        }
        if message.chars().count() > MESSAGE {
            return Err(Answer::refuse(422, "The message is too large."));
        }
        if let Some((code, words)) = self.drops(sender, broadcaster, message) {
            let reason = json!({"code": code, "message": words});
            let dropped = json!({"message_id": "", "is_sent": false, "drop_reason": reason});
            return Ok(Answer::ok(json!({"data": [dropped]})));
        }
        let id = self.write_line(sender, broadcaster, Line { parent, ..Line::plain(message) });
        if pins {
            self.pin(sender, broadcaster, &id, Some(20 * 60));
        }
        Ok(Answer::ok(json!({"data": [{"message_id": id, "is_sent": true}]})))
    }

    /// The sender calls, or has invited the app that does, and the channel too unless the sender moderates it.
    fn may_chat(&self, who: &Who, sender: &str, broadcaster: &str) -> Result<(), Answer> {
        if who.user.is_some() {
            who.user_is(sender, "sender_id")?;
            return who.scope(&["user:write:chat"]);
        }
        self.has_allowed(who, sender, "user:write:chat")?;
        self.has_allowed(who, sender, "user:bot")?;
        if self.people.moderates(sender, broadcaster) {
            return Ok(());
        }
        self.has_allowed(who, broadcaster, "channel:bot")
    }

    /// Why a message does not appear, in a code and in words; one with a blocked term is held.
    fn drops(&mut self, sender: &str, broadcaster: &str, message: &str) -> Option<(&'static str, String)> {
        let because = |code, words: &str| Some((code, words.to_owned()));
        if self.moderation.ban(broadcaster, sender, self.wall(self.now)).is_some() {
            return because("sender_banned", "The sender may not chat here.");
        }
        if self.moderation.is_warned(broadcaster, sender) {
            return because("user_warned", "The sender has to acknowledge a warning first.");
        }
        if self.people.moderates(sender, broadcaster) {
            return None;
        }
        if let Some(dropped) = self.room_drops(sender, broadcaster, message) {
            return Some(dropped);
        }
        self.hold_if_blocked(sender, broadcaster, message)?;
        because("automod_held", "The message is held for moderators to look at.")
    }

    fn send_announcement(&mut self, ask: &Ask, who: &Who) -> Outcome {
        const SCOPE: &str = "moderator:manage:announcements";
        const TOO_MANY: &str = "The sender has exceeded the number of announcements.";
        let broadcaster = required(ask, "broadcaster_id")?;
        let sender = match who.user {
            Some(_) => self.is_moderator(ask, who, broadcaster, &[SCOPE])?,
            None => self.has_allowed(who, broadcaster, SCOPE).map(|()| broadcaster)?,
        };
        let body = body(ask)?;
        let message = text(&body, "message")?;
        let color = match body["color"].as_str() {
            None => "primary",
            Some(color @ ("blue" | "green" | "orange" | "purple" | "primary")) => color,
            Some(_) => return Err(Answer::refuse(400, "The specified color is not valid.")),
        };
        if who.user.is_some() && !body["for_source_only"].is_null() {
            return Err(Answer::refuse(400, "Cannot set for_source_only if User Access Token is used."));
        }
        self.take_turn("announcements", &[(broadcaster, 1, 2)], TOO_MANY)?;
        // What is longer is cut off.
        let message: String = message.chars().take(MESSAGE).collect();
        let notice = Notice { who: Some(sender), system_message: String::new(), text: &message };
        self.tell_room(broadcaster, notice, "announcement", json!({"color": color.to_uppercase()}));
        Ok(Answer::empty(204))
    }

    fn send_shoutout(&mut self, ask: &Ask, who: &Who) -> Outcome {
        const TOO_MANY: &str = "The broadcaster exceeded the number of Shoutouts.";
        let from = required(ask, "from_broadcaster_id")?;
        let to = required(ask, "to_broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, from, &["moderator:manage:shoutouts"])?;
        if from == to {
            return Err(Answer::refuse(400, "The broadcaster may not give themselves a Shoutout."));
        }
        if !self.people.users.contains_key(to) {
            return Err(Answer::refuse(400, "The ID in to_broadcaster_id is not valid."));
        }
        if self.channel(from)?.live.is_none() {
            return Err(Answer::refuse(400, "The broadcaster is not streaming live."));
        }
        let pair = format!("{from} {to}");
        self.take_turn("shoutouts", &[(from, 1, 120), (&pair, 1, 3600)], TOO_MANY)?;
        self.shout_out(moderator, from, to);
        Ok(Answer::empty(204))
    }

    fn get_chat_color(&self, ask: &Ask) -> Outcome {
        required(ask, "user_id")?;
        let known = values(ask, "user_id", 100)?.into_iter().filter(|id| self.people.users.contains_key(*id));
        let data: Vec<Value> = known
            .map(|id| {
                let mut said = self.person(id, "user");
                said["color"] = json!(self.rooms.colors.get(id).map_or("", String::as_str));
                said
            })
            .collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn update_chat_color(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let user = required(ask, "user_id")?;
        who.user_is(user, "user_id")?;
        who.scope(&["user:manage:chat_color"])?;
        let wanted = required(ask, "color")?;
        // Others than these are for those who pay.
        if wanted.starts_with('#') {
            return Err(Answer::refuse(400, "To specify a Hex color code, the user must be a Turbo user."));
        }
        let known = COLORS.iter().find(|(name, _)| *name == wanted);
        let (_, color) = known.ok_or_else(|| Answer::refuse(400, "The named color is not valid."))?;
        self.rooms.colors.insert(user.to_owned(), (*color).to_owned());
        Ok(Answer::empty(204))
    }

    fn get_shared_chat(&self, ask: &Ask) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        self.channel(broadcaster)?;
        let session = self.rooms.shared_by(broadcaster).map(|shared| {
            let participants: Vec<Value> =
                shared.channels.iter().map(|channel| json!({"broadcaster_id": channel})).collect();
            json!({
                "session_id": shared.id,
                "host_broadcaster_id": shared.host,
                "participants": participants,
                "created_at": shared.since.to_string(),
                "updated_at": shared.since.to_string(),
            })
        });
        Ok(Answer::ok(json!({"data": session.into_iter().collect::<Vec<_>>()})))
    }
}
