//! Topics about users who subscribe to a channel.

use super::chat::TextWithEmotes;
use crate::eventsub::topic;
use crate::id::{Login, UserId};
use crate::value::Tier;
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Somebody subscribes for the first time, or is given a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelSubscribe {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelSubscribe = "channel.subscribe" "1" => ChannelSubscribeEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadSubscriptions));

impl ChannelSubscribe {
    /// New subscriptions to a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelSubscribe { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody subscribes for the first time, or is given a subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelSubscribeEvent {
    /// Who subscribes.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The tier.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tier: Tier,
    /// Whether it is a gift.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_gift: bool,
}

/// A subscription ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelSubscriptionEnd {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelSubscriptionEnd = "channel.subscription.end" "1" => ChannelSubscriptionEndEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadSubscriptions));

impl ChannelSubscriptionEnd {
    /// Ends of subscriptions to a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelSubscriptionEnd { broadcaster_user_id: broadcaster.into() }
    }
}

/// A subscription ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelSubscriptionEndEvent {
    /// Who was subscribed.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The tier.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tier: Tier,
    /// Whether it was a gift.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_gift: bool,
}

/// Somebody gives subscriptions away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelSubscriptionGift {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelSubscriptionGift = "channel.subscription.gift" "1" => ChannelSubscriptionGiftEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadSubscriptions));

impl ChannelSubscriptionGift {
    /// Gifts of subscriptions to a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelSubscriptionGift { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody gives subscriptions away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelSubscriptionGiftEvent {
    /// Who gives; none if they do not say.
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
    /// How many are given.
    #[serde(default, deserialize_with = "null_as_default")]
    pub total: u64,
    /// Their tier.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tier: Tier,
    /// How many the user has given here; none if they do not say.
    #[serde(default)]
    pub cumulative_total: Option<u64>,
    /// Whether the giver does not say who they are.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_anonymous: bool,
}

/// Somebody tells the chat that they subscribed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelSubscriptionMessage {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelSubscriptionMessage = "channel.subscription.message" "1" => ChannelSubscriptionMessageEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadSubscriptions));

impl ChannelSubscriptionMessage {
    /// Messages of those who subscribe again.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelSubscriptionMessage { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody tells the chat that they subscribed again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelSubscriptionMessageEvent {
    /// Who subscribes.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The tier.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tier: Tier,
    /// What they say.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: TextWithEmotes,
    /// For how many months they subscribed in all.
    #[serde(default, deserialize_with = "null_as_default")]
    pub cumulative_months: u64,
    /// For how many months on end; none if they do not say.
    #[serde(default)]
    pub streak_months: Option<u64>,
    /// How many months this subscription is for.
    #[serde(default, deserialize_with = "null_as_default")]
    pub duration_months: u64,
}
