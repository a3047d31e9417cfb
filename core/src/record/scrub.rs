//! [`Scrub`]: every secret that was seen, and the name that stands for it.

use crate::auth::TokenRecord;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::BTreeMap;
use url::{Url, form_urlencoded};

/// What a secret is found by: its first bytes.
type Head = [u8; 4];
const HEAD: usize = size_of::<Head>();

/// Fields of Twitch's JSON that hold secrets.
const SECRET_FIELDS: [&str; 8] = [
    "access_token",
    "refresh_token",
    "id_token",
    "device_code",
    "user_code",
    "client_secret",
    "stream_key",
    "secret",
];
/// A part of a reconnect URL's query that is shorter is a setting.
const SHORTEST_IN_URL: usize = 8;

/// Secrets and their names.
#[derive(Default)]
pub(super) struct Scrub {
    /// What is replaced, and by what: the longest first.
    by_head: BTreeMap<Head, Vec<(String, String)>>,
    secrets: BTreeMap<String, String>,
}

impl Scrub {
    /// Learns a secret, in the forms in which it may be written.
    pub(super) fn learn(&mut self, secret: &str) {
        let Some(head) = secret.as_bytes().first_chunk::<HEAD>() else { return };
        if self.by_head.get(head).is_some_and(|known| known.iter().any(|(known, _)| known == secret)) {
            return;
        }
        let name = if is_name(secret) { secret.to_owned() } else { name(self.secrets.len() + 1) };
        let quoted = Value::from(secret).to_string();
        let mut forms = vec![secret.to_owned(), form_urlencoded::byte_serialize(secret.as_bytes()).collect()];
        forms.push(quoted.trim_matches('"').to_owned());
        forms.sort();
        forms.dedup();
        for form in forms {
            if let Some(head) = form.as_bytes().first_chunk::<HEAD>() {
                let known = self.by_head.entry(*head).or_default();
                known.push((form, name.clone()));
                known.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
            }
        }
        self.secrets.insert(name, secret.to_owned());
    }

    pub(super) fn learn_record(&mut self, record: &TokenRecord) {
        self.learn(record.access.expose_secret());
        if let Some(refresh) = &record.refresh {
            self.learn(refresh.token.expose_secret());
        }
    }

    /// Learns the secrets in a message of Twitch's, or in one to it.
    pub(super) fn learn_from(&mut self, json: &str) {
        let may_hold = |field: &&str| json.contains(*field);
        if !SECRET_FIELDS.iter().chain(&["reconnect_url"]).any(may_hold) {
            return;
        }
        match serde_json::from_str(json) {
            Ok(value) => self.walk(&value, false),
            Err(_) => self.learn_from_part(json),
        }
    }

    /// A message that was cut off on its way holds secrets as well, the last one perhaps in part.
    fn learn_from_part(&mut self, text: &str) {
        let among_secrets = text.contains("\"secrets\"");
        for field in SECRET_FIELDS.iter().chain(among_secrets.then_some(&"content")) {
            for behind in text.split(format!("\"{field}\"").as_str()).skip(1) {
                let value = behind.trim_start().strip_prefix(':').map(str::trim_start);
                let value = value.and_then(|value| value.strip_prefix('"')?.split('"').next());
                self.learn(value.unwrap_or_default());
            }
        }
    }

