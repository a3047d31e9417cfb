//! Chat: the settings of a room.

use serde_json::{Value, json};

use super::super::{body, required};
use super::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;
use crate::world::room::RoomSettings;

impl World {
    pub(super) fn get_chat_settings(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        self.channel(broadcaster)?;
        let settings = self.rooms.of(broadcaster).map(|room| room.settings.clone()).unwrap_or_default();
        let mut said = settings_json(broadcaster, &settings);
        // The delay is for moderators to know.
        if ask.query.get("moderator_id").is_some() {
            let moderator = self.is_moderator(ask, who, broadcaster, &SCOPES)?;
            tell_delay(&mut said, moderator, &settings);
        }
        Ok(Answer::ok(json!({"data": [said]})))
    }

    pub(super) fn update_chat_settings(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let moderator = self.is_moderator(ask, who, broadcaster, &SCOPES[1..])?;
        let body = body(ask)?;
        let mut settings = self.rooms.of(broadcaster).map(|room| room.settings.clone()).unwrap_or_default();
        for (name, setting) in [
            ("emote_mode", &mut settings.emotes_only),
            ("subscriber_mode", &mut settings.subscribers_only),
            ("unique_chat_mode", &mut settings.unique),
        ] {
            *setting = super::flag(&body, name, *setting)?;
        }
        for (name, value, default, fits, setting) in [
            (
                "follower_mode",
                "follower_mode_duration",
                0,
                (|minutes| (0..=129_600).contains(&minutes)) as fn(i64) -> bool,
                &mut settings.followers_only,
            ),
            ("slow_mode", "slow_mode_wait_time", 30, |s| (3..=120).contains(&s), &mut settings.slow),
            (
                "non_moderator_chat_delay",
                "non_moderator_chat_delay_duration",
                2,
                |s| [2, 4, 6].contains(&s),
                &mut settings.delay,
            ),
        ] {
            update(&body, (name, value), default, fits, setting)?;
        }
        self.set_room(moderator, broadcaster, settings.clone());
        let mut said = settings_json(broadcaster, &settings);
        tell_delay(&mut said, moderator, &settings);
        Ok(Answer::ok(json!({"data": [said]})))
    }
}

const SCOPES: [&str; 2] = ["moderator:read:chat_settings", "moderator:manage:chat_settings"];

/// A mode that is switched by one field and measured by another, which may only be there where the mode is switched on.
fn update(
    body: &Value,
    (name, value): (&str, &str),
    default: i64,
    fits: fn(i64) -> bool,
    setting: &mut Option<i64>,
) -> Result<(), Answer> {
    let invalid = || Answer::refuse(400, &format!("The value in {value} is not valid."));
    let said = match &body[value] {
        Value::Null => None,
        given => Some(given.as_i64().filter(|given| fits(*given)).ok_or_else(invalid)?),
    };
    match (body[name].as_bool(), said) {
        (Some(true), said) => *setting = Some(said.unwrap_or(default)),
        (_, Some(_)) => return Err(invalid()),
        (Some(false), None) => *setting = None,
        (None, None) => {}
    }
    Ok(())
}

fn settings_json(broadcaster: &str, settings: &RoomSettings) -> Value {
    json!({
        "broadcaster_id": broadcaster,
        "emote_mode": settings.emotes_only,
        "follower_mode": settings.followers_only.is_some(),
        "follower_mode_duration": settings.followers_only,
        "slow_mode": settings.slow.is_some(),
        "slow_mode_wait_time": settings.slow,
        "subscriber_mode": settings.subscribers_only,
        "unique_chat_mode": settings.unique,
    })
}

fn tell_delay(said: &mut Value, moderator: &str, settings: &RoomSettings) {
    said["moderator_id"] = json!(moderator);
    said["non_moderator_chat_delay"] = json!(settings.delay.is_some());
    said["non_moderator_chat_delay_duration"] = json!(settings.delay);
}
