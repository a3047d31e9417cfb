//! The driver: one [`Shared`] per client holds the core and the desk behind a lock, and the tasks that move bytes.
//!
//! Whatever happens goes through [`Shared::with`]: it lets something happen to the core, hands replies and notices to
//! the desk, and starts what else the core asks for, all under the lock, so that orders keep their order. Nothing
//! blocks under the lock. Tasks die with the last handle: [`Shared::stop`] aborts them all.

use crate::http::{self, Pool};
use crate::net::Net;
use crate::socket;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, timeout_at};
use twitchwire::auth::store::{Store, StoreError, StoreOp};
use twitchwire::jiff::Timestamp;
use twitchwire::{Client, Closed, Config, Desk, Input, Notice, Output, SocketId, StoreId, Time};

/// How often the core is told the wall clock.
const WALL: Duration = Duration::from_secs(60);

pub(crate) struct Shared {
    origin: Instant,
    runtime: Handle,
    pub(crate) net: Net,
    pub(crate) pool: Pool,
    state: Mutex<State>,
    /// Rung when the core's next deadline is earlier than before.
    clock: Notify,
    /// Rung when the last socket is gone.
    quiet: Notify,
}

pub(crate) struct State {
    pub(crate) core: Client,
    pub(crate) desk: Desk<Waker>,
    /// What tells a socket to close; none once it was told.
    sockets: BTreeMap<SocketId, Option<oneshot::Sender<()>>>,
    /// None once the client has ended.
    store: Option<mpsc::UnboundedSender<(StoreId, StoreOp)>>,
    tasks: JoinSet<()>,
    /// The deadline that the clock's task knows.
    armed: Option<Time>,
    stopped: bool,
}

