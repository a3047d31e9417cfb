//! The cases, category by category: what is asked, what has to be there before, and what is refused.

use super::stage::{Call, Stage};

mod ads;
mod analytics;
mod bits;
mod channel_points;
mod channels;
mod charity;
mod chat;
mod clips;
mod entitlements;
mod eventsub;
mod extensions;
mod games;
mod goals;
mod guest_star;
mod hype_train;
mod moderation;
mod polls;
mod predictions;
mod raids;
mod schedule;
mod streams;
mod subscriptions;
mod users;
mod videos;

pub(crate) use eventsub::with_conduit;

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
        ads::cases(),
        analytics::cases(),
        bits::cases(),
        channel_points::cases(),
        channels::cases(),
        charity::cases(),
        chat::cases(),
        clips::cases(),
        entitlements::cases(),
        eventsub::cases(),
        extensions::cases(),
        games::cases(),
        goals::cases(),
        guest_star::cases(),
        hype_train::cases(),
        moderation::cases(),
        polls::cases(),
        predictions::cases(),
        raids::cases(),
        schedule::cases(),
        streams::cases(),
        subscriptions::cases(),
        users::cases(),
        videos::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
