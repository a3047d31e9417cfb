//! Audits: what no message told of shows when Twitch is asked. Every few minutes the conduit's size and shards are read
//! and held against the fleet; for a conduit that is shared also after a loss, since Twitch's one retry may have hit a
//! shard of somebody else's that was down too.

use super::{Ask, Conduit, ConduitError, Missing, Phase, ShardChoice, Timer};
use crate::eventsub::Transport;
use crate::eventsub::plan::GapScope;
use crate::helix::api::{self, ConduitShard, GetConduitShards, GetConduits, ShardStatus};
use crate::helix::{Answer, CallError, List, PageEnd, Pager, Shape};
use crate::id::SessionId;
use crate::time::Time;
use http::StatusCode;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

/// After an audit that failed, and while some shards wait for the conduit to grow.
const SOON: Duration = Duration::from_secs(10);
/// Between two audits that are asked for by what happens.
const PAUSE: Duration = Duration::from_secs(3);

#[derive(Debug, Default)]
pub(super) struct Audit {
    walk: Option<Walk>,
    /// The shards of ours that the last one saw on other sessions than the client's.
    elsewhere: BTreeMap<u32, SessionId>,
    /// When the last one began.
    last: Option<Time>,
    doubt: Option<Doubt>,
}

/// An audit under way.
#[derive(Debug)]
struct Walk {
    pager: Box<Pager<GetConduitShards>>,
    since: Time,
    /// The same on the wall clock.
    began: Option<Timestamp>,
    /// Those of our shards that were listed.
    seen: BTreeSet<u32>,
    /// Those of ours that were listed with other sessions than the client's.
    elsewhere: BTreeMap<u32, SessionId>,
    /// The shards that were listed as enabled, as long as one is to be picked.
    enabled: BTreeSet<u32>,
    others_enabled: u32,
    /// How many others have enabled of those that the client made.
    claimed: u32,
    /// When the youngest session of somebody else's began.
    others_since: Option<Timestamp>,
}

/// Losses of single shards, which cost nothing if all others were enabled.
#[derive(Debug)]
struct Doubt {
    missing: Missing,
    to: Option<Timestamp>,
    /// How many shards there were: those that joined later were not down.
    shard_count: u32,
    /// Only an audit that begins later can tell.
    asked: Time,
}

impl Audit {
    /// Whether the last audit did not see a shard of ours on this session: it may be the client's own, which has another
    /// id after a handover whose end is on its way.
    pub(super) fn is_first_seen(&mut self, shard: u32, session: &SessionId) -> bool {
        if let Some(walk) = &mut self.walk {
            walk.elsewhere.insert(shard, session.clone());
        }
        self.elsewhere.get(&shard) != Some(session)
    }

    pub(super) fn missing_since(&self) -> Option<Option<Timestamp>> {
        self.doubt.as_ref().map(|doubt| doubt.missing.from)
    }
}

impl Conduit {
    pub(super) fn begin_audits(&mut self, now: Time) {
        let every = self.config.audit_subscriptions_every;
        let at = now + self.jitter.between(every / 2, every);
        self.timers.set(&Timer::AuditSubscriptions, Some(at));
        if matches!(self.config.shards, ShardChoice::FirstFree(_)) && self.fleet.picked.is_none() {
            self.audit_shards(now);
        } else {
            self.next_audit(now);
        }
    }

    pub(super) fn end_audits(&mut self) {
        self.audit = Audit::default();
        self.timers.set(&Timer::AuditShards, None);
        self.timers.set(&Timer::AuditSubscriptions, None);
    }

    fn next_audit(&mut self, now: Time) {
        let every = self.config.audit_shards_every;
        let every = if self.waits_for_shards() { every.min(SOON) } else { every };
        let at = now + self.jitter.between(every / 2, every);
        self.timers.set(&Timer::AuditShards, Some(at));
    }

    /// Something happened that an audit can tell more of.
    pub(super) fn audit_soon(&mut self, now: Time) {
        let earliest = self.audit.last.map_or(now, |last| last + PAUSE);
        let at = earliest.max(now + Duration::from_millis(100));
        self.timers.set(&Timer::AuditShards, Some(at));
    }

