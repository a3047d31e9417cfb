//! [`Client`]: the whole protocol behind one input and one output.
//!
//! The client owns the parts ([`Keeper`], [`Limiter`], [`Plan`], one [`Shard`] per session, [`Dedup`]) and runs what
//! crosses them: a welcome leads to subscriptions, a 401 to a refresh and one repeat, a refresh to blocked wishes tried
//! again. This file is the boundary, the deadlines and the end; `calls.rs` is the life of a call, `tokens.rs`, `wishes.rs`
//! and `shards.rs` are what goes to and comes from the keeper, the plan and the shards.

mod bulk;
mod call;
mod calls;
mod conduit;
mod config;
mod desk;
mod io;
mod notice;
mod shards;
mod start;
mod tokens;
mod visit;
mod wishes;

pub use bulk::{Many, Progress, Subscribed, Want};
pub use call::{As, Call, Login, Reply, Revocation};
pub use config::{Config, WhenLimited};
pub use desk::{Desk, EventError, Filter, Heard, ListenerId, Next, WaitError, WishError};
pub use io::*;
pub use notice::{Custom, HandlerError, Notice, SessionNotice};
pub use start::{Entry, Start, StartError};
pub use visit::Visit;

pub use crate::auth::TokenError;
pub use crate::helix::CallError;

use crate::auth::flow::{Flow, States};
use crate::auth::wire::Credentials;
use crate::auth::{Account, Keeper};
use crate::backoff::Jitter;
use crate::eventsub::frame::Reader;
use crate::eventsub::{
    Again, Conduit, Dedup, Drift, Plan, PlanConfig, Received, ShardConfig, Source, Webhook, WebhookSecret,
};
use crate::helix::{Bucket, Budget, Endpoint, Invalid, Limiter, Prepared};
use crate::id::UserId;
use crate::queue::take_first;
use crate::record::{Asked, Broken, Tape, Told, Visited};
use crate::time::Time;
use crate::timers::Timers;
use bulk::Bulks;
use bytes::Bytes;
pub(crate) use call::What;
use calls::Purpose;
use compact_str::CompactString;
use http::{Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use shards::Redemption;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;
use wishes::Unresolved;

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
    /// Events with something in them that this version does not know. Counted if [`Config::watch_drift`] is set.
    pub drifts: u64,
    /// Requests to the webhook's callback that were not Twitch's.
    pub webhooks_refused: u64,
    /// Messages to the webhook's callback that were dropped because they were too old. If this rises, look at the
    /// machine's clock.
    pub webhooks_outdated: u64,
}

