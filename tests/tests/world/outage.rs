//! Restarts of the server.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;
use twitchwire_sim::world::Which;
use twitchwire_sim::{Heard, PeerId, WorldOutput};

use crate::stage::{Stage, closed, reconnect_url, types};

const DOWN: Duration = Duration::from_secs(20);

#[test]
fn a_restart_drops_every_socket_and_lets_nobody_in_for_a_while() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    stage.session(2);
    stage.heard.clear();
    stage.world.restart(stage.now, DOWN);
    stage.drain();
    assert_eq!(stage.heard, [WorldOutput::Cut(PeerId(1)), WorldOutput::Cut(PeerId(2))]);
    assert_eq!(stage.world.open_sockets().count(), 0);

    stage.pass(19.0);
    let refused = stage.world.open(stage.now, PeerId(3), "/ws");
    assert_eq!(refused, Err(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(stage.helix("GET", "/users", None), (503, Value::Null));
    stage.pass(1.0);
    assert_eq!(stage.helix("GET", "/users", None).0, 200);
    stage.session(4);
}

#[test]
fn sessions_are_forgotten_and_their_subscriptions_still_count_for_a_while() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    stage.world.restart(stage.now, DOWN);
    stage.pass(20.0);
    let condition = serde_json::json!({"broadcaster_user_id": stage.ada});
    let (status, answer) = stage.subscribe(&session, "stream.online", "1", condition);
    let gone = "websocket transport session does not exist or has already disconnected";
    assert_eq!((status, answer["message"].as_str()), (400, Some(gone)));

    let listed = stage.helix("GET", "/eventsub/subscriptions", None).1;
    assert_eq!(listed["data"][0]["status"], "websocket_internal_error");
    // Three with the same condition may count.
    let again = stage.session(2);
    stage.follows(&again);
    let third = stage.session(3);
    stage.follows(&third);
    let fourth = stage.session(4);
    let condition = serde_json::json!({"broadcaster_user_id": stage.ada, "moderator_user_id": stage.ada});
    assert_eq!(stage.subscribe(&fourth, "channel.follow", "2", condition.clone()).0, 429);
    stage.pass(40.0);
    let fourth = stage.session(5);
    assert_eq!(stage.subscribe(&fourth, "channel.follow", "2", condition).0, 202);
}

#[test]
fn a_reconnect_url_of_before_leads_nowhere() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    stage.world.reconnect(stage.now, &Which::All);
    let url = reconnect_url(&stage.messages(1)[0]);
    stage.world.restart(stage.now, Duration::ZERO);
    stage.open(2, &url);
    assert_eq!(stage.hears(2), closed(4007, "invalid reconnect"));
    assert_eq!(stage.rules(), []);
}

#[test]
fn what_happens_after_it_is_heard_on_a_new_session() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    stage.world.restart(stage.now, Duration::ZERO);
    let session = stage.session(2);
    stage.follows(&session);
    let (brook, ada) = (stage.world.user("brook"), stage.ada.clone());
    stage.world.follow(stage.now, &brook, &ada);
    assert_eq!(types(&stage.messages(2)), ["notification"]);
    assert!(!stage.hears(1).iter().any(|heard| matches!(heard, Heard::Text(_))));
}
