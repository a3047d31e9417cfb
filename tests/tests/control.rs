//! The control page of a running server: what is sent to it happens, and sockets hear of it.

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

    /// A socket that hears two topics of ada's.
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

    assert_eq!(stage.post("reconnect", ""), (200, "1 open sockets, asked to reconnect\n".into()));
    assert_eq!(message(&mut socket)["metadata"]["message_type"], "session_reconnect");
    assert_eq!(stage.post("drop", "which="), (200, "1 open sockets, dropped\n".into()));
    assert!(socket.read().is_err());
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
    refused("chat", &format!("who=a&channel=b&text={}", "x".repeat(501)), "text: a chat message has");
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
    for action in ["chat", "follow", "raid", "online", "offline", "reconnect", "drop", "expire"] {
        assert!(page.contains(&format!("action=\"/sim/{action}\"")), "{action}");
    }
    assert!(page.contains("&lt;script&gt; (1002)") && !page.contains("<script>"), "{page}");
    let (status, page) = stage.send("POST", "/sim/offline", "accept: text/html\r\n", "channel=ada");
    assert_eq!((status, page.contains("<strong>1001 is offline")), (200, true), "{page}");
}
