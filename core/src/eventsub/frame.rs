//! One WebSocket message: a [`Reader`] takes it apart. The event stays raw, a slice of the same buffer.
//!
//! The message type decides how the payload is read, so a type that nobody has seen before is never an error.
//!
//! Twitch writes a notification in one order: metadata, subscription, event. Then the event is what is left between the
//! subscription and the two braces at the end, and is not looked at: whether it is JSON shows when it is decoded. A
//! keepalive has nothing after its metadata. Any other order, and any other message, is read in full.
//!
//! The subscription is the same in every notification that it causes, word for word: one that was read of late is not
//! read again, but shared.

use super::subscription::Subscription;
use crate::id::{MessageId, SessionId};
use crate::quick;
use crate::wire::time;
use bytes::Bytes;
use compact_str::CompactString;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A message, taken apart.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The message's id: the same id is the same message, sent again.
    pub id: MessageId,
    /// When Twitch sent it first.
    pub timestamp: Timestamp,
    /// What it says.
    pub message: Message,
}

/// What a message says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Message {
    /// The session is open.
    Welcome(Session),
    /// Nothing happened; the link lives.
    Keepalive,
    /// The server asks to move to another connection, at a URL that is used as it stands and kept secret.
    Reconnect(super::super::client::SecretUrl),
    /// Something happened.
    Notification {
        /// The subscription that asked for it.
        subscription: Arc<Subscription>,
        /// The event, raw.
        event: Bytes,
    },
    /// A subscription ended.
    Revocation(Box<Subscription>),
    /// A message type that this version does not know.
    Unknown {
        /// The type.
        message_type: CompactString,
        /// The payload, raw.
        payload: Bytes,
    },
}

/// A session, as its welcome describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id, which subscriptions name.
    pub id: SessionId,
    /// The longest silence; none where the welcome does not tell.
    pub keepalive: Option<Duration>,
}

/// How many subscriptions are remembered: those of a bot and more.
const REMEMBERED: usize = 64;
/// The longest that is remembered. Twitch's take half a kilobyte.
const LONGEST: usize = 4096;

/// Reads messages, of one link or of many.
#[derive(Debug, Default)]
pub struct Reader {
    /// Subscriptions, by a part of their ids. Empty before the first notification.
    late: Vec<Option<Late>>,
}

/// A subscription that was read of late.
#[derive(Debug)]
struct Late {
    /// As Twitch wrote it.
    text: String,
    subscription: Arc<Subscription>,
}

impl Reader {
    /// Reads a message. An error says what is wrong with it; the link is not at fault.
    pub fn read(&mut self, frame: &Bytes) -> Result<Frame, serde_json::Error> {
        match self.read_usual(frame) {
            Some(usual) => Ok(usual),
            None => read_any(frame),
        }
    }

    /// Reads a notification or a keepalive, as Twitch writes them.
    fn read_usual(&mut self, frame: &Bytes) -> Option<Frame> {
        // Looking through the text once is cheaper than looking through each string in it.
        let mut rest = Rest(std::str::from_utf8(frame).ok()?);
        rest.skip(&["{", "\"metadata\"", ":"])?;
        let Metadata { message_id, message_type, message_timestamp } = rest.value()?;
        rest.skip(&[",", "\"payload\"", ":", "{"])?;
        let message = match message_type.as_str() {
            "notification" => {
                rest.skip(&["\"subscription\"", ":"])?;
                let subscription = self.subscription(&mut rest)?;
                rest.skip(&[",", "\"event\"", ":"])?;
                let event = rest
                    .0
                    .trim_ascii_end()
                    .strip_suffix('}')?
                    .trim_ascii_end()
                    .strip_suffix('}')?
                    .trim_ascii();
                if !(event.starts_with('{') && event.ends_with('}')) {
                    return None;
                }
                Message::Notification { subscription, event: frame.slice_ref(event.as_bytes()) }
            }
            "session_keepalive" => {
                rest.skip(&["}", "}"])?;
                if !rest.0.trim_ascii().is_empty() {
                    return None;
                }
                Message::Keepalive
            }
            _ => return None,
        };
        Some(Frame { id: message_id, timestamp: message_timestamp, message })
    }

