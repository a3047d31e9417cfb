//! [`Limiter`]: one bucket of points per token, kept from the `Ratelimit-*` headers.
//!
//! [`Limiter::take`] gives a turn or the time to ask again; [`Limiter::learn`] reads an answer. Waits are
//! `Ratelimit-Reset` minus the same answer's `Date`, so the local clock plays no part.

use crate::auth::Account;
use crate::time::Time;
use http::HeaderMap;
use std::collections::BTreeMap;
use std::time::Duration;

/// Twitch's default: 800 points a minute.
const POINTS: u32 = 800;
const WINDOW: Duration = Duration::from_secs(60);

/// What is left of a token's rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Points a minute.
    pub limit: u32,
    /// Points left.
    pub remaining: u32,
    /// When the bucket is full again.
    pub reset: Time,
}

/// Whether a request may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Now; its point is taken.
    Now,
    /// Not before this time.
    Wait(Time),
}

/// Rate limits of all tokens of one client.
#[derive(Debug, Default)]
pub struct Limiter {
    buckets: BTreeMap<Account, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    budget: Budget,
    in_flight: u32,
    /// After a 429: answers that were sent before it say nothing.
    empty_until: Time,
}

impl Limiter {
    /// No bucket yet: each starts full.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a point for a request with this token.
    pub fn take(&mut self, now: Time, account: &Account) -> Turn {
        if !self.buckets.contains_key(account) {
            let budget = Budget { limit: POINTS, remaining: POINTS, reset: now + WINDOW };
            self.buckets.insert(account.clone(), Bucket { budget, in_flight: 0, empty_until: Time::ZERO });
        }
        let Some(bucket) = self.buckets.get_mut(account) else { return Turn::Now };
        if now >= bucket.budget.reset {
            bucket.budget.remaining = bucket.budget.limit.saturating_sub(bucket.in_flight);
            bucket.budget.reset = now + WINDOW;
        }
        if bucket.budget.remaining == 0 {
            return Turn::Wait(bucket.budget.reset);
        }
        bucket.budget.remaining -= 1;
        bucket.in_flight += 1;
        Turn::Now
    }

    /// A request with this token is over without an answer.
    pub fn forget(&mut self, account: &Account) {
        if let Some(bucket) = self.buckets.get_mut(account) {
            bucket.in_flight = bucket.in_flight.saturating_sub(1);
        }
    }

    /// Reads an answer's headers. `too_many` says that it was a 429 about the rate.
    pub fn learn(&mut self, now: Time, account: &Account, headers: &HeaderMap, too_many: bool) {
        let Some(bucket) = self.buckets.get_mut(account) else { return };
        bucket.in_flight = bucket.in_flight.saturating_sub(1);
        if now < bucket.empty_until && !too_many {
            return;
        }
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
        let wait = number("ratelimit-reset").and_then(|reset| {
            let date = headers.get(http::header::DATE)?.to_str().ok()?;
            let date = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
            u64::try_from((reset as i64).saturating_sub(date.as_second())).ok()
        });
        if let Some(limit) = number("ratelimit-limit") {
            bucket.budget.limit = u32::try_from(limit).unwrap_or(u32::MAX).max(1);
        }
        if let Some(wait) = wait {
            // A reset further away than any window is nonsense; a second's grace covers Date's resolution.
            let reset = now + Duration::from_secs(wait.min(600) + 1);
            // Two 429s may be about the buckets of two tokens: the later reset counts.
            bucket.budget.reset = if too_many { reset.max(bucket.empty_until) } else { reset };
        }
        if let Some(remaining) = number("ratelimit-remaining") {
            let remaining = u32::try_from(remaining).unwrap_or(u32::MAX);
            bucket.budget.remaining = remaining.saturating_sub(bucket.in_flight);
        }
        if too_many {
            bucket.budget.remaining = 0;
            if wait.is_none() {
                bucket.budget.reset = now + WINDOW;
            }
            bucket.empty_until = bucket.budget.reset;
        }
    }

    /// What is left for this token, as far as known.
    pub fn budget(&self, account: &Account) -> Option<Budget> {
        self.buckets.get(account).map(|bucket| bucket.budget)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: Account = Account::App;

    fn at(seconds: u64) -> Time {
        Time::from_origin(Duration::from_secs(seconds))
    }

    fn headers(limit: &str, remaining: &str, reset: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("date", "Thu, 01 Jan 2026 00:00:00 GMT".parse().unwrap());
        headers.insert("ratelimit-limit", limit.parse().unwrap());
        headers.insert("ratelimit-remaining", remaining.parse().unwrap());
        headers.insert("ratelimit-reset", reset.parse().unwrap());
        headers
    }

    #[test]
    fn an_empty_bucket_waits_for_reset_minus_date() {
        let mut limiter = Limiter::new();
        assert_eq!(limiter.take(at(0), &APP), Turn::Now);
        // 2026-01-01T00:00:20Z, twenty seconds after Date.
        limiter.learn(at(5), &APP, &headers("800", "0", "1767225620"), false);
        assert_eq!(limiter.take(at(6), &APP), Turn::Wait(at(26)));
        assert_eq!(limiter.take(at(26), &APP), Turn::Now);
    }

    #[test]
    fn requests_in_flight_count_against_what_a_header_leaves() {
        let mut limiter = Limiter::new();
        assert_eq!(limiter.take(at(0), &APP), Turn::Now);
        assert_eq!(limiter.take(at(0), &APP), Turn::Now);
        limiter.learn(at(1), &APP, &headers("800", "1", "1767225620"), false);
        assert_eq!(limiter.take(at(1), &APP), Turn::Wait(at(22)));
    }

    #[test]
    fn an_answer_that_was_sent_before_a_429_does_not_fill_the_bucket() {
        let mut limiter = Limiter::new();
        assert_eq!(limiter.take(at(0), &APP), Turn::Now);
        assert_eq!(limiter.take(at(0), &APP), Turn::Now);
        limiter.learn(at(1), &APP, &headers("800", "0", "1767225620"), true);
        limiter.learn(at(1), &APP, &headers("800", "700", "1767225620"), false);
        assert_eq!(limiter.take(at(1), &APP), Turn::Wait(at(22)));
    }

    #[test]
    fn of_two_429s_the_later_reset_counts() {
        let mut limiter = Limiter::new();
        assert_eq!(limiter.take(at(0), &APP), Turn::Now);
        assert_eq!(limiter.take(at(0), &APP), Turn::Now);
        assert_eq!(limiter.take(at(0), &APP), Turn::Now);
        for (reset, until) in [("1767225610", 12), ("1767225620", 22), ("1767225605", 22)] {
            limiter.learn(at(1), &APP, &headers("800", "0", reset), true);
            assert_eq!(limiter.take(at(1), &APP), Turn::Wait(at(until)));
        }
    }

    #[test]
    fn a_429_without_headers_waits_a_window() {
        let mut limiter = Limiter::new();
        assert_eq!(limiter.take(at(0), &APP), Turn::Now);
        limiter.learn(at(1), &APP, &HeaderMap::new(), true);
        assert_eq!(limiter.take(at(2), &APP), Turn::Wait(at(61)));
    }
}
