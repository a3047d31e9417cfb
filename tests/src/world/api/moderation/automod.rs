//! Moderation by AutoMod: its levels, blocked terms, messages to be checked and messages that are held.

use http::Method;
use serde_json::{Value, json};

use super::super::{body, page, required, text};
use super::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::automod::{BlockedTerm, CATEGORIES, Levels};
use crate::world::helix::Who;
use crate::world::people::Programme;
use crate::world::reading::Ask;

impl World {
    pub(super) fn automod_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::POST, "/moderation/enforcements/status") => self.check_automod_status(ask, who),
            (&Method::POST, "/moderation/automod/message") => self.manage_held_message(ask, who),
            (&Method::GET, "/moderation/automod/settings") => self.get_automod_settings(ask, who),
            (&Method::PUT, "/moderation/automod/settings") => self.update_automod_settings(ask, who),
            (&Method::GET, "/moderation/blocked_terms") => self.get_blocked_terms(ask, who),
            (&Method::POST, "/moderation/blocked_terms") => self.add_blocked_term(ask, who),
            (&Method::DELETE, "/moderation/blocked_terms") => self.remove_blocked_term(ask, who),
            _ => return None,
        })
    }

    fn check_automod_status(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        if who.user()? != broadcaster {
            return Err(Answer::refuse(403, "The ID in broadcaster_id must match the user ID in the token."));
        }
        who.scope(&["moderation:read"])?;
        let body = body(ask)?;
        let messages = body["data"].as_array().filter(|messages| (1..=100).contains(&messages.len()));
        let wrong = || Answer::refuse(400, "The data field must have 1 to 100 messages to check.");
        let messages = messages.ok_or_else(wrong)?;
        let mut checked = Vec::new();
        for message in messages {
            checked.push((text(message, "msg_id")?, text(message, "msg_text")?));
        }
        let (a_minute, an_hour) = match self.people.programme(broadcaster) {
            None => (5, 50),
            Some(Programme::Affiliate) => (10, 100),
            Some(Programme::Partner) => (30, 300),
        };
        let limits = [(broadcaster, a_minute, 60), (broadcaster, an_hour, 3600)];
        self.take_turn("check AutoMod", &limits, "The broadcaster exceeded the number of checks.")?;
        let automod = self.moderation.of(broadcaster).map(|channel| &channel.automod);
        let permitted = |text| automod.is_none_or(|automod| automod.blocked(text).is_none());
        let data: Vec<Value> =
            checked.iter().map(|(id, text)| json!({"msg_id": id, "is_permitted": permitted(text)})).collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn manage_held_message(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let body = body(ask)?;
        let (moderator, message) = (text(&body, "user_id")?, text(&body, "msg_id")?);
        who.user_is(moderator, "user_id")?;
        who.scope(&["moderator:manage:automod"])?;
        let status = match text(&body, "action")? {
            "ALLOW" => "approved",
            "DENY" => "denied",
            _ => return Err(Answer::refuse(400, "The value in the action field is not valid.")),
        };
        let unknown = || Answer::refuse(404, "The message specified in the msg_id field was not found.");
        let channel = self.channel_that_holds(message).ok_or_else(unknown)?;
        if !self.people.moderates(moderator, &channel) {
            return Err(Answer::refuse(
                403,
                "The user in user_id is not one of the broadcaster's moderators.",
            ));
        }
        self.judge(moderator, &channel, message, status);
        Ok(Answer::empty(204))
    }

    fn get_automod_settings(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:read:automod_settings"])?;
        Ok(self.automod_json(broadcaster, moderator))
    }

    fn update_automod_settings(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:automod_settings"])?;
        let body = body(ask)?;
        let level = |name: &str| match &body[name] {
            Value::Null => Ok(None),
            value => match value.as_i64() {
                Some(level @ 0..=4) => Ok(Some(level)),
                _ => Err(Answer::refuse(400, &format!("The value in {name} is not valid."))),
            },
        };
        let own = CATEGORIES.iter().map(|category| level(category)).collect::<Result<Vec<_>, _>>()?;
        let any = own.iter().any(Option::is_some);
        let levels = match level("overall_level")? {
            Some(overall) if !any => Levels::Overall(overall),
            // What is not said is off.
            None if any => {
                Levels::Each(std::array::from_fn(|at| own.get(at).copied().flatten().unwrap_or(0)))
            }
            _ => return Err(Answer::refuse(400, "Set either overall_level or the individual settings.")),
        };
        self.set_automod(moderator, broadcaster, levels);
        Ok(self.automod_json(broadcaster, moderator))
    }

    fn automod_json(&self, broadcaster: &str, moderator: &str) -> Answer {
        let mut said = self.automod_levels(broadcaster);
        said["broadcaster_id"] = json!(broadcaster);
        said["moderator_id"] = json!(moderator);
        Answer::ok(json!({"data": [said]}))
    }

    fn get_blocked_terms(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let scopes = ["moderator:read:blocked_terms", "moderator:manage:blocked_terms"];
        self.is_moderator(ask, who, broadcaster, &scopes)?;
        let terms = self.moderation.of(broadcaster).map_or(&[][..], |channel| &channel.automod.terms);
        let (slice, pagination) = page(terms, ask, 100)?;
        let data: Vec<Value> = slice.iter().map(|term| term_json(broadcaster, term)).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    fn add_blocked_term(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:blocked_terms"])?;
        let body = body(ask)?;
        let term = text(&body, "text")?;
        if !(2..=500).contains(&term.chars().count()) {
            return Err(Answer::refuse(400, "The length of the term is either too short or too long."));
        }
        let id = self.block_term(moderator, broadcaster, term);
        let terms = self.moderation.of(broadcaster).into_iter().flat_map(|channel| &channel.automod.terms);
        let made = terms.filter(|term| term.id == id).map(|term| term_json(broadcaster, term));
        Ok(Answer::ok(json!({"data": made.collect::<Vec<_>>()})))
    }

    fn remove_blocked_term(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:blocked_terms"])?;
        self.allow_term(moderator, broadcaster, required(ask, "id")?);
        Ok(Answer::empty(204))
    }
}

fn term_json(broadcaster: &str, term: &BlockedTerm) -> Value {
    json!({
        "broadcaster_id": broadcaster,
        "moderator_id": term.moderator,
        "id": term.id,
        "text": term.text,
        "created_at": term.created.to_string(),
        "updated_at": term.created.to_string(),
        "expires_at": null,
    })
}
