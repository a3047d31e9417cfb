//! Channels and who follows them.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use super::{body, flag, number, page, required, short_text, values};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::people::Programme;
use crate::world::profiles::LABELS;
use crate::world::reading::Ask;

impl World {
    pub(super) fn channels_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/channels") => self.get_channels(ask),
            (&Method::PATCH, "/channels") => self.modify_channel(ask, who),
            (&Method::GET, "/channels/editors") => self.get_editors(ask, who),
            (&Method::GET, "/channels/followers") => self.get_followers(ask, who),
            (&Method::GET, "/channels/followed") => self.get_followed(ask, who),
            _ => return None,
        })
    }

    fn get_channels(&self, ask: &Ask) -> Outcome {
        required(ask, "broadcaster_id")?;
        let ids = values(ask, "broadcaster_id", 100)?;
        let channels = ids.into_iter().filter_map(|id| self.people.users.get_key_value(id));
        let data: Vec<Value> = channels
            .map(|(id, user)| {
                let profile = self.profiles.of(id);
                let mut said = self.person(id, "broadcaster");
                for (name, value) in [
                    ("broadcaster_language", json!(user.language)),
                    ("game_id", json!(user.game.0)),
                    ("game_name", json!(user.game.1)),
                    ("title", json!(user.title)),
                    ("delay", json!(profile.map_or(0, |profile| profile.delay))),
                    ("tags", json!(self.profiles.tags(id))),
                    (
                        "content_classification_labels",
                        json!(profile.map_or(&[][..], |profile| &profile.labels)),
                    ),
                    ("is_branded_content", json!(profile.is_some_and(|profile| profile.branded))),
                ] {
                    said[name] = value;
                }
                said
            })
            .collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    /// Changes what is said, or nothing at all if any of it is wrong.
    fn modify_channel(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:manage:broadcast"])?;
        let body = body(ask)?;
        let said = |name: &str| !body[name].is_null();
        if !FIELDS.iter().any(|name| said(name)) {
            return Err(Answer::refuse(400, "The request must update at least one property."));
        }
        let title = said("title").then(|| short_text(&body, "title", 140)).transpose()?;
        let game = said("game_id").then(|| self.game(&body)).transpose()?;
        let delay = said("delay").then(|| self.delay(broadcaster, &body)).transpose()?;
        let tags = said("tags").then(|| tags(&body)).transpose()?;
        let labels = labels(&body["content_classification_labels"])?;
        let branded = said("is_branded_content").then(|| flag(&body, "is_branded_content", false));
        let branded = branded.transpose()?;

        let profile = self.profiles.of_mut(broadcaster);
        profile.branded = branded.unwrap_or(profile.branded);
        profile.delay = delay.unwrap_or(profile.delay);
        if let Some(tags) = tags {
            profile.tags = tags;
        }
        profile.labels = LABELS
            .iter()
            .map(|(id, _, _)| *id)
            .filter(|id| *labels.get(id).unwrap_or(&profile.labels.contains(id)))
            .collect();
        if let Some(user) = self.people.users.get_mut(broadcaster) {
            if let Some(title) = title {
                user.title = title.to_owned();
            }
            if let Some(game) = game {
                user.game = game;
            }
            // A language that Twitch does not know changes nothing.
            if let Some(language) = body["broadcaster_language"].as_str()
                && (language.len() == 2 || language == "other")
            {
                user.language = language.to_owned();
            }
        }
        self.tell_of_update(broadcaster);
        Ok(Answer::empty(204))
    }

    /// A game that Twitch knows, or none.
    fn game(&self, body: &Value) -> Result<(String, String), Answer> {
        let id = body["game_id"].as_str().unwrap_or_default();
        if id.is_empty() || id == "0" {
            return Ok((String::new(), String::new()));
        }
        let name = self.category(id).ok_or_else(|| Answer::refuse(400, "The ID in game_id is not valid."))?;
        Ok((id.to_owned(), name.to_owned()))
    }

    fn delay(&self, broadcaster: &str, body: &Value) -> Result<i64, Answer> {
        if self.people.programme(broadcaster) != Some(Programme::Partner) {
            return Err(Answer::refuse(400, "To update the delay field, the broadcaster must be a partner."));
        }
        number(body, "delay", 0..=900)
    }

    fn get_editors(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:read:editors"])?;
        let editors = self.roles.editors(broadcaster);
        let data: Vec<Value> = editors
            .map(|(id, since)| {
                let name = self.people.name(id);
                json!({"user_id": id, "user_name": name, "created_at": since.to_string()})
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

/// What can be changed about a channel.
const FIELDS: [&str; 7] = [
    "game_id",
    "broadcaster_language",
    "title",
    "delay",
    "tags",
    "content_classification_labels",
    "is_branded_content",
];

/// Up to ten tags of letters and digits.
fn tags(body: &Value) -> Result<Vec<String>, Answer> {
    let invalid = |words| Answer::refuse(400, words);
    let tags = body["tags"].as_array().filter(|tags| tags.len() <= 10);
    let tags =
        tags.ok_or_else(|| invalid("The list in the tags field exceeds the maximum number of tags."))?;
    let fits = |tag: &str| (1..=25).contains(&tag.chars().count()) && tag.chars().all(char::is_alphanumeric);
    let tag = |tag: &Value| tag.as_str().filter(|tag| fits(tag)).map(str::to_owned);
    let all: Option<Vec<String>> = tags.iter().map(tag).collect();
    all.ok_or_else(|| invalid("A tag in the tags field is empty, too long, or has special characters."))
}

/// The labels that are set or taken away. The one for games comes with the game.
fn labels(said: &Value) -> Result<BTreeMap<&str, bool>, Answer> {
    let mut labels = BTreeMap::new();
    for label in said.as_array().into_iter().flatten() {
        let (id, enabled) = (label["id"].as_str().unwrap_or_default(), label["is_enabled"].as_bool());
        if id == "MatureGame" {
            return Err(Answer::refuse(403, "Gaming CCLs cannot be added to a channel."));
        }
        match enabled.filter(|_| LABELS.iter().any(|(known, _, _)| *known == id)) {
            Some(enabled) => labels.insert(id, enabled),
            None => return Err(Answer::refuse(400, "A content classification label is not valid.")),
        };
    }
    Ok(labels)
}
