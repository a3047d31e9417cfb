//! The conduit in the client: its calls take the app token's place in the rate limit, its shards are links like all
//! others, told apart by their numbers, and its subscriptions are wishes like all others.

use super::calls::Purpose;
use super::shards::Held;
use super::{As, Client, Life, Notice, Output, WishId};
use crate::auth::Account;
use crate::eventsub::topic::conduit::{ConduitShardDisabled, ConduitShardDisabledEvent};
use crate::eventsub::{
    Again, Conduit, ConduitNotice, ConduitOutput, ConduitProgress, Opened, Shard, ShardConfig, ShardLink,
    ShardOutput, Subject, Subscribing, Subscription, SubscriptionState, Topic, decode,
};
use crate::helix::{CallError, Invalid, Prepared, Rule};
use crate::record::Told;
use crate::time::Time;
use bytes::Bytes;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// The first links of conduit shards are numbered from here on, the second ones from further on; below are those of users'
/// WebSockets.
const FIRST: u32 = 1 << 31;
const SECOND: u32 = FIRST + (1 << 30);
/// The share of the app token's rate limit that subscribing leaves to everything else: a tenth.
const RESERVE: u32 = 10;

/// The conduit's link of this number.
pub(super) fn link_of(number: u32) -> Option<ShardLink> {
    let second = number.checked_sub(SECOND).map(ShardLink::Second);
    second.or_else(|| number.checked_sub(FIRST).map(ShardLink::First))
}

fn number_of(link: ShardLink) -> u32 {
    match link {
        ShardLink::First(shard) => FIRST + shard,
        ShardLink::Second(shard) => SECOND + shard,
    }
}

/// Settings for a conduit's links, of which there may be very many.
pub(super) fn link_config(usual: &ShardConfig) -> Arc<ShardConfig> {
    Arc::new(ShardConfig { again: Again::WhenToldAtOnce, ..usual.clone() })
}

/// A wish for a conduit, where there is none.
pub(super) fn none() -> SubscriptionState {
    let rule = Rule::Other("wants a conduit, and the client is set up without one");
    SubscriptionState::Refused { why: CallError::Invalid(Invalid::new("transport", rule)) }
}

impl Client {
    /// The conduit and its shards; none if [`Config::conduit`](super::Config::conduit) says so.
    pub fn conduit(&self) -> Option<&Conduit> {
        self.conduit.as_ref()
    }

    /// How far subscribing to the conduit has come, with an estimate of the time that is left.
    pub fn conduit_progress(&self, now: Time) -> ConduitProgress {
        let progress = self.conduit.as_ref().map(Conduit::progress).unwrap_or_default();
        self.estimate(now, progress)
    }

    /// Gives the conduit another number of shards, 1 to 20 000.
    ///
    /// With `opening`, the client opens its new shards one after the other, each assigned before the next, and no event is
    /// lost: two requests a shard. Where several clients share the conduit
    /// ([`ShardChoice::Part`](crate::eventsub::ShardChoice)), each opens its own, once those before them are there: tell
    /// all of them. Without, or where the conduit is to be smaller, tell one of them: the conduit has its new size at
    /// once, and whoever has the new shards assigns them on seeing them. Shards that are too many are closed once Twitch
    /// sends them nothing more; other clients see that by their next audit, or when Twitch refuses one of theirs.
    ///
    /// A later order takes the place of one that is not carried out yet. For clients that share a conduit: give the next
    /// order when all of them have carried out the last ([`Conduit::is_complete`], and all know the same
    /// [`Conduit::shard_count`]), and leave the size to them alone
    /// ([`ConduitSize::Keep`](crate::eventsub::ConduitSize)). Of two sizes that are asked for at once Twitch takes the one
    /// that comes last, and no client can tell which that is: the other's new shards may be down until its next audit.
    /// What is lost by then lies in a [`Gap`](crate::eventsub::Gap).
    pub fn scale_conduit(&mut self, now: Time, shard_count: u32, opening: bool) {
        self.record(now, || Told::ScaleConduit { shard_count, opening });
        let wall = self.wall_at(now);
        self.with_conduit(now, |conduit| conduit.scale(now, wall, shard_count, opening));
    }

    /// Gives one of the client's shards another session, without a break: the new one is opened first, then one request
    /// moves the shard to it, then the old one closes. Nothing is lost. A shard that is not enabled is on its way to a new
    /// session anyway. [`ShardNews`](crate::eventsub::ShardNews) says how it went. Many shards may be asked for at once.
    pub fn restart_shard(&mut self, now: Time, shard: u32) {
        self.record(now, || Told::RestartShard(shard));
        self.with_conduit(now, |conduit| conduit.restart(now, shard));
    }

    /// Holds subscribing to the conduit back, or lets it go on.
    pub fn subscribing(&mut self, now: Time, subscribing: Subscribing) {
        self.record(now, || Told::Subscribing(subscribing));
        self.with_conduit(now, |conduit| conduit.subscribing(now, subscribing));
    }

    /// Looks for the conduit again, after [`ConduitNotice::Failed`] said that the client would not by itself.
    pub fn retry_conduit(&mut self, now: Time) {
        self.record(now, || Told::RetryConduit);
        self.with_conduit(now, |conduit| conduit.retry(now));
    }

    fn with_conduit(&mut self, now: Time, order: impl FnOnce(&mut Conduit)) {
        if self.life == Life::Running
            && let Some(conduit) = &mut self.conduit
        {
            order(conduit);
            self.settle(now);
        }
    }

