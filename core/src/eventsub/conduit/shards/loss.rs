//! What a loss may have cost. Twitch sends what a shard does not take to one other, so a shard that is down alone costs what
//! was on its way, and two at once cost what was sent to either.

use super::Conduit;
use crate::eventsub::Lost;
use crate::eventsub::conduit::{ConduitOutput, Missing};
use crate::eventsub::plan::{Gap, GapScope};
use crate::time::Time;
use jiff::Timestamp;

/// What a loss may have cost.
#[derive(Debug)]
pub(super) struct Loss {
    pub(super) missing: Missing,
    /// Nothing was on its way.
    pub(super) clean: bool,
}

impl Conduit {
    /// Twitch does not deliver to a shard any more, if it did.
    pub(super) fn down(&mut self, now: Time, shard: u32, lost: &Lost) {
        let Lost { why, last_seen, clean } = lost;
        let missing = Missing { from: *last_seen, why: why.to_string() };
        let was_up = self.change(now, shard, |slot| {
            let was_up = slot.up.take().is_some();
            if was_up {
                slot.loss = Some(Box::new(Loss { missing: missing.clone(), clean: *clean }));
            } else if let Some(loss) = &mut slot.loss {
                // Twitch may have begun to send to it.
                loss.clean &= *clean;
            }
            was_up
        });
        if was_up == Some(true) {
            self.may_lose_since(missing);
        }
    }

    /// A shard was down until now; what that may have cost, if no gap of the conduit's tells it.
    pub(super) fn tell_loss(&mut self, now: Time, wall: Option<Timestamp>, shard: u32, loss: Loss) {
        let Loss { missing: Missing { from, why }, clean } = loss;
        let shared = self.is_shared();
        let scope = self.scope_of_loss(wall, shard, from);
        if let Some(gap) = &mut self.fleet.gap {
            if !clean || shared {
                gap.from = gap.from.min(from);
            }
        } else {
            if !clean {
                self.gap(scope, from, wall, why.clone());
            }
            if shared {
                self.ask_about_others(now, from, wall, why);
            }
        }
    }

    /// A link that was left behind, or closed, was dead, nobody knows for how long.
    pub fn missed(&mut self, wall: Option<Timestamp>, shard: u32, last_seen: Option<Timestamp>) {
        let why = "the link that was left was dead".into();
        let scope = self.scope_of_loss(wall, shard, last_seen);
        self.gap(scope, last_seen, wall, why);
    }

    /// What is concerned by the loss of a shard that was last heard then, and is up from now on. It may have been down,
    /// unnoticed, while another was: then what was sent to that one found no other.
    fn scope_of_loss(&mut self, wall: Option<Timestamp>, shard: u32, from: Option<Timestamp>) -> GapScope {
        let until = self.fleet.down_until;
        self.fleet.down_until = until.max(wall);
        match until {
            Some(until) if from.is_none_or(|from| from < until) => GapScope::Conduit,
            _ => GapScope::Shard(shard),
        }
    }

    /// Whether so many shards are down that events are lost: Twitch retries on one other.
    pub(in crate::eventsub::conduit) fn loses(&self) -> bool {
        let down = self.fleet.tally.down + self.fleet.unopened;
        down > 1 || (down == 1 && self.least_shards() == 1)
    }

    /// If so many are down that events are lost, some may be missing since then.
    pub(in crate::eventsub::conduit) fn may_lose_since(&mut self, missing: Missing) {
        if self.loses() {
            let from = missing.from;
            let gap = self.fleet.gap.get_or_insert(missing);
            gap.from = gap.from.min(from);
        }
    }

    /// No more than one shard is down: from now on nothing is lost.
    pub(in crate::eventsub::conduit) fn close_gap(&mut self, wall: Option<Timestamp>) {
        if !self.loses()
            && let Some(Missing { from, why }) = self.fleet.gap.take()
        {
            self.gap(GapScope::Conduit, from, wall, why);
        }
    }

    pub(in crate::eventsub::conduit) fn gap(
        &mut self,
        scope: GapScope,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        why: String,
    ) {
        self.wishes_unheard(from);
        self.out.push_back(ConduitOutput::Gap(Gap { scope, from, to, why }));
    }
}
