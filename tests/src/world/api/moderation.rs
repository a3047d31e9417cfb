//! Moderation: bans, requests to lift them, warnings, suspicious users, Shield Mode, deleted messages.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{body, page, page_both, required, short_text, text, values, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::moderation::{Treatment, UnbanRequest};
use crate::world::reading::Ask;

mod automod;
mod roles;

/// The most characters of a reason.
const REASON: usize = 500;
const BANS: [&str; 1] = ["moderator:manage:banned_users"];

impl World {
    pub(super) fn moderation_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/moderation/banned") => self.get_banned_users(ask, who),
            (&Method::POST, "/moderation/bans") => self.ban_user(ask, who),
            (&Method::DELETE, "/moderation/bans") => self.unban_user(ask, who),
            (&Method::GET, "/moderation/unban_requests") => self.get_unban_requests(ask, who),
            (&Method::PATCH, "/moderation/unban_requests") => self.resolve_unban_requests(ask, who),
            (&Method::DELETE, "/moderation/chat") => self.delete_chat_messages(ask, who),
            (&Method::GET, "/moderation/shield_mode") => self.get_shield_mode(ask, who),
            (&Method::PUT, "/moderation/shield_mode") => self.update_shield_mode(ask, who),
            (&Method::POST, "/moderation/warnings") => self.warn_chat_user(ask, who),
            (&Method::POST, "/moderation/suspicious_users") => self.add_suspicious_status(ask, who),
            (&Method::DELETE, "/moderation/suspicious_users") => self.remove_suspicious_status(ask, who),
            _ => return self.automod_api(ask, who, path).or_else(|| self.roles_api(ask, who, path)),
        })
    }

    fn get_banned_users(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["moderation:read", BANS[0]])?;
        let wanted = values(ask, "user_id", 100)?;
        let mut bans = self.moderation.bans(broadcaster, self.wall(self.now));
        bans.retain(|(user, _)| wanted.is_empty() || wanted.contains(user));
        let (slice, pagination) = page_both(&bans, ask, 100)?;
        let data: Vec<Value> = slice
            .iter()
            .map(|(user, ban)| {
                let mut said = self.person(user, "user");
                self.add_person(&mut said, &ban.moderator, "moderator");
                said["expires_at"] = json!(ban.ends.map(|ends| ends.to_string()).unwrap_or_default());
                said["created_at"] = json!(ban.since.to_string());
                said["reason"] = json!(ban.reason);
                said
            })
            .collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    fn ban_user(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &BANS)?;
        let body = body(ask)?;
        let data = &body["data"];
        let user = text(data, "user_id")?;
        let reason = match data["reason"].as_str() {
            Some(reason) if !reason.is_empty() => short_text(data, "reason", REASON)?,
            _ => "",
        };
        let duration = match &data["duration"] {
            Value::Null => None,
            given => match given.as_i64() {
                Some(seconds @ 1..=1_209_600) => Some(seconds),
                _ => return Err(Answer::refuse(400, "The value in the duration field is not valid")),
            },
        };
        self.may_be_moderated(user, broadcaster, moderator)?;
        let now = self.wall(self.now);
        if self.moderation.ban(broadcaster, user, now).is_some_and(|ban| ban.ends.is_none()) {
            return Err(Answer::refuse(400, "user is already banned"));
        }
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

    /// Nobody moderates the broadcaster or somebody unknown, and a moderator no other.
    fn may_be_moderated(&self, user: &str, broadcaster: &str, moderator: &str) -> Result<(), Answer> {
        let stands_above = moderator == broadcaster || !self.people.moderates(user, broadcaster);
        if user != broadcaster && stands_above && self.people.users.contains_key(user) {
            return Ok(());
        }
        Err(Answer::refuse(400, "The user specified in the user_id field may not be banned."))
    }

    fn unban_user(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &BANS)?;
        let user = required(ask, "user_id")?;
        if self.moderation.ban(broadcaster, user, self.wall(self.now)).is_none() {
            return Err(Answer::refuse(400, "The user in the user_id query parameter is not banned."));
        }
        self.unban_now(moderator, user, broadcaster);
        Ok(Answer::empty(204))
    }

    fn get_unban_requests(&self, ask: &Ask, who: &Who) -> Outcome {
        const SCOPES: [&str; 2] = ["moderator:read:unban_requests", "moderator:manage:unban_requests"];
        const STATUSES: [&str; 5] = ["pending", "approved", "denied", "acknowledged", "canceled"];
        let broadcaster = required(ask, "broadcaster_id")?;
        self.is_moderator(ask, who, broadcaster, &SCOPES)?;
        required(ask, "status")?;
        let status = word(ask, "status", &STATUSES)?;
        let user = ask.query.get("user_id");
        let requests = self.moderation.of(broadcaster).map_or(&[][..], |channel| &channel.requests);
        let fits = |request: &&UnbanRequest| {
            status == Some(request.status()) && user.is_none_or(|user| user == request.user)
        };
        let found: Vec<&UnbanRequest> = requests.iter().filter(fits).collect();
        let (slice, pagination) = page(&found, ask, 100)?;
        let data: Vec<Value> =
            slice.iter().map(|request| self.unban_request_json(broadcaster, request)).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    fn resolve_unban_requests(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:unban_requests"])?;
        let id = required(ask, "unban_request_id")?;
        required(ask, "status")?;
        let approved = word(ask, "status", &["approved", "denied"])? == Some("approved");
        let text = ask.query.get("resolution_text").unwrap_or_default();
        if text.chars().count() > REASON {
            return Err(Answer::refuse(400, "The text in resolution_text is too long."));
        }
        let request = self.unban_request(broadcaster, id)?;
        if request.verdict.is_some() {
            return Err(Answer::refuse(400, "Invalid requested update"));
        }
        self.resolve_unban_request(moderator, broadcaster, id, approved, text);
        let request = self.unban_request(broadcaster, id)?;
        Ok(Answer::ok(json!({"data": [self.unban_request_json(broadcaster, request)]})))
    }

    fn unban_request(&self, broadcaster: &str, id: &str) -> Result<&UnbanRequest, Answer> {
        let mut requests = self.moderation.of(broadcaster).into_iter().flat_map(|channel| &channel.requests);
        let unknown = || Answer::refuse(404, "The unban request ID was not found.");
        requests.find(|request| request.id == id).ok_or_else(unknown)
    }

    fn unban_request_json(&self, broadcaster: &str, request: &UnbanRequest) -> Value {
        let mut said = self.person(broadcaster, "broadcaster");
        self.add_person(&mut said, &request.user, "user");
        said["id"] = json!(request.id);
        said["text"] = json!(request.text);
        said["status"] = json!(request.status());
        said["created_at"] = json!(request.created.to_string());
        match &request.verdict {
            Some(verdict) => {
                self.add_person(&mut said, &verdict.moderator, "moderator");
                said["resolved_at"] = json!(verdict.at.to_string());
                said["resolution_text"] = json!(verdict.text);
            }
            None => {
                for name in
                    ["moderator_id", "moderator_login", "moderator_name", "resolved_at", "resolution_text"]
                {
                    said[name] = Value::Null;
                }
            }
        }
        said
    }

    fn delete_chat_messages(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:chat_messages"])?;
        let Some(id) = ask.query.get("message_id") else {
            self.clear_room(moderator, broadcaster);
            return Ok(Answer::empty(204));
        };
        let unknown = || Answer::refuse(404, "The ID in message_id was not found.");
        let message = self.rooms.deletable(broadcaster, id, self.now).ok_or_else(unknown)?;
        if message.who == broadcaster {
            return Err(Answer::refuse(400, "You may not delete the broadcaster's messages."));
        }
        if message.who != moderator && self.people.moderates(&message.who, broadcaster) {
            return Err(Answer::refuse(400, "You may not delete another moderator's messages."));
        }
        self.delete_message(moderator, broadcaster, id);
        Ok(Answer::empty(204))
    }

    fn get_shield_mode(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let scopes = ["moderator:read:shield_mode", "moderator:manage:shield_mode"];
        self.is_moderator(ask, who, broadcaster, &scopes)?;
        Ok(self.shield_json(broadcaster))
    }

    fn update_shield_mode(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:shield_mode"])?;
        let invalid = || Answer::refuse(400, "The value in the is_active field is not valid.");
        let active = body(ask)?["is_active"].as_bool().ok_or_else(invalid)?;
        self.shield(moderator, broadcaster, active);
        Ok(self.shield_json(broadcaster))
    }

    fn shield_json(&self, broadcaster: &str) -> Answer {
        let shield = self.moderation.of(broadcaster).and_then(|channel| channel.shield.as_ref());
        let moderator = shield.map_or("", |shield| &shield.moderator);
        let mut said = self.person(moderator, "moderator");
        said["is_active"] = json!(shield.is_some_and(|shield| shield.active));
        said["last_activated_at"] = json!(shield.map(|shield| shield.since.to_string()).unwrap_or_default());
        Answer::ok(json!({"data": [said]}))
    }

    fn warn_chat_user(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &["moderator:manage:warnings"])?;
        let body = body(ask)?;
        let user = text(&body["data"], "user_id")?;
        let reason = short_text(&body["data"], "reason", REASON)?;
        self.may_be_moderated(user, broadcaster, moderator)?;
        self.warn(moderator, user, broadcaster, reason);
        Ok(Answer::ok(json!({"data": [{
            "broadcaster_id": broadcaster,
            "user_id": user,
            "moderator_id": moderator,
            "reason": reason,
        }]})))
    }

    fn add_suspicious_status(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator =
            self.is_moderator_or_app(ask, who, broadcaster, "moderator:manage:suspicious_users")?;
        let body = body(ask)?;
        let user = text(&body, "user_id")?;
        let status = text(&body, "status")?;
        let how = match status {
            "ACTIVE_MONITORING" => Treatment::Monitored,
            "RESTRICTED" => Treatment::Restricted,
            _ => return Err(Answer::refuse(400, "The status specified was invalid.")),
        };
        self.may_be_moderated(user, broadcaster, moderator)?;
        self.suspect(moderator, user, broadcaster, Some(how));
        Ok(self.suspicious_json(broadcaster, moderator, user, status, &["MANUALLY_ADDED"]))
    }

    fn remove_suspicious_status(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator =
            self.is_moderator_or_app(ask, who, broadcaster, "moderator:manage:suspicious_users")?;
        let user = required(ask, "user_id")?;
        let suspicious = self.moderation.of(broadcaster).map(|channel| &channel.suspicious);
        if !suspicious.is_some_and(|suspicious| suspicious.contains_key(user)) {
            return Err(Answer::refuse(400, "The status update is not allowed for this user."));
        }
        self.suspect(moderator, user, broadcaster, None);
        Ok(self.suspicious_json(broadcaster, moderator, user, "NO_TREATMENT", &[]))
    }

    fn suspicious_json(
        &self,
        broadcaster: &str,
        moderator: &str,
        user: &str,
        status: &str,
        types: &[&str],
    ) -> Answer {
        Answer::ok(json!({"data": [{
            "user_id": user,
            "broadcaster_id": broadcaster,
            "moderator_id": moderator,
            "updated_at": self.wall(self.now).to_string(),
            "status": status,
            "types": types,
        }]}))
    }
}
