//! [Clips](https://dev.twitch.tv/docs/api/reference/#create-clip): short cuts of streams.

use crate::helix::check::{self, Checked};
use crate::helix::{Invalid, List, One, Page, Rule, endpoint, split};
use crate::id::{CategoryId, ClipId, UserId, VideoId};
use crate::wire::empty_as_none;
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Makes a clip of what a live channel showed in the last seconds. The clip takes a while; it has failed if
/// [`GetClips`] does not know it after 15 seconds.
#[derive(Clone, Debug, Serialize)]
pub struct CreateClip {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The clip's title; Twitch's default is the stream's.
    pub title: Option<String>,
    /// For how many seconds, 5 to 60 in steps of 0.1; Twitch's default is 30.
    pub duration: Option<f64>,
}

endpoint!(CreateClip = "create-clip": post "/clips" => One<CreatedClip>, user, scopes: any(ClipsEdit),
    check: |r| length("duration", r.duration));

impl CreateClip {
    /// A clip of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        CreateClip { broadcaster_id: broadcaster.into(), title: None, duration: None }
    }

    /// With this title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Of 5 to 60 seconds, in steps of 0.1.
    #[must_use]
    pub fn for_seconds(mut self, seconds: f64) -> Self {
        self.duration = Some(seconds);
        self
    }
}

/// Makes a clip of a video, also of one that a live stream is still adding to.
#[derive(Clone, Debug, Serialize)]
pub struct CreateClipFromVod {
    /// Who makes it: an editor of the channel, or the broadcaster.
    pub editor_id: UserId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// The video.
    pub vod_id: VideoId,
    /// Where in the video the clip ends, in seconds; not less than its duration.
    pub vod_offset: u32,
    /// For how many seconds, 5 to 60 in steps of 0.1; Twitch's default is 30.
    pub duration: Option<f64>,
    /// The clip's title.
    pub title: String,
}

endpoint!(CreateClipFromVod = "create-clip-from-vod": post "/videos/clips" => One<CreatedClip>, any(editor_id),
    scopes: any(EditorManageClips, ChannelManageClips), app: any(EditorManageClips, ChannelManageClips),
    check: |r| length("duration", r.duration).and(r.inside()));

impl CreateClipFromVod {
    /// A clip of 30 seconds that ends at `vod_offset` seconds.
    pub fn new(
        broadcaster: impl Into<UserId>,
        editor: impl Into<UserId>,
        video: impl Into<VideoId>,
        vod_offset: u32,
        title: impl Into<String>,
    ) -> Self {
        CreateClipFromVod {
            editor_id: editor.into(),
            broadcaster_id: broadcaster.into(),
            vod_id: video.into(),
            vod_offset,
            duration: None,
            title: title.into(),
        }
    }

    /// Of 5 to 60 seconds, in steps of 0.1.
    #[must_use]
    pub fn for_seconds(mut self, seconds: f64) -> Self {
        self.duration = Some(seconds);
        self
    }

    fn inside(&self) -> Checked {
        if f64::from(self.vod_offset) < self.duration.unwrap_or(30.0) {
            let rule = Rule::Other("must not be less than the duration, as it is where the clip ends");
            return Err(Invalid::new("vod_offset", rule));
        }
        Ok(())
    }
}

fn length(field: &'static str, seconds: Option<f64>) -> Checked {
    if seconds.is_some_and(|seconds| !(5.0..=60.0).contains(&seconds)) {
        return Err(Invalid::new(field, Rule::Other("must be 5 to 60 seconds")));
    }
    Ok(())
}

/// A clip that is being made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreatedClip {
    /// The clip's id.
    pub id: ClipId,
    /// Where to edit it, for 24 hours or until it is published.
    pub edit_url: String,
}

/// Gets clips of a broadcaster, of a category, or by their ids. Those of a broadcaster or category come by views, and
/// about 1000 in all: narrow the time for more.
#[derive(Clone, Debug, Serialize)]
pub struct GetClips {
    broadcaster_id: Option<UserId>,
    game_id: Option<CategoryId>,
    id: Vec<ClipId>,
    /// Only those made from then on; without an end, within a week.
    pub started_at: Option<Timestamp>,
    /// Only those made until then.
    pub ended_at: Option<Timestamp>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
    /// Only those that are featured, or only those that are not.
    pub is_featured: Option<bool>,
}

endpoint!(GetClips = "get-clips": get "/clips" => Page<Clip>, any, page: 100 both_ways,
    check: |r| check::exactly_one(
        &["id", "broadcaster_id", "game_id"],
        &[!r.id.is_empty(), r.broadcaster_id.is_some(), r.game_id.is_some()],
    ).and(check::count("id", r.id.len(), 0, 100)));
split!(GetClips, id by 100);

