//! Goals.

use http::Method;
use serde_json::json;

use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

impl World {
    pub(super) fn goals_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/goals") => self.get_goals(ask, who),
            _ => return None,
        })
    }

    fn get_goals(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:read:goals"])?;
        Ok(Answer::ok(json!({"data": self.goals_json(broadcaster)})))
    }
}
