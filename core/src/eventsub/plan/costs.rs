//! The budget of a user's WebSocket subscriptions: what Twitch counts, and what waits until there is room.
//!
//! [`Costs`] are Twitch's own numbers, from its latest answer; what is under way is counted on top as it is predicted.
//! What surely does not fit is not asked for. While that is not sure, since Twitch has not told its numbers yet or
//! answers are awaited, a wish that costs something waits for the next answer; of those whom nobody goes before, one
//! goes. A dead session counts for a minute or more; while a wish waits for room, the user's list is read again and what
//! has ended is deleted.

use super::{Blocked, Plan, State};
use crate::client::WishId;
use crate::id::UserId;
use crate::time::Time;
use std::time::Duration;

/// What a user's WebSocket subscriptions cost, as Twitch told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Costs {
    /// How many subscriptions there are.
    pub total: u64,
    /// What they cost together. Those of a dead session count for a minute or more.
    pub total_cost: u64,
    /// What they may cost.
    pub max_total_cost: u64,
}

impl Costs {
    /// What Twitch counts.
    pub fn new(total: u64, total_cost: u64, max_total_cost: u64) -> Self {
        Costs { total, total_cost, max_total_cost }
    }

    /// What may still be spent.
    pub fn room(&self) -> u64 {
        self.max_total_cost.saturating_sub(self.total_cost)
    }

    pub(super) fn words(costs: &Option<Costs>) -> String {
        match costs {
            Some(Costs { total_cost, max_total_cost, .. }) => {
                format!("{total_cost} spent of {max_total_cost}")
            }
            None => "is allowed".into(),
        }
    }
}

/// How long after a wish did not fit the list is read: at first, and again while it waits.
const FIRST_LOOK: Duration = Duration::from_secs(1);

impl Plan {
    /// What a user's subscriptions cost, as far as known.
    pub fn costs(&self, user: &UserId) -> Option<Costs> {
        self.users.get(user)?.costs
    }

    /// Whether a wish that costs this much may be asked for. If it surely does not fit, it is blocked; if that depends on
    /// others that are being asked for, it comes back as a [`Step::Post`](super::Step::Post) after them.
    pub fn affords(&mut self, now: Time, id: WishId, cost: u64) -> bool {
        let Some(wish) = self.wishes.get(&id) else { return false };
        let (user, shard) = (wish.user.clone(), wish.state.shard());
        let promised = self.promised(&user, id);
        let fits = match self.costs(&user) {
            _ if cost == 0 => true,
            Some(costs) => promised.saturating_add(cost) <= costs.room(),
            None => promised == 0,
        };
        let Some(entry) = self.users.get_mut(&user) else { return false };
        if fits {
            entry.unsure.remove(&id);
            if cost > 0 {
                entry.promised.insert(id, cost);
            }
            return true;
        }
        if promised == 0 {
            self.too_costly(now, id, cost);
        } else if let (Some(shard), Some(wish)) = (shard, self.wishes.get_mut(&id)) {
            entry.unsure.insert(id, cost);
            wish.state = State::Placed { shard };
        }
        false
    }

    /// What a user's wishes that are being asked for will cost, this one left out.
    fn promised(&mut self, user: &UserId, but: WishId) -> u64 {
        let Some(entry) = self.users.get_mut(user) else { return 0 };
        let posting = |id: &WishId| matches!(self.wishes.get(id), Some(wish) if wish.state.is_posting());
        entry.promised.retain(|id, _| posting(id));
        entry.promised.iter().filter(|(id, _)| **id != but).map(|(_, cost)| cost).sum()
    }

    /// One of those that were being asked for has its answer, or needs none: who waited for it may go.
    pub(super) fn wake_unsure(&mut self, user: &UserId) {
        let first = self.users.get(user).and_then(|entry| entry.unsure.first_key_value());
        let Some(first) = first.map(|(id, _)| *id) else { return };
        let promised = self.promised(user, first);
        let Some(entry) = self.users.get(user) else { return };
        let mut room = entry.costs.map_or(0, |costs| costs.room()).saturating_sub(promised);
        let fits = |(id, cost): (&WishId, &u64)| {
            // With nothing under way that could tell more, each is looked at again.
            if promised > 0 {
                room = room.checked_sub(*cost)?;
            }
            Some(*id)
        };
        let fit: Vec<WishId> = entry.unsure.iter().map_while(fits).collect();
        fit.into_iter().for_each(|id| self.post(id));
    }

    /// Twitch has told what a user's subscriptions cost.
    pub fn costs_are(&mut self, user: &UserId, costs: Costs) {
        if let Some(entry) = self.users.get_mut(user) {
            entry.costs = Some(costs);
            self.wake_costly(user);
        }
    }

    /// A subscription that cost this much is deleted.
    pub(super) fn spared(&mut self, user: &UserId, cost: u32) {
        if let Some(costs) = self.users.get_mut(user).and_then(|entry| entry.costs.as_mut()) {
            costs.total = costs.total.saturating_sub(1);
            costs.total_cost = costs.total_cost.saturating_sub(cost.into());
            self.wake_costly(user);
        }
    }

    /// Twitch says that the cost is too much, whatever was known.
    pub(super) fn costs_are_spent(&mut self, user: &UserId) {
        if let Some(costs) = self.users.get_mut(user).and_then(|entry| entry.costs.as_mut()) {
            costs.total_cost = costs.total_cost.max(costs.max_total_cost);
        }
    }

    pub(super) fn too_costly(&mut self, now: Time, id: WishId, cost: u64) {
        let Some(user) = self.wishes.get(&id).map(|wish| wish.user.clone()) else { return };
        let costs = self.costs(&user);
        let is_first = self.users.get(&user).is_some_and(|entry| entry.costly.is_empty());
        self.block(id, Blocked::TooCostly { cost, costs });
        if is_first {
            self.list_within(now, &user, FIRST_LOOK);
        }
    }

    /// Asks for those that fit now.
    fn wake_costly(&mut self, user: &UserId) {
        let Some(entry) = self.users.get(user) else { return };
        let mut room = entry.costs.map_or(u64::MAX, |costs| costs.room());
        let mut fit = Vec::new();
        for (id, cost) in &entry.costly {
            if *cost > room {
                break;
            }
            room -= cost;
            fit.push(*id);
        }
        for id in fit {
            self.place(id);
        }
    }
}
