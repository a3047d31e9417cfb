//! Sessions for shards: asked for many at a time, judged one by one.

use super::{Fleet, GATHER, Loss, NOTICE, Next, REQUESTS, Slot, State};
use crate::eventsub::Transport;
use crate::eventsub::conduit::choose::is_passing;
use crate::eventsub::conduit::{
    Ask, Conduit, ConduitError, ConduitNotice, ConduitOutput, Missing, ShardNews, Timer, pause,
};
use crate::helix::api::{ShardStatus, ShardUpdate, UpdateConduitShards, UpdatedConduitShards};
use crate::helix::{Answer, CallError, Json, Shape};
use crate::id::SessionId;
use crate::time::Time;
use http::StatusCode;
use jiff::Timestamp;
use std::collections::BTreeMap;

impl Conduit {
    /// Sends what is to be assigned: the first at once, more together.
    pub(in crate::eventsub::conduit) fn assign_some(&mut self, now: Time) {
        while self.fleet.requests < REQUESTS && !self.fleet.to_assign.is_empty() {
            let Some(have) = self.have() else { return };
            let id = have.id.clone();
            let full = self.fleet.to_assign.len() >= self.fleet.batch && self.fleet.backoff.tries() == 0;
            if now < self.fleet.next_request && !full {
                let at = self.fleet.next_request;
                return self.timers.set(&Timer::Assign, Some(at));
            }
            let mut batch = Vec::new();
            while batch.len() < self.fleet.batch
                && let Some(shard) = self.fleet.to_assign.pop_first()
            {
                if let Some(session) = self.fleet.slots.get(&shard).and_then(Slot::to_assign) {
                    batch.push((shard, session.clone()));
                }
            }
            if batch.is_empty() {
                continue;
            }
            let updates = batch.iter().map(|(shard, session)| ShardUpdate::to_session(*shard, session));
            let request = UpdateConduitShards::new(&id, updates);
            self.fleet.next_request = now + GATHER;
            self.fleet.requests += 1;
            let call = self.last_call + 1;
            for (shard, session) in &batch {
                self.change(now, *shard, |slot| slot.assigning(session.clone(), call));
            }
            self.call(now, Ask::Assign(batch), &request, true);
        }
    }

    pub(in crate::eventsub::conduit) fn assigned(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        call: u64,
        batch: Vec<(u32, SessionId)>,
        answer: Result<Answer, CallError>,
    ) {
        self.fleet.requests = self.fleet.requests.saturating_sub(1);
        // Those that were lost meanwhile have gone on.
        let ours =
            |fleet: &Fleet, shard: u32| fleet.slots.get(&shard).is_some_and(|slot| slot.waits_for(call));
        match answer.and_then(|answer| Json::<UpdatedConduitShards>::decode(&answer)) {
            Ok(UpdatedConduitShards { updated, errors, .. }) => {
                self.fleet.backoff.reset();
                let errors: BTreeMap<u32, String> = errors
                    .into_iter()
                    .filter_map(|error| Some((error.id.number()?, error.message)))
                    .collect();
                let updated: BTreeMap<u32, ShardStatus> = updated
                    .into_iter()
                    .filter_map(|shard| Some((shard.id.number()?, shard.status)))
                    .collect();
                for (shard, session) in batch {
                    if !ours(&self.fleet, shard) {
                        continue;
                    }
                    match (errors.get(&shard), updated.get(&shard)) {
                        (Some(why), _) => self.refused(now, shard, session, why.clone()),
                        (None, Some(ShardStatus::Enabled)) => self.enabled(now, wall, shard, session),
                        (None, Some(status)) => self.refused(now, shard, session, status.to_string()),
                        (None, None) => self.refused(now, shard, session, "not among the updated".into()),
                    }
                }
                self.subscribe_some(now);
                self.go_on(now, wall);
            }
            Err(CallError::Refused(refusal)) if refusal.status == StatusCode::NOT_FOUND => {
                return self.gone(now);
            }
            Err(why) => {
                let too_many = !is_passing(&why) && batch.len() > 1;
                for (shard, session) in batch {
                    if ours(&self.fleet, shard) {
                        if is_passing(&why) || too_many {
                            self.change(now, shard, |slot| slot.assign_again(session));
                            self.fleet.to_assign.insert(shard);
                        } else {
                            self.refused(now, shard, session, why.to_string());
                        }
                    }
                }
                if too_many {
                    self.fleet.batch = (self.fleet.batch / 2).max(1);
                } else {
                    self.fleet.next_request = self.fleet.backoff.next(now);
                    if matches!(why, CallError::NoToken { .. }) {
                        self.give_up(ConduitError::Call(why));
                    }
                }
            }
        }
        self.assign_some(now);
        self.open_some(now);
    }

    pub(in crate::eventsub::conduit) fn enabled(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        shard: u32,
        session: SessionId,
    ) {
        let down = self.fleet.tally.down;
        let changed = self.change(now, shard, |slot| {
            let left = slot.go_on();
            slot.state = State::Enabled(session.clone());
            slot.up.get_or_insert(now);
            slot.tried = true;
            slot.tries = 0;
            (left, slot.loss.take())
        });
        let Some((left, loss)) = changed else { return };
        self.out.extend(left.map(|link| ConduitOutput::Close { link }));
        self.notice(ConduitNotice::Shard { shard, news: ShardNews::Enabled { session } });
        if let Some(loss) = loss {
            self.tell_loss(now, wall, shard, *loss);
        }
        self.close_gap(wall);
        let grown = match (self.size.growing_to(), self.shard_count()) {
            (Some(target), Some(shard_count)) => shard_count >= target,
            _ => true,
        };
        if down > 0 && self.fleet.tally.down == 0 && grown {
            self.notice(ConduitNotice::Complete);
        }
    }

