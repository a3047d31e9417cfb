//! Events as Twitch might one day write them: the fixtures, changed here and there.

use bytes::Bytes;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::LazyLock;
use twitchwire::eventsub::Event;

struct Fixture {
    topic: String,
    version: String,
    event: Value,
}

static FIXTURES: LazyLock<Vec<Fixture>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/fixtures/eventsub");
    let files = std::fs::read_dir(folder).expect("fixtures");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    let families = paths.iter().map(|path| std::fs::read(path).expect("a fixture"));
    let fixtures = families
        .flat_map(|family| serde_json::from_slice::<Vec<Value>>(&family).expect("a list of fixtures"));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let fixture = |fixture: Value| Fixture {
        topic: text(&fixture["type"]),
        version: text(&fixture["version"]),
        event: fixture["event"].clone(),
    };
    fixtures.map(fixture).collect()
});

/// A fixture, picked by the first two bytes, with a change for each three bytes that follow: no panic, an event's type
/// never loses what its raw JSON says, and what is read is the same when it is written and read again.
pub fn notification(data: &[u8]) {
    let [high, low, changes @ ..] = data else { return };
    let fixture = &FIXTURES[usize::from(u16::from_be_bytes([*high, *low])) % FIXTURES.len()];
    let mut event = fixture.event.clone();
    for change in changes.chunks_exact(3).take(32) {
        let [place, what, with] = *change else { return };
        let mut places = Vec::new();
        collect(&event, "", &mut places);
        let Some(place) = places.get(usize::from(place) * places.len() / 256) else { break };
        alter(&mut event, place, what, with);
    }
    let read = |event: &Value| Event::read(&fixture.topic, &fixture.version, &event.to_string().into());
    let first = read(&event);
    let written = serde_json::to_value(&first).expect("an event is JSON");
    match &first {
        Event::Unknown(unknown) => {
            assert!(unknown.why.is_some(), "the topic is known");
            assert_eq!(written, event);
        }
        _ => assert_eq!(read(&written), first, "{event}"),
    }
    let drift =
        twitchwire::eventsub::Drift::of(&fixture.topic, &fixture.version, &Bytes::from(event.to_string()));
    assert!(drift.len() <= event.to_string().len());
}

/// The places of all members and items.
fn collect(value: &Value, place: &str, places: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => return,
    };
    for (name, child) in children {
        let place = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
        places.push(place.clone());
        collect(child, &place, places);
    }
}

fn alter(event: &mut Value, place: &str, what: u8, with: u8) {
    let (parent, name) = place.rsplit_once('/').expect("a place has a parent");
    match what % 4 {
        0 => {
            if let Some(members) = event.pointer_mut(parent).and_then(Value::as_object_mut) {
                members.remove(name);
            }
        }
        1 => {
            if let Some(members) = event.pointer_mut(parent).and_then(Value::as_object_mut) {
                members.insert(format!("new_{with}"), json!({"with": with}));
            }
        }
        2 => {
            if let Some(Value::Array(items)) = event.pointer_mut(parent)
                && let Some(first) = items.first().cloned()
            {
                items.push(first);
            }
        }
        _ => {
            if let Some(value) = event.pointer_mut(place) {
                *value = match with % 10 {
                    0 => Value::Null,
                    1 => "".into(),
                    2 => "new".into(),
                    3 => "A \"b\" \\ \u{1F600}".into(),
                    4 => 0.into(),
                    5 => i64::MIN.into(),
                    6 => 1.5.into(),
                    7 => json!([]),
                    8 => json!({}),
                    _ => (!value.as_bool().unwrap_or_default()).into(),
                };
            }
        }
    }
}
