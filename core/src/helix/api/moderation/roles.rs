//! Who moderates, and who is a VIP.

use crate::helix::{Page, endpoint};
use crate::id::{Login, UserId};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Lists the channels that a user moderates.
#[derive(Clone, Debug, Serialize)]
pub struct GetModeratedChannels {
    /// The user.
    pub user_id: UserId,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetModeratedChannels = "get-moderated-channels": get "/moderation/channels" => Page<ModeratedChannel>,
    user(user_id), scopes: any(UserReadModeratedChannels), page: 100);

impl GetModeratedChannels {
    /// The channels of a user.
    pub fn new(user: impl Into<UserId>) -> Self {
        GetModeratedChannels { user_id: user.into(), first: None }
    }
}

/// A channel that a user moderates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModeratedChannel {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The broadcaster's login.
    pub broadcaster_login: Login,
    /// The broadcaster's display name.
    pub broadcaster_name: CompactString,
}

/// Lists a channel's moderators.
#[derive(Clone, Debug, Serialize)]
pub struct GetModerators {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Only these users, at most 100; those who do not moderate are left out.
    pub user_id: Vec<UserId>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetModerators = "get-moderators": get "/moderation/moderators" => Page<Moderator>, user(broadcaster_id),
    scopes: any(ModerationRead, ChannelManageModerators), page: 100, list: user_id 0..=100);

impl GetModerators {
    /// All of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetModerators { broadcaster_id: broadcaster.into(), user_id: vec![], first: None }
    }

    /// Only these users.
    #[must_use]
    pub fn only<I: Into<UserId>>(mut self, users: impl IntoIterator<Item = I>) -> Self {
        self.user_id = users.into_iter().map(Into::into).collect();
        self
    }
}

/// A moderator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Moderator {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
}

/// Makes a user a moderator. A VIP has to cease to be one first. Twitch takes ten in ten seconds.
#[derive(Clone, Debug, Serialize)]
pub struct AddChannelModerator {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The user.
    pub user_id: UserId,
}

endpoint!(AddChannelModerator = "add-channel-moderator": post "/moderation/moderators" => (), user(broadcaster_id),
    scopes: any(ChannelManageModerators), limits: [10 in 10 by (broadcaster_id)]);

impl AddChannelModerator {
    /// Makes a user a moderator.
    pub fn new(broadcaster: impl Into<UserId>, user: impl Into<UserId>) -> Self {
        AddChannelModerator { broadcaster_id: broadcaster.into(), user_id: user.into() }
    }
}

/// Makes a moderator a plain user again. Twitch takes ten in ten seconds.
#[derive(Clone, Debug, Serialize)]
pub struct RemoveChannelModerator {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The user.
    pub user_id: UserId,
}

endpoint!(RemoveChannelModerator = "remove-channel-moderator": delete "/moderation/moderators" => (),
    user(broadcaster_id), scopes: any(ChannelManageModerators), limits: [10 in 10 by (broadcaster_id)]);

impl RemoveChannelModerator {
    /// Makes a moderator a plain user again.
    pub fn new(broadcaster: impl Into<UserId>, user: impl Into<UserId>) -> Self {
        RemoveChannelModerator { broadcaster_id: broadcaster.into(), user_id: user.into() }
    }
}

/// Lists a channel's VIPs.
#[derive(Clone, Debug, Serialize)]
pub struct GetVips {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Only these users, at most 100; those who are no VIPs are left out.
    pub user_id: Vec<UserId>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetVips = "get-vips": get "/channels/vips" => Page<Vip>, user(broadcaster_id),
    scopes: any(ChannelReadVips, ChannelManageVips), page: 100, list: user_id 0..=100);

impl GetVips {
    /// All of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetVips { broadcaster_id: broadcaster.into(), user_id: vec![], first: None }
    }

    /// Only these users.
    #[must_use]
    pub fn only<I: Into<UserId>>(mut self, users: impl IntoIterator<Item = I>) -> Self {
        self.user_id = users.into_iter().map(Into::into).collect();
        self
    }
}

/// A VIP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Vip {
    /// Who.
    pub user_id: UserId,
    /// Their display name.
    pub user_name: CompactString,
    /// Their login.
    pub user_login: Login,
}

