//! How a channel protects itself: Shield Mode, warnings, and users under suspicion.

use crate::helix::{One, check, endpoint};
use crate::id::{Login, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Turns Shield Mode on or off: the stricter settings that a broadcaster keeps ready for an attack.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateShieldModeStatus {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who does so: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// On or off.
    #[serde(skip)]
    pub shield: NewShieldMode,
}

endpoint!(UpdateShieldModeStatus = "update-shield-mode-status": put "/moderation/shield_mode"
    => One<ShieldModeStatus>, user(moderator_id), scopes: any(ModeratorManageShieldMode), body: json(shield));

impl UpdateShieldModeStatus {
    /// Turns it on.
    pub fn on(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        UpdateShieldModeStatus {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            shield: NewShieldMode { is_active: true },
        }
    }

    /// Turns it off.
    pub fn off(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        UpdateShieldModeStatus {
            shield: NewShieldMode { is_active: false },
            ..Self::on(broadcaster, moderator)
        }
    }
}

/// Whether Shield Mode is to be on.
#[derive(Clone, Debug, Serialize)]
pub struct NewShieldMode {
    /// On or off.
    pub is_active: bool,
}

/// Gets whether Shield Mode is on.
#[derive(Clone, Debug, Serialize)]
pub struct GetShieldModeStatus {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who asks: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
}

endpoint!(GetShieldModeStatus = "get-shield-mode-status": get "/moderation/shield_mode" => One<ShieldModeStatus>,
    user(moderator_id), scopes: any(ModeratorReadShieldMode, ModeratorManageShieldMode));

impl GetShieldModeStatus {
    /// Shield Mode in a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        GetShieldModeStatus { broadcaster_id: broadcaster.into(), moderator_id: moderator.into() }
    }
}

/// Whether Shield Mode is on, and who last turned it on; none of that if it never was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShieldModeStatus {
    /// Whether it is on.
    pub is_active: bool,
    /// Who last turned it on.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_name: Option<CompactString>,
    /// When.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub last_activated_at: Option<Timestamp>,
}

/// Warns a user, who cannot chat until they have acknowledged it. A new warning replaces an older one.
#[derive(Clone, Debug, Serialize)]
pub struct WarnChatUser {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who warns: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// Whom, and why.
    #[serde(skip)]
    pub warning: NewWarning,
}

endpoint!(WarnChatUser = "warn-chat-user": post "/moderation/warnings" => One<Warning>, user(moderator_id),
    scopes: any(ModeratorManageWarnings), body: data(warning),
    check: |r| check::length("reason", &r.warning.reason, 1, 500));

impl WarnChatUser {
    /// Warns a user and says why, in at most 500 characters.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        user: impl Into<UserId>,
        reason: impl Into<String>,
    ) -> Self {
        WarnChatUser {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            warning: NewWarning { user_id: user.into(), reason: reason.into() },
        }
    }
}

/// Whom to warn.
#[derive(Clone, Debug, Serialize)]
pub struct NewWarning {
    /// The user.
    pub user_id: UserId,
    /// Why.
    pub reason: String,
}

/// A warning that was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Warning {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who was warned.
    pub user_id: UserId,
    /// Who warned.
    pub moderator_id: UserId,
    /// Why.
    #[serde(default, deserialize_with = "null_as_default")]
    pub reason: String,
}

/// Puts a user under suspicion: their messages are marked for moderators, or shown to moderators alone.
#[derive(Clone, Debug, Serialize)]
pub struct AddSuspiciousStatus {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who does so: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// Whom, and how.
    #[serde(skip)]
    pub suspect: Suspect,
}

endpoint!(AddSuspiciousStatus = "add-suspicious-status-to-chat-user": post "/moderation/suspicious_users"
    => One<SuspiciousUser>, any(moderator_id), scopes: any(ModeratorManageSuspiciousUsers),
    app: any(ModeratorManageSuspiciousUsers), body: json(suspect));

impl AddSuspiciousStatus {
    /// Marks a user's messages for moderators.
    pub fn monitor(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        user: impl Into<UserId>,
    ) -> Self {
        AddSuspiciousStatus {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            suspect: Suspect { user_id: user.into(), status: SuspiciousStatus::ActiveMonitoring },
        }
    }

    /// Shows a user's messages to moderators alone.
    pub fn restrict(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        user: impl Into<UserId>,
    ) -> Self {
        let mut request = Self::monitor(broadcaster, moderator, user);
        request.suspect.status = SuspiciousStatus::Restricted;
        request
    }
}

/// Whom to put under suspicion.
#[derive(Clone, Debug, Serialize)]
pub struct Suspect {
    /// The user.
    pub user_id: UserId,
    /// How.
    pub status: SuspiciousStatus,
}

/// Clears a user of suspicion.
#[derive(Clone, Debug, Serialize)]
pub struct RemoveSuspiciousStatus {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who does so: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The user.
    pub user_id: UserId,
}

endpoint!(RemoveSuspiciousStatus = "remove-suspicious-status-from-chat-user":
    delete "/moderation/suspicious_users" => One<SuspiciousUser>, any(moderator_id),
    scopes: any(ModeratorManageSuspiciousUsers), app: any(ModeratorManageSuspiciousUsers));

impl RemoveSuspiciousStatus {
    /// Clears a user.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        user: impl Into<UserId>,
    ) -> Self {
        RemoveSuspiciousStatus {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            user_id: user.into(),
        }
    }
}

/// A user who is, or was, under suspicion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SuspiciousUser {
    /// Who.
    pub user_id: UserId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who last changed it.
    pub moderator_id: UserId,
    /// When.
    pub updated_at: Timestamp,
    /// How they are treated.
    pub status: SuspiciousStatus,
    /// Why they are under suspicion.
    #[serde(default, deserialize_with = "null_as_default")]
    pub types: Vec<SuspiciousUserType>,
}

