//! What is done through Helix happens: each action with its events, now or when it is due.

use serde_json::{Value, json};
use twitchwire::auth::Scope;

use crate::stage::{CLIENT, Stage};

/// A stage on which ada may do everything, and brook is a viewer.
struct Play {
    stage: Stage,
    brook: String,
}

impl Play {
    fn new() -> Self {
        let mut stage = Stage::new();
        let scopes: Vec<&str> = Scope::KNOWN.iter().map(Scope::as_str).collect();
        let ada = stage.ada.clone();
        stage.token = stage.world.grant_token(stage.now, CLIENT, &ada, &scopes).0;
        let brook = stage.world.user("brook");
        Play { stage, brook }
    }

    /// Ada does this in her own channel; `BROOK` stands for brook's id. Returns what happened by it.
    fn does(&mut self, method: &str, path: &str, body: Value) -> Vec<(String, Value)> {
        let before = self.stage.world.happenings().len();
        let mark = if path.contains('?') { '&' } else { '?' };
        let ada = &self.stage.ada;
        let path = format!("{path}{mark}broadcaster_id={ada}&moderator_id={ada}");
        let spell = |text: &str| text.replace("BROOK", &self.brook);
        let (path, body) = (spell(&path), serde_json::from_str(&spell(&body.to_string())).unwrap());
        let (status, answer) = self.stage.helix(method, &path, Some(body));
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        self.happened(before)
    }

    fn happened(&self, since: usize) -> Vec<(String, Value)> {
        let said = self.stage.world.happenings()[since..].iter();
        said.map(|happening| (format!("{} {}", happening.kind, happening.version), happening.event.clone()))
            .collect()
    }
}

fn kinds(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(kind, _)| kind.as_str()).collect()
}

#[test]
fn a_ban_is_told_with_its_moderation_and_takes_the_messages_along() {
    let mut play = Play::new();
    let events =
        play.does("POST", "/moderation/bans", json!({"data": {"user_id": "BROOK", "reason": "Spam"}}));
    assert_eq!(
        kinds(&events),
        ["channel.ban 1", "channel.moderate 1", "channel.moderate 2", "channel.chat.clear_user_messages 1"]
    );
    assert_eq!(events[1].1["action"], "ban");
    let part = json!({
        "user_id": play.brook, "user_login": "brook", "user_name": "Brook", "reason": "Spam",
    });
    assert_eq!((&events[1].1["ban"], &events[2].1["ban"]), (&part, &part));
    assert_eq!(events[1].1.get("warn"), None, "the first version knows of no warnings");
    assert_eq!(events[3].1["target_user_id"], play.brook.as_str());
    let events = play.does("DELETE", "/moderation/bans?user_id=BROOK", Value::Null);
    assert_eq!(kinds(&events), ["channel.unban 1", "channel.moderate 1", "channel.moderate 2"]);
    assert_eq!(events[2].1["action"], "unban");
}

#[test]
fn a_timeout_ends_by_itself() {
    let mut play = Play::new();
    let events = play.does("POST", "/moderation/bans", json!({"data": {"user_id": "BROOK", "duration": 60}}));
    assert_eq!(events[1].1["action"], "timeout");
    assert_eq!(events[1].1["timeout"]["expires_at"], "2026-03-01T12:01:00Z");
    let banned = |play: &mut Play| {
        let path = format!("/moderation/banned?broadcaster_id={}", play.stage.ada);
        play.stage.helix("GET", &path, None).1["data"].as_array().unwrap().len()
    };
    play.stage.pass(59.0);
    assert_eq!(banned(&mut play), 1);
    play.stage.pass(1.0);
    assert_eq!(banned(&mut play), 0);
}

#[test]
fn a_raid_happens_after_its_countdown_unless_it_is_called_off() {
    for called_off in [false, true] {
        let mut play = Play::new();
        let ada = play.stage.ada.clone();
        let path = format!("/raids?from_broadcaster_id={ada}&to_broadcaster_id=BROOK");
        let events = play.does("POST", &path, Value::Null);
        assert_eq!(kinds(&events), ["channel.moderate 1", "channel.moderate 2"]);
        assert_eq!(events[1].1["raid"]["user_login"], "brook");
        play.stage.pass(89.0);
        if called_off {
            let events = play.does("DELETE", "/raids", Value::Null);
            assert_eq!(events[1].1["action"], "unraid");
        }
        let before = play.stage.world.happenings().len();
        play.stage.pass(1.0);
        let expected: &[&str] = if called_off { &[] } else { &["channel.raid 1"] };
        assert_eq!(kinds(&play.happened(before)), expected);
    }
}

#[test]
fn a_raid_asked_for_again_has_a_countdown_of_its_own() {
    let mut play = Play::new();
    let path = format!("/raids?from_broadcaster_id={}&to_broadcaster_id=BROOK", play.stage.ada);
    play.does("POST", &path, Value::Null);
    play.stage.pass(60.0);
    play.does("DELETE", "/raids", Value::Null);
    play.does("POST", &path, Value::Null);
    let before = play.stage.world.happenings().len();
    play.stage.pass(89.0);
    assert_eq!(kinds(&play.happened(before)), [""; 0]);
    play.stage.pass(1.0);
    assert_eq!(kinds(&play.happened(before)), ["channel.raid 1"]);
}

