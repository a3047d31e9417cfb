//! The client's shards: their links opened a few at a time, their sessions assigned many at a time, their losses told.
//!
//! ```text
//! Queued ──▶ Opening ──welcome──▶ Welcomed ──▶ Assigning ──▶ Enabled
//!    ▲          │                    ▲  ▲          │            │
//!    │          ▼                    │  └─ Later ◀─┤ refused    │ audit: not enabled
//!    └─ready─ Waiting ◀── lost ──────│─────────────┴────────────┤
//!                                    └──────────────────────────┘
//! ```
//!
//! A planned restart opens a second link beside an enabled one; see `restart.rs`.
//!
//! A slot is `up` while Twitch delivers to it; a handover does not change that, whatever becomes of the session's id.

mod assign;
mod grow;
mod loss;
mod restart;

use super::{
    Conduit, ConduitConfig, ConduitNotice, ConduitOutput, MAX_SHARDS, Missing, Phase, ShardChoice, ShardInfo,
    ShardLink, ShardNews, ShardState, Timer, size,
};
use crate::backoff::{Backoff, Jitter};
use crate::eventsub::{Lost, LostWhy, Opened, Subscription};
use crate::id::SessionId;
use crate::time::Time;
use jiff::Timestamp;
use loss::Loss;
use restart::Next;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

/// Requests that assign shards, under way at once.
const REQUESTS: usize = 4;
/// Between two requests that assign fewer shards than one could: what opens meanwhile shares the next.
const GATHER: Duration = Duration::from_millis(250);
/// How long a link may take to notice that Twitch has disabled its shard.
const NOTICE: Duration = Duration::from_secs(1);
/// How many links of a growing conduit are opened ahead of their turn.
const AHEAD: u32 = 4;

/// The shards that are the client's.
#[derive(Debug)]
pub(super) struct Fleet {
    /// When the application last listened, until that is told.
    listened_until: Option<Timestamp>,
    slots: BTreeMap<u32, Slot>,
    /// How many slots there are of each kind that is asked for.
    tally: Tally,
    /// Whose turn to open comes, lowest first.
    queue: BTreeSet<u32>,
    /// Shards that are to be restarted when nothing else waits to open.
    restarts: BTreeSet<u32>,
    to_assign: BTreeSet<u32>,
    /// Shards that Twitch disabled, by the session that it took for gone.
    disabled: BTreeMap<u32, SessionId>,
    requests: usize,
    /// How many shards a request assigns: fewer once Twitch refused so many.
    batch: usize,
    next_request: Time,
    backoff: Backoff,
    /// From when on more than one was down.
    gap: Option<Missing>,
    /// Until when one was down that is up again.
    down_until: Option<Timestamp>,
    /// Shards of the client's that the conduit may have already, and that are not opened before it surely has them.
    unopened: usize,
    /// The one that was free when the client started.
    pub(super) picked: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    /// On the way from the connection to the assignment.
    opening: usize,
    /// Shards of the conduit that do not deliver.
    down: usize,
    /// Those that have neither been enabled nor failed yet.
    untried: usize,
}

#[derive(Debug)]
struct Slot {
    link: ShardLink,
    state: State,
    /// The link that is to take its place.
    next: Option<Box<Next>>,
    /// Since when Twitch delivers to it.
    up: Option<Time>,
    /// When its state changed last: an audit that began before knows nothing of it.
    changed: Time,
    tried: bool,
    tries: u8,
    events: u64,
    loss: Option<Box<Loss>>,
}

#[derive(Debug)]
enum State {
    Queued,
    Opening,
    Waiting,
    Welcomed(SessionId),
    Assigning(SessionId, u64),
    Later(SessionId),
    Enabled(SessionId),
    Taken,
}

impl State {
    fn session(&self) -> Option<&SessionId> {
        match self {
            State::Welcomed(session)
            | State::Assigning(session, _)
            | State::Later(session)
            | State::Enabled(session) => Some(session),
            State::Queued | State::Opening | State::Waiting | State::Taken => None,
        }
    }

