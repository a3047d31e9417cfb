//! [`Keeper`]: holds the tokens of one client, proves them, renews them, and writes them down before it uses them.
//!
//! Each user's token goes through the phases of [`user::Phase`]; the application's own through those of [`app::App`].
//! The keeper asks for HTTP exchanges and store operations in [`KeeperOutput`] and is told how they ended; who needs a
//! token asks [`Keeper::usable`] and comes back after [`KeeperOutput::Changed`].
//!
//! A refresh is single-flight across tasks, clients and processes: a mark is swapped into the store, then the request
//! is sent, then the result is swapped in, and only then used. Who loses a swap adopts the winner's record.

mod app;
mod user;

use super::Scope;
use super::store::{StoreError, StoreOp, Stored};
use super::token::{Account, Refresh, TokenError, TokenRecord};
use super::wire::{self, Credentials, Said, Tokens, Validation};
use crate::backoff::{Backoff, Jitter};
use crate::client::Failure;
use crate::id::{Login, UserId};
use crate::time::Time;
use crate::timers::Timers;
use app::App;
use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use secrecy::SecretString;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use url::Url;
use user::{Phase, User};

/// The times a keeper works with.
#[derive(Clone, Debug)]
pub struct KeeperTimes {
    /// For how long an answer of the OAuth service is awaited.
    pub answer: Duration,
    /// Between two validations of one token; Twitch demands an hour.
    pub validate: Duration,
    /// How long before its end a token is refreshed, or a quarter of its life if that is less.
    pub refresh_ahead: Duration,
    /// How long a store may fail before new tokens are used from memory.
    pub save_patience: Duration,
}

impl Default for KeeperTimes {
    fn default() -> Self {
        KeeperTimes {
            answer: Duration::from_secs(20),
            validate: Duration::from_secs(3600),
            refresh_ahead: Duration::from_secs(300),
            save_patience: Duration::from_secs(30),
        }
    }
}

/// What a keeper asks for, and what it tells.
#[derive(Debug)]
#[must_use]
#[expect(clippy::large_enum_variant, reason = "few at a time, and each is taken apart at once")]
pub enum KeeperOutput {
    /// Send a request; answer with [`Keeper::answered`].
    Http {
        /// Names the exchange.
        exchange: u64,
        /// The request.
        request: Request<Bytes>,
        /// Whether it must not go out on a used connection.
        fresh_connection: bool,
        /// When to give up.
        answer_by: Time,
    },
    /// Use the store; answer with [`Keeper::stored`].
    Store {
        /// Names the operation.
        op: u64,
        /// The operation.
        what: StoreOp,
    },
    /// This account's token may be usable now, or never: ask again.
    Changed(Account),
    /// Tokens that were added are proven and written down, or not.
    Added {
        /// The number that [`Keeper::add`] was given.
        tag: u64,
        /// Whose they are.
        result: Result<Identity, TokenError>,
    },
    /// Something the application may want to know.
    Notice(TokenNotice),
}

/// Whose a token is, and what it is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The user.
    pub user: UserId,
    /// Their login.
    pub login: Login,
    /// What they allowed.
    pub scopes: Vec<Scope>,
}

/// What happens to tokens.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TokenNotice {
    /// A token was validated for the first time in this process.
    Validated(Account),
    /// A token was renewed, and the new one written down.
    Refreshed(Account),
    /// A refresh failed for a passing reason and is tried again.
    RefreshDelayed {
        /// Whose.
        account: Account,
        /// Why.
        why: String,
    },
    /// The user has to authorise the application again; their calls fail until a new token is added.
    ReauthRequired {
        /// Who.
        user: UserId,
        /// Twitch's words.
        reason: String,
    },
    /// A single-use refresh token was sent and its fate is unknown, or Twitch refused in words this version does not
    /// know: it is not sent again by itself. The access token is used as long as it is good. Ways out: a new token, or
    /// another process that shares the store.
    Parked {
        /// Whose.
        user: UserId,
        /// What happened.
        why: String,
    },
    /// Twitch does not accept the client id or secret. No token is lost; nothing is tried until the client is made
    /// anew with the right ones.
    Misconfigured(String),
    /// The store failed; it is tried again.
    StoreFailed(String),
    /// Another process removed the user's record from the store.
    Removed(UserId),
}

