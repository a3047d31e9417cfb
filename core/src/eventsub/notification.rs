//! [`Notification`]: an event on its way to the application, raw until somebody asks for more.

use super::decode::{Unreadable, decode};
use super::{Drift, Event, Subscription, Topic};
use crate::client::{SocketId, WishId};
use crate::id::MessageId;
use bytes::Bytes;
use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;

/// Something that happened, as a subscription reported it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Notification {
    /// The message's id.
    pub id: MessageId,
    /// When Twitch sent it first.
    pub timestamp: Timestamp,
    /// The subscription that asked for it.
    pub subscription: Arc<Subscription>,
    /// The wish that the subscription fulfils; none for a subscription that this client did not ask for.
    pub wish: Option<WishId>,
    /// How it came.
    pub source: Source,
    event: Bytes,
}

/// How a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// On this socket.
    Socket(SocketId),
    /// Over this shard of the conduit.
    Shard(u32),
    /// To the webhook's callback.
    Webhook,
}

impl Notification {
    pub(crate) fn new(
        id: MessageId,
        timestamp: Timestamp,
        subscription: Arc<Subscription>,
        wish: Option<WishId>,
        source: Source,
        event: Bytes,
    ) -> Self {
        Notification { id, timestamp, subscription, wish, source, event }
    }

    /// The event as Twitch wrote it, with whatever Twitch may one day write behind it.
    pub fn raw(&self) -> &Bytes {
        &self.event
    }

    /// Whether the event is of this topic, version included.
    pub fn is<T: Topic>(&self) -> bool {
        self.subscription.topic == T::META.name && self.subscription.version == T::META.version
    }

    /// The event as this topic's type.
    pub fn decode<T: Topic>(&self) -> Result<T::Event, DecodeError> {
        if !self.is::<T>() {
            return Err(DecodeError::OtherTopic);
        }
        decode(&self.event).map_err(DecodeError::Unreadable)
    }

    /// The event as one of all that this version knows; [`Event::Unknown`] holds the rest, and what does not decode.
    pub fn event(&self) -> Event {
        Event::read(&self.subscription.topic, &self.subscription.version, &self.event)
    }
}

impl Notification {
    /// What this version of the library does not know of the event. Costs several times what reading it does.
    pub fn drift(&self) -> Vec<Drift> {
        Drift::of(&self.subscription.topic, &self.subscription.version, &self.event)
    }
}

impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Subscription { topic, version, .. } = &*self.subscription;
        write!(f, "Notification({topic} {version}, {}, {} bytes)", self.id, self.event.len())
    }
}

/// Why a notification is not of the type asked for. Its bytes are in [`Notification::raw`] all the same.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The notification is of another topic or version.
    #[error("the notification is of another topic")]
    OtherTopic,
    /// The event does not have the documented form.
    #[error(transparent)]
    Unreadable(Unreadable),
}
