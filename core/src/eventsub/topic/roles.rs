//! Topics about moderators and VIPs.

use crate::eventsub::topic;
use crate::id::{Login, UserId};
use crate::wire::null_as_default;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Somebody becomes a moderator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelModeratorAdd {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelModeratorAdd = "channel.moderator.add" "1" => ChannelModeratorAddEvent, user(broadcaster_user_id),
    scopes: any(ModerationRead));

impl ChannelModeratorAdd {
    /// New moderators of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelModeratorAdd { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody becomes a moderator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelModeratorAddEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who becomes a moderator.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
}

/// Somebody is no longer a moderator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelModeratorRemove {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelModeratorRemove = "channel.moderator.remove" "1" => ChannelModeratorRemoveEvent, user(broadcaster_user_id),
    scopes: any(ModerationRead));

impl ChannelModeratorRemove {
    /// Moderators that a channel loses.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelModeratorRemove { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody is no longer a moderator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelModeratorRemoveEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who was a moderator.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
}

/// Somebody becomes a VIP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelVipAdd {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelVipAdd = "channel.vip.add" "1" => ChannelVipAddEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadVips, ChannelManageVips));

impl ChannelVipAdd {
    /// New VIPs of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelVipAdd { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody becomes a VIP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelVipAddEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who becomes a VIP.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
}

/// Somebody is no longer a VIP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelVipRemove {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelVipRemove = "channel.vip.remove" "1" => ChannelVipRemoveEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadVips, ChannelManageVips));

impl ChannelVipRemove {
    /// VIPs that a channel loses.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelVipRemove { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody is no longer a VIP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelVipRemoveEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who was a VIP.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
}
