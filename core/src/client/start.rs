//! How a client starts: the store is read, and, if a user is wanted, one is found whose token has the scopes and works,
//! added, or logged in.

use super::call::What;
use super::{CallId, Client, Life, Reply, Timer};
use crate::auth::{Account, Identity, Scope, TokenError, Usable};
use crate::id::UserId;
use crate::record::{Begun, Told};
use crate::time::Time;
use secrecy::SecretString;
use std::collections::VecDeque;

/// Who the client is to act for.
#[derive(Debug)]
pub enum Entry {
    /// Nobody in particular: whoever the store knows.
    Stored,
    /// The user of these tokens.
    Token {
        /// The access token.
        access: SecretString,
        /// What renews it.
        refresh: Option<SecretString>,
    },
    /// A user whose stored token will do, or else one who logs in; [`Notice::Prompt`](super::Notice::Prompt) tells what to
    /// show.
    Login,
}

/// A start under way.
#[must_use = "the reply is read with Start::finish"]
#[derive(Debug)]
pub struct Start {
    id: CallId,
    scopes: Vec<Scope>,
}

/// Why a client did not start, and what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is no token that can be used.
    #[error("{0}")]
    Token(#[from] TokenError),
    /// The token lacks scopes; get one that has them.
    #[error("the token of {user} lacks {}", .scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(", "))]
    MissingScopes {
        /// Whose token.
        user: UserId,
        /// What it lacks.
        scopes: Vec<Scope>,
    },
    /// The driver cannot set up what it needs: TLS, threads.
    #[error("{0}")]
    Driver(String),
    /// What the application wanted to set up failed.
    #[error("the set-up failed: {0}")]
    SetUp(String),
}

impl Start {
    /// Names the start in [`Output::Reply`](super::Output::Reply).
    pub fn id(&self) -> CallId {
        self.id
    }

    /// Reads the reply: whom the client acts for.
    pub fn finish(self, reply: Reply) -> Result<Option<Identity>, StartError> {
        match reply.what {
            What::Login(result) if reply.id == self.id => {
                let identity = result?;
                let lacks = |scope: &&Scope| !identity.scopes.contains(scope);
                let scopes: Vec<Scope> = self.scopes.iter().filter(lacks).cloned().collect();
                if scopes.is_empty() {
                    Ok(Some(identity))
                } else {
                    Err(StartError::MissingScopes { user: identity.user, scopes })
                }
            }
            What::Ready if reply.id == self.id => Ok(None),
            _ => Err(TokenError::Closed.into()),
        }
    }
}

/// What a start waits for.
#[derive(Debug)]
pub(super) struct Starting {
    entry: Entry,
    scopes: Vec<Scope>,
    /// Stored users who may do; none before the store is read.
    candidates: Option<VecDeque<UserId>>,
}

impl Client {
    /// Starts: waits for the store and, unless `entry` says otherwise, finds a user whose token has these scopes.
    pub fn start(&mut self, now: Time, entry: Entry, scopes: Vec<Scope>) -> Start {
        self.record(now, || Told::Start { entry: Begun::of(&entry), scopes: scopes.clone() });
        let id = CallId(self.next_id());
        if self.life == Life::Running {
            let starting = Starting { entry, scopes: scopes.clone(), candidates: None };
            self.starting.insert(id, starting);
            self.timers.set(&Timer::Start(id), Some(now + self.config.call_timeout));
            self.go_on_starting(now);
            self.settle(now);
        } else {
            self.reply(id, What::Login(Err(TokenError::Closed)));
        }
        Start { id, scopes }
    }

    /// Something changed that a start may wait for.
    pub(super) fn go_on_starting(&mut self, now: Time) {
        if !self.keeper.is_loaded() {
            return;
        }
        for id in self.starting.keys().copied().collect::<Vec<_>>() {
            self.go_on_with(now, id);
        }
    }

    fn go_on_with(&mut self, now: Time, id: CallId) {
        let Some(starting) = self.starting.get_mut(&id) else { return };
        match &starting.entry {
            Entry::Stored => {
                self.end_start(id);
                self.reply(id, What::Ready);
            }
            Entry::Token { access, refresh } => {
                let (access, refresh) = (access.clone(), refresh.clone());
                self.end_start(id);
                self.add(now, id, access, refresh);
            }
            Entry::Login => {
                let candidates = starting.candidates.get_or_insert_with(|| {
                    let suffices = |held: &[Scope]| starting.scopes.iter().all(|scope| held.contains(scope));
                    let users = self.keeper.users().filter(|(_, record)| suffices(&record.scopes));
                    users.map(|(user, _)| user.clone()).collect()
                });
                while let Some(user) = candidates.front() {
                    match self.keeper.usable(now, &Account::User(user.clone())) {
                        Usable::Wait => return,
                        Usable::Yes { .. } => {
                            let identity = self.keeper.record(user).map(Identity::of);
                            let user = user.clone();
                            self.end_start(id);
                            let result = identity.ok_or(TokenError::Unknown(user));
                            return self.reply(id, What::Login(result));
                        }
                        Usable::No(why @ TokenError::Misconfigured(_)) => {
                            self.end_start(id);
                            return self.reply(id, What::Login(Err(why)));
                        }
                        // Dead or parked: the user has to log in again.
                        Usable::No(_) => {
                            candidates.pop_front();
                        }
                    }
                }
                let scopes = std::mem::take(&mut starting.scopes);
                self.end_start(id);
                self.log_in(now, id, scopes);
            }
        }
    }

    /// Starts that are not over fail.
    pub(super) fn fail_starting(&mut self, why: &TokenError) {
        for id in self.starting.keys().copied().collect::<Vec<_>>() {
            self.end_start(id);
            self.reply(id, What::Login(Err(why.clone())));
        }
    }

    /// A start has taken too long.
    pub(super) fn start_timeout(&mut self, id: CallId) {
        if self.starting.remove(&id).is_some() {
            let why = TokenError::Unreachable("no token could be validated in time".into());
            self.reply(id, What::Login(Err(why)));
        }
    }

    /// A start is over, or nobody waits for it any more.
    pub(super) fn end_start(&mut self, id: CallId) {
        self.starting.remove(&id);
        self.timers.set(&Timer::Start(id), None);
    }
}
