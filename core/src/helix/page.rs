//! Pages: [`Page`], the trait [`Paged`] that irregular pages implement too, and [`Pager`], which walks them.
//!
//! The pager is pure: [`Pager::next`] is the request for the next page, [`Pager::accept`] takes its answer. It holds
//! one cursor and no items. It ends at an absent cursor, at one that Twitch repeats, or after a run of empty pages,
//! and [`Pager::end`] says which; an empty page in the middle of a walk ends nothing.

use super::{Answer, CallError, Endpoint, Invalid, Prepared, Shape, Value};
use crate::wire::null_as_default;
use compact_str::CompactString;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;

/// Where a walk stands. It means something only to Twitch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Cursor(CompactString);

impl Cursor {
    /// A cursor kept from an earlier walk.
    pub fn new(cursor: impl AsRef<str>) -> Self {
        Cursor(CompactString::new(cursor))
    }

    /// The cursor as Twitch writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
#[non_exhaustive]
pub struct Page<T> {
    /// The page's items.
    #[serde(default = "Vec::new", deserialize_with = "null_as_default", rename = "data")]
    pub items: Vec<T>,
    /// Leads to the next page, which may turn out empty; none on the last.
    #[serde(default, deserialize_with = "cursor", serialize_with = "pagination", rename = "pagination")]
    pub cursor: Option<Cursor>,
    /// The length of the whole list, where the operation tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<T: DeserializeOwned> Shape for Page<T> {
    type Value = Page<T>;

    fn decode(answer: &Answer) -> Result<Page<T>, CallError> {
        answer.json()
    }
}

/// A page, whatever its form: what a [`Pager`] needs of it.
pub trait Paged {
    /// What the list holds.
    type Item;

    /// Leads to the next page.
    fn cursor(&self) -> Option<&Cursor>;

    /// How many items the page has.
    fn count(&self) -> usize;

    /// The items.
    fn into_items(self) -> Vec<Self::Item>;
}

impl<T> Paged for Page<T> {
    type Item = T;

    fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    fn count(&self) -> usize {
        self.items.len()
    }

    fn into_items(self) -> Vec<T> {
        self.items
    }
}

/// Reads `pagination` as Twitch writes it: an object with a cursor, `{}`, null, or a bare string; `""` is none.
pub(crate) fn cursor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cursor>, D::Error> {
    struct Pagination;
    impl<'de> Visitor<'de> for Pagination {
        type Value = Option<Cursor>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object with a cursor, a cursor, or null")
        }

        fn visit_str<E>(self, cursor: &str) -> Result<Self::Value, E> {
            Ok((!cursor.is_empty()).then(|| Cursor::new(cursor)))
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = None;
            while let Some(key) = map.next_key::<CompactString>()? {
                if key == "cursor" {
                    let cursor: Option<CompactString> = map.next_value()?;
                    found = cursor.filter(|cursor| !cursor.is_empty()).map(Cursor);
                } else {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            Ok(found)
        }
    }
    deserializer.deserialize_any(Pagination)
}

/// Writes `pagination` as an object: with the cursor, or `{}`.
pub(crate) fn pagination<S: Serializer>(cursor: &Option<Cursor>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(usize::from(cursor.is_some())))?;
    if let Some(cursor) = cursor {
        map.serialize_entry("cursor", cursor)?;
    }
    map.end()
}

/// Why a walk ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageEnd {
    /// Twitch gave no further cursor.
    Complete,
    /// The limit the caller set was reached.
    Limit,
    /// Twitch gave the same cursor twice; going on would never end.
    RepeatedCursor,
    /// This many pages in a row were empty.
    EmptyPages(u32),
    /// The call failed; [`Pager::cursor`] is the last that worked.
    Failed,
}

/// How many empty pages in a row a walk survives. Unban requests have some in the middle.
const EMPTY_PAGES: u32 = 5;

/// Walks the pages of an operation, one request at a time.
pub struct Pager<E: Endpoint> {
    prepared: Prepared,
    cursor: Option<Cursor>,
    end: Option<PageEnd>,
    empty_pages: u32,
    fetched: u64,
    limit: u64,
    endpoint: PhantomData<fn() -> E>,
}

impl<E: Endpoint> Pager<E>
where
    Value<E>: Paged,
{
    /// Starts a walk at the first page, with the largest page size unless the request sets `first`.
    pub fn new(request: &E) -> Result<Self, Invalid> {
        let mut prepared = Prepared::new(request)?;
        if let Some(largest) = E::META.page
            && !prepared.has("first")
        {
            prepared.append("first", &largest.to_string());
        }
        Ok(Pager {
            prepared,
            cursor: None,
            end: None,
            empty_pages: 0,
            fetched: 0,
            limit: u64::MAX,
            endpoint: PhantomData,
        })
    }

    /// Ends the walk after this many items; the page that reaches it is given whole.
    #[must_use]
    pub fn limit(mut self, items: u64) -> Self {
        self.limit = items;
        self.end = (items == 0).then_some(PageEnd::Limit);
        self
    }

    /// Starts behind a cursor kept from an earlier walk.
    #[must_use]
    pub fn from_cursor(mut self, cursor: Cursor) -> Self {
        self.cursor = Some(cursor);
        self
    }

    /// The request for the next page; none when the walk is over.
    pub fn next(&self) -> Option<Prepared> {
        if self.end.is_some() {
            return None;
        }
        let mut prepared = self.prepared.clone();
        if let Some(cursor) = &self.cursor {
            prepared.append("after", cursor.as_str());
        }
        Some(prepared)
    }

    /// Takes the answer to the last request.
    pub fn accept(&mut self, answer: Result<Answer, CallError>) -> Result<Value<E>, CallError> {
        match answer.and_then(|answer| E::Output::decode(&answer)) {
            Ok(page) => {
                self.advance(&page);
                Ok(page)
            }
            Err(error) => {
                self.end = Some(PageEnd::Failed);
                Err(match &self.cursor {
                    Some(cursor) => CallError::Walk { cursor: cursor.clone(), error: Box::new(error) },
                    None => error,
                })
            }
        }
    }

    fn advance(&mut self, page: &Value<E>) {
        let count = page.count();
        self.fetched += count as u64;
        self.empty_pages = if count == 0 { self.empty_pages + 1 } else { 0 };
        let next = page.cursor();
        self.end = if next.is_none() {
            Some(PageEnd::Complete)
        } else if self.fetched >= self.limit {
            Some(PageEnd::Limit)
        } else if next == self.cursor.as_ref() {
            Some(PageEnd::RepeatedCursor)
        } else if self.empty_pages >= EMPTY_PAGES {
            Some(PageEnd::EmptyPages(self.empty_pages))
        } else {
            None
        };
        if next.is_some() {
            self.cursor = next.cloned();
        }
    }

    /// The cursor of the next page.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// Why the walk ended; none while it goes on.
    pub fn end(&self) -> Option<&PageEnd> {
        self.end.as_ref()
    }

    /// How many items came so far.
    pub fn fetched(&self) -> u64 {
        self.fetched
    }
}
