//! Answers: what Twitch says to a step, and what it means for the wish. Some refusals are final, some wait for the user,
//! some only for time.

use super::{Blocked, Held, Leaving, Plan, State, Step, Subject, Timer, Wish};
use crate::client::WishId;
use crate::eventsub::Subscription;
use crate::helix::{CallError, TooMany};
use crate::id::{SessionId, SubscriptionId, UserId};
use crate::time::Time;
use http::StatusCode;
use jiff::Timestamp;
use std::time::Duration;

/// How soon the list is read after something that took room was deleted.
const AFTER_CLEARING: Duration = Duration::from_secs(2);

impl Plan {
    /// The answer to [`Step::Post`].
    pub fn posted(
        &mut self,
        now: Time,
        id: WishId,
        user: &UserId,
        (shard, session): (u32, &SessionId),
        answer: Result<Subscription, CallError>,
    ) {
        match (self.awaits(id, session), answer) {
            (true, Ok(subscription)) => self.hold(now, id, shard, subscription),
            (true, Err(error)) => self.failed(now, id, shard, session, error),
            (false, Ok(subscription)) => self.unawaited(now, user, (shard, session), subscription),
            (false, Err(_)) => {}
        }
        self.wake_unsure(user);
    }

    /// Nobody waits for a subscription: its wish is gone, or its session. What the shard holds is deleted.
    fn unawaited(
        &mut self,
        now: Time,
        user: &UserId,
        (shard, session): (u32, &SessionId),
        subscription: Subscription,
    ) {
        let Some(entry) = self.sessions.get(&shard) else { return };
        if self.held.contains_key(&subscription.id) {
            return;
        }
        let same_session = entry.session.as_ref() == Some(session);
        let key = (user.clone(), Subject::of(&subscription));
        match self.by_subject.get(&key) {
            // The same was wished for again meanwhile.
            Some(next) if same_session && self.is_open(*next, shard) => {
                self.hold(now, *next, shard, subscription);
            }
            _ => self.delete(shard, key, subscription.id, subscription.cost),
        }
    }

    /// Whether the answer to a [`Step::Post`] is still awaited.
    pub fn awaits(&self, id: WishId, session: &SessionId) -> bool {
        let state = self.wishes.get(&id).map(|wish| &wish.state);
        matches!(state, Some(State::Posting { session: ours, .. }) if ours == session)
    }

    /// Whether a wish is on this shard and not held yet.
    pub(super) fn is_open(&self, id: WishId, shard: u32) -> bool {
        self.wishes
            .get(&id)
            .is_some_and(|wish| wish.state.shard() == Some(shard) && !matches!(wish.state, State::Held(_)))
    }

    /// The answer to [`Step::Find`]: the enabled subscription to the same subject on the same session.
    pub fn found(
        &mut self,
        now: Time,
        id: WishId,
        session: &SessionId,
        answer: Result<Option<Subscription>, CallError>,
    ) {
        let (shard, key) = match self.wishes.get(&id) {
            Some(Wish { state: State::Posting { shard, session: ours }, user, subject, .. })
                if ours == session =>
            {
                (*shard, (user.clone(), subject.clone()))
            }
            _ => return,
        };
        match answer {
            Ok(Some(subscription)) => {
                let leaving = self.leaving.get_mut(&key).filter(|leaving| leaving.id == subscription.id);
                match (leaving, self.wishes.get_mut(&id)) {
                    // It is about to be deleted.
                    (Some(leaving), Some(wish)) => {
                        leaving.next = Some(id);
                        wish.state = State::Placed { shard };
                    }
                    _ => self.hold(now, id, shard, subscription),
                }
            }
            // It was somebody else's, and may end; or it is gone already.
            Ok(None) => self.later(now, id, shard, CallError::Elsewhere),
            Err(error) => self.later(now, id, shard, error),
        }
        self.wake_unsure(&key.0);
    }

