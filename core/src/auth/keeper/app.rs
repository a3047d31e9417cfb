//! The application's own token: got with the client's id and secret when first needed, got anew when it ends.

use super::{KeeperOutput, Shared, TokenNotice, Usable};
use crate::auth::wire::{self, Said, Tokens, Validation};
use crate::auth::{Account, TokenError};
use crate::backoff::Backoff;
use crate::client::Failure;
use crate::time::Time;
use bytes::Bytes;
use http::{Response, StatusCode};
use secrecy::SecretString;
use std::time::Duration;

#[derive(Debug)]
pub(super) struct App {
    phase: Phase,
    generation: u64,
    /// Twitch has vouched for one.
    validated: bool,
    backoff: Backoff,
    /// What last stood in the way; none once there is a token.
    trouble: Option<String>,
}

#[derive(Debug)]
enum Phase {
    /// Nobody has asked for it yet.
    Unneeded,
    /// Asked for.
    Fetching { exchange: u64 },
    /// Failed for a passing reason.
    Again { at: Time },
    /// In hand. `fetch_at`: when to get the next one.
    Good { token: SecretString, fetch_at: Option<Time>, validate_at: Time },
    /// In hand, and being validated.
    Checking { token: SecretString, fetch_at: Option<Time>, exchange: u64 },
    /// Given by the application, and not proven yet.
    Given { token: SecretString },
    /// Twitch does not accept the client id or secret.
    Misconfigured(String),
}

impl App {
    pub(super) fn new(shared: &mut Shared, given: Option<SecretString>) -> Self {
        let phase = given.map_or(Phase::Unneeded, |token| Phase::Given { token });
        App { phase, generation: 0, validated: false, backoff: shared.backoff(), trouble: None }
    }

    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Takes a token that the application obtained, in the place of whatever there was.
    pub(super) fn give(&mut self, shared: &mut Shared, now: Time, token: SecretString) {
        self.generation += 1;
        self.validated = false;
        self.check(shared, now, token, None);
    }

    pub(super) fn usable(&mut self, shared: &mut Shared, now: Time) -> Usable {
        match &self.phase {
            Phase::Given { token } => {
                let token = token.clone();
                self.check(shared, now, token, None);
            }
            Phase::Unneeded => {
                if shared.credentials.client_secret.is_none() {
                    return Usable::No(TokenError::NoSecret);
                }
                self.fetch(shared, now);
            }
            _ => {}
        }
        match &self.phase {
            Phase::Good { token, .. } | Phase::Checking { token, .. } if self.generation > 0 => {
                Usable::Yes { token: token.clone(), generation: self.generation }
            }
            Phase::Misconfigured(words) => Usable::No(TokenError::Misconfigured(words.clone())),
            _ => Usable::Wait,
        }
    }

    pub(super) fn reject(&mut self, shared: &mut Shared, now: Time, generation: u64) {
        if generation == self.generation && matches!(self.phase, Phase::Good { .. } | Phase::Checking { .. })
        {
            self.renew(shared, now);
        }
    }

    fn renew(&mut self, shared: &mut Shared, now: Time) {
        if shared.credentials.client_secret.is_none() {
            self.phase = Phase::Unneeded;
            shared.out.push_back(KeeperOutput::Changed(Account::App));
        } else {
            self.fetch(shared, now);
        }
    }

    /// Twitch disowns a token that it may just have made: the next one is not asked for at once.
    fn renew_later(&mut self, shared: &mut Shared, now: Time, why: String) {
        if shared.credentials.client_secret.is_none() {
            self.phase = Phase::Unneeded;
            return;
        }
        self.delay(shared, now, why);
    }

    fn delay(&mut self, shared: &mut Shared, now: Time, why: String) {
        self.phase = Phase::Again { at: self.backoff.next(now) };
        self.trouble = Some(why.clone());
        shared.notice(TokenNotice::RefreshDelayed { account: Account::App, why });
    }

    fn fetch(&mut self, shared: &mut Shared, now: Time) {
        let request = wire::client_credentials(&shared.oauth, &shared.credentials);
        self.phase = Phase::Fetching { exchange: shared.http(now, request, true) };
    }

    fn check(&mut self, shared: &mut Shared, now: Time, token: SecretString, fetch_at: Option<Time>) {
        let exchange = shared.http(now, wire::validate(&shared.oauth, &token), false);
        self.phase = Phase::Checking { token, fetch_at, exchange };
    }

