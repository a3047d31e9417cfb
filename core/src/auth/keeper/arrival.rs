//! Tokens that were added: proven, renewed once if they are over, then handed to their user.

use super::user::User;
use super::{Exchange, Identity, Keeper, KeeperOutput, Timer};
use crate::auth::token::{Refresh, TokenError, TokenRecord};
use crate::auth::wire::{self, Said, Tokens, Validation};
use crate::backoff::Backoff;
use crate::client::{Failure, Sent};
use crate::time::Time;
use bytes::Bytes;
use http::Response;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// Tokens that are not proven yet.
#[derive(Debug)]
pub(super) struct Arrival {
    access: SecretString,
    refresh: Option<Refresh>,
    step: Step,
    /// How often it was refreshed, or is to be.
    refreshes: u32,
    backoff: Backoff,
}

impl Arrival {
    /// Whether a refresh has given others than those that the application has: they are not given up while Twitch says
    /// nothing, since these may be worth nothing any more.
    fn are_others(&self) -> bool {
        self.step == Step::ProvingRefreshed || self.refreshes > 1
    }
}

/// Tokens as they were added, until it is told what became of them. Who adds the same meanwhile is told as well: a refresh token
/// may be good for one use.
#[derive(Debug)]
pub(super) struct Added {
    access: SecretString,
    refresh: Option<SecretString>,
    also: Vec<u64>,
}

