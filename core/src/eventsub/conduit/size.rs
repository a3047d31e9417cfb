//! How many shards the conduit has, is to have, and may have.
//!
//! ```text
//!         order                   answer
//! Clear ─────────▶ UnderWay ──────────────────▶ Clear ──▶ the next step, until the order is carried out
//!                      │                          ▲
//!                      └─ none ─▶ Unanswered ─────┘ looked up
//! ```
//!
//! Twitch carries a request out at some time between its sending and its answer, or the answer that never came. From the
//! sending on a shard that may be new counts as down, until it is clear which there are; so what is lost meanwhile lies in
//! a gap. A request is not sent blindly again: somebody else may have gone on from where it led.

use super::choose::is_passing;
use super::{Ask, Conduit, ConduitError, ConduitNotice, MAX_SHARDS, Missing, Phase, ShardChoice, Timer};
use crate::eventsub::plan::GapScope;
use crate::helix::api::{self, GetConduits, UpdateConduits};
use crate::helix::{Answer, CallError, List, One, Shape};
use crate::time::Time;
use http::StatusCode;
use jiff::Timestamp;
use std::ops::Range;

/// What the conduit's size is to be, and how sure it is.
#[derive(Debug, Default)]
pub(super) struct Size {
    order: Order,
    request: Request,
    /// When Twitch last said it: a list that was asked for before is older.
    told: Time,
    unclaimed: Option<Unclaimed>,
}

/// New shards that the client ordered, some of them for others, who were not seen to have enabled theirs. They may not
/// learn of them before they are gone again.
#[derive(Clone, Debug)]
struct Unclaimed {
    shards: Range<u32>,
    since: Option<Timestamp>,
    /// When the youngest came: an audit that began before knows nothing of them.
    made: Time,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Order {
    #[default]
    None,
    /// The conduit is to have so many shards at once.
    AtOnce(u32),
    /// It is to grow to so many by the client's own, one after the other.
    Growing(u32),
}

/// A request for another number of shards.
#[derive(Clone, Copy, Debug, Default)]
enum Request {
    #[default]
    Clear,
    UnderWay(Asked),
    /// It may have been carried out.
    Unanswered(Asked),
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    shard_count: u32,
    since: Option<Timestamp>,
}

impl Size {
    /// Whether nothing is under way, and Twitch has not said it since then.
    pub(super) fn is_older_than(&self, asked: Option<Time>) -> bool {
        self.is_clear() && asked > Some(self.told)
    }

    /// Whether there is no order that is not carried out.
    pub(super) fn is_settled(&self) -> bool {
        self.is_clear() && self.order == Order::None
    }

    pub(super) fn is_clear(&self) -> bool {
        matches!(self.request, Request::Clear)
    }

    /// The number of shards to grow to, one by one.
    pub(super) fn growing_to(&self) -> Option<u32> {
        match self.order {
            Order::Growing(target) => Some(target),
            Order::None | Order::AtOnce(_) => None,
        }
    }

    /// Since when events may be missing that were sent to shards which the client made for others.
    pub(super) fn unclaimed_since(&self) -> Option<Option<Timestamp>> {
        self.unclaimed.as_ref().map(|unclaimed| unclaimed.since)
    }

    pub(super) fn is_unclaimed(&self, shard: u32) -> bool {
        self.unclaimed.as_ref().is_some_and(|unclaimed| unclaimed.shards.contains(&shard))
    }

    /// The conduit was chosen.
    pub(super) fn begin(now: Time) -> Self {
        Size { told: now, ..Size::default() }
    }

    fn asked(&self) -> Option<Asked> {
        match self.request {
            Request::Clear => None,
            Request::UnderWay(asked) | Request::Unanswered(asked) => Some(asked),
        }
    }
}

impl Conduit {
    /// The most shards that the conduit may have at present.
    pub(super) fn most_shards(&self) -> u32 {
        self.shard_count().max(self.size.asked().map(|asked| asked.shard_count)).unwrap_or(0)
    }

    /// The least.
    pub(super) fn least_shards(&self) -> u32 {
        let asked = self.size.asked().map(|asked| asked.shard_count);
        self.shard_count().into_iter().chain(asked).min().unwrap_or(0)
    }

