//! [Predictions](https://dev.twitch.tv/docs/api/reference/#get-predictions).

use crate::helix::{Invalid, One, Page, check, endpoint};
use crate::id::{Login, PredictionId, PredictionOutcomeId, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Lists a channel's predictions, the newest first.
#[derive(Clone, Debug, Serialize)]
pub struct GetPredictions {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Only these, at most 25.
    pub id: Vec<PredictionId>,
    /// How many a page, 1 to 25; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetPredictions = "get-predictions": get "/predictions" => Page<Prediction>, user(broadcaster_id),
    scopes: any(ChannelReadPredictions, ChannelManagePredictions), page: 25, list: id 0..=25);

impl GetPredictions {
    /// All predictions of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetPredictions { broadcaster_id: broadcaster.into(), id: vec![], first: None }
    }

    /// Only these predictions.
    #[must_use]
    pub fn only<I: Into<PredictionId>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.id = ids.into_iter().map(Into::into).collect();
        self
    }
}

/// Starts a prediction: viewers stake channel points on an outcome. A channel runs one at a time.
#[derive(Clone, Debug, Serialize)]
pub struct CreatePrediction {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The question, in at most 45 characters.
    pub title: String,
    /// Two to ten outcomes.
    pub outcomes: Vec<NewPredictionOutcome>,
    /// How long viewers may stake: 30 to 1800 seconds.
    pub prediction_window: u32,
}

endpoint!(CreatePrediction = "create-prediction": post "/predictions" => One<Prediction>, user(broadcaster_id),
    scopes: any(ChannelManagePredictions), body: whole, check: |r| r.limits());

impl CreatePrediction {
    /// Asks a channel's viewers to predict.
    pub fn new<O: Into<String>>(
        broadcaster: impl Into<UserId>,
        title: impl Into<String>,
        outcomes: impl IntoIterator<Item = O>,
        seconds: u32,
    ) -> Self {
        CreatePrediction {
            broadcaster_id: broadcaster.into(),
            title: title.into(),
            outcomes: outcomes
                .into_iter()
                .map(|title| NewPredictionOutcome { title: title.into() })
                .collect(),
            prediction_window: seconds,
        }
    }

    fn limits(&self) -> Result<(), Invalid> {
        check::length("title", &self.title, 1, 45)?;
        check::count("outcomes", self.outcomes.len(), 2, 10)?;
        for outcome in &self.outcomes {
            check::length("outcomes.title", &outcome.title, 1, 25)?;
        }
        check::range("prediction_window", self.prediction_window, 30, 1800)
    }
}

/// An outcome of a prediction to be.
#[derive(Clone, Debug, Serialize)]
pub struct NewPredictionOutcome {
    /// Its text, in at most 25 characters.
    pub title: String,
}

/// Locks, resolves or cancels a prediction.
#[derive(Clone, Debug, Serialize)]
pub struct EndPrediction {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The prediction.
    pub id: PredictionId,
    status: PredictionStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    winning_outcome_id: Option<PredictionOutcomeId>,
}

endpoint!(EndPrediction = "end-prediction": patch "/predictions" => One<Prediction>, user(broadcaster_id),
    scopes: any(ChannelManagePredictions), body: whole);

impl EndPrediction {
    /// Names the outcome that came true, and pays those who predicted it.
    pub fn resolve(
        broadcaster: impl Into<UserId>,
        prediction: impl Into<PredictionId>,
        winner: impl Into<PredictionOutcomeId>,
    ) -> Self {
        let resolved = Self::to(broadcaster, prediction, PredictionStatus::Resolved);
        EndPrediction { winning_outcome_id: Some(winner.into()), ..resolved }
    }

    /// Gives everyone their points back.
    pub fn cancel(broadcaster: impl Into<UserId>, prediction: impl Into<PredictionId>) -> Self {
        Self::to(broadcaster, prediction, PredictionStatus::Canceled)
    }

