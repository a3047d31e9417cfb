//! [`Webhook`]: what comes to a callback over HTTPS, proven to be Twitch's, and what is answered.
//!
//! A request's headers hold what a WebSocket message has in its metadata, its body the payload. A request is taken
//! through four gates: its form, its signature, its age, its id. What passes is a [`Frame`] like those of a WebSocket.
//! Behind the signature every answer is a success, whatever the message: an error would make Twitch repeat what cannot
//! be helped, and in the end disable the subscription.

use super::frame::{self, Frame, Message};
use super::{Dedup, Subscription, WebhookSecret};
use crate::client::MAX_FRAME;
use crate::id::MessageId;
use crate::time::Time;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{ALLOW, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::Sha256;
use std::fmt::Write;
use std::time::Duration;

/// How old a message may be, and how far from the future: the distance between Twitch's clock and this one.
const WINDOW: Duration = Duration::from_secs(600);

/// The callback of webhook subscriptions
/// ([Twitch's guide](https://dev.twitch.tv/docs/eventsub/handling-webhook-events/)). Pure: it is given requests and gives
/// answers. A [`Client`](crate::Client) has one inside: [`Client::webhook`](crate::Client::webhook).
///
/// ```
/// # use twitchwire::{Time, eventsub::{Received, Webhook, WebhookSecret}, eventsub::frame::Message};
/// # fn main() -> Result<(), twitchwire::helix::Invalid> {
/// # let (now, wall, request) = (Time::ZERO, jiff::Timestamp::UNIX_EPOCH, http::Request::default());
/// let mut webhook = Webhook::new([WebhookSecret::new("a long random text")?], 10_000);
/// // For each request to the callback, with the whole body:
/// let (response, received) = webhook.receive(now, wall, &request);
/// if let Received::Message(frame) = received
///     && let Message::Notification { subscription, event } = frame.message
/// {
///     println!("{}: {} bytes", subscription.topic, event.len());
/// }
/// # assert_eq!(response.status(), 405);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Webhook {
    secrets: Vec<WebhookSecret>,
    seen: Dedup,
}

/// What a request to the callback was.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Received {
    /// Twitch asked whether the callback is the application's, and was told so: the subscription begins.
    Challenge(Subscription),
    /// A notification, a revocation, or a message of a type that this version does not know.
    Message(Frame),
    /// A message of Twitch's that cannot be read.
    Unreadable {
        /// The body as it came.
        raw: Bytes,
        /// What is wrong with it.
        why: String,
    },
    /// A message that came before.
    Repeated(MessageId),
    /// A message from another time, which may be somebody's repetition. If there are many, a clock is wrong.
    Outdated {
        /// The message's id.
        id: MessageId,
        /// When Twitch sent it.
        sent: Timestamp,
    },
    /// No message of Twitch's.
    Refused(Refused),
}

/// Why a request to the callback is none of Twitch's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// It is no POST.
    #[error("the callback takes POST only")]
    NotPost,
    /// Its body is larger than [`MAX_FRAME`].
    #[error("the body is too large")]
    TooLarge,
    /// It is not signed with one of the secrets.
    #[error("the signature is missing or wrong")]
    NotSigned,
}

impl Webhook {
    /// A callback whose subscriptions were made with one of these secrets. It remembers at most `count` message ids, for
    /// as long as their messages could be repeated.
    pub fn new(secrets: impl IntoIterator<Item = WebhookSecret>, count: usize) -> Self {
        // A message from the end of the future may be repeated until it is at the end of the past.
        Webhook { secrets: secrets.into_iter().collect(), seen: Dedup::new(2 * WINDOW, count) }
    }

