//! The notices of a chat room: subscriptions, gifts, raids, announcements and their like.

use super::{Badge, ChatMessage};
use crate::eventsub::topic;
use crate::eventsub::topic::tagged::tagged;
use crate::id::{ChatMessageId, Login, UserId};
use crate::value::{Amount, Color, Tier};
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Something happens that Twitch announces in the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelChatNotification {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Who reads the chat.
    pub user_id: UserId,
}

topic!(ChannelChatNotification = "channel.chat.notification" "1" => ChannelChatNotificationEvent, user(user_id),
    scopes: any(UserReadChat), app: all(any(UserBot), any(ChannelBot)));

impl ChannelChatNotification {
    /// Notices in a channel's chat, read as this user.
    pub fn new(broadcaster: impl Into<UserId>, reader: impl Into<UserId>) -> Self {
        ChannelChatNotification { broadcaster_user_id: broadcaster.into(), user_id: reader.into() }
    }
}

/// Something happens that Twitch announces in the chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelChatNotificationEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who the notice is about, mostly who wrote it.
    pub chatter_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub chatter_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub chatter_user_name: CompactString,
    /// Whether they do not say who they are.
    #[serde(default, deserialize_with = "null_as_default")]
    pub chatter_is_anonymous: bool,
    /// Their colour; none where they never chose one.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub color: Option<Color>,
    /// Their badges in this channel.
    #[serde(default, deserialize_with = "null_as_default")]
    pub badges: Vec<Badge>,
    /// What Twitch shows in the chat.
    #[serde(default, deserialize_with = "null_as_default")]
    pub system_message: String,
    /// The message's id.
    pub message_id: ChatMessageId,
    /// What they wrote.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: ChatMessage,
    /// In a shared chat, the channel that it comes from; none if it is this one.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_broadcaster_user_id: Option<UserId>,
    /// Its login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_broadcaster_user_login: Option<Login>,
    /// Its display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_broadcaster_user_name: Option<CompactString>,
    /// The message's id there.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_message_id: Option<ChatMessageId>,
    /// The chatter's badges there.
    #[serde(default)]
    pub source_badges: Option<Vec<Badge>>,
    /// Whether a shared chat shows it only in the channel it comes from.
    #[serde(default)]
    pub is_source_only: Option<bool>,
    /// What happened.
    #[serde(flatten)]
    pub notice: ChatNotice,
}

