//! The simulated Twitch on its own: each rule of the protocol that it claims to keep.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use twitchwire::Time;
use twitchwire_sim::world::{Action, Faults, Route, Rule, Start, Which};
use twitchwire_sim::{Heard, PeerId, Said, World, WorldOutput, scene};

const CLIENT: &str = "app1";
const SCOPES: [&str; 4] =
    ["user:read:chat", "moderator:read:followers", "user:write:chat", "moderator:manage:banned_users"];

/// A world with a clock, an app, and ada, who has logged in.
struct Stage {
    world: World,
    now: Time,
    ada: String,
    token: String,
    refresh: String,
    /// What each socket heard and nobody has looked at yet.
    heard: Vec<WorldOutput>,
}

impl Stage {
    fn new() -> Self {
        Stage::of(Some("s3cret"))
    }

    fn of(secret: Option<&str>) -> Self {
        let mut world = World::new(1, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client(CLIENT, secret);
        let ada = world.user("ada");
        let (token, refresh) = world.grant_token(Time::ZERO, CLIENT, &ada, &SCOPES);
        Stage { world, now: Time::ZERO, ada, token, refresh, heard: Vec::new() }
    }

    fn send(&mut self, request: http::request::Builder, body: Vec<u8>) -> Response<Bytes> {
        let answer = self.world.request(self.now, &request.body(body.into()).unwrap());
        self.drain();
        answer
    }

    fn helix(&mut self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let token = self.token.clone();
        self.helix_as(&token, method, path, body)
    }

    fn helix_as(&mut self, token: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://api.example/helix{path}"))
            .header("Client-Id", CLIENT)
            .header("Authorization", format!("Bearer {token}"));
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        read(&self.send(request, body))
    }

    fn form(&mut self, path: &str, form: &str) -> (u16, Value) {
        let request = Request::builder().method("POST").uri(format!("http://id.example/oauth2{path}"));
        read(&self.send(request, form.into()))
    }

    fn validate(&mut self, token: &str) -> (u16, Value) {
        let request =
            Request::builder().uri("/oauth2/validate").header("Authorization", format!("OAuth {token}"));
        read(&self.send(request, Vec::new()))
    }

    /// Lets time pass, timer by timer; pings are answered.
    fn pass(&mut self, seconds: f64) {
        self.pass_and(seconds, true);
    }

    fn pass_and(&mut self, seconds: f64, pong: bool) {
        let end = self.now + Duration::from_secs_f64(seconds);
        while let Some(due) = self.world.poll_timeout().filter(|due| *due <= end) {
            assert!(due >= self.now);
            self.now = due;
            self.world.handle_timeout(due);
            for output in self.drain() {
                if let WorldOutput::Socket(peer, Heard::Ping) = output
                    && pong
                {
                    self.world.said(self.now, peer, Said::Pong);
                }
            }
        }
        self.now = end;
    }

    fn drain(&mut self) -> Vec<WorldOutput> {
        let mut new = Vec::new();
        while let Some(output) = self.world.poll_output() {
            new.push(output);
        }
        self.heard.extend(new.iter().cloned());
        new
    }

    fn open(&mut self, peer: u64, url: &str) {
        assert_eq!(self.world.open(self.now, PeerId(peer), url), Ok(()));
        self.drain();
    }

    fn say(&mut self, peer: u64, said: Said) {
        self.world.said(self.now, PeerId(peer), said);
        self.drain();
    }

    /// What this socket heard since the last look, pings left out.
    fn hears(&mut self, peer: u64) -> Vec<Heard> {
        self.drain();
        let mut found = Vec::new();
        self.heard.retain(|output| match output {
            WorldOutput::Socket(PeerId(p), heard) if *p == peer => {
                found.push(heard.clone());
                false
            }
            _ => true,
        });
        found.retain(|heard| !matches!(heard, Heard::Ping));
        found
    }

    fn messages(&mut self, peer: u64) -> Vec<Value> {
        let text = |heard| match heard {
            Heard::Text(text) => serde_json::from_slice(&text).unwrap(),
            other => panic!("not a message: {other:?}"),
        };
        self.hears(peer).into_iter().map(text).collect()
    }

    /// Opens a socket and returns its session id.
    fn session(&mut self, peer: u64) -> String {
        self.open(peer, "wss://eventsub.example/ws");
        let welcome = self.messages(peer).remove(0);
        assert_eq!(welcome["metadata"]["message_type"], "session_welcome");
        welcome["payload"]["session"]["id"].as_str().unwrap().to_owned()
    }

    fn subscribe(&mut self, session: &str, kind: &str, version: &str, condition: Value) -> (u16, Value) {
        let transport = json!({"method": "websocket", "session_id": session});
        let body = json!({"type": kind, "version": version, "condition": condition, "transport": transport});
        self.helix("POST", "/eventsub/subscriptions", Some(body))
    }

    /// Subscribes to ada's followers; returns the subscription's id.
    fn follows(&mut self, session: &str) -> String {
        let condition = json!({"broadcaster_user_id": self.ada, "moderator_user_id": self.ada});
        let (status, made) = self.subscribe(session, "channel.follow", "2", condition);
        assert_eq!(status, 202, "{made}");
        made["data"][0]["id"].as_str().unwrap().to_owned()
    }

    fn rules(&self) -> Vec<Rule> {
        self.world.violations().iter().map(|violation| violation.rule).collect()
    }
}

fn read(answer: &Response<Bytes>) -> (u16, Value) {
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or(Value::Null))
}

