//! The tests, by topic; here is what several of them need.

mod callback;
mod calls;
mod ends;
mod limits;
mod links;
mod losses;
mod recordings;
mod tls;
mod tokens;
mod ways;
mod wishes;

pub(crate) use callback::*;
pub(crate) use calls::*;
pub(crate) use ends::*;
pub(crate) use limits::*;
pub(crate) use links::*;
pub(crate) use losses::*;
pub(crate) use recordings::*;
pub(crate) use tls::*;
pub(crate) use tokens::*;
pub(crate) use ways::*;
pub(crate) use wishes::*;

use crate::adapter::Adapter;
use crate::stage::Stage;
use twitchwire::eventsub::topic::channel::ChannelFollow;
use twitchwire::eventsub::{Gap, LostWhy, SubscriptionState};
use twitchwire::{Notice, SessionNotice};

fn follows(stage: &Stage) -> ChannelFollow {
    ChannelFollow::new(&stage.ada, &stage.ada)
}

/// The next so many events' users.
fn users<A: Adapter>(events: &mut A::Events<ChannelFollow>, count: usize) -> Vec<String> {
    let next = || match A::event::<ChannelFollow>(events) {
        Some(Ok(event)) => event.user_login.to_string(),
        other => panic!("no event: {other:?}"),
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn is_lost(notice: &Notice) -> Option<LostWhy> {
    match notice {
        Notice::Session(SessionNotice::Lost { why, .. }) => Some(why.clone()),
        _ => None,
    }
}

fn is_not_opened(notice: &Notice) -> Option<LostWhy> {
    match notice {
        Notice::Session(SessionNotice::NotOpened { why, .. }) => Some(why.clone()),
        _ => None,
    }
}

fn is_gap(notice: &Notice) -> Option<Gap> {
    match notice {
        Notice::Gap(gap) => Some(gap.clone()),
        _ => None,
    }
}

fn is_enabled(notice: &Notice) -> Option<()> {
    matches!(notice, Notice::Subscription(_, SubscriptionState::Enabled { .. })).then_some(())
}