    /// A single shard of a shared conduit was lost and is enabled again.
    pub(super) fn ask_about_others(
        &mut self,
        now: Time,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        why: String,
    ) {
        let shard_count = self.most_shards();
        let missing = Missing { from, why };
        let doubt = self.audit.doubt.get_or_insert(Doubt { missing, to, shard_count, asked: now });
        doubt.shard_count = doubt.shard_count.max(shard_count);
        doubt.missing.from = doubt.missing.from.min(from);
        doubt.to = to;
        doubt.asked = now;
        self.audit_soon(now);
    }

    /// The conduit has grown by these, at some time since then: they may have been down when others were.
    pub(super) fn doubt_new_shards(&mut self, new: Range<u32>, since: Option<Timestamp>) {
        let ours = !self.ours(new.end).is_empty() && self.ours(new.end).end > new.start;
        let Some(mut doubt) = self.audit.doubt.take_if(|doubt| since.is_none() || doubt.to > since) else {
            return;
        };
        if ours {
            let Doubt { missing: Missing { from, why }, to, .. } = doubt;
            self.gap(GapScope::Conduit, from, to, why);
        } else {
            doubt.shard_count = doubt.shard_count.max(new.end);
            self.audit.doubt = Some(doubt);
        }
    }

    /// Begins an audit: first the conduit's size, then its shards.
    pub(super) fn audit_shards(&mut self, now: Time) {
        let Some(have) = self.have() else { return };
        if self.audit.walk.is_some() {
            return;
        }
        let Ok(pager) = Pager::new(&GetConduitShards::new(&have.id)) else { return };
        self.audit.last = Some(now);
        self.audit.walk = Some(Walk {
            pager: Box::new(pager),
            since: now,
            began: None,
            seen: BTreeSet::new(),
            elsewhere: BTreeMap::new(),
            enabled: BTreeSet::new(),
            others_enabled: 0,
            claimed: 0,
            others_since: None,
        });
        self.call(now, Ask::AuditSize, &GetConduits {}, false);
    }

    pub(super) fn audited_size(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        then: Option<Timestamp>,
        answer: Result<Answer, CallError>,
    ) {
        let Some(walk) = &mut self.audit.walk else { return };
        walk.began = then;
        let Ok(list) = answer.and_then(|answer| List::<api::Conduit>::decode(&answer)) else {
            return self.audit_failed(now);
        };
        let ours = self.id().and_then(|id| list.iter().find(|conduit| conduit.id == *id));
        let shard_count = ours.map(|conduit| conduit.shard_count);
        self.known.extend(list.into_iter().map(|conduit| (conduit.id, conduit.shard_count)));
        if let Some(shard_count) = shard_count
            && self.size.is_older_than(self.audit.last)
        {
            self.has_shards(now, wall, then, shard_count);
        }
        // That it is gone is for the shards to say.
        self.next_page(now, wall);
    }

    fn next_page(&mut self, now: Time, wall: Option<Timestamp>) {
        if let Some(request) = self.audit.walk.as_ref().and_then(|walk| walk.pager.next()) {
            self.send(now, Ask::AuditShards, request, false);
        } else {
            self.audit_done(now, wall);
        }
    }

    pub(super) fn audited_shards(
        &mut self,
        now: Time,
        wall: Option<Timestamp>,
        then: Option<Timestamp>,
        answer: Result<Answer, CallError>,
    ) {
        let Some(walk) = &mut self.audit.walk else { return };
        let since = walk.since;
        let page = match walk.pager.accept(answer) {
            Ok(page) => page,
            Err(error) if status(&error) == Some(StatusCode::NOT_FOUND) => return self.gone(now),
            Err(_) => return self.audit_failed(now),
        };
        if let Phase::Have(have) = &mut self.phase {
            have.alive = have.alive.max(then);
        }
        for ConduitShard { id, status, transport, .. } in page.items {
            self.listed_shard(now, since, id.number(), status, transport);
        }
        self.assign_some(now);
        self.open_some(now);
        self.next_page(now, wall);
    }

