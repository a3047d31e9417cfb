//! Every topic's fixtures, and what the tests of all families ask of them.
//!
//! The fixtures are `core/fixtures/eventsub/<family>.json`: the first of a type and version has every field, the
//! others, which have a `case`, are what the wire also does.

use super::*;
use crate::eventsub::Condition;
use jiff::Timestamp;
use serde_json::Value;

mod channel;
mod charity;
mod goal;
mod hype_train;
mod poll;
mod prediction;
mod stream;

const FAMILIES: &[&str] = &[
    include_str!("../../../fixtures/eventsub/channel.json"),
    include_str!("../../../fixtures/eventsub/charity.json"),
    include_str!("../../../fixtures/eventsub/goal.json"),
    include_str!("../../../fixtures/eventsub/hype_train.json"),
    include_str!("../../../fixtures/eventsub/poll.json"),
    include_str!("../../../fixtures/eventsub/prediction.json"),
    include_str!("../../../fixtures/eventsub/stream.json"),
];

#[derive(serde::Deserialize)]
struct Fixture {
    #[serde(rename = "type")]
    topic: String,
    version: String,
    case: Option<String>,
    event: Value,
}

fn fixtures() -> Vec<Fixture> {
    FAMILIES.iter().flat_map(|family| serde_json::from_str::<Vec<Fixture>>(family).unwrap()).collect()
}

fn fixture(topic: &str, version: &str, case: Option<&str>) -> Value {
    let found = fixtures().into_iter().find(|fixture| {
        fixture.topic == topic && fixture.version == version && fixture.case.as_deref() == case
    });
    found.unwrap_or_else(|| panic!("no fixture for {topic} {version} {case:?}")).event
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

/// Reads a fixture from its bytes.
fn read<T: DeserializeOwned>(topic: &str, version: &str, case: Option<&str>) -> T {
    serde_json::from_str(&fixture(topic, version, case).to_string()).unwrap()
}

/// The topic's fixture is read to the field, and written back as it came.
fn reads_as<T: Topic>(expected: T::Event)
where
    T::Event: Serialize + PartialEq + std::fmt::Debug,
{
    reads_case_as::<T>(None, expected);
}

/// One of the topic's fixtures is read to the field, and written back as it came.
fn reads_case_as<T: Topic>(case: Option<&str>, expected: T::Event)
where
    T::Event: Serialize + PartialEq + std::fmt::Debug,
{
    let event: T::Event = read(T::META.name, T::META.version, case);
    assert_eq!(event, expected);
    let wire = fixture(T::META.name, T::META.version, case);
    assert_eq!(without_none(&serde_json::to_value(&event).unwrap()), without_none(&wire));
}

/// The topic's struct is this condition, and this user's token subscribes.
fn condition_is(topic: &impl Topic, condition: Value, owner: Option<&str>) {
    assert_eq!(serde_json::to_value(Condition::of(topic).unwrap()).unwrap(), condition);
    assert_eq!(topic.owner().map(UserId::as_str), owner);
}

/// The value without members that say nothing: null and `""`.
fn without_none(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null() && *value != "")
            .map(|(name, value)| (name.clone(), without_none(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_none).collect(),
        other => other.clone(),
    }
}

#[test]
fn every_topic_has_a_fixture_that_is_read_as_its_event() {
    for meta in Event::TOPICS {
        let raw = fixture(meta.name, meta.version, None).to_string();
        let event = Event::read(meta.name, meta.version, &raw.into());
        assert!(!matches!(event, Event::Unknown(_)), "{event:?}");
    }
}

#[test]
fn an_event_is_two_words() {
    assert_eq!(size_of::<Event>(), 2 * size_of::<usize>());
}

#[test]
fn an_event_that_does_not_decode_still_arrives_with_the_reason() {
    let raw = bytes::Bytes::from_static(b"{\"viewers\":\"many\"}");
    let Event::Unknown(unknown) = Event::read("channel.raid", "1", &raw) else { panic!("decoded") };
    assert_eq!(unknown.raw, raw);
    assert!(unknown.why.is_some());
    let Event::Unknown(unknown) = Event::read("moon.phase", "1", &raw) else { panic!("decoded") };
    assert_eq!(unknown.why, None);
}
