//! Topics about rewards for channel points and their redemption.

use super::chat::{ChatMessage, NamedEmote, TextWithEmotes};
use crate::eventsub::topic;
use crate::id::{Login, RedemptionId, RewardId, UserId};
use crate::value::{Color, Images};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

open_enum! {
    /// A reward that Twitch offers in every channel.
    pub enum AutomaticRewardKind {
        /// A message in subscriber-only mode.
        SingleMessageBypassSubMode = "single_message_bypass_sub_mode",
        /// A highlighted message.
        SendHighlightedMessage = "send_highlighted_message",
        /// One of the channel's emotes, by chance.
        RandomSubEmoteUnlock = "random_sub_emote_unlock",
        /// One of the channel's emotes, by choice.
        ChosenSubEmoteUnlock = "chosen_sub_emote_unlock",
        /// One of the channel's emotes, modified.
        ChosenModifiedSubEmoteUnlock = "chosen_modified_sub_emote_unlock",
        /// A message with an effect.
        MessageEffect = "message_effect",
        /// A large emote.
        GigantifyAnEmote = "gigantify_an_emote",
        /// A celebration on the screen.
        Celebration = "celebration",
    }
}

/// A reward of Twitch's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutomaticReward {
    /// Which.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: AutomaticRewardKind,
    /// Its price.
    #[serde(default, deserialize_with = "null_as_default")]
    pub cost: u64,
    /// The emote that was unlocked.
    #[serde(default)]
    pub unlocked_emote: Option<NamedEmote>,
}

/// Somebody redeems one of the rewards that Twitch offers in every channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPointsAutomaticRewardRedemptionAdd {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelPointsAutomaticRewardRedemptionAdd = "channel.channel_points_automatic_reward_redemption.add" "1" => ChannelPointsAutomaticRewardRedemptionAddEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadRedemptions, ChannelManageRedemptions));

impl ChannelPointsAutomaticRewardRedemptionAdd {
    /// Redemptions of Twitch's own rewards in a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPointsAutomaticRewardRedemptionAdd { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody redeems one of the rewards that Twitch offers in every channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPointsAutomaticRewardRedemptionAddEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who redeems it.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// The redemption.
    pub id: RedemptionId,
    /// The reward.
    pub reward: AutomaticReward,
    /// What they wrote.
    #[serde(default)]
    pub message: Option<TextWithEmotes>,
    /// The same as plain text.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub user_input: Option<String>,
    /// When.
    pub redeemed_at: Timestamp,
}

/// A reward of Twitch's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutomaticRewardV2 {
    /// Which.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: AutomaticRewardKind,
    /// Its price.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points: u64,
    /// The emote that it is about.
    #[serde(default)]
    pub emote: Option<NamedEmote>,
}

/// Somebody redeems one of the rewards that Twitch offers in every channel for channel points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPointsAutomaticRewardRedemptionAddV2 {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelPointsAutomaticRewardRedemptionAddV2 = "channel.channel_points_automatic_reward_redemption.add" "2" => ChannelPointsAutomaticRewardRedemptionAddV2Event, user(broadcaster_user_id),
    scopes: any(ChannelReadRedemptions, ChannelManageRedemptions));

impl ChannelPointsAutomaticRewardRedemptionAddV2 {
    /// Redemptions of Twitch's own rewards in a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPointsAutomaticRewardRedemptionAddV2 { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody redeems one of the rewards that Twitch offers in every channel for channel points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPointsAutomaticRewardRedemptionAddV2Event {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who redeems it.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// The redemption.
    pub id: RedemptionId,
    /// The reward.
    pub reward: AutomaticRewardV2,
    /// What they wrote.
    #[serde(default)]
    pub message: Option<ChatMessage>,
    /// When.
    pub redeemed_at: Timestamp,
}

/// How often a reward may be redeemed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RewardLimit {
    /// Whether there is a limit.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_enabled: bool,
    /// The limit.
    #[serde(default, deserialize_with = "null_as_default")]
    pub value: u64,
}

/// How long a reward rests after a redemption.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RewardCooldown {
    /// Whether it rests.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_enabled: bool,
    /// How long, in seconds.
    #[serde(default, deserialize_with = "null_as_default")]
    pub seconds: u64,
}

/// The broadcaster adds a reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPointsCustomRewardAdd {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelPointsCustomRewardAdd = "channel.channel_points_custom_reward.add" "1" => ChannelPointsCustomRewardEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadRedemptions, ChannelManageRedemptions));

impl ChannelPointsCustomRewardAdd {
    /// New custom rewards of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPointsCustomRewardAdd { broadcaster_user_id: broadcaster.into() }
    }
}

