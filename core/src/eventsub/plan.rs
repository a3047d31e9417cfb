//! [`Plan`]: what the application wants to hear, what Twitch holds for it, and the steps from the one to the other.
//!
//! A wish belongs to a user and lives on one of that user's WebSocket sessions, at most three of 300 each; sessions are
//! opened when a wish needs one and closed when none is left. News come in (a session opened or was lost, a request
//! was answered, a subscription revoked), [`Step`]s come out. Nothing is looked for by scanning: a change touches the
//! wishes it concerns.
//!
//! A wish ends only by [`Plan::unwish`]. Twitch can block it, refuse it, or forget it with its session; then it waits
//! for what would help, and [`Gap`] says from when to when events may be missing.

mod answer;
mod session;
mod step;
mod wish;

pub use step::{Gap, GapScope, Step};
pub use wish::{Blocked, Subject, SubscriptionState, Via};

use super::subscription::Subscription;
use crate::backoff::{Backoff, Jitter};
use crate::client::WishId;
use crate::id::{SessionId, SubscriptionId, UserId};
use crate::time::Time;
use crate::timers::Timers;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Connections with enabled subscriptions that Twitch allows a user of a client.
pub const MAX_SESSIONS: usize = 3;
/// Enabled subscriptions that Twitch allows a connection.
pub const MAX_PER_SESSION: usize = 300;

/// The wishes of one client.
#[derive(Debug)]
pub struct Plan {
    wishes: BTreeMap<WishId, Wish>,
    by_subject: BTreeMap<(UserId, Subject), WishId>,
    held: BTreeMap<SubscriptionId, WishId>,
    sessions: BTreeMap<u32, Session>,
    by_user: BTreeMap<UserId, BTreeSet<u32>>,
    blocked: BTreeMap<UserId, BTreeSet<WishId>>,
    /// Subscriptions that nobody wants any more, until Twitch has deleted them.
    leaving: BTreeMap<(UserId, Subject), Leaving>,
    timers: Timers<Timer>,
    next_shard: u32,
    listened_until: Option<Timestamp>,
    jitter: Jitter,
    out: VecDeque<Step>,
}

#[derive(Debug)]
struct Wish {
    user: UserId,
    subject: Subject,
    /// How many times the application asked for the same.
    asked: u32,
    state: State,
    backoff: Backoff,
    /// Since when events may be missing, and why.
    missing: Option<Missing>,
}

/// A subscription that is to be deleted. The same subject is not asked for again before it is: the request to delete it
/// could hit the new one.
#[derive(Debug)]
struct Leaving {
    id: SubscriptionId,
    shard: u32,
    backoff: Backoff,
    next: Option<WishId>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Wish(WishId),
    Leaving(UserId, Subject),
}

#[derive(Clone, Debug)]
struct Missing {
    from: Option<Timestamp>,
    why: String,
}

#[derive(Debug)]
enum State {
    /// On a session that is not open yet.
    Placed { shard: u32 },
    /// Being asked for.
    Posting { shard: u32, session: SessionId },
    /// Held.
    Held { shard: u32, id: SubscriptionId },
    /// To be asked for again.
    Later { shard: u32 },
    /// On no session: waiting for the user's token to change, or for room.
    Blocked,
    /// On no session, for good.
    Refused,
}

#[derive(Debug)]
struct Session {
    user: UserId,
    /// None while the shard has none.
    session: Option<SessionId>,
    wishes: BTreeSet<WishId>,
}

impl Plan {
    /// Nothing wanted.
    ///
    /// `listened_until`: when the application last listened, if it did; each wish begins with a gap from then.
    pub fn new(jitter: Jitter, listened_until: Option<Timestamp>) -> Self {
        Plan {
            listened_until,
            wishes: BTreeMap::new(),
            by_subject: BTreeMap::new(),
            held: BTreeMap::new(),
            sessions: BTreeMap::new(),
            by_user: BTreeMap::new(),
            blocked: BTreeMap::new(),
            leaving: BTreeMap::new(),
            timers: Timers::new(),
            next_shard: 0,
            jitter,
            out: VecDeque::new(),
        }
    }

    /// The wish for the same subject, if there is one; it is asked for once more.
    pub fn same(&mut self, user: &UserId, subject: &Subject) -> Option<WishId> {
        let id = *self.by_subject.get(&(user.clone(), subject.clone()))?;
        let wish = self.wishes.get_mut(&id)?;
        wish.asked += 1;
        match &wish.state {
            State::Held { id: subscription, .. } => {
                let state = SubscriptionState::Enabled { id: subscription.clone(), cost: 0 };
                self.out.push_back(Step::Tell(id, state));
            }
            // Asking again is the request to try again.
            State::Blocked | State::Refused => self.place(id),
            _ => {}
        }
        Some(id)
    }

