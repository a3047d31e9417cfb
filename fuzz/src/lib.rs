//! What each fuzz target does with its input. Plain functions: cargo-fuzz calls them with what it invents, the test in
//! `tests/` with what is kept in `corpus/`.

mod helix;

pub use helix::helix;

use bytes::Bytes;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use twitchwire::auth::wire;
use twitchwire::eventsub::Event;
use twitchwire::eventsub::frame::{Frame, Message, Reader, Session};
use twitchwire_sim::schedule;

mod notification;
mod webhook;

pub use notification::notification;
pub use webhook::webhook;

/// Any bytes as a frame: no panic; what is read is the same when it is written and read again; and wherever the bytes
/// are JSON without a repeated key, the envelope says the same as a plain reading of it.
pub fn frame(data: &[u8]) {
    let bytes = Bytes::copy_from_slice(data);
    let Ok(frame) = Reader::default().read(&bytes) else { return };
    if let Some(written) = write(&frame) {
        let again = Reader::default().read(&written.into()).expect("what was written is read");
        assert_eq!(format!("{again:?}"), format!("{frame:?}"));
    }
    // The usual notification is not looked at behind its subscription, so it may be no JSON at all.
    let Ok(plain) = serde_json::from_slice::<Value>(data) else { return };
    if repeats_a_key(data, &plain) {
        return;
    }
    assert_eq!(plain["metadata"]["message_id"], frame.id.as_str());
    let message_type = plain["metadata"]["message_type"].as_str().expect("a message has a type");
    match frame.message {
        Message::Notification { subscription, event } => {
            assert_eq!(message_type, "notification");
            assert_eq!(plain["payload"]["subscription"]["id"], subscription.id.as_str());
            assert_eq!(plain["payload"]["subscription"]["type"], subscription.topic.as_str());
            let payload = &plain["payload"];
            let expected = payload.get("event").or_else(|| payload.get("events"));
            if let Ok(event) = serde_json::from_slice::<Value>(&event) {
                assert_eq!(expected, Some(&event));
            }
        }
        Message::Welcome(session) => {
            assert_eq!(message_type, "session_welcome");
            assert_eq!(plain["payload"]["session"]["id"], session.id.as_str());
        }
        Message::Unknown { payload, .. } => {
            assert_eq!(serde_json::from_slice::<Value>(&payload).ok().as_ref(), plain.get("payload"));
        }
        _ => {}
    }
}

/// The frame as Twitch would write it; none for one whose event is no JSON.
fn write(frame: &Frame) -> Option<String> {
    let (message_type, payload) = match &frame.message {
        Message::Welcome(Session { id, keepalive }) => {
            let keepalive = keepalive.map(|keepalive| keepalive.as_secs());
            let session = json!({"id": id, "keepalive_timeout_seconds": keepalive});
            ("session_welcome", json!({"session": session}).to_string())
        }
        Message::Keepalive => ("session_keepalive", "{}".to_owned()),
        Message::Reconnect(url) => {
            let session = json!({"reconnect_url": url.expose().as_str()});
            ("session_reconnect", json!({"session": session}).to_string())
        }
        Message::Notification { subscription, event } => {
            let event: &RawValue = serde_json::from_slice(event).ok()?;
            let subscription = serde_json::to_string(&**subscription).expect("a subscription is JSON");
            ("notification", format!(r#"{{"subscription":{subscription},"event":{event}}}"#))
        }
        Message::Revocation(subscription) => {
            ("revocation", json!({"subscription": subscription}).to_string())
        }
        Message::Unknown { message_type, payload } => {
            (message_type.as_str(), String::from_utf8(payload.to_vec()).expect("JSON is text"))
        }
        _ => return None,
    };
    let metadata = json!({
        "message_id": frame.id, "message_type": message_type, "message_timestamp": frame.timestamp.to_string(),
    });
    Some(format!(r#"{{"metadata":{metadata},"payload":{payload}}}"#))
}

/// Whether an object has a key twice, which JSON allows and readers settle differently: then the text is longer than
/// what is left of it.
fn repeats_a_key(data: &[u8], plain: &Value) -> bool {
    fn keys(value: &Value) -> usize {
        match value {
            Value::Object(fields) => fields.len() + fields.values().map(keys).sum::<usize>(),
            Value::Array(items) => items.iter().map(keys).sum(),
            _ => 0,
        }
    }
    // Outside of strings, every key is followed by one colon.
    let (mut colons, mut in_string, mut escaped) = (0, false, false);
    for byte in data {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b':' if !in_string => colons += 1,
            _ => {}
        }
    }
    colons != keys(plain)
}

/// Any bytes as an event of some topic: the first byte picks the topic. No panic, and what is read can be written.
pub fn event(data: &[u8]) {
    let Some((pick, rest)) = data.split_first() else { return };
    let meta = Event::TOPICS[usize::from(*pick) % Event::TOPICS.len()];
    let envelope = format!(
        r#"{{"metadata":{{"message_id":"m","message_type":"notification","message_timestamp":"2026-01-01T00:00:00Z"}},"payload":{{"subscription":{{"id":"s","status":"enabled","type":"{}","version":"{}","cost":0,"condition":{{}},"transport":{{"method":"websocket","session_id":"t"}},"created_at":"2026-01-01T00:00:00Z"}},"event":"#,
        meta.name, meta.version
    );
    let mut bytes = envelope.into_bytes();
    bytes.extend_from_slice(rest);
    bytes.extend_from_slice(b"}}");
    frame(&bytes);
    if let Ok(Frame { message: Message::Notification { subscription, event }, .. }) =
        Reader::default().read(&Bytes::from(bytes))
    {
        let _ = Event::read(&subscription.topic, &subscription.version, &event);
    }
}

/// Any bytes as an answer of the OAuth service: no panic, and no secret in what is printed of it.
pub fn oauth(data: &[u8]) {
    let Some((status, body)) = data.split_first() else { return };
    let status = [200, 400, 401, 403, 429, 500][usize::from(*status) % 6];
    let Ok(response) = http::Response::builder().status(status).body(Bytes::copy_from_slice(body)) else {
        return;
    };
    if let wire::Said::Yes(tokens) = wire::read::<wire::Tokens>(&response) {
        let access = serde_json::from_slice::<Value>(body)
            .ok()
            .and_then(|v| Some(v["access_token"].as_str()?.to_owned()));
        if let Some(access) = access.filter(|access| access.len() > 16) {
            assert!(!format!("{tokens:?}").contains(&access));
        }
    }
    let _ = wire::read::<wire::Validation>(&response);
    let _ = wire::read::<wire::DeviceCode>(&response);
}

/// Any bytes as the seed of a whole schedule.
pub fn schedule(data: &[u8]) {
    let mut seed = [0; 8];
    let length = data.len().min(8);
    seed[..length].copy_from_slice(&data[..length]);
    if let Err(failed) = schedule::run(u64::from_le_bytes(seed)) {
        panic!("{failed}");
    }
}
