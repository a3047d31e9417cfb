//! [`Config`]: everything a client is told once. All timeouts live here.

use crate::auth::KeeperTimes;
use crate::endpoints::Endpoints;
use crate::eventsub::WebhookSecret;
use jiff::Timestamp;
use secrecy::SecretString;
use std::time::Duration;

/// How a client is set up. Start with [`Config::new`] and change what you need to.
#[derive(Clone, Debug)]
pub struct Config {
    /// The application's client id.
    pub client_id: String,
    /// Its client secret; a public client has none, and no app token.
    pub client_secret: Option<SecretString>,
    /// An app token to start with.
    pub app_token: Option<SecretString>,
    /// Where Twitch is.
    pub endpoints: Endpoints,
    /// Spreads retries. Give each process another, and a test always the same.
    pub seed: u64,
    /// Names this client in the token store while it refreshes. Must differ between processes and clients that share
    /// a store.
    pub name: String,
    /// The token keeper's times.
    pub tokens: KeeperTimes,
    /// For how long an answer of Helix is awaited.
    pub answer_timeout: Duration,
    /// For how long a call may take in all, waits for a token and for the rate limit included.
    pub call_timeout: Duration,
    /// How many requests to Helix may be under way at once.
    pub concurrent_requests: usize,
    /// The longest silence to ask EventSub for, in seconds, 10 to 600.
    pub keepalive: u16,
    /// When the application last listened, if it did: what happened since may be missing, and a
    /// [`Gap`](crate::eventsub::Gap) says so for each wish that is held.
    pub listened_until: Option<Timestamp>,
    /// The secrets of the application's webhook subscriptions: what comes to the callback is signed with one of them. More
    /// than one where a new secret replaces an old one. Without any, [`Client::webhook`](crate::Client::webhook)
    /// refuses everything.
    pub webhook_secrets: Vec<WebhookSecret>,
    /// Whether events are searched for what this version does not know: [`Notice::Drift`](crate::Notice::Drift). Off, it
    /// costs nothing; on, several times what reading an event does.
    pub watch_drift: bool,
    /// For how long EventSub message ids are remembered, to drop what comes twice.
    pub remember_messages: Duration,
    /// How many message ids are remembered at most.
    pub remember_at_most: usize,
}

impl Config {
    /// The usual settings for this client id.
    pub fn new(client_id: impl Into<String>) -> Self {
        Config {
            client_id: client_id.into(),
            client_secret: None,
            app_token: None,
            endpoints: Endpoints::twitch(),
            seed: 0,
            name: "twitchwire".into(),
            tokens: KeeperTimes::default(),
            answer_timeout: Duration::from_secs(20),
            call_timeout: Duration::from_secs(60),
            concurrent_requests: 16,
            keepalive: 10,
            listened_until: None,
            webhook_secrets: Vec::new(),
            watch_drift: false,
            remember_messages: Duration::from_secs(600),
            remember_at_most: 65_536,
        }
    }
}
