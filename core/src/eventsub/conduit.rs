//! [`Conduit`]: one conduit, the client's shards of it, and the subscriptions that it carries.
//!
//! ```text
//!                 choose.rs                 shards.rs                                wishes.rs
//! list ─▶ adopt / make / wait ─▶ open links ─▶ assign sessions ─▶ enabled ─▶ read what exists ─▶ make what is missing
//!   ▲                                 ▲                              │                               │
//!   │                                 └────── lost, refused ─────────┤                               │
//!   └──────────── the conduit is gone (404) ◀──── audit.rs ──────────┴───────────────────────────────┘
//! ```
//!
//! Like every part it does nothing by itself: news come in (an answer, a link that opened or was lost, a wish, a
//! deadline), [`ConduitOutput`]s come out. Calls go out with an id, and come back by it; links are
//! [`Shard`](super::Shard)s that somebody else keeps, called by a [`ShardLink`]. Nothing is looked for by scanning, but
//! when the conduit itself is gone, and at the end of an audit.
//!
//! What may be lost: Twitch retries an event once, on one other shard. So a shard that ends with a Close frame loses
//! nothing while all others are enabled; one that breaks may lose what was on its way; two at a time may lose what is
//! sent to either. [`Gap`]s say so, and only then.

mod audit;
mod choose;
mod config;
mod notice;
mod shards;
mod size;
mod wishes;

pub use config::{
    ConduitChoice, ConduitConfig, ConduitSize, MAX_CONDUITS, MAX_SHARDS, ShardChoice, ShardPart, Subscribing,
};
pub use notice::{ConduitError, ConduitNotice, ConduitProgress, ShardInfo, ShardNews, ShardState};

use super::plan::{Gap, Subject, SubscriptionState};
use crate::backoff::{Backoff, Jitter};
use crate::client::WishId;
use crate::helix::{Answer, CallError, Endpoint, Prepared};
use crate::id::{ConduitId, SessionId};
use crate::queue::take_first;
use crate::time::Time;
use crate::timers::Timers;
use compact_str::CompactString;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// What a conduit asks for, and what it tells.
#[derive(Debug)]
#[must_use]
pub enum ConduitOutput {
    /// Call Helix with the app token; answer with [`Conduit::answered`].
    Call {
        /// Names the call.
        id: u64,
        /// The request.
        request: Box<Prepared>,
        /// Whether it must not wait behind those that are not: a session waits ten seconds for its assignment.
        urgent: bool,
    },
    /// Open a shard's link, or let it connect again.
    Open {
        /// Which.
        link: ShardLink,
    },
    /// Close a shard's link for good.
    Close {
        /// Which.
        link: ShardLink,
    },
    /// A link's session is gone, whatever the link says.
    SessionGone {
        /// Which link's.
        link: ShardLink,
        /// The session.
        session: SessionId,
    },
    /// Tell the application how a wish fares.
    Tell(WishId, SubscriptionState),
    /// Tell the application what it may have missed.
    Gap(Gap),
    /// Tell the application what happens to the conduit.
    Notice(ConduitNotice),
}

/// A shard's link. While a shard is restarted it has both, else one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShardLink {
    /// The link that the shard of this number begins with.
    First(u32),
    /// The one that takes its place; after the next restart it is the first again.
    Second(u32),
}

impl ShardLink {
    /// The shard's number.
    pub fn shard(self) -> u32 {
        match self {
            ShardLink::First(shard) | ShardLink::Second(shard) => shard,
        }
    }

    fn other(self) -> Self {
        match self {
            ShardLink::First(shard) => ShardLink::Second(shard),
            ShardLink::Second(shard) => ShardLink::First(shard),
        }
    }
}

/// A conduit, the client's shards of it, and its subscriptions.
#[derive(Debug)]
pub struct Conduit {
    config: ConduitConfig,
    client_id: CompactString,
    /// When the application last listened, if it did.
    listened_until: Option<Timestamp>,
    /// Before that nothing can be missing that was not told: then, or else the first time that there was a conduit.
    began: Option<Timestamp>,
    phase: Phase,
    /// The conduits that were there before ours was gone, or before it was made, and their numbers of shards.
    known: BTreeMap<ConduitId, u32>,
    backoff: Backoff,
    size: size::Size,
    fleet: shards::Fleet,
    audit: audit::Audit,
    wishes: wishes::Wishes,
    /// What is asked for, and since when.
    calls: BTreeMap<u64, (Time, Ask)>,
    last_call: u64,
    timers: Timers<Timer>,
    jitter: Jitter,
    out: VecDeque<ConduitOutput>,
}

