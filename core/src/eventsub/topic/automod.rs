//! Topics about AutoMod: held messages, its settings and terms.

use super::chat::ChatMessage;
use super::quoted::any_case;
use super::tagged::tagged;
use crate::eventsub::topic;
use crate::id::{BlockedTermId, ChatMessageId, Login, UserId};
use crate::wire::{null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// AutoMod holds a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AutomodMessageHold {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(AutomodMessageHold = "automod.message.hold" "1" => AutomodMessageHoldEvent, user(moderator_user_id),
    scopes: any(ModeratorManageAutomod));

impl AutomodMessageHold {
    /// Messages that are held in a channel's chat.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        AutomodMessageHold { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

/// AutoMod holds a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutomodMessageHoldEvent {
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
    /// The message's id.
    pub message_id: ChatMessageId,
    /// What was written.
    #[serde(default, deserialize_with = "text_or_message")]
    pub message: ChatMessage,
    /// What AutoMod takes it for, such as `aggressive`; may be `invalid`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub category: CompactString,
    /// How bad, 1 to 4.
    #[serde(default, deserialize_with = "null_as_default")]
    pub level: u32,
    /// When it was held.
    pub held_at: Timestamp,
}

/// AutoMod holds a message; private blocked terms are not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AutomodMessageHoldV2 {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(AutomodMessageHoldV2 = "automod.message.hold" "2" => AutomodMessageHoldV2Event, user(moderator_user_id),
    scopes: any(ModeratorManageAutomod));

impl AutomodMessageHoldV2 {
    /// Messages that are held in a channel's chat.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        AutomodMessageHoldV2 { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

/// AutoMod holds a message; private blocked terms are not told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutomodMessageHoldV2Event {
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
    /// The message's id.
    pub message_id: ChatMessageId,
    /// What was written.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: ChatMessage,
    /// When it was held.
    pub held_at: Timestamp,
    /// Why.
    #[serde(flatten)]
    pub reason: HoldReason,
}

tagged! {
    /// Why a message was held.
    pub enum HoldReason by "reason" {
        /// AutoMod took offence.
        Automod(AutomodVerdict) in "automod" = "automod",
        /// It has blocked terms in it.
        BlockedTerm(FoundTerms) in "blocked_term" = "blocked_term",
    }
}

open_enum! {
    /// What became of a held message.
    pub enum AutomodStatus {
        /// It was let through.
        Approved = "approved",
        /// It was not.
        Denied = "denied",
        /// Nobody decided in time.
        Expired = "expired",
    }
}

/// A held message is decided upon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AutomodMessageUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(AutomodMessageUpdate = "automod.message.update" "1" => AutomodMessageUpdateEvent, user(moderator_user_id),
    scopes: any(ModeratorManageAutomod));

impl AutomodMessageUpdate {
    /// Decisions on messages that were held in a channel's chat.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        AutomodMessageUpdate { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

/// A held message is decided upon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutomodMessageUpdateEvent {
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
    /// Who decided.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// The message's id.
    pub message_id: ChatMessageId,
    /// What was written.
    #[serde(default, deserialize_with = "text_or_message")]
    pub message: ChatMessage,
    /// What AutoMod takes it for, such as `aggressive`; may be `invalid`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub category: CompactString,
    /// How bad, 1 to 4.
    #[serde(default, deserialize_with = "null_as_default")]
    pub level: u32,
    /// What became of it.
    #[serde(default, deserialize_with = "any_case")]
    pub status: AutomodStatus,
    /// When it was held.
    pub held_at: Timestamp,
}

/// A held message is decided upon; private blocked terms are not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AutomodMessageUpdateV2 {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(AutomodMessageUpdateV2 = "automod.message.update" "2" => AutomodMessageUpdateV2Event, user(moderator_user_id),
    scopes: any(ModeratorManageAutomod));

impl AutomodMessageUpdateV2 {
    /// Decisions on messages that were held in a channel's chat.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        AutomodMessageUpdateV2 {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// A held message is decided upon; private blocked terms are not told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutomodMessageUpdateV2Event {
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
    /// Who decided.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// The message's id.
    pub message_id: ChatMessageId,
    /// What was written.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: ChatMessage,
    /// What became of it.
    #[serde(default, deserialize_with = "any_case")]
    pub status: AutomodStatus,
    /// When it was held.
    pub held_at: Timestamp,
    /// Why it was held.
    #[serde(flatten)]
    pub reason: HoldReason,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextBoundary {
    /// Its first character, from 0.
    #[serde(default, deserialize_with = "null_as_default")]
    pub start_pos: u64,
    /// Its last character.
    #[serde(default, deserialize_with = "null_as_default")]
    pub end_pos: u64,
}

/// What AutoMod found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutomodVerdict {
    /// What AutoMod takes it for, such as `aggressive`; may be `invalid`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub category: CompactString,
    /// How bad, 1 to 4.
    #[serde(default, deserialize_with = "null_as_default")]
    pub level: u32,
    /// Where.
    #[serde(default, deserialize_with = "null_as_default")]
    pub boundaries: Vec<TextBoundary>,
}

