//! What is missing is made, what nobody wants any more is deleted, a few at a time; refusals are judged.

use super::{Finder, Leaving, REQUESTS, State, Wish, users};
use crate::client::WishId;
use crate::eventsub::conduit::{
    Ask, Conduit, ConduitOutput, Missing, ShardChoice, Subscribing, Timer, pause,
};
use crate::eventsub::plan::{Blocked, Gap, GapScope, Subject, SubscriptionState};
use crate::eventsub::{Subscription, SubscriptionStatus, Transport};
use crate::helix::api::{
    CreateEventSubSubscription, DeleteEventSubSubscription, GetEventSubSubscriptions, SubscriptionPage,
};
use crate::helix::{Answer, CallError, Pager, Shape, TooMany};
use crate::id::SubscriptionId;
use crate::time::Time;
use http::StatusCode;
use std::sync::Arc;

impl Conduit {
    /// Makes and deletes, a few at a time.
    pub(in crate::eventsub::conduit) fn subscribe_some(&mut self, now: Time) {
        let Some(have) = self.have() else { return };
        if self.wishes.subscribing == Subscribing::Held {
            return;
        }
        let conduit_id = have.id.clone();
        let picking = matches!(self.config.shards, ShardChoice::FirstFree(_)) && self.fleet.picked.is_none();
        let carries = self.fleet.carries() && !picking;
        while self.wishes.requests < REQUESTS {
            if let Some(subject) = self.wishes.to_delete.pop_front() {
                if let Some(leaving) = self.wishes.leaving.get(&subject) {
                    let request = DeleteEventSubSubscription::new(&leaving.id);
                    self.wishes.requests += 1;
                    self.call(now, Ask::Delete(subject), &request, false);
                }
            } else if carries && let Some(id) = self.wishes.queue.pop_first() {
                let Some(wish) = self.wishes.all.get_mut(&id) else { continue };
                wish.state = State::Posting;
                let Subject { topic, version, condition } = Subject::clone(&wish.subject);
                let transport = Transport::Conduit { conduit_id: conduit_id.clone() };
                let request = CreateEventSubSubscription {
                    topic,
                    version,
                    condition,
                    transport,
                    is_batching_enabled: false,
                };
                self.wishes.requests += 1;
                self.call(now, Ask::Post(id), &request, false);
                self.tell_later(now);
            } else {
                return;
            }
        }
    }

    /// The place of a request is free again.
    pub(in crate::eventsub::conduit) fn free(&mut self) {
        self.wishes.requests = self.wishes.requests.saturating_sub(1);
    }

    pub(in crate::eventsub::conduit) fn posted(
        &mut self,
        now: Time,
        id: WishId,
        answer: Result<Answer, CallError>,
    ) {
        self.free();
        let answer = answer.and_then(|answer| {
            let page = SubscriptionPage::decode(&answer)?;
            page.items.into_iter().next().ok_or_else(|| CallError::Unreadable {
                operation: answer.operation,
                status: answer.status,
                why: "`data` is empty".into(),
            })
        });
        match (answer, self.wishes.all.get(&id)) {
            (Ok(subscription), Some(Wish { state: State::Posting, .. })) => self.hold(id, subscription),
            // Nobody wants it any more, or the same is wished for again and will be found.
            (Ok(subscription), None) => {
                let subject = Subject::of(&subscription);
                if !self.wishes.by_subject.contains_key(&subject) {
                    self.delete(Arc::new(subject), subscription.id);
                }
            }
            (Err(error), Some(Wish { state: State::Posting, .. })) => self.failed(now, id, error),
            _ => {}
        }
        self.subscribe_some(now);
    }