    /// The same after the conduit, or its room for the shard, is gone: a session stays open.
    fn assigned_to_none(self) -> Self {
        match self {
            State::Assigning(session, _) | State::Later(session) | State::Enabled(session) => {
                State::Welcomed(session)
            }
            other => other,
        }
    }

    fn told(&self) -> ShardState {
        match self {
            State::Queued => ShardState::Unassigned,
            State::Opening => ShardState::Connecting,
            State::Waiting => ShardState::Lost,
            State::Welcomed(_) | State::Later(_) => ShardState::Welcomed,
            State::Assigning(..) => ShardState::Assigning,
            State::Enabled(_) => ShardState::Enabled,
            State::Taken => ShardState::Taken,
        }
    }
}

impl Slot {
    fn new(now: Time, shard: u32) -> Self {
        Slot {
            link: ShardLink::First(shard),
            state: State::Queued,
            next: None,
            up: None,
            changed: now,
            tried: false,
            tries: 0,
            events: 0,
            loss: None,
        }
    }

    /// The conduit does not have the shard any more, and may again: its link stays. What it lost, and the link that goes.
    fn wait_to_join(&mut self, now: Time) -> (Option<Box<Loss>>, Option<ShardLink>) {
        let left = self.next.take().map(|_| self.link.other());
        self.up = None;
        self.changed = now;
        let state = std::mem::replace(&mut self.state, State::Queued);
        self.state = state.assigned_to_none();
        (self.loss.take(), left)
    }

    fn tally(&self, exists: bool) -> Tally {
        let opening = matches!(
            self.state,
            State::Opening | State::Welcomed(_) | State::Assigning(..) | State::Later(_)
        );
        Tally {
            opening: usize::from(opening) + usize::from(self.next.is_some()),
            down: usize::from(exists && self.up.is_none() && !matches!(self.state, State::Taken)),
            untried: usize::from(exists && !self.tried),
        }
    }
}

impl Tally {
    fn replace(&mut self, before: Tally, after: Tally) {
        self.opening = self.opening + after.opening - before.opening;
        self.down = self.down + after.down - before.down;
        self.untried = self.untried + after.untried - before.untried;
    }
}

impl Fleet {
    pub(super) fn new(config: &ConduitConfig, listened_until: Option<Timestamp>, jitter: Jitter) -> Self {
        Fleet {
            listened_until,
            slots: BTreeMap::new(),
            tally: Tally::default(),
            queue: BTreeSet::new(),
            restarts: BTreeSet::new(),
            to_assign: BTreeSet::new(),
            disabled: BTreeMap::new(),
            requests: 0,
            batch: config.shards_per_request.max(1),
            next_request: Time::ZERO,
            backoff: Backoff::new(Duration::from_millis(500), Duration::from_secs(8), jitter),
            gap: None,
            down_until: None,
            unopened: 0,
            picked: None,
        }
    }

    /// Whether subscriptions can be made: nothing is made before the shards carry transports, but none is waited for
    /// that has failed.
    pub(super) fn carries(&self) -> bool {
        self.tally.untried == 0 && (self.slots.is_empty() || self.tally.down < self.slots.len())
    }

    /// Since when the first of those that are down may have missed something, if one has delivered before.
    pub(super) fn down_since(&self) -> Option<Option<Timestamp>> {
        self.slots.values().filter_map(|slot| slot.loss.as_ref()).map(|loss| loss.missing.from).min()
    }

    /// Whether the conduit's events have come to the client: before the first of its shards is enabled it misses none.
    pub(super) fn has_delivered(&self) -> bool {
        self.gap.is_some() || self.slots.values().any(|slot| slot.up.is_some())
    }
}

impl Conduit {
    /// The client's shards.
    pub fn shards(&self) -> impl Iterator<Item = ShardInfo> {
        self.fleet.slots.iter().map(|(shard, slot)| ShardInfo {
            shard: *shard,
            state: slot.state.told(),
            session: slot.state.session().cloned(),
            enabled_since: slot.up,
            events: slot.events,
        })
    }

