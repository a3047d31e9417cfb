//! The control page of a running server: what is sent to it happens, and sockets hear of it.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};
use twitchwire::Time;
use twitchwire_sim::{Server, World, scene};

struct Stage {
    server: Server,
    ada: String,
    token: String,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new(3, "2026-03-01T12:00:00Z".parse().unwrap());
        let ada = scene::quiet(&mut world);
        let (token, _) =
            world.grant_token(Time::ZERO, scene::CLIENT_ID, &ada, &["user:read:chat", "user:bot"]);
        Stage { server: Server::start(world).unwrap(), ada, token }
    }

    fn stream(&self) -> TcpStream {
        let stream = TcpStream::connect(self.server.http_url().replace("http://", "")).unwrap();
        // Long enough for a slow machine, short enough to end.
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// A request on a connection of its own: status and body.
    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let mut stream = self.stream();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), body.to_owned())
    }

    fn post(&self, action: &str, form: &str) -> (u16, String) {
        self.send("POST", &format!("/sim/{action}"), "", form)
    }

    /// The app, which is an extension, offers a product.
    fn offer(&self, sku: &str) {
        let (id, secret) = (scene::CLIENT_ID, scene::CLIENT_SECRET);
        let form = format!("client_id={id}&client_secret={secret}&grant_type=client_credentials");
        let tokens: Value = serde_json::from_str(&self.send("POST", "/oauth2/token", "", &form).1).unwrap();
        let token = tokens["access_token"].as_str().unwrap();
        let headers = format!("client-id: {id}\r\nauthorization: Bearer {token}\r\n");
        let cost = json!({"amount": 100, "type": "bits"});
        let product = json!({"sku": sku, "display_name": "Confetti", "cost": cost});
        let (status, said) = self.send("PUT", "/helix/bits/extensions", &headers, &product.to_string());
        assert_eq!(status, 200, "{said}");
    }

    /// A socket that hears three topics of ada's.
    fn listen(&self) -> WebSocket<TcpStream> {
        let mut socket = tungstenite::client(self.server.ws_url(), self.stream()).unwrap().0;
        let session = message(&mut socket)["payload"]["session"]["id"].clone();
        let headers = format!("client-id: {}\r\nauthorization: Bearer {}\r\n", scene::CLIENT_ID, self.token);
        for (kind, condition) in [
            ("channel.chat.message", json!({"broadcaster_user_id": self.ada, "user_id": self.ada})),
            ("channel.raid", json!({"to_broadcaster_user_id": self.ada})),
            ("stream.online", json!({"broadcaster_user_id": self.ada})),
        ] {
            let body = json!({
                "type": kind,
                "version": "1",
                "condition": condition,
                "transport": {"method": "websocket", "session_id": session},
            });
            let path = "/helix/eventsub/subscriptions";
            let (status, answer) = self.send("POST", path, &headers, &body.to_string());
            assert_eq!(status, 202, "{answer}");
        }
        socket
    }
}

fn message(socket: &mut WebSocket<TcpStream>) -> Value {
    loop {
        match socket.read().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Ping(_) => {}
            other => panic!("not a message: {other:?}"),
        }
    }
}

#[test]
fn what_is_sent_to_the_page_happens_and_a_socket_hears_of_it() {
    let stage = Stage::new();
    let mut socket = stage.listen();
    let (status, said) = stage.post("chat", "who=brook&channel=ada&text=one+%26+two");
    assert_eq!((status, said.ends_with("notifications made for subscriptions: 1\n")), (200, true), "{said}");
    let heard = message(&mut socket)["payload"]["event"].clone();
    assert_eq!(heard["chatter_user_login"], "brook");
    assert_eq!(heard["message"]["text"], "one & two");

    assert_eq!(stage.post("raid", "from=dan&to=ada&viewers=42").0, 200);
    assert_eq!(message(&mut socket)["payload"]["event"]["viewers"], 42);
    // An id is as good as a login.
    assert_eq!(stage.post("online", &format!("channel={}", stage.ada)).0, 200);
    assert_eq!(message(&mut socket)["payload"]["event"]["type"], "live");

    assert_eq!(stage.post("reconnect", "").0, 200);
    assert_eq!(message(&mut socket)["metadata"]["message_type"], "session_reconnect");
    assert_eq!(stage.post("drop", "which=").0, 200);
    assert!(socket.read().is_err());
}

