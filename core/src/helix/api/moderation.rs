//! [Moderation](https://dev.twitch.tv/docs/api/reference/#ban-user).

use crate::helix::{One, check, endpoint};
use crate::id::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Bans a user from a chat room, or puts them in a timeout.
#[derive(Clone, Debug, Serialize)]
pub struct BanUser {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who bans: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// Whom, for how long, and why.
    #[serde(skip)]
    pub ban: Ban,
}

endpoint!(BanUser = "ban-user": post "/moderation/bans" => One<Banned>, user(moderator_id),
    scopes: any(ModeratorManageBannedUsers), body: data(ban),
    check: |r| check::range_if("duration", r.ban.duration, 1, 1_209_600)
        .and(check::length("reason", r.ban.reason.as_deref().unwrap_or_default(), 0, 500)));

impl BanUser {
    /// Bans a user for good.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        user: impl Into<UserId>,
    ) -> Self {
        BanUser {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            ban: Ban { user_id: user.into(), duration: None, reason: None },
        }
    }

    /// Makes it a timeout of 1 to 1 209 600 seconds (two weeks).
    #[must_use]
    pub fn for_seconds(mut self, seconds: u32) -> Self {
        self.ban.duration = Some(seconds);
        self
    }

    /// Says why, in at most 500 characters.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.ban.reason = Some(reason.into());
        self
    }
}

/// Whom to ban.
#[derive(Clone, Debug, Serialize)]
pub struct Ban {
    /// The user.
    pub user_id: UserId,
    /// For how many seconds; none is for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A ban or timeout that now holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Banned {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who banned.
    pub moderator_id: UserId,
    /// Who was banned.
    pub user_id: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When the timeout ends; none for a ban.
    pub end_time: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::{Endpoint, Invalid, Rule};

    #[test]
    fn the_ban_travels_in_the_body_and_the_rest_in_the_query() {
        let request = BanUser::new("1", "2", "3").for_seconds(600).because("spam");
        assert_eq!(request.query().unwrap(), "broadcaster_id=1&moderator_id=2");
        let body = String::from_utf8(request.body().unwrap().unwrap()).unwrap();
        assert_eq!(body, r#"{"data":{"user_id":"3","duration":600,"reason":"spam"}}"#);
        assert_eq!(request.owner(), Some(&UserId::new("2")));
    }

    #[test]
    fn a_timeout_beyond_two_weeks_is_refused_before_sending() {
        let rule = Rule::Range { min: 1, max: 1_209_600, got: 1_209_601 };
        let refused = Err(Invalid { field: "duration", rule });
        assert_eq!(BanUser::new("1", "2", "3").for_seconds(1_209_601).check(), refused);
    }

    #[test]
    fn a_ban_has_no_end_time() {
        let banned: Banned = serde_json::from_value(serde_json::json!({
            "broadcaster_id": "1", "moderator_id": "2", "user_id": "3", "created_at": "2026-01-01T00:00:00Z",
            "end_time": null,
        }))
        .unwrap();
        assert_eq!(banned.end_time, None);
    }
}
