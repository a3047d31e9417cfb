//! EventSub sockets and sessions: welcome, keepalive, ping, handover, close codes.
//!
//! A socket is one TCP connection; a session is what subscriptions belong to, and may move from one socket to another.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};
use twitchwire::Time;

use super::reading::path_and_query;
use super::{Heard, PeerId, Rule, Said, Timer, World, WorldOutput};

/// The shortest silence, in seconds, that a client may ask for.
const SHORTEST_KEEPALIVE: u64 = 10;
/// Within this time a client that goes away has closed all its sockets, or Twitch has noticed that they are gone.
const GOING: Duration = Duration::from_secs(10);

/// Which sockets something happens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// The socket of the session with this id.
    Session(String),
    /// This one.
    Peer(PeerId),
}

struct Socket {
    session: u64,
    welcomed: bool,
    last_text: Time,
    pong_due: Option<Time>,
}

/// Which sockets a session has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    On(PeerId),
    /// Asked to move; the new socket is not there yet.
    Asked {
        old: PeerId,
        until: Time,
    },
    /// The new socket is open and not yet welcomed.
    Moving {
        old: PeerId,
        new: PeerId,
        until: Time,
    },
    /// The new socket is welcomed, the old one still open.
    Moved {
        old: PeerId,
        new: PeerId,
        until: Time,
    },
    Ended,
}

pub(super) struct Session {
    pub(super) id: String,
    /// The client and user of its subscriptions; an empty user stands for an app and its conduit.
    pub(super) owner: Option<(String, String)>,
    pub(super) connected: String,
    pub(super) disconnected: Option<String>,
    pub(super) link: Link,
    pub(super) subscriptions: BTreeSet<u64>,
    /// The conduit shard that it serves.
    pub(super) shard: Option<(String, u32)>,
    /// When it was last welcomed on a reconnect URL.
    pub(super) moved: Option<Time>,
    keepalive: u64,
    used: bool,
    /// Whether the client closed its socket while it was asked to move.
    left: bool,
}

#[derive(Default)]
pub(super) struct Sockets {
    open: BTreeMap<PeerId, Socket>,
    sessions: BTreeMap<u64, Session>,
    ids: BTreeMap<String, u64>,
    challenges: BTreeMap<String, u64>,
    made: u64,
    /// New sockets whose old ones the client has closed too early, unless it goes away and closes these as well.
    hasty: BTreeMap<PeerId, PeerId>,
}

impl Sockets {
    /// The session with this id, unless it is over.
    pub(super) fn alive(&self, id: &str) -> Option<u64> {
        let key = *self.ids.get(id)?;
        self.session(key).filter(|session| session.link != Link::Ended).map(|_| key)
    }

    pub(super) fn session(&self, key: u64) -> Option<&Session> {
        self.sessions.get(&key)
    }

    pub(super) fn session_mut(&mut self, key: u64) -> Option<&mut Session> {
        self.sessions.get_mut(&key)
    }

    /// The session is used by this client and user now.
    pub(super) fn claim(&mut self, key: u64, client: &str, user: &str) {
        if let Some(session) = self.sessions.get_mut(&key) {
            session.used = true;
            session.owner = Some((client.to_owned(), user.to_owned()));
        }
    }

    pub(super) fn challenges(&self) -> impl Iterator<Item = &str> {
        self.challenges.keys().map(String::as_str)
    }

    fn peers(&self, which: &Which) -> Vec<PeerId> {
        let wanted = |(peer, socket): (&PeerId, &Socket)| {
            let hit = match which {
                Which::All => true,
                Which::Peer(wanted) => wanted == peer,
                Which::Session(id) => self.ids.get(id) == Some(&socket.session),
            };
            hit.then_some(*peer)
        };
        self.open.iter().filter_map(wanted).collect()
    }
}

