//! Topics about chats that several channels share.

use crate::eventsub::topic;
use crate::id::{Login, SharedChatSessionId, UserId};
use crate::wire::null_as_default;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// A channel that takes part in a shared chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SharedChatBroadcaster {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
}

/// The channel begins to share its chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelSharedChatBegin {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelSharedChatBegin = "channel.shared_chat.begin" "1" => ChannelSharedChatBeginEvent, any);

impl ChannelSharedChatBegin {
    /// Shared chats that a channel joins.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelSharedChatBegin { broadcaster_user_id: broadcaster.into() }
    }
}

/// The channel begins to share its chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelSharedChatBeginEvent {
    /// The shared chat.
    pub session_id: SharedChatSessionId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The channel that hosts it.
    pub host_broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub host_broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub host_broadcaster_user_name: CompactString,
    /// The channels that share the chat.
    #[serde(default, deserialize_with = "null_as_default")]
    pub participants: Vec<SharedChatBroadcaster>,
}

/// Channels join or leave the shared chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelSharedChatUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelSharedChatUpdate = "channel.shared_chat.update" "1" => ChannelSharedChatUpdateEvent, any);

impl ChannelSharedChatUpdate {
    /// Changes of a channel's shared chat.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelSharedChatUpdate { broadcaster_user_id: broadcaster.into() }
    }
}

/// Channels join or leave the shared chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelSharedChatUpdateEvent {
    /// The shared chat.
    pub session_id: SharedChatSessionId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The channel that hosts it.
    pub host_broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub host_broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub host_broadcaster_user_name: CompactString,
    /// The channels that share the chat.
    #[serde(default, deserialize_with = "null_as_default")]
    pub participants: Vec<SharedChatBroadcaster>,
}

/// The channel no longer shares its chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelSharedChatEnd {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelSharedChatEnd = "channel.shared_chat.end" "1" => ChannelSharedChatEndEvent, any);

impl ChannelSharedChatEnd {
    /// Shared chats that a channel leaves.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelSharedChatEnd { broadcaster_user_id: broadcaster.into() }
    }
}

/// The channel no longer shares its chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelSharedChatEndEvent {
    /// The shared chat.
    pub session_id: SharedChatSessionId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The channel that hosts it.
    pub host_broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub host_broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub host_broadcaster_user_name: CompactString,
}
