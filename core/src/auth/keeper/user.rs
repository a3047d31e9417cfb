//! One user's tokens, and the phases of their life.
//!
//! ```text
//! Validating ──200──▶ Good ──401, or soon over──▶ Marking ──▶ Refreshing ──▶ Saving ──▶ Good
//!     │ 401             ▲                            │ lost the swap            │
//!     ▼                 └──────── adopt ◀── Waiting ◀┘      passing failure ──▶ Again
//!  Marking …                                                unknown outcome ──▶ Parked
//! ```
//!
//! Two things are apart from the phase. `access_ok`: while new tokens are on their way, the old access token serves
//! until Twitch refuses it. `spent`: a refresh token that may not be sent again by itself, because it is single-use and
//! its fate unknown, or because Twitch refused it in words this version does not know.

mod stored;

use super::{KeeperOutput, Shared, TokenNotice, Usable};
use crate::auth::store::{Revision, StoreOp};
use crate::auth::token::{Account, Mark, Refresh, TokenError, TokenRecord};
use crate::auth::wire::{self, Denial, Said, Tokens, Validation};
use crate::backoff::Backoff;
use crate::client::{Failure, Sent};
use crate::id::UserId;
use crate::time::Time;
use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

#[derive(Debug)]
pub(super) struct User {
    pub(super) record: TokenRecord,
    pub(super) revision: Option<Revision>,
    /// Counts access tokens.
    pub(super) generation: u64,
    /// Twitch has vouched for the access token and not taken it back.
    pub(super) access_ok: bool,
    /// When the access token ends.
    ends: Option<Time>,
    /// When to refresh it.
    refresh_at: Option<Time>,
    pub(super) phase: Phase,
    /// Why the refresh token is not sent again by itself.
    spent: Option<String>,
    backoff: Backoff,
    /// What last stood in the way of a good access token.
    trouble: Option<String>,
    /// A record that the store has not taken yet although it is in use.
    unsaved: Option<Unsaved>,
    /// Who added these tokens and waits to hear that they are written down.
    tag: Option<u64>,
    arrived: Option<u64>,
}

#[derive(Debug)]
pub(super) enum Phase {
    /// Asked whether the access token is good.
    Validating { exchange: u64 },
    /// Nobody could say; when to ask again.
    ValidateAgain { at: Time },
    /// Nothing to do before this time.
    Good { validate_at: Time },
    /// Putting the mark into the store.
    Marking { op: u64, since: Timestamp, first_try: Time },
    /// The store failed; when to try again.
    MarkAgain { at: Time, first_try: Time },
    /// Somebody else's mark is in the store; when to look again.
    Waiting { look_at: Time },
    /// Looking again. A swap with an impossible revision is how one record is read.
    Looking { op: u64 },
    /// The refresh token is on its way to Twitch.
    Refreshing { exchange: u64 },
    /// The refresh failed for a passing reason; when to try again.
    RefreshAgain { at: Time },
    /// New tokens are in hand and on their way into the store.
    Saving { op: u64, next: Box<Fresh>, use_at: Time },
    /// The store failed; when to try again, and when to use the tokens all the same.
    SaveAgain { at: Time, next: Box<Fresh>, use_at: Time },
    /// The access token is over and the refresh token spent; when to see whether another process did better.
    Parked { look_at: Time },
    /// The user has to authorise again.
    Dead { reason: String },
    /// Twitch does not accept the client id or secret.
    Misconfigured { words: String },
    /// Another process removed the record.
    Removed,
}

/// Tokens that are not in use yet.
#[derive(Debug)]
pub(super) struct Fresh {
    record: TokenRecord,
    lifetime: Option<Duration>,
}

#[derive(Debug)]
struct Unsaved {
    op: Option<u64>,
    again_at: Time,
}

/// How often a parked or waiting user's record is read again.
const LOOK_EVERY: Duration = Duration::from_secs(30);

impl User {
    pub(super) fn new(shared: &mut Shared, record: TokenRecord, revision: Option<Revision>) -> Self {
        User {
            record,
            revision,
            generation: 1,
            access_ok: false,
            ends: None,
            refresh_at: None,
            phase: Phase::ValidateAgain { at: Time::ZERO },
            spent: None,
            backoff: shared.backoff(),
            trouble: None,
            unsaved: None,
            tag: None,
            arrived: None,
        }
    }

