//! Topics about a chat room: messages and what becomes of them, notices, settings.

use crate::eventsub::topic;
use crate::id::{ChatMessageId, Login, RewardId, UserId};
use crate::value::Color;
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

mod message;
mod notification;

pub use message::*;
pub use notification::*;

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
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who wrote.
    pub chatter_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub chatter_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub chatter_user_name: CompactString,
    /// The message's id.
    pub message_id: ChatMessageId,
    /// What was written.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: ChatMessage,
    /// How the message was sent.
    #[serde(default, deserialize_with = "null_as_default")]
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
    #[serde(default, deserialize_with = "empty_as_none")]
    pub channel_points_custom_reward_id: Option<RewardId>,
    /// The animation that was chosen for the message, where Twitch names one.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub channel_points_animation_id: Option<CompactString>,
    /// In a shared chat, the channel that it comes from; none if it is this one.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_broadcaster_user_id: Option<UserId>,
    /// Its login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_broadcaster_user_login: Option<Login>,
    /// Its display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_broadcaster_user_name: Option<CompactString>,
    /// The message's id there.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_message_id: Option<ChatMessageId>,
    /// The chatter's badges there.
    #[serde(default)]
    pub source_badges: Option<Vec<Badge>>,
    /// Whether a shared chat shows it only in the channel it comes from.
    #[serde(default)]
    pub is_source_only: Option<bool>,
}

impl ChannelChatMessageEvent {
    /// The command that the message begins with: `"!"` finds `!song next`. A reply's leading `@name` is passed over,
    /// and so is the invisible character that some chat clients add to repeat a message.
    pub fn command(&self, prefix: &str) -> Option<Command<'_>> {
        let mut text = self.message.text.trim_end_matches(|c: char| c == '\u{E0000}' || c.is_whitespace());
        if self.reply.is_some() && text.starts_with('@') {
            text = text.split_once(char::is_whitespace)?.1;
        }
        Command::parse(text, prefix)
    }

    /// Whether the chatter wears a badge of this set in this channel, such as `"partner"`.
    pub fn has_badge(&self, set_id: &str) -> bool {
        self.badges.iter().any(|badge| badge.set_id == set_id)
    }

    /// Whether the chatter is the broadcaster.
    pub fn is_broadcaster(&self) -> bool {
        self.chatter_user_id == self.broadcaster_user_id
    }

    /// Whether the chatter is a moderator; the broadcaster is not counted as one.
    pub fn is_moderator(&self) -> bool {
        self.has_badge("moderator") || self.has_badge("lead_moderator")
    }

    /// Whether the chatter is a VIP.
    pub fn is_vip(&self) -> bool {
        self.has_badge("vip")
    }

    /// Whether the chatter subscribes to the channel.
    pub fn is_subscriber(&self) -> bool {
        self.has_badge("subscriber") || self.has_badge("founder")
    }

    /// The message that its thread began with: what a reply names to stay in the thread.
    pub fn thread(&self) -> &ChatMessageId {
        self.reply.as_ref().map_or(&self.message_id, |reply| &reply.thread_message_id)
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

/// A cheer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cheer {
    /// How many Bits.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits: u64,
}

/// What a message replies to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reply {
    /// The message it answers.
    pub parent_message_id: ChatMessageId,
    /// That message's text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub parent_message_body: String,
    /// Who wrote it.
    pub parent_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub parent_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub parent_user_name: CompactString,
    /// The message that the thread began with.
    pub thread_message_id: ChatMessageId,
    /// Who wrote that.
    pub thread_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub thread_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub thread_user_name: CompactString,
}

/// A moderator deletes a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelChatMessageDelete {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Who reads the chat.
    pub user_id: UserId,
}

topic!(ChannelChatMessageDelete = "channel.chat.message_delete" "1" => ChannelChatMessageDeleteEvent, user(user_id),
    scopes: any(UserReadChat), app: all(any(UserBot), any(ChannelBot)));

impl ChannelChatMessageDelete {
    /// Deleted messages in a channel's chat, read as this user.
    pub fn new(broadcaster: impl Into<UserId>, reader: impl Into<UserId>) -> Self {
        ChannelChatMessageDelete { broadcaster_user_id: broadcaster.into(), user_id: reader.into() }
    }
}

/// A moderator deletes a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelChatMessageDeleteEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who wrote it.
    pub target_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_user_name: CompactString,
    /// The message that was deleted.
    pub message_id: ChatMessageId,
}

/// All messages of a chat room are cleared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelChatClear {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Who reads the chat.
    pub user_id: UserId,
}

topic!(ChannelChatClear = "channel.chat.clear" "1" => ChannelChatClearEvent, user(user_id),
    scopes: any(UserReadChat), app: all(any(UserBot), any(ChannelBot)));

