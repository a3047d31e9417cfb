//! What a client is told of its conduit once: which one, and which of its shards are the client's.

use crate::helix::{Invalid, Rule};
use crate::id::ConduitId;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::time::Duration;

/// The most shards that Twitch gives a conduit.
pub const MAX_SHARDS: u32 = 20_000;
/// The most conduits that Twitch gives a client id.
pub const MAX_CONDUITS: usize = 5;

/// How a client uses a conduit. Start with [`ConduitConfig::default`] and change what you need to.
///
/// A conduit takes the app token, so [`Config::client_secret`](crate::Config) or an app token must be there.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct ConduitConfig {
    /// Which conduit.
    pub choice: ConduitChoice,
    /// Which of its shards are this client's.
    pub shards: ShardChoice,
    /// Whether subscriptions are made.
    pub subscribing: Subscribing,
    /// How many shards may be on their way from a new connection to their assignment at once. Twitch closes a
    /// connection that is not assigned within ten seconds.
    pub opening_at_once: usize,
    /// How many shards one request assigns at most.
    pub shards_per_request: usize,
    /// How often the shards are held against what Twitch says of them: a request for each 100 shards of the conduit.
    pub audit_shards_every: Duration,
    /// How often the subscriptions are: a request for each 100 subscriptions of the conduit.
    pub audit_subscriptions_every: Duration,
}

impl Default for ConduitConfig {
    fn default() -> Self {
        ConduitConfig {
            choice: ConduitChoice::Only,
            shards: ShardChoice::for_subscriptions(0),
            subscribing: Subscribing::Now,
            opening_at_once: 1000,
            shards_per_request: 100,
            audit_shards_every: Duration::from_secs(300),
            audit_subscriptions_every: Duration::from_secs(3600),
        }
    }
}

/// Which conduit a client takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConduitChoice {
    /// The only one there is; one is made if there is none, and [`ConduitError::Several`](super::ConduitError) lists
    /// them if there are several.
    Only,
    /// This one.
    Id(ConduitId),
    /// A new one, whatever there is.
    New,
}

/// Which of a conduit's shards are a client's.
///
/// Where several clients share a conduit, the one that has shard 0 makes the conduit and gives it its size; the others
/// wait for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShardChoice {
    /// All of them. A conduit that the client makes gets one shard for each `max_per_shard` subscriptions, at least 2.
    All {
        /// How many subscriptions are expected.
        subscriptions: u32,
        /// How many of them a shard is to carry.
        max_per_shard: u32,
    },
    /// A part of them.
    Part {
        /// Which.
        part: ShardPart,
        /// What is done about an adopted conduit of another size.
        size: ConduitSize,
    },
    /// The first of these that is not enabled when the client starts.
    FirstFree(Vec<u32>),
}

impl ShardChoice {
    /// All shards, and in a new conduit one for each 1000 of these.
    pub fn for_subscriptions(subscriptions: u32) -> Self {
        ShardChoice::All { subscriptions, max_per_shard: 1000 }
    }

    /// How many shards a conduit that the client makes gets; `known`: the subscriptions wished for already.
    pub(super) fn count(&self, known: usize) -> u32 {
        match self {
            ShardChoice::All { subscriptions, max_per_shard } => {
                let known = u32::try_from(known).unwrap_or(u32::MAX);
                (*subscriptions).max(known).div_ceil((*max_per_shard).max(1)).clamp(2, MAX_SHARDS)
            }
            ShardChoice::Part { part, .. } => part.of,
            ShardChoice::FirstFree(ids) => {
                ids.iter().max().map_or(1, |last| last.saturating_add(1).min(MAX_SHARDS))
            }
        }
    }

    /// Whether it is this client that makes the conduit and gives it its size.
    pub(super) fn leads(&self) -> bool {
        match self {
            ShardChoice::All { .. } => true,
            ShardChoice::Part { part, .. } => part.ids.start == 0 && !part.ids.is_empty(),
            ShardChoice::FirstFree(ids) => ids.contains(&0),
        }
    }
}

/// What is done about an adopted conduit of another size than the one named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConduitSize {
    /// It keeps its size; shards that it does not have wait until it grows.
    Keep,
    /// It gets the size named, from the client that has shard 0.
    Scale,
}

/// Whether subscriptions are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subscribing {
    /// What is missing is made at once.
    Now,
    /// What is there is read, and [`ConduitProgress`](super::ConduitProgress) says what is missing: a dry run. Nothing is made or deleted
    /// before [`Client::subscribing`](crate::Client::subscribing) says otherwise.
    Held,
}

/// Some of a conduit's shards, next to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(Range<u32>, u32)", into = "(Range<u32>, u32)")]
pub struct ShardPart {
    pub(super) ids: Range<u32>,
    pub(super) of: u32,
}

