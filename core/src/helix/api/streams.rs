//! [Streams](https://dev.twitch.tv/docs/api/reference/#get-streams): who is live, markers, and the stream key.

use crate::helix::{One, OrNone, Page, check, endpoint, split};
use crate::id::{CategoryId, Login, MarkerId, StreamId, UserId, VideoId};
use crate::value::ImageTemplate;
use crate::wire::{empty_as_none, null_as_default, open_enum, text};
use compact_str::CompactString;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// Gets the key that software streams to a channel with. Whoever has it can stream there.
#[derive(Clone, Debug, Serialize)]
pub struct GetStreamKey {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetStreamKey = "get-stream-key": get "/streams/key" => One<StreamKey>, user(broadcaster_id),
    scopes: any(ChannelReadStreamKey));

impl GetStreamKey {
    /// The key of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetStreamKey { broadcaster_id: broadcaster.into() }
    }
}

/// The key that software streams to a channel with. Its `Debug` does not show it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StreamKey {
    /// The key.
    #[serde(serialize_with = "expose")]
    pub stream_key: SecretString,
}

fn expose<S: Serializer>(key: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key.expose_secret())
}

/// Gets live streams, the most watched first. Users who are not live are left out; a walk over many pages may miss
/// some and repeat others, as viewers come and go.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetStreams {
    /// Only of these users. At most 100.
    pub user_id: Vec<UserId>,
    /// Only of users with these logins. At most 100.
    pub user_login: Vec<Login>,
    /// Only in these categories. At most 100.
    pub game_id: Vec<CategoryId>,
    /// Only of this type.
    #[serde(rename = "type")]
    pub kind: Option<StreamFilter>,
    /// Only in these languages (ISO 639-1, or `other`). At most 100.
    pub language: Vec<CompactString>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetStreams = "get-streams": get "/streams" => Page<Stream>, any, page: 100 both_ways,
    check: |r| check::count("user_id", r.user_id.len(), 0, 100)
        .and(check::count("user_login", r.user_login.len(), 0, 100))
        .and(check::count("game_id", r.game_id.len(), 0, 100))
        .and(check::count("language", r.language.len(), 0, 100)));
split!(GetStreams, user_id, user_login by 100);

impl GetStreams {
    /// All live streams.
    pub fn all() -> Self {
        Self::default()
    }

