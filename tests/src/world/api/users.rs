//! Users: who they are, whom they block, what they have allowed, which extensions they use.

use http::Method;
use serde_json::{Value, json};

use super::{body, page, required, values, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::extensions::VERSION;
use crate::world::helix::Who;
use crate::world::people::Programme;
use crate::world::reading::Ask;

/// The most ids and logins that one request may name.
const IDS: usize = 100;
/// The kinds of slots for extensions, and how many a channel has of each.
const SLOTS: [(&str, usize); 3] = [("panel", 3), ("overlay", 1), ("component", 2)];

impl World {
    pub(super) fn users_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/users") => self.get_users(ask, who),
            (&Method::PUT, "/users") => self.update_user(ask, who),
            (&Method::GET, "/authorization/users") => self.get_authorization(ask, who),
            (&Method::GET, "/users/blocks") => self.get_block_list(ask, who),
            (&Method::PUT, "/users/blocks") => self.block_user(ask, who),
            (&Method::DELETE, "/users/blocks") => self.unblock_user(ask, who),
            (&Method::GET, "/users/follows") => Err(Answer::refuse(410, "This API is not available.")),
            (&Method::GET, "/users/extensions/list") => self.get_user_extensions(who),
            (&Method::GET, "/users/extensions") => self.get_active_extensions(ask, who),
            (&Method::PUT, "/users/extensions") => self.update_user_extensions(ask, who),
            _ => return None,
        })
    }

    fn get_users(&self, ask: &Ask, who: &Who) -> Outcome {
        let mut ids: Vec<&str> = ask.query.all("id").collect();
        ids.extend(ask.query.all("login").filter_map(|login| self.people.id(login)));
        let asked = ask.query.all("id").chain(ask.query.all("login")).count();
        if asked > IDS {
            return Err(Answer::refuse(400, "The number of ids and logins exceeds 100"));
        }
        if asked == 0 {
            let me = who.user.as_deref();
            let missing = || Answer::refuse(400, "Must provide an ID, Login or OAuth Token.");
            ids.push(me.ok_or_else(missing)?);
        }
        let data: Vec<Value> = ids.into_iter().filter_map(|id| self.user_json(id, who)).collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn user_json(&self, id: &str, who: &Who) -> Option<Value> {
        let user = self.people.users.get(id)?;
        let mut said = json!({
            "id": id,
            "login": user.login,
            "display_name": user.name,
            "type": "",
            "broadcaster_type": match user.programme {
                None => "",
                Some(Programme::Affiliate) => "affiliate",
                Some(Programme::Partner) => "partner",
            },
            "description": self.profiles.description(id),
            "profile_image_url": format!("https://static.example/{}.png", user.login),
            "offline_image_url": "",
            "view_count": 0,
            "created_at": user.created.to_string(),
        });
        if who.user.as_deref() == Some(id) && who.scope(&["user:read:email"]).is_ok() {
            said["email"] = json!(format!("{}@mail.example", user.login));
        }
        Some(said)
    }

    /// A description that is there and empty takes the old one away.
    fn update_user(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let me = who.user()?;
        who.scope(&["user:edit"])?;
        if let Some(description) = ask.query.all("description").next() {
            if description.chars().count() > 300 {
                return Err(Answer::refuse(400, "The string in the description is too long."));
            }
            self.describe(me, description);
        }
        Ok(Answer::ok(json!({"data": [self.user_json(me, who)]})))
    }

    fn get_authorization(&self, ask: &Ask, who: &Who) -> Outcome {
        who.app()?;
        required(ask, "user_id")?;
        let allowed = values(ask, "user_id", 10)?
            .into_iter()
            .filter_map(|user| Some((user, self.tokens.allowed(&who.client, user)?)));
        let data: Vec<Value> = allowed
            .map(|(user, scopes)| {
                let mut said = self.person(user, "user");
                said["scopes"] = json!(scopes);
                said
            })
            .collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn get_block_list(&self, ask: &Ask, who: &Who) -> Outcome {
        let me = self.is_broadcaster(ask, who, &["user:read:blocked_users"])?;
        let blocked = self.profiles.of(me).map_or(&[][..], |profile| &profile.blocked);
        let (slice, pagination) = page(blocked, ask, 100)?;
        let person = |id: &String| {
            let (login, name) = (self.people.login(id), self.people.name(id));
            json!({"user_id": id, "user_login": login, "display_name": name})
        };
        let data: Vec<Value> = slice.iter().map(person).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    fn block_user(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let target = required(ask, "target_user_id")?;
        let me = who.user()?;
        who.scope(&["user:manage:blocked_users"])?;
        word(ask, "source_context", &["chat", "whisper"])?;
        word(ask, "reason", &["harassment", "spam", "other"])?;
        if target == me {
            return Err(Answer::refuse(400, "The ID in target_user_id cannot be the user's own."));
        }
        if !self.profiles.blocks(me, target) {
            self.profiles.of_mut(me).blocked.insert(0, target.to_owned());
        }
        Ok(Answer::empty(204))
    }

    fn unblock_user(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let target = required(ask, "target_user_id")?;
        let me = who.user()?;
        who.scope(&["user:manage:blocked_users"])?;
        self.profiles.of_mut(me).blocked.retain(|blocked| blocked != target);
        Ok(Answer::empty(204))
    }

    fn get_user_extensions(&self, who: &Who) -> Outcome {
        let me = who.user()?;
        who.scope(&["user:read:broadcast", "user:edit:broadcast"])?;
        let installed = self.extensions.installed_by(me);
        let data: Vec<Value> = installed
            .map(|id| {
                json!({
                    "id": id,
                    "version": VERSION,
                    "name": format!("Extension {id}"),
                    "can_activate": true,
                    "type": ["component", "overlay", "panel"],
                })
            })
            .collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn get_active_extensions(&self, ask: &Ask, who: &Who) -> Outcome {
        let missing = || Answer::refuse(400, "The user_id query parameter is required.");
        let user = ask.query.get("user_id").or(who.user.as_deref()).ok_or_else(missing)?;
        Ok(self.active_extensions(user))
    }

    /// Puts extensions into slots, or takes them out. One that is active elsewhere leaves its slot there.
    fn update_user_extensions(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let me = who.user()?;
        who.scope(&["user:edit:broadcast"])?;
        let body = body(ask)?;
        let malformed = || Answer::refuse(400, "The JSON payload is malformed.");
        let said = body["data"].as_object().ok_or_else(malformed)?;
        let mut wanted = Vec::new();
        for (kind, slots) in said {
            let known = SLOTS.iter().find(|(known, _)| known == kind);
            let (_, most) = known.ok_or_else(malformed)?;
            for (number, slot) in slots.as_object().ok_or_else(malformed)? {
                let fits = number.parse::<usize>().is_ok_and(|number| (1..=*most).contains(&number));
                let active = slot["active"].as_bool().filter(|_| fits).ok_or_else(malformed)?;
                let id = slot["id"].as_str().unwrap_or_default();
                let known = self.extensions.installed_by(me).any(|known| known == id);
                if active && (!known || slot["version"] != VERSION) {
                    return Err(Answer::refuse(404, "An extension with that id and version was not found."));
                }
                wanted.push((kind, number, active.then(|| active_slot(id, kind, slot))));
            }
        }
        let slots = &mut self.profiles.of_mut(me).extensions;
        for (kind, number, slot) in wanted {
            match slot {
                Some(slot) => {
                    for others in slots.values_mut() {
                        others.retain(|_, other| other["id"] != slot["id"]);
                    }
                    slots.entry(kind.clone()).or_default().insert(number.clone(), slot);
                }
                None => drop(slots.entry(kind.clone()).or_default().remove(number)),
            }
        }
        Ok(self.active_extensions(me))
    }

    /// Every slot that a channel has, empty ones too.
    fn active_extensions(&self, user: &str) -> Answer {
        let mut data = json!({});
        let active = self.profiles.of(user).map(|profile| &profile.extensions);
        for (kind, most) in SLOTS {
            for number in 1..=most {
                let number = number.to_string();
                let slot = active.and_then(|active| active.get(kind)?.get(&number));
                data[kind][number] = slot.cloned().unwrap_or_else(|| json!({"active": false}));
            }
        }
        Answer::ok(json!({"data": data}))
    }
}

fn active_slot(id: &str, kind: &str, said: &Value) -> Value {
    let mut slot = json!({"active": true, "id": id, "version": VERSION, "name": format!("Extension {id}")});
    if kind == "component" {
        for part in ["x", "y"] {
            slot[part] = json!(said[part].as_i64().unwrap_or(0));
        }
    }
    slot
}