    /// Gives the conduit another number of shards. `wall`: the wall clock, if it is known.
    ///
    /// `opening`: the client's own new shards come one after the other, each assigned before the next, so that no event
    /// is lost; those of others are theirs to open. Otherwise the conduit has its size at once, and whoever has the new
    /// shards assigns them: until then events may be lost. A later order takes the place of one that is not carried out
    /// yet.
    pub fn scale(&mut self, now: Time, wall: Option<Timestamp>, shard_count: u32, opening: bool) {
        let shard_count = shard_count.clamp(1, MAX_SHARDS);
        let Some(have) = self.have() else { return };
        let one_by_one = opening && shard_count > have.shard_count;
        self.size.order = match &self.config.shards {
            ShardChoice::All { .. } if one_by_one => Order::Growing(shard_count),
            ShardChoice::Part { part, .. } if one_by_one => Order::Growing(shard_count.min(part.ids.end)),
            _ => Order::AtOnce(shard_count),
        };
        self.fit_shards(now, wall);
        self.open_some(now);
        self.go_on(now, wall);
    }

    /// Takes the next step of the order. One request at a time: the answers to two may come in any order.
    pub(super) fn go_on(&mut self, now: Time, wall: Option<Timestamp>) {
        let Some(shard_count) = self.shard_count().filter(|_| self.size.is_clear()) else { return };
        match self.size.order {
            Order::None => {}
            Order::AtOnce(shard_count) => self.resize(now, wall, shard_count),
            Order::Growing(target) if shard_count >= target => {
                self.size.order = Order::None;
                self.fit_shards(now, wall);
            }
            Order::Growing(_) => {
                if self.next_can_join(shard_count) {
                    self.resize(now, wall, shard_count + 1);
                }
            }
        }
    }

    fn resize(&mut self, now: Time, wall: Option<Timestamp>, shard_count: u32) {
        let Some(have) = self.have() else { return };
        let request = UpdateConduits::new(&have.id, shard_count);
        self.size.request = Request::UnderWay(Asked { shard_count, since: wall });
        self.count_anew();
        self.new_may_lose_since(Missing { from: wall, why: "the conduit changes its size".into() });
        self.call(now, Ask::Resize, &request, true);
    }

    /// New shards are down; without one that delivers nothing is heard that could be missing.
    fn new_may_lose_since(&mut self, missing: Missing) {
        if self.is_shared() || self.fleet.has_delivered() {
            self.may_lose_since(missing);
        }
    }

    pub(super) fn resized(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        then: Option<Timestamp>,
        answer: Result<Answer, CallError>,
    ) {
        let Request::UnderWay(asked) = self.size.request else { return };
        match answer.and_then(|answer| One::<api::Conduit>::decode(&answer)) {
            Ok(conduit) => self.has_shards(now, wall, then, conduit.shard_count),
            Err(CallError::Refused(refusal)) if refusal.status == StatusCode::NOT_FOUND => self.gone(now),
            Err(why @ CallError::Refused(_)) if !is_passing(&why) => {
                self.size.request = Request::Clear;
                let wanted = match self.size.order {
                    Order::AtOnce(wanted) => wanted == asked.shard_count,
                    Order::None | Order::Growing(_) => true,
                };
                if wanted {
                    self.size.order = Order::None;
                    self.fail(ConduitError::Call(why), None);
                }
                self.fit_shards(now, wall);
                self.close_gap(wall);
                self.go_on(now, wall);
            }
            Err(why) => {
                self.size.request = Request::Unanswered(asked);
                self.look_later(now, why);
            }
        }
    }

    fn look_later(&mut self, now: Time, why: CallError) {
        let at = self.backoff.next(now);
        self.timers.set(&Timer::Resize, Some(at));
        self.fail(ConduitError::Call(why), Some(at));
    }

    /// Looks what became of a request that was not answered.
    pub(super) fn look_at_size(&mut self, now: Time) {
        if let Request::Unanswered(_) = self.size.request {
            self.call(now, Ask::Size, &GetConduits {}, true);
        }
    }

    pub(super) fn looked_at_size(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        then: Option<Timestamp>,
        answer: Result<Answer, CallError>,
    ) {
        let list = match answer.and_then(|answer| List::<api::Conduit>::decode(&answer)) {
            Ok(list) => list,
            Err(why) => return self.look_later(now, why),
        };
        match list.iter().find(|conduit| Some(&conduit.id) == self.id()) {
            Some(conduit) => self.has_shards(now, wall, then, conduit.shard_count),
            None => {
                // That it is gone is for the shards to say.
                self.audit_soon(now);
                self.timers.set(&Timer::Resize, Some(self.backoff.next(now)));
            }
        }
    }

