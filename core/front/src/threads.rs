//! Callers that are threads: calls block until they have their answer, lists and listeners are iterators.

use crate::builder::{Beginning, Builder};
use crate::client::{Client, Waiting};
use crate::driver::Driver;
use crate::listen::{Events, Notices};
use crate::pages::{ByPage, Next as Item, Pages};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};
use twitchwire::auth::{Identity, TokenError};
use twitchwire::eventsub::{Topic, Via};
use twitchwire::helix::{CallError, Endpoint, Paged, Value};
use twitchwire::{
    EventError, Filter, Heard, LINGER, Next, Reply, SecretString, StartError, WaitError, WishError,
};

/// A driver whose callers are threads, which park until they are woken.
pub trait Threads: Driver<Waker = Thread> {
    /// Waits until no socket is left, but no longer than this.
    fn until_quiet(&self, at_most: Duration);
}

impl<D: Threads> Builder<D> {
    /// Starts the client: reads the store, adds the token, logs in. The notices tell all that happens from the very
    /// beginning; who does not want them drops them.
    pub fn start(self) -> Result<(Client<D>, Notices<D>), StartError> {
        let Beginning { mut client, notices, mut prompts, start, mut show } = self.begin()?;
        let mut waiting = client.waiting(start.id());
        loop {
            // Each leaves this thread with the desk, to be woken.
            if let Some(reply) = waiting.look() {
                client.me = start.finish(reply)?.map(|identity| identity.user);
                return Ok((client, notices));
            }
            match prompts.look() {
                Next::Heard(heard) => {
                    if let Some(prompt) = heard.prompt(start.id())
                        && let Some(show) = show.take()
                    {
                        show(prompt);
                    }
                }
                Next::Wait | Next::Ended => thread::park(),
            }
        }
    }
}

impl<D: Threads> Client<D> {
    /// Calls Helix and waits for the answer.
    pub fn call<E: Endpoint>(&self, request: &E) -> Result<Value<E>, CallError> {
        let call = self.driver().with(|machine, now| {
            let call = machine.core.call(now, request, self.who.clone());
            machine.desk.expect(call.id());
            call
        });
        let reply = self.waiting(call.id()).wait();
        call.finish(reply)
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
            match notices.look() {
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

    /// Adds a user's tokens: they are validated and written to the store.
    pub fn add_token(
        &self,
        access: impl Into<String>,
        refresh: Option<&str>,
    ) -> Result<Identity, TokenError> {
        let (access, refresh) = (access.into().into(), refresh.map(SecretString::from));
        let login = self.driver().with(|machine, now| {
            let login = machine.core.add_token(now, access, refresh);
            machine.desk.expect(login.id());
            login
        });
        let reply = self.waiting(login.id()).wait();
        login.finish(reply)
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

impl<D: Threads> Notices<D> {
    /// What is next, or a promise to unpark this thread.
    fn look(&mut self) -> Next {
        self.driver.with(|machine, _| machine.desk.next(self.id, thread::current))
    }
}

impl<D: Threads> Iterator for Notices<D> {
    type Item = Heard;

    fn next(&mut self) -> Option<Heard> {
        loop {
            match self.look() {
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
