//! Videos: the recordings of streams, made by themselves, and what broadcasters upload.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;

/// Where a video comes from.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// The stream of this id, which goes on.
    Recording {
        stream: String,
    },
    /// The stream of this id.
    Archive {
        stream: String,
        length: Duration,
    },
    Upload {
        length: Duration,
    },
}

/// A video.
pub(super) struct Video {
    pub(super) id: String,
    pub(super) channel: String,
    pub(super) title: String,
    pub(super) game: String,
    pub(super) language: String,
    pub(super) origin: Origin,
    pub(super) created: Timestamp,
    /// Where no sound is: from when, and for how long.
    muted: Vec<(Duration, Duration)>,
}

impl Video {
    /// As Helix writes it.
    pub(super) fn kind(&self) -> &'static str {
        match self.origin {
            Origin::Recording { .. } | Origin::Archive { .. } => "archive",
            Origin::Upload { .. } => "upload",
        }
    }

    pub(super) fn length(&self, now: Timestamp) -> Duration {
        match self.origin {
            Origin::Recording { .. } => now.duration_since(self.created).unsigned_abs(),
            Origin::Archive { length, .. } | Origin::Upload { length } => length,
        }
    }
}

/// All videos, newest first.
#[derive(Default)]
pub(super) struct Videos {
    made: u64,
    pub(super) all: Vec<Video>,
}

impl World {
    /// A broadcaster uploads a video; returns its id.
    pub fn upload(&mut self, now: Time, channel: &str, title: &str, length: Duration) -> String {
        self.advance(now);
        self.add_video(channel, title, Origin::Upload { length })
    }

    /// Twitch takes the sound off a part of a video, which begins so long after its start, for the rights of others.
    pub fn mute(&mut self, video: &str, after: Duration, length: Duration) {
        if let Some(video) = self.videos.all.iter_mut().find(|known| known.id == video) {
            video.muted.push((after, length));
        }
    }

    /// A stream starts, and its recording with it.
    pub(super) fn record(&mut self, channel: &str, stream: &str) {
        let title = self.people.users.get(channel).map_or(String::new(), |user| user.title.clone());
        self.add_video(channel, &title, Origin::Recording { stream: stream.to_owned() });
    }

    /// A stream ends, and its recording with it.
    pub(super) fn end_recording(&mut self, channel: &str) {
        let now = self.wall(self.now);
        for video in self.videos.all.iter_mut().filter(|video| video.channel == channel) {
            if let Origin::Recording { stream } = &video.origin {
                let length = video.length(now);
                video.origin = Origin::Archive { stream: stream.clone(), length };
            }
        }
    }

    fn add_video(&mut self, channel: &str, title: &str, origin: Origin) -> String {
        self.videos.made += 1;
        let id = (2_000_000_000 + self.videos.made).to_string();
        let user = self.people.users.get(channel);
        let video = Video {
            id: id.clone(),
            channel: channel.to_owned(),
            title: title.to_owned(),
            game: user.map_or(String::new(), |user| user.game.0.clone()),
            language: user.map_or(String::new(), |user| user.language.clone()),
            origin,
            created: self.wall(self.now),
            muted: Vec::new(),
        };
        self.videos.all.insert(0, video);
        id
    }

    pub(super) fn video_json(&self, video: &Video) -> Value {
        let stream = match &video.origin {
            Origin::Recording { stream } | Origin::Archive { stream, .. } => Some(stream),
            Origin::Upload { .. } => None,
        };
        let seconds = video.length(self.wall(self.now)).as_secs();
        let muted: Vec<Value> = video
            .muted
            .iter()
            .map(|(after, length)| json!({"duration": length.as_secs(), "offset": after.as_secs()}))
            .collect();
        let mut said = self.person(&video.channel, "user");
        for (name, value) in [
            ("id", json!(video.id)),
            ("stream_id", json!(stream)),
            ("title", json!(video.title)),
            ("description", json!("")),
            ("created_at", json!(video.created.to_string())),
            ("published_at", json!(video.created.to_string())),
            ("url", json!(format!("https://videos.example/{}", video.id))),
            ("thumbnail_url", json!("https://static.example/%{width}x%{height}.jpg")),
            ("viewable", json!("public")),
            ("view_count", json!(0)),
            ("language", json!(video.language)),
            ("type", json!(video.kind())),
            ("duration", json!(format!("{}h{}m{}s", seconds / 3600, seconds / 60 % 60, seconds % 60))),
            ("muted_segments", if muted.is_empty() { Value::Null } else { Value::Array(muted) }),
        ] {
            said[name] = value;
        }
        said
    }
}
