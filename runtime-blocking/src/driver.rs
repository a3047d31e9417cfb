//! What all handles of a client share: the protocol's machine, the desk where callers wait, and the threads.
//!
//! Everything is behind one lock. Whoever holds it tells the machine something ([`Shared::act`]), and before letting go
//! hands out what the machine asks for: replies and notices to the desk, requests and store operations to queues,
//! sockets to threads of their own. The timer thread does what is due, closes sockets, and cuts those that linger.

use crate::http::{Exchange, Web};
use crate::socket::Socket;
use rustls::ClientConfig;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};
use twitchwire::auth::store::{Store, StoreOp};
use twitchwire::{
    CallId, Cause, CauseKind, Closed, Desk, Failure, Filter, HttpId, Input, LINGER, ListenerId, Next, Notice,
    Output, Reply, SecretUrl, Sent, SocketId, StoreId, Time,
};

/// How often the machine is told the wall clock.
const WALL: Duration = Duration::from_secs(60);

/// How many notices a listener may be behind.
pub(crate) const QUEUE: usize = 1024;

pub(crate) struct Shared {
    origin: Instant,
    state: Mutex<State>,
    /// Rung when the timer thread has something new to look at.
    clock: Condvar,
    /// Rung when there is a request to send.
    requests: Condvar,
    /// Rung when there is a store operation to do.
    operations: Condvar,
    /// Rung when the last socket is gone.
    quiet: Condvar,
    web: Web,
    tls: Arc<ClientConfig>,
    store: Box<dyn Store>,
    most_workers: usize,
}

pub(crate) struct State {
    pub(crate) core: twitchwire::Client,
    pub(crate) desk: Desk<Thread>,
    requests: VecDeque<Exchange>,
    workers: usize,
    idle_workers: usize,
    operations: VecDeque<(StoreId, StoreOp)>,
    sockets: BTreeMap<SocketId, Arc<Socket>>,
    to_close: Vec<Arc<Socket>>,
    threads: Vec<JoinHandle<()>>,
    /// How the first reading of the store went.
    stopping: bool,
}

/// Held by the handles, not by the threads: with the last one everything ends.
pub(crate) struct Life(Arc<Shared>);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Shared {
    /// Starts the threads that are always there, and tells the machine the time, at which it begins to work. The
    /// listener hears everything from the beginning.
    pub(crate) fn start(
        config: twitchwire::Config,
        tls: Arc<ClientConfig>,
        store: Box<dyn Store>,
    ) -> io::Result<(Arc<Shared>, Life, ListenerId)> {
        // Besides the calls, tokens are validated and refreshed.
        let most_workers = config.concurrent_requests.max(1) + 1;
        let mut desk = Desk::new();
        let listener = desk.listen(Filter::Everything, QUEUE);
        let state = State {
            core: twitchwire::Client::new(Time::ZERO, config),
            desk,
            requests: VecDeque::new(),
            workers: 0,
            idle_workers: 0,
            operations: VecDeque::new(),
            sockets: BTreeMap::new(),
            to_close: Vec::new(),
            threads: Vec::new(),
            stopping: false,
        };
        let shared = Arc::new(Shared {
            origin: Instant::now(),
            state: Mutex::new(state),
            clock: Condvar::new(),
            requests: Condvar::new(),
            operations: Condvar::new(),
            quiet: Condvar::new(),
            web: Web::new(&tls, most_workers),
            tls,
            store,
            most_workers,
        });
        // From here on whatever was started is stopped, should the rest fail.
        let life = Life(shared.clone());
        {
            let mut state = shared.lock();
            shared.spawn(&mut state, "time", Shared::keep_time)?;
            shared.spawn(&mut state, "store", Shared::keep_store)?;
        }
        shared.act(|state, now| state.core.handle(now, Input::Wall(jiff::Timestamp::now())));
        Ok((shared, life, listener))
    }

    pub(crate) fn now(&self) -> Time {
        Time::from_origin(self.origin.elapsed())
    }

