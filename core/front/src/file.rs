//! [`FileStore`]: tokens in a file that several clients and processes may share.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use twitchwire::auth::store::{Book, Store, StoreError, StoreOp, Stored};

/// Tokens in a file, readable by its owner alone.
///
/// Each operation takes the lock file beside it, reads the file, and replaces it as a whole, so that neither a crash
/// nor another process leaves half a file. A file that cannot be read is reported and left as it is: move it away to
/// start anew.
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// Keeps tokens in this file, which is made when there is something to keep.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        FileStore { path: path.into() }
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    }

    fn failed(&self, what: &str, error: io::Error) -> StoreError {
        StoreError::Failed(format!("cannot {what} {}: {error}", self.path.display()))
    }

    fn read(&self) -> Result<Book, StoreError> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(self.failed("read", error)),
        };
        Book::from_json(&bytes).map_err(|error| {
            let words = match error {
                StoreError::Failed(words) => words,
                other => other.to_string(),
            };
            StoreError::Failed(format!("{}: {words}; move the file away to start anew", self.path.display()))
        })
    }

    fn write(&self, book: &Book) -> Result<(), StoreError> {
        let bytes = book.to_json()?;
        let new = self.beside(".new");
        let replace = || -> io::Result<()> {
            let mut file = open_private(&new)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&new, &self.path)?;
            sync_folder(&self.path)
        };
        replace().map_err(|error| self.failed("write", error))
    }
}

impl Store for FileStore {
    fn run(&self, op: StoreOp) -> Result<Stored, StoreError> {
        let lock = open_private(&self.beside(".lock")).map_err(|error| self.failed("lock", error))?;
        // Released when the file closes.
        lock.lock().map_err(|error| self.failed("lock", error))?;
        let mut book = self.read()?;
        let reading = matches!(op, StoreOp::Load);
        let stored = book.run(op)?;
        if !reading {
            self.write(&book)?;
        }
        Ok(stored)
    }
}

/// An empty file that only its owner can read.
fn open_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a rename last. Elsewhere than on Unix a folder cannot be opened, and need not be.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
