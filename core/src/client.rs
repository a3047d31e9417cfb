//! [`Client`]: the whole protocol behind one input and one output.
//!
//! The client owns the parts ([`Keeper`], [`Limiter`], [`Plan`], one [`Shard`] per session, [`Dedup`]) and runs what
//! crosses them: a welcome leads to subscriptions, a 401 to a refresh and one repeat, a refresh to blocked wishes tried
//! again. `calls.rs` is the life of a call; this file is everything else.

mod call;
mod calls;
mod config;
mod desk;
mod io;
mod notice;
mod start;

pub use call::{As, Call, Login, Reply};
pub use config::{Config, WhenLimited};
pub use desk::{Desk, EventError, Filter, Heard, ListenerId, Next, WaitError, WishError};
pub use io::*;
pub use notice::{Notice, SessionNotice};
pub use start::{Entry, Start, StartError};

pub use crate::auth::TokenError;
pub use crate::helix::CallError;

use crate::auth::flow::{DeviceFlow, FlowStep};
use crate::auth::wire::Credentials;
use crate::auth::{Account, Keeper, KeeperOutput, Refresh, Scope, TokenNotice, TokenRecord};
use crate::backoff::Jitter;
use crate::eventsub::frame::{Frame, Message};
use crate::eventsub::{
    Condition, Dedup, Notification, Opened, Plan, Shard, ShardConfig, ShardOutput, Step, Subject,
    SubscriptionState, Topic, Transports, Via,
};
use crate::helix::{Bucket, Budget, Endpoint, Invalid, Limiter, Prepared, Rule};
use crate::id::UserId;
use crate::time::Time;
use crate::timers::Timers;
use bytes::Bytes;
use call::What;
use calls::Purpose;
use http::Response;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// What the client has seen and done, counted since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Events passed on.
    pub events: u64,
    /// Messages dropped because they had come before.
    pub duplicates: u64,
    /// Gaps reported.
    pub gaps: u64,
    /// Sessions that moved because the server asked.
    pub moves: u64,
    /// Sessions lost.
    pub losses: u64,
    /// Tokens refreshed.
    pub refreshes: u64,
}

/// The Twitch client as a pure state machine. See the [crate's page](crate) for how to drive it.
#[derive(Debug)]
pub struct Client {
    config: Config,
    wall: Option<(Time, Timestamp)>,
    keeper: Keeper,
    limiter: Limiter,
    plan: Plan,
    shard_config: Arc<ShardConfig>,
    shards: BTreeMap<u32, Shard>,
    dedup: Dedup,
    calls: calls::Calls,
    logins: BTreeMap<CallId, DeviceFlow>,
    starting: BTreeMap<CallId, start::Starting>,
    /// Tokens that somebody waits for to be proven and written down.
    adding: BTreeSet<CallId>,
    exchanges: BTreeMap<HttpId, Owner>,
    stores: BTreeMap<StoreId, u64>,
    /// Wishes whose user is not known before the store is read.
    unresolved: BTreeMap<WishId, Unresolved>,
    timers: Timers<Timer>,
    last_id: u64,
    jitter: Jitter,
    counts: Counts,
    life: Life,
    out: VecDeque<Output>,
}

#[derive(Clone, Debug)]
struct Unresolved {
    subject: Subject,
    owner: Option<UserId>,
}

#[derive(Debug)]
enum Owner {
    Call(CallId),
    Keeper(u64),
    Login(CallId),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// When to stop waiting for a response.
    Answer(HttpId),
    /// When to give a call up.
    Deadline(CallId),
    /// When to send a call again.
    Again(CallId),
    /// When a bucket has room again.
    Turn(Bucket),
    /// A shard's own deadline.
    Shard(u32),
    /// The plan's.
    Plan,
    /// The keeper's.
    Keeper,
    /// A login's.
    Login(CallId),
    /// When a start has taken long enough.
    Start(CallId),
    /// When closing has taken long enough.
    Closing,
}

