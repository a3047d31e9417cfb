//! [`Limiter`]: one bucket of points per token, and the windows of the operations that have limits of their own.
//!
//! Twitch says with each answer how many points are left and when the bucket is full again; the limiter believes it,
//! less what is still under way. Waits are `Ratelimit-Reset` minus the same answer's `Date`, so the local clock plays no
//! part. Of a [`Window`] Twitch says nothing, so its calls are counted here: each holds its place from when it is sent
//! until the window's length after it was answered, for Twitch counted it some time in between.

use crate::auth::Account;
use crate::time::Time;
use compact_str::{CompactString, format_compact};
use http::HeaderMap;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
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

/// A limit of an operation's own, besides that of the token: so many calls in so long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// What is counted together: the operation, and the channel or user that Twitch counts by.
    pub name: CompactString,
    /// How many calls.
    pub calls: u32,
    /// In how long.
    pub per: Duration,
}

impl Window {
    /// A window of an operation, counted for each value of `by`.
    pub(crate) fn new(operation: &str, calls: u32, seconds: u64, by: &impl Serialize) -> Self {
        let by = serde_json::to_string(by).unwrap_or_default();
        Window {
            name: format_compact!("{operation} {calls}/{seconds}s {by}"),
            calls,
            per: Duration::from_secs(seconds),
        }
    }
}

/// What a request waits for: the bucket of its token, or a window of its operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    /// The points of this account's token.
    Token(Account),
    /// The [`Window`] of this name.
    Window(CompactString),
}

/// Whether a request may go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Now; its point and its places are taken.
    Now,
    /// Not before this time. Nothing is taken: who no longer wants to go just does not come back.
    Wait {
        /// When to ask again.
        until: Time,
        /// What is used up.
        bucket: Bucket,
    },
}

/// Rate limits of all tokens of one client.
#[derive(Debug, Default)]
pub struct Limiter {
    buckets: BTreeMap<Account, Points>,
    windows: BTreeMap<CompactString, Places>,
    /// When a place of which window is free again; what is past is swept away.
    sweep: BTreeSet<(Time, CompactString)>,
}

#[derive(Debug)]
struct Points {
    budget: Budget,
    in_flight: u32,
    /// After a 429: answers that were sent before it say nothing.
    empty_until: Time,
}

/// The places of a window that are taken.
#[derive(Debug, Default)]
struct Places {
    in_flight: u32,
    /// When those that were answered are free again, the earliest first.
    until: VecDeque<Time>,
}

impl Limiter {
    /// No bucket yet: each starts full.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a point of the token and a place in each window for a request; all of them or none.
    pub fn take(&mut self, now: Time, account: Option<&Account>, windows: &[Window]) -> Turn {
        self.sweep(now);
        let full = windows.iter().filter_map(|window| {
            let places = self.windows.get(&window.name)?;
            Some((places.full(now, window)?, window))
        });
        if let Some((until, window)) = full.max_by_key(|(until, _)| *until) {
            return Turn::Wait { until, bucket: Bucket::Window(window.name.clone()) };
        }
        if let Some(account) = account
            && let Some(until) = self.take_point(now, account)
        {
            return Turn::Wait { until, bucket: Bucket::Token(account.clone()) };
        }
        for window in windows {
            self.windows.entry(window.name.clone()).or_default().in_flight += 1;
        }
        Turn::Now
    }

    fn take_point(&mut self, now: Time, account: &Account) -> Option<Time> {
        if !self.buckets.contains_key(account) {
            let budget = Budget { limit: POINTS, remaining: POINTS, reset: now + WINDOW };
            self.buckets.insert(account.clone(), Points { budget, in_flight: 0, empty_until: Time::ZERO });
        }
        let bucket = self.buckets.get_mut(account)?;
        if now >= bucket.budget.reset {
            bucket.budget.remaining = bucket.budget.limit.saturating_sub(bucket.in_flight);
            bucket.budget.reset = now + WINDOW;
        }
        if bucket.budget.remaining == 0 {
            return Some(bucket.budget.reset);
        }
        bucket.budget.remaining -= 1;
        bucket.in_flight += 1;
        None
    }

