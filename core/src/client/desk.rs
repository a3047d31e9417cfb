//! [`Desk`]: where an adapter's callers wait. Replies and notices come in, and go to whoever asked for them.
//!
//! Every adapter needs the same bookkeeping and has another way to wake a caller, so the desk is generic over the
//! waker `W`: a task's waker, a thread. Nothing here blocks; a caller that finds nothing leaves a waker and comes back.
//!
//! A listener has a bounded queue. One that is too slow loses its oldest notices and is told how many
//! ([`Heard::Lagged`]); nobody else notices.

use super::{CallId, HandlerError, Notice, Reply, TokenError, WishId};
use crate::auth::flow::Prompt;
use crate::eventsub::{Blocked, DecodeError, Topic};
use crate::helix::CallError;
use bytes::Bytes;
use compact_str::CompactString;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Names a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListenerId(u64);

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Filter {
    /// Every notice, notifications included.
    Everything,
    /// Every notice but notifications.
    Notices,
    /// Every notification.
    Notifications,
    /// The notifications of one wish.
    Wish(WishId),
    /// The notifications of one topic.
    Topic(CompactString, CompactString),
    /// The application's own notices of one name.
    Custom(CompactString),
    /// What handlers failed with.
    Failures,
}

impl Filter {
    /// The notifications of a topic.
    pub fn topic<T: Topic>() -> Self {
        Filter::Topic(T::META.name.into(), T::META.version.into())
    }
}

/// What a listener gets next.
#[derive(Clone, Debug)]
pub enum Next {
    /// Something.
    Heard(Heard),
    /// Nothing yet: the waker will be called.
    Wait,
    /// Nothing more will come.
    Ended,
}

/// What a listener of notices hears.
#[derive(Clone, Debug)]
pub enum Heard {
    /// A notice.
    Notice(Arc<Notice>),
    /// The listener was too slow: this many notices were dropped.
    Lagged(u64),
}

/// Why there is no event although something happened. The next may be fine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// The listener was too slow: this many events were dropped.
    #[error("{0} events were dropped because they were not taken in time")]
    Lagged(u64),
    /// An event does not have the documented form.
    #[error("{why}")]
    Unreadable {
        /// The event as it came.
        raw: Bytes,
        /// What is wrong with it.
        why: DecodeError,
    },
}

/// Why there is no event to give to who waited for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaitError {
    /// No such event came in time.
    #[error("no such event came in time")]
    Timeout,
    /// The client closed.
    #[error("the client closed")]
    Closed,
}

impl Heard {
    /// The event of a topic, if the notice is one.
    pub fn event<T: Topic>(&self) -> Option<Result<T::Event, EventError>> {
        match self {
            Heard::Lagged(missed) => Some(Err(EventError::Lagged(*missed))),
            Heard::Notice(notice) => {
                let Notice::Notification(notification) = &**notice else { return None };
                let raw = notification.raw();
                let event = notification.decode::<T>();
                Some(event.map_err(|why| EventError::Unreadable { raw: raw.clone(), why }))
            }
        }
    }

    /// What one of the application's own notices carries, if the notice is one of this type.
    pub fn custom<P: std::any::Any>(&self) -> Option<&P> {
        match self {
            Heard::Notice(notice) => match &**notice {
                Notice::Custom(custom) => custom.payload(),
                _ => None,
            },
            Heard::Lagged(_) => None,
        }
    }

    /// What a login asks the user to do, if the notice says so.
    pub fn prompt(&self, login: CallId) -> Option<&Prompt> {
        match self {
            Heard::Notice(notice) => match &**notice {
                Notice::Prompt(id, prompt) if *id == login => Some(prompt),
                _ => None,
            },
            Heard::Lagged(_) => None,
        }
    }
}