    pub(super) fn shards_missing_since(&self) -> Vec<Option<Timestamp>> {
        let down = self.fleet.slots.range(..self.most_shards()).map(|(_, slot)| slot);
        let down = down.filter(|slot| slot.up.is_none());
        let down = down.map(|slot| slot.loss.as_ref().map_or(self.began, |loss| loss.missing.from));
        let gap = self.fleet.gap.as_ref().map(|gap| gap.from);
        down.chain(gap).chain(self.size.unclaimed_since()).collect()
    }

    /// Whether all of the client's shards are enabled, and no other size is on its way.
    pub fn is_complete(&self) -> bool {
        self.have().is_some() && self.fleet.tally.down == 0 && self.size.is_settled()
    }

    /// Changes a slot and keeps the tally.
    fn change<R>(&mut self, now: Time, shard: u32, change: impl FnOnce(&mut Slot) -> R) -> Option<R> {
        let exists = shard < self.most_shards();
        let slot = self.fleet.slots.get_mut(&shard)?;
        let before = slot.tally(exists);
        let result = change(slot);
        slot.changed = now;
        let after = slot.tally(exists);
        self.fleet.tally.replace(before, after);
        Some(result)
    }

    fn set(&mut self, now: Time, shard: u32, state: State) {
        self.change(now, shard, |slot| slot.state = state);
    }

    /// The shards of a conduit of this size that are the client's.
    pub(super) fn ours(&self, shard_count: u32) -> Range<u32> {
        match &self.config.shards {
            ShardChoice::All { .. } => 0..shard_count,
            ShardChoice::Part { part, .. } => part.ids.start.min(shard_count)..part.ids.end.min(shard_count),
            ShardChoice::FirstFree(_) => match self.fleet.picked {
                Some(shard) if shard < shard_count => shard..shard + 1,
                _ => 0..0,
            },
        }
    }

    /// Whether others have shards of the conduit too, or are to have some once it grows.
    pub(super) fn is_shared(&self) -> bool {
        let of = match &self.config.shards {
            ShardChoice::Part { part, .. } => part.of,
            ShardChoice::All { .. } | ShardChoice::FirstFree(_) => 0,
        };
        self.shard_count().is_some_and(|shard_count| {
            let all = shard_count.max(of);
            self.ours(all) != (0..all)
        })
    }

    /// Whether some of the client's shards wait for the conduit to grow.
    pub(super) fn waits_for_shards(&self) -> bool {
        match (&self.config.shards, self.have()) {
            (ShardChoice::Part { part, .. }, Some(have)) => part.ids.end > have.shard_count,
            _ => false,
        }
    }

    /// A conduit was chosen, or which of its shards are the client's: they are to be enabled. `then`: since when.
    pub(super) fn take_shards(&mut self, now: Time, then: Option<Timestamp>) {
        let Some(shard_count) = self.shard_count() else { return };
        // A conduit that is too small for them now may have had them, and nobody was there.
        if !self.ours(MAX_SHARDS).is_empty()
            && let from @ Some(_) = self.fleet.listened_until.take()
        {
            self.fleet.gap = Some(Missing { from, why: "the application was not listening".into() });
        }
        self.fit_shards(now, then);
        if self.fleet.gap.is_some() {
            // The gap ends with the first that are enabled.
            let missing = Missing { from: then, why: "the shard was not assigned yet".into() };
            self.down_from_the_beginning(0..shard_count, &missing);
        }
        // Sessions that are open already serve the new conduit.
        self.assign_open(0..shard_count);
        self.assign_some(now);
        self.open_some(now);
    }