    /// Reads a subscription, unless the same was read of late.
    fn subscription(&mut self, rest: &mut Rest<'_>) -> Option<Arc<Subscription>> {
        let text = rest.0;
        let place = place(text);
        let late = self.late.get_mut(place).and_then(Option::as_mut);
        if let Some(late) = &late
            && let Some(behind) = text.strip_prefix(late.text.as_str())
        {
            rest.0 = behind;
            return Some(late.subscription.clone());
        }
        let subscription: Arc<Subscription> = Arc::new(rest.value()?);
        let text = text.strip_suffix(rest.0)?;
        if text.len() > LONGEST {
            return Some(subscription);
        }
        if let Some(late) = late {
            late.text.clear();
            late.text.push_str(text);
            late.subscription = subscription.clone();
        } else {
            self.late.resize_with(REMEMBERED, || None);
            if let Some(empty) = self.late.get_mut(place) {
                *empty = Some(Late { text: text.into(), subscription: subscription.clone() });
            }
        }
        Some(subscription)
    }
}

/// Where a subscription is remembered: by some letters of its id, which Twitch writes first.
fn place(subscription: &str) -> usize {
    let letters = subscription.as_bytes().get(8..16).unwrap_or_default();
    letters.iter().fold(0_usize, |sum, letter| sum.wrapping_mul(31).wrapping_add(usize::from(*letter)))
        % REMEMBERED
}

/// What is left of a message.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Steps over these tokens, and the space before each.
    fn skip(&mut self, tokens: &[&str]) -> Option<()> {
        for token in tokens {
            self.0 = self.0.trim_ascii_start().strip_prefix(token)?;
        }
        Some(())
    }

    /// Reads the next value.
    fn value<T: Deserialize<'a>>(&mut self) -> Option<T> {
        let (value, length) = quick::read(self.0)?;
        self.0 = self.0.get(length..)?;
        Some(value)
    }
}

fn read_any(frame: &Bytes) -> Result<Frame, serde_json::Error> {
    let Envelope { metadata, payload } = serde_json::from_slice(frame)?;
    let message = match &*metadata.message_type {
        "session_keepalive" => Message::Keepalive,
        "session_welcome" => {
            let WelcomePayload { session } = serde_json::from_str(payload.get())?;
            let keepalive = session.keepalive_timeout_seconds.map(Duration::from_secs);
            Message::Welcome(Session { id: session.id, keepalive })
        }
        "session_reconnect" => {
            let ReconnectPayload { session } = serde_json::from_str(payload.get())?;
            Message::Reconnect(super::super::client::SecretUrl(session.reconnect_url))
        }
        "notification" => notification(frame, payload.get())?,
        "revocation" => revocation(payload.get())?,
        _ => Message::Unknown {
            message_type: metadata.message_type,
            payload: frame.slice_ref(payload.get().as_bytes()),
        },
    };
    Ok(Frame { id: metadata.message_id, timestamp: metadata.message_timestamp, message })
}

/// Reads what a notification holds, which is a part of `whole`.
pub(super) fn notification(whole: &Bytes, payload: &str) -> Result<Message, serde_json::Error> {
    let NotificationPayload { subscription, event } = serde_json::from_str(payload)?;
    let subscription = Arc::new(subscription);
    Ok(Message::Notification { subscription, event: whole.slice_ref(event.get().as_bytes()) })
}

/// Reads what a revocation holds.
pub(super) fn revocation(payload: &str) -> Result<Message, serde_json::Error> {
    let RevocationPayload { subscription } = serde_json::from_str(payload)?;
    Ok(Message::Revocation(subscription.into()))
}

#[derive(Deserialize)]
struct Envelope<'a> {
    metadata: Metadata,
    #[serde(borrow)]
    payload: &'a RawValue,
}

#[derive(Deserialize)]
struct Metadata {
    message_id: MessageId,
    message_type: CompactString,
    #[serde(deserialize_with = "time")]
    message_timestamp: Timestamp,
}

#[derive(Deserialize)]
struct WelcomePayload {
    session: WelcomeSession,
}

