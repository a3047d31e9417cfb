//! Faults: they come at their rate and from the seed, and nothing breaks the world itself.

use std::time::Duration;

use http::Request;
use serde_json::{Value, json};
use twitchwire::Time;
use twitchwire_sim::world::{Faults, Which};
use twitchwire_sim::{Heard, PeerId, Said, World};

use crate::stage::{CLIENT, SCOPES, Stage};

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
fn timestamps_may_have_fewer_digits() {
    let mut stage = Stage::new();
    stage.world.faults.short_stamps = 1.0;
    let session = stage.session(1);
    stage.follows(&session);
    let (brook, ada) = (stage.world.user("brook"), stage.ada.clone());
    for _ in 0..60 {
        stage.world.follow(stage.now, &brook, &ada);
    }
    let digits = |message: &Value| {
        let stamp = message["metadata"]["message_timestamp"].as_str().unwrap();
        assert_eq!(stamp.parse::<jiff::Timestamp>().unwrap(), "2026-03-01T12:00:00Z".parse().unwrap());
        stamp.split_once('.').map_or(0, |(_, rest)| rest.len() - 1)
    };
    let seen: std::collections::BTreeSet<usize> = stage.messages(1).iter().map(digits).collect();
    assert_eq!(seen, (0..9).collect());
}