#[derive(Debug, PartialEq, Eq)]
enum Life {
    Running,
    Closing,
    Closed,
}

/// How long closing may take.
const CLOSING: Duration = Duration::from_secs(5);
/// A wall clock that is this much ahead of where it should be has slept.
const SLEPT: Duration = Duration::from_secs(3);

impl Client {
    /// A client that does nothing before its first [`Input::Wall`].
    pub fn new(_now: Time, config: Config) -> Self {
        let mut jitter = Jitter::new(config.seed);
        let credentials =
            Credentials { client_id: config.client_id.clone(), client_secret: config.client_secret.clone() };
        let keeper = Keeper::new(
            config.endpoints.oauth.clone(),
            credentials,
            config.name.clone(),
            config.tokens.clone(),
            jitter.fork(),
            config.app_token.clone(),
        );
        let mut shard_config = ShardConfig::new(config.endpoints.eventsub.clone());
        shard_config.keepalive = config.keepalive.clamp(10, 600);
        Client {
            keeper,
            limiter: Limiter::new(),
            plan: Plan::new(jitter.fork(), config.listened_until),
            shard_config: Arc::new(shard_config),
            shards: BTreeMap::new(),
            dedup: Dedup::new(config.remember_messages, config.remember_at_most),
            calls: calls::Calls::new(config.concurrent_requests),
            logins: BTreeMap::new(),
            starting: BTreeMap::new(),
            adding: BTreeSet::new(),
            exchanges: BTreeMap::new(),
            stores: BTreeMap::new(),
            unresolved: BTreeMap::new(),
            timers: Timers::new(),
            last_id: 0,
            jitter,
            counts: Counts::default(),
            life: Life::Running,
            out: VecDeque::new(),
            wall: None,
            config,
        }
    }

    /// Tells the client what happened. Total: input that nobody awaits is ignored.
    pub fn handle(&mut self, now: Time, input: Input) {
        if self.life == Life::Closed {
            return;
        }
        match input {
            Input::Wall(at) => self.wall_clock(now, at),
            Input::Response(id, response) => self.answered(now, id, Ok(response)),
            Input::Failed(id, failure) => self.answered(now, id, Err(failure)),
            Input::Frame(socket, frame) => {
                self.with_shard(now, socket.shard, |shard| shard.frame(now, socket, &frame))
            }
            Input::Alive(socket) => self.with_shard(now, socket.shard, |shard| shard.alive(now, socket)),
            Input::Closed(socket, how) => {
                self.with_shard(now, socket.shard, |shard| shard.closed(now, socket, how))
            }
            Input::Stored(id, result) => {
                if let (Some(op), Some(wall)) = (self.stores.remove(&id), self.wall_at(now)) {
                    self.keeper.stored(now, wall, op, result);
                }
            }
            // Whatever is due is done below.
            Input::Timeout => {}
        }
        self.settle(now);
    }

