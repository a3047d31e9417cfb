//! Raids.

use http::Method;
use serde_json::json;

use super::required;
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

const RAIDS: [&str; 1] = ["channel:manage:raids"];

impl World {
    pub(super) fn raids_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::POST, "/raids") => self.start_raid(ask, who),
            (&Method::DELETE, "/raids") => self.cancel_raid(ask, who),
            _ => return None,
        })
    }

    fn start_raid(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let from = required(ask, "from_broadcaster_id")?;
        let to = required(ask, "to_broadcaster_id")?;
        who.user_is(from, "from_broadcaster_id")?;
        who.scope(&RAIDS)?;
        if from == to {
            return Err(Answer::refuse(400, "The IDs cannot be the same ID."));
        }
        if !self.people.users.contains_key(to) {
            return Err(Answer::refuse(404, "The targeted channel was not found."));
        }
        if self.profiles.blocks(to, from) {
            return Err(Answer::refuse(400, "The raiding broadcaster is blocked from the targeted channel."));
        }
        self.take_raid(from)?;
        if self.raids.is_pending(from) {
            return Err(Answer::refuse(409, "The broadcaster is already raiding another channel."));
        }
        self.announce_raid(from, to);
        let now = self.wall(self.now).to_string();
        Ok(Answer::ok(json!({"data": [{"created_at": now, "is_mature": false}]})))
    }

    fn cancel_raid(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let from = self.is_broadcaster(ask, who, &RAIDS)?;
        self.take_raid(from)?;
        match self.call_off_raid(from) {
            true => Ok(Answer::empty(204)),
            false => Err(Answer::refuse(404, "The broadcaster doesn't have a pending raid to cancel.")),
        }
    }

    fn take_raid(&mut self, from: &str) -> Result<(), Answer> {
        self.take_turn("raids", &[(from, 10, 600)], "The broadcaster exceeded the number of raid requests.")
    }
}