    /// Starts with a record from the store.
    pub(super) fn begin(&mut self, shared: &mut Shared, now: Time, wall: Timestamp) {
        match self.record.refreshing.clone() {
            // The mark of a process that lives, or of one that died while its request was out.
            Some(mark) => self.respect(shared, now, wall, &mark),
            None => self.validate(shared, now),
        }
    }

    /// Takes proven tokens that the application obtained.
    pub(super) fn arrive(
        &mut self,
        shared: &mut Shared,
        now: Time,
        _wall: Timestamp,
        tag: u64,
        record: TokenRecord,
        lifetime: Option<Duration>,
    ) {
        if let Some(before) = self.tag.replace(tag) {
            let error = TokenError::Replaced;
            shared.out.push_back(KeeperOutput::Added { tag: before, result: Err(error) });
        }
        self.unsaved = None;
        self.spent = None;
        let use_at = now + shared.times.save_patience;
        self.save(shared, Fresh { record, lifetime }, use_at);
    }

    pub(super) fn usable(&self, id: &UserId, now: Time) -> Usable {
        if self.access_ok && self.ends.is_none_or(|ends| now < ends) {
            return Usable::Yes { token: self.record.access.clone(), generation: self.generation };
        }
        match &self.phase {
            Phase::Parked { .. } | Phase::Looking { .. } if self.spent.is_some() => {
                let why = self.spent.clone().unwrap_or_default();
                Usable::No(TokenError::Parked { user: id.clone(), why })
            }
            Phase::Dead { reason } => {
                Usable::No(TokenError::ReauthRequired { user: id.clone(), reason: reason.clone() })
            }
            Phase::Misconfigured { words } => Usable::No(TokenError::Misconfigured(words.clone())),
            _ => Usable::Wait,
        }
    }

    /// The exchange that the current phase awaits.
    pub(super) fn exchange(&self) -> Option<u64> {
        match self.phase {
            Phase::Validating { exchange } | Phase::Refreshing { exchange } => Some(exchange),
            _ => None,
        }
    }

    /// The store operation that the current phase awaits.
    pub(super) fn op(&self) -> Option<u64> {
        match self.phase {
            Phase::Marking { op, .. } | Phase::Looking { op } | Phase::Saving { op, .. } => Some(op),
            _ => self.unsaved.as_ref().and_then(|unsaved| unsaved.op),
        }
    }

    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Who waits to hear that the user's new tokens are written down.
    pub(super) fn awaited_by(&self) -> Option<u64> {
        self.tag.or(self.arrived)
    }

    /// Whether a new access token may come at any moment.
    pub(super) fn is_changing(&self) -> bool {
        matches!(
            self.phase,
            Phase::Marking { .. }
                | Phase::Waiting { .. }
                | Phase::Looking { .. }
                | Phase::Refreshing { .. }
                | Phase::Saving { .. }
                | Phase::SaveAgain { .. }
        )
    }

    pub(super) fn take_arrived(&mut self) -> Option<u64> {
        self.arrived.take()
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        let phase = match &self.phase {
            Phase::ValidateAgain { at } | Phase::MarkAgain { at, .. } | Phase::RefreshAgain { at } => {
                Some(*at)
            }
            Phase::Good { validate_at } => {
                [Some(*validate_at), self.refresh_at, self.ends].into_iter().flatten().min()
            }
            Phase::Waiting { look_at } | Phase::Parked { look_at } => Some(*look_at),
            Phase::SaveAgain { at, use_at, .. } => Some(*at.min(use_at)),
            Phase::Saving { use_at, .. } => Some(*use_at),
            _ => None,
        };
        let unsaved =
            self.unsaved.as_ref().filter(|unsaved| unsaved.op.is_none()).map(|unsaved| unsaved.again_at);
        phase.into_iter().chain(unsaved).min()
    }

