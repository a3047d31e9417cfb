//! Every topic of the family, field by field.

use super::{at, condition_is, read, reads_as};
use crate::eventsub::topic::prediction::*;
use serde_json::json;

#[test]
fn channel_prediction_begin_decodes_to_the_field_and_back() {
    condition_is(&ChannelPredictionBegin::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelPredictionBegin>(ChannelPredictionBeginEvent {
        id: "p-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        title: "Will it rain?".into(),
        outcomes: vec![Outcome {
            id: "o-1".into(),
            title: "Yes".into(),
            color: OutcomeColor::Blue,
            users: 0,
            channel_points: 0,
            top_predictors: vec![],
        }],
        started_at: at("2026-03-04T05:06:07Z"),
        locks_at: at("2026-03-04T05:11:07Z"),
    });
}

#[test]
fn channel_prediction_progress_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelPredictionProgress::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    reads_as::<ChannelPredictionProgress>(ChannelPredictionProgressEvent {
        id: "p-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        title: "Will it rain?".into(),
        outcomes: vec![
            Outcome {
                id: "o-1".into(),
                title: "Yes".into(),
                color: OutcomeColor::Blue,
                users: 2,
                channel_points: 700,
                top_predictors: vec![Predictor {
                    user_id: "1002".into(),
                    user_login: "brook".into(),
                    user_name: "Brook".into(),
                    channel_points_won: None,
                    channel_points_used: 500,
                }],
            },
            Outcome {
                id: "o-2".into(),
                title: "No".into(),
                color: OutcomeColor::Pink,
                users: 0,
                channel_points: 0,
                top_predictors: vec![],
            },
        ],
        started_at: at("2026-03-04T05:06:07Z"),
        locks_at: at("2026-03-04T05:11:07Z"),
    });
}

#[test]
fn channel_prediction_lock_decodes_to_the_field_and_back() {
    condition_is(&ChannelPredictionLock::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelPredictionLock>(ChannelPredictionLockEvent {
        id: "p-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        title: "Will it rain?".into(),
        outcomes: vec![
            Outcome {
                id: "o-1".into(),
                title: "Yes".into(),
                color: OutcomeColor::Blue,
                users: 2,
                channel_points: 700,
                top_predictors: vec![Predictor {
                    user_id: "1002".into(),
                    user_login: "brook".into(),
                    user_name: "Brook".into(),
                    channel_points_won: None,
                    channel_points_used: 500,
                }],
            },
            Outcome {
                id: "o-2".into(),
                title: "No".into(),
                color: OutcomeColor::Pink,
                users: 0,
                channel_points: 0,
                top_predictors: vec![],
            },
        ],
        started_at: at("2026-03-04T05:06:07Z"),
        locked_at: at("2026-03-04T05:11:07Z"),
    });
}

#[test]
fn channel_prediction_end_decodes_to_the_field_and_back() {
    condition_is(&ChannelPredictionEnd::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelPredictionEnd>(ChannelPredictionEndEvent {
        id: "p-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        title: "Will it rain?".into(),
        winning_outcome_id: Some("o-1".into()),
        outcomes: vec![
            Outcome {
                id: "o-1".into(),
                title: "Yes".into(),
                color: OutcomeColor::Blue,
                users: 2,
                channel_points: 700,
                top_predictors: vec![Predictor {
                    user_id: "1002".into(),
                    user_login: "brook".into(),
                    user_name: "Brook".into(),
                    channel_points_won: Some(1200),
                    channel_points_used: 500,
                }],
            },
            Outcome {
                id: "o-2".into(),
                title: "No".into(),
                color: OutcomeColor::Pink,
                users: 0,
                channel_points: 0,
                top_predictors: vec![],
            },
        ],
        status: PredictionEnd::Resolved,
        started_at: at("2026-03-04T05:06:07Z"),
        ended_at: at("2026-03-04T05:16:07Z"),
    });
}

#[test]
fn a_predictor_may_be_a_number_and_predictors_null() {
    let event: ChannelPredictionProgressEvent = read("channel.prediction.progress", "1", Some("odd"));
    assert!(event.outcomes[0].top_predictors.is_empty());
    assert_eq!(event.outcomes[1].users, 0);
    assert_eq!(event.outcomes[1].top_predictors[0].user_id, "1009");
}

#[test]
fn a_cancelled_prediction_has_no_winner() {
    let event: ChannelPredictionEndEvent = read("channel.prediction.end", "1", Some("cancelled"));
    assert_eq!(event.winning_outcome_id, None);
    assert!(event.outcomes.is_empty());
}