    pub(super) fn exchange(&self) -> Option<u64> {
        match self.phase {
            Phase::Fetching { exchange } | Phase::Checking { exchange, .. } => Some(exchange),
            _ => None,
        }
    }

    pub(super) fn answered(
        &mut self,
        shared: &mut Shared,
        now: Time,
        exchange: u64,
        result: Result<Response<Bytes>, Failure>,
    ) {
        match std::mem::replace(&mut self.phase, Phase::Unneeded) {
            Phase::Fetching { exchange: ours } if ours == exchange => self.fetched(shared, now, result),
            Phase::Checking { exchange: ours, token, fetch_at } if ours == exchange => {
                self.checked(shared, now, token, fetch_at, result);
            }
            other => {
                self.phase = other;
                return;
            }
        }
        shared.out.push_back(KeeperOutput::Changed(Account::App));
    }

    fn fetched(&mut self, shared: &mut Shared, now: Time, result: Result<Response<Bytes>, Failure>) {
        let why = match result.as_ref().map(wire::read::<Tokens>) {
            Ok(Said::Yes(tokens)) => {
                self.generation += 1;
                if self.generation > 1 {
                    shared.notice(TokenNotice::Refreshed(Account::App));
                }
                // In use from now on, and validated like every token at its start.
                let fetch_at = shared.refresh_at(now, wire::lifetime(tokens.expires_in));
                return self.check(shared, now, tokens.access_token, fetch_at);
            }
            Ok(Said::No(denial)) => {
                shared.notice(TokenNotice::Misconfigured(denial.to_string()));
                self.phase = Phase::Misconfigured(denial.to_string());
                return;
            }
            Ok(Said::Unclear(denial)) => denial.to_string(),
            Err(failure) => failure.cause.to_string(),
        };
        self.delay(shared, now, why);
    }

    fn checked(
        &mut self,
        shared: &mut Shared,
        now: Time,
        token: SecretString,
        fetch_at: Option<Time>,
        result: Result<Response<Bytes>, Failure>,
    ) {
        match result.as_ref().map(wire::read::<Validation>) {
            Ok(Said::Yes(validation)) if validation.client_id != shared.credentials.client_id => {
                let words = TokenError::OtherClient(validation.client_id).to_string();
                shared.notice(TokenNotice::Misconfigured(words.clone()));
                self.phase = Phase::Misconfigured(words);
            }
            Ok(Said::Yes(validation)) => {
                self.generation = self.generation.max(1);
                self.trouble = None;
                if !std::mem::replace(&mut self.validated, true) {
                    shared.notice(TokenNotice::Validated(Account::App));
                }
                self.backoff.reset();
                // Without a secret there is no next one to fetch.
                let fetch_at = shared
                    .refresh_at(now, wire::lifetime(validation.expires_in))
                    .or(fetch_at)
                    .filter(|_| shared.credentials.client_secret.is_some());
                let validate_at = shared.validate_at(now);
                self.phase = Phase::Good { token, fetch_at, validate_at };
            }
            Ok(Said::No(denial)) if denial.status == StatusCode::UNAUTHORIZED => {
                self.renew_later(shared, now, denial.to_string());
            }
            // Not proven, not disproven: ask again later.
            unclear => {
                self.trouble = wire::unclear(&unclear);
                self.phase = Phase::Good { token, fetch_at, validate_at: self.backoff.next(now) };
            }
        }
    }

    /// The clock stood still for this long, and the token lived on.
    pub(super) fn slept(&mut self, by: Duration) {
        if let Phase::Good { fetch_at, validate_at, .. } = &mut self.phase {
            *fetch_at = fetch_at.map(|at| at - by);
            *validate_at = *validate_at - by;
        }
    }

    pub(super) fn timeout(&mut self, shared: &mut Shared, now: Time) {
        match &self.phase {
            Phase::Again { at } if now >= *at => self.fetch(shared, now),
            Phase::Good { fetch_at: Some(at), .. } if now >= *at => self.fetch(shared, now),
            Phase::Good { validate_at, token, fetch_at } if now >= *validate_at => {
                let (token, fetch_at) = (token.clone(), *fetch_at);
                self.check(shared, now, token, fetch_at);
            }
            _ => {}
        }
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        match &self.phase {
            Phase::Again { at } => Some(*at),
            Phase::Good { fetch_at, validate_at, .. } => {
                Some(fetch_at.map_or(*validate_at, |at| at.min(*validate_at)))
            }
            _ => None,
        }
    }
}
