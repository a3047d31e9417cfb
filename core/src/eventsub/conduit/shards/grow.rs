//! A conduit that grows and shrinks: at once, or by one shard of the client's own after the other, each open before there is
//! room for it and assigned as soon as there is.

use super::{Conduit, Loss, Slot, State};
use crate::eventsub::conduit::{ConduitNotice, MAX_SHARDS, Missing, Phase, ShardChoice};
use crate::time::Time;
use jiff::Timestamp;
use std::ops::Range;

impl Conduit {
    /// The conduit has another number of shards.
    ///
    /// `since`: it was not before.
    pub(in crate::eventsub::conduit) fn set_shard_count(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        since: Option<Timestamp>,
        shard_count: u32,
    ) {
        let Phase::Have(have) = &mut self.phase else { return };
        let shard_count = shard_count.min(MAX_SHARDS);
        let before = have.shard_count;
        if before == shard_count {
            return self.grow(now);
        }
        have.shard_count = shard_count;
        self.notice(ConduitNotice::Scaled { shard_count });
        let had = self.fleet.slots.len() - self.fleet.tally.down.min(self.fleet.slots.len());
        self.fit_shards(now);
        let why = "the conduit has another size, and shards that are not assigned yet";
        let missing = Missing { from: since, why: why.into() };
        let lost_some = self.fleet.slots.values().any(|slot| slot.tried && slot.up.is_none());
        if self.loses() && (had > 0 || self.is_shared() || lost_some) {
            self.fleet.gap.get_or_insert(missing.clone());
        }
        if self.is_shared() && shard_count > before {
            self.new_to_others(before..shard_count, &missing);
        }
        self.close_gap(wall);
        if self.fleet.growing_to.is_some() {
            self.fleet.to_assign.insert(before);
        }
        self.assign_some(now);
        self.open_some(now);
        self.subscribe_some(now);
    }

    /// Others have new shards too, perhaps: what is sent to one of ours before it is assigned may be sent to theirs next.
    fn new_to_others(&mut self, new: Range<u32>, missing: &Missing) {
        for (_, slot) in self.fleet.slots.range_mut(new) {
            if slot.up.is_none() {
                slot.loss.get_or_insert(Box::new(Loss { missing: missing.clone(), clean: true }));
            }
        }
    }

    pub(in crate::eventsub::conduit) fn grow_to(&mut self, now: Time, shard_count: u32) {
        self.fleet.growing_to = Some(shard_count);
        self.fit_shards(now);
        self.open_some(now);
    }

    pub(in crate::eventsub::conduit) fn stop_growing(&mut self, now: Time) {
        if self.fleet.growing_to.take().is_some() {
            self.fit_shards(now);
        }
    }

    /// Whether the shard that the conduit would grow by is the client's.
    pub(super) fn is_next_ours(&self) -> bool {
        match (&self.config.shards, self.shard_count()) {
            (ShardChoice::All { .. }, Some(_)) => true,
            (ShardChoice::Part { part, .. }, Some(shard_count)) => part.ids.contains(&shard_count),
            _ => false,
        }
    }

    /// The next shard joins once its link is open and all others deliver.
    pub(super) fn grow(&mut self, now: Time) {
        let (Some(target), Some(shard_count)) = (self.fleet.growing_to, self.shard_count()) else { return };
        if shard_count >= target {
            self.stop_growing(now);
            return;
        }
        if self.fleet.resizing.is_none()
            && self.fleet.tally.down == 0
            && let Some(Slot { state: State::Welcomed(_), .. }) = self.fleet.slots.get(&shard_count)
        {
            self.resize(now, shard_count + 1);
        }
    }
}