/// Each action of the page, in an order in which each finds what it needs: what is sent, and events that come of it, or none at
/// all. `MESSAGE` and `SESSION` stand for the ids of the latest event that has one, `SUBSCRIPTION` for one of ada's.
const STORIES: &[(&str, &str, &[&str])] = &[
    ("chat", "who=brook&channel=ada&text=Hi", &["channel.chat.message"]),
    ("follow", "who=brook&channel=ada", &["channel.follow"]),
    ("raid", "from=dan&to=ada&viewers=42", &["channel.raid"]),
    ("online", "channel=ada", &["stream.online"]),
    ("title", "channel=ada&title=New", &["channel.update"]),
    ("whisper", "from=brook&to=ada&text=Psst", &["user.whisper.message"]),
    ("subscribe", "who=brook&channel=ada&tier=1", &["channel.subscribe", "channel.chat.notification"]),
    (
        "resubscribe",
        "who=brook&channel=ada&text=Again",
        &["channel.subscription.message", "channel.chat.notification"],
    ),
    (
        "gift",
        "who=brook&channel=ada&to=cleo&tier=2",
        &["channel.subscription.gift", "channel.subscribe", "channel.chat.notification"],
    ),
    ("unsubscribe", "who=brook&channel=ada", &["channel.subscription.end"]),
    (
        "cheer",
        "who=brook&channel=ada&bits=100&text=Cheer100",
        &["channel.cheer", "channel.bits.use", "channel.chat.message"],
    ),
    ("hype-train", "who=brook&channel=ada&bits=1000", &["channel.hype_train.begin"]),
    ("power-up", "channel=ada&title=Confetti&bits=200", &[]),
    (
        "redeem-power-up",
        "who=brook&channel=ada&power-up=Confetti",
        &["channel.custom_power_up_redemption.add", "channel.bits.use"],
    ),
    ("reward", "channel=ada&title=Hydrate&cost=100", &["channel.channel_points_custom_reward.add"]),
    (
        "redeem",
        "who=brook&channel=ada&reward=Hydrate",
        &["channel.channel_points_custom_reward_redemption.add"],
    ),
    (
        "unlock-emote",
        "who=brook&channel=ada&emote=adaWave",
        &["channel.channel_points_automatic_reward_redemption.add"],
    ),
    ("prediction", "channel=ada&title=Who&outcomes=Ada,+Brook&seconds=120", &["channel.prediction.begin"]),
    ("predict", "who=brook&channel=ada&outcome=Ada&points=500", &["channel.prediction.progress"]),
    ("end-prediction", "channel=ada&winner=Ada", &["channel.prediction.end"]),
    ("poll", "channel=ada&title=Tea&choices=Yes,No&seconds=60", &["channel.poll.begin"]),
    ("vote", "who=brook&channel=ada&choice=Yes", &["channel.poll.progress"]),
    ("end-poll", "channel=ada", &["channel.poll.end"]),
    ("charity", "channel=ada&charity=Lighthouse&cents=50000", &["channel.charity_campaign.start"]),
    (
        "donate",
        "who=brook&channel=ada&cents=500",
        &["channel.charity_campaign.donate", "channel.charity_campaign.progress"],
    ),
    ("stop-charity", "channel=ada", &["channel.charity_campaign.stop"]),
    ("goal", "channel=ada&kind=followers&target=100&description=Many", &["channel.goal.begin"]),
    ("end-goal", "channel=ada&goal=Many", &["channel.goal.end"]),
    ("ad", "channel=ada&after=3600&seconds=60", &[]),
    ("ban", "moderator=ada&who=brook&channel=ada", &["channel.ban"]),
    ("request-unban", "who=brook&channel=ada&text=Sorry", &["channel.unban_request.create"]),
    ("unban", "moderator=ada&who=brook&channel=ada", &["channel.unban"]),
    ("warn", "moderator=ada&who=brook&channel=ada&reason=Caps", &["channel.warning.send"]),
    ("acknowledge-warning", "who=brook&channel=ada", &["channel.warning.acknowledge"]),
    (
        "hold",
        "who=brook&channel=ada&text=Grr&category=aggression",
        &["automod.message.hold", "channel.chat.user_message_hold"],
    ),
    ("judge", "moderator=ada&message=MESSAGE&verdict=ALLOW", &["automod.message.update"]),
    ("moderator", "who=brook&channel=ada", &["channel.moderator.add"]),
    ("unmoderator", "who=brook&channel=ada", &["channel.moderator.remove"]),
    ("vip", "who=brook&channel=ada", &["channel.vip.add"]),
    ("unvip", "who=brook&channel=ada", &["channel.vip.remove"]),
    ("clear", "channel=ada", &["channel.chat.clear"]),
    ("shield", "channel=ada&on=yes", &["channel.shield_mode.begin"]),
    ("announce", "channel=ada&text=Welcome", &["channel.chat.notification"]),
    ("shoutout", "channel=ada&to=brook", &["channel.shoutout.create", "channel.shoutout.receive"]),
    ("share-chat", "channel=ada&with=brook", &["channel.shared_chat.begin"]),
    ("join-shared-chat", "channel=cleo&host=ada", &["channel.shared_chat.update"]),
    ("end-shared-chat", "channel=ada", &["channel.shared_chat.end"]),
    ("guest-star", "channel=ada", &["channel.guest_star_session.begin"]),
    ("invite", "channel=ada&session=SESSION&guest=brook", &["channel.guest_star_guest.update"]),
    ("guest-ready", "who=brook&channel=ada", &["channel.guest_star_guest.update"]),
    ("end-guest-star", "channel=ada&session=SESSION", &["channel.guest_star_session.end"]),
    ("clip", "who=brook&channel=ada&title=Jump", &[]),
    ("upload", "channel=ada&title=Best&seconds=600", &[]),
    ("programme", "channel=ada&programme=affiliate", &[]),
    ("extension", "channel=ada&client=sim-client", &[]),
    (
        "buy",
        "who=brook&channel=ada&extension=sim-client&sku=confetti",
        &["extension.bits_transaction.create"],
    ),
    (
        "grant-drop",
        "organization=9001&game=33214&campaign=c1&benefit=b1&to=brook,cleo",
        &["drop.entitlement.grant"],
    ),
    ("helix", "user=ada&method=PUT&path=/chat/color%3Fuser_id=1001%26color=blue&body=", &[]),
    (
        "emit",
        "type=stream.online&version=1&about={\"broadcaster_user_id\":\"1001\"}&event={}",
        &["stream.online"],
    ),
    ("offline", "channel=ada", &["stream.offline"]),
    ("end-subscription", "id=SUBSCRIPTION&status=user_removed", &[]),
    ("reconnect", "", &[]),
    ("drop", "", &[]),
    ("close", "code=4000", &[]),
    ("repeat", "", &[]),
    ("expire", "user=ada", &[]),
    ("revoke", "client=sim-client&user=ada", &["user.authorization.revoke"]),
    ("silence", "", &[]),
    ("faults", "rate=0", &[]),
    ("restart", "seconds=0", &[]),
];

