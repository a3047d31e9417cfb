//! [`Dedup`]: remembers what came, bounded by age and by count.
//!
//! Keys go into the recent ones. When these are half of all that may be kept, or old enough, they become the older ones, and
//! the older ones are forgotten. So nothing is ever looked for but the key itself.

use crate::id::MessageId;
use crate::time::Time;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash};
use std::time::Duration;

/// Hashed without a random state. A tree of so many keys would be looked up in memory that no cache holds.
#[expect(clippy::disallowed_types, reason = "the hasher has no random state")]
type Set<K> = std::collections::HashSet<K, BuildHasherDefault<DefaultHasher>>;

/// The message ids, or other keys, seen of late.
#[derive(Clone, Debug)]
pub struct Dedup<K = MessageId> {
    recent: Set<K>,
    older: Set<K>,
    /// When the first of the recent ones came.
    since: Time,
    age: Duration,
    count: usize,
}

impl<K: Eq + Hash + Clone> Dedup<K> {
    /// Remembers an id for `age` at least, as long as no more than half of `count` came after it; never more than `count`
    /// of them.
    pub fn new(age: Duration, count: usize) -> Self {
        Dedup { recent: Set::default(), older: Set::default(), since: Time::ZERO, age, count }
    }

    /// Whether the message is new; it is remembered from now on.
    pub fn is_new(&mut self, now: Time, id: &K) -> bool {
        if self.recent.len() >= (self.count / 2).max(1) || now.since(self.since) > self.age {
            std::mem::swap(&mut self.recent, &mut self.older);
            self.recent.clear();
        }
        if self.recent.is_empty() {
            self.since = now;
        }
        !self.older.contains(id) && self.recent.insert(id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::from_origin(Duration::from_secs(seconds))
    }

    #[test]
    fn a_message_is_new_once_within_its_age_and_forgotten_within_twice_that() {
        let mut dedup: Dedup = Dedup::new(Duration::from_secs(600), 100);
        assert!(dedup.is_new(at(0), &"a".into()));
        assert!(dedup.is_new(at(599), &"b".into()));
        assert!(!dedup.is_new(at(600), &"a".into()));
        assert!(!dedup.is_new(at(1199), &"b".into()));
        assert!(dedup.is_new(at(1200), &"c".into()));
        assert!(dedup.is_new(at(1801), &"a".into()));
        assert!(dedup.is_new(at(1801), &"b".into()));
        assert!(!dedup.is_new(at(1801), &"c".into()));
    }

    #[test]
    fn no_more_ids_are_kept_than_the_count() {
        let mut dedup: Dedup = Dedup::new(Duration::from_secs(600), 4);
        for id in ["a", "b", "c", "d", "e"] {
            assert!(dedup.is_new(at(0), &id.into()));
        }
        assert!(dedup.recent.len() + dedup.older.len() <= 4);
        for id in ["e", "d", "c"] {
            assert!(!dedup.is_new(at(0), &id.into()), "{id}");
        }
        assert!(dedup.is_new(at(0), &"a".into()));
    }
}
