//! Requests to a webhook's callback.

use bytes::Bytes;
use http::{HeaderValue, Request};
use jiff::Timestamp;
use twitchwire::Time;
use twitchwire::eventsub::{Received, Webhook, WebhookSecret};

const SENT: &str = "2026-01-02T10:00:00Z";

/// Any bytes as a request to a webhook's callback: no panic, only what is signed gets in, what is signed is always
/// answered with success, and nothing gets in twice.
///
/// The first byte says whether Twitch signed it and of which type it is; a line for each header follows, then the body.
pub fn webhook(data: &[u8]) {
    let Some((how, rest)) = data.split_first() else { return };
    let mut parts = rest.splitn(3, |byte| *byte == b'\n');
    let mut part = || parts.next().unwrap_or_default();
    let (Ok(id), Ok(timestamp)) = (HeaderValue::from_bytes(part()), HeaderValue::from_bytes(part())) else {
        return;
    };
    let timestamp = if timestamp.is_empty() { HeaderValue::from_static(SENT) } else { timestamp };
    let body = Bytes::copy_from_slice(part());
    let secret = WebhookSecret::new("a secret for the fuzzer").expect("a secret");
    let is_signed = how & 1 == 1;
    let signature = match (is_signed, id.to_str(), timestamp.to_str()) {
        (true, Ok(id), Ok(timestamp)) => secret.sign(id, timestamp, &body),
        (true, ..) => return,
        (false, ..) => {
            String::from_utf8_lossy(&body).chars().filter(char::is_ascii_graphic).take(80).collect()
        }
    };
    let kind =
        ["notification", "revocation", "webhook_callback_verification", "new"][usize::from(how >> 1) % 4];
    let request = Request::post("/callback")
        .header("Twitch-Eventsub-Message-Id", id)
        .header("Twitch-Eventsub-Message-Timestamp", timestamp)
        .header("Twitch-Eventsub-Message-Type", kind)
        .header("Twitch-Eventsub-Message-Signature", signature)
        .body(body)
        .expect("a request");
    let mut webhook = Webhook::new([secret], 10);
    let wall: Timestamp = SENT.parse().expect("a time");
    let (response, received) = webhook.receive(Time::ZERO, wall, &request);
    let is_refused = matches!(received, Received::Refused(_));
    assert_eq!(is_refused, !is_signed);
    assert_eq!(
        response.status(),
        match received {
            Received::Refused(_) => 403,
            Received::Challenge(_) => 200,
            _ => 204,
        }
    );
    let (_, again) = webhook.receive(Time::ZERO, wall, &request);
    assert!(!matches!(again, Received::Message(_)), "{again:?}");
}
