//! Topics about a stream's start and end.

use crate::eventsub::topic;
use crate::id::{Login, StreamId, UserId};
use crate::wire::open_enum;
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
    pub broadcaster_user_login: Login,
    /// Its display name.
    pub broadcaster_user_name: CompactString,
    /// What kind of stream.
    #[serde(rename = "type")]
    pub kind: StreamKind,
    /// When it started.
    pub started_at: Timestamp,
}

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<StreamId>,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    pub broadcaster_user_login: Login,
    /// Its display name.
    pub broadcaster_user_name: CompactString,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_online_decodes_to_the_field_and_back() {
        let wire = serde_json::json!({
            "id": "7001", "broadcaster_user_id": "1001", "broadcaster_user_login": "ada",
            "broadcaster_user_name": "Ada", "type": "live", "started_at": "2026-03-04T05:06:07Z",
        });
        let event: StreamOnlineEvent = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(
            event,
            StreamOnlineEvent {
                id: "7001".into(),
                broadcaster_user_id: "1001".into(),
                broadcaster_user_login: "ada".into(),
                broadcaster_user_name: "Ada".into(),
                kind: StreamKind::Live,
                started_at: "2026-03-04T05:06:07Z".parse().unwrap(),
            }
        );
        assert_eq!(serde_json::to_value(&event).unwrap(), wire);
    }

    #[test]
    fn a_stream_offline_may_or_may_not_tell_its_stream() {
        let mut wire = serde_json::json!({
            "broadcaster_user_id": "1001", "broadcaster_user_login": "ada", "broadcaster_user_name": "Ada",
        });
        let event: StreamOfflineEvent = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(event.id, None);
        wire["id"] = "7001".into();
        let event: StreamOfflineEvent = serde_json::from_value(wire).unwrap();
        assert_eq!(event.id, Some("7001".into()));
    }
}
