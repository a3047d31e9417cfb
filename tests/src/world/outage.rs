//! A restart of Twitch's servers: every connection is gone at once, nobody is let in for a while, and no session is known.

use std::time::Duration;

use twitchwire::Time;

use super::World;

/// The latest restart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outage {
    /// Which one it is; 0: there was none.
    pub(crate) number: u64,
    /// Until when nobody is let in.
    pub(crate) until: Time,
}

impl Outage {
    pub(super) const NONE: Outage = Outage { number: 0, until: Time::ZERO };
}

impl World {
    /// Twitch's servers restart, and let nobody in for so long from now on: requests are answered with 503 then, and so are upgrades (the
    /// server refuses connections instead, and breaks those that are open).
    ///
    /// All sockets drop without a close frame. Sessions are forgotten, with their reconnect URLs; their subscriptions are disabled,
    /// and count and are listed for a while as those of any dead connection. Users, tokens, conduits and what has happened
    /// outlive it.
    pub fn restart(&mut self, now: Time, down: Duration) {
        self.advance(now);
        self.outage = Outage { number: self.outage.number + 1, until: self.now + down };
        self.forget_sessions("websocket_internal_error");
    }

    pub(super) fn is_down(&self) -> bool {
        self.now < self.outage.until
    }

    #[cfg(feature = "server")]
    pub(crate) fn outage(&self) -> Outage {
        self.outage
    }
}
