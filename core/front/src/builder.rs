//! [`Builder`] sets a client up; what it gathers for the driver is a [`Setup`] and a [`Route`].

use crate::client::{Client, Waiting};
use crate::driver::Driver;
use crate::listen::Notices;
use crate::proxy::Proxy;
use crate::recording::Recording;
use crate::route::{Route, Tls, Way};
use rustls::ClientConfig;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;
use twitchwire::auth::Scope;
use twitchwire::auth::flow::Prompt;
use twitchwire::auth::provider::Provider;
use twitchwire::auth::store::{MemoryStore, Store};
use twitchwire::eventsub::ConduitConfig;
use twitchwire::{Callback, Config, Endpoints, Entry, Filter, Heard, Input, SecretString, Start, StartError};

/// Sets a client up. Made by [`Client::builder`].
///
/// A start goes in this order: the store is read; the given token is validated, or a stored one found, or a user logs in;
/// the application sets up what it wants ([`Builder::start_with`]); then others find the client ready
/// ([`Client::ready`], [`Notice::Started`](twitchwire::Notice::Started)). Tokens are saved whenever they change, so closing
/// has none left to save; [`Unsaved`](crate::Unsaved) saves none at all.
#[must_use = "nothing happens before `start`"]
pub struct Builder<D: Driver> {
    setup: Setup,
    tls: Tls,
    proxy: Option<Proxy>,
    connector: Option<Arc<D::Connector>>,
    scopes: Vec<Scope>,
    token: Option<(SecretString, Option<SecretString>)>,
    login: Option<Show>,
    record: Option<PathBuf>,
}

/// Shows a user what a login asks of them.
pub(crate) type Show = Box<dyn FnOnce(&Prompt) + Send>;

/// What a driver is started with.
pub struct Setup {
    /// The machine's settings.
    pub config: Config,
    /// Where tokens are kept. It may block.
    pub store: Arc<dyn Store>,
    /// Who is asked for tokens that the store does not know. It may block.
    pub provider: Option<Arc<dyn Provider>>,
    /// Where what happens to the machine is written down, if anywhere.
    pub recording: Option<Recording>,
}

impl Setup {
    /// Tokens in memory.
    pub fn new(config: Config) -> Self {
        Setup { config, store: Arc::new(MemoryStore::new()), provider: None, recording: None }
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Setup({})", self.config.client_id)
    }
}

impl<D: Driver> Builder<D> {
    pub(crate) fn new(client_id: impl Into<String>) -> Self {
        // Each state has keys of its own, and hashing nothing shows them.
        let random = RandomState::new().hash_one(());
        let mut config = Config::new(client_id);
        config.seed = random;
        config.name = format!("{}-{random:016x}", std::process::id());
        let mut key = [0; 32];
        // Without a key no authorisation in a browser is started, and its error says so.
        config.state_key = getrandom::fill(&mut key).is_ok().then(|| key.into());
        Builder {
            setup: Setup::new(config),
            tls: Tls::Usual(vec![]),
            proxy: None,
            connector: None,
            scopes: vec![],
            token: None,
            login: None,
            record: None,
        }
    }

