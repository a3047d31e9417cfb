//! Webhooks: what Twitch posts to callbacks, signed, and what comes of the answers.
//!
//! A callback has to prove itself first: it is asked to echo a challenge, and only then does its subscription, or its shard of
//! a conduit, become enabled. A message that is not answered with a success in time is sent again, with the same id; what is
//! given up too often in a row ends the callback's use.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderValue, Request, Response};
use serde_json::{Value, json};
use sha2::Sha256;
use twitchwire::Time;

use super::answer::Answer;
use super::api::text;
use super::{Timer, World, WorldOutput};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long after each failure a message is sent again; after the last it is given up.
const AGAIN_AFTER: [Duration; 3] =
    [Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(300)];

const VERIFICATION_FAILED: &str = "webhook_callback_verification_failed";
const FAILURES_EXCEEDED: &str = "notification_failures_exceeded";

/// One request to a callback; the number is the world's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostId(u64);

/// A request that the world wants sent to a webhook's callback, and its answer brought to [`World::answered`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Post {
    /// What the answer belongs to.
    pub id: PostId,
    /// The callback's URL.
    pub callback: String,
    /// The headers in small letters: the message's id, type and time, its signature, and what it is about.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON that is signed.
    pub body: Bytes,
}

impl Post {
    /// The request as a whole: a POST to the callback.
    ///
    /// # Errors
    /// If the callback's URL is none.
    pub fn request(&self) -> Result<Request<Bytes>, http::Error> {
        let mut request = Request::post(&self.callback);
        for (name, value) in &self.headers {
            request = request.header(*name, HeaderValue::try_from(value)?);
        }
        request.body(self.body.clone())
    }
}

/// Where messages go, and what they are signed with.
#[derive(Clone, Debug)]
pub(super) struct Callback {
    pub(super) url: String,
    secret: String,
}

impl Callback {
    /// A transport's callback, as a request names it.
    pub(super) fn read(said: &Value) -> Result<Self, Answer> {
        let (url, secret) = (text(said, "callback")?, text(said, "secret")?);
        if !secret.is_ascii() || !(10..=100).contains(&secret.len()) {
            return Err(Answer::refuse(400, "secret must be between 10 and 100 ASCII characters"));
        }
        Ok(Callback { url: url.to_owned(), secret: secret.to_owned() })
    }

    fn sign(&self, id: &str, stamp: &str, body: &[u8]) -> String {
        let mut signature = String::from("sha256=");
        // A key of any length will do.
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()) else { return signature };
        let mac = mac.chain_update(id).chain_update(stamp).chain_update(body);
        for byte in mac.finalize().into_bytes() {
            // Writing to a string cannot fail.
            let _ = write!(signature, "{byte:02x}");
        }
        signature
    }
}

/// Whose callback it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    /// The subscription of this number.
    Subscription(u64),
    /// A shard of a conduit.
    Shard(String, u32),
}

/// What a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    Verification { challenge: String },
    Notification,
    Revocation,
}

impl About {
    fn as_str(&self) -> &'static str {
        match self {
            About::Verification { .. } => "webhook_callback_verification",
            About::Notification => "notification",
            About::Revocation => "revocation",
        }
    }
}

/// One message to a callback, in all its attempts.
#[derive(Clone, Debug)]
pub(super) struct Message {
    of: Of,
    about: About,
    callback: Callback,
    /// The subscription's type and version.
    kind: (String, String),
    id: String,
    stamp: String,
    body: Bytes,
    /// How often it was sent before.
    attempts: usize,
}

#[derive(Default)]
pub(super) struct Webhooks {
    posted: u64,
    /// What waits for an answer.
    waiting: BTreeMap<PostId, Message>,
    /// The messages in a row that were given up.
    failures: BTreeMap<Of, usize>,
}

impl World {
    /// What came of a [`Post`]: the callback's answer; none if it could not be reached. An answer that comes later than
    /// Twitch waits for it counts for nothing.
    pub fn answered(&mut self, now: Time, post: PostId, answer: Option<&Response<Bytes>>) {
        self.advance(now);
        self.take_answer(post, answer);
    }

    /// A callback did not answer in time.
    pub(super) fn lose_patience(&mut self, post: PostId) {
        self.take_answer(post, None);
    }

    fn take_answer(&mut self, post: PostId, answer: Option<&Response<Bytes>>) {
        let Some(message) = self.webhooks.waiting.remove(&post) else { return };
        let success = answer.filter(|answer| answer.status().is_success());
        match (&message.about, success) {
            (About::Verification { challenge }, answer) => {
                let proven = answer.is_some_and(|answer| answer.body() == challenge.as_bytes());
                self.settle_verification(&message.of, proven);
            }
            (About::Notification, Some(_)) => {
                self.webhooks.failures.remove(&message.of);
            }
            (About::Notification, None) => self.try_again(message),
            // Whoever does not hear of the end hears nothing more either way.
            (About::Revocation, _) => {}
        }
    }

