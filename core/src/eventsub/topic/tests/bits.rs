//! Every topic of the family, field by field.

use super::{at, condition_is, readable, reads_as};
use crate::eventsub::topic::bits::*;
use crate::eventsub::topic::channel_points::RedemptionStatus;
use crate::eventsub::topic::chat::*;
use serde_json::json;

#[test]
fn channel_bits_use_decodes_to_the_field_and_back() {
    condition_is(&ChannelBitsUse::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelBitsUse>(ChannelBitsUseEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        bits: 100,
        used_for: BitsUse::PowerUp(PowerUp {
            kind: PowerUpKind::GigantifyAnEmote,
            emote: Some(NamedEmote { id: "e-1".into(), name: "adaWave".into() }),
            message_effect_id: Some("fx-1".into()),
        }),
        message: Some(ChatMessage {
            text: "hello".into(),
            fragments: vec![Fragment {
                kind: FragmentKind::Text,
                text: "hello".into(),
                cheermote: None,
                emote: None,
                mention: None,
            }],
        }),
    });
}

#[test]
fn channel_cheer_decodes_to_the_field_and_back() {
    condition_is(&ChannelCheer::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelCheer>(ChannelCheerEvent {
        is_anonymous: false,
        user_id: Some("1002".into()),
        user_login: Some("brook".into()),
        user_name: Some("Brook".into()),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        message: "Cheer100 well done".into(),
        bits: 100,
    });
}

#[test]
fn channel_custom_power_up_redemption_add_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelCustomPowerUpRedemptionAdd::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    condition_is(
        &ChannelCustomPowerUpRedemptionAdd::new("1001").of_power_up("r-1"),
        json!({"broadcaster_user_id": "1001", "reward_id": "r-1"}),
        Some("1001"),
    );
    reads_as::<ChannelCustomPowerUpRedemptionAdd>(ChannelCustomPowerUpRedemptionAddEvent {
        id: "x-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        user_input: Some("hello".into()),
        status: RedemptionStatus::Unfulfilled,
        custom_power_up: CustomPowerUp {
            id: "pu-1".into(),
            title: "Wave".into(),
            bits: 100,
            prompt: "Say hello".into(),
        },
        redeemed_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn bits_are_used_for_a_cheer_or_a_custom_power_up_too() {
    assert_eq!(readable::<ChannelBitsUse>(Some("cheer")).used_for, BitsUse::Cheer);
    let event = readable::<ChannelBitsUse>(Some("custom power-up"));
    let power_up = UsedCustomPowerUp { title: "Wave".into(), reward_id: Some("pu-1".into()) };
    assert_eq!(event.used_for, BitsUse::CustomPowerUp(power_up));
    assert_eq!(event.message, None);
}

#[test]
fn an_anonymous_cheer_has_no_user() {
    let event = readable::<ChannelCheer>(Some("anonymous"));
    assert_eq!((event.user_id, event.user_login, event.user_name), (None, None, None));
}
