//! Stories: scenes and scripts.

use std::time::Duration;

use serde_json::json;
use twitchwire::Time;
use twitchwire_sim::world::{Script, Start};
use twitchwire_sim::{Heard, WorldOutput, scene};

use crate::stage::Stage;

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
    let mut script = Script::new();
    script.at(Duration::from_secs(2)).user("ada").goes_live();
    script.at(Duration::from_secs(5)).user("ada").goes_offline();
    stage.world.script(Start::At(Time::from_origin(Duration::from_secs(1))), script);
    stage.pass(10.0);
    let times: Vec<_> = stage.world.happenings().iter().map(|h| h.at.since_origin().as_secs()).collect();
    assert_eq!(times, [3, 6]);
}

#[test]
fn somebody_is_named_by_login_or_by_id() {
    let mut stage = Stage::new();
    let (ada, brook) = (stage.ada.clone(), stage.world.user("brook"));
    stage.world.at(stage.now).user("brook").follows("ada").follows(&ada);
    stage.world.at(stage.now).user(&brook).follows("ada");
    let events = stage.world.happenings().iter().map(|happening| &happening.event);
    let who: Vec<_> = events.map(|event| (&event["user_id"], &event["broadcaster_user_id"])).collect();
    assert_eq!(who, [(&json!(brook), &json!(ada)); 3]);
}
