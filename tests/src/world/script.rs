//! Stories as data: actions with their times, taken by the world's own timers.
//!
//! Users and channels are named by login or by id, whichever a test has at hand.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use twitchwire::Time;

use super::{Cue, Deed, Faults, Show, Timer, Which, World};

/// When a script starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At this time.
    At(Time),
    /// With the next subscription that anyone makes.
    NextSubscription,
}

/// A script: what happens so long after its start.
///
/// ```
/// # use std::time::Duration;
/// # use twitchwire::Time;
/// # use twitchwire_sim::World;
/// # use twitchwire_sim::world::{Script, Start};
/// # let mut world = World::new(7, "2026-03-01T12:00:00Z".parse()?);
/// let mut script = Script::new();
/// script.at(Duration::from_secs(2)).user("ada").goes_live();
/// script.at(Duration::from_secs(5)).user("brook").follows("ada").says("ada", "Hello!");
/// world.script(Start::At(Time::ZERO), script);
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script(Vec<(Duration, Action)>);

impl Script {
    /// One in which nothing happens yet.
    pub fn new() -> Self {
        Script::default()
    }

    /// So long after the start.
    pub fn at(&mut self, after: Duration) -> Cue<'_> {
        Cue::after(after, &mut self.0)
    }
}

impl From<Vec<(Duration, Action)>> for Script {
    fn from(steps: Vec<(Duration, Action)>) -> Self {
        Script(steps)
    }
}

/// One step of a script. Users and channels are logins or ids.
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
    /// A viewer does something in a channel.
    Deed {
        /// Who.
        who: String,
        /// Where.
        channel: String,
        /// What.
        deed: Deed,
    },
    /// A broadcaster does something in their own channel.
    Show {
        /// Whose channel.
        channel: String,
        /// What.
        show: Show,
    },
    /// [`World::call`].
    Call {
        /// Who calls.
        user: String,
        /// The method.
        method: Method,
        /// The path below `/helix`, with its query.
        path: String,
        /// The body; null: none.
        body: Value,
    },
    /// [`World::whisper`].
    Whisper {
        /// Who whispers.
        from: String,
        /// To whom.
        to: String,
        /// What.
        text: String,
    },
    /// [`World::unban`].
    Unban {
        /// Who lifts the ban.
        moderator: String,
        /// Whose.
        who: String,
        /// Where.
        channel: String,
    },
    /// [`World::drop`].
    Drop {
        /// The organisation that owns the game.
        organization: String,
        /// The game's id.
        game: String,
        /// The campaign's id.
        campaign: String,
        /// The benefit's id.
        benefit: String,
        /// Who are given it.
        to: Vec<String>,
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
    /// [`World::silence_sockets`].
    SilenceSockets(Which),
    /// [`World::restart`].
    Restart(Duration),
    /// [`World::revoke_subscription`].
    RevokeSubscription {
        /// The subscription's id.
        id: String,
        /// Its status from then on.
        status: &'static str,
    },
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
    pub fn script(&mut self, start: Start, script: impl Into<Script>) {
        let Script(steps) = script.into();
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

    /// Lets something happen. Fails if nothing came of it, and says why.
    pub fn act(&mut self, now: Time, action: Action) -> Result<(), String> {
        self.advance(now);
        let now = self.now;
        match action {
            Action::Chat { who, channel, text } => {
                let (who, channel) = (self.named(&who), self.named(&channel));
                self.chat_now(&who, &channel, &text);
            }
            Action::Follow { who, channel } => {
                let (who, channel) = (self.named(&who), self.named(&channel));
                self.follow(now, &who, &channel);
            }
            Action::Raid { from, to, viewers } => {
                let (from, to) = (self.named(&from), self.named(&to));
                self.raid(now, &from, &to, viewers);
            }
            Action::Online(channel) => {
                let channel = self.named(&channel);
                self.online(now, &channel);
            }
            Action::Offline(channel) => {
                let channel = self.named(&channel);
                self.offline(now, &channel);
            }
            Action::Update { channel, title } => {
                let channel = self.named(&channel);
                self.update(now, &channel, &title);
            }
            Action::Ban { moderator, who, channel, seconds } => {
                let (moderator, who) = (self.named(&moderator), self.named(&who));
                let channel = self.named(&channel);
                self.ban(now, &moderator, &who, &channel, seconds);
            }
            Action::Deed { who, channel, deed } => {
                let (who, channel) = (self.named(&who), self.named(&channel));
                return self.do_deed(&who, &channel, deed);
            }
            Action::Show { channel, show } => {
                let channel = self.named(&channel);
                return self.put_on(&channel, show);
            }
            Action::Call { user, method, path, body } => {
                let user = self.named(&user);
                return self.call(now, &user, method, &path, &body);
            }
            Action::Whisper { from, to, text } => {
                let (from, to) = (self.named(&from), self.named(&to));
                self.whisper(now, &from, &to, &text);
            }
            Action::Unban { moderator, who, channel } => {
                let (moderator, who) = (self.named(&moderator), self.named(&who));
                let channel = self.named(&channel);
                self.unban(now, &moderator, &who, &channel);
            }
            Action::Drop { organization, game, campaign, benefit, to } => {
                let to: Vec<String> = to.iter().map(|to| self.named(to)).collect();
                let to: Vec<&str> = to.iter().map(String::as_str).collect();
                self.drop(now, &organization, &game, &campaign, &benefit, &to);
            }
            Action::Emit { kind, version, about, event } => {
                let about: Vec<_> =
                    about.iter().map(|(part, value)| (part.as_str(), value.as_str())).collect();
                self.emit_now(&kind, &version, &about, event);
            }
            Action::Reconnect(which) => self.reconnect(now, &which),
            Action::DropSockets(which) => self.drop_sockets(now, &which),
            Action::CloseSockets(which, code, reason) => self.close_sockets(now, &which, code, &reason),
            Action::SilenceSockets(which) => self.silence_sockets(now, &which),
            Action::Restart(down) => self.restart(now, down),
            Action::RevokeSubscription { id, status } => {
                let number = self.subscriptions.number(&id);
                if !number.is_some_and(|number| self.subscriptions.is_enabled(number)) {
                    return Err("no enabled subscription has this id".to_owned());
                }
                self.revoke_subscription(now, &id, status);
            }
            Action::RepeatLatest => self.repeat_latest(now),
            Action::Expire(user) => {
                let user = self.named(&user);
                self.expire(now, &user);
            }
            Action::Revoke { client, user } => {
                let user = self.named(&user);
                self.revoke(now, &client, &user);
            }
            Action::Faults(faults) => self.faults = faults,
        }
        Ok(())
    }

    /// The id of somebody who is named by it or by the login; made on first mention.
    pub(super) fn named(&mut self, who: &str) -> String {
        match self.people.users.contains_key(who) {
            true => who.to_owned(),
            false => self.user(who),
        }
    }
}
