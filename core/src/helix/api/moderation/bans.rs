//! Bans, timeouts, and requests to have them lifted.

use crate::helix::{One, Page, check, endpoint};
use crate::id::{Login, UnbanRequestId, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Lists who is banned from a channel or in a timeout.
#[derive(Clone, Debug, Serialize)]
pub struct GetBannedUsers {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Only these users, at most 100; those that are not banned are left out.
    pub user_id: Vec<UserId>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetBannedUsers = "get-banned-users": get "/moderation/banned" => Page<BannedUser>, user(broadcaster_id),
    scopes: any(ModerationRead, ModeratorManageBannedUsers), page: 100 both_ways, list: user_id 0..=100);

impl GetBannedUsers {
    /// All of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetBannedUsers { broadcaster_id: broadcaster.into(), user_id: vec![], first: None }
    }

    /// Only these users.
    #[must_use]
    pub fn only<I: Into<UserId>>(mut self, users: impl IntoIterator<Item = I>) -> Self {
        self.user_id = users.into_iter().map(Into::into).collect();
        self
    }
}

/// A user who is banned or in a timeout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BannedUser {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
    /// When the timeout ends; none for a ban.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub expires_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
    /// Why; none if nothing was said.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub reason: Option<String>,
    /// Who banned them.
    pub moderator_id: UserId,
    /// The moderator's login.
    pub moderator_login: Login,
    /// The moderator's display name.
    pub moderator_name: CompactString,
}

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
    #[serde(default, deserialize_with = "empty_as_none")]
    pub end_time: Option<Timestamp>,
}

/// Lifts a ban, or ends a timeout.
#[derive(Clone, Debug, Serialize)]
pub struct UnbanUser {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who lifts it: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The user.
    pub user_id: UserId,
}

endpoint!(UnbanUser = "unban-user": delete "/moderation/bans" => (), user(moderator_id),
    scopes: any(ModeratorManageBannedUsers));

impl UnbanUser {
    /// Lets a user back in.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        user: impl Into<UserId>,
    ) -> Self {
        UnbanUser { broadcaster_id: broadcaster.into(), moderator_id: moderator.into(), user_id: user.into() }
    }
}

/// Lists the requests to be unbanned that have one status. A walk may meet empty pages before the end.
#[derive(Clone, Debug, Serialize)]
pub struct GetUnbanRequests {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who asks: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// Only those with this status.
    pub status: UnbanRequestStatus,
    /// Only those of this user.
    pub user_id: Option<UserId>,
    /// How many a page.
    pub first: Option<u16>,
}

endpoint!(GetUnbanRequests = "get-unban-requests": get "/moderation/unban_requests" => Page<UnbanRequest>,
    user(moderator_id), scopes: any(ModeratorReadUnbanRequests, ModeratorManageUnbanRequests));

impl GetUnbanRequests {
    /// Those with this status.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        status: UnbanRequestStatus,
    ) -> Self {
        GetUnbanRequests {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            status,
            user_id: None,
            first: None,
        }
    }

    /// Only those of this user.
    #[must_use]
    pub fn of(mut self, user: impl Into<UserId>) -> Self {
        self.user_id = Some(user.into());
        self
    }
}

/// Approves or denies a request to be unbanned.
#[derive(Clone, Debug, Serialize)]
pub struct ResolveUnbanRequest {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who decides: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The request.
    pub unban_request_id: UnbanRequestId,
    /// [`Approved`](UnbanRequestStatus::Approved) or [`Denied`](UnbanRequestStatus::Denied).
    status: UnbanRequestStatus,
    /// What the user is told, in at most 500 characters.
    pub resolution_text: Option<String>,
}

endpoint!(ResolveUnbanRequest = "resolve-unban-requests": patch "/moderation/unban_requests"
    => One<UnbanRequest>, user(moderator_id), scopes: any(ModeratorManageUnbanRequests),
    check: |r| check::length("resolution_text", r.resolution_text.as_deref().unwrap_or_default(), 0, 500));

