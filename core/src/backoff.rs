//! [`Backoff`]: how long to wait before trying again. Exponential, jittered from a seed, bounded.

use crate::time::Time;
use std::time::Duration;

/// A tiny generator for jitter: it spreads retries, it keeps no secret. (SplitMix64.)
#[derive(Clone, Debug)]
pub struct Jitter(u64);

impl Jitter {
    /// The same seed gives the same waits.
    pub fn new(seed: u64) -> Self {
        Jitter(seed)
    }

    /// A generator of its own for one of many.
    pub fn fork(&mut self) -> Self {
        Jitter(self.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A duration in `at_least..=at_most`.
    pub fn between(&mut self, at_least: Duration, at_most: Duration) -> Duration {
        let span = at_most.saturating_sub(at_least).as_millis().min(u128::from(u64::MAX)) as u64;
        at_least + Duration::from_millis(self.next() % (span.saturating_add(1).max(1)))
    }
}

/// Waits that double from `first` up to `most`, each shortened by up to a half.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    tries: u32,
    jitter: Jitter,
}

impl Backoff {
    /// Starts at `first`; never waits longer than `most`.
    pub fn new(first: Duration, most: Duration, jitter: Jitter) -> Self {
        Backoff { first, most, tries: 0, jitter }
    }

    /// When to try again after a failure at `now`.
    pub fn next(&mut self, now: Time) -> Time {
        let wait = self.first.saturating_mul(1 << self.tries.min(20)).min(self.most);
        self.tries = self.tries.saturating_add(1);
        now + self.jitter.between(wait / 2, wait)
    }

    /// Forgets the failures. Only for what was healthy for a while: a link that fails right after it opens must not
    /// start over.
    pub fn reset(&mut self) {
        self.tries = 0;
    }

    /// How many failures in a row.
    pub fn tries(&self) -> u32 {
        self.tries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most_and_stay_within_their_half() {
        let second = Duration::from_secs(1);
        let mut backoff = Backoff::new(second, 8 * second, Jitter::new(7));
        for full in [1, 2, 4, 8, 8, 8] {
            let wait = backoff.next(Time::ZERO).since_origin();
            assert!(wait >= full * second / 2 && wait <= full * second, "{wait:?} of {full}");
        }
        backoff.reset();
        assert!(backoff.next(Time::ZERO).since_origin() <= second);
    }

    #[test]
    fn the_same_seed_gives_the_same_waits() {
        let mut one = Jitter::new(3);
        let mut two = Jitter::new(3);
        for _ in 0..10 {
            let most = Duration::from_secs(5);
            assert_eq!(one.between(Duration::ZERO, most), two.between(Duration::ZERO, most));
        }
    }
}