/// Whether a token can be used.
#[derive(Debug)]
pub enum Usable {
    /// Yes.
    Yes {
        /// The access token.
        token: SecretString,
        /// Counts the account's access tokens, so that a late 401 does not condemn the next one.
        generation: u64,
    },
    /// Not yet; [`KeeperOutput::Changed`] will tell.
    Wait,
    /// No.
    No(TokenError),
}

impl Identity {
    pub(crate) fn of(record: &TokenRecord) -> Self {
        Identity { user: record.user.clone(), login: record.login.clone(), scopes: record.scopes.clone() }
    }
}

/// The tokens of one client.
#[derive(Debug)]
pub struct Keeper {
    shared: Shared,
    users: BTreeMap<UserId, User>,
    app: App,
    arrivals: BTreeMap<u64, Arrival>,
    loading: Loading,
    exchanges: BTreeMap<u64, Exchange>,
    ops: BTreeMap<u64, StoreUse>,
    timers: Timers<Timer>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Load,
    App,
    User(UserId),
    Arrival(u64),
}

/// What every part of the keeper needs.
#[derive(Debug)]
struct Shared {
    oauth: Url,
    credentials: Credentials,
    /// Names this client in marks; unique per process and client.
    name: String,
    times: KeeperTimes,
    jitter: Jitter,
    last: u64,
    out: VecDeque<KeeperOutput>,
}

impl Shared {
    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn store(&mut self, what: StoreOp) -> u64 {
        let op = self.number();
        self.out.push_back(KeeperOutput::Store { op, what });
        op
    }

    fn http(&mut self, now: Time, request: Request<Bytes>, fresh_connection: bool) -> u64 {
        let exchange = self.number();
        let answer_by = now + self.times.answer;
        self.out.push_back(KeeperOutput::Http { exchange, request, fresh_connection, answer_by });
        exchange
    }

    fn notice(&mut self, notice: TokenNotice) {
        self.out.push_back(KeeperOutput::Notice(notice));
    }

    fn backoff(&mut self) -> Backoff {
        Backoff::new(Duration::from_secs(1), Duration::from_secs(120), self.jitter.fork())
    }

    /// The hour until the next validation, a little less for some, so that a thousand tokens do not come at once.
    fn validate_at(&mut self, now: Time) -> Time {
        let hour = self.times.validate;
        now + self.jitter.between(hour.mul_f64(0.9), hour)
    }

    /// When to refresh a token that lives this long.
    fn refresh_at(&self, now: Time, lifetime: Option<Duration>) -> Option<Time> {
        lifetime.map(|lifetime| now + lifetime.saturating_sub(self.times.refresh_ahead.min(lifetime / 4)))
    }

    /// After this long without a result, the holder of a mark is taken to have sent its request and died.
    fn mark_lasts(&self) -> Duration {
        self.times.answer + self.times.save_patience
    }
}

/// Whether the store has been read.
#[derive(Debug)]
enum Loading {
    NotAsked,
    Asked { op: u64, backoff: Backoff },
    Again(Backoff),
    Done,
}

#[derive(Debug)]
enum Exchange {
    App,
    User(UserId),
    Arrival(u64),
}

#[derive(Debug)]
enum StoreUse {
    Load,
    User(UserId),
    Forget(UserId),
}

/// Tokens that were added and are not proven yet.
#[derive(Debug)]
struct Arrival {
    access: SecretString,
    refresh: Option<Refresh>,
    /// The access token was over, and the refresh token has been sent; once is enough.
    refreshing: bool,
    refreshed: bool,
    backoff: Backoff,
}

/// How often an added token's validation is tried before it is given up.
const ARRIVAL_TRIES: u32 = 4;

impl Keeper {
    /// A keeper without tokens. `name` must be unique per process and client.
    pub fn new(
        oauth: Url,
        credentials: Credentials,
        name: String,
        times: KeeperTimes,
        jitter: Jitter,
        app_token: Option<SecretString>,
    ) -> Self {
        let mut shared = Shared { oauth, credentials, name, times, jitter, last: 0, out: VecDeque::new() };
        let app = App::new(&mut shared, app_token);
        Keeper {
            shared,
            users: BTreeMap::new(),
            app,
            arrivals: BTreeMap::new(),
            loading: Loading::NotAsked,
            exchanges: BTreeMap::new(),
            ops: BTreeMap::new(),
            timers: Timers::new(),
        }
    }

