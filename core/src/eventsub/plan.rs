//! [`Plan`]: what the application wants to hear, what Twitch holds for it, and the steps from the one to the other.
//!
//! A wish belongs to a user and lives on one of that user's WebSocket sessions, at most three of 300 each; sessions are
//! opened when a wish needs one and closed when none is left. News come in (a session opened or was lost, a request
//! was answered, a subscription revoked), [`Step`]s come out. Nothing is looked for by scanning: a change touches the
//! wishes it concerns.
//!
//! A wish ends only by [`Plan::unwish`]. Twitch can block it, refuse it, or forget it with its session; then it waits
//! for what would help, and [`Gap`] says from when to when events may be missing.

use super::subscription::{Condition, Subscription, SubscriptionStatus};
use crate::backoff::{Backoff, Jitter};
use crate::client::WishId;
use crate::helix::CallError;
use crate::id::{SessionId, SubscriptionId, UserId};
use crate::time::Time;
use crate::timers::Timers;
use compact_str::CompactString;
use http::StatusCode;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// How events come to the application.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Via {
    /// Over a WebSocket, with the token of the user that the topic names, or else of the client's only user.
    WebSocket,
    /// Over a WebSocket, with this user's token.
    WebSocketAs(UserId),
}

/// What to listen to, without the types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The subscription type.
    pub topic: CompactString,
    /// Its version.
    pub version: CompactString,
    /// The condition.
    pub condition: Condition,
}

impl Subject {
    /// What a subscription listens to.
    pub fn of(subscription: &Subscription) -> Self {
        Subject {
            topic: subscription.topic.clone(),
            version: subscription.version.clone(),
            condition: subscription.condition.clone(),
        }
    }
}

/// How a wish fares.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SubscriptionState {
    /// Events come.
    Enabled {
        /// Twitch's id.
        id: SubscriptionId,
        /// What it costs.
        cost: u32,
    },
    /// Events have stopped; the client is at work to bring them back.
    Interrupted,
    /// Asking for it failed for a passing reason; it is tried again.
    Retrying {
        /// Why.
        why: CallError,
        /// When.
        at: Time,
    },
    /// Twitch does not allow it at present. It is tried again when the user's token changes, or on request.
    Blocked {
        /// Why.
        why: Blocked,
    },
    /// It can never succeed as it stands.
    Refused {
        /// Why.
        why: CallError,
    },
}

/// Why a wish is blocked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Blocked {
    /// Twitch, or the lack of a token or scope, forbids it.
    #[error("{0}")]
    Forbidden(CallError),
    /// Twitch ended the subscription with this status.
    #[error("revoked: {0}")]
    Revoked(SubscriptionStatus),
    /// The user's three connections have 300 subscriptions each.
    #[error("no room: {MAX_SESSIONS} connections of {MAX_PER_SESSION} subscriptions are full")]
    NoRoom,
}

/// Events may be missing. Ask Helix for what it still knows of that time.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// What may be missing.
    pub scope: GapScope,
    /// The timestamp of the last message before; none if there was none.
    pub from: Option<Timestamp>,
    /// When the new subscription was made; none if there is none (yet).
    pub to: Option<Timestamp>,
    /// What happened.
    pub why: String,
}

