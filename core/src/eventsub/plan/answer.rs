//! Answers: what Twitch says to a step, and what it means for the wish. Some refusals are final, some wait for the user,
//! some only for time.

use super::{Blocked, Gap, GapScope, Leaving, Missing, Plan, State, Step, Subject};
use super::{SubscriptionState, Timer, Wish};
use crate::client::WishId;
use crate::eventsub::Subscription;
use crate::helix::CallError;
use crate::id::{SessionId, UserId};
use crate::time::Time;
use http::StatusCode;
use jiff::Timestamp;

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

    pub(super) fn hold(&mut self, id: WishId, shard: u32, subscription: Subscription) {
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

    pub(super) fn block(&mut self, id: WishId, why: Blocked) {
        self.unplace(id);
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        wish.state = State::Blocked;
        self.blocked.entry(wish.user.clone()).or_default().insert(id);
        self.out.push_back(Step::Tell(id, SubscriptionState::Blocked { why }));
    }

    pub(super) fn refuse(&mut self, id: WishId, why: CallError) {
        self.unplace(id);
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        if let Some(Missing { from, why }) = wish.missing.take() {
            let scope = GapScope::Wishes(vec![id]);
            self.out.push_back(Step::Gap(Gap { scope, from, to: None, why }));
        }
        self.out.push_back(Step::Tell(id, SubscriptionState::Refused { why }));
    }
}
