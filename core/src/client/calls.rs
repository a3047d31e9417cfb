//! The life of a call: it waits for a token, for its turn at the rate limit and for a free place, is sent, and ends in
//! one reply.
//!
//! A 401 about the token leads to a refresh and one repeat; a 429 about the rate to another wait. GETs, and the
//! client's own deletions, are sent again after a 5xx or a lost connection, others only if nothing was sent.

use super::call::What;
use super::wishes::{Find, List};
use super::{As, CallError, CallId, Client, Failure, HttpId, Owner, Sent, Timer, WhenLimited, WishId};
use crate::auth::provider::WantedFor;
use crate::auth::{Account, TokenError, Usable};
use crate::backoff::Backoff;
use crate::eventsub::Subject;
use crate::helix::{Accepts, Answer, Bucket, Prepared, Refusal, TooMany, Turn};
use crate::id::{SessionId, SubscriptionId, UserId};
use crate::time::Time;
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use jiff::Timestamp;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// All calls under way, and what they wait for.
#[derive(Debug)]
pub(super) struct Calls {
    pending: BTreeMap<CallId, Pending>,
    for_store: BTreeSet<CallId>,
    for_token: BTreeMap<Account, BTreeSet<CallId>>,
    for_turn: BTreeMap<Bucket, BTreeSet<CallId>>,
    /// Subscriptions first: they have ten seconds.
    for_place: BTreeSet<(Rank, CallId)>,
    places: usize,
}

impl Calls {
    pub(super) fn new(places: usize) -> Self {
        Calls {
            pending: BTreeMap::new(),
            for_store: BTreeSet::new(),
            for_token: BTreeMap::new(),
            for_turn: BTreeMap::new(),
            for_place: BTreeSet::new(),
            places: places.max(1),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Subscription,
    Other,
    Bulk,
}

#[derive(Debug)]
pub(super) struct Pending {
    prepared: Prepared,
    who: As,
    purpose: Purpose,
    deadline: Time,
    state: State,
    /// A 401 has been answered with a newer token once.
    repeated: bool,
    /// Somebody has been asked for its token once.
    asked: bool,
    backoff: Backoff,
}

#[derive(Debug)]
enum State {
    Waiting(WaitingFor),
    Sent { http: HttpId, account: Option<Account>, generation: u64 },
}

#[derive(Clone, Debug)]
enum WaitingFor {
    Store,
    Token(Account),
    Turn(Bucket),
    Place,
    Again,
}

/// Who wants to know how a call ends.
pub(super) enum Purpose {
    /// The application.
    Application,
    /// A wish that is to be held.
    Post { wish: WishId, user: UserId, cost: u64, shard: u32, session: SessionId },
    /// A wish that is held already.
    Find(Box<Find>),
    /// The plan, which wants to be rid of a subscription.
    Delete { user: UserId, subject: Subject, id: SubscriptionId },
    /// The plan, which wants to know what Twitch holds.
    List(Box<List>),
    /// The conduit.
    Conduit { id: u64, urgent: bool },
}

impl Purpose {
    fn rank(&self) -> Rank {
        match self {
            Purpose::Post { .. } | Purpose::Conduit { urgent: true, .. } => Rank::Subscription,
            Purpose::Application | Purpose::Find(_) | Purpose::Delete { .. } | Purpose::List(_) => {
                Rank::Other
            }
            Purpose::Conduit { urgent: false, .. } => Rank::Bulk,
        }
    }
}

impl std::fmt::Debug for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Purpose::Application => "Application",
            Purpose::Post { .. } => "Post",
            Purpose::Find(_) => "Find",
            Purpose::Delete { .. } => "Delete",
            Purpose::Conduit { .. } => "Conduit",
            Purpose::List(_) => "List",
        })
    }
}

/// How often a call is sent again after a 5xx or a failed connection.
const TRIES: u32 = 4;

