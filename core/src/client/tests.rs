//! The client as a whole: its end, and wishes before there is a user.

use super::*;
use crate::auth::store::{MemoryStore, Store};
use crate::eventsub::topic::channel::ChannelRaid;
use crate::eventsub::{DriftWatch, Via};

/// A client whose store is empty and read, with nothing left to say.
fn ready() -> Client {
    let mut client = Client::new(Time::ZERO, Config::new("client-id"));
    client.handle(Time::ZERO, Input::Wall("2026-03-01T12:00:00Z".parse().unwrap()));
    let store = MemoryStore::new();
    while let Some(output) = client.poll_output() {
        if let Output::Store(id, op) = output {
            client.handle(Time::ZERO, Input::Stored(id, store.run(op)));
        }
    }
    client
}

fn said(client: &mut Client) -> Vec<String> {
    std::iter::from_fn(|| client.poll_output()).map(|output| format!("{output:?}")).collect()
}

#[test]
fn a_closed_client_refuses_what_is_asked_of_it_and_does_nothing_more() {
    let mut client = ready();
    client.close(Time::ZERO);
    assert_eq!(said(&mut client), ["Notice(Closed)"]);
    let login = client.login(Time::ZERO, []);
    let added = client.add_token(Time::ZERO, "token".into(), None);
    let wish = client.subscribe(Time::ZERO, &ChannelRaid::to("1001"), Via::WebSocket);
    assert_eq!(
        said(&mut client),
        [
            format!("Reply({:?}, Reply(the client closed))", login.id()),
            format!("Reply({:?}, Reply(the client closed))", added.id()),
            format!("Notice(Subscription({wish:?}, Refused {{ why: Cancelled }}))"),
        ]
    );
    client.handle(Time::from_origin(Duration::from_secs(7200)), Input::Timeout);
    assert_eq!(said(&mut client), <[&str; 0]>::default());
    assert_eq!(client.poll_timeout(), None);
}

#[test]
fn closing_waits_for_a_token_on_its_way_and_says_so_when_it_does_not_come() {
    let mut client = ready();
    let added = client.add_token(Time::ZERO, "token".into(), None);
    let Some(Output::Http { .. }) = client.poll_output() else { panic!("no validation") };
    client.close(Time::ZERO);
    assert_eq!(said(&mut client), <[&str; 0]>::default());
    let due = client.poll_timeout().unwrap();
    assert_eq!(due, Time::ZERO + CLOSING);
    client.handle(due, Input::Timeout);
    let reply = format!("Reply({:?}, Reply(the client closed))", added.id());
    assert_eq!(said(&mut client), [reply.as_str(), "Notice(Closed)"]);
}

fn webhook_request(id: &str, message_type: &str, rest: &str) -> http::Request<Bytes> {
    let sent = "2026-03-01T12:00:00Z";
    let body = format!(
        r#"{{"subscription":{{"id":"sub1","status":"enabled","type":"channel.raid","version":"1","cost":0,"condition":{{"to_broadcaster_user_id":"1001"}},"transport":{{"method":"webhook","callback":"https://app.example/callback"}},"created_at":"2026-01-01T00:00:00Z"}}{rest}}}"#
    );
    http::Request::post("/callback")
        .header("Twitch-Eventsub-Message-Id", id)
        .header("Twitch-Eventsub-Message-Type", message_type)
        .header("Twitch-Eventsub-Message-Timestamp", sent)
        .header("Twitch-Eventsub-Message-Signature", hook_secret().sign(id, sent, body.as_bytes()))
        .body(body.into())
        .unwrap()
}

fn hook_secret() -> crate::eventsub::WebhookSecret {
    crate::eventsub::WebhookSecret::new("0123456789").unwrap()
}

