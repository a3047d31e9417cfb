//! [`Driver`]: what an adapter is to the handles of a client, and [`Machine`], which it keeps for them.

use crate::builder::Setup;
use crate::trace;
use twitchwire::{Client, Config, Desk, Input, Notice, Output, StartError, Time};

/// Carries one client: keeps its machine behind a lock, and moves its bytes. Clones are the same driver.
pub trait Driver: Clone + Send + Sync + 'static {
    /// What wakes a caller: a task's waker, a thread.
    type Waker: Send;

    /// Starts whatever moves bytes.
    fn start(setup: Setup) -> Result<Self, StartError>;

    /// Lets something happen to the machine and carries out what it asks for then, before anything else can happen to
    /// it: so orders keep their order. Nothing that takes long may happen in here.
    fn with<T>(&self, happen: impl FnOnce(&mut Machine<Self::Waker>, Time) -> T) -> T;

    /// Ends everything at once: connections, tasks, threads. Who still waits is told ([`Machine::end`]).
    fn stop(&self);
}

/// The protocol's machine, and the desk where callers wait.
#[derive(Debug)]
pub struct Machine<W> {
    /// The machine.
    pub core: Client,
    /// The desk.
    pub desk: Desk<W>,
}

impl<W> Machine<W> {
    /// A machine to which nothing has happened yet.
    pub fn new(config: Config) -> Self {
        Machine { core: Client::new(Time::ZERO, config), desk: Desk::new() }
    }

    /// Tells the machine what happened.
    pub fn handle(&mut self, now: Time, input: Input) {
        trace::input(&input);
        self.core.handle(now, input);
    }

    /// Hands replies and notices to the desk, and gives what comes for the driver: exchanges, sockets, the store. `wake`
    /// gets the wakers of those who waited.
    pub fn next_order(&mut self, mut wake: impl FnMut(W)) -> Option<Output> {
        loop {
            match self.core.poll_output()? {
                Output::Reply(call, reply) => self.desk.put_reply(call, reply, &mut wake),
                Output::Notice(notice) => {
                    trace::notice(&notice);
                    self.desk.put_notice(notice, &mut wake);
                }
                order => {
                    trace::order(&order);
                    return Some(order);
                }
            }
        }
    }

    /// Tells all who wait that it is over, should the machine not have told them.
    pub fn end(&mut self, wake: impl FnMut(W)) {
        if !self.desk.is_ended() {
            self.desk.put_notice(Notice::Closed, wake);
        }
    }
}
