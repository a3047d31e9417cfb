//! How fast events are read, against what serde_json needs to skip the same bytes, and to read them as a `Value`.
//!
//! The floor is `IgnoredAny`: the frame is checked to be JSON and nothing is kept of it.

#![allow(clippy::disallowed_methods, reason = "a bench may read files")]

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::de::IgnoredAny;
use serde_json::Value;
use std::hint::black_box;
use twitchwire::eventsub::Event;
use twitchwire::eventsub::frame::{Message, Reader};

/// A frame as Twitch would send it: ids and the session as long as they are on the wire.
fn frame(topic: &str, version: &str, event: &str) -> Bytes {
    format!(
        concat!(
            r#"{{"metadata":{{"message_id":"0d9e8f7a-6b5c-4d3e-8f2a-1b0c9d8e7f6a","message_type":"notification","#,
            r#""message_timestamp":"2026-03-04T05:06:07.123456789Z","subscription_type":"{topic}","#,
            r#""subscription_version":"{version}"}},"payload":{{"subscription":{{"#,
            r#""id":"f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f","status":"enabled","type":"{topic}","version":"{version}","#,
            r#""condition":{{"broadcaster_user_id":"100100100","user_id":"200200200"}},"transport":{{"#,
            r#""method":"websocket","session_id":"AgoQabcdefghijklmnopqrstuvwxIGY2VsbC1h"}},"#,
            r#""created_at":"2026-03-04T05:00:00.987654321Z","cost":0}},"event":{event}}}}}"#,
        ),
        topic = topic,
        version = version,
        event = event,
    )
    .into()
}

/// A chat message that makes a frame of about 1.5 kB.
fn chat_message() -> Bytes {
    Bytes::from_static(include_bytes!("../fixtures/chat_message_frame.json"))
}

/// A frame of every type and version, from the fixtures of the tests.
fn every_type() -> Vec<Bytes> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/eventsub")).unwrap();
    let mut frames = Vec::new();
    for file in folder {
        let family: Vec<Value> =
            serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        for fixture in family.iter().filter(|fixture| fixture.get("case").is_none()) {
            let (topic, version) = (fixture["type"].as_str().unwrap(), fixture["version"].as_str().unwrap());
            frames.push(frame(topic, version, &fixture["event"].to_string()));
        }
    }
    assert_eq!(frames.len(), Event::TOPICS.len());
    frames
}

fn typed(reader: &mut Reader, frame: &Bytes) -> Event {
    let Message::Notification { subscription, event } = reader.read(frame).unwrap().message else {
        panic!("not a notification")
    };
    Event::read(&subscription.topic, &subscription.version, &event)
}

fn compare(c: &mut Criterion, name: &str, frames: &[Bytes]) {
    let mut reader = Reader::default();
    for frame in frames {
        assert!(!matches!(typed(&mut reader, frame), Event::Unknown(_)));
    }
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Bytes(frames.iter().map(|frame| frame.len() as u64).sum()));
    group.bench_function("floor", |b| {
        b.iter(|| {
            frames.iter().for_each(|frame| drop(black_box(serde_json::from_slice::<IgnoredAny>(frame))))
        });
    });
    group.bench_function("envelope", |b| {
        b.iter(|| frames.iter().for_each(|frame| drop(black_box(reader.read(frame)))));
    });
    group.bench_function("typed", |b| {
        b.iter(|| frames.iter().for_each(|frame| drop(black_box(typed(&mut reader, frame)))));
    });
    group.bench_function("value", |b| {
        b.iter(|| frames.iter().for_each(|frame| drop(black_box(serde_json::from_slice::<Value>(frame)))));
    });
    group.finish();
}

fn benches(c: &mut Criterion) {
    compare(c, "chat message", &[chat_message()]);
    compare(c, "every type", &every_type());
}

criterion_group!(all, benches);
criterion_main!(all);