#[test]
fn every_story_can_be_told_by_the_page() {
    let stage = Stage::new();
    let _socket = stage.listen();
    let latest = |name: &str| {
        stage.server.with(|world, _| {
            let mut events = world.happenings().iter().rev().map(|happening| &happening.event[name]);
            events.find_map(Value::as_str).unwrap_or_default().to_owned()
        })
    };
    for (action, form, expected) in STORIES {
        if *action == "buy" {
            stage.offer("confetti");
        }
        let subscription = stage.server.with(|world, _| {
            let enabled = world.enabled(scene::CLIENT_ID, Some(&stage.ada));
            enabled.first().map_or(String::new(), |(id, ..)| (*id).to_owned())
        });
        let form = form.replace("SUBSCRIPTION", &subscription);
        let form = form.replace("MESSAGE", &latest("message_id")).replace("SESSION", &latest("session_id"));
        let before = stage.server.with(|world, _| world.happenings().len());
        let (status, said) = stage.post(action, &form);
        assert_eq!(status, 200, "{action} {form}: {said}");
        let kinds: Vec<String> = stage.server.with(|world, _| {
            world.happenings()[before..].iter().map(|happening| happening.kind.clone()).collect()
        });
        for kind in *expected {
            assert!(kinds.iter().any(|happened| happened == kind), "{action}: {kinds:?}");
        }
        assert_eq!(kinds.is_empty(), expected.is_empty(), "{action}: {kinds:?}");
    }
}