    /// Closes what the conduit does not have, and queues what it has and the client does not.
    pub(super) fn fit_shards(&mut self, now: Time, wall: Option<Timestamp>) {
        let Some(shard_count) = self.shard_count() else { return };
        let ours = self.ours(shard_count);
        let grown = match self.size.growing_to() {
            Some(target) if self.is_next_ours() => shard_count..target.min(shard_count.saturating_add(AHEAD)),
            _ => 0..0,
        };
        let stays = |shard: &u32, slot: &Slot| {
            // What somebody else took is not theirs any more once the conduit does not have it.
            ours.contains(shard) || (grown.contains(shard) && !matches!(slot.state, State::Taken))
        };
        let out: Vec<u32> = self
            .fleet
            .slots
            .iter()
            .filter(|(shard, slot)| !stays(shard, slot))
            .map(|(shard, _)| *shard)
            .collect();
        for shard in out {
            self.fleet.queue.remove(&shard);
            self.fleet.to_assign.remove(&shard);
            self.timers.set(&Timer::Shard(shard), None);
            self.fleet.restarts.remove(&shard);
            if let Some(slot) = self.fleet.slots.remove(&shard) {
                self.out.extend(slot.links().map(|link| ConduitOutput::Close { link }));
                if let Some(loss) = slot.loss {
                    self.tell_loss(now, wall, shard, *loss);
                }
            }
        }
        let waiting: Vec<u32> = self.fleet.slots.range(shard_count..).map(|(shard, _)| *shard).collect();
        for shard in waiting {
            self.fleet.to_assign.remove(&shard);
            self.fleet.restarts.remove(&shard);
            self.timers.set(&Timer::Shard(shard), None);
            let Some(slot) = self.fleet.slots.get_mut(&shard) else { continue };
            let (loss, left) = slot.wait_to_join(now);
            self.out.extend(left.map(|link| ConduitOutput::Close { link }));
            if let Some(loss) = loss {
                self.tell_loss(now, wall, shard, *loss);
            }
        }
        for shard in ours.chain(grown) {
            if let Entry::Vacant(slot) = self.fleet.slots.entry(shard) {
                slot.insert(Slot::new(now, shard));
                self.fleet.queue.insert(shard);
            }
        }
        self.count_anew();
    }

    /// Whether a slot counts depends on the conduit's size.
    pub(super) fn count_anew(&mut self) {
        let most = self.most_shards();
        let mut tally = Tally::default();
        for (shard, slot) in &self.fleet.slots {
            tally.replace(Tally::default(), slot.tally(*shard < most));
        }
        self.fleet.tally = tally;
        let ours = self.ours(most);
        self.fleet.unopened = ours.len() - self.fleet.slots.range(ours).count();
    }

    /// The conduit is gone, the links are not. `doubted`: since when it is not clear what single losses have cost.
    pub(super) fn shards_gone(
        &mut self,
        now: Time,
        alive: Option<Timestamp>,
        doubted: Option<Option<Timestamp>>,
    ) {
        self.fleet.requests = 0;
        self.size = size::Size::default();
        // What the next one has may be the client's, even if this one was too small for that.
        if !self.ours(MAX_SHARDS).is_empty() {
            // What single losses may have cost is not to be found out any more.
            let from = self.fleet.down_since().into_iter().chain(doubted).fold(alive, Option::min);
            let why = "the conduit was deleted".into();
            let gap = self.fleet.gap.get_or_insert(Missing { from, why });
            gap.from = gap.from.min(from);
        }
        self.fleet.to_assign.clear();
        self.fleet.restarts.clear();
        for slot in self.fleet.slots.values_mut() {
            if slot.next.take().is_some() {
                self.out.push_back(ConduitOutput::Close { link: slot.link.other() });
            }
            slot.up = None;
            slot.loss = None;
            slot.changed = now;
            let state = std::mem::replace(&mut slot.state, State::Waiting);
            slot.state = state.assigned_to_none();
        }
        self.count_anew();
        self.timers.set(&Timer::Resize, None);
    }

    /// Opens as many links as may be on their way.
    pub(super) fn open_some(&mut self, now: Time) {
        while self.fleet.tally.opening < self.config.opening_at_once.max(1)
            && let Some(shard) = self.fleet.queue.pop_first()
        {
            let link = self.change(now, shard, |slot| {
                slot.state = State::Opening;
                slot.link
            });
            self.out.extend(link.map(|link| ConduitOutput::Open { link }));
        }
        let mut later = BTreeSet::new();
        while self.fleet.tally.opening < self.config.opening_at_once.max(1)
            && let Some(shard) = self.fleet.restarts.pop_first()
        {
            if self.is_being_assigned(shard) {
                later.insert(shard);
            } else {
                self.open_next(now, shard);
            }
        }
        self.fleet.restarts.append(&mut later);
    }

