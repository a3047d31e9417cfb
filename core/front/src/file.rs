//! [`FileStore`]: tokens in a file that several clients and processes may share.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use twitchwire::auth::store::{Book, BookError, Store, StoreError, StoreOp, Stored};

/// Tokens in a file, readable by its owner alone.
///
/// Each operation takes the lock file beside it, reads the file, and replaces it as a whole, so that neither a crash
/// nor another process leaves half a file. A damaged file is never written over: loading it fails, says why, and moves
/// it aside, so that the next start begins with an empty store; until then writing fails.
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

    fn read(&self) -> Result<Book, Unread> {
        match fs::read(&self.path) {
            Ok(bytes) => Book::from_json(&bytes).map_err(Unread::Book),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Book::new()),
            Err(error) => Err(Unread::Io(error)),
        }
    }

    /// Moves a damaged file out of the way, and says where to.
    fn set_aside(&self) -> io::Result<PathBuf> {
        // A handful of them is worth keeping; whoever has more has read of it each time.
        let mut places = (1..10).map(|number| self.beside(&format!(".damaged-{number}")));
        let free = places.find(|place| !place.exists());
        let aside = free.ok_or_else(|| io::Error::other("there are damaged files beside it already"))?;
        fs::rename(&self.path, &aside)?;
        Ok(aside)
    }

    fn unread(&self, why: Unread, may_set_aside: bool) -> StoreError {
        let path = self.path.display();
        StoreError::Failed(match why {
            Unread::Io(error) => return self.failed("read", error),
            Unread::Book(why @ BookError::Damaged(_)) if may_set_aside => match self.set_aside() {
                Ok(aside) => format!(
                    "{path}: {why}; it was moved to {}, and the next start begins with an empty store",
                    aside.display()
                ),
                Err(error) => format!("{path}: {why}; move it away to start anew ({error})"),
            },
            Unread::Book(why) => format!("{path}: {why}"),
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

/// Why there is no book to read from the file.
enum Unread {
    Io(io::Error),
    Book(BookError),
}

impl Store for FileStore {
    fn run(&self, op: StoreOp) -> Result<Stored, StoreError> {
        let lock = open_private(&self.beside(".lock")).map_err(|error| self.failed("lock", error))?;
        // Released when the file closes.
        lock.lock().map_err(|error| self.failed("lock", error))?;
        let reading = matches!(op, StoreOp::Load);
        let mut book = self.read().map_err(|why| self.unread(why, reading))?;
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
