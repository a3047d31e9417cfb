//! Analytics: where the reports on extensions and games can be fetched.

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{moment, page, page_of, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

impl World {
    pub(super) fn analytics_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/analytics/extensions") => self.get_extension_analytics(ask, who),
            (&Method::GET, "/analytics/games") => self.get_game_analytics(ask, who),
            _ => return None,
        })
    }

    fn get_extension_analytics(&self, ask: &Ask, who: &Who) -> Outcome {
        let me = who.user()?;
        who.scope(&["analytics:read:extensions"])?;
        self.reports(ask, "extension_id", self.extensions.owned_by(me))
    }

    fn get_game_analytics(&self, ask: &Ask, who: &Who) -> Outcome {
        let me = who.user()?;
        who.scope(&["analytics:read:games"])?;
        let organizations = self.entitlements.organizations.values().filter(|o| o.owner == me);
        let games = organizations.flat_map(|organization| &organization.games);
        self.reports(ask, "game_id", games.map(String::as_str).collect())
    }

    fn reports(&self, ask: &Ask, of: &str, all: Vec<&str>) -> Outcome {
        let kind = word(ask, "type", &["overview_v2"])?.unwrap_or("overview_v2");
        let (from, to) = match (moment(ask, "started_at")?, moment(ask, "ended_at")?) {
            (None, None) => (day(self.wall(self.now), -365), day(self.wall(self.now), -1)),
            (Some(from), Some(to)) if from <= to => (from, to),
            (Some(_), Some(_)) => {
                return Err(Answer::refuse(400, "ended_at must be equal to or later than started_at"));
            }
            _ => return Err(Answer::refuse(400, "started_at and ended_at go together")),
        };
        let wanted = ask.query.get(of);
        let found: Vec<&str> =
            all.into_iter().filter(|id| wanted.is_none_or(|wanted| wanted == *id)).collect();
        if wanted.is_some() && found.is_empty() {
            return Err(Answer::refuse(404, &format!("The ID in {of} was not found.")));
        }
        // However large the page that was asked for: never more than twenty.
        let asked = page(&found, ask, 100)?.0.len();
        let (slice, pagination) = page_of(&found, ask, asked.min(20))?;
        let report = |id: &&str| {
            json!({
                of: id,
                "URL": format!("https://reports.example/{id}.csv"),
                "type": kind,
                "date_range": {"started_at": from.to_string(), "ended_at": to.to_string()},
            })
        };
        let data: Vec<Value> = slice.iter().map(report).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }
}

/// Midnight so many days from now.
fn day(now: Timestamp, days: i64) -> Timestamp {
    let midnight = now - SignedDuration::from_secs(now.as_second().rem_euclid(86_400));
    Timestamp::from_second(midnight.as_second() + days * 86_400).unwrap_or(now)
}
