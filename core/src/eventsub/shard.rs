//! [`Shard`]: the life of one EventSub link, from the first connect through every handover to the next loss.
//!
//! ```text
//! Closed ──open──▶ Waiting ──▶ Opening ──welcome──▶ Live ──session_reconnect──▶ Moving
//!                     ▲            │                 ▲ │                           │
//!                     └──backoff───┴── loss ◀────────┼─┴───────────────────────────┤
//!                                                    └─────welcome on the new link─┘
//! ```
//!
//! Frames and closings go in, [`ShardOutput`] comes out. While the shard moves, the old link still delivers; it is
//! closed after the new link's welcome, and what it had already sent is taken until its end. A shard knows nothing of
//! subscriptions: it tells when its session opened, moved or was lost, and passes messages on.

use super::frame::{self, Frame, Message, Session};
use crate::backoff::{Backoff, Jitter};
use crate::client::{CauseKind, Closed, LINGER, SecretUrl, SocketId};
use crate::id::SessionId;
use crate::time::Time;
use bytes::Bytes;
use jiff::Timestamp;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// What all shards of a client have in common.
#[derive(Clone, Debug)]
pub struct ShardConfig {
    /// Where to connect.
    pub url: Url,
    /// The silence to ask for, in seconds; Twitch clamps it to 10..=600.
    pub keepalive: u16,
    /// How much longer than the agreed silence a link may be silent: Twitch's keepalives come at the last moment.
    pub slack: Duration,
    /// From connecting to the welcome.
    pub open_timeout: Duration,
    /// How long Twitch waits for the move to a reconnect URL.
    pub move_timeout: Duration,
    /// How long a link must live for the next loss to start with a short wait again.
    pub healthy_after: Duration,
    /// The first wait after a loss.
    pub first_wait: Duration,
    /// The longest wait after many.
    pub longest_wait: Duration,
    /// Whether a shard that was lost asks for its turn ([`ShardOutput::Ready`]) where it would connect again; the first
    /// time at once. For many shards, which may all be lost together.
    pub paced: bool,
}

impl ShardConfig {
    /// The usual times, for this URL.
    pub fn new(url: Url) -> Self {
        ShardConfig {
            url,
            keepalive: 10,
            slack: Duration::from_secs(5),
            open_timeout: Duration::from_secs(20),
            move_timeout: Duration::from_secs(30),
            healthy_after: Duration::from_secs(60),
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(120),
            paced: false,
        }
    }

    fn fresh_url(&self) -> SecretUrl {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("keepalive_timeout_seconds", &self.keepalive.to_string());
        SecretUrl(url)
    }
}

/// What a shard asks for, and what it tells.
#[derive(Debug)]
#[must_use]
#[expect(clippy::large_enum_variant, reason = "taken apart at once")]
pub enum ShardOutput {
    /// Open a socket.
    Connect {
        /// Its name.
        id: SocketId,
        /// Where to.
        url: SecretUrl,
        /// When to give up.
        answer_by: Time,
    },
    /// Close a socket.
    Close(SocketId),
    /// A session is open.
    Opened {
        /// Its id.
        session: SessionId,
        /// How it came about.
        how: Opened,
    },
    /// A link could not be opened; the next try is at this time.
    NotOpened {
        /// Why.
        why: LostWhy,
        /// When it is tried again.
        retry_at: Time,
    },
    /// The shard would connect again: [`Shard::open`] lets it.
    Ready,
    /// The server asked the shard to move, and it began to.
    Moving,
    /// A link that was closed, or left behind by a handover, was dead, nobody knows for how long: what was sent after
    /// this message and before may be missing.
    Missed {
        /// The timestamp of the last message seen on it.
        last_seen: Option<Timestamp>,
    },
    /// The session is lost and its subscriptions with it.
    Lost {
        /// Why.
        why: LostWhy,
        /// The timestamp of the last message seen.
        last_seen: Option<Timestamp>,
    },
    /// A message for whoever keeps the subscriptions.
    Message(SocketId, Frame),
    /// A frame that could not be read, as it came.
    Unreadable {
        /// The frame.
        raw: Bytes,
        /// What is wrong with it.
        why: String,
    },
}