/// Where callers wait for replies and notices.
#[derive(Debug)]
pub struct Desk<W> {
    replies: BTreeMap<CallId, Waiting<W>>,
    wishes: BTreeMap<WishId, Settling<W>>,
    listeners: BTreeMap<ListenerId, Listener<W>>,
    everywhere: Vec<ListenerId>,
    by_wish: BTreeMap<WishId, Vec<ListenerId>>,
    by_topic: BTreeMap<(CompactString, CompactString), Vec<ListenerId>>,
    last: u64,
    unheard: u64,
    ended: bool,
}

#[derive(Debug)]
enum Waiting<W> {
    For(Option<W>),
    Done(Reply),
}

/// Several callers may ask for the same, and so share a wish.
#[derive(Debug)]
struct Settling<W> {
    callers: usize,
    wakers: Vec<W>,
    outcome: Option<Result<(), WishError>>,
}

#[derive(Debug)]
struct Listener<W> {
    filter: Filter,
    queue: VecDeque<Arc<Notice>>,
    capacity: usize,
    lagged: u64,
    waker: Option<W>,
}

/// Why a wish is not held.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WishError {
    /// Twitch does not allow it at present; the wish stays.
    #[error("blocked: {0}")]
    Blocked(Blocked),
    /// It can never succeed as it stands.
    #[error("refused: {0}")]
    Refused(CallError),
    /// The client closed.
    #[error("{0}")]
    Closed(TokenError),
}

impl<W> Default for Desk<W> {
    fn default() -> Self {
        Self::new()
    }
}

impl<W> Desk<W> {
    /// Nobody waits yet.
    pub fn new() -> Self {
        Desk {
            replies: BTreeMap::new(),
            wishes: BTreeMap::new(),
            listeners: BTreeMap::new(),
            everywhere: Vec::new(),
            by_wish: BTreeMap::new(),
            by_topic: BTreeMap::new(),
            last: 0,
            unheard: 0,
            ended: false,
        }
    }

    /// Somebody will ask for this call's reply. To be said before the client's outputs are drained.
    pub fn expect(&mut self, call: CallId) {
        self.replies.insert(call, Waiting::For(None));
    }

    /// A call's reply, or a promise to call the waker. None too for a call that nobody expected.
    pub fn reply(&mut self, call: CallId, waker: impl FnOnce() -> W) -> Option<Reply> {
        match self.replies.get_mut(&call)? {
            Waiting::For(slot) => {
                *slot = Some(waker());
                None
            }
            Waiting::Done(_) => match self.replies.remove(&call) {
                Some(Waiting::Done(reply)) => Some(reply),
                _ => None,
            },
        }
    }

    /// Nobody wants this call's reply any more.
    pub fn forget(&mut self, call: CallId) {
        self.replies.remove(&call);
    }

    /// Somebody will ask how this wish fares first. To be said before the client's outputs are drained.
    pub fn expect_wish(&mut self, wish: WishId) {
        let new = || Settling { callers: 0, wakers: Vec::new(), outcome: None };
        self.wishes.entry(wish).or_insert_with(new).callers += 1;
    }

    /// Whether a wish is held, as soon as that is settled for the first time.
    pub fn settled(&mut self, wish: WishId, waker: impl FnOnce() -> W) -> Option<Result<(), WishError>> {
        let settling = self.wishes.get_mut(&wish)?;
        let Some(outcome) = settling.outcome.clone() else {
            settling.wakers.push(waker());
            return None;
        };
        self.forget_wish(wish);
        Some(outcome)
    }

    /// One caller does not ask how this wish fares any more.
    pub fn forget_wish(&mut self, wish: WishId) {
        if let Some(settling) = self.wishes.get_mut(&wish) {
            settling.callers -= 1;
            if settling.callers == 0 {
                self.wishes.remove(&wish);
            }
        }
    }

    /// Begins to listen: everything from now on is kept, up to `capacity` notices.
    pub fn listen(&mut self, filter: Filter, capacity: usize) -> ListenerId {
        self.last += 1;
        let id = ListenerId(self.last);
        match &filter {
            Filter::Everything
            | Filter::Notices
            | Filter::Notifications
            | Filter::Custom(_)
            | Filter::Failures => self.everywhere.push(id),
            Filter::Wish(wish) => self.by_wish.entry(*wish).or_default().push(id),
            Filter::Topic(name, version) => {
                self.by_topic.entry((name.clone(), version.clone())).or_default().push(id);
            }
        }
        let capacity = capacity.max(1);
        let listener = Listener { filter, queue: VecDeque::new(), capacity, lagged: 0, waker: None };
        self.listeners.insert(id, listener);
        id
    }

