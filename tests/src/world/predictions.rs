//! Predictions: who bets how many channel points on what, and what becomes of them, each step with its event.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::{Timer, World};

/// How many of an outcome's predictors are named.
const TOP: usize = 10;

/// One of the possible outcomes.
pub(super) struct Outcome {
    pub(super) id: String,
    title: String,
    /// The points that each viewer put on it.
    predictors: BTreeMap<String, u64>,
}

impl Outcome {
    fn points(&self) -> u64 {
        self.predictors.values().sum()
    }
}

/// Where a prediction stands.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Status {
    Active,
    Locked(Timestamp),
    Resolved { winner: String, at: Timestamp },
    Canceled(Timestamp),
}

impl Status {
    fn as_str(&self) -> &'static str {
        match self {
            Status::Active => "ACTIVE",
            Status::Locked(_) => "LOCKED",
            Status::Resolved { .. } => "RESOLVED",
            Status::Canceled(_) => "CANCELED",
        }
    }

    fn winner(&self) -> Option<&str> {
        match self {
            Status::Resolved { winner, .. } => Some(winner),
            Status::Active | Status::Locked(_) | Status::Canceled(_) => None,
        }
    }

    fn ended(&self) -> Option<Timestamp> {
        match self {
            Status::Resolved { at, .. } | Status::Canceled(at) => Some(*at),
            Status::Active | Status::Locked(_) => None,
        }
    }

    pub(super) fn runs(&self) -> bool {
        self.ended().is_none()
    }
}

/// A prediction.
pub(super) struct Prediction {
    pub(super) id: String,
    title: String,
    pub(super) outcomes: Vec<Outcome>,
    window: Duration,
    created: Timestamp,
    pub(super) status: Status,
}

impl Prediction {
    /// What a predictor of this outcome gets: their share of all points. Nothing before there is a winner, and for the losers.
    fn won(&self, outcome: &Outcome, used: u64) -> u64 {
        if self.status.winner() != Some(&outcome.id) {
            return 0;
        }
        let all: u64 = self.outcomes.iter().map(Outcome::points).sum();
        let share = u128::from(all) * u128::from(used) / u128::from(outcome.points().max(1));
        u64::try_from(share).unwrap_or(u64::MAX)
    }
}

/// Each broadcaster's predictions, newest first.
#[derive(Default)]
pub(super) struct Predictions(BTreeMap<String, Vec<Prediction>>);

impl Predictions {
    pub(super) fn of(&self, channel: &str) -> &[Prediction] {
        self.0.get(channel).map_or(&[], Vec::as_slice)
    }

    pub(super) fn get(&self, channel: &str, id: &str) -> Option<&Prediction> {
        self.of(channel).iter().find(|prediction| prediction.id == id)
    }

    fn get_mut(&mut self, channel: &str, id: &str) -> Option<&mut Prediction> {
        self.0.get_mut(channel)?.iter_mut().find(|prediction| prediction.id == id)
    }
}

impl World {
    /// A viewer puts channel points on the outcome of this id or title of a channel's open prediction; more may follow, on
    /// the same outcome. Returns whether it counted.
    pub fn predict(&mut self, now: Time, who: &str, channel: &str, outcome: &str, points: u32) -> bool {
        self.advance(now);
        let open = self.predictions.of(channel).iter().find(|p| p.status == Status::Active);
        let Some(id) = open.map(|open| open.id.clone()) else { return false };
        let Some(prediction) = self.predictions.get_mut(channel, &id) else { return false };
        let named = |o: &Outcome| o.id == outcome || o.title == outcome;
        if prediction.outcomes.iter().any(|o| !named(o) && o.predictors.contains_key(who)) {
            return false;
        }
        let Some(chosen) = prediction.outcomes.iter_mut().find(|o| named(o)) else { return false };
        *chosen.predictors.entry(who.to_owned()).or_default() += u64::from(points);
        self.emit_prediction("progress", channel, &id);
        true
    }

    /// A broadcaster ends the prediction that runs: with the outcome of this title, or by giving all points back.
    pub(super) fn end_running_prediction(&mut self, channel: &str, winner: Option<&str>) {
        let at = self.wall(self.now);
        let running = self.predictions.of(channel).iter().find(|prediction| prediction.status.runs());
        let Some(prediction) = running else { return };
        let status = match winner {
            None => Status::Canceled(at),
            Some(title) => match prediction.outcomes.iter().find(|outcome| outcome.title == title) {
                Some(outcome) => Status::Resolved { winner: outcome.id.clone(), at },
                None => return,
            },
        };
        let id = prediction.id.clone();
        self.change_prediction(channel, &id, status);
    }