/// How a session came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// On a fresh link: nothing is subscribed yet.
    Fresh,
    /// By a handover: the subscriptions came along, and nothing was missed.
    Moved,
    /// By a handover that went wrong on the way: the subscriptions came along, but what was sent after this message
    /// may be missing.
    MovedLate {
        /// The timestamp of the last message seen.
        last_seen: Option<Timestamp>,
    },
}

/// Why a link was lost.
#[derive(Clone, Debug, PartialEq)]
pub enum LostWhy {
    /// The socket ended.
    Closed(Closed),
    /// No sign of life for longer than agreed.
    Silence,
    /// No welcome in time.
    NoWelcome,
    /// Helix says that the session is gone.
    SessionGone,
}

impl fmt::Display for LostWhy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LostWhy::Closed(closed) => closed.fmt(f),
            LostWhy::Silence => f.write_str("no sign of life for longer than agreed"),
            LostWhy::NoWelcome => f.write_str("no welcome in time"),
            LostWhy::SessionGone => f.write_str("Helix says that the session is gone"),
        }
    }
}

/// What a shard's next deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deadline {
    /// When to connect again.
    Backoff,
    /// When to give a link up that has not said welcome.
    Welcome,
    /// When to take a silent link for dead.
    Keepalive,
    /// When to try the reconnect URL again.
    Move,
    /// When to stop listening to a link that was told to close.
    Linger,
}

/// One EventSub link.
#[derive(Debug)]
pub struct Shard {
    number: u32,
    attempts: u32,
    config: Arc<ShardConfig>,
    backoff: Backoff,
    state: State,
    /// The link that a handover left behind: what it had already sent still counts.
    leaving: Option<Leaving>,
    last_seen: Option<Timestamp>,
    doubt: Doubt,
    out: VecDeque<ShardOutput>,
}

/// A link that was told to close. If it says nothing more, not even its own Close, it may have been dead for a while.
#[derive(Debug)]
struct Leaving {
    socket: SocketId,
    until: Time,
    last_seen: Option<Timestamp>,
}

/// Whether Twitch may have sent events to a new link whose welcome never came, while the old one still spoke.
#[derive(Debug)]
enum Doubt {
    /// No.
    None,
    /// A new link is being tried; until then, this was the last message seen.
    Possible { last_seen: Option<Timestamp> },
    /// It failed after it may have been welcomed.
    Real { last_seen: Option<Timestamp> },
}

#[derive(Debug)]
enum State {
    /// Nobody wants the shard.
    Closed,
    /// After a failure.
    Waiting { until: Time },
    /// After a failure and a wait: to connect again when somebody says so.
    Ready,
    /// A link is on its way; `carried` if on a reconnect URL after the old link broke.
    Opening { socket: SocketId, by: Time, carried: bool },
    /// The session is open.
    Live(Link),
    /// The session is open, and asked to be elsewhere.
    Moving { old: Link, url: SecretUrl, step: Step, until: Time },
}

#[derive(Debug)]
struct Link {
    socket: SocketId,
    session: SessionId,
    /// The longest silence, slack included.
    silence: Duration,
    dead_at: Time,
    since: Time,
    /// The timestamp of the last message on this link.
    last_seen: Option<Timestamp>,
}

/// How far a move has come.
#[derive(Debug)]
enum Step {
    /// The new link is on its way.
    Opening { socket: SocketId, by: Time },
    /// The new link failed; there is time for another.
    Again { at: Time },
    /// The URL is no good; the old link lasts as long as it lasts.
    Hopeless,
}

/// Between two tries at a reconnect URL.
const MOVE_RETRY: Duration = Duration::from_secs(2);