#[test]
fn what_comes_to_the_webhook_is_told_like_all_else_and_once() {
    let mut config = Config::new("client-id");
    config.webhook_secrets = vec![hook_secret()];
    let mut client = Client::new(Time::ZERO, config);
    let event = webhook_request("m1", "notification", r#","event":{"viewers":7}"#);
    assert_eq!(client.webhook(Time::ZERO, &event).status(), 503, "nobody knows the time yet");
    client.handle(Time::ZERO, Input::Wall("2026-03-01T12:00:00Z".parse().unwrap()));
    said(&mut client);

    let challenge = webhook_request("m0", "webhook_callback_verification", r#","challenge":"c""#);
    assert_eq!(client.webhook(Time::ZERO, &challenge).body(), "c");
    let Some(Output::Notice(Notice::Verified(subscription))) = client.poll_output() else { panic!() };
    assert_eq!(subscription.id, "sub1");

    assert_eq!(client.webhook(Time::ZERO, &event).status(), 204);
    assert_eq!(client.webhook(Time::ZERO, &event).status(), 204);
    let Some(Output::Notice(Notice::Notification(notification))) = client.poll_output() else { panic!() };
    assert_eq!((notification.source, notification.wish), (Source::Webhook, None));
    assert_eq!(&notification.raw()[..], br#"{"viewers":7}"#);

    assert_eq!(client.webhook(Time::ZERO, &webhook_request("m2", "revocation", "")).status(), 204);
    let Some(Output::Notice(Notice::Revoked(subscription))) = client.poll_output() else { panic!() };
    assert_eq!(subscription.id, "sub1");

    assert_eq!(client.webhook(Time::ZERO, &http::Request::default()).status(), 405);
    let later = Time::from_origin(Duration::from_secs(601));
    assert_eq!(client.webhook(later, &webhook_request("m3", "revocation", "")).status(), 204);
    assert_eq!(said(&mut client), <[&str; 0]>::default());
    let Counts { events, duplicates, webhooks_refused, webhooks_outdated, .. } = client.counts();
    assert_eq!((events, duplicates, webhooks_refused, webhooks_outdated), (1, 1, 1, 1));
}

#[test]
fn what_nobody_knows_is_told_once_if_that_is_asked_for() {
    for watch_drift in [true, false] {
        let mut config = Config::new("client-id");
        config.webhook_secrets = vec![hook_secret()];
        config.watch_drift = watch_drift.then(DriftWatch::new);
        let mut client = Client::new(Time::ZERO, config);
        client.handle(Time::ZERO, Input::Wall("2026-03-01T12:00:00Z".parse().unwrap()));
        said(&mut client);
        let event = r#","event":{"from_broadcaster_user_id":"1","to_broadcaster_user_id":"2","new":1}"#;
        for id in ["m1", "m2"] {
            client.webhook(Time::ZERO, &webhook_request(id, "notification", event));
        }
        let said = said(&mut client);
        let told = r#"Notice(Drift { topic: "channel.raid", version: "1", what: Member { place: "new" } })"#;
        assert_eq!(said.iter().filter(|said| *said == told).count(), usize::from(watch_drift), "{said:?}");
        assert_eq!(client.counts().drifts, if watch_drift { 2 } else { 0 });
        assert_eq!(client.counts().events, 2);
    }
}

#[test]
fn no_session_is_opened_before_the_users_token_is_proven() {
    let mut client = ready();
    let _added = client.add_token(Time::ZERO, "token".into(), None);
    let Some(Output::Http { id, .. }) = client.poll_output() else { panic!("no validation") };
    let wish = client.subscribe(Time::ZERO, &ChannelRaid::to("1001"), Via::WebSocketAs("7".into()));
    let blocked = format!(
        "Notice(Subscription({wish:?}, Blocked {{ why: Forbidden(NoToken {{ operation: \"create-eventsub-subscription\", \
         why: Unknown(UserId(7)) }}) }}))"
    );
    assert_eq!(said(&mut client), [blocked]);
    let valid = r#"{"client_id":"client-id","login":"ada","user_id":"7","scopes":[],"expires_in":3600}"#;
    client.handle(Time::ZERO, Input::Response(id, Response::new(Bytes::from_static(valid.as_bytes()))));
    let Some(Output::Store(store, _)) = client.poll_output() else { panic!("not stored") };
    assert_eq!(said(&mut client), <[&str; 0]>::default());
    let stored = crate::auth::store::Stored::Swapped(crate::auth::store::Revision(1));
    client.handle(Time::ZERO, Input::Stored(store, Ok(stored)));
    let connects = |output: &String| output.starts_with("Connect(");
    assert_eq!(said(&mut client).iter().filter(|output| connects(output)).count(), 1);
}

#[test]
fn a_wish_that_names_nobody_is_refused_where_another_for_the_same_names_its_user() {
    let mut client = ready();
    let raid = ChannelRaid::to("1001");
    let nobodys = client.subscribe(Time::ZERO, &raid, Via::WebSocket);
    let adas = client.subscribe(Time::ZERO, &raid, Via::WebSocketAs("7".into()));
    assert_ne!(nobodys, adas);
    let other = client.subscribe(Time::ZERO, &ChannelRaid::to("1002"), Via::WebSocket);
    let _added = client.add_token(Time::ZERO, "token".into(), None);
    let mut outputs = std::iter::from_fn(|| client.poll_output());
    let id = outputs.find_map(|output| match output {
        Output::Http { id, .. } => Some(id),
        _ => None,
    });
    let id = id.expect("a validation");
    let valid = r#"{"client_id":"client-id","login":"ada","user_id":"7","scopes":[],"expires_in":3600}"#;
    client.handle(Time::ZERO, Input::Response(id, Response::new(Bytes::from_static(valid.as_bytes()))));
    let mut outputs = std::iter::from_fn(|| client.poll_output());
    let store = outputs.find_map(|output| match output {
        Output::Store(id, _) => Some(id),
        _ => None,
    });
    let store = store.expect("the token is stored");
    let stored = crate::auth::store::Stored::Swapped(crate::auth::store::Revision(1));
    client.handle(Time::ZERO, Input::Stored(store, Ok(stored)));
    // There is one user's token now: who named nobody means them.
    let said = said(&mut client);
    let refused = format!("Notice(Subscription({nobodys:?}, Refused");
    let told: Vec<_> = said.iter().filter(|line| line.starts_with(&refused)).collect();
    assert_eq!(told.len(), 1, "{said:?}");
    assert!(told[0].contains("is named by another wish for the same topic"), "{told:?}");
    let wishes: Vec<_> = client.subscriptions().map(|wished| (wished.wish, wished.user)).collect();
    assert_eq!(wishes, [(adas, Some("7".into())), (other, Some("7".into()))]);
}

#[test]
fn the_same_wish_before_there_is_a_user_is_one_wish() {
    let mut client = ready();
    let raid = ChannelRaid::to("1001");
    let one = client.subscribe(Time::ZERO, &raid, Via::WebSocket);
    assert_eq!(client.subscribe(Time::ZERO, &raid, Via::WebSocket), one);
    assert_eq!(client.predicted_cost(&raid), 1);
    client.unsubscribe(Time::ZERO, one);
    let views: Vec<_> = client.subscriptions().map(|wished| (wished.wish, wished.user)).collect();
    assert_eq!(views, [(one, None)]);
    client.unsubscribe(Time::ZERO, one);
    assert_eq!(client.subscriptions().count(), 0);
}

#[test]
fn a_redemption_that_comes_in_two_messages_is_passed_on_once_if_that_is_wanted() {
    let message = |id: &str| {
        let topic = "channel.channel_points_custom_reward_redemption.add";
        let frame = serde_json::json!({
            "metadata": {"message_id": id, "message_type": "notification",
                "message_timestamp": "2026-03-01T12:00:00Z",
                "subscription_type": topic, "subscription_version": "1"},
            "payload": {
                "subscription": {"id": "sub", "status": "enabled", "type": topic, "version": "1", "cost": 0,
                    "condition": {"broadcaster_user_id": "1001"}, "created_at": "2026-03-01T12:00:00Z",
                    "transport": {"method": "websocket", "session_id": "session"}},
                "event": {"id": "redemption-1"},
            },
        });
        crate::eventsub::frame::Reader::default().read(&Bytes::from(frame.to_string())).unwrap()
    };
    for (redemptions_once, events) in [(true, 1), (false, 2)] {
        let mut config = Config::new("client-id");
        config.redemptions_once = redemptions_once;
        let mut client = Client::new(Time::ZERO, config);
        client.pass_on(Time::ZERO, Source::Webhook, message("one"));
        client.pass_on(Time::ZERO, Source::Webhook, message("two"));
        assert_eq!(client.counts().events, events);
    }
}
