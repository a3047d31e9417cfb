//! Every topic's fixtures, and what the tests of all families ask of them.
//!
//! The fixtures are `core/fixtures/eventsub/<family>.json`: the first of a type and version has every field, the
//! others, which have a `case`, are what the wire also does.

use super::*;
use crate::eventsub::{Condition, Drift};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::LazyLock;

mod automod;
mod bits;
mod channel;
mod channel_points;
mod charity;
mod chat;
mod chat_notification;
mod conduit;
mod drops;
mod extension;
mod goal;
mod guest_star;
mod hype_train;
mod moderate;
mod moderation;
mod poll;
mod prediction;
mod roles;
mod shared_chat;
mod stream;
mod subscriptions;
mod suspicious_user;
mod user;

const FAMILIES: &[&str] = &[
    include_str!("../../../fixtures/eventsub/automod.json"),
    include_str!("../../../fixtures/eventsub/bits.json"),
    include_str!("../../../fixtures/eventsub/channel.json"),
    include_str!("../../../fixtures/eventsub/channel_points.json"),
    include_str!("../../../fixtures/eventsub/charity.json"),
    include_str!("../../../fixtures/eventsub/chat.json"),
    include_str!("../../../fixtures/eventsub/chat_notification.json"),
    include_str!("../../../fixtures/eventsub/conduit.json"),
    include_str!("../../../fixtures/eventsub/drops.json"),
    include_str!("../../../fixtures/eventsub/extension.json"),
    include_str!("../../../fixtures/eventsub/goal.json"),
    include_str!("../../../fixtures/eventsub/guest_star.json"),
    include_str!("../../../fixtures/eventsub/hype_train.json"),
    include_str!("../../../fixtures/eventsub/moderate.json"),
    include_str!("../../../fixtures/eventsub/moderation.json"),
    include_str!("../../../fixtures/eventsub/poll.json"),
    include_str!("../../../fixtures/eventsub/prediction.json"),
    include_str!("../../../fixtures/eventsub/roles.json"),
    include_str!("../../../fixtures/eventsub/shared_chat.json"),
    include_str!("../../../fixtures/eventsub/stream.json"),
    include_str!("../../../fixtures/eventsub/subscriptions.json"),
    include_str!("../../../fixtures/eventsub/suspicious_user.json"),
    include_str!("../../../fixtures/eventsub/user.json"),
];

#[derive(serde::Deserialize)]
struct Fixture {
    #[serde(rename = "type")]
    topic: String,
    version: String,
    case: Option<String>,
    event: Value,
}

static FIXTURES: LazyLock<Vec<Fixture>> = LazyLock::new(|| {
    FAMILIES.iter().flat_map(|family| serde_json::from_str::<Vec<Fixture>>(family).unwrap()).collect()
});

fn fixture(topic: &str, version: &str, case: Option<&str>) -> Value {
    let found = FIXTURES.iter().find(|fixture| {
        fixture.topic == topic && fixture.version == version && fixture.case.as_deref() == case
    });
    found.unwrap_or_else(|| panic!("no fixture for {topic} {version} {case:?}")).event.clone()
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
    assert_eq!(readable::<T>(None), expected);
}

/// Reads one of the topic's fixtures, which is written back as it came.
fn readable<T: Topic>(case: Option<&str>) -> T::Event
where
    T::Event: Serialize,
{
    let event: T::Event = read(T::META.name, T::META.version, case);
    let wire = fixture(T::META.name, T::META.version, case);
    assert_eq!(without_none(&serde_json::to_value(&event).unwrap()), without_none(&wire));
    event
}

/// The topic's struct is this condition, and this user's token subscribes.
fn condition_is(topic: &impl Topic, condition: Value, owner: Option<&str>) {
    assert_eq!(serde_json::to_value(Condition::of(topic).unwrap()).unwrap(), condition);
    assert_eq!(topic.owner().map(UserId::as_str), owner);
}

/// The value without members that say nothing: null, `""` and the empty list.
fn without_none(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null() && *value != "" && value.as_array() != Some(&Vec::new()))
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
fn what_is_documented_is_no_drift() {
    for fixture in FIXTURES.iter().filter(|fixture| fixture.case.is_none()) {
        let raw = fixture.event.to_string().into();
        let drift = Drift::of(&fixture.topic, &fixture.version, &raw);
        assert_eq!(drift, [], "{} {}", fixture.topic, fixture.version);
    }
}

