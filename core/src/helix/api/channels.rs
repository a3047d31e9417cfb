//! [Channels](https://dev.twitch.tv/docs/api/reference/#get-channel-information): what a channel shows, its editors, who
//! follows it and whom a user follows.

use crate::helix::check::{self, Checked};
use crate::helix::{Invalid, List, Page, Rule, endpoint};
use crate::id::{CategoryId, Login, UserId};
use crate::value::ContentLabel;
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gets what channels show, whether they are live or not. Channels that are not found are left out.
#[derive(Clone, Debug, Serialize)]
pub struct GetChannelInformation {
    /// The channels, 1 to 100.
    pub broadcaster_id: Vec<UserId>,
}

endpoint!(GetChannelInformation = "get-channel-information": get "/channels" => List<ChannelInformation>, any,
    list: broadcaster_id 1..=100);

impl GetChannelInformation {
    /// Channels by their ids.
    pub fn new<I: Into<UserId>>(broadcasters: impl IntoIterator<Item = I>) -> Self {
        GetChannelInformation { broadcaster_id: broadcasters.into_iter().map(Into::into).collect() }
    }
}

/// What a channel shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelInformation {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login.
    pub broadcaster_login: Login,
    /// Its display name.
    pub broadcaster_name: CompactString,
    /// Its language (ISO 639-1), or `other`.
    pub broadcaster_language: CompactString,
    /// The name of the category, now or last; none where there never was one.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub game_name: Option<String>,
    /// The category's id.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub game_id: Option<CategoryId>,
    /// The stream's title, now or last; empty where there never was one.
    pub title: String,
    /// By how many seconds the stream is delayed. Told to the broadcaster alone, 0 to all others.
    #[serde(default)]
    pub delay: u64,
    /// The channel's tags.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tags: Vec<CompactString>,
    /// The channel's content classification labels.
    #[serde(default, deserialize_with = "null_as_default")]
    pub content_classification_labels: Vec<ContentLabel>,
    /// Whether the channel has branded content.
    #[serde(default)]
    pub is_branded_content: bool,
}

/// Changes what a channel shows: `ModifyChannelInformation::new(me).title("Sums").tags(["maths"])`.
#[derive(Clone, Debug, Serialize)]
pub struct ModifyChannelInformation {
    /// The channel.
    pub broadcaster_id: UserId,
    /// What to change, at least one thing.
    #[serde(skip)]
    pub change: ChannelChange,
}

endpoint!(ModifyChannelInformation = "modify-channel-information": patch "/channels" => (), user(broadcaster_id),
    scopes: any(ChannelManageBroadcast), body: json(change), check: |r| r.change.check());

/// What to change on a channel; what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ChannelChange {
    /// The category; `0` for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub game_id: Option<CategoryId>,
    /// The language (ISO 639-1), or `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broadcaster_language: Option<CompactString>,
    /// The title, not empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// By how many seconds to delay the stream, 0 to 900. For partners only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<u16>,
    /// All of the tags, at most 10 of 1 to 25 characters without spaces; an empty list removes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<CompactString>>,
    /// Labels to put on or take off; others stay as they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub content_classification_labels: Vec<LabelSwitch>,
    /// Whether the channel has branded content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_branded_content: Option<bool>,
}

/// A content classification label, on or off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabelSwitch {
    /// Which.
    pub id: ContentLabel,
    /// Whether to put it on.
    pub is_enabled: bool,
}

