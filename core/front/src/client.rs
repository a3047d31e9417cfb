//! [`Client`]: the handle that applications hold. Here is what needs no waiting; the rest is in `threads.rs` and `tasks/`.

use crate::builder::{Builder, LoggingIn, Show};
use crate::driver::Driver;
use crate::listen::Notices;
use crate::pages::Pages;
use jiff::Timestamp;
use std::any::Any;
use std::fmt;
use std::sync::Arc;
use twitchwire::auth::flow::Authorize;
use twitchwire::auth::{Account, Scope, TokenError, TokenRecord};
use twitchwire::eventsub::{Conduit, ConduitProgress, Costs, Subscribing, Topic, Wished};
use twitchwire::helix::{Budget, CallError, Endpoint, Paged, Prepared, Value};
use twitchwire::id::UserId;
use twitchwire::{As, CallId, CompactString, Counts, Custom, Filter, Login, Notice, Time, WishId};
use url::Url;

/// A Twitch client. Clones are cheap handles to the same one; it ends with `close`, or with its last handle.
#[derive(Clone)]
pub struct Client<D: Driver> {
    life: Arc<Life<D>>,
    pub(crate) me: Option<UserId>,
    pub(crate) who: As,
}

/// What the handles own together, and listeners, tasks and threads do not.
struct Life<D: Driver>(D);

impl<D: Driver> Drop for Life<D> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// How many notices a listener's queue holds before it loses the oldest.
pub(crate) const QUEUE: usize = 1024;

impl<D: Driver> Client<D> {
    /// Sets up a client for an application's client id.
    pub fn builder(client_id: impl Into<String>) -> Builder<D> {
        Builder::new(client_id)
    }

    pub(crate) fn new(driver: D) -> Self {
        Client { life: Arc::new(Life(driver)), me: None, who: As::Default }
    }

    pub(crate) fn driver(&self) -> &D {
        &self.life.0
    }

    /// The user that was logged in or added at start, or else the only one whose token is held.
    pub fn me(&self) -> Result<UserId, CallError> {
        if let Some(me) = &self.me {
            return Ok(me.clone());
        }
        self.driver().with(|machine, _| {
            let mut users = machine.core.tokens().map(|record| &record.user);
            match (users.next(), users.next()) {
                (Some(only), None) => Ok(only.clone()),
                _ => Err(CallError::NoToken { operation: "me", why: TokenError::Whose }),
            }
        })
    }

    /// Whether the start is over, with what the application had to set up.
    pub fn is_ready(&self) -> bool {
        self.driver().with(|machine, _| machine.is_started)
    }

    /// Whether the client has ended.
    pub fn is_closed(&self) -> bool {
        self.driver().with(|machine, _| machine.desk.is_ended())
    }

    /// The same client, calling with the app token.
    #[must_use]
    pub fn as_app(&self) -> Self {
        Client { who: As::App, ..self.clone() }
    }

    /// The same client, calling with this user's token.
    #[must_use]
    pub fn as_user(&self, user: impl Into<UserId>) -> Self {
        Client { who: As::User(user.into()), ..self.clone() }
    }

    /// The same client, calling with an extension's signed JWT.
    #[must_use]
    pub fn as_jwt(&self, jwt: impl Into<String>) -> Self {
        Client { who: As::Jwt(jwt.into().into()), ..self.clone() }
    }

    /// Gives the machine a command that is answered by a reply.
    pub(crate) fn ask<T>(
        &self,
        command: impl FnOnce(&mut twitchwire::Client, Time) -> T,
        id: impl FnOnce(&T) -> CallId,
    ) -> (T, Waiting<D>) {
        let (asked, id) = self.driver().with(|machine, now| {
            let asked = command(&mut machine.core, now);
            let id = id(&asked);
            machine.desk.expect(id);
            (asked, id)
        });
        (asked, Waiting { driver: self.driver().clone(), id, done: false })
    }

    /// Sends a request that was prepared before.
    pub(crate) fn send(&self, prepared: Prepared) -> Waiting<D> {
        self.ask(|core, now| core.send(now, prepared, self.who.clone()), CallId::clone).1
    }

    pub(crate) fn log_in(&self, scopes: impl IntoIterator<Item = Scope>, show: Show) -> LoggingIn<D, Login> {
        let prompts = self.listen(Filter::Notices);
        let (login, waiting) = self.ask(|core, now| core.login(now, scopes), Login::id);
        LoggingIn { prompts, waiting, login, show: Some(show) }
    }

    /// Where to send a user who is to authorise the application; they come back to
    /// [`Callback::redirect_url`](twitchwire::Callback::redirect_url). Whoever has the URL may use it, once, for ten
    /// minutes.
    pub fn authorize_url(&self, asked: &Authorize) -> Result<Url, TokenError> {
        self.driver().with(|machine, now| machine.core.authorize_url(now, asked))
    }

    /// Walks over a list, fetching its pages as they are needed.
    pub fn pages<E: Endpoint>(&self, request: &E) -> Pages<D, E>
    where
        Value<E>: Paged,
    {
        Pages::new(self.clone(), request)
    }