    /// A shard's link would connect again.
    pub fn ready(&mut self, now: Time, link: ShardLink) {
        let shard = link.shard();
        if self.serves(link) {
            self.set(now, shard, State::Queued);
            self.fleet.queue.insert(shard);
            self.open_some(now);
        } else if self.is_next(link) {
            // It had its turn, and had to wait for failures of an earlier one.
            self.out.push_back(ConduitOutput::Open { link });
        }
    }

    /// A shard's session is open, on a new link or by a handover.
    pub fn opened(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        link: ShardLink,
        session: SessionId,
        how: Opened,
    ) {
        let shard = link.shard();
        let is_next = self.is_next(link);
        let Some(slot) = self.fleet.slots.get(&shard).filter(|slot| is_next || slot.link == link) else {
            return self.out.push_back(ConduitOutput::Close { link });
        };
        let restarting = slot.next.is_some();
        let before = match &slot.next {
            Some(next) if is_next => next.session(),
            _ => slot.state.session(),
        };
        let same = before == Some(&session);
        if let Opened::MovedLate { last_seen } = how {
            self.missed(wall, shard, last_seen);
        } else if how == Opened::Moved && same {
            return;
        }
        if is_next {
            return self.next_opened(now, shard, session);
        }
        if restarting {
            // The next link is assigned in its stead, or this one if that fails.
            return self.set(now, shard, State::Welcomed(session));
        }
        let waits_to_join = self.shard_count().is_none_or(|shard_count| shard >= shard_count);
        self.change(now, shard, |slot| {
            slot.state = State::Welcomed(session);
            // Nothing waits for what will be assigned at once.
            slot.tried |= waits_to_join;
        });
        if waits_to_join {
            self.go_on(now, wall);
        } else {
            self.fleet.to_assign.insert(shard);
            self.assign_some(now);
        }
    }

    /// A shard's link could not be opened.
    pub fn not_opened(&mut self, now: Time, link: ShardLink, why: LostWhy, retry_at: Time) {
        let shard = link.shard();
        if self.is_next(link) {
            return self.not_restarted(now, shard, Lost { why, last_seen: None, clean: false });
        }
        if !self.serves(link) {
            return;
        }
        self.change(now, shard, |slot| {
            slot.state = State::Waiting;
            slot.tried = true;
        });
        self.notice(ConduitNotice::Shard { shard, news: ShardNews::NotOpened { why, retry_at } });
        self.open_some(now);
        self.subscribe_some(now);
    }

    /// A shard's session is lost.
    pub fn lost(&mut self, now: Time, link: ShardLink, lost: Lost) {
        let shard = link.shard();
        if self.is_next(link) {
            return self.not_restarted(now, shard, lost);
        }
        if !self.serves(link) {
            return;
        }
        let left = self.change(now, shard, |slot| {
            slot.tried = true;
            let left = slot.go_on();
            if left.is_none() {
                slot.state = State::Waiting;
            }
            left
        });
        self.timers.set(&Timer::Shard(shard), None);
        self.down(now, shard, &lost);
        match left.flatten() {
            Some(link) => {
                self.out.push_back(ConduitOutput::Close { link });
                self.fleet.to_assign.insert(shard);
                self.assign_some(now);
            }
            None => drop(self.fleet.to_assign.remove(&shard)),
        }
        self.notice(ConduitNotice::Shard { shard, news: ShardNews::Lost(lost.why) });
        self.open_some(now);
        self.subscribe_some(now);
    }

    fn serves(&self, link: ShardLink) -> bool {
        self.fleet.slots.get(&link.shard()).is_some_and(|slot| slot.link == link)
    }

    /// Whether a link is to take the place of its shard's.
    fn is_next(&self, link: ShardLink) -> bool {
        self.fleet.slots.get(&link.shard()).is_some_and(|slot| slot.link != link && slot.next.is_some())
    }

    /// An event came over a shard, which Twitch had sent then.
    pub fn heard(&mut self, shard: u32, subscription: &Subscription, at: Timestamp) {
        if self.is_here(subscription)
            && let Phase::Have(have) = &mut self.phase
        {
            have.alive = have.alive.max(Some(at));
        }
        if let Some(slot) = self.fleet.slots.get_mut(&shard) {
            slot.events += 1;
        }
    }
}