/// A custom reward as it is now; where it was removed, as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPointsCustomRewardEvent {
    /// The reward.
    pub id: RewardId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Whether viewers see it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_enabled: bool,
    /// Whether it is paused: seen, but not to be redeemed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_paused: bool,
    /// Whether it may still be redeemed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_in_stock: bool,
    /// Its title.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: CompactString,
    /// Its price.
    #[serde(default, deserialize_with = "null_as_default")]
    pub cost: u64,
    /// What the viewer is told.
    #[serde(default, deserialize_with = "null_as_default")]
    pub prompt: String,
    /// Whether the viewer must write something.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_user_input_required: bool,
    /// Whether redemptions count as fulfilled at once.
    #[serde(default, deserialize_with = "null_as_default")]
    pub should_redemptions_skip_request_queue: bool,
    /// How often it may be redeemed in a stream.
    #[serde(default, deserialize_with = "null_as_default")]
    pub max_per_stream: RewardLimit,
    /// How often one user may redeem it in a stream.
    #[serde(default, deserialize_with = "null_as_default")]
    pub max_per_user_per_stream: RewardLimit,
    /// Its colour.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub background_color: Option<Color>,
    /// Its picture, if it has one of its own.
    #[serde(default)]
    pub image: Option<Images>,
    /// Its picture otherwise.
    #[serde(default)]
    pub default_image: Option<Images>,
    /// How long it rests after a redemption.
    #[serde(default, deserialize_with = "null_as_default")]
    pub global_cooldown: RewardCooldown,
    /// Until when it rests; none if it does not.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub cooldown_expires_at: Option<Timestamp>,
    /// How often it was redeemed in this stream; none without a stream or a limit.
    #[serde(default)]
    pub redemptions_redeemed_current_stream: Option<u64>,
}

/// The broadcaster changes a reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPointsCustomRewardUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// One custom reward; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward_id: Option<RewardId>,
}

topic!(ChannelPointsCustomRewardUpdate = "channel.channel_points_custom_reward.update" "1" => ChannelPointsCustomRewardEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadRedemptions, ChannelManageRedemptions));

impl ChannelPointsCustomRewardUpdate {
    /// Changes of a channel's custom rewards.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPointsCustomRewardUpdate { broadcaster_user_id: broadcaster.into(), reward_id: None }
    }

    /// Only of this reward.
    pub fn of_reward(mut self, reward: impl Into<RewardId>) -> Self {
        self.reward_id = Some(reward.into());
        self
    }
}

/// The broadcaster removes a reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPointsCustomRewardRemove {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// One custom reward; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward_id: Option<RewardId>,
}

topic!(ChannelPointsCustomRewardRemove = "channel.channel_points_custom_reward.remove" "1" => ChannelPointsCustomRewardEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadRedemptions, ChannelManageRedemptions));

impl ChannelPointsCustomRewardRemove {
    /// Removals of a channel's custom rewards.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPointsCustomRewardRemove { broadcaster_user_id: broadcaster.into(), reward_id: None }
    }

    /// Only of this reward.
    pub fn of_reward(mut self, reward: impl Into<RewardId>) -> Self {
        self.reward_id = Some(reward.into());
        self
    }
}

open_enum! {
    /// Where a redemption stands.
    pub enum RedemptionStatus {
        /// It waits in the queue.
        Unfulfilled = "unfulfilled",
        /// It was carried out.
        Fulfilled = "fulfilled",
        /// It was called off and the points given back.
        Canceled = "canceled",
    }
}

/// A custom reward, as it was when it was redeemed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RedeemedReward {
    /// The reward.
    pub id: RewardId,
    /// Its title.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: CompactString,
    /// Its price.
    #[serde(default, deserialize_with = "null_as_default")]
    pub cost: u64,
    /// What the viewer is told.
    #[serde(default, deserialize_with = "null_as_default")]
    pub prompt: String,
}

/// Somebody redeems a custom reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPointsCustomRewardRedemptionAdd {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// One custom reward; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward_id: Option<RewardId>,
}

topic!(ChannelPointsCustomRewardRedemptionAdd = "channel.channel_points_custom_reward_redemption.add" "1" => ChannelPointsCustomRewardRedemptionEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadRedemptions, ChannelManageRedemptions));

impl ChannelPointsCustomRewardRedemptionAdd {
    /// Redemptions of a channel's custom rewards.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPointsCustomRewardRedemptionAdd { broadcaster_user_id: broadcaster.into(), reward_id: None }
    }

    /// Only of this reward.
    pub fn of_reward(mut self, reward: impl Into<RewardId>) -> Self {
        self.reward_id = Some(reward.into());
        self
    }
}

/// A redemption of a custom reward as it stands now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelPointsCustomRewardRedemptionEvent {
    /// The redemption.
    pub id: RedemptionId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who redeems it.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// What they wrote.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub user_input: Option<String>,
    /// Where it stands.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: RedemptionStatus,
    /// The reward.
    pub reward: RedeemedReward,
    /// When.
    pub redeemed_at: Timestamp,
}

/// A redemption is fulfilled or called off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelPointsCustomRewardRedemptionUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// One custom reward; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward_id: Option<RewardId>,
}

topic!(ChannelPointsCustomRewardRedemptionUpdate = "channel.channel_points_custom_reward_redemption.update" "1" => ChannelPointsCustomRewardRedemptionEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadRedemptions, ChannelManageRedemptions));

impl ChannelPointsCustomRewardRedemptionUpdate {
    /// Decisions on redemptions of a channel's custom rewards.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelPointsCustomRewardRedemptionUpdate { broadcaster_user_id: broadcaster.into(), reward_id: None }
    }

    /// Only of this reward.
    pub fn of_reward(mut self, reward: impl Into<RewardId>) -> Self {
        self.reward_id = Some(reward.into());
        self
    }
}
