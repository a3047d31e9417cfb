//! Predictions.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{body, number, page, short_text, text, values};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::predictions::{Prediction, Status};
use crate::world::reading::Ask;

/// The most ids that one request may name, and the most predictions on a page.
const IDS: usize = 25;
const MANAGE: [&str; 1] = ["channel:manage:predictions"];

impl World {
    pub(super) fn predictions_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/predictions") => self.get_predictions(ask, who),
            (&Method::POST, "/predictions") => self.create_prediction(ask, who),
            (&Method::PATCH, "/predictions") => self.end_prediction(ask, who),
            _ => return None,
        })
    }

    fn get_predictions(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster =
            self.is_broadcaster(ask, who, &["channel:read:predictions", "channel:manage:predictions"])?;
        let ids = values(ask, "id", IDS)?;
        let all = self.predictions.of(broadcaster).iter();
        let found: Vec<&Prediction> =
            all.filter(|prediction| ids.is_empty() || ids.contains(&prediction.id.as_str())).collect();
        let (slice, pagination) = page(&found, ask, IDS)?;
        let data: Vec<Value> = slice.iter().map(|p| self.prediction_json(broadcaster, p)).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    fn create_prediction(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let body = body(ask)?;
        let broadcaster = self.is_broadcaster_in(&body, who, &MANAGE)?;
        let title = short_text(&body, "title", 45)?;
        let outcomes = body["outcomes"].as_array().filter(|outcomes| (2..=10).contains(&outcomes.len()));
        let wrong = || Answer::refuse(400, "The number of outcomes must be between 2 and 10");
        let outcomes = outcomes.ok_or_else(wrong)?.iter();
        let outcomes =
            outcomes.map(|outcome| short_text(outcome, "title", 25)).collect::<Result<Vec<_>, _>>()?;
        let window = number(&body, "prediction_window", 30..=1800)?;
        if self.predictions.of(broadcaster).iter().any(|prediction| prediction.status.runs()) {
            return Err(Answer::refuse(400, "The broadcaster already has a prediction that's running."));
        }
        let window = Duration::from_secs(window.unsigned_abs());
        let id = self.begin_prediction(broadcaster, title, &outcomes, window);
        self.one_prediction(broadcaster, &id)
    }

    fn end_prediction(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let body = body(ask)?;
        let broadcaster = self.is_broadcaster_in(&body, who, &MANAGE)?;
        let id = text(&body, "id")?;
        let now = self.wall(self.now);
        let wanted = text(&body, "status")?;
        let prediction = self.predictions.get(broadcaster, id);
        let prediction = prediction.ok_or_else(|| Answer::refuse(404, "The prediction was not found."))?;
        let status = match wanted {
            "RESOLVED" => {
                let winner = text(&body, "winning_outcome_id")?;
                if !prediction.outcomes.iter().any(|outcome| outcome.id == winner) {
                    return Err(Answer::refuse(404, "The winning outcome was not found."));
                }
                Status::Resolved { winner: winner.to_owned(), at: now }
            }
            "CANCELED" => Status::Canceled(now),
            "LOCKED" => Status::Locked(now),
            _ => return Err(Answer::refuse(400, "The value in status is not valid")),
        };
        let may = if status.runs() { prediction.status == Status::Active } else { prediction.status.runs() };
        if !may {
            return Err(Answer::refuse(400, "The prediction's status does not allow this change."));
        }
        self.change_prediction(broadcaster, id, status);
        self.one_prediction(broadcaster, id)
    }

    fn one_prediction(&self, broadcaster: &str, id: &str) -> Outcome {
        let prediction = self.predictions.get(broadcaster, id);
        let data: Vec<Value> = prediction.iter().map(|p| self.prediction_json(broadcaster, p)).collect();
        Ok(Answer::ok(json!({"data": data})))
    }
}
