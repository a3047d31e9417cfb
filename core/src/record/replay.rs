//! [`replay`]: a recording is played to a new client, which must say the same.

use super::tape::{Line, time};
use crate::client::Client;
use crate::time::Time;
use serde_json::Value;

/// Why a recording was not replayed to its end.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReplayError {
    /// A line is not one of a recording, or the first is not its beginning.
    #[error("line {line} cannot be read: {why}")]
    Unreadable {
        /// Its number, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// The client says something else, or nothing.
    #[error("line {line} differs.\nrecorded: {recorded}\nreplayed: {replayed}")]
    Differs {
        /// Its number, from 1.
        line: usize,
        /// The line.
        recorded: String,
        /// What the client said in its place; empty for nothing.
        replayed: String,
    },
}

/// Plays a recording to a new client; how many lines it has. A last line that was not written to its end is left out. The
/// recording may be of an earlier version of this library.
pub fn replay<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<usize, ReplayError> {
    let mut lines = (1..).zip(lines).peekable();
    let unreadable = |line, why: serde_json::Error| ReplayError::Unreadable { line, why: why.to_string() };
    let mut begun: Option<Client> = None;
    let mut replayed = 0;
    while let Some((number, recorded)) = lines.next() {
        let restored = match begun.as_ref().and_then(|client| client.tape.as_ref()) {
            Some(tape) => tape.restore(recorded),
            None => recorded.to_owned(),
        };
        let line = match serde_json::from_str(&restored) {
            // The process ended while it wrote.
            Err(why) if why.is_eof() && lines.peek().is_none() => break,
            line => line.map_err(|why| unreadable(number, why))?,
        };
        match (line, &mut begun) {
            (Line::Begin(begin), None) => {
                let client = begun.insert(Client::new(Time::ZERO, begin.config()));
                // It may have been written by another version.
                drop(client.poll_line());
                replayed += 1;
                continue;
            }
            (Line::Told { at, what }, Some(client)) => what.tell(client, time(at)),
            (Line::Said(_), Some(client)) => drop(client.poll_output()),
            _ => {
                let why = "a recording begins once, with its configuration".into();
                return Err(ReplayError::Unreadable { line: number, why });
            }
        }
        let again = begun.as_mut().and_then(Client::poll_line).unwrap_or_default();
        let value = |line: &str| serde_json::from_str::<Value>(line).ok();
        if value(&again) != value(recorded) {
            let recorded = recorded.to_owned();
            return Err(ReplayError::Differs { line: number, recorded, replayed: again });
        }
        replayed += 1;
    }
    Ok(replayed)
}
