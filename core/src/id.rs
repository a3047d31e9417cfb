//! Twitch's identifiers, each a type of its own, so that a message id never stands where a user id belongs.
//!
//! All are short strings, kept inline where they fit: those that are UUIDs on the wire have the room for one. Twitch promises no format; only user ids are checked to be
//! numeric, where Twitch would answer 500 otherwise.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    (@text) => { CompactString };
    (@text $text:ident) => { $text };
    ($($(#[$doc:meta])* $name:ident $(in $text:ident)?),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(ids!(@text $($text)?));

        impl $name {
            /// Wraps an identifier as Twitch writes it.
            pub fn new(id: impl AsRef<str>) -> Self {
                $name(id.as_ref().into())
            }

            /// The identifier as Twitch writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self::new(id)
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                $name(id.into())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )*};
}

ids! {
    /// A Twitch account, whatever part it plays: broadcaster, moderator, chatter, viewer.
    UserId,
    /// An account's login name: lower case, unique, changeable.
    Login,
    /// A category, which Twitch's older words call a game.
    CategoryId,
    /// A live stream.
    StreamId,
    /// A message in a chat room.
    ChatMessageId in LongText,
    /// An EventSub message: the same id means the same message, delivered again.
    MessageId in LongText,
    /// An EventSub subscription. It does not survive a lost session; a [`WishId`](crate::WishId) does.
    SubscriptionId in LongText,
    /// An EventSub WebSocket session.
    SessionId in LongText,
    /// A conduit.
    ConduitId,
    /// A conduit's shard: a number from 0, written as text.
    ShardId,
    /// A clip.
    ClipId,
    /// A video.
    VideoId,
    /// A marker in a stream.
    MarkerId,
    /// A custom reward for channel points.
    RewardId,
    /// A redemption of a reward.
    RedemptionId,
    /// A custom power-up.
    PowerUpId,
    /// A charity campaign.
    CampaignId,
    /// A donation to a charity campaign.
    DonationId,
    /// An emote.
    EmoteId,
    /// A set of emotes.
    EmoteSetId,
    /// A shared chat session.
    SharedChatSessionId,
    /// A team.
    TeamId,
    /// An extension, which is its client id.
    ExtensionId,
    /// An extension's transaction.
    TransactionId,
    /// A drop that a user is entitled to.
    EntitlementId,
    /// What a drop gives.
    BenefitId,
    /// A creator's goal.
    GoalId,
    /// A Guest Star session.
    GuestStarSessionId,
    /// A place in a Guest Star session: `0` is the host's, guests have the numbers after it, and `SCREENSHARE` is the
    /// shared screen.
    GuestStarSlotId,
    /// A Hype Train.
    HypeTrainId,
    /// A term that a channel blocks.
    BlockedTermId,
    /// A request to be unbanned.
    UnbanRequestId,
    /// A poll.
    PollId,
    /// A choice of a poll.
    PollChoiceId,
    /// A prediction.
    PredictionId,
    /// An outcome of a prediction.
    PredictionOutcomeId,
    /// A broadcast in a channel's schedule.
    ScheduleSegmentId,
}

impl UserId {
    /// Whether the id has the only form that Twitch accepts: decimal digits.
    pub fn is_numeric(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|b| b.is_ascii_digit())
    }
}

impl ShardId {
    /// The shard's number; none if Twitch's text is not one.
    pub fn number(&self) -> Option<u32> {
        self.0.parse().ok()
    }
}

impl From<u32> for ShardId {
    fn from(number: u32) -> Self {
        ShardId(compact_str::format_compact!("{number}"))
    }
}

/// No login: what stands where Twitch sends null or nothing.
impl Default for Login {
    fn default() -> Self {
        Login(CompactString::const_new(""))
    }
}

/// The text of ids as long as a UUID, inline where [`CompactString`] would keep 24 bytes at most.
#[derive(Clone)]
enum LongText {
    Inline { length: u8, bytes: [u8; LongText::INLINE] },
    Heap(Box<str>),
}

impl LongText {
    const INLINE: usize = 38;
}

impl From<&str> for LongText {
    fn from(text: &str) -> Self {
        let mut bytes = [0; LongText::INLINE];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(start), Ok(length)) => {
                start.copy_from_slice(text.as_bytes());
                LongText::Inline { length, bytes }
            }
            _ => LongText::Heap(text.into()),
        }
    }
}

impl From<String> for LongText {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl LongText {
    fn bytes(&self) -> &[u8] {
        match self {
            LongText::Inline { length, bytes } => &bytes[..usize::from(*length)],
            LongText::Heap(text) => text.as_bytes(),
        }
    }
}

impl std::ops::Deref for LongText {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            // What went in was text.
            LongText::Inline { .. } => std::str::from_utf8(self.bytes()).unwrap_or_default(),
            LongText::Heap(text) => text,
        }
    }
}

// Bytes have the order of their text, and are there without a look at each: ids are compared for every message.
impl PartialEq for LongText {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for LongText {}

impl PartialOrd for LongText {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for LongText {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bytes().cmp(other.bytes())
    }
}

impl std::hash::Hash for LongText {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        // As text is hashed.
        state.write(self.bytes());
        state.write_u8(0xff);
    }
}

impl fmt::Display for LongText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Serialize for LongText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for LongText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = LongText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<LongText, E> {
                Ok(text.into())
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

    #[test]
    fn an_id_is_its_string_on_the_wire_and_in_words() {
        let id: UserId = serde_json::from_str("\"1001\"").unwrap();
        assert_eq!(id, "1001");
        assert_eq!(id.to_string(), "1001");
        assert_eq!(format!("{id:?}"), "UserId(1001)");
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"1001\"");
        assert_eq!(UserId::from(&id), id);
    }

    #[test]
    fn a_long_id_is_the_same_inline_and_not() {
        for length in [0, 1, 36, 38, 39, 300] {
            let text = "ü".repeat(length / 2) + &"x".repeat(length % 2);
            let id = MessageId::new(&text);
            assert_eq!((id.as_str(), id.clone()), (&*text, MessageId::from(text.clone())));
            assert_eq!(serde_json::from_str::<MessageId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
            // Whoever keeps ids by their hash looks them up by their text.
            let hasher = BuildHasherDefault::<DefaultHasher>::default();
            assert_eq!(hasher.hash_one(&id), hasher.hash_one(&text));
        }
        assert!(MessageId::new("a".repeat(40)) < MessageId::new("b"));
        assert!(size_of::<MessageId>() <= 40);
    }

    #[test]
    fn only_digits_are_a_numeric_user_id() {
        assert!(UserId::new("1001").is_numeric());
        assert!(!UserId::new("").is_numeric());
        assert!(!UserId::new("ada").is_numeric());
    }
}
