//! Extensions in the simulated Twitch: the tokens that they sign, with which secret and for how long, and what they sell.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use twitchwire::Time;
use twitchwire::helix::ExtensionClaims;
use twitchwire_sim::World;

const EXTENSION: &str = "app1";

struct Stage {
    world: World,
    now: Time,
    ada: String,
    secret: String,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new(1, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client(EXTENSION, Some("s3cret"));
        let ada = world.user("ada");
        let secret = world.extension(EXTENSION, &ada);
        Stage { world, now: Time::ZERO, ada, secret }
    }

    /// Claims of the extension's owner, good until five past twelve.
    fn claims(&self) -> ExtensionClaims {
        ExtensionClaims::new(self.ada.as_str(), "2026-03-01T12:05:00Z".parse().unwrap())
    }

    fn helix(&mut self, line: &str, token: &str, body: &Value) -> (u16, Value) {
        let (method, path) = line.split_once(' ').unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("/helix{path}"))
            .header("Client-Id", EXTENSION)
            .header("Authorization", format!("Bearer {token}"));
        let answer = self.world.request(self.now, &request.body(Bytes::from(body.to_string())).unwrap());
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or(Value::Null))
    }

    /// Asks for the extension's secrets with these claims, signed with this secret.
    fn secrets(&mut self, claims: &ExtensionClaims, secret: &str) -> (u16, Value) {
        let token = claims.sign(&secret.to_owned().into()).unwrap();
        self.helix("GET /extensions/jwt/secrets", token.expose_secret(), &Value::Null)
    }

    fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
        self.world.handle_timeout(self.now);
    }
}

#[test]
fn a_token_is_good_while_it_lasts_and_with_its_own_secret_only() {
    let mut stage = Stage::new();
    let (claims, secret) = (stage.claims(), stage.secret.clone());
    let (status, held) = stage.secrets(&claims, &secret);
    assert_eq!(status, 200);
    assert_eq!(held["data"][0]["secrets"][0]["content"], secret);
    assert_eq!(stage.secrets(&claims, "c29tZXRoaW5nIGVsc2U=").0, 401);
    let brook = stage.world.user("brook");
    let of_another = ExtensionClaims::new(brook, "2026-03-01T12:05:00Z".parse().unwrap());
    assert_eq!(stage.secrets(&of_another, &secret).0, 401);
    stage.pass(300);
    assert_eq!(stage.secrets(&claims, &secret).0, 401);
}

#[test]
fn a_new_secret_takes_over_after_its_delay() {
    let mut stage = Stage::new();
    let old = stage.secret.clone();
    let claims = ExtensionClaims::new(stage.ada.as_str(), "2026-03-01T13:00:00Z".parse().unwrap());
    let token = claims.sign(&old.clone().into()).unwrap();
    let line = format!("POST /extensions/jwt/secrets?extension_id={EXTENSION}&delay=600");
    let (status, made) = stage.helix(&line, token.expose_secret(), &Value::Null);
    assert_eq!(status, 200);
    let new = made["data"][0]["secrets"][1]["content"].as_str().unwrap().to_owned();
    assert_eq!(stage.secrets(&claims, &new).0, 401, "not yet");
    assert_eq!(stage.secrets(&claims, &old).0, 200);
    stage.pass(600);
    assert_eq!(stage.secrets(&claims, &new).0, 200);
    assert_eq!(stage.secrets(&claims, &old).0, 401, "no longer");
}

#[test]
fn an_extension_speaks_only_where_its_token_says() {
    let mut stage = Stage::new();
    let ada = stage.ada.clone();
    let message = |target: &str| json!({"target": [target], "broadcaster_id": ada, "message": "hi"});
    let signed = |stage: &Stage, claims: ExtensionClaims| {
        claims.sign(&stage.secret.clone().into()).unwrap().expose_secret().to_owned()
    };
    let broadcast = signed(&stage, stage.claims().broadcast(ada.as_str()));
    let mut send =
        |token: &str, target: &str| stage.helix("POST /extensions/pubsub", token, &message(target)).0;
    assert_eq!(send(&broadcast, "broadcast"), 204);
    assert_eq!(send(&broadcast, "whisper-1002"), 401);
    let elsewhere = signed(&stage, stage.claims().broadcast("1002"));
    assert_eq!(stage.helix("POST /extensions/pubsub", &elsewhere, &message("broadcast")).0, 401);
}