    /// Wants to hear something.
    pub fn wish(&mut self, id: WishId, user: UserId, subject: Subject) {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(120), self.jitter.fork());
        self.by_subject.insert((user.clone(), subject.clone()), id);
        let missing = self
            .listened_until
            .map(|from| Missing { from: Some(from), why: "the application was not listening".into() });
        let wish = Wish { user, subject, asked: 1, state: State::Blocked, backoff, missing };
        self.wishes.insert(id, wish);
        self.place(id);
    }

    /// Does not want to hear it any more.
    pub fn unwish(&mut self, id: WishId) {
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        wish.asked -= 1;
        if wish.asked > 0 {
            return;
        }
        if let State::Held { shard, id } = &wish.state {
            let (shard, id) = (*shard, id.clone());
            let (user, subject) = (wish.user.clone(), wish.subject.clone());
            self.held.remove(&id);
            self.delete(shard, user, subject, id);
        }
        for leaving in self.leaving.values_mut().filter(|leaving| leaving.next == Some(id)) {
            leaving.next = None;
        }
        self.unplace(id);
        if let Some(wish) = self.wishes.remove(&id) {
            self.by_subject.remove(&(wish.user.clone(), wish.subject));
            self.unblock(&wish.user);
        }
    }

    /// Wants nothing any more, however often it was asked for.
    pub fn unwish_all(&mut self) {
        for id in self.wishes.keys().copied().collect::<Vec<_>>() {
            if let Some(wish) = self.wishes.get_mut(&id) {
                wish.asked = 1;
            }
            self.unwish(id);
        }
    }

    /// The user's token changed: what was blocked may succeed.
    pub fn token_changed(&mut self, user: &UserId) {
        self.unblock(user);
    }

    /// Tries a blocked or refused wish again.
    pub fn retry(&mut self, id: WishId) {
        if let Some(Wish { state: State::Blocked | State::Refused, .. }) = self.wishes.get(&id) {
            self.place(id);
        }
    }

    /// Which wish a notification is for.
    pub fn wish_of(&self, subscription: &Subscription, shard: u32) -> Option<WishId> {
        self.held.get(&subscription.id).copied().or_else(|| {
            // An event can overtake the answer that brings the subscription's id.
            let user = self.sessions.get(&shard)?.user.clone();
            self.by_subject.get(&(user, Subject::of(subscription))).copied()
        })
    }

    /// All subscriptions held, with their wishes.
    pub fn held(&self) -> impl Iterator<Item = (WishId, &SubscriptionId)> {
        self.held.iter().map(|(subscription, wish)| (*wish, subscription))
    }

    /// Whether every wish is held.
    pub fn is_settled(&self) -> bool {
        self.held.len() == self.wishes.len()
    }

    /// The user whose token a wish takes.
    pub fn user_of(&self, id: WishId) -> Option<&UserId> {
        self.wishes.get(&id).map(|wish| &wish.user)
    }

    /// Does what is due.
    pub fn timeout(&mut self, now: Time) {
        while let Some(timer) = self.timers.due(now) {
            match timer {
                Timer::Wish(id) => {
                    if let Some(Wish { state: State::Later { .. }, .. }) = self.wishes.get(&id) {
                        self.post(id);
                    }
                }
                Timer::Leaving(user, subject) => {
                    if let Some(leaving) = self.leaving.get(&(user.clone(), subject.clone())) {
                        let id = leaving.id.clone();
                        self.out.push_back(Step::Delete { user, subject, id });
                    }
                }
            }
        }
    }

    /// When [`Plan::timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.next()
    }

    /// The next step.
    pub fn poll_step(&mut self) -> Option<Step> {
        self.out.pop_front()
    }

    fn delete(&mut self, shard: u32, user: UserId, subject: Subject, id: SubscriptionId) {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(120), self.jitter.fork());
        let leaving = Leaving { id: id.clone(), shard, backoff, next: None };
        self.leaving.insert((user.clone(), subject.clone()), leaving);
        self.out.push_back(Step::Delete { user, subject, id });
    }

    /// Asks for a wish, if its session is open.
    fn post(&mut self, id: WishId) {
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        let shard = match wish.state {
            State::Placed { shard } | State::Later { shard } => shard,
            _ => return,
        };
        self.timers.set(&Timer::Wish(id), None);
        let Some(session) = self.sessions.get(&shard).and_then(|entry| entry.session.clone()) else {
            wish.state = State::Placed { shard };
            return;
        };
        let (user, subject) = (wish.user.clone(), wish.subject.clone());
        if let Some(leaving) = self.leaving.get_mut(&(user.clone(), subject.clone())) {
            leaving.next = Some(id);
            wish.state = State::Placed { shard };
            return;
        }
        wish.state = State::Posting { shard, session: session.clone() };
        self.out.push_back(Step::Post { wish: id, user, subject, shard, session });
    }

    fn unblock(&mut self, user: &UserId) {
        for id in self.blocked.get(user).cloned().unwrap_or_default() {
            self.place(id);
        }
    }
}
