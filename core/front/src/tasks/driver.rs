//! [`Tasks`]: holds the machine behind a lock, and the tasks that move bytes.
//!
//! Whatever happens goes through [`Driver::with`]: it lets something happen to the machine, hands replies and notices to
//! the desk, and starts what else the machine asks for, all under the lock, so that orders keep their order. Nothing
//! blocks under the lock. Tasks die with the last handle: [`Driver::stop`] aborts them all.

use super::http::Pool;
use super::{Connector, Runtime, by, socket};
use crate::builder::Setup;
use crate::client::Waiting;
use crate::driver::{Driver, Errand, Machine, Order};
use crate::route::Route;
use crate::trace;
use ::http::{Request, Response};
use bytes::Bytes;
use futures_channel::{mpsc, oneshot};
use futures_util::future::{AbortHandle, abortable};
use futures_util::{FutureExt, StreamExt};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Waker};
use std::time::Duration;
use tracing::Instrument;
use twitchwire::{Closed, Input, Output, SocketId, StartError, Time};

/// How often the machine is told the wall clock.
const WALL: Duration = Duration::from_secs(60);

/// The driver of a client whose callers are tasks.
pub struct Tasks<R: Runtime>(Arc<Shared<R>>);

struct Shared<R: Runtime> {
    runtime: Arc<R>,
    route: Route<Connector<R>>,
    pool: Pool,
    state: Mutex<State>,
}

struct State {
    machine: Machine<Waker>,
    /// What tells a socket to close; none once it was told.
    sockets: BTreeMap<SocketId, Option<oneshot::Sender<()>>>,
    /// Those who wait until no socket is left.
    quiet: Vec<Waker>,
    /// None once the client has ended.
    errands: Option<mpsc::UnboundedSender<Errand>>,
    tasks: BTreeMap<u64, AbortHandle>,
    last_task: u64,
    /// The deadline that the clock's task is to wait for.
    armed: Option<Time>,
    /// Wakes the clock's task when there is an earlier one.
    clock: Option<Waker>,
    stopped: bool,
}

impl<R: Runtime> Driver for Tasks<R> {
    type Waker = Waker;
    type Connector = Connector<R>;

    fn start(setup: Setup, route: Route<Connector<R>>) -> Result<Self, StartError> {
        let runtime = Arc::new(R::start());
        let (errands, queue) = mpsc::unbounded();
        let state = State {
            machine: Machine::new(setup),
            sockets: BTreeMap::new(),
            quiet: Vec::new(),
            errands: Some(errands),
            tasks: BTreeMap::new(),
            last_task: 0,
            armed: None,
            clock: None,
            stopped: false,
        };
        let shared =
            Shared { runtime: runtime.clone(), route, pool: Pool::default(), state: Mutex::new(state) };
        let tasks = Tasks(Arc::new(shared));
        // Ends by itself with the queue: what was to be written down is written down even if the client is dropped.
        runtime.spawn(run_errands(runtime.clone(), Arc::downgrade(&tasks.0), queue));
        tasks.spawn(keep_time(tasks.clone()));
        Ok(tasks)
    }

    fn with<T>(&self, happen: impl FnOnce(&mut Machine<Waker>, Time) -> T) -> T {
        self.with_state(|state, now| happen(&mut state.machine, now))
    }

