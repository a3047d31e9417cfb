//! What applications call, as futures and streams.
//!
//! Every future can be dropped at any time: a call is cancelled, a subscription withdrawn, a listener's queue kept.

use super::driver::Tasks;
use super::{Runtime, by, serve};
use crate::builder::{Beginning, Builder, LoggingIn};
use crate::client::{Client, Waiting};
use crate::driver::Driver;
use crate::listen::{Events, Failed, Handling, Notices, event, panicked};
use crate::pages::{ByPage, Next as Item, Pages};
use bytes::Bytes;
use futures_util::{FutureExt, Stream, StreamExt};
use http::{Request, Response};
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use twitchwire::auth::flow::{Prompt, Redirected};
use twitchwire::auth::{Identity, Scope, TokenError};
use twitchwire::eventsub::{Topic, Via};
use twitchwire::helix::{CallError, Endpoint, Paged, Value};
use twitchwire::id::UserId;
use twitchwire::{
    Call, EventError, Filter, Heard, LINGER, Login, Many, Next, Reply, Revocation, SecretString, StartError,
    Subscribed, WaitError, Want, WishError,
};

impl<R: Runtime> Builder<Tasks<R>> {
    /// Starts the client on the current runtime: reads the store, adds the token, logs in. The notices hear everything
    /// from the very first; who does not want them drops them.
    ///
    /// # Panics
    ///
    /// On tokio: outside a runtime with I/O and time enabled.
    pub async fn start(self) -> Result<(Client<Tasks<R>>, Notices<Tasks<R>>), StartError> {
        self.start_with(|_| async { Ok::<(), Failed>(()) }).await
    }

    /// Starts the client, and has the application set up what it wants before others find it ready ([`Client::ready`]):
    /// `set_up` is given the client as soon as the token is there. If it fails, so does the start.
    ///
    /// # Panics
    ///
    /// As [`Builder::start`].
    pub async fn start_with<F, E: Into<Failed>>(
        self,
        set_up: impl FnOnce(Client<Tasks<R>>) -> F,
    ) -> Result<(Client<Tasks<R>>, Notices<Tasks<R>>), StartError>
    where
        F: Future<Output = Result<(), E>>,
    {
        let Beginning { mut client, notices, starting } = self.begin()?;
        let (start, reply) = starting.wait().await;
        client.me = start.finish(reply)?.map(|identity| identity.user);
        let set_up = set_up(client.clone()).await;
        set_up.map_err(|error| StartError::SetUp(error.into().to_string()))?;
        client.driver().with(|machine, _| machine.started());
        Ok((client, notices))
    }
}

impl<R: Runtime> Client<Tasks<R>> {
    /// Waits until the start is over, and returns at once if it is. During [`Builder::start_with`] others wait here; the
    /// set-up itself would wait for itself.
    pub async fn ready(&self) -> Result<(), WaitError> {
        let mut notices = self.listen(Filter::Notices);
        while !self.is_ready() {
            notices.next().await.ok_or(WaitError::Closed)?;
        }
        Ok(())
    }

    /// Calls Helix. Dropping the future cancels the call; what was sent already may still happen.
    pub async fn call<E: Endpoint>(&self, request: &E) -> Result<Value<E>, CallError> {
        let (call, waiting) = self.ask(|core, now| core.call(now, request, self.who.clone()), Call::id);
        call.finish(waiting.await)
    }

    /// Hears a topic over a WebSocket, from before Twitch is asked. Fails if Twitch does not allow it; a passing
    /// failure is waited out.
    pub async fn subscribe<T: Topic>(&self, topic: T) -> Result<Events<Tasks<R>, T>, WishError> {
        self.subscribe_via(topic, Via::WebSocket).await
    }

    /// Hears a topic another way.
    pub async fn subscribe_via<T: Topic>(
        &self,
        topic: T,
        via: Via,
    ) -> Result<Events<Tasks<R>, T>, WishError> {
        let mut events = Events::wish_for(self.driver(), &topic, via);
        let wish = events.wish;
        let settled = poll_fn(|context| {
            let waker = || context.waker().clone();
            let settled = self.driver().with(|machine, _| machine.desk.settled(wish, waker));
            settled.map_or(Poll::Pending, Poll::Ready)
        })
        .await;
        events.settled = true;
        settled.map(|()| events)
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
        let runtime = self.driver().runtime();
        by(runtime, runtime.now() + within, first).await.unwrap_or(Err(WaitError::Timeout))
    }

