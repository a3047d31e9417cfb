//! What the adapters have in common, in blocking form.

use rustls::ClientConfig;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use twitchwire::auth::flow::Prompt;
use twitchwire::auth::store::MemoryStore;
use twitchwire::auth::{Scope, TokenError, TokenRecord};
use twitchwire::eventsub::Topic;
use twitchwire::helix::{Endpoint, Paged, Value};
use twitchwire::id::UserId;
use twitchwire::{As, CallError, Callback, Config, Counts, Endpoints, Notice, WishError};
use twitchwire_front::Proxy;

/// How a client is to start.
pub(crate) struct Setup {
    pub(crate) client_id: &'static str,
    pub(crate) secret: Option<&'static str>,
    pub(crate) endpoints: Endpoints,
    pub(crate) store: MemoryStore,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) token: Option<(String, String)>,
    pub(crate) login: Option<Show>,
    /// Where the application's own pages are.
    pub(crate) callback: Option<Callback>,
    /// Another root certificate to trust, in DER.
    pub(crate) root: Option<Vec<u8>>,
    /// TLS of one's own.
    pub(crate) tls: Option<Arc<ClientConfig>>,
    pub(crate) proxy: Option<Proxy>,
    /// Where to write down what happens to the client.
    pub(crate) record: Option<PathBuf>,
    /// Changes other settings.
    pub(crate) settings: fn(&mut Config),
}

/// Shows a user where to log in.
pub(crate) type Show = Box<dyn FnOnce(&Prompt) + Send>;

/// Why a client did not start.
#[derive(Debug, PartialEq)]
pub(crate) enum NotStarted {
    Token(TokenError),
    MissingScopes(UserId, Vec<Scope>),
    Other(String),
}

pub(crate) trait Adapter: 'static {
    type Client: Clone + Send + Sync + 'static;
    type Notices: Send + 'static;
    type Events<T: Topic + 'static>;

    fn start(setup: Setup) -> Result<(Self::Client, Self::Notices), NotStarted>;
    fn me(client: &Self::Client) -> Result<UserId, CallError>;
    fn call<E: Endpoint>(client: &Self::Client, who: As, request: &E) -> Result<Value<E>, CallError>;
    /// All items of a list, or so many.
    fn walk<E: Endpoint>(
        client: &Self::Client,
        request: &E,
        limit: Option<u64>,
    ) -> Result<Vec<<Value<E> as Paged>::Item>, CallError>
    where
        Value<E>: Paged;
    fn subscribe<T: Topic + 'static>(client: &Self::Client, topic: T) -> Result<Self::Events<T>, WishError>;
    /// The next event; none when the client has ended.
    fn event<T: Topic + 'static>(events: &mut Self::Events<T>) -> Option<Result<T::Event, String>>;
    fn detach<T: Topic + 'static>(events: Self::Events<T>);
    /// The next notice; none when the client has ended.
    fn notice(notices: &mut Self::Notices) -> Option<Arc<Notice>>;
    /// None: not in time.
    fn wait_for<T: Topic + 'static>(
        client: &Self::Client,
        wanted: impl FnMut(&T::Event) -> bool,
        within: Duration,
    ) -> Option<T::Event>;
    /// Serves the callback page.
    fn serve(client: &Self::Client, address: SocketAddr) -> SocketAddr;
    /// Adds a user's access and refresh token.
    fn add_token(client: &Self::Client, tokens: (String, String));
    fn tokens(client: &Self::Client) -> Vec<TokenRecord>;
    fn counts(client: &Self::Client) -> Counts;
    fn close(client: &Self::Client);
}
