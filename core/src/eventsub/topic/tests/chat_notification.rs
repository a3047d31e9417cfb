//! Every topic of the family, field by field.

use super::{condition_is, read, readable, reads_as};
use crate::eventsub::topic::chat::*;
use crate::value::{Amount, Tier};
use serde_json::json;

#[test]
fn channel_chat_notification_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelChatNotification::new("1001", "1002"),
        json!({"broadcaster_user_id": "1001", "user_id": "1002"}),
        Some("1002"),
    );
    reads_as::<ChannelChatNotification>(ChannelChatNotificationEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        chatter_user_id: "1002".into(),
        chatter_user_login: "brook".into(),
        chatter_user_name: "Brook".into(),
        chatter_is_anonymous: false,
        color: Some("#FF7F50".into()),
        badges: vec![Badge { set_id: "subscriber".into(), id: "12".into(), info: "16".into() }],
        system_message: "Brook subscribed again.".into(),
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
        source_broadcaster_user_id: Some("1007".into()),
        source_broadcaster_user_login: Some("gale".into()),
        source_broadcaster_user_name: Some("Gale".into()),
        source_message_id: Some("m-7".into()),
        source_badges: Some(vec![Badge { set_id: "subscriber".into(), id: "3".into(), info: "3".into() }]),
        is_source_only: Some(true),
        notice: ChatNotice::Resub(ResubNotice {
            cumulative_months: 10,
            duration_months: 1,
            streak_months: Some(3),
            sub_tier: Tier::One,
            is_prime: false,
            is_gift: true,
            gifter_is_anonymous: Some(false),
            gifter_user_id: Some("1008".into()),
            gifter_user_login: Some("hana".into()),
            gifter_user_name: Some("Hana".into()),
        }),
    });
}

fn notice(case: &str) -> ChatNotice {
    readable::<ChannelChatNotification>(Some(case)).notice
}

