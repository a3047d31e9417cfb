//! [`Config`]: everything a client is told once. All timeouts live here.

use crate::auth::KeeperTimes;
use crate::auth::flow::StateKey;
use crate::callback::Callback;
use crate::endpoints::Endpoints;
use crate::eventsub::{ConduitConfig, DriftWatch, Leftovers, WebhookSecret};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How a client is set up. Start with [`Config::new`] and change what you need to. Its secrets are neither serialised nor
/// read back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default = "Config::nobodys")]
pub struct Config {
    /// The application's client id.
    pub client_id: String,
    /// Its client secret; a public client has none, and no app token.
    #[serde(skip)]
    pub client_secret: Option<SecretString>,
    /// An app token to start with.
    #[serde(skip)]
    pub app_token: Option<SecretString>,
    /// Where Twitch is.
    pub endpoints: Endpoints,
    /// Whether somebody answers [`Notice::TokenWanted`](crate::Notice::TokenWanted): calls then wait for the answer where
    /// they would fail for lack of a token.
    pub ask_for_tokens: bool,
    /// Where the application's own pages are: users who authorise it come back there.
    pub callback: Callback,
    /// Signs the `state` of authorisations: 32 bytes from the system's source of randomness, others for each client. Not
    /// derived from the seed, which is no secret. Without a key no authorisation can be started.
    #[serde(skip)]
    pub state_key: Option<StateKey>,
    /// Spreads retries. Give each process another, and a test always the same.
    pub seed: u64,
    /// Names this client in the token store while it refreshes. Must differ between processes and clients that share
    /// a store.
    pub name: String,
    /// The token keeper's times.
    pub tokens: KeeperTimes,
    /// How long a connection may take until it can be used: name, TCP, proxy, TLS. For HTTP it is half of the time for the
    /// answer at most.
    pub connect_timeout: Duration,
    /// For how long an answer of Helix is awaited, from when the request leaves, its connection included.
    pub answer_timeout: Duration,
    /// For how long a call may take in all, waits for a token and for the rate limit included.
    pub call_timeout: Duration,
    /// What becomes of a call for which the rate limit has no room.
    pub when_limited: WhenLimited,
    /// How many requests to Helix may be under way at once.
    pub concurrent_requests: usize,
    /// The longest silence to ask EventSub for, in seconds, 10 to 600.
    pub keepalive: u16,
    /// How much longer than the agreed silence a link may be silent before it is taken for dead: Twitch's keepalives come
    /// at the last moment.
    pub keepalive_slack: Duration,
    /// The conduit for what is subscribed [`Via::Conduit`](crate::eventsub::Via::Conduit), if there is to be one. It
    /// takes the app token.
    pub conduit: Option<ConduitConfig>,
    /// When the application last listened, if it did: what happened since may be missing, and a
    /// [`Gap`](crate::eventsub::Gap) says so for each wish that is held. Write
    /// [`Client::listened_until`](crate::Client::listened_until) down now and then, and give it to the next process.
    pub listened_until: Option<Timestamp>,
    /// How often each user's wishes are compared with the subscriptions that Twitch lists, to find those that ended
    /// without a word; at least a minute. It also happens soon after a session has moved.
    pub compare_every: Duration,
    /// What happens to WebSocket subscriptions that a former process has left.
    pub leftovers: Leftovers,
    /// Whether closing deletes the WebSocket subscriptions. Without, they end with their sessions.
    pub delete_at_close: bool,
    /// Whether a redemption (of channel points or a power-up) is passed on once even if it comes in two messages, as
    /// it may while a dead process's subscription lingers.
    pub redemptions_once: bool,
    /// The secrets of the application's webhook subscriptions: what comes to the callback is signed with one of them. More
    /// than one where a new secret replaces an old one. Without any, [`Client::webhook`](crate::Client::webhook)
    /// refuses everything.
    #[serde(skip)]
    pub webhook_secrets: Vec<WebhookSecret>,
    /// Whether events are searched for what this version does not know: [`Notice::Drift`](crate::Notice::Drift). Without,
    /// it costs nothing; with it, several times what reading an event does.
    #[serde(with = "crate::eventsub::watched")]
    pub watch_drift: Option<DriftWatch>,
    /// For how long EventSub message ids are remembered at least, to drop what comes twice.
    pub remember_messages: Duration,
    /// How many message ids are remembered at most. The latest half of so many is never forgotten before its time.
    pub remember_at_most: usize,
    /// Whether everything that happens is written down, for [`Client::poll_line`](crate::Client::poll_line): see
    /// [`record`](crate::record).
    #[serde(skip)]
    pub record: bool,
}

/// What becomes of a call for which the rate limit of its token, or its operation's own, has no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenLimited {
    /// It waits, as long as [`Config::call_timeout`] allows. One that would have to wait longer for its operation's own
    /// limit fails at once, as with [`Fail`](Self::Fail).
    #[default]
    Wait,
    /// It fails with [`CallError::Limited`](crate::CallError::Limited), which says when to try again.
    Fail,
}

impl Config {
    /// The usual settings for this client id.
    pub fn new(client_id: impl Into<String>) -> Self {
        Config {
            client_id: client_id.into(),
            client_secret: None,
            app_token: None,
            endpoints: Endpoints::twitch(),
            ask_for_tokens: false,
            callback: Callback::default(),
            state_key: None,
            seed: 0,
            name: "twitchwire".into(),
            tokens: KeeperTimes::default(),
            connect_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(20),
            call_timeout: Duration::from_secs(60),
            when_limited: WhenLimited::default(),
            concurrent_requests: 16,
            keepalive: 10,
            keepalive_slack: Duration::from_secs(5),
            conduit: None,
            listened_until: None,
            compare_every: Duration::from_secs(600),
            leftovers: Leftovers::Keep,
            delete_at_close: true,
            redemptions_once: false,
            webhook_secrets: Vec::new(),
            watch_drift: None,
            remember_messages: Duration::from_secs(600),
            remember_at_most: 65_536,
            record: false,
        }
    }

    /// What is not written down is as usual.
    fn nobodys() -> Self {
        Config::new("")
    }
}