tagged! {
    /// What a notice tells.
    pub enum ChatNotice by "notice_type" {
        /// Somebody subscribed.
        Sub(SubNotice) in "sub" = "sub",
        /// Somebody subscribed again.
        Resub(ResubNotice) in "resub" = "resub",
        /// Somebody was given a subscription.
        SubGift(SubGiftNotice) in "sub_gift" = "sub_gift",
        /// Somebody gave subscriptions away.
        CommunitySubGift(CommunitySubGiftNotice) in "community_sub_gift" = "community_sub_gift",
        /// Somebody goes on paying for a subscription that was given to them.
        GiftPaidUpgrade(GiftPaidUpgradeNotice) in "gift_paid_upgrade" = "gift_paid_upgrade",
        /// Somebody goes on paying for a subscription that they had with Prime.
        PrimePaidUpgrade(PrimePaidUpgradeNotice) in "prime_paid_upgrade" = "prime_paid_upgrade",
        /// Somebody gives a subscription, for they were given one.
        PayItForward(PayItForwardNotice) in "pay_it_forward" = "pay_it_forward",
        /// Another channel raids this one.
        Raid(RaidNotice) in "raid" = "raid",
        /// A raid was called off.
        Unraid = "unraid",
        /// A moderator announces something.
        Announcement(AnnouncementNotice) in "announcement" = "announcement",
        /// Somebody earned a badge for Bits.
        BitsBadgeTier(BitsBadgeTierNotice) in "bits_badge_tier" = "bits_badge_tier",
        /// Somebody gave to the charity campaign.
        CharityDonation(CharityDonationNotice) in "charity_donation" = "charity_donation",
        /// Somebody watched several streams on end.
        WatchStreak(WatchStreakNotice) in "watch_streak" = "watch_streak",
        /// A moderator has served for some years.
        Modiversary(ModiversaryNotice) in "modiversary" = "modiversary",
        /// Somebody bought what the channel is sponsored to show.
        SponsoredShoppingPurchase(NoticeFields) in "sponsored_shopping_purchase" = "sponsored_shopping_purchase",
        /// Somebody subscribed at a price that Twitch lowered.
        SubsidizedSub(NoticeFields) in "subsidized_sub" = "subsidized_sub",
        /// Somebody gave subscriptions away at a price that Twitch lowered.
        SubsidizedCommunitySubGift(NoticeFields) in "subsidized_community_sub_gift" = "subsidized_community_sub_gift",
        /// Twitch matched a gift of subscriptions.
        GiftSubBaseMatch(NoticeFields) in "gift_sub_base_match" = "gift_sub_base_match",
        /// What Twitch added to gifts of subscriptions, in all.
        GiftSubBonusMatchSummary(NoticeFields) in "gift_sub_bonus_match_summary" = "gift_sub_bonus_match_summary",
        /// Twitch added a bonus to a gift of subscriptions.
        GiftSubBonusMatch(NoticeFields) in "gift_sub_bonus_match" = "gift_sub_bonus_match",
        /// The same as `Sub`, in another channel of a shared chat.
        SharedChatSub(SubNotice) in "shared_chat_sub" = "shared_chat_sub",
        /// The same as `Resub`, in another channel of a shared chat.
        SharedChatResub(ResubNotice) in "shared_chat_resub" = "shared_chat_resub",
        /// The same as `SubGift`, in another channel of a shared chat.
        SharedChatSubGift(SubGiftNotice) in "shared_chat_sub_gift" = "shared_chat_sub_gift",
        /// The same as `CommunitySubGift`, in another channel of a shared chat.
        SharedChatCommunitySubGift(CommunitySubGiftNotice) in "shared_chat_community_sub_gift" = "shared_chat_community_sub_gift",
        /// The same as `GiftPaidUpgrade`, in another channel of a shared chat.
        SharedChatGiftPaidUpgrade(GiftPaidUpgradeNotice) in "shared_chat_gift_paid_upgrade" = "shared_chat_gift_paid_upgrade",
        /// The same as `PrimePaidUpgrade`, in another channel of a shared chat.
        SharedChatPrimePaidUpgrade(PrimePaidUpgradeNotice) in "shared_chat_prime_paid_upgrade" = "shared_chat_prime_paid_upgrade",
        /// The same as `PayItForward`, in another channel of a shared chat.
        SharedChatPayItForward(PayItForwardNotice) in "shared_chat_pay_it_forward" = "shared_chat_pay_it_forward",
        /// The same as `Raid`, in another channel of a shared chat.
        SharedChatRaid(RaidNotice) in "shared_chat_raid" = "shared_chat_raid",
        /// The same as `Announcement`, in another channel of a shared chat.
        SharedChatAnnouncement(AnnouncementNotice) in "shared_chat_announcement" = "shared_chat_announcement",
        /// The same as `Modiversary`, in another channel of a shared chat.
        SharedChatModiversary(ModiversaryNotice) in "shared_chat_modiversary" = "shared_chat_modiversary",
        /// The same as `SubsidizedSub`, in another channel of a shared chat.
        SharedChatSubsidizedSub(NoticeFields) in "shared_chat_subsidized_sub" = "shared_chat_subsidized_sub",
        /// The same as `SubsidizedCommunitySubGift`, in another channel of a shared chat.
        SharedChatSubsidizedCommunitySubGift(NoticeFields) in "shared_chat_subsidized_community_sub_gift" = "shared_chat_subsidized_community_sub_gift",
        /// The same as `GiftSubBaseMatch`, in another channel of a shared chat.
        SharedChatGiftSubBaseMatch(NoticeFields) in "shared_chat_gift_sub_base_match" = "shared_chat_gift_sub_base_match",
        /// The same as `GiftSubBonusMatchSummary`, in another channel of a shared chat.
        SharedChatGiftSubBonusMatchSummary(NoticeFields) in "shared_chat_gift_sub_bonus_match_summary" = "shared_chat_gift_sub_bonus_match_summary",
        /// The same as `GiftSubBonusMatch`, in another channel of a shared chat.
        SharedChatGiftSubBonusMatch(NoticeFields) in "shared_chat_gift_sub_bonus_match" = "shared_chat_gift_sub_bonus_match",
    }
}

/// Somebody subscribed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubNotice {
    /// The tier.
    #[serde(alias = "sub_plan", default, deserialize_with = "null_as_default")]
    pub sub_tier: Tier,
    /// Whether with Prime.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_prime: bool,
    /// For how many months.
    #[serde(default, deserialize_with = "null_as_default")]
    pub duration_months: u64,
}