impl ModifyChannelInformation {
    /// Changes nothing yet.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ModifyChannelInformation { broadcaster_id: broadcaster.into(), change: ChannelChange::default() }
    }

    /// Sets the category.
    #[must_use]
    pub fn game(mut self, category: impl Into<CategoryId>) -> Self {
        self.change.game_id = Some(category.into());
        self
    }

    /// Leaves the channel without a category.
    #[must_use]
    pub fn no_game(self) -> Self {
        self.game("0")
    }

    /// Sets the language (ISO 639-1), or `other`.
    #[must_use]
    pub fn language(mut self, language: impl Into<CompactString>) -> Self {
        self.change.broadcaster_language = Some(language.into());
        self
    }

    /// Sets the title.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.change.title = Some(title.into());
        self
    }

    /// Delays the stream by 0 to 900 seconds. For partners only.
    #[must_use]
    pub fn delay(mut self, seconds: u16) -> Self {
        self.change.delay = Some(seconds);
        self
    }

    /// Sets all of the tags, at most 10 of 1 to 25 characters without spaces.
    #[must_use]
    pub fn tags<T: Into<CompactString>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.change.tags = Some(tags.into_iter().map(Into::into).collect());
        self
    }

    /// Puts a content classification label on or takes it off.
    #[must_use]
    pub fn label(mut self, label: ContentLabel, on: bool) -> Self {
        self.change.content_classification_labels.push(LabelSwitch { id: label, is_enabled: on });
        self
    }

    /// Says whether the channel has branded content.
    #[must_use]
    pub fn branded_content(mut self, yes: bool) -> Self {
        self.change.is_branded_content = Some(yes);
        self
    }
}

impl ChannelChange {
    fn check(&self) -> Checked {
        if *self == ChannelChange::default() {
            return Err(Invalid::new("request", Rule::Other("changes nothing")));
        }
        if self.title.as_deref() == Some("") {
            return Err(Invalid::new("title", Rule::Other("must not be empty")));
        }
        check::range_if("delay", self.delay, 0, 900)?;
        let tags = self.tags.as_deref().unwrap_or_default();
        check::count("tags", tags.len(), 0, 10)?;
        tags.iter().try_for_each(|tag| {
            check::length("tags", tag, 1, 25)?;
            if tag.contains(|c: char| c.is_whitespace() || c.is_ascii_punctuation()) {
                return Err(Invalid::new(
                    "tags",
                    Rule::Other("must be words without spaces or special characters"),
                ));
            }
            Ok(())
        })
    }
}

/// Gets a channel's editors.
#[derive(Clone, Debug, Serialize)]
pub struct GetChannelEditors {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetChannelEditors = "get-channel-editors": get "/channels/editors" => List<ChannelEditor>,
    user(broadcaster_id), scopes: any(ChannelReadEditors));

impl GetChannelEditors {
    /// The editors of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetChannelEditors { broadcaster_id: broadcaster.into() }
    }
}

/// A channel's editor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelEditor {
    /// Who.
    pub user_id: UserId,
    /// Their display name.
    pub user_name: CompactString,
    /// Since when.
    pub created_at: Timestamp,
}

/// Gets the channels that a user follows, the newest first.
#[derive(Clone, Debug, Serialize)]
pub struct GetFollowedChannels {
    /// The user.
    pub user_id: UserId,
    /// Asks whether they follow this one channel.
    pub broadcaster_id: Option<UserId>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetFollowedChannels = "get-followed-channels": get "/channels/followed" => Page<FollowedChannel>, user(user_id),
    scopes: any(UserReadFollows), page: 100);

impl GetFollowedChannels {
    /// All channels that a user follows.
    pub fn new(user: impl Into<UserId>) -> Self {
        GetFollowedChannels { user_id: user.into(), broadcaster_id: None, first: None }
    }

    /// Whether they follow this one channel.
    #[must_use]
    pub fn of(mut self, broadcaster: impl Into<UserId>) -> Self {
        self.broadcaster_id = Some(broadcaster.into());
        self
    }
}

/// A channel that a user follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FollowedChannel {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login.
    pub broadcaster_login: Login,
    /// Its display name.
    pub broadcaster_name: CompactString,
    /// Since when.
    pub followed_at: Timestamp,
}

