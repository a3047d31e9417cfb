//! [Analytics](https://dev.twitch.tv/docs/api/reference/#get-extension-analytics): where to download reports.

use crate::helix::check::Checked;
use crate::helix::{Invalid, Page, Rule, endpoint};
use crate::id::{CategoryId, ExtensionId};
use crate::value::DateRange;
use crate::wire::open_enum;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gets the addresses of reports on the extensions that the token's user owns.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetExtensionAnalytics {
    /// Only on this extension.
    pub extension_id: Option<ExtensionId>,
    /// Only reports of this type.
    #[serde(rename = "type")]
    pub kind: Option<ReportType>,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    /// How many a page, 1 to 100; Twitch gives at most 20.
    pub first: Option<u16>,
}

endpoint!(GetExtensionAnalytics = "get-extension-analytics": get "/analytics/extensions" => Page<ExtensionReport>, user,
    scopes: any(AnalyticsReadExtensions), page: 100, check: |r| in_order(r.started_at, r.ended_at));

impl GetExtensionAnalytics {
    /// Reports on all of the user's extensions.
    pub fn all() -> Self {
        Self::default()
    }

    /// The report on one extension.
    pub fn of(extension: impl Into<ExtensionId>) -> Self {
        GetExtensionAnalytics { extension_id: Some(extension.into()), ..Self::default() }
    }

    /// Only what falls between two days, both included. Twitch wants midnights (UTC), and needs up to two days until a
    /// day's data are there.
    #[must_use]
    pub fn between(mut self, first_day: Timestamp, last_day: Timestamp) -> Self {
        (self.started_at, self.ended_at) = (Some(first_day), Some(last_day));
        self
    }
}

/// A report on an extension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionReport {
    /// The extension.
    pub extension_id: ExtensionId,
    /// Where to download the report, a CSV file. It works for five minutes.
    #[serde(rename = "URL")]
    pub url: String,
    /// What kind of report.
    #[serde(rename = "type")]
    pub kind: ReportType,
    /// The days it covers.
    pub date_range: DateRange,
}

/// Gets the addresses of reports on the games that the token's user owns.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetGameAnalytics {
    /// Only on this game.
    pub game_id: Option<CategoryId>,
    /// Only reports of this type.
    #[serde(rename = "type")]
    pub kind: Option<ReportType>,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    /// How many a page, 1 to 100; Twitch gives at most 20.
    pub first: Option<u16>,
}

endpoint!(GetGameAnalytics = "get-game-analytics": get "/analytics/games" => Page<GameReport>, user,
    scopes: any(AnalyticsReadGames), page: 100, check: |r| in_order(r.started_at, r.ended_at));

impl GetGameAnalytics {
    /// Reports on all of the user's games.
    pub fn all() -> Self {
        Self::default()
    }

    /// The report on one game.
    pub fn of(game: impl Into<CategoryId>) -> Self {
        GetGameAnalytics { game_id: Some(game.into()), ..Self::default() }
    }

    /// Only what falls between two days, both included, at most a year back. Twitch wants midnights (UTC), and needs up
    /// to two days until a day's data are there.
    #[must_use]
    pub fn between(mut self, first_day: Timestamp, last_day: Timestamp) -> Self {
        (self.started_at, self.ended_at) = (Some(first_day), Some(last_day));
        self
    }
}

/// A report on a game.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GameReport {
    /// The game.
    pub game_id: CategoryId,
    /// Where to download the report, a CSV file. It works for five minutes.
    #[serde(rename = "URL")]
    pub url: String,
    /// What kind of report.
    #[serde(rename = "type")]
    pub kind: ReportType,
    /// The days it covers.
    pub date_range: DateRange,
}

open_enum! {
    /// A kind of report.
    pub enum ReportType {
        /// The only one there is.
        OverviewV2 = "overview_v2",
    }
}

fn in_order(start: Option<Timestamp>, end: Option<Timestamp>) -> Checked {
    if end < start {
        return Err(Invalid::new("ended_at", Rule::Other("must not be before `started_at`")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, decode, query, refused};
    use serde_json::json;

    #[test]
    fn reports_on_extensions_can_be_narrowed_to_days() {
        assert_eq!(query(&GetExtensionAnalytics::all()), "");
        let request = GetExtensionAnalytics {
            kind: Some(ReportType::OverviewV2),
            ..GetExtensionAnalytics::of("ext1").between(at("00:00:00"), at("01:00:00"))
        };
        assert_eq!(
            query(&request),
            "extension_id=ext1&type=overview_v2&started_at=2026-01-02T00%3A00%3A00Z&ended_at=2026-01-02T01%3A00%3A00Z"
        );
        let wrong = GetExtensionAnalytics::all().between(at("01:00:00"), at("00:00:00"));
        assert_eq!(refused(&wrong), "`ended_at` must not be before `started_at`");
    }

    #[test]
    fn a_report_on_an_extension_decodes_to_the_field() {
        let wire = json!({
            "extension_id": "ext1", "URL": "https://reports.example/ext1.csv", "type": "overview_v2",
            "date_range": {"started_at": "2026-01-02T00:00:00Z", "ended_at": "2026-01-02T01:00:00Z"},
        });
        let page = decode::<GetExtensionAnalytics>(json!({"data": [wire], "pagination": {"cursor": "next"}}));
        assert_eq!(
            page.items,
            [ExtensionReport {
                extension_id: "ext1".into(),
                url: "https://reports.example/ext1.csv".into(),
                kind: ReportType::OverviewV2,
                date_range: DateRange { started_at: Some(at("00:00:00")), ended_at: Some(at("01:00:00")) },
            }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
    }

    #[test]
    fn a_report_on_a_game_decodes_to_the_field() {
        assert_eq!(
            query(&GetGameAnalytics { first: Some(5), ..GetGameAnalytics::of("7") }),
            "game_id=7&first=5"
        );
        assert_eq!(
            refused(&GetGameAnalytics { first: Some(101), ..Default::default() }),
            "`first` must be 1 to 100, is 101"
        );
        let wrong = GetGameAnalytics::all().between(at("01:00:00"), at("00:00:00"));
        assert_eq!(refused(&wrong), "`ended_at` must not be before `started_at`");
        let wire = json!({
            "game_id": "7", "URL": "https://reports.example/7.csv", "type": "overview_v2",
            "date_range": {"started_at": "2026-01-02T00:00:00Z", "ended_at": "2026-01-02T01:00:00Z"},
        });
        let page = decode::<GetGameAnalytics>(json!({"data": [wire]}));
        assert_eq!(
            page.items,
            [GameReport {
                game_id: "7".into(),
                url: "https://reports.example/7.csv".into(),
                kind: ReportType::OverviewV2,
                date_range: DateRange { started_at: Some(at("00:00:00")), ended_at: Some(at("01:00:00")) },
            }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
    }
}
