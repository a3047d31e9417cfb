//! Calls: their values, refusals and lists, and what becomes of them without a server.

use crate::adapter::Adapter;
use crate::stage::Stage;
use http::StatusCode;
use std::thread;
use twitchwire::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire::{As, CallError, CauseKind};

pub(crate) fn a_call_gives_its_value<A: Adapter>() {
    let stage = Stage::with(|world| drop(world.user("brook")));
    let (twitch, _notices) = stage.start::<A>();
    assert_eq!(A::me(&twitch), Ok(stage.ada.clone()));
    let users = A::call(&twitch, As::Default, &GetUsers::by_login(["ada", "brook"])).unwrap();
    let logins: Vec<&str> = users.iter().map(|user| user.login.as_str()).collect();
    assert_eq!(logins, ["ada", "brook"]);
    let own = A::call(&twitch, As::User(stage.ada.clone()), &GetUsers::own()).unwrap();
    assert_eq!(own[0].id, stage.ada);
    let users = A::call(&twitch, As::App, &GetUsers::by_login(["brook"])).unwrap();
    assert_eq!(users[0].login, "brook");
    A::close(&twitch);
    stage.end();
}

pub(crate) fn many_calls_at_once_all_come_back<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.start::<A>();
    thread::scope(|scope| {
        for _ in 0..40 {
            scope.spawn(|| {
                let users = A::call(&twitch, As::Default, &GetUsers::by_login(["ada"])).unwrap();
                assert_eq!(users[0].id, stage.ada);
            });
        }
    });
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_refusal_carries_twitchs_words<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.start::<A>();
    let Err(CallError::Refused(refusal)) = A::call(&twitch, As::App, &GetUsers::own()) else {
        panic!("not refused");
    };
    assert_eq!(refusal.status, StatusCode::BAD_REQUEST);
    assert_eq!(refusal.error, "Bad Request");
    assert_eq!(refusal.message, "Must provide an ID, Login or OAuth Token.");
    assert_eq!(refusal.operation, "get-users");
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_walk_fetches_every_page_and_stops_at_its_limit<A: Adapter>() {
    let stage = Stage::with(|world| {
        let ada = world.user("ada");
        world.followers(&ada, 250);
    });
    let (twitch, _notices) = stage.start::<A>();
    let request = GetChannelFollowers::new(&stage.ada);
    let logins = |limit| -> Vec<String> {
        let items = A::walk(&twitch, &request, limit).unwrap();
        items.iter().map(|follower| follower.user_login.to_string()).collect()
    };
    let expected: Vec<String> = (1..=250).map(|n| format!("fan{n}")).collect();
    assert_eq!(logins(None), expected);
    assert_eq!(logins(Some(120)), expected[..120]);
    assert_eq!(logins(Some(0)), <[&str; 0]>::default());
    A::close(&twitch);
    stage.end();
}

pub(crate) fn without_a_server_a_call_was_not_sent<A: Adapter>() {
    let mut stage = Stage::new();
    let (twitch, _notices) = stage.start::<A>();
    stage.server.pause();
    let answer = A::call(&twitch, As::User(stage.ada.clone()), &GetUsers::own());
    let Err(CallError::NotSent { cause, .. }) = answer else { panic!("sent: {answer:?}") };
    assert_eq!(cause.kind, CauseKind::Connect, "{cause}");
    A::close(&twitch);
    stage.end();
}
