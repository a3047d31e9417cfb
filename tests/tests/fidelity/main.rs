//! The world's Helix against Twitch's documentation: every live operation, asked so that it succeeds and so that it is refused.
//!
//! Each case starts on a fresh [`stage::Stage`], in virtual time. Its answer has a documented status and the documented fields,
//! all that are always there and none besides, each of its type; its refusals have documented statuses and the shape of Helix's
//! errors; and every event that it causes is one that the library reads whole.
//!
//! Reads `../shared` beside the workspace; where that is not there, the tests say so and pass.

#![allow(clippy::print_stdout, reason = "what is skipped is for whoever runs the tests")]

mod cases;
mod events;
mod exceptions;
mod schema;
mod stage;

use std::collections::{BTreeMap, BTreeSet};

use cases::{Case, Refusal};
use exceptions::{DIFFERENCES, NEVER_REFUSED};
use schema::{Held, Reference};
use stage::{Answered, By, Stage};

/// Documented or not, any operation may answer this: to a token that does not do.
const ALWAYS: u16 = 401;

#[test]
fn every_live_operation_is_answered_by_the_world() {
    let Some(reference) = Reference::read() else { return };
    let cases: BTreeSet<&str> = cases::all().iter().map(|case| case.operation).collect();
    for (name, operation) in &reference.operations {
        let mut stage = Stage::new();
        let answered = stage.send(&stage::call(format!("{} {}", operation.method, operation.path)));
        // A path that nobody knows is refused without words.
        let known = !(answered.status == 404 && answered.body["message"] == "");
        assert!(known, "{name} is not answered");
        match operation.withdrawn {
            true => assert_eq!(answered.status, 410, "{name}"),
            false => assert!(cases.contains(name.as_str()), "{name} has no case"),
        }
    }
    let unlisted = cases.iter().find(|name| !reference.operations.contains_key(**name));
    assert_eq!(unlisted, None, "not in the list of operations");
}

#[test]
fn answers_have_the_documented_shape() {
    let Some(reference) = Reference::read() else { return };
    let mut held: BTreeMap<&str, Held> = BTreeMap::new();
    for case in cases::all() {
        let answered = succeed(&case, &mut Stage::new());
        let name = case.operation;
        assert!(reference.operations[name].statuses.contains(&answered.status), "{name}: {answered:?}");
        let held = held.entry(name).or_default();
        match reference.success(name) {
            Some(schema) => schema.hold(&answered.body, held),
            None => assert!(answered.body.is_null(), "{name}: {answered:?}"),
        }
    }
    let mut differences = Vec::new();
    for (name, mut held) in held {
        if let Some(schema) = reference.success(name) {
            schema.hold_whole(&mut held);
        }
        differences.extend(held.differences.into_iter().map(|words| format!("{name}: {words}")));
    }
    let excuses = |exception: &(&str, &str, &str), words: &String| {
        words.starts_with(&format!("{}: ", exception.0)) && words.contains(exception.1)
    };
    for exception in DIFFERENCES {
        assert!(
            differences.iter().any(|words| excuses(exception, words)),
            "{exception:?} is no longer needed"
        );
    }
    differences.retain(|words| !DIFFERENCES.iter().any(|exception| excuses(exception, words)));
    assert_eq!(differences, [""; 0]);
}

#[test]
fn refusals_have_a_documented_status_and_the_shape_of_helix() {
    let Some(reference) = Reference::read() else { return };
    let mut refused: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    for case in cases::all() {
        let name = case.operation;
        let operation = &reference.operations[name];
        let mut refusals = case.refusals;
        for by in [Some(By::Nobody), without_scopes(case.call.by).filter(|_| operation.scoped)] {
            let Some(by) = by.filter(|_| case.call.by != By::Nobody) else { continue };
            let call = case.call.clone().by(by);
            refusals.push(Refusal { status: ALWAYS, before: case.before, call });
        }
        for refusal in refusals {
            let mut stage = Stage::new();
            (refusal.before)(&mut stage);
            let answered = stage.send(&refusal.call);
            let (status, line) = (refusal.status, &refusal.call.line);
            assert!(operation.statuses.contains(&status) || status == ALWAYS, "{name}: {status} {line}");
            assert_eq!(answered.status, status, "{name}: {line}: {}", answered.body);
            hold_error(name, &answered);
            refused.entry(name).or_default().insert(status);
        }
    }
    // Whoever documents a refusal besides those that all operations have is asked for one.
    let own: BTreeSet<u16> = [400, 403, 404, 409, 422].into();
    for (name, statuses) in refused {
        let documented = !reference.operations[name].statuses.is_disjoint(&own);
        let excused = NEVER_REFUSED.iter().any(|(operation, _)| *operation == name);
        assert_eq!(
            documented && !excused,
            !statuses.is_disjoint(&own),
            "{name} is refused with {statuses:?}"
        );
    }
}

/// The same user without any scope.
fn without_scopes(by: By) -> Option<By> {
    match by {
        By::User(login) => Some(By::Unscoped(login)),
        By::Unscoped(_) | By::App | By::Extension | By::Nobody => None,
    }
}

fn succeed(case: &Case, stage: &mut Stage) -> Answered {
    (case.before)(stage);
    let answered = stage.send(&case.call);
    assert!((200..300).contains(&answered.status), "{}: {answered:?}", case.operation);
    answered
}

/// Status, its name, and words.
fn hold_error(name: &str, answered: &Answered) {
    let body = answered.body.as_object().unwrap_or_else(|| panic!("{name}: {answered:?}"));
    assert_eq!(body["status"], answered.status, "{name}: {answered:?}");
    assert!(body["error"].as_str().is_some_and(|error| !error.is_empty()), "{name}: {answered:?}");
    assert!(body["message"].as_str().is_some_and(|words| !words.is_empty()), "{name}: {answered:?}");
}
