//! Comparing documents: what one loses against another, which fields it has, and what Twitch might make of it one day.

use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// The paths of what `documented` has and `here` does not have or has otherwise. Null, `""`, an empty list, an empty
/// object and an absent field are one.
pub(crate) fn lost(documented: &Json, here: &Json) -> Vec<String> {
    let mut found = vec![];
    walk(documented, Some(here), "", &mut found);
    found
}

fn is_none(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn walk(documented: &Json, here: Option<&Json>, path: &str, found: &mut Vec<String>) {
    if is_none(documented) {
        return;
    }
    match (documented, here) {
        // One operation writes its cursor bare.
        (Json::String(cursor), Some(here)) if path == "pagination" && here["cursor"] == **cursor => {}
        (Json::Object(fields), Some(Json::Object(here))) => {
            for (key, value) in fields {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(value, here.get(key), &path, found);
            }
        }
        (Json::Array(items), Some(Json::Array(here))) if items.len() == here.len() => {
            for (n, (value, here)) in items.iter().zip(here).enumerate() {
                walk(value, Some(here), &format!("{path}[{n}]"), found);
            }
        }
        (value, Some(here)) if same(value, here) => {}
        _ => found.push(path.into()),
    }
}

/// The same scalar, however it is written: Twitch writes a number as text here and there, and a time in seconds.
fn same(a: &Json, b: &Json) -> bool {
    let number = |value: &Json| match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    let seconds = |value: &Json| match value {
        Json::String(text) => time(text).map(|time| time.as_second() as f64),
        _ => number(value),
    };
    match (a, b) {
        (Json::String(a), Json::String(b)) => a == b || time(a).is_some_and(|a| Some(a) == time(b)),
        (Json::Number(_), _) | (_, Json::Number(_)) => {
            number(a).is_some_and(|a| Some(a) == number(b))
                || seconds(a).is_some_and(|a| Some(a) == seconds(b))
        }
        _ => a == b,
    }
}

fn time(text: &str) -> Option<jiff::Timestamp> {
    text.parse().ok()
}

/// Whether a field of this name holds a time.
pub(crate) fn is_time(key: &str) -> bool {
    ["_at", "_until", "_time", "expiration"].iter().any(|end| key.ends_with(end))
}

/// The paths of all fields of a document, `[]` for the items of a list.
pub(crate) fn paths(document: &Json) -> BTreeSet<String> {
    fn walk(value: &Json, path: &str, found: &mut BTreeSet<String>) {
        match value {
            Json::Object(fields) => {
                for (key, value) in fields {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    walk(value, &path, found);
                    found.insert(path);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| walk(item, &format!("{path}[]"), found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(document, "", &mut found);
    found
}

/// An answer, changed in one place.
pub(crate) struct Mutation {
    pub(crate) path: String,
    /// The field's name.
    pub(crate) key: String,
    /// Whether it is a list.
    pub(crate) list: bool,
    pub(crate) kind: &'static str,
    pub(crate) answer: Json,
}

/// Every change of one place that Twitch may make without notice: a string that is no time gets a value that nobody
/// knows, a field that is no id becomes null or goes away; and one answer in which every object has unknown fields.
pub(crate) fn mutations(answer: &Json) -> Vec<Mutation> {
    let mut places = vec![];
    collect(answer, String::new(), &mut places);
    let mut found = vec![];
    for pointer in places {
        let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", ""));
        let key = key.replace("~1", "/").replace("~0", "~");
        let list = answer.pointer(&pointer).is_some_and(Json::is_array);
        let mut add = |kind, answer| {
            found.push(Mutation { path: pointer.clone(), key: key.clone(), list, kind, answer })
        };
        let mut changed = answer.clone();
        if let Some(Json::String(text)) = changed.pointer_mut(&pointer)
            && !is_time(&key)
            && time(text).is_none()
        {
            *text = "zz_new".into();
            add("new value", changed);
        }
        let mut changed = answer.clone();
        if let Some(Json::Object(fields)) = changed.pointer_mut(parent)
            && !["id", "ids"].iter().any(|id| key.ends_with(id))
        {
            fields.remove(&key);
            add("absent", changed.clone());
            if let Some(Json::Object(fields)) = changed.pointer_mut(parent) {
                fields.insert(key.clone(), Json::Null);
            }
            add("null", changed);
        }
    }
    let mut changed = answer.clone();
    extend(&mut changed);
    found.push(Mutation {
        path: "/".into(),
        key: String::new(),
        list: false,
        kind: "unknown fields",
        answer: changed,
    });
    found
}

fn collect(value: &Json, pointer: String, places: &mut Vec<String>) {
    match value {
        Json::Object(fields) => {
            for (key, value) in fields {
                collect(value, format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Json::Array(items) => {
            for (n, value) in items.iter().enumerate() {
                collect(value, format!("{pointer}/{n}"), places);
            }
        }
        _ => {}
    }
    if !pointer.is_empty() {
        places.push(pointer);
    }
}

fn extend(value: &mut Json) {
    match value {
        Json::Object(fields) => {
            fields.values_mut().for_each(extend);
            fields.insert("zz_new".into(), json!({"zz": [1, {"new": null}]}));
        }
        Json::Array(items) => items.iter_mut().for_each(extend),
        _ => {}
    }
}

#[test]
fn a_loss_is_found_and_none_is_not_one() {
    let documented =
        json!({"a": {"b": [1, "x", null]}, "at": "2026-01-02T10:00:00.50Z", "gone": "", "pagination": "c"});
    let same =
        json!({"a": {"b": [1, "x", 7]}, "at": "2026-01-02T10:00:00.5Z", "pagination": {"cursor": "c"}});
    assert_eq!(lost(&documented, &same), Vec::<String>::new());
    let other = json!({"a": {"b": [1, "y", null]}, "at": "2026-01-02T10:00:01Z", "pagination": {}});
    assert_eq!(lost(&documented, &other), ["a.b[1]", "at", "pagination"]);
    assert_eq!(lost(&documented, &json!({"a": {"b": []}})), ["a.b", "at", "pagination"]);
}

#[test]
fn an_answer_changes_in_each_place() {
    let answer = json!({"data": [{"id": "1", "kind": "x", "ended_at": ""}]});
    let found: Vec<_> = mutations(&answer).into_iter().map(|m| format!("{} {}", m.kind, m.path)).collect();
    let expected = [
        "absent /data/0/ended_at",
        "null /data/0/ended_at",
        "new value /data/0/id",
        "new value /data/0/kind",
        "absent /data/0/kind",
        "null /data/0/kind",
        "absent /data",
        "null /data",
        "unknown fields /",
    ];
    assert_eq!(found, expected);
}