impl World {
    /// A client opens a WebSocket at this URL, or at its path and query alone; the welcome follows by itself.
    pub fn open(&mut self, now: Time, peer: PeerId, url: &str) -> Result<(), StatusCode> {
        self.advance(now);
        let (path, query) = path_and_query(url);
        if path != "/ws" {
            return Err(StatusCode::NOT_FOUND);
        }
        if self.sockets.open.contains_key(&peer) {
            return Err(StatusCode::CONFLICT);
        }
        if self.is_down() || self.rng.chance(self.faults.refuse_socket) {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        let keepalive = query.get("keepalive_timeout_seconds");
        let asked = keepalive.and_then(|n| n.parse().ok()).unwrap_or(SHORTEST_KEEPALIVE);
        let session = match query.get("challenge") {
            Some(challenge) => {
                if keepalive.is_some() {
                    self.violated(Rule::ReconnectUrlChanged, "keepalive_timeout_seconds on a reconnect URL");
                }
                let Some(session) = self.arrive(challenge, peer) else {
                    self.say(peer, Heard::Close(4007, "invalid reconnect".into()));
                    return Ok(());
                };
                session
            }
            None => self.new_session(peer, asked),
        };
        let socket = Socket { session, welcomed: false, last_text: self.now, pong_due: None };
        self.sockets.open.insert(peer, socket);
        if self.rng.chance(self.faults.no_welcome) {
            return Ok(());
        }
        if self.settings.welcome_after.is_zero() {
            self.welcome(peer);
        } else {
            self.arm(self.settings.welcome_after, Timer::Welcome(peer));
        }
        Ok(())
    }

    /// A client sends something on its socket.
    pub fn said(&mut self, now: Time, peer: PeerId, said: Said) {
        self.advance(now);
        if !matches!(said, Said::Pong | Said::Close) {
            self.violated(Rule::FrameSent, format!("{said:?} on {peer:?}"));
        }
        if said == Said::Close {
            self.sockets.hasty.remove(&peer);
        }
        let Some(socket) = self.sockets.open.get_mut(&peer) else { return };
        match said {
            Said::Text | Said::Binary | Said::Ping => {
                self.close(peer, 4001, "client sent inbound traffic", "websocket_received_inbound_traffic");
            }
            Said::Pong => socket.pong_due = None,
            Said::Close => {
                self.say(peer, Heard::Close(1000, String::new()));
                self.part(peer, "websocket_disconnected", true);
            }
        }
    }

    /// The client's TCP connection is gone, without a word.
    pub fn gone(&mut self, now: Time, peer: PeerId) {
        self.advance(now);
        self.sockets.hasty.remove(&peer);
        self.part(peer, "websocket_disconnected", false);
    }

    /// The server asks clients to reconnect.
    pub fn reconnect(&mut self, now: Time, which: &Which) {
        self.advance(now);
        for peer in self.sockets.peers(which) {
            self.ask_to_reconnect(peer);
        }
    }

    /// Sockets drop without a close frame.
    pub fn drop_sockets(&mut self, now: Time, which: &Which) {
        self.advance(now);
        for peer in self.sockets.peers(which) {
            self.drop_socket(peer);
        }
    }

    /// All sockets drop at once, and no session is known any more.
    pub(super) fn forget_sessions(&mut self, status: &'static str) {
        for (peer, socket) in std::mem::take(&mut self.sockets.open) {
            self.outputs.push_back(WorldOutput::Cut(peer));
            self.end_session(socket.session, status);
        }
    }

    /// Sockets fall silent: the server has given them up, and no word of it reaches the client.
    pub fn silence_sockets(&mut self, now: Time, which: &Which) {
        self.advance(now);
        for peer in self.sockets.peers(which) {
            self.outputs.push_back(WorldOutput::Silence(peer));
            self.part(peer, "websocket_network_timeout", false);
        }
    }

    /// The server closes sockets with a code such as 4000, 4005 or 4006.
    pub fn close_sockets(&mut self, now: Time, which: &Which, code: u16, reason: &str) {
        self.advance(now);
        let status = match code {
            4000 => "websocket_internal_error",
            4001 => "websocket_received_inbound_traffic",
            4002 => "websocket_failed_ping_pong",
            4003 => "websocket_connection_unused",
            4004 => "websocket_failed_to_reconnect",
            4005 => "websocket_network_timeout",
            4006 => "websocket_network_error",
            _ => "websocket_disconnected",
        };
        for peer in self.sockets.peers(which) {
            self.close(peer, code, reason, status);
        }
    }

    /// The session that is on this socket and on no other.
    pub(super) fn session_on(&self, peer: PeerId) -> Option<u64> {
        let key = self.sockets.open.get(&peer)?.session;
        matches!(self.sockets.session(key)?.link, Link::On(on) if on == peer).then_some(key)
    }

    /// The sockets that the server holds for open, with the ids of their sessions.
    pub fn open_sockets(&self) -> impl Iterator<Item = (PeerId, &str)> {
        let id = |key: u64| self.sockets.session(key).map_or("", |session| session.id.as_str());
        self.sockets.open.iter().map(move |(peer, socket)| (*peer, id(socket.session)))
    }

    fn new_session(&mut self, peer: PeerId, keepalive: u64) -> u64 {
        let id = format!("AgoQ{}", self.rng.token(24));
        let connected = self.stamp();
        let sockets = &mut self.sockets;
        sockets.made += 1;
        let session = Session {
            id: id.clone(),
            owner: None,
            connected,
            disconnected: None,
            link: Link::On(peer),
            subscriptions: BTreeSet::new(),
            shard: None,
            moved: None,
            keepalive: keepalive.max(SHORTEST_KEEPALIVE).min(self.settings.longest_keepalive),
            used: false,
            left: false,
        };
        sockets.sessions.insert(sockets.made, session);
        sockets.ids.insert(id, sockets.made);
        sockets.made
    }

    /// A socket comes with a challenge: the session that it may continue.
    fn arrive(&mut self, challenge: &str, peer: PeerId) -> Option<u64> {
        let key = *self.sockets.challenges.get(challenge)?;
        let session = self.sockets.sessions.get_mut(&key)?;
        match session.link {
            Link::Asked { old, until } => session.link = Link::Moving { old, new: peer, until },
            // The client gave up on its first attempt, and the server has not noticed yet.
            Link::Moving { old, new: stale, until } => {
                session.link = Link::Moving { old, new: peer, until };
                self.sockets.open.remove(&stale);
                self.outputs.push_back(WorldOutput::Cut(stale));
            }
            Link::On(_) | Link::Moved { .. } => return None,
            Link::Ended => {
                if session.left {
                    self.violated(Rule::OldSocketClosedFirst, format!("before {peer:?} was opened"));
                }
                return None;
            }
        }
        Some(key)
    }

    pub(super) fn welcome(&mut self, peer: PeerId) {
        let new_id = self.settings.new_session_id.then(|| format!("AgoQ{}", self.rng.token(24)));
        let Some(socket) = self.sockets.open.get_mut(&peer) else { return };
        socket.welcomed = true;
        let key = socket.session;
        let Some(session) = self.sockets.sessions.get_mut(&key) else { return };
        let mut moved = Vec::new();
        if let Link::Moving { old, new, until } = session.link {
            session.link = Link::Moved { old, new, until };
            session.moved = Some(self.now);
            moved.extend(session.subscriptions.iter().copied());
            if let Some(id) = new_id {
                // The old id stays known, for requests that are under way.
                session.id = id.clone();
                self.sockets.ids.insert(id, key);
            }
        }
        moved.retain(|_| self.rng.chance(self.faults.left_behind));
        let (used, keepalive) = (session.used, session.keepalive);
        let said = json!({
            "id": session.id,
            "status": "connected",
            "connected_at": session.connected,
            "keepalive_timeout_seconds": keepalive,
            "reconnect_url": null,
            "recovery_url": null,
        });
        for number in moved {
            self.disable(number, "websocket_failed_to_reconnect");
        }
        self.tell(peer, "session_welcome", &json!({"session": said}));
        self.arm(Duration::from_secs(keepalive), Timer::Keepalive(peer));
        self.arm(self.settings.ping_every, Timer::Ping(peer));
        if !used {
            self.arm(self.settings.use_within, Timer::Unused(peer));
        }
    }

    fn ask_to_reconnect(&mut self, peer: PeerId) {
        let challenge = self.rng.secret(32);
        let until = self.now + self.settings.reconnect_within;
        let Some(socket) = self.sockets.open.get(&peer).filter(|socket| socket.welcomed) else { return };
        let key = socket.session;
        let Some(session) = self.sockets.sessions.get_mut(&key) else { return };
        if session.link != Link::On(peer) {
            return;
        }
        session.link = Link::Asked { old: peer, until };
        let base = self.settings.reconnect_base.trim_end_matches('/');
        let said = json!({
            "id": session.id,
            "status": "reconnecting",
            "connected_at": session.connected,
            "keepalive_timeout_seconds": null,
            "reconnect_url": format!("{base}/ws?challenge={challenge}&id={}", session.id),
            "recovery_url": null,
        });
        self.sockets.challenges.insert(challenge, key);
        self.tell(peer, "session_reconnect", &json!({"session": said}));
        self.arm(self.settings.reconnect_within, Timer::Grace(key));
    }

    /// The time for moving is up: the old socket is closed, and without a new one the session is lost.
    pub(super) fn end_grace(&mut self, key: u64) {
        let Some(session) = self.sockets.session(key) else { return };
        match session.link {
            Link::Asked { old, until } | Link::Moving { old, until, .. } | Link::Moved { old, until, .. }
                if until <= self.now =>
            {
                self.close(old, 4004, "reconnect grace time expired", "websocket_failed_to_reconnect");
            }
            _ => {}
        }
    }

    pub(super) fn close_if_unused(&mut self, peer: PeerId) {
        let Some(socket) = self.sockets.open.get(&peer) else { return };
        if self.sockets.session(socket.session).is_some_and(|session| !session.used) {
            self.close(peer, 4003, "connection unused", "websocket_connection_unused");
        }
    }

    pub(super) fn keep_alive(&mut self, peer: PeerId) {
        let Some(socket) = self.sockets.open.get(&peer) else { return };
        let Some(session) = self.sockets.session(socket.session) else { return };
        let interval = Duration::from_secs(session.keepalive);
        let silence = self.now.since(socket.last_text);
        if silence < interval {
            return self.arm(interval - silence, Timer::Keepalive(peer));
        }
        self.tell(peer, "session_keepalive", &json!({}));
        self.arm(interval, Timer::Keepalive(peer));
    }

    pub(super) fn ping(&mut self, peer: PeerId) {
        let Some(socket) = self.sockets.open.get_mut(&peer) else { return };
        if socket.pong_due.is_none() {
            socket.pong_due = Some(self.now + self.settings.pong_within);
            self.arm(self.settings.pong_within, Timer::Pong(peer));
        }
        self.say(peer, Heard::Ping);
        self.arm(self.settings.ping_every, Timer::Ping(peer));
    }

    pub(super) fn close_if_pong_is_missing(&mut self, peer: PeerId) {
        let due = self.sockets.open.get(&peer).and_then(|socket| socket.pong_due);
        if due.is_some_and(|due| due <= self.now) {
            self.close(peer, 4002, "client failed ping-pong", "websocket_failed_ping_pong");
        }
    }

    pub(super) fn drop_socket(&mut self, peer: PeerId) {
        if self.sockets.open.contains_key(&peer) {
            self.outputs.push_back(WorldOutput::Cut(peer));
            self.part(peer, "websocket_disconnected", false);
        }
    }

    fn close(&mut self, peer: PeerId, code: u16, reason: &str, status: &'static str) {
        if self.sockets.open.contains_key(&peer) {
            self.say(peer, Heard::Close(code, reason.into()));
            self.part(peer, status, false);
        }
    }

    /// A socket is no more; what that means depends on where its session stands.
    fn part(&mut self, peer: PeerId, status: &'static str, by_client: bool) {
        let Some(socket) = self.sockets.open.remove(&peer) else { return };
        let key = socket.session;
        let Some(session) = self.sockets.sessions.get_mut(&key) else { return };
        let other = match session.link {
            Link::Moved { old, new, .. } if peer == old => {
                session.link = Link::On(new);
                return;
            }
            Link::Moving { old, new, until } if peer == new => {
                session.link = Link::Asked { old, until };
                return;
            }
            Link::Moving { new, .. } => {
                if by_client {
                    self.sockets.hasty.insert(new, peer);
                    self.arm(GOING, Timer::Hasty(new));
                }
                Some((new, 4007, "invalid reconnect"))
            }
            Link::Moved { old, .. } => Some((old, 4004, "reconnect grace time expired")),
            Link::Asked { .. } => {
                // Closing is fine for a client that goes away; it is not for one that comes to the new URL after it.
                session.left = by_client;
                None
            }
            Link::On(_) | Link::Ended => None,
        };
        self.end_session(key, status);
        if let Some((other, code, reason)) = other {
            self.close(other, code, reason, status);
        }
    }

    /// By now a client that goes away would have closed the new socket too.
    pub(super) fn judge_haste(&mut self, new: PeerId) {
        if let Some(old) = self.sockets.hasty.remove(&new) {
            self.violated(Rule::OldSocketClosedFirst, format!("{old:?} closed before {new:?}'s welcome"));
        }
    }

    fn end_session(&mut self, key: u64, status: &'static str) {
        let disconnected = self.stamp();
        let Some(session) = self.sockets.sessions.get_mut(&key) else { return };
        session.link = Link::Ended;
        session.disconnected = Some(disconnected);
        let subscriptions = std::mem::take(&mut session.subscriptions);
        let shard = session.shard.take();
        for number in subscriptions {
            self.disable(number, status);
        }
        if let Some((conduit, shard)) = shard {
            self.disable_shard(&conduit, shard, status);
        }
    }

    /// The sockets that a notification for this session goes to.
    pub(super) fn peers_for(&mut self, key: u64) -> Vec<PeerId> {
        match self.sockets.session(key).map(|session| session.link) {
            Some(Link::On(peer)) => vec![peer],
            Some(Link::Asked { old, .. } | Link::Moving { old, .. }) => vec![old],
            Some(Link::Moved { old, new, .. }) => {
                if self.rng.chance(self.faults.both_sockets) {
                    vec![old, new]
                } else {
                    vec![new]
                }
            }
            Some(Link::Ended) | None => Vec::new(),
        }
    }

    /// Writes a message with an id and a timestamp of its own.
    pub(super) fn tell(&mut self, peer: PeerId, message_type: &str, payload: &Value) {
        self.odd_frames(peer, message_type);
        let (id, stamp) = (self.rng.draw_uuid(), self.message_stamp());
        // Nothing here needs escapes. Keepalives are most of what an idle client hears.
        let message = format!(
            r#"{{"metadata":{{"message_id":"{id}","message_type":"{message_type}","message_timestamp":"{stamp}"}},"payload":{payload}}}"#
        );
        self.write(peer, message.into());
    }

    pub(super) fn write(&mut self, peer: PeerId, text: Bytes) {
        if let Some(socket) = self.sockets.open.get_mut(&peer) {
            socket.last_text = self.now;
            self.say(peer, Heard::Text(text));
        }
    }

    fn say(&mut self, peer: PeerId, heard: Heard) {
        self.outputs.push_back(WorldOutput::Socket(peer, heard));
    }
}