    /// The wish for a subject on the conduit.
    pub(super) fn wish_on_conduit(&mut self, now: Time, subject: Subject) -> WishId {
        if let Some(same) = self.conduit.as_mut().and_then(|conduit| conduit.same(now, &subject)) {
            return same;
        }
        let id = WishId(self.next_id());
        match &mut self.conduit {
            Some(conduit) => conduit.wish(now, id, subject),
            None => self.without_conduit.push(id),
        }
        id
    }

    pub(super) fn conduit_says(&mut self, now: Time, output: ConduitOutput) {
        match output {
            ConduitOutput::Call { id, request, urgent } => self.call_for_conduit(now, id, *request, urgent),
            ConduitOutput::Open { link } => {
                let number = number_of(link);
                if !self.shards.contains_key(&number) {
                    let new = Shard::new(number, self.conduit_links.clone(), self.jitter.fork());
                    // What an earlier link of the same number left on its way must not be taken for this one's.
                    self.shards.insert(number, Held::new(new.after(self.conduit_attempts)));
                }
                self.with_shard(now, number, |shard| shard.open(now));
            }
            ConduitOutput::Close { link } => {
                let number = number_of(link);
                if let Some(held) = self.shards.get(&number) {
                    self.conduit_attempts = self.conduit_attempts.max(held.shard.attempts());
                }
                self.with_shard(now, number, |shard| shard.close(now));
            }
            ConduitOutput::SessionGone { link, session } => {
                self.with_shard(now, number_of(link), |shard| shard.session_gone(now, &session));
            }
            ConduitOutput::Tell(wish, state) => self.fares(wish, state),
            ConduitOutput::Gap(gap) => {
                self.counts.gaps += 1;
                self.notice(Notice::Gap(gap));
            }
            ConduitOutput::Notice(ConduitNotice::Progress(progress)) => {
                let progress = self.estimate(now, progress);
                self.notice(Notice::Conduit(ConduitNotice::Progress(progress)));
            }
            ConduitOutput::Notice(notice) => self.notice(Notice::Conduit(notice)),
        }
    }

    fn call_for_conduit(&mut self, now: Time, id: u64, request: Prepared, urgent: bool) {
        if self.life == Life::Running {
            self.start_call(now, request, As::App, Purpose::Conduit { id, urgent });
        }
    }

    /// Until when a call that is not urgent leaves what is left of the app's rate limit to those that are.
    pub(super) fn reserved_until(&self, now: Time) -> Option<Time> {
        let budget = self.limiter.budget(&Account::App)?;
        (now < budget.reset && budget.remaining <= budget.limit / RESERVE).then_some(budget.reset)
    }

    fn estimate(&self, now: Time, mut progress: ConduitProgress) -> ConduitProgress {
        let budget = self.limiter.budget(&Account::App);
        progress.time_left = budget.filter(|_| !progress.reading).map(|budget| {
            let missing = u64::try_from(progress.missing()).unwrap_or(u64::MAX);
            let per_minute = u64::from(budget.limit - budget.limit / RESERVE).max(1);
            let at_once = u64::from(budget.remaining.saturating_sub(budget.limit / RESERVE));
            match missing.checked_sub(at_once) {
                None | Some(0) => Duration::ZERO,
                Some(rest) => budget.reset.since(now) + Duration::from_secs((rest - 1) / per_minute * 60),
            }
        });
        progress
    }

    pub(super) fn conduit_link_says(&mut self, now: Time, link: ShardLink, output: ShardOutput) {
        let output = match output {
            ShardOutput::Connect { id, url, answer_by } => {
                return self.out.push_back(Output::Connect { id, url, answer_by });
            }
            ShardOutput::Close(id) => return self.out.push_back(Output::Close(id)),
            ShardOutput::Message(socket, frame) => return self.message(now, socket, frame),
            ShardOutput::Unreadable { raw, why } => return self.notice(Notice::Unreadable { raw, why }),
            output => output,
        };
        let wall = self.wall_at(now);
        let Some(conduit) = &mut self.conduit else { return };
        match output {
            ShardOutput::Ready => conduit.ready(now, link),
            ShardOutput::Opened { session, how } => {
                if how != Opened::Fresh {
                    self.counts.moves += 1;
                }
                conduit.opened(now, wall, link, session, how);
            }
            ShardOutput::NotOpened { why, retry_at } => conduit.not_opened(now, link, why, retry_at),
            ShardOutput::Missed { last_seen } => conduit.missed(wall, link.shard(), last_seen),
            ShardOutput::Lost(lost) => {
                self.counts.losses += 1;
                conduit.lost(now, link, lost);
            }
            _ => {}
        }
    }

    /// An event came over a shard, which Twitch had sent then; the wish that it is for.
    pub(super) fn heard_on_conduit(
        &mut self,
        now: Time,
        shard: u32,
        at: Timestamp,
        subscription: &Subscription,
        event: &Bytes,
    ) -> Option<WishId> {
        let conduit = self.conduit.as_mut()?;
        conduit.heard(shard, subscription, at);
        let meta = ConduitShardDisabled::META;
        if (&*subscription.topic, &*subscription.version) == (meta.name, meta.version)
            && let Ok(event) = decode::<ConduitShardDisabledEvent>(event)
            && Some(&event.conduit_id) == conduit.id()
            && let Some(shard) = event.shard_id.number()
        {
            conduit.disabled(now, shard, &event.transport);
        }
        conduit.wish_of(subscription)
    }
}