impl Client {
    pub(super) fn start_call(&mut self, now: Time, prepared: Prepared, who: As, purpose: Purpose) -> CallId {
        let id = CallId(self.next_id());
        let deadline = now + self.config.call_timeout;
        let backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(10), self.jitter.fork());
        let state = State::Waiting(WaitingFor::Place);
        let pending =
            Pending { prepared, who, purpose, deadline, state, repeated: false, asked: false, backoff };
        self.calls.pending.insert(id, pending);
        self.timers.set(&Timer::Deadline(id), Some(deadline));
        self.advance(now, id);
        id
    }

    /// Moves a call on as far as it goes now.
    pub(super) fn advance(&mut self, now: Time, id: CallId) {
        let Some(call) = self.calls.pending.get(&id) else { return };
        if matches!(call.state, State::Sent { .. }) {
            return;
        }
        if let Purpose::Post { wish, session, .. } = &call.purpose
            && !self.plan.awaits(*wish, session)
        {
            self.drop_call(now, id);
            return;
        }
        let rank = call.purpose.rank();
        if self.wall.is_none() || !self.keeper.is_loaded() {
            self.calls.for_store.insert(id);
            return self.wait(id, WaitingFor::Store);
        }
        if self.calls.places == 0 {
            self.calls.for_place.insert((rank, id));
            return self.wait(id, WaitingFor::Place);
        }
        if let Purpose::Post { wish, cost, .. } = call.purpose
            && !self.plan.affords(now, wish, cost)
        {
            self.drop_call(now, id);
            return;
        }
        let (account, token, generation) = match self.token_for(now, id) {
            Ok(Ready::Token(account, token, generation)) => (Some(account), Some(token), generation),
            Ok(Ready::Without(token)) => (None, token, 0),
            Ok(Ready::Wait(account)) => {
                self.calls.for_token.entry(account.clone()).or_default().insert(id);
                return self.wait(id, WaitingFor::Token(account));
            }
            Err(error) => return self.end(now, id, Err(error)),
        };
        if rank == Rank::Bulk
            && let Some(until) = self.reserved_until(now)
        {
            return self.wait_for_turn(now, id, until, Bucket::Token(Account::App));
        }
        let Some(call) = self.calls.pending.get(&id) else { return };
        let turn = self.limiter.take(now, account.as_ref(), &call.prepared.windows);
        if let Turn::Wait { until, bucket } = turn {
            return self.wait_for_turn(now, id, until, bucket);
        }
        let request =
            call.prepared.request(&self.config.endpoints.helix, &self.config.client_id, token.as_ref());
        self.calls.places -= 1;
        let http = self.exchange(now, Owner::Call(id), request, false, now + self.config.answer_timeout);
        if let Some(call) = self.calls.pending.get_mut(&id) {
            call.state = State::Sent { http, account, generation };
        }
    }

    /// Lets a call wait until a bucket has room again, unless that is not wanted or of no use. A token's bucket may have
    /// room before its time, when an answer says so; a window has not.
    fn wait_for_turn(&mut self, now: Time, id: CallId, until: Time, bucket: Bucket) {
        let Some(call) = self.calls.pending.get(&id) else { return };
        let limit = match &bucket {
            Bucket::Token(_) => TooMany::Requests,
            Bucket::Window(_) => TooMany::OperationLimit,
        };
        let in_vain = limit == TooMany::OperationLimit && until >= call.deadline;
        let unwanted =
            self.config.when_limited == WhenLimited::Fail && matches!(call.purpose, Purpose::Application);
        if in_vain || unwanted {
            let operation = call.prepared.operation;
            let retry_at = self.wall_at(until).unwrap_or(Timestamp::MAX);
            return self.end(now, id, Err(CallError::Limited { operation, limit, retry_at }));
        }
        self.timers.set(&Timer::Turn(bucket.clone()), Some(until));
        self.calls.for_turn.entry(bucket.clone()).or_default().insert(id);
        self.wait(id, WaitingFor::Turn(bucket));
    }

    fn wait(&mut self, id: CallId, what: WaitingFor) {
        if let Some(call) = self.calls.pending.get_mut(&id) {
            call.state = State::Waiting(what);
        }
    }

    /// Whose token a call takes, and whether it is there.
    fn token_for(&mut self, now: Time, id: CallId) -> Result<Ready, CallError> {
        let Some(call) = self.calls.pending.get(&id) else { return Err(CallError::Cancelled) };
        let operation = call.prepared.operation;
        let no_token = |why| CallError::NoToken { operation, why };
        let account = match (&call.who, call.prepared.accepts) {
            (_, Accepts::Nothing) => return Ok(Ready::Without(None)),
            (As::Jwt(token), Accepts::Jwt) => return Ok(Ready::Without(Some(token.clone()))),
            (As::Jwt(_), _) => return Err(no_token(TokenError::WrongKind("an extension's"))),
            (_, Accepts::Jwt) => return Err(no_token(TokenError::WrongKind("any but an extension's"))),
            (As::App, Accepts::User) => return Err(no_token(TokenError::WrongKind("an app"))),
            (As::User(_), Accepts::App) => return Err(no_token(TokenError::WrongKind("a user's"))),
            (As::App, _) | (As::Default, Accepts::App) => Account::App,
            (As::User(user), _) => Account::User(user.clone()),
            (As::Default, Accepts::User) => {
                let owner = call.prepared.owner.clone().or_else(|| self.only_user());
                Account::User(owner.ok_or_else(|| no_token(TokenError::Whose))?)
            }
            (As::Default, Accepts::Any) => {
                let owner = call.prepared.owner.clone().filter(|owner| self.keeper.record(owner).is_some());
                let has_app = self.config.client_secret.is_some() || self.config.app_token.is_some();
                match owner {
                    Some(owner) => Account::User(owner),
                    None if has_app => Account::App,
                    None => match self.only_user() {
                        Some(user) => Account::User(user),
                        None if self.config.ask_for_tokens => Account::App,
                        None => return Err(no_token(TokenError::Whose)),
                    },
                }
            }
        };
        match self.keeper.usable(now, &account) {
            Usable::Yes { token, generation } => {
                if let Account::User(user) = &account
                    && let Some(record) = self.keeper.record(user)
                    && let Some(any_of) = call.prepared.scopes.missing(&record.scopes)
                {
                    let error = CallError::MissingScope { operation, user: user.clone(), any_of };
                    let lacking = self.lacking(user, call.prepared.scopes);
                    return self.asks(id, account, WantedFor::Scopes(lacking)).ok_or(error);
                }
                Ok(Ready::Token(account, token, generation))
            }
            Usable::Wait => Ok(Ready::Wait(account)),
            Usable::No(why) => {
                self.asks(id, account, WantedFor::Lack(why.clone())).ok_or_else(|| no_token(why))
            }
        }
    }

    /// Whether the call waits for somebody to give it a token that is not held. It asks once.
    fn asks(&mut self, id: CallId, account: Account, why: WantedFor) -> Option<Ready> {
        let call = self.calls.pending.get_mut(&id)?;
        let first = !call.asked;
        // Who waits for another's question may still ask its own.
        call.asked |= !self.wanted.contains(&account);
        self.ask(&account, first, why).then_some(Ready::Wait(account))
    }

    pub(super) fn call_answered(
        &mut self,
        now: Time,
        id: CallId,
        http: HttpId,
        result: Result<Response<Bytes>, Failure>,
    ) {
        let Some(call) = self.calls.pending.get_mut(&id) else { return };
        let State::Sent { http: ours, account, generation } = &call.state else { return };
        if *ours != http {
            return;
        }
        let (account, generation) = (account.clone(), *generation);
        let operation = call.prepared.operation;
        call.state = State::Waiting(WaitingFor::Again);
        if let Err(Failure { sent, .. }) = &result {
            self.limiter.forget(now, account.as_ref(), &call.prepared.windows, *sent != Sent::No);
        }
        self.free_place();
        match result {
            Ok(response) => self.response(now, id, account, generation, response),
            Err(Failure { sent, cause }) => {
                let (again, error) = match sent {
                    Sent::No => (true, CallError::NotSent { operation, cause }),
                    Sent::Unknown => (self.is_harmless(id), CallError::NoAnswer { operation, cause }),
                };
                self.again_or(now, id, again, error);
            }
        }
        // What the answer leads to comes first: it may withdraw who waits for the place.
        self.follow_plan(now);
        self.give_places(now);
    }

    fn response(
        &mut self,
        now: Time,
        id: CallId,
        account: Option<Account>,
        generation: u64,
        response: Response<Bytes>,
    ) {
        let Some(call) = self.calls.pending.get_mut(&id) else { return };
        let operation = call.prepared.operation;
        let (parts, body) = response.into_parts();
        let (status, headers) = (parts.status, parts.headers);
        if call.prepared.reads(status) {
            self.limiter.learn(now, account.as_ref(), &call.prepared.windows, &headers, false);
            return self.end(now, id, Ok(Answer { operation, status, headers, body }));
        }
        let refusal = Refusal::read(operation, status, &headers, &body);
        let too_many = refusal.too_many == Some(TooMany::Requests);
        self.limiter.learn(now, account.as_ref(), &call.prepared.windows, &headers, too_many);
        let repeated = call.repeated;
        call.repeated |= refusal.is_about_the_token();
        match (&account, self.wall_at(now)) {
            (Some(_), _) if too_many => self.advance(now, id),
            (Some(account), Some(wall)) if refusal.is_about_the_token() && !repeated => {
                self.keeper.reject(now, wall, account, generation);
                self.advance(now, id);
            }
            _ => {
                let again = status.is_server_error() && self.is_harmless(id);
                self.again_or(now, id, again, CallError::Refused(refusal));
            }
        }
    }

    /// Whether sending a call twice does no harm.
    fn is_harmless(&self, id: CallId) -> bool {
        self.calls.pending.get(&id).is_some_and(|call| {
            call.prepared.method == Method::GET || matches!(call.purpose, Purpose::Delete { .. })
        })
    }

    fn again_or(&mut self, now: Time, id: CallId, again: bool, error: CallError) {
        let Some(call) = self.calls.pending.get_mut(&id) else { return };
        if again && call.backoff.tries() + 1 < TRIES {
            let at = call.backoff.next(now);
            if at < call.deadline {
                self.timers.set(&Timer::Again(id), Some(at));
                return;
            }
        }
        self.end(now, id, Err(error));
    }

    pub(super) fn call_deadline(&mut self, now: Time, id: CallId) {
        let Some(call) = self.calls.pending.get(&id) else { return };
        let operation = call.prepared.operation;
        let waiting_for = match &call.state {
            // Its answer, or the lack of one, ends the call soon.
            State::Sent { .. } => return,
            State::Waiting(WaitingFor::Store) => "the token store".into(),
            State::Waiting(WaitingFor::Token(account)) => match self.keeper.trouble(account) {
                Some(trouble) => format!("the token of {account}: {trouble}"),
                None => format!("the token of {account}"),
            },
            State::Waiting(WaitingFor::Turn(_)) => "the rate limit".into(),
            State::Waiting(WaitingFor::Place) => "other requests to end".into(),
            State::Waiting(WaitingFor::Again) => "another try".into(),
        };
        self.end(now, id, Err(CallError::Deadline { operation, waiting_for }));
    }

    /// Forgets a call, wherever it waits.
    pub(super) fn drop_call(&mut self, now: Time, id: CallId) -> Option<Pending> {
        let call = self.calls.pending.remove(&id)?;
        self.timers.set(&Timer::Deadline(id), None);
        match &call.state {
            State::Sent { http, account, .. } => {
                self.exchanges.remove(http);
                self.timers.set(&Timer::Answer(*http), None);
                self.limiter.forget(now, account.as_ref(), &call.prepared.windows, true);
                self.free_place();
                self.give_places(now);
            }
            State::Waiting(WaitingFor::Store) => {
                self.calls.for_store.remove(&id);
            }
            State::Waiting(WaitingFor::Token(account)) => leave(&mut self.calls.for_token, account, id),
            State::Waiting(WaitingFor::Turn(bucket)) => leave(&mut self.calls.for_turn, bucket, id),
            State::Waiting(WaitingFor::Place) => {
                self.calls.for_place.remove(&(call.purpose.rank(), id));
            }
            State::Waiting(WaitingFor::Again) => self.timers.set(&Timer::Again(id), None),
        }
        Some(call)
    }

    pub(super) fn cancel_application_calls(&mut self, now: Time) {
        let ours = |call: &Pending| matches!(call.purpose, Purpose::Application | Purpose::Conduit { .. });
        let ids: Vec<CallId> =
            self.calls.pending.iter().filter(|(_, call)| ours(call)).map(|(id, _)| *id).collect();
        for id in ids {
            self.end(now, id, Err(CallError::Cancelled));
        }
    }

    fn end(&mut self, now: Time, id: CallId, result: Result<Answer, CallError>) {
        let Some(call) = self.drop_call(now, id) else { return };
        match call.purpose {
            Purpose::Application => self.reply(id, What::Answer(result)),
            Purpose::Post { wish, user, shard, session, .. } => {
                self.created(now, wish, &user, (shard, &session), result);
            }
            Purpose::Find(find) => self.look_through(now, *find, result),
            Purpose::Delete { user, subject, id } => {
                self.plan.deleted(now, &user, &subject, &id, result.map(|_| ()));
            }
            Purpose::Conduit { id, .. } => {
                let wall = self.wall_at(now);
                if let Some(conduit) = &mut self.conduit {
                    conduit.answered(now, wall, id, result);
                }
            }
            Purpose::List(list) => self.list_on(now, *list, result),
        }
    }

    /// An account's token may be usable now.
    pub(super) fn wake(&mut self, now: Time, account: &Account) {
        for id in self.calls.for_token.remove(account).unwrap_or_default() {
            self.advance(now, id);
        }
    }

    /// The store has been read.
    pub(super) fn wake_loading(&mut self, now: Time) {
        for id in std::mem::take(&mut self.calls.for_store) {
            self.advance(now, id);
        }
    }

    /// A bucket has room again: calls go until it has none.
    pub(super) fn turn(&mut self, now: Time, bucket: &Bucket) {
        let mut waiting = self.calls.for_turn.remove(bucket).unwrap_or_default();
        while let Some(id) = waiting.pop_first() {
            self.advance(now, id);
            let state = self.calls.pending.get(&id).map(|call| &call.state);
            if matches!(state, Some(State::Waiting(WaitingFor::Turn(again))) if again == bucket) {
                break;
            }
        }
        if !waiting.is_empty() {
            self.calls.for_turn.entry(bucket.clone()).or_default().append(&mut waiting);
        }
    }

    fn free_place(&mut self) {
        self.calls.places += 1;
    }

    fn give_places(&mut self, now: Time) {
        while self.calls.places > 0
            && let Some((_, id)) = self.calls.for_place.pop_first()
        {
            self.advance(now, id);
        }
    }
}

enum Ready {
    Token(Account, SecretString, u64),
    Without(Option<SecretString>),
    Wait(Account),
}

fn leave<K: Ord>(waiting: &mut BTreeMap<K, BTreeSet<CallId>>, key: &K, id: CallId) {
    if let Some(calls) = waiting.get_mut(key) {
        calls.remove(&id);
        if calls.is_empty() {
            waiting.remove(key);
        }
    }
}

impl Refusal {
    /// Whether a 401 says that the token is no good, rather than that a scope is missing.
    fn is_about_the_token(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED && !self.message.to_ascii_lowercase().contains("scope")
    }
}

#[cfg(test)]
mod tests;
