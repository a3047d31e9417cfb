//! Stories: scenes and scripts.

use std::time::Duration;

use serde_json::json;
use twitchwire::Time;
use twitchwire_sim::world::{Action, Deed, GoalKind, Script, Show, Start, Tier};
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

#[test]
fn a_script_holds_whatever_viewers_and_broadcasters_do() {
    let mut stage = Stage::new();
    let second = Duration::from_secs;
    let mut script = Script::new();
    let goal = Show::Goal(GoalKind::NewSubscriptions, 2, "Two".to_owned());
    let outcomes = ["Left", "Right"].map(str::to_owned).to_vec();
    script.at(second(1)).user("ada").shows(goal);
    script.at(second(2)).user("brook").does("ada", Deed::Gift(vec!["cleo".to_owned()], Tier::One));
    script.at(second(3)).user("ada").shows(Show::Prediction("Where?".to_owned(), outcomes, second(60)));
    script.at(second(4)).user("brook").does("ada", Deed::Predict("Left".to_owned(), 10));
    script.at(second(5)).user("ada").shows(Show::EndPrediction(Some("Left".to_owned())));
    stage.world.script(Start::At(Time::ZERO), script);
    stage.pass(10.0);
    let at = |seconds: u64| {
        let happenings = stage.world.happenings().iter();
        let then = happenings.filter(|happening| happening.at.since_origin().as_secs() == seconds);
        then.map(|happening| happening.kind.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(at(1), ["channel.goal.begin"]);
    let gift = [
        "channel.subscription.gift",
        "channel.subscribe",
        "channel.chat.notification",
        "channel.goal.progress",
    ];
    assert_eq!(at(2), gift);
    assert_eq!(at(3), ["channel.prediction.begin"]);
    assert_eq!(at(4), ["channel.prediction.progress"]);
    assert_eq!(at(5), ["channel.prediction.end"]);
}

#[test]
fn what_cannot_happen_says_why() {
    let mut stage = Stage::new();
    let now = stage.now;
    let vote = Deed::Vote("Yes".to_owned());
    let vote = Action::Deed { who: "brook".to_owned(), channel: "ada".to_owned(), deed: vote };
    assert!(stage.world.act(now, vote).is_err());
    let poll = Show::Poll("Tea?".to_owned(), vec!["Yes".to_owned()], Duration::from_secs(60));
    let poll = Action::Show { channel: "ada".to_owned(), show: poll };
    assert_eq!(stage.world.act(now, poll), Err("The number of choices must be between 2 and 5".to_owned()));
    assert!(stage.world.happenings().is_empty());
}
