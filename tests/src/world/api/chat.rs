//! Chat.

use http::Method;
use serde_json::{Value, json};

use super::{body, page, required, text};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

impl World {
    pub(super) fn chat_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/chat/chatters") => self.get_chatters(ask, who),
            (&Method::POST, "/chat/messages") => self.send_chat_message(ask, who),
            _ => return None,
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
        if who.user.is_some() {
            who.user_is(sender, "sender_id")?;
            who.scope(&["user:write:chat"])?;
        } else if self.tokens.allowed(&who.client, sender).is_none_or(|s| !s.contains("user:write:chat")) {
            return Err(Answer::refuse(401, "Missing scope: user:write:chat"));
        }
        let banned = self.channel(broadcaster)?.banned.contains_key(sender);
        if message.chars().count() > 500 {
            return Err(Answer::refuse(422, "The message is too large."));
        }
        if banned {
            let reason = json!({"code": "sender_banned", "message": "The sender may not chat here."});
            let dropped = json!({"message_id": "", "is_sent": false, "drop_reason": reason});
            return Ok(Answer::ok(json!({"data": [dropped]})));
        }
        let id = self.chat_now(sender, broadcaster, message);
        Ok(Answer::ok(json!({"data": [{"message_id": id, "is_sent": true}]})))
    }
}
