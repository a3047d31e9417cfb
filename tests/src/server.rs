//! The world on a loopback port: HTTP and WebSocket side by side, in real time, on plain threads.
//!
//! Each connection has a thread that turns bytes, within TLS or without, into the world's calls; one more thread is the
//! world's clock, and one posts to the callbacks of webhooks. What the world says goes to the threads of its sockets through
//! channels. A page under `/sim` makes things happen.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mio::Waker;
use tungstenite::protocol::{CloseFrame, Role};
use tungstenite::{Error, Message, Utf8Bytes, WebSocket};
use twitchwire::Time;

use crate::world::Post;
use crate::{Heard, PeerId, Said, World, WorldOutput};

mod callbacks;
mod control;
mod http1;
mod stream;
#[cfg(feature = "tls")]
mod tls;
mod wire;

use http1::{Connection, Next};
use stream::{Protocol, Stream};
#[cfg(feature = "tls")]
pub use tls::Authority;
use wire::Wire;

/// The most connections at once; further ones are dropped.
const CONNECTIONS: usize = 6000;
/// The most posts that wait for their callbacks; further ones count as unanswered.
const POSTS: usize = 256;
/// How often it is looked for new connections.
const LOOK_UP: Duration = Duration::from_millis(5);
/// How long a client may take to answer a close frame.
const CLOSING: Duration = Duration::from_secs(1);

/// A world on a loopback port. Stops when dropped, with all its threads.
///
/// Next to what Twitch has there is a control page: `GET /sim` lists users, sessions and broken rules and has a form for each
/// [`Action`](crate::world::Action), with its fields and what it needs; `POST /sim/<action>` lets it happen: `chat`, `follow`, `cheer`,
/// `poll`, `ban`, `drop`, `expire` and many more. What has no form of its own is a call of Helix (`helix`) or an event (`emit`). Users
/// and channels are ids or logins; a login is made on first mention.
///
/// ```text
/// curl -d who=brook -d channel=ada -d text=Hello http://127.0.0.1:8080/sim/chat
/// ```
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    running: Option<Running>,
}

struct Running {
    stop: Arc<AtomicBool>,
    threads: [JoinHandle<()>; 3],
}

struct Shared {
    origin: Instant,
    protocol: Protocol,
    state: Mutex<State>,
    /// Rung when the world's next deadline may have changed, or something is to be posted.
    clock: Condvar,
}

struct State {
    world: World,
    opened: u64,
    peers: BTreeMap<PeerId, Peer>,
    posts: VecDeque<Post>,
}

/// The thread of a socket, for whoever has something for it.
struct Peer {
    orders: Sender<WorldOutput>,
    bell: Arc<Waker>,
}

impl Server {
    /// Puts a world on a free loopback port; its reconnect URLs lead to the same port.
    pub fn start(world: World) -> io::Result<Server> {
        Server::start_on(world, 0)
    }

    /// As [`Server::start`], on this port; 0: a free one.
    pub fn start_on(world: World, port: u16) -> io::Result<Server> {
        Server::start_as(Protocol::Plain, world, port)
    }

    /// As [`Server::start_on`], over TLS alone: its URLs begin with `https` and `wss`. The certificate is for `localhost` and the
    /// loopback addresses, and vouched for by an authority of its own, [`Server::authority`].
    #[cfg(feature = "tls")]
    pub fn start_tls_on(world: World, port: u16) -> io::Result<Server> {
        Server::start_as(Protocol::Tls(tls::Identity::new()?), world, port)
    }

    fn start_as(protocol: Protocol, world: World, port: u16) -> io::Result<Server> {
        let listener = listen((Ipv4Addr::LOCALHOST, port).into())?;
        let address = listener.local_addr()?;
        let state = State { world, opened: 0, peers: BTreeMap::new(), posts: VecDeque::new() };
        let state = Mutex::new(state);
        let shared = Arc::new(Shared { origin: Instant::now(), protocol, state, clock: Condvar::new() });
        let mut server = Server { shared, address, running: None };
        let base = server.socket_base();
        server.with(|world, _| world.settings.reconnect_base = base);
        server.run(listener)?;
        Ok(server)
    }

