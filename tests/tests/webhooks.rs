//! Webhooks of the simulated Twitch: what is posted to a callback, read and answered by the library's own reader, and what
//! comes of the answers.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use twitchwire::Time;
use twitchwire::eventsub::frame::Message;
use twitchwire::eventsub::{Received, Webhook, WebhookSecret};
use twitchwire_sim::world::{Post, Route};
use twitchwire_sim::{World, WorldOutput};

const CLIENT: &str = "app1";
const SECRET: &str = "the-callbacks-secret";
const CALLBACK: &str = "https://bot.example/eventsub";
const ENABLED: &str = "enabled";
const PENDING: &str = "webhook_callback_verification_pending";

/// A world, an app with its token, and the callback that it names.
struct Stage {
    world: World,
    now: Time,
    ada: String,
    token: String,
    webhook: Webhook,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new(1, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client(CLIENT, Some("s3cret"));
        let ada = world.user("ada");
        let form = format!("client_id={CLIENT}&client_secret=s3cret&grant_type=client_credentials");
        let request = Request::post("/oauth2/token").body(form.into()).unwrap();
        let tokens: Value = serde_json::from_slice(world.request(Time::ZERO, &request).body()).unwrap();
        let token = tokens["access_token"].as_str().unwrap().to_owned();
        let webhook = Webhook::new([WebhookSecret::new(SECRET).unwrap()], 100);
        Stage { world, now: Time::ZERO, ada, token, webhook }
    }

    fn helix(&mut self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/helix{path}"))
            .header("Client-Id", CLIENT)
            .header("Authorization", format!("Bearer {}", self.token))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let answer = self.world.request(self.now, &request);
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or(Value::Null))
    }

    fn subscribe_with(&mut self, kind: &str, condition: Value, transport: Value) -> (u16, Value) {
        let body = json!({
            "type": kind,
            "version": "1",
            "condition": condition,
            "transport": transport,
            "is_batching_enabled": true,
        });
        self.helix("POST", "/eventsub/subscriptions", body)
    }

    /// Subscribes to ada's stream starting; returns the status of the subscription.
    fn subscribe(&mut self) -> Value {
        let transport = json!({"method": "webhook", "callback": CALLBACK, "secret": SECRET});
        let condition = json!({"broadcaster_user_id": self.ada});
        let (status, made) = self.subscribe_with("stream.online", condition, transport);
        assert_eq!(status, 202);
        made["data"][0]["status"].clone()
    }

    fn statuses(&mut self) -> Vec<String> {
        let (_, listed) = self.helix("GET", "/eventsub/subscriptions", Value::Null);
        let data = listed["data"].as_array().unwrap().iter();
        data.map(|held| held["status"].as_str().unwrap().to_owned()).collect()
    }

    /// What the world wants posted.
    fn posts(&mut self) -> Vec<Post> {
        std::iter::from_fn(|| self.world.poll_output())
            .map(|output| match output {
                WorldOutput::Webhook(post) => post,
                other => panic!("not a post: {other:?}"),
            })
            .collect()
    }

    /// The only post.
    fn post(&mut self) -> Post {
        let mut posts = self.posts();
        assert_eq!(posts.len(), 1, "{posts:?}");
        posts.remove(0)
    }

    /// The callback reads a post; the world hears its answer.
    fn deliver(&mut self, post: &Post) -> Received {
        let wall = self.world.wall(self.now);
        let (answer, received) = self.webhook.receive(self.now, wall, &post.request().unwrap());
        self.world.answered(self.now, post.id, Some(&answer));
        received
    }

    fn fail(&mut self, post: &Post) {
        let mut answer = Response::new(Bytes::new());
        *answer.status_mut() = StatusCode::BAD_GATEWAY;
        self.world.answered(self.now, post.id, Some(&answer));
    }

    fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
        self.world.handle_timeout(self.now);
    }

    fn verified() -> Self {
        let mut stage = Stage::new();
        assert_eq!(stage.subscribe(), PENDING);
        let challenge = stage.post();
        assert!(matches!(stage.deliver(&challenge), Received::Challenge(_)));
        stage
    }
}

fn header<'a>(post: &'a Post, name: &str) -> &'a str {
    let found = post.headers.iter().find(|(is, _)| *is == name);
    found.map_or_else(|| panic!("{name} is missing"), |(_, value)| value.as_str())
}

