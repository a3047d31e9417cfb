//! [`Driver`]: what an adapter is to the handles of a client, and [`Machine`], which it keeps for them.

use crate::builder::Setup;
use crate::recording::Recording;
use crate::route::Route;
use crate::trace;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use twitchwire::auth::provider::{Given, Provider, TokenWanted};
use twitchwire::auth::store::{Store, StoreError, StoreOp, Stored};
use twitchwire::auth::{Account, TokenNotice};
use twitchwire::{Client, Desk, Input, ListenerId, Notice, Output, StartError, StoreId, Time};

/// Carries one client: keeps its machine behind a lock, and moves its bytes. Clones are the same driver.
pub trait Driver: Clone + Send + Sync + 'static {
    /// What wakes a caller: a task's waker, a thread.
    type Waker: Send;

    /// What opens connections for an application that does so itself.
    type Connector: ?Sized + Send + Sync;

    /// Starts whatever moves bytes.
    fn start(setup: Setup, route: Route<Self::Connector>) -> Result<Self, StartError>;

    /// Lets something happen to the machine and carries out what it asks for then, before anything else can happen to
    /// it: so orders keep their order. Nothing that takes long may happen in here.
    fn with<T>(&self, happen: impl FnOnce(&mut Machine<Self::Waker>, Time) -> T) -> T;

    /// Ends everything at once: connections, tasks, threads. Who still waits is told ([`Machine::end`]).
    fn stop(&self);
}

/// The protocol's machine, the desk where callers wait, and who keeps tokens.
pub struct Machine<W> {
    /// The machine.
    pub core: Client,
    /// The desk.
    pub desk: Desk<W>,
    store: Arc<dyn Store>,
    provider: Option<Arc<dyn Provider>>,
    recording: Option<Recording>,
    /// Whether the start is over.
    pub(crate) is_started: bool,
    /// To be woken as soon as orders are taken.
    woken: Vec<W>,
}

/// What a driver is to carry out.
#[expect(clippy::large_enum_variant, reason = "an order is carried out where it comes out, and never kept")]
pub enum Order {
    /// An HTTP exchange, or a socket to open or to close.
    Io(Output),
    /// Something to ask of those who keep tokens: one after the other, and where it may block.
    Errand(Errand),
}

/// Something to ask of those who keep tokens.
pub struct Errand(Question);

enum Question {
    Store(Arc<dyn Store>, StoreId, StoreOp),
    Provider(Arc<dyn Provider>, TokenWanted),
    Renewed(Arc<dyn Provider>, Account),
}

/// What came of an [`Errand`], for [`Machine::done`].
pub struct Done(Answer);

enum Answer {
    Store(StoreId, Result<Stored, StoreError>),
    Provider(Account, Option<Given>),
    /// It was only told.
    Nothing,
}

impl<W> Machine<W> {
    /// A machine to which nothing has happened yet.
    pub fn new(setup: Setup) -> Self {
        let Setup { config, store, provider, recording } = setup;
        Machine {
            core: Client::new(Time::ZERO, config),
            desk: Desk::new(),
            store,
            provider,
            recording,
            is_started: false,
            woken: vec![],
        }
    }

    /// Tells the machine what happened.
    pub fn handle(&mut self, now: Time, input: Input) {
        trace::input(&input);
        self.core.handle(now, input);
    }

    /// Tells the machine what came of an errand.
    pub fn done(&mut self, now: Time, done: Done) {
        match done.0 {
            Answer::Store(id, result) => self.handle(now, Input::Stored(id, result)),
            Answer::Provider(account, given) => self.core.give_token(now, account, given),
            Answer::Nothing => {}
        }
    }

    /// Tells listeners what the machine does not know of.
    pub fn tell(&mut self, notice: Notice) {
        self.desk.put_notice(notice, |waker| self.woken.push(waker));
    }

    /// The start is over.
    pub(crate) fn started(&mut self) {
        self.is_started = true;
        self.tell(Notice::Started);
    }

    /// Tells those who listen to failures what the handler of a listener failed with. If it is one of them, that is only
    /// logged.
    pub fn failed(&mut self, listener: ListenerId, error: Box<dyn Error + Send + Sync>) {
        trace::failure(&*error);
        self.desk.put_failure(listener, error, |waker| self.woken.push(waker));
    }

    /// Ends a listener, and wakes whoever waits for it.
    pub fn unlisten(&mut self, listener: ListenerId) {
        self.woken.extend(self.desk.unlisten(listener));
    }

    /// Hands replies and notices to the desk, and gives what is for the driver. `wake` gets the wakers of those who
    /// waited.
    pub fn next_order(&mut self, mut wake: impl FnMut(W)) -> Option<Order> {
        self.woken.drain(..).for_each(&mut wake);
        loop {
            let Some(output) = self.core.poll_output() else {
                if let Some(recording) = &mut self.recording {
                    recording.take(&mut self.core);
                }
                return None;
            };
            match output {
                Output::Reply(call, reply) => self.desk.put_reply(call, reply, &mut wake),
                Output::Notice(notice) => {
                    trace::notice(&notice);
                    let question = match (&notice, &self.provider) {
                        (Notice::TokenWanted(wanted), Some(provider)) => {
                            Some(Question::Provider(provider.clone(), wanted.clone()))
                        }
                        (Notice::Token(TokenNotice::Refreshed(account)), Some(provider)) => {
                            Some(Question::Renewed(provider.clone(), account.clone()))
                        }
                        _ => None,
                    };
                    self.desk.put_notice(notice, &mut wake);
                    if let Some(question) = question {
                        return Some(Order::Errand(Errand(question)));
                    }
                }
                Output::Store(id, op) => {
                    return Some(Order::Errand(Errand(Question::Store(self.store.clone(), id, op))));
                }
                output => {
                    trace::order(&output);
                    return Some(Order::Io(output));
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

impl Errand {
    /// Asks, which may block. Who panics has failed.
    pub fn run(self) -> Done {
        Done(match self.0 {
            Question::Store(store, id, op) => {
                let panicked = |_| Err(StoreError::Failed("the store panicked".into()));
                Answer::Store(id, catch_unwind(AssertUnwindSafe(|| store.run(op))).unwrap_or_else(panicked))
            }
            Question::Provider(provider, wanted) => {
                let given = catch_unwind(AssertUnwindSafe(|| provider.token(&wanted))).unwrap_or(None);
                Answer::Provider(wanted.account, given)
            }
            Question::Renewed(provider, account) => {
                // A provider that panics has been told.
                let _ = catch_unwind(AssertUnwindSafe(|| provider.renewed(&account)));
                Answer::Nothing
            }
        })
    }
}
