//! The room: who is connected, which rooms share a chat, and the colours of names.

use crate::helix::{List, Maybe, Page, endpoint};
use crate::id::{Login, SharedChatSessionId, UserId};
use crate::value::Color;
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gets who is connected to a chat room. The list lags behind by a while.
#[derive(Clone, Debug, Serialize)]
pub struct GetChatters {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who asks: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// How many a page, 1 to 1000; Twitch's default is 100.
    pub first: Option<u16>,
}

endpoint!(GetChatters = "get-chatters": get "/chat/chatters" => Page<Chatter>, user(moderator_id),
    scopes: any(ModeratorReadChatters), page: 1000);

impl GetChatters {
    /// Everybody in a channel's chat.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        GetChatters { broadcaster_id: broadcaster.into(), moderator_id: moderator.into(), first: None }
    }
}

/// Somebody connected to a chat room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Chatter {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
}

/// Gets the shared chat that a channel takes part in; none where it does not.
#[derive(Clone, Debug, Serialize)]
pub struct GetSharedChatSession {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetSharedChatSession = "get-shared-chat-session": get "/shared_chat/session" => Maybe<SharedChatSession>, any);

impl GetSharedChatSession {
    /// The shared chat of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetSharedChatSession { broadcaster_id: broadcaster.into() }
    }
}

/// A chat that several channels share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SharedChatSession {
    /// The session's id.
    pub session_id: SharedChatSessionId,
    /// The channel that hosts it.
    pub host_broadcaster_id: UserId,
    /// The channels that take part, the host included.
    #[serde(default, deserialize_with = "null_as_default")]
    pub participants: Vec<SharedChatParticipant>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A channel in a shared chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SharedChatParticipant {
    /// The channel.
    pub broadcaster_id: UserId,
}

/// Gets the colours of users' names. Users that are not found are left out.
#[derive(Clone, Debug, Serialize)]
pub struct GetUserChatColor {
    /// The users, 1 to 100.
    pub user_id: Vec<UserId>,
}

endpoint!(GetUserChatColor = "get-user-chat-color": get "/chat/color" => List<UserChatColor>, any,
    list: user_id 1..=100);

impl GetUserChatColor {
    /// The colours of these users' names.
    pub fn new<I: Into<UserId>>(users: impl IntoIterator<Item = I>) -> Self {
        GetUserChatColor { user_id: users.into_iter().map(Into::into).collect() }
    }
}

/// The colour of a user's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserChatColor {
    /// Whose.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
    /// The colour; none where they never chose one.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub color: Option<Color>,
}

/// Sets the colour of a user's name.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateUserChatColor {
    /// The user.
    pub user_id: UserId,
    /// The colour.
    pub color: ChatColor,
}

endpoint!(UpdateUserChatColor = "update-user-chat-color": put "/chat/color" => (), user(user_id),
    scopes: any(UserManageChatColor));

impl UpdateUserChatColor {
    /// Sets a colour: `NamedColor::Coral`, or, with Turbo or Prime, any [`Color`].
    pub fn new(user: impl Into<UserId>, color: impl Into<ChatColor>) -> Self {
        UpdateUserChatColor { user_id: user.into(), color: color.into() }
    }
}

/// A colour to choose for a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ChatColor {
    /// One that everybody can have.
    Named(NamedColor),
    /// Any colour, for users with Turbo or Prime.
    Any(Color),
}

impl From<NamedColor> for ChatColor {
    fn from(color: NamedColor) -> Self {
        ChatColor::Named(color)
    }
}

impl From<Color> for ChatColor {
    fn from(color: Color) -> Self {
        ChatColor::Any(color)
    }
}