    /// Where Helix is.
    pub fn helix_url(&self) -> String {
        self.http_url() + "/helix"
    }

    /// Where OAuth is.
    pub fn oauth_url(&self) -> String {
        self.http_url() + "/oauth2"
    }

    /// Where the EventSub WebSocket is.
    pub fn ws_url(&self) -> String {
        self.socket_base() + "/ws"
    }

    /// Where the control page is.
    pub fn control_url(&self) -> String {
        self.http_url() + "/sim"
    }

    /// Scheme, host and port for HTTP.
    pub fn http_url(&self) -> String {
        let [http, _] = self.shared.protocol.schemes();
        format!("{http}://{}", self.address)
    }

    fn socket_base(&self) -> String {
        let [_, socket] = self.shared.protocol.schemes();
        format!("{socket}://{}", self.address)
    }

    /// Who vouches for the server's certificate, if it speaks TLS.
    #[cfg(feature = "tls")]
    pub fn authority(&self) -> Option<&Authority> {
        match &self.shared.protocol {
            Protocol::Plain => None,
            Protocol::Tls(identity) => Some(&identity.authority),
        }
    }

    /// Looks at the world, or lets something happen in it, at the time that it is.
    pub fn with<T>(&self, f: impl FnOnce(&mut World, Time) -> T) -> T {
        self.shared.with(|state, now| f(&mut state.world, now))
    }

    /// Drops every connection and stops listening, as in a crash; the world stays as it is.
    pub fn pause(&mut self) {
        let Some(running) = self.running.take() else { return };
        running.stop.store(true, Ordering::Release);
        self.shared.clock.notify_all();
        for thread in running.threads {
            // A thread that panicked has said so on stderr; there is nothing to add.
            let _ = thread.join();
        }
    }

    /// Listens again, on the same port.
    pub fn resume(&mut self) -> io::Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        self.run(listen(self.address)?)
    }

    fn run(&mut self, listener: TcpListener) -> io::Result<()> {
        let stop = Arc::new(AtomicBool::new(false));
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(format!("sim {name}")).spawn(work)
        };
        let (shared, stopped) = (self.shared.clone(), stop.clone());
        let clock = spawn("clock", Box::new(move || shared.keep_time(&stopped)))?;
        let (shared, stopped) = (self.shared.clone(), stop.clone());
        let accept = spawn("accept", Box::new(move || accept(listener, &shared, &stopped)));
        let (shared, stopped) = (self.shared.clone(), stop.clone());
        let posts = spawn("posts", Box::new(move || shared.post(&stopped)));
        match (accept, posts) {
            (Ok(accept), Ok(posts)) => {
                self.running = Some(Running { stop, threads: [clock, accept, posts] });
                Ok(())
            }
            (Err(error), _) | (_, Err(error)) => {
                stop.store(true, Ordering::Release);
                Err(error)
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.pause();
    }
}

impl Shared {
    fn now(&self) -> Time {
        Time::from_origin(self.origin.elapsed())
    }