#[test]
fn a_callback_that_echoes_the_challenge_hears_of_events() {
    let mut stage = Stage::new();
    assert_eq!(stage.subscribe(), PENDING);
    stage.world.online(stage.now, &stage.ada.clone());
    let challenge = stage.post();
    assert_eq!(challenge.callback, CALLBACK);
    assert_eq!(header(&challenge, "twitch-eventsub-message-type"), "webhook_callback_verification");
    assert!(matches!(stage.deliver(&challenge), Received::Challenge(_)));
    assert_eq!(stage.statuses(), [ENABLED]);
    stage.world.online(stage.now, &stage.ada.clone());
    let post = stage.post();
    assert_eq!(header(&post, "twitch-eventsub-message-retry"), "0");
    assert_eq!(header(&post, "twitch-eventsub-subscription-type"), "stream.online");
    assert_eq!(header(&post, "twitch-eventsub-subscription-version"), "1");
    let Received::Message(frame) = stage.deliver(&post) else { panic!("refused") };
    assert!(matches!(frame.message, Message::Notification { .. }), "{frame:?}");
    assert_eq!(stage.world.events()[0].route, Route::Webhook);
    assert_eq!(stage.world.events()[0].message_id, frame.id.as_str());
}

#[test]
fn a_callback_that_does_not_echo_the_challenge_fails_verification() {
    let wrong = |stage: &mut Stage, post: &Post| {
        stage.world.answered(stage.now, post.id, Some(&Response::new(Bytes::from_static(b"hello"))));
    };
    let silent = |stage: &mut Stage, _: &Post| stage.pass(5);
    for answer in [wrong as fn(&mut Stage, &Post), Stage::fail, silent] {
        let mut stage = Stage::new();
        stage.subscribe();
        let challenge = stage.post();
        answer(&mut stage, &challenge);
        assert_eq!(stage.statuses(), ["webhook_callback_verification_failed"]);
        // An answer that comes too late changes nothing.
        stage.deliver(&challenge);
        assert_eq!(stage.statuses(), ["webhook_callback_verification_failed"]);
    }
}

#[test]
fn a_message_that_fails_comes_again_with_the_same_id() {
    let mut stage = Stage::verified();
    stage.world.online(stage.now, &stage.ada.clone());
    let first = stage.post();
    stage.fail(&first);
    stage.pass(10);
    let second = stage.post();
    assert_eq!(header(&second, "twitch-eventsub-message-retry"), "1");
    for same in ["twitch-eventsub-message-id", "twitch-eventsub-message-signature"] {
        assert_eq!(header(&first, same), header(&second, same));
    }
    assert!(matches!(stage.deliver(&second), Received::Message(_)));
    stage.pass(600);
    assert_eq!(stage.posts(), []);
}

#[test]
fn a_message_that_was_taken_without_an_answer_is_known_when_it_comes_again() {
    let mut stage = Stage::verified();
    stage.world.online(stage.now, &stage.ada.clone());
    let first = stage.post();
    let wall = stage.world.wall(stage.now);
    let (_, received) = stage.webhook.receive(stage.now, wall, &first.request().unwrap());
    assert!(matches!(received, Received::Message(_)));
    stage.pass(5);
    stage.pass(10);
    let second = stage.post();
    assert!(matches!(stage.deliver(&second), Received::Repeated(_)));
}

#[test]
fn a_callback_that_fails_too_often_loses_its_subscription() {
    let mut stage = Stage::verified();
    stage.world.settings.webhook_failures = 2;
    for _ in 0..2 {
        assert_eq!(stage.statuses(), [ENABLED]);
        stage.world.online(stage.now, &stage.ada.clone());
        for wait in [10, 60, 300, 0] {
            let post = stage.post();
            stage.fail(&post);
            stage.pass(wait);
        }
    }
    assert_eq!(stage.statuses(), ["notification_failures_exceeded"]);
    let revocation = stage.post();
    let Received::Message(frame) = stage.deliver(&revocation) else { panic!("refused") };
    assert!(matches!(frame.message, Message::Revocation { .. }), "{frame:?}");
    stage.world.online(stage.now, &stage.ada.clone());
    assert_eq!(stage.posts(), []);
}

#[test]
fn a_duplicate_of_a_post_has_the_same_message_id() {
    let mut stage = Stage::verified();
    stage.world.faults.duplicate = 1.0;
    stage.world.online(stage.now, &stage.ada.clone());
    let first = stage.post();
    assert!(matches!(stage.deliver(&first), Received::Message(_)));
    stage.pass(5);
    let second = stage.post();
    assert!(matches!(stage.deliver(&second), Received::Repeated(_)));
}

