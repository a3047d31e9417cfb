//! Every topic of the family, field by field.

use super::{at, condition_is, read, reads_as};
use crate::eventsub::topic::automod::*;
use crate::eventsub::topic::chat::*;
use serde_json::json;

#[test]
fn automod_message_hold_decodes_to_the_field_and_back() {
    condition_is(
        &AutomodMessageHold::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<AutomodMessageHold>(AutomodMessageHoldEvent {
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
        category: "aggressive".into(),
        level: 3,
        held_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn automod_message_hold_v2_decodes_to_the_field_and_back() {
    condition_is(
        &AutomodMessageHoldV2::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<AutomodMessageHoldV2>(AutomodMessageHoldV2Event {
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
        held_at: at("2026-03-04T05:06:07Z"),
        reason: HoldReason::Automod(AutomodVerdict {
            category: "aggressive".into(),
            level: 3,
            boundaries: vec![TextBoundary { start_pos: 0, end_pos: 4 }],
        }),
    });
}

#[test]
fn automod_message_update_decodes_to_the_field_and_back() {
    condition_is(
        &AutomodMessageUpdate::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<AutomodMessageUpdate>(AutomodMessageUpdateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
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
        category: "aggressive".into(),
        level: 3,
        status: AutomodStatus::Approved,
        held_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn automod_message_update_v2_decodes_to_the_field_and_back() {
    condition_is(
        &AutomodMessageUpdateV2::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<AutomodMessageUpdateV2>(AutomodMessageUpdateV2Event {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
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
        status: AutomodStatus::Approved,
        held_at: at("2026-03-04T05:06:07Z"),
        reason: HoldReason::BlockedTerm(FoundTerms {
            terms_found: vec![FoundTerm {
                term_id: "t-1".into(),
                boundary: TextBoundary { start_pos: 0, end_pos: 4 },
                owner_broadcaster_user_id: "1001".into(),
                owner_broadcaster_user_login: "ada".into(),
                owner_broadcaster_user_name: "Ada".into(),
            }],
        }),
    });
}

#[test]
fn automod_settings_update_decodes_to_the_field_and_back() {
    condition_is(
        &AutomodSettingsUpdate::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<AutomodSettingsUpdate>(AutomodSettingsUpdateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
        overall_level: Some(2),
        bullying: 1,
        disability: 2,
        race_ethnicity_or_religion: 3,
        misogyny: 4,
        sexuality_sex_or_gender: 3,
        aggression: 2,
        sex_based_terms: 1,
        swearing: 0,
    });
}

#[test]
fn automod_terms_update_decodes_to_the_field_and_back() {
    condition_is(
        &AutomodTermsUpdate::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<AutomodTermsUpdate>(AutomodTermsUpdateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
        action: TermsChange::AddBlocked,
        from_automod: true,
        terms: vec!["spam".into(), "scam".into()],
    });
}

#[test]
fn a_held_message_may_be_its_text_alone() {
    let event: AutomodMessageHoldEvent = read("automod.message.hold", "1", Some("text"));
    assert_eq!((event.message.text.as_str(), event.message.fragments.len()), ("hello", 0));
    assert_eq!(event.category, "invalid");
}

#[test]
fn settings_may_come_in_a_list() {
    let plain: AutomodSettingsUpdateEvent = read("automod.settings.update", "1", None);
    let event: AutomodSettingsUpdateEvent = read("automod.settings.update", "1", Some("list"));
    assert_eq!(event.overall_level, None);
    assert_eq!(event.sexuality_sex_or_gender, plain.sexuality_sex_or_gender);
}

#[test]
fn a_decision_may_have_a_capital() {
    let event: AutomodMessageUpdateEvent = read("automod.message.update", "1", Some("capital"));
    assert_eq!(event.status, AutomodStatus::Expired);
}
