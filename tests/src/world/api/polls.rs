//! Polls.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{body, flag, number, page, short_text, text, values};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::polls::{Poll, Status};
use crate::world::reading::Ask;

/// The most ids that one request may name, and the most polls on a page.
const IDS: usize = 20;
const MANAGE: [&str; 1] = ["channel:manage:polls"];

impl World {
    pub(super) fn polls_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/polls") => self.get_polls(ask, who),
            (&Method::POST, "/polls") => self.create_poll(ask, who),
            (&Method::PATCH, "/polls") => self.end_poll(ask, who),
            _ => return None,
        })
    }

    fn get_polls(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:read:polls", "channel:manage:polls"])?;
        let ids = values(ask, "id", IDS)?;
        let polls = self.polls.of(broadcaster);
        // Newest first, or in the order of the ids.
        let found: Vec<&Poll> = match ids.is_empty() {
            true => polls.iter().collect(),
            false => ids.iter().filter_map(|id| polls.iter().find(|poll| poll.id == *id)).collect(),
        };
        if found.is_empty() && !ids.is_empty() {
            return Err(Answer::refuse(404, "None of the polls were found."));
        }
        let (slice, pagination) = page(&found, ask, IDS)?;
        let data: Vec<Value> = slice.iter().map(|poll| self.poll_json(broadcaster, poll)).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    fn create_poll(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let body = body(ask)?;
        let broadcaster = self.is_broadcaster_in(&body, who, &MANAGE)?;
        let title = short_text(&body, "title", 60)?;
        let choices = body["choices"].as_array().filter(|choices| (2..=5).contains(&choices.len()));
        let wrong = || Answer::refuse(400, "The number of choices must be between 2 and 5");
        let choices = choices.ok_or_else(wrong)?;
        let choices =
            choices.iter().map(|choice| short_text(choice, "title", 25)).collect::<Result<Vec<_>, _>>()?;
        let duration = number(&body, "duration", 15..=1800)?;
        let points = match flag(&body, "channel_points_voting_enabled", false)? {
            true => Some(number(&body, "channel_points_per_vote", 1..=1_000_000)?),
            false => None,
        };
        if self.polls.active(broadcaster).is_some() {
            return Err(Answer::refuse(400, "The broadcaster already has a poll that's running."));
        }
        let duration = Duration::from_secs(duration.unsigned_abs());
        let id = self.begin_poll(broadcaster, title, &choices, points, duration);
        self.one_poll(broadcaster, &id)
    }

    fn end_poll(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let body = body(ask)?;
        let broadcaster = self.is_broadcaster_in(&body, who, &MANAGE)?;
        let id = text(&body, "id")?;
        let now = self.wall(self.now);
        let status = match text(&body, "status")? {
            "TERMINATED" => Status::Terminated(now),
            "ARCHIVED" => Status::Archived(now),
            _ => return Err(Answer::refuse(400, "The value in status is not valid")),
        };
        if self.polls.active(broadcaster).is_none_or(|poll| poll.id != id) {
            return Err(Answer::refuse(400, "The poll must be active to terminate or archive it."));
        }
        self.end_poll_now(broadcaster, id, status);
        self.one_poll(broadcaster, id)
    }

    fn one_poll(&self, broadcaster: &str, id: &str) -> Outcome {
        let poll = self.polls.of(broadcaster).iter().find(|poll| poll.id == id);
        let data: Vec<Value> = poll.iter().map(|poll| self.poll_json(broadcaster, poll)).collect();
        Ok(Answer::ok(json!({"data": data})))
    }
}
