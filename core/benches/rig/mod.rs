//! A client with a conduit of so many shards, all enabled, and the little of Twitch that it takes.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use std::time::Duration;
use twitchwire::auth::store::{MemoryStore, Store};
use twitchwire::eventsub::{ConduitConfig, ConduitSize, ShardChoice, ShardPart};
use twitchwire::{Client, Config, Input, Output, SocketId, Time};

pub(crate) struct Rig {
    pub client: Client,
    pub now: Time,
    pub sockets: Vec<SocketId>,
    messages: u64,
}

impl Rig {
    /// All shards of a conduit of this size, enabled.
    pub(crate) fn new(shards: u32) -> Self {
        let part = ShardPart::whole(shards).expect("a size that Twitch allows");
        let mut config = Config::new("client");
        config.client_secret = Some("secret".into());
        config.keepalive = 600;
        config.conduit = Some(ConduitConfig {
            shards: ShardChoice::Part { part, size: ConduitSize::Keep },
            opening_at_once: shards as usize,
            audit_shards_every: Duration::from_secs(1_000_000),
            audit_subscriptions_every: Duration::from_secs(1_000_000),
            ..ConduitConfig::default()
        });
        let client = Client::new(Time::ZERO, config);
        let mut rig = Rig { client, now: Time::ZERO, sockets: Vec::new(), messages: 0 };
        let store = MemoryStore::new();
        let wall = "2026-03-01T12:00:00Z".parse().expect("a timestamp");
        rig.client.handle(rig.now, Input::Wall(wall));
        loop {
            while let Some(output) = rig.client.poll_output() {
                match output {
                    Output::Store(id, op) => rig.client.handle(rig.now, Input::Stored(id, store.run(op))),
                    Output::Http { id, request, .. } => {
                        let response = answer(&request, shards);
                        rig.client.handle(rig.now, Input::Response(id, response));
                    }
                    Output::Connect { id, .. } => {
                        rig.sockets.push(id);
                        let session = format!("AgoQabcdefghijklmnopqrstuvwx{:010}", id.shard);
                        let session = json!({"session": {"id": session, "keepalive_timeout_seconds": 600}});
                        let welcome = rig.message("session_welcome", session);
                        rig.client.handle(rig.now, Input::Frame(id, welcome));
                    }
                    _ => {}
                }
            }
            if rig.client.conduit().is_some_and(|conduit| conduit.is_complete()) {
                return rig;
            }
            rig.now = rig.client.poll_timeout().expect("something to wait for");
            rig.client.handle(rig.now, Input::Timeout);
        }
    }

    fn message(&mut self, message_type: &str, payload: Value) -> Bytes {
        self.messages += 1;
        let metadata = json!({
            "message_id": format!("0d9e8f7a-6b5c-4d3e-8f2a-{:012x}", self.messages),
            "message_type": message_type,
            "message_timestamp": "2026-03-01T12:00:00.123456789Z",
        });
        json!({"metadata": metadata, "payload": payload}).to_string().into()
    }

    /// A keepalive for each of so many shards, spread over all of them.
    pub(crate) fn keepalives(&mut self, count: usize) -> Vec<Input> {
        let sockets = self.spread(count);
        sockets.into_iter().map(|id| Input::Frame(id, self.message("session_keepalive", json!({})))).collect()
    }

    /// An event for each of so many shards, spread over all of them.
    pub(crate) fn events(&mut self, count: usize) -> Vec<Input> {
        let sockets = self.spread(count);
        let event = |rig: &mut Self, id| {
            let payload = json!({
                "subscription": {
                    "id": "f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f", "status": "enabled", "type": "stream.online",
                    "version": "1", "cost": 0, "condition": {"broadcaster_user_id": "1001"},
                    "transport": {"method": "conduit", "conduit_id": "c1"},
                    "created_at": "2026-03-01T12:00:00.123456789Z",
                },
                "event": {"id": "1", "broadcaster_user_id": "1001", "type": "live"},
            });
            Input::Frame(id, rig.message("notification", payload))
        };
        sockets.into_iter().map(|id| event(self, id)).collect()
    }

    fn spread(&self, count: usize) -> Vec<SocketId> {
        // A stride that is prime to any number of shards here visits them all, never the next one next.
        (0..count).map(|n| self.sockets[n * 7919 % self.sockets.len()]).collect()
    }

    pub(crate) fn drain(&mut self) -> usize {
        std::iter::from_fn(|| self.client.poll_output()).count()
    }
}

fn answer(request: &Request<Bytes>, shards: u32) -> Response<Bytes> {
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let (status, answer) = match (request.method().as_str(), request.uri().path()) {
        ("POST", "/oauth2/token") => {
            (200, json!({"access_token": "token", "expires_in": 5_000_000, "token_type": "bearer"}))
        }
        ("GET", "/oauth2/validate") => (200, json!({"client_id": "client", "expires_in": 5_000_000})),
        ("GET", "/helix/eventsub/conduits") => (200, json!({"data": [{"id": "c1", "shard_count": shards}]})),
        ("PATCH", "/helix/eventsub/conduits/shards") => {
            let mut updated = body["shards"].clone();
            for shard in updated.as_array_mut().into_iter().flatten() {
                shard["status"] = json!("enabled");
            }
            (202, json!({"data": updated, "errors": []}))
        }
        ("POST", "/helix/eventsub/subscriptions") => {
            let mut made = body.clone();
            made["id"] = json!("f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f");
            made["status"] = json!("enabled");
            made["created_at"] = json!("2026-03-01T12:00:00Z");
            (202, json!({"data": [made], "total": 1}))
        }
        (method, path) => panic!("nobody expects {method} {path}"),
    };
    let body = Bytes::from(answer.to_string());
    Response::builder().status(status).body(body).expect("a response")
}
