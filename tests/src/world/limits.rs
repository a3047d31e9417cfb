//! Limits that operations have of their own, besides the points of a token: so many calls within so long.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use twitchwire::Time;

use super::World;
use super::answer::Answer;

/// What is said where nothing better is.
pub(super) const TOO_MANY: &str = "The app exceeded the number of requests that it may make per minute.";

/// For whom an operation is counted, how many calls pass, and within how many seconds.
pub(super) type Limit<'a> = (&'a str, usize, u64);

/// When each thing that is limited was last done, by its name, whom it is counted for, and the limit's seconds.
#[derive(Default)]
pub(super) struct Windows(BTreeMap<(&'static str, String, u64), VecDeque<Time>>);

impl World {
    /// Counts one call of an operation; 429 with these words, and nothing counted, if that is more than a limit takes.
    pub(super) fn take_turn(
        &mut self,
        what: &'static str,
        limits: &[Limit<'_>],
        words: &str,
    ) -> Result<(), Answer> {
        let now = self.now;
        for &(whose, most, seconds) in limits {
            let calls = self.windows.0.entry((what, whose.to_owned(), seconds)).or_default();
            calls.retain(|call| now.since(*call) < Duration::from_secs(seconds));
            if calls.len() >= most {
                return Err(Answer::refuse(429, words));
            }
        }
        for &(whose, _, seconds) in limits {
            self.windows.0.entry((what, whose.to_owned(), seconds)).or_default().push_back(now);
        }
        Ok(())
    }
}