    /// Extensions' secrets are lists below `secrets`, each with its `content`.
    fn walk(&mut self, value: &Value, among_secrets: bool) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, among_secrets)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(text) if name == "reconnect_url" => {
                            self.learn_url(text, fields.get("id").and_then(Value::as_str));
                        }
                        Value::String(text)
                            if SECRET_FIELDS.contains(&name.as_str())
                                || among_secrets && name == "content" =>
                        {
                            self.learn(text);
                        }
                        _ => self.walk(value, among_secrets || name == "secrets"),
                    }
                }
            }
            _ => {}
        }
    }

    /// The session's own id is no secret, and was seen before.
    fn learn_url(&mut self, url: &str, session: Option<&str>) {
        let Ok(url) = Url::parse(url) else { return };
        for (_, value) in url.query_pairs() {
            if value.len() >= SHORTEST_IN_URL && session != Some(&value) {
                self.learn(&value);
            }
        }
    }

    /// Replaces the secrets in every text of a value.
    pub(super) fn clean(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.clean_text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean(item)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.clean(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn clean_text(&self, text: &str) -> String {
        let mut cleaned = String::with_capacity(text.len());
        let mut rest = text;
        let mut skipped = 0;
        while let Some(here) = rest.as_bytes().get(skipped..) {
            let Some(head) = here.first_chunk::<HEAD>() else { break };
            let known = self.by_head.get(head).into_iter().flatten();
            let mut found = known.filter(|(secret, _)| here.starts_with(secret.as_bytes()));
            if let Some((secret, name)) = found.next()
                && let Some((before, from)) = rest.split_at_checked(skipped)
            {
                cleaned.push_str(before);
                cleaned.push_str(name);
                rest = from.get(secret.len()..).unwrap_or_default();
                skipped = 0;
            } else {
                skipped += 1;
            }
        }
        cleaned.push_str(rest);
        cleaned
    }

    /// Puts secrets that this client has made itself back in the place of their names.
    pub(super) fn restore(&self, line: &str) -> String {
        let own = self.secrets.iter().filter(|(name, secret)| name != secret);
        own.fold(line.to_owned(), |line, (name, secret)| line.replace(name, secret))
    }
}

fn name(number: usize) -> String {
    format!("scrubbed-{number:06}")
}

fn is_name(text: &str) -> bool {
    text.strip_prefix("scrubbed-")
        .is_some_and(|number| number.len() == 6 && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_has_one_name_in_all_its_forms() {
        let mut scrub = Scrub::default();
        scrub.learn("to+k\"en");
        scrub.learn("to+k\"en and more");
        let mut value =
            json!({ "a": ["to+k\"en", 7], "b": "x to%2Bk%22en y", "c": "{\"to+k\\\"en and more\"}" });
        scrub.clean(&mut value);
        let (one, two) = (name(1), name(2));
        assert_eq!(value, json!({ "a": [one, 7], "b": format!("x {one} y"), "c": format!("{{\"{two}\"}}") }));
    }

    #[test]
    fn secrets_are_found_by_the_names_of_their_fields() {
        let mut scrub = Scrub::default();
        scrub.learn_from(r#"{"access_token":"abcdef","scope":["a"],"token_type":"bearer"}"#);
        scrub.learn_from(r#"{"data":[{"secrets":[{"content":"ghijkl"}]}]}"#);
        scrub.learn_from(
            r#"{"payload":{"session":{"reconnect_url":"wss://x/?k=30\u0026id=mnopqrst\u0026s=uvwxyz01","id":"uvwxyz01"}}}"#,
        );
        assert_eq!(scrub.secrets.values().collect::<Vec<_>>(), ["abcdef", "ghijkl", "mnopqrst"]);
        assert_eq!(
            scrub.clean_text("Bearer abcdef, ü ghijkl\nmnopqrst"),
            format!("Bearer {}, ü {}\n{}", name(1), name(2), name(3))
        );
        assert_eq!(scrub.clean_text("uvwxyz äöü a"), "uvwxyz äöü a");
    }

    #[test]
    fn secrets_are_found_in_what_was_cut_off() {
        let mut scrub = Scrub::default();
        scrub.learn_from(r#"{"access_token":"abcdef","expires_in":165,"refresh_token": "ghijkl"#);
        scrub.learn_from(r#"{"data":[{"secrets":[{"content":"mnopqrst"},{"cont"#);
        scrub.learn_from(r#"{"client_secret"#);
        assert_eq!(scrub.secrets.values().collect::<Vec<_>>(), ["abcdef", "ghijkl", "mnopqrst"]);
    }

    #[test]
    fn a_name_stays_a_name() {
        let mut scrub = Scrub::default();
        scrub.learn(&name(4));
        scrub.learn("own secret");
        let line = format!("{} {}", name(4), name(2));
        assert_eq!(scrub.restore(&line), format!("{} own secret", name(4)));
        assert_eq!(scrub.clean_text(&scrub.restore(&line)), line);
    }
}