#[derive(Deserialize)]
struct WelcomeSession {
    id: SessionId,
    keepalive_timeout_seconds: Option<u64>,
}

#[derive(Deserialize)]
struct ReconnectPayload {
    session: ReconnectSession,
}

#[derive(Deserialize)]
struct ReconnectSession {
    reconnect_url: Url,
}

#[derive(Deserialize)]
struct NotificationPayload<'a> {
    subscription: Subscription,
    /// `drop.entitlement.grant` has a list in its place.
    #[serde(borrow, alias = "events")]
    event: &'a RawValue,
}

#[derive(Deserialize)]
struct RevocationPayload {
    subscription: Subscription,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(frame: &Bytes) -> Result<Frame, serde_json::Error> {
        Reader::default().read(frame)
    }

    fn frame(message_type: &str, payload: &str) -> Bytes {
        format!(
            r#"{{"metadata":{{"message_id":"m1","message_type":"{message_type}","message_timestamp":"2026-01-01T00:00:00.123456789Z"}},"payload":{payload}}}"#
        )
        .into()
    }

    #[test]
    fn a_welcome_tells_its_session_and_the_longest_silence() {
        let bytes =
            frame("session_welcome", r#"{"session":{"id":"s1","keepalive_timeout_seconds":10,"new":1}}"#);
        let Message::Welcome(session) = read(&bytes).unwrap().message else { panic!("not a welcome") };
        assert_eq!(session, Session { id: "s1".into(), keepalive: Some(Duration::from_secs(10)) });
    }

    #[test]
    fn a_reconnect_url_is_kept_as_it_stands_and_not_printed() {
        let payload = r#"{"session":{"id":"s1","keepalive_timeout_seconds":null,"reconnect_url":"wss://cell.example/ws?challenge=s3cret"}}"#;
        let read = read(&frame("session_reconnect", payload)).unwrap();
        assert!(!format!("{read:?}").contains("s3cret"));
        let Message::Reconnect(url) = read.message else { panic!("not a reconnect") };
        assert_eq!(url.expose().as_str(), "wss://cell.example/ws?challenge=s3cret");
    }

    #[test]
    fn an_event_stays_raw_inside_the_frame() {
        let payload = r#"{"subscription":{"id":"u1","status":"enabled","type":"moon.phase","version":"9","cost":0,"condition":{},"transport":{"method":"websocket","session_id":"s1"},"created_at":"2026-01-01T00:00:00Z"},"event":{"phase": "full"}}"#;
        let bytes = frame("notification", payload);
        let Message::Notification { event, subscription } = read(&bytes).unwrap().message else {
            panic!("not a notification")
        };
        assert_eq!(&event[..], br#"{"phase": "full"}"#);
        assert!(bytes.as_ptr_range().contains(&event.as_ptr()));
        assert_eq!(subscription.topic, "moon.phase");
    }

    #[test]
    fn a_subscription_is_shared_as_long_as_twitch_writes_it_the_same() {
        let mut reader = Reader::default();
        let mut read = |id: &str, status: &str| {
            let payload = format!(
                r#"{{"subscription":{{"id":"{id}","status":"{status}","type":"moon.phase","version":"9","cost":0,"condition":{{}},"transport":{{"method":"websocket","session_id":"s1"}},"created_at":"2026-01-01T00:00:00Z"}},"event":{{"phase":"full"}}}}"#
            );
            match reader.read(&frame("notification", &payload)).unwrap().message {
                Message::Notification { subscription, event } => {
                    assert_eq!(&event[..], br#"{"phase":"full"}"#);
                    assert_eq!((subscription.id.as_str(), subscription.status.as_str()), (id, status));
                    subscription
                }
                other => panic!("{other:?}"),
            }
        };
        let first = read("u1", "enabled");
        assert!(Arc::ptr_eq(&first, &read("u1", "enabled")));
        assert!(!Arc::ptr_eq(&first, &read("u1", "user_removed")));
        // More than are remembered.
        for number in 0..3 * REMEMBERED {
            let id = format!("{number:08x}");
            assert!(Arc::ptr_eq(&read(&id, "enabled"), &read(&id, "enabled")));
        }
        let long = format!("{:0>1$}", "u2", LONGEST);
        assert!(!Arc::ptr_eq(&read(&long, "enabled"), &read(&long, "enabled")));
        assert_eq!(reader.late.len(), REMEMBERED);
    }

    #[test]
    fn an_unusual_order_is_read_all_the_same() {
        let subscription = r#""subscription":{"id":"u1","status":"enabled","type":"moon.phase","version":"9","cost":0,"condition":{},"transport":{"method":"websocket","session_id":"s1"},"created_at":"2026-01-01T00:00:00Z"}"#;
        let metadata = r#""metadata":{"message_id":"m1","message_type":"notification","message_timestamp":"2026-01-01T00:00:00Z"}"#;
        let event = r#""event":{"phase":"full"}"#;
        for message in [
            format!(r#"{{{metadata},"payload":{{{subscription},{event}}}}}"#),
            format!(r#"{{ {metadata} , "payload" : {{ {subscription} , {event} }} }} "#),
            format!(r#"{{{metadata},"payload":{{{event},{subscription}}}}}"#),
            format!(r#"{{"payload":{{{subscription},{event}}},{metadata}}}"#),
            format!(r#"{{{metadata},"payload":{{{subscription},{event},"new":1}}}}"#),
            format!(r#"{{{metadata},"payload":{{{subscription},"new":{{}},{event}}},"new":[]}}"#),
        ] {
            let bytes = Bytes::from(message.clone());
            let Message::Notification { event, subscription } = read(&bytes).unwrap().message else {
                panic!("not a notification: {message}")
            };
            assert_eq!(
                (&event[..], subscription.topic.as_str()),
                (&br#"{"phase":"full"}"#[..], "moon.phase")
            );
        }
    }

    #[test]
    fn a_list_of_events_stands_in_the_place_of_one() {
        let payload = r#"{"subscription":{"id":"u1","status":"enabled","type":"drop.entitlement.grant","version":"1","cost":0,"condition":{},"transport":{"method":"webhook","callback":"c"},"created_at":"2026-01-01T00:00:00Z"},"events":[{"id":"e1"}]}"#;
        let Message::Notification { event, .. } = read(&frame("notification", payload)).unwrap().message
        else {
            panic!("not a notification")
        };
        assert_eq!(&event[..], br#"[{"id":"e1"}]"#);
    }

    #[test]
    fn a_keepalive_is_one_whatever_its_payload() {
        for payload in ["{}", " { } ", r#"{"new":1}"#, "null"] {
            let read = read(&frame("session_keepalive", payload)).unwrap();
            assert!(matches!(read.message, Message::Keepalive), "{payload}: {read:?}");
        }
        let more = [&frame("session_keepalive", "{}")[..], b"}"].concat();
        assert!(read(&more.into()).is_err());
    }

    #[test]
    fn a_broken_event_shows_when_it_is_decoded() {
        let payload = r#"{"subscription":{"id":"u1","status":"enabled","type":"channel.raid","version":"1","cost":0,"condition":{},"transport":{"method":"websocket","session_id":"s1"},"created_at":"2026-01-01T00:00:00Z"},"event":{"viewers":}}"#;
        let Message::Notification { event, .. } = read(&frame("notification", payload)).unwrap().message
        else {
            panic!("not a notification")
        };
        let crate::eventsub::Event::Unknown(unknown) =
            crate::eventsub::Event::read("channel.raid", "1", &event)
        else {
            panic!("decoded")
        };
        assert!(unknown.why.is_some());
    }

    #[test]
    fn a_message_type_from_the_future_is_not_an_error() {
        let Message::Unknown { message_type, payload } =
            read(&frame("session_party", "[1]")).unwrap().message
        else {
            panic!("not unknown")
        };
        assert_eq!((message_type.as_str(), &payload[..]), ("session_party", &b"[1]"[..]));
    }

    #[test]
    fn a_malformed_frame_is_an_error_that_says_where() {
        let error = read(&Bytes::from_static(b"{\"metadata\":")).unwrap_err();
        assert!(error.to_string().contains("EOF"), "{error}");
    }
}