fn types(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["metadata"]["message_type"].as_str().unwrap()).collect()
}

fn closed(code: u16, reason: &str) -> Vec<Heard> {
    vec![Heard::Close(code, reason.into())]
}

fn reconnect_url(message: &Value) -> String {
    assert_eq!(message["metadata"]["message_type"], "session_reconnect");
    message["payload"]["session"]["reconnect_url"].as_str().unwrap().to_owned()
}

#[test]
fn a_follow_reaches_the_socket_that_subscribed_to_it() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    let subscription = stage.follows(&session);
    let brook = stage.world.user("brook");
    let ada = stage.ada.clone();
    stage.world.follow(stage.now, &brook, &ada);
    let messages = stage.messages(1);
    assert_eq!(types(&messages), ["notification"]);
    let payload = &messages[0]["payload"];
    assert_eq!(payload["subscription"]["id"], subscription.as_str());
    assert_eq!(payload["subscription"]["transport"], json!({"method": "websocket", "session_id": session}));
    assert_eq!(payload["event"]["user_login"], "brook");
    assert_eq!(payload["event"]["broadcaster_user_id"], ada.as_str());
    let sent = &stage.world.events()[0];
    assert_eq!(messages[0]["metadata"]["message_id"], sent.message_id.as_str());
    assert_eq!((sent.subscription.as_str(), &sent.peers[..]), (subscription.as_str(), &[PeerId(1)][..]));
    assert_eq!(sent.route, Route::Session(session));
    assert_eq!(stage.world.happenings()[sent.happening].kind, "channel.follow");
}

#[test]
fn a_socket_without_a_subscription_is_closed_after_ten_seconds() {
    let mut stage = Stage::new();
    stage.session(1);
    stage.pass(9.9);
    assert_eq!(stage.hears(1), []);
    stage.pass(0.2);
    let heard = stage.hears(1);
    assert_eq!(heard.last(), closed(4003, "connection unused").last());
}

#[test]
fn keepalives_come_only_in_silence() {
    let mut stage = Stage::new();
    stage.open(1, "wss://eventsub.example/ws?keepalive_timeout_seconds=20");
    let welcome = stage.messages(1).remove(0);
    let session = &welcome["payload"]["session"];
    assert_eq!(session["keepalive_timeout_seconds"], 20);
    let session = session["id"].as_str().unwrap().to_owned();
    stage.follows(&session);
    stage.pass(15.0);
    let (brook, ada) = (stage.world.user("brook"), stage.ada.clone());
    stage.world.follow(stage.now, &brook, &ada);
    assert_eq!(types(&stage.messages(1)), ["notification"]);
    stage.pass(19.9);
    assert_eq!(stage.hears(1), []);
    stage.pass(0.2);
    assert_eq!(types(&stage.messages(1)), ["session_keepalive"]);
}

#[test]
fn the_keepalive_parameter_is_clamped() {
    for (asked, given) in [("1", 10), ("700", 600), ("x", 10)] {
        let mut stage = Stage::new();
        stage.open(1, &format!("/ws?keepalive_timeout_seconds={asked}"));
        let welcome = stage.messages(1).remove(0);
        assert_eq!(welcome["payload"]["session"]["keepalive_timeout_seconds"], given);
    }
}

#[test]
fn a_client_that_sends_anything_but_pong_and_close_is_closed_with_4001() {
    for said in [Said::Text, Said::Binary, Said::Ping] {
        let mut stage = Stage::new();
        let session = stage.session(1);
        stage.follows(&session);
        stage.say(1, Said::Pong);
        assert_eq!(stage.rules(), []);
        stage.say(1, said);
        assert_eq!(stage.hears(1), closed(4001, "client sent inbound traffic"));
        assert_eq!(stage.rules(), [Rule::FrameSent]);
        let (_, list) = stage.helix("GET", "/eventsub/subscriptions", None);
        assert_eq!(list["data"][0]["status"], "websocket_received_inbound_traffic");
    }
}

#[test]
fn a_socket_that_falls_silent_ends_for_twitch_and_not_for_the_client() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    stage.world.silence_sockets(stage.now, &Which::All);
    assert_eq!(stage.drain(), [WorldOutput::Silence(PeerId(1))]);
    stage.pass(60.0);
    assert_eq!(stage.hears(1), []);
    let (_, list) = stage.helix("GET", "/eventsub/subscriptions", None);
    assert_eq!(list["data"][0]["status"], "websocket_network_timeout");
}

#[test]
fn a_missing_pong_closes_with_4002() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    stage.pass(35.0);
    assert!(stage.hears(1).iter().all(|heard| matches!(heard, Heard::Text(_))));
    stage.pass_and(40.0, false);
    assert_eq!(stage.hears(1).last(), closed(4002, "client failed ping-pong").last());
}

