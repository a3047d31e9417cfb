//! The cases, category by category: what is asked, what has to be there before, and what is refused.

use super::stage::{Call, Stage};

mod channels;
mod chat;
mod eventsub;
mod moderation;
mod streams;
mod users;

/// One operation, asked so that it succeeds, and asked so that it is refused.
pub(crate) struct Case {
    /// Its name in Twitch's reference.
    pub(crate) operation: &'static str,
    pub(crate) before: fn(&mut Stage),
    pub(crate) call: Call,
    pub(crate) refusals: Vec<Refusal>,
}

/// A request that Twitch refuses with this status.
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) before: fn(&mut Stage),
    pub(crate) call: Call,
}

/// A case that needs nothing beforehand.
pub(crate) fn case(operation: &'static str, call: Call) -> Case {
    Case { operation, before: |_| {}, call, refusals: Vec::new() }
}

impl Case {
    /// What has to be there before it succeeds, and before the refusals that follow.
    pub(crate) fn after(self, before: fn(&mut Stage)) -> Self {
        Case { before, ..self }
    }

    /// This is refused.
    pub(crate) fn refused(self, status: u16, call: Call) -> Self {
        let before = self.before;
        self.refused_after(status, before, call)
    }

    /// This is refused after that.
    pub(crate) fn refused_after(mut self, status: u16, before: fn(&mut Stage), call: Call) -> Self {
        self.refusals.push(Refusal { status, before, call });
        self
    }
}

pub(crate) fn all() -> Vec<Case> {
    [
        channels::cases(),
        chat::cases(),
        eventsub::cases(),
        moderation::cases(),
        streams::cases(),
        users::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