    /// What a listener gets next.
    pub fn next(&mut self, id: ListenerId, waker: impl FnOnce() -> W) -> Next {
        let Some(listener) = self.listeners.get_mut(&id) else { return Next::Ended };
        if listener.lagged > 0 {
            return Next::Heard(Heard::Lagged(std::mem::take(&mut listener.lagged)));
        }
        match listener.queue.pop_front() {
            Some(notice) => Next::Heard(Heard::Notice(notice)),
            None if self.ended => Next::Ended,
            None => {
                listener.waker = Some(waker());
                Next::Wait
            }
        }
    }

    /// What a listener gets next; up to `most` of what comes after it go into `after`, so that a busy one need not come back
    /// for each.
    pub fn next_several(
        &mut self,
        id: ListenerId,
        after: &mut VecDeque<Heard>,
        most: usize,
        waker: impl FnOnce() -> W,
    ) -> Next {
        let next = self.next(id, waker);
        if let (Next::Heard(_), Some(Listener { queue, .. })) = (&next, self.listeners.get_mut(&id)) {
            after.extend(queue.drain(..most.min(queue.len())).map(Heard::Notice));
        }
        next
    }

    /// Ends a listener; whoever waits for it is to be woken.
    pub fn unlisten(&mut self, id: ListenerId) -> Option<W> {
        let listener = self.listeners.remove(&id)?;
        let gone = |ids: &mut Vec<ListenerId>| {
            ids.retain(|other| *other != id);
            ids.is_empty()
        };
        match &listener.filter {
            Filter::Everything
            | Filter::Notices
            | Filter::Notifications
            | Filter::Custom(_)
            | Filter::Failures => {
                gone(&mut self.everywhere);
            }
            Filter::Wish(wish) => {
                if self.by_wish.get_mut(wish).is_some_and(gone) {
                    self.by_wish.remove(wish);
                }
            }
            Filter::Topic(name, version) => {
                let key = (name.clone(), version.clone());
                if self.by_topic.get_mut(&key).is_some_and(gone) {
                    self.by_topic.remove(&key);
                }
            }
        }
        listener.waker
    }

    /// Notifications that no listener heard.
    pub fn unheard(&self) -> u64 {
        self.unheard
    }

    /// Whether [`Notice::Closed`] has passed.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Takes a reply; `wake` gets the waker of whoever waits for it.
    pub fn put_reply(&mut self, call: CallId, reply: Reply, mut wake: impl FnMut(W)) {
        if let Some(slot @ Waiting::For(_)) = self.replies.get_mut(&call)
            && let Waiting::For(Some(waker)) = std::mem::replace(slot, Waiting::Done(reply))
        {
            wake(waker);
        }
    }