    pub(super) fn begin_prediction(
        &mut self,
        channel: &str,
        title: &str,
        outcomes: &[&str],
        window: Duration,
    ) -> String {
        let id = self.rng.uuid();
        let outcomes = outcomes.iter().map(|title| Outcome {
            id: self.rng.uuid(),
            title: (*title).to_owned(),
            predictors: BTreeMap::new(),
        });
        let prediction = Prediction {
            id: id.clone(),
            title: title.to_owned(),
            outcomes: outcomes.collect(),
            window,
            created: self.wall(self.now),
            status: Status::Active,
        };
        self.predictions.0.entry(channel.to_owned()).or_default().insert(0, prediction);
        self.arm(window, Timer::PredictionLocks { channel: channel.to_owned(), prediction: id.clone() });
        self.emit_prediction("begin", channel, &id);
        id
    }

    /// The time for predicting is over, unless it was ended before.
    pub(super) fn lock_prediction(&mut self, channel: &str, id: &str) {
        if self.predictions.get(channel, id).is_some_and(|prediction| prediction.status == Status::Active) {
            self.change_prediction(channel, id, Status::Locked(self.wall(self.now)));
        }
    }

    pub(super) fn change_prediction(&mut self, channel: &str, id: &str, status: Status) {
        let what = if status.runs() { "lock" } else { "end" };
        if let Some(prediction) = self.predictions.get_mut(channel, id) {
            prediction.status = status;
            self.emit_prediction(what, channel, id);
        }
    }

    fn emit_prediction(&mut self, what: &str, channel: &str, id: &str) {
        let Some(prediction) = self.predictions.get(channel, id) else { return };
        let mut event = self.person(channel, "broadcaster_user");
        event["id"] = json!(prediction.id);
        event["title"] = json!(prediction.title);
        event["started_at"] = json!(prediction.created.to_string());
        let mut outcomes = self.outcomes_json(prediction);
        for outcome in outcomes.iter_mut().filter_map(Value::as_object_mut) {
            let color = outcome["color"].as_str().unwrap_or_default().to_ascii_lowercase();
            outcome.insert("color".into(), json!(color));
            // Events say null where Helix says nothing was won.
            for predictor in outcome["top_predictors"].as_array_mut().into_iter().flatten() {
                if predictor["channel_points_won"] == 0 {
                    predictor["channel_points_won"] = Value::Null;
                }
            }
            if what == "begin" {
                outcome.retain(|name, _| ["id", "title", "color"].contains(&name.as_str()));
            }
        }
        event["outcomes"] = json!(outcomes);
        match &prediction.status {
            Status::Active => {
                event["locks_at"] = json!((prediction.created + prediction.window).to_string());
            }
            Status::Locked(at) => event["locked_at"] = json!(at.to_string()),
            Status::Resolved { at, .. } | Status::Canceled(at) => {
                event["status"] = json!(prediction.status.as_str().to_ascii_lowercase());
                event["winning_outcome_id"] = json!(prediction.status.winner());
                event["ended_at"] = json!(at.to_string());
            }
        }
        self.emit_now(&format!("channel.prediction.{what}"), "1", &[("broadcaster_user_id", channel)], event);
    }

    pub(super) fn prediction_json(&self, channel: &str, prediction: &Prediction) -> Value {
        let status = &prediction.status;
        let locked = if let Status::Locked(at) = status { Some(at.to_string()) } else { None };
        let mut said = self.person(channel, "broadcaster");
        for (name, value) in [
            ("id", json!(prediction.id)),
            ("title", json!(prediction.title)),
            ("winning_outcome_id", json!(status.winner())),
            ("outcomes", json!(self.outcomes_json(prediction))),
            ("prediction_window", json!(prediction.window.as_secs())),
            ("status", json!(status.as_str())),
            ("created_at", json!(prediction.created.to_string())),
            ("ended_at", json!(status.ended().map(|at| at.to_string()))),
            ("locked_at", json!(locked)),
        ] {
            said[name] = value;
        }
        said
    }

    fn outcomes_json(&self, prediction: &Prediction) -> Vec<Value> {
        let two = prediction.outcomes.len() == 2;
        let outcome = |(n, outcome): (usize, &Outcome)| {
            let mut top: Vec<(&String, u64)> = outcome.predictors.iter().map(|(id, n)| (id, *n)).collect();
            top.sort_by_key(|(_, used)| std::cmp::Reverse(*used));
            let predictor = |&(id, used): &(&String, u64)| {
                let mut said = self.person(id, "user");
                said["channel_points_used"] = json!(used);
                said["channel_points_won"] = json!(prediction.won(outcome, used));
                said
            };
            let top: Vec<Value> = top.iter().take(TOP).map(predictor).collect();
            json!({
                "id": outcome.id,
                "title": outcome.title,
                "users": outcome.predictors.len(),
                "channel_points": outcome.points(),
                "top_predictors": (!top.is_empty()).then_some(top),
                "color": if two && n == 1 { "PINK" } else { "BLUE" },
            })
        };
        prediction.outcomes.iter().enumerate().map(outcome).collect()
    }
}
