//! Topics about a user: authorisations, their account, whispers.

use crate::eventsub::topic;
use crate::id::{Login, UserId};
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// A user authorises the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserAuthorizationGrant {
    /// The application.
    pub client_id: CompactString,
}

impl UserAuthorizationGrant {
    /// Authorisations of an application, which must be the one that asks.
    pub fn new(client_id: impl Into<CompactString>) -> Self {
        UserAuthorizationGrant { client_id: client_id.into() }
    }
}

topic!(UserAuthorizationGrant = "user.authorization.grant" "1" => UserAuthorizationGrantEvent, any,
    on: conduit);

/// A user authorises the application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserAuthorizationGrantEvent {
    /// The application.
    #[serde(default, deserialize_with = "null_as_default")]
    pub client_id: CompactString,
    /// Who.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
}

/// A user withdraws the authorisation of the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserAuthorizationRevoke {
    /// The application.
    pub client_id: CompactString,
}

impl UserAuthorizationRevoke {
    /// Authorisations that an application, which must be the one that asks, loses.
    pub fn new(client_id: impl Into<CompactString>) -> Self {
        UserAuthorizationRevoke { client_id: client_id.into() }
    }
}

topic!(UserAuthorizationRevoke = "user.authorization.revoke" "1" => UserAuthorizationRevokeEvent, any,
    on: conduit);

/// A user withdraws the authorisation of the application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserAuthorizationRevokeEvent {
    /// The application.
    #[serde(default, deserialize_with = "null_as_default")]
    pub client_id: CompactString,
    /// Who.
    pub user_id: UserId,
    /// Their login; none if the user is gone.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub user_login: Option<Login>,
    /// Their display name; none if the user is gone.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub user_name: Option<CompactString>,
}

/// A user changes their account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserUpdate {
    /// The user.
    pub user_id: UserId,
}

topic!(UserUpdate = "user.update" "1" => UserUpdateEvent, any);

impl UserUpdate {
    /// Changes of a user's account.
    pub fn new(user: impl Into<UserId>) -> Self {
        UserUpdate { user_id: user.into() }
    }
}

/// A user changes their account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserUpdateEvent {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// Their address; none unless they granted `user:read:email`.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub email: Option<String>,
    /// Whether Twitch has verified the address; says nothing where there is none.
    #[serde(default, deserialize_with = "null_as_default")]
    pub email_verified: bool,
    /// How they describe themselves.
    #[serde(default, deserialize_with = "null_as_default")]
    pub description: String,
}

/// What was whispered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Whisper {
    /// The text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub text: String,
}

/// A user receives a whisper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserWhisperMessage {
    /// The user.
    pub user_id: UserId,
}

topic!(UserWhisperMessage = "user.whisper.message" "1" => UserWhisperMessageEvent, user(user_id),
    scopes: any(UserReadWhispers, UserManageWhispers));

impl UserWhisperMessage {
    /// Whispers that a user receives.
    pub fn new(user: impl Into<UserId>) -> Self {
        UserWhisperMessage { user_id: user.into() }
    }
}

/// A user receives a whisper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserWhisperMessageEvent {
    /// Who whispers.
    pub from_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub from_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub from_user_name: CompactString,
    /// Who receives it.
    pub to_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub to_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub to_user_name: CompactString,
    /// The whisper.
    #[serde(default, deserialize_with = "null_as_default")]
    pub whisper_id: CompactString,
    /// What was whispered.
    #[serde(default, deserialize_with = "null_as_default")]
    pub whisper: Whisper,
}
