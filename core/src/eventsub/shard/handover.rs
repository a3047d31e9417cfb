//! The handover: a session moves to a reconnect URL while its old link still delivers.
//!
//! The new link is tried until Twitch's time for the move is up, and carries the session on even if the old one breaks
//! meanwhile. The old link is closed after the new one's welcome, and what it had already sent is taken until its end.
//! Where a new link failed unseen, or the old one was dead, events may be missing; [`Doubt`] and [`Leaving`] know since
//! when.

use super::{Link, LostWhy, Shard, ShardOutput, State};
use crate::client::{LINGER, SecretUrl, SocketId};
use crate::time::Time;
use jiff::Timestamp;
use std::time::Duration;

/// A link that was told to close. If it says nothing more, not even its own Close, it may have been dead for a while.
#[derive(Debug)]
pub(super) struct Leaving {
    pub(super) socket: SocketId,
    pub(super) until: Time,
    pub(super) last_seen: Option<Timestamp>,
}

/// Whether Twitch may have sent events to a new link whose welcome never came, while the old one still spoke.
#[derive(Debug)]
pub(super) enum Doubt {
    /// No.
    None,
    /// A new link is being tried; until then, this was the last message seen.
    Possible { last_seen: Option<Timestamp> },
    /// It failed after it may have been welcomed.
    Real { last_seen: Option<Timestamp> },
}

/// How far a move has come.
#[derive(Debug)]
pub(super) enum Step {
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
    pub(super) fn reconnect(&mut self, now: Time, socket: SocketId, url: SecretUrl) {
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

    pub(super) fn connect_new(&mut self, now: Time, url: SecretUrl) -> Step {
        if matches!(self.doubt, Doubt::None) {
            self.doubt = Doubt::Possible { last_seen: self.last_seen };
        }
        let (socket, by) = self.dial(now, url);
        Step::Opening { socket, by }
    }

    pub(super) fn set_step(&mut self, to: impl FnOnce(Time) -> Step) {
        if let State::Moving { step, until, .. } = &mut self.state {
            *step = to(*until);
        }
    }

    /// Closes a link that is no longer needed, but takes what it already sent.
    pub(super) fn leave(&mut self, now: Time, link: Link) {
        // The driver's own patience ends first.
        let until = now + LINGER + Duration::from_secs(1);
        let leaving = Leaving { socket: link.socket, until, last_seen: link.last_seen };
        if let Some(before) = self.leaving.replace(leaving) {
            self.left_dead(&before);
        }
        self.out.push_back(ShardOutput::Close(link.socket));
    }

    /// A link was left behind and gave no sign of life any more.
    pub(super) fn left_dead(&mut self, leaving: &Leaving) {
        self.out.push_back(ShardOutput::Missed { last_seen: leaving.last_seen });
    }

    /// Closes the new link of a move, if there is one.
    pub(super) fn abandon(&mut self, step: Step) -> bool {
        let Step::Opening { socket, .. } = step else { return false };
        self.out.push_back(ShardOutput::Close(socket));
        true
    }

    /// The timestamp of the last message before which nothing was missed.
    pub(super) fn surely_seen(&self) -> Option<Timestamp> {
        match self.doubt {
            Doubt::Real { last_seen } => last_seen,
            Doubt::None | Doubt::Possible { .. } => self.last_seen,
        }
    }

    /// The old link broke while the shard moves: the new one may still carry the session over.
    pub(super) fn old_link_broke(&mut self, now: Time, why: LostWhy) {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Moving { old, step: Step::Hopeless, .. } => {
                self.state = State::Live(old);
                self.lose(now, why);
            }
            State::Moving { old, url, step, .. } => {
                // A socket that ended needs no closing.
                if !matches!(why, LostWhy::Closed(_)) {
                    self.out.push_back(ShardOutput::Close(old.socket));
                }
                let opening = match step {
                    Step::Again { .. } => self.connect_new(now, url),
                    step => step,
                };
                let Step::Opening { socket, by } = opening else { return };
                self.state = State::Opening { socket, by, carried: true };
            }
            other => self.state = other,
        }
    }
}

impl Doubt {
    pub(super) fn is_real(&mut self) {
        if let Doubt::Possible { last_seen } = self {
            *self = Doubt::Real { last_seen: *last_seen };
        }
    }
}

impl Step {
    pub(super) fn after_failure(now: Time, until: Time) -> Step {
        let at = now + MOVE_RETRY;
        if at < until { Step::Again { at } } else { Step::Hopeless }
    }
}
