//! Sessions: a wish is placed on one, and shares its fate.

use super::{
    Blocked, Gap, GapScope, Held, MAX_PER_SESSION, MAX_SESSIONS, Moved, Plan, Session, State, Step, Timer,
    Wish,
};
use crate::client::WishId;
use crate::eventsub::Opened;
use crate::helix::CallError;
use crate::id::{SessionId, UserId};
use crate::time::Time;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// How many lost sessions are remembered for each user.
const FORMER: usize = 8;
/// How long after a session has moved it is looked whether all came along.
const AFTER_MOVE: Duration = Duration::from_secs(20);
/// The longest that a move is waited for: Twitch's own time for it, and as long again until a dead link shows.
const LONGEST_MOVE: Duration = Duration::from_secs(60);

impl Plan {
    /// A shard's session is open. `heard`: the last message of the session, if it moved.
    pub fn opened(
        &mut self,
        now: Time,
        shard: u32,
        session: SessionId,
        how: &Opened,
        heard: Option<Timestamp>,
    ) {
        let Some(entry) = self.sessions.get_mut(&shard) else { return };
        entry.session = Some(session);
        entry.moving = None;
        if *how != Opened::Fresh {
            entry.moved = Some(Moved { at: now, heard: entry.moved.map_or(heard, |before| before.heard) });
        }
        let user = entry.user.clone();
        for id in entry.wishes.clone() {
            // After a move the others' turn comes, or has come, whatever the session is called now.
            if let Some(Wish { state: State::Placed { .. }, .. }) = self.wishes.get(&id) {
                self.post(id);
            }
        }
        let within = match how {
            Opened::Fresh => self.first_look(&user),
            _ => AFTER_MOVE,
        };
        self.list_within(now, &user, within);
    }

    /// A shard begins to move.
    pub fn moving(&mut self, now: Time, shard: u32) {
        if let Some(entry) = self.sessions.get_mut(&shard) {
            entry.moving = Some(now + LONGEST_MOVE);
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
        entry.moving = None;
        // What did not come along when it moved has been missing since.
        let from = match entry.moved.take() {
            Some(moved) => moved.heard.min(last_seen),
            None => last_seen,
        };
        if let Some(session) = entry.session.take()
            && let Some(user) = self.users.get_mut(&entry.user)
        {
            user.former.push_back(session);
            if user.former.len() > FORMER {
                user.former.pop_front();
            }
        }
        self.forget_leaving(shard);
        let Some(entry) = self.sessions.get(&shard) else { return };
        let loss = self.losses.begin(from, why);
        for id in entry.wishes.clone() {
            let Some(wish) = self.wishes.get_mut(&id) else { continue };
            self.timers.set(&Timer::Wish(id), None);
            let before = std::mem::replace(&mut wish.state, State::Placed { shard });
            if let State::Held(Held { id: subscription, .. }) = before {
                self.held.remove(&subscription);
                wish.missing.get_or_insert_with(|| self.losses.join(loss));
                self.tell(id);
            }
        }
        self.losses.end_if_empty(loss);
        if let Some(user) = self.user_of_shard(shard).cloned() {
            self.wake_unsure(&user);
        }
    }

    /// The user whose subscriptions a shard carries or is to carry; none if nobody wants the shard.
    pub fn user_of_shard(&self, shard: u32) -> Option<&UserId> {
        self.sessions.get(&shard).map(|entry| &entry.user)
    }

    /// There is no token to subscribe with: a session for it would be closed unused.
    pub fn not_openable(&mut self, shard: u32, why: &CallError) {
        let Some(entry) = self.sessions.get(&shard) else { return };
        for id in entry.wishes.clone() {
            self.block(id, Blocked::Forbidden(why.clone()));
        }
    }

    /// Finds a session with room for a wish, or opens one.
    pub(super) fn place(&mut self, id: WishId) {
        let Some(wish) = self.wishes.get(&id) else { return };
        let name = wish.user.clone();
        let Some(user) = self.users.get_mut(&name) else { return };
        let sessions = &mut self.sessions;
        let room =
            |shard: &&u32| sessions.get(shard).is_some_and(|session| session.wishes.len() < MAX_PER_SESSION);
        let shard = match user.shards.iter().find(room) {
            Some(shard) => *shard,
            None if user.shards.len() < MAX_SESSIONS => {
                let shard = self.next_shard;
                self.next_shard += 1;
                user.shards.insert(shard);
                let session = Session {
                    user: name.clone(),
                    session: None,
                    wishes: BTreeSet::new(),
                    moved: None,
                    moving: None,
                };
                sessions.insert(shard, session);
                self.out.push_back(Step::Open { shard, user: name.clone() });
                shard
            }
            None => return self.block(id, Blocked::NoRoom),
        };
        if let Some(user) = self.users.get_mut(&name) {
            user.unblock(id);
        }
        if let Some(session) = self.sessions.get_mut(&shard) {
            session.wishes.insert(id);
        }
        if let Some(wish) = self.wishes.get_mut(&id) {
            wish.state = State::Placed { shard };
        }
        self.post(id);
    }

    /// Takes a wish off its session, and closes the session if it was the last. Somebody who waits takes its room.
    pub(super) fn unplace(&mut self, id: WishId) {
        let Some(wish) = self.wishes.get(&id) else { return };
        let Some(user) = self.users.get_mut(&wish.user) else { return };
        user.unblock(id);
        let Some(shard) = wish.state.shard() else { return };
        self.timers.set(&Timer::Wish(id), None);
        let Some(session) = self.sessions.get_mut(&shard) else { return };
        session.wishes.remove(&id);
        if let Some(next) = user.crowded.pop_first() {
            return self.place(next);
        }
        if session.wishes.is_empty() {
            user.shards.remove(&shard);
            self.sessions.remove(&shard);
            self.forget_leaving(shard);
            self.out.push_back(Step::Close { shard });
        }
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
}

impl super::User {
    fn unblock(&mut self, id: WishId) {
        self.forbidden.remove(&id);
        self.crowded.remove(&id);
        self.costly.remove(&id);
        self.unsure.remove(&id);
    }
}