impl ResolveUnbanRequest {
    /// Lets the user back in.
    pub fn approve(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        request: impl Into<UnbanRequestId>,
    ) -> Self {
        ResolveUnbanRequest {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            unban_request_id: request.into(),
            status: UnbanRequestStatus::Approved,
            resolution_text: None,
        }
    }

    /// Keeps the user out.
    pub fn deny(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        request: impl Into<UnbanRequestId>,
    ) -> Self {
        let status = UnbanRequestStatus::Denied;
        ResolveUnbanRequest { status, ..Self::approve(broadcaster, moderator, request) }
    }

    /// Says why, in at most 500 characters.
    #[must_use]
    pub fn because(mut self, text: impl Into<String>) -> Self {
        self.resolution_text = Some(text.into());
        self
    }
}

/// A request to be unbanned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnbanRequest {
    /// The request's id.
    pub id: UnbanRequestId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// The broadcaster's login.
    pub broadcaster_login: Login,
    /// The broadcaster's display name.
    pub broadcaster_name: CompactString,
    /// Who decided; none until then.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_id: Option<UserId>,
    /// The moderator's login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_login: Option<Login>,
    /// The moderator's display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_name: Option<CompactString>,
    /// Who asks.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
    /// What they say.
    #[serde(default, deserialize_with = "null_as_default")]
    pub text: String,
    /// Where it stands.
    pub status: UnbanRequestStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was decided; none until then.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub resolved_at: Option<Timestamp>,
    /// What the user was told; none if nothing.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub resolution_text: Option<String>,
}

