//! Pages: [`Page`], the trait [`Paged`] that irregular pages implement too, and [`Pager`], which walks them.
//!
//! The pager is pure: [`Pager::next`] is the request for the next page, [`Pager::accept`] takes its answer. It holds
//! a few cursors and no items. It ends at an absent cursor, at one that Twitch repeats, or after a run of empty pages,
//! and [`Pager::end`] says which; an empty page in the middle of a walk ends nothing.

use super::{Answer, CallError, Endpoint, Invalid, Prepared, Rule, Shape, Value};
use crate::wire::null_as_default;
use compact_str::CompactString;
use http::StatusCode;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;

/// Where a walk stands. It means something only to Twitch.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl<T> Default for Page<T> {
    fn default() -> Self {
        Page { items: vec![], cursor: None, total: None }
    }
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

    /// How many items the whole list has, where Twitch tells.
    fn total(&self) -> Option<u64> {
        None
    }

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

    fn total(&self) -> Option<u64> {
        self.total
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

/// Writes a cursor as `pagination`.
pub(crate) fn pagination<S: Serializer>(cursor: &Option<Cursor>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    if let Some(cursor) = cursor {
        map.serialize_entry("cursor", cursor.as_str())?;
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
    /// Twitch gave a cursor for the second time; going on would never end.
    RepeatedCursor,
    /// This many pages in a row were empty.
    EmptyPages(u32),
    /// The call failed; [`Pager::cursor`] is the page that failed.
    Failed,
}

/// How many empty pages in a row a walk survives. Unban requests have some in the middle.
const EMPTY_PAGES: u32 = 5;

/// Walks the pages of an operation, one request at a time.
pub struct Pager<E: Endpoint> {
    prepared: Prepared,
    /// Whether the pager chooses `first`.
    sizes: bool,
    backwards: bool,
    cursor: Option<Cursor>,
    last_good: Option<Cursor>,
    loops: Loops,
    end: Option<PageEnd>,
    empty_pages: u32,
    fetched: u64,
    total: Option<u64>,
    limit: u64,
    endpoint: PhantomData<fn() -> E>,
}

impl<E: Endpoint> Pager<E>
where
    Value<E>: Paged,
{
    /// Starts a walk at the first page, with the largest page size unless the request sets `first`.
    pub fn new(request: &E) -> Result<Self, Invalid> {
        let prepared = Prepared::new(request)?;
        Ok(Pager {
            sizes: !prepared.has("first"),
            prepared,
            backwards: false,
            cursor: None,
            last_good: None,
            loops: Loops::default(),
            end: None,
            empty_pages: 0,
            fetched: 0,
            total: None,
            limit: u64::MAX,
            endpoint: PhantomData,
        })
    }

    /// Ends the walk after this many items. Pages are asked for no larger than what is left; where Twitch gives more all
    /// the same, [`accept`](Self::accept) gives the page whole and [`accept_items`](Self::accept_items) cuts it.
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

    /// Turns the walk back: from here on its pages are those before its [`cursor`](Self::cursor). Refused where Twitch
    /// has no way back ([`Meta::both_ways`](super::Meta::both_ways)), and before the walk has a cursor.
    pub fn backwards(mut self) -> Result<Self, Invalid> {
        if !E::META.both_ways {
            return Err(Invalid::new("before", Rule::Other("is not supported by this operation")));
        }
        if self.cursor.is_none() {
            return Err(Invalid::new("before", Rule::Other("needs a cursor to start from")));
        }
        self.backwards = true;
        self.loops = Loops::default();
        self.empty_pages = 0;
        self.end = (self.fetched >= self.limit).then_some(PageEnd::Limit);
        Ok(self)
    }

    /// The request for the next page; none when the walk is over.
    pub fn next(&self) -> Option<Prepared> {
        if self.end.is_some() {
            return None;
        }
        let mut prepared = self.prepared.clone();
        if let Some(largest) = E::META.page
            && self.sizes
        {
            let first = u64::from(largest).min(self.limit - self.fetched);
            prepared.append("first", &first.to_string());
        }
        if let Some(cursor) = &self.cursor {
            prepared.append(if self.backwards { "before" } else { "after" }, cursor.as_str());
        }
        Some(prepared)
    }

    /// Takes the answer to the last request and gives its page.
    pub fn accept(&mut self, answer: Result<Answer, CallError>) -> Result<Value<E>, CallError> {
        match answer.and_then(|answer| E::Output::decode(&answer)) {
            Ok(page) => {
                self.advance(&page);
                Ok(page)
            }
            Err(error) => {
                self.end = Some(PageEnd::Failed);
                Err(self.failure(error))
            }
        }
    }

    /// Takes the answer to the last request and gives its items, over the whole walk never more than the limit.
    pub fn accept_items(
        &mut self,
        answer: Result<Answer, CallError>,
    ) -> Result<Vec<<Value<E> as Paged>::Item>, CallError> {
        let left = self.limit.saturating_sub(self.fetched);
        let mut items = self.accept(answer)?.into_items();
        items.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        Ok(items)
    }

    fn advance(&mut self, page: &Value<E>) {
        let count = page.count();
        self.fetched += count as u64;
        self.total = page.total().or(self.total);
        self.empty_pages = if count == 0 { self.empty_pages + 1 } else { 0 };
        let next = page.cursor();
        self.end = if self.fetched >= self.limit {
            Some(PageEnd::Limit)
        } else if let Some(next) = next {
            if self.cursor.as_ref() == Some(next) || self.loops.seen(next) {
                Some(PageEnd::RepeatedCursor)
            } else {
                (self.empty_pages >= EMPTY_PAGES).then_some(PageEnd::EmptyPages(self.empty_pages))
            }
        } else {
            Some(PageEnd::Complete)
        };
        if let Some(next) = next {
            self.last_good = self.cursor.replace(next.clone());
        }
    }

    /// All else in the request was good for the page before, so a 400 in the middle of a walk is about the cursor.
    fn failure(&self, error: CallError) -> CallError {
        match (&self.cursor, error) {
            (Some(refused), CallError::Refused(refusal)) if refusal.status == StatusCode::BAD_REQUEST => {
                CallError::CursorRefused {
                    refused: refused.clone(),
                    last_good: self.last_good.clone(),
                    refusal: Box::new(refusal),
                }
            }
            (Some(cursor), error) => CallError::Walk { cursor: cursor.clone(), error: Box::new(error) },
            (None, error) => error,
        }
    }

    /// The cursor of the next page; after the last one, the cursor that led there.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// Whether the walk is over.
    pub fn is_done(&self) -> bool {
        self.end.is_some()
    }

    /// Why the walk ended; none while it goes on.
    pub fn end(&self) -> Option<&PageEnd> {
        self.end.as_ref()
    }

    /// How many items came so far.
    pub fn fetched(&self) -> u64 {
        self.fetched
    }

    /// How many items the whole list has, as Twitch told last; none where it does not tell, and before the first page. The
    /// list may change while it is walked over.
    pub fn total(&self) -> Option<u64> {
        self.total
    }
}

impl<E: Endpoint> fmt::Debug for Pager<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pager({}, {} fetched, {:?})", E::META.operation, self.fetched, self.end)
    }
}

