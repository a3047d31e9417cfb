//! What an extension says: to its own viewers, and in chat.

use super::five_kilobytes;
use crate::helix::{check, endpoint};
use crate::id::{ExtensionId, UserId};
use compact_str::{CompactString, format_compact};
use serde::Serialize;

/// Sends a message to an extension's viewers. The token must allow its target, see
/// [`ExtensionClaims`](crate::helix::ExtensionClaims). Twitch takes 100 of these a minute for each channel.
#[derive(Clone, Debug, Serialize)]
pub struct SendExtensionPubSubMessage {
    target: Vec<CompactString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    broadcaster_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_global_broadcast: Option<bool>,
    /// The message, at most 5 KB: plain text, or JSON as text.
    pub message: String,
}

endpoint!(SendExtensionPubSubMessage = "send-extension-pubsub-message": post "/extensions/pubsub" => (), jwt,
    limits: [100 in 60 by (broadcaster_id)], body: whole, check: |r| five_kilobytes("message", &r.message));

impl SendExtensionPubSubMessage {
    /// To all viewers of a channel.
    pub fn broadcast(broadcaster: impl Into<UserId>, message: impl Into<String>) -> Self {
        SendExtensionPubSubMessage {
            target: vec!["broadcast".into()],
            broadcaster_id: Some(broadcaster.into()),
            is_global_broadcast: None,
            message: message.into(),
        }
    }

    /// To one viewer of a channel.
    pub fn whisper(
        broadcaster: impl Into<UserId>,
        viewer: impl Into<UserId>,
        message: impl Into<String>,
    ) -> Self {
        let viewer: UserId = viewer.into();
        let target = vec![format_compact!("whisper-{viewer}")];
        SendExtensionPubSubMessage { target, ..Self::broadcast(broadcaster, message) }
    }

    /// To all channels where the extension is active.
    pub fn global(message: impl Into<String>) -> Self {
        SendExtensionPubSubMessage {
            target: vec!["global".into()],
            broadcaster_id: None,
            is_global_broadcast: Some(true),
            message: message.into(),
        }
    }
}

/// Writes to a channel's chat under the extension's name. Twitch takes 12 of these a minute for each channel.
#[derive(Clone, Debug, Serialize)]
pub struct SendExtensionChatMessage {
    /// The channel, which the token must name too.
    pub broadcaster_id: UserId,
    /// The message.
    #[serde(skip)]
    pub message: ExtensionChatMessage,
}

endpoint!(SendExtensionChatMessage = "send-extension-chat-message": post "/extensions/chat" => (), jwt,
    limits: [12 in 60 by (broadcaster_id)], body: json(message), check: |r| check::length("text", &r.message.text, 1, 280));

impl SendExtensionChatMessage {
    /// Writes at most 280 characters to a channel's chat.
    pub fn new(
        broadcaster: impl Into<UserId>,
        extension: impl Into<ExtensionId>,
        version: impl Into<CompactString>,
        text: impl Into<String>,
    ) -> Self {
        SendExtensionChatMessage {
            broadcaster_id: broadcaster.into(),
            message: ExtensionChatMessage {
                text: text.into(),
                extension_id: extension.into(),
                extension_version: version.into(),
            },
        }
    }
}

/// What an extension writes to chat.
#[derive(Clone, Debug, Serialize)]
pub struct ExtensionChatMessage {
    /// The text, in at most 280 characters.
    pub text: String,
    /// The extension.
    pub extension_id: ExtensionId,
    /// Its version.
    pub extension_version: CompactString,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{body, decode, query, refused};
    use serde_json::{Value as Json, json};

    #[test]
    fn a_message_goes_to_a_channel_a_viewer_or_everyone() {
        let request = SendExtensionPubSubMessage::broadcast("1001", "hi");
        assert_eq!(query(&request), "");
        let expected = json!({"target": ["broadcast"], "broadcaster_id": "1001", "message": "hi"});
        assert_eq!(body(&request), expected);
        let expected = json!({"target": ["whisper-1003"], "broadcaster_id": "1001", "message": "hi"});
        assert_eq!(body(&SendExtensionPubSubMessage::whisper("1001", "1003", "hi")), expected);
        let expected = json!({"target": ["global"], "is_global_broadcast": true, "message": "hi"});
        assert_eq!(body(&SendExtensionPubSubMessage::global("hi")), expected);
        let long = SendExtensionPubSubMessage::global("x".repeat(5121));
        assert_eq!(refused(&long), "`message` wants 0 to 5120 bytes, has 5121");
        decode::<SendExtensionPubSubMessage>(Json::Null);
    }

    #[test]
    fn a_chat_message_has_at_most_280_characters() {
        let request = SendExtensionChatMessage::new("1001", "ext1", "0.1", "hi");
        assert_eq!(query(&request), "broadcaster_id=1001");
        let expected = json!({"text": "hi", "extension_id": "ext1", "extension_version": "0.1"});
        assert_eq!(body(&request), expected);
        let long = SendExtensionChatMessage::new("1001", "ext1", "0.1", "x".repeat(281));
        assert_eq!(refused(&long), "`text` wants 1 to 280 characters, has 281");
        decode::<SendExtensionChatMessage>(Json::Null);
    }
}
