//! The asynchronous adapters. They have the same surface, so one shim serves both: it blocks on every future.

use crate::adapter::{Adapter, NotStarted, Setup};
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use twitchwire::auth::TokenRecord;
use twitchwire::eventsub::Topic;
use twitchwire::helix::{Endpoint, Paged, Value};
use twitchwire::id::UserId;
use twitchwire::{As, CallError, Counts, Notice, WishError};

macro_rules! shim {
    ($(#[$doc:meta])* $name:ident, $adapter:ident, $block_on:path) => {
        $(#[$doc])*
        pub(crate) struct $name;

        impl Adapter for $name {
            type Client = $adapter::Client;
            type Notices = $adapter::Notices;
            type Events<T: Topic + 'static> = $adapter::Events<T>;

            fn start(setup: Setup) -> Result<(Self::Client, Self::Notices), NotStarted> {
                let mut builder = $adapter::Client::builder(setup.client_id)
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
                $block_on(builder.start()).map_err(|error| match error {
                    $adapter::StartError::Token(error) => NotStarted::Token(error),
                    $adapter::StartError::MissingScopes { user, scopes } => {
                        NotStarted::MissingScopes(user, scopes)
                    }
                    other => NotStarted::Other(other.to_string()),
                })
            }

            fn me(client: &Self::Client) -> Result<UserId, CallError> {
                client.me()
            }

            fn call<E: Endpoint>(client: &Self::Client, who: As, request: &E) -> Result<Value<E>, CallError> {
                match who {
                    As::App => $block_on(client.as_app().call(request)),
                    As::User(user) => $block_on(client.as_user(user).call(request)),
                    _ => $block_on(client.call(request)),
                }
            }

            fn walk<E: Endpoint>(
                client: &Self::Client,
                request: &E,
                limit: Option<u64>,
            ) -> Result<Vec<<Value<E> as Paged>::Item>, CallError>
            where
                Value<E>: Paged,
            {
                let mut pages = client.pages(request);
                if let Some(limit) = limit {
                    pages = pages.limit(limit);
                }
                std::iter::from_fn(|| $block_on(pages.next())).collect()
            }

            fn subscribe<T: Topic + 'static>(
                client: &Self::Client,
                topic: T,
            ) -> Result<Self::Events<T>, WishError> {
                $block_on(client.subscribe(topic))
            }

            fn event<T: Topic + 'static>(events: &mut Self::Events<T>) -> Option<Result<T::Event, String>> {
                Some($block_on(events.next())?.map_err(|error| error.to_string()))
            }

            fn detach<T: Topic + 'static>(events: Self::Events<T>) {
                events.detach();
            }

            fn notice(notices: &mut Self::Notices) -> Option<Arc<Notice>> {
                match $block_on(notices.next())? {
                    $adapter::Heard::Notice(notice) => Some(notice),
                    $adapter::Heard::Lagged(count) => panic!("{count} notices were dropped"),
                }
            }

            fn wait_for<T: Topic + 'static>(
                client: &Self::Client,
                wanted: impl FnMut(&T::Event) -> bool,
                within: Duration,
            ) -> Option<T::Event> {
                $block_on(client.wait_for::<T>(wanted, within)).ok()
            }

            fn serve(client: &Self::Client, address: SocketAddr) -> SocketAddr {
                $block_on(client.serve(address)).unwrap()
            }

            fn add_token(client: &Self::Client, (access, refresh): (String, String)) {
                $block_on(client.add_token(access, Some(&refresh))).unwrap();
            }

            fn tokens(client: &Self::Client) -> Vec<TokenRecord> {
                client.tokens()
            }

            fn counts(client: &Self::Client) -> Counts {
                client.counts()
            }

            fn close(client: &Self::Client) {
                $block_on(client.close());
            }
        }
    };
}

pub(crate) static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Runtime::new().expect("a runtime"));

fn on_tokio<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

shim!(
    /// The adapter for tokio.
    Tokio,
    twitchwire_tokio,
    on_tokio
);

shim!(
    /// The adapter for async-std.
    AsyncStd,
    twitchwire_async_std,
    async_std::task::block_on
);
