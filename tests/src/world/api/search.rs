//! The search for categories and channels.

use http::Method;
use serde_json::{Value, json};

use super::games::box_art;
use super::{page, required, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::people::CATEGORIES;
use crate::world::reading::Ask;

impl World {
    pub(super) fn search_api(&mut self, ask: &Ask, _: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/search/categories") => search_categories(ask),
            (&Method::GET, "/search/channels") => self.search_channels(ask),
            _ => return None,
        })
    }

    /// Channels whose login has the words in it or, among those that are live, also those whose title or game has them.
    fn search_channels(&self, ask: &Ask) -> Outcome {
        let query = required(ask, "query")?.to_lowercase();
        let live_only = word(ask, "live_only", &["true", "false"])? == Some("true");
        let has = |text: &str| text.to_lowercase().contains(&query);
        let found = self.people.users.iter().filter(|(_, user)| match live_only {
            true => user.live.is_some() && (has(&user.login) || has(&user.title) || has(&user.game.1)),
            false => has(&user.login),
        });
        let all: Vec<Value> = found
            .map(|(id, user)| {
                let started = user.live.as_ref().map(|(_, started)| started.to_string());
                json!({
                    "broadcaster_language": user.language,
                    "broadcaster_login": user.login,
                    "display_name": user.name,
                    "game_id": user.game.0,
                    "game_name": user.game.1,
                    "id": id,
                    "is_live": user.live.is_some(),
                    "tag_ids": [],
                    "tags": self.profiles.tags(id),
                    "thumbnail_url": format!("https://static.example/{}.png", user.login),
                    "title": user.title,
                    "started_at": started.unwrap_or_default(),
                })
            })
            .collect();
        let (slice, pagination) = page(&all, ask, 100)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }
}

/// Categories whose names have all the words in them.
fn search_categories(ask: &Ask) -> Outcome {
    let query = required(ask, "query")?.to_lowercase();
    let has_all = |(_, name): &(&str, &str)| {
        let name = name.to_lowercase();
        query.split_whitespace().all(|word| name.contains(word))
    };
    let found = CATEGORIES.into_iter().filter(has_all);
    let all: Vec<Value> =
        found.map(|(id, name)| json!({"id": id, "name": name, "box_art_url": box_art(id)})).collect();
    let (slice, pagination) = page(&all, ask, 100)?;
    Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
}
