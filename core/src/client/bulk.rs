//! Many wishes at once: a [`Want`] is a topic without its type, [`Many`] the wishes under way, [`Subscribed`] how each
//! ended.
//!
//! The wishes themselves are wishes like any other; [`Config::concurrent_requests`](crate::Config::concurrent_requests)
//! bounds how many are asked for at a time. This file only counts: a wish that is held or refused for the first time
//! is told as [`Progress`], and when none is open any more, the reply comes.

use super::call::What;
use super::desk::WishError;
use super::{CallError, CallId, Client, Life, Notice, Reply, WishId};
use crate::eventsub::{Condition, Subject, SubscriptionState, Topic, Transports, Via};
use crate::helix::{Invalid, Rule};
use crate::id::UserId;
use crate::record::{Told, Wanted};
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// A topic to be heard, whatever its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    subject: Subject,
    carrier: Carrier,
}

/// What is to carry a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Carrier {
    /// A WebSocket of this user, or else of the client's only user.
    WebSocket(Option<UserId>),
    /// The client's conduit.
    Conduit,
}

impl Want {
    /// Wants a topic. Refuses what Twitch would: topics that are not to be had this way, user ids that are no numbers.
    pub fn new<T: Topic>(what: &T, via: Via) -> Result<Self, Invalid> {
        match (T::META.transports, &via) {
            (Transports::All, _) | (Transports::ConduitAndWebhook, Via::Conduit) => {}
            (_, Via::Conduit) => {
                return Err(Invalid::new("transport", Rule::Other("cannot be had over a conduit")));
            }
            _ => return Err(Invalid::new("transport", Rule::Other("cannot be had over a WebSocket"))),
        }
        let condition = Condition::of(what).map_err(Invalid::unwritable)?;
        let is_no_user =
            |(name, user): (&str, &str)| name.ends_with("user_id") && !UserId::new(user).is_numeric();
        if condition.iter().any(is_no_user) {
            return Err(Invalid::new("user_id", Rule::NotNumeric));
        }
        let carrier = match via {
            Via::WebSocketAs(user) => Carrier::WebSocket(Some(user)),
            Via::WebSocket => Carrier::WebSocket(what.owner().cloned()),
            Via::Conduit => Carrier::Conduit,
        };
        let (topic, version) = (T::META.name.into(), T::META.version.into());
        Ok(Want { subject: Subject { topic, version, condition }, carrier })
    }

    /// One that was checked before.
    pub(crate) fn of(subject: Subject, via: Via) -> Self {
        let carrier = match via {
            Via::WebSocket => Carrier::WebSocket(None),
            Via::WebSocketAs(user) => Carrier::WebSocket(Some(user)),
            Via::Conduit => Carrier::Conduit,
        };
        Want { subject, carrier }
    }

    pub(crate) fn via(&self) -> Via {
        match &self.carrier {
            Carrier::WebSocket(None) => Via::WebSocket,
            Carrier::WebSocket(Some(user)) => Via::WebSocketAs(user.clone()),
            Carrier::Conduit => Via::Conduit,
        }
    }

    /// What it listens to.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The user whose token it takes; none for the client's only user, and for the app.
    pub fn owner(&self) -> Option<&UserId> {
        match &self.carrier {
            Carrier::WebSocket(owner) => owner.as_ref(),
            Carrier::Conduit => None,
        }
    }

    pub(super) fn is_for_conduit(&self) -> bool {
        self.carrier == Carrier::Conduit
    }

    pub(super) fn into_subject(self) -> Subject {
        self.subject
    }
}

/// Many wishes under way.
#[must_use = "the reply is read with Many::finish"]
#[derive(Debug)]
pub struct Many {
    id: CallId,
    wishes: Vec<WishId>,
}

impl Many {
    /// Names them in [`Output::Reply`](super::Output::Reply) and [`Notice::Progress`].
    pub fn id(&self) -> CallId {
        self.id
    }

    /// The wish of each want, in their order; the same want gives the same wish.
    pub fn wishes(&self) -> &[WishId] {
        &self.wishes
    }

    /// Reads the reply.
    pub fn finish(self, reply: Reply) -> Result<Subscribed, CallError> {
        match reply.what {
            What::Subscribed(result) if reply.id == self.id => result,
            _ => Err(CallError::NotMine),
        }
    }
}

/// How many wishes ended.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Subscribed {
    /// Those that are held.
    pub held: Vec<WishId>,
    /// Those that are not, and why. A blocked one stays wished for.
    pub failed: Vec<(WishId, WishError)>,
    /// Those that were withdrawn before they were settled, because another failed or on request.
    pub withdrawn: Vec<WishId>,
}

/// How far many wishes have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many are held.
    pub held: usize,
    /// How many are not, for a reason.
    pub failed: usize,
    /// How many there are.
    pub of: usize,
}

#[derive(Debug, Default)]
pub(super) struct Bulks {
    bulks: BTreeMap<CallId, Bulk>,
    by_wish: BTreeSet<(WishId, CallId)>,
}

#[derive(Debug)]
struct Bulk {
    open: BTreeSet<WishId>,
    of: usize,
    so_far: Subscribed,
    stop_on_error: bool,
}

impl Bulks {
    fn of(&self, wish: WishId) -> Vec<CallId> {
        let from = (wish, CallId(0));
        self.by_wish.range(from..).take_while(|(other, _)| *other == wish).map(|(_, call)| *call).collect()
    }