#[test]
fn a_handover_keeps_the_session_and_its_subscriptions() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    let (brook, ada) = (stage.world.user("brook"), stage.ada.clone());
    stage.world.reconnect(stage.now, &Which::All);
    let url = reconnect_url(&stage.messages(1)[0]);
    assert!(url.starts_with("wss://eventsub.wss.twitch.tv/ws?challenge="));
    stage.world.follow(stage.now, &brook, &ada);
    assert_eq!(types(&stage.messages(1)), ["notification"], "the old socket still delivers");
    stage.open(2, &url);
    let welcome = stage.messages(2).remove(0);
    assert_eq!(welcome["payload"]["session"]["id"], session.as_str());
    stage.world.follow(stage.now, &brook, &ada);
    assert_eq!(types(&stage.messages(2)), ["notification"]);
    assert_eq!(stage.hears(1), []);
    stage.say(1, Said::Close);
    stage.pass(45.0);
    assert_eq!(stage.hears(1), closed(1000, ""));
    assert!(stage.messages(2).iter().all(|m| m["metadata"]["message_type"] == "session_keepalive"));
    assert_eq!(stage.world.enabled(CLIENT, Some(&ada)).len(), 1);
    assert_eq!(stage.rules(), []);
}

#[test]
fn during_a_handover_an_event_may_come_on_both_sockets() {
    let mut stage = Stage::new();
    stage.world.faults.both_sockets = 1.0;
    let session = stage.session(1);
    stage.follows(&session);
    stage.world.reconnect(stage.now, &Which::All);
    let url = reconnect_url(&stage.messages(1)[0]);
    stage.open(2, &url);
    stage.messages(2);
    let (brook, ada) = (stage.world.user("brook"), stage.ada.clone());
    stage.world.follow(stage.now, &brook, &ada);
    assert_eq!(stage.messages(1), stage.messages(2));
    assert_eq!(stage.world.events()[0].peers, [PeerId(1), PeerId(2)]);
}

#[test]
fn a_new_session_id_carries_the_subscriptions_over() {
    let mut stage = Stage::new();
    stage.world.settings.new_session_id = true;
    let session = stage.session(1);
    let subscription = stage.follows(&session);
    stage.world.reconnect(stage.now, &Which::Session(session.clone()));
    let url = reconnect_url(&stage.messages(1)[0]);
    stage.open(2, &url);
    let new = stage.messages(2)[0]["payload"]["session"]["id"].as_str().unwrap().to_owned();
    assert_ne!(new, session);
    let (_, list) = stage.helix("GET", "/eventsub/subscriptions", None);
    assert_eq!(list["data"][0]["id"], subscription.as_str());
    assert_eq!(list["data"][0]["transport"]["session_id"], new.as_str());
}

#[test]
fn a_handover_that_takes_too_long_loses_the_session() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    stage.world.reconnect(stage.now, &Which::All);
    let url = reconnect_url(&stage.messages(1)[0]);
    stage.pass(31.0);
    assert_eq!(stage.hears(1).last(), closed(4004, "reconnect grace time expired").last());
    stage.open(2, &url);
    assert_eq!(stage.hears(2), closed(4007, "invalid reconnect"));
    let (_, list) = stage.helix("GET", "/eventsub/subscriptions", None);
    assert_eq!(list["data"][0]["status"], "websocket_failed_to_reconnect");
}

#[test]
fn closing_the_old_socket_before_the_new_welcome_is_a_violation() {
    let mut stage = Stage::new();
    stage.world.settings.welcome_after = Duration::from_millis(50);
    stage.open(1, "/ws");
    stage.pass(0.1);
    let session = stage.messages(1)[0]["payload"]["session"]["id"].as_str().unwrap().to_owned();
    stage.follows(&session);
    stage.world.reconnect(stage.now, &Which::All);
    let url = reconnect_url(&stage.messages(1)[0]);
    stage.open(2, &url);
    stage.say(1, Said::Close);
    assert_eq!(stage.hears(2), closed(4007, "invalid reconnect"));
    assert_eq!(stage.rules(), [Rule::OldSocketClosedFirst]);
}

#[test]
fn coming_to_a_reconnect_url_after_closing_the_old_socket_is_a_violation() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    stage.world.reconnect(stage.now, &Which::All);
    let url = reconnect_url(&stage.messages(1)[0]);
    stage.say(1, Said::Close);
    assert_eq!(stage.rules(), [], "a client may go away");
    stage.open(2, &url);
    assert_eq!(stage.hears(2), closed(4007, "invalid reconnect"));
    assert_eq!(stage.rules(), [Rule::OldSocketClosedFirst]);
}

#[test]
fn a_reconnect_url_must_be_used_as_it_is() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    stage.world.reconnect(stage.now, &Which::All);
    let url = reconnect_url(&stage.messages(1)[0]);
    stage.open(2, &format!("{url}&keepalive_timeout_seconds=30"));
    assert_eq!(stage.rules(), [Rule::ReconnectUrlChanged]);
}

#[test]
fn subscribing_again_after_a_handover_is_a_violation_unless_the_answer_was_lost() {
    for lost in [false, true] {
        let mut stage = Stage::new();
        let session = stage.session(1);
        let subscription = stage.follows(&session);
        if lost {
            stage.world.answer_lost();
        }
        stage.pass(1.0);
        stage.world.reconnect(stage.now, &Which::All);
        let url = reconnect_url(&stage.messages(1)[0]);
        stage.open(2, &url);
        let condition = json!({"broadcaster_user_id": stage.ada, "moderator_user_id": stage.ada});
        let (status, answer) = stage.subscribe(&session, "channel.follow", "2", condition);
        assert_eq!((status, answer["id"].as_str()), (409, Some(subscription.as_str())));
        assert_eq!(stage.rules(), if lost { vec![] } else { vec![Rule::SubscribedAgain] });
    }
}

