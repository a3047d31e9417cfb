//! The subscriptions that the conduit carries: what exists is read back, what is missing is made, as fast as the rate
//! limit allows and no more at once than a few.
//!
//! ```text
//!            read back
//! Unread ───────────────▶ Held ◀── 202 ── Posting ◀── Queued ◀── Later
//!    │                      ▲                │           ▲         ▲
//!    └── all read, not there┼────────────────┼───────────┘         │
//!                           └── Finding ◀─409┴─── a passing reason ┘
//! ```
//!
//! So a process that died in the middle goes on where it was, and one that comes back within the 72 hours that a
//! conduit lives without shards makes nothing again. What others made on the same conduit is left alone.

mod make;
mod read;

use super::{Conduit, ConduitNotice, ConduitOutput, ConduitProgress, Missing, Subscribing, Timer};
use crate::client::WishId;
use crate::eventsub::plan::{Blocked, Carrier, Subject, SubscriptionState, Wished};
use crate::eventsub::topic::conduit::ConduitShardDisabled;
use crate::eventsub::{Condition, Subscription, SubscriptionStatus, Topic};
use crate::helix::api::GetEventSubSubscriptions;
use crate::helix::{CallError, Pager};
use crate::id::{SubscriptionId, UserId};
use crate::time::Time;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Requests that make or delete subscriptions, under way at once.
const REQUESTS: usize = 8;
/// How often the progress is told.
const PROGRESS: Duration = Duration::from_secs(10);
/// The entries on one page of Twitch's list.
const PAGE: u64 = 100;

/// What the conduit is to carry.
#[derive(Debug)]
pub(super) struct Wishes {
    all: BTreeMap<WishId, Wish>,
    by_subject: BTreeMap<Arc<Subject>, WishId>,
    held: BTreeMap<SubscriptionId, WishId>,
    unread: BTreeSet<WishId>,
    queue: BTreeSet<WishId>,
    /// Subscriptions that nobody wants any more, until Twitch has deleted them.
    leaving: BTreeMap<Arc<Subject>, Leaving>,
    to_delete: VecDeque<Arc<Subject>>,
    /// By whose token may help: a user's, or the app's.
    blocked: BTreeMap<Option<UserId>, BTreeSet<WishId>>,
    tally: Tally,
    requests: usize,
    reading: Reading,
    /// Counts the readings, to see at the end of one what it did not list.
    round: u32,
    unheard: Unheard,
    pub(super) subscribing: Subscribing,
    /// The conduit's own wish.
    watch: WishId,
    telling: bool,
}

#[derive(Debug, Default)]
struct Tally {
    blocked: usize,
    refused: usize,
}

#[derive(Debug)]
struct Wish {
    subject: Arc<Subject>,
    /// How many times the application asked for the same.
    asked: u32,
    state: State,
    tries: u8,
    missing: Option<Arc<Missing>>,
}

#[derive(Debug)]
enum State {
    /// Whether it exists is not known yet.
    Unread,
    Queued,
    Posting,
    Finding,
    Held {
        id: SubscriptionId,
        cost: u32,
        round: u32,
    },
    Later {
        why: Box<CallError>,
        at: Time,
    },
    /// Waits for its predecessor to be deleted.
    Behind,
    Blocked(Box<Blocked>),
    Refused(Box<CallError>),
}

#[derive(Debug)]
struct Leaving {
    id: SubscriptionId,
    tries: u8,
    next: Option<WishId>,
}

type Reader = Box<Pager<GetEventSubSubscriptions>>;

/// What is known of the subscriptions that exist.
#[derive(Debug)]
enum Reading {
    /// Nothing, and there is no conduit yet.
    Nothing,
    /// Nothing; few are wanted, and asking for them tells.
    Enough,
    /// They are being read for the first time.
    First(Reader),
    /// All.
    Known,
    /// They are being read again.
    Again(Reader),
}

/// Since when a message that ended a subscription may have been lost: that is the beginning of the first gap since the
/// subscriptions were last read.
#[derive(Debug, Default)]
struct Unheard {
    /// What the reading that is under way will show.
    before: Option<Option<Timestamp>>,
    since: Option<Option<Timestamp>>,
}

impl Unheard {
    fn gap(&mut self, from: Option<Timestamp>) {
        self.since = Some(self.since.map_or(from, |since| since.min(from)));
    }

    fn reading_begins(&mut self) {
        if let Some(since) = self.since.take() {
            self.before = Some(self.before.map_or(since, |before| before.min(since)));
        }
    }

    fn all_read(&mut self) {
        self.before = None;
    }

