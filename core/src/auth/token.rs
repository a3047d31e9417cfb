//! What is known of a token: [`TokenRecord`] is what a store keeps.

use super::Scope;
use super::flow::StateError;
use crate::id::{Login, UserId};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// Whose token a request takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The application's own.
    App,
    /// A user's.
    User(UserId),
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::App => f.write_str("the application"),
            Account::User(user) => write!(f, "user {user}"),
        }
    }
}

/// A user's tokens, as a store keeps them. Serialising writes the secrets; printing does not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenRecord {
    /// Whose.
    pub user: UserId,
    /// The user's login name when the token was last validated.
    pub login: Login,
    /// The access token.
    #[serde(serialize_with = "expose")]
    pub access: SecretString,
    /// What renews it; none for a token that just ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Refresh>,
    /// What the user allowed.
    #[serde(default)]
    pub scopes: Vec<Scope>,
    /// When the access token ends, where Twitch told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Somebody is refreshing this record, or died doing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refreshing: Option<Mark>,
}

/// A refresh token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refresh {
    /// The token.
    #[serde(serialize_with = "expose")]
    pub token: SecretString,
    /// Whether it may be sent again: true for a confidential client's, false for a public client's, which is spent by
    /// its first use and takes every token of the user with it when used twice.
    pub reusable: bool,
}

/// Says in the store that a refresh is under way, so that no other process spends the same refresh token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Which client: unique per process and client.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
}

impl TokenRecord {
    /// Whether both records hold the same secrets.
    pub(crate) fn same_tokens(&self, other: &TokenRecord) -> bool {
        let refresh = |record: &TokenRecord| {
            record.refresh.as_ref().map(|refresh| refresh.token.expose_secret().to_owned())
        };
        self.access.expose_secret() == other.access.expose_secret() && refresh(self) == refresh(other)
    }

    /// Whether the record's refresh token may be sent only once.
    pub(crate) fn single_use(&self) -> bool {
        self.refresh.as_ref().is_some_and(|refresh| !refresh.reusable)
    }
}

/// Why a token cannot be used, and what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// No token of this user is held.
    #[error("no token of user {0} is held; log the user in or add their token")]
    Unknown(UserId),
    /// The call needs a user's token, and it is not clear whose.
    #[error("the call needs a user's token; say whose")]
    Whose,
    /// An app token needs the client secret.
    #[error("an app token needs the client secret")]
    NoSecret,
    /// The operation does not take this kind of token.
    #[error("the operation does not take {0} token")]
    WrongKind(&'static str),
    /// Twitch does not accept the client id or secret.
    #[error("check the client id and secret: {0}")]
    Misconfigured(String),
    /// The user has to authorise the application again.
    #[error("user {user} has to authorise the application again: {reason}")]
    ReauthRequired {
        /// Who.
        user: UserId,
        /// Twitch's words.
        reason: String,
    },
    /// The refresh token may not be sent again by itself; add a new token, or ask for a retry.
    #[error("the refresh of user {user} is parked: {why}; add a new token, or retry it")]
    Parked {
        /// Whose.
        user: UserId,
        /// What happened.
        why: String,
    },
    /// An app token was added as a user's.
    #[error("this is no user's token")]
    NotAUser,
    /// Twitch does not accept the token or the login.
    #[error("Twitch says no: {0}")]
    Denied(String),
    /// The OAuth service could not be reached.
    #[error("the OAuth service cannot be reached: {0}")]
    Unreachable(String),
    /// The token store cannot be read.
    #[error("{0}")]
    Store(String),
    /// The user did not enter the code in time.
    #[error("the code was not entered in time")]
    CodeExpired,
    /// An authorisation code was sent and no answer came. It works once and is not sent again; authorise again.
    #[error("the authorisation code was sent, and what became of it is unknown: {0}; authorise again")]
    CodeSpent(String),
    /// A redirect is not what was asked for.
    #[error("{0}")]
    State(#[from] StateError),
    /// An authorisation cannot be started without a key for its state.
    #[error("Config::state_key is not set; give it 32 random bytes")]
    NoStateKey,
    /// The token is another user's than the one that was asked for. It is held all the same.
    #[error("it is the token of another user, {0}")]
    OtherUser(UserId),
    /// The token was given to another application.
    #[error("the token was given to another client id, {0}; take the tokens of this one")]
    OtherClient(String),
    /// What was asked for was not done in time, and nothing of it was sent.
    #[error("not done in time: it waited for {0}")]
    Deadline(&'static str),
    /// Newer tokens of the same user were added meanwhile.
    #[error("newer tokens of the same user were added meanwhile")]
    Replaced,
    /// The client closed.
    #[error("the client closed")]
    Closed,
}

fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}
