//! Losses: what ends a link, a subscription or a permission, what is told of it, and how the wish comes back.

use super::{follows, is_enabled, is_gap, is_lost, users};
use crate::adapter::{Adapter, Setup};
use crate::stage::{CLIENT, Stage, notice};
use std::thread;
use std::time::Duration;
use twitchwire::auth::Scope;
use twitchwire::eventsub::topic::channel::ChannelRaid;
use twitchwire::eventsub::{Blocked, LostWhy, SubscriptionState};
use twitchwire::{CallError, Closed, Notice};
use twitchwire_sim::world::Which;

/// Tells of a wish that is blocked, and why.
fn is_blocked(notice: &Notice) -> Option<Blocked> {
    match notice {
        Notice::Subscription(_, SubscriptionState::Blocked { why }) => Some(why.clone()),
        _ => None,
    }
}

pub(crate) fn each_close_code_is_told_with_a_gap_and_the_wish_comes_back<A: Adapter>() {
    let codes = [
        (4000, "internal server error"),
        (4001, "client sent inbound traffic"),
        (4002, "client failed ping-pong"),
        (4003, "connection unused"),
        (4004, "reconnect grace time expired"),
        (4005, "network timeout"),
        (4006, "network error"),
        (4007, "invalid reconnect"),
    ];
    thread::scope(|scope| {
        for (code, words) in codes {
            scope.spawn(move || a_link_is_closed_with::<A>(code, words));
        }
    });
}

fn a_link_is_closed_with<A: Adapter>(code: u16, words: &str) {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.server.with(|world, now| world.close_sockets(now, &Which::All, code, words));
    let why = notice::<A, _>(&mut notices, "the loss", is_lost);
    assert_eq!(why, LostWhy::Closed(Closed::Code(code, words.into())));
    let gap = notice::<A, _>(&mut notices, "the gap", is_gap);
    assert!(gap.from.is_some() && gap.from < gap.to, "{gap:?}");
    assert!(gap.why.contains(&code.to_string()), "{gap:?}");
    stage.follow("brook");
    assert_eq!(users::<A>(&mut events, 1), ["brook"]);
    let counts = A::counts(&twitch);
    assert_eq!((counts.losses, counts.gaps), (1, 1));
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_link_that_was_closed_as_unused_is_not_opened_again_for_nobody<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.server.with(|world, now| world.close_sockets(now, &Which::All, 4003, "connection unused"));
    notice::<A, _>(&mut notices, "the loss", is_lost);
    drop(events);
    // Longer than the wait before a link is opened again.
    assert_eq!(A::wait_for::<ChannelRaid>(&twitch, |_| true, Duration::from_millis(1500)), None);
    stage.server.with(|world, _| assert_eq!(world.open_sockets().count(), 0));
    assert_eq!(A::counts(&twitch).losses, 1);
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_link_that_falls_silent_is_replaced_and_the_gap_is_told<A: Adapter>() {
    let stage = Stage::with(|world| world.settings.longest_keepalive = 1);
    let setup = Setup {
        settings: |config| config.keepalive_slack = Duration::from_millis(500),
        ..stage.setup_for_ada(&["moderator:read:followers"])
    };
    let (twitch, mut notices) = stage.started::<A>(setup);
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.server.with(|world, now| world.silence_sockets(now, &Which::All));
    let why = notice::<A, _>(&mut notices, "the loss", is_lost);
    assert_eq!(why, LostWhy::Silence);
    let gap = notice::<A, _>(&mut notices, "the gap", is_gap);
    assert!(gap.from.is_some() && gap.from < gap.to, "{gap:?}");
    stage.follow("brook");
    assert_eq!(users::<A>(&mut events, 1), ["brook"]);
    assert_eq!(stage.subscriptions(), 1);
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_revocation_is_told_with_its_status_and_asking_again_brings_the_wish_back<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    for status in [
        "authorization_revoked",
        "moderator_removed",
        "user_removed",
        "chat_user_banned",
        "version_removed",
        "beta_maintenance",
        "a_status_of_tomorrow",
    ] {
        stage.server.with(|world, now| {
            let held = world.enabled(CLIENT, Some(stage.ada.as_str()))[0].0.to_owned();
            world.revoke_subscription(now, &held, status);
        });
        let Blocked::Revoked(told) = notice::<A, _>(&mut notices, "the revocation", is_blocked) else {
            panic!("blocked for another reason than {status}");
        };
        assert_eq!(told.as_str(), status);
        let gap = notice::<A, _>(&mut notices, "the gap", is_gap);
        assert_eq!((gap.to, gap.why), (None, format!("revoked: {status}")));
        drop(A::subscribe(&twitch, follows(&stage)).unwrap());
        let gap = notice::<A, _>(&mut notices, "the end of the gap", is_gap);
        assert!(gap.to.is_some(), "{gap:?}");
        stage.follow(status);
        assert_eq!(users::<A>(&mut events, 1), [status]);
    }
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_wish_whose_scope_is_taken_away_is_blocked_until_a_token_has_it_again<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    stage.server.with(|world, now| world.revoke(now, CLIENT, stage.ada.as_str()));
    let why = notice::<A, _>(&mut notices, "the revocation", is_blocked);
    assert_eq!(why.to_string(), "revoked: authorization_revoked");
    A::add_token(&twitch, stage.token_for_ada(&["bits:read"]));
    let why = notice::<A, _>(&mut notices, "the lack of the scope", is_blocked);
    let Blocked::Forbidden(CallError::MissingScope { user, any_of, .. }) = why else { panic!("{why}") };
    assert_eq!((user, any_of), (stage.ada.clone(), &[Scope::ModeratorReadFollowers][..]));
    A::add_token(&twitch, stage.token_for_ada(&["moderator:read:followers"]));
    notice::<A, _>(&mut notices, "the subscription", is_enabled);
    stage.follow("brook");
    assert_eq!(users::<A>(&mut events, 1), ["brook"]);
    A::close(&twitch);
    stage.end();
}
