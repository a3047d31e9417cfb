//! Wishes: a topic becomes a wish of the user whose token it takes; the steps of the [`Plan`] become requests, and their
//! answers go back to it.

use super::calls::Purpose;
use super::shards::Held;
use super::{As, CallError, Client, Life, Notice, Want, WishId};
use crate::auth::provider::WantedFor;
use crate::auth::{Account, Scope, Scopes, TokenError, Usable};
use crate::eventsub::{
    Blocked, Conduit, Costs, Listed, Plan, Shard, Step, Subject, Subscription, SubscriptionState, Topic,
    TopicMeta, Transport, Via, Wished,
};
use crate::helix::api::SubscriptionPage;
use crate::helix::api::{CreateEventSubSubscription, DeleteEventSubSubscription, GetEventSubSubscriptions};
use crate::helix::{Answer, Endpoint, Invalid, PageEnd, Pager, Prepared, Rule, Shape};
use crate::id::{SessionId, SubscriptionId, UserId};
use crate::record::{Broken, Told, Wanted};
use crate::time::Time;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Wishes whose user is not known.
#[derive(Debug, Default)]
pub(super) struct Unresolved {
    /// To what, and how many times the application asked for the same.
    wishes: BTreeMap<WishId, (Subject, u32)>,
    by_subject: BTreeMap<Subject, WishId>,
}

impl Unresolved {
    /// The wish for the same, asked for once more.
    fn same(&mut self, subject: &Subject) -> Option<WishId> {
        let id = *self.by_subject.get(subject)?;
        self.wishes.get_mut(&id)?.1 += 1;
        Some(id)
    }

    fn insert(&mut self, id: WishId, subject: Subject) {
        self.by_subject.insert(subject.clone(), id);
        self.wishes.insert(id, (subject, 1));
    }

    /// Withdraws a wish once; false if it is none of these.
    fn withdraw(&mut self, id: WishId) -> bool {
        let Some((subject, asked)) = self.wishes.get_mut(&id) else { return false };
        *asked -= 1;
        if *asked == 0 {
            self.by_subject.remove(subject);
            self.wishes.remove(&id);
        }
        true
    }
}

/// The search for a subscription that exists already.
pub(super) struct Find {
    wish: WishId,
    subject: Subject,
    session: SessionId,
    user: UserId,
    pager: Pager<GetEventSubSubscriptions>,
}

/// The walk through all that a user holds.
pub(super) struct List {
    user: UserId,
    pager: Pager<GetEventSubSubscriptions>,
    listed: Option<Listed>,
}

/// The longest list of subscriptions that is read: far more than a user may hold.
const MOST_LISTED: u64 = 10_000;
const CREATE: &str = CreateEventSubSubscription::META.operation;

impl Client {
    /// Wants to hear a topic. The wish holds until [`Client::unsubscribe`]; [`Notice::Subscription`] tells how it
    /// fares. Asking for the same again gives the same wish.
    pub fn subscribe<T: Topic>(&mut self, now: Time, what: &T, via: Via) -> WishId {
        self.subscribe_want(now, Want::new(what, via))
    }

    pub(crate) fn subscribe_want(&mut self, now: Time, want: Result<Want, Invalid>) -> WishId {
        self.record(now, || match &want {
            Ok(want) => Told::Subscribe(Wanted::of(want)),
            Err(invalid) => Told::SubscribeInvalid(Broken::of(invalid)),
        });
        let id = match want {
            Ok(want) if self.life == Life::Running => self.want(now, want),
            refused => {
                let id = WishId(self.next_id());
                let why = refused.err().map_or(CallError::Cancelled, CallError::Invalid);
                self.fares(id, SubscriptionState::Refused { why });
                return id;
            }
        };
        if self.is_nobodys(id) {
            self.fares(id, nobodys());
        }
        self.settle(now);
        id
    }

    /// Does not want to hear a wish any more; as often as it was asked for.
    pub fn unsubscribe(&mut self, now: Time, wish: WishId) {
        self.record(now, || Told::Unsubscribe(wish.0));
        self.withdraw(wish);
        self.settle(now);
    }

    pub(super) fn withdraw(&mut self, wish: WishId) {
        self.leave_bulks(wish);
        if !self.unresolved.withdraw(wish) {
            self.plan.unwish(wish);
            if let Some(conduit) = &mut self.conduit {
                conduit.unwish(wish);
            }
        }
    }

    /// Tries a blocked wish again, whatever is known of the budget.
    pub fn retry(&mut self, now: Time, wish: WishId) {
        self.record(now, || Told::Retry(wish.0));
        self.plan.retry(wish);
        if let Some(conduit) = &mut self.conduit {
            conduit.retry_wish(now, wish);
        }
        self.settle(now);
    }