    /// Reads the store. Until it is read, every user's token is one to wait for.
    pub fn load(&mut self, _now: Time) {
        if matches!(self.loading, Loading::NotAsked) {
            self.ask_for_all();
        }
    }

    fn ask_for_all(&mut self) {
        let op = self.shared.store(StoreOp::Load);
        self.ops.insert(op, StoreUse::Load);
        let backoff = match std::mem::replace(&mut self.loading, Loading::NotAsked) {
            Loading::Again(backoff) => backoff,
            _ => self.shared.backoff(),
        };
        self.loading = Loading::Asked { op, backoff };
    }

    /// Whether the store has been read.
    pub fn is_loaded(&self) -> bool {
        matches!(self.loading, Loading::Done)
    }

    /// The users whose tokens are held.
    pub fn users(&self) -> impl Iterator<Item = (&UserId, &TokenRecord)> {
        self.users.iter().map(|(id, user)| (id, &user.record))
    }

    /// A user's token, if held.
    pub fn record(&self, user: &UserId) -> Option<&TokenRecord> {
        self.users.get(user).map(|user| &user.record)
    }

    /// Whether an account's token can be used now.
    pub fn usable(&mut self, now: Time, account: &Account) -> Usable {
        match account {
            Account::App => {
                let usable = self.app.usable(&mut self.shared, now);
                self.note_app();
                usable
            }
            Account::User(id) => match self.users.get(id) {
                Some(user) => user.usable(id, now),
                None if !self.is_loaded() => Usable::Wait,
                None => Usable::No(TokenError::Unknown(id.clone())),
            },
        }
    }

    /// Twitch answered 401 to an access token of this generation.
    pub fn reject(&mut self, now: Time, wall: Timestamp, account: &Account, generation: u64) {
        match account {
            Account::App => {
                self.app.reject(&mut self.shared, now, generation);
                self.note_app();
            }
            Account::User(id) => {
                if let Some(user) = self.users.get_mut(id)
                    && user.generation == generation
                    && user.access_ok
                {
                    user.access_ok = false;
                    self.with_user(id, |user, shared| user.renew(shared, now, wall));
                }
            }
        }
    }

    /// Takes tokens that the application obtained; they are validated and written down before
    /// [`KeeperOutput::Added`] tells.
    pub fn add(&mut self, now: Time, tag: u64, access: SecretString, refresh: Option<Refresh>) {
        let backoff = self.shared.backoff();
        let arrival = Arrival { access, refresh, refreshing: false, refreshed: false, backoff };
        self.arrivals.insert(tag, arrival);
        self.prove_arrival(now, tag);
    }

    /// Forgets a user's tokens, here and in the store.
    pub fn remove(&mut self, user: &UserId) {
        self.timers.set(&Timer::User(user.clone()), None);
        if let Some(User { revision: Some(revision), .. }) = self.users.remove(user) {
            let what = StoreOp::Swap { user: user.clone(), expected: Some(revision), record: None };
            let op = self.shared.store(what);
            self.ops.insert(op, StoreUse::Forget(user.clone()));
        }
        self.shared.out.push_back(KeeperOutput::Changed(Account::User(user.clone())));
    }

    /// Sends a parked refresh token again, because the application says so.
    pub fn retry(&mut self, now: Time, wall: Timestamp, user: &UserId) {
        self.with_user(user, |user, shared| user.retry(shared, now, wall));
    }

    /// An exchange is over.
    pub fn answered(
        &mut self,
        now: Time,
        wall: Timestamp,
        exchange: u64,
        result: Result<Response<Bytes>, Failure>,
    ) {
        match self.exchanges.remove(&exchange) {
            Some(Exchange::App) => {
                self.app.answered(&mut self.shared, now, exchange, result);
                self.note_app();
            }
            Some(Exchange::User(id)) => {
                self.with_user(&id, |user, shared| user.answered(shared, now, wall, exchange, result));
            }
            Some(Exchange::Arrival(tag)) => self.arrival_answered(now, wall, tag, result),
            None => {}
        }
    }

