//! Chat: the pinned message.

use http::Method;
use serde_json::{Value, json};

use super::super::required;
use super::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

const MANAGE: &str = "moderator:manage:chat_messages";

impl World {
    pub(super) fn pins_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/chat/pins") => self.get_pinned(ask, who),
            (&Method::PUT, "/chat/pins") => self.pin_message(ask, who),
            (&Method::PATCH, "/chat/pins") => self.update_pinned(ask, who),
            (&Method::DELETE, "/chat/pins") => self.unpin_message(ask, who),
            _ => return None,
        })
    }

    fn get_pinned(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        self.is_moderator(ask, who, broadcaster, &["moderator:read:chat_messages", MANAGE])?;
        let pinned = self.pinned(broadcaster);
        let message = pinned.and_then(|pin| self.rooms.message(broadcaster, &pin.message));
        let data: Vec<Value> = pinned
            .zip(message)
            .map(|(pin, message)| {
                let fragment = json!({"type": "text", "text": message.text});
                let mut said = self.person(&message.who, "sender_user");
                self.add_person(&mut said, &pin.by, "pinned_by_user");
                said["message_id"] = json!(message.id);
                said["broadcaster_id"] = json!(broadcaster);
                said["message"] = json!({"text": message.text, "fragments": [fragment]});
                said["starts_at"] = json!(pin.starts.to_string());
                said["updated_at"] = json!(pin.updated.to_string());
                if let Some(ends) = pin.ends {
                    said["ends_at"] = json!(ends.to_string());
                }
                said
            })
            .into_iter()
            .collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn pin_message(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let (moderator, broadcaster, message) = self.moderator_and_message(ask, who)?;
        let seconds = duration(ask)?;
        if self.rooms.message(broadcaster, message).is_none() {
            return Err(Answer::refuse(404, "The ID in message_id was not found."));
        }
        self.pin(moderator, broadcaster, message, seconds);
        Ok(Answer::empty(204))
    }

    fn update_pinned(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let (_, broadcaster, message) = self.moderator_and_message(ask, who)?;
        let seconds = duration(ask)?;
        if self.pinned(broadcaster).is_none_or(|pin| pin.message != message) {
            return Err(Answer::refuse(404, "The message is not pinned."));
        }
        self.pin_for(broadcaster, seconds);
        Ok(Answer::empty(204))
    }

    fn unpin_message(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let (_, broadcaster, message) = self.moderator_and_message(ask, who)?;
        match self.unpin(broadcaster, message) {
            true => Ok(Answer::empty(204)),
            false => Err(Answer::refuse(404, "The message is not pinned.")),
        }
    }

    fn moderator_and_message<'a>(
        &self,
        ask: &'a Ask,
        who: &Who,
    ) -> Result<(&'a str, &'a str, &'a str), Answer> {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &[MANAGE])?;
        Ok((moderator, broadcaster, required(ask, "message_id")?))
    }
}

/// For how many seconds; none: until the stream ends.
fn duration(ask: &Ask) -> Result<Option<i64>, Answer> {
    let invalid = || Answer::refuse(400, "The value in duration_seconds is not valid.");
    let Some(said) = ask.query.get("duration_seconds") else { return Ok(None) };
    let seconds = said.parse().ok().filter(|seconds| (30..=1800).contains(seconds));
    seconds.map(Some).ok_or_else(invalid)
}
