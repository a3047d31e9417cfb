//! Topics about a stream's start and end.

use crate::eventsub::topic;
use crate::id::{Login, StreamId, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

open_enum! {
    /// What kind of stream.
    pub enum StreamKind {
        /// Live.
        Live = "live",
        /// A playlist of videos.
        Playlist = "playlist",
        /// A watch party.
        WatchParty = "watch_party",
        /// A premiere.
        Premiere = "premiere",
        /// A rerun.
        Rerun = "rerun",
    }
}

/// A stream starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StreamOnline {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(StreamOnline = "stream.online" "1" => StreamOnlineEvent, any);

impl StreamOnline {
    /// Starts of a channel's streams.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        StreamOnline { broadcaster_user_id: broadcaster.into() }
    }
}

/// A stream started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StreamOnlineEvent {
    /// The stream.
    pub id: StreamId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// What kind of stream.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: StreamKind,
    /// When it started.
    pub started_at: Timestamp,
}

/// A stream ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StreamOffline {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(StreamOffline = "stream.offline" "1" => StreamOfflineEvent, any);

impl StreamOffline {
    /// Ends of a channel's streams.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        StreamOffline { broadcaster_user_id: broadcaster.into() }
    }
}

/// A stream ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StreamOfflineEvent {
    /// The stream; older messages do not tell.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub id: Option<StreamId>,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
}