    /// The wishes on WebSockets and what Twitch holds for them; for the conduit's see [`Client::conduit`].
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Every wish: what it listens to, the session or conduit that carries it, its state, its cost.
    pub fn subscriptions(&self) -> impl Iterator<Item = Wished> {
        let unresolved = self.unresolved.wishes.iter().map(|(id, (subject, _))| Wished {
            wish: *id,
            user: None,
            subject: subject.clone(),
            carrier: None,
            state: if self.keeper.is_loaded() { nobodys() } else { SubscriptionState::Pending },
        });
        self.plan.wishes().chain(unresolved).chain(self.conduit.iter().flat_map(Conduit::wishes))
    }

    /// What a user's WebSocket subscriptions cost and may cost, as Twitch told last; none before it has.
    pub fn costs(&self, user: &UserId) -> Option<Costs> {
        self.plan.costs(user)
    }

    /// What a subscription to this topic will cost: nothing if a user in its condition has authorised the application,
    /// else 1. Known are the users whose tokens this client holds; one who authorised it elsewhere costs less than this
    /// says.
    pub fn predicted_cost<T: Topic>(&self, what: &T) -> u64 {
        Want::new(what, Via::WebSocket).map_or(0, |want| self.predict(want.subject()))
    }

    fn predict(&self, subject: &Subject) -> u64 {
        let mut users = subject.condition.iter().filter(|(name, _)| name.ends_with("user_id"));
        u64::from(!users.any(|(_, user)| self.keeper.record(&user.into()).is_some()))
    }

    /// Up to then everything has come or lies in a [`Gap`](crate::eventsub::Gap) that was told; none if that cannot be
    /// said. Write it down now and then, once all that is wanted was asked for, and give it to the next process as
    /// [`Config::listened_until`](crate::Config::listened_until).
    pub fn listened_until(&self) -> Option<Timestamp> {
        let heard = self.shards.values().filter_map(|held| held.shard.surely_heard());
        let before = (!self.unresolved.wishes.is_empty()).then_some(self.config.listened_until);
        let conduit = self.conduit.iter().flat_map(Conduit::missing_since);
        self.plan.missing_since().chain(heard).chain(before).chain(conduit).min().flatten()
    }

    /// The store has been read, or a user has come or gone: wishes that name nobody may have a user now.
    pub(super) fn wake_unresolved(&mut self, now: Time, just_loaded: bool) {
        if just_loaded {
            self.wake_loading(now);
            for shard in std::mem::take(&mut self.for_opening).into_values().flatten() {
                self.open(now, shard, true);
            }
        }
        if let Some(user) = self.only_user() {
            for (id, (subject, asked)) in std::mem::take(&mut self.unresolved).wishes {
                if self.plan.is_wished(&user, &subject) {
                    // Two wishes cannot share a subscription, and the other has named its user.
                    let why =
                        Invalid::new("user", Rule::Other("is named by another wish for the same topic"));
                    self.fares(id, SubscriptionState::Refused { why: CallError::Invalid(why) });
                    continue;
                }
                self.plan.wish(id, user.clone(), subject);
                self.plan.ask_again(id, asked - 1);
            }
        } else if just_loaded {
            for id in self.unresolved.wishes.keys().copied().collect::<Vec<_>>() {
                self.fares(id, nobodys());
            }
        }
    }

    /// Finds the user whose token a wish takes; before the store is read, nobody can say.
    pub(super) fn want(&mut self, now: Time, want: Want) -> WishId {
        if want.is_for_conduit() {
            return self.wish_on_conduit(now, want.into_subject());
        }
        let user = match want.owner() {
            Some(user) => Some(user.clone()),
            None if !self.keeper.is_loaded() => None,
            None => self.only_user(),
        };
        if let Some(user) = user {
            return match self.plan.same(&user, want.subject()) {
                Some(same) => same,
                None => {
                    let id = WishId(self.next_id());
                    self.plan.wish(id, user, want.into_subject());
                    id
                }
            };
        }
        if let Some(same) = self.unresolved.same(want.subject()) {
            return same;
        }
        let id = WishId(self.next_id());
        self.unresolved.insert(id, want.into_subject());
        id
    }

    /// Whether a wish waits for somebody to say whose token it takes.
    pub(super) fn is_nobodys(&self, id: WishId) -> bool {
        self.keeper.is_loaded() && self.unresolved.wishes.contains_key(&id)
    }

    /// Does what the plan asks for.
    pub(super) fn follow_plan(&mut self, now: Time) {
        while let Some(step) = self.plan.poll_step() {
            self.plan_says(now, step);
        }
    }