    /// Judges a refusal: some are final, some wait for somebody, some only for time.
    pub(in crate::eventsub::conduit) fn failed(&mut self, now: Time, id: WishId, error: CallError) {
        let CallError::Refused(refusal) = &error else {
            return match error {
                CallError::Invalid(_) => self.refuse(id, error),
                CallError::NoToken { .. } => self.block(id, Blocked::Forbidden(error)),
                // It never left: its turn comes again.
                CallError::Deadline { .. } => self.place(id),
                _ => self.later(now, id, error),
            };
        };
        let message = refusal.message.to_ascii_lowercase();
        match refusal.status {
            StatusCode::CONFLICT => self.find(now, id, refusal.existing.as_deref()),
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND if message.contains("conduit") => {
                self.audit_soon(now);
                self.later(now, id, error);
            }
            _ if !refusal.gives_reason() => self.later(now, id, error),
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => self.block(id, Blocked::Forbidden(error)),
            StatusCode::TOO_MANY_REQUESTS if refusal.too_many == Some(TooMany::TotalCost) => {
                self.block(id, Blocked::Forbidden(error));
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => self.later(now, id, error),
            status if status.is_client_error() => self.refuse(id, error),
            _ => self.later(now, id, error),
        }
    }

    /// Looks for the subscription that exists already: by its id, or among those of a user of its condition.
    pub(in crate::eventsub::conduit) fn find(
        &mut self,
        now: Time,
        id: WishId,
        existing: Option<&SubscriptionId>,
    ) {
        let Some(wish) = self.wishes.all.get_mut(&id) else { return };
        wish.state = State::Finding;
        let user = users(&wish.subject).flatten().next();
        let request = match (existing, user) {
            (Some(existing), _) => GetEventSubSubscriptions::by_id(existing),
            (None, Some(user)) => GetEventSubSubscriptions::of_user(user),
            (None, None) => GetEventSubSubscriptions::of_type(wish.subject.topic.clone()),
        };
        if let Ok(finder) = Pager::new(&request) {
            self.find_next(now, id, finder);
        }
    }

    pub(in crate::eventsub::conduit) fn find_next(&mut self, now: Time, id: WishId, finder: Finder) {
        let Some(request) = finder.next() else {
            // It was somebody else's, and may end; or it is gone already.
            return self.later(now, id, CallError::Elsewhere);
        };
        self.wishes.requests += 1;
        self.last_call += 1;
        self.calls.insert(self.last_call, Ask::Find(id, Box::new(finder)));
        self.send(self.last_call, request, false);
    }

    pub(in crate::eventsub::conduit) fn found(
        &mut self,
        now: Time,
        id: WishId,
        mut finder: Finder,
        answer: Result<Answer, CallError>,
    ) {
        self.free();
        let page = finder.accept(answer);
        if let Some(Wish { state: State::Finding, subject, .. }) = self.wishes.all.get(&id) {
            match page {
                Err(error) => self.later(now, id, error),
                Ok(page) => {
                    let twin = page.items.into_iter().find(|twin| {
                        twin.status == SubscriptionStatus::Enabled
                            && self.is_here(twin)
                            && Subject::of(twin) == **subject
                    });
                    match twin {
                        None => self.find_next(now, id, finder),
                        // It is about to be deleted.
                        Some(_) if self.wishes.leaving.contains_key(subject) => self.place(id),
                        Some(twin) => self.hold(id, twin),
                    }
                }
            }
        }
        self.subscribe_some(now);
    }

    pub(in crate::eventsub::conduit) fn hold(&mut self, id: WishId, subscription: Subscription) {
        let round = self.wishes.round;
        let Some(wish) = self.wishes.all.get_mut(&id) else { return };
        wish.state = State::Held { id: subscription.id.clone(), cost: subscription.cost, round };
        wish.tries = 0;
        let missing = wish.missing.take();
        self.wishes.held.insert(subscription.id.clone(), id);
        self.tell(id, SubscriptionState::Enabled { id: subscription.id, cost: subscription.cost });
        // If it existed all the time, its conduit's gap tells what was missed.
        if let Some(missing) = missing
            && missing.from.is_none_or(|from| subscription.created_at > from)
        {
            let Missing { from, why } = Missing::clone(&missing);
            let (scope, to) = (GapScope::Wishes(vec![id]), Some(subscription.created_at));
            self.out.push_back(ConduitOutput::Gap(Gap { scope, from, to, why }));
        }
    }

    pub(in crate::eventsub::conduit) fn later(&mut self, now: Time, id: WishId, why: CallError) {
        self.leave(id);
        let Some(wish) = self.wishes.all.get_mut(&id) else { return };
        let at = now + pause(&mut self.jitter, &mut wish.tries);
        wish.state = State::Later { why: Box::new(why.clone()), at };
        self.timers.set(&Timer::Wish(id), Some(at));
        self.tell(id, SubscriptionState::Retrying { why, at });
    }

    pub(in crate::eventsub::conduit) fn wish_again(&mut self, now: Time, id: WishId) {
        if let Some(Wish { state: State::Later { .. }, .. }) = self.wishes.all.get(&id) {
            self.place(id);
            self.subscribe_some(now);
        }
    }

    pub(in crate::eventsub::conduit) fn block(&mut self, id: WishId, why: Blocked) {
        self.leave(id);
        let Some(wish) = self.wishes.all.get_mut(&id) else { return };
        wish.state = State::Blocked(Box::new(why.clone()));
        self.wishes.tally.blocked += 1;
        for user in users(&wish.subject) {
            self.wishes.blocked.entry(user).or_default().insert(id);
        }
        self.tell(id, SubscriptionState::Blocked { why });
    }

    pub(in crate::eventsub::conduit) fn refuse(&mut self, id: WishId, why: CallError) {
        self.leave(id);
        let Some(wish) = self.wishes.all.get_mut(&id) else { return };
        wish.state = State::Refused(Box::new(why.clone()));
        self.wishes.tally.refused += 1;
        let missing = wish.missing.take();
        if let Some(missing) = missing {
            let Missing { from, why } = Missing::clone(&missing);
            let scope = GapScope::Wishes(vec![id]);
            self.out.push_back(ConduitOutput::Gap(Gap { scope, from, to: None, why }));
        }
        self.tell(id, SubscriptionState::Refused { why });
    }

    pub(in crate::eventsub::conduit) fn delete(&mut self, subject: Arc<Subject>, id: SubscriptionId) {
        self.wishes.leaving.insert(subject.clone(), Leaving { id, tries: 0, next: None });
        self.wishes.to_delete.push_back(subject);
    }

    pub(in crate::eventsub::conduit) fn deleted(
        &mut self,
        now: Time,
        subject: Arc<Subject>,
        answer: Result<Answer, CallError>,
    ) {
        self.free();
        let gone = match answer {
            Ok(_) => true,
            Err(CallError::Refused(refusal)) => refusal.status == StatusCode::NOT_FOUND,
            Err(_) => false,
        };
        if gone {
            if let Some(Leaving { next: Some(next), .. }) = self.wishes.leaving.remove(&subject) {
                self.place(next);
            }
        } else if let Some(leaving) = self.wishes.leaving.get_mut(&subject) {
            let at = now + pause(&mut self.jitter, &mut leaving.tries);
            self.timers.set(&Timer::Leaving(subject), Some(at));
        }
        self.subscribe_some(now);
    }

    pub(in crate::eventsub::conduit) fn delete_again(&mut self, now: Time, subject: Arc<Subject>) {
        self.wishes.to_delete.push_back(subject);
        self.subscribe_some(now);
    }
}
