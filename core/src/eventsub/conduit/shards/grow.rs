//! A conduit that grows and shrinks: at once, or by one shard of the client's own after the other, each open before there is
//! room for it and assigned as soon as there is.

use super::{Conduit, Loss, Slot, State};
use crate::eventsub::conduit::{Missing, ShardChoice};
use std::ops::Range;

impl Conduit {
    /// These shards are new: until they are assigned, what is sent to them may be sent to another that is down.
    pub(in crate::eventsub::conduit) fn down_from_the_beginning(
        &mut self,
        new: Range<u32>,
        missing: &Missing,
    ) {
        for slot in self.fleet.slots.range_mut(new).map(|(_, slot)| slot) {
            slot.loss.get_or_insert(Box::new(Loss { missing: missing.clone(), clean: true }));
        }
    }

    /// Sessions that are open already serve these shards.
    pub(in crate::eventsub::conduit) fn assign_open(&mut self, new: Range<u32>) {
        let open = self.fleet.slots.range(new).filter(|(_, slot)| slot.to_assign().is_some());
        self.fleet.to_assign.extend(open.map(|(shard, _)| *shard));
    }

    /// Whether the shard that the conduit would grow by is the client's.
    pub(super) fn is_next_ours(&self) -> bool {
        match (&self.config.shards, self.shard_count()) {
            (ShardChoice::All { .. }, Some(_)) => true,
            (ShardChoice::Part { part, .. }, Some(shard_count)) => part.ids.contains(&shard_count),
            _ => false,
        }
    }

    /// Whether the shard that the conduit would grow by may join: its link is open, and all others deliver.
    pub(in crate::eventsub::conduit) fn next_can_join(&self, shard_count: u32) -> bool {
        self.fleet.tally.down == 0
            && matches!(self.fleet.slots.get(&shard_count), Some(Slot { state: State::Welcomed(_), .. }))
    }
}
