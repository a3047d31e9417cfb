//! [`Builder`], which sets a client up, and [`Client`], the handle that applications hold.

use crate::driver::{Life, QUEUE, Shared};
use crate::listen::{Events, Listening, Notices, Pages};
use crate::net;
use rustls::pki_types::CertificateDer;
use secrecy::SecretString;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use twitchwire::auth::flow::Prompt;
use twitchwire::auth::store::{MemoryStore, Store};
use twitchwire::auth::{Account, Identity, Scope};
use twitchwire::eventsub::{Topic, Via};
use twitchwire::helix::{Answer, Budget, Endpoint, Paged, Prepared, Value};
use twitchwire::id::UserId;
use twitchwire::{
    As, CallError, Config, Counts, Endpoints, Entry, Filter, Next, StartError, TokenError, WaitError,
    WishError, WishId,
};

/// Sets a client up.
#[must_use = "nothing happens before `start`"]
pub struct Builder {
    config: Config,
    store: Box<dyn Store>,
    scopes: Vec<Scope>,
    token: Option<(SecretString, Option<SecretString>)>,
    login: Option<Show>,
    roots: Vec<CertificateDer<'static>>,
}

type Show = Box<dyn FnOnce(&Prompt) + Send>;

impl Builder {
    /// The application's client secret. Without one the client is public: it has no app token, and its refresh tokens
    /// can be used once.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.config.client_secret = Some(secret.into().into());
        self
    }

    /// Where Twitch is, if not at its usual place: [`Endpoints::local`] for a simulated one.
    pub fn endpoints(mut self, endpoints: Endpoints) -> Self {
        self.config.endpoints = endpoints;
        self
    }

    /// Where tokens are kept. By default in memory, so that they last as long as the process.
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.store = Box::new(store);
        self
    }

    /// What users have to allow: a login asks for it, and a token without it will not do.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes = scopes.into_iter().collect();
        self
    }

    /// A user's token to start with.
    pub fn token(mut self, access: impl Into<String>, refresh: Option<&str>) -> Self {
        self.token = Some((access.into().into(), refresh.map(SecretString::from)));
        self
    }

    /// Takes the stored token if there is one that suffices, and otherwise lets a user log in: `show` is given the
    /// address and the code to enter there.
    pub fn login(mut self, show: impl FnOnce(&Prompt) + Send + 'static) -> Self {
        self.login = Some(Box::new(show));
        self
    }

    /// The longest silence to ask EventSub for, in seconds, 10 to 600.
    pub fn keepalive(mut self, seconds: u16) -> Self {
        self.config.keepalive = seconds;
        self
    }

    /// Trusts another root certificate, in DER.
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.roots.push(CertificateDer::from(der.into()));
        self
    }

    /// Changes any other setting.
    pub fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// Starts the client: reads the store, adds the token, logs in. The notices tell all that happens from the very
    /// beginning; who does not want them drops them.
    pub fn start(self) -> Result<(Client, Notices), StartError> {
        let Builder { config, store, scopes, token, login, roots } = self;
        let tls =
            net::tls(roots).map_err(|error| StartError::Driver(format!("TLS cannot be set up: {error}")))?;
        let (shared, life, listener) = Shared::start(config, tls, store)
            .map_err(|error| StartError::Driver(format!("no thread could be started: {error}")))?;
        let notices = Notices(Listening { shared: shared.clone(), id: listener });
        let mut client = Client { shared, _life: Arc::new(life), me: None, who: As::Default };
        let entry = match (token, &login) {
            (Some((access, refresh)), _) => Entry::Token { access, refresh },
            (None, Some(_)) => Entry::Login,
            (None, None) => Entry::Stored,
        };
        client.me = client.begin(entry, scopes, login)?.map(|identity| identity.user);
        Ok((client, notices))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Builder({})", self.config.client_id)
    }
}

