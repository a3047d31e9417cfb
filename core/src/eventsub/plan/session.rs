//! Sessions: a wish is placed on one, and shares its fate.

use super::{Blocked, Gap, GapScope, MAX_PER_SESSION, MAX_SESSIONS, Missing, Plan, Session, State, Step};
use super::{SubscriptionState, Timer};
use crate::client::WishId;
use crate::id::SessionId;
use jiff::Timestamp;
use std::collections::BTreeSet;

impl Plan {
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

    /// Finds a session with room for a wish, or opens one.
    pub(super) fn place(&mut self, id: WishId) {
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
    pub(super) fn unplace(&mut self, id: WishId) {
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

    /// A shard's session is over, and what was to be deleted on it with it.
    pub(super) fn forget_leaving(&mut self, shard: u32) {
        let timers = &mut self.timers;
        self.leaving.retain(|(user, subject), leaving| {
            if leaving.shard == shard {
                timers.set(&Timer::Leaving(user.clone(), subject.clone()), None);
            }
            leaving.shard != shard
        });
    }
}
