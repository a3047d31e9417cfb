//! Helix: rate limits, refusals, pages.

use http::Request;
use serde_json::{Value, json};
use twitchwire_sim::world::Rule;

use crate::stage::{CLIENT, Stage};

#[test]
fn calls_past_a_429_and_before_the_reset_are_a_violation() {
    let mut stage = Stage::new();
    stage.world.settings.points = 2;
    let request = || {
        Request::builder()
            .uri("/helix/users")
            .header("Client-Id", CLIENT)
            .header("Authorization", "Bearer token")
    };
    let token = stage.token.clone();
    let call = |stage: &mut Stage| {
        let request = Request::builder()
            .uri("/helix/users")
            .header("Client-Id", CLIENT)
            .header("Authorization", format!("Bearer {token}"));
        stage.send(request, Vec::new())
    };
    assert_eq!(stage.send(request(), Vec::new()).status(), 401);
    let first = call(&mut stage);
    assert_eq!(first.headers()["Ratelimit-Limit"], "2");
    assert_eq!(first.headers()["Ratelimit-Remaining"], "1");
    assert_eq!(first.headers()["Date"], "Sun, 01 Mar 2026 12:00:00 GMT");
    call(&mut stage);
    assert_eq!(call(&mut stage).status(), 429);
    stage.pass(2.0);
    assert_eq!(call(&mut stage).status(), 429);
    assert_eq!(stage.rules(), [], "it may have been under way");
    stage.pass(10.0);
    assert_eq!(call(&mut stage).status(), 429);
    assert_eq!(stage.rules(), [Rule::CalledAfter429]);
    stage.pass(49.0);
    assert_eq!(call(&mut stage).status(), 200);
}

#[test]
fn helix_refuses_in_twitchs_words() {
    let mut stage = Stage::new();
    let (status, answer) = stage.helix_as("nonsense", "GET", "/users", None);
    assert_eq!(
        (status, answer),
        (401, json!({"error": "Unauthorized", "status": 401, "message": "Invalid OAuth token"}))
    );
    let ada = stage.ada.clone();
    let path = format!("/chat/chatters?broadcaster_id={ada}&moderator_id={ada}");
    let (status, answer) = stage.helix("GET", &path, None);
    assert_eq!((status, answer["message"].as_str()), (401, Some("Missing scope: moderator:read:chatters")));
    assert_eq!(stage.helix("GET", "/nothing", None).0, 404);
    let bare = Request::builder().uri("/helix/users").header("Authorization", "Bearer x");
    assert_eq!(stage.send(bare, Vec::new()).status(), 401);
    assert_eq!(stage.rules(), [Rule::NoClientId]);
}

#[test]
fn followers_come_in_pages() {
    let mut stage = Stage::new();
    let ada = stage.ada.clone();
    stage.world.followers(&ada, 250);
    let (mut after, mut sizes, mut ids) = (String::new(), Vec::new(), Vec::new());
    loop {
        let path = format!("/channels/followers?broadcaster_id={ada}&first=100&after={after}");
        let (_, page) = stage.helix("GET", &path, None);
        assert_eq!(page["total"], 250);
        let data = page["data"].as_array().unwrap();
        sizes.push(data.len());
        ids.extend(data.iter().map(|follower| follower["user_id"].as_str().unwrap().to_owned()));
        match page["pagination"]["cursor"].as_str() {
            Some(cursor) => after = cursor.to_owned(),
            None => break,
        }
    }
    ids.dedup();
    assert_eq!((sizes, ids.len()), (vec![100, 100, 50], 250));
    let bad = format!("/channels/followers?broadcaster_id={ada}&after=other");
    assert_eq!(stage.helix("GET", &bad, None).0, 400);
}

#[test]
fn odd_pages_are_empty_in_the_middle_or_promise_too_much() {
    let mut stage = Stage::new();
    let ada = stage.ada.clone();
    stage.world.followers(&ada, 50);
    stage.world.faults.odd_page = 0.9;
    let (mut after, mut sizes) = (String::new(), Vec::new());
    loop {
        let path = format!("/channels/followers?broadcaster_id={ada}&first=10&after={after}");
        let (_, page) = stage.helix("GET", &path, None);
        sizes.push(page["data"].as_array().unwrap().len());
        match page["pagination"]["cursor"].as_str() {
            Some(cursor) => {
                assert_ne!(cursor, after);
                after = cursor.to_owned();
            }
            None => break,
        }
    }
    assert_eq!(sizes.iter().sum::<usize>(), 50);
    assert!(sizes.contains(&0), "{sizes:?}");
}

#[test]
fn a_sent_message_and_a_ban_become_events() {
    let mut stage = Stage::new();
    let (ada, brook) = (stage.ada.clone(), stage.world.user("brook"));
    let session = stage.session(1);
    let condition = json!({"broadcaster_user_id": ada, "user_id": ada});
    assert_eq!(stage.subscribe(&session, "channel.chat.message", "1", condition).0, 202);
    let body = json!({"broadcaster_id": ada, "sender_id": ada, "message": "hello"});
    let (status, answer) = stage.helix("POST", "/chat/messages", Some(body));
    assert_eq!((status, &answer["data"][0]["is_sent"]), (200, &json!(true)));
    let event = stage.messages(1)[0]["payload"]["event"].clone();
    assert_eq!(event["message_id"], answer["data"][0]["message_id"]);
    assert_eq!(event["message"]["fragments"][0]["text"], "hello");
    assert_eq!(event["source_badges"], Value::Null);
    let path = format!("/moderation/bans?broadcaster_id={ada}&moderator_id={ada}");
    let body = json!({"data": {"user_id": brook, "duration": 60, "reason": ""}});
    let (status, answer) = stage.helix("POST", &path, Some(body));
    assert_eq!((status, answer["data"][0]["end_time"].as_str()), (200, Some("2026-03-01T12:01:00Z")));
    let ban = stage.world.happenings().iter().find(|happening| happening.kind == "channel.ban");
    assert_eq!(ban.unwrap().event["is_permanent"], false);
}