    fn begin(&self) -> impl Iterator<Item = Option<Timestamp>> {
        self.before.into_iter().chain(self.since)
    }
}

/// The search for a subscription that exists already.
pub(super) type Finder = Pager<GetEventSubSubscriptions>;

impl Wishes {
    pub(super) fn new(watch: WishId, subscribing: Subscribing) -> Self {
        Wishes {
            all: BTreeMap::new(),
            by_subject: BTreeMap::new(),
            held: BTreeMap::new(),
            unread: BTreeSet::new(),
            queue: BTreeSet::new(),
            leaving: BTreeMap::new(),
            to_delete: VecDeque::new(),
            blocked: BTreeMap::new(),
            tally: Tally::default(),
            requests: 0,
            reading: Reading::Nothing,
            round: 0,
            unheard: Unheard::default(),
            subscribing,
            watch,
            telling: false,
        }
    }

    /// How many the application wants.
    pub(super) fn len(&self) -> usize {
        self.all.len() - usize::from(self.all.contains_key(&self.watch))
    }
}

impl Conduit {
    /// The wish for the same subject, if there is one; it is asked for once more.
    pub fn same(&mut self, now: Time, subject: &Subject) -> Option<WishId> {
        let id = *self.wishes.by_subject.get(subject).filter(|id| **id != self.wishes.watch)?;
        let wish = self.wishes.all.get_mut(&id)?;
        wish.asked += 1;
        match &wish.state {
            State::Held { .. } => {
                let state = wish.told();
                self.out.push_back(ConduitOutput::Tell(id, state));
            }
            // Asking again is the request to try again.
            State::Blocked(_) | State::Refused(_) => self.retry_wish(now, id),
            _ => {}
        }
        Some(id)
    }

    /// Wants the conduit to carry a subscription.
    pub fn wish(&mut self, now: Time, id: WishId, subject: Subject) {
        let missing = self.listened_until.map(|from| {
            Arc::new(Missing { from: Some(from), why: "the application was not listening".into() })
        });
        let subject = Arc::new(subject);
        if self.wishes.by_subject.get(&subject) == Some(&self.wishes.watch) {
            // What the application asks for serves the conduit as well.
            self.forget_watch();
        }
        self.wishes.by_subject.insert(subject.clone(), id);
        let wish = Wish { subject, asked: 1, state: State::Unread, tries: 0, missing };
        self.wishes.all.insert(id, wish);
        self.place(id);
        if matches!(self.wishes.reading, Reading::Enough) && self.wishes.queue.len() as u64 > PAGE {
            self.read_first(now);
        }
        self.subscribe_some(now);
    }

    /// Does not want it any more.
    pub fn unwish(&mut self, id: WishId) {
        let Some(wish) = self.wishes.all.get_mut(&id) else { return };
        wish.asked -= 1;
        if wish.asked > 0 {
            return;
        }
        self.leave(id);
        let Some(wish) = self.wishes.all.remove(&id) else { return };
        self.wishes.by_subject.remove(&wish.subject);
        if let State::Held { id, .. } = wish.state {
            self.wishes.held.remove(&id);
            self.delete(wish.subject, id);
            self.timers.set(&Timer::Subscribe, Some(Time::ZERO));
        }
    }

    /// Tries a blocked or refused wish again.
    pub fn retry_wish(&mut self, now: Time, id: WishId) {
        if let Some(Wish { state: State::Blocked(_) | State::Refused(_), .. }) = self.wishes.all.get(&id) {
            self.place(id);
            self.subscribe_some(now);
        }
    }

    /// A user's token changed, or (none) the app's: what was blocked may succeed.
    pub fn token_changed(&mut self, now: Time, user: Option<&UserId>) {
        for id in self.wishes.blocked.remove(&user.cloned()).unwrap_or_default() {
            self.retry_wish(now, id);
        }
    }

    /// Whether subscriptions are made from now on.
    pub fn subscribing(&mut self, now: Time, subscribing: Subscribing) {
        self.wishes.subscribing = subscribing;
        self.subscribe_some(now);
    }

    /// Which wish a notification is for.
    pub fn wish_of(&self, subscription: &Subscription) -> Option<WishId> {
        let by_id = self.wishes.held.get(&subscription.id).copied();
        // An event can overtake the answer that brings the subscription's id.
        let found = by_id.or_else(|| self.wishes.by_subject.get(&Subject::of(subscription)).copied());
        found.filter(|id| *id != self.wishes.watch)
    }

    pub(super) fn wishes_missing_since(&self) -> impl Iterator<Item = Option<Timestamp>> {
        self.wishes.all.values().filter_map(|wish| wish.missing.as_ref()).map(|missing| missing.from)
    }

