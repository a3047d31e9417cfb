//! Channels and who follows them.

use http::Method;
use serde_json::{Value, json};

use super::{page, required};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

impl World {
    pub(super) fn channels_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/channels") => self.get_channels(ask),
            (&Method::GET, "/channels/followers") => self.get_followers(ask, who),
            (&Method::GET, "/channels/followed") => self.get_followed(ask, who),
            _ => return None,
        })
    }

    fn get_channels(&self, ask: &Ask) -> Outcome {
        required(ask, "broadcaster_id")?;
        let channels = ask.query.all("broadcaster_id").filter_map(|id| self.people.users.get_key_value(id));
        let data: Vec<Value> = channels
            .map(|(id, user)| {
                json!({
                    "broadcaster_id": id,
                    "broadcaster_login": user.login,
                    "broadcaster_name": user.name,
                    "broadcaster_language": user.language,
                    "game_id": user.game.0,
                    "game_name": user.game.1,
                    "title": user.title,
                    "delay": 0,
                    "tags": [],
                    "content_classification_labels": [],
                    "is_branded_content": false,
                })
            })
            .collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn get_followers(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let me = who.user()?;
        let channel = self.channel(broadcaster)?;
        let total = channel.followers.len();
        // Others than the channel's moderators learn the number alone.
        if !self.people.moderates(me, broadcaster) || who.scope(&["moderator:read:followers"]).is_err() {
            return Ok(Answer::ok(json!({"total": total, "data": [], "pagination": {}})));
        }
        let wanted = ask.query.get("user_id");
        let all: Vec<_> =
            channel.followers.iter().filter(|(id, _)| wanted.is_none_or(|wanted| wanted == id)).collect();
        let (slice, pagination) = page(&all, ask, 100)?;
        let data: Vec<Value> = slice
            .iter()
            .map(|(id, when)| {
                let mut said = self.person(id, "user");
                said["followed_at"] = json!(when.to_string());
                said
            })
            .collect();
        Ok(Answer::ok(json!({"total": total, "data": data, "pagination": pagination})))
    }

    fn get_followed(&self, ask: &Ask, who: &Who) -> Outcome {
        let user = required(ask, "user_id")?;
        who.user_is(user, "user_id")?;
        who.scope(&["user:read:follows"])?;
        let wanted = ask.query.get("broadcaster_id");
        let mut all: Vec<Value> = Vec::new();
        for (id, channel) in &self.people.users {
            if wanted.is_some_and(|wanted| wanted != id) {
                continue;
            }
            if let Some((_, when)) = channel.followers.iter().find(|(follower, _)| follower == user) {
                let mut said = json!({"broadcaster_id": id, "followed_at": when.to_string()});
                said["broadcaster_login"] = json!(channel.login);
                said["broadcaster_name"] = json!(channel.name);
                all.push(said);
            }
        }
        let (slice, pagination) = page(&all, ask, 100)?;
        Ok(Answer::ok(json!({"total": all.len(), "data": slice, "pagination": pagination})))
    }
}
