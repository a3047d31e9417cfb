//! Whispers from one user to another.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use twitchwire::Time;

use super::World;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// When each user whispered last to each other: from, to.
#[derive(Default)]
pub(super) struct Whispers(BTreeMap<(String, String), Time>);

impl Whispers {
    /// Whether somebody ever whispered to somebody.
    pub(super) fn has_whispered(&self, from: &str, to: &str) -> bool {
        self.0.contains_key(&(from.to_owned(), to.to_owned()))
    }

    /// To how many others than this one somebody whispered within a day.
    pub(super) fn others(&self, from: &str, to: &str, now: Time) -> usize {
        let of = self.0.iter().filter(|((sender, _), _)| sender == from);
        of.filter(|((_, other), at)| other != to && now.since(**at) < DAY).count()
    }
}

impl World {
    /// Somebody whispers to somebody else.
    pub fn whisper(&mut self, now: Time, from: &str, to: &str, text: &str) {
        self.advance(now);
        self.whispers.0.insert((from.to_owned(), to.to_owned()), self.now);
        let mut event = self.person(from, "from_user");
        self.add_person(&mut event, to, "to_user");
        event["whisper_id"] = json!(self.rng.uuid());
        event["whisper"] = json!({"text": text});
        self.emit_now("user.whisper.message", "1", &[("user_id", to)], event);
    }
}