    /// Whether a wish is the conduit's.
    pub fn has_wish(&self, id: WishId) -> bool {
        self.wishes.all.contains_key(&id)
    }

    /// All subscriptions held, with their wishes.
    pub fn held(&self) -> impl Iterator<Item = (WishId, &SubscriptionId)> {
        let held = self.wishes.held.iter().filter(|(_, wish)| **wish != self.wishes.watch);
        held.map(|(subscription, wish)| (*wish, subscription))
    }

    /// Every wish of the application: what it listens to, its state, its cost.
    pub fn wishes(&self) -> impl Iterator<Item = Wished> {
        let wishes = self.wishes.all.iter().filter(|(id, _)| **id != self.wishes.watch);
        wishes.map(|(id, wish)| Wished {
            wish: *id,
            user: None,
            subject: Subject::clone(&wish.subject),
            carrier: wish.is_held().then(|| self.id().cloned()).flatten().map(Carrier::Conduit),
            state: wish.told(),
        })
    }

    /// How far subscribing has come. The time left is for who knows the rate limit.
    pub fn progress(&self) -> ConduitProgress {
        let Wishes { tally, reading, .. } = &self.wishes;
        let watching = usize::from(self.wishes.all.get(&self.wishes.watch).is_some_and(Wish::is_held));
        ConduitProgress {
            wanted: self.wishes.len(),
            held: self.wishes.held.len() - watching,
            blocked: tally.blocked,
            refused: tally.refused,
            reading: matches!(reading, Reading::Nothing | Reading::First(_)),
            time_left: None,
        }
    }

    /// Twitch ended a subscription.
    pub fn revoked(&mut self, now: Time, subscription: &Subscription, at: Timestamp) {
        if subscription.status == SubscriptionStatus::ConduitDeleted {
            return self.audit_soon(now);
        }
        let Some(id) = self.wishes.held.remove(&subscription.id) else { return };
        let Some(wish) = self.wishes.all.get_mut(&id) else { return };
        let why = format!("revoked: {}", subscription.status);
        wish.missing.get_or_insert(Arc::new(Missing { from: Some(at), why }));
        self.block(id, Blocked::Revoked(subscription.status.clone()));
    }

    /// There is a conduit; one that was just made carries nothing yet.
    pub(super) fn begin_wishes(&mut self, now: Time, made: bool) {
        let Some(have) = self.have() else { return };
        let watch = ConduitShardDisabled::new(self.client_id.clone()).of_conduit(&have.id);
        let id = self.wishes.watch;
        self.forget_watch();
        if let Ok(condition) = Condition::of(&watch) {
            let meta = ConduitShardDisabled::META;
            let subject =
                Arc::new(Subject { topic: meta.name.into(), version: meta.version.into(), condition });
            // What the application asked for itself does as well.
            if !self.wishes.by_subject.contains_key(&subject) {
                self.wishes.by_subject.insert(subject.clone(), id);
                let wish = Wish { subject, asked: 1, state: State::Unread, tries: 0, missing: None };
                self.wishes.all.insert(id, wish);
                self.wishes.unread.insert(id);
            }
        }
        if made {
            self.wishes.reading = Reading::Known;
            self.queue_unread();
        } else if self.wishes.unread.len() as u64 > PAGE || self.wishes.subscribing == Subscribing::Held {
            self.read_first(now);
        } else {
            self.wishes.reading = Reading::Enough;
            self.queue_unread();
        }
        self.subscribe_some(now);
    }

    fn forget_watch(&mut self) {
        let id = self.wishes.watch;
        self.leave(id);
        let Some(watch) = self.wishes.all.remove(&id) else { return };
        self.wishes.by_subject.remove(&watch.subject);
        if let State::Held { id, .. } = &watch.state {
            self.wishes.held.remove(id);
        }
    }

    /// Something may be missing since then: perhaps the message that ended a subscription.
    pub(super) fn wishes_unheard(&mut self, from: Option<Timestamp>) {
        self.wishes.unheard.gap(from);
    }

