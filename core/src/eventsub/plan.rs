//! [`Plan`]: what the application wants to hear, what Twitch holds for it, and the steps from the one to the other.
//!
//! A wish belongs to a user and lives on one of that user's WebSocket sessions, at most three of 300 each; sessions are
//! opened when a wish needs one and closed when none is left. News come in (a session opened or was lost, a request
//! was answered, a subscription revoked), [`Step`]s come out. Nothing is looked for by scanning: a change touches the
//! wishes it concerns. Now and then all is compared with what Twitch lists (`compare.rs`).
//!
//! A wish ends only by [`Plan::unwish`]. Twitch can block it, refuse it, or forget it with its session; then it waits
//! for what would help, and [`Gap`] says from when to when events may be missing.

mod answer;
mod compare;
mod costs;
mod fix;
mod loss;
mod session;
mod step;
mod wish;

pub use compare::Listed;
pub use costs::Costs;
pub use fix::{Fix, fixes};
pub use step::{Gap, GapScope, Step};
pub use wish::{Blocked, Carrier, Subject, SubscriptionState, Via, Wished};

use super::subscription::Subscription;
use crate::backoff::{Backoff, Jitter};
use crate::client::WishId;
use crate::helix::CallError;
use crate::id::{SessionId, SubscriptionId, UserId};
use crate::time::Time;
use crate::timers::Timers;
use jiff::Timestamp;
use loss::{LossId, Losses};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Connections with enabled subscriptions that Twitch allows a user of a client.
pub const MAX_SESSIONS: usize = 3;
/// Enabled subscriptions that Twitch allows a connection.
pub const MAX_PER_SESSION: usize = 300;

/// How a plan is set up.
#[derive(Clone, Copy, Debug)]
pub struct PlanConfig {
    /// When the application last listened, if it did; each wish begins with a gap from then.
    pub listened_until: Option<Timestamp>,
    /// How often each user's wishes are compared with what Twitch lists.
    pub compare_every: Duration,
    /// What to do with subscriptions that were there before.
    pub leftovers: Leftovers,
}

/// What happens to WebSocket subscriptions of the same client id and user that are on none of this client's sessions when
/// it starts.
///
/// There is no way to adopt one: it lives and dies with its session, and a session cannot be entered a second time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leftovers {
    /// They stay. What a dead process has left ends by itself within minutes.
    #[default]
    Keep,
    /// They are deleted as soon as a user's first session is open, so that they do not count against its limits. Only
    /// for an application of which no other process uses the same client id and user: its subscriptions would go too.
    Delete,
}

/// The wishes of one client.
#[derive(Debug)]
pub struct Plan {
    wishes: BTreeMap<WishId, Wish>,
    by_subject: BTreeMap<(UserId, Subject), WishId>,
    held: BTreeMap<SubscriptionId, WishId>,
    sessions: BTreeMap<u32, Session>,
    users: BTreeMap<UserId, User>,
    /// Users whose leftovers have been seen to.
    tidied: BTreeSet<UserId>,
    /// Subscriptions that nobody wants any more, until Twitch has deleted them.
    leaving: BTreeMap<(UserId, Subject), Leaving>,
    losses: Losses,
    timers: Timers<Timer>,
    next_shard: u32,
    config: PlanConfig,
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
    /// What it misses while it is not held.
    missing: Option<LossId>,
}

/// A user with wishes.
#[derive(Debug, Default)]
struct User {
    wishes: BTreeSet<WishId>,
    shards: BTreeSet<u32>,
    /// Blocked, until the user's token changes.
    forbidden: BTreeSet<WishId>,
    /// Blocked, until there is room on a session.
    crowded: BTreeSet<WishId>,
    /// Blocked, until this much can be spent.
    costly: BTreeMap<WishId, u64>,
    /// Placed, and not asked for before the answers to others tell whether this much can be spent.
    unsure: BTreeMap<WishId, u64>,
    /// What those that are being asked for will cost; some may not be on their way any more.
    promised: BTreeMap<WishId, u64>,
    costs: Option<Costs>,
    /// Since when the list is under way.
    listing: Option<Time>,
    /// What has ended since then: the list may still have it.
    ended: BTreeSet<SubscriptionId>,
    /// Sessions that were lost of late: Twitch may still take them for alive.
    former: VecDeque<SessionId>,
    /// What was deleted to make room, while a wish waits until it can be paid for.
    cleared: BTreeSet<SubscriptionId>,
}

