//! [`Timers`]: one deadline per key, the nearest first, each change in O(log n).

use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug)]
pub(crate) struct Timers<K> {
    by_key: BTreeMap<K, Time>,
    by_time: BTreeSet<(Time, K)>,
}

impl<K: Ord + Clone> Timers<K> {
    pub(crate) fn new() -> Self {
        Timers { by_key: BTreeMap::new(), by_time: BTreeSet::new() }
    }

    /// Sets, moves or clears a key's deadline.
    pub(crate) fn set(&mut self, key: &K, at: Option<Time>) {
        let before = match at {
            Some(at) => self.by_key.insert(key.clone(), at),
            None => self.by_key.remove(key),
        };
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.by_time.remove(&(before, key.clone()));
        }
        if let Some(at) = at {
            self.by_time.insert((at, key.clone()));
        }
    }

    /// Sets a key's deadline, unless it has an earlier one.
    pub(crate) fn set_sooner(&mut self, key: &K, at: Time) {
        if self.by_key.get(key).is_none_or(|planned| at < *planned) {
            self.set(key, Some(at));
        }
    }

    /// The nearest deadline.
    pub(crate) fn next(&self) -> Option<Time> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes one key whose deadline has come.
    pub(crate) fn due(&mut self, now: Time) -> Option<K> {
        let (at, key) = self.by_time.first()?;
        if *at > now {
            return None;
        }
        let (at, key) = (*at, key.clone());
        self.by_time.remove(&(at, key.clone()));
        self.by_key.remove(&key);
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(seconds: u64) -> Time {
        Time::from_origin(Duration::from_secs(seconds))
    }

    #[test]
    fn a_key_has_one_deadline_and_the_nearest_comes_first() {
        let mut timers = Timers::new();
        timers.set(&'a', Some(at(5)));
        timers.set(&'b', Some(at(3)));
        timers.set(&'b', Some(at(7)));
        assert_eq!(timers.next(), Some(at(5)));
        assert_eq!(timers.due(at(4)), None);
        assert_eq!(timers.due(at(9)), Some('a'));
        timers.set(&'b', None);
        assert_eq!(timers.due(at(9)), None);
        assert_eq!(timers.next(), None);
    }
}