    pub(in crate::eventsub::conduit) fn refused(
        &mut self,
        now: Time,
        shard: u32,
        session: SessionId,
        why: String,
    ) {
        let about_session = why.to_ascii_lowercase().contains("session");
        let Some(slot) = self.fleet.slots.get_mut(&shard) else { return };
        let link = if slot.next.is_some() { slot.link.other() } else { slot.link };
        let wait = pause(&mut self.jitter, &mut slot.tries);
        self.change(now, shard, |slot| slot.assign_later(session.clone()));
        self.notice(ConduitNotice::Shard { shard, news: ShardNews::Refused { why } });
        self.timers.set(&Timer::Shard(shard), Some(now + wait));
        if about_session {
            self.out.push_back(ConduitOutput::SessionGone { link, session });
        } else if self.is_shared() {
            // Somebody else may have made the conduit smaller.
            self.audit_soon(now);
        }
    }

    pub(in crate::eventsub::conduit) fn assign_again(&mut self, now: Time, shard: u32) {
        let Some(slot) = self.fleet.slots.get(&shard) else { return };
        if let State::Later(session) = &slot.state {
            let session = session.clone();
            self.set(now, shard, State::Welcomed(session));
        }
        self.fleet.to_assign.insert(shard);
        self.assign_some(now);
    }

    /// Twitch says that a shard does not deliver.
    pub fn disabled(&mut self, now: Time, shard: u32, transport: &Transport) {
        let Some(slot) = self.fleet.slots.get(&shard) else {
            return self.audit_soon(now);
        };
        match (&slot.state, transport) {
            (State::Enabled(ours), Transport::WebSocket { session_id, .. }) if ours == session_id => {
                // The news may have overtaken the link's own Close frame, which tells more.
                self.fleet.disabled.insert(shard, ours.clone());
                self.timers.set(&Timer::Disabled(shard), Some(now + NOTICE));
            }
            (State::Taken, _) => self.audit_soon(now),
            _ => {}
        }
    }

    pub(in crate::eventsub::conduit) fn disabled_unnoticed(&mut self, shard: u32) {
        let Some(session) = self.fleet.disabled.remove(&shard) else { return };
        if let Some(Slot { state: State::Enabled(ours), link, .. }) = self.fleet.slots.get(&shard)
            && *ours == session
        {
            self.out.push_back(ConduitOutput::SessionGone { link: *link, session });
        }
    }

    /// What an audit saw of a shard; none: it is not listed.
    pub(in crate::eventsub::conduit) fn seen(
        &mut self,
        now: Time,
        since: Time,
        shard: u32,
        seen: Option<(&ShardStatus, &Transport)>,
    ) {
        let Some(slot) = self.fleet.slots.get(&shard) else { return };
        if slot.changed >= since {
            return;
        }
        let enabled = matches!(seen, Some((ShardStatus::Enabled, _)));
        match (&slot.state, seen) {
            (State::Enabled(ours), Some((_, Transport::WebSocket { session_id, .. })))
                if enabled
                    && (ours == session_id
                        || slot.next.as_deref().and_then(Next::session) == Some(session_id)) => {}
            (State::Enabled(_), Some((_, Transport::WebSocket { session_id, .. })))
                if enabled && self.audit.is_first_seen(shard, session_id) => {}
            (State::Enabled(_), _) if enabled => {
                let links = slot.links();
                self.change(now, shard, |slot| {
                    slot.state = State::Taken;
                    slot.next = None;
                    slot.up = None;
                    slot.loss = None;
                });
                self.notice(ConduitNotice::Shard { shard, news: ShardNews::Taken });
                self.out.extend(links.map(|link| ConduitOutput::Close { link }));
            }
            (State::Enabled(ours), _) => {
                let session = ours.clone();
                let from = self.have().and_then(|have| have.audited);
                let missing = Missing { from, why: "Twitch did not take the shard for enabled".into() };
                let left = self.change(now, shard, |slot| {
                    let left = slot.go_on();
                    if left.is_none() {
                        slot.state = State::Welcomed(session);
                    }
                    slot.up = None;
                    slot.loss = Some(Box::new(Loss { missing: missing.clone(), clean: false }));
                    left
                });
                self.out.extend(left.flatten().map(|link| ConduitOutput::Close { link }));
                self.may_lose_since(missing);
                self.fleet.to_assign.insert(shard);
            }
            (State::Taken, _) if !enabled => {
                let from = self.have().and_then(|have| have.audited);
                let missing = Missing { from, why: "who had taken the shard has lost it".into() };
                self.change(now, shard, |slot| {
                    slot.state = State::Queued;
                    slot.loss = Some(Box::new(Loss { missing: missing.clone(), clean: true }));
                });
                self.may_lose_since(missing);
                self.fleet.queue.insert(shard);
            }
            _ => {}
        }
    }
}
