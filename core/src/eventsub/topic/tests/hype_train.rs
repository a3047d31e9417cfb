//! Every topic of the family, field by field.

use super::{at, condition_is, read, reads_as};
use crate::eventsub::topic::hype_train::*;
use crate::value::{ContributionKind, HypeTrainKind};
use serde_json::json;

#[test]
fn channel_hype_train_begin_decodes_to_the_field_and_back() {
    condition_is(&ChannelHypeTrainBegin::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelHypeTrainBegin>(ChannelHypeTrainBeginEvent {
        id: "h-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        total: 737,
        progress: 237,
        goal: 1800,
        top_contributions: vec![Contribution {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            kind: ContributionKind::Bits,
            total: 50,
        }],
        level: 2,
        all_time_high_level: 4,
        all_time_high_total: 2845,
        shared_train_participants: Some(vec![
            TrainBroadcaster {
                broadcaster_user_id: "1001".into(),
                broadcaster_user_login: "ada".into(),
                broadcaster_user_name: "Ada".into(),
            },
            TrainBroadcaster {
                broadcaster_user_id: "1007".into(),
                broadcaster_user_login: "gale".into(),
                broadcaster_user_name: "Gale".into(),
            },
        ]),
        started_at: at("2026-03-04T05:06:07Z"),
        expires_at: at("2026-03-04T05:11:07Z"),
        kind: HypeTrainKind::GoldenKappa,
        is_shared_train: true,
    });
}

#[test]
fn channel_hype_train_progress_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelHypeTrainProgress::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    reads_as::<ChannelHypeTrainProgress>(ChannelHypeTrainProgressEvent {
        id: "h-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        total: 737,
        progress: 237,
        goal: 1800,
        top_contributions: vec![Contribution {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            kind: ContributionKind::Bits,
            total: 50,
        }],
        level: 2,
        shared_train_participants: Some(vec![
            TrainBroadcaster {
                broadcaster_user_id: "1001".into(),
                broadcaster_user_login: "ada".into(),
                broadcaster_user_name: "Ada".into(),
            },
            TrainBroadcaster {
                broadcaster_user_id: "1007".into(),
                broadcaster_user_login: "gale".into(),
                broadcaster_user_name: "Gale".into(),
            },
        ]),
        started_at: at("2026-03-04T05:06:07Z"),
        expires_at: at("2026-03-04T05:11:07Z"),
        kind: HypeTrainKind::GoldenKappa,
        is_shared_train: true,
    });
}

#[test]
fn channel_hype_train_end_decodes_to_the_field_and_back() {
    condition_is(&ChannelHypeTrainEnd::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelHypeTrainEnd>(ChannelHypeTrainEndEvent {
        id: "h-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        total: 737,
        top_contributions: vec![Contribution {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            kind: ContributionKind::Bits,
            total: 50,
        }],
        level: 2,
        shared_train_participants: Some(vec![
            TrainBroadcaster {
                broadcaster_user_id: "1001".into(),
                broadcaster_user_login: "ada".into(),
                broadcaster_user_name: "Ada".into(),
            },
            TrainBroadcaster {
                broadcaster_user_id: "1007".into(),
                broadcaster_user_login: "gale".into(),
                broadcaster_user_name: "Gale".into(),
            },
        ]),
        started_at: at("2026-03-04T05:06:07Z"),
        ended_at: at("2026-03-04T05:11:07Z"),
        cooldown_ends_at: Some(at("2026-03-04T06:11:07Z")),
        kind: HypeTrainKind::GoldenKappa,
        is_shared_train: true,
    });
}

#[test]
fn a_train_of_one_channel_has_no_participants() {
    let event: ChannelHypeTrainProgressEvent = read("channel.hype_train.progress", "2", Some("alone"));
    assert_eq!(event.shared_train_participants, None);
    assert!(event.top_contributions.is_empty());
}
