//! Tokens: logins and tokens that are added come in here, and go to the [`Keeper`](crate::auth::Keeper); what it asks
//! for and tells is carried on: a token that changed wakes the calls and wishes that wait for it.

use super::call::What;
use super::{CallId, Client, Life, Login, Notice, Output, Owner, Revocation, StoreId, Timer};
use crate::auth::flow::{DeviceFlow, Flow, FlowStep};
use crate::auth::provider::{Given, TokenWanted, WantedFor};
use crate::auth::wire::Credentials;
use crate::auth::{Account, Identity, KeeperOutput, Refresh, Scope, TokenError, TokenNotice, TokenRecord};
use crate::id::UserId;
use crate::record::{Told, exposed};
use crate::time::Time;
use secrecy::SecretString;

impl Client {
    /// Logs a user in: [`Notice::Prompt`] tells what to show, the reply whose token it is.
    pub fn login(&mut self, now: Time, scopes: impl IntoIterator<Item = Scope>) -> Login {
        let scopes: Vec<Scope> = scopes.into_iter().collect();
        self.record(now, || Told::Login(scopes.clone()));
        let id = CallId(self.next_id());
        if self.life != Life::Running {
            self.reply(id, What::Login(Err(TokenError::Closed)));
            return Login { id };
        }
        self.log_in(now, id, scopes);
        Login { id }
    }

    pub(super) fn log_in(&mut self, now: Time, id: CallId, scopes: Vec<Scope>) {
        let oauth = self.config.endpoints.oauth.clone();
        let (flow, request) = DeviceFlow::start(oauth, self.credentials(), scopes);
        self.logins.insert(id, Flow::Device(flow));
        self.exchange(now, Owner::Login(id), request, true, now + self.config.answer_timeout);
    }

    pub(super) fn credentials(&self) -> Credentials {
        Credentials {
            client_id: self.config.client_id.clone(),
            client_secret: self.config.client_secret.clone(),
        }
    }

    /// Takes a user's tokens: validates them, writes them down, and replies whose they are. A refresh token is
    /// reusable if the client has a secret.
    pub fn add_token(&mut self, now: Time, access: SecretString, refresh: Option<SecretString>) -> Login {
        self.record(now, || Told::AddToken {
            access: exposed(&access),
            refresh: refresh.as_ref().map(exposed),
        });
        let id = CallId(self.next_id());
        if self.life != Life::Running {
            self.reply(id, What::Login(Err(TokenError::Closed)));
            return Login { id };
        }
        self.add(now, id, access, refresh);
        self.settle(now);
        Login { id }
    }

    pub(super) fn add(&mut self, now: Time, id: CallId, access: SecretString, refresh: Option<SecretString>) {
        self.adding.insert(id);
        self.keeper.add(now, id.0, access, self.refresh(refresh));
    }

    /// Answers [`Notice::TokenWanted`]: the token is proven, written down and used; without one, or if it is no good, the
    /// calls that wait for it fail.
    pub fn give_token(&mut self, now: Time, account: Account, given: Option<Given>) {
        self.record(now, || Told::GiveToken {
            user: match &account {
                Account::User(user) => Some(user.clone()),
                Account::App => None,
            },
            given: given.as_ref().map(|given| (exposed(&given.access), given.refresh.as_ref().map(exposed))),
        });
        if self.life != Life::Running || !self.wanted.contains(&account) {
            return;
        }
        match (&account, given) {
            (Account::User(_), Some(Given { access, refresh })) => {
                let tag = self.next_id();
                self.given.insert(tag, account);
                self.keeper.add(now, tag, access, self.refresh(refresh));
            }
            (Account::App, Some(Given { access, .. })) => {
                self.keeper.give_app(now, access);
                self.answered_for(now, &account);
            }
            (_, None) => self.answered_for(now, &account),
        }
        self.settle(now);
    }

    /// Asks for a token that is not held, if there is somebody to ask; whether the answer is awaited. Only who has not had
    /// an answer asks.
    pub(super) fn ask(&mut self, account: &Account, first: bool, why: WantedFor) -> bool {
        if self.wanted.contains(account) {
            return true;
        }
        let helps = !matches!(why, WantedFor::Lack(TokenError::Misconfigured(_)));
        if !(self.config.ask_for_tokens && first && helps) {
            return false;
        }
        self.wanted.insert(account.clone());
        self.notice(Notice::TokenWanted(TokenWanted { account: account.clone(), why }));
        true
    }