    /// A panic while the lock is held would be a bug of this crate; the state is as good as it was.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to the machine, and hands out what it asks for.
    pub(crate) fn act<T>(self: &Arc<Self>, f: impl FnOnce(&mut State, Time) -> T) -> T {
        let mut state = self.lock();
        let result = f(&mut state, self.now());
        self.hand_out(&mut state);
        result
    }

    fn hand_out(self: &Arc<Self>, state: &mut State) {
        while let Some(output) = state.core.poll_output() {
            match output {
                Output::Reply(id, reply) => state.desk.put_reply(id, reply, |thread| thread.unpark()),
                Output::Notice(notice) => state.desk.put_notice(notice, |thread| thread.unpark()),
                Output::Http { id, request, fresh_connection, answer_by } => {
                    state.requests.push_back(Exchange { id, request, fresh_connection, answer_by });
                    self.find_worker(state, id);
                }
                Output::Store(id, op) => {
                    state.operations.push_back((id, op));
                    self.operations.notify_one();
                }
                Output::Connect { id, url, answer_by } => self.open(state, id, url, answer_by),
                Output::Close(id) => {
                    if let Some(socket) = state.sockets.get(&id) {
                        state.to_close.push(socket.clone());
                    }
                }
            }
        }
        // There may be a nearer deadline now, or a socket to close.
        self.clock.notify_one();
    }

    /// Sees to it that somebody will send the latest request.
    fn find_worker(self: &Arc<Self>, state: &mut State, latest: HttpId) {
        if state.requests.len() <= state.idle_workers {
            self.requests.notify_one();
        } else if state.workers < self.most_workers {
            match self.spawn(state, "http", Shared::send_requests) {
                Ok(()) => state.workers += 1,
                Err(_) if state.workers > 0 => {}
                Err(error) => {
                    state.requests.retain(|exchange| exchange.id != latest);
                    let failure = Failure { sent: Sent::No, cause: no_thread(&error) };
                    state.core.handle(self.now(), Input::Failed(latest, failure));
                }
            }
        }
    }

    fn open(self: &Arc<Self>, state: &mut State, id: SocketId, url: SecretUrl, answer_by: Time) {
        let socket = Arc::new(Socket::default());
        let until = self.origin + answer_by.since_origin();
        let run = {
            let socket = socket.clone();
            move |shared: &Arc<Shared>| {
                let closed = socket.run(id, &url, until, &shared.tls, |heard| {
                    shared
                        .act(|state, now| heard.into_iter().for_each(|input| state.core.handle(now, input)));
                });
                shared.act(|state, now| {
                    state.sockets.remove(&id);
                    state.core.handle(now, Input::Closed(id, closed));
                    if state.sockets.is_empty() {
                        shared.quiet.notify_all();
                    }
                });
            }
        };
        match self.spawn(state, "socket", run) {
            Ok(()) => {
                state.sockets.insert(id, socket);
            }
            Err(error) => {
                state.core.handle(self.now(), Input::Closed(id, Closed::NotOpened(no_thread(&error))));
            }
        }
    }

    fn spawn(
        self: &Arc<Self>,
        state: &mut State,
        name: &str,
        run: impl FnOnce(&Arc<Shared>) + Send + 'static,
    ) -> io::Result<()> {
        if state.stopping {
            return Err(io::Error::other("the client has ended"));
        }
        state.threads.retain(|thread| !thread.is_finished());
        let shared = self.clone();
        let thread = thread::Builder::new().name(format!("twitch {name}")).spawn(move || run(&shared))?;
        state.threads.push(thread);
        Ok(())
    }

