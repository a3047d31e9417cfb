//! Every topic of the family, field by field.

use super::{condition_is, read, reads_as};
use crate::eventsub::topic::chat::*;
use crate::eventsub::topic::suspicious_user::*;
use serde_json::json;

#[test]
fn channel_suspicious_user_message_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelSuspiciousUserMessage::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelSuspiciousUserMessage>(ChannelSuspiciousUserMessageEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        low_trust_status: LowTrustStatus::ActiveMonitoring,
        shared_ban_channel_ids: vec!["1006".into(), "1007".into()],
        types: vec![SuspicionKind::ManuallyAdded, SuspicionKind::BanEvader],
        ban_evasion_evaluation: Some(BanEvasion::Likely),
        message: SuspiciousMessage {
            message_id: "m-1".into(),
            text: "@cleo hello adaWave Cheer100".into(),
            fragments: vec![
                Fragment {
                    kind: FragmentKind::Mention,
                    text: "@cleo".into(),
                    cheermote: None,
                    emote: None,
                    mention: Some(Mention {
                        user_id: "1003".into(),
                        user_login: "cleo".into(),
                        user_name: "Cleo".into(),
                    }),
                },
                Fragment {
                    kind: FragmentKind::Text,
                    text: " hello ".into(),
                    cheermote: None,
                    emote: None,
                    mention: None,
                },
                Fragment {
                    kind: FragmentKind::Emote,
                    text: "adaWave".into(),
                    cheermote: None,
                    emote: Some(Emote {
                        id: "e-1".into(),
                        emote_set_id: Some("7".into()),
                        owner_id: Some("1001".into()),
                        format: Some(vec![EmoteFormat::Static, EmoteFormat::Animated]),
                    }),
                    mention: None,
                },
                Fragment {
                    kind: FragmentKind::Cheermote,
                    text: "Cheer100".into(),
                    cheermote: Some(Cheermote { prefix: "Cheer".into(), bits: 100, tier: 100 }),
                    emote: None,
                    mention: None,
                },
            ],
        },
    });
}

#[test]
fn channel_suspicious_user_update_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelSuspiciousUserUpdate::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelSuspiciousUserUpdate>(ChannelSuspiciousUserUpdateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        low_trust_status: LowTrustStatus::Restricted,
    });
}

#[test]
fn a_suspicious_message_may_say_little_and_write_cheermote_with_a_capital() {
    let event: ChannelSuspiciousUserMessageEvent =
        read("channel.suspicious_user.message", "1", Some("sparse"));
    assert!(event.shared_ban_channel_ids.is_empty() && event.types.is_empty());
    assert_eq!(event.low_trust_status, LowTrustStatus::None);
    assert_eq!(event.ban_evasion_evaluation.unwrap().as_str(), "unknown");
    assert_eq!(event.message.fragments[0].cheermote.as_ref().unwrap().bits, 100);
}
