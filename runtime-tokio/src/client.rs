//! [`Builder`] makes a client, [`Client`] is the handle to it.

use crate::driver::Shared;
use crate::listen::{Events, Notices, Pages};
use crate::net::Net;
use std::fmt;
use std::future::{Future, poll_fn};
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;
use twitchwire::auth::flow::Prompt;
use twitchwire::auth::store::{MemoryStore, Store};
use twitchwire::auth::{Account, Identity, Scope, TokenError};
use twitchwire::eventsub::{Topic, Via};
use twitchwire::helix::{Budget, CallError, Endpoint, Paged, Prepared, Value};
use twitchwire::id::UserId;
use twitchwire::jiff::Timestamp;
use twitchwire::{
    As, CallId, Config, Counts, Endpoints, Entry, Filter, Input, LINGER, Reply, SecretString, StartError,
    WaitError, WishError, WishId,
};

type Show = Box<dyn FnOnce(&Prompt) + Send>;

/// Sets a client up. Made by [`Client::builder`].
#[must_use = "nothing happens before `start`"]
pub struct Builder {
    config: Config,
    store: Arc<dyn Store>,
    scopes: Vec<Scope>,
    token: Option<(SecretString, Option<SecretString>)>,
    login: Option<Show>,
    roots: Vec<Vec<u8>>,
}

impl Builder {
    /// The application's client secret. Without one the client is public: it has no app token, and its refresh tokens
    /// can be used once.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.config.client_secret = Some(secret.into().into());
        self
    }

    /// Where Twitch is: a server that plays it, for tests.
    pub fn endpoints(mut self, endpoints: Endpoints) -> Self {
        self.config.endpoints = endpoints;
        self
    }

    /// Where tokens are kept. Without a store they last as long as the client.
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.store = Arc::new(store);
        self
    }

    /// What a login asks for, and what a stored or given token must have.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes.extend(scopes);
        self
    }

    /// A user's tokens to start with. They are validated and written to the store.
    pub fn token(mut self, access: impl Into<String>, refresh: Option<&str>) -> Self {
        self.token = Some((access.into().into(), refresh.map(SecretString::from)));
        self
    }

    /// Logs a user in unless a stored token will do: `show` is told what the user has to do.
    pub fn login(mut self, show: impl FnOnce(&Prompt) + Send + 'static) -> Self {
        self.login = Some(Box::new(show));
        self
    }

    /// The longest silence to ask EventSub for, in seconds, 10 to 600.
    pub fn keepalive(mut self, seconds: u16) -> Self {
        self.config.keepalive = seconds;
        self
    }

    /// Trusts one more authority, given as a DER certificate.
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.roots.push(der.into());
        self
    }

    /// Changes anything else.
    pub fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// Starts the client on the current runtime: reads the store, adds the token, logs in. The notices hear everything
    /// from the very first.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start(self) -> Result<(Client, Notices), StartError> {
        let Builder { config, store, scopes, token, login, roots } = self;
        let net =
            Net::new(&roots).map_err(|error| StartError::Driver(format!("TLS cannot be set up: {error}")))?;
        let shared = Shared::start(config, net, store);
        let mut client = Client { life: Arc::new(Life(shared)), me: None, who: As::Default };
        let notices = client.listen(Filter::Everything);
        client.shared().input(Input::Wall(Timestamp::now()));
        let entry = match (token, &login) {
            (Some((access, refresh)), _) => Entry::Token { access, refresh },
            (None, Some(_)) => Entry::Login,
            (None, None) => Entry::Stored,
        };
        let identity = client.begin(entry, scopes, login).await?;
        client.me = identity.map(|identity| identity.user);
        Ok((client, notices))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Builder({})", self.config.client_id)
    }
}

/// A Twitch client. Clones are cheap handles to the same one; it ends with [`Client::close`], or with its last handle.
#[derive(Clone)]
pub struct Client {
    life: Arc<Life>,
    me: Option<UserId>,
    who: As,
}

