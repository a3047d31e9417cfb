//! Topics about bans, unban requests, warnings and shield mode.

use crate::eventsub::topic;
use crate::id::{Login, UnbanRequestId, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody is banned or put in a timeout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelBan {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelBan = "channel.ban" "1" => ChannelBanEvent, user(broadcaster_user_id),
    scopes: any(ChannelModerate));

impl ChannelBan {
    /// Bans and timeouts in a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelBan { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody is banned or put in a timeout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelBanEvent {
    /// Who is banned.
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
    /// Who banned them.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// Why, if the moderator said so.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub reason: Option<String>,
    /// When.
    pub banned_at: Timestamp,
    /// When the timeout ends; none for a ban.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub ends_at: Option<Timestamp>,
    /// Whether it is a ban rather than a timeout.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_permanent: bool,
}

/// A ban or timeout is lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelUnban {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelUnban = "channel.unban" "1" => ChannelUnbanEvent, user(broadcaster_user_id),
    scopes: any(ChannelModerate));

impl ChannelUnban {
    /// Bans and timeouts that are lifted in a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelUnban { broadcaster_user_id: broadcaster.into() }
    }
}

/// A ban or timeout is lifted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelUnbanEvent {
    /// Who is free again.
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
    /// Who lifted it.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
}

/// Somebody asks to be unbanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelUnbanRequestCreate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelUnbanRequestCreate = "channel.unban_request.create" "1" => ChannelUnbanRequestCreateEvent, user(moderator_user_id),
    scopes: any(ModeratorReadUnbanRequests, ModeratorManageUnbanRequests));

impl ChannelUnbanRequestCreate {
    /// Requests to be unbanned in a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelUnbanRequestCreate {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// Somebody asks to be unbanned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelUnbanRequestCreateEvent {
    /// The request.
    pub id: UnbanRequestId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who asks.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// What they write.
    #[serde(default, deserialize_with = "null_as_default")]
    pub text: String,
    /// When.
    pub created_at: Timestamp,
}

open_enum! {
    /// How a request to be unbanned ended.
    pub enum UnbanRequestEnd {
        /// The user is unbanned.
        Approved = "approved",
        /// The user stays banned.
        Denied = "denied",
        /// The request was withdrawn.
        Canceled = "canceled",
    }
}

/// A request to be unbanned is answered or withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelUnbanRequestResolve {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelUnbanRequestResolve = "channel.unban_request.resolve" "1" => ChannelUnbanRequestResolveEvent, user(moderator_user_id),
    scopes: any(ModeratorReadUnbanRequests, ModeratorManageUnbanRequests));

impl ChannelUnbanRequestResolve {
    /// Answers to requests to be unbanned in a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelUnbanRequestResolve {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// A request to be unbanned is answered or withdrawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelUnbanRequestResolveEvent {
    /// The request.
    pub id: UnbanRequestId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who answered; none where nobody did.
    #[serde(alias = "moderator_id", default, deserialize_with = "empty_as_none")]
    pub moderator_user_id: Option<UserId>,
    /// Their login.
    #[serde(alias = "moderator_login", default, deserialize_with = "empty_as_none")]
    pub moderator_user_login: Option<Login>,
    /// Their display name.
    #[serde(alias = "moderator_name", default, deserialize_with = "empty_as_none")]
    pub moderator_user_name: Option<CompactString>,
    /// Who asked.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// What the moderator wrote.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub resolution_text: Option<String>,
    /// How it ended.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: UnbanRequestEnd,
}

/// Somebody acknowledges a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelWarningAcknowledge {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelWarningAcknowledge = "channel.warning.acknowledge" "1" => ChannelWarningAcknowledgeEvent, user(moderator_user_id),
    scopes: any(ModeratorReadWarnings, ModeratorManageWarnings));

impl ChannelWarningAcknowledge {
    /// Acknowledgements of warnings in a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelWarningAcknowledge {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// Somebody acknowledges a warning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelWarningAcknowledgeEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who was warned.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
}

/// Somebody is warned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelWarningSend {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelWarningSend = "channel.warning.send" "1" => ChannelWarningSendEvent, user(moderator_user_id),
    scopes: any(ModeratorReadWarnings, ModeratorManageWarnings));

impl ChannelWarningSend {
    /// Warnings in a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelWarningSend { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

/// Somebody is warned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelWarningSendEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who warns.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// Who is warned.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// Why, if the moderator said so.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub reason: Option<String>,
    /// The chat rules that were broken, if the moderator named some.
    #[serde(default)]
    pub chat_rules_cited: Option<Vec<String>>,
}

/// Shield mode is switched on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelShieldModeBegin {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelShieldModeBegin = "channel.shield_mode.begin" "1" => ChannelShieldModeBeginEvent, user(moderator_user_id),
    scopes: any(ModeratorReadShieldMode, ModeratorManageShieldMode));

impl ChannelShieldModeBegin {
    /// Beginnings of a channel's shield mode.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelShieldModeBegin {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// Shield mode is switched on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelShieldModeBeginEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who switched it on.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// When.
    pub started_at: Timestamp,
}

/// Shield mode is switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelShieldModeEnd {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelShieldModeEnd = "channel.shield_mode.end" "1" => ChannelShieldModeEndEvent, user(moderator_user_id),
    scopes: any(ModeratorReadShieldMode, ModeratorManageShieldMode));

impl ChannelShieldModeEnd {
    /// Ends of a channel's shield mode.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelShieldModeEnd { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

/// Shield mode is switched off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelShieldModeEndEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who switched it off.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// When.
    pub ended_at: Timestamp,
}
