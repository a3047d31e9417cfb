//! What the tests of every category share: a request as Twitch would see it, and an answer as Twitch would write it.

use crate::helix::{Answer, CallError, Endpoint, Shape, Value};
use http::{HeaderMap, StatusCode};
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

/// What the caller gets for an answer.
pub(crate) fn decode<E: Endpoint>(body: Json) -> Value<E> {
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
