//! What is known of a token: [`TokenRecord`] is what a store keeps.

use super::Scope;
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

fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}