    /// The conduit is gone, and all subscriptions with it. Some may have ended earlier, unseen. `heard`: since when something
    /// may be missing that no gap has told.
    pub(super) fn wishes_gone(&mut self, heard: Option<Timestamp>) {
        let from = self.wishes.unheard.begin().fold(heard, Option::min);
        let missing = Arc::new(Missing { from, why: "the conduit was deleted".into() });
        let wishes = &mut self.wishes;
        wishes.unheard = Unheard::default();
        wishes.held.clear();
        wishes.queue.clear();
        wishes.leaving.clear();
        wishes.to_delete.clear();
        wishes.requests = 0;
        wishes.reading = Reading::Nothing;
        for (id, wish) in &mut wishes.all {
            match wish.state {
                State::Blocked(_) | State::Refused(_) => continue,
                State::Held { .. } => {
                    wish.missing.get_or_insert(missing.clone());
                    if *id == wishes.watch {
                        wish.missing = None;
                    } else {
                        self.out.push_back(ConduitOutput::Tell(*id, SubscriptionState::Interrupted));
                    }
                }
                State::Later { .. } => self.timers.set(&Timer::Wish(*id), None),
                _ => {}
            }
            wish.state = State::Unread;
            wishes.unread.insert(*id);
        }
        self.timers.set(&Timer::Read, None);
    }

    fn queue_unread(&mut self) {
        for id in std::mem::take(&mut self.wishes.unread) {
            self.place(id);
        }
    }

    /// A wish is on no list any more; what it was is for the caller.
    fn leave(&mut self, id: WishId) {
        let Some(wish) = self.wishes.all.get(&id) else { return };
        match wish.state {
            State::Unread => {
                self.wishes.unread.remove(&id);
            }
            State::Queued => {
                self.wishes.queue.remove(&id);
            }
            State::Later { .. } => self.timers.set(&Timer::Wish(id), None),
            State::Behind => {
                if let Some(leaving) = self.wishes.leaving.get_mut(&wish.subject) {
                    leaving.next = None;
                }
            }
            State::Blocked(_) => {
                self.wishes.tally.blocked -= 1;
                for user in users(&wish.subject) {
                    if let Some(blocked) = self.wishes.blocked.get_mut(&user) {
                        blocked.remove(&id);
                        if blocked.is_empty() {
                            self.wishes.blocked.remove(&user);
                        }
                    }
                }
            }
            State::Refused(_) => self.wishes.tally.refused -= 1,
            State::Posting | State::Finding | State::Held { .. } => {}
        }
    }

    /// Puts a wish where its turn comes.
    fn place(&mut self, id: WishId) {
        self.leave(id);
        let wishes = &mut self.wishes;
        let Some(wish) = wishes.all.get_mut(&id) else { return };
        if let Some(leaving) = wishes.leaving.get_mut(&wish.subject) {
            leaving.next = Some(id);
            wish.state = State::Behind;
        } else if matches!(wishes.reading, Reading::Nothing | Reading::First(_)) {
            wish.state = State::Unread;
            wishes.unread.insert(id);
        } else {
            wish.state = State::Queued;
            wishes.queue.insert(id);
        }
    }

    fn tell(&mut self, id: WishId, state: SubscriptionState) {
        if id != self.wishes.watch {
            self.out.push_back(ConduitOutput::Tell(id, state));
        }
    }

    pub(super) fn tell_later(&mut self, now: Time) {
        if !self.wishes.telling && self.wishes.len() > 0 {
            self.wishes.telling = true;
            self.timers.set(&Timer::Progress, Some(now + PROGRESS));
        }
    }

    pub(super) fn tell_progress(&mut self, now: Time) {
        let wishes = &mut self.wishes;
        wishes.telling = false;
        let busy =
            !wishes.queue.is_empty() || wishes.requests > 0 || matches!(wishes.reading, Reading::First(_));
        if busy && wishes.subscribing == Subscribing::Now {
            self.tell_later(now);
        } else {
            self.timers.set(&Timer::Progress, None);
        }
        let progress = self.progress();
        self.notice(ConduitNotice::Progress(progress));
    }
}

impl Wish {
    fn told(&self) -> SubscriptionState {
        match &self.state {
            State::Held { id, cost, .. } => SubscriptionState::Enabled { id: id.clone(), cost: *cost },
            State::Later { why, at } => SubscriptionState::Retrying { why: CallError::clone(why), at: *at },
            State::Blocked(why) => SubscriptionState::Blocked { why: Blocked::clone(why) },
            State::Refused(why) => SubscriptionState::Refused { why: CallError::clone(why) },
            State::Unread | State::Queued | State::Posting | State::Finding | State::Behind => {
                match &self.missing {
                    Some(_) => SubscriptionState::Interrupted,
                    None => SubscriptionState::Pending,
                }
            }
        }
    }

    fn is_held(&self) -> bool {
        matches!(self.state, State::Held { .. })
    }
}

/// Whose token may help a blocked wish: the app's, or that of a user its condition names.
fn users(subject: &Subject) -> impl Iterator<Item = Option<UserId>> {
    let users = subject.condition.iter().filter(|(name, _)| name.ends_with("user_id"));
    std::iter::once(None).chain(users.map(|(_, user)| Some(UserId::new(user))))
}
