//! Every topic of the family, field by field.

use super::{condition_is, read, reads_as};
use crate::eventsub::topic::chat::*;
use serde_json::json;

#[test]
fn channel_chat_message_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelChatMessage::new("1001", "1002"),
        json!({"broadcaster_user_id": "1001", "user_id": "1002"}),
        Some("1002"),
    );
    reads_as::<ChannelChatMessage>(ChannelChatMessageEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        chatter_user_id: "1002".into(),
        chatter_user_login: "brook".into(),
        chatter_user_name: "Brook".into(),
        message_id: "m-1".into(),
        message: ChatMessage {
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
        message_type: ChatMessageType::Text,
        badges: vec![
            Badge { set_id: "moderator".into(), id: "1".into(), info: "".into() },
            Badge { set_id: "subscriber".into(), id: "12".into(), info: "16".into() },
        ],
        cheer: Some(Cheer { bits: 100 }),
        color: Some("#FF7F50".into()),
        reply: Some(Reply {
            parent_message_id: "m-0".into(),
            parent_message_body: "hi".into(),
            parent_user_id: "1003".into(),
            parent_user_login: "cleo".into(),
            parent_user_name: "Cleo".into(),
            thread_message_id: "m-00".into(),
            thread_user_id: "1001".into(),
            thread_user_login: "ada".into(),
            thread_user_name: "Ada".into(),
        }),
        channel_points_custom_reward_id: Some("r-1".into()),
        channel_points_animation_id: Some("rainbow-eclipse".into()),
        source_broadcaster_user_id: Some("1007".into()),
        source_broadcaster_user_login: Some("gale".into()),
        source_broadcaster_user_name: Some("Gale".into()),
        source_message_id: Some("m-7".into()),
        source_badges: Some(vec![Badge { set_id: "subscriber".into(), id: "3".into(), info: "3".into() }]),
        is_source_only: Some(true),
    });
}

#[test]
fn channel_chat_message_delete_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelChatMessageDelete::new("1001", "1002"),
        json!({"broadcaster_user_id": "1001", "user_id": "1002"}),
        Some("1002"),
    );
    reads_as::<ChannelChatMessageDelete>(ChannelChatMessageDeleteEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        target_user_id: "1002".into(),
        target_user_login: "brook".into(),
        target_user_name: "Brook".into(),
        message_id: "m-1".into(),
    });
}

#[test]
fn channel_chat_clear_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelChatClear::new("1001", "1002"),
        json!({"broadcaster_user_id": "1001", "user_id": "1002"}),
        Some("1002"),
    );
    reads_as::<ChannelChatClear>(ChannelChatClearEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
    });
}

#[test]
fn channel_chat_clear_user_messages_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelChatClearUserMessages::new("1001", "1002"),
        json!({"broadcaster_user_id": "1001", "user_id": "1002"}),
        Some("1002"),
    );
    reads_as::<ChannelChatClearUserMessages>(ChannelChatClearUserMessagesEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        target_user_id: "1002".into(),
        target_user_login: "brook".into(),
        target_user_name: "Brook".into(),
    });
}

#[test]
fn channel_chat_settings_update_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelChatSettingsUpdate::new("1001", "1002"),
        json!({"broadcaster_user_id": "1001", "user_id": "1002"}),
        Some("1002"),
    );
    reads_as::<ChannelChatSettingsUpdate>(ChannelChatSettingsUpdateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        emote_mode: true,
        follower_mode: true,
        follower_mode_duration_minutes: Some(10),
        slow_mode: true,
        slow_mode_wait_time_seconds: Some(30),
        subscriber_mode: true,
        unique_chat_mode: true,
    });
}

