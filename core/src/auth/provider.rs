//! [`Provider`]: somebody who has tokens that the client does not hold.
//!
//! With [`Config::ask_for_tokens`], a call whose token is not there waits, and [`Notice::TokenWanted`] asks for it, once
//! per call and account at a time; [`Client::give_token`] is the answer. A driver asks its provider in between, as it
//! does with its store: the provider may block. What is held, renewed and written down stays the keeper's business, so a
//! provider is asked only for what the store does not know: a user's first token, a replacement for one that is over for
//! good, one with more scopes, the app's. It is told of renewals, and [`TokenNotice`](super::TokenNotice)s tell of all else
//! that happens to tokens.
//!
//! [`Config::ask_for_tokens`]: crate::Config::ask_for_tokens
//! [`Notice::TokenWanted`]: crate::Notice::TokenWanted
//! [`Client::give_token`]: crate::Client::give_token

use super::{Account, AnyOf, Scope, TokenError};
use crate::id::UserId;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;

/// A token that a call needs and that is not held.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TokenWanted {
    /// Whose.
    pub account: Account,
    /// What it is wanted for.
    pub why: WantedFor,
}

/// Why a token is wanted.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum WantedFor {
    /// None is held, or the one held is of no use any more.
    Lack(TokenError),
    /// The one held lacks scopes, for this call or for the user's wishes: of each of these groups it has none.
    Scopes(Vec<&'static [Scope]>),
}

impl fmt::Display for TokenWanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            WantedFor::Lack(why) => write!(f, "a token of {} is wanted: {why}", self.account),
            WantedFor::Scopes(groups) => {
                let what = if groups.len() == 1 { "scope" } else { "scopes" };
                write!(f, "a token of {} with the {what} ", self.account)?;
                for (i, group) in groups.iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { " and " }, AnyOf(group))?;
                }
                f.write_str(" is wanted")
            }
        }
    }
}

/// A token that somebody had.
#[derive(Clone, Debug)]
pub struct Given {
    /// The access token.
    pub access: SecretString,
    /// What renews it; an app token has none.
    pub refresh: Option<SecretString>,
}

impl Given {
    /// A token that just ends.
    pub fn new(access: impl Into<SecretString>) -> Self {
        Given { access: access.into(), refresh: None }
    }

    /// With what renews it.
    pub fn refresh(mut self, token: impl Into<SecretString>) -> Self {
        self.refresh = Some(token.into());
        self
    }
}

/// Somebody who has tokens. Implementations may block; asynchronous drivers call them on a thread that may.
pub trait Provider: Send + Sync {
    /// The token, if there is one. A token that was given before and is wanted again is of no use any more: giving it again
    /// gains nothing, and sends a spent refresh token twice.
    fn token(&self, wanted: &TokenWanted) -> Option<Given>;

    /// The secret of the client id, if it was not given where the client is set up.
    fn client_secret(&self, _client_id: &str) -> Option<SecretString> {
        None
    }

    /// A token for a connection to IRC, with the scope `chat:read` and perhaps `chat:edit`. Asked by whoever opens one.
    fn irc_token(&self, _connection: u32) -> Option<Given> {
        None
    }

    /// The tokens of an account were renewed and written down.
    fn renewed(&self, _account: &Account) {}
}

/// One token for IRC, and none for anything else.
#[derive(Clone, Debug)]
pub struct IrcToken(pub Given);

impl Provider for IrcToken {
    fn token(&self, _: &TokenWanted) -> Option<Given> {
        None
    }

    fn irc_token(&self, _: u32) -> Option<Given> {
        Some(self.0.clone())
    }
}

/// One token for whoever is wanted first.
#[derive(Clone, Debug)]
pub struct OneToken(pub Given);

impl Provider for OneToken {
    fn token(&self, wanted: &TokenWanted) -> Option<Given> {
        let first = matches!(wanted.why, WantedFor::Lack(TokenError::Unknown(_)));
        first.then(|| self.0.clone())
    }
}

/// Tokens of many accounts, each given once wanted first.
#[derive(Clone, Debug, Default)]
pub struct ManyTokens(BTreeMap<Account, Given>);

impl ManyTokens {
    /// With this user's token.
    pub fn user(mut self, user: impl Into<UserId>, given: Given) -> Self {
        self.0.insert(Account::User(user.into()), given);
        self
    }

    /// With the app token.
    pub fn app(mut self, given: Given) -> Self {
        self.0.insert(Account::App, given);
        self
    }
}

impl Provider for ManyTokens {
    fn token(&self, wanted: &TokenWanted) -> Option<Given> {
        let first = matches!(wanted.why, WantedFor::Lack(TokenError::Unknown(_) | TokenError::NoSecret));
        self.0.get(&wanted.account).filter(|_| first).cloned()
    }
}