    pub(super) fn timeout(&mut self, shared: &mut Shared, now: Time, wall: Timestamp) {
        if let Some(unsaved) = &mut self.unsaved
            && unsaved.op.is_none()
            && now >= unsaved.again_at
        {
            let what = put(&self.record, self.revision);
            unsaved.op = Some(shared.store(what));
        }
        match &self.phase {
            Phase::ValidateAgain { at } if now >= *at => self.validate(shared, now),
            Phase::Good { .. } if self.refresh_at.is_some_and(|at| now >= at) => {
                self.renew(shared, now, wall)
            }
            // One that cannot be renewed may have ended.
            Phase::Good { validate_at }
                if now >= *validate_at || self.ends.is_some_and(|ends| now >= ends) =>
            {
                self.validate(shared, now)
            }
            Phase::MarkAgain { at, first_try } if now >= *at => {
                let first_try = *first_try;
                self.mark(shared, wall, first_try);
            }
            Phase::Waiting { look_at } | Phase::Parked { look_at } if now >= *look_at => self.look(shared),
            Phase::RefreshAgain { at } if now >= *at => self.mark(shared, wall, now),
            Phase::Saving { use_at, .. } if now >= *use_at => self.use_unsaved(shared, now, true),
            Phase::SaveAgain { use_at, .. } if now >= *use_at => self.use_unsaved(shared, now, false),
            Phase::SaveAgain { at, .. } if now >= *at => {
                if let Phase::SaveAgain { next, use_at, .. } = self.take_phase() {
                    self.save(shared, *next, use_at);
                }
            }
            _ => {}
        }
    }

    /// Gets a new access token, if there is a way.
    pub(super) fn renew(&mut self, shared: &mut Shared, now: Time, wall: Timestamp) {
        match &self.phase {
            // Under way already, or hopeless.
            Phase::Marking { .. }
            | Phase::MarkAgain { .. }
            | Phase::Waiting { .. }
            | Phase::Looking { .. }
            | Phase::Refreshing { .. }
            | Phase::RefreshAgain { .. }
            | Phase::Saving { .. }
            | Phase::SaveAgain { .. }
            | Phase::Parked { .. }
            | Phase::Dead { .. }
            | Phase::Misconfigured { .. }
            | Phase::Removed => {}
            _ if self.spent.is_some() && self.access_ok => self.refresh_at = None,
            _ if self.spent.is_some() => self.phase = Phase::Parked { look_at: now + LOOK_EVERY },
            _ if self.record.refresh.is_some() => self.mark(shared, wall, now),
            _ if self.access_ok => self.refresh_at = None,
            _ => self.die(shared, "the access token is over, and there is no refresh token".into()),
        }
    }

    /// Tries a parked refresh again because the application said so.
    pub(super) fn retry(&mut self, shared: &mut Shared, now: Time, wall: Timestamp) {
        if self.spent.take().is_some() && self.record.refresh.is_some() {
            self.mark(shared, wall, now);
        }
    }

    fn validate(&mut self, shared: &mut Shared, now: Time) {
        let request = wire::validate(&shared.oauth, &self.record.access);
        self.phase = Phase::Validating { exchange: shared.http(now, request, false) };
    }

    fn mark(&mut self, shared: &mut Shared, wall: Timestamp, first_try: Time) {
        let mark = Mark { by: shared.name.clone(), since: wall };
        let marked = TokenRecord { refreshing: Some(mark), ..self.record.clone() };
        let op = shared.store(put(&marked, self.revision));
        self.phase = Phase::Marking { op, since: wall, first_try };
    }

    fn send_refresh(&mut self, shared: &mut Shared, now: Time) {
        let Some(refresh) = &self.record.refresh else { return };
        let request = wire::refresh(&shared.oauth, &shared.credentials, &refresh.token);
        self.phase = Phase::Refreshing { exchange: shared.http(now, request, true) };
    }

    fn look(&mut self, shared: &mut Shared) {
        // No record ever has revision 0: the conflict brings the record as it is.
        let op = shared.store(put(&self.record, Some(Revision(0))));
        self.phase = Phase::Looking { op };
    }

    fn save(&mut self, shared: &mut Shared, next: Fresh, use_at: Time) {
        let op = shared.store(put(&next.record, self.revision));
        self.phase = Phase::Saving { op, next: Box::new(next), use_at };
    }