    /// A question for an account's token is answered: who waits looks again.
    fn answered_for(&mut self, now: Time, account: &Account) {
        self.wanted.remove(account);
        self.wake(now, account);
        self.open_waiting(now, account, false);
    }

    fn given_is_proven(&mut self, now: Time, account: Account, result: Result<Identity, TokenError>) {
        let why = match result {
            Ok(identity) if Account::User(identity.user.clone()) == account => None,
            Ok(identity) => Some(TokenError::OtherUser(identity.user)),
            Err(why) => Some(why),
        };
        if let Some(why) = why {
            self.notice(Notice::Token(TokenNotice::NotTaken { account: account.clone(), why }));
        }
        self.answered_for(now, &account);
    }

    fn refresh(&self, token: Option<SecretString>) -> Option<Refresh> {
        let reusable = self.config.client_secret.is_some();
        token.map(|token| Refresh { token, reusable })
    }

    /// Revokes a user's tokens at Twitch, then forgets them, here and in the store. Twitch ends the user's subscriptions
    /// with their last token. If it fails the tokens are kept; so they are if it cannot begin within
    /// [`Config::call_timeout`](super::Config::call_timeout), because the store cannot be read or a renewal takes long.
    pub fn revoke_token(&mut self, now: Time, user: &UserId) -> Revocation {
        self.record(now, || Told::RevokeToken(user.clone()));
        let id = CallId(self.next_id());
        if self.life == Life::Running {
            self.revoking.insert(id);
            self.keeper.revoke(now, id.0, user, now + self.config.call_timeout);
            self.settle(now);
        } else {
            self.reply(id, What::Revoked(Err(TokenError::Closed)));
        }
        Revocation { id }
    }

    /// Forgets a user's tokens, here and in the store. Their wishes are blocked until another token is added. Twitch is not
    /// told: see [`Client::revoke_token`].
    pub fn remove_token(&mut self, now: Time, user: &UserId) {
        self.record(now, || Told::RemoveToken(user.clone()));
        self.keeper.remove(user);
        self.settle(now);
    }

    /// Sends a parked refresh token once more: see [`TokenNotice::Parked`].
    pub fn retry_token(&mut self, now: Time, user: &UserId) {
        self.record(now, || Told::RetryToken(user.clone()));
        if let Some(wall) = self.wall_at(now) {
            self.keeper.retry(now, wall, user);
            self.settle(now);
        }
    }

    /// The tokens held.
    pub fn tokens(&self) -> impl Iterator<Item = &TokenRecord> {
        self.keeper.users().map(|(_, record)| record)
    }

    /// A user's token, if it is held.
    pub fn token(&self, user: &UserId) -> Option<&TokenRecord> {
        self.keeper.record(user)
    }

    pub(super) fn only_user(&self) -> Option<UserId> {
        let mut users = self.keeper.users();
        match (users.next(), users.next()) {
            (Some((user, _)), None) => Some(user.clone()),
            _ => None,
        }
    }

    pub(super) fn login_step(&mut self, now: Time, id: CallId, step: FlowStep) {
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
        let deadline = self.logins.get(&id).and_then(Flow::deadline);
        self.timers.set(&Timer::Login(id), deadline);
    }

    pub(super) fn keeper_says(&mut self, now: Time, output: KeeperOutput) {
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
                    let just_loaded = !std::mem::replace(&mut self.loaded, true);
                    if just_loaded {
                        self.notice(Notice::Ready);
                    }
                    self.go_on_starting(now);
                    self.wake_unresolved(now, just_loaded);
                }
                self.open_waiting(now, &account, true);
            }
            KeeperOutput::Added { tag, result } => {
                if let Some(account) = self.given.remove(&tag) {
                    return self.given_is_proven(now, account, result);
                }
                self.adding.remove(&CallId(tag));
                self.reply(CallId(tag), What::Login(result));
            }
            KeeperOutput::Revoked { tag, result } => {
                self.revoking.remove(&CallId(tag));
                self.reply(CallId(tag), What::Revoked(result));
            }
            KeeperOutput::Notice(notice) => {
                match &notice {
                    TokenNotice::Refreshed(account) => {
                        self.counts.refreshes += 1;
                        self.token_changed(now, account);
                    }
                    TokenNotice::Validated(account) => self.token_changed(now, account),
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

    pub(super) fn token_changed(&mut self, now: Time, account: &Account) {
        let user = match account {
            Account::User(user) => Some(user),
            Account::App => None,
        };
        if let Some(user) = user {
            self.plan.token_changed(user);
        }
        if let Some(conduit) = &mut self.conduit {
            conduit.token_changed(now, user);
        }
    }
}
