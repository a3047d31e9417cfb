//! Pins: the one message that is held up at the top of a chat room.

use crate::eventsub::topic::chat::ChatMessage;
use crate::helix::{Maybe, check, endpoint};
use crate::id::{ChatMessageId, Login, UserId};
use crate::wire::empty_as_none;
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gets the message that is pinned in a chat room; none where none is.
#[derive(Clone, Debug, Serialize)]
pub struct GetPinnedChatMessage {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who asks: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
}

endpoint!(GetPinnedChatMessage = "get-pinned-chat-message": get "/chat/pins" => Maybe<PinnedChatMessage>,
    user(moderator_id), scopes: any(ModeratorReadChatMessages, ModeratorManageChatMessages));

impl GetPinnedChatMessage {
    /// The pin of a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        GetPinnedChatMessage { broadcaster_id: broadcaster.into(), moderator_id: moderator.into() }
    }
}

/// A pinned message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PinnedChatMessage {
    /// The message's id.
    pub message_id: ChatMessageId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who wrote the message.
    pub sender_user_id: UserId,
    /// Their login.
    pub sender_user_login: Login,
    /// Their display name.
    pub sender_user_name: CompactString,
    /// Who pinned it.
    pub pinned_by_user_id: UserId,
    /// Their login.
    pub pinned_by_user_login: Login,
    /// Their display name.
    pub pinned_by_user_name: CompactString,
    /// What was written.
    pub message: ChatMessage,
    /// Since when it is pinned.
    pub starts_at: Timestamp,
    /// Until when; none for until the stream ends.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub ends_at: Option<Timestamp>,
    /// When the pin was last changed.
    pub updated_at: Timestamp,
}

/// Pins a message.
#[derive(Clone, Debug, Serialize)]
pub struct PinChatMessage {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who pins: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// Which message.
    pub message_id: ChatMessageId,
    /// For how many seconds, 30 to 1800; none for until the stream ends.
    pub duration_seconds: Option<u16>,
}

endpoint!(PinChatMessage = "pin-chat-message": put "/chat/pins" => (), user(moderator_id),
    scopes: any(ModeratorManageChatMessages), check: |r| check::range_if("duration_seconds", r.duration_seconds, 30, 1800));

impl PinChatMessage {
    /// Pins a message until the stream ends.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        message: impl Into<ChatMessageId>,
    ) -> Self {
        PinChatMessage {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            message_id: message.into(),
            duration_seconds: None,
        }
    }

    /// For 30 to 1800 seconds only.
    #[must_use]
    pub fn for_seconds(mut self, seconds: u16) -> Self {
        self.duration_seconds = Some(seconds);
        self
    }
}

/// Changes for how long a pinned message stays, counted from now.
#[derive(Clone, Debug, Serialize)]
pub struct UpdatePinnedChatMessage {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who changes it: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The pinned message.
    pub message_id: ChatMessageId,
    /// For how many seconds from now, 30 to 1800; none for until the stream ends.
    pub duration_seconds: Option<u16>,
}

endpoint!(UpdatePinnedChatMessage = "update-pinned-chat-message": patch "/chat/pins" => (), user(moderator_id),
    scopes: any(ModeratorManageChatMessages), check: |r| check::range_if("duration_seconds", r.duration_seconds, 30, 1800));

impl UpdatePinnedChatMessage {
    /// Keeps a pinned message until the stream ends.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        message: impl Into<ChatMessageId>,
    ) -> Self {
        UpdatePinnedChatMessage {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            message_id: message.into(),
            duration_seconds: None,
        }
    }

    /// For 30 to 1800 seconds from now only.
    #[must_use]
    pub fn for_seconds(mut self, seconds: u16) -> Self {
        self.duration_seconds = Some(seconds);
        self
    }
}

/// Unpins a message.
#[derive(Clone, Debug, Serialize)]
pub struct UnpinChatMessage {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who unpins: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The pinned message.
    pub message_id: ChatMessageId,
}

endpoint!(UnpinChatMessage = "unpin-chat-message": delete "/chat/pins" => (), user(moderator_id),
    scopes: any(ModeratorManageChatMessages));

impl UnpinChatMessage {
    /// Unpins a message.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        message: impl Into<ChatMessageId>,
    ) -> Self {
        UnpinChatMessage {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            message_id: message.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, decode, decode_odd, query, refused};
    use serde_json::json;

    #[test]
    fn a_pin_decodes_to_the_field_or_there_is_none() {
        assert_eq!(
            query(&GetPinnedChatMessage::new("1001", "1002")),
            "broadcaster_id=1001&moderator_id=1002"
        );
        let mut wire = json!({
            "message_id": "m1", "broadcaster_id": "1001", "sender_user_id": "1003", "sender_user_login": "cleo",
            "sender_user_name": "Cleo", "pinned_by_user_id": "1002", "pinned_by_user_login": "brook",
            "pinned_by_user_name": "Brook", "message": {"text": "hi", "fragments": []},
            "starts_at": "2026-01-02T08:00:00Z", "ends_at": "2026-01-02T08:20:00Z", "updated_at": "2026-01-02T08:01:00Z",
        });
        let pin = decode::<GetPinnedChatMessage>(json!({"data": [wire]})).unwrap();
        assert_eq!(
            pin,
            PinnedChatMessage {
                message_id: "m1".into(),
                broadcaster_id: "1001".into(),
                sender_user_id: "1003".into(),
                sender_user_login: "cleo".into(),
                sender_user_name: "Cleo".into(),
                pinned_by_user_id: "1002".into(),
                pinned_by_user_login: "brook".into(),
                pinned_by_user_name: "Brook".into(),
                message: ChatMessage { text: "hi".into(), fragments: vec![] },
                starts_at: at("08:00:00"),
                ends_at: Some(at("08:20:00")),
                updated_at: at("08:01:00"),
            }
        );
        assert_eq!(serde_json::to_value(&pin).unwrap(), wire);
        wire.as_object_mut().unwrap().remove("ends_at");
        assert_eq!(decode_odd::<GetPinnedChatMessage>(json!({"data": [wire]})).unwrap().ends_at, None);
        assert_eq!(decode::<GetPinnedChatMessage>(json!({"data": []})), None);
    }

    #[test]
    fn a_message_is_pinned_for_a_while_or_until_the_stream_ends() {
        let all = "broadcaster_id=1001&moderator_id=1002&message_id=m1";
        let request = PinChatMessage::new("1001", "1002", "m1");
        assert_eq!(query(&request), all);
        assert_eq!(query(&request.clone().for_seconds(30)), format!("{all}&duration_seconds=30"));
        assert_eq!(refused(&request.for_seconds(29)), "`duration_seconds` must be 30 to 1800, is 29");
        let request = UpdatePinnedChatMessage::new("1001", "1002", "m1");
        assert_eq!(query(&request), all);
        assert_eq!(query(&request.clone().for_seconds(1800)), format!("{all}&duration_seconds=1800"));
        assert_eq!(refused(&request.for_seconds(1801)), "`duration_seconds` must be 30 to 1800, is 1801");
        assert_eq!(query(&UnpinChatMessage::new("1001", "1002", "m1")), all);
    }
}