    /// The store had its time: the new tokens are used from memory, and offered to the store until it takes them.
    fn use_unsaved(&mut self, shared: &mut Shared, now: Time, answer_pending: bool) {
        let op = if let Phase::Saving { op, .. } = self.phase { Some(op) } else { None };
        if let Phase::Saving { next, .. } | Phase::SaveAgain { next, .. } = self.take_phase() {
            let again_at = now + Duration::from_secs(5);
            self.install(shared, now, *next);
            self.unsaved = Some(Unsaved { op: op.filter(|_| answer_pending), again_at });
        }
    }

    fn take_phase(&mut self) -> Phase {
        std::mem::replace(&mut self.phase, Phase::Removed)
    }

    /// From now on these tokens are used.
    fn install(&mut self, shared: &mut Shared, now: Time, next: Fresh) {
        let refreshed = self.tag.is_none();
        self.record = next.record;
        self.spent = None;
        self.trouble = None;
        self.generation += 1;
        self.access_ok = true;
        self.lives(shared, now, next.lifetime);
        self.backoff.reset();
        self.phase = Phase::Good { validate_at: shared.validate_at(now) };
        self.arrived = self.tag.take();
        let account = Account::User(self.record.user.clone());
        shared.notice(if refreshed {
            TokenNotice::Refreshed(account)
        } else {
            TokenNotice::Validated(account)
        });
    }

    fn lives(&mut self, shared: &Shared, now: Time, lifetime: Option<Duration>) {
        self.ends = lifetime.map(|lifetime| now + lifetime);
        self.refresh_at = shared.refresh_at(now, lifetime).filter(|_| self.record.refresh.is_some());
    }

    /// The clock stood still for this long, and the token lived on.
    pub(super) fn slept(&mut self, by: Duration) {
        self.ends = self.ends.map(|at| at - by);
        self.refresh_at = self.refresh_at.map(|at| at - by);
        if let Phase::Good { validate_at } = &mut self.phase {
            *validate_at = *validate_at - by;
        }
    }

    fn die(&mut self, shared: &mut Shared, reason: String) {
        self.access_ok = false;
        shared.notice(TokenNotice::ReauthRequired { user: self.record.user.clone(), reason: reason.clone() });
        self.phase = Phase::Dead { reason };
    }

    /// The refresh token is not sent again by itself; the access token is used as long as it is good.
    fn park(&mut self, shared: &mut Shared, now: Time, why: String) {
        shared.notice(TokenNotice::Parked { user: self.record.user.clone(), why: why.clone() });
        self.spent = Some(why);
        self.refresh_at = None;
        self.phase = if self.access_ok {
            Phase::Good { validate_at: shared.validate_at(now) }
        } else {
            Phase::Parked { look_at: now + LOOK_EVERY }
        };
    }

    fn delay(&mut self, shared: &mut Shared, now: Time, why: String) {
        let account = Account::User(self.record.user.clone());
        self.trouble = Some(why.clone());
        shared.notice(TokenNotice::RefreshDelayed { account, why });
        self.phase = Phase::RefreshAgain { at: self.backoff.next(now) };
    }

    /// Takes our own mark out of the store, since the request it announced is over.
    fn unmark(&mut self, shared: &mut Shared, now: Time) {
        self.record.refreshing = None;
        let op = shared.store(put(&self.record, self.revision));
        self.unsaved = Some(Unsaved { op: Some(op), again_at: now });
    }

    pub(super) fn answered(
        &mut self,
        shared: &mut Shared,
        now: Time,
        wall: Timestamp,
        exchange: u64,
        result: Result<Response<Bytes>, Failure>,
    ) {
        match self.phase {
            Phase::Validating { exchange: ours } if ours == exchange => {
                self.validated(shared, now, wall, result)
            }
            Phase::Refreshing { exchange: ours } if ours == exchange => {
                self.refreshed(shared, now, wall, result)
            }
            _ => {}
        }
    }

