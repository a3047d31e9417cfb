//! What the tests of every category share: a request as Twitch would see it, and an answer as Twitch would write it.
//!
//! Each operation has one answer that says everything, read with [`decode`]; odd ones are read with [`decode_odd`].

mod compare;

use crate::helix::{Answer, CallError, Endpoint, Shape, Value};
use compare::{CHANGES, Mutation, lost, mutations, paths};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::Value as Json;

/// The query of a request that keeps Twitch's limits.
pub(crate) fn query<E: Endpoint>(request: &E) -> String {
    request.check().unwrap();
    request.query().unwrap()
}

/// The body of a request that keeps Twitch's limits; null where it has none.
pub(crate) fn body<E: Endpoint>(request: &E) -> Json {
    request.check().unwrap();
    request.body().unwrap().map_or(Json::Null, |body| serde_json::from_slice(&body).unwrap())
}

/// The words with which a request is refused before it is sent.
pub(crate) fn refused<E: Endpoint>(request: &E) -> String {
    request.check().unwrap_err().to_string()
}

/// What the caller gets for an answer that says everything: each field of the value is there, none is lost. And whatever
/// Twitch may make of it one day is read, or refused by the field's name.
pub(crate) fn decode<E: Endpoint>(body: Json) -> Value<E>
where
    Value<E>: Serialize,
{
    let operation = E::META.operation;
    let written = |value: &Value<E>| serde_json::to_value(value).unwrap();
    let value = decode_odd::<E>(body.clone());
    let original = written(&value);
    let said_so = said(&body, &original);
    assert_eq!(lost(said_so, &original), Vec::<String>::new(), "{operation} loses");
    assert_eq!(lost(&original, said_so), Vec::<String>::new(), "{operation} makes up");
    let told = paths(said_so);
    let untold: Vec<String> = paths(&original).into_iter().filter(|path| !told.contains(path)).collect();
    assert!(untold.iter().all(|path| path.starts_with("pagination")), "{operation} is not told {untold:?}");
    for Mutation { path, key, list, kind, answer } in mutations(&body) {
        let gap = match (self::answer::<E>(StatusCode::OK, answer.to_string()), kind) {
            (Ok(again), "new value")
                if !lost(said(&answer, &written(&again)), &written(&again)).is_empty() =>
            {
                format!("{kind} at {path} is not kept")
            }
            (Ok(again), "unknown fields") if written(&again) != original => {
                format!("{kind} at {path}: changes the value")
            }
            (Ok(_), _) => continue,
            (Err(CallError::Unreadable { why, .. }), "null" | "absent")
                if why.contains(&format!("{key}`")) && (!list || key == "data") =>
            {
                continue;
            }
            (Err(error), _) => format!("{kind} at {path}: {error}"),
        };
        let excused = CHANGES.iter().any(|(of, words, _)| *of == operation && gap.contains(words));
        assert!(excused, "{operation}: {gap}");
    }
    value
}

/// The part of an answer that the value comes from.
fn said<'a>(body: &'a Json, value: &Json) -> &'a Json {
    match &body["data"] {
        Json::Null => body,
        _ if value.get("data").is_some() => body,
        Json::Array(items) if !value.is_array() => items.first().unwrap_or(&Json::Null),
        data => data,
    }
}

/// What the caller gets for an answer that lacks this or that.
pub(crate) fn decode_odd<E: Endpoint>(body: Json) -> Value<E> {
    answer::<E>(StatusCode::OK, body.to_string()).unwrap()
}

/// What the caller gets for an answer with this status and text.
pub(crate) fn answer<E: Endpoint>(status: StatusCode, body: String) -> Result<Value<E>, CallError> {
    let operation = E::META.operation;
    E::Output::decode(&Answer { operation, status, headers: HeaderMap::new(), body: body.into() })
}

/// A time of day on 2026-01-02.
pub(crate) fn at(time: &str) -> jiff::Timestamp {
    format!("2026-01-02T{time}Z").parse().unwrap()
}
