//! Bits: the leaderboard, cheermotes, custom power-ups, and what was bought in extensions.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use http::Method;
use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::{moment, page, required, values, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::bits::TIERS;
use crate::world::helix::Who;
use crate::world::reading::Ask;

impl World {
    pub(super) fn bits_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/bits/leaderboard") => self.get_leaderboard(ask, who),
            (&Method::GET, "/bits/cheermotes") => Ok(self.get_cheermotes()),
            (&Method::GET, "/bits/custom_power_ups") => self.get_power_ups(ask, who),
            (&Method::GET, "/extensions/transactions") => self.get_transactions(ask, who),
            _ => return None,
        })
    }

    fn get_leaderboard(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = who.user()?;
        who.scope(&["bits:read"])?;
        let count = match ask.query.get("count").map(str::parse::<usize>) {
            None => 10,
            Some(Ok(count @ 1..=100)) => count,
            Some(_) => return Err(Answer::refuse(400, "The parameter \"count\" was malformed")),
        };
        let period = word(ask, "period", &["day", "week", "month", "year", "all"])?.unwrap_or("all");
        let range = match (period, moment(ask, "started_at")?) {
            ("all", _) => None,
            (_, None) => return Err(Answer::refuse(400, "Missing required parameter \"started_at\"")),
            (period, Some(at)) => {
                let range = range_of(period, at);
                Some(range.ok_or_else(|| Answer::refuse(400, "The value in started_at is not valid"))?)
            }
        };
        let mut scores: BTreeMap<&str, u64> = BTreeMap::new();
        for used in self.bits.used.get(broadcaster).into_iter().flatten() {
            if range.is_none_or(|(from, to)| (from..to).contains(&used.at)) {
                *scores.entry(&used.user).or_default() += used.bits;
            }
        }
        let mut ranks: Vec<(&str, u64)> = scores.into_iter().collect();
        ranks.sort_by_key(|(_, score)| Reverse(*score));
        let start = match ask.query.get("user_id") {
            None => 0,
            Some(wanted) => match ranks.iter().position(|(user, _)| *user == wanted) {
                // The neighbours above and below, as far as there is room.
                Some(at) => at.saturating_sub(count / 2),
                None => ranks.len(),
            },
        };
        let data: Vec<Value> = ranks
            .iter()
            .enumerate()
            .skip(start)
            .take(count)
            .map(|(at, (user, score))| {
                let mut said = self.person(user, "user");
                said["rank"] = json!(at + 1);
                said["score"] = json!(score);
                said
            })
            .collect();
        let date = |pick: fn((Timestamp, Timestamp)) -> Timestamp| {
            range.map_or(String::new(), |range| pick(range).to_string())
        };
        let total = data.len();
        Ok(Answer::ok(json!({
            "data": data,
            "date_range": {"started_at": date(|(from, _)| from), "ended_at": date(|(_, to)| to)},
            "total": total,
        })))
    }

    /// One cheermote, which every channel has.
    fn get_cheermotes(&self) -> Answer {
        let images = |least: u64| {
            let sizes = |theme: &str, kind: &str| -> Value {
                let url = |size: &&str| {
                    (
                        size.to_string(),
                        json!(format!("https://static.example/cheer/{theme}/{kind}/{least}/{size}")),
                    )
                };
                Value::Object(["1", "1.5", "2", "3", "4"].iter().map(url).collect())
            };
            let theme =
                |theme: &str| json!({"animated": sizes(theme, "animated"), "static": sizes(theme, "static")});
            json!({"dark": theme("dark"), "light": theme("light")})
        };
        let tier = |(least, color): &(u64, &str)| {
            json!({
                "min_bits": least,
                "id": least.to_string(),
                "color": color,
                "images": images(*least),
                "can_cheer": true,
                "show_in_bits_card": true,
            })
        };
        let tiers: Vec<Value> = TIERS.iter().map(tier).collect();
        let cheer = json!({
            "prefix": "Cheer",
            "tiers": tiers,
            "type": "global_first_party",
            "order": 1,
            "last_updated": self.epoch.to_string(),
            "is_charitable": false,
        });
        Answer::ok(json!({"data": [cheer]}))
    }

    fn get_power_ups(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["bits:read"])?;
        let ids = values(ask, "id", 50)?;
        let power_ups = self.bits.power_ups.get(broadcaster).into_iter().flatten();
        let data: Vec<Value> = power_ups
            .filter(|(id, _)| ids.is_empty() || ids.contains(&id.as_str()))
            .map(|(id, power_up)| self.power_up_json(broadcaster, id, power_up))
            .collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn get_transactions(&self, ask: &Ask, who: &Who) -> Outcome {
        who.app()?;
        let extension = required(ask, "extension_id")?;
        if extension != who.client {
            let message = "The ID in extension_id must match the client ID in the access token.";
            return Err(Answer::refuse(401, message));
        }
        let ids = values(ask, "id", 100)?;
        let all = self.extensions.get(extension).into_iter().flat_map(|e| &e.transactions);
        let found: Vec<Value> = all
            .filter(|bought| ids.is_empty() || ids.contains(&bought.id.as_str()))
            .map(|bought| self.transaction_json(extension, bought))
            .collect();
        if found.len() < ids.len() {
            return Err(Answer::refuse(404, "One or more of the transaction IDs were not found."));
        }
        let (slice, pagination) = page(&found, ask, 100)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }
}

/// The whole day, week, month or year around a moment, by the clock of the Pacific coast in winter.
fn range_of(period: &str, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let pacific = TimeZone::fixed(Offset::constant(-8));
    let day = pacific.to_datetime(at).date();
    let (from, to) = match period {
        "day" => (day, day.checked_add(1.day()).ok()?),
        "week" => {
            let since = i64::from(day.weekday().since(Weekday::Monday));
            let monday = day.checked_sub(since.days()).ok()?;
            (monday, monday.checked_add(7.days()).ok()?)
        }
        "month" => (day.first_of_month(), day.first_of_month().checked_add(1.month()).ok()?),
        _ => (day.first_of_year(), day.first_of_year().checked_add(1.year()).ok()?),
    };
    let start = |date: Date| Some(date.to_zoned(pacific.clone()).ok()?.timestamp());
    Some((start(from)?, start(to)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_whole_one_on_the_pacific_coast() {
        let new_year = "2022-01-01T00:00:00Z".parse().unwrap();
        let ranges = ["day", "week", "month", "year"].map(|period| {
            let (from, to) = range_of(period, new_year).unwrap();
            format!("{from} {to}")
        });
        let expected = [
            "2021-12-31T08:00:00Z 2022-01-01T08:00:00Z",
            "2021-12-27T08:00:00Z 2022-01-03T08:00:00Z",
            "2021-12-01T08:00:00Z 2022-01-01T08:00:00Z",
            "2021-01-01T08:00:00Z 2022-01-01T08:00:00Z",
        ];
        assert_eq!(ranges, expected);
    }
}