impl Shard {
    /// A shard that is not wanted yet.
    pub fn new(number: u32, config: Arc<ShardConfig>, jitter: Jitter) -> Self {
        let backoff = Backoff::new(config.first_wait, config.longest_wait, jitter);
        Shard {
            number,
            attempts: 0,
            config,
            backoff,
            state: State::Closed,
            leaving: None,
            last_seen: None,
            doubt: Doubt::None,
            out: VecDeque::new(),
        }
    }

    /// Asks for a session. Does nothing if there is one, or one on its way.
    pub fn open(&mut self, now: Time) {
        match self.state {
            // A shard that was closed after failures still waits its turn.
            State::Closed if self.backoff.tries() > 0 => self.state = self.wait(now),
            State::Closed | State::Ready => self.state = self.connect(now),
            _ => {}
        }
    }

    /// Whether nobody wants the shard, and nothing of it lingers.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Closed) && self.leaving.is_none()
    }

    /// Ends the session. What its link already sent is still passed on.
    pub fn close(&mut self, now: Time) {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Closed | State::Waiting { .. } | State::Ready => {}
            State::Opening { socket, .. } => self.out.push_back(ShardOutput::Close(socket)),
            State::Live(link) => self.leave(now, link),
            State::Moving { old, step, .. } => {
                self.abandon(step);
                self.leave(now, old);
            }
        }
    }

    /// Gives the session up that Helix says is gone.
    pub fn session_gone(&mut self, now: Time, session: &SessionId) {
        if self.session() == Some(session) {
            self.lose(now, LostWhy::SessionGone);
        }
    }

    /// The machine was suspended for this long, while the clock that `now` comes from stood still.
    pub fn slept(&mut self, now: Time, by: Duration) {
        if let State::Live(link) | State::Moving { old: link, .. } = &mut self.state {
            link.dead_at = link.dead_at - by;
            self.timeout(now);
        }
    }

    /// The open session.
    pub fn session(&self) -> Option<&SessionId> {
        match &self.state {
            State::Live(link) | State::Moving { old: link, .. } => Some(&link.session),
            _ => None,
        }
    }

    /// The last message before which nothing of the session can be missing; none while there is no session.
    pub(crate) fn surely_heard(&self) -> Option<Option<Timestamp>> {
        let heard = match (&self.state, &self.doubt) {
            (
                State::Closed | State::Waiting { .. } | State::Ready | State::Opening { carried: false, .. },
                _,
            ) => {
                return None;
            }
            (_, Doubt::None) => self.last_seen,
            (_, Doubt::Possible { last_seen } | Doubt::Real { last_seen }) => *last_seen,
        };
        Some(match &self.leaving {
            Some(leaving) => heard.min(leaving.last_seen),
            None => heard,
        })
    }

    /// Takes a text message.
    pub fn frame(&mut self, now: Time, socket: SocketId, raw: &Bytes) {
        if !self.knows(socket) {
            return;
        }
        self.alive(now, socket);
        let frame = match frame::read(raw) {
            Ok(frame) => frame,
            Err(error) => {
                self.out.push_back(ShardOutput::Unreadable { raw: raw.clone(), why: error.to_string() });
                return;
            }
        };
        self.saw(socket, frame.timestamp);
        match frame.message {
            Message::Welcome(session) => {
                self.welcome(now, socket, session);
                // The link is there only now.
                self.saw(socket, frame.timestamp);
            }
            Message::Reconnect(url) => self.reconnect(now, socket, url),
            Message::Keepalive => {}
            _ => self.out.push_back(ShardOutput::Message(socket, frame)),
        }
    }

    fn saw(&mut self, socket: SocketId, at: Timestamp) {
        self.last_seen = self.last_seen.max(Some(at));
        match (&mut self.state, &mut self.leaving) {
            (State::Live(link) | State::Moving { old: link, .. }, _) if link.socket == socket => {
                link.last_seen = link.last_seen.max(Some(at));
            }
            (_, Some(leaving)) if leaving.socket == socket => {
                leaving.last_seen = leaving.last_seen.max(Some(at));
            }
            _ => {}
        }
    }

    /// Takes a sign of life.
    pub fn alive(&mut self, now: Time, socket: SocketId) {
        if let State::Live(link) | State::Moving { old: link, .. } = &mut self.state
            && link.socket == socket
        {
            link.dead_at = now + link.silence;
        }
    }

    /// Takes a socket's end.
    pub fn closed(&mut self, now: Time, socket: SocketId, how: Closed) {
        if let Some(leaving) = self.leaving.take_if(|leaving| leaving.socket == socket) {
            // A peer that ends the connection lives; one that lets the driver's patience run out may not.
            if matches!(&how, Closed::Lost(cause) if cause.kind == CauseKind::Timeout) {
                self.left_dead(&leaving);
            }
            return;
        }
        match &mut self.state {
            State::Opening { socket: opening, .. } if *opening == socket => {
                self.lose(now, LostWhy::Closed(how))
            }
            State::Live(link) if link.socket == socket => self.lose(now, LostWhy::Closed(how)),
            State::Moving { old, .. } if old.socket == socket => {
                self.old_link_broke(now, LostWhy::Closed(how))
            }
            State::Moving { step, until, .. } => {
                if matches!(step, Step::Opening { socket: new, .. } if *new == socket) {
                    let refused = matches!(how, Closed::Refused(_) | Closed::Code(4007, _));
                    *step = if refused { Step::Hopeless } else { Step::after_failure(now, *until) };
                    if !refused && !matches!(how, Closed::NotOpened(_)) {
                        self.doubt.is_real();
                    }
                }
            }
            _ => {}
        }
    }

    /// Does what is due.
    pub fn timeout(&mut self, now: Time) {
        if let Some(leaving) = self.leaving.take_if(|leaving| now >= leaving.until) {
            self.left_dead(&leaving);
        }
        match &mut self.state {
            State::Waiting { until } if now >= *until => {
                if self.config.paced {
                    self.ask();
                } else {
                    self.state = self.connect(now);
                }
            }
            State::Opening { by, .. } if now >= *by => self.lose(now, LostWhy::NoWelcome),
            State::Live(link) if now >= link.dead_at => self.lose(now, LostWhy::Silence),
            State::Moving { old, .. } if now >= old.dead_at => {
                self.out.push_back(ShardOutput::Close(old.socket));
                self.old_link_broke(now, LostWhy::Silence);
            }
            State::Moving { step: Step::Opening { socket, by }, .. } if now >= *by => {
                let socket = *socket;
                self.out.push_back(ShardOutput::Close(socket));
                self.doubt.is_real();
                self.set_step(|until| Step::after_failure(now, until));
            }
            State::Moving { step: Step::Again { at }, url, .. } if now >= *at => {
                let url = url.clone();
                let next = self.connect_new(now, url);
                self.set_step(|_| next);
            }
            _ => {}
        }
    }

    /// The next deadline and what it is for.
    pub fn deadline(&self) -> Option<(Time, Deadline)> {
        let own = match &self.state {
            State::Closed | State::Ready => None,
            State::Waiting { until } => Some((*until, Deadline::Backoff)),
            State::Opening { by, .. } => Some((*by, Deadline::Welcome)),
            State::Live(link) => Some((link.dead_at, Deadline::Keepalive)),
            State::Moving { old, step, .. } => {
                let dead = (old.dead_at, Deadline::Keepalive);
                let step = match step {
                    Step::Opening { by, .. } => (*by, Deadline::Welcome),
                    Step::Again { at } => (*at, Deadline::Move),
                    Step::Hopeless => dead,
                };
                Some(if step.0 < dead.0 { step } else { dead })
            }
        };
        let leaving = self.leaving.as_ref().map(|leaving| (leaving.until, Deadline::Linger));
        own.into_iter().chain(leaving).min_by_key(|(at, _)| *at)
    }

    /// How many connections the shard has tried.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Counts connections on from here: for a shard that takes the place of another with the same number.
    #[must_use]
    pub fn after(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// When [`Shard::timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.deadline().map(|(at, _)| at)
    }

    /// What the shard has to say.
    pub fn poll_output(&mut self) -> Option<ShardOutput> {
        self.out.pop_front()
    }

    /// All that the shard has to say. No room is kept for more: there may be very many shards, and most are idle.
    pub(crate) fn take_outputs(&mut self) -> VecDeque<ShardOutput> {
        std::mem::take(&mut self.out)
    }

    /// Whether a socket is one of the shard's.
    fn knows(&self, id: SocketId) -> bool {
        self.leaving.as_ref().is_some_and(|leaving| leaving.socket == id)
            || match &self.state {
                State::Closed | State::Waiting { .. } | State::Ready => false,
                State::Opening { socket, .. } => *socket == id,
                State::Live(link) => link.socket == id,
                State::Moving { old, step, .. } => {
                    old.socket == id || matches!(step, Step::Opening { socket, .. } if *socket == id)
                }
            }
    }

    fn next_socket(&mut self) -> SocketId {
        self.attempts = self.attempts.wrapping_add(1);
        SocketId { shard: self.number, attempt: self.attempts }
    }

    /// Asks for the turn to connect.
    fn ask(&mut self) {
        self.state = State::Ready;
        self.out.push_back(ShardOutput::Ready);
    }

    fn connect(&mut self, now: Time) -> State {
        let (socket, by) = self.dial(now, self.config.fresh_url());
        State::Opening { socket, by, carried: false }
    }

    fn connect_new(&mut self, now: Time, url: SecretUrl) -> Step {
        if matches!(self.doubt, Doubt::None) {
            self.doubt = Doubt::Possible { last_seen: self.last_seen };
        }
        let (socket, by) = self.dial(now, url);
        Step::Opening { socket, by }
    }

    fn dial(&mut self, now: Time, url: SecretUrl) -> (SocketId, Time) {
        let id = self.next_socket();
        let answer_by = now + self.config.open_timeout;
        self.out.push_back(ShardOutput::Connect { id, url, answer_by });
        (id, answer_by)
    }

    fn set_step(&mut self, to: impl FnOnce(Time) -> Step) {
        if let State::Moving { step, until, .. } = &mut self.state {
            *step = to(*until);
        }
    }

    fn wait(&mut self, now: Time) -> State {
        State::Waiting { until: self.backoff.next(now) }
    }

    fn welcome(&mut self, now: Time, socket: SocketId, session: Session) {
        let agreed = session.keepalive.unwrap_or(Duration::from_secs(self.config.keepalive.into()));
        let silence = agreed.min(Duration::from_secs(600)) + self.config.slack;
        let link = Link {
            socket,
            session: session.id.clone(),
            silence,
            dead_at: now + silence,
            since: now,
            last_seen: None,
        };
        let how = match std::mem::replace(&mut self.state, State::Closed) {
            State::Opening { socket: opening, carried, .. } if opening == socket => {
                if carried {
                    Opened::MovedLate { last_seen: self.surely_seen() }
                } else {
                    Opened::Fresh
                }
            }
            State::Moving { old, step: Step::Opening { socket: new, .. }, .. } if new == socket => {
                self.leave(now, old);
                match self.doubt {
                    Doubt::Real { last_seen } => Opened::MovedLate { last_seen },
                    _ => Opened::Moved,
                }
            }
            // A second welcome on a link says nothing new.
            other => {
                self.state = other;
                return;
            }
        };
        self.doubt = Doubt::None;
        self.state = State::Live(link);
        self.out.push_back(ShardOutput::Opened { session: session.id, how });
    }

    fn reconnect(&mut self, now: Time, socket: SocketId, url: SecretUrl) {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Live(old) if old.socket == socket => {
                let step = self.connect_new(now, url.clone());
                let until = now + self.config.move_timeout;
                self.state = State::Moving { old, url, step, until };
                self.out.push_back(ShardOutput::Moving);
            }
            // Asked again while moving: the newer URL counts.
            State::Moving { old, step, until, .. } if old.socket == socket => {
                if self.abandon(step) {
                    self.doubt.is_real();
                }
                let step = self.connect_new(now, url.clone());
                self.state = State::Moving { old, url, step, until };
            }
            other => self.state = other,
        }
    }

    /// Closes a link that is no longer needed, but takes what it already sent.
    fn leave(&mut self, now: Time, link: Link) {
        // The driver's own patience ends first.
        let until = now + LINGER + Duration::from_secs(1);
        let leaving = Leaving { socket: link.socket, until, last_seen: link.last_seen };
        if let Some(before) = self.leaving.replace(leaving) {
            self.left_dead(&before);
        }
        self.out.push_back(ShardOutput::Close(link.socket));
    }

    /// A link was left behind and gave no sign of life any more.
    fn left_dead(&mut self, leaving: &Leaving) {
        self.out.push_back(ShardOutput::Missed { last_seen: leaving.last_seen });
    }

    /// Closes the new link of a move, if there is one.
    fn abandon(&mut self, step: Step) -> bool {
        let Step::Opening { socket, .. } = step else { return false };
        self.out.push_back(ShardOutput::Close(socket));
        true
    }

    /// The timestamp of the last message before which nothing was missed.
    fn surely_seen(&self) -> Option<Timestamp> {
        match self.doubt {
            Doubt::Real { last_seen } => last_seen,
            Doubt::None | Doubt::Possible { .. } => self.last_seen,
        }
    }

    /// The old link broke while the shard moves: the new one may still carry the session over.
    fn old_link_broke(&mut self, now: Time, why: LostWhy) {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Moving { step: Step::Opening { socket, by }, .. } => {
                self.state = State::Opening { socket, by, carried: true };
            }
            State::Moving { step: Step::Again { .. }, url, .. } => {
                let Step::Opening { socket, by } = self.connect_new(now, url) else { return };
                self.state = State::Opening { socket, by, carried: true };
            }
            State::Moving { old, .. } => {
                self.state = State::Live(old);
                self.lose(now, why);
            }
            other => self.state = other,
        }
    }

    /// The link is gone, or was never there: tell, and try again later.
    fn lose(&mut self, now: Time, why: LostWhy) {
        // A socket that ended needs no closing.
        let closed = matches!(why, LostWhy::Closed(_));
        if !matches!(why, LostWhy::Closed(Closed::NotOpened(_) | Closed::Refused(_)))
            && matches!(
                self.state,
                State::Opening { carried: true, .. } | State::Moving { step: Step::Opening { .. }, .. }
            )
        {
            self.doubt.is_real();
        }
        let (socket, lost) = match std::mem::replace(&mut self.state, State::Closed) {
            State::Opening { socket, carried, .. } => (socket, carried),
            State::Live(link) => {
                if now.since(link.since) >= self.config.healthy_after {
                    self.backoff.reset();
                }
                (link.socket, true)
            }
            State::Moving { old, step, .. } => {
                self.abandon(step);
                (old.socket, true)
            }
            other => {
                self.state = other;
                return;
            }
        };
        if !closed {
            self.out.push_back(ShardOutput::Close(socket));
        }
        let at_once = self.config.paced && self.backoff.tries() == 0;
        let until = self.backoff.next(now);
        self.state = State::Waiting { until };
        self.out.push_back(if lost {
            ShardOutput::Lost { why, last_seen: self.surely_seen() }
        } else {
            ShardOutput::NotOpened { why, retry_at: if at_once { now } else { until } }
        });
        if at_once {
            self.ask();
        }
        self.doubt = Doubt::None;
    }
}

impl Doubt {
    fn is_real(&mut self) {
        if let Doubt::Possible { last_seen } = self {
            *self = Doubt::Real { last_seen: *last_seen };
        }
    }
}

impl Step {
    fn after_failure(now: Time, until: Time) -> Step {
        let at = now + MOVE_RETRY;
        if at < until { Step::Again { at } } else { Step::Hopeless }
    }
}

#[cfg(test)]
#[path = "shard_tests.rs"]
mod tests;
