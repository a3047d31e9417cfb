//! Wishes: a topic becomes a wish of the user whose token it takes; the steps of the [`Plan`] become requests, and their
//! answers go back to it.

use super::calls::Purpose;
use super::{As, CallError, Client, Life, Notice, WishId};
use crate::auth::TokenError;
use crate::eventsub::{
    Blocked, Condition, Plan, Shard, Step, Subject, Subscription, SubscriptionState, SubscriptionStatus,
    Topic, TopicMeta, Transport, Transports, Via,
};
use crate::helix::api::SubscriptionPage;
use crate::helix::api::{CreateEventSubSubscription, DeleteEventSubSubscription, GetEventSubSubscriptions};
use crate::helix::{Answer, Endpoint, Invalid, Pager, Prepared, Rule, Shape};
use crate::id::{SessionId, SubscriptionId, UserId};
use crate::time::Time;

/// A wish whose user is not known yet.
#[derive(Clone, Debug)]
pub(super) struct Unresolved {
    pub(super) subject: Subject,
    owner: Option<UserId>,
}

/// The search for a subscription that exists already.
pub(super) struct Find {
    wish: WishId,
    subject: Subject,
    session: SessionId,
    user: UserId,
    pager: Pager<GetEventSubSubscriptions>,
}

impl Client {
    /// Wants to hear a topic. The wish holds until [`Client::unsubscribe`]; [`Notice::Subscription`] tells how it
    /// fares. Asking for the same again gives the same wish.
    pub fn subscribe<T: Topic>(&mut self, now: Time, what: &T, via: Via) -> WishId {
        let id = WishId(self.next_id());
        let subject = match subject(what) {
            _ if self.life != Life::Running => Err(CallError::Cancelled),
            Ok(subject) => Ok(subject),
            Err(invalid) => Err(CallError::Invalid(invalid)),
        };
        let subject = match subject {
            Ok(subject) => subject,
            Err(why) => {
                self.notice(Notice::Subscription(id, SubscriptionState::Refused { why }));
                return id;
            }
        };
        let owner = match via {
            Via::WebSocketAs(user) => Some(user),
            Via::WebSocket => what.owner().cloned(),
        };
        let wish = Unresolved { subject, owner };
        let id = self.resolve(id, wish);
        self.settle(now);
        id
    }

    /// Does not want to hear a wish any more; as often as it was asked for.
    pub fn unsubscribe(&mut self, now: Time, wish: WishId) {
        self.unresolved.remove(&wish);
        self.plan.unwish(wish);
        self.settle(now);
    }

    /// Tries a blocked wish again.
    pub fn retry(&mut self, now: Time, wish: WishId) {
        self.plan.retry(wish);
        self.settle(now);
    }

