//! Tokens that are given back: Twitch is asked to revoke them, then they are forgotten.
//!
//! A revocation waits for a renewal under way, so that no new token is left behind.

use super::{Exchange, Keeper, KeeperOutput, Timer, TokenNotice};
use crate::auth::token::TokenError;
use crate::auth::wire::{self, Said};
use crate::backoff::Backoff;
use crate::client::Failure;
use crate::id::UserId;
use crate::time::Time;
use bytes::Bytes;
use http::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};

/// A user's tokens, on their way out.
#[derive(Debug)]
pub(super) struct Revocation {
    /// Who wants to know how it ends.
    tags: Vec<u64>,
    /// When it is given up, unless Twitch has been asked.
    until: Time,
    step: Step,
    backoff: Backoff,
}

#[derive(Debug)]
enum Step {
    /// For the store, for a renewal to end, or for another try.
    Waiting,
    /// Twitch was asked to revoke this access token.
    Sent(SecretString),
}

/// How often Twitch is asked before the revocation is given up.
const TRIES: u32 = 4;

impl Keeper {
    /// Revokes a user's tokens, then forgets them, here and in the store; [`KeeperOutput::Revoked`] tells how it ended.
    /// If it fails, or Twitch has not been asked by `until`, the tokens are kept.
    pub fn revoke(&mut self, now: Time, tag: u64, user: &UserId, until: Time) {
        if let Some(under_way) = self.revocations.get_mut(user) {
            under_way.tags.push(tag);
            return;
        }
        let backoff = self.shared.backoff();
        let revocation = Revocation { tags: vec![tag], until, step: Step::Waiting, backoff };
        self.revocations.insert(user.clone(), revocation);
        self.go_on_revoking(now, user);
    }

    /// Something changed that a revocation may wait for.
    pub(super) fn go_on_revoking(&mut self, now: Time, id: &UserId) {
        let is_loaded = self.is_loaded();
        let Some(revocation) = self.revocations.get_mut(id) else { return };
        if !matches!(revocation.step, Step::Waiting) {
            return;
        }
        let waits_for = match self.users.get(id) {
            _ if !is_loaded => "the token store",
            None => return self.end_revocation(id, Err(TokenError::Unknown(id.clone()))),
            Some(user) if user.is_changing() => "the token's renewal",
            Some(user) => return self.ask_to_revoke(now, id, user.record.access.clone()),
        };
        if now >= revocation.until {
            return self.end_revocation(id, Err(TokenError::Deadline(waits_for)));
        }
        self.timers.set(&Timer::Revocation(id.clone()), Some(revocation.until));
    }

    fn ask_to_revoke(&mut self, now: Time, id: &UserId, token: SecretString) {
        let Some(revocation) = self.revocations.get_mut(id) else { return };
        self.timers.set(&Timer::Revocation(id.clone()), None);
        let request = wire::revoke(&self.shared.oauth, &self.shared.credentials.client_id, &token);
        revocation.step = Step::Sent(token);
        let exchange = self.shared.http(now, request, false);
        self.exchanges.insert(exchange, Exchange::Revocation(id.clone()));
    }

    pub(super) fn revocation_answered(
        &mut self,
        now: Time,
        id: UserId,
        result: Result<Response<Bytes>, Failure>,
    ) {
        let Some(revocation) = self.revocations.get_mut(&id) else { return };
        let Step::Sent(token) = std::mem::replace(&mut revocation.step, Step::Waiting) else { return };
        let why = match result.as_ref().map(wire::read_revoked) {
            Ok(Said::Yes(())) => return self.revoked(now, id, &token),
            Ok(Said::No(denial)) if denial.is_a_dead_token() => return self.revoked(now, id, &token),
            Ok(Said::No(denial))
                if denial.is_about_the_client() || denial.status == StatusCode::NOT_FOUND =>
            {
                return self.end_revocation(&id, Err(TokenError::Misconfigured(denial.to_string())));
            }
            Ok(Said::No(denial)) => {
                return self.end_revocation(&id, Err(TokenError::Denied(denial.to_string())));
            }
            Ok(Said::Unclear(denial)) => denial.to_string(),
            Err(failure) => failure.cause.to_string(),
        };
        if revocation.backoff.tries() >= TRIES {
            return self.end_revocation(&id, Err(TokenError::Unreachable(why)));
        }
        let at = revocation.backoff.next(now);
        if at >= revocation.until {
            return self.end_revocation(&id, Err(TokenError::Unreachable(why)));
        }
        self.timers.set(&Timer::Revocation(id), Some(at));
    }

    /// An access token is dead; a newer one that came meanwhile is revoked too.
    fn revoked(&mut self, now: Time, id: UserId, token: &SecretString) {
        let newer = |user: &super::User| {
            user.record.access.expose_secret() != token.expose_secret() || user.is_changing()
        };
        if self.users.get(&id).is_some_and(newer) {
            return self.go_on_revoking(now, &id);
        }
        self.forget(&id);
        self.shared.notice(TokenNotice::Revoked(id.clone()));
        self.end_revocation(&id, Ok(()));
    }

    fn end_revocation(&mut self, id: &UserId, result: Result<(), TokenError>) {
        self.timers.set(&Timer::Revocation(id.clone()), None);
        for tag in self.revocations.remove(id).map(|revocation| revocation.tags).unwrap_or_default() {
            self.shared.out.push_back(KeeperOutput::Revoked { tag, result: result.clone() });
        }
    }
}