    /// Takes a notice; `wake` gets the wakers of those who wait for it.
    pub fn put_notice(&mut self, notice: Notice, mut wake: impl FnMut(W)) {
        match &notice {
            Notice::Subscription(wish, state) => {
                if let Some(outcome) = WishError::outcome(state) {
                    self.settle(*wish, outcome, &mut wake);
                }
            }
            Notice::Closed => return self.end(notice, wake),
            _ => {}
        }
        if self.ended {
            // A listener's last notice is `Closed`, whatever is refused afterwards.
            return;
        }
        let notification = match &notice {
            Notice::Notification(notification) => Some(notification),
            _ => None,
        };
        let by_wish = notification.and_then(|n| self.by_wish.get(&n.wish?));
        let by_topic = notification.and_then(|n| {
            if self.by_topic.is_empty() {
                return None;
            }
            self.by_topic.get(&(n.subscription.topic.clone(), n.subscription.version.clone()))
        });
        let is_notification = notification.is_some();
        let ids =
            self.everywhere.iter().chain(by_wish.into_iter().flatten()).chain(by_topic.into_iter().flatten());
        let notice = Arc::new(notice);
        let mut heard = false;
        for id in ids {
            let Some(listener) = self.listeners.get_mut(id) else { continue };
            let wanted = match &listener.filter {
                Filter::Notices => !is_notification,
                Filter::Notifications => is_notification,
                Filter::Custom(name) => matches!(&*notice, Notice::Custom(custom) if custom.name == *name),
                Filter::Failures => matches!(&*notice, Notice::Failed(_)),
                Filter::Everything | Filter::Wish(_) | Filter::Topic(..) => true,
            };
            if !wanted {
                continue;
            }
            heard = true;
            if listener.queue.len() >= listener.capacity {
                listener.queue.pop_front();
                listener.lagged += 1;
            }
            listener.queue.push_back(notice.clone());
            if let Some(waker) = listener.waker.take() {
                wake(waker);
            }
        }
        if is_notification && !heard {
            self.unheard += 1;
        }
    }

    /// Takes what the handler of a listener failed with, for those who listen to failures. False if it is one of them:
    /// its own failure can only be logged.
    pub fn put_failure(
        &mut self,
        listener: ListenerId,
        error: Box<dyn std::error::Error + Send + Sync>,
        wake: impl FnMut(W),
    ) -> bool {
        let handles_failures =
            self.listeners.get(&listener).is_some_and(|listener| listener.filter == Filter::Failures);
        if !handles_failures {
            self.put_notice(Notice::Failed(Arc::new(HandlerError { listener, error })), wake);
        }
        !handles_failures
    }

    fn settle(&mut self, wish: WishId, outcome: Result<(), WishError>, wake: impl FnMut(W)) {
        if let Some(settling) = self.wishes.get_mut(&wish) {
            settling.outcome = Some(outcome);
            settling.wakers.drain(..).for_each(wake);
        }
    }