/// A Twitch client. Clones are handles to the same one; it ends with [`Client::close`], or with its last handle.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    _life: Arc<Life>,
    me: Option<UserId>,
    who: As,
}

impl Client {
    /// Sets a client up.
    pub fn builder(client_id: impl Into<String>) -> Builder {
        let mut config = Config::new(client_id);
        // Each state has keys of its own, and hashing nothing shows them.
        config.seed = RandomState::new().hash_one(());
        config.name = format!("{}-{:016x}", std::process::id(), RandomState::new().hash_one(()));
        Builder {
            config,
            store: Box::new(MemoryStore::new()),
            scopes: Vec::new(),
            token: None,
            login: None,
            roots: Vec::new(),
        }
    }

    /// The user who logged in, or whose token was given at the start, or else the only one whose token is held.
    pub fn me(&self) -> Result<UserId, CallError> {
        if let Some(me) = &self.me {
            return Ok(me.clone());
        }
        let state = self.shared.lock();
        let mut tokens = state.core.tokens();
        match (tokens.next(), tokens.next()) {
            (Some(only), None) => Ok(only.user.clone()),
            _ => Err(CallError::NoToken { operation: "me", why: TokenError::Whose }),
        }
    }

    /// The same client, calling with the app's token.
    #[must_use]
    pub fn as_app(&self) -> Client {
        Client { who: As::App, ..self.clone() }
    }

    /// The same client, calling with this user's token.
    #[must_use]
    pub fn as_user(&self, user: impl Into<UserId>) -> Client {
        Client { who: As::User(user.into()), ..self.clone() }
    }

    /// The same client, calling with an extension's signed JWT.
    #[must_use]
    pub fn as_jwt(&self, jwt: impl Into<String>) -> Client {
        Client { who: As::Jwt(jwt.into().into()), ..self.clone() }
    }

    /// Calls Helix and waits for the answer.
    pub fn call<E: Endpoint>(&self, request: &E) -> Result<Value<E>, CallError> {
        let call = self.shared.act(|state, now| {
            let call = state.core.call(now, request, self.who.clone());
            state.desk.expect(call.id());
            call
        });
        let reply = self.shared.reply(call.id());
        call.finish(reply)
    }

    /// Walks over a list, fetching its pages as they are needed.
    pub fn pages<E: Endpoint>(&self, request: &E) -> Pages<E>
    where
        Value<E>: Paged,
    {
        Pages::new(self.clone(), request)
    }

    pub(crate) fn send(&self, prepared: Prepared) -> Result<Answer, CallError> {
        let id = self.shared.act(|state, now| {
            let id = state.core.send(now, prepared, self.who.clone());
            state.desk.expect(id);
            id
        });
        self.shared.reply(id).answer(id)
    }

    /// Subscribes to a topic and waits until Twitch agrees. If it does not, nothing is wanted any more.
    ///
    /// Without a connection this waits for one; the notices tell why.
    pub fn subscribe<T: Topic>(&self, topic: T) -> Result<Events<T>, WishError> {
        self.subscribe_via(topic, Via::WebSocket)
    }

    /// Subscribes to a topic in another way than the usual.
    pub fn subscribe_via<T: Topic>(&self, topic: T, via: Via) -> Result<Events<T>, WishError> {
        let (wish, id) = self.shared.act(|state, now| {
            let wish = state.core.subscribe(now, &topic, via);
            state.desk.expect_wish(wish);
            (wish, state.desk.listen(Filter::Wish(wish), QUEUE))
        });
        // Should the wish fail, dropping this takes it back.
        let events = Events::new(Listening { shared: self.shared.clone(), id }, wish);
        loop {
            // Not in the condition, which would hold the lock while the events are dropped.
            let settled = self.shared.lock().desk.settled(wish, thread::current);
            if let Some(settled) = settled {
                return settled.map(|()| events);
            }
            thread::park();
        }
    }

