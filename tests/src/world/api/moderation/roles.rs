//! Moderation: who moderates a channel, and who is a VIP in it.

use http::Method;
use serde_json::{Value, json};

use super::super::{page, required, values};
use super::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

/// So many changes of one kind within so many seconds.
const CHANGES: (usize, u64) = (10, 10);
const MODERATORS: [&str; 1] = ["channel:manage:moderators"];
const VIPS: [&str; 1] = ["channel:manage:vips"];

impl World {
    pub(super) fn roles_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/moderation/channels") => self.get_moderated_channels(ask, who),
            (&Method::GET, "/moderation/moderators") => self.get_moderators(ask, who),
            (&Method::POST, "/moderation/moderators") => self.add_channel_moderator(ask, who),
            (&Method::DELETE, "/moderation/moderators") => self.remove_channel_moderator(ask, who),
            (&Method::GET, "/channels/vips") => self.get_vips(ask, who),
            (&Method::POST, "/channels/vips") => self.add_channel_vip(ask, who),
            (&Method::DELETE, "/channels/vips") => self.remove_channel_vip(ask, who),
            _ => return None,
        })
    }

    fn get_moderated_channels(&self, ask: &Ask, who: &Who) -> Outcome {
        let user = required(ask, "user_id")?;
        who.user_is(user, "user_id")?;
        who.scope(&["user:read:moderated_channels"])?;
        let channels = self.people.users.iter().filter(|(_, channel)| channel.moderators.contains(user));
        let all: Vec<Value> = channels.map(|(id, _)| self.person(id, "broadcaster")).collect();
        let (slice, pagination) = page(&all, ask, 100)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }

    fn get_moderators(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["moderation:read", MODERATORS[0]])?;
        let channel = self.channel(broadcaster)?;
        self.some_of(ask, channel.moderators.iter())
    }

    /// A page of those people who were asked for, or of all.
    fn some_of<'a>(&self, ask: &Ask, all: impl Iterator<Item = &'a String>) -> Outcome {
        let wanted = values(ask, "user_id", 100)?;
        let found = all.filter(|id| wanted.is_empty() || wanted.contains(&id.as_str()));
        let found: Vec<Value> = found.map(|id| self.person(id, "user")).collect();
        let (slice, pagination) = page(&found, ask, 100)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }

    fn add_channel_moderator(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &MODERATORS)?;
        let user = self.somebody(ask, 400)?;
        if self.people.moderates(user, broadcaster) {
            return Err(Answer::refuse(400, "user is already a mod"));
        }
        if self.moderation.ban(broadcaster, user, self.wall(self.now)).is_some() {
            return Err(Answer::refuse(400, "The user in user_id is banned from the channel."));
        }
        if self.roles.is_vip(user, broadcaster) {
            return Err(Answer::refuse(422, "The user in user_id is a VIP."));
        }
        self.take_change("add moderators", broadcaster)?;
        self.add_moderator(broadcaster, user);
        Ok(Answer::empty(204))
    }

    fn remove_channel_moderator(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &MODERATORS)?;
        let user = self.somebody(ask, 400)?;
        if !self.channel(broadcaster)?.moderators.contains(user) {
            return Err(Answer::refuse(400, "user is not a mod"));
        }
        self.take_change("remove moderators", broadcaster)?;
        self.remove_moderator(broadcaster, user);
        Ok(Answer::empty(204))
    }

    fn get_vips(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:read:vips", VIPS[0]])?;
        self.some_of(ask, self.roles.vips(broadcaster))
    }

    fn add_channel_vip(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &VIPS)?;
        let user = self.somebody(ask, 404)?;
        if self.moderation.ban(broadcaster, user, self.wall(self.now)).is_some() {
            return Err(Answer::refuse(
                400,
                "The user in user_id is blocked from the broadcaster's channel.",
            ));
        }
        if self.people.moderates(user, broadcaster) {
            return Err(Answer::refuse(422, "The user in user_id is a moderator."));
        }
        if self.roles.is_vip(user, broadcaster) {
            return Err(Answer::refuse(422, "The user in user_id is already a VIP."));
        }
        self.take_change("add VIPs", broadcaster)?;
        self.add_vip(broadcaster, user);
        Ok(Answer::empty(204))
    }

    /// The broadcaster takes VIP from somebody, or they give it back.
    fn remove_channel_vip(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let user = self.somebody(ask, 404)?;
        let caller = who.user()?;
        who.scope(&VIPS)?;
        if caller != broadcaster && caller != user {
            return Err(Answer::refuse(403, "The user may not remove the user's VIP status."));
        }
        if !self.roles.is_vip(user, broadcaster) {
            return Err(Answer::refuse(
                422,
                "The user in user_id is not a VIP in the broadcaster's channel.",
            ));
        }
        self.take_change("remove VIPs", broadcaster)?;
        self.remove_vip(broadcaster, user);
        Ok(Answer::empty(204))
    }

    /// The user in `user_id`, who has to exist.
    fn somebody<'a>(&self, ask: &'a Ask, otherwise: u16) -> Result<&'a str, Answer> {
        let user = required(ask, "user_id")?;
        let unknown = || Answer::refuse(otherwise, "The ID in user_id was not found.");
        self.people.users.contains_key(user).then_some(user).ok_or_else(unknown)
    }

    fn take_change(&mut self, what: &'static str, broadcaster: &str) -> Result<(), Answer> {
        let (most, seconds) = CHANGES;
        self.take_turn(what, &[(broadcaster, most, seconds)], "Too many changes within 10 seconds.")
    }
}
