//! Limits of single operations, besides that of the token: so many calls in so long.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use twitchwire::Time;

use super::World;
use super::answer::Answer;

const MINUTE: Duration = Duration::from_secs(60);

/// The latest calls of what is counted together: an operation, and whom Twitch counts by.
#[derive(Default)]
pub(super) struct Windows(BTreeMap<String, VecDeque<Time>>);

impl World {
    /// Counts one call of what is counted together; beyond so many in a minute it is refused.
    pub(super) fn within_minute(&mut self, what: String, calls: usize) -> Result<(), Answer> {
        let now = self.now;
        let latest = self.windows.0.entry(what).or_default();
        while latest.front().is_some_and(|first| now.since(*first) >= MINUTE) {
            latest.pop_front();
        }
        if latest.len() >= calls {
            return Err(Answer::refuse(
                429,
                "The app exceeded the number of requests that it may make per minute.",
            ));
        }
        latest.push_back(now);
        Ok(())
    }
}