impl ChannelChatClear {
    /// Clearings of a channel's chat, read as this user.
    pub fn new(broadcaster: impl Into<UserId>, reader: impl Into<UserId>) -> Self {
        ChannelChatClear { broadcaster_user_id: broadcaster.into(), user_id: reader.into() }
    }
}

/// All messages of a chat room are cleared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelChatClearEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
}

/// All messages of a user are cleared, for they were banned or put in a timeout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelChatClearUserMessages {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Who reads the chat.
    pub user_id: UserId,
}

topic!(ChannelChatClearUserMessages = "channel.chat.clear_user_messages" "1" => ChannelChatClearUserMessagesEvent, user(user_id),
    scopes: any(UserReadChat), app: all(any(UserBot), any(ChannelBot)));

impl ChannelChatClearUserMessages {
    /// Users whose messages are cleared from a channel's chat, read as this user.
    pub fn new(broadcaster: impl Into<UserId>, reader: impl Into<UserId>) -> Self {
        ChannelChatClearUserMessages { broadcaster_user_id: broadcaster.into(), user_id: reader.into() }
    }
}

/// All messages of a user are cleared, for they were banned or put in a timeout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelChatClearUserMessagesEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Whose messages are cleared.
    pub target_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_user_name: CompactString,
}

/// A chat room's settings change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelChatSettingsUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Who reads the chat.
    pub user_id: UserId,
}

topic!(ChannelChatSettingsUpdate = "channel.chat_settings.update" "1" => ChannelChatSettingsUpdateEvent, user(user_id),
    scopes: any(UserReadChat), app: all(any(UserBot), any(ChannelBot)));

impl ChannelChatSettingsUpdate {
    /// Changes of a chat room's settings, read as this user.
    pub fn new(broadcaster: impl Into<UserId>, reader: impl Into<UserId>) -> Self {
        ChannelChatSettingsUpdate { broadcaster_user_id: broadcaster.into(), user_id: reader.into() }
    }
}

/// A chat room's settings change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelChatSettingsUpdateEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Whether messages must consist of emotes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub emote_mode: bool,
    /// Whether only followers may write.
    #[serde(default, deserialize_with = "null_as_default")]
    pub follower_mode: bool,
    /// For how many minutes they must have followed; none without follower mode.
    #[serde(default)]
    pub follower_mode_duration_minutes: Option<u64>,
    /// Whether chatters must wait between messages.
    #[serde(default, deserialize_with = "null_as_default")]
    pub slow_mode: bool,
    /// How many seconds they must wait; none without slow mode.
    #[serde(default)]
    pub slow_mode_wait_time_seconds: Option<u64>,
    /// Whether only subscribers may write.
    #[serde(default, deserialize_with = "null_as_default")]
    pub subscriber_mode: bool,
    /// Whether messages must differ from those before.
    #[serde(default, deserialize_with = "null_as_default")]
    pub unique_chat_mode: bool,
}

/// AutoMod holds a message of the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelChatUserMessageHold {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Who reads the chat.
    pub user_id: UserId,
}

topic!(ChannelChatUserMessageHold = "channel.chat.user_message_hold" "1" => ChannelChatUserMessageHoldEvent, user(user_id),
    scopes: any(UserReadChat), app: any(UserBot));

impl ChannelChatUserMessageHold {
    /// The reader's own messages that are held in a channel's chat.
    pub fn new(broadcaster: impl Into<UserId>, reader: impl Into<UserId>) -> Self {
        ChannelChatUserMessageHold { broadcaster_user_id: broadcaster.into(), user_id: reader.into() }
    }
}

/// AutoMod holds a message of the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelChatUserMessageHoldEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who wrote it.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// The message.
    pub message_id: ChatMessageId,
    /// What was written.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: ChatMessage,
}

open_enum! {
    /// What became of a held message.
    pub enum HeldMessageStatus {
        /// It was let through.
        Approved = "approved",
        /// It was not.
        Denied = "denied",
        /// It is no longer known.
        Invalid = "invalid",
    }
}

/// A held message of the user is decided upon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelChatUserMessageUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Who reads the chat.
    pub user_id: UserId,
}

topic!(ChannelChatUserMessageUpdate = "channel.chat.user_message_update" "1" => ChannelChatUserMessageUpdateEvent, user(user_id),
    scopes: any(UserReadChat), app: any(UserBot));

impl ChannelChatUserMessageUpdate {
    /// Decisions on the reader's own messages that were held in a channel's chat.
    pub fn new(broadcaster: impl Into<UserId>, reader: impl Into<UserId>) -> Self {
        ChannelChatUserMessageUpdate { broadcaster_user_id: broadcaster.into(), user_id: reader.into() }
    }
}

/// A held message of the user is decided upon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelChatUserMessageUpdateEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who wrote it.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// What became of it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: HeldMessageStatus,
    /// The message.
    pub message_id: ChatMessageId,
    /// What was written.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: ChatMessage,
}
