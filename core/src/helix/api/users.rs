//! [Users](https://dev.twitch.tv/docs/api/reference/#get-users): accounts, what they allowed the application, whom they
//! block, and the extensions on their channels.

mod extensions;

pub use extensions::{ActiveExtensions, ExtensionKind, ExtensionSlot, InstalledExtension};
pub use extensions::{GetUserActiveExtensions, GetUserExtensions, UpdateUserExtensions};

use crate::auth::Scope;
use crate::helix::{List, One, Page, check, endpoint, split};
use crate::id::{Login, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gets users by id, by login, or the token's own.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetUsers {
    /// Their ids. At most 100, logins included; with neither, the token's own user is meant.
    pub id: Vec<UserId>,
    /// Their logins.
    pub login: Vec<Login>,
}

endpoint!(GetUsers = "get-users": get "/users" => List<User>, any, optional: (UserReadEmail),
    check: |r| check::count("id", r.id.len() + r.login.len(), 0, 100));
split!(GetUsers, id, login by 100);

impl GetUsers {
    /// The token's own user.
    pub fn own() -> Self {
        Self::default()
    }

    /// Users by their ids.
    pub fn by_id<I: Into<UserId>>(ids: impl IntoIterator<Item = I>) -> Self {
        GetUsers { id: ids.into_iter().map(Into::into).collect(), login: vec![] }
    }

    /// Users by their logins.
    pub fn by_login<L: Into<Login>>(logins: impl IntoIterator<Item = L>) -> Self {
        GetUsers { id: vec![], login: logins.into_iter().map(Into::into).collect() }
    }
}

/// A user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// Their login.
    pub login: Login,
    /// Their display name.
    pub display_name: CompactString,
    /// Whether they work for Twitch; none for most.
    #[serde(rename = "type", default, deserialize_with = "empty_as_none")]
    pub kind: Option<UserType>,
    /// Whether they are an affiliate or partner; none for most.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub broadcaster_type: Option<BroadcasterType>,
    /// What they say of their channel.
    #[serde(default, deserialize_with = "null_as_default")]
    pub description: String,
    /// Their picture.
    #[serde(default, deserialize_with = "null_as_default")]
    pub profile_image_url: String,
    /// The picture of their channel while it is offline; none where they set none.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub offline_image_url: Option<String>,
    /// No longer meaningful, since 2022.
    #[serde(default)]
    pub view_count: u64,
    /// Their address, with the scope `user:read:email` and a token of their own.
    #[serde(default, deserialize_with = "empty_as_none", skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
}

open_enum! {
    /// Whether a user works for Twitch.
    pub enum UserType {
        /// An administrator.
        Admin = "admin",
        /// A global moderator.
        GlobalMod = "global_mod",
        /// A member of the staff.
        Staff = "staff",
    }
}

open_enum! {
    /// Whether a user earns by streaming.
    pub enum BroadcasterType {
        /// An affiliate.
        Affiliate = "affiliate",
        /// A partner.
        Partner = "partner",
    }
}

/// Changes what the token's user says of their channel.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateUser {
    /// What they say, at most 300 characters; empty removes it.
    pub description: String,
}

endpoint!(UpdateUser = "update-user": put "/users" => One<User>, user, scopes: any(UserEdit), optional: (UserReadEmail),
    check: |r| check::length("description", &r.description, 0, 300));

impl UpdateUser {
    /// Says this.
    pub fn description(description: impl Into<String>) -> Self {
        UpdateUser { description: description.into() }
    }
}

/// Gets what users have allowed the application to do.
#[derive(Clone, Debug, Serialize)]
pub struct GetAuthorizationByUser {
    /// The users, 1 to 10.
    pub user_id: Vec<UserId>,
}

endpoint!(GetAuthorizationByUser = "get-authorization-by-user": get "/authorization/users" => List<UserAuthorization>, app,
    list: user_id 1..=10);