impl GetClips {
    const NONE: GetClips = GetClips {
        broadcaster_id: None,
        game_id: None,
        id: vec![],
        started_at: None,
        ended_at: None,
        first: None,
        is_featured: None,
    };

    /// Clips of a broadcaster.
    pub fn by_broadcaster(broadcaster: impl Into<UserId>) -> Self {
        GetClips { broadcaster_id: Some(broadcaster.into()), ..Self::NONE }
    }

    /// Clips of a category.
    pub fn by_game(category: impl Into<CategoryId>) -> Self {
        GetClips { game_id: Some(category.into()), ..Self::NONE }
    }

    /// Clips by their ids, 1 to 100. Those that are not found are left out.
    pub fn by_id<I: Into<ClipId>>(ids: impl IntoIterator<Item = I>) -> Self {
        GetClips { id: ids.into_iter().map(Into::into).collect(), ..Self::NONE }
    }

    /// Only those made in this time.
    #[must_use]
    pub fn between(mut self, start: Timestamp, end: Timestamp) -> Self {
        (self.started_at, self.ended_at) = (Some(start), Some(end));
        self
    }

    /// Only those that are featured, or only those that are not.
    #[must_use]
    pub fn featured(mut self, yes: bool) -> Self {
        self.is_featured = Some(yes);
        self
    }
}

/// A clip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Clip {
    /// The clip's id.
    pub id: ClipId,
    /// Where to watch it.
    pub url: String,
    /// Where to embed it from.
    pub embed_url: String,
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its display name.
    pub broadcaster_name: CompactString,
    /// Who made the clip.
    pub creator_id: UserId,
    /// Their display name.
    pub creator_name: CompactString,
    /// The video it comes from; none where that is gone or not there yet.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub video_id: Option<VideoId>,
    /// The category; none where the stream had none.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub game_id: Option<CategoryId>,
    /// The channel's language (ISO 639-1), or `other`.
    pub language: CompactString,
    /// The clip's title.
    pub title: String,
    /// How often it was watched.
    pub view_count: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its picture.
    pub thumbnail_url: String,
    /// Its length in seconds, to a tenth.
    pub duration: f64,
    /// Where in the video it begins, in seconds; none where there is no video, or none yet.
    #[serde(default)]
    pub vod_offset: Option<u64>,
    /// Whether it is featured.
    #[serde(default)]
    pub is_featured: bool,
}

/// Gets where to download clips of a channel, at most 100 times a minute.
#[derive(Clone, Debug, Serialize)]
pub struct GetClipsDownload {
    /// Who asks: an editor of the channel, or the broadcaster.
    pub editor_id: UserId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// The clips, 1 to 10.
    pub clip_id: Vec<ClipId>,
}

endpoint!(GetClipsDownload = "get-clips-download": get "/clips/downloads" => List<ClipDownload>, any(editor_id),
    scopes: any(EditorManageClips, ChannelManageClips), app: any(EditorManageClips, ChannelManageClips),
    list: clip_id 1..=10, limits: [100 in 60 by (editor_id)]);

impl GetClipsDownload {
    /// Downloads of these clips.
    pub fn new<I: Into<ClipId>>(
        broadcaster: impl Into<UserId>,
        editor: impl Into<UserId>,
        clips: impl IntoIterator<Item = I>,
    ) -> Self {
        GetClipsDownload {
            editor_id: editor.into(),
            broadcaster_id: broadcaster.into(),
            clip_id: clips.into_iter().map(Into::into).collect(),
        }
    }
}

