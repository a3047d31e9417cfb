//! Helix endpoints about users, channels, streams, chat and bans.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::World;
use super::answer::{Answer, Outcome};
use super::helix::{Who, body, page, required, text};
use super::people::User;
use super::reading::Ask;

/// The most ids that one request may name.
const IDS: usize = 100;

impl World {
    pub(super) fn get_users(&self, ask: &Ask, who: &Who) -> Outcome {
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
                "broadcaster_type": "",
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

    pub(super) fn get_channels(&self, ask: &Ask) -> Outcome {
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

    pub(super) fn get_followers(&self, ask: &Ask, who: &Who) -> Outcome {
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

    pub(super) fn get_followed(&self, ask: &Ask, who: &Who) -> Outcome {
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

    pub(super) fn get_streams(&self, ask: &Ask) -> Outcome {
        let ids: Vec<&str> = ask.query.all("user_id").collect();
        let logins: Vec<&str> = ask.query.all("user_login").collect();
        let any = ids.is_empty() && logins.is_empty();
        let mut all = Vec::new();
        for (id, user) in &self.people.users {
            let Some((stream, started)) = &user.live else { continue };
            if !any && !ids.contains(&id.as_str()) && !logins.contains(&user.login.as_str()) {
                continue;
            }
            let mut said = self.person(id, "user");
            for (name, value) in [
                ("id", json!(stream)),
                ("game_id", json!(user.game.0)),
                ("game_name", json!(user.game.1)),
                ("type", json!("live")),
                ("title", json!(user.title)),
                ("tags", json!(null)),
                ("viewer_count", json!(user.chatters.len())),
                ("started_at", json!(started.to_string())),
                ("language", json!(user.language)),
                ("thumbnail_url", json!("https://static.example/{width}x{height}.jpg")),
                ("tag_ids", json!([])),
                ("is_mature", json!(false)),
            ] {
                said[name] = value;
            }
            all.push(said);
        }
        let (slice, pagination) = page(&all, ask, 100)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }

    pub(super) fn get_chatters(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        self.is_moderator(ask, who, broadcaster, &["moderator:read:chatters"])?;
        let channel = self.channel(broadcaster)?;
        let all: Vec<Value> = channel.chatters.iter().map(|id| self.person(id, "user")).collect();
        let (slice, pagination) = page(&all, ask, 1000)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination, "total": all.len()})))
    }

    pub(super) fn send_chat_message(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let body = body(ask)?;
        let broadcaster = text(&body, "broadcaster_id")?;
        let sender = text(&body, "sender_id")?;
        let message = text(&body, "message")?;
        if who.user.is_some() {
            who.user_is(sender, "sender_id")?;
            who.scope(&["user:write:chat"])?;
        } else if self.tokens.allowed(&who.client, sender).is_none_or(|s| !s.contains("user:write:chat")) {
            return Err(Answer::refuse(401, "Missing scope: user:write:chat"));
        }
        let banned = self.channel(broadcaster)?.banned.contains_key(sender);
        if message.chars().count() > 500 {
            return Err(Answer::refuse(422, "The message is too large."));
        }
        if banned {
            let reason = json!({"code": "sender_banned", "message": "The sender may not chat here."});
            let dropped = json!({"message_id": "", "is_sent": false, "drop_reason": reason});
            return Ok(Answer::ok(json!({"data": [dropped]})));
        }
        let id = self.chat_now(sender, broadcaster, message);
        Ok(Answer::ok(json!({"data": [{"message_id": id, "is_sent": true}]})))
    }

    pub(super) fn ban_user(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:banned_users"])?;
        let body = body(ask)?;
        let data = &body["data"];
        let user = text(data, "user_id")?;
        let reason = data["reason"].as_str().unwrap_or_default();
        let duration = match &data["duration"] {
            Value::Null => None,
            given => match given.as_i64() {
                Some(seconds @ 1..=1_209_600) => Some(seconds),
                _ => return Err(Answer::refuse(400, "The value in the duration field is not valid")),
            },
        };
        if matches!(self.channel(broadcaster)?.banned.get(user), Some(None)) {
            return Err(Answer::refuse(400, "user is already banned"));
        }
        let now = self.wall(self.now);
        let ends = duration.map(|seconds| now + SignedDuration::from_secs(seconds));
        self.ban_now(moderator, user, broadcaster, reason, ends);
        Ok(Answer::ok(json!({"data": [{
            "broadcaster_id": broadcaster,
            "moderator_id": moderator,
            "user_id": user,
            "created_at": now.to_string(),
            "end_time": ends.map(|ends| ends.to_string()),
        }]})))
    }

    pub(super) fn unban_user(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:banned_users"])?;
        let user = required(ask, "user_id")?;
        if !self.channel(broadcaster)?.banned.contains_key(user) {
            return Err(Answer::refuse(400, "The user in the user_id query parameter is not banned."));
        }
        self.unban_now(moderator, user, broadcaster);
        Ok(Answer::empty(204))
    }

    /// The caller, who must be the moderator they say they are.
    fn is_moderator<'a>(
        &self,
        ask: &'a Ask,
        who: &Who,
        broadcaster: &str,
        scopes: &[&str],
    ) -> Result<&'a str, Answer> {
        let moderator = required(ask, "moderator_id")?;
        who.user_is(moderator, "moderator_id")?;
        who.scope(scopes)?;
        if self.people.moderates(moderator, broadcaster) {
            return Ok(moderator);
        }
        Err(Answer::refuse(403, "The user in moderator_id is not one of the broadcaster's moderators."))
    }

    fn channel(&self, id: &str) -> Result<&User, Answer> {
        let unknown = || Answer::refuse(400, "The ID in broadcaster_id is not valid.");
        self.people.users.get(id).ok_or_else(unknown)
    }

    /// A user's three names, each behind this prefix.
    pub(super) fn person(&self, id: &str, prefix: &str) -> Value {
        let mut said = json!({});
        said[format!("{prefix}_id")] = json!(id);
        said[format!("{prefix}_login")] = json!(self.people.login(id));
        said[format!("{prefix}_name")] = json!(self.people.name(id));
        said
    }
}