/// Gets the users who follow a broadcaster, the newest first. Without the scope, or with the token of a user who does
/// not moderate the channel, only the total is told.
#[derive(Clone, Debug, Serialize)]
pub struct GetChannelFollowers {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Asks whether this one user follows.
    pub user_id: Option<UserId>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetChannelFollowers = "get-channel-followers": get "/channels/followers" => Page<FollowedBy>,
    user(broadcaster_id), optional: (ModeratorReadFollowers), page: 100);

impl GetChannelFollowers {
    /// All followers of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetChannelFollowers { broadcaster_id: broadcaster.into(), user_id: None, first: None }
    }

    /// Whether this one user follows.
    #[must_use]
    pub fn of(mut self, user: impl Into<UserId>) -> Self {
        self.user_id = Some(user.into());
        self
    }
}

/// A user who follows a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FollowedBy {
    /// Who follows.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
    /// Since when.
    pub followed_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, body, decode, query, refused};
    use crate::helix::{Endpoint, Pager};
    use serde_json::json;

    #[test]
    fn a_channel_that_never_streamed_has_no_category() {
        assert_eq!(
            query(&GetChannelInformation::new(["1001", "1002"])),
            "broadcaster_id=1001&broadcaster_id=1002"
        );
        let nobody: [&str; 0] = [];
        assert_eq!(
            refused(&GetChannelInformation::new(nobody)),
            "`broadcaster_id` wants 1 to 100 values, has 0"
        );
        let channels = decode::<GetChannelInformation>(json!({"data": [{
            "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada",
            "broadcaster_language": "en", "game_name": "", "game_id": "", "title": "", "delay": 0, "tags": null,
            "content_classification_labels": [], "is_branded_content": false,
        }]}));
        assert_eq!((&channels[0].game_id, &channels[0].game_name), (&None, &None));
        assert!(channels[0].tags.is_empty());
    }

    #[test]
    fn a_channel_decodes_to_the_field() {
        let wire = json!({
            "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada",
            "broadcaster_language": "en", "game_name": "Chess", "game_id": "7", "title": "Sums", "delay": 15,
            "tags": ["maths"], "content_classification_labels": ["Gambling"], "is_branded_content": true,
        });
        let channels = decode::<GetChannelInformation>(json!({"data": [wire]}));
        assert_eq!(
            channels,
            [ChannelInformation {
                broadcaster_id: "1001".into(),
                broadcaster_login: "ada".into(),
                broadcaster_name: "Ada".into(),
                broadcaster_language: "en".into(),
                game_name: Some("Chess".into()),
                game_id: Some("7".into()),
                title: "Sums".into(),
                delay: 15,
                tags: vec!["maths".into()],
                content_classification_labels: vec![ContentLabel::Gambling],
                is_branded_content: true,
            }]
        );
        assert_eq!(serde_json::to_value(&channels[0]).unwrap(), wire);
    }

    #[test]
    fn a_change_of_a_channel_sends_what_it_changes() {
        let request = ModifyChannelInformation::new("1001")
            .no_game()
            .language("de")
            .title("Sums")
            .delay(900)
            .tags(["maths"])
            .label(ContentLabel::Gambling, true)
            .label(ContentLabel::SexualThemes, false)
            .branded_content(true);
        assert_eq!(query(&request), "broadcaster_id=1001");
        assert_eq!(
            body(&request),
            json!({
                "game_id": "0", "broadcaster_language": "de", "title": "Sums", "delay": 900, "tags": ["maths"],
                "content_classification_labels": [
                    {"id": "Gambling", "is_enabled": true}, {"id": "SexualThemes", "is_enabled": false},
                ],
                "is_branded_content": true,
            })
        );
        let none: [&str; 0] = [];
        assert_eq!(body(&ModifyChannelInformation::new("1001").tags(none)), json!({"tags": []}));
    }

    #[test]
    fn a_change_outside_twitchs_limits_is_not_sent() {
        let change = || ModifyChannelInformation::new("1001");
        assert_eq!(refused(&change()), "`request` changes nothing");
        assert_eq!(refused(&change().title("")), "`title` must not be empty");
        assert_eq!(refused(&change().delay(901)), "`delay` must be 0 to 900, is 901");
        assert_eq!(refused(&change().tags(["tag"; 11])), "`tags` wants 0 to 10 values, has 11");
        assert_eq!(refused(&change().tags([""])), "`tags` wants 1 to 25 characters, has 0");
        assert_eq!(refused(&change().tags(["x".repeat(26)])), "`tags` wants 1 to 25 characters, has 26");
    }

    #[test]
    fn an_editor_decodes_to_the_field() {
        assert_eq!(query(&GetChannelEditors::new("1001")), "broadcaster_id=1001");
        let wire = json!({"user_id": "1002", "user_name": "Brook", "created_at": "2026-01-02T08:00:00Z"});
        let editors = decode::<GetChannelEditors>(json!({"data": [wire]}));
        assert_eq!(
            editors,
            [ChannelEditor { user_id: "1002".into(), user_name: "Brook".into(), created_at: at("08:00:00") }]
        );
        assert_eq!(serde_json::to_value(&editors[0]).unwrap(), wire);
    }

    #[test]
    fn a_followed_channel_decodes_to_the_field() {
        assert_eq!(query(&GetFollowedChannels::new("1002")), "user_id=1002");
        assert_eq!(query(&GetFollowedChannels::new("1002").of("1001")), "user_id=1002&broadcaster_id=1001");
        let wire = json!({
            "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada",
            "followed_at": "2026-01-02T08:00:00Z",
        });
        let page = decode::<GetFollowedChannels>(json!({"total": 8, "data": [wire], "pagination": {}}));
        assert_eq!(page.total, Some(8));
        assert_eq!(
            page.items,
            [FollowedChannel {
                broadcaster_id: "1001".into(),
                broadcaster_login: "ada".into(),
                broadcaster_name: "Ada".into(),
                followed_at: at("08:00:00"),
            }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
    }

    #[test]
    fn without_the_scope_only_the_number_of_followers_is_told() {
        assert_eq!(query(&GetChannelFollowers::new("1001").of("1002")), "broadcaster_id=1001&user_id=1002");
        let page = decode::<GetChannelFollowers>(json!({"total": 8, "data": [], "pagination": {}}));
        assert_eq!((page.total, page.items.len(), page.cursor), (Some(8), 0, None));
    }

    #[test]
    fn a_follower_decodes_to_the_field() {
        let wire = json!({
            "user_id": "1002", "user_login": "brook", "user_name": "Brook", "followed_at": "2026-01-02T08:00:00Z",
        });
        let page = decode::<GetChannelFollowers>(
            json!({"total": 1, "data": [wire], "pagination": {"cursor": "next"}}),
        );
        assert_eq!(
            page.items,
            [FollowedBy {
                user_id: "1002".into(),
                user_login: "brook".into(),
                user_name: "Brook".into(),
                followed_at: at("08:00:00"),
            }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
    }

    #[test]
    fn a_walk_takes_the_largest_pages_unless_told_otherwise() {
        let request = GetChannelFollowers::new("1001");
        assert_eq!(request.query().unwrap(), "broadcaster_id=1001");
        let base = "https://helix.example/helix".parse().unwrap();
        let first = Pager::new(&request).unwrap().next().unwrap().request(&base, "id", None);
        assert_eq!(
            first.uri(),
            "https://helix.example/helix/channels/followers?broadcaster_id=1001&first=100"
        );
        let request = GetChannelFollowers { first: Some(5), ..request };
        let first = Pager::new(&request).unwrap().next().unwrap().request(&base, "id", None);
        assert_eq!(first.uri(), "https://helix.example/helix/channels/followers?broadcaster_id=1001&first=5");
    }
}
