//! [Users](https://dev.twitch.tv/docs/api/reference/#get-users).

use crate::helix::{List, check, endpoint};
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
    /// Their address, with the scope `user:read:email` and a token of their own.
    #[serde(default, deserialize_with = "empty_as_none")]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::{Endpoint, Invalid, Rule};

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
                email: None,
                created_at: "2016-12-14T20:32:28Z".parse().unwrap(),
            }
        );
    }
}
