//! Every topic of the family, field by field.

use super::{at, condition_is, reads_as};
use crate::eventsub::topic::goal::*;
use serde_json::json;

#[test]
fn channel_goal_begin_decodes_to_the_field_and_back() {
    condition_is(&ChannelGoalBegin::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelGoalBegin>(ChannelGoalBeginEvent {
        id: "g-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        kind: GoalKind::Subscription,
        description: Some("A new desk".into()),
        current_amount: 100,
        target_amount: 220,
        started_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn channel_goal_progress_decodes_to_the_field_and_back() {
    condition_is(&ChannelGoalProgress::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelGoalProgress>(ChannelGoalProgressEvent {
        id: "g-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        kind: GoalKind::Subscription,
        description: Some("A new desk".into()),
        current_amount: 100,
        target_amount: 220,
        started_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn channel_goal_end_decodes_to_the_field_and_back() {
    condition_is(&ChannelGoalEnd::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelGoalEnd>(ChannelGoalEndEvent {
        id: "g-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        kind: GoalKind::Subscription,
        description: Some("A new desk".into()),
        is_achieved: true,
        current_amount: 100,
        target_amount: 220,
        started_at: at("2026-03-04T05:06:07Z"),
        ended_at: at("2026-03-05T05:06:07Z"),
    });
}
