//! Chat: emotes and badges, of which the world has a few and which do not change.

use http::Method;
use serde_json::{Value, json};

use super::super::{page_of, required, values};
use super::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

const TEMPLATE: &str = "https://static.example/emoticons/v2/{{id}}/{{format}}/{{theme_mode}}/{{scale}}";
const GLOBAL: [(&str, &str); 3] = [("25", "Kappa"), ("88", "PogChamp"), ("425618", "LUL")];

impl World {
    pub(super) fn emotes_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/chat/emotes") => self.get_channel_emotes(ask),
            (&Method::GET, "/chat/emotes/global") => Ok(global_emotes()),
            (&Method::GET, "/chat/emotes/set") => self.get_emote_sets(ask),
            (&Method::GET, "/chat/emotes/user") => self.get_user_emotes(ask, who),
            (&Method::GET, "/chat/badges") => self.get_channel_badges(ask),
            (&Method::GET, "/chat/badges/global") => Ok(global_badges()),
            _ => return None,
        })
    }

    /// Whether a word is an emote in this channel.
    pub(super) fn is_emote(&self, broadcaster: &str, word: &str) -> bool {
        GLOBAL.iter().any(|(_, name)| *name == word) || self.channel_emote(broadcaster)["name"] == word
    }

    /// Each channel has one emote for its subscribers, in a set of its own.
    fn channel_emote(&self, broadcaster: &str) -> Value {
        let mut emote =
            emote(&format!("emote{broadcaster}"), &format!("{}Hi", self.people.login(broadcaster)));
        emote["emote_type"] = json!("subscriptions");
        emote["emote_set_id"] = json!(format!("setof{broadcaster}"));
        emote
    }

    fn get_channel_emotes(&self, ask: &Ask) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        self.channel(broadcaster)?;
        let mut emote = self.channel_emote(broadcaster);
        add_images(&mut emote);
        emote["tier"] = json!("1000");
        Ok(Answer::ok(json!({"data": [emote], "template": TEMPLATE})))
    }

    fn get_emote_sets(&self, ask: &Ask) -> Outcome {
        required(ask, "emote_set_id")?;
        let sets = values(ask, "emote_set_id", 25)?;
        let owners = sets.iter().filter_map(|set| set.strip_prefix("setof"));
        let known = owners.filter(|owner| self.people.users.contains_key(*owner));
        let data: Vec<Value> = known
            .map(|owner| {
                let mut emote = self.channel_emote(owner);
                add_images(&mut emote);
                emote["owner_id"] = json!(owner);
                emote
            })
            .collect();
        Ok(Answer::ok(json!({"data": data, "template": TEMPLATE})))
    }

    /// The global emotes and, where they are asked for, those of one channel.
    fn get_user_emotes(&self, ask: &Ask, who: &Who) -> Outcome {
        let user = required(ask, "user_id")?;
        who.user_is(user, "user_id")?;
        who.scope(&["user:read:emotes"])?;
        let mut all: Vec<Value> = GLOBAL
            .iter()
            .map(|(id, name)| {
                let mut emote = emote(id, name);
                emote["emote_type"] = json!("globals");
                emote["emote_set_id"] = json!("0");
                emote["owner_id"] = json!("0");
                emote
            })
            .collect();
        if let Some(broadcaster) = ask.query.get("broadcaster_id") {
            self.channel(broadcaster)?;
            let mut emote = self.channel_emote(broadcaster);
            emote["owner_id"] = json!(broadcaster);
            all.push(emote);
        }
        let (slice, pagination) = page_of(&all, ask, self.settings.page)?;
        Ok(Answer::ok(json!({"data": slice, "template": TEMPLATE, "pagination": pagination})))
    }

    fn get_channel_badges(&self, ask: &Ask) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        self.channel(broadcaster)?;
        let versions = [badge("0", "Subscriber"), badge("3", "3-Month Subscriber")];
        Ok(Answer::ok(json!({"data": [{"set_id": "subscriber", "versions": versions}]})))
    }
}

fn global_emotes() -> Answer {
    let all: Vec<Value> = GLOBAL
        .iter()
        .map(|(id, name)| {
            let mut emote = emote(id, name);
            add_images(&mut emote);
            emote
        })
        .collect();
    Answer::ok(json!({"data": all, "template": TEMPLATE}))
}

fn global_badges() -> Answer {
    let of = |set: &str, title: &str| json!({"set_id": set, "versions": [badge("1", title)]});
    Answer::ok(json!({"data": [of("moderator", "Moderator"), of("vip", "VIP")]}))
}

fn emote(id: &str, name: &str) -> Value {
    json!({
        "id": id,
        "name": name,
        "format": ["static"],
        "scale": ["1.0", "2.0", "3.0"],
        "theme_mode": ["light", "dark"],
    })
}

fn add_images(emote: &mut Value) {
    let id = emote["id"].as_str().unwrap_or_default().to_owned();
    let image = |scale: &str| format!("https://static.example/emoticons/v2/{id}/static/light/{scale}");
    emote["images"] = json!({"url_1x": image("1.0"), "url_2x": image("2.0"), "url_4x": image("3.0")});
}

fn badge(id: &str, title: &str) -> Value {
    let image = |scale: u8| format!("https://static.example/badges/v1/{id}/{scale}");
    json!({
        "id": id,
        "image_url_1x": image(1),
        "image_url_2x": image(2),
        "image_url_4x": image(3),
        "title": title,
        "description": title,
        "click_action": "visit_url",
        "click_url": "https://help.example/badges",
    })
}