/// Makes a user a VIP. A moderator has to cease to be one first. Twitch takes ten in ten seconds.
#[derive(Clone, Debug, Serialize)]
pub struct AddChannelVip {
    /// The user.
    pub user_id: UserId,
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(AddChannelVip = "add-channel-vip": post "/channels/vips" => (), user(broadcaster_id),
    scopes: any(ChannelManageVips), limits: [10 in 10 by (broadcaster_id)]);

impl AddChannelVip {
    /// Makes a user a VIP.
    pub fn new(broadcaster: impl Into<UserId>, user: impl Into<UserId>) -> Self {
        AddChannelVip { user_id: user.into(), broadcaster_id: broadcaster.into() }
    }
}

/// Makes a VIP a plain user again. Twitch takes ten in ten seconds. VIPs may do so themselves, with their own token.
#[derive(Clone, Debug, Serialize)]
pub struct RemoveChannelVip {
    /// The user.
    pub user_id: UserId,
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(RemoveChannelVip = "remove-channel-vip": delete "/channels/vips" => (), user(broadcaster_id),
    scopes: any(ChannelManageVips), limits: [10 in 10 by (broadcaster_id)]);

impl RemoveChannelVip {
    /// Makes a VIP a plain user again.
    pub fn new(broadcaster: impl Into<UserId>, user: impl Into<UserId>) -> Self {
        RemoveChannelVip { user_id: user.into(), broadcaster_id: broadcaster.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{decode, query, refused};
    use crate::helix::{Cursor, Endpoint};
    use serde_json::{Value as Json, json};

    #[test]
    fn the_channels_a_user_moderates_are_listed_with_their_token() {
        let request = GetModeratedChannels::new("1002");
        assert_eq!(query(&request), "user_id=1002");
        assert_eq!(request.owner(), Some(&UserId::new("1002")));
        let first = GetModeratedChannels { first: Some(101), ..request };
        assert_eq!(refused(&first), "`first` must be 1 to 100, is 101");
        let page = decode::<GetModeratedChannels>(json!({
            "data": [{"broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada"}],
            "pagination": {"cursor": "next"},
        }));
        let ada = ModeratedChannel {
            broadcaster_id: "1001".into(),
            broadcaster_login: "ada".into(),
            broadcaster_name: "Ada".into(),
        };
        assert_eq!(page, Page { items: vec![ada], cursor: Some(Cursor::new("next")), total: None });
    }

    fn wire() -> Json {
        json!({
            "data": [{"user_id": "1002", "user_login": "brook", "user_name": "Brook"}],
            "pagination": {"cursor": "next"},
        })
    }

    #[test]
    fn moderators_are_listed() {
        let request = GetModerators::new("1001").only(["1002", "1003"]);
        assert_eq!(query(&request), "broadcaster_id=1001&user_id=1002&user_id=1003");
        let brook =
            Moderator { user_id: "1002".into(), user_login: "brook".into(), user_name: "Brook".into() };
        let expected = Page { items: vec![brook], cursor: Some(Cursor::new("next")), total: None };
        assert_eq!(decode::<GetModerators>(wire()), expected);
    }

    #[test]
    fn vips_are_listed() {
        let request = GetVips::new("1001").only(["1002", "1003"]);
        assert_eq!(query(&request), "broadcaster_id=1001&user_id=1002&user_id=1003");
        let brook = Vip { user_id: "1002".into(), user_name: "Brook".into(), user_login: "brook".into() };
        let expected = Page { items: vec![brook], cursor: Some(Cursor::new("next")), total: None };
        assert_eq!(decode::<GetVips>(wire()), expected);
    }

    #[test]
    fn at_most_a_hundred_users_are_asked_about_at_once() {
        let users = || (0..101).map(|n| n.to_string());
        let words = "`user_id` wants 0 to 100 values, has 101";
        assert_eq!(refused(&GetModerators::new("1001").only(users())), words);
        assert_eq!(refused(&GetVips::new("1001").only(users())), words);
        let words = "`first` must be 1 to 100, is 0";
        assert_eq!(refused(&GetModerators { first: Some(0), ..GetModerators::new("1001") }), words);
        assert_eq!(refused(&GetVips { first: Some(0), ..GetVips::new("1001") }), words);
    }

    #[test]
    fn roles_are_given_and_taken_with_the_broadcasters_token() {
        let broadcaster = UserId::new("1001");
        let add = AddChannelModerator::new("1001", "1002");
        assert_eq!(
            (query(&add).as_str(), add.owner()),
            ("broadcaster_id=1001&user_id=1002", Some(&broadcaster))
        );
        let remove = RemoveChannelModerator::new("1001", "1002");
        assert_eq!(query(&remove), "broadcaster_id=1001&user_id=1002");
        let add = AddChannelVip::new("1001", "1002");
        assert_eq!(
            (query(&add).as_str(), add.owner()),
            ("user_id=1002&broadcaster_id=1001", Some(&broadcaster))
        );
        assert_eq!(query(&RemoveChannelVip::new("1001", "1002")), "user_id=1002&broadcaster_id=1001");
        decode::<AddChannelModerator>(Json::Null);
        decode::<RemoveChannelModerator>(Json::Null);
        decode::<AddChannelVip>(Json::Null);
        decode::<RemoveChannelVip>(Json::Null);
    }
}
