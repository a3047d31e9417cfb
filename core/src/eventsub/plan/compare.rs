//! The comparison of a user's wishes with what Twitch lists: it finds subscriptions that did not come along when their
//! session moved, takes those whose answer was lost, and deletes those that nobody wants.
//!
//! A list takes time, and pages shift while it is read. What seems to be gone is believed on the second look, and not before
//! its session has come to rest if that is being moved.

use super::{Costs, Fix, Leftovers, Plan, Session, State, Step, Subject, Timer, fixes};
use crate::client::WishId;
use crate::eventsub::subscription::{Subscription, SubscriptionStatus, Transport};
use crate::helix::CallError;
use crate::id::{SessionId, SubscriptionId, UserId};
use crate::time::Time;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What Twitch lists for a user.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// What they cost, if Twitch says so.
    pub costs: Option<Costs>,
    /// When the list was begun, in Twitch's time.
    pub at: Timestamp,
    /// Whether the walk came to its end.
    pub complete: bool,
}

/// How soon something doubtful is looked at again.
const SECOND_LOOK: Duration = Duration::from_secs(5);
/// How often the list is read while a wish waits until it can be paid for, and after a list that failed.
const OFTEN: Duration = Duration::from_secs(45);

impl Plan {
    /// When a user's first list is due after a session was opened.
    pub(super) fn first_look(&self, user: &UserId) -> Duration {
        match self.config.leftovers {
            Leftovers::Delete if !self.tidied.contains(user) => Duration::ZERO,
            _ => self.config.compare_every,
        }
    }

    /// Lists a user's subscriptions in about this time, or earlier if that is planned already.
    pub(super) fn list_within(&mut self, now: Time, user: &UserId, wait: Duration) {
        let at = now + self.jitter.between(wait * 3 / 4, wait);
        self.timers.set_sooner(&Timer::List(user.clone()), at);
    }

    pub(super) fn list(&mut self, now: Time, user: UserId) {
        let Some(entry) = self.users.get_mut(&user) else { return };
        if entry.listing.is_some() {
            self.list_within(now, &user, SECOND_LOOK);
        } else if !entry.shards.is_empty() || !entry.costly.is_empty() {
            entry.listing = Some(now);
            entry.ended.clear();
            let ended = !entry.costly.is_empty();
            self.out.push_back(Step::List { user, ended });
        }
    }

    /// The answer to [`Step::List`].
    pub fn listed(&mut self, now: Time, user: &UserId, answer: Result<Listed, CallError>) {
        let Some(entry) = self.users.get_mut(user) else { return };
        let Some(since) = entry.listing.take() else { return };
        let ended = std::mem::take(&mut entry.ended);
        let Ok(mut list) = answer else { return self.list_within(now, user, OFTEN) };
        list.subscriptions.retain(|listed| !ended.contains(&listed.id));
        // Where there are two, the one that is held counts.
        list.subscriptions.sort_by_key(|listed| !self.held.contains_key(&listed.id));
        self.take_up(now, since, user, &list);
        self.wake_unsure(user);
        let doubtful = self.judge(now, since, user, &list) || !list.complete;
        self.clear(user, &list.subscriptions);
        self.tidied.insert(user.clone());
        if !doubtful {
            self.prove_moves(since, user);
        }
        if let Some(costs) = list.costs {
            self.costs_are(user, costs);
        }
        let waits = self.users.get(user).is_some_and(|entry| !entry.costly.is_empty());
        let next = match (doubtful, waits) {
            (true, _) => SECOND_LOOK,
            (false, true) => OFTEN,
            (false, false) => self.config.compare_every,
        };
        self.list_within(now, user, next);
    }

    fn links(&self, user: &UserId) -> BTreeMap<SessionId, u32> {
        let shards = self.users.get(user).into_iter().flat_map(|entry| &entry.shards);
        let session = |shard: &u32| Some((self.sessions.get(shard)?.session.clone()?, *shard));
        shards.filter_map(session).collect()
    }

    /// Notes what is there, and holds what an answer that never came has made.
    fn take_up(&mut self, now: Time, since: Time, user: &UserId, list: &Listed) {
        let links = self.links(user);
        for listed in &list.subscriptions {
            let Some(shard) = listed.live_session().and_then(|session| links.get(session)) else { continue };
            if let Some(id) = self.held.get(&listed.id) {
                if let Some(State::Held(held)) = self.wishes.get_mut(id).map(|wish| &mut wish.state) {
                    held.proven = held.proven.max(list.at);
                    held.cost = listed.cost;
                    held.unlisted = false;
                }
                continue;
            }
            // What was read before the session moved may have been left behind since.
            let moved = self.sessions.get(shard).and_then(|session| session.moved);
            let key = (user.clone(), Subject::of(listed));
            if moved.is_none_or(|moved| moved.at < since)
                && let Some(id) = self.by_subject.get(&key).copied()
                && self.is_open(id, *shard)
                && !self.leaving.contains_key(&key)
            {
                self.hold(now, id, *shard, listed.clone());
            }
        }
    }