#[test]
fn what_a_story_needs_and_does_not_find_is_said() {
    let stage = Stage::new();
    let refused = |action: &str, form: &str, why: &str| {
        let (status, said) = stage.post(action, form);
        assert!(status == 409 && said.contains(why), "{action} {form}: {status} {said}");
    };
    refused("vote", "who=brook&channel=ada&choice=Yes", "(a running poll with this choice");
    refused("donate", "who=brook&channel=ada&cents=5", "(a charity campaign)");
    refused(
        "poll",
        "channel=ada&title=Tea&choices=Yes&seconds=60",
        "number of choices must be between 2 and 5",
    );
    refused("end-subscription", "id=nobodys&status=user_removed", "no enabled subscription has this id");
    refused("helix", "user=ada&method=GET&path=/nothing", "404");
}

#[test]
fn an_expired_token_is_refused() {
    let stage = Stage::new();
    let headers = format!("authorization: OAuth {}\r\n", stage.token);
    assert_eq!(stage.send("GET", "/oauth2/validate", &headers, "").0, 200);
    assert_eq!(stage.post("expire", "user=ada").0, 200);
    assert_eq!(stage.send("GET", "/oauth2/validate", &headers, "").0, 401);
}

#[test]
fn what_cannot_happen_is_refused_and_says_why() {
    let stage = Stage::new();
    let refused = |action: &str, form: &str, why: &str| {
        let (status, said) = stage.post(action, form);
        assert!(status == 400 && said.starts_with(why), "{action} {form}: {status} {said}");
    };
    refused("chat", "who=brook&channel=ada", "text: missing");
    refused("chat", &format!("who=a&channel=b&text={}", "x".repeat(501)), "text: it may have 500 characters");
    refused("follow", "who=%3Cb%3E&channel=ada", "who: neither");
    refused("follow", "who=99&channel=ada", "who: neither");
    refused("raid", "from=dan&to=ada&viewers=-1", "viewers: not a number");
    refused("reconnect", "which=nobody", "which: no open session");
    assert_eq!(stage.post("dance", "").0, 404);
    assert_eq!(stage.post("chat", &"x".repeat(9000)).0, 413);
    assert_eq!(stage.send("PUT", "/sim", "", "").0, 405);
    let foreign = "origin: http://elsewhere.example\r\n";
    assert_eq!(stage.send("POST", "/sim/online", foreign, "channel=ada").0, 403);
    assert_eq!(stage.send("POST", "/sim/online", "origin: http://sim\r\n", "channel=ada").0, 200);
}

#[test]
fn the_page_has_a_form_for_each_action_and_escapes_what_it_shows() {
    let stage = Stage::new();
    stage.server.with(|world, _| world.user("<script>"));
    let (status, page) = stage.send("GET", "/sim", "", "");
    assert_eq!(status, 200);
    let forms = page.split("action=\"/sim/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let told = STORIES.iter().map(|(action, ..)| *action);
    assert_eq!(forms.collect::<BTreeSet<_>>(), told.collect::<BTreeSet<_>>());
    assert!(page.contains("needs a running poll"));
    assert!(page.contains("&lt;script&gt; (1002)") && !page.contains("<script>"), "{page}");
    let (status, page) = stage.send("POST", "/sim/offline", "accept: text/html\r\n", "channel=ada");
    assert_eq!((status, page.contains("<strong>offline: done; events: 1")), (200, true), "{page}");
}