    fn end(&mut self, notice: Notice, mut wake: impl FnMut(W)) {
        self.ended = true;
        let notice = Arc::new(notice);
        for listener in self.listeners.values_mut() {
            if matches!(listener.filter, Filter::Everything | Filter::Notices) {
                listener.queue.push_back(notice.clone());
            }
            if let Some(waker) = listener.waker.take() {
                wake(waker);
            }
        }
        let wishes: Vec<WishId> = self.wishes.keys().copied().collect();
        for wish in wishes {
            self.settle(wish, Err(WishError::Closed(TokenError::Closed)), &mut wake);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Custom;
    use super::*;
    use crate::eventsub::SubscriptionState;

    fn enabled(wish: WishId) -> Notice {
        Notice::Subscription(wish, SubscriptionState::Enabled { id: "sub-1".into(), cost: 0 })
    }

    #[test]
    fn all_who_share_a_wish_hear_how_it_fares() {
        let (mut desk, wish) = (Desk::new(), WishId(7));
        desk.expect_wish(wish);
        desk.expect_wish(wish);
        assert_eq!(desk.settled(wish, || "one"), None);
        assert_eq!(desk.settled(wish, || "two"), None);
        let mut woken = Vec::new();
        desk.put_notice(enabled(wish), |waker| woken.push(waker));
        assert_eq!(woken, ["one", "two"]);
        assert_eq!(desk.settled(wish, || "one"), Some(Ok(())));
        assert_eq!(desk.settled(wish, || "two"), Some(Ok(())));
        assert!(desk.wishes.is_empty());
    }

    #[test]
    fn one_who_gives_up_leaves_the_others_waiting() {
        let (mut desk, wish) = (Desk::new(), WishId(7));
        desk.expect_wish(wish);
        desk.expect_wish(wish);
        desk.forget_wish(wish);
        desk.put_notice(enabled(wish), |_: ()| {});
        assert_eq!(desk.settled(wish, || ()), Some(Ok(())));
    }

    #[test]
    fn a_slow_listener_loses_its_oldest_notices_and_is_told_how_many() {
        let mut desk: Desk<()> = Desk::new();
        let slow = desk.listen(Filter::Notices, 2);
        for wish in 1..=5 {
            desk.put_notice(enabled(WishId(wish)), |()| {});
        }
        assert!(matches!(desk.next(slow, || ()), Next::Heard(Heard::Lagged(3))));
        let Next::Heard(Heard::Notice(first)) = desk.next(slow, || ()) else { panic!("no notice") };
        assert!(matches!(*first, Notice::Subscription(WishId(4), _)));
    }

    #[test]
    fn a_listener_may_take_several_notices_at_once_in_their_order() {
        let mut desk: Desk<()> = Desk::new();
        let listener = desk.listen(Filter::Notices, 4);
        for wish in 1..=5 {
            desk.put_notice(enabled(WishId(wish)), |()| {});
        }
        let mut after = VecDeque::new();
        let next = desk.next_several(listener, &mut after, 2, || ());
        assert!(matches!(next, Next::Heard(Heard::Lagged(1))));
        let wishes: Vec<WishId> = after
            .iter()
            .map(|heard| match heard {
                Heard::Notice(notice) => match **notice {
                    Notice::Subscription(wish, _) => wish,
                    _ => panic!("{notice:?}"),
                },
                Heard::Lagged(_) => panic!("{heard:?}"),
            })
            .collect();
        assert_eq!(wishes, [WishId(2), WishId(3)]);
        let next = desk.next_several(listener, &mut after, 0, || ());
        assert!(matches!(next, Next::Heard(Heard::Notice(_))));
        assert_eq!(after.len(), 2);
    }

    #[test]
    fn nothing_is_heard_after_the_end_but_who_subscribes_late_is_refused() {
        let (mut desk, wish): (Desk<()>, _) = (Desk::new(), WishId(7));
        let listener = desk.listen(Filter::Everything, 2);
        desk.put_notice(Notice::Closed, |()| {});
        desk.expect_wish(wish);
        let refused = SubscriptionState::Refused { why: CallError::Cancelled };
        desk.put_notice(Notice::Subscription(wish, refused), |()| {});
        assert_eq!(desk.settled(wish, || ()), Some(Err(WishError::Refused(CallError::Cancelled))));
        assert!(
            matches!(desk.next(listener, || ()), Next::Heard(Heard::Notice(notice)) if matches!(*notice, Notice::Closed))
        );
        assert!(matches!(desk.next(listener, || ()), Next::Ended));
    }

    #[test]
    fn an_own_notice_goes_to_those_who_listen_to_its_name() {
        let mut desk: Desk<()> = Desk::new();
        let raids = desk.listen(Filter::Custom("raid".into()), 8);
        let others = desk.listen(Filter::Custom("other".into()), 8);
        desk.put_notice(Notice::Custom(Custom::new("raid", 42_u32)), |()| {});
        let Next::Heard(heard) = desk.next(raids, || ()) else { panic!("nothing heard") };
        assert_eq!((heard.custom::<u32>(), heard.custom::<u8>()), (Some(&42), None));
        assert!(matches!(desk.next(others, || ()), Next::Wait));
    }

    #[test]
    fn what_a_handler_fails_with_goes_to_one_place_and_a_failure_there_goes_nowhere() {
        let mut desk: Desk<()> = Desk::new();
        let failures = desk.listen(Filter::Failures, 8);
        let raids = desk.listen(Filter::Custom("raid".into()), 8);
        assert!(desk.put_failure(raids, "no such channel".into(), |()| {}));
        let Next::Heard(Heard::Notice(notice)) = desk.next(failures, || ()) else { panic!("nothing heard") };
        assert_eq!(notice.to_string(), "a handler failed: no such channel");
        assert!(!desk.put_failure(failures, "the log is full".into(), |()| {}));
        assert!(matches!(desk.next(failures, || ()), Next::Wait));
    }
}
