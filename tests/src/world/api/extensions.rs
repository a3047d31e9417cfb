//! Extensions: what their back ends do with tokens that they sign themselves, and what everybody may ask.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{body, flag, number, page, required, short_text, text};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::extensions::{Extension, Product, Segment, VERSION};
use crate::world::helix::Who;
use crate::world::jwt::{self, Claims};
use crate::world::limits::TOO_MANY;
use crate::world::reading::Ask;

/// The longest message, and the longest segment.
const FIVE_KILOBYTES: usize = 5 * 1024;
/// The least delay before a new secret is used, in seconds.
const LEAST_DELAY: u64 = 300;
/// How often a minute a segment may be read, and written.
const SEGMENT_CALLS: usize = 20;
const BROADCASTS: usize = 100;
const CHAT_MESSAGES: usize = 12;

impl World {
    /// What takes a token that the extension has signed.
    pub(super) fn extension_jwt_api(&mut self, ask: &Ask, path: &str) -> Option<Outcome> {
        let operation = match (&ask.method, path) {
            (&Method::GET, "/extensions/configurations") => World::get_segments,
            (&Method::PUT, "/extensions/configurations") => World::set_segment,
            (&Method::PUT, "/extensions/required_configuration") => World::set_required_configuration,
            (&Method::POST, "/extensions/pubsub") => World::send_extension_message,
            (&Method::GET, "/extensions/jwt/secrets") => World::get_secrets,
            (&Method::POST, "/extensions/jwt/secrets") => World::create_secret,
            (&Method::POST, "/extensions/chat") => World::send_extension_chat,
            (&Method::GET, "/extensions") => World::get_extension,
            _ => return None,
        };
        Some(self.proven_extension(ask).and_then(|(id, claims)| operation(self, ask, &id, &claims)))
    }

