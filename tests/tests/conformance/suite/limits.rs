//! Limits: each kind of 429 for subscriptions, what is told of it, and what helps.

use super::{follows, is_enabled, is_lost};
use crate::adapter::Adapter;
use crate::stage::{Stage, notice};
use std::thread;
use std::time::{Duration, Instant};
use twitchwire::eventsub::topic::channel::{ChannelFollow, ChannelRaid};
use twitchwire::eventsub::topic::stream::StreamOnline;
use twitchwire::eventsub::{Blocked, SubscriptionState};
use twitchwire::helix::TooMany;
use twitchwire::{CallError, Notice, WishError};
use twitchwire_sim::World;
use twitchwire_sim::world::Which;

/// Tells of a wish that is tried again, and which limit stood in its way.
fn is_tried_again(notice: &Notice) -> Option<Option<TooMany>> {
    match notice {
        Notice::Subscription(_, SubscriptionState::Retrying { why: CallError::Refused(refusal), .. }) => {
            Some(refusal.too_many)
        }
        _ => None,
    }
}

fn is_too_costly(notice: &Notice) -> Option<()> {
    let too_costly = |why: &Blocked| matches!(why, Blocked::TooCostly { .. });
    matches!(notice, Notice::Subscription(_, SubscriptionState::Blocked { why }) if too_costly(why))
        .then_some(())
}

/// Somebody who has not authorised the application: to hear of them costs 1.
fn stranger(stage: &Stage) -> String {
    stage.server.with(|world, _| world.user("dan"))
}

pub(crate) fn the_rate_limit_is_waited_for<A: Adapter>() {
    let stage = Stage::with(|world| {
        world.settings.refill = Duration::from_secs(1);
        world.settings.points = 0;
    });
    let (twitch, _notices) = stage.start::<A>();
    thread::scope(|scope| {
        let subscribing =
            scope.spawn(|| A::subscribe(&twitch, follows(&stage)).map(A::detach::<ChannelFollow>));
        stage.until("a call is refused", |world| world.limited() > 0);
        stage.server.with(|world, _| world.settings.points = 800);
        assert_eq!(subscribing.join().unwrap(), Ok(()));
    });
    A::close(&twitch);
    stage.end();
}

pub(crate) fn too_many_of_one_type_and_condition_are_tried_again<A: Adapter>() {
    let close = |world: &mut World| world.settings.same_condition = 0;
    let open = |world: &mut World| world.settings.same_condition = 3;
    a_limit_is_outwaited::<A>(close, TooMany::TypeAndCondition, open);
}

pub(crate) fn too_many_connections_are_tried_again<A: Adapter>() {
    let close = |world: &mut World| world.settings.sockets_per_user = 0;
    let open = |world: &mut World| world.settings.sockets_per_user = 3;
    a_limit_is_outwaited::<A>(close, TooMany::Transports, open);
}

fn a_limit_is_outwaited<A: Adapter>(close: fn(&mut World), limit: TooMany, open: fn(&mut World)) {
    let stage = Stage::with(close);
    let (twitch, mut notices) = stage.start::<A>();
    thread::scope(|scope| {
        let subscribing =
            scope.spawn(|| A::subscribe(&twitch, follows(&stage)).map(A::detach::<ChannelFollow>));
        assert_eq!(notice::<A, _>(&mut notices, "the refusal", is_tried_again), Some(limit));
        stage.server.with(|world, _| open(world));
        assert_eq!(subscribing.join().unwrap(), Ok(()));
    });
    A::close(&twitch);
    stage.end();
}

pub(crate) fn what_is_too_costly_is_refused_until_something_is_given_up<A: Adapter>() {
    let stage = Stage::with(|world| world.settings.max_cost = 1);
    let dan = stranger(&stage);
    let (twitch, _notices) = stage.start::<A>();
    let first = A::subscribe(&twitch, ChannelRaid::to(dan.as_str())).unwrap();
    let second = A::subscribe(&twitch, StreamOnline::new(dan.as_str())).map(A::detach::<StreamOnline>);
    let Err(WishError::Blocked(Blocked::TooCostly { cost: 1, costs: Some(costs) })) = second else {
        panic!("not too costly: {second:?}");
    };
    assert_eq!((costs.total_cost, costs.max_total_cost), (1, 1));
    // What costs nothing goes all the same.
    A::detach::<ChannelFollow>(A::subscribe(&twitch, follows(&stage)).unwrap());
    drop(first);
    stage.until("the first is deleted", |world| world.enabled("app1", Some(stage.ada.as_str())).len() == 1);
    // The client hears of it after Twitch has done it.
    let patience = Instant::now() + Duration::from_secs(20);
    while let Err(why) = A::subscribe(&twitch, StreamOnline::new(dan.as_str())).map(A::detach::<StreamOnline>)
    {
        assert!(Instant::now() < patience, "still not allowed: {why:?}");
        thread::yield_now();
    }
    A::close(&twitch);
    stage.end();
}

// A cost that cannot be deleted is outwaited in virtual time alone: the list is read again after three quarters of a minute.
pub(crate) fn what_a_dead_session_still_costs_is_deleted_to_make_room<A: Adapter>() {
    let stage = Stage::with(|world| world.settings.max_cost = 1);
    let dan = stranger(&stage);
    let (twitch, mut notices) = stage.start::<A>();
    let mut raids = A::subscribe(&twitch, ChannelRaid::to(dan.as_str())).unwrap();
    notice::<A, _>(&mut notices, "the subscription", is_enabled);
    stage.server.with(|world, now| world.drop_sockets(now, &Which::All));
    notice::<A, _>(&mut notices, "the loss", is_lost);
    notice::<A, _>(&mut notices, "the refusal", is_too_costly);
    notice::<A, _>(&mut notices, "the subscription", is_enabled);
    stage.server.with(|world, now| world.raid(now, stage.ada.as_str(), &dan, 7));
    let raid = A::event::<ChannelRaid>(&mut raids).unwrap().unwrap();
    assert_eq!(raid.viewers, 7);
    A::close(&twitch);
    stage.end();
}