    fn validated(
        &mut self,
        shared: &mut Shared,
        now: Time,
        wall: Timestamp,
        result: Result<Response<Bytes>, Failure>,
    ) {
        match result.as_ref().map(wire::read::<Validation>) {
            Ok(Said::Yes(validation)) if validation.client_id != shared.credentials.client_id => {
                let words = TokenError::OtherClient(validation.client_id).to_string();
                shared.notice(TokenNotice::Misconfigured(words.clone()));
                self.access_ok = false;
                self.phase = Phase::Misconfigured { words };
            }
            Ok(Said::Yes(validation)) => {
                if let Some(login) = validation.login {
                    self.record.login = login;
                }
                self.record.scopes = validation.scopes;
                let lifetime = wire::lifetime(validation.expires_in);
                self.trouble = None;
                self.lives(shared, now, lifetime);
                self.phase = Phase::Good { validate_at: shared.validate_at(now) };
                self.backoff.reset();
                if !self.access_ok {
                    self.access_ok = true;
                    shared.notice(TokenNotice::Validated(Account::User(self.record.user.clone())));
                }
            }
            Ok(Said::No(denial)) if denial.status == StatusCode::UNAUTHORIZED => {
                self.access_ok = false;
                self.phase = Phase::Good { validate_at: now };
                self.renew(shared, now, wall);
            }
            // Neither proven nor disproven.
            unclear => {
                self.trouble = wire::unclear(&unclear);
                self.phase = Phase::ValidateAgain { at: self.backoff.next(now) };
            }
        }
    }

    fn refreshed(
        &mut self,
        shared: &mut Shared,
        now: Time,
        wall: Timestamp,
        result: Result<Response<Bytes>, Failure>,
    ) {
        let single_use = self.record.single_use();
        let why = match result.as_ref().map(wire::read::<Tokens>) {
            Ok(Said::Yes(tokens)) => return self.take_tokens(shared, now, wall, tokens),
            Ok(Said::No(denial)) => return self.denied(shared, now, denial),
            Ok(Said::Unclear(denial)) if denial.status == StatusCode::TOO_MANY_REQUESTS => {
                return self.delay(shared, now, denial.to_string());
            }
            Ok(Said::Unclear(denial)) => denial.to_string(),
            Err(Failure { sent: Sent::No, cause }) => return self.delay(shared, now, cause.to_string()),
            Err(Failure { sent: Sent::Unknown, cause }) => cause.to_string(),
        };
        if single_use {
            // The mark stays in the store: it says that the token may be spent.
            self.park(shared, now, format!("the refresh token was sent, and its fate is unknown: {why}"));
        } else {
            self.delay(shared, now, why);
        }
    }

    fn take_tokens(&mut self, shared: &mut Shared, now: Time, wall: Timestamp, tokens: Tokens) {
        let reusable = self.record.refresh.as_ref().is_some_and(|refresh| refresh.reusable);
        let refresh = match tokens.refresh_token {
            Some(token) => Some(Refresh { token, reusable }),
            None => self.record.refresh.clone(),
        };
        let lifetime = wire::lifetime(tokens.expires_in);
        let expires_at =
            lifetime.and_then(|lifetime| wall.checked_add(SignedDuration::try_from(lifetime).ok()?).ok());
        let scopes = if tokens.scope.is_empty() { self.record.scopes.clone() } else { tokens.scope };
        let record = TokenRecord {
            user: self.record.user.clone(),
            login: self.record.login.clone(),
            access: tokens.access_token,
            refresh,
            scopes,
            expires_at,
            refreshing: None,
        };
        let use_at = now + shared.times.save_patience;
        self.save(shared, Fresh { record, lifetime }, use_at);
    }

    fn denied(&mut self, shared: &mut Shared, now: Time, denial: Denial) {
        if denial.is_about_the_client() {
            let words = denial.to_string();
            shared.notice(TokenNotice::Misconfigured(words.clone()));
            self.phase = Phase::Misconfigured { words };
        } else if denial.is_a_dead_refresh_token() {
            self.die(shared, denial.to_string());
        } else {
            self.park(shared, now, denial.to_string());
        }
        self.unmark(shared, now);
    }
}

fn put(record: &TokenRecord, expected: Option<Revision>) -> StoreOp {
    StoreOp::Swap { user: record.user.clone(), expected, record: Some(Box::new(record.clone())) }
}