    /// The answer to [`Step::Delete`].
    pub fn deleted(
        &mut self,
        now: Time,
        user: &UserId,
        subject: &Subject,
        id: &SubscriptionId,
        answer: Result<(), CallError>,
    ) {
        let key = (user.clone(), subject.clone());
        let gone = match answer {
            Ok(()) => true,
            Err(CallError::Refused(refusal)) => refusal.status == StatusCode::NOT_FOUND,
            Err(_) => false,
        };
        if gone {
            self.ended(user, id);
        }
        let Some(leaving) = self.leaving.get_mut(&key).filter(|leaving| leaving.id == *id) else {
            // It only took room.
            if gone && self.users.get(user).is_some_and(|entry| !entry.costly.is_empty()) {
                self.list_within(now, user, AFTER_CLEARING);
            }
            return;
        };
        if !gone {
            let at = leaving.backoff.next(now);
            return self.timers.set(&Timer::Leaving(key.0, key.1), Some(at));
        }
        if let Some(Leaving { next, cost, .. }) = self.leaving.remove(&key) {
            self.spared(user, cost);
            if let Some(next) = next {
                self.post(next);
            }
        }
    }

    /// Twitch ended a subscription. `from`: since when events may be missing.
    pub fn revoked(&mut self, subscription: &Subscription, from: Option<Timestamp>) {
        let Some(id) = self.held.remove(&subscription.id) else { return };
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        let user = wish.user.clone();
        let loss = self.losses.begin(from, format!("revoked: {}", subscription.status));
        wish.missing = Some(self.losses.join(loss));
        self.block(id, Blocked::Revoked(subscription.status.clone()));
        self.ended(&user, &subscription.id);
    }

    /// A list that is under way may have been written before.
    fn ended(&mut self, user: &UserId, id: &SubscriptionId) {
        if let Some(entry) = self.users.get_mut(user).filter(|entry| entry.listing.is_some()) {
            entry.ended.insert(id.clone());
        }
    }

    pub(super) fn hold(&mut self, now: Time, id: WishId, shard: u32, subscription: Subscription) {
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        wish.state = State::Held(Held::new(now, shard, &subscription));
        wish.backoff.reset();
        self.timers.set(&Timer::Wish(id), None);
        self.held.insert(subscription.id, id);
        self.tell(id);
        self.heal(id, subscription.created_at);
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
                    let (session, twin) = (session.clone(), refusal.existing.as_deref().cloned());
                    self.out.push_back(Step::Find { wish: id, user, subject, session, id: twin });
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
            _ if !refusal.gives_reason() => self.later(now, id, shard, error),
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => self.block(id, Blocked::Forbidden(error)),
            StatusCode::TOO_MANY_REQUESTS if refusal.too_many == Some(TooMany::TotalCost) => {
                if let Some(Wish { user, .. }) = self.wishes.get(&id) {
                    self.costs_are_spent(&user.clone());
                }
                // What costs nothing always fits.
                self.too_costly(now, id, 1);
            }
            // The others may be leftovers of dead sessions, which count for a minute or more, or the rate.
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => self.later(now, id, shard, error),
            status if status.is_client_error() => self.refuse(id, error),
            _ => self.later(now, id, shard, error),
        }
    }

    fn later(&mut self, now: Time, id: WishId, shard: u32, why: CallError) {
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        let at = wish.backoff.next(now);
        wish.state = State::Later { shard, why, at };
        self.timers.set(&Timer::Wish(id), Some(at));
        self.tell(id);
        self.lag_behind(id);
    }

    pub(super) fn block(&mut self, id: WishId, why: Blocked) {
        self.unplace(id);
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        if let Some(user) = self.users.get_mut(&wish.user) {
            match &why {
                Blocked::Forbidden(_) | Blocked::Revoked(_) => drop(user.forbidden.insert(id)),
                Blocked::NoRoom => drop(user.crowded.insert(id)),
                Blocked::TooCostly { cost, .. } => drop(user.costly.insert(id, *cost)),
            }
        }
        wish.state = State::Blocked { why };
        self.tell(id);
        self.tell_open_gap(id);
    }

    fn refuse(&mut self, id: WishId, why: CallError) {
        self.unplace(id);
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        wish.state = State::Refused { why };
        self.tell(id);
        self.tell_open_gap(id);
    }
}
