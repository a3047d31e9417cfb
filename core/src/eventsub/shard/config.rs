//! [`ShardConfig`]: what all shards of a client have in common.

use crate::client::SecretUrl;
use std::time::Duration;
use url::Url;

/// What all shards of a client have in common.
#[derive(Clone, Debug)]
pub struct ShardConfig {
    /// Where to connect.
    pub url: Url,
    /// The silence to ask for, in seconds; Twitch clamps it to 10..=600.
    pub keepalive: u16,
    /// How much longer than the agreed silence a link may be silent: Twitch's keepalives come at the last moment.
    pub slack: Duration,
    /// From connecting to the welcome.
    pub open_timeout: Duration,
    /// How long Twitch waits for the move to a reconnect URL.
    pub move_timeout: Duration,
    /// How long a link must live for the next loss to start with a short wait again.
    pub healthy_after: Duration,
    /// The first wait after a loss.
    pub first_wait: Duration,
    /// The longest wait after many.
    pub longest_wait: Duration,
    /// How a shard that was lost connects again.
    pub again: Again,
}

/// How a shard that was lost connects again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// By itself, after a wait.
    ByItself,
    /// After a wait it asks for its turn ([`ShardOutput::Ready`](super::ShardOutput::Ready)): for whoever has something to see to before.
    WhenTold,
    /// As [`WhenTold`](Self::WhenTold), the first time without a wait. For many shards, which may all be lost together.
    WhenToldAtOnce,
}

impl ShardConfig {
    /// The usual times, for this URL.
    pub fn new(url: Url) -> Self {
        ShardConfig {
            url,
            keepalive: 10,
            slack: Duration::from_secs(5),
            open_timeout: Duration::from_secs(20),
            move_timeout: Duration::from_secs(30),
            healthy_after: Duration::from_secs(60),
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(120),
            again: Again::ByItself,
        }
    }

    pub(super) fn fresh_url(&self) -> SecretUrl {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("keepalive_timeout_seconds", &self.keepalive.to_string());
        SecretUrl(url)
    }
}
