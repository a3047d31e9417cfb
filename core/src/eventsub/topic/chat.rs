//! Topics about a chat room: messages.

use crate::eventsub::topic;
use crate::id::{ChatMessageId, Login, UserId};
use crate::value::Color;
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// A message in a chat room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelChatMessage {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Who reads the chat.
    pub user_id: UserId,
}

topic!(ChannelChatMessage = "channel.chat.message" "1" => ChannelChatMessageEvent, user(user_id),
    scopes: any(UserReadChat), app: all(any(UserBot), any(ChannelBot)));

impl ChannelChatMessage {
    /// Messages in a channel's chat, read as this user.
    pub fn new(broadcaster: impl Into<UserId>, reader: impl Into<UserId>) -> Self {
        ChannelChatMessage { broadcaster_user_id: broadcaster.into(), user_id: reader.into() }
    }
}

/// A message in a chat room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelChatMessageEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    pub broadcaster_user_login: Login,
    /// Its display name.
    pub broadcaster_user_name: CompactString,
    /// Who wrote.
    pub chatter_user_id: UserId,
    /// Their login.
    pub chatter_user_login: Login,
    /// Their display name.
    pub chatter_user_name: CompactString,
    /// The message's id.
    pub message_id: ChatMessageId,
    /// What was written.
    pub message: ChatMessage,
    /// How the message was sent.
    pub message_type: ChatMessageType,
    /// The chatter's badges in this channel.
    #[serde(default, deserialize_with = "null_as_default")]
    pub badges: Vec<Badge>,
    /// The cheer, if the message is one.
    #[serde(default)]
    pub cheer: Option<Cheer>,
    /// The chatter's colour; none where they never chose one.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub color: Option<Color>,
    /// What the message replies to.
    #[serde(default)]
    pub reply: Option<Reply>,
    /// The custom reward that was redeemed with the message.
    #[serde(default)]
    pub channel_points_custom_reward_id: Option<CompactString>,
    /// In a shared chat, the channel that the message comes from; none if it is this one.
    #[serde(default)]
    pub source_broadcaster_user_id: Option<UserId>,
    /// Its login.
    #[serde(default)]
    pub source_broadcaster_user_login: Option<Login>,
    /// Its display name.
    #[serde(default)]
    pub source_broadcaster_user_name: Option<CompactString>,
    /// The message's id there.
    #[serde(default)]
    pub source_message_id: Option<ChatMessageId>,
    /// The chatter's badges there.
    #[serde(default)]
    pub source_badges: Option<Vec<Badge>>,
    /// Whether a shared chat shows the message only in the channel it comes from.
    #[serde(default)]
    pub is_source_only: Option<bool>,
}

/// What was written, as text and in parts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatMessage {
    /// The text.
    pub text: String,
    /// The text in parts.
    #[serde(default, deserialize_with = "null_as_default")]
    pub fragments: Vec<Fragment>,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fragment {
    /// What kind of part.
    #[serde(rename = "type")]
    pub kind: FragmentKind,
    /// The part's text.
    pub text: CompactString,
    /// The cheermote, for a part that is one.
    #[serde(default)]
    pub cheermote: Option<Cheermote>,
    /// The emote, for a part that is one.
    #[serde(default)]
    pub emote: Option<Emote>,
    /// The user, for a part that mentions one.
    #[serde(default)]
    pub mention: Option<Mention>,
}

open_enum! {
    /// What kind of part of a message.
    pub enum FragmentKind {
        /// Plain text.
        Text = "text",
        /// A cheermote.
        Cheermote = "cheermote",
        /// An emote.
        Emote = "emote",
        /// A mention of a user.
        Mention = "mention",
    }
}

open_enum! {
    /// How a message was sent.
    pub enum ChatMessageType {
        /// As plain text.
        Text = "text",
        /// Highlighted with channel points.
        ChannelPointsHighlighted = "channel_points_highlighted",
        /// In subscriber-only mode, with channel points.
        ChannelPointsSubOnly = "channel_points_sub_only",
        /// As a first message.
        UserIntro = "user_intro",
        /// With a message effect.
        PowerUpsMessageEffect = "power_ups_message_effect",
        /// With a gigantified emote.
        PowerUpsGigantifiedEmote = "power_ups_gigantified_emote",
    }
}

/// A cheermote in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cheermote {
    /// Its name without the number.
    pub prefix: CompactString,
    /// How many Bits.
    pub bits: u64,
    /// Its tier.
    pub tier: u64,
}

/// An emote in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Emote {
    /// Its id.
    pub id: CompactString,
    /// The set it belongs to.
    #[serde(default)]
    pub emote_set_id: Option<CompactString>,
    /// The broadcaster who owns it.
    #[serde(default)]
    pub owner_id: Option<UserId>,
    /// In which formats it exists.
    #[serde(default)]
    pub format: Option<Vec<EmoteFormat>>,
}

open_enum! {
    /// In which format an emote exists.
    pub enum EmoteFormat {
        /// A moving picture.
        Animated = "animated",
        /// A still picture.
        Static = "static",
    }
}

/// A user mentioned in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Mention {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
}

/// A chat badge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Badge {
    /// Which set, such as `subscriber`.
    pub set_id: CompactString,
    /// Which of the set.
    pub id: CompactString,
    /// For subscribers, their months.
    #[serde(default)]
    pub info: CompactString,
}

/// A cheer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cheer {
    /// How many Bits.
    pub bits: u64,
}

/// What a message replies to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reply {
    /// The message it answers.
    pub parent_message_id: ChatMessageId,
    /// That message's text.
    pub parent_message_body: String,
    /// Who wrote it.
    pub parent_user_id: UserId,
    /// Their login.
    pub parent_user_login: Login,
    /// Their display name.
    pub parent_user_name: CompactString,
    /// The message that the thread began with.
    pub thread_message_id: ChatMessageId,
    /// Who wrote that.
    pub thread_user_id: UserId,
    /// Their login.
    pub thread_user_login: Login,
    /// Their display name.
    pub thread_user_name: CompactString,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_message_has_no_colour_and_no_source() {
        let event: ChannelChatMessageEvent = serde_json::from_value(serde_json::json!({
            "broadcaster_user_id": "1001", "broadcaster_user_login": "ada", "broadcaster_user_name": "Ada",
            "chatter_user_id": "1002", "chatter_user_login": "brook", "chatter_user_name": "Brook",
            "message_id": "c-1",
            "message": {"text": "hello", "fragments": [
                {"type": "text", "text": "hello", "cheermote": null, "emote": null, "mention": null}
            ]},
            "message_type": "text", "badges": [{"set_id": "moderator", "id": "1", "info": ""}],
            "cheer": null, "color": "", "reply": null, "channel_points_custom_reward_id": null,
            "source_broadcaster_user_id": null, "source_badges": null,
        }))
        .unwrap();
        assert_eq!(event.color, None);
        assert_eq!(event.source_broadcaster_user_id, None);
        assert_eq!(event.message.fragments[0].kind, FragmentKind::Text);
        assert_eq!(event.badges[0].set_id, "moderator");
    }

    #[test]
    fn fragments_may_be_null_and_their_kinds_new() {
        let message: ChatMessage = serde_json::from_str(r#"{"text":"hi","fragments":null}"#).unwrap();
        assert!(message.fragments.is_empty());
        let fragment: Fragment = serde_json::from_str(r#"{"type":"sticker","text":"hi"}"#).unwrap();
        assert_eq!(fragment.kind.as_str(), "sticker");
    }
}