/// Whether there is a conduit to work with.
#[derive(Debug)]
enum Phase {
    /// Not asked for yet, or given up.
    Idle,
    /// Being looked for; `instead_of` one that is gone, or that may have been made without an answer.
    Choosing { instead_of: Option<Instead>, waiting: Waiting },
    /// In hand.
    Have(Have),
}

/// Whether the application knows that the conduit is another client's to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    NotYet,
    Told,
}

/// What is known of a conduit that another is to take the place of.
#[derive(Clone, Debug)]
struct Instead {
    shard_count: u32,
}

#[derive(Clone, Debug)]
struct Have {
    id: ConduitId,
    shard_count: u32,
    /// When it was last known to be there, on the wall clock.
    alive: Option<Timestamp>,
    /// When it was last known to have that many shards.
    counted: Option<Timestamp>,
    /// When all of its shards were last looked at.
    audited: Option<Timestamp>,
}

/// Since when events may be missing, and why.
#[derive(Clone, Debug)]
struct Missing {
    from: Option<Timestamp>,
    why: String,
}

/// What a call is for.
#[derive(Debug)]
enum Ask {
    /// The list to choose from.
    List,
    Create,
    /// Another number of shards.
    Resize,
    /// The number of shards, after a request for another was not answered.
    Size,
    /// Sessions for shards.
    Assign(Vec<(u32, SessionId)>),
    /// The number of shards as Twitch sees it.
    AuditSize,
    /// A page of the shards as Twitch sees them.
    AuditShards,
    /// A page of the subscriptions that exist.
    Read,
    Post(WishId),
    /// The subscription that a wish's twin is.
    Find(WishId, Box<wishes::Finder>),
    Delete(Arc<Subject>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// When to look for a conduit again.
    Choose,
    /// When the next assignments may go out.
    Assign,
    /// When to assign a refused shard again.
    Shard(u32),
    /// When to take a shard for lost that Twitch disabled and whose link has not noticed.
    Disabled(u32),
    /// When to see what became of a request for another number of shards.
    Resize,
    /// When to look at the shards.
    AuditShards,
    /// When to look at the subscriptions.
    AuditSubscriptions,
    /// When to read the next page of the subscriptions again.
    Read,
    /// When to ask for a wish again.
    Wish(WishId),
    /// When to delete a subscription again.
    Leaving(Arc<Subject>),
    /// When to make and delete what is queued.
    Subscribe,
    /// When to tell of the progress.
    Progress,
}

impl Conduit {
    /// A conduit that is not looked for yet.
    ///
    /// `watch` names the conduit's own wish, for `conduit.shard.disabled`. `listened_until`: when the application last
    /// listened, if it did.
    pub fn new(
        config: ConduitConfig,
        client_id: &str,
        watch: WishId,
        listened_until: Option<Timestamp>,
        mut jitter: Jitter,
    ) -> Self {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(120), jitter.fork());
        Conduit {
            size: size::Size::default(),
            fleet: shards::Fleet::new(&config, listened_until, jitter.fork()),
            audit: audit::Audit::default(),
            wishes: wishes::Wishes::new(watch, config.subscribing),
            client_id: client_id.into(),
            listened_until,
            began: listened_until,
            phase: Phase::Idle,
            known: BTreeMap::new(),
            backoff,
            calls: BTreeMap::new(),
            last_call: 0,
            timers: Timers::new(),
            jitter,
            out: VecDeque::new(),
            config,
        }
    }

    /// The conduit's id; none before it is chosen.
    pub fn id(&self) -> Option<&ConduitId> {
        self.have().map(|have| &have.id)
    }

    /// How many shards the conduit has.
    pub fn shard_count(&self) -> Option<u32> {
        self.have().map(|have| have.shard_count)
    }