/// Where to download a clip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClipDownload {
    /// The clip.
    pub clip_id: ClipId,
    /// In landscape; none where there is no such file.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub landscape_download_url: Option<String>,
    /// In portrait; none where there is no such file.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub portrait_download_url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, decode, query, refused};
    use serde_json::json;

    #[test]
    fn a_clip_is_made_of_5_to_60_seconds() {
        assert_eq!(query(&CreateClip::new("1001")), "broadcaster_id=1001");
        let request = CreateClip::new("1001").titled("ha ha").for_seconds(12.5);
        assert_eq!(query(&request), "broadcaster_id=1001&title=ha+ha&duration=12.5");
        for seconds in [4.9, 60.1, f64::NAN] {
            assert_eq!(
                refused(&CreateClip::new("1001").for_seconds(seconds)),
                "`duration` must be 5 to 60 seconds"
            );
        }
        let wire = json!({"id": "c1", "edit_url": "https://clips.example/c1/edit"});
        let clip = decode::<CreateClip>(json!({"data": [wire]}));
        assert_eq!(clip, CreatedClip { id: "c1".into(), edit_url: "https://clips.example/c1/edit".into() });
        assert_eq!(serde_json::to_value(&clip).unwrap(), wire);
    }

    #[test]
    fn a_clip_of_a_video_ends_at_the_offset() {
        let request = CreateClipFromVod::new("1001", "1002", "v1", 60, "ha");
        assert_eq!(query(&request), "editor_id=1002&broadcaster_id=1001&vod_id=v1&vod_offset=60&title=ha");
        assert_eq!(
            query(&request.clone().for_seconds(60.0)),
            "editor_id=1002&broadcaster_id=1001&vod_id=v1&vod_offset=60&duration=60.0&title=ha"
        );
        assert_eq!(refused(&request.for_seconds(61.0)), "`duration` must be 5 to 60 seconds");
        assert_eq!(
            refused(&CreateClipFromVod::new("1001", "1002", "v1", 29, "ha")),
            "`vod_offset` must not be less than the duration, as it is where the clip ends"
        );
        let clip =
            decode::<CreateClipFromVod>(json!({"data": [{"id": "c1", "edit_url": "https://clips.example"}]}));
        assert_eq!(clip.id, "c1");
    }

    #[test]
    fn clips_are_asked_for_in_one_of_three_ways() {
        assert_eq!(
            query(&GetClips::by_broadcaster("1001").between(at("08:00:00"), at("09:00:00")).featured(true)),
            "broadcaster_id=1001&started_at=2026-01-02T08%3A00%3A00Z&ended_at=2026-01-02T09%3A00%3A00Z&is_featured=true"
        );
        assert_eq!(query(&GetClips { first: Some(5), ..GetClips::by_game("7") }), "game_id=7&first=5");
        assert_eq!(query(&GetClips::by_id(["c1", "c2"])), "id=c1&id=c2");
        let nothing: [&str; 0] = [];
        assert_eq!(
            refused(&GetClips::by_id(nothing)),
            r#"`id` must be exactly one of ["id", "broadcaster_id", "game_id"]"#
        );
        assert_eq!(refused(&GetClips::by_id(["c"; 101])), "`id` wants 0 to 100 values, has 101");
    }

    #[test]
    fn a_clip_may_have_no_video() {
        let wire = json!({
            "id": "c1", "url": "https://clips.example/c1", "embed_url": "https://clips.example/embed?clip=c1",
            "broadcaster_id": "1001", "broadcaster_name": "Ada", "creator_id": "1002", "creator_name": "Brook",
            "video_id": "v1", "game_id": "7", "language": "en", "title": "ha", "view_count": 10,
            "created_at": "2026-01-02T08:00:00Z", "thumbnail_url": "https://pic.example/c1.jpg", "duration": 12.9,
            "vod_offset": 480, "is_featured": true,
        });
        let mut lost = wire.clone();
        lost["video_id"] = "".into();
        lost["game_id"] = "".into();
        lost["vod_offset"] = serde_json::Value::Null;
        lost["duration"] = 60.into();
        let page = decode::<GetClips>(json!({"data": [wire, lost], "pagination": {"cursor": "next"}}));
        assert_eq!(
            page.items[0],
            Clip {
                id: "c1".into(),
                url: "https://clips.example/c1".into(),
                embed_url: "https://clips.example/embed?clip=c1".into(),
                broadcaster_id: "1001".into(),
                broadcaster_name: "Ada".into(),
                creator_id: "1002".into(),
                creator_name: "Brook".into(),
                video_id: Some("v1".into()),
                game_id: Some("7".into()),
                language: "en".into(),
                title: "ha".into(),
                view_count: 10,
                created_at: at("08:00:00"),
                thumbnail_url: "https://pic.example/c1.jpg".into(),
                duration: 12.9,
                vod_offset: Some(480),
                is_featured: true,
            }
        );
        assert_eq!((&page.items[1].video_id, page.items[1].vod_offset), (&None, None));
        assert_eq!(page.items[1].game_id, None);
        assert_eq!(page.items[1].duration, 60.0);
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
    }

    #[test]
    fn a_clip_may_exist_in_one_orientation_only() {
        let request = GetClipsDownload::new("1001", "1002", ["c1", "c2"]);
        assert_eq!(query(&request), "editor_id=1002&broadcaster_id=1001&clip_id=c1&clip_id=c2");
        let wrong = GetClipsDownload::new("1001", "1002", ["c"; 11]);
        assert_eq!(refused(&wrong), "`clip_id` wants 1 to 10 values, has 11");
        let wire = json!({
            "clip_id": "c1", "landscape_download_url": "https://clips.example/c1.mp4", "portrait_download_url": null,
        });
        let downloads = decode::<GetClipsDownload>(json!({"data": [wire]}));
        assert_eq!(
            downloads,
            [ClipDownload {
                clip_id: "c1".into(),
                landscape_download_url: Some("https://clips.example/c1.mp4".into()),
                portrait_download_url: None,
            }]
        );
        assert_eq!(serde_json::to_value(&downloads[0]).unwrap(), wire);
    }
}
