//! The sessions of EventSub's sockets: welcomes, keepalives, handovers, and how they end.

use std::time::Duration;

use twitchwire_sim::world::{Rule, Which};
use twitchwire_sim::{Heard, PeerId, Said, WorldOutput};

use crate::stage::{CLIENT, Stage, closed, reconnect_url, types};

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
    assert_eq!(stage.rules(), [], "it may be about to go away");
    stage.pass(10.1);
    assert_eq!(stage.rules(), [Rule::OldSocketClosedFirst]);
}

#[test]
fn a_client_that_goes_away_while_it_moves_closes_its_sockets_in_any_order() {
    let mut stage = Stage::new();
    let session = stage.session(1);
    stage.follows(&session);
    stage.world.reconnect(stage.now, &Which::All);
    let url = reconnect_url(&stage.messages(1)[0]);
    stage.open(2, &url);
    stage.say(1, Said::Close);
    stage.say(2, Said::Close);
    stage.pass(10.1);
    assert_eq!(stage.rules(), []);
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
