//! [`OnThreads`]: what all handles of a client share, the machine behind a lock and the threads that move bytes.
//!
//! Whoever holds the lock tells the machine something ([`Driver::with`]), and before letting go hands out what the
//! machine asks for: replies and notices to the desk, requests and errands to queues, sockets to threads of their own. The timer thread does what is due, closes sockets, and cuts those that linger.

use crate::http::{Exchange, Web};
use crate::serve;
use crate::socket::Socket;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};
use twitchwire::{
    Cause, CauseKind, Closed, Failure, HttpId, Input, LINGER, Output, SecretUrl, Sent, SocketId, StartError,
    Time,
};
use twitchwire_front::{Connector, Driver, Errand, Machine, Order, Route, Setup, Threads, trace};

/// How often the machine is told the wall clock.
const WALL: Duration = Duration::from_secs(60);

/// Carries a client with plain threads.
#[derive(Clone)]
pub struct OnThreads(Arc<Shared>);

struct Shared {
    origin: Instant,
    state: Mutex<State>,
    /// Rung when the timer thread has something new to look at.
    clock: Condvar,
    /// Rung when there is a request to send.
    requests: Condvar,
    /// Rung when there is an errand to run.
    errands: Condvar,
    /// Rung when the last socket is gone.
    quiet: Condvar,
    web: Web,
    route: Arc<Route<dyn Connector>>,
    most_workers: usize,
}

struct State {
    machine: Machine<Thread>,
    requests: VecDeque<Exchange>,
    workers: usize,
    idle_workers: usize,
    errands: VecDeque<Errand>,
    sockets: BTreeMap<SocketId, Arc<Socket>>,
    to_close: Vec<Arc<Socket>>,
    /// The machine's deadline that the timer thread waits for.
    armed: Option<Time>,
    servers: Vec<Arc<tiny_http::Server>>,
    threads: Vec<JoinHandle<()>>,
    stopping: bool,
}

impl Driver for OnThreads {
    type Waker = Thread;
    type Connector = dyn Connector;

    /// Starts the threads that are always there.
    fn start(setup: Setup, route: Route<dyn Connector>) -> Result<Self, StartError> {
        let route = Arc::new(route);
        // Besides the calls, tokens are validated and refreshed.
        let most_workers = setup.config.concurrent_requests.max(1) + 1;
        let state = State {
            machine: Machine::new(setup),
            requests: VecDeque::new(),
            workers: 0,
            idle_workers: 0,
            errands: VecDeque::new(),
            sockets: BTreeMap::new(),
            to_close: Vec::new(),
            armed: None,
            servers: Vec::new(),
            threads: Vec::new(),
            stopping: false,
        };
        let driver = OnThreads(Arc::new(Shared {
            origin: Instant::now(),
            state: Mutex::new(state),
            clock: Condvar::new(),
            requests: Condvar::new(),
            errands: Condvar::new(),
            quiet: Condvar::new(),
            web: Web::new(&route, most_workers),
            route,
            most_workers,
        }));
        let spawn = |name, run: fn(&Arc<Shared>)| driver.0.spawn(&mut driver.0.lock(), name, run);
        if let Err(error) =
            spawn("time", Shared::keep_time).and_then(|()| spawn("errands", Shared::run_errands))
        {
            driver.stop();
            return Err(StartError::Driver(format!("no thread could be started: {error}")));
        }
        Ok(driver)
    }

    fn with<T>(&self, happen: impl FnOnce(&mut Machine<Thread>, Time) -> T) -> T {
        self.0.act(|state, now| happen(&mut state.machine, now))
    }

    /// Ends at once, and waits for the threads to be gone.
    fn stop(&self) {
        let shared = &self.0;
        let threads = {
            let mut state = shared.lock();
            state.stopping = true;
            state.requests.clear();
            state.servers.drain(..).for_each(|server| serve::stop(&server));
            state.sockets.values().for_each(|socket| socket.cut());
            state.machine.end(|thread| thread.unpark());
            std::mem::take(&mut state.threads)
        };
        for bell in [&shared.clock, &shared.requests, &shared.errands, &shared.quiet] {
            bell.notify_all();
        }
        shared.web.stop();
        // Those that answer visitors may be parked.
        threads.iter().for_each(|thread| thread.thread().unpark());
        for thread in threads {
            // A store may hold the last handle: its thread cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                // A thread that panicked has said so on stderr; there is nothing to add.
                let _ = thread.join();
            }
        }
    }
}

