//! What the tests of the world start from: a clock, an app, and ada, who has logged in.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use twitchwire::Time;
use twitchwire_sim::world::Rule;
use twitchwire_sim::{Heard, PeerId, Said, World, WorldOutput};

pub(crate) const CLIENT: &str = "app1";
pub(crate) const SCOPES: [&str; 4] =
    ["user:read:chat", "moderator:read:followers", "user:write:chat", "moderator:manage:banned_users"];

/// A world with a clock, an app, and ada, who has logged in.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) now: Time,
    pub(crate) ada: String,
    pub(crate) token: String,
    pub(crate) refresh: String,
    /// What each socket heard and nobody has looked at yet.
    pub(crate) heard: Vec<WorldOutput>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Stage::of(Some("s3cret"))
    }

    pub(crate) fn of(secret: Option<&str>) -> Self {
        let mut world = World::new(1, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client(CLIENT, secret);
        let ada = world.user("ada");
        let (token, refresh) = world.grant_token(Time::ZERO, CLIENT, &ada, &SCOPES);
        Stage { world, now: Time::ZERO, ada, token, refresh, heard: Vec::new() }
    }

    pub(crate) fn send(&mut self, request: http::request::Builder, body: Vec<u8>) -> Response<Bytes> {
        let answer = self.world.request(self.now, &request.body(body.into()).unwrap());
        self.drain();
        answer
    }

    pub(crate) fn helix(&mut self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let token = self.token.clone();
        self.helix_as(&token, method, path, body)
    }

    pub(crate) fn helix_as(
        &mut self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://api.example/helix{path}"))
            .header("Client-Id", CLIENT)
            .header("Authorization", format!("Bearer {token}"));
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        read(&self.send(request, body))
    }

    pub(crate) fn form(&mut self, path: &str, form: &str) -> (u16, Value) {
        let request = Request::builder().method("POST").uri(format!("http://id.example/oauth2{path}"));
        read(&self.send(request, form.into()))
    }

    pub(crate) fn validate(&mut self, token: &str) -> (u16, Value) {
        let request =
            Request::builder().uri("/oauth2/validate").header("Authorization", format!("OAuth {token}"));
        read(&self.send(request, Vec::new()))
    }

    /// Lets time pass, timer by timer; pings are answered.
    pub(crate) fn pass(&mut self, seconds: f64) {
        self.pass_and(seconds, true);
    }

    pub(crate) fn pass_and(&mut self, seconds: f64, pong: bool) {
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

    pub(crate) fn drain(&mut self) -> Vec<WorldOutput> {
        let mut new = Vec::new();
        while let Some(output) = self.world.poll_output() {
            new.push(output);
        }
        self.heard.extend(new.iter().cloned());
        new
    }

    pub(crate) fn open(&mut self, peer: u64, url: &str) {
        assert_eq!(self.world.open(self.now, PeerId(peer), url), Ok(()));
        self.drain();
    }

    pub(crate) fn say(&mut self, peer: u64, said: Said) {
        self.world.said(self.now, PeerId(peer), said);
        self.drain();
    }

    /// What this socket heard since the last look, pings left out.
    pub(crate) fn hears(&mut self, peer: u64) -> Vec<Heard> {
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

    pub(crate) fn messages(&mut self, peer: u64) -> Vec<Value> {
        let text = |heard| match heard {
            Heard::Text(text) => serde_json::from_slice(&text).unwrap(),
            other => panic!("not a message: {other:?}"),
        };
        self.hears(peer).into_iter().map(text).collect()
    }

    /// Opens a socket and returns its session id.
    pub(crate) fn session(&mut self, peer: u64) -> String {
        self.open(peer, "wss://eventsub.example/ws");
        let welcome = self.messages(peer).remove(0);
        assert_eq!(welcome["metadata"]["message_type"], "session_welcome");
        welcome["payload"]["session"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn subscribe(
        &mut self,
        session: &str,
        kind: &str,
        version: &str,
        condition: Value,
    ) -> (u16, Value) {
        let transport = json!({"method": "websocket", "session_id": session});
        let body = json!({"type": kind, "version": version, "condition": condition, "transport": transport});
        self.helix("POST", "/eventsub/subscriptions", Some(body))
    }

    /// Subscribes to ada's followers; returns the subscription's id.
    pub(crate) fn follows(&mut self, session: &str) -> String {
        let condition = json!({"broadcaster_user_id": self.ada, "moderator_user_id": self.ada});
        let (status, made) = self.subscribe(session, "channel.follow", "2", condition);
        assert_eq!(status, 202, "{made}");
        made["data"][0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn rules(&self) -> Vec<Rule> {
        self.world.violations().iter().map(|violation| violation.rule).collect()
    }
}

pub(crate) fn read(answer: &Response<Bytes>) -> (u16, Value) {
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or(Value::Null))
}

pub(crate) fn types(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["metadata"]["message_type"].as_str().unwrap()).collect()
}

pub(crate) fn closed(code: u16, reason: &str) -> Vec<Heard> {
    vec![Heard::Close(code, reason.into())]
}

pub(crate) fn reconnect_url(message: &Value) -> String {
    assert_eq!(message["metadata"]["message_type"], "session_reconnect");
    message["payload"]["session"]["reconnect_url"].as_str().unwrap().to_owned()
}
