//! Faults of the simulated Twitch that concern answers and lists.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use twitchwire::Time;
use twitchwire_sim::World;

const CLIENT: &str = "app1";

struct Stage {
    world: World,
    ada: String,
    token: String,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new(1, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client(CLIENT, Some("s3cret"));
        let ada = world.user("ada");
        let scopes = ["moderator:read:followers", "channel:read:goals"];
        let (token, _) = world.grant_token(Time::ZERO, CLIENT, &ada, &scopes);
        world.followers(&ada, 50);
        Stage { world, ada, token }
    }

    fn get(&mut self, path: &str) -> Response<Bytes> {
        let request = Request::get(format!("/helix{path}"))
            .header("Client-Id", CLIENT)
            .header("Authorization", format!("Bearer {}", self.token));
        self.world.request(Time::ZERO, &request.body(Bytes::new()).unwrap())
    }

    fn json(&mut self, path: &str) -> Value {
        serde_json::from_slice(self.get(path).body()).unwrap()
    }

    fn followers(&self) -> String {
        format!("/channels/followers?broadcaster_id={}&first=20", self.ada)
    }
}

#[test]
fn an_answer_that_is_cut_short_is_no_json() {
    let mut stage = Stage::new();
    let whole = stage.get("/users").body().clone();
    stage.world.faults.cut_short = 1.0;
    let answer = stage.get("/users");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.body(), &whole[..whole.len() / 2]);
}

#[test]
fn a_cursor_may_be_refused_in_the_middle() {
    let mut stage = Stage::new();
    let path = stage.followers();
    stage.world.faults.cursor_refused = 1.0;
    // The first page has no cursor to refuse.
    let first = stage.json(&path);
    let cursor = first["pagination"]["cursor"].as_str().unwrap();
    let answer = stage.get(&format!("{path}&after={cursor}"));
    assert_eq!(answer.status(), 400);
}

#[test]
fn a_cursor_may_come_back_for_ever() {
    let mut stage = Stage::new();
    let path = stage.followers();
    stage.world.faults.cursor_repeats = 1.0;
    let first = stage.json(&path);
    let cursor = first["pagination"]["cursor"].clone();
    let second = stage.json(&format!("{path}&after={}", cursor.as_str().unwrap()));
    assert_eq!(second["pagination"]["cursor"], cursor);
    assert_ne!(second["data"], first["data"]);
}

#[test]
fn empty_lists_may_be_null() {
    let mut stage = Stage::new();
    stage.world.faults.nulls = 1.0;
    let path = format!("/goals?broadcaster_id={}", stage.ada);
    assert_eq!(stage.json(&path), json!({"data": null}));
    let path = format!("/channels/followers?broadcaster_id={}&first=50", stage.ada);
    assert_eq!(stage.json(&path)["pagination"], Value::Null);
}

#[test]
fn empty_lists_may_be_left_out() {
    let mut stage = Stage::new();
    stage.world.faults.absent = 1.0;
    let path = format!("/goals?broadcaster_id={}", stage.ada);
    assert_eq!(stage.json(&path), json!({}));
    let path = format!("/channels/followers?broadcaster_id={}&first=50", stage.ada);
    let page = stage.json(&path);
    assert_eq!((page["data"].as_array().unwrap().len(), page.get("pagination")), (50, None));
}

#[test]
fn a_5xx_may_have_no_body() {
    let mut stage = Stage::new();
    stage.world.faults.helix_5xx = 1.0;
    assert!(stage.get("/users").body().starts_with(b"<html>"));
    stage.world.faults.bare_5xx = 1.0;
    let answer = stage.get("/users");
    assert!(answer.status().is_server_error() && answer.body().is_empty(), "{answer:?}");
}

#[test]
fn a_token_may_come_with_its_scopes_in_other_shapes() {
    let mut stage = Stage::new();
    stage.world.faults.odd_tokens = 1.0;
    let mut shapes = Vec::new();
    for _ in 0..40 {
        let (_, refresh) = stage.world.grant_token(Time::ZERO, CLIENT, &stage.ada, &["a:b", "c:d"]);
        let form = format!(
            "grant_type=refresh_token&client_id={CLIENT}&client_secret=s3cret&refresh_token={refresh}"
        );
        let request = Request::post("/oauth2/token").body(Bytes::from(form)).unwrap();
        let said: Value = serde_json::from_slice(stage.world.request(Time::ZERO, &request).body()).unwrap();
        shapes.push(said.get("scope").cloned());
        let header = format!("OAuth {}", said["access_token"].as_str().unwrap());
        let request = Request::get("/oauth2/validate").header("Authorization", header);
        let request = request.body(Bytes::new()).unwrap();
        let valid: Value = serde_json::from_slice(stage.world.request(Time::ZERO, &request).body()).unwrap();
        assert_eq!((&valid["scopes"], valid.get("expires_in")), (&json!(["a:b", "c:d"]), None));
    }
    for shape in [None, Some(Value::Null), Some(json!("a:b c:d"))] {
        assert!(shapes.contains(&shape), "never {shape:?}");
    }
}

#[test]
fn an_ad_break_may_be_told_in_words() {
    let mut stage = Stage::new();
    stage.world.faults.quoted = 1.0;
    stage.world.plan_ad(Time::ZERO, &stage.ada, Duration::from_secs(1), 60);
    stage.world.handle_timeout(Time::from_origin(Duration::from_secs(1)));
    let event = &stage.world.happenings()[0].event;
    assert_eq!((&event["duration_seconds"], &event["is_automatic"]), (&json!("60"), &json!("true")));
}

#[test]
fn a_cursor_leads_back_as_well_where_that_is_documented() {
    let mut stage = Stage::new();
    for n in 0..5 {
        let channel = stage.world.user(&format!("channel{n}"));
        stage.world.online(Time::ZERO, &channel);
    }
    let page = |stage: &mut Stage, rest: &str| {
        let said = stage.json(&format!("/streams?first=2{rest}"));
        let ids: Vec<String> =
            said["data"].as_array().unwrap().iter().map(|one| one["user_id"].to_string()).collect();
        (ids, said["pagination"]["cursor"].as_str().map(str::to_owned))
    };
    let (first, cursor) = page(&mut stage, "");
    let (second, cursor) = page(&mut stage, &format!("&after={}", cursor.unwrap()));
    let (back, again) = page(&mut stage, &format!("&before={}", cursor.unwrap()));
    assert_eq!(back, first);
    assert_eq!(page(&mut stage, &format!("&after={}", again.clone().unwrap())).0, second);
    // In front of the first page there is nothing.
    assert_eq!(page(&mut stage, &format!("&before={}", again.unwrap())), (vec![], None));
    assert_eq!(stage.get("/streams?before=nonsense").status(), 400);
}