impl GetAuthorizationByUser {
    /// What these users have allowed.
    pub fn new<I: Into<UserId>>(users: impl IntoIterator<Item = I>) -> Self {
        GetAuthorizationByUser { user_id: users.into_iter().map(Into::into).collect() }
    }
}

/// What a user has allowed the application to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserAuthorization {
    /// Who.
    pub user_id: UserId,
    /// Their display name.
    pub user_name: CompactString,
    /// Their login.
    pub user_login: Login,
    /// What they have allowed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub scopes: Vec<Scope>,
}

/// Gets the users whom a broadcaster blocks, the newest first.
#[derive(Clone, Debug, Serialize)]
pub struct GetUserBlockList {
    /// Who blocks.
    pub broadcaster_id: UserId,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetUserBlockList = "get-user-block-list": get "/users/blocks" => Page<BlockedUser>, user(broadcaster_id),
    scopes: any(UserReadBlockedUsers), page: 100);

impl GetUserBlockList {
    /// Whom this user blocks.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetUserBlockList { broadcaster_id: broadcaster.into(), first: None }
    }
}

/// A user who is blocked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BlockedUser {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub display_name: CompactString,
}

/// Blocks a user, for the token's user.
#[derive(Clone, Debug, Serialize)]
pub struct BlockUser {
    /// Whom.
    pub target_user_id: UserId,
    /// Where they gave reason to.
    pub source_context: Option<BlockContext>,
    /// Why.
    pub reason: Option<BlockReason>,
}

endpoint!(BlockUser = "block-user": put "/users/blocks" => (), user, scopes: any(UserManageBlockedUsers));

impl BlockUser {
    /// Blocks this user.
    pub fn new(target: impl Into<UserId>) -> Self {
        BlockUser { target_user_id: target.into(), source_context: None, reason: None }
    }

    /// Says where they gave reason to.
    #[must_use]
    pub fn met_in(mut self, context: BlockContext) -> Self {
        self.source_context = Some(context);
        self
    }

    /// Says why.
    #[must_use]
    pub fn because(mut self, reason: BlockReason) -> Self {
        self.reason = Some(reason);
        self
    }
}

open_enum! {
    /// Where a user gave reason to block them.
    pub enum BlockContext {
        /// In chat.
        Chat = "chat",
        /// In whispers.
        Whisper = "whisper",
    }
}

open_enum! {
    /// Why a user is blocked.
    pub enum BlockReason {
        /// Harassment.
        Harassment = "harassment",
        /// Spam.
        Spam = "spam",
        /// Another reason.
        Other = "other",
    }
}

/// Takes back a block of the token's user.
#[derive(Clone, Debug, Serialize)]
pub struct UnblockUser {
    /// Whose block.
    pub target_user_id: UserId,
}

endpoint!(UnblockUser = "unblock-user": delete "/users/blocks" => (), user, scopes: any(UserManageBlockedUsers));