    fn listed_shard(
        &mut self,
        now: Time,
        since: Time,
        number: Option<u32>,
        status: ShardStatus,
        transport: Transport,
    ) {
        let shard_count = self.shard_count().unwrap_or(0);
        // Those above are left over from when the conduit was larger.
        let Some(shard) = number.filter(|shard| *shard < shard_count) else { return };
        let ours = self.ours(shard_count).contains(&shard);
        let enabled = status == ShardStatus::Enabled;
        let Some(walk) = &mut self.audit.walk else { return };
        if enabled && self.fleet.picked.is_none() {
            walk.enabled.insert(shard);
        }
        if ours {
            walk.seen.insert(shard);
            return self.seen(now, since, shard, Some((&status, &transport)));
        }
        walk.claimed += u32::from(enabled && self.size.is_unclaimed(shard));
        if self.audit.doubt.as_ref().is_some_and(|doubt| shard >= doubt.shard_count) {
            return;
        }
        if enabled {
            walk.others_enabled += 1;
        }
        if let Transport::WebSocket { connected_at, .. } = transport {
            walk.others_since = walk.others_since.max(connected_at);
        }
    }

    fn audit_done(&mut self, now: Time, wall: Option<Timestamp>) {
        let Some(walk) = self.audit.walk.take() else { return };
        let complete = walk.pager.end() == Some(&PageEnd::Complete);
        let shard_count = self.shard_count().unwrap_or(0);
        if complete {
            for shard in self.ours(shard_count).filter(|shard| !walk.seen.contains(shard)) {
                self.seen(now, walk.since, shard, None);
            }
            self.pick(now, &walk.enabled);
            self.claimed(wall, walk.since, walk.claimed);
            if let Phase::Have(have) = &mut self.phase {
                have.audited = walk.began.or(have.audited);
            }
        }
        self.next_audit(now);
        self.audit.elsewhere = walk.elsewhere;
        if !self.audit.elsewhere.is_empty() {
            self.audit_soon(now);
        }
        if let Some(doubt) = self.audit.doubt.take() {
            if walk.since < doubt.asked || !complete || !self.size.is_clear() {
                self.audit.doubt = Some(doubt);
                self.audit_soon(now);
            } else {
                let Doubt { missing: Missing { from, why }, to, shard_count: asked_of, .. } = doubt;
                let before = asked_of.min(shard_count);
                let others = before - self.ours(before).len() as u32;
                // One that went, or a session as young as that may have taken the place of one that was lost meanwhile.
                if shard_count < asked_of || walk.others_enabled < others || walk.others_since >= from {
                    self.gap(GapScope::Conduit, from, to, why);
                }
            }
        }
        self.assign_some(now);
        self.open_some(now);
    }

    /// The first shard of those to choose from that is not enabled is ours.
    fn pick(&mut self, now: Time, enabled: &BTreeSet<u32>) {
        let (ShardChoice::FirstFree(ids), None) = (&self.config.shards, self.fleet.picked) else { return };
        let shard_count = self.shard_count().unwrap_or(0);
        let free = ids.iter().copied().find(|shard| *shard < shard_count && !enabled.contains(shard));
        if free.is_none() {
            let why = ConduitError::NoFreeShard(ids.clone());
            return self.give_up(why);
        }
        self.fleet.picked = free;
        let then = self.have().and_then(|have| have.alive);
        self.take_shards(now, then);
    }

    fn audit_failed(&mut self, now: Time) {
        self.audit.walk = None;
        self.timers.set(&Timer::AuditShards, Some(now + SOON));
    }
}

/// The status of a refusal, in the middle of a walk or not.
fn status(error: &CallError) -> Option<StatusCode> {
    match error {
        CallError::Refused(refusal) => Some(refusal.status),
        CallError::CursorRefused { refusal, .. } => Some(refusal.status),
        CallError::Walk { error, .. } => status(error),
        _ => None,
    }
}
