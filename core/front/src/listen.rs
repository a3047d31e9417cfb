//! What comes one after the other: [`Events`] of a topic, [`Notices`] of everything.
//!
//! Listeners do not keep the client alive: when it ends, they end. On threads they are iterators, in tasks streams.

use crate::client::QUEUE;
use crate::driver::Driver;
use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use twitchwire::eventsub::{Topic, Via};
use twitchwire::{Filter, Heard, ListenerId, Next, WishId};

/// Notices as they come.
#[must_use = "who does not want to hear them drops it"]
pub struct Notices<D: Driver> {
    pub(crate) driver: D,
    pub(crate) id: ListenerId,
    /// What was taken from the queue together with what was asked for.
    after: VecDeque<Heard>,
    /// How many are taken along at most.
    along: usize,
}

/// How many notices a listener takes along with the one that it asks for, so that a busy one seldom needs the lock.
const ALONG: usize = 63;

impl<D: Driver> Notices<D> {
    pub(crate) fn new(driver: &D, filter: Filter) -> Self {
        let id = driver.with(|machine, _| machine.desk.listen(filter, QUEUE));
        Self::of(driver, id)
    }

    fn of(driver: &D, id: ListenerId) -> Self {
        Notices { driver: driver.clone(), id, after: VecDeque::new(), along: ALONG }
    }

    /// What is next, or a promise to wake.
    pub(crate) fn look(&mut self, waker: impl FnOnce() -> D::Waker) -> Next {
        if let Some(heard) = self.after.pop_front() {
            return Next::Heard(heard);
        }
        let Notices { driver, id, after, along } = self;
        driver.with(|machine, _| machine.desk.next_several(*id, after, *along, waker))
    }
}

impl<D: Driver> Drop for Notices<D> {
    fn drop(&mut self) {
        self.driver.with(|machine, _| machine.desk.unlisten(self.id));
    }
}

impl<D: Driver> fmt::Debug for Notices<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Notices({:?})", self.id)
    }
}

/// Something that is called with what is heard. Dropping it ends that; [`Handling::detach`] lets it go on.
#[must_use = "dropping it ends the handling"]
pub struct Handling<D: Driver> {
    driver: D,
    id: ListenerId,
    keep: bool,
}

impl<D: Driver> Handling<D> {
    /// Of these notices, which are taken elsewhere: one by one, since nothing more is to be handled once this is dropped.
    pub(crate) fn of(notices: &mut Notices<D>) -> Self {
        notices.along = 0;
        Handling { driver: notices.driver.clone(), id: notices.id, keep: false }
    }

    /// Goes on until the client ends.
    pub fn detach(mut self) {
        self.keep = true;
    }
}

impl<D: Driver> Drop for Handling<D> {
    fn drop(&mut self) {
        if !self.keep {
            self.driver.with(|machine, _| machine.unlisten(self.id));
        }
    }
}

impl<D: Driver> fmt::Debug for Handling<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handling({:?})", self.id)
    }
}

/// What a handler is called with, or why it could not be.
pub(crate) fn event<T: Topic>(heard: &Heard) -> Option<Result<T::Event, Failed>> {
    heard.event::<T>().map(|event| event.map_err(Into::into))
}

/// Why something was not handled.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// What a panic left.
pub(crate) fn panicked(panic: Box<dyn std::any::Any + Send>) -> Failed {
    let words = panic.downcast::<String>().map(|words| *words);
    let words = words.or_else(|panic| panic.downcast::<&str>().map(|words| (*words).to_owned()));
    format!("it panicked: {}", words.unwrap_or_else(|_| "without words".into())).into()
}

/// The events of one topic, typed, as they come.
///
/// Dropping it ends the listening and withdraws the wish; [`Events::detach`] keeps the wish.
#[must_use = "dropping it ends the subscription"]
pub struct Events<D: Driver, T: Topic> {
    pub(crate) notices: Notices<D>,
    pub(crate) wish: WishId,
    /// Whether Twitch has said yes or no.
    pub(crate) settled: bool,
    keep: bool,
    topic: PhantomData<fn() -> T>,
}

impl<D: Driver, T: Topic> Events<D, T> {
    /// Makes a wish, and listens from before Twitch is asked.
    pub(crate) fn wish_for(driver: &D, topic: &T, via: Via) -> Self {
        let (wish, id) = driver.with(|machine, now| {
            let wish = machine.core.subscribe(now, topic, via);
            machine.desk.expect_wish(wish);
            (wish, machine.desk.listen(Filter::Wish(wish), QUEUE))
        });
        Events { notices: Notices::of(driver, id), wish, settled: false, keep: false, topic: PhantomData }
    }

    /// The wish behind the events.
    pub fn wish(&self) -> WishId {
        self.wish
    }

    /// Ends the listening and keeps the wish, until [`Client::unsubscribe`](crate::Client::unsubscribe): its events still
    /// come as notices, and to whoever waits for them.
    pub fn detach(mut self) -> WishId {
        self.keep = true;
        self.wish
    }
}

impl<D: Driver, T: Topic> Drop for Events<D, T> {
    fn drop(&mut self) {
        self.notices.driver.with(|machine, now| {
            if !self.settled {
                machine.desk.forget_wish(self.wish);
            }
            if !self.keep {
                machine.core.unsubscribe(now, self.wish);
            }
        });
    }
}

impl<D: Driver, T: Topic> fmt::Debug for Events<D, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Events({} {}, {:?})", T::META.name, T::META.version, self.wish)
    }
}
