//! The driver: one [`Shared`] per client holds the core and the desk behind a lock, and the tasks that move bytes.
//!
//! Whatever happens goes through [`Shared::with`]: it lets something happen to the core, hands replies and notices to
//! the desk, and starts what else the core asks for, all under the lock, so that orders keep their order. Nothing
//! blocks under the lock. Tasks die with the last handle: [`Shared::stop`] aborts them all.

use crate::clock::timeout_at;
use crate::http::{self, Pool};
use crate::net::Net;
use crate::socket;
use async_std::channel::{self, Receiver, Sender};
use async_std::task::{self, JoinHandle, spawn_blocking};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use twitchwire::auth::store::{Store, StoreError, StoreOp};
use twitchwire::jiff::Timestamp;
use twitchwire::{Client, Closed, Config, Desk, Input, Notice, Output, SocketId, StoreId, Time};

/// How often the core is told the wall clock.
const WALL: Duration = Duration::from_secs(60);

pub(crate) struct Shared {
    origin: Instant,
    pub(crate) net: Net,
    pub(crate) pool: Pool,
    state: Mutex<State>,
    /// Rung when the core's next deadline is earlier than before.
    clock: (Sender<()>, Receiver<()>),
}

pub(crate) struct State {
    pub(crate) core: Client,
    pub(crate) desk: Desk<Waker>,
    /// A socket closes when its sender is dropped.
    sockets: BTreeMap<SocketId, Option<Sender<()>>>,
    /// Those who wait until no socket is left.
    quiet: Vec<Waker>,
    /// None once the client has ended.
    store: Option<Sender<(StoreId, StoreOp)>>,
    tasks: BTreeMap<u64, JoinHandle<()>>,
    last_task: u64,
    /// The deadline that the clock's task knows.
    armed: Option<Time>,
    stopped: bool,
}

impl State {
    /// Whether no task is left.
    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }
}

impl Shared {
    /// Starts the tasks of a client.
    pub(crate) fn start(config: Config, net: Net, store: Arc<dyn Store>) -> Arc<Self> {
        let (ops, queue) = channel::unbounded();
        let shared = Arc::new(Shared {
            origin: Instant::now(),
            net,
            pool: Pool::default(),
            state: Mutex::new(State {
                core: Client::new(Time::ZERO, config),
                desk: Desk::new(),
                sockets: BTreeMap::new(),
                quiet: Vec::new(),
                store: Some(ops),
                tasks: BTreeMap::new(),
                last_task: 0,
                armed: None,
                stopped: false,
            }),
            clock: channel::bounded(1),
        });
        // Ends by itself with the queue: what was to be written down is written down even if the client is dropped.
        task::spawn(keep_store(Arc::downgrade(&shared), store, queue));
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
            // Rung already, if it is full.
            let _ = self.clock.0.try_send(());
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
    pub(crate) fn spawn(self: &Arc<Self>, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn_in(&mut self.lock(), task);
    }

    fn spawn_in(self: &Arc<Self>, state: &mut State, task: impl Future<Output = ()> + Send + 'static) {
        if state.stopped {
            return;
        }
        state.last_task += 1;
        let number = state.last_task;
        let shared = self.clone();
        let handle = task::spawn(async move {
            task.await;
            shared.lock().tasks.remove(&number);
        });
        state.tasks.insert(number, handle);
    }

    fn start_output(self: &Arc<Self>, state: &mut State, output: Output) {
        match output {
            Output::Http { id, request, fresh_connection, answer_by } => {
                let answer_by = self.instant(answer_by);
                let exchange = http::exchange(self.clone(), id, request, fresh_connection, answer_by);
                self.spawn_in(state, exchange);
            }
            Output::Connect { id, url, answer_by } => {
                let (close, closing) = channel::bounded(1);
                state.sockets.insert(id, Some(close));
                let answer_by = self.instant(answer_by);
                self.spawn_in(state, socket::run(self.clone(), id, url, answer_by, closing));
            }
            Output::Close(id) => {
                // The entry goes with the socket.
                drop(state.sockets.get_mut(&id).and_then(Option::take));
            }
            Output::Store(id, op) => {
                if let Some(store) = &state.store {
                    // The queue has no bounds, and its task goes on as long as this.
                    let _ = store.try_send((id, op));
                }
            }
            // Handed out by `with`.
            Output::Reply(..) | Output::Notice(_) => {}
        }
    }

    pub(crate) fn socket_closed(self: &Arc<Self>, id: SocketId, closed: Closed) {
        let waiting = self.with(|state, now| {
            state.sockets.remove(&id);
            state.core.handle(now, Input::Closed(id, closed));
            if state.sockets.is_empty() { std::mem::take(&mut state.quiet) } else { Vec::new() }
        });
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Waits until no socket is left.
    pub(crate) async fn until_quiet(&self) {
        poll_fn(|context| {
            let mut state = self.lock();
            if state.sockets.is_empty() {
                return Poll::Ready(());
            }
            state.quiet.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Ends all tasks, and with them all connections. Who still waits is told.
    pub(crate) fn stop(&self) {
        let mut wakers = Vec::new();
        let mut state = self.lock();
        state.stopped = true;
        let tasks = std::mem::take(&mut state.tasks);
        state.sockets.clear();
        state.store = None;
        if !state.desk.is_ended() {
            state.desk.put_notice(Notice::Closed, |waker| wakers.push(waker));
        }
        drop(state);
        for task in tasks.into_values() {
            // One poll asks the executor to drop the task; there is no need to wait until it has.
            let _ = pin!(task.cancel()).poll(&mut Context::from_waker(Waker::noop()));
        }
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
        if timeout_at(next, shared.clock.1.recv()).await.is_ok() {
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
async fn keep_store(shared: Weak<Shared>, store: Arc<dyn Store>, queue: Receiver<(StoreId, StoreOp)>) {
    while let Ok((id, op)) = queue.recv().await {
        let store = store.clone();
        let run = move || catch_unwind(AssertUnwindSafe(|| store.run(op)));
        let panicked = |_| Err(StoreError::Failed("the store panicked".into()));
        let result = spawn_blocking(run).await.unwrap_or_else(panicked);
        if let Some(shared) = shared.upgrade() {
            shared.input(Input::Stored(id, result));
        }
    }
}
