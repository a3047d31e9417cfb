//! Faults of the simulated Twitch that concern answers and lists.

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