open_enum! {
    /// Where a request to be unbanned stands.
    pub enum UnbanRequestStatus {
        /// Nobody has decided yet.
        Pending = "pending",
        /// The user was let back in.
        Approved = "approved",
        /// The user was kept out.
        Denied = "denied",
        /// The user has seen the decision.
        Acknowledged = "acknowledged",
        /// It no longer matters.
        Canceled = "canceled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, body, decode, query, refused};
    use crate::helix::{Cursor, Endpoint, Invalid, Rule};
    use serde_json::{Value as Json, json};

    #[test]
    fn banned_users_are_listed_and_walked_both_ways() {
        let request = GetBannedUsers::new("1001").only(["1003", "1004"]);
        assert_eq!(query(&request), "broadcaster_id=1001&user_id=1003&user_id=1004");
        assert!(GetBannedUsers::META.both_ways);
        let many = GetBannedUsers::new("1001").only((0..101).map(|n| n.to_string()));
        assert_eq!(refused(&many), "`user_id` wants 0 to 100 values, has 101");
        assert_eq!(
            refused(&GetBannedUsers { first: Some(0), ..GetBannedUsers::new("1001") }),
            "`first` must be 1 to 100, is 0"
        );
    }

    #[test]
    fn a_ban_has_neither_end_nor_reason_where_twitch_writes_nothing() {
        let user = |expires_at: &str, reason: &str| {
            json!({
                "user_id": "1003", "user_login": "cleo", "user_name": "Cleo", "expires_at": expires_at,
                "created_at": "2026-01-02T10:00:00Z", "reason": reason, "moderator_id": "1002",
                "moderator_login": "brook", "moderator_name": "Brook",
            })
        };
        let page = decode::<GetBannedUsers>(json!({
            "data": [user("2026-01-02T10:10:00Z", "spam"), user("", "")],
            "pagination": {"cursor": "next"},
        }));
        let timeout = BannedUser {
            user_id: "1003".into(),
            user_login: "cleo".into(),
            user_name: "Cleo".into(),
            expires_at: Some(at("10:10:00")),
            created_at: at("10:00:00"),
            reason: Some("spam".into()),
            moderator_id: "1002".into(),
            moderator_login: "brook".into(),
            moderator_name: "Brook".into(),
        };
        let ban = BannedUser { expires_at: None, reason: None, ..timeout.clone() };
        assert_eq!(page, Page { items: vec![timeout, ban], cursor: Some(Cursor::new("next")), total: None });
    }

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
    fn a_reason_has_at_most_500_characters() {
        let ban = BanUser::new("1", "2", "3").because("é".repeat(501));
        assert_eq!(refused(&ban), "`reason` wants 0 to 500 characters, has 501");
    }

    #[test]
    fn a_ban_has_no_end_time() {
        let ban = |end_time: Json| {
            decode::<BanUser>(json!({"data": [{
                "broadcaster_id": "1", "moderator_id": "2", "user_id": "3", "created_at": "2026-01-02T10:00:00Z",
                "end_time": end_time,
            }]}))
        };
        let banned = Banned {
            broadcaster_id: "1".into(),
            moderator_id: "2".into(),
            user_id: "3".into(),
            created_at: at("10:00:00"),
            end_time: None,
        };
        assert_eq!(ban(Json::Null), banned);
        let timeout = Banned { end_time: Some(at("10:10:00")), ..banned };
        assert_eq!(ban(json!("2026-01-02T10:10:00Z")), timeout);
    }

    #[test]
    fn a_ban_is_lifted_by_query_alone() {
        let request = UnbanUser::new("1", "2", "3");
        assert_eq!(query(&request), "broadcaster_id=1&moderator_id=2&user_id=3");
        assert_eq!(body(&request), Json::Null);
        decode::<UnbanUser>(Json::Null);
    }

    fn wire(status: &str, moderator: [&str; 3], resolved_at: Json, text: Json) -> Json {
        let [id, login, name] = moderator;
        json!({
            "id": "u1", "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada",
            "moderator_id": id, "moderator_login": login, "moderator_name": name, "user_id": "1003",
            "user_login": "cleo", "user_name": "Cleo", "text": "please", "status": status,
            "created_at": "2026-01-02T10:00:00Z", "resolved_at": resolved_at, "resolution_text": text,
        })
    }

    fn pending() -> UnbanRequest {
        UnbanRequest {
            id: "u1".into(),
            broadcaster_id: "1001".into(),
            broadcaster_login: "ada".into(),
            broadcaster_name: "Ada".into(),
            moderator_id: None,
            moderator_login: None,
            moderator_name: None,
            user_id: "1003".into(),
            user_login: "cleo".into(),
            user_name: "Cleo".into(),
            text: "please".into(),
            status: UnbanRequestStatus::Pending,
            created_at: at("10:00:00"),
            resolved_at: None,
            resolution_text: None,
        }
    }

    #[test]
    fn a_pending_request_names_no_moderator() {
        let request = GetUnbanRequests::new("1001", "1002", UnbanRequestStatus::Pending).of("1003");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002&status=pending&user_id=1003");
        let page = decode::<GetUnbanRequests>(json!({
            "data": [wire("pending", ["", "", ""], Json::Null, Json::Null)],
            "pagination": {"cursor": "next"},
        }));
        assert_eq!(page, Page { items: vec![pending()], cursor: Some(Cursor::new("next")), total: None });
    }

    #[test]
    fn a_request_is_resolved_by_query_alone() {
        let request = ResolveUnbanRequest::approve("1001", "1002", "u1").because("be kind");
        assert_eq!(
            query(&request),
            "broadcaster_id=1001&moderator_id=1002&unban_request_id=u1&status=approved&resolution_text=be+kind"
        );
        let denied = ResolveUnbanRequest::deny("1001", "1002", "u1");
        let expected = "broadcaster_id=1001&moderator_id=1002&unban_request_id=u1&status=denied";
        assert_eq!(query(&denied), expected);
        let long = denied.because("t".repeat(501));
        assert_eq!(refused(&long), "`resolution_text` wants 0 to 500 characters, has 501");
        let end = json!("2026-01-02T11:00:00Z");
        let resolved = decode::<ResolveUnbanRequest>(
            json!({"data": [wire("approved", ["1002", "brook", "Brook"], end, json!("be kind"))]}),
        );
        let expected = UnbanRequest {
            moderator_id: Some("1002".into()),
            moderator_login: Some("brook".into()),
            moderator_name: Some("Brook".into()),
            status: UnbanRequestStatus::Approved,
            resolved_at: Some(at("11:00:00")),
            resolution_text: Some("be kind".into()),
            ..pending()
        };
        assert_eq!(resolved, expected);
    }
}