    /// Subscribes to many topics, some at a time; the future ends when each is held or has failed. [`Notice::Progress`]
    /// tells how far it is; with `stop_on_error` the first that fails withdraws those that are still open. The wishes
    /// stay, also if the future is dropped.
    ///
    /// [`Notice::Progress`]: twitchwire::Notice::Progress
    pub async fn subscribe_all(
        &self,
        wants: impl IntoIterator<Item = Want>,
        stop_on_error: bool,
    ) -> Result<Subscribed, CallError> {
        let (many, waiting) = self.ask(|core, now| core.subscribe_all(now, wants, stop_on_error), Many::id);
        many.finish(waiting.await)
    }

    /// Calls a handler with each event of a topic, one after the other, in a task of its own. What it fails with, and
    /// what cannot be read, is told to those who listen to [`Filter::Failures`]. Something must have subscribed to
    /// the topic.
    pub fn on<T: Topic, F, E: Into<Failed>>(
        &self,
        mut handler: impl FnMut(T::Event) -> F + Send + 'static,
    ) -> Handling<Tasks<R>>
    where
        T::Event: Send,
        F: Future<Output = Result<(), E>> + Send + 'static,
    {
        self.on_notice(Filter::topic::<T>(), move |heard| {
            let handled = event::<T>(&heard).map(|event| event.map(&mut handler));
            async move {
                match handled {
                    Some(handled) => handled?.await.map_err(Into::into),
                    None => Ok::<(), Failed>(()),
                }
            }
        })
    }

    /// Calls a handler with what is heard, one after the other, in a task of its own.
    pub fn on_notice<F, E: Into<Failed>>(
        &self,
        filter: Filter,
        mut handler: impl FnMut(Heard) -> F + Send + 'static,
    ) -> Handling<Tasks<R>>
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
    {
        let mut notices = self.listen(filter);
        let handling = Handling::of(&mut notices);
        self.driver().spawn(async move {
            while let Some(heard) = notices.next().await {
                // A handler may panic before there is a future, too.
                let handled = async { handler(heard).await.map_err(Into::into) };
                let handled = AssertUnwindSafe(handled).catch_unwind().await;
                if let Err(error) = handled.unwrap_or_else(|panic| Err(panicked(panic))) {
                    notices.driver.with(|machine, _| machine.failed(notices.id, error));
                }
            }
        });
        handling
    }

    /// Logs a user in: `show` is given the address and the code to enter there.
    pub async fn login(
        &self,
        scopes: impl IntoIterator<Item = Scope>,
        show: impl FnOnce(&Prompt) + Send + 'static,
    ) -> Result<Identity, TokenError> {
        let (login, reply) = self.log_in(scopes, Box::new(show)).wait().await;
        login.finish(reply)
    }

    /// Adds a user's tokens: they are validated and written to the store.
    pub async fn add_token(
        &self,
        access: impl Into<String>,
        refresh: Option<&str>,
    ) -> Result<Identity, TokenError> {
        let (access, refresh) = (access.into().into(), refresh.map(SecretString::from));
        let (login, waiting) = self.ask(|core, now| core.add_token(now, access, refresh), Login::id);
        login.finish(waiting.await)
    }

    /// Takes what a user came back with from [`Client::authorize_url`]: exchanges a code, validates the tokens and writes
    /// them down.
    pub async fn redirected(&self, back: Redirected) -> Result<Identity, TokenError> {
        let (login, waiting) = self.ask(|core, now| core.redirected(now, back), Login::id);
        login.finish(waiting.await)
    }

    /// Revokes a user's tokens at Twitch, then forgets them, here and in the store.
    pub async fn revoke_token(&self, user: &UserId) -> Result<(), TokenError> {
        let (revocation, waiting) = self.ask(|core, now| core.revoke_token(now, user), Revocation::id);
        revocation.finish(waiting.await)
    }

    /// Answers a visitor of the [callback page](twitchwire::callback), in a server of the application's own.
    pub async fn visit(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.driver().visit(request).await
    }

    /// Serves the [callback page](twitchwire::callback) on this address until the client ends, and says on which. Port 0
    /// takes a free one.
    pub async fn serve(&self, address: SocketAddr) -> io::Result<SocketAddr> {
        serve::start(self.driver(), address).await
    }

