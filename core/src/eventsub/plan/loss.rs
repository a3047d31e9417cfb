//! Losses: what was missed together is told together. Wishes that were lost at once share a [`Loss`]; when the last of
//! them is held again, one [`Gap`] tells of all. One that takes longer leaves the others, and gets a gap of its own.

use super::{Gap, GapScope, Plan, Step};
use crate::client::WishId;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Names a loss to the wishes that have a part in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LossId(u64);

#[derive(Debug)]
struct Loss {
    from: Option<Timestamp>,
    why: String,
    /// How many wishes are not held again.
    open: usize,
    held: Vec<WishId>,
    to: Option<Timestamp>,
    /// A gap without an end was told of the one wish that is open.
    told: bool,
}

#[derive(Debug, Default)]
pub(super) struct Losses {
    last: u64,
    losses: BTreeMap<LossId, Loss>,
    /// The one that began when the application stopped listening.
    before_start: Option<LossId>,
}

impl Losses {
    pub(super) fn begin(&mut self, from: Option<Timestamp>, why: impl Into<String>) -> LossId {
        self.last += 1;
        let id = LossId(self.last);
        let loss = Loss { from, why: why.into(), open: 0, held: Vec::new(), to: None, told: false };
        self.losses.insert(id, loss);
        id
    }

    /// The part of a wish that is new to an application which listened until then.
    pub(super) fn before_start(&mut self, from: Timestamp) -> LossId {
        let lasts = |id: &LossId| self.losses.get(id).is_some_and(|loss| !loss.told);
        let id = match self.before_start.filter(lasts) {
            Some(id) => id,
            None => self.begin(Some(from), "the application was not listening"),
        };
        self.before_start = Some(id);
        self.join(id)
    }

    pub(super) fn join(&mut self, id: LossId) -> LossId {
        if let Some(loss) = self.losses.get_mut(&id) {
            loss.open += 1;
        }
        id
    }

    /// A loss that nobody joined is none.
    pub(super) fn end_if_empty(&mut self, id: LossId) {
        if self.losses.get(&id).is_some_and(|loss| loss.open == 0 && loss.held.is_empty()) {
            self.losses.remove(&id);
        }
    }

    /// One wish less to wait for; the gap to tell of if it was the last.
    fn close_one(&mut self, id: LossId) -> Option<Gap> {
        let loss = self.losses.get_mut(&id)?;
        loss.open = loss.open.saturating_sub(1);
        if loss.open > 0 {
            return None;
        }
        let Loss { from, why, mut held, to, .. } = self.losses.remove(&id)?;
        held.sort_unstable();
        (!held.is_empty()).then_some(Gap { scope: GapScope::Wishes(held), from, to, why })
    }
}

impl Plan {
    /// When what was missed and is not told of yet began, for each loss; and when a session moved of which it is not
    /// certain yet that all came along.
    pub fn missing_since(&self) -> impl Iterator<Item = Option<Timestamp>> {
        let untold = self.losses.losses.values().filter(|loss| !loss.told).map(|loss| loss.from);
        untold.chain(self.sessions.values().filter_map(|session| Some(session.moved?.heard)))
    }

    /// A wish is held: what it missed has an end.
    pub(super) fn heal(&mut self, id: WishId, to: Timestamp) {
        let Some(missing) = self.wishes.get_mut(&id).and_then(|wish| wish.missing.take()) else { return };
        if let Some(loss) = self.losses.losses.get_mut(&missing) {
            loss.held.push(id);
            loss.to = loss.to.max(Some(to));
        }
        self.close_one(missing);
    }

    /// A wish is not wanted any more, or never to be held.
    pub(super) fn leave_loss(&mut self, id: WishId) {
        if let Some(missing) = self.wishes.get_mut(&id).and_then(|wish| wish.missing.take()) {
            self.close_one(missing);
        }
    }

    /// A wish takes longer than the others it was lost with.
    pub(super) fn lag_behind(&mut self, id: WishId) {
        let Some(wish) = self.wishes.get_mut(&id) else { return };
        let Some(missing) = wish.missing else { return };
        let Some(loss) = self.losses.losses.get(&missing) else { return };
        if loss.open == 1 && loss.held.is_empty() {
            return;
        }
        let own = self.losses.begin(loss.from, loss.why.clone());
        wish.missing = Some(self.losses.join(own));
        self.close_one(missing);
    }

    /// A wish waits, nobody knows for how long: what it misses is told without an end, once.
    pub(super) fn tell_open_gap(&mut self, id: WishId) {
        self.lag_behind(id);
        let Some(missing) = self.wishes.get(&id).and_then(|wish| wish.missing) else { return };
        let Some(loss) = self.losses.losses.get_mut(&missing) else { return };
        if std::mem::replace(&mut loss.told, true) {
            return;
        }
        let scope = GapScope::Wishes(vec![id]);
        self.out.push_back(Step::Gap(Gap { scope, from: loss.from, to: None, why: loss.why.clone() }));
    }

    fn close_one(&mut self, missing: LossId) {
        if let Some(gap) = self.losses.close_one(missing) {
            self.out.push_back(Step::Gap(gap));
        }
    }
}