#[test]
fn channel_chat_user_message_hold_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelChatUserMessageHold::new("1001", "1002"),
        json!({"broadcaster_user_id": "1001", "user_id": "1002"}),
        Some("1002"),
    );
    reads_as::<ChannelChatUserMessageHold>(ChannelChatUserMessageHoldEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        message_id: "m-1".into(),
        message: ChatMessage {
            text: "hello".into(),
            fragments: vec![Fragment {
                kind: FragmentKind::Text,
                text: "hello".into(),
                cheermote: None,
                emote: None,
                mention: None,
            }],
        },
    });
}

#[test]
fn channel_chat_user_message_update_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelChatUserMessageUpdate::new("1001", "1002"),
        json!({"broadcaster_user_id": "1001", "user_id": "1002"}),
        Some("1002"),
    );
    reads_as::<ChannelChatUserMessageUpdate>(ChannelChatUserMessageUpdateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        status: HeldMessageStatus::Approved,
        message_id: "m-1".into(),
        message: ChatMessage {
            text: "hello".into(),
            fragments: vec![Fragment {
                kind: FragmentKind::Text,
                text: "hello".into(),
                cheermote: None,
                emote: None,
                mention: None,
            }],
        },
    });
}

fn message(case: Option<&str>) -> ChannelChatMessageEvent {
    read("channel.chat.message", "1", case)
}

#[test]
fn a_plain_message_has_no_colour_no_source_and_no_parts() {
    let event = message(Some("plain"));
    assert_eq!((event.color, event.source_broadcaster_user_id, event.source_badges), (None, None, None));
    assert!(event.message.fragments.is_empty());
}

#[test]
fn a_command_has_a_name_and_arguments() {
    let event = message(Some("plain"));
    let command = event.command("!").unwrap();
    assert_eq!((command.name, command.rest), ("song", "next please"));
    assert_eq!(command.arguments().collect::<Vec<_>>(), ["next", "please"]);
    assert_eq!(event.command("?"), None);
}

#[test]
fn a_reply_carries_its_command_after_the_name() {
    let mut event = message(None);
    assert_eq!(event.command("!"), None);
    event.message.text = "@cleo !song".into();
    assert_eq!(event.command("!"), Some(Command { name: "song", rest: "" }));
    event.message.text = "@cleo".into();
    assert_eq!(event.command("!"), None);
    event.message.text = "!".into();
    assert_eq!(event.command("!"), None);
}

#[test]
fn badges_tell_roles() {
    let mut event = message(None);
    assert!(event.is_moderator() && event.is_subscriber());
    assert!(!event.is_vip() && !event.is_broadcaster());
    event.chatter_user_id = event.broadcaster_user_id.clone();
    assert!(event.is_broadcaster());
    event.badges = Vec::new();
    assert!(!event.is_moderator() && !event.is_subscriber());
}

#[test]
fn a_thread_is_named_by_its_first_message() {
    assert_eq!(*message(None).thread(), "m-00");
    assert_eq!(*message(Some("plain")).thread(), "m-1");
}

#[test]
fn mentions_and_emotes_are_found_among_the_parts() {
    let event = message(None);
    assert_eq!(event.message.mentions().map(|m| m.user_login.as_str()).collect::<Vec<_>>(), ["cleo"]);
    let emotes: Vec<_> = event.message.emotes().map(|(text, emote)| (text, emote.id.as_str())).collect();
    assert_eq!(emotes, [("adaWave", "e-1")]);
}

#[test]
fn a_cheermote_may_have_a_capital_and_its_numbers_quoted() {
    let fragment: Fragment = serde_json::from_value(json!({
        "type": "cheermote", "text": "Cheer100", "Cheermote": {"prefix": "Cheer", "bits": "100", "tier": "1"},
    }))
    .unwrap();
    assert_eq!(fragment.cheermote, Some(Cheermote { prefix: "Cheer".into(), bits: 100, tier: 1 }));
}

#[test]
fn a_part_of_a_new_kind_keeps_its_name() {
    let fragment: Fragment = serde_json::from_value(json!({"type": "sticker", "text": "hi"})).unwrap();
    assert_eq!(fragment.kind.as_str(), "sticker");
}