open_enum! {
    /// How a user under suspicion is treated.
    pub enum SuspiciousStatus {
        /// Their messages are marked for moderators.
        ActiveMonitoring = "ACTIVE_MONITORING",
        /// Their messages are shown to moderators alone.
        Restricted = "RESTRICTED",
        /// As everyone else.
        NoTreatment = "NO_TREATMENT",
    }
}

open_enum! {
    /// Why a user is under suspicion.
    pub enum SuspiciousUserType {
        /// A moderator said so.
        ManuallyAdded = "MANUALLY_ADDED",
        /// They seem to evade a ban.
        DetectedBanEvader = "DETECTED_BAN_EVADER",
        /// Twitch found their chatting suspicious.
        DetectedSusChatter = "DETECTED_SUS_CHATTER",
        /// A channel that shares its bans has banned them.
        BannedInSharedChannel = "BANNED_IN_SHARED_CHANNEL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, body, decode, query, refused};
    use crate::helix::{Accepts, Endpoint};
    use serde_json::{Value as Json, json};

    #[test]
    fn shield_mode_goes_on_and_off() {
        let request = UpdateShieldModeStatus::on("1001", "1002");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        assert_eq!(body(&request), json!({"is_active": true}));
        assert_eq!(body(&UpdateShieldModeStatus::off("1001", "1002")), json!({"is_active": false}));
        let status = decode::<UpdateShieldModeStatus>(json!({"data": [{
            "is_active": true, "moderator_id": "1002", "moderator_login": "brook", "moderator_name": "Brook",
            "last_activated_at": "2026-01-02T10:00:00.5Z",
        }]}));
        let expected = ShieldModeStatus {
            is_active: true,
            moderator_id: Some("1002".into()),
            moderator_login: Some("brook".into()),
            moderator_name: Some("Brook".into()),
            last_activated_at: Some(at("10:00:00.5")),
        };
        assert_eq!(status, expected);
    }

    #[test]
    fn shield_mode_that_never_was_on_has_empty_strings() {
        let request = GetShieldModeStatus::new("1001", "1002");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        let status = decode::<GetShieldModeStatus>(json!({"data": [{
            "is_active": false, "moderator_id": "", "moderator_login": "", "moderator_name": "",
            "last_activated_at": "",
        }]}));
        let never = ShieldModeStatus {
            is_active: false,
            moderator_id: None,
            moderator_login: None,
            moderator_name: None,
            last_activated_at: None,
        };
        assert_eq!(status, never);
    }

    #[test]
    fn a_warning_says_why_in_500_characters() {
        let request = WarnChatUser::new("1001", "1002", "1003", "be kind");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        assert_eq!(body(&request), json!({"data": {"user_id": "1003", "reason": "be kind"}}));
        let warning = decode::<WarnChatUser>(json!({"data": [{
            "broadcaster_id": "1001", "user_id": "1003", "moderator_id": "1002", "reason": "be kind",
        }]}));
        let expected = Warning {
            broadcaster_id: "1001".into(),
            user_id: "1003".into(),
            moderator_id: "1002".into(),
            reason: "be kind".into(),
        };
        assert_eq!(warning, expected);
        let of = |reason: &str| refused(&WarnChatUser::new("1001", "1002", "1003", reason));
        assert_eq!(of(""), "`reason` wants 1 to 500 characters, has 0");
        assert_eq!(of(&"r".repeat(501)), "`reason` wants 1 to 500 characters, has 501");
    }

    fn wire(status: &str, types: Json) -> Json {
        json!({"data": [{
            "user_id": "1003", "broadcaster_id": "1001", "moderator_id": "1002",
            "updated_at": "2026-01-02T10:00:00+00:00", "status": status, "types": types,
        }]})
    }

    fn suspicious(status: SuspiciousStatus, types: Vec<SuspiciousUserType>) -> SuspiciousUser {
        SuspiciousUser {
            user_id: "1003".into(),
            broadcaster_id: "1001".into(),
            moderator_id: "1002".into(),
            updated_at: at("10:00:00"),
            status,
            types,
        }
    }

    #[test]
    fn a_user_is_monitored_or_restricted() {
        let request = AddSuspiciousStatus::monitor("1001", "1002", "1003");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        assert_eq!(body(&request), json!({"user_id": "1003", "status": "ACTIVE_MONITORING"}));
        let restricted = AddSuspiciousStatus::restrict("1001", "1002", "1003");
        assert_eq!(body(&restricted), json!({"user_id": "1003", "status": "RESTRICTED"}));
        assert_eq!(AddSuspiciousStatus::META.accepts, Accepts::Any);
        assert_eq!(AddSuspiciousStatus::META.scopes, AddSuspiciousStatus::META.app_scopes);
        let types = vec![SuspiciousUserType::ManuallyAdded, SuspiciousUserType::DetectedBanEvader];
        let answer = decode::<AddSuspiciousStatus>(wire(
            "RESTRICTED",
            json!(["MANUALLY_ADDED", "DETECTED_BAN_EVADER"]),
        ));
        assert_eq!(answer, suspicious(SuspiciousStatus::Restricted, types));
    }

    #[test]
    fn a_user_is_cleared() {
        let request = RemoveSuspiciousStatus::new("1001", "1002", "1003");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002&user_id=1003");
        let answer = decode::<RemoveSuspiciousStatus>(wire("NO_TREATMENT", Json::Null));
        assert_eq!(answer, suspicious(SuspiciousStatus::NoTreatment, vec![]));
    }
}
