//! The links between clients and the world: each direction keeps its order, and takes its time. A dial becomes a [`Peer`], which
//! ends when both sides know of it.

use super::{Event, Harness};
use crate::world::{Heard, PeerId, Said};
use std::time::Duration;
use twitchwire::{Cause, CauseKind, Closed, Input, SocketId, Time};

/// A socket between a client and the world.
pub(super) struct Peer {
    pub(super) node: usize,
    pub(super) life: u32,
    pub(super) socket: SocketId,
    /// The latest arrival in each direction: a socket keeps its order.
    pub(super) to_client: Time,
    pub(super) to_server: Time,
    pub(super) open: bool,
    pub(super) silent: bool,
    /// The client has asked to close it.
    pub(super) closing: bool,
}

impl Harness {
    pub(super) fn peers_of(&self, number: usize) -> Vec<PeerId> {
        self.peers.iter().filter(|(_, peer)| peer.node == number).map(|(id, _)| *id).collect()
    }

    pub(super) fn dial(&mut self, node: usize, life: u32, socket: SocketId, url: String) {
        self.nodes[node].dials += 1;
        self.last_peer += 1;
        let peer = PeerId(self.last_peer);
        let (to_client, to_server) = (self.now, self.now);
        let entry =
            Peer { node, life, socket, to_client, to_server, open: false, silent: false, closing: false };
        self.peers.insert(peer, entry);
        self.by_socket.insert((node, life, socket), peer);
        let delay = self.delay();
        if self.rng.chance(self.network.not_opened) {
            let cause = Cause::new(CauseKind::Connect, "connection refused");
            let input = Input::Closed(socket, Closed::NotOpened(cause));
            self.schedule(delay, Event::ToClient { node, life, input: input.into() });
        } else {
            self.schedule(delay, Event::Connect { peer, url });
        }
    }

    pub(super) fn connect(&mut self, peer: PeerId, url: &str) {
        let delay = self.delay();
        let alive = self.peers.get(&peer).is_some_and(|entry| self.lives(entry.node, entry.life));
        let Some(entry) = self.peers.get_mut(&peer).filter(|entry| alive && !entry.closing) else { return };
        match self.world.open(self.now, peer, url) {
            Ok(()) => {
                entry.open = true;
                if self.rng.chance(self.network.half_open) {
                    let after = self.rng.between(Duration::ZERO, Duration::from_secs(120));
                    self.schedule(after, Event::GoesSilent { peer });
                }
            }
            Err(status) => {
                let input = Input::Closed(entry.socket, Closed::Refused(status));
                let (node, life) = (entry.node, entry.life);
                self.peers.remove(&peer);
                self.schedule(delay, Event::ToClient { node, life, input: input.into() });
            }
        }
    }

    pub(super) fn client_hears(&mut self, peer: PeerId, heard: Heard) {
        let Some(entry) = self.peers.get_mut(&peer) else { return };
        if entry.silent {
            return;
        }
        let (node, life, socket) = (entry.node, entry.life, entry.socket);
        if !self.lives(node, life) {
            return;
        }
        match heard {
            Heard::Text(frame) => self.tell(node, Input::Frame(socket, frame)),
            Heard::Ping => {
                self.say(peer, Said::Pong);
                self.tell(node, Input::Alive(socket));
            }
            Heard::Close(code, reason) => self.end_peer(peer, Closed::Code(code, reason)),
        }
    }

    pub(super) fn say(&mut self, peer: PeerId, said: Said) {
        let delay = self.delay();
        let Some(entry) = self.peers.get_mut(&peer) else { return };
        entry.to_server = entry.to_server.max(self.now + delay);
        let at = entry.to_server;
        self.schedule_at(at, Event::ServerHears { peer, said });
    }

    pub(super) fn client_closes(&mut self, node: usize, life: u32, socket: SocketId) {
        let Some(id) = self.by_socket.get(&(node, life, socket)).copied() else { return };
        let Some(entry) = self.peers.get_mut(&id) else { return };
        let open = entry.open;
        // Whether its own order has brought a shard back, it learns with the answer.
        let known = self.nodes[node].client.conduit().and_then(|conduit| conduit.shard_count());
        entry.closing = true;
        if !entry.silent
            && !self.at_odds
            && let Some(shard) = self.world.carried_by(id)
            && known.is_none_or(|shard_count| shard < shard_count)
        {
            self.fail(format!("client {node} closes the link of shard {shard}, which delivers"));
        }
        if open {
            self.say(id, Said::Close);
            // The peer's own Close, or the driver's patience, ends it.
            self.schedule(twitchwire::LINGER, Event::PatienceEnds { peer: id });
        }
        self.schedule(twitchwire::LINGER + Duration::from_secs(1), Event::ServerLosesPeer { peer: id });
    }

    pub(super) fn end_peer(&mut self, peer: PeerId, how: Closed) {
        let Some(entry) = self.peers.get(&peer) else { return };
        let (node, life, socket) = (entry.node, entry.life, entry.socket);
        self.peers.remove(&peer);
        self.by_socket.remove(&(node, life, socket));
        if self.lives(node, life) {
            self.tell(node, Input::Closed(socket, how));
        }
    }
}
