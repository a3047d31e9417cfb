//! Helix as this library has it, held against Twitch's own reference.
//!
//! [`operations`] lists what the library has, each operation with a sample request that sets every parameter;
//! [`reference`] reads what Twitch documents, from files that lie beside the workspace; [`compare`], which the library's own
//! fixtures share, finds what differs.
//! Where the files are missing, the tests say so and pass.
#![allow(clippy::print_stdout, reason = "the coverage table, and the word that a test skips")]

#[path = "../../../core/src/helix/api/fixture/compare.rs"]
mod compare;
mod exceptions;
mod methods;
mod operations;
mod reference;

use compare::{Mutation, lost, mutations, paths};
use operations::{Operation, operations};
use reference::{Documented, Reference};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use twitchwire::helix::{Accepts, CallError};

/// Where library and reference differ.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Gap {
    operation: String,
    what: String,
}

#[derive(Default)]
struct Gaps(Vec<Gap>);

impl Gaps {
    fn add(&mut self, operation: &str, what: impl Into<String>) {
        self.0.push(Gap { operation: operation.into(), what: what.into() });
    }

    fn differ<T: PartialEq + std::fmt::Debug>(&mut self, operation: &str, of: &str, here: T, documented: T) {
        if here != documented {
            self.add(operation, format!("{of}: here {here:?}, documented {documented:?}"));
        }
    }

    /// Fails on every gap that has no reason, and on every reason that has no gap.
    fn close(self, exceptions: &[(&str, &str, &str)]) {
        let excused = |gap: &Gap| {
            let of = |(operation, what, _): &&(&str, &str, &str)| {
                gap.operation == *operation && gap.what.contains(what)
            };
            exceptions.iter().any(|exception| of(&exception))
        };
        let gaps: BTreeSet<String> = (self.0.iter().filter(|gap| !excused(gap)))
            .map(|gap| format!("{}: {}", gap.operation, gap.what))
            .collect();
        let stale: Vec<_> = exceptions
            .iter()
            .filter(|(operation, what, _)| {
                !self.0.iter().any(|gap| gap.operation == *operation && gap.what.contains(what))
            })
            .collect();
        let list = gaps.iter().map(String::as_str).collect::<Vec<_>>().join("\n  ");
        assert!(gaps.is_empty(), "{} gaps:\n  {list}", gaps.len());
        assert!(stale.is_empty(), "exceptions without a gap: {stale:#?}");
    }
}

fn reference() -> Option<Reference> {
    let reference = Reference::read();
    if reference.is_none() {
        println!("skipped: Twitch's reference is not beside this workspace");
    }
    reference
}

fn by_id() -> BTreeMap<&'static str, Operation> {
    operations().into_iter().map(|operation| (operation.meta.operation, operation)).collect()
}

#[test]
fn every_documented_operation_is_here_and_sends_what_is_documented() {
    let Some(reference) = reference() else { return };
    let here = by_id();
    let mut gaps = Gaps::default();
    let mut table: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for documented in &reference.operations {
        let row = table.entry(&documented.tag).or_default();
        row.0 += 1;
        row.2 += documented.examples.len();
        let Some(operation) = here.get(documented.id.as_str()) else {
            if !exceptions::UNFINISHED.contains(&documented.tag.as_str()) {
                gaps.add(&documented.id, "is missing");
            }
            continue;
        };
        row.1 += 1;
        check_request(operation, documented, &mut gaps);
    }
    for (id, listed) in &reference.listed {
        let known = |documented: &Documented| documented.id == *id;
        let unfinished = exceptions::UNFINISHED.contains(&listed.tag.as_str());
        if !here.contains_key(id.as_str()) && !reference.operations.iter().any(known) && !unfinished {
            gaps.add(id, "is missing");
        }
    }
    for (id, operation) in &here {
        match reference.listed.get(*id) {
            Some(listed) => check_listed(operation, listed, &mut gaps),
            None if !reference.listed.is_empty() => gaps.add(id, "is not in the list of operations"),
            None => {}
        }
    }
    println!("{:<20}{:>12}{:>8}{:>10}", "category", "documented", "here", "answers");
    for (tag, (documented, here, examples)) in table {
        println!("{tag:<20}{documented:>12}{here:>8}{examples:>10}");
    }
    gaps.close(exceptions::REQUESTS);
}

fn check_request(operation: &Operation, documented: &Documented, gaps: &mut Gaps) {
    let id = documented.id.as_str();
    gaps.differ(id, "method", operation.meta.method.as_str(), &documented.method);
    gaps.differ(id, "path", operation.meta.path, &documented.path);
    let paging = |name: &&String| ["after", "before"].contains(&name.as_str());
    let query: BTreeSet<_> = documented.query.iter().filter(|name| !paging(name)).cloned().collect();
    each(&operation.query, &query, |what| gaps.add(id, format!("query: {what}")));
    gaps.differ(id, "after", operation.paged, documented.query.contains("after"));
    gaps.differ(id, "before", operation.meta.both_ways, documented.query.contains("before"));
    let body = operation.bodies.iter().flat_map(paths).collect();
    each(&body, &documented.body, |what| gaps.add(id, format!("body: {what}")));
}