    pub(super) fn extensions_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/extensions/live") => self.get_live_channels(ask),
            (&Method::GET, "/extensions/released") => self.get_released(ask),
            (&Method::GET, "/bits/extensions") => self.get_products(ask, who),
            (&Method::PUT, "/bits/extensions") => self.update_product(ask, who),
            _ => return None,
        })
    }

    /// The extension that calls, with what its token says.
    fn proven_extension(&self, ask: &Ask) -> Result<(String, Claims), Answer> {
        let client = ask.client_id.as_deref();
        let client = client.ok_or_else(|| Answer::refuse(401, "Client ID is missing"))?;
        let token = ask.token("bearer").ok_or_else(|| Answer::refuse(401, "JWT token is missing"))?;
        let invalid = || Answer::refuse(401, "JWT token is invalid");
        let extension = self.extensions.get(client).ok_or_else(invalid)?;
        let now = self.wall(self.now);
        let current = extension.secrets.iter().filter(|s| s.active <= now && now < s.expires);
        let claims = jwt::read(token, current.map(|secret| secret.content.as_str()), now);
        let owner = Some(extension.owner.as_str());
        let claims = claims.filter(|claims| claims.role == "external" && claims.user_id.as_deref() == owner);
        Ok((client.to_owned(), claims.ok_or_else(invalid)?))
    }

    fn get_segments(&mut self, ask: &Ask, id: &str, _: &Claims) -> Outcome {
        own(required(ask, "extension_id")?, id)?;
        required(ask, "segment")?;
        let mut wanted: Vec<&str> = Vec::new();
        for segment in ask.query.all("segment") {
            if !wanted.contains(&segment) {
                wanted.push(segment);
            }
        }
        let mut data: Vec<Value> = Vec::new();
        for segment in wanted {
            let broadcaster = segment_owner(segment, ask.query.get("broadcaster_id"))?;
            self.take_turn(
                "read segment",
                &[(&format!("{id} {segment} {broadcaster}"), SEGMENT_CALLS, 60)],
                TOO_MANY,
            )?;
            let key = (segment.to_owned(), broadcaster.to_owned());
            let found = self.extensions.get(id).and_then(|extension| extension.segments.get(&key));
            let Some(found) = found else { continue };
            let mut said = json!({"segment": segment, "content": found.content, "version": found.version});
            if !broadcaster.is_empty() {
                said["broadcaster_id"] = json!(broadcaster);
            }
            data.push(said);
        }
        Ok(Answer::ok(json!({"data": data})))
    }

    fn set_segment(&mut self, ask: &Ask, id: &str, _: &Claims) -> Outcome {
        let body = body(ask)?;
        own(text(&body, "extension_id")?, id)?;
        let segment = text(&body, "segment")?;
        let broadcaster = segment_owner(segment, body["broadcaster_id"].as_str())?;
        let content = body["content"].as_str().unwrap_or_default();
        if content.len() > FIVE_KILOBYTES {
            return Err(Answer::refuse(400, "The segment is limited to 5 KB"));
        }
        self.take_turn(
            "write segment",
            &[(&format!("{id} {segment} {broadcaster}"), SEGMENT_CALLS, 60)],
            TOO_MANY,
        )?;
        if let Some(extension) = self.extensions.get_mut(id) {
            let key = (segment.to_owned(), broadcaster.to_owned());
            let held = extension.segments.entry(key).or_default();
            let version = body["version"].as_str().unwrap_or(&held.version).to_owned();
            *held = Segment { content: content.to_owned(), version };
        }
        Ok(Answer::empty(204))
    }

    /// What is required is a matter of the broadcaster's page; nothing can be asked about it afterwards.
    fn set_required_configuration(&mut self, ask: &Ask, id: &str, _: &Claims) -> Outcome {
        required(ask, "broadcaster_id")?;
        let body = body(ask)?;
        own(text(&body, "extension_id")?, id)?;
        text(&body, "extension_version")?;
        text(&body, "required_configuration")?;
        Ok(Answer::empty(204))
    }

    /// What is sent goes to viewers' browsers, of which there are none here.
    fn send_extension_message(&mut self, ask: &Ask, id: &str, claims: &Claims) -> Outcome {
        let body = body(ask)?;
        let global = flag(&body, "is_global_broadcast", false)?;
        let broadcaster = body["broadcaster_id"].as_str().unwrap_or_default();
        if global != broadcaster.is_empty() {
            return Err(Answer::refuse(
                400,
                "The broadcaster_id field may only be set if is_global_broadcast is false.",
            ));
        }
        let targets = body["target"].as_array().filter(|targets| !targets.is_empty());
        let targets = targets.ok_or_else(|| Answer::refuse(400, "Missing required parameter \"target\""))?;
        if text(&body, "message")?.len() > FIVE_KILOBYTES {
            return Err(Answer::refuse(422, "The message is too large."));
        }
        let channel = if global { "all" } else { broadcaster };
        let may = |target: &Value| {
            let send = claims.pubsub_perms.as_ref().map(|permissions| &permissions.send);
            let target = target.as_str().unwrap_or_default();
            send.into_iter().flatten().any(|allowed| allowed == target || allowed == "*")
        };
        if claims.channel_id.as_deref() != Some(channel) || !targets.iter().all(may) {
            return Err(Answer::refuse(401, "The JWT token does not allow this target"));
        }
        self.take_turn("extension message", &[(&format!("{id} {channel}"), BROADCASTS, 60)], TOO_MANY)?;
        Ok(Answer::empty(204))
    }

    fn get_secrets(&mut self, _: &Ask, id: &str, _: &Claims) -> Outcome {
        Ok(self.secrets_json(id))
    }

    fn create_secret(&mut self, ask: &Ask, id: &str, _: &Claims) -> Outcome {
        own(required(ask, "extension_id")?, id)?;
        let delay = match ask.query.get("delay").map(str::parse::<u64>) {
            None => LEAST_DELAY,
            Some(Ok(delay @ LEAST_DELAY..=31_536_000)) => delay,
            Some(_) => return Err(Answer::refuse(400, "The delay is too short")),
        };
        self.add_secret(id, Duration::from_secs(delay));
        Ok(self.secrets_json(id))
    }

    fn secrets_json(&self, id: &str) -> Answer {
        let now = self.wall(self.now);
        let secrets = self.extensions.get(id).into_iter().flat_map(|extension| &extension.secrets);
        let secrets: Vec<Value> = secrets
            .filter(|secret| now < secret.expires)
            .map(|secret| {
                json!({
                    "content": secret.content,
                    "active_at": secret.active.to_string(),
                    "expires_at": secret.expires.to_string(),
                })
            })
            .collect();
        Answer::ok(json!({"data": [{"format_version": 1, "secrets": secrets}]}))
    }

    /// The message stands in the chat under the extension's name, which is no user's: EventSub does not tell of it.
    fn send_extension_chat(&mut self, ask: &Ask, id: &str, claims: &Claims) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        if claims.channel_id.as_deref() != Some(broadcaster) {
            let message = "The ID in broadcaster_id must match the channel_id claim in the JWT.";
            return Err(Answer::refuse(401, message));
        }
        let body = body(ask)?;
        short_text(&body, "text", 280)?;
        own(text(&body, "extension_id")?, id)?;
        text(&body, "extension_version")?;
        self.take_turn("extension chat", &[(broadcaster, CHAT_MESSAGES, 60)], TOO_MANY)?;
        Ok(Answer::empty(204))
    }

    fn get_extension(&mut self, ask: &Ask, _: &str, _: &Claims) -> Outcome {
        let (id, extension) = self.asked_extension(ask)?;
        let known = ask.query.get("extension_version").is_none_or(|version| version == VERSION);
        let data: Vec<Value> = known.then(|| self.extension_json(id, extension)).into_iter().collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn get_released(&self, ask: &Ask) -> Outcome {
        let (id, extension) = self.asked_extension(ask)?;
        if ask.query.get("extension_version").is_some_and(|version| version != VERSION) {
            return Err(Answer::refuse(404, "The extension was not found."));
        }
        Ok(Answer::ok(json!({"data": [self.extension_json(id, extension)]})))
    }

    fn get_live_channels(&self, ask: &Ask) -> Outcome {
        let (_, extension) = self.asked_extension(ask)?;
        let channel = |id: &String| {
            let user = self.people.users.get(id).filter(|user| user.live.is_some())?;
            Some(json!({
                "broadcaster_id": id,
                "broadcaster_name": user.name,
                "game_id": user.game.0,
                "game_name": user.game.1,
                "title": user.title,
            }))
        };
        let all: Vec<Value> = extension.channels.iter().filter_map(channel).collect();
        if all.is_empty() {
            return Err(Answer::refuse(404, "The extension is not being used in a live stream."));
        }
        let (slice, pagination) = page(&all, ask, 100)?;
        // A string here, unlike anywhere else.
        let cursor = pagination["cursor"].as_str().unwrap_or_default();
        Ok(Answer::ok(json!({"data": slice, "pagination": cursor})))
    }

    fn get_products(&self, ask: &Ask, who: &Who) -> Outcome {
        who.app()?;
        let extension = self.calling_extension(who)?;
        let all = ask.query.get("should_include_all") == Some("true");
        Ok(self.products_json(&extension.products, all))
    }

    fn update_product(&mut self, ask: &Ask, who: &Who) -> Outcome {
        who.app()?;
        self.calling_extension(who)?;
        let body = body(ask)?;
        let sku = short_text(&body, "sku", 255)?;
        if !sku.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
            return Err(Answer::refuse(400, "The value in sku is not valid"));
        }
        let expires = match body["expiration"].as_str() {
            None => None,
            Some(said) => {
                let invalid = |_| Answer::refuse(400, "The value in expiration is not valid");
                Some(said.parse().map_err(invalid)?)
            }
        };
        let product = Product {
            name: short_text(&body, "display_name", 255)?.to_owned(),
            bits: number(&body["cost"], "amount", 1..=10_000)?,
            in_development: flag(&body, "in_development", false)?,
            expires,
            broadcast: flag(&body, "is_broadcast", false)?,
        };
        if text(&body["cost"], "type")? != "bits" {
            return Err(Answer::refuse(400, "The value in cost.type is not valid"));
        }
        if let Some(extension) = self.extensions.get_mut(&who.client) {
            extension.products.insert(sku.to_owned(), product.clone());
        }
        Ok(self.products_json(&BTreeMap::from([(sku.to_owned(), product)]), true))
    }

    fn products_json(&self, products: &BTreeMap<String, Product>, all: bool) -> Answer {
        let now = self.wall(self.now);
        let offered = |product: &Product| product.expires.is_none_or(|expires| now < expires);
        let products = products.iter().filter(|(_, product)| all || offered(product));
        let data: Vec<Value> = products
            .map(|(sku, product)| {
                json!({
                    "sku": sku,
                    "cost": {"amount": product.bits, "type": "bits"},
                    "in_development": product.in_development,
                    "display_name": product.name,
                    "expiration": product.expires.map_or(String::new(), |expires| expires.to_string()),
                    "is_broadcast": product.broadcast,
                })
            })
            .collect();
        Answer::ok(json!({"data": data}))
    }

    fn calling_extension(&self, who: &Who) -> Result<&Extension, Answer> {
        let none = || Answer::refuse(400, "The ID in the Client-Id header must belong to an extension.");
        self.extensions.get(&who.client).ok_or_else(none)
    }

    fn asked_extension<'a>(&self, ask: &'a Ask) -> Result<(&'a str, &Extension), Answer> {
        let id = required(ask, "extension_id")?;
        let none = || Answer::refuse(404, "The extension was not found.");
        Ok((id, self.extensions.get(id).ok_or_else(none)?))
    }
}

/// The extension that is named must be the one that calls.
fn own(named: &str, calling: &str) -> Result<(), Answer> {
    if named == calling {
        return Ok(());
    }
    Err(Answer::refuse(401, "The JWT token is not one of this extension's"))
}

/// Whose a segment is: nobody's if it is the global one.
fn segment_owner<'a>(segment: &str, broadcaster: Option<&'a str>) -> Result<&'a str, Answer> {
    match (segment, broadcaster) {
        ("global", None) => Ok(""),
        ("global", Some(_)) => Err(Answer::refuse(400, "The global segment has no broadcaster_id")),
        ("broadcaster" | "developer", Some(broadcaster)) => Ok(broadcaster),
        ("broadcaster" | "developer", None) => {
            Err(Answer::refuse(400, "Missing required parameter \"broadcaster_id\""))
        }
        _ => Err(Answer::refuse(400, "The value in segment is not valid")),
    }
}
