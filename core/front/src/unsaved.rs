//! [`Unsaved`]: another store's tokens, without writing to it.

use std::sync::{Mutex, PoisonError};
use twitchwire::auth::store::{Book, Store, StoreError, StoreOp, Stored};

/// The tokens that another store holds, without ever writing to it: what becomes of them lasts as long as the client.
///
/// Take care with a public client's refresh tokens: each can be used once, so that what the store holds is worth nothing
/// after the first renewal.
#[derive(Debug)]
pub struct Unsaved<S> {
    from: S,
    /// None before the other store was read.
    book: Mutex<Option<Book>>,
}

impl<S: Store> Unsaved<S> {
    /// Begins with what this store holds.
    pub fn new(from: S) -> Self {
        Unsaved { from, book: Mutex::new(None) }
    }

    fn copied(&self) -> Result<Book, StoreError> {
        let mut book = Book::new();
        if let Stored::Loaded(records) = self.from.run(StoreOp::Load)? {
            for (record, _) in records {
                let user = record.user.clone();
                book.run(StoreOp::Swap { user, expected: None, record: Some(Box::new(record)) })?;
            }
        }
        Ok(book)
    }
}

impl<S: Store> Store for Unsaved<S> {
    fn run(&self, op: StoreOp) -> Result<Stored, StoreError> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *book {
            Some(book) => book.run(op),
            unread => unread.insert(self.copied()?).run(op),
        }
    }
}