impl ShardPart {
    /// The shards with these ids, of a conduit with `of` shards. An empty range is a client that only subscribes.
    pub fn new(ids: Range<u32>, of: u32) -> Result<Self, Invalid> {
        if !(1..=MAX_SHARDS).contains(&of) {
            return Err(Invalid::new("shard_count", Rule::Other("must be 1 to 20000")));
        }
        if ids.start > ids.end || ids.end > of {
            return Err(Invalid::new("shard_ids", Rule::Other("must lie within the conduit")));
        }
        Ok(ShardPart { ids, of })
    }

    /// All shards of a conduit of this size.
    pub fn whole(of: u32) -> Result<Self, Invalid> {
        Self::new(0..of, of)
    }

    /// The share of one of several instances, counted from 0: all shares together are the conduit, none overlap, and
    /// no two differ by more than one shard.
    ///
    /// ```
    /// use twitchwire::eventsub::ShardPart;
    /// let parts = [0, 1, 2].map(|instance| ShardPart::of_instance(instance, 3, 10).unwrap());
    /// assert_eq!(parts.map(|part| part.ids()), [0..3, 3..6, 6..10]);
    /// ```
    pub fn of_instance(instance: u32, instances: u32, of: u32) -> Result<Self, Invalid> {
        if instance >= instances {
            return Err(Invalid::new("instance", Rule::Other("must be below the number of instances")));
        }
        let start = |instance: u32| u64::from(of) * u64::from(instance) / u64::from(instances);
        // Both lie within 0..=of.
        let id = |number: u64| u32::try_from(number).unwrap_or(of);
        Self::new(id(start(instance))..id(start(instance + 1)), of)
    }

    /// The share of the instance whose number ends its name, as the pods of a StatefulSet are called.
    ///
    /// ```
    /// use twitchwire::eventsub::ShardPart;
    /// assert_eq!(ShardPart::of_pod("bot-2", 3, 10).unwrap().ids(), 6..10);
    /// ```
    pub fn of_pod(name: &str, instances: u32, of: u32) -> Result<Self, Invalid> {
        let digits = name.rsplit('-').next().unwrap_or_default();
        let instance = digits.parse();
        let instance =
            instance.map_err(|_| Invalid::new("instance", Rule::Other("does not end with a number")))?;
        Self::of_instance(instance, instances, of)
    }

    /// The shards' ids.
    pub fn ids(&self) -> Range<u32> {
        self.ids.clone()
    }

    /// How many shards the conduit has.
    pub fn of(&self) -> u32 {
        self.of
    }
}

impl TryFrom<(Range<u32>, u32)> for ShardPart {
    type Error = Invalid;

    fn try_from((ids, of): (Range<u32>, u32)) -> Result<Self, Invalid> {
        Self::new(ids, of)
    }
}

impl From<ShardPart> for (Range<u32>, u32) {
    fn from(part: ShardPart) -> Self {
        (part.ids, part.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_conduit_has_a_shard_for_each_thousand_subscriptions_and_at_least_two() {
        for (subscriptions, shards) in
            [(0, 2), (1, 2), (2000, 2), (2001, 3), (100_000, 100), (u32::MAX, MAX_SHARDS)]
        {
            assert_eq!(ShardChoice::for_subscriptions(subscriptions).count(0), shards);
        }
        assert_eq!(ShardChoice::for_subscriptions(0).count(5001), 6);
    }

    #[test]
    fn the_shares_of_all_instances_are_the_conduit() {
        for (instances, of) in [(1, 1), (3, 10), (7, 20_000), (20_000, 20_000), (5, 3)] {
            let mut next = 0;
            for instance in 0..instances {
                let part = ShardPart::of_instance(instance, instances, of).unwrap();
                assert_eq!(part.ids().start, next);
                assert!(part.ids().len() as u32 <= of.div_ceil(instances));
                next = part.ids().end;
            }
            assert_eq!(next, of);
        }
        assert!(ShardPart::of_instance(3, 3, 10).is_err());
        assert!(ShardPart::of_instance(0, 1, MAX_SHARDS + 1).is_err());
        assert!(ShardPart::of_pod("bot", 3, 10).is_err());
        assert!(ShardPart::new(2..11, 10).is_err());
    }

    #[test]
    fn who_has_shard_zero_makes_the_conduit() {
        let part = |instance| ShardChoice::Part {
            part: ShardPart::of_instance(instance, 2, 4).unwrap(),
            size: ConduitSize::Keep,
        };
        assert!(part(0).leads());
        assert!(!part(1).leads());
        assert!(ShardChoice::for_subscriptions(0).leads());
        let none = ShardPart::new(0..0, 4).unwrap();
        assert!(!ShardChoice::Part { part: none, size: ConduitSize::Keep }.leads());
    }
}
