//! Planned restarts: a shard gets another session while the one that it has still delivers.
//!
//! ```text
//!                                       ┌─ refused, unclear ─┐
//! restart ──▶ Opening ──welcome──▶ Welcomed ──▶ Assigning ◀──▶ Again
//!                │                    │             ├─▶ the shard is on the next link, the old one closes
//!                └── the link ended ──┴─────────────┴─▶ the shard stays on the link that it has
//! ```
//!
//! One request moves the shard, so Twitch has somewhere to send to at all times, and what the old link was sent before is
//! read to its end. Neither link is closed before it is clear which of them serves: only its own end ends the next one.
//! Should the old link be lost on the way, the next one takes its place as it is.

use super::{Slot, State};
use crate::eventsub::Lost;
use crate::eventsub::conduit::{Ask, Conduit, ConduitNotice, ConduitOutput, ShardLink, ShardNews, Timer};
use crate::id::SessionId;
use crate::time::Time;

/// The link that is to take the place of one that delivers. There is one only while its shard is enabled, or has moved to
/// another session that this one is assigned instead of.
#[derive(Debug)]
pub(super) enum Next {
    Opening,
    Welcomed(SessionId),
    Assigning(SessionId, u64),
    /// To be assigned again; Twitch may have done so already.
    Again(SessionId),
}

impl Next {
    pub(super) fn session(&self) -> Option<&SessionId> {
        match self {
            Next::Opening => None,
            Next::Welcomed(session) | Next::Assigning(session, _) | Next::Again(session) => Some(session),
        }
    }

    /// Whether Twitch may send to it.
    fn may_serve(&self) -> bool {
        matches!(self, Next::Assigning(..) | Next::Again(_))
    }
}

impl From<Next> for State {
    fn from(next: Next) -> Self {
        match next {
            Next::Opening => State::Opening,
            Next::Welcomed(session) | Next::Again(session) => State::Welcomed(session),
            Next::Assigning(session, call) => State::Assigning(session, call),
        }
    }
}

impl Slot {
    /// The session to assign, if one waits for that: the next one's, once it is open.
    pub(super) fn to_assign(&self) -> Option<&SessionId> {
        match (self.next.as_deref(), &self.state) {
            (Some(Next::Welcomed(session) | Next::Again(session)), _) | (None, State::Welcomed(session)) => {
                Some(session)
            }
            _ => None,
        }
    }

    pub(super) fn assigning(&mut self, session: SessionId, call: u64) {
        match self.next.as_deref_mut() {
            Some(next) => *next = Next::Assigning(session, call),
            None => self.state = State::Assigning(session, call),
        }
    }

    /// The session is to be assigned again.
    pub(super) fn assign_again(&mut self, session: SessionId) {
        match self.next.as_deref_mut() {
            Some(next) => *next = Next::Again(session),
            None => self.state = State::Welcomed(session),
        }
    }

    /// The session is to be assigned again after a while.
    pub(super) fn assign_later(&mut self, session: SessionId) {
        match self.next.as_deref_mut() {
            Some(next) => *next = Next::Again(session),
            None => self.state = State::Later(session),
        }
    }

    /// Whether an assignment by this call is under way.
    pub(super) fn waits_for(&self, call: u64) -> bool {
        match (&self.next.as_deref(), &self.state) {
            (Some(Next::Assigning(_, by)), _) | (None, State::Assigning(_, by)) => *by == call,
            _ => false,
        }
    }

    /// The next link takes the place of the one there is, as far as it has come; the one that is left.
    pub(super) fn go_on(&mut self) -> Option<ShardLink> {
        let next = self.next.take()?;
        let left = self.link;
        self.link = left.other();
        self.state = State::from(*next);
        Some(left)
    }

    /// The links that are not to stay when the slot goes.
    pub(super) fn links(&self) -> impl Iterator<Item = ShardLink> + use<> {
        let first = (!matches!(self.state, State::Queued)).then_some(self.link);
        first.into_iter().chain(self.next.is_some().then_some(self.link.other()))
    }
}

impl Conduit {
    /// Gives an enabled shard another session, without a break: one that is not enabled is on its way to one anyway.
    pub fn restart(&mut self, now: Time, shard: u32) {
        if let Some(Slot { state: State::Enabled(_), .. }) = self.fleet.slots.get(&shard) {
            self.fleet.restarts.insert(shard);
            self.open_some(now);
        }
    }

    /// Whether a request to assign a shard waits for its answer. One for a session that the shard has had before could come
    /// after the one for the next link, and move the shard back to a link that is closed then.
    pub(super) fn is_being_assigned(&self, shard: u32) -> bool {
        self.calls.values().any(|(_, ask)| match ask {
            Ask::Assign(batch) => batch.iter().any(|(of, _)| *of == shard),
            _ => false,
        })
    }

    pub(super) fn open_next(&mut self, now: Time, shard: u32) {
        let begun = self.change(now, shard, |slot| {
            let fit = matches!(slot.state, State::Enabled(_)) && slot.next.is_none();
            fit.then(|| {
                slot.next = Some(Box::new(Next::Opening));
                slot.link.other()
            })
        });
        if let Some(Some(link)) = begun {
            self.out.push_back(ConduitOutput::Open { link });
        }
    }

    pub(super) fn next_opened(&mut self, now: Time, shard: u32, session: SessionId) {
        self.change(now, shard, |slot| slot.next = Some(Box::new(Next::Welcomed(session))));
        self.fleet.to_assign.insert(shard);
        self.assign_some(now);
    }

    /// The next link ended: the shard stays on the one that it has. It is down if Twitch may have moved it already.
    pub(super) fn not_restarted(&mut self, now: Time, shard: u32, lost: Lost) {
        let stays = self.change(now, shard, |slot| {
            let down = slot.next.take().is_some_and(|next| next.may_serve());
            if let (true, State::Enabled(session)) = (down, &slot.state) {
                slot.state = State::Welcomed(session.clone());
            }
            (slot.link, down, slot.to_assign().is_some())
        });
        let Some((link, down, unassigned)) = stays else { return };
        self.out.push_back(ConduitOutput::Close { link: link.other() });
        self.notice(ConduitNotice::Shard {
            shard,
            news: ShardNews::NotRestarted { why: lost.why.to_string() },
        });
        self.timers.set(&Timer::Shard(shard), None);
        if down {
            self.down(now, shard, &lost);
        }
        if unassigned {
            self.fleet.to_assign.insert(shard);
            self.assign_some(now);
        }
        self.open_some(now);
    }
}
