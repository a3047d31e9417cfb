//! [`Keeper`]: holds the tokens of one client, proves them, renews them, and writes them down before it uses them.
//!
//! Each user's token goes through the phases of [`user::Phase`]; the application's own through those of [`app::App`].
//! The keeper asks for HTTP exchanges and store operations in [`KeeperOutput`] and is told how they ended; who needs a
//! token asks [`Keeper::usable`] and comes back after [`KeeperOutput::Changed`].
//!
//! A refresh is single-flight across tasks, clients and processes: a mark is swapped into the store, then the request
//! is sent, then the result is swapped in, and only then used. Who loses a swap adopts the winner's record.

mod app;
mod arrival;
mod revocation;
mod user;

use super::Scope;
use super::store::{StoreError, StoreOp, Stored};
use super::token::{Account, TokenError, TokenRecord};
use super::wire::Credentials;
use crate::backoff::{Backoff, Jitter};
use crate::client::Failure;
use crate::id::{Login, UserId};
use crate::time::Time;
use crate::timers::Timers;
use app::App;
use arrival::{Added, Arrival};
use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use revocation::Revocation;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;
use url::Url;
use user::{Phase, User};

/// The times a keeper works with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
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
    /// Tokens are revoked and forgotten, or not.
    Revoked {
        /// The number that [`Keeper::revoke`] was given.
        tag: u64,
        /// How it ended.
        result: Result<(), TokenError>,
    },
    /// Something the application may want to know.
    Notice(TokenNotice),
}

impl fmt::Debug for KeeperOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The body holds secrets.
            KeeperOutput::Http { exchange, request, .. } => {
                write!(f, "Http({exchange}, {} {})", request.method(), request.uri().path())
            }
            KeeperOutput::Store { op, what } => write!(f, "Store({op}, {what:?})"),
            KeeperOutput::Changed(account) => write!(f, "Changed({account:?})"),
            KeeperOutput::Added { tag, result } => write!(f, "Added({tag}, {result:?})"),
            KeeperOutput::Revoked { tag, result } => write!(f, "Revoked({tag}, {result:?})"),
            KeeperOutput::Notice(notice) => write!(f, "Notice({notice:?})"),
        }
    }
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
    /// The token that was given for an account is not one that can be used.
    NotTaken {
        /// For whom it was given.
        account: Account,
        /// What is wrong with it.
        why: TokenError,
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
    /// A user's tokens were added and are written down: by the application, a login or an authorisation.
    Added(Identity),
    /// A user's tokens were revoked at Twitch, as the application asked, and are forgotten.
    Revoked(UserId),
    /// A user's tokens are forgotten, because the application said so or another process removed them from the store.
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
    /// What was added and not told of yet.
    added: BTreeMap<u64, Added>,
    revocations: BTreeMap<UserId, Revocation>,
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
    Revocation(UserId),
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
    Revocation(UserId),
}

#[derive(Debug)]
enum StoreUse {
    Load,
    User(UserId),
    Forget(UserId),
}

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
            added: BTreeMap::new(),
            revocations: BTreeMap::new(),
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

    /// What last stood in the way of an account's token, if it is not there yet.
    pub fn trouble(&self, account: &Account) -> Option<&str> {
        match account {
            Account::App => self.app.trouble(),
            Account::User(id) => self.users.get(id).and_then(User::trouble),
        }
    }

    /// Takes an app token that the application obtained.
    pub fn give_app(&mut self, now: Time, token: SecretString) {
        self.app.give(&mut self.shared, now, token);
        self.note_app();
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

    /// Forgets a user's tokens, here and in the store. Twitch is not told: see [`Keeper::revoke`].
    pub fn remove(&mut self, user: &UserId) {
        if self.forget(user) {
            self.shared.notice(TokenNotice::Removed(user.clone()));
        }
    }

    /// Whether there was something to forget.
    fn forget(&mut self, id: &UserId) -> bool {
        self.timers.set(&Timer::User(id.clone()), None);
        let Some(user) = self.users.remove(id) else { return false };
        let what = StoreOp::Swap { user: id.clone(), expected: user.revision, record: None };
        let op = self.shared.store(what);
        self.ops.insert(op, StoreUse::Forget(id.clone()));
        if let Some(tag) = user.awaited_by() {
            let result = Err(TokenError::Unknown(id.clone()));
            self.shared.out.push_back(KeeperOutput::Added { tag, result });
        }
        self.shared.out.push_back(KeeperOutput::Changed(Account::User(id.clone())));
        true
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
                self.go_on_revoking(now, &id);
            }
            Some(Exchange::Revocation(id)) => self.revocation_answered(now, id, result),
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
                self.go_on_revoking(now, &id);
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
                Timer::User(id) => {
                    self.with_user(&id, |user, shared| user.timeout(shared, now, wall));
                    self.go_on_revoking(now, &id);
                }
                Timer::Arrival(tag) => self.send_arrival(now, tag),
                Timer::Revocation(id) => self.go_on_revoking(now, &id),
            }
        }
    }

    /// The machine was suspended for this long, while the clock that `now` comes from stood still: tokens end earlier by
    /// that clock.
    pub fn slept(&mut self, by: Duration) {
        for id in self.users.keys().cloned().collect::<Vec<_>>() {
            self.with_user(&id, |user, _| user.slept(by));
        }
        self.app.slept(by);
        self.note_app();
    }

    /// When [`Keeper::timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.next()
    }

    /// What the keeper has to say.
    pub fn poll_output(&mut self) -> Option<KeeperOutput> {
        let output = self.shared.out.pop_front()?;
        if let KeeperOutput::Added { tag, result } = &output {
            self.tell_also(*tag, result);
        }
        Some(output)
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
            self.shared.notice(TokenNotice::Added(identity.clone()));
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
                for id in self.revocations.keys().cloned().collect::<Vec<_>>() {
                    self.go_on_revoking(now, &id);
                }
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
}

#[cfg(test)]
mod tests;