/// Somebody subscribed again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResubNotice {
    /// For how many months in all.
    #[serde(default, deserialize_with = "null_as_default")]
    pub cumulative_months: u64,
    /// For how many months now.
    #[serde(default, deserialize_with = "null_as_default")]
    pub duration_months: u64,
    /// For how many months on end; none if they do not say.
    #[serde(default)]
    pub streak_months: Option<u64>,
    /// The tier.
    #[serde(alias = "sub_plan", default, deserialize_with = "null_as_default")]
    pub sub_tier: Tier,
    /// Whether with Prime.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_prime: bool,
    /// Whether it was a gift.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_gift: bool,
    /// Whether the giver does not say who they are; none where it was no gift.
    #[serde(default)]
    pub gifter_is_anonymous: Option<bool>,
    /// Who gave it; none if they do not say.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_user_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_user_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_user_name: Option<CompactString>,
}

/// Somebody was given a subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubGiftNotice {
    /// For how many months.
    #[serde(default, deserialize_with = "null_as_default")]
    pub duration_months: u64,
    /// How many the giver has given here; none or 0 if they do not say.
    #[serde(default)]
    pub cumulative_total: Option<u64>,
    /// Who was given it.
    pub recipient_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub recipient_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub recipient_user_name: CompactString,
    /// The tier.
    #[serde(alias = "sub_plan", default, deserialize_with = "null_as_default")]
    pub sub_tier: Tier,
    /// The larger gift that it is part of.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub community_gift_id: Option<CompactString>,
}

/// Somebody gave subscriptions away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CommunitySubGiftNotice {
    /// The gift.
    #[serde(default, deserialize_with = "null_as_default")]
    pub id: CompactString,
    /// How many.
    #[serde(default, deserialize_with = "null_as_default")]
    pub total: u64,
    /// The tier.
    #[serde(alias = "sub_plan", default, deserialize_with = "null_as_default")]
    pub sub_tier: Tier,
    /// How many the giver has given here; none or 0 if they do not say.
    #[serde(default)]
    pub cumulative_total: Option<u64>,
}

/// Somebody goes on paying for a subscription that was given to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GiftPaidUpgradeNotice {
    /// Whether the giver does not say who they are.
    #[serde(default, deserialize_with = "null_as_default")]
    pub gifter_is_anonymous: bool,
    /// Who gave it; none if they do not say.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_user_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_user_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_user_name: Option<CompactString>,
}

/// Somebody goes on paying for a subscription that they had with Prime.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrimePaidUpgradeNotice {
    /// The tier.
    #[serde(alias = "sub_plan", default, deserialize_with = "null_as_default")]
    pub sub_tier: Tier,
}

/// Somebody gives a subscription, for they were given one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PayItForwardNotice {
    /// Whether the giver of theirs does not say who they are.
    #[serde(default, deserialize_with = "null_as_default")]
    pub gifter_is_anonymous: bool,
    /// Who gave it; none if they do not say.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_user_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_user_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_user_name: Option<CompactString>,
    /// Who is given it; none where it is given to the community.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub recipient_user_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub recipient_user_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub recipient_user_name: Option<CompactString>,
}

/// Another channel raids this one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RaidNotice {
    /// Who raids.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// How many viewers come along.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewer_count: u64,
    /// Their picture.
    #[serde(default, deserialize_with = "null_as_default")]
    pub profile_image_url: String,
}

/// A moderator announces something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AnnouncementNotice {
    /// The colour, such as `PRIMARY`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub color: CompactString,
}

/// Somebody earned a badge for Bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BitsBadgeTierNotice {
    /// The badge: how many Bits it stands for.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tier: u64,
}

/// Somebody gave to the charity campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CharityDonationNotice {
    /// The charity.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_name: String,
    /// What they gave.
    #[serde(default, deserialize_with = "null_as_default")]
    pub amount: Amount,
}

/// Somebody watched several streams on end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WatchStreakNotice {
    /// How many.
    #[serde(default, deserialize_with = "null_as_default")]
    pub streak_count: u64,
    /// The channel points that it earned.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_awarded: u64,
}

/// A moderator has served for some years.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModiversaryNotice {
    /// For how many months.
    #[serde(default, deserialize_with = "null_as_default")]
    pub months: u64,
}

/// What came with a notice whose fields Twitch has not documented, as it stood on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeFields(pub Map<String, Value>);
