//! Clips: made in a moment, to be seen a while later.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;

/// A clip.
pub(super) struct Clip {
    pub(super) id: String,
    pub(super) channel: String,
    creator: String,
    title: String,
    /// In tenths of a second.
    tenths: u32,
    /// The video that it is cut from, and where in it the clip begins, in seconds.
    video: Option<(String, u64)>,
    pub(super) game: String,
    language: String,
    pub(super) created: Timestamp,
    /// When it can be seen.
    pub(super) ready: Time,
}

/// All clips, newest first.
#[derive(Default)]
pub(super) struct Clips(pub(super) Vec<Clip>);

/// What is asked for with a clip.
pub(super) struct Cut<'a> {
    pub(super) title: Option<&'a str>,
    /// In tenths of a second.
    pub(super) tenths: u32,
    pub(super) video: Option<(String, u64)>,
}

impl World {
    /// A viewer makes a clip of a channel's stream, to be seen at once; returns its id.
    pub fn clip(&mut self, now: Time, who: &str, channel: &str, title: &str) -> String {
        self.advance(now);
        let cut = Cut { title: Some(title), tenths: 300, video: None };
        self.add_clip(who, channel, &cut, Duration::ZERO)
    }

    pub(super) fn add_clip(&mut self, who: &str, channel: &str, cut: &Cut<'_>, after: Duration) -> String {
        let id = format!("Sim{}", self.rng.token(24));
        let user = self.people.users.get(channel);
        let clip = Clip {
            id: id.clone(),
            channel: channel.to_owned(),
            creator: who.to_owned(),
            title: cut
                .title
                .map_or_else(|| user.map_or(String::new(), |user| user.title.clone()), str::to_owned),
            tenths: cut.tenths,
            video: cut.video.clone(),
            game: user.map_or(String::new(), |user| user.game.0.clone()),
            language: user.map_or(String::new(), |user| user.language.clone()),
            created: self.wall(self.now),
            ready: self.now + after,
        };
        self.clips.0.insert(0, clip);
        id
    }

    pub(super) fn clip_json(&self, clip: &Clip) -> Value {
        let url = format!("https://clips.example/{}", clip.id);
        json!({
            "id": clip.id,
            "url": url,
            "embed_url": format!("https://clips.example/embed?clip={}", clip.id),
            "broadcaster_id": clip.channel,
            "broadcaster_name": self.people.name(&clip.channel),
            "creator_id": clip.creator,
            "creator_name": self.people.name(&clip.creator),
            "video_id": clip.video.as_ref().map_or("", |(video, _)| video),
            "game_id": clip.game,
            "language": clip.language,
            "title": clip.title,
            "view_count": 0,
            "created_at": clip.created.to_string(),
            "thumbnail_url": format!("https://static.example/{}.jpg", clip.id),
            "duration": f64::from(clip.tenths) / 10.0,
            "vod_offset": clip.video.as_ref().map(|(_, offset)| offset),
            "is_featured": false,
        })
    }
}