    /// A store operation is over.
    pub fn stored(&mut self, now: Time, wall: Timestamp, op: u64, result: Result<Stored, StoreError>) {
        match self.ops.remove(&op) {
            Some(StoreUse::Load) => self.loaded(now, wall, op, result),
            Some(StoreUse::User(id)) => {
                self.with_user(&id, |user, shared| user.stored(shared, now, wall, op, result));
            }
            Some(StoreUse::Forget(id)) => {
                // The record changed meanwhile: what is to be forgotten is its latest state.
                if let Err(StoreError::Conflict(Some(winner))) = result
                    && !self.users.contains_key(&id)
                {
                    let what = StoreOp::Swap { user: id.clone(), expected: Some(winner.1), record: None };
                    let op = self.shared.store(what);
                    self.ops.insert(op, StoreUse::Forget(id));
                }
            }
            None => {}
        }
    }

    /// Does what is due.
    pub fn timeout(&mut self, now: Time, wall: Timestamp) {
        while let Some(timer) = self.timers.due(now) {
            match timer {
                Timer::Load => self.ask_for_all(),
                Timer::App => {
                    self.app.timeout(&mut self.shared, now);
                    self.note_app();
                }
                Timer::User(id) => self.with_user(&id, |user, shared| user.timeout(shared, now, wall)),
                Timer::Arrival(tag) => self.prove_arrival(now, tag),
            }
        }
    }