#[test]
fn a_second_subscription_with_the_same_callback_is_a_conflict() {
    let mut stage = Stage::verified();
    let condition = json!({"broadcaster_user_id": stage.ada});
    let transport = json!({"method": "webhook", "callback": CALLBACK, "secret": "another secret"});
    assert_eq!(stage.subscribe_with("stream.online", condition.clone(), transport).0, 409);
    let transport = json!({"method": "webhook", "callback": "https://bot.example/other", "secret": "short"});
    assert_eq!(stage.subscribe_with("stream.online", condition, transport).0, 400);
}

#[test]
fn a_webhook_shard_proves_itself_and_carries_its_conduits_events() {
    let mut stage = Stage::new();
    let (_, made) = stage.helix("POST", "/eventsub/conduits", json!({"shard_count": 1}));
    let conduit = made["data"][0]["id"].clone();
    let transport = json!({"method": "webhook", "callback": CALLBACK, "secret": SECRET});
    let shards = json!({"conduit_id": conduit, "shards": [{"id": "0", "transport": transport}]});
    let (_, assigned) = stage.helix("PATCH", "/eventsub/conduits/shards", shards);
    assert_eq!(assigned["data"][0]["status"], PENDING);
    let challenge = stage.post();
    assert!(matches!(stage.deliver(&challenge), Received::Challenge(_)));
    let condition = json!({"broadcaster_user_id": stage.ada});
    let transport = json!({"method": "conduit", "conduit_id": conduit});
    assert_eq!(stage.subscribe_with("stream.online", condition, transport).0, 202);
    stage.world.online(stage.now, &stage.ada.clone());
    let post = stage.post();
    assert!(matches!(stage.deliver(&post), Received::Message(_)));
    let path = format!("/eventsub/conduits/shards?conduit_id={}", conduit.as_str().unwrap());
    let (_, listed) = stage.helix("GET", &path, Value::Null);
    assert_eq!(listed["data"][0]["status"], ENABLED);
}

#[test]
fn drops_come_in_a_batch_and_by_webhook_only() {
    let mut stage = Stage::new();
    let [cleo, dan] = ["cleo", "dan"].map(|login| stage.world.user(login));
    let condition = json!({"organization_id": "org1"});
    let transport = json!({"method": "webhook", "callback": CALLBACK, "secret": SECRET});
    assert_eq!(stage.subscribe_with("drop.entitlement.grant", condition.clone(), transport).0, 202);
    let challenge = stage.post();
    stage.deliver(&challenge);
    stage.world.drop(stage.now, "org1", "33214", "summer", "hat", &[&cleo, &dan]);
    let post = stage.post();
    let Received::Message(frame) = stage.deliver(&post) else { panic!("refused") };
    let Message::Notification { event, .. } = frame.message else { panic!("no notification") };
    let events: Value = serde_json::from_slice(&event).unwrap();
    let users = [&events[0]["data"]["user_id"], &events[1]["data"]["user_id"]];
    assert_eq!(users, [&json!(cleo), &json!(dan)]);
    let (_, made) = stage.helix("POST", "/eventsub/conduits", json!({"shard_count": 1}));
    let transport = json!({"method": "conduit", "conduit_id": made["data"][0]["id"]});
    assert_eq!(stage.subscribe_with("drop.entitlement.grant", condition, transport).0, 400);
}

#[test]
fn the_notice_of_a_disabled_shard_may_be_lost() {
    for (lost, notices) in [(0.0, 1), (1.0, 0)] {
        let mut stage = Stage::new();
        stage.world.faults.shard_notice_lost = lost;
        let (_, made) = stage.helix("POST", "/eventsub/conduits", json!({"shard_count": 1}));
        let transport = json!({"method": "webhook", "callback": CALLBACK, "secret": SECRET});
        let shards = json!([{"id": "0", "transport": transport}]);
        let body = json!({"conduit_id": made["data"][0]["id"], "shards": shards});
        stage.helix("PATCH", "/eventsub/conduits/shards", body);
        let challenge = stage.post();
        stage.fail(&challenge);
        let told = stage.world.happenings().iter().filter(|h| h.kind == "conduit.shard.disabled");
        assert_eq!(told.count(), notices);
    }
}
