//! Games.

use http::Method;
use serde_json::{Value, json};

use super::{page_both, values};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::people::CATEGORIES;
use crate::world::reading::Ask;

impl World {
    pub(super) fn games_api(&mut self, ask: &Ask, _: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/games/top") => self.get_top_games(ask),
            (&Method::GET, "/games") => get_games(ask),
            _ => return None,
        })
    }

    /// Most viewers first.
    fn get_top_games(&self, ask: &Ask) -> Outcome {
        let viewers = |game: &str| {
            let of = self.people.users.values().filter(|user| user.live.is_some() && user.game.0 == game);
            of.map(|user| user.chatters.len() + 1).sum::<usize>()
        };
        let mut games = CATEGORIES.to_vec();
        games.sort_by_key(|(id, _)| std::cmp::Reverse(viewers(id)));
        let all: Vec<Value> = games.into_iter().map(game_json).collect();
        let (slice, pagination) = page_both(&all, ask, 100)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }
}

fn get_games(ask: &Ask) -> Outcome {
    let (ids, names, igdb) =
        (values(ask, "id", 100)?, values(ask, "name", 100)?, values(ask, "igdb_id", 100)?);
    let asked = ids.len() + names.len() + igdb.len();
    if !(1..=100).contains(&asked) {
        return Err(Answer::refuse(400, "The request must specify 1 to 100 ids, names or IGDB ids."));
    }
    let wanted = |(id, name): &(&str, &str)| ids.contains(id) || names.contains(name) || igdb.contains(id);
    let data: Vec<Value> = CATEGORIES.into_iter().filter(wanted).map(game_json).collect();
    Ok(Answer::ok(json!({"data": data})))
}

/// In this world IGDB has the same ids as Twitch.
fn game_json((id, name): (&str, &str)) -> Value {
    json!({"id": id, "name": name, "box_art_url": box_art(id), "igdb_id": id})
}

pub(super) fn box_art(id: &str) -> String {
    format!("https://static.example/boxart/{id}-{{width}}x{{height}}.jpg")
}
