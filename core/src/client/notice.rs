//! [`Notice`]: what the client tells unasked.

use super::{Progress, WishId};
use crate::auth::TokenNotice;
use crate::auth::flow::Prompt;
use crate::auth::provider::TokenWanted;
use crate::eventsub::{
    ConduitNotice, Drift, Gap, GapScope, LostWhy, Notification, Subscription, SubscriptionState,
};
use crate::id::SessionId;
use crate::time::Time;
use bytes::Bytes;
use compact_str::CompactString;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Something the application may want to know.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Notice {
    /// The store has been read: the client knows its users.
    Ready,
    /// The start is over: the token is there, and the application has set up what it wants. Told by drivers.
    Started,
    /// Something happened that was subscribed to.
    Notification(Notification),
    /// Events may be missing.
    Gap(Gap),
    /// How a wish fares.
    Subscription(WishId, SubscriptionState),
    /// How far wishes that were asked for together have come.
    Progress(super::CallId, Progress),
    /// What happens to a link.
    Session(SessionNotice),
    /// What happens to the conduit and its shards.
    Conduit(ConduitNotice),
    /// What happens to a token.
    Token(TokenNotice),
    /// A call waits for a token that is not held: answer with [`Client::give_token`](crate::Client::give_token). Only with
    /// [`Config::ask_for_tokens`](crate::Config::ask_for_tokens).
    TokenWanted(TokenWanted),
    /// A login waits for the user.
    Prompt(super::CallId, Prompt),
    /// Twitch asked whether the webhook's callback is this application's, and was answered: the subscription begins.
    Verified(Subscription),
    /// A subscription that delivers to the webhook's callback ended; its status says why.
    Revoked(Subscription),
    /// A frame, or a message to the webhook's callback, that cannot be read. The link stays up.
    Unreadable {
        /// The message as it came.
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
    /// An event holds something that this version does not know, for the first time. Nothing is lost by it.
    Drift {
        /// The topic.
        topic: CompactString,
        /// Its version.
        version: CompactString,
        /// What is unknown.
        what: Drift,
    },
    /// Something of the application's own, for its listeners.
    Custom(Custom),
    /// A handler of the application failed.
    Failed(Arc<HandlerError>),
    /// The client is closed: nothing more will come.
    Closed,
}

/// Something of the application's own that goes the way of all notices, under a name of its own.
#[derive(Clone)]
pub struct Custom {
    /// Its name, for [`Filter::Custom`](super::Filter::Custom).
    pub name: CompactString,
    payload: Arc<dyn Any + Send + Sync>,
}

impl Custom {
    /// A notice of this name.
    pub fn new(name: impl Into<CompactString>, payload: impl Any + Send + Sync) -> Self {
        Custom { name: name.into(), payload: Arc::new(payload) }
    }

    /// What it carries, if it is of this type.
    pub fn payload<T: Any>(&self) -> Option<&T> {
        self.payload.downcast_ref()
    }
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Custom({})", self.name)
    }
}

/// What a handler of the application failed with.
#[derive(Debug, thiserror::Error)]
#[error("a handler failed: {error}")]
#[non_exhaustive]
pub struct HandlerError {
    /// Which listener it handled for.
    pub listener: super::ListenerId,
    /// What it failed with.
    pub error: Box<dyn std::error::Error + Send + Sync>,
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

/// One line for a log or a terminal.
impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::Notification(notification) => {
                let subscription = &notification.subscription;
                write!(f, "event {} version {}", subscription.topic, subscription.version)
            }
            Notice::Gap(gap) => gap.fmt(f),
            Notice::Subscription(WishId(wish), state) => write!(f, "wish {wish}: {state}"),
            Notice::Session(session) => session.fmt(f),
            Notice::Conduit(conduit) => conduit.fmt(f),
            Notice::Token(token) => token.fmt(f),
            Notice::TokenWanted(wanted) => wanted.fmt(f),
            Notice::Prompt(_, prompt) => prompt.fmt(f),
            Notice::Verified(Subscription { topic, version, .. }) => {
                write!(f, "the webhook for {topic} version {version} is verified")
            }
            Notice::Revoked(Subscription { topic, version, status, .. }) => {
                write!(f, "the webhook for {topic} version {version} was revoked: {status}")
            }
            Notice::Unreadable { raw, why } => {
                write!(f, "a message of {} bytes cannot be read: {why}", raw.len())
            }
            Notice::UnknownMessage { message_type, .. } => {
                write!(f, "a message of the unknown type {message_type}")
            }
            Notice::Drift { topic, version, what } => write!(f, "{topic} version {version}: {what}"),
            Notice::Ready => f.write_str("ready"),
            Notice::Started => f.write_str("started"),
            Notice::Progress(_, Progress { held, failed, of, .. }) => {
                write!(f, "of {of} wishes {held} are held, {failed} failed")
            }
            Notice::Custom(custom) => write!(f, "{}", custom.name),
            Notice::Failed(error) => error.fmt(f),
            Notice::Closed => f.write_str("closed"),
        }
    }
}

