//! [`Recording`]: the file into which a client's run is written.

use crate::trace;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use twitchwire::{Client, StartError};

/// A file, until it cannot be written.
pub struct Recording(Option<File>);

impl Recording {
    pub(crate) fn create(path: &Path) -> Result<Self, StartError> {
        let file = File::create_new(path);
        let file = file.map_err(|error| {
            StartError::Driver(format!("the recording {} cannot be written: {error}", path.display()))
        });
        Ok(Recording(Some(file?)))
    }

    /// Writes the lines that have come about. Without a buffer, so that none is lost if the process dies.
    pub(crate) fn take(&mut self, core: &mut Client) {
        let mut lines = String::new();
        while let Some(line) = core.poll_line() {
            lines.push_str(&line);
            lines.push('\n');
        }
        if let Some(file) = &mut self.0
            && let Err(error) = file.write_all(lines.as_bytes())
        {
            trace::recording(&error);
            self.0 = None;
        }
    }
}
