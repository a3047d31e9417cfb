//! Every topic of the family, field by field.

use super::{at, condition_is, read, reads_as};
use crate::eventsub::topic::guest_star::*;
use serde_json::json;

#[test]
fn channel_guest_star_session_begin_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelGuestStarSessionBegin::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelGuestStarSessionBegin>(ChannelGuestStarSessionBeginEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: Some("1003".into()),
        moderator_user_login: Some("cleo".into()),
        moderator_user_name: Some("Cleo".into()),
        session_id: "s-1".into(),
        started_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn channel_guest_star_session_end_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelGuestStarSessionEnd::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelGuestStarSessionEnd>(ChannelGuestStarSessionEndEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: Some("1003".into()),
        moderator_user_login: Some("cleo".into()),
        moderator_user_name: Some("Cleo".into()),
        session_id: "s-1".into(),
        started_at: at("2026-03-04T05:06:07Z"),
        ended_at: at("2026-03-04T06:06:07Z"),
        host_user_id: Some("1006".into()),
        host_user_login: Some("finn".into()),
        host_user_name: Some("Finn".into()),
    });
}

#[test]
fn channel_guest_star_guest_update_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelGuestStarGuestUpdate::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelGuestStarGuestUpdate>(ChannelGuestStarGuestUpdateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        session_id: "s-1".into(),
        moderator_user_id: Some("1003".into()),
        moderator_user_login: Some("cleo".into()),
        moderator_user_name: Some("Cleo".into()),
        guest_user_id: Some("1002".into()),
        guest_user_login: Some("brook".into()),
        guest_user_name: Some("Brook".into()),
        slot_id: Some("1".into()),
        state: Some(GuestState::Live),
        host_user_id: Some("1006".into()),
        host_user_login: Some("finn".into()),
        host_user_name: Some("Finn".into()),
        host_video_enabled: Some(true),
        host_audio_enabled: Some(false),
        host_volume: Some(80),
    });
}

#[test]
fn channel_guest_star_settings_update_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelGuestStarSettingsUpdate::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelGuestStarSettingsUpdate>(ChannelGuestStarSettingsUpdateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        is_moderator_send_live_enabled: true,
        slot_count: 5,
        is_browser_source_audio_enabled: false,
        group_layout: GuestStarLayout::HorizontalTop,
    });
}

#[test]
fn an_empty_slot_has_no_guest() {
    let event: ChannelGuestStarGuestUpdateEvent =
        read("channel.guest_star_guest.update", "beta", Some("empty slot"));
    assert_eq!((event.guest_user_id, event.moderator_user_id), (None, None));
    assert_eq!((event.slot_id, event.state, event.host_volume), (None, None, None));
}
