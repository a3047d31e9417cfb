//! Topics about users whom Twitch or a moderator suspects.

use super::chat::Fragment;
use crate::eventsub::topic;
use crate::id::{ChatMessageId, Login, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

open_enum! {
    /// How a suspicious user is treated.
    pub enum LowTrustStatus {
        /// Like anybody else.
        None = "none",
        /// Their messages are marked for moderators.
        ActiveMonitoring = "active_monitoring",
        /// Only moderators see their messages.
        Restricted = "restricted",
    }
}

open_enum! {
    /// Why a user is suspected.
    pub enum SuspicionKind {
        /// A moderator says so.
        ManuallyAdded = "manually_added",
        /// They may be somebody who was banned.
        BanEvader = "ban_evader",
        /// A channel that shares its bans has banned them.
        BannedInSharedChannel = "banned_in_shared_channel",
    }
}

open_enum! {
    /// How likely it is that the user is somebody who was banned.
    pub enum BanEvasion {
        /// Possible.
        Possible = "possible",
        /// Likely.
        Likely = "likely",
    }
}

/// A message of a suspicious user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SuspiciousMessage {
    /// The message's id.
    pub message_id: ChatMessageId,
    /// The text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub text: String,
    /// The text in parts; plain text may be left out of them.
    #[serde(default, deserialize_with = "null_as_default")]
    pub fragments: Vec<Fragment>,
}

/// A suspicious user writes a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelSuspiciousUserMessage {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelSuspiciousUserMessage = "channel.suspicious_user.message" "1" => ChannelSuspiciousUserMessageEvent, user(moderator_user_id),
    scopes: any(ModeratorReadSuspiciousUsers));

impl ChannelSuspiciousUserMessage {
    /// Messages of suspicious users in a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelSuspiciousUserMessage {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// A suspicious user writes a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelSuspiciousUserMessageEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who wrote.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// How they are treated.
    #[serde(default, deserialize_with = "null_as_default")]
    pub low_trust_status: LowTrustStatus,
    /// The channels that share their bans and have banned them.
    #[serde(default, deserialize_with = "null_as_default")]
    pub shared_ban_channel_ids: Vec<UserId>,
    /// Why they are suspected.
    #[serde(default, deserialize_with = "null_as_default")]
    pub types: Vec<SuspicionKind>,
    /// How likely it is that they are somebody who was banned.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub ban_evasion_evaluation: Option<BanEvasion>,
    /// What they wrote.
    pub message: SuspiciousMessage,
}

/// A suspicious user is treated in another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelSuspiciousUserUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelSuspiciousUserUpdate = "channel.suspicious_user.update" "1" => ChannelSuspiciousUserUpdateEvent, user(moderator_user_id),
    scopes: any(ModeratorReadSuspiciousUsers));

impl ChannelSuspiciousUserUpdate {
    /// Changes in how a channel treats suspicious users.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelSuspiciousUserUpdate {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// A suspicious user is treated in another way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelSuspiciousUserUpdateEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who changed it.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// The suspicious user.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// How they are treated now.
    #[serde(default, deserialize_with = "null_as_default")]
    pub low_trust_status: LowTrustStatus,
}