    /// The application's client secret. Without one the client is public: it has no app token, and its refresh tokens
    /// can be used once.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.setup.config.client_secret = Some(secret.into().into());
        self
    }

    /// Where Twitch is, if not at its usual place: [`Endpoints::local`] for a simulated one.
    pub fn endpoints(mut self, endpoints: Endpoints) -> Self {
        self.setup.config.endpoints = endpoints;
        self
    }

    /// Where tokens are kept. Without a store they last as long as the client.
    pub fn store(mut self, store: impl Store + 'static) -> Self {
        self.setup.store = Arc::new(store);
        self
    }

    /// Who is asked for tokens that the store does not know. See [`twitchwire::auth::provider`].
    pub fn provider(mut self, provider: impl Provider + 'static) -> Self {
        self.setup.config.ask_for_tokens = true;
        self.setup.provider = Some(Arc::new(provider));
        self
    }

    /// Where the application's own pages are, as browsers and Twitch see them. See [`twitchwire::callback`].
    pub fn callback(mut self, callback: Callback) -> Self {
        self.setup.config.callback = callback;
        self
    }

    /// Has a conduit, whose topics are subscribed to with [`Via::Conduit`](twitchwire::eventsub::Via). It takes the app
    /// token.
    pub fn conduit(mut self, conduit: ConduitConfig) -> Self {
        self.setup.config.conduit = Some(conduit);
        self
    }

    /// What users have to allow: a login asks for it, and a stored or given token without it will not do.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes.extend(scopes);
        self
    }

    /// An app token to start with. Without the application's secret it cannot be renewed.
    pub fn app_token(mut self, token: impl Into<String>) -> Self {
        self.setup.config.app_token = Some(token.into().into());
        self
    }

    /// A user's tokens to start with. They are validated and written to the store.
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

    /// Writes everything that happens to the client into a new file, with its secrets left out, so that a run that went
    /// wrong can be looked at again: see [`twitchwire::record`]. It holds chat and names. For finding a fault: each line is
    /// written at once, and the file only grows.
    pub fn record(mut self, path: impl Into<PathBuf>) -> Self {
        self.setup.config.record = true;
        self.record = Some(path.into());
        self
    }

    /// The longest silence to ask EventSub for, in seconds, 10 to 600.
    pub fn keepalive(mut self, seconds: u16) -> Self {
        self.setup.config.keepalive = seconds;
        self
    }

    /// Trusts one more authority, given as a DER certificate. A configuration of one's own ([`Builder::tls`]) is left as it
    /// is.
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        if let Tls::Usual(roots) = &mut self.tls {
            roots.push(der.into());
        }
        self
    }

    /// Does TLS as this configuration says: with another provider of cryptography, other authorities, a certificate for
    /// the client. HTTP and WebSockets share it; protocols of ALPN it should name none but `http/1.1`.
    pub fn tls(mut self, config: impl Into<Arc<ClientConfig>>) -> Self {
        self.tls = Tls::Own(config.into());
        self
    }

    /// Reaches hosts through a proxy, for requests and for WebSockets. Nothing is read from the environment unasked; who
    /// wants that gives [`Proxy::from_env`].
    pub fn proxy(mut self, proxy: impl Into<Option<Proxy>>) -> Self {
        self.proxy = proxy.into();
        self
    }

    /// Has the application open connections.
    pub(crate) fn connect_with(mut self, connector: Arc<D::Connector>) -> Self {
        self.connector = Some(connector);
        self
    }

    /// Changes any other setting, the timeouts among them: see [`Config`].
    pub fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.setup.config);
        self
    }

    /// Starts the driver and the machine; what is left is to wait until the start is over.
    pub(crate) fn begin(self) -> Result<Beginning<D>, StartError> {
        let Builder { mut setup, tls, proxy, connector, scopes, token, login, record } = self;
        setup.recording = record.as_deref().map(Recording::create).transpose()?;
        if let (None, Some(provider)) = (&setup.config.client_secret, &setup.provider) {
            setup.config.client_secret = provider.client_secret(&setup.config.client_id);
        }
        let way = match connector {
            Some(connector) => Way::Own(connector),
            None => Way::Usual { tls: tls.config()?, proxy },
        };
        let route = Route { way, within: setup.config.connect_timeout };
        let client = Client::new(D::start(setup, route)?);
        // Both hear everything from the very first.
        let (notices, prompts) = (client.listen(Filter::Everything), client.listen(Filter::Notices));
        let entry = match (token, &login) {
            (Some((access, refresh)), _) => Entry::Token { access, refresh },
            (None, Some(_)) => Entry::Login,
            (None, None) => Entry::Stored,
        };
        client.driver().with(|machine, now| machine.handle(now, Input::Wall(jiff::Timestamp::now())));
        let (start, waiting) = client.ask(|core, now| core.start(now, entry, scopes), Start::id);
        let starting = LoggingIn { prompts, waiting, login: start, show: login };
        Ok(Beginning { client, notices, starting })
    }
}

impl<D: Driver> fmt::Debug for Builder<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Builder({})", self.setup.config.client_id)
    }
}

/// A client that is starting.
pub(crate) struct Beginning<D: Driver> {
    pub(crate) client: Client<D>,
    pub(crate) notices: Notices<D>,
    pub(crate) starting: LoggingIn<D, Start>,
}

/// A login that may ask something of the user.
pub(crate) struct LoggingIn<D: Driver, L> {
    pub(crate) prompts: Notices<D>,
    pub(crate) waiting: Waiting<D>,
    pub(crate) login: L,
    pub(crate) show: Option<Show>,
}

impl<D: Driver, L> LoggingIn<D, L> {
    /// Something was heard: shows it, if it is what the user has to do.
    pub(crate) fn heard(&mut self, heard: &Heard) {
        if let Some(prompt) = heard.prompt(self.waiting.id)
            && let Some(show) = self.show.take()
        {
            show(prompt);
        }
    }
}