    /// Ends the client: subscriptions are deleted, sockets closed, tokens saved. Handles stay valid and fail; doing it
    /// twice does no harm.
    pub async fn close(&self) {
        let mut ending = self.listen(Filter::Notices);
        self.driver().with(|machine, now| machine.core.close(now));
        while ending.next().await.is_some() {}
        let runtime = self.driver().runtime();
        // Sockets that linger longer are cut.
        let _ = by(runtime, runtime.now() + LINGER, self.driver().until_quiet()).await;
        self.driver().stop();
    }
}

impl<R: Runtime, L> LoggingIn<Tasks<R>, L> {
    async fn wait(mut self) -> (L, Reply) {
        let reply = poll_fn(|context| {
            while let Poll::Ready(Some(heard)) = self.prompts.poll_next_unpin(context) {
                self.heard(&heard);
            }
            self.waiting.poll_unpin(context)
        })
        .await;
        (self.login, reply)
    }
}

impl<R: Runtime> Future for Waiting<Tasks<R>> {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Reply> {
        let id = self.id;
        let reply = self.driver.with(|machine, _| machine.desk.reply(id, || context.waker().clone()));
        self.done = reply.is_some();
        reply.map_or(Poll::Pending, Poll::Ready)
    }
}

impl<R: Runtime> Notices<Tasks<R>> {
    /// The next notice; none when the client has ended.
    pub async fn next(&mut self) -> Option<Heard> {
        StreamExt::next(self).await
    }
}

impl<R: Runtime> Stream for Notices<Tasks<R>> {
    type Item = Heard;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Heard>> {
        match self.look(|| context.waker().clone()) {
            Next::Heard(heard) => Poll::Ready(Some(heard)),
            Next::Ended => Poll::Ready(None),
            Next::Wait => Poll::Pending,
        }
    }
}

impl<R: Runtime, T: Topic> Events<Tasks<R>, T> {
    /// The next event; none when the client has ended.
    pub async fn next(&mut self) -> Option<Result<T::Event, EventError>> {
        StreamExt::next(self).await
    }
}

impl<R: Runtime, T: Topic> Stream for Events<Tasks<R>, T> {
    type Item = Result<T::Event, EventError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(self.notices.poll_next_unpin(context)) {
                None => return Poll::Ready(None),
                Some(heard) => {
                    if let Some(event) = heard.event::<T>() {
                        return Poll::Ready(Some(event));
                    }
                }
            }
        }
    }
}

impl<R: Runtime, E: Endpoint> Pages<Tasks<R>, E>
where
    Value<E>: Paged,
{
    /// The next item; none when the walk is over.
    pub async fn next(&mut self) -> Option<Result<<Value<E> as Paged>::Item, CallError>> {
        StreamExt::next(self).await
    }
}

impl<R: Runtime, E: Endpoint> Unpin for Pages<Tasks<R>, E> where Value<E>: Paged {}

impl<R: Runtime, E: Endpoint> Stream for Pages<Tasks<R>, E>
where
    Value<E>: Paged,
{
    type Item = Result<<Value<E> as Paged>::Item, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match self.item() {
                Item::Item(item) => return Poll::Ready(Some(Ok(item))),
                Item::Over => return Poll::Ready(None),
                Item::Fetch => match ready!(self.by_page.poll_next_unpin(context)) {
                    Some(Ok(page)) => self.items = page.into_items().into_iter(),
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None => return Poll::Ready(None),
                },
            }
        }
    }
}

impl<R: Runtime, E: Endpoint> ByPage<Tasks<R>, E>
where
    Value<E>: Paged,
{
    /// The next page; none when the walk is over.
    pub async fn next(&mut self) -> Option<Result<Value<E>, CallError>> {
        StreamExt::next(self).await
    }
}

impl<R: Runtime, E: Endpoint> Unpin for ByPage<Tasks<R>, E> where Value<E>: Paged {}

impl<R: Runtime, E: Endpoint> Stream for ByPage<Tasks<R>, E>
where
    Value<E>: Paged,
{
    type Item = Result<Value<E>, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let reply = match self.ask() {
            Some(Ok(waiting)) => ready!(Pin::new(waiting).poll(context)),
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        };
        Poll::Ready(self.accept(reply))
    }
}