    /// A request is over without an answer. Whether it was sent decides about its places: Twitch may have counted it.
    pub fn forget(&mut self, now: Time, account: Option<&Account>, windows: &[Window], sent: bool) {
        if let Some(bucket) = account.and_then(|account| self.buckets.get_mut(account)) {
            bucket.in_flight = bucket.in_flight.saturating_sub(1);
        }
        for window in windows {
            if let Some(places) = self.windows.get_mut(&window.name) {
                places.in_flight = places.in_flight.saturating_sub(1);
                let until = if sent { now + window.per } else { now };
                places.until.extend(sent.then_some(until));
                self.sweep.insert((until, window.name.clone()));
            }
        }
    }

    /// Reads an answer's headers. `too_many` says that it was a 429 about the rate.
    pub fn learn(
        &mut self,
        now: Time,
        account: Option<&Account>,
        windows: &[Window],
        headers: &HeaderMap,
        too_many: bool,
    ) {
        self.forget(now, account, windows, true);
        let Some(bucket) = account.and_then(|account| self.buckets.get_mut(account)) else { return };
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

    /// Gives up the places whose time has come, and the windows in which none is taken.
    fn sweep(&mut self, now: Time) {
        while let Some((until, name)) = self.sweep.pop_first() {
            if until > now {
                self.sweep.insert((until, name));
                break;
            }
            if let Some(places) = self.windows.get_mut(&name) {
                while places.until.front().is_some_and(|until| *until <= now) {
                    places.until.pop_front();
                }
                if places.in_flight == 0 && places.until.is_empty() {
                    self.windows.remove(&name);
                }
            }
        }
    }
}

impl Places {
    /// When a place may be free, if none is.
    fn full(&self, now: Time, window: &Window) -> Option<Time> {
        let taken = self.in_flight as usize + self.until.len();
        // Those under way are answered now at the earliest.
        let next = || self.until.front().copied().unwrap_or(now + window.per);
        (taken >= window.calls as usize).then(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: Account = Account::App;

    fn at(seconds: u64) -> Time {
        Time::from_origin(Duration::from_secs(seconds))
    }

    fn take(limiter: &mut Limiter, now: u64) -> Turn {
        limiter.take(at(now), Some(&APP), &[])
    }

    fn wait(until: u64) -> Turn {
        Turn::Wait { until: at(until), bucket: Bucket::Token(APP) }
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
        assert_eq!(take(&mut limiter, 0), Turn::Now);
        // 2026-01-01T00:00:20Z, twenty seconds after Date.
        limiter.learn(at(5), Some(&APP), &[], &headers("800", "0", "1767225620"), false);
        assert_eq!(take(&mut limiter, 6), wait(26));
        assert_eq!(take(&mut limiter, 26), Turn::Now);
    }

    #[test]
    fn requests_in_flight_count_against_what_a_header_leaves() {
        let mut limiter = Limiter::new();
        assert_eq!(take(&mut limiter, 0), Turn::Now);
        assert_eq!(take(&mut limiter, 0), Turn::Now);
        limiter.learn(at(1), Some(&APP), &[], &headers("800", "1", "1767225620"), false);
        assert_eq!(take(&mut limiter, 1), wait(22));
    }

    #[test]
    fn an_answer_that_was_sent_before_a_429_does_not_fill_the_bucket() {
        let mut limiter = Limiter::new();
        assert_eq!(take(&mut limiter, 0), Turn::Now);
        assert_eq!(take(&mut limiter, 0), Turn::Now);
        limiter.learn(at(1), Some(&APP), &[], &headers("800", "0", "1767225620"), true);
        limiter.learn(at(1), Some(&APP), &[], &headers("800", "700", "1767225620"), false);
        assert_eq!(take(&mut limiter, 1), wait(22));
    }

    #[test]
    fn of_two_429s_the_later_reset_counts() {
        let mut limiter = Limiter::new();
        for _ in 0..3 {
            assert_eq!(take(&mut limiter, 0), Turn::Now);
        }
        for (reset, until) in [("1767225610", 12), ("1767225620", 22), ("1767225605", 22)] {
            limiter.learn(at(1), Some(&APP), &[], &headers("800", "0", reset), true);
            assert_eq!(take(&mut limiter, 1), wait(until));
        }
    }

    #[test]
    fn a_429_without_headers_waits_a_window() {
        let mut limiter = Limiter::new();
        assert_eq!(take(&mut limiter, 0), Turn::Now);
        limiter.learn(at(1), Some(&APP), &[], &HeaderMap::new(), true);
        assert_eq!(take(&mut limiter, 2), wait(61));
    }

    fn window(calls: u32, seconds: u64, by: &str) -> Window {
        Window::new("do-it", calls, seconds, &(by,))
    }

    fn full(window: &Window, until: u64) -> Turn {
        Turn::Wait { until: at(until), bucket: Bucket::Window(window.name.clone()) }
    }

    #[test]
    fn a_window_holds_a_place_for_its_length_after_the_answer() {
        let mut limiter = Limiter::new();
        let two = [window(2, 10, "1001")];
        assert_eq!(limiter.take(at(0), None, &two), Turn::Now);
        assert_eq!(limiter.take(at(0), None, &two), Turn::Now);
        assert_eq!(limiter.take(at(1), None, &two), full(&two[0], 11), "both are under way");
        limiter.learn(at(2), None, &two, &HeaderMap::new(), false);
        limiter.forget(at(3), None, &two, true);
        assert_eq!(limiter.take(at(11), None, &two), full(&two[0], 12));
        assert_eq!(limiter.take(at(12), None, &two), Turn::Now);
        assert_eq!(limiter.take(at(12), None, &two), full(&two[0], 13));
        assert_eq!(limiter.take(at(12), None, &[window(2, 10, "1002")]), Turn::Now, "counted for itself");
    }

    #[test]
    fn what_was_not_sent_gives_its_place_back() {
        let mut limiter = Limiter::new();
        let one = [window(1, 600, "1001")];
        assert_eq!(limiter.take(at(0), None, &one), Turn::Now);
        limiter.forget(at(1), None, &one, false);
        assert_eq!(limiter.take(at(1), None, &one), Turn::Now);
    }

    #[test]
    fn of_two_full_windows_the_later_counts_and_no_point_is_taken() {
        let mut limiter = Limiter::new();
        let both = [window(1, 120, "1001"), window(1, 3600, "1002")];
        assert_eq!(limiter.take(at(0), Some(&APP), &both), Turn::Now);
        limiter.learn(at(1), Some(&APP), &both, &HeaderMap::new(), false);
        assert_eq!(limiter.take(at(2), Some(&APP), &both), full(&both[1], 3601));
        assert_eq!(limiter.budget(&APP).map(|budget| budget.remaining), Some(POINTS - 1));
        // Without a point, no place is taken either.
        limiter.learn(at(2), Some(&APP), &[], &headers("800", "0", "1767225620"), true);
        let other = [window(1, 120, "1003")];
        assert_eq!(limiter.take(at(3), Some(&APP), &other), wait(23));
        assert_eq!(limiter.take(at(3), None, &other), Turn::Now);
    }

    #[test]
    fn windows_that_nobody_uses_any_more_are_forgotten() {
        let mut limiter = Limiter::new();
        for n in 0..1000 {
            let window = [window(1, 60, &n.to_string())];
            assert_eq!(limiter.take(at(n), None, &window), Turn::Now);
            limiter.forget(at(n), None, &window, n % 2 == 0);
        }
        assert_eq!((limiter.windows.len(), limiter.sweep.len()), (31, 31), "a minute's worth");
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_delays_twitch_never_counts_too_many(
            steps in proptest::collection::vec((0..4_000_u64, 0..3_000_u64, 0..3_000_u64), 1..200),
        ) {
            let window = [Window::new("do-it", 3, 5, &())];
            let millis = |ms| Time::from_origin(Duration::from_millis(ms));
            let (mut limiter, mut now, mut under_way, mut counted) = (Limiter::new(), 0, vec![], vec![]);
            for (pause, there, back) in steps {
                now += pause;
                under_way.sort_unstable();
                while under_way.first().is_some_and(|answered| *answered <= now) {
                    let answered = under_way.remove(0);
                    limiter.learn(millis(answered), None, &window, &HeaderMap::new(), false);
                }
                if limiter.take(millis(now), None, &window) == Turn::Now {
                    counted.push(now + there);
                    under_way.push(now + there + back);
                }
            }
            counted.sort_unstable();
            for four in counted.windows(4) {
                proptest::prop_assert!(four[3] - four[0] >= 5_000, "{:?}", four);
            }
        }
    }
}
