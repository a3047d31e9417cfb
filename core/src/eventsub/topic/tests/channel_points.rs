//! Every topic of the family, field by field.

use super::{at, condition_is, read, readable, reads_as};
use crate::eventsub::Topic;
use crate::eventsub::topic::channel_points::*;
use crate::eventsub::topic::chat::*;
use crate::value::Images;
use serde_json::json;

#[test]
fn channel_points_automatic_reward_redemption_add_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelPointsAutomaticRewardRedemptionAdd::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    reads_as::<ChannelPointsAutomaticRewardRedemptionAdd>(ChannelPointsAutomaticRewardRedemptionAddEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        id: "x-1".into(),
        reward: AutomaticReward {
            kind: AutomaticRewardKind::SendHighlightedMessage,
            cost: 100,
            unlocked_emote: Some(NamedEmote { id: "e-1".into(), name: "adaWave".into() }),
        },
        message: Some(TextWithEmotes {
            text: "hello adaWave".into(),
            emotes: vec![EmoteRange { id: "e-1".into(), begin: 6, end: 12 }],
        }),
        user_input: Some("hello adaWave".into()),
        redeemed_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn channel_points_automatic_reward_redemption_add_v2_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelPointsAutomaticRewardRedemptionAddV2::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    reads_as::<ChannelPointsAutomaticRewardRedemptionAddV2>(
        ChannelPointsAutomaticRewardRedemptionAddV2Event {
            broadcaster_user_id: "1001".into(),
            broadcaster_user_login: "ada".into(),
            broadcaster_user_name: "Ada".into(),
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            id: "x-1".into(),
            reward: AutomaticRewardV2 {
                kind: AutomaticRewardKind::SendHighlightedMessage,
                channel_points: 100,
                emote: Some(NamedEmote { id: "e-1".into(), name: "adaWave".into() }),
            },
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
            redeemed_at: at("2026-03-04T05:06:07Z"),
        },
    );
}

#[test]
fn channel_points_custom_reward_add_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelPointsCustomRewardAdd::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    reads_as::<ChannelPointsCustomRewardAdd>(ChannelPointsCustomRewardEvent {
        id: "r-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        is_enabled: true,
        is_paused: false,
        is_in_stock: true,
        title: "Paint it red".into(),
        cost: 500,
        prompt: "Which board?".into(),
        is_user_input_required: true,
        should_redemptions_skip_request_queue: false,
        max_per_stream: RewardLimit { is_enabled: true, value: 10 },
        max_per_user_per_stream: RewardLimit { is_enabled: false, value: 0 },
        background_color: Some("#FF7F50".into()),
        image: Some(Images {
            url_1x: "https://cdn.example/1.png".into(),
            url_2x: "https://cdn.example/2.png".into(),
            url_4x: "https://cdn.example/4.png".into(),
        }),
        default_image: Some(Images {
            url_1x: "https://cdn.example/1.png".into(),
            url_2x: "https://cdn.example/2.png".into(),
            url_4x: "https://cdn.example/4.png".into(),
        }),
        global_cooldown: RewardCooldown { is_enabled: true, seconds: 60 },
        cooldown_expires_at: Some(at("2026-03-04T05:07:07Z")),
        redemptions_redeemed_current_stream: Some(3),
    });
}

#[test]
fn channel_points_custom_reward_update_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelPointsCustomRewardUpdate::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    condition_is(
        &ChannelPointsCustomRewardUpdate::new("1001").of_reward("r-1"),
        json!({"broadcaster_user_id": "1001", "reward_id": "r-1"}),
        Some("1001"),
    );
    reads_as::<ChannelPointsCustomRewardUpdate>(ChannelPointsCustomRewardEvent {
        id: "r-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        is_enabled: true,
        is_paused: false,
        is_in_stock: true,
        title: "Paint it red".into(),
        cost: 500,
        prompt: "Which board?".into(),
        is_user_input_required: true,
        should_redemptions_skip_request_queue: false,
        max_per_stream: RewardLimit { is_enabled: true, value: 10 },
        max_per_user_per_stream: RewardLimit { is_enabled: false, value: 0 },
        background_color: Some("#FF7F50".into()),
        image: Some(Images {
            url_1x: "https://cdn.example/1.png".into(),
            url_2x: "https://cdn.example/2.png".into(),
            url_4x: "https://cdn.example/4.png".into(),
        }),
        default_image: Some(Images {
            url_1x: "https://cdn.example/1.png".into(),
            url_2x: "https://cdn.example/2.png".into(),
            url_4x: "https://cdn.example/4.png".into(),
        }),
        global_cooldown: RewardCooldown { is_enabled: true, seconds: 60 },
        cooldown_expires_at: Some(at("2026-03-04T05:07:07Z")),
        redemptions_redeemed_current_stream: Some(3),
    });
}

