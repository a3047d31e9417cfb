//! [`CallError`]: why a call did not give its value, split by whose move it is.

use super::{Cursor, Invalid};
use crate::auth::{AnyOf, Scope, TokenError};
use crate::client::Cause;
use crate::id::{SubscriptionId, UserId};
use crate::wire::null_as_default;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;

/// Why a call failed. Its words carry no body and no secret.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The request breaks one of Twitch's limits; nothing was sent.
    #[error("not sent: {0}")]
    Invalid(#[from] Invalid),
    /// No token can be used for the call; nothing was sent.
    #[error("{operation}: not sent: {why}")]
    NoToken {
        /// The operation.
        operation: &'static str,
        /// Why, and what to do.
        why: TokenError,
    },
    /// The token lacks a scope; nothing was sent. Ask the user for one of these.
    #[error("{operation}: the token of {user} lacks the scope {}", AnyOf(.any_of))]
    MissingScope {
        /// The operation.
        operation: &'static str,
        /// Whose token.
        user: UserId,
        /// Any of these would do.
        any_of: &'static [Scope],
    },
    /// The rate limit, or the operation's own, is used up, and waiting for it was not wanted
    /// ([`Config::when_limited`](crate::Config::when_limited)) or would have taken longer than the call may; nothing
    /// was sent.
    #[error("{operation}: not sent: {} used up until {retry_at}", match .limit {
        TooMany::OperationLimit => "its own limit is",
        _ => "the token's rate limit is",
    })]
    Limited {
        /// The operation.
        operation: &'static str,
        /// Which limit: [`TooMany::Requests`] or [`TooMany::OperationLimit`].
        limit: TooMany,
        /// When it is worth another try.
        retry_at: Timestamp,
    },
    /// Twitch said no.
    #[error("{0}")]
    Refused(Refusal),
    /// The request never left; the operation did not happen.
    #[error("{operation}: not sent: {cause}")]
    NotSent {
        /// The operation.
        operation: &'static str,
        /// Why.
        cause: Cause,
    },
    /// The request left and no answer came: the operation may have happened.
    #[error("{operation}: sent, no answer: {cause}")]
    NoAnswer {
        /// The operation.
        operation: &'static str,
        /// Why.
        cause: Cause,
    },
    /// The call's own deadline passed before it could be sent.
    #[error("{operation}: not sent before its deadline, waiting for {waiting_for}")]
    Deadline {
        /// The operation.
        operation: &'static str,
        /// What it was waiting for, and what last stood in the way.
        waiting_for: String,
    },
    /// The answer does not have the documented form.
    #[error("{operation}: answer {status} cannot be read: {why}")]
    Unreadable {
        /// The operation.
        operation: &'static str,
        /// The status.
        status: StatusCode,
        /// What is wrong, and where.
        why: String,
    },
    /// A walk over pages failed; it can go on from `cursor`.
    #[error("{error} (the walk can go on from its last cursor)")]
    Walk {
        /// The cursor of the page that failed.
        cursor: Cursor,
        /// Why.
        error: Box<CallError>,
    },
    /// A walk over pages was going on and Twitch no longer takes its cursor. Starting from `last_good` repeats a page.
    #[error("{refusal} (the walk's cursor is no longer accepted)")]
    CursorRefused {
        /// The cursor that Twitch refused.
        refused: Cursor,
        /// The cursor of the last page that came; none if that was the first.
        last_good: Option<Cursor>,
        /// Twitch's words.
        refusal: Box<Refusal>,
    },
    /// The same subscription exists on another session.
    #[error("the same subscription exists on another session")]
    Elsewhere,
    /// The reply belongs to another call.
    #[error("this reply belongs to another call")]
    NotMine,
    /// The call was cancelled, or the client closed.
    #[error("cancelled")]
    Cancelled,
}

/// A refusal in Twitch's own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {} {}", .status.as_u16(), words(*.status, .error, .message))]
#[non_exhaustive]
pub struct Refusal {
    /// The operation.
    pub operation: &'static str,
    /// The status.
    pub status: StatusCode,
    /// Twitch's `error`, usually the status in words.
    pub error: String,
    /// Twitch's `message`; empty where the answer was not Twitch's JSON.
    pub message: String,
    /// For a 429, which limit was hit.
    pub too_many: Option<TooMany>,
    /// For a 409 about an EventSub subscription, the one that exists, if Twitch names it.
    pub existing: Option<Box<SubscriptionId>>,
    /// When the token's bucket is full again, where Twitch says so.
    pub reset: Option<Timestamp>,
}

/// Which limit a 429 is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TooMany {
    /// The rate limit; waiting for the bucket helps.
    Requests,
    /// The operation's own limit, while the bucket has points left.
    OperationLimit,
    /// Too many EventSub subscriptions of one type and condition.
    TypeAndCondition,
    /// Too many WebSocket connections with enabled subscriptions.
    Transports,
    /// The subscriptions' total cost.
    TotalCost,
}

impl Refusal {
    /// Whether the words of Twitch came along. Without them a refusal may be a proxy's, or half of an answer.
    pub(crate) fn gives_reason(&self) -> bool {
        !(self.error.is_empty() && self.message.is_empty())
    }

    /// Reads a refusal; a body that is not Twitch's JSON (a proxy's HTML, nothing) leaves the words empty.
    pub(crate) fn read(
        operation: &'static str,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Self {
        #[derive(Deserialize, Default)]
        struct Words {
            #[serde(default, deserialize_with = "null_as_default")]
            error: String,
            #[serde(default, deserialize_with = "null_as_default")]
            message: String,
            #[serde(default)]
            id: serde_json::Value,
        }
        let header = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let points_left = header("ratelimit-remaining").is_some_and(|left| left > 0);
        let reset = header("ratelimit-reset").and_then(|reset| Timestamp::from_second(reset).ok());
        let Words { error, message, id } = serde_json::from_slice(body).unwrap_or_default();
        let existing = id.as_str().filter(|_| status == StatusCode::CONFLICT).map(|id| Box::new(id.into()));
        let too_many =
            (status == StatusCode::TOO_MANY_REQUESTS).then(|| TooMany::read(&message, points_left));
        Refusal { operation, status, error, message, too_many, reset, existing }
    }
}

/// Twitch's words; where the answer has none (a proxy's HTML, nothing), the status says what it can.
fn words<'a>(status: StatusCode, error: &'a str, message: &'a str) -> &'a str {
    let status = status.canonical_reason().unwrap_or("without a word");
    [message, error].into_iter().find(|words| !words.is_empty()).unwrap_or(status)
}

impl TooMany {
    fn read(message: &str, points_left: bool) -> Self {
        let message = message.to_ascii_lowercase();
        if message.contains("type and condition") {
            TooMany::TypeAndCondition
        } else if message.contains("websocket transports") {
            TooMany::Transports
        } else if message.contains("cost") {
            TooMany::TotalCost
        } else if points_left {
            TooMany::OperationLimit
        } else {
            TooMany::Requests
        }
    }
}
