//! Recordings of an adapter's run.

use super::{follows, is_gap, users};
use crate::adapter::{Adapter, Setup};
use crate::stage::{CLIENT, SECRET, Stage, notice};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};
use twitchwire::eventsub::WebhookSecret;
use twitchwire::helix::api::GetUsers;
use twitchwire::record::replay;
use twitchwire::{As, Callback, Config};
use twitchwire_sim::world::Which;

const WEBHOOK: &str = "the-webhooks-own-s3cret";

pub(crate) fn a_run_is_written_down_without_secrets_and_replays_to_the_same<A: Adapter>() {
    let stage = Stage::today();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let callback = Callback::new(format!("http://{free}").parse().unwrap());
    let hook = callback.eventsub_url().to_string();
    let settings = |config: &mut Config| config.webhook_secrets = vec![WebhookSecret::new(WEBHOOK).unwrap()];
    let setup = stage.setup_for_ada(&["moderator:read:followers"]);
    let (twitch, mut notices) =
        stage.started::<A>(Setup { callback: Some(callback), record: Some(file.clone()), settings, ..setup });
    assert_eq!(A::serve(&twitch, free), free);

    let own = A::call(&twitch, As::User(stage.ada.clone()), &GetUsers::own()).unwrap();
    assert_eq!(own[0].id, stage.ada);
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.follow("brook");
    stage.server.with(|world, now| world.drop_sockets(now, &Which::All));
    notice::<A, _>(&mut notices, "the gap", is_gap);
    stage.follow("cleo");
    assert_eq!(users::<A>(&mut events, 2), ["brook", "cleo"]);
    // What comes to the callback is told to the client as well.
    listen_by_webhook(&stage, &hook);
    stage.until("the callback has proven itself", |world| world.enabled(CLIENT, None).len() == 1);
    let before = A::counts(&twitch).events;
    stage.server.with(|world, now| world.online(now, stage.ada.as_str()));
    let patience = Instant::now() + Duration::from_secs(20);
    while A::counts(&twitch).events == before {
        assert!(Instant::now() < patience, "the event never comes");
        std::thread::yield_now();
    }
    A::close(&twitch);
    stage.end();

    let recording = fs::read_to_string(&file).unwrap();
    assert_eq!(recording.matches("{\"visit\":{").count(), 2, "the challenge and the event");
    assert_eq!(replay(recording.lines()), Ok(recording.lines().count()));
    stage.server.with(|world, _| {
        for secret in world.secrets().chain([WEBHOOK]) {
            assert!(!recording.contains(secret), "{secret} is in the recording");
        }
    });
}

/// The app asks for ada's stream at this callback.
fn listen_by_webhook(stage: &Stage, hook: &str) {
    let send = |request: http::request::Builder, body: String| {
        let request: Request<Bytes> = request.body(body.into()).unwrap();
        let answer = stage.server.with(|world, now| world.request(now, &request));
        assert!(answer.status().is_success(), "{answer:?}");
        serde_json::from_slice::<Value>(answer.body()).unwrap()
    };
    let form = format!("client_id={CLIENT}&client_secret={SECRET}&grant_type=client_credentials");
    let token = send(Request::post("/oauth2/token"), form)["access_token"].as_str().unwrap().to_owned();
    let body = json!({
        "type": "stream.online",
        "version": "1",
        "condition": {"broadcaster_user_id": stage.ada},
        "transport": {"method": "webhook", "callback": hook, "secret": WEBHOOK},
    });
    let request = Request::post("/helix/eventsub/subscriptions").header("Client-Id", CLIENT);
    send(request.header("Authorization", format!("Bearer {token}")), body.to_string());
}
