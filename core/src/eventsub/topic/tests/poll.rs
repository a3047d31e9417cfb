//! Every topic of the family, field by field.

use super::{at, condition_is, read, reads_as};
use crate::eventsub::topic::poll::*;
use serde_json::json;

#[test]
fn channel_poll_begin_decodes_to_the_field_and_back() {
    condition_is(&ChannelPollBegin::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelPollBegin>(ChannelPollBeginEvent {
        id: "p-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        title: "What shall I drink?".into(),
        choices: vec![
            PollChoice {
                id: "c-1".into(),
                title: "Tea".into(),
                bits_votes: 0,
                channel_points_votes: 0,
                votes: 0,
            },
            PollChoice {
                id: "c-2".into(),
                title: "Coffee".into(),
                bits_votes: 0,
                channel_points_votes: 0,
                votes: 0,
            },
        ],
        bits_voting: PollVoting { is_enabled: false, amount_per_vote: 0 },
        channel_points_voting: PollVoting { is_enabled: true, amount_per_vote: 50 },
        started_at: at("2026-03-04T05:06:07Z"),
        ends_at: at("2026-03-04T05:11:07Z"),
    });
}

#[test]
fn channel_poll_progress_decodes_to_the_field_and_back() {
    condition_is(&ChannelPollProgress::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelPollProgress>(ChannelPollProgressEvent {
        id: "p-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        title: "What shall I drink?".into(),
        choices: vec![
            PollChoice {
                id: "c-1".into(),
                title: "Tea".into(),
                bits_votes: 0,
                channel_points_votes: 3,
                votes: 5,
            },
            PollChoice {
                id: "c-2".into(),
                title: "Coffee".into(),
                bits_votes: 1,
                channel_points_votes: 0,
                votes: 4,
            },
        ],
        bits_voting: PollVoting { is_enabled: false, amount_per_vote: 0 },
        channel_points_voting: PollVoting { is_enabled: true, amount_per_vote: 50 },
        started_at: at("2026-03-04T05:06:07Z"),
        ends_at: at("2026-03-04T05:11:07Z"),
    });
}

#[test]
fn channel_poll_end_decodes_to_the_field_and_back() {
    condition_is(&ChannelPollEnd::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelPollEnd>(ChannelPollEndEvent {
        id: "p-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        title: "What shall I drink?".into(),
        choices: vec![
            PollChoice {
                id: "c-1".into(),
                title: "Tea".into(),
                bits_votes: 0,
                channel_points_votes: 3,
                votes: 5,
            },
            PollChoice {
                id: "c-2".into(),
                title: "Coffee".into(),
                bits_votes: 1,
                channel_points_votes: 0,
                votes: 4,
            },
        ],
        bits_voting: PollVoting { is_enabled: false, amount_per_vote: 0 },
        channel_points_voting: PollVoting { is_enabled: true, amount_per_vote: 50 },
        status: PollEnd::Completed,
        started_at: at("2026-03-04T05:06:07Z"),
        ended_at: at("2026-03-04T05:11:07Z"),
    });
}

#[test]
fn a_poll_without_votes_has_no_counts_or_no_choices() {
    let event: ChannelPollBeginEvent = read("channel.poll.begin", "1", Some("no counts"));
    assert_eq!((event.choices[0].title.as_str(), event.choices[0].votes), ("Tea", 0));
    let event: ChannelPollEndEvent = read("channel.poll.end", "1", Some("no choices"));
    assert!(event.choices.is_empty());
}