#[test]
fn the_refusals_of_create_subscription_are_twitchs() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    let (ada, brook) = (stage.ada.clone(), stage.world.user("brook"));
    let by = |b: &str, m: &str| json!({"broadcaster_user_id": b, "moderator_user_id": m});
    let mut refused = |session: &str, kind: &str, version: &str, condition: Value| {
        let (status, answer) = stage.subscribe(session, kind, version, condition);
        (status, answer["message"].as_str().unwrap_or_default().to_owned())
    };
    let lost = (400, "websocket transport session does not exist or has already disconnected".to_owned());
    assert_eq!(refused("nowhere", "channel.follow", "2", by(&ada, &ada)), lost);
    assert_eq!(refused(&session, "channel.follow", "1", by(&ada, &ada)).0, 410);
    assert_eq!(refused(&session, "channel.nothing", "1", by(&ada, &ada)).0, 400);
    assert_eq!(refused(&session, "channel.follow", "2", by("ada", &ada)).0, 500);
    assert_eq!(refused(&session, "channel.follow", "2", json!({"broadcaster_user_id": ada})).0, 400);
    assert_eq!(refused(&session, "channel.follow", "2", by(&ada, &brook)).0, 403, "another's permission");
    assert_eq!(refused(&session, "channel.follow", "2", by(&brook, &ada)).0, 403, "not a moderator there");
    assert_eq!(refused(&session, "channel.poll.begin", "1", by(&ada, &ada)).0, 403, "no scope");
    let raid = json!({"to_broadcaster_user_id": ada});
    let (status, made) = stage.subscribe(&session, "channel.raid", "1", raid);
    assert_eq!(status, 202);
    assert_eq!(made["data"][0]["condition"]["from_broadcaster_user_id"], "");
    let (other, _) = stage.world.grant_token(stage.now, CLIENT, &brook, &SCOPES);
    let transport = json!({"method": "websocket", "session_id": session});
    let body = json!({"type": "stream.online", "version": "1", "transport": transport,
        "condition": {"broadcaster_user_id": ada}});
    let (status, answer) = stage.helix_as(&other, "POST", "/eventsub/subscriptions", Some(body.clone()));
    let message = "websocket transport cannot have subscriptions created by different users";
    assert_eq!((status, answer["message"].as_str()), (400, Some(message)));
    let (_, app) = stage.form("/token", "client_id=app1&client_secret=s3cret&grant_type=client_credentials");
    let app = app["access_token"].as_str().unwrap().to_owned();
    let (status, _) = stage.helix_as(&app, "POST", "/eventsub/subscriptions", Some(body));
    assert_eq!(status, 400, "a websocket needs a user token");
}

#[test]
fn each_of_the_four_limits_is_a_429_of_its_own() {
    let mut stage = Stage::new();
    let ada = stage.ada.clone();
    let online = |id: &str| json!({"broadcaster_user_id": id});
    for peer in 1..=3 {
        let session = stage.session(peer);
        assert_eq!(stage.subscribe(&session, "stream.online", "1", online(&ada)).0, 202);
    }
    let fourth = stage.session(4);
    let refused = |answer: (u16, Value)| (answer.0, answer.1["message"].as_str().unwrap().to_owned());
    assert_eq!(
        refused(stage.subscribe(&fourth, "stream.online", "1", online(&ada))),
        (429, "maximum subscriptions with type and condition exceeded".into())
    );
    assert_eq!(
        refused(stage.subscribe(&fourth, "stream.offline", "1", online(&ada))),
        (429, "number of websocket transports limit exceeded".into())
    );
    let (_, list) = stage.helix("GET", "/eventsub/subscriptions?status=enabled", None);
    let first = list["data"][0]["transport"]["session_id"].as_str().unwrap().to_owned();
    for n in 0..10 {
        let stranger = stage.world.user(&format!("stranger{n}"));
        assert_eq!(stage.subscribe(&first, "stream.online", "1", online(&stranger)).0, 202);
    }
    let stranger = stage.world.user("stranger10");
    assert_eq!(
        refused(stage.subscribe(&first, "stream.online", "1", online(&stranger))),
        (429, "total cost exceeded".into())
    );
    stage.world.settings.points = 1;
    stage.pass(61.0);
    assert_eq!(stage.helix("GET", "/users", None).0, 200);
    assert_eq!(refused(stage.helix("GET", "/users", None)), (429, "Too Many Requests".into()));
}

#[test]
fn a_dead_connection_counts_for_a_minute_and_is_listed_for_an_hour() {
    let mut stage = Stage::new();
    let ada = stage.ada.clone();
    let condition = json!({"broadcaster_user_id": ada});
    for peer in 1..=3 {
        let session = stage.session(peer);
        assert_eq!(stage.subscribe(&session, "stream.online", "1", condition.clone()).0, 202);
    }
    stage.world.gone(stage.now, PeerId(1));
    let fourth = stage.session(4);
    assert_eq!(stage.subscribe(&fourth, "stream.offline", "1", condition.clone()).0, 429);
    stage.pass(61.0);
    let fifth = stage.session(5);
    assert_eq!(stage.subscribe(&fifth, "stream.offline", "1", condition).0, 202);
    let (_, list) = stage.helix("GET", "/eventsub/subscriptions?status=websocket_disconnected", None);
    assert_eq!(list["total"], 1);
    assert!(list["data"][0]["transport"]["disconnected_at"].is_string());
    stage.pass(3600.0);
    let (_, list) = stage.helix("GET", "/eventsub/subscriptions?status=websocket_disconnected", None);
    assert_eq!(list["total"], 0);
}

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
    assert_eq!(stage.world.happenings().last().unwrap().event["is_permanent"], false);
}