impl Shared {
    /// Starts the tasks of a client.
    pub(crate) fn start(config: Config, net: Net, store: Arc<dyn Store>) -> Arc<Self> {
        let (ops, queue) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            origin: Instant::now(),
            runtime: Handle::current(),
            net,
            pool: Pool::default(),
            state: Mutex::new(State {
                core: Client::new(Time::ZERO, config),
                desk: Desk::new(),
                sockets: BTreeMap::new(),
                store: Some(ops),
                tasks: JoinSet::new(),
                armed: None,
                stopped: false,
            }),
            clock: Notify::new(),
            quiet: Notify::new(),
        });
        // Ends by itself with the queue: what was to be written down is written down even if the client is dropped.
        shared.runtime.spawn(keep_store(Arc::downgrade(&shared), store, queue));
        shared.spawn(keep_time(shared.clone()));
        shared
    }

    /// Lets something happen to the core, and does what it asks for then.
    pub(crate) fn with<T>(self: &Arc<Self>, happen: impl FnOnce(&mut State, Time) -> T) -> T {
        let mut wakers = Vec::new();
        let mut state = self.lock();
        let result = happen(&mut state, self.now());
        while let Some(output) = state.core.poll_output() {
            match output {
                Output::Reply(call, reply) => state.desk.put_reply(call, reply, |waker| wakers.push(waker)),
                Output::Notice(notice) => state.desk.put_notice(notice, |waker| wakers.push(waker)),
                output => self.start_output(&mut state, output),
            }
        }
        let next = state.core.poll_timeout();
        if next.is_some_and(|next| state.armed.is_none_or(|armed| next < armed)) {
            self.clock.notify_one();
        }
        state.armed = next;
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
        result
    }

    /// Tells the core what happened.
    pub(crate) fn input(self: &Arc<Self>, input: Input) {
        self.with(|state, now| state.core.handle(now, input));
    }

    /// Looks at the state, when nothing happens to the core.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a task that lives as long as the client at most.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn_in(&mut self.lock(), task);
    }

    fn spawn_in(&self, state: &mut State, task: impl Future<Output = ()> + Send + 'static) {
        // Forgets those that are done.
        while state.tasks.try_join_next().is_some() {}
        if !state.stopped {
            state.tasks.spawn_on(task, &self.runtime);
        }
    }

    fn start_output(self: &Arc<Self>, state: &mut State, output: Output) {
        match output {
            Output::Http { id, request, fresh_connection, answer_by } => {
                let answer_by = self.instant(answer_by);
                let exchange = http::exchange(self.clone(), id, request, fresh_connection, answer_by);
                self.spawn_in(state, exchange);
            }
            Output::Connect { id, url, answer_by } => {
                let (close, closing) = oneshot::channel();
                state.sockets.insert(id, Some(close));
                let answer_by = self.instant(answer_by);
                self.spawn_in(state, socket::run(self.clone(), id, url, answer_by, closing));
            }
            Output::Close(id) => {
                if let Some(close) = state.sockets.get_mut(&id).and_then(Option::take) {
                    // A socket that just ended says so itself.
                    let _ = close.send(());
                }
            }
            Output::Store(id, op) => {
                if let Some(store) = &state.store {
                    // The queue's task ends only when the runtime does.
                    let _ = store.send((id, op));
                }
            }
            // Handed out by `with`.
            Output::Reply(..) | Output::Notice(_) => {}
        }
    }

    pub(crate) fn socket_closed(self: &Arc<Self>, id: SocketId, closed: Closed) {
        self.with(|state, now| {
            state.sockets.remove(&id);
            state.core.handle(now, Input::Closed(id, closed));
            if state.sockets.is_empty() {
                self.quiet.notify_waiters();
            }
        });
    }

    /// Waits until no socket is left.
    pub(crate) async fn until_quiet(&self) {
        loop {
            let quiet = self.quiet.notified();
            if self.lock().sockets.is_empty() {
                return;
            }
            quiet.await;
        }
    }

    /// Ends all tasks, and with them all connections. Who still waits is told.
    pub(crate) fn stop(&self) {
        let mut wakers = Vec::new();
        let mut state = self.lock();
        state.stopped = true;
        state.tasks.abort_all();
        state.sockets.clear();
        state.store = None;
        if !state.desk.is_ended() {
            state.desk.put_notice(Notice::Closed, |waker| wakers.push(waker));
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn now(&self) -> Time {
        Time::from_origin(self.origin.elapsed())
    }

    fn instant(&self, at: Time) -> Instant {
        // A deadline too far away to represent is never reached.
        let far = Duration::from_secs(86_400 * 365);
        self.origin + at.since_origin().min(self.origin.elapsed() + far)
    }
}

/// The clock: tells the core when its deadline has come, and once a minute the time of day.
async fn keep_time(shared: Arc<Shared>) {
    let mut wall_at = Instant::now() + WALL;
    loop {
        let due = shared.lock().armed.map(|due| shared.instant(due));
        let next = due.map_or(wall_at, |due| due.min(wall_at));
        if timeout_at(next, shared.clock.notified()).await.is_ok() {
            continue;
        }
        let now = Instant::now();
        if now >= wall_at {
            wall_at = now + WALL;
            shared.input(Input::Wall(Timestamp::now()));
            shared.pool.prune();
        }
        if due.is_some_and(|due| now >= due) {
            shared.input(Input::Timeout);
        }
    }
}

/// Carries out store operations one after the other, on threads that may block.
async fn keep_store(
    shared: std::sync::Weak<Shared>,
    store: Arc<dyn Store>,
    mut queue: mpsc::UnboundedReceiver<(StoreId, StoreOp)>,
) {
    while let Some((id, op)) = queue.recv().await {
        let store = store.clone();
        let result = spawn_blocking(move || store.run(op))
            .await
            .unwrap_or_else(|_| Err(StoreError::Failed("the store panicked".into())));
        if let Some(shared) = shared.upgrade() {
            shared.input(Input::Stored(id, result));
        }
    }
}