    fn stop(&self) {
        let mut wakers = Vec::new();
        let mut state = self.0.lock();
        state.stopped = true;
        let tasks = std::mem::take(&mut state.tasks);
        state.sockets.clear();
        state.errands = None;
        state.machine.end(|waker| wakers.push(waker));
        drop(state);
        tasks.into_values().for_each(|task| task.abort());
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl<R: Runtime> Shared<R> {
    /// A panic while the lock is held would be a bug of this crate; the state is as good as it was.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Runtime> Tasks<R> {
    pub(super) fn runtime(&self) -> &R {
        &self.0.runtime
    }

    pub(super) fn route(&self) -> &Route<Connector<R>> {
        &self.0.route
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.0.pool
    }

    fn with_state<T>(&self, happen: impl FnOnce(&mut State, Time) -> T) -> T {
        let mut wakers = Vec::new();
        let mut state = self.0.lock();
        let result = happen(&mut state, self.0.runtime.now());
        while let Some(order) = state.machine.next_order(|waker| wakers.push(waker)) {
            self.carry_out(&mut state, order);
        }
        let next = state.machine.core.poll_timeout();
        if next.is_some_and(|next| state.armed.is_none_or(|armed| next < armed)) {
            wakers.extend(state.clock.take());
        }
        state.armed = next;
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
        result
    }

    /// Tells the machine what happened.
    pub(super) fn input(&self, input: Input) {
        self.with(|machine, now| machine.handle(now, input));
    }

    /// Tells the machine all that happened, in its order.
    pub(super) fn inputs(&self, inputs: Vec<Input>) {
        self.with(|machine, now| inputs.into_iter().for_each(|input| machine.handle(now, input)));
    }

    /// Starts a task that lives as long as the client at most.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn_in(&mut self.0.lock(), task);
    }

    fn spawn_in(&self, state: &mut State, task: impl Future<Output = ()> + Send + 'static) {
        if state.stopped {
            return;
        }
        state.last_task += 1;
        let number = state.last_task;
        let (task, handle) = abortable(task);
        state.tasks.insert(number, handle);
        let shared = self.0.clone();
        // Aborted or not, it is over. (An `async` block would keep a second place for the task.)
        self.0.runtime.spawn(task.map(move |_| {
            shared.lock().tasks.remove(&number);
        }));
    }

    fn carry_out(&self, state: &mut State, order: Order) {
        match order {
            Order::Io(Output::Http { id, request, fresh_connection, answer_by }) => {
                let (tasks, span) = (self.clone(), trace::request(id, &request));
                let exchange = async move {
                    let input = match tasks.exchange(request, fresh_connection, answer_by).await {
                        Ok(response) => Input::Response(id, response),
                        Err(failure) => Input::Failed(id, failure),
                    };
                    tasks.input(input);
                };
                self.spawn_in(state, exchange.instrument(span));
            }
            Order::Io(Output::Connect { id, url, answer_by }) => {
                let (close, closing) = oneshot::channel();
                state.sockets.insert(id, Some(close));
                let run = socket::run(self.clone(), id, url, answer_by, closing);
                self.spawn_in(state, run.instrument(trace::shard(id)));
            }
            Order::Io(Output::Close(id)) => {
                if let Some(close) = state.sockets.get_mut(&id).and_then(Option::take) {
                    // A socket that just ended says so itself.
                    let _ = close.send(());
                }
            }
            Order::Errand(errand) => {
                if let Some(errands) = &state.errands {
                    // The queue's task ends only when the runtime does.
                    let _ = errands.unbounded_send(errand);
                }
            }
            // The machine hands them out, and has errands made of store operations.
            Order::Io(Output::Reply(..) | Output::Notice(_) | Output::Store(..)) => {}
        }
    }

    /// Answers a visitor of the callback page.
    pub(super) async fn visit(&self, request: Request<Bytes>) -> Response<Bytes> {
        let visit = self.with(|machine, now| {
            let visit = machine.core.visit(now, request);
            machine.desk.expect(visit.id());
            visit
        });
        let reply = Waiting { driver: self.clone(), id: visit.id(), done: false }.await;
        visit.finish(reply)
    }

    pub(super) fn socket_closed(&self, id: SocketId, closed: Closed) {
        let waiting = self.with_state(|state, now| {
            state.sockets.remove(&id);
            state.machine.handle(now, Input::Closed(id, closed));
            if state.sockets.is_empty() { std::mem::take(&mut state.quiet) } else { Vec::new() }
        });
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Waits until no socket is left.
    pub(super) async fn until_quiet(&self) {
        poll_fn(|context| {
            let mut state = self.0.lock();
            if state.sockets.is_empty() {
                return Poll::Ready(());
            }
            state.quiet.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Waits until the machine has a deadline before this one.
    async fn rearmed(&self, known: Option<Time>) {
        poll_fn(|context| {
            let mut state = self.0.lock();
            if state.armed.is_some_and(|armed| known.is_none_or(|known| armed < known)) {
                return Poll::Ready(());
            }
            state.clock = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl<R: Runtime> Clone for Tasks<R> {
    fn clone(&self) -> Self {
        Tasks(self.0.clone())
    }
}

/// The clock: tells the machine when its deadline has come, and once a minute the time of day.
async fn keep_time<R: Runtime>(tasks: Tasks<R>) {
    let runtime = tasks.runtime();
    let mut wall_at = runtime.now() + WALL;
    loop {
        let due = tasks.0.lock().armed;
        let next = due.map_or(wall_at, |due| due.min(wall_at));
        if by(runtime, next, tasks.rearmed(due)).await.is_some() {
            continue;
        }
        let now = runtime.now();
        if now >= wall_at {
            wall_at = now + WALL;
            tasks.input(Input::Wall(jiff::Timestamp::now()));
            tasks.pool().prune(now);
        }
        if due.is_some_and(|due| now >= due) {
            tasks.input(Input::Timeout);
        }
    }
}

/// Runs errands one after the other, on threads that may block.
async fn run_errands<R: Runtime>(
    runtime: Arc<R>,
    shared: Weak<Shared<R>>,
    mut queue: mpsc::UnboundedReceiver<Errand>,
) {
    while let Some(errand) = queue.next().await {
        let Some(done) = runtime.run_blocking(|| errand.run()).await else { return };
        if let Some(shared) = shared.upgrade() {
            Tasks(shared).with(|machine, now| machine.done(now, done));
        }
    }
}
