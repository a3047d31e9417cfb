//! Users.

use http::Method;
use serde_json::json;

use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::people::Programme;
use crate::world::reading::Ask;

/// The most ids that one request may name.
const IDS: usize = 100;

impl World {
    pub(super) fn users_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/users") => self.get_users(ask, who),
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
        let mut data = Vec::new();
        for id in ids {
            let Some(user) = self.people.users.get(id) else { continue };
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
                "description": "",
                "profile_image_url": format!("https://static.example/{}.png", user.login),
                "offline_image_url": "",
                "view_count": 0,
                "created_at": user.created.to_string(),
            });
            if who.user.as_deref() == Some(id) && who.scope(&["user:read:email"]).is_ok() {
                said["email"] = json!(format!("{}@mail.example", user.login));
            }
            data.push(said);
        }
        Ok(Answer::ok(json!({"data": data})))
    }
}