open_enum! {
    /// A colour that everybody can have for their name.
    pub enum NamedColor {
        /// Blue.
        Blue = "blue",
        /// Blue violet.
        BlueViolet = "blue_violet",
        /// Cadet blue.
        CadetBlue = "cadet_blue",
        /// Chocolate.
        Chocolate = "chocolate",
        /// Coral.
        Coral = "coral",
        /// Dodger blue.
        DodgerBlue = "dodger_blue",
        /// Firebrick.
        Firebrick = "firebrick",
        /// Golden rod.
        GoldenRod = "golden_rod",
        /// Green.
        Green = "green",
        /// Hot pink.
        HotPink = "hot_pink",
        /// Orange red.
        OrangeRed = "orange_red",
        /// Red.
        Red = "red",
        /// Sea green.
        SeaGreen = "sea_green",
        /// Spring green.
        SpringGreen = "spring_green",
        /// Yellow green.
        YellowGreen = "yellow_green",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, decode, query, refused};
    use serde_json::json;

    #[test]
    fn chatters_come_a_thousand_a_page() {
        let request = GetChatters::new("1001", "1002");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        let wrong = GetChatters { first: Some(1001), ..request };
        assert_eq!(refused(&wrong), "`first` must be 1 to 1000, is 1001");
        let wire = json!({"user_id": "1003", "user_login": "cleo", "user_name": "Cleo"});
        let page = decode::<GetChatters>(json!({"data": [wire], "pagination": {}, "total": 8}));
        assert_eq!(page.total, Some(8));
        assert_eq!(
            page.items,
            [Chatter { user_id: "1003".into(), user_login: "cleo".into(), user_name: "Cleo".into() }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
    }

    #[test]
    fn a_channel_shares_its_chat_or_does_not() {
        assert_eq!(query(&GetSharedChatSession::new("1001")), "broadcaster_id=1001");
        let wire = json!({
            "session_id": "s1", "host_broadcaster_id": "1001",
            "participants": [{"broadcaster_id": "1001"}, {"broadcaster_id": "1002"}],
            "created_at": "2026-01-02T08:00:00Z", "updated_at": "2026-01-02T09:00:00Z",
        });
        let session = decode::<GetSharedChatSession>(json!({"data": [wire]})).unwrap();
        assert_eq!(
            session,
            SharedChatSession {
                session_id: "s1".into(),
                host_broadcaster_id: "1001".into(),
                participants: vec![
                    SharedChatParticipant { broadcaster_id: "1001".into() },
                    SharedChatParticipant { broadcaster_id: "1002".into() },
                ],
                created_at: at("08:00:00"),
                updated_at: at("09:00:00"),
            }
        );
        assert_eq!(serde_json::to_value(&session).unwrap(), wire);
        assert_eq!(decode::<GetSharedChatSession>(json!({"data": []})), None);
    }

    #[test]
    fn a_name_may_have_no_colour() {
        assert_eq!(query(&GetUserChatColor::new(["1001", "1002"])), "user_id=1001&user_id=1002");
        assert_eq!(refused(&GetUserChatColor::new(["1"; 101])), "`user_id` wants 1 to 100 values, has 101");
        let wire = json!({"user_id": "1001", "user_login": "ada", "user_name": "Ada", "color": "#9146FF"});
        let plain = json!({"user_id": "1002", "user_login": "brook", "user_name": "Brook", "color": ""});
        let colors = decode::<GetUserChatColor>(json!({"data": [wire, plain]}));
        assert_eq!(
            colors[0],
            UserChatColor {
                user_id: "1001".into(),
                user_login: "ada".into(),
                user_name: "Ada".into(),
                color: Some("#9146FF".into()),
            }
        );
        assert_eq!(colors[1].color, None);
        assert_eq!(serde_json::to_value(&colors[0]).unwrap(), wire);
    }

    #[test]
    fn a_colour_is_a_name_or_any_colour() {
        assert_eq!(
            query(&UpdateUserChatColor::new("1001", NamedColor::BlueViolet)),
            "user_id=1001&color=blue_violet"
        );
        assert_eq!(
            query(&UpdateUserChatColor::new("1001", Color::from_rgb(145, 70, 255))),
            "user_id=1001&color=%239146FF"
        );
    }
}
