//! [Games](https://dev.twitch.tv/docs/api/reference/#get-top-games), which Twitch calls categories elsewhere.

use crate::helix::{List, Page, check, endpoint, split};
use crate::id::CategoryId;
use crate::value::ImageTemplate;
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Lists the categories that are being streamed, the most watched first.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetTopGames {
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetTopGames = "get-top-games": get "/games/top" => Page<Game>, any, page: 100 both_ways);

/// Gets categories by id, by exact name, or by their IGDB id.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetGames {
    /// Their ids. At least one and at most 100, names and IGDB ids included.
    pub id: Vec<CategoryId>,
    /// Their names, exactly as Twitch writes them.
    pub name: Vec<String>,
    /// Their ids at [IGDB](https://www.igdb.com/).
    pub igdb_id: Vec<CompactString>,
}

endpoint!(GetGames = "get-games": get "/games" => List<Game>, any,
    check: |r| check::count("id", r.id.len() + r.name.len() + r.igdb_id.len(), 1, 100));
split!(GetGames, id, name, igdb_id by 100);

impl GetGames {
    /// Categories by their ids.
    pub fn by_id<I: Into<CategoryId>>(ids: impl IntoIterator<Item = I>) -> Self {
        GetGames { id: ids.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Categories by their exact names.
    pub fn by_name<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        GetGames { name: names.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Categories by their ids at IGDB.
    pub fn by_igdb_id<I: Into<CompactString>>(ids: impl IntoIterator<Item = I>) -> Self {
        GetGames { igdb_id: ids.into_iter().map(Into::into).collect(), ..Self::default() }
    }
}

/// A category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Game {
    /// Its id.
    pub id: CategoryId,
    /// Its name.
    pub name: CompactString,
    /// Its box art.
    #[serde(default, deserialize_with = "null_as_default")]
    pub box_art_url: ImageTemplate,
    /// Its id at IGDB; none where Twitch does not know it.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub igdb_id: Option<CompactString>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{decode, query, refused};
    use crate::helix::{Cursor, Endpoint};
    use serde_json::json;

    #[test]
    fn top_games_come_in_pages_that_are_walked_both_ways() {
        assert_eq!(query(&GetTopGames::default()), "");
        assert_eq!(query(&GetTopGames { first: Some(3) }), "first=3");
        assert!(GetTopGames::META.both_ways);
        let page = decode::<GetTopGames>(json!({
            "data": [{"id": "77", "name": "Chess", "box_art_url": "https://art.example/77-{width}x{height}.jpg",
                "igdb_id": "4"}],
            "pagination": {"cursor": "next"},
        }));
        let chess = Game {
            id: "77".into(),
            name: "Chess".into(),
            box_art_url: "https://art.example/77-{width}x{height}.jpg".into(),
            igdb_id: Some("4".into()),
        };
        assert_eq!(page, Page { items: vec![chess], cursor: Some(Cursor::new("next")), total: None });
    }

    #[test]
    fn a_page_holds_1_to_100_games() {
        let of = |first| GetTopGames { first: Some(first) };
        assert_eq!(refused(&of(0)), "`first` must be 1 to 100, is 0");
        assert_eq!(refused(&of(101)), "`first` must be 1 to 100, is 101");
    }

    #[test]
    fn games_are_asked_for_by_id_name_or_igdb_id() {
        assert_eq!(query(&GetGames::by_id(["77", "78"])), "id=77&id=78");
        assert_eq!(query(&GetGames::by_name(["Tic & Tac"])), "name=Tic+%26+Tac");
        assert_eq!(query(&GetGames::by_igdb_id(["4"])), "igdb_id=4");
        let games = decode::<GetGames>(json!({"data": [
            {"id": "77", "name": "Chess", "box_art_url": "u", "igdb_id": ""},
        ]}));
        let chess = Game { id: "77".into(), name: "Chess".into(), box_art_url: "u".into(), igdb_id: None };
        assert_eq!(games, [chess]);
    }

    #[test]
    fn one_to_a_hundred_games_fit_a_request() {
        assert_eq!(refused(&GetGames::default()), "`id` wants 1 to 100 values, has 0");
        let mut request = GetGames::by_id((0..99).map(|n| n.to_string()));
        request.name = vec!["Chess".into()];
        assert_eq!(request.igdb_id.len(), 0);
        query(&request);
        request.igdb_id = vec!["4".into()];
        assert_eq!(refused(&request), "`id` wants 1 to 100 values, has 101");
    }
}
