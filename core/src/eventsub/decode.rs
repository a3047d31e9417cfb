//! An event's bytes read as its type, and where it fails.

use crate::quick;
use serde::de::DeserializeOwned;

/// Why an event does not have the documented form, and where.
#[derive(Debug, thiserror::Error)]
#[error("the event cannot be read at `{place}`: {source}")]
#[non_exhaustive]
pub struct Unreadable {
    /// The member, such as `message.fragments.0.text`; empty for the event as a whole.
    pub place: String,
    /// What is wrong there.
    pub source: serde_json::Error,
}

/// Reads an event. The bytes may go on after it where Twitch has written something behind the event.
pub(crate) fn decode<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Unreadable> {
    if let Some((event, _)) = std::str::from_utf8(raw).ok().and_then(quick::read) {
        return Ok(event);
    }
    T::deserialize(&mut serde_json::Deserializer::from_slice(raw))
        .map_err(|source| Unreadable { place: place(raw, source.line(), source.column()), source })
}

/// The path of the member that ends at, or holds, this line and column.
fn place(raw: &[u8], line: usize, column: usize) -> String {
    let before: usize =
        raw.split_inclusive(|&b| b == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let end = (before + column).min(raw.len());
    let mut path: Vec<Step> = Vec::new();
    let mut at = 0;
    while at < end {
        match raw[at] {
            b'{' => path.push(Step::Member(Vec::new())),
            b'[' => path.push(Step::Item(0)),
            b'}' | b']' => drop(path.pop()),
            b',' => {
                if let Some(Step::Item(index)) = path.last_mut() {
                    *index += 1;
                }
            }
            b'"' => {
                let text = string(&raw[at + 1..]);
                at += text.len() + 1;
                let is_name = raw.get(at + 1..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"));
                if let (true, Some(Step::Member(name))) = (is_name, path.last_mut()) {
                    *name = text.to_vec();
                }
            }
            _ => {}
        }
        at += 1;
    }
    let steps = path.iter().map(|step| match step {
        Step::Member(name) => String::from_utf8_lossy(name).into_owned(),
        Step::Item(index) => index.to_string(),
    });
    steps.filter(|step| !step.is_empty()).collect::<Vec<_>>().join(".")
}

enum Step {
    Member(Vec<u8>),
    Item(usize),
}

/// The string's text up to its closing quote, escapes as they stand.
fn string(raw: &[u8]) -> &[u8] {
    let mut escaped = false;
    let end = raw.iter().position(|&b| {
        let closes = b == b'"' && !escaped;
        escaped = b == b'\\' && !escaped;
        closes
    });
    &raw[..end.unwrap_or(raw.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eventsub::topic::chat::ChannelChatMessageEvent;
    use crate::eventsub::topic::stream::StreamOfflineEvent;

    const WHO: &str = r#""broadcaster_user_id":"1001","chatter_user_id":"1002","message_id":"m-1""#;

    fn place_of(event: String) -> String {
        decode::<ChannelChatMessageEvent>(event.as_bytes()).unwrap_err().place
    }

    #[test]
    fn an_error_names_the_field() {
        assert_eq!(place_of(format!(r#"{{{WHO},"color":7,"cheer":null}}"#)), "color");
        assert_eq!(place_of(format!("{{{WHO},\n \"cheer\": {{\"bits\": \"many\"}}}}")), "cheer.bits");
        let fragments = r#"[{"type":"text","text":"a, \"b\": [\\"},{"type":"text","text":{}}]"#;
        assert_eq!(
            place_of(format!(r#"{{{WHO},"message":{{"text":"","fragments":{fragments}}}}}"#)),
            "message.fragments.1.text"
        );
    }

    #[test]
    fn a_missing_field_is_named_and_where_it_is_missing() {
        let error = decode::<ChannelChatMessageEvent>(
            format!(r#"{{{WHO},"badges":[{{"set_id":"vip"}}],"reply":{{"parent_message_id":"m-0"}}}}"#)
                .as_bytes(),
        );
        let words = error.unwrap_err().to_string();
        assert!(words.starts_with("the event cannot be read at `reply`: missing field"), "{words}");
    }

    #[test]
    fn nonsense_has_a_place_too() {
        for raw in ["", "{", "]", "\"", "{\"a\"", "[1,2", "{\"a\":\"\\"] {
            assert!(decode::<StreamOfflineEvent>(raw.as_bytes()).is_err(), "{raw}");
        }
        assert!(decode::<StreamOfflineEvent>(b"{\"id\":\"\xff\"}").is_err());
    }

    #[test]
    fn what_stands_behind_the_event_loses_nothing() {
        let event = decode::<StreamOfflineEvent>(br#"{"broadcaster_user_id":"1001"},"new":{}"#).unwrap();
        assert_eq!(event.broadcaster_user_id, "1001");
    }
}