    /// The wishes and what Twitch holds for them.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn wake_unresolved(&mut self, now: Time) {
        self.wake_loading(now);
        for (id, wish) in std::mem::take(&mut self.unresolved) {
            self.resolve(id, wish);
        }
    }

    /// Finds the user whose token a wish takes; before the store is read, nobody can say.
    pub(super) fn resolve(&mut self, id: WishId, wish: Unresolved) -> WishId {
        let user = match wish.owner.clone() {
            Some(user) => Some(user),
            None if !self.keeper.is_loaded() => None,
            None => self.only_user(),
        };
        let Some(user) = user else {
            if self.keeper.is_loaded() && !self.unresolved.contains_key(&id) {
                let why =
                    CallError::NoToken { operation: "create-eventsub-subscription", why: TokenError::Whose };
                let why = Blocked::Forbidden(why);
                self.notice(Notice::Subscription(id, SubscriptionState::Blocked { why }));
            }
            self.unresolved.insert(id, wish);
            return id;
        };
        if let Some(same) = self.plan.same(&user, &wish.subject) {
            return same;
        }
        self.plan.wish(id, user, wish.subject);
        id
    }

    pub(super) fn plan_says(&mut self, now: Time, step: Step) {
        match step {
            Step::Open { shard } => {
                let new = Shard::new(shard, self.shard_config.clone(), self.jitter.fork());
                self.shards.insert(shard, new);
                self.with_shard(now, shard, |shard| shard.open(now));
            }
            Step::Close { shard } => {
                self.with_shard(now, shard, |shard| shard.close(now));
            }
            Step::SessionGone { shard, session } => {
                self.with_shard(now, shard, |shard| shard.session_gone(now, &session));
            }
            Step::Post { wish, user, subject, shard, session } => {
                self.post(now, wish, user, subject, (shard, session));
            }
            Step::Find { wish, user, subject, session } => self.find(now, wish, user, subject, session),
            Step::Delete { user, subject, id } => self.delete(now, user, subject, id),
            Step::Tell(wish, state) => self.notice(Notice::Subscription(wish, state)),
            Step::Gap(gap) => {
                self.counts.gaps += 1;
                self.notice(Notice::Gap(gap));
            }
        }
    }

    fn post(
        &mut self,
        now: Time,
        wish: WishId,
        user: UserId,
        subject: Subject,
        (shard, session): (u32, SessionId),
    ) {
        if let Some(record) = self.keeper.record(&user)
            && let Some(meta) = TopicMeta::find(&subject.topic, &subject.version)
            && let Some(any_of) = meta.scopes.missing(&record.scopes)
        {
            let operation = CreateEventSubSubscription::META.operation;
            let error = CallError::MissingScope { operation, user: user.clone(), any_of };
            return self.plan.posted(now, wish, &user, (shard, &session), Err(error));
        }
        let transport =
            Transport::WebSocket { session_id: session.clone(), connected_at: None, disconnected_at: None };
        let Subject { topic, version, condition } = subject;
        let request =
            CreateEventSubSubscription { topic, version, condition, transport, is_batching_enabled: false };
        match Prepared::new(&request) {
            Ok(prepared) => {
                let purpose = Purpose::Post { wish, user: user.clone(), shard, session };
                self.start_call(now, prepared, As::User(user), purpose);
            }
            Err(invalid) => {
                self.plan.posted(now, wish, &user, (shard, &session), Err(CallError::Invalid(invalid)))
            }
        }
    }

    fn find(&mut self, now: Time, wish: WishId, user: UserId, subject: Subject, session: SessionId) {
        let request = GetEventSubSubscriptions { topic: Some(subject.topic.clone()), ..Default::default() };
        match Pager::new(&request) {
            Ok(pager) => {
                if let Some(prepared) = pager.next() {
                    let find = Find { wish, subject, session, user: user.clone(), pager };
                    self.start_call(now, prepared, As::User(user), Purpose::Find(Box::new(find)));
                }
            }
            Err(invalid) => self.plan.found(now, wish, &session, Err(CallError::Invalid(invalid))),
        }
    }

    fn delete(&mut self, now: Time, user: UserId, subject: Subject, id: SubscriptionId) {
        if let Ok(prepared) = Prepared::new(&DeleteEventSubSubscription { id }) {
            let purpose = Purpose::Delete { user: user.clone(), subject };
            self.start_call(now, prepared, As::User(user), purpose);
        }
    }

    pub(super) fn look_through(&mut self, now: Time, mut find: Find, result: Result<Answer, CallError>) {
        let page = match find.pager.accept(result) {
            Ok(page) => page,
            Err(error) => return self.plan.found(now, find.wish, &find.session, Err(error)),
        };
        let ours = |held: &Subscription| {
            held.status == SubscriptionStatus::Enabled
                && held.topic == find.subject.topic
                && held.version == find.subject.version
                && held.condition == find.subject.condition
                && matches!(&held.transport, Transport::WebSocket { session_id, .. } if *session_id == find.session)
        };
        match (page.items.into_iter().find(ours), find.pager.next()) {
            (None, Some(prepared)) => {
                let user = As::User(find.user.clone());
                self.start_call(now, prepared, user, Purpose::Find(Box::new(find)));
            }
            (found, _) => self.plan.found(now, find.wish, &find.session, Ok(found)),
        }
    }
}

/// Reads a topic as a subject, and refuses what Twitch would.
fn subject<T: Topic>(what: &T) -> Result<Subject, Invalid> {
    if T::META.transports != Transports::All {
        return Err(Invalid::new("transport", Rule::Other("cannot be had over a WebSocket")));
    }
    let condition = Condition::of(what).map_err(Invalid::unwritable)?;
    let users = condition.iter().filter(|(name, _)| name.ends_with("user_id"));
    for (_, user) in users {
        if !UserId::new(user).is_numeric() {
            return Err(Invalid::new("user_id", Rule::NotNumeric));
        }
    }
    Ok(Subject { topic: T::META.name.into(), version: T::META.version.into(), condition })
}

pub(super) fn created(answer: &Answer) -> Result<Subscription, CallError> {
    let page = SubscriptionPage::decode(answer)?;
    page.items.into_iter().next().ok_or_else(|| CallError::Unreadable {
        operation: answer.operation,
        status: answer.status,
        why: "`data` is empty".into(),
    })
}
