//! Markers in streams.

use jiff::Timestamp;

use super::World;
use super::videos::{Origin, Video};

/// A moment of a stream that somebody wants to find again.
pub(super) struct Marker {
    pub(super) id: String,
    /// The video that the stream is recorded to.
    pub(super) video: String,
    pub(super) by: String,
    pub(super) description: String,
    pub(super) created: Timestamp,
    /// Seconds since the stream's start.
    pub(super) position: i64,
}

/// Oldest first.
#[derive(Default)]
pub(super) struct Markers(Vec<Marker>);

impl Markers {
    pub(super) fn of(&self, video: &str) -> Vec<&Marker> {
        self.0.iter().filter(|marker| marker.video == video).collect()
    }
}

impl World {
    /// The recording of a channel's stream that is live.
    pub(super) fn recording(&self, channel: &str) -> Option<&Video> {
        let mut of = self.videos.all.iter().filter(|video| video.channel == channel);
        of.find(|video| matches!(video.origin, Origin::Recording { .. }))
    }

    /// Marks this moment of a stream; none if the channel is not live.
    pub(super) fn mark(&mut self, channel: &str, by: &str, description: &str) -> Option<&Marker> {
        let now = self.wall(self.now);
        let recording = self.recording(channel)?;
        let marker = Marker {
            id: format!("marker{}", self.markers.0.len() + 1),
            video: recording.id.clone(),
            by: by.to_owned(),
            description: description.to_owned(),
            created: now,
            position: now.duration_since(recording.created).as_secs(),
        };
        self.markers.0.push(marker);
        self.markers.0.last()
    }
}
