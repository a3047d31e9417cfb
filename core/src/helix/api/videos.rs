//! [Videos](https://dev.twitch.tv/docs/api/reference/#get-videos): past streams, highlights, uploads.

use crate::helix::check::{self, Checked};
use crate::helix::{Invalid, List, OrNone, Page, Rule, endpoint, split};
use crate::id::{CategoryId, Login, StreamId, UserId, VideoId};
use crate::value::ImageTemplate;
use crate::wire::{empty_as_none, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gets videos of a user, of a category, or by their ids. Of a category there are at most 500.
#[derive(Clone, Debug, Serialize)]
pub struct GetVideos {
    id: Vec<VideoId>,
    user_id: Option<UserId>,
    game_id: Option<CategoryId>,
    /// Only of broadcasters with this language (ISO 639-1, or `other`). Not by ids.
    pub language: Option<CompactString>,
    /// Only those published in this period. Not by ids.
    pub period: Option<VideoPeriod>,
    /// In which order; Twitch's default is the newest first. Not by ids.
    pub sort: Option<VideoSort>,
    /// Only those of this type. Not by ids.
    #[serde(rename = "type")]
    pub kind: Option<VideoFilter>,
    /// How many a page, 1 to 100; Twitch's default is 20. Not by ids.
    pub first: Option<u16>,
}

endpoint!(GetVideos = "get-videos": get "/videos" => OrNone<Page<Video>>, any, page: 100 both_ways,
    check: |r| check::exactly_one(
        &["id", "user_id", "game_id"],
        &[!r.id.is_empty(), r.user_id.is_some(), r.game_id.is_some()],
    ).and(check::count("id", r.id.len(), 0, 100)).and(r.unfiltered()));
split!(GetVideos, id by 100);

impl GetVideos {
    const NONE: GetVideos = GetVideos {
        id: vec![],
        user_id: None,
        game_id: None,
        language: None,
        period: None,
        sort: None,
        kind: None,
        first: None,
    };

    /// Videos by their ids, 1 to 100. Those that are not found are left out.
    pub fn by_id<I: Into<VideoId>>(ids: impl IntoIterator<Item = I>) -> Self {
        GetVideos { id: ids.into_iter().map(Into::into).collect(), ..Self::NONE }
    }

    /// Videos of a user.
    pub fn by_user(user: impl Into<UserId>) -> Self {
        GetVideos { user_id: Some(user.into()), ..Self::NONE }
    }

    /// Videos of a category.
    pub fn by_game(category: impl Into<CategoryId>) -> Self {
        GetVideos { game_id: Some(category.into()), ..Self::NONE }
    }

    /// Only of broadcasters with this language (ISO 639-1, or `other`).
    #[must_use]
    pub fn in_language(mut self, language: impl Into<CompactString>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Only those published in this period.
    #[must_use]
    pub fn within(mut self, period: VideoPeriod) -> Self {
        self.period = Some(period);
        self
    }

    /// In this order.
    #[must_use]
    pub fn sorted(mut self, sort: VideoSort) -> Self {
        self.sort = Some(sort);
        self
    }

    /// Only those of this type.
    #[must_use]
    pub fn of_type(mut self, kind: VideoFilter) -> Self {
        self.kind = Some(kind);
        self
    }

    fn unfiltered(&self) -> Checked {
        let filtered =
            self.language.is_some() || self.period.is_some() || self.sort.is_some() || self.kind.is_some();
        if filtered && !self.id.is_empty() {
            return Err(Invalid::new("id", Rule::Other("does not go with a filter")));
        }
        Ok(())
    }
}

open_enum! {
    /// When videos were published.
    pub enum VideoPeriod {
        /// At any time.
        All = "all",
        /// In the last day.
        Day = "day",
        /// In the last week.
        Week = "week",
        /// In the last month.
        Month = "month",
    }
}

open_enum! {
    /// In which order videos come.
    pub enum VideoSort {
        /// The newest first.
        Time = "time",
        /// Those that gain the most viewers first.
        Trending = "trending",
        /// The most watched first.
        Views = "views",
    }
}

open_enum! {
    /// Of which type videos are wanted.
    pub enum VideoFilter {
        /// Any.
        All = "all",
        /// Past streams.
        Archive = "archive",
        /// Highlights of past streams.
        Highlight = "highlight",
        /// Uploads.
        Upload = "upload",
    }
}

/// A video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Video {
    /// The video's id.
    pub id: VideoId,
    /// The stream that it is a recording of; none for other types.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub stream_id: Option<StreamId>,
    /// The channel.
    pub user_id: UserId,
    /// Its login.
    pub user_login: Login,
    /// Its display name.
    pub user_name: CompactString,
    /// The title.
    pub title: String,
    /// What is said of it.
    #[serde(default)]
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was published.
    pub published_at: Timestamp,
    /// Where to watch it.
    pub url: String,
    /// Its picture, which Twitch has in 320 × 180 alone.
    pub thumbnail_url: ImageTemplate,
    /// Who can watch it: `public`.
    pub viewable: CompactString,
    /// How often it was watched.
    pub view_count: u64,
    /// The language (ISO 639-1), or `other`.
    pub language: CompactString,
    /// What kind of video.
    #[serde(rename = "type")]
    pub kind: VideoType,
    /// Its length, such as `1h3m21s`; see [`seconds`](Self::seconds).
    pub duration: CompactString,
    /// The parts without sound, for the music in them; none where there are none.
    #[serde(default)]
    pub muted_segments: Option<Vec<MutedSegment>>,
}

impl Video {
    /// The video's length in seconds; none if Twitch's text is not hours, minutes and seconds.
    pub fn seconds(&self) -> Option<u64> {
        let mut total = 0u64;
        let mut rest = self.duration.as_str();
        while !rest.is_empty() {
            let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
            let mut tail = tail.chars();
            let unit = match tail.next()? {
                'h' => 3600,
                'm' => 60,
                's' => 1,
                _ => return None,
            };
            total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
            rest = tail.as_str();
        }
        Some(total)
    }
}

open_enum! {
    /// What kind of video.
    pub enum VideoType {
        /// A past stream.
        Archive = "archive",
        /// A highlight of past streams.
        Highlight = "highlight",
        /// An upload.
        Upload = "upload",
    }
}

/// A part of a video without sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MutedSegment {
    /// For how many seconds.
    pub duration: u64,
    /// From where on, in seconds.
    pub offset: u64,
}