#[test]
fn a_device_code_is_pending_until_approved_and_works_once() {
    let mut stage = Stage::of(None);
    stage.world.settings.approve_devices = Some((stage.ada.clone(), Duration::from_secs(7)));
    let (status, device) = stage.form("/device", "client_id=app1&scopes=user%3Aread%3Achat");
    assert_eq!((status, &device["interval"]), (200, &json!(5)));
    let code = device["device_code"].as_str().unwrap().to_owned();
    let poll = format!(
        "client_id=app1&scopes=user%3Aread%3Achat&device_code={code}&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
    );
    stage.pass(5.0);
    assert_eq!(
        stage.form("/token", &poll),
        (400, json!({"status": 400, "message": "authorization_pending"}))
    );
    stage.pass(5.0);
    let (status, tokens) = stage.form("/token", &poll);
    assert_eq!((status, &tokens["scope"]), (200, &json!(["user:read:chat"])));
    assert_eq!(stage.form("/token", &poll), (400, json!({"status": 400, "message": "invalid device code"})));
    let (status, valid) = stage.validate(tokens["access_token"].as_str().unwrap());
    assert_eq!((status, valid["login"].as_str()), (200, Some("ada")));
}

#[test]
fn a_confidential_refresh_token_stays_valid() {
    let mut stage = Stage::new();
    let form = format!(
        "grant_type=refresh_token&client_id=app1&client_secret=s3cret&refresh_token={}",
        stage.refresh
    );
    let ada = stage.ada.clone();
    for _ in 0..2 {
        stage.world.expire(stage.now, &ada);
        let (status, tokens) = stage.form("/token", &form);
        assert_eq!((status, tokens["refresh_token"].as_str()), (200, Some(stage.refresh.as_str())));
        stage.pass(1.0);
    }
    assert_eq!(stage.rules(), []);
    assert_eq!(stage.form("/token", &form).0, 200);
    assert_eq!(stage.rules(), [Rule::RefreshedWithoutNeed]);
    let wrong = form.replace("s3cret", "guess");
    assert_eq!(
        stage.form("/token", &wrong),
        (403, json!({"status": 403, "message": "invalid client secret"}))
    );
}

#[test]
fn a_public_refresh_token_spent_twice_ends_everything() {
    let mut stage = Stage::of(None);
    let session = stage.session(1);
    stage.follows(&session);
    let form = format!("grant_type=refresh_token&client_id=app1&refresh_token={}", stage.refresh);
    let ada = stage.ada.clone();
    stage.world.expire(stage.now, &ada);
    let (status, tokens) = stage.form("/token", &form);
    assert_eq!(status, 200);
    assert_ne!(tokens["refresh_token"].as_str(), Some(stage.refresh.as_str()));
    assert_eq!(
        stage.form("/token", &form),
        (400, json!({"status": 400, "message": "Invalid refresh token"}))
    );
    assert_eq!(stage.rules(), [Rule::RefreshTokenSpentTwice]);
    assert_eq!(stage.validate(tokens["access_token"].as_str().unwrap()).0, 401);
    let messages = stage.messages(1);
    assert_eq!(types(&messages), ["revocation"]);
    assert_eq!(messages[0]["payload"]["subscription"]["status"], "authorization_revoked");
}

#[test]
fn a_spurious_401_is_a_reason_to_refresh() {
    let mut stage = Stage::new();
    stage.world.faults.helix_401 = 1.0;
    assert_eq!(stage.helix("GET", "/users", None).0, 401);
    let form = format!(
        "grant_type=refresh_token&client_id=app1&client_secret=s3cret&refresh_token={}",
        stage.refresh
    );
    assert_eq!(stage.form("/token", &form).0, 200);
    assert_eq!(stage.rules(), []);
    assert!(stage.world.refreshes()[0].needed);
}

#[test]
fn revoking_one_token_leaves_the_others() {
    let mut stage = Stage::new();
    let ada = stage.ada.clone();
    let (other, _) = stage.world.grant_token(stage.now, CLIENT, &ada, &SCOPES);
    let form = format!("client_id=app1&token={}", stage.token);
    assert_eq!(stage.form("/revoke", &form).0, 200);
    assert_eq!(stage.form("/revoke", &form), (400, json!({"status": 400, "message": "Invalid token"})));
    assert_eq!(stage.helix_as(&other, "GET", "/users", None).0, 200);
    assert_eq!(stage.helix("GET", "/users", None).0, 401);
}