/// Finds out that a walk goes in a circle, whatever the circle's length, by remembering one cursor: after 1, 2, 4, 8 …
/// pages the current one (Brent's method).
#[derive(Default)]
struct Loops {
    remembered: Option<Cursor>,
    pages: u64,
    until: u64,
}

impl Loops {
    fn seen(&mut self, cursor: &Cursor) -> bool {
        if self.remembered.as_ref() == Some(cursor) {
            return true;
        }
        self.pages += 1;
        if self.pages > self.until {
            self.remembered = Some(cursor.clone());
            self.until = self.pages.saturating_mul(2);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::{Refusal, endpoint};
    use bytes::Bytes;
    use http::HeaderMap;

    #[derive(Serialize)]
    struct GetThings {
        first: Option<u16>,
    }
    endpoint!(GetThings = "get-things": get "/things" => Page<u8>, app, page: 100 both_ways);

    #[derive(Serialize)]
    struct GetMore {}
    endpoint!(GetMore = "get-more": get "/more" => Page<u8>, app);

    fn walk() -> Pager<GetThings> {
        Pager::new(&GetThings { first: None }).unwrap()
    }

    fn query<E: Endpoint<Output: Shape<Value: Paged>>>(pager: &Pager<E>) -> Option<String> {
        let base = "https://helix.example".parse().unwrap();
        Some(pager.next()?.request(&base, "id", None).uri().query().unwrap_or_default().to_owned())
    }

    fn page(items: &[u8], cursor: Option<&str>) -> Result<Answer, CallError> {
        let page = Page { items: items.to_vec(), cursor: cursor.map(Cursor::new), total: None };
        Ok(Answer {
            operation: "get-things",
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::from(serde_json::to_vec(&page).unwrap()),
        })
    }

    fn refused(status: StatusCode) -> CallError {
        CallError::Refused(Refusal::read(
            "get-things",
            status,
            &HeaderMap::new(),
            br#"{"message":"invalid cursor"}"#,
        ))
    }

    fn pagination_of(wire: &str) -> Option<Cursor> {
        serde_json::from_str::<Page<u8>>(wire).unwrap().cursor
    }

    #[test]
    fn pagination_comes_in_many_forms() {
        assert_eq!(pagination_of(r#"{"data":[],"pagination":{"cursor":"c"}}"#), Some(Cursor::new("c")));
        assert_eq!(pagination_of(r#"{"data":[],"pagination":"c"}"#), Some(Cursor::new("c")));
        assert_eq!(
            pagination_of(r#"{"data":[],"pagination":{"cursor":"c","more":[1]}}"#),
            Some(Cursor::new("c"))
        );
        for none in ["{}", "null", r#""""#, r#"{"cursor":null}"#, r#"{"cursor":""}"#] {
            assert_eq!(pagination_of(&format!(r#"{{"data":[],"pagination":{none}}}"#)), None, "{none}");
        }
        assert_eq!(pagination_of("{}"), None);
    }

    #[test]
    fn a_page_reads_null_as_empty_and_writes_what_it_read() {
        assert_eq!(serde_json::from_str::<Page<u8>>(r#"{"data":null}"#).unwrap(), Page::default());
        let wire = r#"{"data":[1,2],"pagination":{"cursor":"c"},"total":8}"#;
        let page: Page<u8> = serde_json::from_str(wire).unwrap();
        assert_eq!(page, Page { items: vec![1, 2], cursor: Some(Cursor::new("c")), total: Some(8) });
        assert_eq!(serde_json::to_string(&page).unwrap(), wire);
        assert_eq!(serde_json::to_string(&Page::<u8>::default()).unwrap(), r#"{"data":[],"pagination":{}}"#);
    }

    #[test]
    fn a_walk_ends_where_twitch_gives_no_cursor() {
        let mut pager = walk();
        assert_eq!(query(&pager).unwrap(), "first=100");
        assert_eq!(pager.accept(page(&[1, 2], Some("a&b"))).unwrap().items, [1, 2]);
        assert_eq!(query(&pager).unwrap(), "first=100&after=a%26b");
        assert!(!pager.is_done());
        assert_eq!(pager.accept_items(page(&[3], None)).unwrap(), [3]);
        assert_eq!((pager.end(), pager.fetched()), (Some(&PageEnd::Complete), 3));
        assert!(pager.is_done());
        assert_eq!(query(&pager), None);
    }

    #[test]
    fn the_total_is_what_twitch_told_last() {
        let mut pager = walk();
        assert_eq!(pager.total(), None);
        let body = r#"{"data":[1],"pagination":{"cursor":"a"},"total":8}"#.into();
        pager.accept(page(&[], None).map(|answer| Answer { body, ..answer })).unwrap();
        assert_eq!(pager.total(), Some(8));
        pager.accept(page(&[2], None)).unwrap();
        assert_eq!((pager.fetched(), pager.total()), (2, Some(8)));
    }

    #[test]
    fn an_operation_without_page_sizes_is_sent_none() {
        let mut pager = Pager::new(&GetMore {}).unwrap().limit(3);
        assert_eq!(query(&pager).unwrap(), "");
        pager.accept(page(&[1, 2], Some("a"))).unwrap();
        assert_eq!(query(&pager).unwrap(), "after=a");
        assert_eq!(pager.accept_items(page(&[3, 4, 5], Some("b"))).unwrap(), [3]);
        assert_eq!((pager.end(), pager.fetched()), (Some(&PageEnd::Limit), 5));
        assert_eq!(pager.cursor(), Some(&Cursor::new("b")));
    }

    #[test]
    fn a_limit_asks_for_no_more_than_is_left() {
        let mut pager = walk().limit(150);
        assert_eq!(query(&pager).unwrap(), "first=100");
        pager.accept(page(&[0; 100], Some("a"))).unwrap();
        assert_eq!(query(&pager).unwrap(), "first=50&after=a");
        pager.accept(page(&[0; 50], Some("b"))).unwrap();
        assert_eq!(pager.end(), Some(&PageEnd::Limit));
        assert_eq!(walk().limit(0).end(), Some(&PageEnd::Limit));
    }

    #[test]
    fn a_page_size_of_the_callers_own_stays() {
        let mut pager = Pager::new(&GetThings { first: Some(5) }).unwrap().limit(3);
        assert_eq!(query(&pager).unwrap(), "first=5");
        assert_eq!(pager.accept_items(page(&[1, 2, 3, 4, 5], Some("a"))).unwrap(), [1, 2, 3]);
    }

    #[test]
    fn a_walk_goes_on_from_a_cursor_that_was_kept() {
        assert_eq!(query(&walk().from_cursor(Cursor::new("kept"))).unwrap(), "first=100&after=kept");
    }

    #[test]
    fn a_walk_turns_back_where_twitch_can() {
        let mut pager = walk();
        assert!(walk().backwards().is_err(), "no cursor yet");
        pager.accept(page(&[1], Some("a"))).unwrap();
        pager.accept(page(&[2], None)).unwrap();
        assert!(pager.is_done());
        let mut pager = pager.backwards().unwrap();
        assert_eq!(query(&pager).unwrap(), "first=100&before=a");
        pager.accept(page(&[1], None)).unwrap();
        assert_eq!(pager.end(), Some(&PageEnd::Complete));

        let one_way = Pager::new(&GetMore {}).unwrap().from_cursor(Cursor::new("a"));
        let rule = Rule::Other("is not supported by this operation");
        assert_eq!(one_way.backwards().err(), Some(Invalid { field: "before", rule }));
    }

    #[test]
    fn empty_pages_in_the_middle_are_walked_through_but_not_for_ever() {
        let mut pager = walk();
        for n in 0..4 {
            pager.accept(page(&[], Some(&format!("empty-{n}")))).unwrap();
        }
        pager.accept(page(&[1], Some("full"))).unwrap();
        for n in 4..9 {
            assert_eq!(pager.end(), None);
            pager.accept(page(&[], Some(&format!("empty-{n}")))).unwrap();
        }
        assert_eq!(pager.end(), Some(&PageEnd::EmptyPages(5)));
    }

    #[test]
    fn a_walk_in_a_circle_ends_whatever_the_circles_length() {
        for length in 1..12 {
            let mut pager = walk();
            let mut pages = 0;
            while pager.next().is_some() {
                pager.accept(page(&[1], Some(&format!("c-{}", pages % length)))).unwrap();
                pages += 1;
                assert!(pages < 40, "length {length}");
            }
            assert_eq!(pager.end(), Some(&PageEnd::RepeatedCursor), "length {length}");
            assert!(pages > length, "length {length}: every page came before the walk ended");
        }
    }

    #[test]
    fn a_cursor_refused_in_the_middle_names_the_last_good_one() {
        let mut pager = walk();
        pager.accept(page(&[1], Some("a"))).unwrap();
        pager.accept(page(&[2], Some("b"))).unwrap();
        let CallError::Refused(refusal) = refused(StatusCode::BAD_REQUEST) else { unreachable!() };
        let expected = CallError::CursorRefused {
            refused: Cursor::new("b"),
            last_good: Some(Cursor::new("a")),
            refusal: Box::new(refusal),
        };
        assert_eq!(pager.accept(Err(refused(StatusCode::BAD_REQUEST))).unwrap_err(), expected);
        assert_eq!((pager.end(), query(&pager)), (Some(&PageEnd::Failed), None));
    }

    #[test]
    fn a_walk_that_fails_otherwise_can_go_on_from_its_cursor() {
        let mut pager = walk();
        let error = refused(StatusCode::BAD_REQUEST);
        assert_eq!(
            pager.accept(Err(error.clone())).unwrap_err(),
            error,
            "the first page fails as a plain call"
        );
        let mut pager = walk();
        pager.accept(page(&[1], Some("a"))).unwrap();
        let error = refused(StatusCode::BAD_GATEWAY);
        let expected = CallError::Walk { cursor: Cursor::new("a"), error: Box::new(error.clone()) };
        assert_eq!(pager.accept(Err(error)).unwrap_err(), expected);
    }
}