    /// The streams of these users, as far as they are live.
    pub fn by_user<I: Into<UserId>>(users: impl IntoIterator<Item = I>) -> Self {
        GetStreams { user_id: users.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// The streams of users with these logins, as far as they are live.
    pub fn by_login<L: Into<Login>>(logins: impl IntoIterator<Item = L>) -> Self {
        GetStreams { user_login: logins.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Streams in these categories.
    pub fn by_game<I: Into<CategoryId>>(categories: impl IntoIterator<Item = I>) -> Self {
        GetStreams { game_id: categories.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Only in these languages (ISO 639-1, or `other`).
    #[must_use]
    pub fn in_languages<L: Into<CompactString>>(mut self, languages: impl IntoIterator<Item = L>) -> Self {
        self.language = languages.into_iter().map(Into::into).collect();
        self
    }
}

open_enum! {
    /// Of what type streams are wanted.
    pub enum StreamFilter {
        /// Any.
        All = "all",
        /// Live.
        Live = "live",
    }
}

/// A live stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stream {
    /// The stream's id.
    pub id: StreamId,
    /// The channel.
    pub user_id: UserId,
    /// Its login.
    pub user_login: Login,
    /// Its display name.
    pub user_name: CompactString,
    /// The category's id; none where none was chosen.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub game_id: Option<CategoryId>,
    /// The category's name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub game_name: Option<String>,
    /// What kind of stream; none where Twitch made an error.
    #[serde(rename = "type", default, deserialize_with = "empty_as_none")]
    pub kind: Option<StreamType>,
    /// The title.
    #[serde(default)]
    pub title: String,
    /// How many watch.
    pub viewer_count: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// The language (ISO 639-1), or `other`.
    pub language: CompactString,
    /// A picture of the last minutes.
    pub thumbnail_url: ImageTemplate,
    /// Empty since 2023; see [`tags`](Self::tags).
    #[serde(default, deserialize_with = "null_as_default")]
    pub tag_ids: Vec<CompactString>,
    /// The stream's tags.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tags: Vec<CompactString>,
    /// No longer meaningful: always false. The channel's content classification labels took its place.
    #[serde(default)]
    pub is_mature: bool,
}

open_enum! {
    /// What kind of stream.
    pub enum StreamType {
        /// A live one.
        Live = "live",
    }
}

/// Gets the live streams of channels that a user follows, the most watched first.
#[derive(Clone, Debug, Serialize)]
pub struct GetFollowedStreams {
    /// The user.
    pub user_id: UserId,
    /// How many a page, 1 to 100; Twitch's default is 100.
    pub first: Option<u16>,
}

endpoint!(GetFollowedStreams = "get-followed-streams": get "/streams/followed" => Page<Stream>, user(user_id),
    scopes: any(UserReadFollows), page: 100);

impl GetFollowedStreams {
    /// What a user could watch now.
    pub fn new(user: impl Into<UserId>) -> Self {
        GetFollowedStreams { user_id: user.into(), first: None }
    }
}

/// Marks the present moment of a live stream, to find it again in the video.
#[derive(Clone, Debug, Serialize)]
pub struct CreateStreamMarker {
    /// The channel.
    pub user_id: UserId,
    /// Why it is marked, in at most 140 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

endpoint!(CreateStreamMarker = "create-stream-marker": post "/streams/markers" => One<CreatedMarker>, user(user_id),
    scopes: any(ChannelManageBroadcast), body: whole,
    check: |r| check::length("description", r.description.as_deref().unwrap_or_default(), 0, 140));

impl CreateStreamMarker {
    /// A marker on a channel's stream.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        CreateStreamMarker { user_id: broadcaster.into(), description: None }
    }

    /// Says why, in at most 140 characters.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

/// A marker that was set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreatedMarker {
    /// The marker's id.
    #[serde(deserialize_with = "text")]
    pub id: MarkerId,
    /// When it was set.
    pub created_at: Timestamp,
    /// Where in the stream, in seconds from its beginning.
    pub position_seconds: u64,
    /// Why it was set.
    #[serde(default)]
    pub description: String,
}

/// Gets the markers of a user's last stream, or of a video.
#[derive(Clone, Debug, Serialize)]
pub struct GetStreamMarkers {
    user_id: Option<UserId>,
    video_id: Option<VideoId>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetStreamMarkers = "get-stream-markers": get "/streams/markers" => OrNone<Page<UserMarkers>>, user(user_id),
    scopes: any(UserReadBroadcast, ChannelManageBroadcast), page: 100 both_ways);

impl GetStreamMarkers {
    /// The markers of a user's last stream; none where they have no video.
    pub fn by_user(user: impl Into<UserId>) -> Self {
        GetStreamMarkers { user_id: Some(user.into()), video_id: None, first: None }
    }

    /// The markers of a video of the token's user, or of a channel that they edit.
    pub fn by_video(video: impl Into<VideoId>) -> Self {
        GetStreamMarkers { user_id: None, video_id: Some(video.into()), first: None }
    }
}

/// The markers that one user set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserMarkers {
    /// Who.
    pub user_id: UserId,
    /// Their display name.
    pub user_name: CompactString,
    /// Their login.
    pub user_login: Login,
    /// The video they set them in.
    #[serde(default, deserialize_with = "null_as_default")]
    pub videos: Vec<VideoMarkers>,
}

/// The markers in a video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VideoMarkers {
    /// The video.
    pub video_id: VideoId,
    /// Its markers, in the order they were set.
    #[serde(default, deserialize_with = "null_as_default")]
    pub markers: Vec<Marker>,
}

/// A marker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Marker {
    /// The marker's id.
    #[serde(deserialize_with = "text")]
    pub id: MarkerId,
    /// When it was set.
    pub created_at: Timestamp,
    /// Why it was set; empty where nobody said.
    #[serde(default)]
    pub description: String,
    /// Where in the stream, in seconds from its beginning.
    pub position_seconds: u64,
    /// Where to make a highlight from it.
    #[serde(rename = "URL", alias = "url", default, deserialize_with = "null_as_default")]
    pub url: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{answer, at, body, decode, decode_odd, query, refused};
    use http::StatusCode;
    use serde_json::json;

    #[test]
    fn a_stream_key_is_not_shown() {
        assert_eq!(query(&GetStreamKey::new("1001")), "broadcaster_id=1001");
        let key = decode::<GetStreamKey>(json!({"data": [{"stream_key": "live_1"}]}));
        assert_eq!(key.stream_key.expose_secret(), "live_1");
        assert_eq!(serde_json::to_value(&key).unwrap(), json!({"stream_key": "live_1"}));
        assert!(!format!("{key:?}").contains("live_1"));
    }

    #[test]
    fn streams_are_narrowed_down_by_many_things() {
        assert_eq!(query(&GetStreams::all()), "");
        assert_eq!(query(&GetStreams::by_user(["1001", "1002"])), "user_id=1001&user_id=1002");
        assert_eq!(
            query(&GetStreams::by_login(["ada"]).in_languages(["en", "de"])),
            "user_login=ada&language=en&language=de"
        );
        let request =
            GetStreams { kind: Some(StreamFilter::Live), first: Some(5), ..GetStreams::by_game(["7"]) };
        assert_eq!(query(&request), "game_id=7&type=live&first=5");
        assert_eq!(refused(&GetStreams::by_user(["1"; 101])), "`user_id` wants 0 to 100 values, has 101");
        assert_eq!(refused(&GetStreams::by_login(["a"; 101])), "`user_login` wants 0 to 100 values, has 101");
        assert_eq!(refused(&GetStreams::by_game(["1"; 101])), "`game_id` wants 0 to 100 values, has 101");
        assert_eq!(
            refused(&GetStreams::all().in_languages(["en"; 101])),
            "`language` wants 0 to 100 values, has 101"
        );
    }

    #[test]
    fn a_stream_decodes_to_the_field() {
        let wire = json!({
            "id": "s1", "user_id": "1001", "user_login": "ada", "user_name": "Ada", "game_id": "7",
            "game_name": "Chess", "type": "live", "title": "Sums", "viewer_count": 42,
            "started_at": "2026-01-02T08:00:00Z", "language": "en",
            "thumbnail_url": "https://pic.example/{width}x{height}.jpg", "tag_ids": [], "tags": ["maths"],
            "is_mature": false,
        });
        let stream = Stream {
            id: "s1".into(),
            user_id: "1001".into(),
            user_login: "ada".into(),
            user_name: "Ada".into(),
            game_id: Some("7".into()),
            game_name: Some("Chess".into()),
            kind: Some(StreamType::Live),
            title: "Sums".into(),
            viewer_count: 42,
            started_at: at("08:00:00"),
            language: "en".into(),
            thumbnail_url: "https://pic.example/{width}x{height}.jpg".into(),
            tag_ids: vec![],
            tags: vec!["maths".into()],
            is_mature: false,
        };
        assert_eq!(decode::<GetStreams>(json!({"data": [wire]})).items, std::slice::from_ref(&stream));
        assert_eq!(query(&GetFollowedStreams::new("1002")), "user_id=1002");
        assert_eq!(
            decode::<GetFollowedStreams>(json!({"data": [wire]})).items,
            std::slice::from_ref(&stream)
        );
        assert_eq!(serde_json::to_value(&stream).unwrap(), wire);
    }

    #[test]
    fn a_stream_may_lack_tags_category_and_type() {
        let page = decode_odd::<GetStreams>(json!({"data": [{
            "id": "s1", "user_id": "1001", "user_login": "ada", "user_name": "Ada", "game_id": "", "game_name": "",
            "type": "", "title": "", "viewer_count": 0, "started_at": "2026-01-02T08:00:00Z", "language": "en",
            "thumbnail_url": "", "tag_ids": null, "tags": null,
        }]}));
        let stream = &page.items[0];
        assert_eq!((&stream.game_id, &stream.game_name, &stream.kind), (&None, &None, &None));
        assert!(stream.tags.is_empty() && stream.tag_ids.is_empty());
    }

    #[test]
    fn a_new_markers_id_may_be_a_number() {
        let request = CreateStreamMarker::new("1001");
        assert_eq!(query(&request), "");
        assert_eq!(body(&request), json!({"user_id": "1001"}));
        assert_eq!(body(&request.clone().described("ha")), json!({"user_id": "1001", "description": "ha"}));
        assert_eq!(
            refused(&request.described("x".repeat(141))),
            "`description` wants 0 to 140 characters, has 141"
        );
        for id in [json!(123), json!("123")] {
            let marker = decode::<CreateStreamMarker>(json!({"data": [{
                "id": id, "created_at": "2026-01-02T08:00:00Z", "position_seconds": 244, "description": "ha",
            }]}));
            assert_eq!(
                marker,
                CreatedMarker {
                    id: "123".into(),
                    created_at: at("08:00:00"),
                    position_seconds: 244,
                    description: "ha".into()
                }
            );
        }
    }

    #[test]
    fn markers_come_by_user_and_video() {
        let request = GetStreamMarkers::by_user("1001");
        assert_eq!(query(&request), "user_id=1001");
        assert_eq!(request.owner(), Some(&UserId::new("1001")));
        let request = GetStreamMarkers { first: Some(5), ..GetStreamMarkers::by_video("v1") };
        assert_eq!(query(&request), "video_id=v1&first=5");
        assert_eq!(request.owner(), None);
        let wire = json!({
            "user_id": "1001", "user_name": "Ada", "user_login": "ada",
            "videos": [{
                "video_id": "v1",
                "markers": [{
                    "id": "m1", "created_at": "2026-01-02T08:00:00Z", "description": "ha", "position_seconds": 244,
                    "URL": "https://video.example/v1",
                }],
            }],
        });
        let page = decode::<GetStreamMarkers>(json!({"data": [wire], "pagination": {"cursor": "next"}}));
        assert_eq!(
            page.items,
            [UserMarkers {
                user_id: "1001".into(),
                user_name: "Ada".into(),
                user_login: "ada".into(),
                videos: vec![VideoMarkers {
                    video_id: "v1".into(),
                    markers: vec![Marker {
                        id: "m1".into(),
                        created_at: at("08:00:00"),
                        description: "ha".into(),
                        position_seconds: 244,
                        url: "https://video.example/v1".into(),
                    }],
                }],
            }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
        let none = answer::<GetStreamMarkers>(StatusCode::NOT_FOUND, String::new());
        assert_eq!(none.unwrap(), Page::default());
    }
}