    /// Twitch says how many shards the conduit has. `then`: when that was so.
    pub(super) fn has_shards(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        then: Option<Timestamp>,
        shard_count: u32,
    ) {
        let shared = self.is_shared();
        let asked = self.size.asked();
        let Phase::Have(have) = &mut self.phase else { return };
        let shard_count = shard_count.min(MAX_SHARDS);
        // Others may have changed it at any time since it was last told, but for a shard whose turn to join it is.
        let since = match asked {
            Some(asked) if !shared || self.size.growing_to().is_some() => asked.since,
            _ => have.counted,
        };
        let before = std::mem::replace(&mut have.shard_count, shard_count);
        have.counted = then.or(have.counted);
        self.backoff.reset();
        self.size.request = Request::Clear;
        self.size.told = now;
        if self.size.order == Order::AtOnce(shard_count) {
            self.size.order = Order::None;
        }
        if before == shard_count {
            self.count_anew();
        } else {
            self.notice(ConduitNotice::Scaled { shard_count });
            self.fit_shards(now, wall);
        }
        if shard_count > before {
            let why = "the conduit has another size, and shards that are not assigned yet";
            let missing = Missing { from: since, why: why.into() };
            self.doubt_new_shards(before..shard_count, missing.from);
            self.down_from_the_beginning(before..shard_count, &missing);
            self.new_may_lose_since(missing);
            self.assign_open(before..shard_count);
            self.assign_some(now);
        }
        if shard_count < before
            && let Some(from) = self.fleet.down_since()
        {
            // There may have been no other for some time.
            self.may_lose_since(Missing { from, why: "the conduit has fewer shards".into() });
        }
        if let Some(asked) = asked {
            self.made_for_others(now, before..asked.shard_count, asked.since);
        }
        self.unclaimed_gone(wall, shard_count);
        self.close_gap(wall);
        self.open_some(now);
        self.subscribe_some(now);
        self.go_on(now, wall);
    }

    /// The client's order may have made these shards.
    fn made_for_others(&mut self, now: Time, new: Range<u32>, since: Option<Timestamp>) {
        if self.others_of(&new) == 0 {
            return;
        }
        let first = Unclaimed { shards: new.clone(), since, made: now };
        let unclaimed = self.size.unclaimed.get_or_insert(first);
        unclaimed.made = now;
        unclaimed.shards = unclaimed.shards.start.min(new.start)..unclaimed.shards.end.max(new.end);
        unclaimed.since = unclaimed.since.min(since);
    }

    /// The conduit has become smaller again before anybody was seen to have the shards that it had for others.
    fn unclaimed_gone(&mut self, wall: Option<Timestamp>, shard_count: u32) {
        let Some(unclaimed) = self.size.unclaimed.take_if(|unclaimed| unclaimed.shards.end > shard_count)
        else {
            return;
        };
        let Unclaimed { shards, since, made } = unclaimed;
        if shards.start < shard_count {
            self.size.unclaimed = Some(Unclaimed { shards: shards.start..shard_count, since, made });
        }
        self.tell_unclaimed(wall, &shards, since);
    }

    /// An audit that began then saw so many of the unclaimed shards enabled by others. That may be all of them.
    pub(super) fn claimed(&mut self, wall: Option<Timestamp>, seen: Time, enabled: u32) {
        if let Some(Unclaimed { shards, since, made }) = self.size.unclaimed.take() {
            if seen > made && enabled >= self.others_of(&shards) {
                self.tell_unclaimed(wall, &shards, since);
            } else {
                self.size.unclaimed = Some(Unclaimed { shards, since, made });
            }
        }
    }

    /// What was sent to shards that nobody had may be missing. One that was down alone had others to take its place.
    fn tell_unclaimed(&mut self, wall: Option<Timestamp>, shards: &Range<u32>, since: Option<Timestamp>) {
        if self.others_of(shards) > 1 {
            let why = "the conduit had shards for others that nobody was seen to have";
            self.gap(GapScope::Conduit, since, wall, why.into());
        }
    }

    /// How many of these shards are not the client's.
    fn others_of(&self, shards: &Range<u32>) -> u32 {
        let ours = self.ours(shards.end);
        let ours = ours.start.max(shards.start)..ours.end;
        (shards.len() - ours.len()) as u32
    }
}
