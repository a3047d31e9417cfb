//! What comes one after the other, as streams: [`Events`] of a topic, [`Notices`] of everything, [`Pages`] of a list.
//!
//! Listeners do not keep the client alive: when it ends, they end. Each stream has a `next` of its own besides.

use crate::client::{Client, Waiting};
use crate::driver::Shared;
use futures_core::Stream;
use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use twitchwire::eventsub::Topic;
use twitchwire::helix::{CallError, Cursor, Endpoint, PageEnd, Paged, Pager, Value};
use twitchwire::{EventError, Heard, ListenerId, Next, WishError, WishId};

/// Notices as they come.
pub struct Notices {
    shared: Arc<Shared>,
    listener: ListenerId,
}

impl Notices {
    pub(crate) fn new(shared: Arc<Shared>, listener: ListenerId) -> Self {
        Notices { shared, listener }
    }

    /// The next notice; none when the client has ended.
    pub async fn next(&mut self) -> Option<Heard> {
        poll_fn(|context| self.poll_heard(context)).await
    }

    pub(crate) fn poll_heard(&mut self, context: &mut Context<'_>) -> Poll<Option<Heard>> {
        match self.shared.lock().desk.next(self.listener, || context.waker().clone()) {
            Next::Heard(heard) => Poll::Ready(Some(heard)),
            Next::Ended => Poll::Ready(None),
            Next::Wait => Poll::Pending,
        }
    }
}

impl Stream for Notices {
    type Item = Heard;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Heard>> {
        self.poll_heard(context)
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        self.shared.lock().desk.unlisten(self.listener);
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Notices({:?})", self.listener)
    }
}

/// The events of one topic, typed, as they come.
///
/// Dropping it ends the listening and withdraws the wish; [`Events::detach`] keeps the wish.
#[must_use = "dropping it ends the subscription"]
pub struct Events<T: Topic> {
    notices: Notices,
    wish: WishId,
    /// Whether Twitch has said yes or no.
    settled: bool,
    keep: bool,
    topic: PhantomData<fn() -> T>,
}

impl<T: Topic> Events<T> {
    pub(crate) fn new(wish: WishId, notices: Notices) -> Self {
        Events { notices, wish, settled: false, keep: false, topic: PhantomData }
    }

    /// Waits until Twitch has said yes or no.
    pub(crate) async fn settled(&mut self) -> Result<(), WishError> {
        let settled = poll_fn(|context| {
            let waker = || context.waker().clone();
            self.notices.shared.lock().desk.settled(self.wish, waker).map_or(Poll::Pending, Poll::Ready)
        })
        .await;
        self.settled = true;
        settled
    }

    /// The wish behind the events.
    pub fn wish(&self) -> WishId {
        self.wish
    }

    /// Ends the listening and keeps the wish, until [`Client::unsubscribe`]: its events still come as notices, and to
    /// whoever waits for them.
    pub fn detach(mut self) -> WishId {
        self.keep = true;
        self.wish
    }

    /// The next event; none when the client has ended.
    pub async fn next(&mut self) -> Option<Result<T::Event, EventError>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T: Topic> Stream for Events<T> {
    type Item = Result<T::Event, EventError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(self.notices.poll_heard(context)) {
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

impl<T: Topic> Drop for Events<T> {
    fn drop(&mut self) {
        self.notices.shared.with(|state, now| {
            if !self.settled {
                state.desk.forget_wish(self.wish);
            }
            if !self.keep {
                state.core.unsubscribe(now, self.wish);
            }
        });
    }
}

impl<T: Topic> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Events({} {}, {:?})", T::META.name, T::META.version, self.wish)
    }
}

/// The items of a list, fetched page by page as they are taken. The walk ends at its first error.
pub struct Pages<E: Endpoint>
where
    Value<E>: Paged,
{
    by_page: ByPage<E>,
    items: VecDeque<<Value<E> as Paged>::Item>,
    left: u64,
}

impl<E: Endpoint> Pages<E>
where
    Value<E>: Paged,
{
    pub(crate) fn new(client: Client, request: &E) -> Self {
        let pager = Pager::new(request).map_err(|invalid| Some(CallError::Invalid(invalid)));
        let by_page = ByPage { client, pager, waiting: None };
        Pages { by_page, items: VecDeque::new(), left: u64::MAX }
    }

    /// Ends after this many items, and fetches no page that holds none of them.
    #[must_use]
    pub fn limit(mut self, items: u64) -> Self {
        self.left = items;
        self.by_page.pager = self.by_page.pager.map(|pager| pager.limit(items));
        self
    }

    /// Starts behind a cursor kept from an earlier walk.
    #[must_use]
    pub fn from_cursor(mut self, cursor: Cursor) -> Self {
        self.by_page.pager = self.by_page.pager.map(|pager| pager.from_cursor(cursor));
        self
    }

    /// Whole pages, with what they tell besides their items, such as a total.
    pub fn by_page(self) -> ByPage<E> {
        self.by_page
    }

    /// Why the walk ended; none while pages are left to fetch.
    pub fn end(&self) -> Option<&PageEnd> {
        self.by_page.end()
    }

    /// The next item; none when the walk is over.
    pub async fn next(&mut self) -> Option<Result<<Value<E> as Paged>::Item, CallError>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    fn poll_item(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<<Value<E> as Paged>::Item, CallError>>> {
        loop {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            if let Some(item) = self.items.pop_front() {
                self.left -= 1;
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.by_page.poll_page(context)) {
                Some(Ok(page)) => self.items = page.into_items().into(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<E: Endpoint> Unpin for Pages<E> where Value<E>: Paged {}

impl<E: Endpoint> Stream for Pages<E>
where
    Value<E>: Paged,
{
    type Item = Result<<Value<E> as Paged>::Item, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(context)
    }
}

/// The pages of a list. The walk ends at its first error.
pub struct ByPage<E: Endpoint>
where
    Value<E>: Paged,
{
    client: Client,
    /// Or why there is none, until it was told.
    pager: Result<Pager<E>, Option<CallError>>,
    waiting: Option<Waiting>,
}

impl<E: Endpoint> ByPage<E>
where
    Value<E>: Paged,
{
    /// The next page; none when the walk is over.
    pub async fn next(&mut self) -> Option<Result<Value<E>, CallError>> {
        poll_fn(|context| self.poll_page(context)).await
    }

    /// Why the walk ended; none while pages are left to fetch.
    pub fn end(&self) -> Option<&PageEnd> {
        self.pager.as_ref().ok().and_then(Pager::end)
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Value<E>, CallError>>> {
        let pager = match &mut self.pager {
            Ok(pager) => pager,
            Err(why) => return Poll::Ready(why.take().map(Err)),
        };
        if self.waiting.is_none() {
            let Some(prepared) = pager.next() else { return Poll::Ready(None) };
            self.waiting = Some(self.client.send(prepared));
        }
        let Some(waiting) = &mut self.waiting else { return Poll::Pending };
        let id = waiting.id();
        let reply = ready!(Pin::new(waiting).poll(context));
        self.waiting = None;
        Poll::Ready(Some(pager.accept(reply.answer(id))))
    }
}

impl<E: Endpoint> Unpin for ByPage<E> where Value<E>: Paged {}

impl<E: Endpoint> Stream for ByPage<E>
where
    Value<E>: Paged,
{
    type Item = Result<Value<E>, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_page(context)
    }
}
