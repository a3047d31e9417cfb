//! What a room's settings let through.

use std::time::Duration;

use serde_json::{Value, json};
use twitchwire::Time;
use twitchwire_sim::world::Tier;

use crate::stage::{CLIENT, Stage};

/// A room of ada's with these settings, in which brook wants to write.
struct Room {
    stage: Stage,
    brook: String,
    token: String,
}

impl Room {
    fn new(settings: Value) -> Self {
        let mut stage = Stage::new();
        let (ada, brook) = (stage.ada.clone(), stage.world.user("brook"));
        let owner = stage.world.grant_token(Time::ZERO, CLIENT, &ada, &["moderator:manage:chat_settings"]).0;
        let token = stage.world.grant_token(Time::ZERO, CLIENT, &brook, &["user:write:chat"]).0;
        let path = format!("/chat/settings?broadcaster_id={ada}&moderator_id={ada}");
        let (status, answer) = stage.helix_as(&owner, "PATCH", &path, Some(settings));
        assert_eq!(status, 200, "{answer}");
        Room { stage, brook, token }
    }

    /// What becomes of brook's message: the code of the reason, if it is dropped.
    fn write(&mut self, message: &str) -> Option<String> {
        let body = json!({"broadcaster_id": self.stage.ada, "sender_id": self.brook, "message": message});
        let (status, answer) = self.stage.helix_as(&self.token, "POST", "/chat/messages", Some(body));
        assert_eq!(status, 200, "{answer}");
        let sent = &answer["data"][0];
        assert_eq!(sent["is_sent"], sent["drop_reason"].is_null());
        assert_eq!(sent["message_id"] == "", !sent["drop_reason"].is_null());
        sent["drop_reason"]["code"].as_str().map(str::to_owned)
    }
}

#[test]
fn slow_mode_makes_others_than_moderators_and_vips_wait() {
    let mut room = Room::new(json!({"slow_mode": true, "slow_mode_wait_time": 10}));
    assert_eq!(room.write("one"), None);
    room.stage.pass(9.0);
    assert_eq!(room.write("two").as_deref(), Some("msg_slowmode"));
    room.stage.pass(1.0);
    assert_eq!(room.write("two"), None);
    let (ada, brook) = (room.stage.ada.clone(), room.brook.clone());
    room.stage.world.vip(&ada, &brook);
    assert_eq!(room.write("three"), None);
}

#[test]
fn followers_only_mode_wants_those_who_have_followed_long_enough() {
    let mut room = Room::new(json!({"follower_mode": true, "follower_mode_duration": 10}));
    assert_eq!(room.write("hello").as_deref(), Some("msg_followersonly"));
    let (ada, brook) = (room.stage.ada.clone(), room.brook.clone());
    room.stage.world.follow(room.stage.now, &brook, &ada);
    room.stage.pass(599.0);
    assert_eq!(room.write("hello").as_deref(), Some("msg_followersonly_followed"));
    room.stage.pass(1.0);
    assert_eq!(room.write("hello"), None);
}

#[test]
fn subscribers_only_mode_wants_subscribers() {
    let mut room = Room::new(json!({"subscriber_mode": true}));
    assert_eq!(room.write("hello").as_deref(), Some("msg_subsonly"));
    let (ada, brook) = (room.stage.ada.clone(), room.brook.clone());
    room.stage.world.subscribe(room.stage.now, &brook, &ada, Tier::One);
    assert_eq!(room.write("hello"), None);
}

#[test]
fn emote_only_mode_wants_emotes_and_nothing_else() {
    let mut room = Room::new(json!({"emote_mode": true}));
    assert_eq!(room.write("Kappa hello").as_deref(), Some("msg_emoteonly"));
    assert_eq!(room.write("Kappa adaHi"), None);
}

#[test]
fn unique_chat_wants_long_messages_that_nobody_has_written() {
    let mut room = Room::new(json!({"unique_chat_mode": true}));
    let ada = room.stage.ada.clone();
    room.stage.world.chat(room.stage.now, &ada, &ada, "good evening");
    assert_eq!(room.write("good evening").as_deref(), Some("msg_r9k"));
    assert_eq!(room.write("good morning"), None);
    // Short ones may come again.
    assert_eq!([room.write("hi"), room.write("hi")], [None, None]);
}

#[test]
fn moderators_are_not_asked() {
    let all = json!({
        "emote_mode": true, "subscriber_mode": true, "unique_chat_mode": true, "follower_mode": true, "slow_mode": true,
    });
    let mut room = Room::new(all);
    let (ada, brook) = (room.stage.ada.clone(), room.brook.clone());
    room.stage.world.moderator(&ada, &brook);
    for _ in 0..2 {
        assert_eq!(room.write("as often as it is needed"), None);
        room.stage.now = room.stage.now + Duration::from_millis(1);
    }
}
