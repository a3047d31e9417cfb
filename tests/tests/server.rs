//! The world on a loopback port, spoken to with plain sockets.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};
use twitchwire::Time;
use twitchwire::eventsub::{Received, Webhook, WebhookSecret};
use twitchwire_sim::world::{Rule, Which};
use twitchwire_sim::{Server, World, scene};

/// Long enough for a slow machine, short enough to end.
const PATIENCE: Duration = Duration::from_secs(20);

struct Stage {
    server: Server,
    ada: String,
    token: String,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new(3, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client("app1", Some("s3cret"));
        let ada = world.user("ada");
        let (token, _) = world.grant_token(Time::ZERO, "app1", &ada, &["moderator:read:followers"]);
        Stage { server: Server::start(world).unwrap(), ada, token }
    }

    fn stream(&self) -> TcpStream {
        stream(&self.server)
    }

    fn open(&self, url: &str) -> WebSocket<TcpStream> {
        tungstenite::client(url, self.stream()).unwrap().0
    }

    /// A request on a connection of its own: status and body.
    fn helix(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = self.stream();
        send(&mut stream, method, path, &self.token, body, "close");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn subscribe(&self, socket: &mut WebSocket<TcpStream>) -> String {
        let welcome = message(socket);
        assert_eq!(welcome["metadata"]["message_type"], "session_welcome");
        let session = welcome["payload"]["session"]["id"].as_str().unwrap().to_owned();
        let body = json!({
            "type": "channel.follow",
            "version": "2",
            "condition": {"broadcaster_user_id": self.ada, "moderator_user_id": self.ada},
            "transport": {"method": "websocket", "session_id": session},
        });
        let (status, answer) = self.helix("POST", "/helix/eventsub/subscriptions", &body.to_string());
        assert_eq!(status, 202, "{answer}");
        session
    }

    fn follow(&self, login: &str) {
        self.server.with(|world, now| {
            let fan = world.user(login);
            world.follow(now, &fan, &self.ada);
        });
    }
}

fn stream(server: &Server) -> TcpStream {
    let address = server.http_url().replace("http://", "");
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn send(stream: &mut TcpStream, method: &str, path: &str, token: &str, body: &str, connection: &str) {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: sim\r\nclient-id: app1\r\nauthorization: Bearer {token}\r\nconnection: {connection}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
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

fn close_code(socket: &mut WebSocket<TcpStream>) -> u16 {
    loop {
        if let Message::Close(frame) = socket.read().unwrap() {
            return frame.unwrap().code.into();
        }
    }
}

#[test]
fn events_arrive_over_a_real_socket() {
    let stage = Stage::new();
    let mut socket = stage.open(&stage.server.ws_url());
    stage.subscribe(&mut socket);
    stage.follow("brook");
    let event = message(&mut socket);
    assert_eq!(event["payload"]["event"]["user_login"], "brook");
}

#[test]
fn one_connection_carries_several_requests() {
    let stage = Stage::new();
    let mut stream = stage.stream();
    for _ in 0..3 {
        send(&mut stream, "GET", "/helix/users", &stage.token, "", "keep-alive");
        let mut answer = Vec::new();
        while !answer.ends_with(b"]}") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("ratelimit-remaining: "), "{answer}");
    }
}

#[test]
fn a_handover_leads_back_to_the_same_port() {
    let stage = Stage::new();
    let mut old = stage.open(&stage.server.ws_url());
    let session = stage.subscribe(&mut old);
    stage.server.with(|world, now| world.reconnect(now, &Which::All));
    let asked = message(&mut old);
    let url = asked["payload"]["session"]["reconnect_url"].as_str().unwrap();
    assert!(url.starts_with(&stage.server.ws_url()));
    let mut new = stage.open(url);
    assert_eq!(message(&mut new)["payload"]["session"]["id"], session.as_str());
    old.close(None).unwrap();
    stage.follow("brook");
    assert_eq!(message(&mut new)["metadata"]["message_type"], "notification");
    stage.server.with(|world, _| assert_eq!(world.violations(), []));
}

#[test]
fn any_frame_from_the_client_but_pong_and_close_is_closed_with_4001() {
    for frame in
        [Message::Text("hello".into()), Message::Binary("hello".into()), Message::Ping("hello".into())]
    {
        let stage = Stage::new();
        let mut socket = stage.open(&stage.server.ws_url());
        stage.subscribe(&mut socket);
        socket.send(frame).unwrap();
        assert_eq!(close_code(&mut socket), 4001);
        stage.server.with(|world, _| assert_eq!(world.violations()[0].rule, Rule::FrameSent));
    }
}

#[test]
fn a_socket_that_falls_silent_stays_open_and_answers_nothing() {
    let stage = Stage::new();
    let mut socket = stage.open(&stage.server.ws_url());
    stage.subscribe(&mut socket);
    stage.server.with(|world, now| world.silence_sockets(now, &Which::All));
    socket.get_ref().set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    socket.close(None).unwrap();
    let Err(tungstenite::Error::Io(error)) = socket.read() else { panic!("not silent") };
    assert!(matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{error}");
}

#[test]
fn the_worlds_deadlines_come_by_themselves() {
    let mut world = World::new(3, "2026-03-01T12:00:00Z".parse().unwrap());
    world.settings.use_within = Duration::from_millis(50);
    let server = Server::start(world).unwrap();
    let mut socket = tungstenite::client(server.ws_url(), stream(&server)).unwrap().0;
    assert_eq!(close_code(&mut socket), 4003);
}

#[test]
fn a_cut_ends_the_connection_without_a_close_frame() {
    let stage = Stage::new();
    let mut socket = stage.open(&stage.server.ws_url());
    stage.subscribe(&mut socket);
    stage.server.with(|world, now| world.drop_sockets(now, &Which::All));
    assert!(!matches!(socket.read(), Ok(Message::Close(_))));
}

#[test]
fn a_refused_upgrade_says_503() {
    let stage = Stage::new();
    stage.server.with(|world, _| world.faults.refuse_socket = 1.0);
    match tungstenite::client(stage.server.ws_url(), stage.stream()) {
        Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
            assert_eq!(answer.status(), 503);
        }
        other => panic!("{:?}", other.map(|_| "opened")),
    }
}

#[test]
fn a_server_that_speaks_tls_answers_nobody_who_does_not() {
    let world = World::new(3, "2026-03-01T12:00:00Z".parse().unwrap());
    let server = Server::start_tls_on(world, 0).unwrap();
    let address = server.http_url().replace("https://", "");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(b"GET /helix/users HTTP/1.1\r\nhost: sim\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // An alert, and the end; or the end alone, if the alert was overtaken by it.
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.len() <= 7 && !answer.starts_with(b"HTTP"), "{answer:?}");
}

/// Opens a connection over TLS.
fn shake_hands(server: &Server) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(server.authority().unwrap().der().to_vec().into()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let session = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let tcp = TcpStream::connect(server.http_url().replace("https://", "")).unwrap();
    tcp.set_read_timeout(Some(PATIENCE)).unwrap();
    StreamOwned::new(session, tcp)
}

#[test]
fn an_answer_over_tls_ends_with_a_goodbye_and_a_connection_that_breaks_off_with_none() {
    let server = Server::start_tls_on(World::new(3, "2026-03-01T12:00:00Z".parse().unwrap()), 0).unwrap();
    let mut answered = shake_hands(&server);
    answered.write_all(b"GET /oauth2/validate HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    // The library takes an end without a goodbye for an error.
    answered.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");

    let mut broken = shake_hands(&server);
    broken.write_all(b"GET /oauth2/validate HTTP/1.1\r\nhost: sim\r\n\r\n").unwrap();
    broken.read_exact(&mut [0; 12]).unwrap();
    server.with(|world, now| world.restart(now, Duration::from_secs(3600)));
    // Not a timeout: it is over, and nobody said so.
    let ended = broken.read_to_string(&mut answer).unwrap_err().kind();
    assert!(matches!(ended, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset), "{ended:?}");
}

#[test]
fn a_server_that_restarts_breaks_connections_off_and_comes_back_on_the_same_port() {
    let stage = Stage::new();
    let mut socket = stage.open(&stage.server.ws_url());
    let session = stage.subscribe(&mut socket);
    let mut idle = stage.stream();
    stage.server.with(|world, now| world.restart(now, Duration::from_secs(3600)));
    assert!(!matches!(socket.read(), Ok(Message::Close(_))));
    assert!(matches!(idle.read(&mut [0]), Ok(0) | Err(_)), "the connection is still open");
    assert!(TcpStream::connect(stage.server.http_url().replace("http://", "")).is_err());

    stage.server.with(|world, now| world.restart(now, Duration::ZERO));
    let started = Instant::now();
    while TcpStream::connect(stage.server.http_url().replace("http://", "")).is_err() {
        assert!(started.elapsed() < PATIENCE, "it never comes back");
        std::thread::yield_now();
    }
    let mut socket = stage.open(&stage.server.ws_url());
    assert_ne!(stage.subscribe(&mut socket), session);
    stage.follow("brook");
    assert_eq!(message(&mut socket)["metadata"]["message_type"], "notification");
}

#[test]
fn a_server_comes_back_on_the_same_port() {
    let mut stage = Stage::new();
    let mut socket = stage.open(&stage.server.ws_url());
    stage.subscribe(&mut socket);
    let before = stage.server.ws_url();
    stage.server.pause();
    assert!(socket.read().is_err());
    assert!(TcpStream::connect(before.replace("ws://", "").replace("/ws", "")).is_err());
    stage.server.resume().unwrap();
    assert_eq!(stage.server.ws_url(), before);
    let mut socket = stage.open(&before);
    stage.subscribe(&mut socket);
    stage.follow("brook");
    assert_eq!(message(&mut socket)["metadata"]["message_type"], "notification");
}

#[test]
fn the_listening_scene_plays_in_real_time() {
    let mut world = World::new(3, "2026-03-01T12:00:00Z".parse().unwrap());
    let ada = scene::listen(&mut world);
    world.client("app1", None);
    let token = world.grant_token(Time::ZERO, "app1", &ada, &["moderator:read:followers"]).0;
    let stage = Stage { server: Server::start(world).unwrap(), ada, token };
    let mut socket = stage.open(&stage.server.ws_url());
    stage.subscribe(&mut socket);
    let heard = message(&mut socket);
    assert_eq!(heard["payload"]["event"]["user_login"], "brook");
    let asked = message(&mut socket);
    assert_eq!(asked["metadata"]["message_type"], "session_reconnect");
}

/// One request to a callback, read from a real connection and answered by the library's own reader.
fn take_post(listener: &TcpListener, webhook: &mut Webhook) -> Received {
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut request = http::Request::post(line.split(' ').nth(1).unwrap());
    let (mut length, mut wall) = (0, None);
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name {
            "content-length" => length = value.parse().unwrap(),
            "twitch-eventsub-message-timestamp" => wall = Some(value.parse().unwrap()),
            _ => {}
        }
        request = request.header(name, value);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let request = request.body(body.into()).unwrap();
    let (answer, received) = webhook.receive(Time::ZERO, wall.unwrap(), &request);
    let head = format!("HTTP/1.1 {}\r\ncontent-length: {}\r\n\r\n", answer.status(), answer.body().len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(answer.body()).unwrap();
    received
}

#[test]
fn a_callback_on_this_machine_is_called() {
    let mut stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let callback = format!("http://{}/eventsub", listener.local_addr().unwrap());
    let form = "client_id=app1&client_secret=s3cret&grant_type=client_credentials".as_bytes();
    let request = http::Request::post("/oauth2/token").body(form.into()).unwrap();
    let tokens = stage.server.with(|world, now| world.request(now, &request));
    let tokens: Value = serde_json::from_slice(tokens.body()).unwrap();
    stage.token = tokens["access_token"].as_str().unwrap().to_owned();
    let secret = "the-callbacks-secret";
    let body = json!({
        "type": "stream.online",
        "version": "1",
        "condition": {"broadcaster_user_id": stage.ada},
        "transport": {"method": "webhook", "callback": callback, "secret": secret},
    });
    let (status, _) = stage.helix("POST", "/helix/eventsub/subscriptions", &body.to_string());
    assert_eq!(status, 202);
    let mut webhook = Webhook::new([WebhookSecret::new(secret).unwrap()], 10);
    assert!(matches!(take_post(&listener, &mut webhook), Received::Challenge(_)));
    let started = Instant::now();
    while stage.server.with(|world, _| world.enabled("app1", None).is_empty()) {
        assert!(started.elapsed() < PATIENCE, "never enabled");
        std::thread::yield_now();
    }
    stage.server.with(|world, now| world.online(now, &stage.ada));
    assert!(matches!(take_post(&listener, &mut webhook), Received::Message(_)));
}