impl UnblockUser {
    /// Unblocks this user.
    pub fn new(target: impl Into<UserId>) -> Self {
        UnblockUser { target_user_id: target.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{body, decode, query, refused};
    use crate::helix::{Endpoint, Invalid, Rule};
    use serde_json::json;

    #[test]
    fn ids_and_logins_repeat_in_the_query() {
        let request = GetUsers { id: vec!["1".into(), "2".into()], login: vec!["ada".into()] };
        assert_eq!(request.query().unwrap(), "id=1&id=2&login=ada");
        assert_eq!(GetUsers::own().query().unwrap(), "");
    }

    #[test]
    fn more_than_a_hundred_ids_and_logins_are_refused_before_sending() {
        let mut request = GetUsers::by_id((0..60).map(|n| n.to_string()));
        request.login = (0..41).map(|n| Login::from(n.to_string())).collect();
        let rule = Rule::Count { unit: "values", min: 0, max: 100, got: 101 };
        assert_eq!(request.check(), Err(Invalid { field: "id", rule }));
    }

    #[test]
    fn a_user_decodes_to_the_field() {
        let user: User = serde_json::from_value(serde_json::json!({
            "id": "1001", "login": "ada", "display_name": "Ada", "type": "", "broadcaster_type": "partner",
            "description": "numbers", "profile_image_url": "https://pic.example/ada.png", "offline_image_url": "",
            "view_count": 7, "created_at": "2016-12-14T20:32:28Z",
        }))
        .unwrap();
        assert_eq!(
            user,
            User {
                id: "1001".into(),
                login: "ada".into(),
                display_name: "Ada".into(),
                kind: None,
                broadcaster_type: Some(BroadcasterType::Partner),
                description: "numbers".into(),
                profile_image_url: "https://pic.example/ada.png".into(),
                offline_image_url: None,
                view_count: 7,
                email: None,
                created_at: "2016-12-14T20:32:28Z".parse().unwrap(),
            }
        );
    }

    #[test]
    fn a_user_without_a_description_sends_it_empty() {
        assert_eq!(query(&UpdateUser::description("numbers")), "description=numbers");
        assert_eq!(query(&UpdateUser::description("")), "description=");
        assert_eq!(
            refused(&UpdateUser::description("x".repeat(301))),
            "`description` wants 0 to 300 characters, has 301"
        );
        let wire = json!({
            "id": "1001", "login": "ada", "display_name": "Ada", "type": "staff", "broadcaster_type": "affiliate",
            "description": "numbers", "profile_image_url": "https://pic.example/ada.png",
            "offline_image_url": "https://pic.example/off.png", "view_count": 0, "email": "ada@mail.example",
            "created_at": "2016-12-14T20:32:28Z",
        });
        let user = decode::<UpdateUser>(json!({"data": [wire]}));
        assert_eq!(
            (&user.kind, &user.broadcaster_type),
            (&Some(UserType::Staff), &Some(BroadcasterType::Affiliate))
        );
        assert_eq!(user.offline_image_url.as_deref(), Some("https://pic.example/off.png"));
        assert_eq!(user.email.as_deref(), Some("ada@mail.example"));
        assert_eq!(serde_json::to_value(&user).unwrap(), wire);
        assert_eq!(decode::<GetUsers>(json!({"data": [wire]})), [user]);
    }

    #[test]
    fn an_authorization_is_a_list_of_scopes() {
        assert_eq!(query(&GetAuthorizationByUser::new(["1001", "1002"])), "user_id=1001&user_id=1002");
        assert_eq!(
            refused(&GetAuthorizationByUser::new(["1"; 11])),
            "`user_id` wants 1 to 10 values, has 11"
        );
        let wire = json!({
            "user_id": "1001", "user_name": "Ada", "user_login": "ada", "scopes": ["bits:read", "moon:read"],
        });
        let authorizations = decode::<GetAuthorizationByUser>(json!({"data": [wire]}));
        assert_eq!(
            authorizations,
            [UserAuthorization {
                user_id: "1001".into(),
                user_name: "Ada".into(),
                user_login: "ada".into(),
                scopes: vec![Scope::BitsRead, Scope::Unknown("moon:read".into())],
            }]
        );
        assert_eq!(serde_json::to_value(&authorizations[0]).unwrap(), wire);
    }

    #[test]
    fn a_block_is_listed_made_and_taken_back() {
        assert_eq!(query(&GetUserBlockList::new("1001")), "broadcaster_id=1001");
        let wire = json!({"user_id": "1002", "user_login": "brook", "display_name": "Brook"});
        let page = decode::<GetUserBlockList>(json!({"data": [wire]}));
        assert_eq!(
            page.items,
            [BlockedUser {
                user_id: "1002".into(),
                user_login: "brook".into(),
                display_name: "Brook".into()
            }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
        assert_eq!(query(&BlockUser::new("1002")), "target_user_id=1002");
        assert_eq!(
            query(&BlockUser::new("1002").met_in(BlockContext::Whisper).because(BlockReason::Spam)),
            "target_user_id=1002&source_context=whisper&reason=spam"
        );
        assert_eq!(body(&BlockUser::new("1002")), json!(null));
        assert_eq!(query(&UnblockUser::new("1002")), "target_user_id=1002");
    }
}
