//! Topics about Bits: cheers, Power-ups.

use super::channel_points::RedemptionStatus;
use super::chat::{ChatMessage, NamedEmote};
use super::tagged::tagged;
use crate::eventsub::topic;
use crate::id::{Login, PowerUpId, RedemptionId, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

open_enum! {
    /// What a Power-up does.
    pub enum PowerUpKind {
        /// Gives a message an effect.
        MessageEffect = "message_effect",
        /// Starts a celebration on the screen.
        Celebration = "celebration",
        /// Makes an emote large.
        GigantifyAnEmote = "gigantify_an_emote",
    }
}

/// A Power-up that Bits were used for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PowerUp {
    /// What it does.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: PowerUpKind,
    /// The emote that it is used with.
    #[serde(default)]
    pub emote: Option<NamedEmote>,
    /// The effect that it is.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub message_effect_id: Option<CompactString>,
}

/// A custom Power-up that Bits were used for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UsedCustomPowerUp {
    /// Its title.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: CompactString,
    /// Its id.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub reward_id: Option<PowerUpId>,
}

/// Somebody uses Bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelBitsUse {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelBitsUse = "channel.bits.use" "1" => ChannelBitsUseEvent, user(broadcaster_user_id),
    scopes: any(BitsRead));

impl ChannelBitsUse {
    /// Bits used in a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelBitsUse { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody uses Bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelBitsUseEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who uses them.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// How many.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits: u64,
    /// What for.
    #[serde(flatten)]
    pub used_for: BitsUse,
    /// What they wrote.
    #[serde(default)]
    pub message: Option<ChatMessage>,
}

tagged! {
    /// What Bits are used for.
    pub enum BitsUse by "type" {
        /// For a cheer.
        Cheer = "cheer",
        /// For a Power-up.
        PowerUp(PowerUp) in "power_up" = "power_up",
        /// For a custom Power-up of the channel.
        CustomPowerUp(UsedCustomPowerUp) in "custom_power_up" = "custom_power_up",
    }
}

/// Somebody cheers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelCheer {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelCheer = "channel.cheer" "1" => ChannelCheerEvent, user(broadcaster_user_id),
    scopes: any(BitsRead));

impl ChannelCheer {
    /// Cheers in a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelCheer { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody cheers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelCheerEvent {
    /// Whether they do not say who they are.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_anonymous: bool,
    /// Who cheers; none if they do not say.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub user_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub user_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub user_name: Option<CompactString>,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// What they wrote.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: String,
    /// How many Bits.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits: u64,
}

/// A custom Power-up, as it was when it was redeemed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomPowerUp {
    /// Its id.
    pub id: PowerUpId,
    /// Its title.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: CompactString,
    /// Its price in Bits.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits: u64,
    /// What the viewer is asked for.
    #[serde(default, deserialize_with = "null_as_default")]
    pub prompt: String,
}

/// Somebody redeems a custom Power-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelCustomPowerUpRedemptionAdd {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// One custom Power-up; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward_id: Option<PowerUpId>,
}

topic!(ChannelCustomPowerUpRedemptionAdd = "channel.custom_power_up_redemption.add" "1" => ChannelCustomPowerUpRedemptionAddEvent, user(broadcaster_user_id),
    scopes: any(BitsRead));

impl ChannelCustomPowerUpRedemptionAdd {
    /// Redemptions of a channel's custom Power-ups.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelCustomPowerUpRedemptionAdd { broadcaster_user_id: broadcaster.into(), reward_id: None }
    }

    /// Only of this Power-up.
    pub fn of_power_up(mut self, power_up: impl Into<PowerUpId>) -> Self {
        self.reward_id = Some(power_up.into());
        self
    }
}

/// Somebody redeems a custom Power-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelCustomPowerUpRedemptionAddEvent {
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
    /// Where the redemption stands.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: RedemptionStatus,
    /// The Power-up.
    pub custom_power_up: CustomPowerUp,
    /// When.
    pub redeemed_at: Timestamp,
}
