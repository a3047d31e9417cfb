//! A chat message and its parts, and what bots ask of them.

use crate::eventsub::topic::quoted::quoted;
use crate::id::{EmoteId, EmoteSetId, Login, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// What was written, as text and in parts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatMessage {
    /// The text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub text: String,
    /// The text in parts.
    #[serde(default, deserialize_with = "null_as_default")]
    pub fragments: Vec<Fragment>,
}

impl ChatMessage {
    /// The users it mentions, in order.
    pub fn mentions(&self) -> impl Iterator<Item = &Mention> {
        self.fragments.iter().filter_map(|fragment| fragment.mention.as_ref())
    }

    /// The emotes in it, each with its text, in order.
    pub fn emotes(&self) -> impl Iterator<Item = (&str, &Emote)> {
        self.fragments.iter().filter_map(|fragment| Some((fragment.text.as_str(), fragment.emote.as_ref()?)))
    }
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
    /// In which format an emote exists.
    pub enum EmoteFormat {
        /// A moving picture.
        Animated = "animated",
        /// A still picture.
        Static = "static",
    }
}

/// A cheermote in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cheermote {
    /// Its name without the number.
    #[serde(default, deserialize_with = "null_as_default")]
    pub prefix: CompactString,
    /// How many Bits.
    #[serde(default, deserialize_with = "quoted")]
    pub bits: u64,
    /// Its tier.
    #[serde(default, deserialize_with = "quoted")]
    pub tier: u64,
}

/// An emote in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Emote {
    /// Its id.
    pub id: EmoteId,
    /// The set it belongs to.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub emote_set_id: Option<EmoteSetId>,
    /// The broadcaster who owns it.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub owner_id: Option<UserId>,
    /// In which formats it exists.
    #[serde(default)]
    pub format: Option<Vec<EmoteFormat>>,
}

/// A user mentioned in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Mention {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fragment {
    /// What kind of part.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kind: FragmentKind,
    /// The part's text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub text: CompactString,
    /// The cheermote, for a part that is one.
    #[serde(alias = "Cheermote", default)]
    pub cheermote: Option<Cheermote>,
    /// The emote, for a part that is one.
    #[serde(default)]
    pub emote: Option<Emote>,
    /// The user, for a part that mentions one.
    #[serde(default)]
    pub mention: Option<Mention>,
}

/// A chat badge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Badge {
    /// Which set, such as `subscriber`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub set_id: CompactString,
    /// Which of the set.
    #[serde(default, deserialize_with = "null_as_default")]
    pub id: CompactString,
    /// For subscribers, their months.
    #[serde(default, deserialize_with = "null_as_default")]
    pub info: CompactString,
}

/// What was written, with the places of its emotes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextWithEmotes {
    /// The text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub text: String,
    /// The emotes in it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub emotes: Vec<EmoteRange>,
}

/// Where an emote stands in a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmoteRange {
    /// The emote.
    pub id: EmoteId,
    /// Its first character, from 0.
    #[serde(default, deserialize_with = "null_as_default")]
    pub begin: u64,
    /// Its last character.
    #[serde(default, deserialize_with = "null_as_default")]
    pub end: u64,
}

/// An emote and its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NamedEmote {
    /// The emote.
    pub id: EmoteId,
    /// Its text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: CompactString,
}

/// A word at a message's beginning that a bot answers to, and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command<'a> {
    /// The word, without the prefix.
    pub name: &'a str,
    /// What follows, without spaces at either end.
    pub rest: &'a str,
}

impl<'a> Command<'a> {
    /// The words that follow.
    pub fn arguments(&self) -> impl Iterator<Item = &'a str> {
        self.rest.split_whitespace()
    }

    pub(super) fn parse(text: &'a str, prefix: &str) -> Option<Self> {
        let text = text.trim().strip_prefix(prefix)?;
        let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        (!name.is_empty()).then_some(Command { name, rest: rest.trim() })
    }
}
