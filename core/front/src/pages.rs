//! Walks over lists: [`Pages`] gives the items, [`ByPage`] whole pages. On threads they are iterators, in tasks streams.

use crate::client::{Client, Waiting};
use crate::driver::Driver;
use std::fmt;
use twitchwire::Reply;
use twitchwire::helix::{CallError, Cursor, Endpoint, PageEnd, Paged, Pager, Value};

/// The items of a list, fetched page by page as they are taken. The walk ends at its first error.
pub struct Pages<D: Driver, E: Endpoint>
where
    Value<E>: Paged,
{
    pub(crate) by_page: ByPage<D, E>,
    pub(crate) items: std::vec::IntoIter<<Value<E> as Paged>::Item>,
    left: u64,
}

impl<D: Driver, E: Endpoint> Pages<D, E>
where
    Value<E>: Paged,
{
    pub(crate) fn new(client: Client<D>, request: &E) -> Self {
        let pager = Pager::new(request).map_err(|invalid| Some(CallError::Invalid(invalid)));
        let by_page = ByPage { client, pager, waiting: None };
        Pages { by_page, items: Vec::new().into_iter(), left: u64::MAX }
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
    pub fn by_page(self) -> ByPage<D, E> {
        self.by_page
    }

    /// Why the walk ended; none while pages are left to fetch.
    pub fn end(&self) -> Option<&PageEnd> {
        self.by_page.end()
    }

    /// How many items have been fetched so far, those that are not taken yet among them.
    pub fn fetched(&self) -> u64 {
        self.by_page.fetched()
    }

    /// How many items the whole list has, where Twitch tells, from the first page on.
    pub fn total(&self) -> Option<u64> {
        self.by_page.total()
    }

    /// The next item of the page at hand.
    pub(crate) fn item(&mut self) -> Next<<Value<E> as Paged>::Item> {
        if self.left == 0 {
            return Next::Over;
        }
        match self.items.next() {
            Some(item) => {
                self.left -= 1;
                Next::Item(item)
            }
            None => Next::Fetch,
        }
    }
}

pub(crate) enum Next<T> {
    Item(T),
    /// The page at hand is used up.
    Fetch,
    Over,
}

impl<D: Driver, E: Endpoint> fmt::Debug for Pages<D, E>
where
    Value<E>: Paged,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pages({})", E::META.operation)
    }
}

/// The pages of a list. The walk ends at its first error.
pub struct ByPage<D: Driver, E: Endpoint>
where
    Value<E>: Paged,
{
    client: Client<D>,
    /// Or why there is none, until it was told.
    pager: Result<Pager<E>, Option<CallError>>,
    /// The page that was asked for.
    waiting: Option<Waiting<D>>,
}

impl<D: Driver, E: Endpoint> ByPage<D, E>
where
    Value<E>: Paged,
{
    /// Why the walk ended; none while pages are left to fetch.
    pub fn end(&self) -> Option<&PageEnd> {
        self.pager.as_ref().ok().and_then(Pager::end)
    }

    /// How many items have been fetched so far.
    pub fn fetched(&self) -> u64 {
        self.pager.as_ref().map_or(0, Pager::fetched)
    }

    /// How many items the whole list has, where Twitch tells, from the first page on.
    pub fn total(&self) -> Option<u64> {
        self.pager.as_ref().ok().and_then(Pager::total)
    }

    /// Asks for the next page, unless that was done; an error if there can be none, none at the end.
    pub(crate) fn ask(&mut self) -> Option<Result<&mut Waiting<D>, CallError>> {
        let pager = match &mut self.pager {
            Ok(pager) => pager,
            Err(why) => return why.take().map(Err),
        };
        if self.waiting.is_none() {
            self.waiting = Some(self.client.send(pager.next()?));
        }
        self.waiting.as_mut().map(Ok)
    }

    /// Takes the page that was asked for.
    pub(crate) fn accept(&mut self, reply: Reply) -> Option<Result<Value<E>, CallError>> {
        let id = self.waiting.take()?.id;
        Some(self.pager.as_mut().ok()?.accept(reply.answer(id)))
    }
}

impl<D: Driver, E: Endpoint> fmt::Debug for ByPage<D, E>
where
    Value<E>: Paged,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ByPage({})", E::META.operation)
    }
}