#[test]
fn faults_of_helix_come_at_their_rate_and_from_the_seed() {
    let run = |seed: u64| {
        let mut stage = Stage::new();
        stage.world = World::new(seed, "2026-03-01T12:00:00Z".parse().unwrap());
        stage.world.client(CLIENT, Some("s3cret"));
        let ada = stage.world.user("ada");
        stage.token = stage.world.grant_token(Time::ZERO, CLIENT, &ada, &SCOPES).0;
        stage.world.faults = Faults { helix_5xx: 0.2, helix_401: 0.1, ..Faults::NONE };
        (0..200).map(|_| stage.helix("GET", "/users", None).0).collect::<Vec<_>>()
    };
    let answers = run(5);
    assert_eq!(answers, run(5));
    assert_ne!(answers, run(6));
    let bad = answers.iter().filter(|status| **status >= 500).count();
    assert!((20..60).contains(&bad), "{bad}");
}

#[test]
fn odd_frames_come_beside_the_events_and_never_instead() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    let one = 1.0;
    stage.world.faults =
        Faults { malformed: one, unknown_message: one, unknown_event: one, novelty: one, ..Faults::NONE };
    let (brook, ada) = (stage.world.user("brook"), stage.ada.clone());
    stage.world.follow(stage.now, &brook, &ada);
    let heard = stage.hears(1);
    assert_eq!(heard.len(), 4);
    let Heard::Text(last) = &heard[3] else { panic!("no event: {heard:?}") };
    let event = &serde_json::from_slice::<Value>(last).unwrap()["payload"]["event"];
    assert_eq!((event["user_login"].as_str(), &event["sim_novelty"]["level"]), (Some("brook"), &json!(3)));
}

#[test]
fn a_duplicate_has_the_same_message_id() {
    let mut stage = Stage::new();
    stage.world.faults.duplicate = 1.0;
    let session = stage.session(1);
    stage.follows(&session);
    let (brook, ada) = (stage.world.user("brook"), stage.ada.clone());
    stage.world.follow(stage.now, &brook, &ada);
    stage.pass(6.0);
    let messages = stage.messages(1);
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0], messages[1]);
}

#[test]
fn what_is_forgotten_is_off_the_records_and_its_repetition_still_comes() {
    let mut stage = Stage::new();
    stage.world.faults.duplicate = 1.0;
    let session = stage.session(1);
    stage.follows(&session);
    let (brook, cleo, ada) = (stage.world.user("brook"), stage.world.user("cleo"), stage.ada.clone());
    stage.world.follow(stage.now, &brook, &ada);
    stage.world.forget();
    assert_eq!((stage.world.happenings(), stage.world.events()), (&[][..], &[][..]));
    stage.world.faults.duplicate = 0.0;
    stage.world.follow(stage.now, &cleo, &ada);
    stage.pass(6.0);
    assert_eq!(stage.messages(1).len(), 3);
    // The repetition is not taken for one of what came after.
    assert_eq!(stage.world.events().len(), 1);
    assert_eq!(stage.world.events()[0].peers, [PeerId(1)]);
}

#[test]
fn the_listening_scene_plays_itself_and_repeats_exactly() {
    let run = || {
        let mut stage = Stage::new();
        scene::listen(&mut stage.world);
        let session = stage.session(1);
        stage.follows(&session);
        stage.pass(10.0);
        stage.heard
    };
    let heard = run();
    assert_eq!(heard, run());
    let asked = heard.iter().filter(|output| {
        matches!(output, WorldOutput::Socket(_, Heard::Text(text)) if text.windows(17).any(|w| w == b"session_reconnect"))
    });
    assert_eq!(asked.count(), 1);
    assert_eq!(heard.iter().filter(|output| matches!(output, WorldOutput::Cut(_))).count(), 1);
}

#[test]
fn a_script_takes_its_steps_at_their_times() {
    let mut stage = Stage::new();
    let ada = stage.ada.clone();
    let steps = vec![
        (Duration::from_secs(2), Action::Online(ada.clone())),
        (Duration::from_secs(5), Action::Offline(ada)),
    ];
    stage.world.script(Start::At(Time::from_origin(Duration::from_secs(1))), steps);
    stage.pass(10.0);
    let times: Vec<_> = stage.world.happenings().iter().map(|h| h.at.since_origin().as_secs()).collect();
    assert_eq!(times, [3, 6]);
}

/// A stage with an app token and a conduit of so many shards, the first ones on sockets 1, 2, …
struct Conduit {
    stage: Stage,
    app: String,
    id: String,
    sessions: Vec<String>,
}

impl Conduit {
    fn new(shards: usize, sockets: usize) -> Self {
        let mut stage = Stage::new();
        let (_, app) =
            stage.form("/token", "client_id=app1&client_secret=s3cret&grant_type=client_credentials");
        assert_eq!(app.get("refresh_token"), None);
        let app = app["access_token"].as_str().unwrap().to_owned();
        let (status, made) =
            stage.helix_as(&app, "POST", "/eventsub/conduits", Some(json!({"shard_count": shards})));
        assert_eq!(status, 200);
        let id = made["data"][0]["id"].as_str().unwrap().to_owned();
        let mut conduit = Conduit { stage, app, id, sessions: Vec::new() };
        for shard in 0..sockets {
            let session = conduit.stage.session(shard as u64 + 1);
            let (status, answer) = conduit.patch(&[(shard.to_string(), session.clone())]);
            assert_eq!((status, &answer["errors"]), (202, &json!([])));
            conduit.sessions.push(session);
        }
        conduit
    }

    fn call(&mut self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        self.stage.helix_as(&self.app, method, path, body)
    }

