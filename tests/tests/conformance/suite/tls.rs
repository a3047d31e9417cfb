//! TLS, which the server speaks with a certificate of its own making.

use super::{follows, users};
use crate::adapter::{Adapter, Setup};
use crate::stage::{Stage, notice};
use std::thread;
use twitchwire::auth::TokenNotice;
use twitchwire::helix::api::GetUsers;
use twitchwire::{As, CauseKind, Notice};

pub(crate) fn everything_goes_over_tls_with_a_certificate_that_is_trusted<A: Adapter>() {
    let stage = Stage::over_tls();
    let (twitch, _notices) = stage.start::<A>();
    for _ in 0..3 {
        let own = A::call(&twitch, As::User(stage.ada.clone()), &GetUsers::own()).unwrap();
        assert_eq!(own[0].id, stage.ada);
    }
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    let expected: Vec<String> = (0..50).map(|n| format!("fan{n}")).collect();
    expected.iter().for_each(|login| stage.follow(login));
    assert_eq!(users::<A>(&mut events, 50), expected);
    A::close(&twitch);
    assert_eq!(stage.subscriptions(), 0);
    stage.end();
}

pub(crate) fn a_certificate_that_nobody_vouches_for_is_told<A: Adapter>() {
    let stage = Stage::over_tls();
    let why = obstacle::<A>(&stage, Setup { root: None, ..stage.setup() });
    assert!(why.contains(&CauseKind::Tls.to_string()) && why.contains("UnknownIssuer"), "{why}");
}

/// What stands in the way of a client's first request.
pub(super) fn obstacle<A: Adapter>(stage: &Stage, setup: Setup) -> String {
    let (twitch, mut notices) = stage.started::<A>(setup);
    let why = thread::scope(|scope| {
        scope.spawn(|| drop(A::call(&twitch, As::App, &GetUsers::by_login(["ada"]))));
        let why = notice::<A, _>(&mut notices, "the delay", |notice| match notice {
            Notice::Token(TokenNotice::RefreshDelayed { why, .. }) => Some(why.clone()),
            _ => None,
        });
        A::close(&twitch);
        why
    });
    stage.end();
    why
}