    /// Compares the whole. Whether something is doubtful.
    fn judge(&mut self, now: Time, since: Time, user: &UserId, list: &Listed) -> bool {
        let links = self.links(user);
        let Some(entry) = self.users.get(user) else { return false };
        let placed = entry.wishes.iter().filter_map(|id| {
            let wish = self.wishes.get(id)?;
            wish.state.shard().map(|_| (user, &wish.subject))
        });
        let held = list.subscriptions.iter().map(|listed| (user, listed));
        let (mut gone, mut strangers): (Vec<WishId>, BTreeSet<SubscriptionId>) = Default::default();
        for fix in fixes(placed, held, links.keys().map(|session| (user, session))) {
            match fix {
                Fix::Post(_, subject) => {
                    gone.extend(self.by_subject.get(&(user.clone(), subject.clone())));
                }
                Fix::Delete(_, id) => drop(strangers.insert(id.clone())),
                // Sessions come and go with their wishes.
                Fix::Open(_) | Fix::Close(_) => {}
            }
        }
        for listed in list.subscriptions.iter().filter(|listed| strangers.contains(&listed.id)) {
            let key = (user.clone(), Subject::of(listed));
            if let Some(shard) = listed.live_session().and_then(|session| links.get(session))
                && !self.leaving.contains_key(&key)
            {
                self.delete(*shard, key, listed.id.clone(), listed.cost);
            }
        }
        list.complete && self.doubt(now, since, gone)
    }

    /// What the list has not, though it was held before the list was begun, is asked for again at the second time.
    fn doubt(&mut self, now: Time, since: Time, unlisted: Vec<WishId>) -> bool {
        let (mut doubtful, mut gone, mut from) = (false, Vec::new(), None::<Timestamp>);
        for id in unlisted {
            let Some(State::Held(held)) = self.wishes.get_mut(&id).map(|wish| &mut wish.state) else {
                continue;
            };
            if held.since >= since {
                continue;
            }
            let moves = |session: &Session| {
                session.moving.is_some_and(|until| now < until)
                    || session.moved.is_some_and(|moved| moved.at >= since)
            };
            if self.sessions.get(&held.shard).is_some_and(moves) {
                doubtful = true;
                continue;
            }
            if !std::mem::replace(&mut held.unlisted, true) {
                doubtful = true;
                continue;
            }
            from = Some(from.map_or(held.proven, |from| from.min(held.proven)));
            gone.push(id);
        }
        let loss = self.losses.begin(from, "Twitch does not list the subscription any more");
        for id in gone {
            let Some(wish) = self.wishes.get_mut(&id) else { continue };
            let Some(shard) = wish.state.shard() else { continue };
            if let State::Held(held) = std::mem::replace(&mut wish.state, State::Placed { shard }) {
                self.held.remove(&held.id);
                wish.missing.get_or_insert_with(|| self.losses.join(loss));
                self.tell(id);
                self.post(id);
            }
        }
        self.losses.end_if_empty(loss);
        doubtful
    }

    /// Deletes what only takes room: on sessions that were this client's, what was there before the start if that is
    /// wanted, and what has ended while a wish waits for its cost.
    fn clear(&mut self, user: &UserId, listed: &[Subscription]) {
        let links = self.links(user);
        let Some(entry) = self.users.get_mut(user) else { return };
        if entry.costly.is_empty() {
            entry.cleared.clear();
        }
        let tidy = self.config.leftovers == Leftovers::Delete && !self.tidied.contains(user);
        for subscription in listed {
            let Transport::WebSocket { session_id, .. } = &subscription.transport else { continue };
            let takes_room = if subscription.status == SubscriptionStatus::Enabled {
                !links.contains_key(session_id) && (tidy || entry.former.contains(session_id))
            } else {
                subscription.cost > 0 && !entry.costly.is_empty()
            };
            if takes_room && entry.cleared.insert(subscription.id.clone()) {
                let (user, subject) = (user.clone(), Subject::of(subscription));
                self.out.push_back(Step::Delete { user, subject, id: subscription.id.clone() });
            }
        }
    }

    /// All came along.
    fn prove_moves(&mut self, since: Time, user: &UserId) {
        for shard in self.users.get(user).into_iter().flat_map(|entry| &entry.shards) {
            if let Some(session) = self.sessions.get_mut(shard) {
                session.moved = session.moved.filter(|moved| moved.at >= since);
            }
        }
    }
}
