//! Every topic of the family, field by field.

use super::{at, condition_is, read, reads_as};
use crate::eventsub::topic::moderation::*;
use serde_json::json;

#[test]
fn channel_ban_decodes_to_the_field_and_back() {
    condition_is(&ChannelBan::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelBan>(ChannelBanEvent {
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
        reason: Some("spam".into()),
        banned_at: at("2026-03-04T05:06:07Z"),
        ends_at: Some(at("2026-03-04T05:16:07Z")),
        is_permanent: false,
    });
}

#[test]
fn channel_unban_decodes_to_the_field_and_back() {
    condition_is(&ChannelUnban::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelUnban>(ChannelUnbanEvent {
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
    });
}

#[test]
fn channel_unban_request_create_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelUnbanRequestCreate::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelUnbanRequestCreate>(ChannelUnbanRequestCreateEvent {
        id: "q-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        text: "I am sorry".into(),
        created_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn channel_unban_request_resolve_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelUnbanRequestResolve::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelUnbanRequestResolve>(ChannelUnbanRequestResolveEvent {
        id: "q-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: Some("1003".into()),
        moderator_user_login: Some("cleo".into()),
        moderator_user_name: Some("Cleo".into()),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        resolution_text: Some("not yet".into()),
        status: UnbanRequestEnd::Denied,
    });
}

#[test]
fn channel_warning_acknowledge_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelWarningAcknowledge::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelWarningAcknowledge>(ChannelWarningAcknowledgeEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
    });
}

#[test]
fn channel_warning_send_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelWarningSend::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelWarningSend>(ChannelWarningSendEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        reason: Some("spam".into()),
        chat_rules_cited: Some(vec!["Be kind.".into()]),
    });
}

#[test]
fn channel_shield_mode_begin_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelShieldModeBegin::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelShieldModeBegin>(ChannelShieldModeBeginEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
        started_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn channel_shield_mode_end_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelShieldModeEnd::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelShieldModeEnd>(ChannelShieldModeEndEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
        ended_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn a_ban_has_no_end_and_may_have_no_reason() {
    let event: ChannelBanEvent = read("channel.ban", "1", Some("for ever"));
    assert_eq!((event.reason, event.ends_at, event.is_permanent), (None, None, true));
}

#[test]
fn the_moderator_who_resolves_may_come_under_a_shorter_name() {
    let event: ChannelUnbanRequestResolveEvent =
        read("channel.unban_request.resolve", "1", Some("short names"));
    assert_eq!(event.moderator_user_id.unwrap(), "1003");
    assert_eq!(event.moderator_user_login.unwrap(), "cleo");
    assert_eq!(event.moderator_user_name.unwrap(), "Cleo");
}