    pub(super) fn plan_says(&mut self, now: Time, step: Step) {
        match step {
            Step::Open { shard, .. } => self.open(now, shard, true),
            Step::Close { shard } => {
                self.with_shard(now, shard, |shard| shard.close(now));
            }
            Step::SessionGone { shard, session } => {
                self.with_shard(now, shard, |shard| shard.session_gone(now, &session));
            }
            Step::Post { wish, user, subject, shard, session } => {
                self.post(now, wish, user, subject, (shard, session));
            }
            Step::Find { wish, user, subject, session, id } => {
                self.find(now, wish, user, subject, session, id);
            }
            Step::List { user, ended } => self.list(now, user, ended),
            Step::Delete { user, subject, id } => self.delete(now, user, subject, id),
            Step::Tell(wish, state) => self.fares(wish, state),
            Step::Gap(gap) => {
                self.counts.gaps += 1;
                self.notice(Notice::Gap(gap));
            }
        }
    }

    /// Tells how a wish fares.
    pub(super) fn fares(&mut self, wish: WishId, state: SubscriptionState) {
        self.notice(Notice::Subscription(wish, state.clone()));
        self.settle_bulks(wish, &state);
    }

    /// Opens a shard's link, the first time or after a loss, when there is a token to subscribe with: Twitch closes a
    /// session that is not used in time.
    pub(super) fn open(&mut self, now: Time, shard: u32, may_ask: bool) {
        let Some(user) = self.plan.user_of_shard(shard).cloned() else { return };
        let account = Account::User(user.clone());
        match self.keeper.usable(now, &account) {
            Usable::Yes { .. } => {
                if !self.shards.contains_key(&shard) {
                    let new = Shard::new(shard, self.shard_config.clone(), self.jitter.fork());
                    self.shards.insert(shard, Held::new(new));
                }
                self.with_shard(now, shard, |shard| shard.open(now));
            }
            Usable::Wait => drop(self.for_opening.entry(user).or_default().insert(shard)),
            Usable::No(why) if self.ask(&account, may_ask, WantedFor::Lack(why.clone())) => {
                self.for_opening.entry(user).or_default().insert(shard);
            }
            Usable::No(why) => {
                self.plan.not_openable(shard, &CallError::NoToken { operation: CREATE, why });
            }
        }
    }