/// What may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapScope {
    /// Events of these wishes.
    Wishes(Vec<WishId>),
    /// Events of one shard.
    Shard(u32),
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Step {
    /// Open a session for a user's subscriptions.
    Open {
        /// The shard's number.
        shard: u32,
    },
    /// Close a shard: no wish is left on it.
    Close {
        /// The shard's number.
        shard: u32,
    },
    /// The shard's session is gone, whatever its link says.
    SessionGone {
        /// The shard's number.
        shard: u32,
        /// The session.
        session: SessionId,
    },
    /// Create a subscription; answer with [`Plan::posted`].
    Post {
        /// For which wish.
        wish: WishId,
        /// With whose token.
        user: UserId,
        /// To what.
        subject: Subject,
        /// On which shard.
        shard: u32,
        /// On which session.
        session: SessionId,
    },
    /// Find a subscription that exists already; answer with [`Plan::found`].
    Find {
        /// For which wish.
        wish: WishId,
        /// With whose token.
        user: UserId,
        /// To what.
        subject: Subject,
        /// On which session.
        session: SessionId,
    },
    /// Delete a subscription that nobody wants any more; answer with [`Plan::deleted`].
    Delete {
        /// With whose token.
        user: UserId,
        /// To what.
        subject: Subject,
        /// Which.
        id: SubscriptionId,
    },
    /// Tell the application how a wish fares.
    Tell(WishId, SubscriptionState),
    /// Tell the application what it may have missed.
    Gap(Gap),
}

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

    /// A shard's session is open. `carried`: its subscriptions came along.
    pub fn opened(&mut self, shard: u32, session: SessionId, carried: bool) {
        let Some(entry) = self.sessions.get_mut(&shard) else { return };
        entry.session = Some(session);
        let wishes: Vec<WishId> = entry.wishes.iter().copied().collect();
        for id in wishes {
            let Some(wish) = self.wishes.get(&id) else { continue };
            match &wish.state {
                State::Placed { .. } => self.post(id),
                // Their turn comes, or has come, whatever the session is called now.
                State::Posting { .. } | State::Held { .. } | State::Later { .. } if carried => {}
                _ => self.post(id),
            }
        }
    }

    /// A shard moved, but something went wrong on the way: events may be missing.
    pub fn moved_late(&mut self, shard: u32, from: Option<Timestamp>, to: Option<Timestamp>) {
        let Some(entry) = self.sessions.get(&shard) else { return };
        let wishes: Vec<WishId> = entry.wishes.iter().copied().collect();
        if !wishes.is_empty() {
            let why = "the handover went wrong on the way".into();
            self.out.push_back(Step::Gap(Gap { scope: GapScope::Wishes(wishes), from, to, why }));
        }
    }

    /// A shard's session is lost, and its subscriptions with it.
    pub fn lost(&mut self, shard: u32, last_seen: Option<Timestamp>, why: &str) {
        let Some(entry) = self.sessions.get_mut(&shard) else { return };
        entry.session = None;
        self.forget_leaving(shard);
        let Some(entry) = self.sessions.get(&shard) else { return };
        for id in entry.wishes.clone() {
            let Some(wish) = self.wishes.get_mut(&id) else { continue };
            self.timers.set(&Timer::Wish(id), None);
            let before = std::mem::replace(&mut wish.state, State::Placed { shard });
            if let State::Held { id: subscription, .. } = before {
                self.held.remove(&subscription);
                wish.missing.get_or_insert(Missing { from: last_seen, why: why.into() });
                self.out.push_back(Step::Tell(id, SubscriptionState::Interrupted));
            }
        }
    }

    /// The answer to [`Step::Post`].
    pub fn posted(
        &mut self,
        now: Time,
        id: WishId,
        user: &UserId,
        (shard, session): (u32, &SessionId),
        answer: Result<Subscription, CallError>,
    ) {
        if !self.awaits(id, session) {
            // Nobody waits for it: the wish is gone, or its session. What the shard holds is deleted.
            if let Ok(subscription) = answer
                && let Some(entry) = self.sessions.get(&shard)
                && !self.held.contains_key(&subscription.id)
            {
                let same_session = entry.session.as_ref() == Some(session);
                let subject = Subject::of(&subscription);
                let key = (user.clone(), subject);
                match self.by_subject.get(&key) {
                    // The same was wished for again meanwhile.
                    Some(next) if same_session && self.is_open(*next, shard) => {
                        self.hold(*next, shard, subscription);
                    }
                    _ => self.delete(shard, key.0, key.1, subscription.id),
                }
            }
            return;
        }
        match answer {
            Ok(subscription) => self.hold(id, shard, subscription),
            Err(error) => self.failed(now, id, shard, session, error),
        }
    }

    /// Whether the answer to a [`Step::Post`] is still awaited.
    pub fn awaits(&self, id: WishId, session: &SessionId) -> bool {
        let state = self.wishes.get(&id).map(|wish| &wish.state);
        matches!(state, Some(State::Posting { session: ours, .. }) if ours == session)
    }

    /// Whether a wish is on this shard and not held yet.
    fn is_open(&self, id: WishId, shard: u32) -> bool {
        match self.wishes.get(&id).map(|wish| &wish.state) {
            Some(
                State::Placed { shard: on } | State::Posting { shard: on, .. } | State::Later { shard: on },
            ) => *on == shard,
            _ => false,
        }
    }

    /// The answer to [`Step::Find`]: the enabled subscription to the same subject on the same session.
    pub fn found(
        &mut self,
        now: Time,
        id: WishId,
        session: &SessionId,
        answer: Result<Option<Subscription>, CallError>,
    ) {
        let shard = match self.wishes.get(&id).map(|wish| &wish.state) {
            Some(State::Posting { shard, session: ours }) if ours == session => *shard,
            _ => return,
        };
        match answer {
            Ok(Some(subscription)) => {
                let leaving = self.leaving.values_mut().find(|leaving| leaving.id == subscription.id);
                match (leaving, self.wishes.get_mut(&id)) {
                    // It is about to be deleted.
                    (Some(leaving), Some(wish)) => {
                        leaving.next = Some(id);
                        wish.state = State::Placed { shard };
                    }
                    _ => self.hold(id, shard, subscription),
                }
            }
            // It was somebody else's, and may end; or it is gone already.
            Ok(None) => self.later(now, id, shard, CallError::Elsewhere),
            Err(error) => self.later(now, id, shard, error),
        }
    }

    /// The answer to [`Step::Delete`].
    pub fn deleted(&mut self, now: Time, user: &UserId, subject: &Subject, answer: Result<(), CallError>) {
        let key = (user.clone(), subject.clone());
        let gone = match answer {
            Ok(()) => true,
            Err(CallError::Refused(refusal)) => refusal.status == StatusCode::NOT_FOUND,
            Err(_) => false,
        };
        if !gone {
            if let Some(leaving) = self.leaving.get_mut(&key) {
                let at = leaving.backoff.next(now);
                self.timers.set(&Timer::Leaving(key.0, key.1), Some(at));
            }
        } else if let Some(Leaving { next: Some(next), .. }) = self.leaving.remove(&key) {
            self.post(next);
        }
    }

    /// Twitch ended a subscription.
    pub fn revoked(&mut self, subscription: &Subscription, at: Timestamp) {
        let Some(id) = self.held.remove(&subscription.id) else { return };
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        wish.missing = Some(Missing { from: Some(at), why: format!("revoked: {}", subscription.status) });
        self.block(id, Blocked::Revoked(subscription.status.clone()));
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

    /// Finds a session with room for a wish, or opens one.
    fn place(&mut self, id: WishId) {
        let Some(wish) = self.wishes.get(&id) else { return };
        let user = wish.user.clone();
        let shards = self.by_user.entry(user.clone()).or_default();
        let sessions = &mut self.sessions;
        let room = shards
            .iter()
            .copied()
            .find(|shard| sessions.get(shard).is_some_and(|session| session.wishes.len() < MAX_PER_SESSION));
        let shard = match room {
            Some(shard) => shard,
            None if shards.len() < MAX_SESSIONS => {
                let shard = self.next_shard;
                self.next_shard += 1;
                shards.insert(shard);
                let session = Session { user: user.clone(), session: None, wishes: BTreeSet::new() };
                sessions.insert(shard, session);
                self.out.push_back(Step::Open { shard });
                shard
            }
            None => return self.block(id, Blocked::NoRoom),
        };
        if let Some(blocked) = self.blocked.get_mut(&user) {
            blocked.remove(&id);
        }
        if let Some(session) = self.sessions.get_mut(&shard) {
            session.wishes.insert(id);
        }
        if let Some(wish) = self.wishes.get_mut(&id) {
            wish.state = State::Placed { shard };
        }
        self.post(id);
    }

    /// Takes a wish off its session, and closes the session if it was the last.
    fn unplace(&mut self, id: WishId) {
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        if let Some(blocked) = self.blocked.get_mut(&wish.user) {
            blocked.remove(&id);
        }
        let shard = match std::mem::replace(&mut wish.state, State::Refused) {
            State::Placed { shard }
            | State::Posting { shard, .. }
            | State::Held { shard, .. }
            | State::Later { shard } => shard,
            State::Blocked | State::Refused => return,
        };
        self.timers.set(&Timer::Wish(id), None);
        let Some(session) = self.sessions.get_mut(&shard) else { return };
        session.wishes.remove(&id);
        if session.wishes.is_empty() {
            let user = session.user.clone();
            self.sessions.remove(&shard);
            if let Some(shards) = self.by_user.get_mut(&user) {
                shards.remove(&shard);
            }
            self.forget_leaving(shard);
            self.out.push_back(Step::Close { shard });
        }
    }

    fn delete(&mut self, shard: u32, user: UserId, subject: Subject, id: SubscriptionId) {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(120), self.jitter.fork());
        let leaving = Leaving { id: id.clone(), shard, backoff, next: None };
        self.leaving.insert((user.clone(), subject.clone()), leaving);
        self.out.push_back(Step::Delete { user, subject, id });
    }

    /// A shard's session is over, and what was to be deleted on it with it.
    fn forget_leaving(&mut self, shard: u32) {
        let timers = &mut self.timers;
        self.leaving.retain(|(user, subject), leaving| {
            if leaving.shard == shard {
                timers.set(&Timer::Leaving(user.clone(), subject.clone()), None);
            }
            leaving.shard != shard
        });
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

    fn hold(&mut self, id: WishId, shard: u32, subscription: Subscription) {
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        wish.state = State::Held { shard, id: subscription.id.clone() };
        wish.backoff.reset();
        self.timers.set(&Timer::Wish(id), None);
        self.held.insert(subscription.id.clone(), id);
        let state = SubscriptionState::Enabled { id: subscription.id, cost: subscription.cost };
        self.out.push_back(Step::Tell(id, state));
        if let Some(Missing { from, why }) = wish.missing.take() {
            let scope = GapScope::Wishes(vec![id]);
            self.out.push_back(Step::Gap(Gap { scope, from, to: Some(subscription.created_at), why }));
        }
    }

    /// Judges a refusal: some are final, some wait for the user, some only for time.
    fn failed(&mut self, now: Time, id: WishId, shard: u32, session: &SessionId, error: CallError) {
        let CallError::Refused(refusal) = &error else {
            return match error {
                CallError::Invalid(_) => self.refuse(id, error),
                CallError::NoToken { .. } | CallError::MissingScope { .. } => {
                    self.block(id, Blocked::Forbidden(error))
                }
                _ => self.later(now, id, shard, error),
            };
        };
        match refusal.status {
            StatusCode::CONFLICT => {
                if let Some(Wish { user, subject, .. }) = self.wishes.get(&id) {
                    let (user, subject) = (user.clone(), subject.clone());
                    self.out.push_back(Step::Find { wish: id, user, subject, session: session.clone() });
                }
            }
            StatusCode::BAD_REQUEST if refusal.message.contains("session") => {
                if let Some(wish) = self.wishes.get_mut(&id) {
                    wish.state = State::Placed { shard };
                }
                let current = self.sessions.get(&shard).and_then(|entry| entry.session.as_ref());
                if current == Some(session) {
                    self.out.push_back(Step::SessionGone { shard, session: session.clone() });
                } else {
                    // It moved meanwhile, and is called something else now.
                    self.post(id);
                }
            }
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => self.block(id, Blocked::Forbidden(error)),
            // All but the rate limit may be leftovers of dead sessions, which count for a minute or more.
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => self.later(now, id, shard, error),
            status if status.is_client_error() => self.refuse(id, error),
            _ => self.later(now, id, shard, error),
        }
    }

    fn later(&mut self, now: Time, id: WishId, shard: u32, why: CallError) {
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        let at = wish.backoff.next(now);
        wish.state = State::Later { shard };
        self.timers.set(&Timer::Wish(id), Some(at));
        self.out.push_back(Step::Tell(id, SubscriptionState::Retrying { why, at }));
    }

    fn block(&mut self, id: WishId, why: Blocked) {
        self.unplace(id);
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        wish.state = State::Blocked;
        self.blocked.entry(wish.user.clone()).or_default().insert(id);
        self.out.push_back(Step::Tell(id, SubscriptionState::Blocked { why }));
    }

    fn refuse(&mut self, id: WishId, why: CallError) {
        self.unplace(id);
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        if let Some(Missing { from, why }) = wish.missing.take() {
            let scope = GapScope::Wishes(vec![id]);
            self.out.push_back(Step::Gap(Gap { scope, from, to: None, why }));
        }
        self.out.push_back(Step::Tell(id, SubscriptionState::Refused { why }));
    }

    fn unblock(&mut self, user: &UserId) {
        for id in self.blocked.get(user).cloned().unwrap_or_default() {
            self.place(id);
        }
    }
}