/// A subscription that is to be deleted. The same subject is not asked for again before it is: the request to delete it
/// could hit the new one.
#[derive(Debug)]
struct Leaving {
    id: SubscriptionId,
    shard: u32,
    cost: u32,
    backoff: Backoff,
    next: Option<WishId>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// When to ask for a wish again.
    Wish(WishId),
    /// When to try to delete a subscription again.
    Leaving(UserId, Subject),
    /// When to list a user's subscriptions.
    List(UserId),
}

#[derive(Debug)]
enum State {
    /// On a session that is not open yet.
    Placed { shard: u32 },
    /// Being asked for.
    Posting { shard: u32, session: SessionId },
    /// Held.
    Held(Held),
    /// To be asked for again.
    Later { shard: u32, why: CallError, at: Time },
    /// On no session: waiting for the user's token to change, or for room.
    Blocked { why: Blocked },
    /// On no session, for good.
    Refused { why: CallError },
}

#[derive(Debug)]
struct Held {
    shard: u32,
    id: SubscriptionId,
    cost: u32,
    since: Time,
    /// When it was last known to be there, in Twitch's time.
    proven: Timestamp,
    /// The latest list did not have it.
    unlisted: bool,
}

#[derive(Debug)]
struct Session {
    user: UserId,
    /// None while the shard has none.
    session: Option<SessionId>,
    wishes: BTreeSet<WishId>,
    /// It has moved, and no list has shown since that all came along.
    moved: Option<Moved>,
    /// It is being moved, at the longest until then. Twitch may already list its subscriptions under a name of the session
    /// that nobody was told.
    moving: Option<Time>,
}

#[derive(Clone, Copy, Debug)]
struct Moved {
    /// When it moved last.
    at: Time,
    /// The last message before it moved first.
    heard: Option<Timestamp>,
}

impl State {
    fn is_posting(&self) -> bool {
        matches!(self, State::Posting { .. })
    }

    fn shard(&self) -> Option<u32> {
        match self {
            State::Placed { shard }
            | State::Posting { shard, .. }
            | State::Held(Held { shard, .. })
            | State::Later { shard, .. } => Some(*shard),
            State::Blocked { .. } | State::Refused { .. } => None,
        }
    }
}

impl Held {
    fn new(now: Time, shard: u32, subscription: &Subscription) -> Self {
        Held {
            shard,
            id: subscription.id.clone(),
            cost: subscription.cost,
            since: now,
            proven: subscription.created_at,
            unlisted: false,
        }
    }
}

impl Wish {
    fn state(&self) -> SubscriptionState {
        match &self.state {
            State::Placed { .. } | State::Posting { .. } if self.missing.is_some() => {
                SubscriptionState::Interrupted
            }
            State::Placed { .. } | State::Posting { .. } => SubscriptionState::Pending,
            State::Held(held) => SubscriptionState::Enabled { id: held.id.clone(), cost: held.cost },
            State::Later { why, at, .. } => SubscriptionState::Retrying { why: why.clone(), at: *at },
            State::Blocked { why } => SubscriptionState::Blocked { why: why.clone() },
            State::Refused { why } => SubscriptionState::Refused { why: why.clone() },
        }
    }
}

impl Plan {
    /// Nothing wanted.
    pub fn new(jitter: Jitter, config: PlanConfig) -> Self {
        Plan {
            config,
            wishes: BTreeMap::new(),
            by_subject: BTreeMap::new(),
            held: BTreeMap::new(),
            sessions: BTreeMap::new(),
            users: BTreeMap::new(),
            tidied: BTreeSet::new(),
            leaving: BTreeMap::new(),
            losses: Losses::default(),
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
            State::Held { .. } => self.tell(id),
            // Asking again is the request to try again.
            State::Blocked { .. } | State::Refused { .. } => self.retry(id),
            _ => {}
        }
        Some(id)
    }

    /// Wants to hear something.
    pub fn wish(&mut self, id: WishId, user: UserId, subject: Subject) {
        let backoff = self.backoff();
        self.by_subject.insert((user.clone(), subject.clone()), id);
        self.users.entry(user.clone()).or_default().wishes.insert(id);
        let missing = self.config.listened_until.map(|from| self.losses.before_start(from));
        // Until it is placed, which is next.
        let state = State::Blocked { why: Blocked::NoRoom };
        self.wishes.insert(id, Wish { user, subject, asked: 1, state, backoff, missing });
        self.place(id);
    }

    /// Whether there is a wish for this.
    pub fn is_wished(&self, user: &UserId, subject: &Subject) -> bool {
        self.by_subject.contains_key(&(user.clone(), subject.clone()))
    }

    /// A wish was asked for this many times more.
    pub(crate) fn ask_again(&mut self, id: WishId, times: u32) {
        if let Some(wish) = self.wishes.get_mut(&id) {
            wish.asked += times;
        }
    }