#[test]
fn channel_points_custom_reward_remove_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelPointsCustomRewardRemove::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    condition_is(
        &ChannelPointsCustomRewardRemove::new("1001").of_reward("r-1"),
        json!({"broadcaster_user_id": "1001", "reward_id": "r-1"}),
        Some("1001"),
    );
    reads_as::<ChannelPointsCustomRewardRemove>(ChannelPointsCustomRewardEvent {
        id: "r-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        is_enabled: true,
        is_paused: false,
        is_in_stock: true,
        title: "Paint it red".into(),
        cost: 500,
        prompt: "Which board?".into(),
        is_user_input_required: true,
        should_redemptions_skip_request_queue: false,
        max_per_stream: RewardLimit { is_enabled: true, value: 10 },
        max_per_user_per_stream: RewardLimit { is_enabled: false, value: 0 },
        background_color: Some("#FF7F50".into()),
        image: Some(Images {
            url_1x: "https://cdn.example/1.png".into(),
            url_2x: "https://cdn.example/2.png".into(),
            url_4x: "https://cdn.example/4.png".into(),
        }),
        default_image: Some(Images {
            url_1x: "https://cdn.example/1.png".into(),
            url_2x: "https://cdn.example/2.png".into(),
            url_4x: "https://cdn.example/4.png".into(),
        }),
        global_cooldown: RewardCooldown { is_enabled: true, seconds: 60 },
        cooldown_expires_at: Some(at("2026-03-04T05:07:07Z")),
        redemptions_redeemed_current_stream: Some(3),
    });
}

#[test]
fn channel_points_custom_reward_redemption_add_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelPointsCustomRewardRedemptionAdd::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    condition_is(
        &ChannelPointsCustomRewardRedemptionAdd::new("1001").of_reward("r-1"),
        json!({"broadcaster_user_id": "1001", "reward_id": "r-1"}),
        Some("1001"),
    );
    reads_as::<ChannelPointsCustomRewardRedemptionAdd>(ChannelPointsCustomRewardRedemptionEvent {
        id: "x-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        user_input: Some("the third".into()),
        status: RedemptionStatus::Unfulfilled,
        reward: RedeemedReward {
            id: "r-1".into(),
            title: "Paint it red".into(),
            cost: 500,
            prompt: "Which board?".into(),
        },
        redeemed_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn channel_points_custom_reward_redemption_update_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelPointsCustomRewardRedemptionUpdate::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    condition_is(
        &ChannelPointsCustomRewardRedemptionUpdate::new("1001").of_reward("r-1"),
        json!({"broadcaster_user_id": "1001", "reward_id": "r-1"}),
        Some("1001"),
    );
    reads_as::<ChannelPointsCustomRewardRedemptionUpdate>(ChannelPointsCustomRewardRedemptionEvent {
        id: "x-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        user_input: Some("the third".into()),
        status: RedemptionStatus::Unfulfilled,
        reward: RedeemedReward {
            id: "r-1".into(),
            title: "Paint it red".into(),
            cost: 500,
            prompt: "Which board?".into(),
        },
        redeemed_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn an_automatic_reward_may_come_without_words() {
    let add = ChannelPointsAutomaticRewardRedemptionAdd::META;
    let event: ChannelPointsAutomaticRewardRedemptionAddEvent = read(add.name, "1", Some("no text"));
    assert_eq!((event.message, event.user_input), (Some(TextWithEmotes::default()), None));
    assert_eq!(event.reward.unlocked_emote, None);
    let event: ChannelPointsAutomaticRewardRedemptionAddEvent = read(add.name, "1", Some("no message"));
    assert_eq!(event.message, None);
}

#[test]
fn a_plain_reward_has_no_picture_and_no_cooldown() {
    let event = readable::<ChannelPointsCustomRewardAdd>(Some("plain"));
    assert_eq!((event.image, event.cooldown_expires_at), (None, None));
    assert_eq!(event.redemptions_redeemed_current_stream, None);
}

#[test]
fn a_redemption_may_have_no_input_and_stand_where_nobody_knows() {
    let event = readable::<ChannelPointsCustomRewardRedemptionAdd>(Some("no input"));
    assert_eq!(event.user_input, None);
    assert_eq!(event.status.as_str(), "unknown");
}
