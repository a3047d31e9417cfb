//! Predictions.

use serde_json::json;

use super::{Case, case};
use crate::stage::{Call, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let end = |status: &str, winner: &str| {
        call("PATCH /predictions").body(json!({
            "broadcaster_id": "@ada",
            "id": "@prediction",
            "status": status,
            "winning_outcome_id": winner,
        }))
    };
    vec![
        case("create-prediction", create(60)).refused(400, create(29)).refused_after(
            400,
            with_a_prediction,
            create(60),
        ),
        case("get-predictions", call("GET /predictions?broadcaster_id=@ada"))
            .after(with_a_prediction)
            .refused(400, call("GET /predictions")),
        case("end-prediction", end("RESOLVED", "@outcome"))
            .after(with_a_prediction)
            .refused(400, end("RESOLVED", ""))
            .refused(400, end("ACTIVE", ""))
            .refused(404, end("RESOLVED", "x"))
            .refused_after(404, |_| {}, end("CANCELED", "")),
        case("end-prediction", end("LOCKED", "")).after(with_a_prediction),
        case("end-prediction", end("CANCELED", "")).after(with_a_prediction),
    ]
}

fn create(window: u32) -> Call {
    call("POST /predictions").body(json!({
        "broadcaster_id": "@ada",
        "title": "Will it rain?",
        "outcomes": [{"title": "Yes"}, {"title": "No"}],
        "prediction_window": window,
    }))
}

fn with_a_prediction(stage: &mut Stage) {
    let made = stage.done(&create(60));
    stage.keep("prediction", made["data"][0]["id"].as_str().unwrap());
    stage.keep("outcome", made["data"][0]["outcomes"][0]["id"].as_str().unwrap());
    for (who, outcome) in [("cleo", "Yes"), ("dan", "No")] {
        assert!(stage.world.predict(stage.now, &stage.id(who), &stage.id("ada"), outcome, 500));
    }
}
