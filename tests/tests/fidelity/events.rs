//! Every event that the cases cause, as the library reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use twitchwire::eventsub::Event;

use super::cases;
use super::stage::Stage;

#[test]
fn every_event_that_the_world_sends_is_read_whole() {
    let mut happened: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for case in cases::all() {
        let mut stage = Stage::new();
        super::succeed(&case, &mut stage);
        // What comes later, such as a raid, comes within this.
        stage.pass(Duration::from_secs(120));
        for happening in stage.world.happenings() {
            let key = (happening.kind.clone(), happening.version.clone());
            happened.entry(key).or_default().push(happening.event.clone());
        }
    }
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

/// Names the places of `wire` that `ours` does not have. Null, `""` and the empty list say nothing.
fn compare(wire: &Value, ours: &Value, place: &str, lost: &mut BTreeSet<String>) {
    match (wire, ours) {
        (Value::Object(wire), Value::Object(ours)) => {
            for (name, value) in wire {
                // Notices write the singular where everything else writes the plural; the library reads both.
                let known = if name == "decimal_place" { "decimal_places" } else { name };
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