/// The Twitch client as a pure state machine. See the [crate's page](crate) for how to drive it.
#[derive(Debug)]
pub struct Client {
    config: Config,
    wall: Option<(Time, Timestamp)>,
    keeper: Keeper,
    limiter: Limiter,
    plan: Plan,
    conduit: Option<Conduit>,
    conduit_links: Arc<ShardConfig>,
    /// The most connections that a link of the conduit's had tried when it was closed.
    conduit_attempts: u32,
    /// Wishes for a conduit in a client that is set up without one.
    without_conduit: Vec<WishId>,
    shard_config: Arc<ShardConfig>,
    /// Boxed: the map has room for almost twice as many as there are.
    shards: BTreeMap<u32, Box<shards::Held>>,
    reader: Reader,
    dedup: Dedup,
    /// Redemptions passed on, by type, version and id.
    redemptions: Dedup<Redemption>,
    webhook: Webhook,
    /// What was told of it, so that it is told once.
    drift: BTreeSet<(CompactString, CompactString, Drift)>,
    calls: calls::Calls,
    logins: BTreeMap<CallId, Flow>,
    /// None without a key for them.
    states: Option<States>,
    starting: BTreeMap<CallId, start::Starting>,
    /// Tokens that somebody waits for to be proven and written down.
    adding: BTreeSet<CallId>,
    /// Accounts whose tokens somebody was asked for.
    wanted: BTreeSet<Account>,
    /// Tokens that were given in answer, while they are proven.
    given: BTreeMap<u64, Account>,
    /// Tokens that somebody waits for to be revoked.
    revoking: BTreeSet<CallId>,
    exchanges: BTreeMap<HttpId, Owner>,
    stores: BTreeMap<StoreId, u64>,
    /// Whether the store has been read, and this was told.
    loaded: bool,
    /// Wishes whose user is not known: before the store is read, or with more users than one, or none.
    unresolved: Unresolved,
    /// Shards that are opened when their user's token is ready.
    for_opening: BTreeMap<UserId, BTreeSet<u32>>,
    /// Wishes that were asked for together.
    bulks: Bulks,
    timers: Timers<Timer>,
    last_id: u64,
    jitter: Jitter,
    counts: Counts,
    life: Life,
    out: VecDeque<Output>,
    /// None if nothing is recorded.
    pub(crate) tape: Option<Box<Tape>>,
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
        shard_config.slack = config.keepalive_slack;
        // Its token has to be usable first.
        shard_config.again = Again::WhenTold;
        // The conduit's own wish has the first number.
        let mut last_id = 0;
        let conduit = config.conduit.clone().map(|conduit| {
            last_id += 1;
            let watch = WishId(last_id);
            Conduit::new(conduit, &config.client_id, watch, config.listened_until, jitter.fork())
        });
        Client {
            keeper,
            limiter: Limiter::new(),
            plan: Plan::new(
                jitter.fork(),
                PlanConfig {
                    listened_until: config.listened_until,
                    compare_every: config.compare_every.max(Duration::from_secs(60)),
                    leftovers: config.leftovers,
                },
            ),
            conduit,
            conduit_links: conduit::link_config(&shard_config),
            conduit_attempts: 0,
            without_conduit: Vec::new(),
            shard_config: Arc::new(shard_config),
            shards: BTreeMap::new(),
            reader: Reader::default(),
            dedup: Dedup::new(config.remember_messages, config.remember_at_most),
            redemptions: Dedup::new(config.remember_messages, config.remember_at_most),
            webhook: Webhook::new(config.webhook_secrets.clone(), config.remember_at_most),
            drift: BTreeSet::new(),
            calls: calls::Calls::new(config.concurrent_requests),
            logins: BTreeMap::new(),
            states: config.state_key.clone().map(States::new),
            starting: BTreeMap::new(),
            adding: BTreeSet::new(),
            wanted: BTreeSet::new(),
            given: BTreeMap::new(),
            revoking: BTreeSet::new(),
            exchanges: BTreeMap::new(),
            stores: BTreeMap::new(),
            loaded: false,
            unresolved: Unresolved::default(),
            for_opening: BTreeMap::new(),
            bulks: Bulks::default(),
            timers: Timers::new(),
            last_id,
            jitter,
            counts: Counts::default(),
            life: Life::Running,
            out: VecDeque::new(),
            tape: Tape::new(&config),
            wall: None,
            config,
        }
    }

    /// Tells the client what happened. Total: input that nobody awaits is ignored.
    pub fn handle(&mut self, now: Time, input: Input) {
        if self.life == Life::Closed {
            return;
        }
        self.record(now, || Told::from(&input));
        match input {
            Input::Wall(at) => self.wall_clock(now, at),
            Input::Response(id, response) => self.answered(now, id, Ok(response)),
            Input::Failed(id, failure) => self.answered(now, id, Err(failure)),
            Input::Frame(socket, frame) => {
                let read = self.reader.read(&frame);
                self.with_shard(now, socket.shard, |shard| shard.frame(now, socket, &frame, read));
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
        let output = take_first(&mut self.out)?;
        if let Some(tape) = &mut self.tape {
            tape.said(&output);
        }
        Some(output)
    }

    /// The next line of the [recording](crate::record), if [`Config::record`] asks for one. Take them whenever something
    /// has happened: they are kept until then.
    pub fn poll_line(&mut self) -> Option<String> {
        self.tape.as_mut()?.take()
    }

    /// When the client wants [`Input::Timeout`]: the nearest deadline, if there is one.
    pub fn poll_timeout(&self) -> Option<Time> {
        if self.life == Life::Closed {
            return None;
        }
        let keeper = self.wall.and_then(|_| self.keeper.poll_timeout());
        let conduit = self.conduit.as_ref().and_then(Conduit::poll_timeout);
        [self.timers.next(), keeper, self.plan.poll_timeout(), conduit].into_iter().flatten().min()
    }

    /// Calls Helix. The end comes as [`Output::Reply`] with the call's id.
    pub fn call<E: Endpoint>(&mut self, now: Time, request: &E, who: As) -> Call<E> {
        let id = match Prepared::new(request) {
            Ok(prepared) => self.send(now, prepared, who),
            Err(invalid) => self.send_invalid(now, invalid),
        };
        Call { id, endpoint: PhantomData }
    }

    pub(crate) fn send_invalid(&mut self, now: Time, invalid: Invalid) -> CallId {
        self.record(now, || Told::SendInvalid(Broken::of(&invalid)));
        self.refuse(CallError::Invalid(invalid))
    }

    /// Sends a request that was prepared before, such as a pager's next.
    pub fn send(&mut self, now: Time, prepared: Prepared, who: As) -> CallId {
        self.record(now, || Told::Send(Box::new(Asked::of(&prepared, &who))));
        if self.life != Life::Running {
            return self.refuse(CallError::Cancelled);
        }
        let id = self.start_call(now, prepared, who, Purpose::Application);
        self.settle(now);
        id
    }

    /// Does not want a call's reply any more. What was sent already may still happen.
    pub fn cancel(&mut self, now: Time, call: CallId) {
        self.record(now, || Told::Cancel(call.0));
        self.end_start(call);
        // A code that was sent is spent: its tokens are taken all the same.
        if matches!(self.logins.get(&call), Some(Flow::Device(_))) {
            self.logins.remove(&call);
            self.timers.set(&Timer::Login(call), None);
        }
        self.forget_bulk(call);
        self.drop_call(now, call);
        self.settle(now);
    }

    /// Answers a request to the webhook's callback. Events arrive as [`Notice::Notification`], like all others.
    ///
    /// Answer Twitch with what this returns; while the client cannot tell the time or is closed it says 503, and Twitch
    /// tries again. The secrets are [`Config::webhook_secrets`].
    pub fn webhook(&mut self, now: Time, request: &Request<Bytes>) -> Response<Bytes> {
        self.record_visit(now, request, Told::Webhook);
        self.receive_webhook(now, request)
    }

    fn receive_webhook(&mut self, now: Time, request: &Request<Bytes>) -> Response<Bytes> {
        let wall = self.wall_at(now).filter(|_| self.life == Life::Running);
        let Some(wall) = wall else {
            let mut later = Response::new(Bytes::new());
            *later.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return later;
        };
        let (response, received) = self.webhook.receive(now, wall, request);
        match received {
            Received::Challenge(subscription) => self.notice(Notice::Verified(subscription)),
            Received::Message(message) => self.pass_on(now, Source::Webhook, message),
            Received::Unreadable { raw, why } => self.notice(Notice::Unreadable { raw, why }),
            Received::Repeated(_) => self.counts.duplicates += 1,
            Received::Outdated { .. } => self.counts.webhooks_outdated += 1,
            Received::Refused(_) => self.counts.webhooks_refused += 1,
        }
        response
    }

    /// What is left of an account's rate limit, as far as known.
    pub fn quota(&self, account: &Account) -> Option<Budget> {
        self.limiter.budget(account)
    }

    /// What the client has seen and done.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Ends: subscriptions of WebSockets are deleted ([`Config::delete_at_close`]), sockets closed, calls cancelled. A
    /// conduit keeps its subscriptions. [`Notice::Closed`] is the last output; a second time does nothing.
    pub fn close(&mut self, now: Time) {
        self.record(now, || Told::Close);
        if self.life != Life::Running {
            return;
        }
        self.life = Life::Closing;
        self.unresolved = Unresolved::default();
        self.conduit = None;
        self.cancel_application_calls(now);
        self.cancel_bulks();
        self.fail_starting(&TokenError::Closed);
        for id in std::mem::take(&mut self.logins).into_keys() {
            self.timers.set(&Timer::Login(id), None);
            self.reply(id, What::Login(Err(TokenError::Closed)));
        }
        self.plan.unwish_all(self.config.delete_at_close);
        self.timers.set(&Timer::Closing, Some(now + CLOSING));
        self.settle(now);
    }

    /// Writes down what the client is told.
    fn record(&mut self, now: Time, what: impl FnOnce() -> Told) {
        if let Some(tape) = &mut self.tape {
            tape.told(now, what());
        }
    }

    fn record_visit(&mut self, now: Time, request: &Request<Bytes>, what: fn(Visited) -> Told) {
        if let Some(tape) = &mut self.tape {
            tape.told(now, what(Visited::of(request, &self.config.webhook_secrets)));
        }
    }

    pub(crate) fn webhook_secrets(&self) -> &[WebhookSecret] {
        &self.config.webhook_secrets
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
        let since = SignedDuration::try_from(now.since(at)).unwrap_or(SignedDuration::MAX);
        Some(stamp.checked_add(since).unwrap_or(Timestamp::MAX))
    }

    fn wall_clock(&mut self, now: Time, at: Timestamp) {
        let expected = self.wall_at(now);
        self.wall = Some((now, at));
        let Some(expected) = expected else {
            self.keeper.load(now);
            if let Some(conduit) = &mut self.conduit {
                conduit.start(now);
            }
            return;
        };
        let slept = Duration::try_from(at.duration_since(expected)).unwrap_or_default();
        if slept > SLEPT {
            // The monotonic clock stood still; neither tokens nor links know.
            self.keeper.slept(slept);
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
                Timer::Shard(shard) => self.shard_due(now, shard),
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
        self.plan.timeout(now);
        if let Some(conduit) = &mut self.conduit {
            conduit.timeout(now);
        }
        if let Some(wall) = self.wall_at(now) {
            self.keeper.timeout(now, wall);
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
            } else if let Some(wish) = self.without_conduit.pop() {
                self.fares(wish, conduit::none());
            } else if let Some(output) = self.conduit.as_mut().and_then(Conduit::poll_output) {
                self.conduit_says(now, output);
            } else {
                if self.poll_timeout().is_none_or(|at| at > now) {
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
        for id in std::mem::take(&mut self.revoking) {
            self.reply(id, What::Revoked(Err(TokenError::Closed)));
        }
        for id in std::mem::take(&mut self.adding) {
            self.reply(id, What::Login(Err(TokenError::Closed)));
        }
        self.shards.clear();
        self.exchanges.clear();
        self.timers = Timers::new();
        self.notice(Notice::Closed);
    }
}

#[cfg(test)]
#[path = "client/tests.rs"]
mod tests;