    fn settle_verification(&mut self, of: &Of, proven: bool) {
        match (of, proven) {
            (Of::Subscription(number), true) => self.subscriptions.verify(*number),
            (Of::Subscription(number), false) => self.end_unverified(*number, VERIFICATION_FAILED),
            (Of::Shard(conduit, shard), true) => self.enable_shard(conduit, *shard),
            (Of::Shard(conduit, shard), false) => self.disable_shard(conduit, *shard, VERIFICATION_FAILED),
        }
    }

    fn try_again(&mut self, message: Message) {
        let Some(after) = AGAIN_AFTER.get(message.attempts) else { return self.give_up(&message.of) };
        let message = Message { attempts: message.attempts + 1, ..message };
        self.arm(*after, Timer::Post(Box::new(message)));
    }

    fn give_up(&mut self, of: &Of) {
        let failures = self.webhooks.failures.entry(of.clone()).or_default();
        *failures += 1;
        if *failures < self.settings.webhook_failures {
            return;
        }
        self.webhooks.failures.remove(of);
        match of {
            Of::Subscription(number) => self.revoke_now(*number, FAILURES_EXCEEDED),
            Of::Shard(conduit, shard) => self.disable_shard(conduit, *shard, FAILURES_EXCEEDED),
        }
    }

    /// Asks a subscription's callback, or a shard's, to prove itself. What a shard is asked is not documented; here it looks
    /// like a subscription of a type of its own.
    pub(super) fn verify(&mut self, of: Of, callback: Callback) {
        let challenge = self.rng.token(32);
        let subscription = match &of {
            Of::Subscription(number) => {
                let Some(found) = self.subscriptions.get(*number) else { return };
                self.subscription_json(found, false)
            }
            Of::Shard(conduit, shard) => json!({
                "id": self.rng.uuid(),
                "status": "webhook_callback_verification_pending",
                "type": "conduit.shard",
                "version": "1",
                "condition": {"conduit_id": conduit, "shard_id": shard.to_string()},
                "created_at": self.stamp(),
                "transport": {"method": "webhook", "callback": callback.url},
                "cost": 0,
            }),
        };
        let said = |name: &str| subscription[name].as_str().unwrap_or_default().to_owned();
        let kind = (said("type"), said("version"));
        let payload = json!({"challenge": challenge, "subscription": subscription});
        let id = self.rng.uuid();
        self.post_to(of, About::Verification { challenge }, callback, id, kind, payload.to_string().into());
    }

    /// Posts a message about a subscription of this type and version.
    pub(super) fn post_to(
        &mut self,
        of: Of,
        about: About,
        callback: Callback,
        id: String,
        kind: (String, String),
        body: Bytes,
    ) {
        let stamp = self.stamp();
        let message = Message { of, about, callback, kind, id, stamp, body, attempts: 0 };
        if message.about == About::Notification && self.rng.chance(self.faults.duplicate) {
            let after = Duration::from_millis(self.rng.below(5000));
            self.arm(after, Timer::Post(Box::new(message.clone())));
        }
        self.send_post(message);
    }

    /// Sends a message for the first time or once more, unless its callback is no longer used.
    pub(super) fn send_post(&mut self, message: Message) {
        if message.attempts > 0 && !self.is_used(&message.of) {
            return;
        }
        self.webhooks.posted += 1;
        let post = PostId(self.webhooks.posted);
        let Message { callback, kind: (kind, version), id, stamp, body, .. } = &message;
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("twitch-eventsub-message-id", id.clone()),
            ("twitch-eventsub-message-retry", message.attempts.to_string()),
            ("twitch-eventsub-message-type", message.about.as_str().to_owned()),
            ("twitch-eventsub-message-signature", callback.sign(id, stamp, body)),
            ("twitch-eventsub-message-timestamp", stamp.clone()),
            ("twitch-eventsub-subscription-type", kind.clone()),
            ("twitch-eventsub-subscription-version", version.clone()),
        ];
        let (callback, body) = (callback.url.clone(), body.clone());
        self.outputs.push_back(WorldOutput::Webhook(Post {
            id: post,
            callback,
            headers: headers.into(),
            body,
        }));
        self.webhooks.waiting.insert(post, message);
        self.arm(PATIENCE, Timer::PostUnanswered(post));
    }

    fn is_used(&self, of: &Of) -> bool {
        match of {
            Of::Subscription(number) => self.subscriptions.is_enabled(*number),
            Of::Shard(conduit, shard) => self.is_shard_enabled(conduit, *shard),
        }
    }
}
