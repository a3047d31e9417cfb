//! [`Dedup`]: remembers what came, bounded by age and by count.

use crate::id::MessageId;
use crate::time::Time;
use std::collections::VecDeque;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash};
use std::time::Duration;

/// Hashed without a random state. A tree of so many keys would be looked up in memory that no cache holds.
#[expect(clippy::disallowed_types, reason = "the hasher has no random state")]
type Set<K> = std::collections::HashSet<K, BuildHasherDefault<DefaultHasher>>;

/// The message ids, or other keys, seen of late.
#[derive(Clone, Debug)]
pub struct Dedup<K = MessageId> {
    seen: Set<K>,
    order: VecDeque<(Time, K)>,
    age: Duration,
    count: usize,
}

impl<K: Eq + Hash + Clone> Dedup<K> {
    /// Remembers an id for `age`, and at most `count` of them.
    pub fn new(age: Duration, count: usize) -> Self {
        Dedup { seen: Set::default(), order: VecDeque::new(), age, count }
    }

    /// Whether the message is new; it is remembered from now on.
    pub fn is_new(&mut self, now: Time, id: &K) -> bool {
        while let Some((since, _)) = self.order.front()
            && (now.since(*since) > self.age || self.order.len() >= self.count)
        {
            if let Some((_, oldest)) = self.order.pop_front() {
                self.seen.remove(&oldest);
            }
        }
        if !self.seen.insert(id.clone()) {
            return false;
        }
        self.order.push_back((now, id.clone()));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::from_origin(Duration::from_secs(seconds))
    }

    #[test]
    fn a_message_is_new_once_within_its_age() {
        let mut dedup: Dedup = Dedup::new(Duration::from_secs(600), 100);
        assert!(dedup.is_new(at(0), &"a".into()));
        assert!(!dedup.is_new(at(600), &"a".into()));
        assert!(dedup.is_new(at(601), &"a".into()));
    }

    #[test]
    fn no_more_ids_are_kept_than_the_count() {
        let mut dedup: Dedup = Dedup::new(Duration::from_secs(600), 2);
        for id in ["a", "b", "c"] {
            assert!(dedup.is_new(at(0), &id.into()));
        }
        assert!(!dedup.is_new(at(0), &"c".into()));
        assert!(dedup.is_new(at(0), &"a".into()));
    }
}