    /// When [`Keeper::timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.next()
    }

    /// What the keeper has to say.
    pub fn poll_output(&mut self) -> Option<KeeperOutput> {
        self.shared.out.pop_front()
    }

    /// Runs a step of one user's machine, then notes what it is waiting for.
    fn with_user(&mut self, id: &UserId, step: impl FnOnce(&mut User, &mut Shared)) {
        let Some(user) = self.users.get_mut(id) else { return };
        step(user, &mut self.shared);
        if let Some(exchange) = user.exchange() {
            self.exchanges.insert(exchange, Exchange::User(id.clone()));
        }
        if let Some(op) = user.op() {
            self.ops.insert(op, StoreUse::User(id.clone()));
        }
        if let Some(tag) = user.take_arrived() {
            let identity = Identity::of(&user.record);
            self.shared.out.push_back(KeeperOutput::Added { tag, result: Ok(identity) });
        }
        self.timers.set(&Timer::User(id.clone()), user.deadline());
        if matches!(user.phase, Phase::Removed) {
            self.users.remove(id);
            self.shared.notice(TokenNotice::Removed(id.clone()));
        }
        self.shared.out.push_back(KeeperOutput::Changed(Account::User(id.clone())));
    }

    fn note_app(&mut self) {
        if let Some(exchange) = self.app.exchange() {
            self.exchanges.insert(exchange, Exchange::App);
        }
        self.timers.set(&Timer::App, self.app.deadline());
    }

    fn loaded(&mut self, now: Time, wall: Timestamp, op: u64, result: Result<Stored, StoreError>) {
        if !matches!(self.loading, Loading::Asked { op: asked, .. } if asked == op) {
            return;
        }
        match result {
            Ok(Stored::Loaded(records)) => {
                self.loading = Loading::Done;
                for (record, revision) in records {
                    let id = record.user.clone();
                    if self.users.contains_key(&id) {
                        continue;
                    }
                    self.users.insert(id.clone(), User::new(&mut self.shared, record, Some(revision)));
                    self.with_user(&id, |user, shared| user.begin(shared, now, wall));
                }
                self.shared.out.push_back(KeeperOutput::Changed(Account::App));
            }
            Ok(Stored::Swapped(_)) | Err(_) => {
                if let Err(error) = result {
                    self.shared.notice(TokenNotice::StoreFailed(error.to_string()));
                }
                let mut backoff = match std::mem::replace(&mut self.loading, Loading::NotAsked) {
                    Loading::Asked { backoff, .. } => backoff,
                    _ => self.shared.backoff(),
                };
                self.timers.set(&Timer::Load, Some(backoff.next(now)));
                self.loading = Loading::Again(backoff);
            }
        }
    }

    /// Sends what an arrival needs next: its validation, or the refresh of one whose access token is over.
    fn prove_arrival(&mut self, now: Time, tag: u64) {
        let Some(arrival) = self.arrivals.get(&tag) else { return };
        let request = match &arrival.refresh {
            Some(refresh) if arrival.refreshing => {
                wire::refresh(&self.shared.oauth, &self.shared.credentials, &refresh.token)
            }
            _ => wire::validate(&self.shared.oauth, &arrival.access),
        };
        let exchange = self.shared.http(now, request, arrival.refreshing);
        self.exchanges.insert(exchange, Exchange::Arrival(tag));
    }

    fn arrival_answered(
        &mut self,
        now: Time,
        wall: Timestamp,
        tag: u64,
        result: Result<Response<Bytes>, Failure>,
    ) {
        let Some(mut arrival) = self.arrivals.remove(&tag) else { return };
        let failed = |error| KeeperOutput::Added { tag, result: Err(error) };
        if arrival.refreshing {
            return self.arrival_refreshed(now, tag, arrival, result);
        }
        match result.as_ref().map(wire::read::<Validation>) {
            Ok(Said::Yes(validation)) => match validation {
                Validation { user_id: Some(user), login: Some(login), scopes, expires_in, .. } => {
                    let record = TokenRecord {
                        user: user.clone(),
                        login,
                        access: arrival.access,
                        refresh: arrival.refresh,
                        scopes,
                        expires_at: None,
                        refreshing: None,
                    };
                    let lifetime = wire::lifetime(expires_in);
                    self.install_arrival(now, wall, tag, record, lifetime);
                }
                _ => self.shared.out.push_back(failed(TokenError::NotAUser)),
            },
            Ok(Said::No(_)) if arrival.refresh.is_some() && !arrival.refreshed => {
                arrival.refreshing = true;
                self.arrivals.insert(tag, arrival);
                self.prove_arrival(now, tag);
            }
            Ok(Said::No(denial)) => {
                self.shared.out.push_back(failed(TokenError::Denied(denial.to_string())));
            }
            Ok(Said::Unclear(_)) | Err(_) if arrival.backoff.tries() < ARRIVAL_TRIES => {
                self.timers.set(&Timer::Arrival(tag), Some(arrival.backoff.next(now)));
                self.arrivals.insert(tag, arrival);
            }
            Ok(Said::Unclear(denial)) => {
                self.shared.out.push_back(failed(TokenError::Unreachable(denial.to_string())));
            }
            Err(failure) => {
                self.shared.out.push_back(failed(TokenError::Unreachable(failure.cause.to_string())));
            }
        }
    }

    /// The access token that was added is over; this is what its refresh token gave.
    fn arrival_refreshed(
        &mut self,
        now: Time,
        tag: u64,
        mut arrival: Arrival,
        result: Result<Response<Bytes>, Failure>,
    ) {
        let single_use = arrival.refresh.as_ref().is_some_and(|refresh| !refresh.reusable);
        let error = match result.as_ref().map(wire::read::<Tokens>) {
            Ok(Said::Yes(tokens)) => {
                arrival.access = tokens.access_token;
                if let (Some(refresh), Some(token)) = (&mut arrival.refresh, tokens.refresh_token) {
                    refresh.token = token;
                }
                arrival.refreshing = false;
                arrival.refreshed = true;
                self.arrivals.insert(tag, arrival);
                return self.prove_arrival(now, tag);
            }
            Ok(Said::No(denial)) if denial.is_about_the_client() => {
                TokenError::Misconfigured(denial.to_string())
            }
            Ok(Said::No(denial)) => TokenError::Denied(denial.to_string()),
            Ok(Said::Unclear(_)) | Err(_) if !single_use && arrival.backoff.tries() < ARRIVAL_TRIES => {
                self.timers.set(&Timer::Arrival(tag), Some(arrival.backoff.next(now)));
                self.arrivals.insert(tag, arrival);
                return;
            }
            Ok(Said::Unclear(denial)) => TokenError::Unreachable(denial.to_string()),
            Err(failure) => TokenError::Unreachable(failure.cause.to_string()),
        };
        self.shared.out.push_back(KeeperOutput::Added { tag, result: Err(error) });
    }

    /// Puts proven tokens in the place of whatever was held for the user, and writes them down.
    fn install_arrival(
        &mut self,
        now: Time,
        wall: Timestamp,
        tag: u64,
        record: TokenRecord,
        lifetime: Option<Duration>,
    ) {
        let id = record.user.clone();
        if !self.users.contains_key(&id) {
            let user = User::new(&mut self.shared, record.clone(), None);
            self.users.insert(id.clone(), user);
        }
        self.with_user(&id, |user, shared| user.arrive(shared, now, wall, tag, record, lifetime));
    }
}

#[cfg(test)]
mod tests;