    fn patch(&mut self, shards: &[(String, String)]) -> (u16, Value) {
        let shard = |(id, session): &(String, String)| json!({"id": id, "transport": {"method": "websocket", "session_id": session}});
        let shards: Vec<Value> = shards.iter().map(shard).collect();
        let body = json!({"conduit_id": self.id, "shards": shards});
        self.call("PATCH", "/eventsub/conduits/shards", Some(body))
    }

    fn subscribe(&mut self, kind: &str, condition: Value) -> (u16, Value) {
        let transport = json!({"method": "conduit", "conduit_id": self.id});
        let body = json!({"type": kind, "version": "1", "condition": condition, "transport": transport});
        self.call("POST", "/eventsub/subscriptions", Some(body))
    }

    fn statuses(&mut self) -> Vec<(String, String)> {
        let (_, list) = self.call("GET", &format!("/eventsub/conduits/shards?conduit_id={}", self.id), None);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        list["data"].as_array().unwrap().iter().map(|s| (text(&s["id"]), text(&s["status"]))).collect()
    }

    /// Lets so many channels go online; the shards that heard of them.
    fn online(&mut self, channels: usize) -> Vec<Option<u32>> {
        for n in 0..channels {
            let channel = self.stage.world.user(&format!("channel{n}"));
            self.subscribe("stream.online", json!({"broadcaster_user_id": channel}));
        }
        let before = self.stage.world.events().len();
        for n in 0..channels {
            let channel = self.stage.world.user(&format!("channel{n}"));
            self.stage.world.online(self.stage.now, &channel);
        }
        let shard = |route: &Route| match route {
            Route::Conduit { shard, .. } => *shard,
            other => panic!("not by conduit: {other:?}"),
        };
        self.stage.world.events()[before..].iter().map(|sent| shard(&sent.route)).collect()
    }
}

#[test]
fn a_conduit_balances_by_broadcaster_over_its_shards() {
    let mut conduit = Conduit::new(3, 3);
    let shards = conduit.online(30);
    for shard in 0..3 {
        assert!(shards.contains(&Some(shard)), "{shards:?}");
        assert!(!conduit.stage.messages(u64::from(shard) + 1).is_empty());
    }
    assert_eq!(conduit.online(30), shards, "the same broadcaster has the same shard");
}

#[test]
fn a_dead_shard_is_replaced_by_one_other_and_two_dead_ones_lose_events() {
    let mut conduit = Conduit::new(3, 3);
    let whole = conduit.online(30);
    let client = json!({"client_id": CLIENT});
    assert_eq!(conduit.subscribe("conduit.shard.disabled", client).0, 202);
    conduit.stage.world.gone(conduit.stage.now, PeerId(1));
    assert_eq!(conduit.statuses()[0], ("0".into(), "websocket_disconnected".into()));
    let told = conduit.stage.world.happenings().last().unwrap();
    assert_eq!((told.kind.as_str(), &told.event["shard_id"]), ("conduit.shard.disabled", &json!("0")));
    let one_dead = conduit.online(30);
    assert!(one_dead.iter().all(|shard| matches!(shard, Some(1 | 2))), "{one_dead:?}");
    conduit.stage.world.gone(conduit.stage.now, PeerId(2));
    let two_dead = conduit.online(30);
    assert!(two_dead.contains(&None), "{two_dead:?}");
    let kept = whole.iter().zip(&two_dead).filter(|(shard, _)| **shard == Some(2));
    assert!(kept.into_iter().all(|(_, now)| *now == Some(2)));
}

#[test]
fn shard_assignments_succeed_or_fail_one_by_one() {
    let mut conduit = Conduit::new(2, 2);
    let sessions = conduit.sessions.clone();
    let (status, answer) = conduit.patch(&[
        ("0".into(), sessions[1].clone()),
        ("1".into(), sessions[0].clone()),
        ("2".into(), sessions[0].clone()),
    ]);
    assert_eq!(status, 202);
    assert_eq!(answer["data"][0]["transport"]["session_id"], sessions[1].as_str(), "two shards trade places");
    assert_eq!(answer["data"][1]["transport"]["session_id"], sessions[0].as_str());
    assert_eq!(
        (&answer["errors"][0]["id"], &answer["errors"][0]["code"]),
        (&json!("2"), &json!("invalid_parameter"))
    );
    let (status, answer) = conduit.patch(&[("".into(), "x".into())]);
    assert_eq!((status, answer["message"].as_str()), (400, Some("Missing required parameter \"\"")));
    conduit.id = "gone".into();
    let (status, answer) = conduit.patch(&[("0".into(), "x".into())]);
    assert_eq!((status, answer["message"].as_str()), (404, Some("not found")));
}

#[test]
fn a_shard_keeps_its_place_over_a_handover() {
    let mut conduit = Conduit::new(1, 1);
    let stage = &mut conduit.stage;
    stage.world.reconnect(stage.now, &Which::All);
    let url = reconnect_url(&stage.messages(1)[0]);
    stage.open(2, &url);
    stage.say(1, Said::Close);
    assert_eq!(conduit.statuses(), [("0".into(), "enabled".into())]);
    assert_eq!(conduit.online(1), [Some(0)]);
    assert_eq!(types(&conduit.stage.messages(2)), ["session_welcome", "notification"]);
}

