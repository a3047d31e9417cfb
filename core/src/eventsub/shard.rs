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
//! subscriptions: it tells when its session opened, moved or was lost, and passes messages on. Here is a link's life; the
//! handover is in `handover.rs`.

mod config;
mod handover;
mod output;

pub use config::{Again, ShardConfig};
pub use output::{Deadline, Lost, LostWhy, Opened, ShardOutput};

use super::frame::{Frame, Message, Session};
use crate::backoff::{Backoff, Jitter};
use crate::client::{CauseKind, Closed, SecretUrl, SocketId};
use crate::id::SessionId;
use crate::time::Time;
use bytes::Bytes;
use handover::{Doubt, Leaving, Step};
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

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
            State::Opening { socket, carried, .. } => {
                self.out.push_back(ShardOutput::Close(socket));
                if carried {
                    self.doubt.is_real();
                }
            }
            State::Live(link) => self.leave(now, link),
            State::Moving { old, step, .. } => {
                if self.abandon(step) {
                    self.doubt.is_real();
                }
                self.leave(now, old);
            }
        }
        // What was sent to a new link is not to be heard any more.
        if let Doubt::Real { last_seen } = std::mem::replace(&mut self.doubt, Doubt::None) {
            self.out.push_back(ShardOutput::Missed { last_seen });
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

    /// Takes a text message, and what a [`Reader`](super::frame::Reader) made of it.
    pub fn frame(
        &mut self,
        now: Time,
        socket: SocketId,
        raw: &Bytes,
        read: Result<Frame, serde_json::Error>,
    ) {
        if !self.knows(socket) {
            return;
        }
        self.alive(now, socket);
        let frame = match read {
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
                if self.config.again == Again::ByItself {
                    self.state = self.connect(now);
                } else {
                    self.ask();
                }
            }
            State::Opening { by, .. } if now >= *by => self.lose(now, LostWhy::NoWelcome),
            State::Live(link) if now >= link.dead_at => self.lose(now, LostWhy::Silence),
            State::Moving { old, .. } if now >= old.dead_at => self.old_link_broke(now, LostWhy::Silence),
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

    fn dial(&mut self, now: Time, url: SecretUrl) -> (SocketId, Time) {
        let id = self.next_socket();
        let answer_by = now + self.config.open_timeout;
        self.out.push_back(ShardOutput::Connect { id, url, answer_by });
        (id, answer_by)
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
        let at_once = self.config.again == Again::WhenToldAtOnce && self.backoff.tries() == 0;
        let until = self.backoff.next(now);
        self.state = State::Waiting { until };
        self.out.push_back(if lost {
            let clean =
                matches!(why, LostWhy::Closed(Closed::Code(..))) && !matches!(self.doubt, Doubt::Real { .. });
            ShardOutput::Lost(Lost { why, last_seen: self.surely_seen(), clean })
        } else {
            ShardOutput::NotOpened { why, retry_at: if at_once { now } else { until } }
        });
        if at_once {
            self.ask();
        }
        self.doubt = Doubt::None;
    }
}

#[cfg(test)]
mod tests;
