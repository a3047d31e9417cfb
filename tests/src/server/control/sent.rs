//! What was filled into a form, read field by field.

use std::str::FromStr;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use crate::World;
use crate::world::Which;

/// The longest text, as in Twitch's chat.
const MOST_TEXT: usize = 500;
/// The most entries of a list.
const MOST_ENTRIES: usize = 100;
/// How many users can exist before no more are made here.
const MOST_USERS: usize = 10_000;

/// A status, and what is wrong.
pub(super) type Refusal = (StatusCode, String);

/// The fields of a form that was sent.
pub(super) struct Sent<'a> {
    world: &'a mut World,
    fields: Vec<(String, String)>,
}

impl<'a> Sent<'a> {
    pub(super) fn new(world: &'a mut World, body: &[u8]) -> Self {
        Sent { world, fields: form_urlencoded::parse(body).into_owned().collect() }
    }

    pub(super) fn wrong(&self, name: &str, why: &str) -> Refusal {
        (StatusCode::BAD_REQUEST, format!("{name}: {why}"))
    }

    /// Empty if it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(is, _)| is == name).map_or("", |(_, value)| value.trim())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    fn some(&self, name: &str) -> Result<&str, Refusal> {
        if self.has(name) { Ok(self.get(name)) } else { Err(self.wrong(name, "missing")) }
    }

    /// A text.
    pub(super) fn words(&self, name: &str) -> Result<String, Refusal> {
        let text = self.some(name)?;
        if text.chars().count() > MOST_TEXT {
            return Err(self.wrong(name, &format!("it may have {MOST_TEXT} characters")));
        }
        Ok(text.to_owned())
    }

    /// Letters and digits, such as stand in a URL.
    pub(super) fn token(&self, name: &str) -> Result<&str, Refusal> {
        let token = self.some(name)?;
        match token.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            true => Ok(token),
            false => Err(self.wrong(name, "not an id")),
        }
    }

    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<T, Refusal> {
        self.some(name)?.parse().map_err(|_| self.wrong(name, "not a number that fits"))
    }

    pub(super) fn seconds(&self, name: &str) -> Result<Duration, Refusal> {
        self.number::<u32>(name).map(|seconds| Duration::from_secs(seconds.into()))
    }

    /// JSON; null if it is not there.
    pub(super) fn json(&self, name: &str) -> Result<Value, Refusal> {
        if !self.has(name) {
            return Ok(Value::Null);
        }
        serde_json::from_str(self.get(name)).map_err(|_| self.wrong(name, "not JSON"))
    }

    /// What one of these words stands for.
    pub(super) fn one_of<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<T, Refusal> {
        let said = self.some(name)?;
        let found = words.iter().find(|(word, _)| *word == said);
        let known = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        found.map(|(_, means)| *means).ok_or_else(|| self.wrong(name, &format!("one of {}", known())))
    }

    /// Entries with commas between them.
    pub(super) fn list(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let entries = self.some(name)?.split(',').map(|entry| entry.trim().to_owned());
        let entries: Vec<String> = entries.filter(|entry| !entry.is_empty()).collect();
        if entries.len() > MOST_ENTRIES {
            return Err(self.wrong(name, &format!("up to {MOST_ENTRIES} entries")));
        }
        Ok(entries)
    }

    /// The ids of the users that a list names.
    pub(super) fn users(&mut self, name: &str) -> Result<Vec<String>, Refusal> {
        self.list(name)?.iter().map(|said| self.user_of(name, said)).collect()
    }

    /// The id of the user that a field names by id or login.
    pub(super) fn user(&mut self, name: &str) -> Result<String, Refusal> {
        let said = self.some(name)?.to_owned();
        self.user_of(name, &said)
    }

    fn user_of(&mut self, name: &str, said: &str) -> Result<String, Refusal> {
        if let Some((id, _)) = self.world.users().find(|(id, login)| *id == said || *login == said) {
            return Ok(id.to_owned());
        }
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if said.len() > 25 || !said.chars().all(letter) || said.chars().all(|c| c.is_ascii_digit()) {
            return Err(self.wrong(name, "neither a user's id nor a login (up to 25 of a-z, 0-9 and _)"));
        }
        if self.world.users().count() >= MOST_USERS {
            return Err(self.wrong(name, &format!("there are {MOST_USERS} users, which is enough")));
        }
        Ok(self.world.user(said))
    }

    /// The sockets that are meant.
    pub(super) fn which(&self) -> Result<Which, Refusal> {
        if !self.has("which") {
            return Ok(Which::All);
        }
        let session = self.get("which");
        match self.world.open_sockets().any(|(_, open)| open == session) {
            true => Ok(Which::Session(session.to_owned())),
            false => Err(self.wrong("which", "no open session has this id")),
        }
    }
}
