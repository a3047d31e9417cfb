//! Streams.

use http::Method;
use serde_json::json;

use super::page;
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

impl World {
    pub(super) fn streams_api(&mut self, ask: &Ask, _: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/streams") => self.get_streams(ask),
            _ => return None,
        })
    }

    fn get_streams(&self, ask: &Ask) -> Outcome {
        let ids: Vec<&str> = ask.query.all("user_id").collect();
        let logins: Vec<&str> = ask.query.all("user_login").collect();
        let any = ids.is_empty() && logins.is_empty();
        let mut all = Vec::new();
        for (id, user) in &self.people.users {
            let Some((stream, started)) = &user.live else { continue };
            if !any && !ids.contains(&id.as_str()) && !logins.contains(&user.login.as_str()) {
                continue;
            }
            let mut said = self.person(id, "user");
            for (name, value) in [
                ("id", json!(stream)),
                ("game_id", json!(user.game.0)),
                ("game_name", json!(user.game.1)),
                ("type", json!("live")),
                ("title", json!(user.title)),
                ("tags", json!(null)),
                ("viewer_count", json!(user.chatters.len())),
                ("started_at", json!(started.to_string())),
                ("language", json!(user.language)),
                ("thumbnail_url", json!("https://static.example/{width}x{height}.jpg")),
                ("tag_ids", json!([])),
                ("is_mature", json!(false)),
            ] {
                said[name] = value;
            }
            all.push(said);
        }
        let (slice, pagination) = page(&all, ask, 100)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }
}
