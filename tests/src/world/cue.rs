//! Stories that read as such: `world.at(now).user("brook").follows("ada")`.
//!
//! A [`Cue`] is a moment: now ([`World::at`](super::World::at)), or a step of a script ([`Script::at`](super::Script::at)). What
//! somebody does at it is an [`Action`], which happens or is planned.

use std::time::Duration;

use twitchwire::Time;

use super::{Action, Deed, Show, World};

/// A moment at which something happens.
#[derive(Debug)]
pub struct Cue<'a>(When<'a>);

enum When<'a> {
    Now(&'a mut World),
    After(Duration, &'a mut Vec<(Duration, Action)>),
}

impl std::fmt::Debug for When<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            When::Now(world) => write!(f, "Now({:?})", world.now),
            When::After(after, _) => write!(f, "After({after:?})"),
        }
    }
}

impl<'a> Cue<'a> {
    pub(super) fn after(after: Duration, steps: &'a mut Vec<(Duration, Action)>) -> Self {
        Cue(When::After(after, steps))
    }

    /// The user with this login, made on first mention.
    pub fn user(self, login: &str) -> Actor<'a> {
        Actor { cue: self, login: login.to_owned() }
    }

    /// Anything else that can happen.
    pub fn happens(&mut self, action: Action) -> &mut Self {
        match &mut self.0 {
            When::Now(world) => {
                // What comes of it is for the test to see.
                let _ = world.act(world.now, action);
            }
            When::After(after, steps) => steps.push((*after, action)),
        }
        self
    }
}

/// Somebody who does something, or one thing after the other. Others are named by their logins, or by their ids.
#[derive(Debug)]
pub struct Actor<'a> {
    cue: Cue<'a>,
    login: String,
}

impl Actor<'_> {
    fn acts(&mut self, action: Action) -> &mut Self {
        self.cue.happens(action);
        self
    }

    /// Writes in a channel's chat.
    pub fn says(&mut self, channel: &str, text: &str) -> &mut Self {
        let who = self.login.clone();
        self.acts(Action::Chat { who, channel: channel.to_owned(), text: text.to_owned() })
    }

    /// Follows a channel.
    pub fn follows(&mut self, channel: &str) -> &mut Self {
        let who = self.login.clone();
        self.acts(Action::Follow { who, channel: channel.to_owned() })
    }

    /// Raids a channel with so many viewers.
    pub fn raids(&mut self, channel: &str, viewers: u32) -> &mut Self {
        let from = self.login.clone();
        self.acts(Action::Raid { from, to: channel.to_owned(), viewers })
    }

    /// Starts to stream.
    pub fn goes_live(&mut self) -> &mut Self {
        let channel = self.login.clone();
        self.acts(Action::Online(channel))
    }

    /// Stops to stream.
    pub fn goes_offline(&mut self) -> &mut Self {
        let channel = self.login.clone();
        self.acts(Action::Offline(channel))
    }

    /// Gives the own channel another title.
    pub fn titles(&mut self, title: &str) -> &mut Self {
        let channel = self.login.clone();
        self.acts(Action::Update { channel, title: title.to_owned() })
    }

    /// Bans somebody from a channel for good.
    pub fn bans(&mut self, who: &str, channel: &str) -> &mut Self {
        self.puts_out(who, channel, None)
    }

    /// Puts somebody in a timeout of so many seconds.
    pub fn times_out(&mut self, who: &str, channel: &str, seconds: u32) -> &mut Self {
        self.puts_out(who, channel, Some(seconds))
    }

    /// Does something else in a channel.
    pub fn does(&mut self, channel: &str, deed: Deed) -> &mut Self {
        let who = self.login.clone();
        self.acts(Action::Deed { who, channel: channel.to_owned(), deed })
    }

    /// Puts something on in the own channel.
    pub fn shows(&mut self, show: Show) -> &mut Self {
        let channel = self.login.clone();
        self.acts(Action::Show { channel, show })
    }

    fn puts_out(&mut self, who: &str, channel: &str, seconds: Option<u32>) -> &mut Self {
        let moderator = self.login.clone();
        let (who, channel) = (who.to_owned(), channel.to_owned());
        self.acts(Action::Ban { moderator, who, channel, seconds })
    }
}

impl World {
    /// Tells a story that happens now.
    ///
    /// ```
    /// # use twitchwire::Time;
    /// # use twitchwire_sim::World;
    /// let mut world = World::new(7, "2026-03-01T12:00:00Z".parse()?);
    /// world.at(Time::ZERO).user("brook").follows("ada").says("ada", "Hello!");
    /// let kinds: Vec<&str> = world.happenings().iter().map(|happening| happening.kind.as_str()).collect();
    /// assert_eq!(kinds, ["channel.follow", "channel.chat.message"]);
    /// # Ok::<(), jiff::Error>(())
    /// ```
    pub fn at(&mut self, now: Time) -> Cue<'_> {
        self.advance(now);
        Cue(When::Now(self))
    }
}
