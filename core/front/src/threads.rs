//! Callers that are threads: calls block until they have their answer, lists and listeners are iterators.

use crate::builder::{Beginning, Builder, LoggingIn};
use crate::client::{Client, Waiting};
use crate::driver::Driver;
use crate::listen::{Events, Failed, Handling, Notices, event, panicked};
use crate::pages::{ByPage, Next as Item, Pages};
use crate::route::Target;
use http::{Request, Response};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};
use twitchwire::auth::flow::{Prompt, Redirected};
use twitchwire::auth::{Identity, Scope, TokenError};
use twitchwire::eventsub::{Topic, Via};
use twitchwire::helix::{CallError, Endpoint, Paged, Value};
use twitchwire::id::UserId;
use twitchwire::{
    Call, EventError, Filter, Heard, LINGER, Login, Many, Next, Reply, Revocation, SecretString, StartError,
    Subscribed, Visit, WaitError, Want, WishError,
};

/// A stream of bytes, whatever lies below it.
pub trait Stream: Read + Write + Send + Sync {}

impl<T: Read + Write + Send + Sync> Stream for T {}

/// Opens connections for an application that does so itself: see [`Builder::connector`].
///
/// There are two steps, because the driver reads the TCP connection by itself, so that others can write meanwhile. TLS above
/// it is given bytes as they come, and must be content with a read that would block; the usual libraries are.
pub trait Connector: Send + Sync + 'static {
    /// A TCP connection that leads to this target, through whatever proxy.
    fn connect(&self, to: &Target, within: Duration) -> io::Result<TcpStream>;

    /// TLS over it, for a target that is [`secure`](Target::secure). Until this returns, reading waits for the peer.
    fn encrypt(&self, to: &Target, wire: Box<dyn Stream>) -> io::Result<Box<dyn Stream>>;
}

/// A driver whose callers are threads, which park until they are woken.
pub trait Threads: Driver<Waker = Thread, Connector = dyn Connector> {
    /// Waits until no socket is left, but no longer than this.
    fn until_quiet(&self, at_most: Duration);

    /// Serves the callback page: gives each request to the machine, and answers with its reply.
    fn serve(&self, address: SocketAddr) -> io::Result<SocketAddr>;
}

impl<D: Threads> Builder<D> {
    /// Has the application open connections, for requests and for WebSockets: through whatever proxy, with whatever TLS.
    /// The settings for TLS and the proxy are not used then.
    pub fn connector(self, connector: impl Connector) -> Self {
        self.connect_with(Arc::new(connector))
    }

    /// Starts the client: reads the store, adds the token, logs in. The notices tell all that happens from the very
    /// beginning; who does not want them drops them.
    pub fn start(self) -> Result<(Client<D>, Notices<D>), StartError> {
        self.start_with(|_| Ok::<(), Failed>(()))
    }

    /// Starts the client, and has the application set up what it wants before others find it ready ([`Client::ready`]):
    /// `set_up` is given the client as soon as the token is there. If it fails, so does the start.
    pub fn start_with<E: Into<Failed>>(
        self,
        set_up: impl FnOnce(&Client<D>) -> Result<(), E>,
    ) -> Result<(Client<D>, Notices<D>), StartError> {
        let Beginning { mut client, notices, starting } = self.begin()?;
        let (start, reply) = starting.wait();
        client.me = start.finish(reply)?.map(|identity| identity.user);
        set_up(&client).map_err(|error| StartError::SetUp(error.into().to_string()))?;
        client.driver().with(|machine, _| machine.started());
        Ok((client, notices))
    }
}

impl<D: Threads> Client<D> {
    /// Waits until the start is over, and returns at once if it is. During [`Builder::start_with`] others wait here; the
    /// set-up itself would wait for itself.
    pub fn ready(&self) -> Result<(), WaitError> {
        let mut notices = self.listen(Filter::Notices);
        while !self.is_ready() {
            notices.next().ok_or(WaitError::Closed)?;
        }
        Ok(())
    }

    /// Calls Helix and waits for the answer.
    pub fn call<E: Endpoint>(&self, request: &E) -> Result<Value<E>, CallError> {
        let (call, mut waiting) = self.ask(|core, now| core.call(now, request, self.who.clone()), Call::id);
        call.finish(waiting.wait())
    }

