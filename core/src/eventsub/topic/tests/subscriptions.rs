//! Every topic of the family, field by field.

use super::{condition_is, read, reads_as};
use crate::eventsub::topic::chat::*;
use crate::eventsub::topic::subscriptions::*;
use crate::value::Tier;
use serde_json::json;

#[test]
fn channel_subscribe_decodes_to_the_field_and_back() {
    condition_is(&ChannelSubscribe::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelSubscribe>(ChannelSubscribeEvent {
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        tier: Tier::One,
        is_gift: true,
    });
}

#[test]
fn channel_subscription_end_decodes_to_the_field_and_back() {
    condition_is(&ChannelSubscriptionEnd::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelSubscriptionEnd>(ChannelSubscriptionEndEvent {
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        tier: Tier::One,
        is_gift: true,
    });
}

#[test]
fn channel_subscription_gift_decodes_to_the_field_and_back() {
    condition_is(&ChannelSubscriptionGift::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelSubscriptionGift>(ChannelSubscriptionGiftEvent {
        user_id: Some("1002".into()),
        user_login: Some("brook".into()),
        user_name: Some("Brook".into()),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        total: 5,
        tier: Tier::Two,
        cumulative_total: Some(284),
        is_anonymous: false,
    });
}

#[test]
fn channel_subscription_message_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelSubscriptionMessage::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    reads_as::<ChannelSubscriptionMessage>(ChannelSubscriptionMessageEvent {
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        tier: Tier::Three,
        message: TextWithEmotes {
            text: "hello adaWave".into(),
            emotes: vec![EmoteRange { id: "e-1".into(), begin: 6, end: 12 }],
        },
        cumulative_months: 15,
        streak_months: Some(3),
        duration_months: 6,
    });
}

#[test]
fn an_anonymous_gift_has_no_giver() {
    let event: ChannelSubscriptionGiftEvent = read("channel.subscription.gift", "1", Some("anonymous"));
    assert_eq!((event.user_id, event.user_login, event.user_name), (None, None, None));
    assert_eq!((event.is_anonymous, event.cumulative_total), (true, None));
}

#[test]
fn a_message_without_emotes_has_null_for_them() {
    let event: ChannelSubscriptionMessageEvent = read("channel.subscription.message", "1", Some("no emotes"));
    assert!(event.message.emotes.is_empty());
    assert_eq!(event.streak_months, None);
}
