//! [`Notice`]: what the client tells unasked.

use super::WishId;
use crate::auth::TokenNotice;
use crate::auth::flow::Prompt;
use crate::eventsub::{Gap, LostWhy, Notification, SubscriptionState};
use crate::id::SessionId;
use crate::time::Time;
use bytes::Bytes;
use compact_str::CompactString;

/// Something the application may want to know.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "most notices are notifications, and a box each would cost more"
)]
pub enum Notice {
    /// Something happened that was subscribed to.
    Notification(Notification),
    /// Events may be missing.
    Gap(Gap),
    /// How a wish fares.
    Subscription(WishId, SubscriptionState),
    /// What happens to a link.
    Session(SessionNotice),
    /// What happens to a token.
    Token(TokenNotice),
    /// A login waits for the user.
    Prompt(super::CallId, Prompt),
    /// A frame that cannot be read. The link stays up.
    Unreadable {
        /// The frame as it came.
        raw: Bytes,
        /// What is wrong with it.
        why: String,
    },
    /// A message of a type that this version does not know.
    UnknownMessage {
        /// The type.
        message_type: CompactString,
        /// The payload as it came.
        payload: Bytes,
    },
    /// The client is closed: nothing more will come.
    Closed,
}

/// What happens to a link.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SessionNotice {
    /// A session is open.
    Opened {
        /// On which shard.
        shard: u32,
        /// The session.
        session: SessionId,
    },
    /// A session is being moved, as the server asked.
    Moving {
        /// On which shard.
        shard: u32,
    },
    /// A session has moved to another connection.
    Moved {
        /// On which shard.
        shard: u32,
    },
    /// A link could not be opened.
    NotOpened {
        /// On which shard.
        shard: u32,
        /// Why.
        why: LostWhy,
        /// When it is tried again.
        retry_at: Time,
    },
    /// A session is lost; another is being opened.
    Lost {
        /// On which shard.
        shard: u32,
        /// Why.
        why: LostWhy,
    },
}