impl fmt::Display for SessionNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SessionNotice::Opened { shard, session } => write!(f, "shard {shard}: session {session} is open"),
            SessionNotice::Moving { shard } => write!(f, "shard {shard}: the server asks to move"),
            SessionNotice::Moved { shard } => write!(f, "shard {shard}: moved to another connection"),
            SessionNotice::NotOpened { shard, why, .. } => {
                write!(f, "shard {shard}: no session, tried again soon: {why}")
            }
            SessionNotice::Lost { shard, why } => write!(f, "shard {shard}: session lost: {why}"),
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("events may be missing")?;
        match &self.scope {
            GapScope::Wishes(wishes) => {
                let wishes: Vec<String> = wishes.iter().map(|WishId(wish)| wish.to_string()).collect();
                write!(f, " for wish {}", wishes.join(", "))?;
            }
            GapScope::Shard(shard) => write!(f, " on shard {shard} of the conduit")?,
            GapScope::Conduit => f.write_str(" on the conduit")?,
        }
        if let Some(from) = &self.from {
            write!(f, " from {from}")?;
        }
        if let Some(to) = &self.to {
            write!(f, " to {to}")?;
        }
        write!(f, ": {}", self.why)
    }
}

impl fmt::Display for SubscriptionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SubscriptionState::Pending => f.write_str("asked for"),
            SubscriptionState::Enabled { .. } => f.write_str("enabled"),
            SubscriptionState::Interrupted => f.write_str("interrupted"),
            SubscriptionState::Retrying { why, .. } => write!(f, "tried again soon: {why}"),
            SubscriptionState::Blocked { why } => write!(f, "blocked: {why}"),
            SubscriptionState::Refused { why } => write!(f, "refused: {why}"),
        }
    }
}

impl fmt::Display for TokenNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenNotice::Validated(account) => write!(f, "the token of {account} is valid"),
            TokenNotice::Refreshed(account) => write!(f, "the token of {account} is renewed"),
            TokenNotice::RefreshDelayed { account, why } => {
                write!(f, "the token of {account} is not renewed yet, tried again soon: {why}")
            }
            TokenNotice::NotTaken { account, why } => {
                write!(f, "the token that was given for {account} cannot be used: {why}")
            }
            TokenNotice::ReauthRequired { user, reason } => {
                write!(f, "user {user} has to authorise the application again: {reason}")
            }
            TokenNotice::Parked { user, why } => write!(f, "the refresh of user {user} is parked: {why}"),
            TokenNotice::Misconfigured(why) => write!(f, "check the client id and secret: {why}"),
            TokenNotice::StoreFailed(why) => write!(f, "tokens cannot be stored, tried again soon: {why}"),
            TokenNotice::Added(identity) => {
                write!(f, "the tokens of {} (user {}) are added", identity.login, identity.user)
            }
            TokenNotice::Revoked(user) => write!(f, "the tokens of user {user} are revoked"),
            TokenNotice::Removed(user) => write!(f, "the tokens of user {user} are removed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_says_for_which_wishes_and_for_how_long() {
        let gap = Gap {
            scope: GapScope::Wishes(vec![WishId(2), WishId(5)]),
            from: Some("2026-03-01T12:00:00Z".parse().unwrap()),
            to: None,
            why: "closed with 4000".into(),
        };
        assert_eq!(
            Notice::Gap(gap).to_string(),
            "events may be missing for wish 2, 5 from 2026-03-01T12:00:00Z: closed with 4000"
        );
    }

    #[test]
    fn a_frame_that_cannot_be_read_is_not_printed() {
        let notice = Notice::Unreadable { raw: Bytes::from_static(b"secret"), why: "no JSON".into() };
        assert_eq!(notice.to_string(), "a message of 6 bytes cannot be read: no JSON");
    }
}