    /// Hears notices: what happens to links, tokens and subscriptions, and events of all topics. Listening does not
    /// keep the client alive.
    pub fn listen(&self, filter: Filter) -> Notices<D> {
        Notices::new(self.driver(), filter)
    }

    /// Forgets a user's tokens, here and in the store; Twitch is not told.
    pub fn remove_token(&self, user: &UserId) {
        self.driver().with(|machine, now| machine.core.remove_token(now, user));
    }

    /// Sends a parked refresh token once more: see [`TokenError::Parked`].
    pub fn retry_token(&self, user: &UserId) {
        self.driver().with(|machine, now| machine.core.retry_token(now, user));
    }

    /// Tries a blocked wish again.
    pub fn retry(&self, wish: WishId) {
        self.driver().with(|machine, now| machine.core.retry(now, wish));
    }

    /// Withdraws a wish that [`Events::detach`](crate::Events::detach) has kept.
    pub fn unsubscribe(&self, wish: WishId) {
        self.driver().with(|machine, now| machine.core.unsubscribe(now, wish));
    }

    /// Every wish: what it listens to, the session or conduit that carries it, its state, its cost.
    pub fn subscriptions(&self) -> Vec<Wished> {
        self.driver().with(|machine, _| machine.core.subscriptions().collect())
    }

    /// What a user's WebSocket subscriptions cost and may cost, as Twitch told last; none before it has.
    pub fn costs(&self, user: &UserId) -> Option<Costs> {
        self.driver().with(|machine, _| machine.core.costs(user))
    }

    /// What a subscription to this topic will cost, as far as the tokens held tell.
    pub fn predicted_cost<T: Topic>(&self, topic: &T) -> u64 {
        self.driver().with(|machine, _| machine.core.predicted_cost(topic))
    }

    /// The users whose tokens are held, with their logins and scopes and until when they are valid.
    pub fn tokens(&self) -> Vec<TokenRecord> {
        self.driver().with(|machine, _| machine.core.tokens().cloned().collect())
    }

    /// Looks at the conduit and its shards; none without one.
    pub fn with_conduit<T>(&self, look: impl FnOnce(&Conduit) -> T) -> Option<T> {
        self.driver().with(|machine, _| machine.core.conduit().map(look))
    }

    /// How far subscribing to the conduit has come, with an estimate of the time that is left.
    pub fn conduit_progress(&self) -> ConduitProgress {
        self.driver().with(|machine, now| machine.core.conduit_progress(now))
    }

    /// Gives the conduit another number of shards, 1 to 20 000. With `opening`, the client's own new ones are opened one
    /// after the other, and no event is lost; without, the size changes at once, and whoever has the new shards opens
    /// them.
    pub fn scale_conduit(&self, shard_count: u32, opening: bool) {
        self.driver().with(|machine, now| machine.core.scale_conduit(now, shard_count, opening));
    }

    /// Gives one of the client's shards another session, without a break and without a loss.
    pub fn restart_shard(&self, shard: u32) {
        self.driver().with(|machine, now| machine.core.restart_shard(now, shard));
    }

    /// Holds subscribing to the conduit back, for a dry run, or lets it go on.
    pub fn subscribing(&self, subscribing: Subscribing) {
        self.driver().with(|machine, now| machine.core.subscribing(now, subscribing));
    }

    /// Looks for the conduit again after the client has given up.
    pub fn retry_conduit(&self) {
        self.driver().with(|machine, now| machine.core.retry_conduit(now));
    }

    /// Up to when everything has come or lies in a gap that was told: give it to the next process, see
    /// [`Config::listened_until`](twitchwire::Config::listened_until).
    pub fn listened_until(&self) -> Option<Timestamp> {
        self.driver().with(|machine, _| machine.core.listened_until())
    }

    /// Tells those who listen to [`Filter::Custom`] of this name something of the application's own.
    pub fn tell(&self, name: impl Into<CompactString>, payload: impl Any + Send + Sync) {
        let notice = Notice::Custom(Custom::new(name, payload));
        self.driver().with(|machine, _| machine.tell(notice));
    }

    /// What the client has seen and done.
    pub fn counts(&self) -> Counts {
        self.driver().with(|machine, _| machine.core.counts())
    }

    /// What is left of an account's rate limit, as far as known.
    pub fn quota(&self, account: &Account) -> Option<Budget> {
        self.driver().with(|machine, _| machine.core.quota(account))
    }
}

impl<D: Driver> fmt::Debug for Client<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("me", &self.me).field("who", &self.who).finish_non_exhaustive()
    }
}

/// Waits for a reply. Dropped before, it cancels the call.
pub(crate) struct Waiting<D: Driver> {
    pub(crate) driver: D,
    pub(crate) id: CallId,
    pub(crate) done: bool,
}

impl<D: Driver> Drop for Waiting<D> {
    fn drop(&mut self) {
        if !self.done {
            self.driver.with(|machine, now| {
                machine.desk.forget(self.id);
                machine.core.cancel(now, self.id);
            });
        }
    }
}