    /// Listens to what the client tells, from now on.
    pub fn listen(&self, filter: Filter) -> Notices {
        let id = self.shared.lock().desk.listen(filter, QUEUE);
        Notices(Listening { shared: self.shared.clone(), id })
    }

    /// Waits for the first event of a topic that is as wanted. Somebody has to be subscribed to it.
    pub fn wait_for<T: Topic>(
        &self,
        mut wanted: impl FnMut(&T::Event) -> bool,
        within: Duration,
    ) -> Result<T::Event, WaitError> {
        let until = Instant::now() + within;
        let Notices(listening) = self.listen(Filter::topic::<T>());
        loop {
            match self.shared.next(listening.id, Some(until)) {
                None => return Err(WaitError::Timeout),
                Some(Next::Ended) => return Err(WaitError::Closed),
                Some(Next::Heard(heard)) => {
                    if let Some(Ok(event)) = heard.event::<T>()
                        && wanted(&event)
                    {
                        return Ok(event);
                    }
                }
                Some(Next::Wait) => {}
            }
        }
    }

    /// Adds a user's tokens: they are validated and written to the store.
    pub fn add_token(
        &self,
        access: impl Into<String>,
        refresh: Option<&str>,
    ) -> Result<Identity, TokenError> {
        let (access, refresh) = (access.into().into(), refresh.map(SecretString::from));
        let login = self.shared.act(|state, now| {
            let login = state.core.add_token(now, access, refresh);
            state.desk.expect(login.id());
            login
        });
        let reply = self.shared.reply(login.id());
        login.finish(reply)
    }

    /// Forgets a user's tokens, here and in the store.
    pub fn remove_token(&self, user: &UserId) {
        self.shared.act(|state, now| state.core.remove_token(now, user));
    }

    /// Sends a parked refresh token once more: see [`TokenError::Parked`].
    pub fn retry_token(&self, user: &UserId) {
        self.shared.act(|state, now| state.core.retry_token(now, user));
    }

    /// Withdraws a wish that [`Events::detach`] has kept.
    pub fn unsubscribe(&self, wish: WishId) {
        self.shared.act(|state, now| state.core.unsubscribe(now, wish));
    }

    /// What the client has seen and done.
    pub fn counts(&self) -> Counts {
        self.shared.lock().core.counts()
    }

    /// What is left of an account's rate limit, as far as known.
    pub fn quota(&self, account: &Account) -> Option<Budget> {
        self.shared.lock().core.quota(account)
    }

    /// Tries a blocked wish again.
    pub fn retry(&self, wish: WishId) {
        self.shared.act(|state, now| state.core.retry(now, wish));
    }

    /// Ends the client: subscriptions are deleted, sockets closed, tokens saved, calls cancelled, threads gone. Doing it
    /// twice does no harm.
    pub fn close(&self) {
        self.shared.close();
    }

    /// Waits until the client has found whom to act for, and shows the user what a login asks of them.
    fn begin(
        &self,
        entry: Entry,
        scopes: Vec<Scope>,
        mut show: Option<Show>,
    ) -> Result<Option<Identity>, StartError> {
        let Notices(listening) = self.listen(Filter::Notices);
        let start = self.shared.act(|state, now| {
            let start = state.core.start(now, entry, scopes);
            state.desk.expect(start.id());
            start
        });
        loop {
            // Each leaves this thread with the desk, to be woken.
            if let Some(reply) = self.shared.lock().desk.reply(start.id(), thread::current) {
                return start.finish(reply);
            }
            match self.shared.next(listening.id, Some(Instant::now())) {
                Some(Next::Heard(heard)) => {
                    if let Some(prompt) = heard.prompt(start.id())
                        && let Some(show) = show.take()
                    {
                        show(prompt);
                    }
                }
                Some(_) => {}
                None => thread::park(),
            }
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("me", &self.me).field("who", &self.who).finish_non_exhaustive()
    }
}