/// Deletes videos of the token's user, all or none. The answer names those that were deleted.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteVideos {
    /// Which, 1 to 5.
    pub id: Vec<VideoId>,
}

endpoint!(DeleteVideos = "delete-videos": delete "/videos" => List<VideoId>, user, scopes: any(ChannelManageVideos),
    list: id 1..=5);

impl DeleteVideos {
    /// Deletes these.
    pub fn new<I: Into<VideoId>>(ids: impl IntoIterator<Item = I>) -> Self {
        DeleteVideos { id: ids.into_iter().map(Into::into).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{answer, at, decode, query, refused};
    use http::StatusCode;
    use serde_json::json;

    #[test]
    fn videos_are_asked_for_in_one_of_three_ways() {
        assert_eq!(query(&GetVideos::by_id(["v1", "v2"])), "id=v1&id=v2");
        assert_eq!(
            query(&GetVideos::by_user("1001").within(VideoPeriod::Week).sorted(VideoSort::Views)),
            "user_id=1001&period=week&sort=views"
        );
        let request = GetVideos::by_game("7").in_language("de").of_type(VideoFilter::Archive);
        assert_eq!(
            query(&GetVideos { first: Some(5), ..request }),
            "game_id=7&language=de&type=archive&first=5"
        );
        let nothing: [&str; 0] = [];
        assert_eq!(
            refused(&GetVideos::by_id(nothing)),
            r#"`id` must be exactly one of ["id", "user_id", "game_id"]"#
        );
        assert_eq!(refused(&GetVideos::by_id(["v"; 101])), "`id` wants 0 to 100 values, has 101");
        assert_eq!(
            refused(&GetVideos::by_id(["v1"]).sorted(VideoSort::Time)),
            "`id` does not go with a filter"
        );
    }

    #[test]
    fn a_video_decodes_to_the_field() {
        let wire = json!({
            "id": "v1", "stream_id": null, "user_id": "1001", "user_login": "ada", "user_name": "Ada",
            "title": "Sums", "description": "Adding.", "created_at": "2026-01-02T08:00:00Z",
            "published_at": "2026-01-02T09:00:00Z", "url": "https://video.example/v1",
            "thumbnail_url": "https://pic.example/%{width}x%{height}.jpg", "viewable": "public", "view_count": 42,
            "language": "en", "type": "upload", "duration": "1h3m21s",
            "muted_segments": [{"duration": 30, "offset": 120}],
        });
        let page = decode::<GetVideos>(json!({"data": [wire], "pagination": {}}));
        assert_eq!(
            page.items,
            [Video {
                id: "v1".into(),
                stream_id: None,
                user_id: "1001".into(),
                user_login: "ada".into(),
                user_name: "Ada".into(),
                title: "Sums".into(),
                description: "Adding.".into(),
                created_at: at("08:00:00"),
                published_at: at("09:00:00"),
                url: "https://video.example/v1".into(),
                thumbnail_url: "https://pic.example/%{width}x%{height}.jpg".into(),
                viewable: "public".into(),
                view_count: 42,
                language: "en".into(),
                kind: VideoType::Upload,
                duration: "1h3m21s".into(),
                muted_segments: Some(vec![MutedSegment { duration: 30, offset: 120 }]),
            }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
        assert_eq!(answer::<GetVideos>(StatusCode::NOT_FOUND, String::new()).unwrap(), Page::default());
        let mut video = page.items[0].clone();
        assert_eq!(video.seconds(), Some(3801));
        for (text, seconds) in [("3m", Some(180)), ("", Some(0)), ("3x", None), ("h", None), ("7", None)] {
            video.duration = text.into();
            assert_eq!(video.seconds(), seconds, "{text}");
        }
    }

    #[test]
    fn videos_are_deleted_five_at_a_time() {
        assert_eq!(query(&DeleteVideos::new(["v1", "v2"])), "id=v1&id=v2");
        assert_eq!(refused(&DeleteVideos::new(["v"; 6])), "`id` wants 1 to 5 values, has 6");
        assert_eq!(decode::<DeleteVideos>(json!({"data": ["v1", "v2"]})), ["v1", "v2"]);
    }
}