#[test]
fn every_new_member_and_value_is_drift() {
    let new_field: Change = |parent, _| {
        parent["zz_new"] = 1.into();
        true
    };
    for fixture in FIXTURES.iter().filter(|fixture| fixture.case.is_none()) {
        change_each(&fixture.event, new_field, &mut |place, event| {
            let raw = event.to_string().into();
            let drift = Drift::of(&fixture.topic, &fixture.version, &raw);
            assert_ne!(drift, [], "{} {}: {place}", fixture.topic, fixture.version);
        });
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

/// A change that Twitch might make to an event, at one place.
type Change = fn(&mut Value, &str) -> bool;

/// Applies a change at every member of every object, one at a time, and hands over the place and the result.
fn change_each(event: &Value, change: Change, seen: &mut impl FnMut(&str, &Value)) {
    let mut places = Vec::new();
    collect(event, "", &mut places);
    for place in places {
        let mut changed = event.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        let parent = changed.pointer_mut(parent).unwrap();
        if change(parent, name) {
            seen(&place, &changed);
        }
    }
}

fn collect(value: &Value, place: &str, places: &mut Vec<String>) {
    let children: Vec<_> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, value)| (i.to_string(), value)).collect(),
        _ => return,
    };
    for (name, child) in children {
        let place = format!("{place}/{name}");
        if value.is_object() {
            places.push(place.clone());
        }
        collect(child, &place, places);
    }
}

fn is_read(fixture: &Fixture, event: &Value) -> bool {
    let raw = event.to_string();
    !matches!(Event::read(&fixture.topic, &fixture.version, &raw.into()), Event::Unknown(_))
}

#[test]
fn new_values_and_new_fields_lose_no_event() {
    let new_value: Change = |parent, name| {
        let is_time = name.ends_with("_at");
        if let Some(value) = parent.get_mut(name).filter(|value| value.is_string() && !is_time) {
            *value = "zz_new".into();
            return true;
        }
        false
    };
    let new_field: Change = |parent, _| {
        parent["zz_new"] = serde_json::json!({"zz": [1, null, "new"]});
        true
    };
    for fixture in FIXTURES.iter().filter(|fixture| fixture.case.as_deref() != Some("quoted")) {
        for change in [new_value, new_field] {
            change_each(&fixture.event, change, &mut |place, event| {
                assert!(is_read(fixture, event), "{} {}: {place}", fixture.topic, fixture.version);
            });
        }
    }
}

/// Without these an event would not say what it is about: ids of what it names for certain, times, which nothing can
/// stand for, the tag of a union, and the objects that are the event itself.
fn is_required(topic: &str, place: &str) -> bool {
    let name = place.rsplit('/').next().unwrap();
    let is_id = name == "id" || name.ends_with("_id");
    let is_time = name.ends_with("_at");
    let is_the_event = match topic {
        "automod.message.hold" | "automod.message.update" => place == "/reason",
        "automod.settings.update" => place == "/data",
        "channel.bits.use" => place == "/type",
        "channel.chat.notification" => place == "/notice_type",
        "channel.channel_points_automatic_reward_redemption.add"
        | "channel.channel_points_custom_reward_redemption.add"
        | "channel.channel_points_custom_reward_redemption.update" => place == "/reward",
        "channel.custom_power_up_redemption.add" => place == "/custom_power_up",
        "channel.moderate" => place == "/action",
        "channel.suspicious_user.message" => place == "/message",
        "conduit.shard.disabled" => {
            ["/transport", "/transport/method", "/transport/callback"].contains(&place)
        }
        "drop.entitlement.grant" => name == "data",
        _ => false,
    };
    is_id || is_time || is_the_event
}

#[test]
fn a_field_that_is_null_or_left_out_loses_no_event() {
    let null: Change = |parent, name| {
        parent[name] = Value::Null;
        true
    };
    let left_out: Change = |parent, name| parent.as_object_mut().unwrap().remove(name).is_some();
    for fixture in FIXTURES.iter() {
        for change in [null, left_out] {
            change_each(&fixture.event, change, &mut |place, event| {
                let fine = is_required(&fixture.topic, place) || is_read(fixture, event);
                assert!(fine, "{} {}: {place}", fixture.topic, fixture.version);
            });
        }
    }
}