#[test]
fn a_held_message_appears_once_it_is_allowed() {
    let mut play = Play::new();
    let (ada, brook, now) = (play.stage.ada.clone(), play.brook.clone(), play.stage.now);
    let held = play.stage.world.hold(now, &brook, &ada, "Go away", "bullying");
    assert_eq!(
        kinds(&play.happened(0)),
        ["automod.message.hold 1", "automod.message.hold 2", "channel.chat.user_message_hold 1"]
    );
    let body = json!({"user_id": ada, "msg_id": held, "action": "ALLOW"});
    let events = play.does("POST", "/moderation/automod/message", body.clone());
    assert_eq!(
        kinds(&events),
        [
            "automod.message.update 1",
            "automod.message.update 2",
            "channel.chat.user_message_update 1",
            "channel.chat.message 1"
        ]
    );
    assert_eq!(events[1].1["status"], "approved");
    assert_eq!(events[3].1["message_id"], held.as_str());
    let (status, _) = play.stage.helix("POST", "/moderation/automod/message", Some(body));
    assert_eq!(status, 404, "it is held no longer");
}

#[test]
fn blocked_terms_are_words_or_with_a_star_parts_of_words() {
    let mut play = Play::new();
    for term in ["spam", "crac*"] {
        play.does("POST", "/moderation/blocked_terms", json!({"text": term}));
    }
    let texts = ["Spam!", "spammer", "crackers", "a CRAC", "scrac"];
    let data: Vec<Value> = texts.iter().map(|text| json!({"msg_id": text, "msg_text": text})).collect();
    let path = format!("/moderation/enforcements/status?broadcaster_id={}", play.stage.ada);
    let (_, answer) = play.stage.helix("POST", &path, Some(json!({"data": data})));
    let permitted: Vec<bool> =
        (0..5).map(|at| answer["data"][at]["is_permitted"].as_bool().unwrap()).collect();
    assert_eq!(permitted, [false, true, false, false, true]);
}

#[test]
fn chat_settings_are_told_once_and_each_change_is_moderation() {
    let mut play = Play::new();
    let body = json!({"slow_mode": true, "slow_mode_wait_time": 10, "emote_mode": true});
    let events = play.does("PATCH", "/chat/settings", body.clone());
    assert_eq!(kinds(&events)[0], "channel.chat_settings.update 1");
    assert_eq!(events[0].1["slow_mode_wait_time_seconds"], 10);
    let actions: Vec<&Value> = events[1..].iter().map(|(_, event)| &event["action"]).collect();
    assert_eq!(actions, ["emoteonly", "emoteonly", "slow", "slow"]);
    assert_eq!(events[3].1["slow"], json!({"wait_time_seconds": 10}));
    assert_eq!(play.does("PATCH", "/chat/settings", body), [], "nothing has changed");
}

#[test]
fn a_planned_ad_break_begins_by_itself_and_later_after_a_snooze() {
    let mut play = Play::new();
    let (ada, now) = (play.stage.ada.clone(), play.stage.now);
    play.stage.world.at(now).user("ada").goes_live();
    play.stage.world.plan_ad(now, &ada, std::time::Duration::from_secs(60), 30);
    play.does("POST", "/channels/ads/schedule/snooze", Value::Null);
    let before = play.stage.world.happenings().len();
    play.stage.pass(359.0);
    assert_eq!(kinds(&play.happened(before)), [""; 0]);
    play.stage.pass(1.0);
    let events = play.happened(before);
    assert_eq!(kinds(&events), ["channel.ad_break.begin 1"]);
    assert_eq!((&events[0].1["is_automatic"], &events[0].1["duration_seconds"]), (&json!(true), &json!(30)));
}

#[test]
fn an_approved_request_lifts_the_ban() {
    let mut play = Play::new();
    let (ada, brook, now) = (play.stage.ada.clone(), play.brook.clone(), play.stage.now);
    play.stage.world.at(now).user("ada").bans("brook", "ada");
    let id = play.stage.world.request_unban(now, &brook, &ada, "Please");
    let path = format!("/moderation/unban_requests?unban_request_id={id}&status=approved");
    let events = play.does("PATCH", &path, Value::Null);
    assert_eq!(
        kinds(&events),
        [
            "channel.unban 1",
            "channel.moderate 1",
            "channel.moderate 2",
            "channel.unban_request.resolve 1",
            "channel.moderate 1",
            "channel.moderate 2"
        ]
    );
    assert_eq!(events[4].1["action"], "approve_unban_request");
    assert_eq!(events[3].1["status"], "approved");
}

#[test]
fn whoever_is_warned_is_silent_until_they_acknowledge_it() {
    let mut play = Play::new();
    let warning = json!({"data": {"user_id": "BROOK", "reason": "Calm down"}});
    let events = play.does("POST", "/moderation/warnings", warning);
    assert_eq!(kinds(&events), ["channel.warning.send 1", "channel.moderate 2"]);
    let (ada, brook, now) = (play.stage.ada.clone(), play.brook.clone(), play.stage.now);
    let token = play.stage.world.grant_token(now, CLIENT, &brook, &["user:write:chat"]).0;
    let body = json!({"broadcaster_id": ada, "sender_id": brook, "message": "Sorry"});
    let send = |play: &mut Play| {
        let (_, answer) = play.stage.helix_as(&token, "POST", "/chat/messages", Some(body.clone()));
        answer["data"][0]["is_sent"].clone()
    };
    assert_eq!(send(&mut play), false);
    play.stage.world.acknowledge_warning(now, &brook, &ada);
    assert_eq!(send(&mut play), true);
}