    /// Takes no further stakes; the prediction is still to be resolved or cancelled.
    pub fn lock(broadcaster: impl Into<UserId>, prediction: impl Into<PredictionId>) -> Self {
        Self::to(broadcaster, prediction, PredictionStatus::Locked)
    }

    fn to(broadcaster: impl Into<UserId>, id: impl Into<PredictionId>, status: PredictionStatus) -> Self {
        EndPrediction { broadcaster_id: broadcaster.into(), id: id.into(), status, winning_outcome_id: None }
    }
}

/// A prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Prediction {
    /// The prediction's id.
    pub id: PredictionId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// The broadcaster's display name.
    pub broadcaster_name: CompactString,
    /// The broadcaster's login.
    pub broadcaster_login: Login,
    /// The question.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// The outcome that came true; none until it is resolved.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub winning_outcome_id: Option<PredictionOutcomeId>,
    /// What may come true.
    #[serde(default, deserialize_with = "null_as_default")]
    pub outcomes: Vec<PredictionOutcome>,
    /// How long viewers could stake, in seconds.
    pub prediction_window: u32,
    /// Where it stands.
    pub status: PredictionStatus,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ended; none until then.
    pub ended_at: Option<Timestamp>,
    /// When stakes were closed; none until then.
    pub locked_at: Option<Timestamp>,
}

/// An outcome of a prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PredictionOutcome {
    /// The outcome's id.
    pub id: PredictionOutcomeId,
    /// Its text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// How many viewers chose it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub users: u64,
    /// How many points they staked.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points: u64,
    /// Who staked the most.
    #[serde(default, deserialize_with = "null_as_default")]
    pub top_predictors: Vec<TopPredictor>,
    /// The colour Twitch shows it in.
    pub color: PredictionColor,
}

/// A viewer who staked much on an outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TopPredictor {
    /// Who.
    pub user_id: UserId,
    /// Their display name.
    pub user_name: CompactString,
    /// Their login.
    pub user_login: Login,
    /// The points they staked.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_used: u64,
    /// The points they won.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_won: u64,
}

open_enum! {
    /// Where a prediction stands.
    pub enum PredictionStatus {
        /// Viewers may stake.
        Active = "ACTIVE",
        /// It was called off, and the points given back.
        Canceled = "CANCELED",
        /// Viewers may stake no more.
        Locked = "LOCKED",
        /// An outcome came true, and the points are paid.
        Resolved = "RESOLVED",
    }
}

