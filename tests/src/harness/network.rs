//! How badly the network behaves, and what decides its cases.

use std::time::Duration;
use twitchwire::Jitter;

/// How badly the network behaves: delays, and the share of cases, from 0 to 1, in which each thing goes wrong.
#[derive(Clone, Debug)]
pub struct Network {
    /// The shortest way, one direction.
    pub fastest: Duration,
    /// The longest way, one direction.
    pub slowest: Duration,
    /// A request never leaves.
    pub not_sent: f64,
    /// A request is lost on its way; the connection breaks.
    pub request_lost: f64,
    /// A response is lost on its way; the connection breaks.
    pub response_lost: f64,
    /// A response never comes, and nothing breaks.
    pub response_hangs: f64,
    /// A socket cannot be opened.
    pub not_opened: f64,
    /// A socket goes silent some time after it opened: nothing arrives, in either direction, and nothing breaks.
    pub half_open: f64,
    /// The longest that a store operation takes; the shortest is a millisecond.
    pub slowest_store: Duration,
    /// A store operation fails and is not done.
    pub store_fails: f64,
}

impl Network {
    /// A network that only takes a little time.
    pub const GOOD: Network = Network::bad(0.0);

    /// Everything goes wrong at this rate.
    pub const fn bad(rate: f64) -> Self {
        Network {
            fastest: Duration::from_millis(5),
            slowest: Duration::from_millis(200),
            not_sent: rate,
            request_lost: rate,
            response_lost: rate,
            response_hangs: rate,
            not_opened: rate,
            half_open: rate,
            slowest_store: Duration::from_millis(20),
            store_fails: rate,
        }
    }
}

/// Decides the harness's cases.
pub struct Rng(Jitter);

impl Rng {
    /// The same seed gives the same decisions.
    pub fn new(seed: u64) -> Self {
        Rng(Jitter::new(seed))
    }

    /// A number below `n`, which must not be 0.
    pub fn below(&mut self, n: u64) -> u64 {
        u64::try_from(self.0.between(Duration::ZERO, Duration::from_millis(n - 1)).as_millis()).unwrap_or(0)
    }

    /// True in this share of cases.
    pub fn chance(&mut self, share: f64) -> bool {
        share > 0.0 && (self.below(1_000_000) as f64) < share * 1e6
    }

    /// A duration in the range.
    pub fn between(&mut self, at_least: Duration, at_most: Duration) -> Duration {
        self.0.between(at_least, at_most)
    }
}