/// A blocked term in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FoundTerm {
    /// The term.
    pub term_id: BlockedTermId,
    /// Where it stands.
    #[serde(default, deserialize_with = "null_as_default")]
    pub boundary: TextBoundary,
    /// The channel that blocks it.
    pub owner_broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub owner_broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub owner_broadcaster_user_name: CompactString,
}

/// The blocked terms in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FoundTerms {
    /// The terms.
    #[serde(default, deserialize_with = "null_as_default")]
    pub terms_found: Vec<FoundTerm>,
}

/// AutoMod's settings change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AutomodSettingsUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(AutomodSettingsUpdate = "automod.settings.update" "1" => AutomodSettingsUpdateEvent, user(moderator_user_id),
    scopes: any(ModeratorReadAutomodSettings));

impl AutomodSettingsUpdate {
    /// Changes of AutoMod's settings in a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        AutomodSettingsUpdate { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

/// AutoMod's settings change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct AutomodSettingsUpdateEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who changed them.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// The level for all, 0 to 4; none where they are set one by one.
    #[serde(default)]
    pub overall_level: Option<u32>,
    /// The level for name calling and insults.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bullying: u32,
    /// The level for discrimination against disability.
    #[serde(default, deserialize_with = "null_as_default")]
    pub disability: u32,
    /// The level for racial discrimination.
    #[serde(default, deserialize_with = "null_as_default")]
    pub race_ethnicity_or_religion: u32,
    /// The level for discrimination against women.
    #[serde(default, deserialize_with = "null_as_default")]
    pub misogyny: u32,
    /// The level for discrimination of sexuality, sex or gender.
    #[serde(default, deserialize_with = "null_as_default")]
    pub sexuality_sex_or_gender: u32,
    /// The level for aggression.
    #[serde(default, deserialize_with = "null_as_default")]
    pub aggression: u32,
    /// The level for sexual content.
    #[serde(default, deserialize_with = "null_as_default")]
    pub sex_based_terms: u32,
    /// The level for swearing.
    #[serde(default, deserialize_with = "null_as_default")]
    pub swearing: u32,
}

/// Twitch's example wraps the event in a list, `{"data": [event]}`; both are read.
impl<'de> Deserialize<'de> for AutomodSettingsUpdateEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut event = Value::deserialize(deserializer)?;
        if let Some(first) = event.get_mut("data").and_then(|data| data.get_mut(0)) {
            event = first.take();
        }
        Self::deserialize(event).map_err(D::Error::custom)
    }
}

impl Serialize for AutomodSettingsUpdateEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

open_enum! {
    /// What was done with terms.
    pub enum TermsChange {
        /// They are permitted.
        AddPermitted = "add_permitted",
        /// They are no longer permitted.
        RemovePermitted = "remove_permitted",
        /// They are blocked.
        AddBlocked = "add_blocked",
        /// They are no longer blocked.
        RemoveBlocked = "remove_blocked",
    }
}

/// AutoMod's terms change; private ones are not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AutomodTermsUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(AutomodTermsUpdate = "automod.terms.update" "1" => AutomodTermsUpdateEvent, user(moderator_user_id),
    scopes: any(ModeratorManageAutomod));

impl AutomodTermsUpdate {
    /// Changes of AutoMod's terms in a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        AutomodTermsUpdate { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

/// AutoMod's terms change; private ones are not told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AutomodTermsUpdateEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who changed them.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// What was done.
    #[serde(default, deserialize_with = "null_as_default")]
    pub action: TermsChange,
    /// Whether it came of a decision on a held message.
    #[serde(default, deserialize_with = "null_as_default")]
    pub from_automod: bool,
    /// The terms.
    #[serde(default, deserialize_with = "null_as_default")]
    pub terms: Vec<String>,
}

/// Reads a message that may be its text alone, as Twitch's example has it.
fn text_or_message<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ChatMessage, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Message(ChatMessage),
        None,
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Text(text) => ChatMessage { text, fragments: Vec::new() },
        Either::Message(message) => message,
        Either::None => ChatMessage::default(),
    })
}