    /// Reads a request and answers it. `wall` is the time of day.
    pub fn receive(
        &mut self,
        now: Time,
        wall: Timestamp,
        request: &Request<Bytes>,
    ) -> (Response<Bytes>, Received) {
        let headers = match self.proven(request) {
            Ok(headers) => headers,
            Err(why) => return (refuse(why), Received::Refused(why)),
        };
        let body = request.body();
        let unreadable =
            |why: String| (answer(StatusCode::NO_CONTENT), Received::Unreadable { raw: body.clone(), why });
        let id = MessageId::new(headers.id);
        let sent: Timestamp = match headers.timestamp.parse() {
            Ok(sent) => sent,
            Err(why) => return unreadable(format!("the message's time: {why}")),
        };
        if wall.duration_since(sent).unsigned_abs() > WINDOW {
            return (answer(StatusCode::NO_CONTENT), Received::Outdated { id, sent });
        }
        if headers.message_type == "webhook_callback_verification" {
            // Twitch may ask again, and wants the answer again.
            return match serde_json::from_slice(body) {
                Ok(Challenge { challenge, subscription }) => {
                    (tell(challenge), Received::Challenge(subscription))
                }
                Err(why) => unreadable(why.to_string()),
            };
        }
        if !self.seen.is_new(now, &id) {
            return (answer(StatusCode::NO_CONTENT), Received::Repeated(id));
        }
        match read(headers.message_type, body) {
            Ok(message) => {
                (answer(StatusCode::NO_CONTENT), Received::Message(Frame { id, timestamp: sent, message }))
            }
            Err(why) => unreadable(why),
        }
    }

    /// The headers of a request that Twitch signed.
    fn proven<'a>(&self, request: &'a Request<Bytes>) -> Result<Headers<'a>, Refused> {
        if request.method() != Method::POST {
            return Err(Refused::NotPost);
        }
        if request.body().len() > MAX_FRAME {
            return Err(Refused::TooLarge);
        }
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let signed = || {
            let headers = Headers {
                id: header("twitch-eventsub-message-id")?,
                timestamp: header("twitch-eventsub-message-timestamp")?,
                message_type: header("twitch-eventsub-message-type")?,
            };
            let signature = unhex(header("twitch-eventsub-message-signature")?.strip_prefix("sha256=")?)?;
            let fits = |secret: &WebhookSecret| {
                // Compares in constant time.
                let mac = secret.mac(headers.id, headers.timestamp, request.body());
                mac.is_some_and(|mac| mac.verify_slice(&signature).is_ok())
            };
            self.secrets.iter().any(fits).then_some(headers)
        };
        signed().ok_or(Refused::NotSigned)
    }
}

struct Headers<'a> {
    id: &'a str,
    timestamp: &'a str,
    message_type: &'a str,
}

#[derive(Deserialize)]
struct Challenge {
    challenge: String,
    subscription: Subscription,
}

fn read(message_type: &str, body: &Bytes) -> Result<Message, String> {
    let text = std::str::from_utf8(body).map_err(|why| why.to_string())?;
    match message_type {
        "notification" => frame::notification(body, text).map_err(|why| why.to_string()),
        "revocation" => frame::revocation(text).map_err(|why| why.to_string()),
        _ => Ok(Message::Unknown { message_type: message_type.into(), payload: body.clone() }),
    }
}

impl WebhookSecret {
    /// The signature that Twitch's message would carry in `Twitch-Eventsub-Message-Signature`: for tests of a callback.
    pub fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        let mut signature = String::from("sha256=");
        for byte in self.mac(id, timestamp, body).map(|mac| mac.finalize().into_bytes()).unwrap_or_default() {
            let _ = write!(signature, "{byte:02x}");
        }
        signature
    }

    /// A key of any length will do, so there always is one.
    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::new_from_slice(self.expose().as_bytes()).ok()?;
        mac.update(id.as_bytes());
        mac.update(timestamp.as_bytes());
        mac.update(body);
        Some(mac)
    }
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |at: usize| char::from(digits[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? << 4 | digit(1)?).ok()?;
    }
    Some(bytes)
}

fn answer(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

fn tell(challenge: String) -> Response<Bytes> {
    let mut response = Response::new(challenge.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn refuse(why: Refused) -> Response<Bytes> {
    match why {
        Refused::NotPost => {
            let mut response = answer(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            response
        }
        Refused::TooLarge => answer(StatusCode::PAYLOAD_TOO_LARGE),
        Refused::NotSigned => answer(StatusCode::FORBIDDEN),
    }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
