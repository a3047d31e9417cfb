//! Which conduit: looked for in the list, made, waited for, given its size, and replaced when it is gone.

use super::{
    Ask, Conduit, ConduitChoice, ConduitError, ConduitNotice, ConduitSize, Have, Instead, MAX_SHARDS, Phase,
    ShardChoice, Timer, Waiting,
};
use crate::helix::api::{self, CreateConduits, GetConduits, UpdateConduits};
use crate::helix::{Answer, CallError, List, One, Shape, TooMany};
use crate::time::Time;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// How often a client looks for the conduit that another is to make.
const WAIT: Duration = Duration::from_secs(5);

impl Conduit {
    /// Begins to look for the conduit, unless that was done.
    pub fn start(&mut self, now: Time) {
        if matches!(self.phase, Phase::Idle) {
            self.phase = Phase::Choosing { instead_of: None, waiting: Waiting::NotYet };
            self.look(now);
        }
    }

    pub(super) fn look(&mut self, now: Time) {
        if matches!(self.phase, Phase::Choosing { .. }) {
            self.call(now, Ask::List, &GetConduits {}, true);
        }
    }

    pub(super) fn listed(&mut self, now: Time, wall: Option<Timestamp>, answer: Result<Answer, CallError>) {
        let Phase::Choosing { instead_of, .. } = &self.phase else { return };
        let instead_of = instead_of.clone();
        let list = match answer.and_then(|answer| List::<api::Conduit>::decode(&answer)) {
            Ok(list) => list,
            Err(why) => return self.choose_again(now, ConduitError::Call(why)),
        };
        let mut candidates = match (&self.config.choice, &instead_of) {
            (ConduitChoice::Only, _) => list.clone(),
            (ConduitChoice::Id(id), None) => match list.iter().find(|conduit| conduit.id == *id).cloned() {
                Some(conduit) => return self.adopt(now, wall, conduit, false),
                None => {
                    let why = ConduitError::Missing { id: id.clone(), existing: list };
                    return self.cannot_choose(now, why);
                }
            },
            (ConduitChoice::New, None) => Vec::new(),
            // Whoever leads has made one that was not there before.
            (ConduitChoice::Id(_) | ConduitChoice::New, Some(_)) => {
                list.iter().filter(|conduit| !self.known.contains_key(&conduit.id)).cloned().collect()
            }
        };
        match (candidates.pop(), candidates.is_empty()) {
            (Some(only), true) => self.adopt(now, wall, only, false),
            (Some(last), false) => {
                candidates.push(last);
                self.cannot_choose(now, ConduitError::Several(candidates));
            }
            (None, _) if self.config.shards.leads() => {
                self.known = list.into_iter().map(|conduit| (conduit.id, conduit.shard_count)).collect();
                let before = instead_of.map_or(0, |before| before.shard_count);
                let rule = self.config.shards.count(self.wishes.len());
                let shard_count = match self.config.shards {
                    ShardChoice::All { .. } => rule.max(before),
                    ShardChoice::Part { .. } | ShardChoice::FirstFree(_) => rule,
                };
                self.call(now, Ask::Create, &CreateConduits::new(shard_count), true);
            }
            (None, _) => {
                let at = now + self.jitter.between(WAIT / 2, WAIT);
                self.timers.set(&Timer::Choose, Some(at));
                if let Phase::Choosing { waiting: waiting @ Waiting::NotYet, .. } = &mut self.phase {
                    *waiting = Waiting::Told;
                    self.fail(ConduitError::NotMade, Some(at));
                }
            }
        }
    }

    pub(super) fn created(&mut self, now: Time, wall: Option<Timestamp>, answer: Result<Answer, CallError>) {
        match answer.and_then(|answer| One::<api::Conduit>::decode(&answer)) {
            Ok(conduit) => self.adopt(now, wall, conduit, true),
            Err(CallError::Refused(refusal))
                if refusal.status == StatusCode::TOO_MANY_REQUESTS
                    && refusal.too_many != Some(TooMany::Requests) =>
            {
                let known = std::mem::take(&mut self.known);
                let existing =
                    known.into_iter().map(|(id, shard_count)| api::Conduit { id, shard_count }).collect();
                self.cannot_choose(now, ConduitError::Limit(existing));
            }
            Err(why) => {
                // It may have been made: one that was not there before is ours.
                if let Phase::Choosing { instead_of: instead_of @ None, .. } = &mut self.phase {
                    *instead_of = Some(Instead { shard_count: 0 });
                }
                self.choose_again(now, ConduitError::Call(why));
            }
        }
    }

    fn adopt(&mut self, now: Time, wall: Option<Timestamp>, conduit: api::Conduit, made: bool) {
        self.backoff.reset();
        self.known.insert(conduit.id.clone(), conduit.shard_count);
        let api::Conduit { id, shard_count, .. } = conduit;
        let shard_count = shard_count.min(MAX_SHARDS);
        self.phase = Phase::Have(Have { id: id.clone(), shard_count, alive: wall });
        self.notice(ConduitNotice::Chosen { id, shard_count, made });
        self.fleet.counted = now;
        self.began = self.began.or(wall);
        self.take_shards(now);
        if self.ours(shard_count).is_empty() {
            // From now on others can tell what is lost.
            self.close_gap(wall);
        }
        self.begin_wishes(now, made);
        self.begin_audits(now);
        if let ShardChoice::Part { part, size: ConduitSize::Scale } = &self.config.shards
            && self.config.shards.leads()
            && part.of != shard_count
        {
            let of = part.of;
            self.resize(now, of);
        }
    }

