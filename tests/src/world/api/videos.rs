//! Videos.

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{page_both, required, values, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;
use crate::world::videos::Video;

/// The most ids that one request may name.
const IDS: usize = 100;
/// The most videos that one request may delete.
const DELETED: usize = 5;

impl World {
    pub(super) fn videos_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/videos") => self.get_videos(ask),
            (&Method::DELETE, "/videos") => self.delete_videos(ask, who),
            _ => return None,
        })
    }

    fn get_videos(&self, ask: &Ask) -> Outcome {
        let ids = values(ask, "id", IDS)?;
        let (user, game) = (ask.query.get("user_id"), ask.query.get("game_id"));
        let named = [!ids.is_empty(), user.is_some(), game.is_some()].into_iter().filter(|&is| is).count();
        if named != 1 {
            let message = "Exactly one of the id, user_id and game_id query parameters must be specified.";
            return Err(Answer::refuse(400, message));
        }
        let period = word(ask, "period", &["all", "day", "month", "week"])?.unwrap_or("all");
        let kind = word(ask, "type", &["all", "archive", "highlight", "upload"])?.unwrap_or("all");
        // Nobody has watched any, so time decides in every order.
        word(ask, "sort", &["time", "trending", "views"])?;
        if game.is_some_and(|game| self.category(game).is_none()) {
            return Err(Answer::refuse(404, "The ID in game_id was not found."));
        }
        let since = since(period, self.wall(self.now));
        let language = ask.query.get("language");
        let fits = |video: &&Video| match ids.is_empty() {
            false => ids.contains(&video.id.as_str()),
            true => {
                user.is_none_or(|user| user == video.channel)
                    && game.is_none_or(|game| game == video.game)
                    && language.is_none_or(|language| language.eq_ignore_ascii_case(&video.language))
                    && (kind == "all" || kind == video.kind())
                    && since.is_none_or(|since| video.created >= since)
            }
        };
        let found: Vec<&Video> = self.videos.all.iter().filter(fits).collect();
        if found.is_empty() && !ids.is_empty() {
            return Err(Answer::refuse(404, "The videos were not found."));
        }
        let (slice, pagination) = match ids.is_empty() {
            true => page_both(&found, ask, IDS)?,
            false => (found.as_slice(), json!({})),
        };
        let data: Vec<Value> = slice.iter().map(|video| self.video_json(video)).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    fn delete_videos(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let me = who.user()?;
        who.scope(&["channel:manage:videos"])?;
        required(ask, "id")?;
        let ids = values(ask, "id", DELETED)?;
        let named = |video: &&Video| ids.contains(&video.id.as_str());
        if self.videos.all.iter().filter(named).any(|video| video.channel != me) {
            return Err(Answer::refuse(401, "The caller is not authorized to delete the specified video."));
        }
        let deleted: Vec<String> =
            self.videos.all.iter().filter(named).map(|video| video.id.clone()).collect();
        self.videos.all.retain(|video| !deleted.contains(&video.id));
        Ok(Answer::ok(json!({"data": deleted})))
    }
}

fn since(period: &str, now: Timestamp) -> Option<Timestamp> {
    let days = match period {
        "day" => 1,
        "week" => 7,
        "month" => 30,
        _ => return None,
    };
    Some(now - SignedDuration::from_hours(24 * days))
}
