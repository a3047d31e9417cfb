//! Every event that the cases cause: as the library reads it, and as Twitch documents it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use twitchwire::eventsub::Event;

use super::cases;
use super::exceptions::EVENTS;
use super::stage::{By, CLIENT, Stage, call};

const TYPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/twitch/eventsub-types.json");

/// All that the cases and the people on the stage cause, by type and version.
fn happened() -> BTreeMap<(String, String), Vec<Value>> {
    let mut stages: Vec<Stage> = cases::all()
        .iter()
        .map(|case| {
            let mut stage = Stage::new();
            super::succeed(case, &mut stage);
            // What comes later, such as a raid, comes within this.
            stage.pass(Duration::from_secs(120));
            stage
        })
        .collect();
    stages.push(people());
    let mut happened: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for stage in stages {
        for happening in stage.world.happenings() {
            let key = (happening.kind.clone(), happening.version.clone());
            happened.entry(key).or_default().push(happening.event.clone());
        }
    }
    happened
}

/// A stage on which people have done what Helix has no operation for.
fn people() -> Stage {
    let mut stage = Stage::new();
    let [ada, cleo, dan] = ["ada", "cleo", "dan"].map(|login| stage.id(login));
    let warning = json!({"data": {"user_id": cleo, "reason": "Calm down"}});
    stage.done(&call("POST /moderation/warnings?broadcaster_id=@ada&moderator_id=@ada").body(warning));
    let (world, now) = (&mut stage.world, stage.now);
    world.acknowledge_warning(now, &cleo, &ada);
    world.share_chat(now, &[&ada, &dan]);
    world.join_shared_chat(now, &ada, &cleo);
    world.end_shared_chat(now, &ada);
    world.charity(now, &ada, "Forests", 100_000);
    world.stop_charity(now, &ada);
    world.offline(now, &ada);
    world.revoke(now, CLIENT, &cleo);
    // Of what users allow, those hear who have asked for it.
    cases::with_conduit(&mut stage);
    let body = json!({
        "type": "user.authorization.grant",
        "version": "1",
        "condition": {"client_id": CLIENT},
        "transport": {"method": "conduit", "conduit_id": "@conduit"},
    });
    stage.done(&call("POST /eventsub/subscriptions").by(By::App).body(body));
    stage.world.grant_token(stage.now, CLIENT, &cleo, &["user:read:chat"]);
    stage
}

#[test]
fn every_event_that_the_world_sends_is_read_whole() {
    let happened = happened();
    for ((kind, version), events) in &happened {
        for said in events {
            let event = Event::read(kind, version, &Bytes::from(said.to_string()));
            assert!(!matches!(event, Event::Unknown(_)), "{kind} {version}: {event:?}");
            let mut lost = BTreeSet::new();
            compare(said, &serde_json::to_value(&event).unwrap(), "", &mut lost);
            assert!(lost.is_empty(), "{kind} {version} loses {lost:?} of {said}");
        }
    }
}

#[test]
fn every_type_is_caused_by_a_case_or_by_what_people_do() {
    let happened = happened();
    for meta in Event::TOPICS {
        let kind = (meta.name.to_owned(), meta.version.to_owned());
        assert!(happened.contains_key(&kind), "{} {}", meta.name, meta.version);
    }
}

#[test]
fn events_have_the_documented_fields() {
    let Ok(types) = std::fs::read_to_string(TYPES) else {
        println!("skipped: there is no {TYPES}");
        return;
    };
    let types: Vec<Value> = serde_json::from_str(&types).unwrap();
    let mut differences = BTreeSet::new();
    for ((kind, version), events) in happened() {
        let examples = types.iter().filter(|said| said["type"] == *kind && said["version"] == *version);
        let examples = examples.flat_map(|said| said["payloads"].as_array().into_iter().flatten());
        let documented: BTreeSet<&String> = examples
            .filter_map(|payload| payload["event"].as_object())
            .flat_map(|event| event.keys())
            .collect();
        for said in events.iter().filter_map(Value::as_object).filter(|_| !documented.is_empty()) {
            let said: BTreeSet<&String> = said.keys().collect();
            differences
                .extend(documented.difference(&said).map(|name| format!("{kind} {version} lacks {name}")));
            differences
                .extend(said.difference(&documented).map(|name| format!("{kind} {version} adds {name}")));
        }
    }
    for (words, _) in EVENTS {
        assert!(differences.iter().any(|said| said.starts_with(words)), "{words}: no longer needed");
    }
    differences.retain(|said| !EVENTS.iter().any(|(words, _)| said.starts_with(words)));
    assert_eq!(differences, BTreeSet::new());
}

/// Names the places of `wire` that `ours` does not have. Null, `""` and the empty list say nothing.
fn compare(wire: &Value, ours: &Value, place: &str, lost: &mut BTreeSet<String>) {
    match (wire, ours) {
        (Value::Object(wire), Value::Object(ours)) => {
            for (name, value) in wire {
                // What is written in one way here and in another there; the library reads both.
                let known = match name.as_str() {
                    "decimal_place" => "decimal_places",
                    "Cheermote" => "cheermote",
                    name => name,
                };
                compare(value, ours.get(known).unwrap_or(&Value::Null), &format!("{place}/{name}"), lost);
            }
        }
        (Value::Array(wire), Value::Array(ours)) if wire.len() == ours.len() => {
            for (wire, ours) in wire.iter().zip(ours) {
                compare(wire, ours, &format!("{place}[]"), lost);
            }
        }
        _ => {
            let says_nothing = wire.is_null() || *wire == "" || *wire == json!([]);
            let time = |value: &Value| value.as_str()?.parse::<jiff::Timestamp>().ok();
            let same_time = time(wire).is_some() && time(wire) == time(ours);
            if !says_nothing && wire != ours && !same_time {
                lost.insert(place.to_owned());
            }
        }
    }
}