    /// The conduit does not exist any more: another takes its place.
    pub(super) fn gone(&mut self, now: Time) {
        let Phase::Have(have) = &self.phase else { return };
        let Have { id, shard_count, alive } = have.clone();
        self.known.insert(id.clone(), shard_count);
        let instead_of = Some(Instead { shard_count });
        self.phase = Phase::Choosing { instead_of, waiting: Waiting::NotYet };
        // All of them are about the one that is gone.
        self.calls.clear();
        self.notice(ConduitNotice::Gone { id });
        self.end_audits();
        self.wishes_gone(alive);
        self.shards_gone(now, alive);
        self.look(now);
    }

    /// Looks for the conduit again after [`ConduitNotice::Failed`] said that the client would not.
    pub fn retry(&mut self, now: Time) {
        if matches!(self.phase, Phase::Idle) {
            self.start(now);
        } else {
            self.timers.set(&Timer::Choose, None);
            if self.calls.is_empty() {
                self.look(now);
            }
        }
    }

    /// Nothing but a person can change it, at the start; later somebody else may be at work on it.
    fn cannot_choose(&mut self, now: Time, why: ConduitError) {
        if matches!(self.phase, Phase::Choosing { instead_of: None, .. }) {
            self.phase = Phase::Idle;
            self.fail(why, None);
        } else {
            self.choose_again(now, why);
        }
    }

    fn choose_again(&mut self, now: Time, why: ConduitError) {
        let at = self.backoff.next(now);
        self.timers.set(&Timer::Choose, Some(at));
        self.fail(why, Some(at));
    }

    pub(super) fn give_up(&mut self, why: ConduitError) {
        self.fail(why, None);
    }

    fn fail(&mut self, why: ConduitError, retry_at: Option<Time>) {
        self.notice(ConduitNotice::Failed { why, retry_at });
    }

    /// Gives the conduit another number of shards.
    ///
    /// `opening`: the client's own new shards come one after the other, each assigned before the next, so that no event
    /// is lost; those of others are theirs to open. Otherwise the conduit has its size at once, and whoever has the new
    /// shards assigns them: until then events may be lost.
    pub fn scale(&mut self, now: Time, shard_count: u32, opening: bool) {
        let shard_count = shard_count.clamp(1, MAX_SHARDS);
        let Some(have) = self.have() else { return };
        let grows = shard_count > have.shard_count;
        match &self.config.shards {
            ShardChoice::All { .. } if opening && grows => self.grow_to(now, shard_count),
            ShardChoice::Part { part, .. } if opening && grows => {
                let target = shard_count.min(part.ids.end);
                self.grow_to(now, target);
            }
            _ => {
                self.stop_growing(now);
                self.resize(now, shard_count);
            }
        }
    }

    pub(super) fn resize(&mut self, now: Time, shard_count: u32) {
        self.fleet.resizing = Some(shard_count);
        self.resize_again(now);
    }

    pub(super) fn resized(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        asked: Time,
        answer: Result<Answer, CallError>,
    ) {
        let changed_its_mind = self.fleet.resizing != self.fleet.resize_asked.take();
        match answer.and_then(|answer| One::<api::Conduit>::decode(&answer)) {
            Ok(conduit) => {
                self.backoff.reset();
                if !changed_its_mind {
                    self.fleet.resizing = None;
                }
                self.fleet.counted = now;
                let ago = SignedDuration::try_from(now.since(asked)).unwrap_or_default();
                let since = wall.and_then(|wall| wall.checked_sub(ago).ok());
                self.set_shard_count(now, wall, since, conduit.shard_count);
                self.resize_again(now);
            }
            Err(CallError::Refused(refusal)) if refusal.status == StatusCode::NOT_FOUND => self.gone(now),
            Err(_) if changed_its_mind => self.resize_again(now),
            Err(why @ CallError::Refused(_)) if !is_passing(&why) => {
                self.fleet.resizing = None;
                self.stop_growing(now);
                self.fail(ConduitError::Call(why), None);
            }
            Err(why) => {
                let at = self.backoff.next(now);
                self.timers.set(&Timer::Resize, Some(at));
                self.fail(ConduitError::Call(why), Some(at));
            }
        }
    }

    /// One request at a time: the answers to two may come in any order.
    pub(super) fn resize_again(&mut self, now: Time) {
        let (Some(have), Some(shard_count), None) =
            (self.have(), self.fleet.resizing, self.fleet.resize_asked)
        else {
            return;
        };
        let request = UpdateConduits::new(&have.id, shard_count);
        self.fleet.resize_asked = Some(shard_count);
        self.call(now, Ask::Resize(now), &request, true);
    }
}

/// Whether a call may succeed later as it stands.
pub(super) fn is_passing(error: &CallError) -> bool {
    match error {
        CallError::Refused(refusal) => {
            !refusal.status.is_client_error()
                || matches!(
                    refusal.status,
                    StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::UNAUTHORIZED
                )
        }
        CallError::Invalid(_) => false,
        _ => true,
    }
}
