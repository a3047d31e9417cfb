//! Wishes: what Twitch allows and refuses, and the events of those that are held.

use super::{follows, users};
use crate::adapter::Adapter;
use crate::stage::{CLIENT, Stage, notice};
use http::StatusCode;
use std::thread;
use std::time::Duration;
use twitchwire::auth::Scope;
use twitchwire::eventsub::Blocked;
use twitchwire::eventsub::topic::channel::{ChannelFollow, ChannelRaid};
use twitchwire::helix::Rule;
use twitchwire::{CallError, Notice, WishError};
use twitchwire_sim::World;

pub(crate) fn a_wish_without_its_scope_is_blocked<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.started::<A>(stage.setup_for_ada(&["bits:read"]));
    let Err(WishError::Blocked(Blocked::Forbidden(CallError::MissingScope { user, any_of, .. }))) =
        A::subscribe(&twitch, follows(&stage))
    else {
        panic!("not blocked");
    };
    assert_eq!((user, any_of), (stage.ada.clone(), &[Scope::ModeratorReadFollowers][..]));
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_wish_that_can_never_succeed_is_refused<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.start::<A>();
    let Err(WishError::Refused(CallError::Invalid(invalid))) =
        A::subscribe(&twitch, ChannelFollow::new("ada", &stage.ada))
    else {
        panic!("not refused");
    };
    assert_eq!(invalid.rule, Rule::NotNumeric);
    let Err(WishError::Refused(CallError::Refused(refusal))) =
        A::subscribe(&twitch, ChannelRaid::to("999999"))
    else {
        panic!("not refused");
    };
    assert_eq!(refusal.status, StatusCode::BAD_REQUEST);
    assert_eq!(refusal.message, "user in condition does not exist: to_broadcaster_user_id");
    A::close(&twitch);
    stage.end();
}

pub(crate) fn events_come_in_order_and_once<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.server.with(|world, _| world.faults.duplicate = 0.5);
    let expected: Vec<String> = (0..100).map(|n| format!("fan{n}")).collect();
    expected.iter().for_each(|login| stage.follow(login));
    assert_eq!(users::<A>(&mut events, 100), expected);
    let counts = A::counts(&twitch);
    assert_eq!((counts.events, counts.gaps), (100, 0));
    A::close(&twitch);
    assert_eq!(A::event::<ChannelFollow>(&mut events), None);
    stage.end();
}

pub(crate) fn dropping_the_events_deletes_the_subscription<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.start::<A>();
    let kept = A::subscribe(&twitch, ChannelRaid::to(&stage.ada)).unwrap();
    let dropped = A::subscribe(&twitch, follows(&stage)).unwrap();
    assert_eq!(stage.subscriptions(), 2);
    A::detach::<ChannelRaid>(kept);
    drop(dropped);
    let topics = |world: &World| -> Vec<String> {
        let enabled = world.enabled(CLIENT, Some(stage.ada.as_str()));
        enabled.iter().map(|(_, topic, _)| topic.to_string()).collect()
    };
    stage.until("the subscription is deleted", |world| topics(world) == ["channel.raid"]);
    A::close(&twitch);
    stage.end();
}

pub(crate) fn waiting_for_one_event_finds_it_or_gives_up<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.start::<A>();
    A::detach::<ChannelRaid>(A::subscribe(&twitch, ChannelRaid::to(&stage.ada)).unwrap());
    assert!(A::wait_for::<ChannelRaid>(&twitch, |_| true, Duration::from_millis(20)).is_none());
    let raid = thread::scope(|scope| {
        let (ended, raids) = std::sync::mpsc::channel::<()>();
        // Raids until one is found: whoever waits may have begun late.
        scope.spawn(move || {
            let pause = Duration::from_millis(10);
            for viewers in (0..)
                .take_while(|_| raids.recv_timeout(pause) == Err(std::sync::mpsc::RecvTimeoutError::Timeout))
            {
                stage.server.with(|world, now| {
                    let brook = world.user("brook");
                    world.raid(now, &brook, stage.ada.as_str(), viewers);
                });
            }
            stage.end();
        });
        let raid = A::wait_for::<ChannelRaid>(&twitch, |raid| raid.viewers > 5, Duration::from_secs(20));
        drop(ended);
        raid
    });
    assert!(raid.is_some_and(|raid| raid.viewers > 5));
    A::close(&twitch);
}

pub(crate) fn frames_that_nobody_understands_are_told_and_later_events_arrive<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.server.with(|world, _| {
        world.faults.malformed = 1.0;
        world.faults.unknown_message = 1.0;
        world.faults.unknown_event = 1.0;
    });
    stage.follow("brook");
    notice::<A, ()>(&mut notices, "the malformed frame", |notice| {
        matches!(notice, Notice::Unreadable { .. }).then_some(())
    });
    let message_type = notice::<A, _>(&mut notices, "the unknown message", |notice| match notice {
        Notice::UnknownMessage { message_type, .. } => Some(message_type.clone()),
        _ => None,
    });
    assert_eq!(message_type, "session_novelty");
    let topic = notice::<A, _>(&mut notices, "the unknown event", |notice| match notice {
        Notice::Notification(notification) => Some(notification.subscription.topic.clone()),
        _ => None,
    });
    assert_eq!(topic, "channel.novelty");
    stage.follow("cleo");
    assert_eq!(users::<A>(&mut events, 2), ["brook", "cleo"]);
    assert_eq!(A::counts(&twitch).losses, 0);
    A::close(&twitch);
    stage.end();
}
