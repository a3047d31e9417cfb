//! The store that tokens live in: what the keeper asks of it, and [`Book`], the whole of a store but its bytes' place.
//!
//! A record changes only by a swap that names the revision it expects; who loses a swap is told the winner's record.
//! A driver answers each [`StoreOp`] with one [`Stored`] or [`StoreError`].

use super::TokenRecord;
use crate::id::UserId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts the changes of one user's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

/// What the keeper asks of a store.
#[derive(Clone, Debug)]
pub enum StoreOp {
    /// All records.
    Load,
    /// Replace a record, if it still has the expected revision.
    Swap {
        /// Whose record.
        user: UserId,
        /// The revision it must have; none if it must not exist.
        expected: Option<Revision>,
        /// The new record; none removes it.
        record: Option<Box<TokenRecord>>,
    },
}

/// What a store answers.
#[derive(Clone, Debug)]
pub enum Stored {
    /// All records.
    Loaded(Vec<(TokenRecord, Revision)>),
    /// The swap happened; the record has this revision now.
    Swapped(Revision),
}

/// Why a store did not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The record has another revision: somebody else's swap came first. It is this now.
    #[error("the stored token was changed by someone else")]
    Conflict(Option<Box<(TokenRecord, Revision)>>),
    /// The store cannot be used at present.
    #[error("the token store failed: {0}")]
    Failed(String),
}

/// Somewhere to keep tokens. Implementations may block; asynchronous drivers call them on a thread that may.
pub trait Store: Send + Sync {
    /// Carries out one operation. All clones, clients and processes that share a store must see each other's swaps.
    fn run(&self, op: StoreOp) -> Result<Stored, StoreError>;
}

/// A store's content: revisions and swaps, in memory. [`Book::from_json`] and [`Book::to_json`] are its form in a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Book {
    version: u32,
    records: BTreeMap<UserId, Entry>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    revision: Revision,
    /// None for a removed record, whose revision counts on.
    record: Option<TokenRecord>,
}

/// The form of the file this version writes.
const VERSION: u32 = 1;

/// Why a store's file cannot be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BookError {
    /// It is no such file, or not whole.
    #[error("the token file is damaged: {0}")]
    Damaged(String),
    /// A later version of this library has written it.
    #[error("the token file has version {0}, and this library reads up to {VERSION}: update the library")]
    Newer(u32),
}

impl Book {
    /// An empty store.
    pub fn new() -> Self {
        Book { version: VERSION, records: BTreeMap::new() }
    }

    /// Reads a store's file; an empty one is an empty store.
    pub fn from_json(bytes: &[u8]) -> Result<Self, BookError> {
        if bytes.is_empty() {
            return Ok(Book::new());
        }
        let book: Book =
            serde_json::from_slice(bytes).map_err(|error| BookError::Damaged(error.to_string()))?;
        if book.version > VERSION { Err(BookError::Newer(book.version)) } else { Ok(book) }
    }

    /// Writes a store's file. It holds secrets.
    pub fn to_json(&self) -> Result<Vec<u8>, StoreError> {
        serde_json::to_vec_pretty(self).map_err(|error| StoreError::Failed(error.to_string()))
    }

    /// Carries out one operation.
    pub fn run(&mut self, op: StoreOp) -> Result<Stored, StoreError> {
        match op {
            StoreOp::Load => Ok(Stored::Loaded(
                self.records
                    .values()
                    .filter_map(|entry| Some((entry.record.clone()?, entry.revision)))
                    .collect(),
            )),
            StoreOp::Swap { user, expected, record } => {
                let entry = self.records.get(&user);
                let held = entry.filter(|entry| entry.record.is_some()).map(|entry| entry.revision);
                if held != expected {
                    let winner =
                        entry.and_then(|entry| Some(Box::new((entry.record.clone()?, entry.revision))));
                    return Err(StoreError::Conflict(winner));
                }
                let revision = Revision(entry.map_or(0, |entry| entry.revision.0) + 1);
                self.records.insert(user, Entry { revision, record: record.map(|record| *record) });
                Ok(Stored::Swapped(revision))
            }
        }
    }
}

/// Tokens in memory: they last as long as the process. Clones share their content.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(std::sync::Arc<std::sync::Mutex<Book>>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn run(&self, op: StoreOp) -> Result<Stored, StoreError> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).run(op)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Login;

    fn record(access: &str) -> TokenRecord {
        TokenRecord {
            user: UserId::new("1"),
            login: Login::new("ada"),
            access: access.into(),
            refresh: None,
            scopes: vec![],
            expires_at: None,
            refreshing: None,
        }
    }

    fn swap(expected: Option<u64>, access: Option<&str>) -> StoreOp {
        StoreOp::Swap {
            user: UserId::new("1"),
            expected: expected.map(Revision),
            record: access.map(|access| Box::new(record(access))),
        }
    }

    #[test]
    fn a_swap_that_expects_another_revision_is_told_the_winner() {
        let mut book = Book::new();
        assert!(matches!(book.run(swap(None, Some("a"))), Ok(Stored::Swapped(Revision(1)))));
        let Err(StoreError::Conflict(Some(winner))) = book.run(swap(None, Some("b"))) else {
            panic!("expected a conflict");
        };
        assert_eq!(winner.1, Revision(1));
        assert!(winner.0.same_tokens(&record("a")));
    }

    #[test]
    fn a_removed_record_does_not_bring_its_revision_back() {
        let mut book = Book::new();
        book.run(swap(None, Some("a"))).unwrap();
        assert!(matches!(book.run(swap(Some(1), None)), Ok(Stored::Swapped(Revision(2)))));
        assert!(matches!(book.run(swap(Some(2), Some("b"))), Err(StoreError::Conflict(None))));
        assert!(matches!(book.run(swap(None, Some("b"))), Ok(Stored::Swapped(Revision(3)))));
    }

    #[test]
    fn a_file_round_trips_and_a_damaged_one_is_an_error() {
        let mut book = Book::new();
        book.run(swap(None, Some("a"))).unwrap();
        let mut again = Book::from_json(&book.to_json().unwrap()).unwrap();
        let Ok(Stored::Loaded(records)) = again.run(StoreOp::Load) else { panic!("expected records") };
        assert!(records[0].0.same_tokens(&record("a")));
        assert!(matches!(Book::from_json(b"{").unwrap_err(), BookError::Damaged(_)));
        assert_eq!(Book::from_json(br#"{"version":9,"records":{}}"#).unwrap_err(), BookError::Newer(9));
    }

    #[test]
    fn a_record_prints_no_secret() {
        assert!(!format!("{:?}", record("s3cret")).contains("s3cret"));
    }
}
