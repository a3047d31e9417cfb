//! Teams.

use http::Method;
use serde_json::{Value, json};

use super::required;
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::profiles::Team;
use crate::world::reading::Ask;

impl World {
    pub(super) fn teams_api(&mut self, ask: &Ask, _: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/teams/channel") => self.get_channel_teams(ask),
            (&Method::GET, "/teams") => self.get_teams(ask),
            _ => return None,
        })
    }

    fn get_channel_teams(&self, ask: &Ask) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        if !self.people.users.contains_key(broadcaster) {
            return Err(Answer::refuse(404, "The broadcaster was not found."));
        }
        let teams = self.profiles.teams.iter();
        let data: Vec<Value> = teams
            .filter(|team| team.members.iter().any(|member| member == broadcaster))
            .map(|team| {
                let mut said = team_json(team);
                self.add_person(&mut said, broadcaster, "broadcaster");
                said
            })
            .collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn get_teams(&self, ask: &Ask) -> Outcome {
        let (name, id) = (ask.query.get("name"), ask.query.get("id"));
        if name.is_some() == id.is_some() {
            return Err(Answer::refuse(400, "Specify either the name or the id of a team, but not both."));
        }
        let mut teams = self.profiles.teams.iter();
        let found = teams.find(|team| name == Some(&team.name) || id == Some(&team.id));
        let team = found.ok_or_else(|| Answer::refuse(404, "The specified team was not found."))?;
        let mut said = team_json(team);
        said["users"] = team.members.iter().map(|member| self.person(member, "user")).collect();
        Ok(Answer::ok(json!({"data": [said]})))
    }
}

fn team_json(team: &Team) -> Value {
    json!({
        "background_image_url": null,
        "banner": null,
        "created_at": team.created.to_string(),
        "updated_at": team.created.to_string(),
        "info": format!("<p>The team {}</p>", team.name),
        "thumbnail_url": format!("https://static.example/team-{}.png", team.name),
        "team_name": team.name,
        "team_display_name": team.name,
        "id": team.id,
    })
}