    /// Subscribes to a topic over a WebSocket and waits until Twitch agrees. If it does not, nothing is wanted any more;
    /// a passing failure is waited out, and the notices tell why.
    pub fn subscribe<T: Topic>(&self, topic: T) -> Result<Events<D, T>, WishError> {
        self.subscribe_via(topic, Via::WebSocket)
    }

    /// Subscribes to a topic in another way.
    pub fn subscribe_via<T: Topic>(&self, topic: T, via: Via) -> Result<Events<D, T>, WishError> {
        let mut events = Events::wish_for(self.driver(), &topic, via);
        loop {
            let wish = events.wish;
            let settled = self.driver().with(|machine, _| machine.desk.settled(wish, thread::current));
            if let Some(settled) = settled {
                events.settled = true;
                return settled.map(|()| events);
            }
            thread::park();
        }
    }

    /// Waits for the first event of a topic that is wanted. It only listens: something must have subscribed to it.
    pub fn wait_for<T: Topic>(
        &self,
        mut wanted: impl FnMut(&T::Event) -> bool,
        within: Duration,
    ) -> Result<T::Event, WaitError> {
        let until = Instant::now().checked_add(within);
        let mut notices = self.listen(Filter::topic::<T>());
        loop {
            match notices.look(thread::current) {
                Next::Heard(heard) => {
                    if let Some(Ok(event)) = heard.event::<T>()
                        && wanted(&event)
                    {
                        return Ok(event);
                    }
                }
                Next::Ended => return Err(WaitError::Closed),
                Next::Wait => match until.map(|until| until.saturating_duration_since(Instant::now())) {
                    Some(Duration::ZERO) => return Err(WaitError::Timeout),
                    Some(left) => thread::park_timeout(left),
                    None => thread::park(),
                },
            }
        }
    }

    /// Subscribes to many topics, some at a time, and waits until each is held or has failed. [`Notice::Progress`] tells
    /// how far it is; with `stop_on_error` the first that fails withdraws those that are still open. The wishes stay.
    ///
    /// [`Notice::Progress`]: twitchwire::Notice::Progress
    pub fn subscribe_all(
        &self,
        wants: impl IntoIterator<Item = Want>,
        stop_on_error: bool,
    ) -> Result<Subscribed, CallError> {
        let (many, mut waiting) =
            self.ask(|core, now| core.subscribe_all(now, wants, stop_on_error), Many::id);
        many.finish(waiting.wait())
    }

    /// Calls a handler with each event of a topic, one after the other, on a thread of its own. What it fails with, and
    /// what cannot be read, is told to those who listen to [`Filter::Failures`]. Something must have subscribed to
    /// the topic.
    pub fn on<T: Topic, E: Into<Failed>>(
        &self,
        mut handler: impl FnMut(T::Event) -> Result<(), E> + Send + 'static,
    ) -> io::Result<Handling<D>> {
        self.on_notice(Filter::topic::<T>(), move |heard| match event::<T>(&heard) {
            Some(event) => handler(event?).map_err(Into::into),
            None => Ok(()),
        })
    }

    /// Calls a handler with what is heard, one after the other, on a thread of its own.
    pub fn on_notice<E: Into<Failed>>(
        &self,
        filter: Filter,
        mut handler: impl FnMut(Heard) -> Result<(), E> + Send + 'static,
    ) -> io::Result<Handling<D>> {
        let mut notices = self.listen(filter);
        let handling = Handling::of(&mut notices);
        thread::Builder::new().name("twitch handler".into()).spawn(move || {
            while let Some(heard) = notices.next() {
                let handled = catch_unwind(AssertUnwindSafe(|| handler(heard).map_err(Into::into)));
                if let Err(error) = handled.unwrap_or_else(|panic| Err(panicked(panic))) {
                    notices.driver.with(|machine, _| machine.failed(notices.id, error));
                }
            }
        })?;
        Ok(handling)
    }

    /// Logs a user in: `show` is given the address and the code to enter there.
    pub fn login(
        &self,
        scopes: impl IntoIterator<Item = Scope>,
        show: impl FnOnce(&Prompt) + Send + 'static,
    ) -> Result<Identity, TokenError> {
        let (login, reply) = self.log_in(scopes, Box::new(show)).wait();
        login.finish(reply)
    }

