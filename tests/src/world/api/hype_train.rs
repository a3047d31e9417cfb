//! Hype trains.

use http::Method;
use serde_json::json;

use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

impl World {
    pub(super) fn hype_train_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/hypetrain/status") => self.get_hype_train(ask, who),
            // Withdrawn in January 2026.
            (&Method::GET, "/hypetrain/events") => Err(Answer::refuse(410, "This API is not available.")),
            _ => return None,
        })
    }

    fn get_hype_train(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:read:hype_train"])?;
        Ok(Answer::ok(json!({"data": [self.hype_train_json(broadcaster)]})))
    }
}