    /// The timer thread.
    fn keep_time(self: &Arc<Self>) {
        let mut next_wall = Instant::now() + WALL;
        let mut lingering: Vec<(Instant, Arc<Socket>)> = Vec::new();
        let mut state = self.lock();
        while !state.stopping {
            let to_close = std::mem::take(&mut state.to_close);
            if !to_close.is_empty() {
                // Writing may take a moment, in which others need the lock.
                drop(state);
                for socket in to_close {
                    socket.close();
                    lingering.push((Instant::now() + LINGER, socket));
                }
                state = self.lock();
                continue;
            }
            let now = Instant::now();
            lingering.retain(|(until, socket)| {
                if now >= *until {
                    socket.cut();
                }
                now < *until
            });
            if now >= next_wall {
                next_wall = now + WALL;
                state.core.handle(self.now(), Input::Wall(jiff::Timestamp::now()));
                self.hand_out(&mut state);
            }
            if state.core.poll_timeout().is_some_and(|due| due <= self.now()) {
                state.core.handle(self.now(), Input::Timeout);
                self.hand_out(&mut state);
                continue;
            }
            let due = state.core.poll_timeout().map(|due| self.origin + due.since_origin());
            let cuts = lingering.iter().map(|(until, _)| *until);
            let next = cuts.chain(due).fold(next_wall, Instant::min);
            let wait = next.saturating_duration_since(Instant::now());
            state = self.clock.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The store's thread: one operation after the other, and what is left before it ends.
    fn keep_store(self: &Arc<Self>) {
        let mut state = self.lock();
        loop {
            if let Some((id, op)) = state.operations.pop_front() {
                drop(state);
                let result = self.store.run(op);
                state = self.lock();
                state.core.handle(self.now(), Input::Stored(id, result));
                self.hand_out(&mut state);
                self.quiet.notify_all();
            } else if state.stopping {
                return;
            } else {
                state = self.operations.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// One of the threads for HTTP.
    fn send_requests(self: &Arc<Self>) {
        let mut state = self.lock();
        loop {
            if state.stopping {
                return;
            } else if let Some(exchange) = state.requests.pop_front() {
                drop(state);
                let input = self.web.run(exchange, self.now());
                state = self.lock();
                state.core.handle(self.now(), input);
                self.hand_out(&mut state);
            } else {
                state.idle_workers += 1;
                state = self.requests.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle_workers -= 1;
            }
        }
    }

    /// Waits for a reply that the desk was told to expect.
    pub(crate) fn reply(&self, id: CallId) -> Reply {
        loop {
            if let Some(reply) = self.lock().desk.reply(id, thread::current) {
                return reply;
            }
            thread::park();
        }
    }

    /// What a listener hears next; none if nothing came until then.
    pub(crate) fn next(&self, listener: ListenerId, until: Option<Instant>) -> Option<Next> {
        loop {
            let next = self.lock().desk.next(listener, thread::current);
            match (next, until) {
                (Next::Wait, None) => thread::park(),
                (Next::Wait, Some(until)) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    thread::park_timeout(left);
                }
                (next, _) => return Some(next),
            }
        }
    }

    /// Ends in good order: the machine takes its leave of Twitch, sockets close, then the threads end.
    pub(crate) fn close(self: &Arc<Self>) {
        let listener = self.act(|state, now| {
            state.core.close(now);
            state.desk.listen(Filter::Notices, 1)
        });
        while !matches!(self.next(listener, None), Some(Next::Ended)) {}
        let until = Instant::now() + LINGER;
        let mut state = self.lock();
        state.desk.unlisten(listener);
        while !state.sockets.is_empty() && !state.stopping && Instant::now() < until {
            let left = until.saturating_duration_since(Instant::now());
            state = self.quiet.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(state);
        self.stop();
    }

    /// Ends at once, and waits for the threads to be gone.
    fn stop(&self) {
        let threads = {
            let mut state = self.lock();
            state.stopping = true;
            state.requests.clear();
            state.sockets.values().for_each(|socket| socket.cut());
            if !state.desk.is_ended() {
                state.desk.put_notice(Notice::Closed, |thread| thread.unpark());
            }
            std::mem::take(&mut state.threads)
        };
        for bell in [&self.clock, &self.requests, &self.operations, &self.quiet] {
            bell.notify_all();
        }
        self.web.stop();
        for thread in threads {
            // A store may hold the last handle: its thread cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                // A thread that panicked has said so on stderr; there is nothing to add.
                let _ = thread.join();
            }
        }
    }
}

fn no_thread(error: &io::Error) -> Cause {
    Cause::new(CauseKind::Other, format_args!("no thread for it: {error}"))
}
