//! Subscriptions: who may make them, how many, and what comes of them.

use serde_json::{Value, json};
use twitchwire_sim::PeerId;
use twitchwire_sim::world::{Route, Rule, Which};

use crate::stage::{CLIENT, SCOPES, Stage, reconnect_url, types};

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

#[test]
fn what_no_socket_carries_is_refused_on_one() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    for (kind, condition) in [
        ("user.authorization.grant", json!({"client_id": CLIENT})),
        ("user.authorization.revoke", json!({"client_id": CLIENT})),
        ("extension.bits_transaction.create", json!({"extension_client_id": CLIENT})),
    ] {
        assert_eq!(stage.subscribe(&session, kind, "1", condition).0, 400, "{kind}");
    }
}
