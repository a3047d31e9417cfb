//! Stories as data: actions with their times, taken by the world's own timers.

use std::time::Duration;

use serde_json::Value;
use twitchwire::Time;

use super::{Faults, Timer, Which, World};

/// When a script starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At this time.
    At(Time),
    /// With the next subscription that anyone makes.
    NextSubscription,
}

/// One step of a script. Users and channels are ids.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// [`World::chat`].
    Chat {
        /// Who writes.
        who: String,
        /// Where.
        channel: String,
        /// What.
        text: String,
    },
    /// [`World::follow`].
    Follow {
        /// Who follows.
        who: String,
        /// Whom.
        channel: String,
    },
    /// [`World::raid`].
    Raid {
        /// Who raids.
        from: String,
        /// Whom.
        to: String,
        /// With how many.
        viewers: u32,
    },
    /// [`World::online`].
    Online(String),
    /// [`World::offline`].
    Offline(String),
    /// [`World::update`].
    Update {
        /// Whose channel.
        channel: String,
        /// The new title.
        title: String,
    },
    /// [`World::ban`].
    Ban {
        /// Who bans.
        moderator: String,
        /// Whom.
        who: String,
        /// Where.
        channel: String,
        /// For how long; none: for good.
        seconds: Option<u32>,
    },
    /// [`World::emit`].
    Emit {
        /// The subscription type.
        kind: String,
        /// Its version.
        version: String,
        /// What it is about, in the words of conditions.
        about: Vec<(String, String)>,
        /// The payload.
        event: Value,
    },
    /// [`World::reconnect`].
    Reconnect(Which),
    /// [`World::drop_sockets`].
    DropSockets(Which),
    /// [`World::close_sockets`].
    CloseSockets(Which, u16, String),
    /// [`World::repeat_latest`].
    RepeatLatest,
    /// [`World::expire`].
    Expire(String),
    /// [`World::revoke`].
    Revoke {
        /// The app.
        client: String,
        /// The user who disconnects it.
        user: String,
    },
    /// From now on the world behaves like this.
    Faults(Faults),
}

impl World {
    /// Plans a script: each action so long after the start.
    pub fn script(&mut self, start: Start, steps: Vec<(Duration, Action)>) {
        match start {
            Start::At(time) => self.start_script(time, steps),
            Start::NextSubscription => self.pending_scripts.push(steps),
        }
    }

    fn start_script(&mut self, start: Time, steps: Vec<(Duration, Action)>) {
        for (after, action) in steps {
            let after = (start + after).since(self.now);
            self.arm(after, Timer::Script(Box::new(action)));
        }
    }

    pub(super) fn start_pending_scripts(&mut self) {
        for steps in std::mem::take(&mut self.pending_scripts) {
            self.start_script(self.now, steps);
        }
    }

    pub(super) fn act(&mut self, action: Action) {
        let now = self.now;
        match action {
            Action::Chat { who, channel, text } => {
                self.chat_now(&who, &channel, &text);
            }
            Action::Follow { who, channel } => self.follow(now, &who, &channel),
            Action::Raid { from, to, viewers } => self.raid(now, &from, &to, viewers),
            Action::Online(channel) => self.online(now, &channel),
            Action::Offline(channel) => self.offline(now, &channel),
            Action::Update { channel, title } => self.update(now, &channel, &title),
            Action::Ban { moderator, who, channel, seconds } => {
                self.ban(now, &moderator, &who, &channel, seconds);
            }
            Action::Emit { kind, version, about, event } => {
                let about: Vec<_> =
                    about.iter().map(|(part, value)| (part.as_str(), value.as_str())).collect();
                self.emit_now(&kind, &version, &about, event);
            }
            Action::Reconnect(which) => self.reconnect(now, &which),
            Action::DropSockets(which) => self.drop_sockets(now, &which),
            Action::CloseSockets(which, code, reason) => self.close_sockets(now, &which, code, &reason),
            Action::RepeatLatest => self.repeat_latest(now),
            Action::Expire(user) => self.expire(now, &user),
            Action::Revoke { client, user } => self.revoke(now, &client, &user),
            Action::Faults(faults) => self.faults = faults,
        }
    }
}
