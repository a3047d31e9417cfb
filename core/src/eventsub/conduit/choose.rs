//! Which conduit: looked for in the list, made, waited for, and replaced when it is gone.

use super::{
    Ask, Conduit, ConduitChoice, ConduitError, ConduitNotice, ConduitSize, Have, Instead, MAX_SHARDS, Phase,
    ShardChoice, Timer, Waiting, size,
};
use crate::helix::api::{self, CreateConduits, GetConduits};
use crate::helix::{Answer, CallError, List, One, Shape, TooMany};
use crate::time::Time;
use http::StatusCode;
use jiff::Timestamp;
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

    pub(super) fn listed(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        then: Option<Timestamp>,
        answer: Result<Answer, CallError>,
    ) {
        let Phase::Choosing { instead_of, .. } = &self.phase else { return };
        let instead_of = instead_of.clone();
        let list = match answer.and_then(|answer| List::<api::Conduit>::decode(&answer)) {
            Ok(list) => list,
            Err(why) => return self.choose_again(now, ConduitError::Call(why)),
        };
        let mut candidates = match (&self.config.choice, &instead_of) {
            (ConduitChoice::Only, _) => list.clone(),
            (ConduitChoice::Id(id), None) => match list.iter().find(|conduit| conduit.id == *id).cloned() {
                Some(conduit) => return self.adopt(now, wall, then, conduit, false),
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
            (Some(only), true) => self.adopt(now, wall, then, only, false),
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

    pub(super) fn created(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        then: Option<Timestamp>,
        answer: Result<Answer, CallError>,
    ) {
        match answer.and_then(|answer| One::<api::Conduit>::decode(&answer)) {
            Ok(conduit) => self.adopt(now, wall, then, conduit, true),
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

    /// `then`: since when the conduit is surely there.
    fn adopt(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        then: Option<Timestamp>,
        conduit: api::Conduit,
        made: bool,
    ) {
        self.backoff.reset();
        self.known.insert(conduit.id.clone(), conduit.shard_count);
        let api::Conduit { id, shard_count, .. } = conduit;
        let shard_count = shard_count.min(MAX_SHARDS);
        self.phase =
            Phase::Have(Have { id: id.clone(), shard_count, alive: then, counted: then, audited: then });
        self.size = size::Size::begin(now);
        self.notice(ConduitNotice::Chosen { id, shard_count, made });
        self.began = self.began.or(then);
        self.take_shards(now, then);
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
            self.scale(now, wall, of, false);
        }
    }

    /// The conduit does not exist any more: another takes its place.
    pub(super) fn gone(&mut self, now: Time) {
        let Phase::Have(have) = &self.phase else { return };
        let Have { id, shard_count, alive, .. } = have.clone();
        let heard = self.shards_missing_since().into_iter().fold(alive, Option::min);
        self.known.insert(id.clone(), shard_count);
        let instead_of = Some(Instead { shard_count });
        self.phase = Phase::Choosing { instead_of, waiting: Waiting::NotYet };
        // All of them are about the one that is gone.
        self.calls.clear();
        self.notice(ConduitNotice::Gone { id });
        let doubted = self.audit.missing_since().into_iter().chain(self.size.unclaimed_since()).min();
        self.end_audits();
        self.wishes_gone(heard);
        self.shards_gone(now, alive, doubted);
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

    pub(super) fn fail(&mut self, why: ConduitError, retry_at: Option<Time>) {
        self.notice(ConduitNotice::Failed { why, retry_at });
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