fn each(here: &BTreeSet<String>, documented: &BTreeSet<String>, mut gap: impl FnMut(String)) {
    here.difference(documented).for_each(|name| gap(format!("{name} is not documented")));
    documented.difference(here).for_each(|name| gap(format!("{name} is missing")));
}

fn check_listed(operation: &Operation, listed: &reference::Listed, gaps: &mut Gaps) {
    let (id, meta) = (operation.meta.operation, operation.meta);
    gaps.differ(id, "method", meta.method.as_str(), &listed.method);
    gaps.differ(id, "path", meta.path, &listed.path);
    let token = match meta.accepts {
        Accepts::User => "user",
        Accepts::App => "app",
        Accepts::Any => "app+user",
        Accepts::Jwt => "extension JWT (role=external)",
        Accepts::Nothing => "none",
    };
    gaps.differ(id, "token", token, &listed.token);
    let groups = meta.scopes.0.iter().chain(meta.app_scopes.0).flat_map(|group| group.iter());
    let scopes = groups.chain(meta.optional).map(|scope| scope.as_str().to_owned()).collect();
    gaps.differ(id, "scopes", &scopes, &listed.scopes);
    if listed.any_of_scopes && meta.scopes.0.len() > 1 {
        gaps.add(id, "scopes: any of them is enough");
    }
    gaps.differ(id, "paged", operation.paged, listed.paged);
    gaps.differ(id, "largest page", meta.page, listed.largest_page);
}

/// The library's own tests read an answer of each operation with `decode`, which wants every field and changes each of them;
/// this only sees that no operation is left out.
#[test]
fn every_operation_that_answers_has_an_answer_written_for_this_project() {
    fn sources(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).expect("the library's sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, text);
            } else {
                text.push_str(&fs::read_to_string(path).expect("a source"));
            }
        }
    }
    let mut text = String::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../core/src/helix/api")), &mut text);
    let operations = operations();
    let missing: Vec<_> = operations
        .iter()
        .filter(|operation| operation.answers && !text.contains(&format!("decode::<{}>", operation.name)))
        .map(|operation| operation.name)
        .collect();
    assert_eq!(missing, <[&str; 0]>::default());
    assert_eq!(operations.len(), 147);
}

/// Each answer that Twitch documents: its examples, and two made up from the schema, with all fields and with the least.
fn answers<'a>(
    reference: &'a Reference,
    here: &'a BTreeMap<&str, Operation>,
) -> impl Iterator<Item = (&'a Documented, &'a Operation, &'a str, &'a Json)> {
    reference.operations.iter().flat_map(|documented| {
        let operation = here.get(documented.id.as_str());
        let answers = documented.examples.iter();
        answers.filter_map(move |(name, answer)| Some((documented, operation?, name.as_str(), answer)))
    })
}

#[test]
fn every_documented_answer_decodes_and_encodes_without_loss() {
    let Some(reference) = reference() else { return };
    let here = by_id();
    let mut gaps = Gaps::default();
    let mut read = 0;
    for (documented, operation, name, answer) in answers(&reference, &here) {
        read += 1;
        match operation.again(documented.status, answer) {
            Ok(again) => {
                for path in lost(answer, &again) {
                    gaps.add(&documented.id, format!("{name}: loses {path}"));
                }
            }
            Err(error) => gaps.add(&documented.id, format!("{name}: {error}")),
        }
    }
    println!("{read} answers read");
    gaps.close(exceptions::ANSWERS);
}

#[test]
fn an_answer_that_changes_is_read_or_names_the_field() {
    let Some(reference) = reference() else { return };
    let here = by_id();
    let mut gaps = Gaps::default();
    let (mut tried, mut refused) = (0, 0);
    for (documented, operation, name, answer) in answers(&reference, &here) {
        // What cannot be read as it stands is the other test's matter.
        let Ok(original) = operation.again(documented.status, answer) else { continue };
        let lost_anyway = lost(answer, &original);
        for Mutation { path, key, list, kind, answer } in mutations(answer) {
            tried += 1;
            let gap = format!("{name}: {kind} at {path}");
            match (operation.again(documented.status, &answer), kind) {
                (Ok(again), "new value") => {
                    if lost(&answer, &again) != lost_anyway {
                        gaps.add(&documented.id, format!("{gap} is not kept"));
                    }
                }
                (Ok(again), "unknown fields") => {
                    if again != original {
                        gaps.add(&documented.id, format!("{gap} changes the value"));
                    }
                }
                (Ok(_), _) => {}
                // A list may be empty, so its absence says just that; nothing stands for another field that is
                // documented as always there, unless the type says otherwise.
                (Err(CallError::Unreadable { why, .. }), "null" | "absent")
                    if why.contains(&format!("{key}`")) && (!list || key == "data") =>
                {
                    refused += 1;
                }
                (Err(error), _) => gaps.add(&documented.id, format!("{gap}: {error}")),
            }
        }
    }
    println!("{tried} changes tried, {refused} refused by name");
    gaps.close(compare::CHANGES);
}
