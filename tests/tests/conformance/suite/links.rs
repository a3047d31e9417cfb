//! Links: handovers, losses, and what follows.

use super::{follows, is_enabled, is_gap, is_lost, is_not_opened, users};
use crate::adapter::Adapter;
use crate::stage::{Stage, notice};
use http::StatusCode;
use std::thread;
use std::time::Duration;
use twitchwire::eventsub::LostWhy;
use twitchwire::eventsub::topic::channel::ChannelFollow;
use twitchwire::{CauseKind, Closed, Notice, SessionNotice};
use twitchwire_sim::world::Which;

pub(crate) fn a_requested_reconnect_loses_nothing<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.follow("brook");
    stage.server.with(|world, now| {
        let (cleo, dan) = (world.user("cleo"), world.user("dan"));
        world.follow(now, &cleo, stage.ada.as_str());
        world.reconnect(now, &Which::All);
        world.follow(now, &dan, stage.ada.as_str());
    });
    notice::<A, ()>(&mut notices, "the move", |notice| {
        assert!(!matches!(notice, Notice::Gap(_)), "{notice}");
        matches!(notice, Notice::Session(SessionNotice::Moved { .. })).then_some(())
    });
    stage.follow("eve");
    assert_eq!(users::<A>(&mut events, 4), ["brook", "cleo", "dan", "eve"]);
    assert_eq!(stage.subscriptions(), 1);
    stage.until("the old socket is closed", |world| world.open_sockets().count() == 1);
    let counts = A::counts(&twitch);
    assert_eq!((counts.moves, counts.losses, counts.gaps), (1, 0, 0));
    A::close(&twitch);
    stage.end();
}

pub(crate) fn an_abrupt_disconnect_is_a_gap_and_the_subscription_comes_back<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.follow("brook");
    assert_eq!(users::<A>(&mut events, 1), ["brook"]);
    stage.server.with(|world, now| world.drop_sockets(now, &Which::All));
    let why = notice::<A, _>(&mut notices, "the loss", is_lost);
    assert!(matches!(why, LostWhy::Closed(Closed::Lost(_))), "{why}");
    let gap = notice::<A, _>(&mut notices, "the gap", is_gap);
    assert!(gap.from.is_some() && gap.from < gap.to, "{gap:?}");
    stage.follow("cleo");
    assert_eq!(users::<A>(&mut events, 1), ["cleo"]);
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_refused_connection_is_told_and_tried_again<A: Adapter>() {
    let stage = Stage::with(|world| world.faults.refuse_socket = 1.0);
    let (twitch, mut notices) = stage.start::<A>();
    let topic = follows(&stage);
    thread::scope(|scope| {
        let subscribing = scope.spawn(|| A::subscribe(&twitch, topic).map(A::detach::<ChannelFollow>));
        let why = notice::<A, _>(&mut notices, "the refusal", is_not_opened);
        assert_eq!(why, LostWhy::Closed(Closed::Refused(StatusCode::SERVICE_UNAVAILABLE)));
        stage.server.with(|world, _| world.faults.refuse_socket = 0.0);
        assert_eq!(subscribing.join().unwrap(), Ok(()));
    });
    assert_eq!(stage.subscriptions(), 1);
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_server_that_is_gone_is_told_and_found_again<A: Adapter>() {
    let mut stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.server.pause();
    notice::<A, _>(&mut notices, "the loss", is_lost);
    let why = notice::<A, _>(&mut notices, "the failed try", is_not_opened);
    let LostWhy::Closed(Closed::NotOpened(cause)) = why else { panic!("{why}") };
    assert_eq!(cause.kind, CauseKind::Connect, "{cause}");
    stage.server.resume().unwrap();
    notice::<A, _>(&mut notices, "the subscription", is_enabled);
    stage.follow("brook");
    assert_eq!(users::<A>(&mut events, 1), ["brook"]);
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_server_that_restarts_is_found_again_with_every_wish<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.follow("brook");
    assert_eq!(users::<A>(&mut events, 1), ["brook"]);
    stage.server.with(|world, now| world.restart(now, Duration::from_secs(3600)));
    notice::<A, _>(&mut notices, "the loss", is_lost);
    // Nobody listens.
    let why = notice::<A, _>(&mut notices, "the failed try", is_not_opened);
    let LostWhy::Closed(Closed::NotOpened(cause)) = why else { panic!("{why}") };
    assert_eq!(cause.kind, CauseKind::Connect, "{cause}");
    // It is over at once.
    stage.server.with(|world, now| world.restart(now, Duration::ZERO));
    notice::<A, _>(&mut notices, "the gap", is_gap);
    stage.follow("cleo");
    assert_eq!(users::<A>(&mut events, 1), ["cleo"]);
    assert_eq!(A::me(&twitch).unwrap(), stage.ada);
    A::close(&twitch);
    stage.end();
}
