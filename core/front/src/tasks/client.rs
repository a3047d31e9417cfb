//! What applications call, as futures and streams.
//!
//! Every future can be dropped at any time: a call is cancelled, a subscription withdrawn, a listener's queue kept.

use super::driver::Tasks;
use super::{Runtime, by};
use crate::builder::{Beginning, Builder};
use crate::client::{Client, Waiting};
use crate::driver::Driver;
use crate::listen::{Events, Notices};
use crate::pages::{ByPage, Next as Item, Pages};
use futures_util::{Stream, StreamExt};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use twitchwire::auth::{Identity, TokenError};
use twitchwire::eventsub::{Topic, Via};
use twitchwire::helix::{CallError, Endpoint, Paged, Value};
use twitchwire::{
    EventError, Filter, Heard, LINGER, Next, Reply, SecretString, StartError, WaitError, WishError,
};

impl<R: Runtime> Builder<Tasks<R>> {
    /// Starts the client on the current runtime: reads the store, adds the token, logs in. The notices hear everything
    /// from the very first; who does not want them drops them.
    ///
    /// # Panics
    ///
    /// On tokio: outside a runtime with I/O and time enabled.
    pub async fn start(self) -> Result<(Client<Tasks<R>>, Notices<Tasks<R>>), StartError> {
        let Beginning { mut client, notices, mut prompts, start, mut show } = self.begin()?;
        let mut waiting = client.waiting(start.id());
        let reply = poll_fn(|context| {
            while let Poll::Ready(Some(heard)) = prompts.poll_next_unpin(context) {
                if let Some(prompt) = heard.prompt(start.id())
                    && let Some(show) = show.take()
                {
                    show(prompt);
                }
            }
            Pin::new(&mut waiting).poll(context)
        })
        .await;
        client.me = start.finish(reply)?.map(|identity| identity.user);
        Ok((client, notices))
    }
}

impl<R: Runtime> Client<Tasks<R>> {
    /// Calls Helix. Dropping the future cancels the call; what was sent already may still happen.
    pub async fn call<E: Endpoint>(&self, request: &E) -> Result<Value<E>, CallError> {
        let call = self.driver().with(|machine, now| {
            let call = machine.core.call(now, request, self.who.clone());
            machine.desk.expect(call.id());
            call
        });
        let reply = self.waiting(call.id()).await;
        call.finish(reply)
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

    /// Adds a user's tokens: they are validated and written to the store.
    pub async fn add_token(
        &self,
        access: impl Into<String>,
        refresh: Option<&str>,
    ) -> Result<Identity, TokenError> {
        let (access, refresh) = (access.into().into(), refresh.map(SecretString::from));
        let login = self.driver().with(|machine, now| {
            let login = machine.core.add_token(now, access, refresh);
            machine.desk.expect(login.id());
            login
        });
        let reply = self.waiting(login.id()).await;
        login.finish(reply)
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

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Heard>> {
        let waker = || context.waker().clone();
        match self.driver.with(|machine, _| machine.desk.next(self.id, waker)) {
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
