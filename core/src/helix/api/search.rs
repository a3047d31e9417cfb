//! [Search](https://dev.twitch.tv/docs/api/reference/#search-categories).

use crate::helix::{Invalid, Page, Rule, endpoint};
use crate::id::{CategoryId, Login, UserId};
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Finds categories whose name has all words of the query.
#[derive(Clone, Debug, Serialize)]
pub struct SearchCategories {
    /// What to look for, as people type it.
    pub query: String,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(SearchCategories = "search-categories": get "/search/categories" => Page<FoundCategory>, any, page: 100,
    check: |r| some_words(&r.query));

impl SearchCategories {
    /// Looks for categories.
    pub fn new(query: impl Into<String>) -> Self {
        SearchCategories { query: query.into(), first: None }
    }
}

/// Finds channels that have streamed in the past six months: by the beginning of their login, or, among those that are
/// live, by the beginning of their name or category.
#[derive(Clone, Debug, Serialize)]
pub struct SearchChannels {
    /// What to look for, as people type it.
    pub query: String,
    /// Only those that are live.
    pub live_only: Option<bool>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(SearchChannels = "search-channels": get "/search/channels" => Page<FoundChannel>, any, page: 100,
    check: |r| some_words(&r.query));

impl SearchChannels {
    /// Looks for channels, live or not.
    pub fn new(query: impl Into<String>) -> Self {
        SearchChannels { query: query.into(), live_only: None, first: None }
    }

    /// Leaves out those that are not live.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.live_only = Some(true);
        self
    }
}

fn some_words(query: &str) -> Result<(), Invalid> {
    if query.is_empty() {
        return Err(Invalid::new("query", Rule::Other("must not be empty")));
    }
    Ok(())
}

/// A category that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FoundCategory {
    /// Its id.
    pub id: CategoryId,
    /// Its name.
    pub name: CompactString,
    /// Its box art, in a size of Twitch's choice.
    #[serde(default, deserialize_with = "null_as_default")]
    pub box_art_url: String,
}

/// A channel that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FoundChannel {
    /// The channel's id, which is the broadcaster's.
    pub id: UserId,
    /// The broadcaster's login.
    pub broadcaster_login: Login,
    /// The broadcaster's display name.
    pub display_name: CompactString,
    /// The language as ISO 639-1, or `other`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_language: CompactString,
    /// The category it streams or last streamed; none if it has none.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub game_id: Option<CategoryId>,
    /// That category's name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub game_name: Option<CompactString>,
    /// Whether it is live.
    pub is_live: bool,
    /// Always empty since tags lost their ids in 2023.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tag_ids: Vec<CompactString>,
    /// The channel's tags.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tags: Vec<CompactString>,
    /// The broadcaster's picture.
    #[serde(default, deserialize_with = "null_as_default")]
    pub thumbnail_url: String,
    /// The stream's title; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// Since when it is live; none if it is not.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub started_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Cursor;
    use crate::helix::api::fixture::{at, decode, query, refused};
    use serde_json::json;

    #[test]
    fn a_query_is_escaped() {
        assert_eq!(query(&SearchCategories::new("#chess & co")), "query=%23chess+%26+co");
        let request = SearchChannels { first: Some(5), ..SearchChannels::new("ada").live() };
        assert_eq!(query(&request), "query=ada&live_only=true&first=5");
    }

    #[test]
    fn a_search_needs_a_query_and_1_to_100_a_page() {
        let none = "`query` must not be empty";
        assert_eq!(refused(&SearchCategories::new("")), none);
        assert_eq!(refused(&SearchChannels::new("")), none);
        let first = "`first` must be 1 to 100, is 101";
        assert_eq!(refused(&SearchCategories { first: Some(101), ..SearchCategories::new("a") }), first);
        assert_eq!(refused(&SearchChannels { first: Some(101), ..SearchChannels::new("a") }), first);
    }

    #[test]
    fn categories_are_found() {
        let page = decode::<SearchCategories>(json!({
            "data": [{"id": "77", "name": "Chess", "box_art_url": "https://art.example/77.jpg"}],
            "pagination": {"cursor": "next"},
        }));
        let chess = FoundCategory {
            id: "77".into(),
            name: "Chess".into(),
            box_art_url: "https://art.example/77.jpg".into(),
        };
        assert_eq!(page, Page { items: vec![chess], cursor: Some(Cursor::new("next")), total: None });
    }

    #[test]
    fn a_channel_that_is_not_live_has_no_start() {
        let page = decode::<SearchChannels>(json!({"data": [
            {"broadcaster_language": "en", "broadcaster_login": "ada", "display_name": "Ada", "game_id": "77",
             "game_name": "Chess", "id": "1001", "is_live": true, "tag_ids": [], "tags": ["Slow"],
             "thumbnail_url": "https://pic.example/ada.png", "title": "e4", "started_at": "2026-01-02T10:00:00Z"},
            {"broadcaster_language": "other", "broadcaster_login": "brook", "display_name": "Brook", "game_id": "",
             "game_name": "", "id": "1002", "is_live": false, "tag_ids": null, "tags": null,
             "thumbnail_url": "https://pic.example/brook.png", "title": "", "started_at": ""},
        ], "pagination": {}}));
        let ada = FoundChannel {
            id: "1001".into(),
            broadcaster_login: "ada".into(),
            display_name: "Ada".into(),
            broadcaster_language: "en".into(),
            game_id: Some("77".into()),
            game_name: Some("Chess".into()),
            is_live: true,
            tag_ids: vec![],
            tags: vec!["Slow".into()],
            thumbnail_url: "https://pic.example/ada.png".into(),
            title: "e4".into(),
            started_at: Some(at("10:00:00")),
        };
        let brook = FoundChannel {
            id: "1002".into(),
            broadcaster_login: "brook".into(),
            display_name: "Brook".into(),
            broadcaster_language: "other".into(),
            game_id: None,
            game_name: None,
            is_live: false,
            tag_ids: vec![],
            tags: vec![],
            thumbnail_url: "https://pic.example/brook.png".into(),
            title: String::new(),
            started_at: None,
        };
        assert_eq!(page, Page { items: vec![ada, brook], cursor: None, total: None });
    }
}