#[test]
fn a_conduit_without_shards_dies_after_three_days() {
    let mut conduit = Conduit::new(1, 1);
    let channel = conduit.stage.world.user("channel0");
    assert_eq!(conduit.subscribe("stream.online", json!({"broadcaster_user_id": channel})).0, 202);
    conduit.stage.world.gone(conduit.stage.now, PeerId(1));
    conduit.stage.pass(71.0 * 3600.0);
    assert_eq!(conduit.call("GET", "/eventsub/conduits", None).1["data"].as_array().unwrap().len(), 1);
    conduit.stage.pass(3601.0);
    let (_, list) = conduit.call("GET", "/eventsub/subscriptions", None);
    assert_eq!(list["data"][0]["status"], "conduit_deleted");
    assert_eq!(conduit.call("GET", "/eventsub/conduits", None).1["data"], json!([]));
}

#[test]
fn conduits_have_limits() {
    let mut conduit = Conduit::new(1, 0);
    let user = conduit.stage.token.clone();
    assert_eq!(conduit.stage.helix_as(&user, "GET", "/eventsub/conduits", None).0, 401);
    for count in [0, 20_001] {
        assert_eq!(conduit.call("POST", "/eventsub/conduits", Some(json!({"shard_count": count}))).0, 400);
    }
    for _ in 0..4 {
        assert_eq!(conduit.call("POST", "/eventsub/conduits", Some(json!({"shard_count": 1}))).0, 200);
    }
    assert_eq!(conduit.call("POST", "/eventsub/conduits", Some(json!({"shard_count": 1}))).0, 429);
    let path = format!("/eventsub/conduits?id={}", conduit.id);
    assert_eq!(conduit.call("DELETE", &path, None).0, 204);
    assert_eq!(conduit.call("DELETE", &path, None).0, 404);
}

#[test]
fn any_input_at_any_time_leaves_the_world_whole() {
    let paths = [
        "/users",
        "/streams",
        "/channels/followers?broadcaster_id=1001&after=sim9.1",
        "/eventsub/subscriptions",
        "/eventsub/conduits",
        "/eventsub/conduits/shards?conduit_id=x",
        "/chat/messages",
        "/moderation/bans?broadcaster_id=1001&moderator_id=1001",
        "",
    ];
    let bodies =
        ["", "[]", "7", "{}", r#"{"data":[]}"#, r#"{"shards":[1],"conduit_id":"x","transport":3}"#, "\u{0}"];
    let urls = ["/ws", "/ws?challenge=x", "ws://a", "wss://a/ws?keepalive_timeout_seconds=-1", "/no", "?"];
    for seed in 0..20 {
        let mut stage = Stage::new();
        stage.world.faults = Faults::all(0.1);
        let mut dice = seed;
        let mut roll = |end: usize| {
            dice = u64::wrapping_mul(dice, 6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) as usize % end
        };
        for step in 0..500_u64 {
            stage.now = stage.now + Duration::from_millis(roll(3000) as u64);
            let peer = PeerId(roll(step as usize + 1) as u64);
            match roll(8) {
                0 => {
                    let _ = stage.world.open(stage.now, PeerId(step), urls[roll(urls.len())]);
                }
                1 => {
                    let said = [Said::Text, Said::Binary, Said::Ping, Said::Pong, Said::Close][roll(5)];
                    stage.world.said(stage.now, peer, said);
                }
                2 => stage.world.gone(stage.now, peer),
                3 => {
                    let method = ["GET", "POST", "PATCH", "DELETE", "PUT"][roll(5)];
                    let request = Request::builder()
                        .method(method)
                        .uri(format!("/helix{}", paths[roll(paths.len())]))
                        .header("Client-Id", CLIENT)
                        .header("Authorization", format!("Bearer {}", stage.token));
                    stage.send(request, bodies[roll(bodies.len())].into());
                }
                4 => stage.world.reconnect(stage.now, &Which::All),
                5 => stage.world.raid(stage.now, "1001", "nobody", 1),
                6 => {
                    if let Some((_, id)) = stage.world.open_sockets().last() {
                        let id = id.to_owned();
                        let condition = json!({"to_broadcaster_user_id": "1001"});
                        stage.subscribe(&id, "channel.raid", "1", condition);
                    }
                }
                _ => stage.world.handle_timeout(stage.now),
            }
            stage.world.handle_timeout(stage.now);
            assert!(stage.world.poll_timeout().is_none_or(|due| due > stage.now), "seed {seed}, step {step}");
        }
    }
}

#[test]
fn after_a_crash_an_orphan_still_counts_until_its_pong_is_missed() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    // The process is gone, and nothing told the server.
    stage.pass_and(20.0, false);
    let second = stage.session(2);
    stage.follows(&second);
    let (brook, ada) = (stage.world.user("brook"), stage.ada.clone());
    stage.world.follow(stage.now, &brook, &ada);
    let [orphan, heard] = stage.world.events() else { panic!("two subscriptions") };
    assert_eq!((&orphan.peers[..], &heard.peers[..]), (&[PeerId(1)][..], &[PeerId(2)][..]));
    assert_ne!(orphan.message_id, heard.message_id);
    assert_eq!(orphan.happening, heard.happening);
    stage.pass_and(21.0, false);
    assert_eq!(stage.world.enabled(CLIENT, Some(&ada)).len(), 1);
}
