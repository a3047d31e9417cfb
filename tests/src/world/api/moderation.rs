//! Moderation: bans.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{body, required, text};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

impl World {
    pub(super) fn moderation_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::POST, "/moderation/bans") => self.ban_user(ask, who),
            (&Method::DELETE, "/moderation/bans") => self.unban_user(ask, who),
            _ => return None,
        })
    }

    fn ban_user(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:banned_users"])?;
        let body = body(ask)?;
        let data = &body["data"];
        let user = text(data, "user_id")?;
        let reason = data["reason"].as_str().unwrap_or_default();
        let duration = match &data["duration"] {
            Value::Null => None,
            given => match given.as_i64() {
                Some(seconds @ 1..=1_209_600) => Some(seconds),
                _ => return Err(Answer::refuse(400, "The value in the duration field is not valid")),
            },
        };
        if matches!(self.channel(broadcaster)?.banned.get(user), Some(None)) {
            return Err(Answer::refuse(400, "user is already banned"));
        }
        let now = self.wall(self.now);
        let ends = duration.map(|seconds| now + SignedDuration::from_secs(seconds));
        self.ban_now(moderator, user, broadcaster, reason, ends);
        Ok(Answer::ok(json!({"data": [{
            "broadcaster_id": broadcaster,
            "moderator_id": moderator,
            "user_id": user,
            "created_at": now.to_string(),
            "end_time": ends.map(|ends| ends.to_string()),
        }]})))
    }

    fn unban_user(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:banned_users"])?;
        let user = required(ask, "user_id")?;
        if !self.channel(broadcaster)?.banned.contains_key(user) {
            return Err(Answer::refuse(400, "The user in the user_id query parameter is not banned."));
        }
        self.unban_now(moderator, user, broadcaster);
        Ok(Answer::empty(204))
    }
}
