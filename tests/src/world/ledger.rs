//! The records that a test judges by: what happened, what was sent of it, what a client did wrong.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use twitchwire::Time;

use super::{PeerId, World};

/// Something that happened on Twitch, whether or not anyone was subscribed to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// When.
    pub at: Time,
    /// When, on the wall clock.
    pub when: Timestamp,
    /// The subscription type that tells of it.
    pub kind: String,
    /// That type's version.
    pub version: String,
    /// What it is about, in the words of conditions; a subscription matches if its condition says nothing else.
    pub about: BTreeMap<String, String>,
    /// The event's payload.
    pub event: Value,
}

/// How a notification was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// To the WebSocket session of this id.
    Session(String),
    /// To a conduit, and in it to this shard; no shard if there was none alive.
    Conduit {
        /// The conduit's id.
        conduit: String,
        /// The shard that got it.
        shard: Option<u32>,
    },
    /// To a webhook's callback.
    Webhook,
}

/// One notification for one enabled subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When.
    pub at: Time,
    /// The message's timestamp.
    pub when: Timestamp,
    /// What it tells of: an index into [`World::happenings`].
    pub happening: usize,
    /// The message's id, the same for every repetition.
    pub message_id: String,
    /// The subscription's id.
    pub subscription: String,
    /// The subscription's type.
    pub kind: String,
    /// That type's version.
    pub version: String,
    /// The client id that the subscription belongs to.
    pub client: String,
    /// The user who made it; none for an app.
    pub user: Option<String>,
    /// Where it went.
    pub route: Route,
    /// Every socket it was written to, repetitions included; empty: lost, since there was none, or posted to a callback.
    pub peers: Vec<PeerId>,
}

/// One use of a refresh token that gave a new access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// When.
    pub at: Time,
    /// The client id.
    pub client: String,
    /// The user.
    pub user: String,
    /// Whether the access token before it had expired, was about to, or had been refused.
    pub needed: bool,
}

/// A rule that a well-behaved client never breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// A client sends nothing to EventSub but Pong and Close.
    FrameSent,
    /// A reconnect URL is used verbatim: no `keepalive_timeout_seconds` is added to it.
    ReconnectUrlChanged,
    /// In a handover the old socket stays until the new one is welcomed.
    OldSocketClosedFirst,
    /// After a welcome on a reconnect URL nothing is subscribed again.
    SubscribedAgain,
    /// A single-use refresh token is spent once.
    RefreshTokenSpentTwice,
    /// An authorisation code is sent once.
    CodeSentTwice,
    /// An access token is refreshed once it has expired, is about to, or was refused.
    RefreshedWithoutNeed,
    /// After a 429 nothing more is sent before the bucket's reset.
    CalledAfter429,
    /// Every Helix call carries a `Client-Id`.
    NoClientId,
}

/// A rule broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub at: Time,
    /// Which rule.
    pub rule: Rule,
    /// Where, without secrets.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}: {}", self.at, self.rule, self.detail)
    }
}

/// What the latest answer told the client, in case it never arrives.
#[derive(Debug)]
pub(super) enum Noted {
    /// This access token was issued.
    Issued(String),
    /// The subscription of this number was made.
    Subscribed(u64),
    /// This bucket is empty.
    Refused(String),
}

#[derive(Default)]
pub(super) struct Ledger {
    pub(super) happenings: Vec<Happening>,
    pub(super) sent: Vec<Sent>,
    /// How many records of notifications were forgotten.
    pub(super) forgotten: usize,
    pub(super) refreshed: Vec<Refreshed>,
    pub(super) violations: Vec<Violation>,
    pub(super) latest: Vec<Noted>,
    pub(super) limited: u64,
}

impl World {
    /// Everything that happened since [`World::forget`], in its order: what a client with every subscription and no
    /// failures would hear of.
    pub fn happenings(&self) -> &[Happening] {
        &self.ledger.happenings
    }

    /// Every notification that was made for a subscription since [`World::forget`], in its order.
    pub fn events(&self) -> &[Sent] {
        &self.ledger.sent
    }

    /// Every successful refresh of a user's token.
    pub fn refreshes(&self) -> &[Refreshed] {
        &self.ledger.refreshed
    }

    /// How many Helix calls found their bucket empty.
    pub fn limited(&self) -> u64 {
        self.ledger.limited
    }

    /// Everything that a client did and must never do.
    pub fn violations(&self) -> &[Violation] {
        &self.ledger.violations
    }

    /// Forgets what happened and what was sent of it, for a world in which much happens for long.
    pub fn forget(&mut self) {
        self.ledger.forgotten += self.ledger.sent.len();
        self.ledger.happenings.clear();
        self.ledger.sent.clear();
    }

    /// The record of a notification that was sent, by its number among all; none if it was forgotten.
    pub(super) fn sent_mut(&mut self, number: usize) -> Option<&mut Sent> {
        self.ledger.sent.get_mut(number.checked_sub(self.ledger.forgotten)?)
    }

    pub(super) fn violated(&mut self, rule: Rule, detail: impl Into<String>) {
        self.ledger.violations.push(Violation { at: self.now, rule, detail: detail.into() });
    }
}
