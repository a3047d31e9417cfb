//! Every topic of the family, field by field.

use super::{at, condition_is, read, reads_as};
use crate::eventsub::topic::channel::*;
use serde_json::json;

#[test]
fn channel_update_decodes_to_the_field_and_back() {
    condition_is(&ChannelUpdate::new("1001"), json!({"broadcaster_user_id": "1001"}), None);
    reads_as::<ChannelUpdate>(ChannelUpdateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        title: "Painting the fence".into(),
        language: "en".into(),
        category_id: Some("5001".into()),
        category_name: "Arts".into(),
        content_classification_labels: vec!["Gambling".into()],
    });
}

#[test]
fn channel_follow_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelFollow::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelFollow>(ChannelFollowEvent {
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        followed_at: at("2026-03-04T05:06:07.123456789Z"),
    });
}

#[test]
fn channel_raid_decodes_to_the_field_and_back() {
    condition_is(&ChannelRaid::from("1001"), json!({"from_broadcaster_user_id": "1001"}), None);
    condition_is(&ChannelRaid::to("1001"), json!({"to_broadcaster_user_id": "1001"}), None);
    reads_as::<ChannelRaid>(ChannelRaidEvent {
        from_broadcaster_user_id: "1004".into(),
        from_broadcaster_user_login: "dana".into(),
        from_broadcaster_user_name: "Dana".into(),
        to_broadcaster_user_id: "1005".into(),
        to_broadcaster_user_login: "eli".into(),
        to_broadcaster_user_name: "Eli".into(),
        viewers: 42,
    });
}

#[test]
fn channel_ad_break_begin_decodes_to_the_field_and_back() {
    condition_is(&ChannelAdBreakBegin::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelAdBreakBegin>(ChannelAdBreakBeginEvent {
        duration_seconds: 60,
        started_at: at("2026-03-04T05:06:07Z"),
        is_automatic: true,
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        requester_user_id: "1003".into(),
        requester_user_login: "cleo".into(),
        requester_user_name: "Cleo".into(),
    });
}

#[test]
fn channel_shoutout_create_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelShoutoutCreate::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelShoutoutCreate>(ChannelShoutoutCreateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        to_broadcaster_user_id: "1005".into(),
        to_broadcaster_user_login: "eli".into(),
        to_broadcaster_user_name: "Eli".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
        viewer_count: 860,
        started_at: at("2026-03-04T05:06:07Z"),
        cooldown_ends_at: at("2026-03-04T05:08:07Z"),
        target_cooldown_ends_at: at("2026-03-04T06:06:07Z"),
    });
}

#[test]
fn channel_shoutout_receive_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelShoutoutReceive::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelShoutoutReceive>(ChannelShoutoutReceiveEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        from_broadcaster_user_id: "1004".into(),
        from_broadcaster_user_login: "dana".into(),
        from_broadcaster_user_name: "Dana".into(),
        viewer_count: 860,
        started_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn an_ad_break_may_have_its_numbers_quoted() {
    let plain: ChannelAdBreakBeginEvent = read("channel.ad_break.begin", "1", None);
    assert_eq!(read::<ChannelAdBreakBeginEvent>("channel.ad_break.begin", "1", Some("quoted")), plain);
}
