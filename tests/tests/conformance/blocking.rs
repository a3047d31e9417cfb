//! The adapter for plain threads.

use crate::adapter::{Adapter, NotStarted, Setup};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use twitchwire::auth::TokenRecord;
use twitchwire::eventsub::Topic;
use twitchwire::helix::{Endpoint, Paged, Value};
use twitchwire::id::UserId;
use twitchwire::{As, CallError, Counts, Notice, WishError};
use twitchwire_blocking::{Client, Events, Heard, Notices, StartError};

pub(crate) struct Blocking;

impl Adapter for Blocking {
    type Client = Client;
    type Notices = Notices;
    type Events<T: Topic + 'static> = Events<T>;

    fn start(setup: Setup) -> Result<(Client, Notices), NotStarted> {
        let mut builder = Client::builder(setup.client_id)
            .endpoints(setup.endpoints)
            .store(setup.store)
            .config(setup.settings)
            .scopes(setup.scopes);
        if let Some(secret) = setup.secret {
            builder = builder.secret(secret);
        }
        if let Some((access, refresh)) = setup.token {
            builder = builder.token(access, Some(&refresh));
        }
        if let Some(login) = setup.login {
            builder = builder.login(login);
        }
        if let Some(callback) = setup.callback {
            builder = builder.callback(callback);
        }
        if let Some(root) = setup.root {
            builder = builder.root_certificate(root);
        }
        if let Some(tls) = setup.tls {
            builder = builder.tls(tls);
        }
        if let Some(file) = setup.record {
            builder = builder.record(file);
        }
        builder = builder.proxy(setup.proxy);
        builder.start().map_err(|error| match error {
            StartError::Token(error) => NotStarted::Token(error),
            StartError::MissingScopes { user, scopes } => NotStarted::MissingScopes(user, scopes),
            other => NotStarted::Other(other.to_string()),
        })
    }

    fn me(client: &Client) -> Result<UserId, CallError> {
        client.me()
    }

    fn call<E: Endpoint>(client: &Client, who: As, request: &E) -> Result<Value<E>, CallError> {
        match who {
            As::App => client.as_app().call(request),
            As::User(user) => client.as_user(user).call(request),
            _ => client.call(request),
        }
    }

    fn walk<E: Endpoint>(
        client: &Client,
        request: &E,
        limit: Option<u64>,
    ) -> Result<Vec<<Value<E> as Paged>::Item>, CallError>
    where
        Value<E>: Paged,
    {
        let pages = client.pages(request);
        match limit {
            Some(limit) => pages.limit(limit).collect(),
            None => pages.collect(),
        }
    }

    fn subscribe<T: Topic + 'static>(client: &Client, topic: T) -> Result<Events<T>, WishError> {
        client.subscribe(topic)
    }

    fn event<T: Topic + 'static>(events: &mut Events<T>) -> Option<Result<T::Event, String>> {
        Some(events.next()?.map_err(|error| error.to_string()))
    }

    fn detach<T: Topic + 'static>(events: Events<T>) {
        events.detach();
    }

    fn notice(notices: &mut Notices) -> Option<Arc<Notice>> {
        match notices.next()? {
            Heard::Notice(notice) => Some(notice),
            Heard::Lagged(count) => panic!("{count} notices were dropped"),
        }
    }

    fn wait_for<T: Topic + 'static>(
        client: &Client,
        wanted: impl FnMut(&T::Event) -> bool,
        within: Duration,
    ) -> Option<T::Event> {
        client.wait_for::<T>(wanted, within).ok()
    }

    fn serve(client: &Client, address: SocketAddr) -> SocketAddr {
        client.serve(address).unwrap()
    }

    fn add_token(client: &Client, (access, refresh): (String, String)) {
        client.add_token(access, Some(&refresh)).unwrap();
    }

    fn tokens(client: &Client) -> Vec<TokenRecord> {
        client.tokens()
    }

    fn counts(client: &Client) -> Counts {
        client.counts()
    }

    fn close(client: &Client) {
        client.close();
    }
}
