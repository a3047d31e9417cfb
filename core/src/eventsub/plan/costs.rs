//! The budget of a user's WebSocket subscriptions: what Twitch counts, and what waits until there is room.
//!
//! [`Costs`] are Twitch's own numbers, from its latest answer. What surely does not fit is not asked for. A dead session
//! counts for a minute or more; while a wish waits for room, the user's list is read again and what has ended is deleted.

use super::{Blocked, Plan};
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

    /// Whether a wish that costs this much may be asked for. If it surely does not fit, it is blocked.
    pub fn affords(&mut self, now: Time, id: WishId, cost: u64) -> bool {
        let Some(user) = self.wishes.get(&id).map(|wish| wish.user.clone()) else { return false };
        let costs = self.costs(&user);
        if costs.is_none_or(|costs| cost <= costs.room()) {
            return true;
        }
        self.too_costly(now, id, cost);
        false
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