    /// Takes the answer to a call. `wall`: the wall clock, if it is known.
    pub fn answered(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        id: u64,
        answer: Result<Answer, CallError>,
    ) {
        let Some((asked, ask)) = self.calls.remove(&id) else { return };
        // What an answer says was so at some time since the question.
        let ago = SignedDuration::try_from(now.since(asked)).unwrap_or_default();
        let then = wall.and_then(|wall| wall.checked_sub(ago).ok());
        match ask {
            Ask::List => self.listed(now, wall, then, answer),
            Ask::Create => self.created(now, wall, then, answer),
            Ask::Resize => self.resized(now, wall, then, answer),
            Ask::Size => self.looked_at_size(now, wall, then, answer),
            Ask::Assign(batch) => self.assigned(now, wall, id, batch, answer),
            Ask::AuditSize => self.audited_size(now, wall, then, answer),
            Ask::AuditShards => self.audited_shards(now, wall, then, answer),
            Ask::Read => self.read_page(now, answer),
            Ask::Post(wish) => self.posted(now, wish, answer),
            Ask::Find(wish, finder) => self.found(now, wish, *finder, answer),
            Ask::Delete(subject) => self.deleted(now, subject, answer),
        }
    }

    /// Does what is due.
    pub fn timeout(&mut self, now: Time) {
        while let Some(timer) = self.timers.due(now) {
            match timer {
                Timer::Choose => self.look(now),
                Timer::Assign => self.assign_some(now),
                Timer::Shard(shard) => self.assign_again(now, shard),
                Timer::Disabled(shard) => self.disabled_unnoticed(shard),
                Timer::Resize => self.look_at_size(now),
                Timer::AuditShards => self.audit_shards(now),
                Timer::AuditSubscriptions => self.audit_subscriptions(now),
                Timer::Read => self.read(now),
                Timer::Wish(wish) => self.wish_again(now, wish),
                Timer::Leaving(subject) => self.delete_again(now, subject),
                Timer::Subscribe => self.subscribe_some(now),
                Timer::Progress => self.tell_progress(now),
            }
        }
    }

    /// When [`Conduit::timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.next()
    }

    /// What the conduit has to say.
    pub fn poll_output(&mut self) -> Option<ConduitOutput> {
        take_first(&mut self.out)
    }

    /// The messages after which something may be missing that no gap has told of yet; none for one of which nobody
    /// knows.
    pub fn missing_since(&self) -> Vec<Option<Timestamp>> {
        let mut since = self.shards_missing_since();
        since.extend(self.audit.missing_since());
        since.extend(self.wishes_missing_since());
        // It may have been deleted since.
        since.push(self.have().map_or(self.listened_until, |have| have.alive));
        since
    }

    fn have(&self) -> Option<&Have> {
        match &self.phase {
            Phase::Have(have) => Some(have),
            Phase::Idle | Phase::Choosing { .. } => None,
        }
    }

    fn notice(&mut self, notice: ConduitNotice) {
        self.out.push_back(ConduitOutput::Notice(notice));
    }

    /// Sends a request; one that breaks a limit is answered at once.
    fn call<E: Endpoint>(&mut self, now: Time, ask: Ask, request: &E, urgent: bool) {
        match Prepared::new(request) {
            Ok(request) => self.send(now, ask, request, urgent),
            Err(invalid) => {
                let id = self.await_answer(now, ask);
                self.answered(now, None, id, Err(CallError::Invalid(invalid)));
            }
        }
    }

    fn send(&mut self, now: Time, ask: Ask, request: Prepared, urgent: bool) {
        let id = self.await_answer(now, ask);
        self.out.push_back(ConduitOutput::Call { id, request: Box::new(request), urgent });
    }

    fn await_answer(&mut self, now: Time, ask: Ask) -> u64 {
        self.last_call += 1;
        self.calls.insert(self.last_call, (now, ask));
        self.last_call
    }
}

/// How long to wait before the next of many tries: 1 s, doubled with each, at most a minute, less up to a half.
fn pause(jitter: &mut Jitter, tries: &mut u8) -> Duration {
    let wait = Duration::from_secs(1 << (*tries).min(6)).min(Duration::from_secs(60));
    *tries = tries.saturating_add(1);
    jitter.between(wait / 2, wait)
}

#[cfg(test)]
mod tests;