    /// A test that panicked inside [`Server::with`] leaves the world usable for the others.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, f: impl FnOnce(&mut State, Time) -> T) -> T {
        let mut state = self.lock();
        let result = f(&mut state, self.now());
        state.hand_out();
        self.clock.notify_all();
        result
    }

    /// Posts to callbacks, one after the other.
    fn post(&self, stop: &AtomicBool) {
        let mut state = self.lock();
        while !stop.load(Ordering::Acquire) {
            let Some(post) = state.posts.pop_front() else {
                let look_up = Duration::from_millis(100);
                state = self.clock.wait_timeout(state, look_up).unwrap_or_else(PoisonError::into_inner).0;
                continue;
            };
            drop(state);
            // Whatever went wrong, the callback did not take it.
            let answer = callbacks::send(&post).ok();
            self.with(|state, now| state.world.answered(now, post.id, answer.as_ref()));
            state = self.lock();
        }
    }

    fn keep_time(&self, stop: &AtomicBool) {
        let mut state = self.lock();
        while !stop.load(Ordering::Acquire) {
            let now = self.now();
            state.world.handle_timeout(now);
            state.hand_out();
            let due = state.world.poll_timeout().map_or(Duration::from_secs(1), |due| due.since(now));
            let wait = due.clamp(Duration::from_millis(1), Duration::from_millis(100));
            state = self.clock.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl State {
    /// Passes on what the world wants said; to a socket that is gone, nothing.
    fn hand_out(&mut self) {
        while let Some(output) = self.world.poll_output() {
            let peer = match &output {
                WorldOutput::Socket(peer, _) | WorldOutput::Cut(peer) | WorldOutput::Silence(peer) => *peer,
                WorldOutput::Webhook(post) => {
                    if self.posts.len() < POSTS {
                        self.posts.push_back(post.clone());
                    }
                    continue;
                }
            };
            if let Some(peer) = self.peers.get(&peer) {
                let _ = peer.orders.send(output);
                let _ = peer.bell.wake();
            }
        }
    }
}

/// Lets clients in until it stops. While the world restarts nobody listens.
fn accept(mut listener: TcpListener, shared: &Arc<Shared>, stop: &AtomicBool) {
    while !stop.load(Ordering::Acquire) {
        let Ok(address) = listener.local_addr() else { return };
        let outage = shared.lock().world.outage();
        let mut crew = Crew::default();
        while !stop.load(Ordering::Acquire) && shared.lock().world.outage() == outage {
            crew.let_in(&listener, shared);
        }
        drop(listener);
        crew.dismiss();
        listener = loop {
            if stop.load(Ordering::Acquire) {
                return;
            }
            let down = shared.now() < shared.lock().world.outage().until;
            match if down { None } else { listen(address).ok() } {
                Some(listener) => break listener,
                None => std::thread::sleep(LOOK_UP),
            }
        };
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The threads of the connections that are open.
#[derive(Default)]
struct Crew {
    over: Arc<AtomicBool>,
    threads: Vec<(JoinHandle<()>, Arc<Waker>)>,
}

impl Crew {
    /// One client, if one is waiting.
    fn let_in(&mut self, listener: &TcpListener, shared: &Arc<Shared>) {
        match listener.accept() {
            Ok((stream, _)) if self.threads.len() < CONNECTIONS => {
                let Ok(wire) = Wire::new(stream) else { return };
                let (shared, over, bell) = (shared.clone(), self.over.clone(), wire.bell());
                let serve = move || {
                    // A broken connection concerns its client alone.
                    let _ = serve(wire, &shared, &over);
                };
                if let Ok(thread) = std::thread::Builder::new().name("sim connection".into()).spawn(serve) {
                    self.threads.push((thread, bell));
                }
            }
            Ok(_) => {}
            Err(_) => {
                self.threads.retain(|(thread, _)| !thread.is_finished());
                std::thread::sleep(LOOK_UP);
            }
        }
    }

    /// Breaks all connections off.
    fn dismiss(self) {
        self.over.store(true, Ordering::Release);
        for (_, bell) in &self.threads {
            let _ = bell.wake();
        }
        for (thread, _) in self.threads {
            let _ = thread.join();
        }
    }
}

/// One connection: requests one after the other, until it becomes a WebSocket or ends.
fn serve(wire: Wire, shared: &Shared, stop: &AtomicBool) -> io::Result<()> {
    let bell = wire.bell();
    let mut connection = Connection::new(shared.protocol.accept(wire, stop)?);
    while let Some(next) = connection.next(stop)? {
        match next {
            Next::Request(request, keep_alive) => {
                let response = shared.with(|state, now| match request.uri().path() {
                    path if control::is_for(path) => control::answer(&mut state.world, now, &request),
                    _ => state.world.request(now, &request),
                });
                connection.answer(&response, keep_alive)?;
                if !keep_alive {
                    break;
                }
            }
            Next::Upgrade { target, key } => {
                let (sender, orders) = mpsc::channel();
                let opened = shared.with(|state, now| {
                    state.opened += 1;
                    let peer = PeerId(state.opened);
                    // Registered first: the welcome may come at once.
                    state.peers.insert(peer, Peer { orders: sender, bell });
                    let opened = state.world.open(now, peer, &target);
                    if opened.is_err() {
                        state.peers.remove(&peer);
                    }
                    opened.map(|()| peer)
                });
                match opened {
                    Err(status) => connection.refuse(status)?,
                    Ok(peer) => {
                        let done = connection
                            .accept(&key)
                            .and_then(|(stream, rest)| socket(stream, rest, peer, &orders, shared, stop));
                        shared.with(|state, now| {
                            state.world.gone(now, peer);
                            state.peers.remove(&peer);
                        });
                        return done;
                    }
                }
                break;
            }
        }
    }
    Ok(())
}

/// One WebSocket: what the world says goes out, what the client says comes in.
fn socket(
    stream: Stream,
    rest: Vec<u8>,
    peer: PeerId,
    orders: &Receiver<WorldOutput>,
    shared: &Shared,
    stop: &AtomicBool,
) -> io::Result<()> {
    let mut socket = WebSocket::from_partially_read(stream, rest, Role::Server, None);
    let mut closing: Option<Instant> = None;
    while !stop.load(Ordering::Acquire) && closing.is_none_or(|since| since.elapsed() < CLOSING) {
        while let Ok(order) = orders.try_recv() {
            let done = match order {
                WorldOutput::Cut(_) => return socket.get_ref().shutdown(),
                WorldOutput::Silence(_) => return stay_silent(socket.get_mut(), stop),
                // Not for sockets.
                WorldOutput::Webhook(_) => Ok(()),
                WorldOutput::Socket(_, Heard::Text(text)) => match Utf8Bytes::try_from(text) {
                    Ok(text) => socket.send(Message::Text(text)),
                    Err(_) => Ok(()),
                },
                WorldOutput::Socket(_, Heard::Ping) => socket.send(Message::Ping("sim".into())),
                WorldOutput::Socket(_, Heard::Close(code, reason)) => {
                    closing.get_or_insert_with(Instant::now);
                    match socket.close(Some(CloseFrame { code: code.into(), reason: reason.into() })) {
                        Ok(()) => socket.flush(),
                        failed => failed,
                    }
                }
            };
            match done {
                Err(Error::ConnectionClosed | Error::AlreadyClosed) => return Ok(()),
                Err(Error::Io(error)) if !is_timeout(&error) => return Err(error),
                _ => {}
            }
        }
        let said = match socket.read() {
            Ok(Message::Text(_)) => Said::Text,
            Ok(Message::Binary(_)) => Said::Binary,
            Ok(Message::Ping(_)) => Said::Ping,
            Ok(Message::Pong(_)) => Said::Pong,
            Ok(Message::Close(_)) => Said::Close,
            Ok(Message::Frame(_)) => continue,
            Err(Error::Io(error)) if is_timeout(&error) => continue,
            Err(_) => return Ok(()),
        };
        shared.with(|state, now| state.world.said(now, peer, said));
    }
    Ok(())
}

/// Takes what comes and answers nothing, until the client goes.
fn stay_silent(stream: &mut Stream, stop: &AtomicBool) -> io::Result<()> {
    let mut unheard = [0; 1024];
    while !stop.load(Ordering::Acquire) {
        match stream.read(&mut unheard) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if is_timeout(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
