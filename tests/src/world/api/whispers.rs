//! Whispers.

use http::Method;

use super::{body, required, text};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

/// To how many others somebody may whisper in a day.
const RECIPIENTS: usize = 40;

impl World {
    pub(super) fn whispers_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::POST, "/whispers") => self.send_whisper(ask, who),
            _ => return None,
        })
    }

    fn send_whisper(&mut self, ask: &Ask, who: &Who) -> Outcome {
        const TOO_MANY: &str = "The sending user exceeded the number of whisper requests.";
        let from = required(ask, "from_user_id")?;
        let to = required(ask, "to_user_id")?;
        who.user_is(from, "from_user_id")?;
        who.scope(&["user:manage:whispers"])?;
        let body = body(ask)?;
        let message = text(&body, "message")?;
        if from == to {
            return Err(Answer::refuse(400, "The IDs must be different."));
        }
        if !self.people.users.contains_key(to) {
            return Err(Answer::refuse(404, "The ID in to_user_id was not found."));
        }
        if self.profiles.blocks(to, from) {
            return Err(Answer::refuse(400, "The user doesn't allow whisper messages."));
        }
        if self.whispers.others(from, to, self.now) >= RECIPIENTS {
            return Err(Answer::refuse(429, TOO_MANY));
        }
        self.take_turn("whispers", &[(from, 3, 1), (from, 100, 60)], TOO_MANY)?;
        // What is longer is cut off; who knows each other may write more.
        let most = if self.whispers.has_whispered(to, from) { 10_000 } else { 500 };
        let message: String = message.chars().take(most).collect();
        self.whisper(self.now, from, to, &message);
        Ok(Answer::empty(204))
    }
}
