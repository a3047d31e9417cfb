//! A driver by hand, over the bare core: no adapter, no runtime. A thread for each request and each socket, and one channel
//! on which everything that happens comes back.
//!
//! Without `TWITCH_CLIENT_ID` it listens to a simulated Twitch for some ten seconds, otherwise to Twitch, to the channel of
//! whoever logs in, until Ctrl-C.
#![expect(clippy::print_stdout, reason = "an example prints")]

use bytes::Bytes;
use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};
use twitchwire::auth::Scope;
use twitchwire::auth::store::{MemoryStore, Store};
use twitchwire::eventsub::topic::channel::ChannelFollow;
use twitchwire::eventsub::topic::stream::StreamOffline;
use twitchwire::eventsub::{Event, Via};
use twitchwire::jiff::Timestamp;
use twitchwire::{
    Cause, CauseKind, Client, Closed, Config, Endpoints, Failure, HttpId, Input, MAX_BODY, Notice, Output,
    SecretUrl, Sent, SocketId, Time,
};
use twitchwire_sim::{Server, World, scene};

/// How soon a socket sees that it is to close.
const LOOK_UP: Duration = Duration::from_millis(200);

fn main() -> Result<(), Box<dyn Error>> {
    let (config, _server) = config()?;
    let origin = Instant::now();
    let now = || Time::from_origin(origin.elapsed());
    let (tell, hear) = mpsc::channel::<Input>();
    let store = MemoryStore::new();
    let mut sockets: BTreeMap<SocketId, Arc<AtomicBool>> = BTreeMap::new();

    let mut client = Client::new(now(), config);
    client.handle(now(), Input::Wall(Timestamp::now()));
    let mut login = Some(client.login(now(), [Scope::ModeratorReadFollowers]));
    let mut next_wall = Instant::now() + Duration::from_secs(60);
    loop {
        while let Some(output) = client.poll_output() {
            match output {
                Output::Http { id, request, answer_by, .. } => {
                    let (tell, within) = (tell.clone(), answer_by.since(now()));
                    // Nobody listens any more at the end.
                    thread::spawn(move || drop(tell.send(exchange(id, request, within))));
                }
                Output::Connect { id, url, .. } => {
                    let closing = Arc::new(AtomicBool::new(false));
                    sockets.insert(id, closing.clone());
                    let tell = tell.clone();
                    thread::spawn(move || {
                        let closed = socket(id, &url, &closing, &tell);
                        let _ = tell.send(Input::Closed(id, closed));
                    });
                }
                Output::Close(id) => {
                    if let Some(closing) = sockets.get(&id) {
                        closing.store(true, Ordering::Relaxed);
                    }
                }
                Output::Store(id, op) => client.handle(now(), Input::Stored(id, store.run(op))),
                Output::Reply(id, reply) => {
                    if let Some(login) = login.take_if(|login| login.id() == id) {
                        let me = login.finish(reply)?.user;
                        client.subscribe(now(), &ChannelFollow::new(&me, &me), Via::WebSocket);
                        client.subscribe(now(), &StreamOffline::new(&me), Via::WebSocket);
                    }
                }
                Output::Notice(Notice::Notification(notification)) => match notification.event() {
                    Event::ChannelFollow(follow) => println!("{} follows", follow.user_name),
                    Event::StreamOffline(_) => client.close(now()),
                    other => println!("{other:?}"),
                },
                Output::Notice(Notice::Closed) => return Ok(()),
                Output::Notice(Notice::Prompt(_, prompt)) => println!("To log in, {prompt}."),
                Output::Notice(notice) => println!("* {notice}"),
            }
        }
        let due = client.poll_timeout().map_or(next_wall, |due| next_wall.min(origin + due.since_origin()));
        match hear.recv_timeout(due.saturating_duration_since(Instant::now())) {
            Ok(input) => {
                if let Input::Closed(id, _) = &input {
                    sockets.remove(id);
                }
                client.handle(now(), input);
            }
            Err(RecvTimeoutError::Timeout) if Instant::now() >= next_wall => {
                next_wall += Duration::from_secs(60);
                client.handle(now(), Input::Wall(Timestamp::now()));
            }
            Err(RecvTimeoutError::Timeout) => client.handle(now(), Input::Timeout),
            // This function has a sender itself.
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn config() -> Result<(Config, Option<Server>), Box<dyn Error>> {
    if let Ok(id) = env::var("TWITCH_CLIENT_ID") {
        let mut config = Config::new(id);
        config.client_secret = env::var("TWITCH_CLIENT_SECRET").ok().map(Into::into);
        return Ok((config, None));
    }
    let mut world = World::new(1, "2026-03-01T12:00:00Z".parse()?);
    scene::listen(&mut world);
    let server = Server::start(world)?;
    let mut config = Config::new(scene::CLIENT_ID);
    config.client_secret = Some(scene::CLIENT_SECRET.into());
    config.endpoints = Endpoints::local(&server.http_url().parse()?, &server.ws_url().parse()?);
    Ok((config, Some(server)))
}

/// One exchange, on a connection of its own.
fn exchange(id: HttpId, request: http::Request<Bytes>, within: Duration) -> Input {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(within))
        .build()
        .into();
    let answer = agent.run(request.map(|body| body.to_vec())).and_then(|response| {
        let (parts, mut body) = response.into_parts();
        let body = body.with_config().limit(MAX_BODY as u64).read_to_vec()?;
        Ok(http::Response::from_parts(parts, body.into()))
    });
    match answer {
        Ok(response) => Input::Response(id, response),
        Err(error) => {
            let sent = match error {
                ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Sent::No,
                _ => Sent::Unknown,
            };
            Input::Failed(id, Failure { sent, cause: Cause::new(CauseKind::Other, error) })
        }
    }
}

/// A socket's whole life.
fn socket(id: SocketId, url: &SecretUrl, closing: &AtomicBool, tell: &Sender<Input>) -> Closed {
    let mut socket = match tungstenite::connect(url.expose().as_str()) {
        Ok((socket, _)) => socket,
        Err(tungstenite::Error::Http(refused)) => return Closed::Refused(refused.status()),
        Err(_) => return Closed::NotOpened(Cause::new(CauseKind::Connect, "no WebSocket could be opened")),
    };
    // So that it can look up now and then. What fails here fails at the next reading too.
    let _ = tcp(&mut socket).map(|tcp| tcp.set_read_timeout(Some(LOOK_UP)));
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => drop(tell.send(Input::Frame(id, text.into()))),
            Ok(Message::Close(frame)) => {
                let _ = socket.flush();
                let (code, reason) = frame
                    .map_or((1005, String::new()), |frame| (frame.code.into(), frame.reason.to_string()));
                return Closed::Code(code, reason);
            }
            Ok(_) => drop(tell.send(Input::Alive(id))),
            Err(tungstenite::Error::Io(error))
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
            {
                if closing.load(Ordering::Relaxed) {
                    // Said once; the server's answer ends the reading.
                    let _ = socket.close(None);
                }
            }
            Err(error) => return Closed::Lost(Cause::new(CauseKind::Other, error)),
        }
    }
}

fn tcp(socket: &mut WebSocket<MaybeTlsStream<TcpStream>>) -> Option<&TcpStream> {
    match socket.get_mut() {
        MaybeTlsStream::Plain(tcp) => Some(tcp),
        MaybeTlsStream::Rustls(tls) => Some(&tls.sock),
        _ => None,
    }
}
