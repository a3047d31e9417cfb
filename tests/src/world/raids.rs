//! Raids: asked for, counted down, and either called off or done.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use twitchwire::Time;

use super::{Timer, World};

/// How long a raid waits for its broadcaster to go ahead.
const COUNTDOWN: Duration = Duration::from_secs(90);

/// The raids that are counted down, by who raids: whom, and when.
#[derive(Default)]
pub(super) struct Raids(BTreeMap<String, (String, Time)>);

impl Raids {
    pub(super) fn is_pending(&self, from: &str) -> bool {
        self.0.contains_key(from)
    }
}

impl World {
    /// One channel raids another.
    pub fn raid(&mut self, now: Time, from: &str, to: &str, viewers: u32) {
        self.advance(now);
        let mut event = self.person(from, "from_broadcaster_user");
        self.add_person(&mut event, to, "to_broadcaster_user");
        event["viewers"] = json!(viewers);
        let about = [("from_broadcaster_user_id", from), ("to_broadcaster_user_id", to)];
        self.emit_now("channel.raid", "1", &about, event);
    }

    /// A raid is asked for; it happens after the countdown.
    pub(super) fn announce_raid(&mut self, from: &str, to: &str) {
        self.raids.0.insert(from.to_owned(), (to.to_owned(), self.now + COUNTDOWN));
        self.arm(COUNTDOWN, Timer::Raid(from.to_owned()));
        let mut part = self.person(to, "user");
        part["viewer_count"] = json!(self.viewers(from));
        self.moderated(from, from, "raid", ("raid", part));
    }

    /// A raid is called off; false if there was none.
    pub(super) fn call_off_raid(&mut self, from: &str) -> bool {
        let Some((to, _)) = self.raids.0.remove(from) else { return false };
        self.moderated(from, from, "unraid", ("unraid", self.person(&to, "user")));
        true
    }

    /// The countdown of a raid is over, unless the raid was called off.
    pub(super) fn go_raiding(&mut self, from: &str) {
        let now = self.now;
        if self.raids.0.get(from).is_none_or(|(_, at)| *at > now) {
            return;
        }
        if let Some((to, _)) = self.raids.0.remove(from) {
            let viewers = u32::try_from(self.viewers(from)).unwrap_or(u32::MAX);
            self.raid(now, from, &to, viewers);
        }
    }

    /// How many watch a channel: those who are in its chat.
    pub(super) fn viewers(&self, channel: &str) -> usize {
        self.people.users.get(channel).map_or(0, |channel| channel.chatters.len())
    }
}
