//! The scopes of Twitch's list.

use std::collections::{BTreeMap, BTreeSet};
use twitchwire::auth::Scope;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/twitch/scopes.json");

#[test]
fn every_scope_of_twitchs_list_is_known_and_no_other() {
    let Ok(text) = std::fs::read_to_string(LIST) else {
        return eprintln!("skipped: {LIST} is not here");
    };
    let listed: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let listed: BTreeSet<&str> = listed.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = Scope::KNOWN.iter().map(Scope::as_str).collect();
    assert_eq!(known, listed);
    assert_eq!(known.len(), Scope::KNOWN.len());
}
