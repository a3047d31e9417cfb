//! What exists is read back: once when a conduit is adopted that others may have filled, and now and then to see whether
//! it is all still there.

use super::{PAGE, Reader, Reading, State, Wish};
use crate::client::WishId;
use crate::eventsub::conduit::{Ask, Conduit, Missing, Timer};
use crate::eventsub::plan::{Subject, SubscriptionState};
use crate::eventsub::{Subscription, SubscriptionStatus, Transport};
use crate::helix::api::{GetEventSubSubscriptions, SubscriptionPage};
use crate::helix::{Answer, CallError, Cursor, PageEnd, Pager};
use crate::time::Time;
use std::sync::Arc;

impl Conduit {
    pub(in crate::eventsub::conduit) fn reader(&self, from: Option<Cursor>) -> Option<Reader> {
        let pager = Pager::new(&GetEventSubSubscriptions::of_conduit(self.id()?)).ok()?;
        Some(Box::new(match from {
            Some(cursor) => pager.from_cursor(cursor),
            None => pager,
        }))
    }

    pub(in crate::eventsub::conduit) fn read_first(&mut self, now: Time) {
        let Some(reader) = self.reader(None) else { return };
        self.wishes.reading = Reading::First(reader);
        self.wishes.round += 1;
        self.wishes.unheard.reading_begins();
        for id in std::mem::take(&mut self.wishes.queue) {
            if let Some(wish) = self.wishes.all.get_mut(&id) {
                wish.state = State::Unread;
                self.wishes.unread.insert(id);
            }
        }
        self.read(now);
    }

    pub(in crate::eventsub::conduit) fn audit_subscriptions(&mut self, now: Time) {
        let every = self.config.audit_subscriptions_every;
        let at = now + self.jitter.between(every / 2, every);
        self.timers.set(&Timer::AuditSubscriptions, Some(at));
        if matches!(self.wishes.reading, Reading::Known | Reading::Enough)
            && !self.wishes.held.is_empty()
            && let Some(reader) = self.reader(None)
        {
            self.wishes.reading = Reading::Again(reader);
            self.wishes.round += 1;
            self.wishes.unheard.reading_begins();
            self.read(now);
        }
    }

    /// Asks for the next page.
    pub(in crate::eventsub::conduit) fn read(&mut self, now: Time) {
        let (Reading::First(reader) | Reading::Again(reader)) = &self.wishes.reading else { return };
        if let Some(request) = reader.next() {
            self.send(now, Ask::Read, request, false);
            self.tell_later(now);
        } else {
            self.all_read(now);
        }
    }

    pub(in crate::eventsub::conduit) fn read_page(&mut self, now: Time, answer: Result<Answer, CallError>) {
        let (Reading::First(reader) | Reading::Again(reader)) = &mut self.wishes.reading else { return };
        let SubscriptionPage { items, total, .. } = match reader.accept(answer) {
            Ok(page) => page,
            Err(error) => {
                let from = match &error {
                    CallError::Walk { cursor, .. } => Some(cursor.clone()),
                    _ => None,
                };
                let again = self.reader(from);
                if let (Some(again), Reading::First(reader) | Reading::Again(reader)) =
                    (again, &mut self.wishes.reading)
                {
                    *reader = again;
                }
                let at = self.backoff.next(now);
                return self.timers.set(&Timer::Read, Some(at));
            }
        };
        self.backoff.reset();
        let fetched = reader.fetched();
        for subscription in items {
            self.listed_subscription(subscription);
        }
        // Asking for the few that are left tells sooner.
        let pages_left = total.saturating_sub(fetched).div_ceil(PAGE);
        if matches!(self.wishes.reading, Reading::First(_)) && pages_left > self.wishes.unread.len() as u64 {
            self.wishes.reading = Reading::Enough;
            self.queue_unread();
            return self.subscribe_some(now);
        }
        self.read(now);
    }

    pub(in crate::eventsub::conduit) fn listed_subscription(&mut self, subscription: Subscription) {
        if subscription.status != SubscriptionStatus::Enabled || !self.is_here(&subscription) {
            return;
        }
        let Some(id) = self.wishes.by_subject.get(&Subject::of(&subscription)).copied() else { return };
        let round = self.wishes.round;
        match self.wishes.all.get_mut(&id).map(|wish| &mut wish.state) {
            Some(State::Held { id: held, round: seen, .. }) if *held == subscription.id => *seen = round,
            Some(State::Unread | State::Queued | State::Later { .. }) => {
                self.leave(id);
                self.hold(id, subscription);
            }
            _ => {}
        }
    }

    pub(in crate::eventsub::conduit) fn is_here(&self, subscription: &Subscription) -> bool {
        matches!(&subscription.transport, Transport::Conduit { conduit_id } if Some(conduit_id) == self.id())
    }

    pub(in crate::eventsub::conduit) fn all_read(&mut self, now: Time) {
        let (Reading::First(reader) | Reading::Again(reader)) =
            std::mem::replace(&mut self.wishes.reading, Reading::Known)
        else {
            return;
        };
        if reader.end() == Some(&PageEnd::Complete) {
            self.wishes.unheard.all_read();
            let round = self.wishes.round;
            let unlisted = |(id, wish): (&WishId, &Wish)| match &wish.state {
                State::Held { round: seen, .. } if *seen < round => Some(*id),
                _ => None,
            };
            let gone: Vec<WishId> = self.wishes.all.iter().filter_map(unlisted).collect();
            for id in gone {
                self.ended_unseen(id);
            }
        }
        self.queue_unread();
        self.subscribe_some(now);
        self.tell_progress(now);
    }

    /// A subscription is not there any more, and no message told of it.
    pub(in crate::eventsub::conduit) fn ended_unseen(&mut self, id: WishId) {
        let Some(wish) = self.wishes.all.get_mut(&id) else { return };
        if let State::Held { id, .. } = &wish.state {
            self.wishes.held.remove(id);
        }
        // Since when, nobody knows.
        let missing = Missing { from: None, why: "the subscription ended unseen".into() };
        wish.missing.get_or_insert(Arc::new(missing));
        self.tell(id, SubscriptionState::Interrupted);
        self.place(id);
    }
}
