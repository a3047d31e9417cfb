//! Tokens in a file: kept, shared, never half written.

use secrecy::ExposeSecret;
use std::fs;
use std::path::PathBuf;
use std::thread;
use twitchwire::auth::TokenRecord;
use twitchwire::auth::store::{Revision, Store, StoreError, StoreOp, Stored};
use twitchwire_front::{FileStore, Unsaved};

/// A path in a folder that goes away with the test.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    (folder, path)
}

fn record(user: &str, access: &str) -> Box<TokenRecord> {
    Box::new(TokenRecord {
        user: user.into(),
        login: "ada".into(),
        access: access.into(),
        refresh: None,
        scopes: vec![],
        expires_at: None,
        refreshing: None,
    })
}

fn put(store: &impl Store, user: &str, expected: Option<u64>, access: &str) -> Result<Stored, StoreError> {
    let record = Some(record(user, access));
    store.run(StoreOp::Swap { user: user.into(), expected: expected.map(Revision), record })
}

fn loaded(store: &impl Store) -> Vec<(TokenRecord, Revision)> {
    match store.run(StoreOp::Load) {
        Ok(Stored::Loaded(records)) => records,
        other => panic!("not loaded: {other:?}"),
    }
}

#[test]
fn what_one_store_writes_another_reads() {
    let (_folder, path) = place();
    assert!(loaded(&FileStore::new(&path)).is_empty());
    assert!(!path.exists());
    put(&FileStore::new(&path), "1001", None, "one").unwrap();
    let records = loaded(&FileStore::new(&path));
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].0.access.expose_secret(), "one");
    let Err(StoreError::Conflict(Some(winner))) = put(&FileStore::new(&path), "1001", None, "two") else {
        panic!("no conflict");
    };
    assert_eq!(winner.1, Revision(1));
}

#[test]
fn of_many_swaps_at_once_one_wins() {
    let (_folder, path) = place();
    let won: usize = thread::scope(|scope| {
        let swaps: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| usize::from(put(&FileStore::new(&path), "1001", None, "one").is_ok())))
            .collect();
        swaps.into_iter().map(|swap| swap.join().unwrap()).sum()
    });
    assert_eq!(won, 1);
}

#[test]
fn a_damaged_file_is_named_and_never_written_over() {
    let (_folder, path) = place();
    let damaged = "{\"version\":1,\"rec";
    fs::write(&path, damaged).unwrap();
    let store = FileStore::new(&path);
    let Err(StoreError::Failed(words)) = put(&store, "1001", None, "one") else { panic!("written over") };
    assert!(words.contains(path.to_str().unwrap()), "{words}");
    assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
}

#[test]
fn a_damaged_file_that_is_loaded_is_kept_aside_and_the_next_load_finds_an_empty_store() {
    let (_folder, path) = place();
    let store = FileStore::new(&path);
    for (number, damaged) in [(1, "{"), (2, "[]")] {
        fs::write(&path, damaged).unwrap();
        let Err(StoreError::Failed(words)) = store.run(StoreOp::Load) else { panic!("loaded") };
        let aside = format!("{}.damaged-{number}", path.display());
        assert!(words.contains(&aside), "{words}");
        assert_eq!(fs::read_to_string(aside).unwrap(), damaged);
        assert!(loaded(&store).is_empty());
    }
}

#[test]
fn a_file_of_a_later_version_stays_where_it_is() {
    let (_folder, path) = place();
    fs::write(&path, r#"{"version":2,"records":{}}"#).unwrap();
    let Err(StoreError::Failed(words)) = FileStore::new(&path).run(StoreOp::Load) else { panic!("loaded") };
    assert!(words.contains("version 2"), "{words}");
    assert!(path.exists());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_tokens() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    put(&FileStore::new(&path), "1001", None, "one").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_is_not_to_be_saved_changes_no_file() {
    let (_folder, path) = place();
    put(&FileStore::new(&path), "1001", None, "one").unwrap();
    let before = fs::read(&path).unwrap();
    let unsaved = Unsaved::new(FileStore::new(&path));
    let held = loaded(&unsaved);
    assert_eq!(held[0].0.access.expose_secret(), "one");
    put(&unsaved, "1001", Some(held[0].1.0), "two").unwrap();
    put(&unsaved, "1002", None, "new").unwrap();
    let held: Vec<String> =
        loaded(&unsaved).iter().map(|(record, _)| record.access.expose_secret().to_owned()).collect();
    assert_eq!(held, ["two", "new"]);
    assert_eq!(fs::read(&path).unwrap(), before);
}
