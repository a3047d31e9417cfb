//! Requests to the callback: what is let in, what is answered, what becomes of it.

use super::*;
use jiff::SignedDuration;
use serde_json::json;

const SENT: &str = "2026-01-02T10:00:00.5Z";

fn secret(text: &str) -> WebhookSecret {
    WebhookSecret::new(text).unwrap()
}

fn webhook() -> Webhook {
    Webhook::new([secret("0123456789")], 100)
}

fn sent() -> Timestamp {
    SENT.parse().unwrap()
}

fn body(topic: &str, rest: &str) -> String {
    let subscription = json!({
        "id": "sub1", "status": "enabled", "type": topic, "version": "1", "cost": 0,
        "condition": {"broadcaster_user_id": "1001"}, "created_at": "2026-01-01T00:00:00Z",
        "transport": {"method": "webhook", "callback": "https://app.example/callback"},
    });
    format!(r#"{{"subscription":{subscription}{rest}}}"#)
}

fn request(id: &str, message_type: &str, sent: &str, body: &str) -> Request<Bytes> {
    Request::post("/callback")
        .header("Twitch-Eventsub-Message-Id", id)
        .header("Twitch-Eventsub-Message-Type", message_type)
        .header("Twitch-Eventsub-Message-Timestamp", sent)
        .header("Twitch-Eventsub-Message-Signature", secret("0123456789").sign(id, sent, body.as_bytes()))
        .body(body.to_owned().into())
        .unwrap()
}

fn notification(id: &str) -> Request<Bytes> {
    request(id, "notification", SENT, &body("stream.online", r#","event":{"id":"9"}"#))
}

fn receive(webhook: &mut Webhook, request: &Request<Bytes>) -> (u16, Received) {
    let (response, received) = webhook.receive(Time::ZERO, sent(), request);
    (response.status().as_u16(), received)
}

fn refused(request: &Request<Bytes>) -> (u16, Refused) {
    match receive(&mut webhook(), request) {
        (status, Received::Refused(why)) => (status, why),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_signature_is_twitchs_hmac_over_id_time_and_body() {
    assert_eq!(
        secret("0123456789").sign("m1", "2026-01-02T10:00:00Z", b"{}"),
        "sha256=1da796e0843aa1392c72e15f914686f12798d12fae93507fe98ff9060744a2de"
    );
}

#[test]
fn a_challenge_is_answered_with_itself_however_often() {
    let mut webhook = webhook();
    let body = body("stream.online", r#","challenge":"pog-42""#);
    for _ in 0..2 {
        let request = request("m1", "webhook_callback_verification", SENT, &body);
        let (response, received) = webhook.receive(Time::ZERO, sent(), &request);
        assert_eq!((response.status().as_u16(), &response.body()[..]), (200, &b"pog-42"[..]));
        assert_eq!(response.headers()[CONTENT_TYPE], "text/plain");
        let Received::Challenge(subscription) = received else { panic!("{received:?}") };
        assert_eq!(subscription.id, "sub1");
    }
}

#[test]
fn a_notification_is_the_message_that_a_socket_would_bring() {
    let (status, received) = receive(&mut webhook(), &notification("m1"));
    let Received::Message(frame) = received else { panic!("{received:?}") };
    assert_eq!((status, frame.id.as_str(), frame.timestamp), (204, "m1", sent()));
    let Message::Notification { subscription, event } = frame.message else { panic!("{:?}", frame.message) };
    assert_eq!((subscription.topic.as_str(), &event[..]), ("stream.online", &br#"{"id":"9"}"#[..]));
}

#[test]
fn a_batch_of_events_is_one_list() {
    let body = body("drop.entitlement.grant", r#","events":[{"id":"e1"},{"id":"e2"}]"#);
    let (status, received) = receive(&mut webhook(), &request("m1", "notification", SENT, &body));
    let Received::Message(Frame { message: Message::Notification { event, .. }, .. }) = received else {
        panic!("{received:?}")
    };
    assert_eq!((status, &event[..]), (204, &br#"[{"id":"e1"},{"id":"e2"}]"#[..]));
}

#[test]
fn a_revocation_tells_which_subscription_ended() {
    let body = body("stream.online", "").replace("enabled", "authorization_revoked");
    let (status, received) = receive(&mut webhook(), &request("m1", "revocation", SENT, &body));
    let Received::Message(Frame { message: Message::Revocation(subscription), .. }) = received else {
        panic!("{received:?}")
    };
    assert_eq!((status, subscription.status.as_str()), (204, "authorization_revoked"));
}

#[test]
fn a_message_type_from_the_future_arrives_raw() {
    let (status, received) = receive(&mut webhook(), &request("m1", "party", SENT, "[1]"));
    let Received::Message(Frame { message: Message::Unknown { message_type, payload }, .. }) = received
    else {
        panic!("{received:?}")
    };
    assert_eq!((status, message_type.as_str(), &payload[..]), (204, "party", &b"[1]"[..]));
}

#[test]
fn only_what_is_signed_with_one_of_the_secrets_gets_in() {
    let forged = |name: &'static str, value: &str| {
        let mut request = notification("m1");
        request.headers_mut().insert(name, value.parse().unwrap());
        request
    };
    let id = "twitch-eventsub-message-id";
    let timestamp = "twitch-eventsub-message-timestamp";
    let signature = "twitch-eventsub-message-signature";
    let other = secret("9876543210").sign("m1", SENT, notification("m1").body());
    let right = secret("0123456789").sign("m1", SENT, notification("m1").body());
    let mut other_body = notification("m1");
    *other_body.body_mut() = Bytes::from_static(b"{}");
    let mut requests = vec![
        forged(id, "m2"),
        forged(timestamp, "2026-01-02T10:00:01Z"),
        forged(signature, &other),
        forged(signature, right.trim_start_matches("sha256=")),
        forged(signature, &right[..right.len() - 1]),
        forged(signature, &format!("sha1={}", &right[7..])),
        forged(signature, &format!("{}zz", &right[..right.len() - 2])),
        other_body,
    ];
    for name in [id, timestamp, signature, "twitch-eventsub-message-type"] {
        let mut request = notification("m1");
        request.headers_mut().remove(name);
        requests.push(request);
    }
    for request in &requests {
        assert_eq!(refused(request), (403, Refused::NotSigned), "{request:?}");
    }
    assert_eq!(receive(&mut Webhook::new([], 100), &notification("m1")).0, 403);
}

#[test]
fn an_old_secret_is_good_beside_its_successor() {
    let mut webhook = Webhook::new([secret("abcdefghij"), secret("0123456789")], 100);
    assert!(matches!(receive(&mut webhook, &notification("m1")), (204, Received::Message(_))));
}

#[test]
fn what_is_no_post_or_too_large_is_refused_before_its_signature_is_looked_at() {
    let mut get = notification("m1");
    *get.method_mut() = Method::GET;
    assert_eq!(refused(&get), (405, Refused::NotPost));
    let large = request("m1", "notification", SENT, &" ".repeat(MAX_FRAME + 1));
    assert_eq!(refused(&large), (413, Refused::TooLarge));
}

#[test]
fn a_message_is_taken_once() {
    let mut webhook = webhook();
    assert!(matches!(receive(&mut webhook, &notification("m1")), (204, Received::Message(_))));
    let (status, received) = receive(&mut webhook, &notification("m1"));
    assert!(matches!((status, &received), (204, Received::Repeated(id)) if *id == "m1"), "{received:?}");
    assert!(matches!(receive(&mut webhook, &notification("m2")), (204, Received::Message(_))));
}

#[test]
fn a_message_from_another_time_is_dropped_so_none_can_be_repeated_later() {
    let mut webhook = webhook();
    let ten_minutes = SignedDuration::from_mins(10);
    let early = sent() - ten_minutes;
    let taken = webhook.receive(Time::ZERO, early, &notification("m1")).1;
    assert!(matches!(taken, Received::Message(_)), "{taken:?}");
    // Twenty minutes later it is still in its window, and still remembered.
    let late = sent() + ten_minutes;
    let again = webhook.receive(Time::ZERO + 2 * WINDOW, late, &notification("m1")).1;
    assert!(matches!(again, Received::Repeated(_)), "{again:?}");
    for wall in [early - SignedDuration::from_nanos(1), late + SignedDuration::from_nanos(1)] {
        let (response, received) = webhook.receive(Time::ZERO + 2 * WINDOW, wall, &notification("m2"));
        assert_eq!(response.status(), 204);
        assert!(matches!(received, Received::Outdated { .. }), "{received:?}");
    }
}

#[test]
fn what_twitch_signed_and_nobody_can_read_is_passed_on_and_not_sent_again() {
    for (message_type, sent, body) in [
        ("notification", SENT, "{"),
        ("notification", SENT, "{}"),
        ("revocation", SENT, "[]"),
        ("webhook_callback_verification", SENT, "{}"),
        ("notification", "yesterday", "{}"),
    ] {
        let (status, received) = receive(&mut webhook(), &request("m1", message_type, sent, body));
        let Received::Unreadable { raw, .. } = received else { panic!("{received:?}") };
        assert_eq!((status, &raw[..]), (204, body.as_bytes()));
    }
}

#[test]
fn neither_secret_nor_challenge_is_printed() {
    let mut webhook = webhook();
    let request = request(
        "m1",
        "webhook_callback_verification",
        SENT,
        &body("stream.online", r#","challenge":"pog-42""#),
    );
    let received = webhook.receive(Time::ZERO, sent(), &request).1;
    let printed = format!("{webhook:?} {received:?}");
    assert!(!printed.contains("0123456789") && !printed.contains("pog-42"), "{printed}");
}