    /// The scopes that a user's token lacks for this and for all that is to be heard with it, so that the user is asked
    /// once.
    pub(super) fn lacking(&self, user: &UserId, needed: Scopes) -> Vec<&'static [Scope]> {
        let held = self.keeper.record(user).map_or(&[][..], |record| &record.scopes);
        let topics = self
            .plan
            .subjects_of(user)
            .filter_map(|wanted| TopicMeta::find(&wanted.topic, &wanted.version).map(|meta| meta.scopes));
        let mut lacking: Vec<&[Scope]> = Vec::new();
        for group in std::iter::once(needed).chain(topics).flat_map(|scopes| scopes.all_missing(held)) {
            if !lacking.contains(&group) {
                lacking.push(group);
            }
        }
        lacking
    }

    /// A user's token may be ready, or never.
    pub(super) fn open_waiting(&mut self, now: Time, account: &Account, may_ask: bool) {
        if let Account::User(user) = account {
            for shard in self.for_opening.remove(user).unwrap_or_default() {
                self.open(now, shard, may_ask);
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
            // The wish is tried again when there is another token.
            let lacking = self.lacking(&user, meta.scopes);
            self.ask(&Account::User(user.clone()), true, WantedFor::Scopes(lacking));
            let error = CallError::MissingScope { operation: CREATE, user: user.clone(), any_of };
            return self.plan.posted(now, wish, &user, (shard, &session), Err(error));
        }
        let cost = self.predict(&subject);
        let transport = Transport::session(session.clone());
        let Subject { topic, version, condition } = subject;
        let request =
            CreateEventSubSubscription { topic, version, condition, transport, is_batching_enabled: false };
        match Prepared::new(&request) {
            Ok(prepared) => {
                let purpose = Purpose::Post { wish, user: user.clone(), cost, shard, session };
                self.start_call(now, prepared, As::User(user), purpose);
            }
            Err(invalid) => {
                self.plan.posted(now, wish, &user, (shard, &session), Err(CallError::Invalid(invalid)))
            }
        }
    }

    /// The answer to a request for a subscription.
    pub(super) fn created(
        &mut self,
        now: Time,
        wish: WishId,
        user: &UserId,
        shard: (u32, &SessionId),
        result: Result<Answer, CallError>,
    ) {
        let answer = result.and_then(|answer| {
            let page = SubscriptionPage::decode(&answer)?;
            if let Some(costs) = costs(&page) {
                self.plan.costs_are(user, costs);
            }
            page.items.into_iter().next().ok_or_else(|| CallError::Unreadable {
                operation: answer.operation,
                status: answer.status,
                why: "`data` is empty".into(),
            })
        });
        self.plan.posted(now, wish, user, shard, answer);
    }

    fn find(
        &mut self,
        now: Time,
        wish: WishId,
        user: UserId,
        subject: Subject,
        session: SessionId,
        id: Option<SubscriptionId>,
    ) {
        let request = match id {
            Some(id) => GetEventSubSubscriptions::by_id(id),
            None => GetEventSubSubscriptions::of_type(subject.topic.clone()),
        };
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

    fn list(&mut self, now: Time, user: UserId, ended: bool) {
        let request = if ended {
            GetEventSubSubscriptions::all()
        } else {
            GetEventSubSubscriptions::with_status(crate::eventsub::SubscriptionStatus::Enabled)
        };
        match Pager::new(&request).map(|pager| pager.limit(MOST_LISTED)) {
            Ok(pager) => {
                if let Some(prepared) = pager.next() {
                    let list = List { user: user.clone(), pager, listed: None };
                    self.start_call(now, prepared, As::User(user), Purpose::List(Box::new(list)));
                }
            }
            Err(invalid) => self.plan.listed(now, &user, Err(CallError::Invalid(invalid))),
        }
    }

    fn delete(&mut self, now: Time, user: UserId, subject: Subject, id: SubscriptionId) {
        if let Ok(prepared) = Prepared::new(&DeleteEventSubSubscription { id: id.clone() }) {
            let purpose = Purpose::Delete { user: user.clone(), subject, id };
            self.start_call(now, prepared, As::User(user), purpose);
        }
    }

    pub(super) fn look_through(&mut self, now: Time, mut find: Find, result: Result<Answer, CallError>) {
        let page = match find.pager.accept(result) {
            Ok(page) => page,
            Err(error) => return self.plan.found(now, find.wish, &find.session, Err(error)),
        };
        let ours = |held: &Subscription| {
            held.live_session() == Some(&find.session)
                && held.topic == find.subject.topic
                && held.version == find.subject.version
                && held.condition == find.subject.condition
        };
        match (page.items.into_iter().find(ours), find.pager.next()) {
            (None, Some(prepared)) => {
                let user = As::User(find.user.clone());
                self.start_call(now, prepared, user, Purpose::Find(Box::new(find)));
            }
            (found, _) => self.plan.found(now, find.wish, &find.session, Ok(found)),
        }
    }

    /// Takes a page of what a user holds, and asks for the next.
    pub(super) fn list_on(&mut self, now: Time, mut list: List, result: Result<Answer, CallError>) {
        let date = result.as_ref().ok().and_then(date);
        let page = match list.pager.accept(result) {
            Ok(page) => page,
            Err(error) => return self.plan.listed(now, &list.user, Err(error)),
        };
        let costs = costs(&page);
        let listed = list.listed.get_or_insert_with(|| Listed {
            subscriptions: Vec::new(),
            costs,
            at: date.or_else(|| self.wall_at(now)).unwrap_or_default(),
            complete: false,
        });
        listed.subscriptions.extend(page.items);
        if let Some(prepared) = list.pager.next() {
            let user = As::User(list.user.clone());
            self.start_call(now, prepared, user, Purpose::List(Box::new(list)));
        } else if let Some(mut listed) = list.listed {
            listed.complete = list.pager.end() == Some(&PageEnd::Complete);
            self.plan.listed(now, &list.user, Ok(listed));
        }
    }
}

/// A wish that names no user, when there is not exactly one.
pub(super) fn nobodys() -> SubscriptionState {
    let why = CallError::NoToken { operation: CREATE, why: TokenError::Whose };
    SubscriptionState::Blocked { why: Blocked::Forbidden(why) }
}

/// What a page says of the costs, if it says so.
fn costs(page: &SubscriptionPage) -> Option<Costs> {
    let SubscriptionPage { total, total_cost, max_total_cost, .. } = *page;
    (max_total_cost > 0).then(|| Costs::new(total, total_cost, max_total_cost))
}

/// When Twitch answered, to the second.
fn date(answer: &Answer) -> Option<Timestamp> {
    let date = answer.headers.get(http::header::DATE)?.to_str().ok()?;
    Some(jiff::fmt::rfc2822::parse(date).ok()?.timestamp())
}