    /// Does not want to hear it any more.
    pub fn unwish(&mut self, id: WishId) {
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        wish.asked = wish.asked.saturating_sub(1);
        if wish.asked == 0 {
            self.drop_wish(id, true);
        }
    }

    /// Wants nothing any more, however often it was asked for. What is held is deleted, or left to end with its
    /// session.
    pub fn unwish_all(&mut self, delete: bool) {
        for user in self.users.values_mut() {
            // Nobody takes the room that is left.
            user.crowded.clear();
            user.costly.clear();
            user.unsure.clear();
        }
        for id in self.wishes.keys().copied().collect::<Vec<_>>() {
            self.drop_wish(id, delete);
        }
    }

    fn drop_wish(&mut self, id: WishId, delete: bool) {
        let Some(wish) = self.wishes.get(&id) else { return };
        let key = (wish.user.clone(), wish.subject.clone());
        if let State::Held(held) = &wish.state {
            let (shard, subscription, cost) = (held.shard, held.id.clone(), held.cost);
            self.held.remove(&subscription);
            if delete {
                self.delete(shard, key.clone(), subscription, cost);
            }
        }
        if let Some(leaving) = self.leaving.get_mut(&key) {
            leaving.next = leaving.next.filter(|next| *next != id);
        }
        self.leave_loss(id);
        self.unplace(id);
        self.wishes.remove(&id);
        self.by_subject.remove(&key);
        self.wake_unsure(&key.0);
        if let Some(user) = self.users.get_mut(&key.0) {
            user.wishes.remove(&id);
            if user.wishes.is_empty() {
                self.users.remove(&key.0);
                self.timers.set(&Timer::List(key.0), None);
            }
        }
    }

    /// The user's token changed: what was forbidden may succeed.
    pub fn token_changed(&mut self, user: &UserId) {
        let Some(entry) = self.users.get(user) else { return };
        for id in entry.forbidden.clone() {
            self.place(id);
        }
    }

    /// Tries a blocked or refused wish again, whatever is known of the budget.
    pub fn retry(&mut self, id: WishId) {
        let Some(wish) = self.wishes.get(&id) else { return };
        match &wish.state {
            State::Blocked { why } => {
                if matches!(why, Blocked::TooCostly { .. })
                    && let Some(user) = self.users.get_mut(&wish.user)
                {
                    user.costs = None;
                }
                self.place(id);
            }
            State::Refused { .. } => self.place(id),
            _ => {}
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

    /// All wishes and how they stand.
    pub fn wishes(&self) -> impl Iterator<Item = Wished> {
        self.wishes.iter().map(|(id, wish)| Wished {
            wish: *id,
            user: Some(wish.user.clone()),
            subject: wish.subject.clone(),
            carrier: wish
                .state
                .shard()
                .and_then(|shard| Some(Carrier::Session(self.sessions.get(&shard)?.session.clone()?))),
            state: wish.state(),
        })
    }

    /// What is to be heard with a user's token.
    pub fn subjects_of(&self, user: &UserId) -> impl Iterator<Item = &Subject> {
        let wishes = self.users.get(user).into_iter().flat_map(|entry| &entry.wishes);
        wishes.filter_map(|id| Some(&self.wishes.get(id)?.subject))
    }

    /// Does what is due.
    pub fn timeout(&mut self, now: Time) {
        while let Some(timer) = self.timers.due(now) {
            match timer {
                Timer::Wish(id) => self.post(id),
                Timer::Leaving(user, subject) => {
                    if let Some(leaving) = self.leaving.get(&(user.clone(), subject.clone())) {
                        let id = leaving.id.clone();
                        self.out.push_back(Step::Delete { user, subject, id });
                    }
                }
                Timer::List(user) => self.list(now, user),
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

    fn backoff(&mut self) -> Backoff {
        Backoff::new(Duration::from_secs(1), Duration::from_secs(120), self.jitter.fork())
    }

    fn tell(&mut self, id: WishId) {
        if let Some(wish) = self.wishes.get(&id) {
            self.out.push_back(Step::Tell(id, wish.state()));
        }
    }

    fn delete(&mut self, shard: u32, key: (UserId, Subject), id: SubscriptionId, cost: u32) {
        let backoff = self.backoff();
        let (user, subject) = key.clone();
        self.leaving.insert(key, Leaving { id: id.clone(), shard, cost, backoff, next: None });
        self.out.push_back(Step::Delete { user, subject, id });
    }

    /// Asks for a wish, if its session is open.
    fn post(&mut self, id: WishId) {
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        let shard = match wish.state {
            State::Placed { shard } | State::Later { shard, .. } => shard,
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
}

#[cfg(test)]
#[path = "plan/tests.rs"]
mod tests;