    fn remove(&mut self, call: CallId) -> Option<Bulk> {
        let bulk = self.bulks.remove(&call)?;
        for wish in &bulk.open {
            self.by_wish.remove(&(*wish, call));
        }
        Some(bulk)
    }
}

impl Client {
    /// Wants to hear many topics. The reply comes when each is held or has failed; with `stop_on_error`, the first that
    /// fails withdraws those that are still open. Who does not wait for the reply has it in the background.
    pub fn subscribe_all(
        &mut self,
        now: Time,
        wants: impl IntoIterator<Item = Want>,
        stop_on_error: bool,
    ) -> Many {
        let wants: Vec<Want> = wants.into_iter().collect();
        self.record(now, || Told::SubscribeAll {
            wants: wants.iter().map(Wanted::of).collect(),
            stop_on_error,
        });
        let id = CallId(self.next_id());
        if self.life != Life::Running {
            self.reply(id, What::Subscribed(Err(CallError::Cancelled)));
            return Many { id, wishes: Vec::new() };
        }
        let wishes: Vec<WishId> = wants.into_iter().map(|want| self.want(now, want)).collect();
        let open: BTreeSet<WishId> = wishes.iter().copied().collect();
        self.bulks.by_wish.extend(open.iter().map(|wish| (*wish, id)));
        let (of, so_far) = (open.len(), Subscribed::default());
        self.bulks.bulks.insert(id, Bulk { open: open.clone(), of, so_far, stop_on_error });
        for wish in open {
            if self.is_nobodys(wish) {
                self.fares(wish, super::wishes::nobodys());
            }
        }
        self.end_bulk_if_settled(id);
        self.settle(now);
        Many { id, wishes }
    }

    /// A wish has news: those it was asked for with may be settled.
    pub(super) fn settle_bulks(&mut self, wish: WishId, state: &SubscriptionState) {
        let Some(outcome) = WishError::outcome(state) else { return };
        for id in self.bulks.of(wish) {
            self.bulks.by_wish.remove(&(wish, id));
            let Some(bulk) = self.bulks.bulks.get_mut(&id) else { continue };
            bulk.open.remove(&wish);
            let stop = outcome.is_err() && bulk.stop_on_error;
            match &outcome {
                Ok(()) => bulk.so_far.held.push(wish),
                Err(why) => bulk.so_far.failed.push((wish, why.clone())),
            }
            let (held, failed) = (bulk.so_far.held.len(), bulk.so_far.failed.len());
            let progress = Progress { held, failed, of: bulk.of };
            let open = if stop { bulk.open.clone() } else { BTreeSet::new() };
            self.notice(Notice::Progress(id, progress));
            for wish in open {
                self.withdraw(wish);
            }
            self.end_bulk_if_settled(id);
        }
    }

    /// A wish is withdrawn: nobody waits for it.
    pub(super) fn leave_bulks(&mut self, wish: WishId) {
        for id in self.bulks.of(wish) {
            self.bulks.by_wish.remove(&(wish, id));
            if let Some(bulk) = self.bulks.bulks.get_mut(&id) {
                bulk.open.remove(&wish);
                bulk.so_far.withdrawn.push(wish);
            }
            self.end_bulk_if_settled(id);
        }
    }

    fn end_bulk_if_settled(&mut self, id: CallId) {
        if self.bulks.bulks.get(&id).is_some_and(|bulk| bulk.open.is_empty())
            && let Some(bulk) = self.bulks.remove(id)
        {
            self.reply(id, What::Subscribed(Ok(bulk.so_far)));
        }
    }

    /// Nobody wants the reply any more; the wishes stay.
    pub(super) fn forget_bulk(&mut self, id: CallId) {
        self.bulks.remove(id);
    }

    pub(super) fn cancel_bulks(&mut self) {
        for id in std::mem::take(&mut self.bulks).bulks.into_keys() {
            self.reply(id, What::Subscribed(Err(CallError::Cancelled)));
        }
    }
}

impl WishError {
    /// Whether a wish in this state is held; none while that is not settled.
    pub(super) fn outcome(state: &SubscriptionState) -> Option<Result<(), WishError>> {
        match state {
            SubscriptionState::Enabled { .. } => Some(Ok(())),
            SubscriptionState::Blocked { why } => Some(Err(WishError::Blocked(why.clone()))),
            SubscriptionState::Refused { why } => Some(Err(WishError::Refused(why.clone()))),
            SubscriptionState::Pending
            | SubscriptionState::Interrupted
            | SubscriptionState::Retrying { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eventsub::topic::channel::ChannelRaid;
    use crate::eventsub::topic::user::UserAuthorizationRevoke;

    #[test]
    fn what_twitch_would_refuse_is_not_wanted_at_all() {
        let login = Want::new(&ChannelRaid::to("twitchdev"), Via::WebSocket);
        assert_eq!(login, Err(Invalid::new("user_id", Rule::NotNumeric)));
        let webhook_only = Want::new(&UserAuthorizationRevoke::new("client-id"), Via::WebSocket);
        assert_eq!(
            webhook_only,
            Err(Invalid::new("transport", Rule::Other("cannot be had over a WebSocket")))
        );
        let owned = Want::new(&ChannelRaid::to("1001"), Via::WebSocketAs("7".into())).unwrap();
        assert_eq!(owned.owner(), Some(&"7".into()));
    }
}