    /// Adds a user's tokens: they are validated and written to the store.
    pub fn add_token(
        &self,
        access: impl Into<String>,
        refresh: Option<&str>,
    ) -> Result<Identity, TokenError> {
        let (access, refresh) = (access.into().into(), refresh.map(SecretString::from));
        let (login, mut waiting) = self.ask(|core, now| core.add_token(now, access, refresh), Login::id);
        login.finish(waiting.wait())
    }

    /// Takes what a user came back with from [`Client::authorize_url`]: exchanges a code, validates the tokens and writes
    /// them down.
    pub fn redirected(&self, back: Redirected) -> Result<Identity, TokenError> {
        let (login, mut waiting) = self.ask(|core, now| core.redirected(now, back), Login::id);
        login.finish(waiting.wait())
    }

    /// Revokes a user's tokens at Twitch, then forgets them, here and in the store.
    pub fn revoke_token(&self, user: &UserId) -> Result<(), TokenError> {
        let (revocation, mut waiting) = self.ask(|core, now| core.revoke_token(now, user), Revocation::id);
        revocation.finish(waiting.wait())
    }

    /// Answers a visitor of the [callback page](twitchwire::callback), in a server of the application's own.
    pub fn visit(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let request = request.map(Into::into);
        let (visit, mut waiting) = self.ask(|core, now| core.visit(now, request), Visit::id);
        visit.finish(waiting.wait()).map(Into::into)
    }

    /// Serves the [callback page](twitchwire::callback) on this address until the client ends, and says on which. Port 0
    /// takes a free one.
    pub fn serve(&self, address: SocketAddr) -> io::Result<SocketAddr> {
        self.driver().serve(address)
    }

    /// Ends the client: subscriptions are deleted, sockets closed, tokens saved, calls cancelled, threads gone. Handles
    /// stay valid and fail; doing it twice does no harm.
    pub fn close(&self) {
        let ending = self.listen(Filter::Notices);
        self.driver().with(|machine, now| machine.core.close(now));
        ending.for_each(drop);
        // Sockets that linger longer are cut.
        self.driver().until_quiet(LINGER);
        self.driver().stop();
    }
}

impl<D: Threads, L> LoggingIn<D, L> {
    fn wait(mut self) -> (L, Reply) {
        loop {
            // Each leaves this thread with the desk, to be woken.
            if let Some(reply) = self.waiting.look() {
                return (self.login, reply);
            }
            match self.prompts.look(thread::current) {
                Next::Heard(heard) => self.heard(&heard),
                Next::Wait | Next::Ended => thread::park(),
            }
        }
    }
}

impl<D: Threads> Waiting<D> {
    /// The reply, or a promise to unpark this thread.
    fn look(&mut self) -> Option<Reply> {
        let reply = self.driver.with(|machine, _| machine.desk.reply(self.id, thread::current));
        self.done = reply.is_some();
        reply
    }

    fn wait(&mut self) -> Reply {
        loop {
            match self.look() {
                Some(reply) => return reply,
                None => thread::park(),
            }
        }
    }
}

impl<D: Threads> Iterator for Notices<D> {
    type Item = Heard;

    fn next(&mut self) -> Option<Heard> {
        loop {
            match self.look(thread::current) {
                Next::Heard(heard) => return Some(heard),
                Next::Ended => return None,
                Next::Wait => thread::park(),
            }
        }
    }
}

impl<D: Threads, T: Topic> Iterator for Events<D, T> {
    type Item = Result<T::Event, EventError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.notices.find_map(|heard| heard.event::<T>())
    }
}

impl<D: Threads, E: Endpoint> Iterator for Pages<D, E>
where
    Value<E>: Paged,
{
    type Item = Result<<Value<E> as Paged>::Item, CallError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.item() {
                Item::Item(item) => return Some(Ok(item)),
                Item::Over => return None,
                Item::Fetch => match self.by_page.next()? {
                    Ok(page) => self.items = page.into_items().into_iter(),
                    Err(error) => return Some(Err(error)),
                },
            }
        }
    }
}

impl<D: Threads, E: Endpoint> Iterator for ByPage<D, E>
where
    Value<E>: Paged,
{
    type Item = Result<Value<E>, CallError>;

    fn next(&mut self) -> Option<Self::Item> {
        let reply = match self.ask()? {
            Ok(waiting) => waiting.wait(),
            Err(error) => return Some(Err(error)),
        };
        self.accept(reply)
    }
}