open_enum! {
    /// The colour of an outcome.
    pub enum PredictionColor {
        /// The first of two outcomes, or any of more.
        Blue = "BLUE",
        /// The second of two.
        Pink = "PINK",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{at, body, decode, query, refused};
    use serde_json::{Value as Json, json};

    fn wire(status: &str, winner: Json, ended_at: Json) -> Json {
        json!({
            "id": "p1", "broadcaster_id": "1001", "broadcaster_name": "Ada", "broadcaster_login": "ada",
            "title": "Rain?", "winning_outcome_id": winner, "outcomes": [
                {"id": "o1", "title": "Yes", "users": 1, "channel_points": 70, "top_predictors": [
                    {"user_id": "1002", "user_name": "Brook", "user_login": "brook", "channel_points_used": 70,
                     "channel_points_won": 90},
                ], "color": "BLUE"},
                {"id": "o2", "title": "No", "users": 0, "channel_points": 0, "top_predictors": null, "color": "PINK"},
            ],
            "prediction_window": 120, "status": status, "created_at": "2026-01-02T10:00:00Z",
            "ended_at": ended_at, "locked_at": ended_at,
        })
    }

    fn prediction(status: PredictionStatus, winner: Option<&str>, ended_at: Option<Timestamp>) -> Prediction {
        let brook = TopPredictor {
            user_id: "1002".into(),
            user_name: "Brook".into(),
            user_login: "brook".into(),
            channel_points_used: 70,
            channel_points_won: 90,
        };
        let yes = PredictionOutcome {
            id: "o1".into(),
            title: "Yes".into(),
            users: 1,
            channel_points: 70,
            top_predictors: vec![brook],
            color: PredictionColor::Blue,
        };
        let no = PredictionOutcome {
            id: "o2".into(),
            title: "No".into(),
            users: 0,
            channel_points: 0,
            top_predictors: vec![],
            color: PredictionColor::Pink,
        };
        Prediction {
            id: "p1".into(),
            broadcaster_id: "1001".into(),
            broadcaster_name: "Ada".into(),
            broadcaster_login: "ada".into(),
            title: "Rain?".into(),
            winning_outcome_id: winner.map(Into::into),
            outcomes: vec![yes, no],
            prediction_window: 120,
            status,
            created_at: at("10:00:00"),
            ended_at,
            locked_at: ended_at,
        }
    }

    #[test]
    fn predictions_are_listed() {
        assert_eq!(query(&GetPredictions::new("1001").only(["p1"])), "broadcaster_id=1001&id=p1");
        let page = decode::<GetPredictions>(
            json!({"data": [wire("ACTIVE", Json::Null, Json::Null)], "pagination": {}}),
        );
        let expected = prediction(PredictionStatus::Active, None, None);
        assert_eq!(page, Page { items: vec![expected], cursor: None, total: None });
        let many = GetPredictions::new("1001").only((0..26).map(|n| n.to_string()));
        assert_eq!(refused(&many), "`id` wants 0 to 25 values, has 26");
        let first = GetPredictions { first: Some(26), ..GetPredictions::new("1001") };
        assert_eq!(refused(&first), "`first` must be 1 to 25, is 26");
    }

    #[test]
    fn a_prediction_is_all_body() {
        let request = CreatePrediction::new("1001", "Rain?", ["Yes", "No"], 120);
        assert_eq!(query(&request), "");
        let expected = json!({"broadcaster_id": "1001", "title": "Rain?",
            "outcomes": [{"title": "Yes"}, {"title": "No"}], "prediction_window": 120});
        assert_eq!(body(&request), expected);
        let created = decode::<CreatePrediction>(json!({"data": [wire("ACTIVE", Json::Null, Json::Null)]}));
        assert_eq!(created, prediction(PredictionStatus::Active, None, None));
    }

    #[test]
    fn a_predictions_limits_are_checked_before_sending() {
        let of = |title: &str, outcomes: &[&str], seconds| {
            refused(&CreatePrediction::new("1001", title, outcomes.iter().copied(), seconds))
        };
        assert_eq!(of(&"t".repeat(46), &["a", "b"], 60), "`title` wants 1 to 45 characters, has 46");
        assert_eq!(of("t", &["a"], 60), "`outcomes` wants 2 to 10 values, has 1");
        assert_eq!(of("t", &["a"; 11], 60), "`outcomes` wants 2 to 10 values, has 11");
        assert_eq!(of("t", &["a", &"b".repeat(26)], 60), "`outcomes.title` wants 1 to 25 characters, has 26");
        assert_eq!(of("t", &["a", "b"], 29), "`prediction_window` must be 30 to 1800, is 29");
    }

    #[test]
    fn a_prediction_ends_in_one_of_three_ways() {
        let request = EndPrediction::resolve("1001", "p1", "o1");
        assert_eq!(query(&request), "");
        assert_eq!(request.owner(), Some(&UserId::new("1001")));
        let resolved =
            json!({"broadcaster_id": "1001", "id": "p1", "status": "RESOLVED", "winning_outcome_id": "o1"});
        assert_eq!(body(&request), resolved);
        let of = |status: &str| json!({"broadcaster_id": "1001", "id": "p1", "status": status});
        assert_eq!(body(&EndPrediction::cancel("1001", "p1")), of("CANCELED"));
        assert_eq!(body(&EndPrediction::lock("1001", "p1")), of("LOCKED"));
        let end = json!("2026-01-02T10:05:00Z");
        let ended = decode::<EndPrediction>(json!({"data": [wire("RESOLVED", json!("o1"), end)]}));
        assert_eq!(ended, prediction(PredictionStatus::Resolved, Some("o1"), Some(at("10:05:00"))));
    }
}