    /// What the client asks for next; none when there is nothing more for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When the client wants [`Input::Timeout`]: the nearest deadline, if there is one.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.next()
    }

    /// Calls Helix. The end comes as [`Output::Reply`] with the call's id.
    pub fn call<E: Endpoint>(&mut self, now: Time, request: &E, who: As) -> Call<E> {
        let id = match Prepared::new(request) {
            Ok(prepared) => self.send(now, prepared, who),
            Err(invalid) => self.refuse(CallError::Invalid(invalid)),
        };
        Call { id, endpoint: PhantomData }
    }

    /// Sends a request that was prepared before, such as a pager's next.
    pub fn send(&mut self, now: Time, prepared: Prepared, who: As) -> CallId {
        if self.life != Life::Running {
            return self.refuse(CallError::Cancelled);
        }
        let id = self.start_call(now, prepared, who, Purpose::Application);
        self.settle(now);
        id
    }

    /// Does not want a call's reply any more. What was sent already may still happen.
    pub fn cancel(&mut self, now: Time, call: CallId) {
        self.end_start(call);
        if self.logins.remove(&call).is_some() {
            self.timers.set(&Timer::Login(call), None);
        }
        self.drop_call(now, call);
        self.settle(now);
    }

    /// Logs a user in: [`Notice::Prompt`] tells what to show, the reply whose token it is.
    pub fn login(&mut self, now: Time, scopes: impl IntoIterator<Item = Scope>) -> Login {
        let id = CallId(self.next_id());
        if self.life != Life::Running {
            self.reply(id, What::Login(Err(TokenError::Closed)));
            return Login { id };
        }
        self.log_in(now, id, scopes.into_iter().collect());
        Login { id }
    }

    fn log_in(&mut self, now: Time, id: CallId, scopes: Vec<Scope>) {
        let credentials = Credentials {
            client_id: self.config.client_id.clone(),
            client_secret: self.config.client_secret.clone(),
        };
        let (flow, request) = DeviceFlow::start(self.config.endpoints.oauth.clone(), credentials, scopes);
        self.logins.insert(id, flow);
        self.exchange(now, Owner::Login(id), request, true, now + self.config.answer_timeout);
    }

    /// Takes a user's tokens: validates them, writes them down, and replies whose they are. A refresh token is
    /// reusable if the client has a secret.
    pub fn add_token(&mut self, now: Time, access: SecretString, refresh: Option<SecretString>) -> Login {
        let id = CallId(self.next_id());
        if self.life != Life::Running {
            self.reply(id, What::Login(Err(TokenError::Closed)));
            return Login { id };
        }
        self.add(now, id, access, refresh);
        self.settle(now);
        Login { id }
    }

    fn add(&mut self, now: Time, id: CallId, access: SecretString, refresh: Option<SecretString>) {
        let reusable = self.config.client_secret.is_some();
        let refresh = refresh.map(|token| Refresh { token, reusable });
        self.adding.insert(id);
        self.keeper.add(now, id.0, access, refresh);
    }

    /// Forgets a user's tokens, here and in the store. Their wishes are blocked until another token is added.
    pub fn remove_token(&mut self, now: Time, user: &UserId) {
        self.keeper.remove(user);
        self.settle(now);
    }

    /// Sends a parked refresh token once more: see [`TokenNotice::Parked`].
    pub fn retry_token(&mut self, now: Time, user: &UserId) {
        if let Some(wall) = self.wall_at(now) {
            self.keeper.retry(now, wall, user);
            self.settle(now);
        }
    }

    /// The tokens held.
    pub fn tokens(&self) -> impl Iterator<Item = &TokenRecord> {
        self.keeper.users().map(|(_, record)| record)
    }

    /// What is left of an account's rate limit, as far as known.
    pub fn quota(&self, account: &Account) -> Option<Budget> {
        self.limiter.budget(account)
    }

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

    /// What the client has seen and done.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Ends: subscriptions are deleted, sockets closed, calls cancelled. [`Notice::Closed`] is the last output.
    pub fn close(&mut self, now: Time) {
        if self.life != Life::Running {
            return;
        }
        self.life = Life::Closing;
        self.unresolved.clear();
        self.cancel_application_calls(now);
        self.fail_starting(&TokenError::Closed);
        for id in std::mem::take(&mut self.logins).into_keys() {
            self.timers.set(&Timer::Login(id), None);
            self.reply(id, What::Login(Err(TokenError::Closed)));
        }
        self.plan.unwish_all();
        self.timers.set(&Timer::Closing, Some(now + CLOSING));
        self.settle(now);
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn notice(&mut self, notice: Notice) {
        self.out.push_back(Output::Notice(notice));
    }

    fn reply(&mut self, id: CallId, what: What) {
        self.out.push_back(Output::Reply(id, Reply { id, what }));
    }

    fn refuse(&mut self, error: CallError) -> CallId {
        let id = CallId(self.next_id());
        self.reply(id, What::Answer(Err(error)));
        id
    }

    /// The wall clock at `now`; none before the driver told it once.
    fn wall_at(&self, now: Time) -> Option<Timestamp> {
        let (at, stamp) = self.wall?;
        stamp.checked_add(SignedDuration::try_from(now.since(at)).ok()?).ok()
    }

    fn wall_clock(&mut self, now: Time, at: Timestamp) {
        let expected = self.wall_at(now);
        self.wall = Some((now, at));
        let Some(expected) = expected else {
            self.keeper.load(now);
            return;
        };
        let slept = Duration::try_from(at.duration_since(expected)).unwrap_or_default();
        if slept > SLEPT {
            // The monotonic clock stood still; the links did not know.
            let shards: Vec<u32> = self.shards.keys().copied().collect();
            for shard in shards {
                self.with_shard(now, shard, |shard| shard.slept(now, slept));
            }
        }
    }

    fn exchange(
        &mut self,
        now: Time,
        owner: Owner,
        request: http::Request<Bytes>,
        fresh_connection: bool,
        answer_by: Time,
    ) -> HttpId {
        let id = HttpId(self.next_id());
        debug_assert!(answer_by >= now);
        self.exchanges.insert(id, owner);
        self.timers.set(&Timer::Answer(id), Some(answer_by));
        self.out.push_back(Output::Http { id, request, fresh_connection, answer_by });
        id
    }

    fn answered(&mut self, now: Time, id: HttpId, result: Result<Response<Bytes>, Failure>) {
        let Some(owner) = self.exchanges.remove(&id) else { return };
        self.timers.set(&Timer::Answer(id), None);
        match owner {
            Owner::Call(call) => self.call_answered(now, call, id, result),
            Owner::Keeper(exchange) => {
                if let Some(wall) = self.wall_at(now) {
                    self.keeper.answered(now, wall, exchange, result);
                }
            }
            Owner::Login(login) => {
                if let Some(flow) = self.logins.get_mut(&login) {
                    let step = flow.answered(now, result);
                    self.login_step(now, login, step);
                }
            }
        }
    }

    fn login_step(&mut self, now: Time, id: CallId, step: FlowStep) {
        match step {
            FlowStep::Send(request) => {
                self.exchange(now, Owner::Login(id), request, true, now + self.config.answer_timeout);
            }
            FlowStep::Prompt(prompt) => self.notice(Notice::Prompt(id, prompt)),
            FlowStep::Wait => {}
            FlowStep::Done(tokens) => {
                self.logins.remove(&id);
                self.add(now, id, tokens.access_token, tokens.refresh_token);
            }
            FlowStep::Failed(error) => {
                self.logins.remove(&id);
                self.reply(id, What::Login(Err(error)));
            }
        }
        let deadline = self.logins.get(&id).and_then(DeviceFlow::deadline);
        self.timers.set(&Timer::Login(id), deadline);
    }

    fn timeout(&mut self, now: Time) {
        while let Some(timer) = self.timers.due(now) {
            match timer {
                Timer::Answer(id) => {
                    let cause = Cause::new(CauseKind::Timeout, "no answer in time");
                    self.answered(now, id, Err(Failure { sent: Sent::Unknown, cause }));
                }
                Timer::Deadline(call) => self.call_deadline(now, call),
                Timer::Again(call) => self.advance(now, call),
                Timer::Turn(bucket) => self.turn(now, &bucket),
                Timer::Shard(shard) => self.with_shard(now, shard, |shard| shard.timeout(now)),
                Timer::Plan => self.plan.timeout(now),
                Timer::Keeper => {
                    if let Some(wall) = self.wall_at(now) {
                        self.keeper.timeout(now, wall);
                    }
                }
                Timer::Login(id) => {
                    if let Some(flow) = self.logins.get_mut(&id) {
                        let step = flow.timeout(now);
                        self.login_step(now, id, step);
                    }
                }
                Timer::Start(id) => self.start_timeout(id),
                Timer::Closing => self.closed(now),
            }
        }
    }

    /// Carries the parts' outputs to where they belong and does what is due, until all are quiet.
    fn settle(&mut self, now: Time) {
        if self.life == Life::Closed {
            return;
        }
        loop {
            if let Some(output) = self.keeper.poll_output() {
                self.keeper_says(now, output);
            } else if let Some(step) = self.plan.poll_step() {
                self.plan_says(now, step);
            } else {
                self.timers.set(&Timer::Keeper, self.keeper.poll_timeout().filter(|_| self.wall.is_some()));
                self.timers.set(&Timer::Plan, self.plan.poll_timeout());
                if self.timers.next().is_none_or(|at| at > now) {
                    break;
                }
                self.timeout(now);
            }
        }
        // A token that is just being renewed would be lost.
        let renewing = |owner: &Owner| matches!(owner, Owner::Keeper(_));
        if self.life == Life::Closing
            && self.calls.is_empty()
            && self.stores.is_empty()
            && !self.exchanges.values().any(renewing)
        {
            self.closed(now);
        }
    }

    fn closed(&mut self, now: Time) {
        if self.life != Life::Closing {
            return;
        }
        self.life = Life::Closed;
        let shards: Vec<u32> = self.shards.keys().copied().collect();
        for shard in shards {
            self.with_shard(now, shard, |shard| shard.close(now));
        }
        for id in std::mem::take(&mut self.adding) {
            self.reply(id, What::Login(Err(TokenError::Closed)));
        }
        self.shards.clear();
        self.exchanges.clear();
        self.timers = Timers::new();
        self.notice(Notice::Closed);
    }

    fn keeper_says(&mut self, now: Time, output: KeeperOutput) {
        match output {
            KeeperOutput::Http { exchange, request, fresh_connection, answer_by } => {
                self.exchange(now, Owner::Keeper(exchange), request, fresh_connection, answer_by);
            }
            KeeperOutput::Store { op, what } => {
                let id = StoreId(self.next_id());
                self.stores.insert(id, op);
                self.out.push_back(Output::Store(id, what));
            }
            KeeperOutput::Changed(account) => {
                self.wake(now, &account);
                if self.keeper.is_loaded() {
                    self.go_on_starting(now);
                    self.wake_unresolved(now);
                }
            }
            KeeperOutput::Added { tag, result } => {
                self.adding.remove(&CallId(tag));
                self.reply(CallId(tag), What::Login(result));
            }
            KeeperOutput::Notice(notice) => {
                match &notice {
                    TokenNotice::Refreshed(account) => {
                        self.counts.refreshes += 1;
                        self.token_changed(account);
                    }
                    TokenNotice::Validated(account) => self.token_changed(account),
                    // A store that cannot be read is better told at the start than waited for.
                    TokenNotice::StoreFailed(why) if !self.keeper.is_loaded() => {
                        self.fail_starting(&TokenError::Store(why.clone()));
                    }
                    _ => {}
                }
                self.notice(Notice::Token(notice));
            }
        }
    }

    fn token_changed(&mut self, account: &Account) {
        if let Account::User(user) = account {
            self.plan.token_changed(user);
        }
    }

    fn wake_unresolved(&mut self, now: Time) {
        self.wake_loading(now);
        for (id, wish) in std::mem::take(&mut self.unresolved) {
            self.resolve(id, wish);
        }
    }

    /// Finds the user whose token a wish takes; before the store is read, nobody can say.
    fn resolve(&mut self, id: WishId, wish: Unresolved) -> WishId {
        let user = match wish.owner.clone() {
            Some(user) => Some(user),
            None if !self.keeper.is_loaded() => None,
            None => self.only_user(),
        };
        let Some(user) = user else {
            if self.keeper.is_loaded() && !self.unresolved.contains_key(&id) {
                let why =
                    CallError::NoToken { operation: "create-eventsub-subscription", why: TokenError::Whose };
                let why = crate::eventsub::Blocked::Forbidden(why);
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

    fn only_user(&self) -> Option<UserId> {
        let mut users = self.keeper.users();
        match (users.next(), users.next()) {
            (Some((user, _)), None) => Some(user.clone()),
            _ => None,
        }
    }

    fn plan_says(&mut self, now: Time, step: Step) {
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

    /// Runs a step of one shard's machine and carries out what it asks for.
    fn with_shard(&mut self, now: Time, number: u32, step: impl FnOnce(&mut Shard)) {
        let Some(shard) = self.shards.get_mut(&number) else { return };
        step(shard);
        while let Some(output) = self.shards.get_mut(&number).and_then(Shard::poll_output) {
            self.shard_says(now, number, output);
        }
        let deadline = self.shards.get(&number).and_then(Shard::poll_timeout);
        if deadline.is_none() {
            // Closed, and nothing of it lingers.
            self.shards.remove(&number);
        }
        self.timers.set(&Timer::Shard(number), deadline);
    }

    fn shard_says(&mut self, now: Time, shard: u32, output: ShardOutput) {
        match output {
            ShardOutput::Connect { id, url, answer_by } => {
                self.out.push_back(Output::Connect { id, url, answer_by });
            }
            ShardOutput::Close(id) => self.out.push_back(Output::Close(id)),
            ShardOutput::Opened { session, how } => {
                self.plan.opened(shard, session.clone(), how != Opened::Fresh);
                match how {
                    Opened::Fresh => self.notice(Notice::Session(SessionNotice::Opened { shard, session })),
                    Opened::Moved => {
                        self.counts.moves += 1;
                        self.notice(Notice::Session(SessionNotice::Moved { shard }));
                    }
                    Opened::MovedLate { last_seen } => {
                        self.counts.moves += 1;
                        self.notice(Notice::Session(SessionNotice::Moved { shard }));
                        self.plan.moved_late(shard, last_seen, self.wall_at(now));
                    }
                }
            }
            ShardOutput::NotOpened { why, retry_at } => {
                self.notice(Notice::Session(SessionNotice::NotOpened { shard, why, retry_at }));
            }
            ShardOutput::Moving => self.notice(Notice::Session(SessionNotice::Moving { shard })),
            ShardOutput::Missed { last_seen } => self.plan.moved_late(shard, last_seen, self.wall_at(now)),
            ShardOutput::Lost { why, last_seen } => {
                self.counts.losses += 1;
                self.plan.lost(shard, last_seen, &why.to_string());
                self.notice(Notice::Session(SessionNotice::Lost { shard, why }));
            }
            ShardOutput::Message(socket, frame) => self.message(now, socket, frame),
            ShardOutput::Unreadable { raw, why } => self.notice(Notice::Unreadable { raw, why }),
        }
    }

    fn message(&mut self, now: Time, socket: SocketId, frame: Frame) {
        if !self.dedup.is_new(now, &frame.id) {
            self.counts.duplicates += 1;
            return;
        }
        match frame.message {
            Message::Notification { subscription, event } => {
                let wish = self.plan.wish_of(&subscription, socket.shard);
                self.counts.events += 1;
                let notification =
                    Notification::new(frame.id, frame.timestamp, subscription, wish, socket, event);
                self.notice(Notice::Notification(notification));
            }
            Message::Revocation(subscription) => self.plan.revoked(&subscription, frame.timestamp),
            Message::Unknown { message_type, payload } => {
                self.notice(Notice::UnknownMessage { message_type, payload });
            }
            Message::Welcome(_) | Message::Keepalive | Message::Reconnect(_) => {}
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

#[cfg(test)]
#[path = "client/tests.rs"]
mod tests;
