//! [`Harness`]: clients of this library and one [`World`], joined in virtual time by a network that misbehaves on demand.
//!
//! Everything that moves is an entry in one queue, ordered by its time: requests and responses, each direction of each
//! socket in its own order, store answers, the wall clock. [`Harness::run_until`] takes entries until a time. After every
//! step the invariants that hold at all times are checked ([`Harness::failures`]); those that hold at rest are checked
//! by [`Harness::check_at_rest`]. The same seed gives the same run, entry by entry; [`Harness::trace`] is its latest part.

use crate::world::{Heard, PeerId, Said, World, WorldOutput};
use bytes::Bytes;
use http::{Method, Request, Response};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use twitchwire::auth::provider::Provider;
use twitchwire::auth::store::{MemoryStore, Store, StoreError, StoreOp};
use twitchwire::{
    CallId, Cause, CauseKind, Client, Closed, Config, Endpoints, Failure, HttpId, Input, Notice, Output,
    Reply, Sent, SocketId, StoreId, Time,
};

mod conduit;
mod link;
mod network;
mod node;
mod rest;
mod watch;

use link::Peer;
pub use network::{Network, Rng};
use node::Past;
pub use node::{Node, Wanted};
use watch::Watch;

/// Clients and a world in virtual time.
pub struct Harness {
    /// The world.
    pub world: World,
    /// The network between them.
    pub network: Network,
    /// In which share of steps a client writes down until when it has listened, which takes the longer the more it
    /// holds; with 0, never.
    pub write_down: f64,
    /// Whether the clients that are started from now on are [recorded](Node::recordings).
    pub record: bool,
    now: Time,
    rng: Rng,
    queue: BTreeMap<(Time, u64), Event>,
    entries: u64,
    nodes: Vec<Node>,
    peers: BTreeMap<PeerId, Peer>,
    by_socket: BTreeMap<(usize, u32, SocketId), PeerId>,
    last_peer: u64,
    failures: Vec<String>,
    trace: VecDeque<String>,
    keep: usize,
    steps: u64,
    restarts: Vec<Time>,
    /// Whether clients resize one conduit against each other: they close what another has brought back and they do not know.
    at_odds: bool,
    watch: Watch,
}

/// What is under way.
enum Event {
    ToWorld { node: usize, life: u32, id: HttpId, request: Box<Request<Bytes>> },
    ToClient { node: usize, life: u32, input: Box<Input> },
    Connect { peer: PeerId, url: String },
    ServerHears { peer: PeerId, said: Said },
    ClientHears { peer: PeerId, heard: Heard },
    ClientLosesPeer { peer: PeerId },
    PatienceEnds { peer: PeerId },
    ServerLosesPeer { peer: PeerId },
    GoesSilent { peer: PeerId },
    Stored { node: usize, life: u32, id: StoreId, op: StoreOp },
    Wall { node: usize, life: u32 },
}

impl Harness {
    /// No client yet.
    pub fn new(seed: u64, world: World) -> Self {
        Harness {
            world,
            network: Network::GOOD,
            write_down: 0.05,
            record: false,
            now: Time::ZERO,
            rng: Rng::new(seed),
            queue: BTreeMap::new(),
            entries: 0,
            nodes: Vec::new(),
            peers: BTreeMap::new(),
            by_socket: BTreeMap::new(),
            last_peer: 0,
            failures: Vec::new(),
            trace: VecDeque::new(),
            keep: 0,
            steps: 0,
            restarts: Vec::new(),
            at_odds: false,
            watch: Watch::default(),
        }
    }

    /// Where clients find the world.
    pub fn endpoints() -> Endpoints {
        let http = "https://twitch.invalid".parse().unwrap_or_else(|_| unreachable!("a constant URL"));
        let ws = "wss://twitch.invalid".parse().unwrap_or_else(|_| unreachable!("a constant URL"));
        Endpoints::local(&http, &ws)
    }

