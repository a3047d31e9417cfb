//! [Teams](https://dev.twitch.tv/docs/api/reference/#get-channel-teams).

use crate::helix::{List, Maybe, OrNone, endpoint};
use crate::id::{Login, TeamId, UserId};
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gets the teams that a broadcaster belongs to.
#[derive(Clone, Debug, Serialize)]
pub struct GetChannelTeams {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetChannelTeams = "get-channel-teams": get "/teams/channel" => List<ChannelTeam>, any);

impl GetChannelTeams {
    /// The teams of a broadcaster.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetChannelTeams { broadcaster_id: broadcaster.into() }
    }
}

/// A team that a broadcaster belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelTeam {
    /// The broadcaster.
    pub broadcaster_id: UserId,
    /// Their login.
    pub broadcaster_login: Login,
    /// Their display name.
    pub broadcaster_name: CompactString,
    /// The team's background; none where it has none.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub background_image_url: Option<String>,
    /// The team's banner; none where it has none.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub banner: Option<String>,
    /// When the team was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What it says of itself, perhaps with Markdown or HTML.
    pub info: String,
    /// The team's logo; none where it has none.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub thumbnail_url: Option<String>,
    /// The team's name.
    pub team_name: CompactString,
    /// Its name as it is shown.
    pub team_display_name: String,
    /// The team's id.
    pub id: TeamId,
}

/// Gets a team and who belongs to it; none where there is no such team.
#[derive(Clone, Debug, Serialize)]
pub struct GetTeams {
    name: Option<CompactString>,
    id: Option<TeamId>,
}

endpoint!(GetTeams = "get-teams": get "/teams" => OrNone<Maybe<Team>>, any);

impl GetTeams {
    /// The team of this name.
    pub fn by_name(name: impl Into<CompactString>) -> Self {
        GetTeams { name: Some(name.into()), id: None }
    }

    /// The team with this id.
    pub fn by_id(id: impl Into<TeamId>) -> Self {
        GetTeams { name: None, id: Some(id.into()) }
    }
}

/// A team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Team {
    /// Who belongs to it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub users: Vec<TeamMember>,
    /// Its background; none where it has none.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub background_image_url: Option<String>,
    /// Its banner; none where it has none.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub banner: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What it says of itself, perhaps with Markdown or HTML.
    pub info: String,
    /// Its logo; none where it has none.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub thumbnail_url: Option<String>,
    /// Its name.
    pub team_name: CompactString,
    /// Its name as it is shown.
    pub team_display_name: String,
    /// The team's id.
    pub id: TeamId,
}

/// Somebody who belongs to a team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TeamMember {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{answer, at, decode, query};
    use http::StatusCode;
    use serde_json::json;

    #[test]
    fn a_team_of_a_broadcaster_may_have_no_pictures() {
        assert_eq!(query(&GetChannelTeams::new("1001")), "broadcaster_id=1001");
        let wire = json!({
            "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada",
            "background_image_url": null, "banner": null, "created_at": "2026-01-02T08:00:00Z",
            "updated_at": "2026-01-02T09:00:00Z", "info": "We add.", "thumbnail_url": null, "team_name": "adders",
            "team_display_name": "The Adders", "id": "t1",
        });
        let teams = decode::<GetChannelTeams>(json!({"data": [wire]}));
        assert_eq!(
            teams,
            [ChannelTeam {
                broadcaster_id: "1001".into(),
                broadcaster_login: "ada".into(),
                broadcaster_name: "Ada".into(),
                background_image_url: None,
                banner: None,
                created_at: at("08:00:00"),
                updated_at: at("09:00:00"),
                info: "We add.".into(),
                thumbnail_url: None,
                team_name: "adders".into(),
                team_display_name: "The Adders".into(),
                id: "t1".into(),
            }]
        );
        assert_eq!(serde_json::to_value(&teams[0]).unwrap(), wire);
    }

    #[test]
    fn a_team_is_found_by_name_or_id_or_not_at_all() {
        assert_eq!(query(&GetTeams::by_name("adders")), "name=adders");
        assert_eq!(query(&GetTeams::by_id("t1")), "id=t1");
        let wire = json!({
            "users": [{"user_id": "1001", "user_login": "ada", "user_name": "Ada"}],
            "background_image_url": "https://pic.example/bg", "banner": "https://pic.example/banner",
            "created_at": "2026-01-02T08:00:00Z", "updated_at": "2026-01-02T09:00:00Z", "info": "We add.",
            "thumbnail_url": "https://pic.example/logo", "team_name": "adders", "team_display_name": "The Adders",
            "id": "t1",
        });
        let team = decode::<GetTeams>(json!({"data": [wire]})).unwrap();
        assert_eq!(
            team,
            Team {
                users: vec![TeamMember {
                    user_id: "1001".into(),
                    user_login: "ada".into(),
                    user_name: "Ada".into()
                }],
                background_image_url: Some("https://pic.example/bg".into()),
                banner: Some("https://pic.example/banner".into()),
                created_at: at("08:00:00"),
                updated_at: at("09:00:00"),
                info: "We add.".into(),
                thumbnail_url: Some("https://pic.example/logo".into()),
                team_name: "adders".into(),
                team_display_name: "The Adders".into(),
                id: "t1".into(),
            }
        );
        assert_eq!(serde_json::to_value(&team).unwrap(), wire);
        assert_eq!(answer::<GetTeams>(StatusCode::NOT_FOUND, String::new()).unwrap(), None);
    }
}