impl Threads for OnThreads {
    fn until_quiet(&self, at_most: Duration) {
        let mut state = self.0.lock();
        let until = Instant::now() + at_most;
        while !state.sockets.is_empty() && !state.stopping && Instant::now() < until {
            let left = until.saturating_duration_since(Instant::now());
            state = self.0.quiet.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn serve(&self, address: SocketAddr) -> io::Result<SocketAddr> {
        let server = Arc::new(serve::bind(address)?);
        let address = server.server_addr().to_ip().ok_or_else(|| io::Error::other("no IP address"))?;
        let mut state = self.0.lock();
        let driver = self.clone();
        for _ in 0..serve::HOSTS {
            let (driver, server) = (driver.clone(), server.clone());
            self.0.spawn(&mut state, "visits", move |_| serve::run(&driver, &server))?;
        }
        state.servers.push(server);
        Ok(address)
    }
}

impl Shared {
    fn now(&self) -> Time {
        Time::from_origin(self.origin.elapsed())
    }

    /// A panic while the lock is held would be a bug of this crate; the state is as good as it was.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to the machine, and hands out what it asks for.
    fn act<T>(self: &Arc<Self>, f: impl FnOnce(&mut State, Time) -> T) -> T {
        let mut state = self.lock();
        let result = f(&mut state, self.now());
        self.hand_out(&mut state);
        result
    }

    fn hand_out(self: &Arc<Self>, state: &mut State) {
        while let Some(order) = state.machine.next_order(|thread| thread.unpark()) {
            match order {
                Order::Io(Output::Http { id, request, fresh_connection, answer_by }) => {
                    state.requests.push_back(Exchange { id, request, fresh_connection, answer_by });
                    self.find_worker(state, id);
                }
                Order::Errand(errand) => {
                    state.errands.push_back(errand);
                    self.errands.notify_one();
                }
                Order::Io(Output::Connect { id, url, answer_by }) => self.open(state, id, url, answer_by),
                Order::Io(Output::Close(id)) => {
                    if let Some(socket) = state.sockets.get(&id) {
                        state.to_close.push(socket.clone());
                    }
                }
                // The machine hands them out, and has errands made of store operations.
                Order::Io(Output::Reply(..) | Output::Notice(_) | Output::Store(..)) => {}
            }
        }
        let next = state.machine.core.poll_timeout();
        let sooner = next.is_some_and(|next| state.armed.is_none_or(|armed| next < armed));
        if sooner || !state.to_close.is_empty() {
            self.clock.notify_one();
        }
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
                    state.machine.handle(self.now(), Input::Failed(latest, failure));
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
                let _inside = trace::shard(id).entered();
                let closed = socket.run(id, &url, until, &shared.route, |heard| {
                    shared.act(|state, now| {
                        heard.into_iter().for_each(|input| state.machine.handle(now, input))
                    });
                });
                shared.act(|state, now| {
                    state.sockets.remove(&id);
                    state.machine.handle(now, Input::Closed(id, closed));
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
                state
                    .machine
                    .core
                    .handle(self.now(), Input::Closed(id, Closed::NotOpened(no_thread(&error))));
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
                state.machine.handle(self.now(), Input::Wall(jiff::Timestamp::now()));
                self.hand_out(&mut state);
            }
            if state.machine.core.poll_timeout().is_some_and(|due| due <= self.now()) {
                state.machine.handle(self.now(), Input::Timeout);
                self.hand_out(&mut state);
                continue;
            }
            state.armed = state.machine.core.poll_timeout();
            let due = state.armed.map(|due| self.origin + due.since_origin());
            let cuts = lingering.iter().map(|(until, _)| *until);
            let next = cuts.chain(due).fold(next_wall, Instant::min);
            let wait = next.saturating_duration_since(Instant::now());
            state = self.clock.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The errands' thread: one after the other, and what is left before it ends.
    fn run_errands(self: &Arc<Self>) {
        let mut state = self.lock();
        loop {
            if let Some(errand) = state.errands.pop_front() {
                drop(state);
                let done = errand.run();
                state = self.lock();
                state.machine.done(self.now(), done);
                self.hand_out(&mut state);
            } else if state.stopping {
                return;
            } else {
                state = self.errands.wait(state).unwrap_or_else(PoisonError::into_inner);
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
                let _inside = trace::request(exchange.id, &exchange.request).entered();
                let input = self.web.run(exchange, self.now());
                state = self.lock();
                state.machine.handle(self.now(), input);
                self.hand_out(&mut state);
            } else {
                state.idle_workers += 1;
                state = self.requests.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle_workers -= 1;
            }
        }
    }
}

fn no_thread(error: &io::Error) -> Cause {
    Cause::new(CauseKind::Other, format_args!("no thread for it: {error}"))
}