    /// Adds a client; its number.
    pub fn client(&mut self, config: Config, store: MemoryStore) -> usize {
        let number = self.nodes.len();
        self.nodes.push(Node::new(config, store));
        self.start(number);
        number
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// A client and what it was told.
    pub fn node(&self, number: usize) -> &Node {
        &self.nodes[number]
    }

    /// Gives a client somebody to ask for tokens.
    pub fn provide(&mut self, number: usize, provider: impl Provider + 'static) {
        self.nodes[number].provider = Some(Box::new(provider));
    }

    /// What broke, in words.
    pub fn failures(&self) -> &[String] {
        &self.failures
    }

    /// The latest part of what happened.
    pub fn trace(&self) -> impl Iterator<Item = &str> {
        self.trace.iter().map(String::as_str)
    }

    /// Keeps this many lines of the trace from now on; none by default, since writing them takes time.
    pub fn keep_trace(&mut self, lines: usize) {
        self.keep = lines;
    }

    /// How many entries were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Gives a client an order, and carries out what follows from it.
    pub fn with<R>(&mut self, number: usize, order: impl FnOnce(&mut Client, Time) -> R) -> R {
        let now = self.now;
        let result = order(&mut self.nodes[number].client, now);
        self.drain(number);
        result
    }

    /// Wants to hear a topic, and remembers it for the check of what was delivered.
    pub fn subscribe(&mut self, number: usize, wanted: Wanted) {
        self.subscribe_again(number, wanted, Past::default());
    }

    fn subscribe_again(&mut self, number: usize, wanted: Wanted, past: Past) {
        let now = self.now;
        let node = &mut self.nodes[number];
        let wish = wanted.subscribe(&mut node.client, now);
        node.wants(wish, wanted, past);
        self.drain(number);
    }

    /// Forgets a wish that was withdrawn.
    pub fn forget(&mut self, number: usize, wish: twitchwire::WishId) {
        self.nodes[number].forget(wish);
    }

    /// Ends a client's process without a word, and starts another on the same store, with the same wishes.
    pub fn restart(&mut self, number: usize) {
        self.crash(number, Duration::from_millis(1));
    }

    /// As [`Harness::restart`], but Twitch notices the dead sockets only after a while.
    pub fn crash(&mut self, number: usize, noticed_after: Duration) {
        self.note(|| format!("client {number} dies and is started again"));
        self.restarts.push(self.now);
        for peer in self.peers_of(number) {
            self.schedule(noticed_after, Event::ServerLosesPeer { peer });
        }
        let wanted = self.nodes[number].die();
        self.watch_anew(number);
        self.start(number);
        for (wanted, past) in wanted {
            self.subscribe_again(number, wanted, past);
        }
    }

    /// Lets a client's machine sleep: its monotonic clock stands still, so for the client all that passes is that
    /// its sockets say nothing, its wall clock jumps and tokens are older than it thinks.
    pub fn sleep(&mut self, number: usize, by: Duration) {
        self.note(|| format!("client {number} sleeps for {by:?}"));
        self.silence(number);
        self.world.age_tokens(self.now, by);
        self.nodes[number].ahead += by;
        let life = self.nodes[number].life;
        self.schedule(Duration::from_millis(2), Event::Wall { node: number, life });
    }

    /// A client's sockets go silent, in both directions, and nobody notices.
    pub fn silence_unnoticed(&mut self, number: usize) {
        self.nodes[number].may_hear_nothing = true;
        for peer in self.peers_of(number) {
            if let Some(peer) = self.peers.get_mut(&peer) {
                peer.silent = true;
            }
        }
    }

    /// A client's sockets go silent, in both directions; Twitch notices, the client is not told.
    pub fn silence(&mut self, number: usize) {
        self.silence_unnoticed(number);
        for peer in self.peers_of(number) {
            self.schedule(Duration::from_millis(1), Event::ServerLosesPeer { peer });
        }
    }

    /// The reply to a call of a client, if it has come.
    pub fn take_reply(&mut self, number: usize, call: CallId) -> Option<Reply> {
        let replies = &mut self.nodes[number].replies;
        let at = replies.iter().position(|(id, _)| *id == call)?;
        Some(replies.remove(at).1)
    }

    /// Takes what is due until this time.
    pub fn run_until(&mut self, until: Time) {
        loop {
            self.drain_world();
            let next_event = self.queue.keys().next().map(|(at, _)| *at);
            let next_world = self.world.poll_timeout();
            let next_client = self
                .nodes
                .iter()
                .enumerate()
                .filter_map(|(n, node)| Some((node.client.poll_timeout()?, n)))
                .min();
            let next = [next_event, next_world, next_client.map(|(at, _)| at)].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.now = self.now.max(next);
            self.steps += 1;
            if next_event == Some(next) {
                if let Some((_, event)) = self.queue.pop_first() {
                    self.happen(event);
                }
            } else if next_world == Some(next) {
                self.world.handle_timeout(self.now);
            } else if let Some((_, number)) = next_client {
                self.tell(number, Input::Timeout);
            }
        }
        self.now = self.now.max(until);
    }

    /// Runs for this long.
    pub fn run_for(&mut self, time: Duration) {
        self.run_until(self.now + time);
    }

    fn start(&mut self, number: usize) {
        let now = self.now;
        self.watch_start(number);
        let node = &mut self.nodes[number];
        let mut config = node.config.clone();
        config.endpoints = Self::endpoints();
        config.seed = self.rng.below(u64::from(u32::MAX));
        config.name = format!("client {number} life {}", node.life);
        config.record = self.record;
        let mut key = [0; 32];
        key.fill_with(|| self.rng.below(256) as u8);
        config.state_key = Some(key.into());
        node.client = Client::new(now, config);
        node.recordings.extend(self.record.then(Vec::new));
        let life = node.life;
        self.happen(Event::Wall { node: number, life });
    }

    fn schedule(&mut self, after: Duration, event: Event) {
        self.schedule_at(self.now + after, event);
    }

    fn schedule_at(&mut self, at: Time, event: Event) {
        self.entries += 1;
        self.queue.insert((at, self.entries), event);
    }

    fn delay(&mut self) -> Duration {
        let Network { fastest, slowest, .. } = self.network;
        self.rng.between(fastest, slowest)
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        if self.keep == 0 {
            return;
        }
        if self.trace.len() == self.keep {
            self.trace.pop_front();
        }
        self.trace.push_back(format!("{:?} {}", self.now, line()));
    }

    pub(crate) fn fail(&mut self, what: String) {
        self.note(|| format!("FAILED: {what}"));
        self.failures.push(format!("{:?} {what}", self.now));
    }

    fn lives(&self, node: usize, life: u32) -> bool {
        self.nodes[node].life == life
    }

    fn happen(&mut self, event: Event) {
        match event {
            // Two conduits would be made, and nobody could say whose the one of the dead process is.
            Event::ToWorld { node, life, request, .. }
                if !self.lives(node, life)
                    && *request.method() == Method::POST
                    && request.uri().path().ends_with("/eventsub/conduits") => {}
            Event::ToWorld { node, life, id, request } => {
                self.check_assignment(node, &request);
                let response = self.world.request(self.now, &request);
                self.watch_answer(node, &request, &response);
                self.note(|| {
                    format!("{} {} -> {}", request.method(), request.uri().path(), response.status().as_u16())
                });
                let delay = self.delay();
                if self.rng.chance(self.network.response_hangs) {
                    self.world.answer_lost();
                } else if self.rng.chance(self.network.response_lost) {
                    self.world.answer_lost();
                    let cause = Cause::new(CauseKind::Other, "connection reset");
                    let input = Input::Failed(id, Failure { sent: Sent::Unknown, cause });
                    self.schedule(delay, Event::ToClient { node, life, input: input.into() });
                } else {
                    if !self.lives(node, life) {
                        self.world.answer_lost();
                    }
                    self.answer(node, life, id, response, delay);
                }
            }
            Event::ToClient { node, life, input } => {
                if self.lives(node, life) {
                    self.tell(node, *input);
                }
            }
            Event::Connect { peer, url } => self.connect(peer, &url),
            Event::ServerHears { peer, said } => {
                if self.peers.get(&peer).is_some_and(|peer| !peer.silent) {
                    self.world.said(self.now, peer, said);
                }
            }
            Event::ClientHears { peer, heard } => self.client_hears(peer, heard),
            Event::ClientLosesPeer { peer } => {
                // A silent socket's end is not heard either.
                if self.peers.get(&peer).is_some_and(|peer| !peer.silent) {
                    let cause = Cause::new(CauseKind::Other, "connection reset");
                    self.end_peer(peer, Closed::Lost(cause));
                }
            }
            Event::PatienceEnds { peer } => {
                let cause = Cause::new(CauseKind::Timeout, "the peer did not close");
                self.end_peer(peer, Closed::Lost(cause));
            }
            Event::ServerLosesPeer { peer } => {
                self.world.gone(self.now, peer);
            }
            Event::GoesSilent { peer } => {
                if let Some(entry) = self.peers.get_mut(&peer) {
                    entry.silent = true;
                    let node = entry.node;
                    self.nodes[node].may_hear_nothing = true;
                    self.note(|| format!("{peer:?} goes silent"));
                }
            }
            Event::Stored { node, life, id, op } => {
                let result = if self.rng.chance(self.network.store_fails) {
                    self.watch_store_failure(node);
                    Err(StoreError::Failed("disk full".into()))
                } else {
                    self.watch_store(&op);
                    self.nodes[node].store.run(op)
                };
                if self.lives(node, life) {
                    self.tell(node, Input::Stored(id, result));
                }
            }
            Event::Wall { node, life } => {
                if self.lives(node, life) {
                    let wall = self.world.wall(self.now + self.nodes[node].ahead);
                    self.tell(node, Input::Wall(wall));
                    self.schedule(Duration::from_secs(60), Event::Wall { node, life });
                }
            }
        }
    }

    fn answer(&mut self, node: usize, life: u32, id: HttpId, response: Response<Bytes>, delay: Duration) {
        self.schedule(delay, Event::ToClient { node, life, input: Input::Response(id, response).into() });
    }

    fn tell(&mut self, number: usize, input: Input) {
        if !matches!(input, Input::Timeout) {
            self.note(|| format!("client {number} <- {input:?}"));
        }
        self.nodes[number].client.handle(self.now, input);
        self.drain(number);
    }

    /// Carries out what a client asks for.
    fn drain(&mut self, number: usize) {
        while let Some(output) = self.nodes[number].client.poll_output() {
            self.note(|| format!("client {number} -> {output:?}"));
            let life = self.nodes[number].life;
            match output {
                Output::Http { id, request, .. } => self.send(number, life, id, request),
                Output::Connect { id, url, .. } => self.dial(number, life, id, url.expose().to_string()),
                Output::Close(socket) => self.client_closes(number, life, socket),
                Output::Store(id, op) => {
                    let delay = self.rng.between(Duration::from_millis(1), self.network.slowest_store);
                    self.schedule(delay, Event::Stored { node: number, life, id, op });
                }
                Output::Reply(id, reply) => {
                    self.watch_reply(number, id, &reply);
                    self.nodes[number].replies.push((id, reply));
                }
                Output::Notice(notice) => {
                    self.note(|| format!("client {number}: {notice}"));
                    self.watch_notice(number, &notice);
                    if let (Notice::TokenWanted(wanted), Some(provider)) =
                        (&notice, &self.nodes[number].provider)
                    {
                        let given = provider.token(wanted);
                        self.nodes[number].client.give_token(self.now, wanted.account.clone(), given);
                    }
                    if let Err(what) = self.nodes[number].hear(self.now, notice) {
                        self.fail(what);
                    }
                }
            }
        }
        let node = &mut self.nodes[number];
        if let Some(recording) = node.recordings.last_mut() {
            recording.extend(std::iter::from_fn(|| node.client.poll_line()));
        }
        if self.write_down > 0.0 && (node.config.listened_until.is_none() || self.rng.chance(self.write_down))
        {
            node.write_down();
        }
        if let Some(at) = self.nodes[number].client.poll_timeout()
            && at <= self.now
        {
            self.fail(format!("client {number} has a deadline at {at:?}, which is not after now"));
            // Going on would never end.
            self.nodes[number].die();
            self.start(number);
        }
    }

    fn send(&mut self, node: usize, life: u32, id: HttpId, request: Request<Bytes>) {
        self.watch_request(node, &request);
        let delay = self.delay();
        if self.rng.chance(self.network.not_sent) {
            let cause = Cause::new(CauseKind::Connect, "connection refused");
            let input = Input::Failed(id, Failure { sent: Sent::No, cause });
            self.schedule(delay, Event::ToClient { node, life, input: input.into() });
        } else if self.rng.chance(self.network.request_lost) {
            let cause = Cause::new(CauseKind::Other, "connection reset");
            let input = Input::Failed(id, Failure { sent: Sent::Unknown, cause });
            self.schedule(delay, Event::ToClient { node, life, input: input.into() });
        } else {
            self.schedule(delay, Event::ToWorld { node, life, id, request: request.into() });
        }
    }

    /// Puts what the world says on its way.
    fn drain_world(&mut self) {
        while let Some(output) = self.world.poll_output() {
            let delay = self.delay();
            let (peer, event) = match output {
                WorldOutput::Socket(peer, heard) => (peer, Event::ClientHears { peer, heard }),
                WorldOutput::Cut(peer) => (peer, Event::ClientLosesPeer { peer }),
                WorldOutput::Silence(peer) => (peer, Event::GoesSilent { peer }),
                // No callback listens here.
                WorldOutput::Webhook(post) => {
                    self.world.answered(self.now, post.id, None);
                    continue;
                }
            };
            let Some(entry) = self.peers.get_mut(&peer) else { continue };
            entry.to_client = entry.to_client.max(self.now + delay);
            let at = entry.to_client;
            self.schedule_at(at, event);
        }
    }
}