#[test]
fn every_notice_is_read_as_what_it_tells() {
    assert_eq!(
        notice("sub"),
        ChatNotice::Sub(SubNotice { sub_tier: Tier::One, is_prime: true, duration_months: 1 })
    );
    assert_eq!(
        notice("sub_gift"),
        ChatNotice::SubGift(SubGiftNotice {
            duration_months: 1,
            cumulative_total: Some(12),
            recipient_user_id: "1009".into(),
            recipient_user_login: "ivo".into(),
            recipient_user_name: "Ivo".into(),
            sub_tier: Tier::One,
            community_gift_id: Some("cg-1".into())
        })
    );
    assert_eq!(
        notice("community_sub_gift"),
        ChatNotice::CommunitySubGift(CommunitySubGiftNotice {
            id: "cg-1".into(),
            total: 5,
            sub_tier: Tier::One,
            cumulative_total: Some(12)
        })
    );
    assert_eq!(
        notice("gift_paid_upgrade"),
        ChatNotice::GiftPaidUpgrade(GiftPaidUpgradeNotice {
            gifter_is_anonymous: false,
            gifter_user_id: Some("1008".into()),
            gifter_user_login: Some("hana".into()),
            gifter_user_name: Some("Hana".into())
        })
    );
    assert_eq!(
        notice("prime_paid_upgrade"),
        ChatNotice::PrimePaidUpgrade(PrimePaidUpgradeNotice { sub_tier: Tier::One })
    );
    assert_eq!(
        notice("pay_it_forward"),
        ChatNotice::PayItForward(PayItForwardNotice {
            gifter_is_anonymous: false,
            gifter_user_id: Some("1008".into()),
            gifter_user_login: Some("hana".into()),
            gifter_user_name: Some("Hana".into()),
            recipient_user_id: Some("1009".into()),
            recipient_user_login: Some("ivo".into()),
            recipient_user_name: Some("Ivo".into())
        })
    );
    assert_eq!(
        notice("raid"),
        ChatNotice::Raid(RaidNotice {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            viewer_count: 42,
            profile_image_url: "https://cdn.example/brook.png".into()
        })
    );
    assert_eq!(notice("unraid"), ChatNotice::Unraid);
    assert_eq!(
        notice("announcement"),
        ChatNotice::Announcement(AnnouncementNotice { color: "PRIMARY".into() })
    );
    assert_eq!(notice("bits_badge_tier"), ChatNotice::BitsBadgeTier(BitsBadgeTierNotice { tier: 1000 }));
    assert_eq!(
        notice("charity_donation"),
        ChatNotice::CharityDonation(CharityDonationNotice {
            charity_name: "Trees".into(),
            amount: Amount { value: 1250, decimal_places: 2, currency: "EUR".into() }
        })
    );
    assert_eq!(
        notice("watch_streak"),
        ChatNotice::WatchStreak(WatchStreakNotice { streak_count: 5, channel_points_awarded: 450 })
    );
    assert_eq!(notice("modiversary"), ChatNotice::Modiversary(ModiversaryNotice { months: 24 }));
    assert_eq!(
        notice("sponsored_shopping_purchase"),
        ChatNotice::SponsoredShoppingPurchase(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
    assert_eq!(
        notice("subsidized_sub"),
        ChatNotice::SubsidizedSub(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
    assert_eq!(
        notice("subsidized_community_sub_gift"),
        ChatNotice::SubsidizedCommunitySubGift(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
    assert_eq!(
        notice("gift_sub_base_match"),
        ChatNotice::GiftSubBaseMatch(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
    assert_eq!(
        notice("gift_sub_bonus_match_summary"),
        ChatNotice::GiftSubBonusMatchSummary(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
    assert_eq!(
        notice("gift_sub_bonus_match"),
        ChatNotice::GiftSubBonusMatch(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
    assert_eq!(
        notice("shared_chat_sub"),
        ChatNotice::SharedChatSub(SubNotice { sub_tier: Tier::One, is_prime: true, duration_months: 1 })
    );
    assert_eq!(
        notice("shared_chat_resub"),
        ChatNotice::SharedChatResub(ResubNotice {
            cumulative_months: 10,
            duration_months: 1,
            streak_months: Some(3),
            sub_tier: Tier::One,
            is_prime: false,
            is_gift: true,
            gifter_is_anonymous: Some(false),
            gifter_user_id: Some("1008".into()),
            gifter_user_login: Some("hana".into()),
            gifter_user_name: Some("Hana".into())
        })
    );
    assert_eq!(
        notice("shared_chat_sub_gift"),
        ChatNotice::SharedChatSubGift(SubGiftNotice {
            duration_months: 1,
            cumulative_total: Some(12),
            recipient_user_id: "1009".into(),
            recipient_user_login: "ivo".into(),
            recipient_user_name: "Ivo".into(),
            sub_tier: Tier::One,
            community_gift_id: Some("cg-1".into())
        })
    );
    assert_eq!(
        notice("shared_chat_community_sub_gift"),
        ChatNotice::SharedChatCommunitySubGift(CommunitySubGiftNotice {
            id: "cg-1".into(),
            total: 5,
            sub_tier: Tier::One,
            cumulative_total: Some(12)
        })
    );
    assert_eq!(
        notice("shared_chat_gift_paid_upgrade"),
        ChatNotice::SharedChatGiftPaidUpgrade(GiftPaidUpgradeNotice {
            gifter_is_anonymous: false,
            gifter_user_id: Some("1008".into()),
            gifter_user_login: Some("hana".into()),
            gifter_user_name: Some("Hana".into())
        })
    );
    assert_eq!(
        notice("shared_chat_prime_paid_upgrade"),
        ChatNotice::SharedChatPrimePaidUpgrade(PrimePaidUpgradeNotice { sub_tier: Tier::One })
    );
    assert_eq!(
        notice("shared_chat_pay_it_forward"),
        ChatNotice::SharedChatPayItForward(PayItForwardNotice {
            gifter_is_anonymous: false,
            gifter_user_id: Some("1008".into()),
            gifter_user_login: Some("hana".into()),
            gifter_user_name: Some("Hana".into()),
            recipient_user_id: Some("1009".into()),
            recipient_user_login: Some("ivo".into()),
            recipient_user_name: Some("Ivo".into())
        })
    );
    assert_eq!(
        notice("shared_chat_raid"),
        ChatNotice::SharedChatRaid(RaidNotice {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            viewer_count: 42,
            profile_image_url: "https://cdn.example/brook.png".into()
        })
    );
    assert_eq!(
        notice("shared_chat_announcement"),
        ChatNotice::SharedChatAnnouncement(AnnouncementNotice { color: "PRIMARY".into() })
    );
    assert_eq!(
        notice("shared_chat_modiversary"),
        ChatNotice::SharedChatModiversary(ModiversaryNotice { months: 24 })
    );
    assert_eq!(
        notice("shared_chat_subsidized_sub"),
        ChatNotice::SharedChatSubsidizedSub(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
    assert_eq!(
        notice("shared_chat_subsidized_community_sub_gift"),
        ChatNotice::SharedChatSubsidizedCommunitySubGift(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
    assert_eq!(
        notice("shared_chat_gift_sub_base_match"),
        ChatNotice::SharedChatGiftSubBaseMatch(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
    assert_eq!(
        notice("shared_chat_gift_sub_bonus_match_summary"),
        ChatNotice::SharedChatGiftSubBonusMatchSummary(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
    assert_eq!(
        notice("shared_chat_gift_sub_bonus_match"),
        ChatNotice::SharedChatGiftSubBonusMatch(NoticeFields(
            json!({"sponsor": "Fence Co", "count": 2}).as_object().unwrap().clone()
        ))
    );
}

#[test]
fn a_notice_that_nobody_has_seen_keeps_what_came_with_it() {
    let ChatNotice::Unknown { kind, fields } = notice("new") else { panic!("known") };
    assert_eq!(kind, "moon_landing");
    assert_eq!(serde_json::Value::from(fields), json!({"moon_landing": {"crew": 3}}));
    assert_eq!(notice("unknown").kind(), "unknown");
    assert_eq!(notice("no content").kind(), "sub");
}

#[test]
fn an_older_resubscription_calls_its_tier_a_plan() {
    let event: ChannelChatNotificationEvent = read("channel.chat.notification", "1", Some("older resub"));
    let ChatNotice::Resub(resub) = event.notice else { panic!("not a resub") };
    assert_eq!((resub.sub_tier, resub.streak_months), (Tier::One, None));
    assert_eq!((resub.gifter_is_anonymous, resub.gifter_user_id), (None, None));
}

#[test]
fn a_gift_passed_on_to_all_has_no_recipient() {
    let ChatNotice::PayItForward(gift) = notice("forward to all") else { panic!("not passed on") };
    assert_eq!((gift.recipient_user_id, gift.gifter_user_id), (None, None));
}

#[test]
fn a_donation_may_count_its_decimal_place_in_the_singular() {
    let event: ChannelChatNotificationEvent = read("channel.chat.notification", "1", Some("decimal place"));
    let ChatNotice::CharityDonation(donation) = event.notice else { panic!("not a donation") };
    assert_eq!(donation.amount.decimal_places, 2);
}
