//! What comes one after the other, as iterators: [`Events`] of a topic, [`Notices`] of everything, [`Pages`] of a list.
//!
//! Listeners do not keep the client alive: when it closes, they end.

use crate::client::Client;
use crate::driver::Shared;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use twitchwire::eventsub::Topic;
use twitchwire::helix::{Cursor, Endpoint, PageEnd, Paged, Pager, Value};
use twitchwire::{CallError, EventError, Heard, ListenerId, Next, WishId};

/// The events of one topic, typed, as they come.
///
/// Dropping it ends the listening and withdraws the wish; [`Events::detach`] keeps the wish.
#[must_use = "dropping it ends the subscription"]
pub struct Events<T: Topic> {
    listening: Listening,
    wish: WishId,
    keep: bool,
    topic: PhantomData<fn() -> T>,
}

impl<T: Topic> Events<T> {
    pub(crate) fn new(listening: Listening, wish: WishId) -> Self {
        Events { listening, wish, keep: false, topic: PhantomData }
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
}

impl<T: Topic> Iterator for Events<T> {
    type Item = Result<T::Event, EventError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.listening.next()?.event::<T>() {
                return Some(event);
            }
        }
    }
}

impl<T: Topic> Drop for Events<T> {
    fn drop(&mut self) {
        if !self.keep {
            self.listening.shared.act(|state, now| state.core.unsubscribe(now, self.wish));
        }
    }
}

impl<T: Topic> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Events({} {}, {:?})", T::META.name, T::META.version, self.wish)
    }
}

/// Notices as they come.
#[derive(Debug)]
pub struct Notices(pub(crate) Listening);

impl Iterator for Notices {
    type Item = Heard;

    fn next(&mut self) -> Option<Heard> {
        self.0.next()
    }
}

/// A place at the desk, given up when dropped.
pub(crate) struct Listening {
    pub(crate) shared: Arc<Shared>,
    pub(crate) id: ListenerId,
}

impl Listening {
    fn next(&mut self) -> Option<Heard> {
        match self.shared.next(self.id, None)? {
            Next::Heard(heard) => Some(heard),
            Next::Wait | Next::Ended => None,
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.shared.lock().desk.unlisten(self.id);
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.id)
    }
}

/// The items of a list, fetched page by page as they are taken. The walk ends at its first error.
pub struct Pages<E: Endpoint>
where
    Value<E>: Paged,
{
    pages: ByPage<E>,
    page: std::vec::IntoIter<<Value<E> as Paged>::Item>,
    left: u64,
}

impl<E: Endpoint> Pages<E>
where
    Value<E>: Paged,
{
    pub(crate) fn new(client: Client, request: &E) -> Self {
        let pager = Pager::new(request).map_err(|invalid| Some(CallError::Invalid(invalid)));
        let pages = ByPage { client, pager };
        Pages { pages, page: Vec::new().into_iter(), left: u64::MAX }
    }

    /// Ends after this many items, and fetches no page that holds none of them.
    #[must_use]
    pub fn limit(mut self, items: u64) -> Self {
        self.left = items;
        self.pages.pager = self.pages.pager.map(|pager| pager.limit(items));
        self
    }

    /// Starts behind a cursor kept from an earlier walk.
    #[must_use]
    pub fn from_cursor(mut self, cursor: Cursor) -> Self {
        self.pages.pager = self.pages.pager.map(|pager| pager.from_cursor(cursor));
        self
    }

    /// Whole pages, with what they tell besides their items, such as a total.
    pub fn by_page(self) -> ByPage<E> {
        self.pages
    }

    /// Why the walk ended; none while pages are left to fetch.
    pub fn end(&self) -> Option<&PageEnd> {
        self.pages.end()
    }
}

impl<E: Endpoint> Iterator for Pages<E>
where
    Value<E>: Paged,
{
    type Item = Result<<Value<E> as Paged>::Item, CallError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            if let Some(item) = self.page.next() {
                self.left -= 1;
                return Some(Ok(item));
            }
            match self.pages.next()? {
                Ok(page) => self.page = page.into_items().into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
        None
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
}

impl<E: Endpoint> ByPage<E>
where
    Value<E>: Paged,
{
    /// Why the walk ended; none while pages are left to fetch.
    pub fn end(&self) -> Option<&PageEnd> {
        self.pager.as_ref().ok().and_then(Pager::end)
    }
}

impl<E: Endpoint> Iterator for ByPage<E>
where
    Value<E>: Paged,
{
    type Item = Result<Value<E>, CallError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.pager {
            Ok(pager) => {
                let prepared = pager.next()?;
                Some(pager.accept(self.client.send(prepared)))
            }
            Err(why) => why.take().map(Err),
        }
    }
}
