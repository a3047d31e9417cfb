//! The three adapters behind one trait, for code that blocks.

use std::future::Future;
use std::sync::LazyLock;
use twitchwire::eventsub::{Topic, Via};
use twitchwire::{Heard, StartError, WishError, WishId};
use twitchwire_async_std::AsyncStd;
use twitchwire_blocking::OnThreads;
use twitchwire_blocking::front::tasks::{Runtime, Tasks};
use twitchwire_blocking::front::{Builder, Client, Driver, Notices};
use twitchwire_tokio::Tokio;

/// An adapter, named by its driver.
pub(crate) trait Adapter: Driver {
    fn begin(builder: Builder<Self>) -> Result<(Client<Self>, Notices<Self>), StartError>;

    /// What is heard next; none when the client has ended.
    fn next(notices: &mut Notices<Self>) -> Option<Heard>;

    /// Wants to hear a topic until the client ends.
    fn subscribe<T: Topic>(client: &Client<Self>, topic: T) -> Result<WishId, WishError>;

    fn close(client: &Client<Self>);

    /// How many tasks there are, where the runtime tells.
    fn tasks() -> Option<usize>;
}

impl Adapter for OnThreads {
    fn begin(builder: Builder<Self>) -> Result<(Client<Self>, Notices<Self>), StartError> {
        builder.start()
    }

    fn next(notices: &mut Notices<Self>) -> Option<Heard> {
        notices.next()
    }

    fn subscribe<T: Topic>(client: &Client<Self>, topic: T) -> Result<WishId, WishError> {
        client.subscribe_via(topic, Via::WebSocket).map(|events| events.detach())
    }

    fn close(client: &Client<Self>) {
        client.close();
    }

    fn tasks() -> Option<usize> {
        None
    }
}

/// A runtime that can be waited for.
pub(crate) trait BlockOn: Runtime {
    fn block_on<F: Future>(future: F) -> F::Output;

    fn tasks() -> Option<usize>;
}

static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Runtime::new().expect("a tokio runtime"));

impl BlockOn for Tokio {
    fn block_on<F: Future>(future: F) -> F::Output {
        RUNTIME.block_on(future)
    }

    fn tasks() -> Option<usize> {
        Some(RUNTIME.metrics().num_alive_tasks())
    }
}

impl BlockOn for AsyncStd {
    fn block_on<F: Future>(future: F) -> F::Output {
        async_std::task::block_on(future)
    }

    fn tasks() -> Option<usize> {
        None
    }
}

impl<R: BlockOn> Adapter for Tasks<R> {
    fn begin(builder: Builder<Self>) -> Result<(Client<Self>, Notices<Self>), StartError> {
        R::block_on(builder.start())
    }

    fn next(notices: &mut Notices<Self>) -> Option<Heard> {
        R::block_on(notices.next())
    }

    fn subscribe<T: Topic>(client: &Client<Self>, topic: T) -> Result<WishId, WishError> {
        R::block_on(client.subscribe_via(topic, Via::WebSocket)).map(|events| events.detach())
    }

    fn close(client: &Client<Self>) {
        R::block_on(client.close());
    }

    fn tasks() -> Option<usize> {
        R::tasks()
    }
}