impl Added {
    fn is(&self, access: &SecretString, refresh: Option<&Refresh>) -> bool {
        match (&self.refresh, refresh) {
            (Some(ours), Some(theirs)) => ours.expose_secret() == theirs.token.expose_secret(),
            (None, None) => self.access.expose_secret() == access.expose_secret(),
            _ => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The access token is being validated.
    Proving,
    /// The access token was over; the refresh token is on its way to Twitch.
    Refreshing,
    /// What the refresh gave is being validated.
    ProvingRefreshed,
}

/// How often an exchange is tried, and how often tokens that turn out to be over are refreshed, before they are given up.
const TRIES: u32 = 4;

impl Keeper {
    /// Takes tokens that the application obtained; they are validated and written down before
    /// [`KeeperOutput::Added`] tells.
    pub fn add(&mut self, now: Time, tag: u64, access: SecretString, refresh: Option<Refresh>) {
        let mut added = self.added.iter_mut();
        if let Some((first, same)) = added.find(|(_, added)| added.is(&access, refresh.as_ref())) {
            same.also.push(tag);
            if let Some(arrival) = self.arrivals.get_mut(first) {
                // Who asks again is not told at once that the tries are over.
                arrival.backoff.reset();
            }
            return;
        }
        let given = refresh.as_ref().map(|refresh| refresh.token.clone());
        self.added.insert(tag, Added { access: access.clone(), refresh: given, also: Vec::new() });
        let backoff = self.shared.backoff();
        self.arrivals.insert(tag, Arrival { access, refresh, step: Step::Proving, refreshes: 0, backoff });
        self.send_arrival(now, tag);
    }

    /// Tells whoever added the same what became of it.
    pub(super) fn tell_also(&mut self, tag: u64, result: &Result<Identity, TokenError>) {
        for tag in self.added.remove(&tag).into_iter().flat_map(|added| added.also).rev() {
            self.shared.out.push_front(KeeperOutput::Added { tag, result: result.clone() });
        }
    }

    /// Sends what an arrival needs next.
    pub(super) fn send_arrival(&mut self, now: Time, tag: u64) {
        let Some(arrival) = self.arrivals.get(&tag) else { return };
        let refreshing = arrival.step == Step::Refreshing;
        let request = match &arrival.refresh {
            Some(refresh) if refreshing => {
                wire::refresh(&self.shared.oauth, &self.shared.credentials, &refresh.token)
            }
            _ => wire::validate(&self.shared.oauth, &arrival.access),
        };
        let exchange = self.shared.http(now, request, refreshing);
        self.exchanges.insert(exchange, Exchange::Arrival(tag));
    }

    pub(super) fn arrival_answered(
        &mut self,
        now: Time,
        wall: Timestamp,
        tag: u64,
        result: Result<Response<Bytes>, Failure>,
    ) {
        let Some(arrival) = self.arrivals.remove(&tag) else { return };
        let arrival = match arrival.step {
            Step::Refreshing => self.arrival_refreshed(now, tag, arrival, result),
            Step::Proving | Step::ProvingRefreshed => self.arrival_proven(now, wall, tag, arrival, result),
        };
        if let Err(error) = arrival {
            self.shared.out.push_back(KeeperOutput::Added { tag, result: Err(error) });
        }
    }

    fn arrival_proven(
        &mut self,
        now: Time,
        wall: Timestamp,
        tag: u64,
        mut arrival: Arrival,
        result: Result<Response<Bytes>, Failure>,
    ) -> Result<(), TokenError> {
        let why = match result.as_ref().map(wire::read::<Validation>) {
            Ok(Said::Yes(validation)) => {
                if validation.client_id != self.shared.credentials.client_id {
                    return Err(TokenError::OtherClient(validation.client_id));
                }
                let Validation { user_id: Some(user), login: Some(login), scopes, expires_in, .. } =
                    validation
                else {
                    return Err(TokenError::NotAUser);
                };
                let Arrival { access, refresh, .. } = arrival;
                let record =
                    TokenRecord { user, login, access, refresh, scopes, expires_at: None, refreshing: None };
                self.install_arrival(now, wall, tag, record, wire::lifetime(expires_in));
                return Ok(());
            }
            Ok(Said::No(_)) if arrival.refresh.is_some() && arrival.refreshes < TRIES => {
                arrival.step = Step::Refreshing;
                arrival.refreshes += 1;
                self.arrivals.insert(tag, arrival);
                self.send_arrival(now, tag);
                return Ok(());
            }
            Ok(Said::No(denial)) => return Err(TokenError::Denied(denial.to_string())),
            Ok(Said::Unclear(denial)) => denial.to_string(),
            Err(failure) => failure.cause.to_string(),
        };
        self.arrival_again(now, tag, arrival, why)
    }

    /// The access token that was added is over; this is what its refresh token gave.
    fn arrival_refreshed(
        &mut self,
        now: Time,
        tag: u64,
        mut arrival: Arrival,
        result: Result<Response<Bytes>, Failure>,
    ) -> Result<(), TokenError> {
        let why = match result.as_ref().map(wire::read::<Tokens>) {
            Ok(Said::Yes(tokens)) => {
                arrival.access = tokens.access_token;
                if let (Some(refresh), Some(token)) = (&mut arrival.refresh, tokens.refresh_token) {
                    refresh.token = token;
                }
                arrival.step = Step::ProvingRefreshed;
                arrival.backoff.reset();
                self.arrivals.insert(tag, arrival);
                self.send_arrival(now, tag);
                return Ok(());
            }
            Ok(Said::No(denial)) if denial.is_about_the_client() => {
                return Err(TokenError::Misconfigured(denial.to_string()));
            }
            Ok(Said::No(denial)) => return Err(TokenError::Denied(denial.to_string())),
            Ok(Said::Unclear(denial)) => denial.to_string(),
            Err(Failure { sent: Sent::No, cause }) => {
                return self.arrival_again(now, tag, arrival, cause.to_string());
            }
            Err(failure) => failure.cause.to_string(),
        };
        // A single-use token whose fate is unknown is not sent again.
        if arrival.refresh.as_ref().is_some_and(|refresh| !refresh.reusable) {
            return Err(TokenError::Unreachable(why));
        }
        self.arrival_again(now, tag, arrival, why)
    }

    fn arrival_again(
        &mut self,
        now: Time,
        tag: u64,
        mut arrival: Arrival,
        why: String,
    ) -> Result<(), TokenError> {
        if !arrival.are_others() && arrival.backoff.tries() >= TRIES {
            return Err(TokenError::Unreachable(why));
        }
        self.timers.set(&Timer::Arrival(tag), Some(arrival.backoff.next(now)));
        self.arrivals.insert(tag, arrival);
        Ok(())
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