/// What the handles own together, and the tasks do not.
struct Life(Arc<Shared>);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// How many notices a listener's queue holds before it loses the oldest.
const QUEUE: usize = 1024;

impl Client {
    /// Sets up a client for an application's client id.
    pub fn builder(client_id: impl Into<String>) -> Builder {
        let random = RandomState::new().hash_one(());
        let mut config = Config::new(client_id);
        config.seed = random;
        config.name = format!("{}-{random:016x}", std::process::id());
        let store = Arc::new(MemoryStore::new());
        Builder { config, store, scopes: vec![], token: None, login: None, roots: vec![] }
    }

    /// The user that was logged in or added at start, or else the only one whose token is held.
    pub fn me(&self) -> Result<UserId, CallError> {
        if let Some(me) = &self.me {
            return Ok(me.clone());
        }
        let state = self.shared().lock();
        let mut users = state.core.tokens().map(|record| &record.user);
        match (users.next(), users.next()) {
            (Some(only), None) => Ok(only.clone()),
            _ => Err(CallError::NoToken { operation: "me", why: TokenError::Whose }),
        }
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

    /// Calls Helix. Dropping the future cancels the call; what was sent already may still happen.
    pub async fn call<E: Endpoint>(&self, request: &E) -> Result<Value<E>, CallError> {
        let call = self.shared().with(|state, now| {
            let call = state.core.call(now, request, self.who.clone());
            state.desk.expect(call.id());
            call
        });
        let reply = Waiting::new(self, call.id()).await;
        call.finish(reply)
    }

    /// Sends a request that was prepared before; its reply comes to whoever waits for it.
    pub(crate) fn send(&self, prepared: Prepared) -> Waiting {
        let id = self.shared().with(|state, now| {
            let id = state.core.send(now, prepared, self.who.clone());
            state.desk.expect(id);
            id
        });
        Waiting::new(self, id)
    }

    /// Walks a list, page after page, as a stream of its items. See [`Pages`].
    pub fn pages<E: Endpoint>(&self, request: &E) -> Pages<E>
    where
        Value<E>: Paged,
    {
        Pages::new(self.clone(), request)
    }

    /// Hears a topic over a WebSocket, from before Twitch is asked. Fails if Twitch does not allow it; a passing
    /// failure is waited out.
    pub async fn subscribe<T: Topic>(&self, topic: T) -> Result<Events<T>, WishError> {
        self.subscribe_via(topic, Via::WebSocket).await
    }

    /// Hears a topic another way.
    pub async fn subscribe_via<T: Topic>(&self, topic: T, via: Via) -> Result<Events<T>, WishError> {
        let (wish, listener) = self.shared().with(|state, now| {
            let wish = state.core.subscribe(now, &topic, via);
            state.desk.expect_wish(wish);
            (wish, state.desk.listen(Filter::Wish(wish), QUEUE))
        });
        let mut events = Events::new(wish, Notices::new(self.shared().clone(), listener));
        events.settled().await?;
        Ok(events)
    }

    /// Hears notices: what happens to links, tokens and subscriptions, and events of all topics. Listening does not
    /// keep the client alive.
    pub fn listen(&self, filter: Filter) -> Notices {
        let listener = self.shared().lock().desk.listen(filter, QUEUE);
        Notices::new(self.shared().clone(), listener)
    }

    /// Waits for the first event of a topic that is wanted. It only listens: something must have subscribed to it.
    pub async fn wait_for<T: Topic>(
        &self,
        mut wanted: impl FnMut(&T::Event) -> bool,
        within: Duration,
    ) -> Result<T::Event, WaitError> {
        let mut notices = self.listen(Filter::topic::<T>());
        let first = async {
            while let Some(heard) = notices.next().await {
                if let Some(Ok(event)) = heard.event::<T>()
                    && wanted(&event)
                {
                    return Ok(event);
                }
            }
            Err(WaitError::Closed)
        };
        timeout(within, first).await.unwrap_or(Err(WaitError::Timeout))
    }

    /// Adds a user's tokens: they are validated and written to the store.
    pub async fn add_token(
        &self,
        access: impl Into<String>,
        refresh: Option<&str>,
    ) -> Result<Identity, TokenError> {
        self.added(access.into().into(), refresh.map(SecretString::from)).await
    }

    async fn added(
        &self,
        access: SecretString,
        refresh: Option<SecretString>,
    ) -> Result<Identity, TokenError> {
        let login = self.shared().with(|state, now| {
            let login = state.core.add_token(now, access, refresh);
            state.desk.expect(login.id());
            login
        });
        let reply = Waiting::new(self, login.id()).await;
        login.finish(reply)
    }

    /// Waits until the client has found whom to act for, and shows the user what a login asks of them.
    async fn begin(
        &self,
        entry: Entry,
        scopes: Vec<Scope>,
        mut show: Option<Show>,
    ) -> Result<Option<Identity>, StartError> {
        let mut notices = self.listen(Filter::Notices);
        let start = self.shared().with(|state, now| {
            let start = state.core.start(now, entry, scopes);
            state.desk.expect(start.id());
            start
        });
        let mut reply = Waiting::new(self, start.id());
        let reply = poll_fn(|context| {
            while let Poll::Ready(Some(heard)) = notices.poll_heard(context) {
                if let Some(prompt) = heard.prompt(start.id())
                    && let Some(show) = show.take()
                {
                    show(prompt);
                }
            }
            Pin::new(&mut reply).poll(context)
        })
        .await;
        start.finish(reply)
    }

    /// Forgets a user's tokens, here and in the store.
    pub fn remove_token(&self, user: &UserId) {
        self.shared().with(|state, now| state.core.remove_token(now, user));
    }

    /// Sends a parked refresh token once more: see [`TokenError::Parked`].
    pub fn retry_token(&self, user: &UserId) {
        self.shared().with(|state, now| state.core.retry_token(now, user));
    }

    /// Tries a blocked wish again.
    pub fn retry(&self, wish: WishId) {
        self.shared().with(|state, now| state.core.retry(now, wish));
    }

    /// Withdraws a wish that [`Events::detach`] has kept.
    pub fn unsubscribe(&self, wish: WishId) {
        self.shared().with(|state, now| state.core.unsubscribe(now, wish));
    }

    /// What the client has seen and done.
    pub fn counts(&self) -> Counts {
        self.shared().lock().core.counts()
    }

    /// What is left of an account's rate limit, as far as known.
    pub fn quota(&self, account: &Account) -> Option<Budget> {
        self.shared().lock().core.quota(account)
    }

    /// Ends the client: subscriptions are deleted, sockets closed, tokens saved. Handles stay valid and fail.
    pub async fn close(&self) {
        let mut ending = self.listen(Filter::Notices);
        self.shared().with(|state, now| state.core.close(now));
        while ending.next().await.is_some() {}
        // Sockets that linger longer are cut.
        let _ = timeout(LINGER, self.shared().until_quiet()).await;
        self.shared().stop();
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.life.0
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("me", &self.me).field("who", &self.who).finish_non_exhaustive()
    }
}

/// Waits for a reply. Dropped before, it cancels the call.
pub(crate) struct Waiting {
    shared: Arc<Shared>,
    id: CallId,
    done: bool,
}

impl Waiting {
    fn new(client: &Client, id: CallId) -> Self {
        Waiting { shared: client.shared().clone(), id, done: false }
    }

    pub(crate) fn id(&self) -> CallId {
        self.id
    }
}

impl Future for Waiting {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Reply> {
        let reply = self.shared.lock().desk.reply(self.id, || context.waker().clone());
        match reply {
            Some(reply) => {
                self.done = true;
                Poll::Ready(reply)
            }
            None => Poll::Pending,
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.done {
            self.shared.with(|state, now| {
                state.desk.forget(self.id);
                state.core.cancel(now, self.id);
            });
        }
    }
}
