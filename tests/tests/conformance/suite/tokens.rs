//! Tokens: logins, and what is wrong with a token or its application.

use crate::adapter::{Adapter, NotStarted, Setup};
use crate::stage::{SECRET, Stage, followers, notice};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use twitchwire::auth::{Account, Scope, TokenError, TokenNotice};
use twitchwire::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire::{As, CallError, Notice};

pub(crate) fn a_user_logs_in_with_a_code_and_the_next_start_needs_none<A: Adapter>() {
    let stage = Stage::with(|world| {
        let ada = world.user("ada");
        world.settings.device_interval = 1;
        world.settings.approve_devices = Some((ada, Duration::ZERO));
    });
    let prompts = Arc::new(AtomicUsize::new(0));
    let store = stage.setup().store;
    for _ in 0..2 {
        let shown = prompts.clone();
        let setup = Setup {
            store: store.clone(),
            scopes: followers(),
            login: Some(Box::new(move |prompt| {
                assert!(prompt.to_string().contains(&prompt.user_code));
                shown.fetch_add(1, Ordering::SeqCst);
            })),
            ..stage.setup()
        };
        let (twitch, _notices) = stage.started::<A>(setup);
        assert_eq!(A::me(&twitch), Ok(stage.ada.clone()));
        assert_eq!(A::walk(&twitch, &GetChannelFollowers::new(&stage.ada), None), Ok(vec![]));
        A::close(&twitch);
    }
    assert_eq!(prompts.load(Ordering::SeqCst), 1);
    stage.end();
}

pub(crate) fn a_wrong_secret_is_misconfigured<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.started::<A>(Setup { secret: Some("wrong"), ..stage.setup() });
    for _ in 0..2 {
        let answer = A::call(&twitch, As::App, &GetUsers::by_login(["ada"]));
        let Err(CallError::NoToken { why: TokenError::Misconfigured(words), .. }) = answer else {
            panic!("not misconfigured: {answer:?}");
        };
        assert!(words.contains("invalid client secret"), "{words}");
        assert!(!words.contains(SECRET) && !words.contains("wrong"), "{words}");
    }
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_token_that_lacks_a_scope_does_not_start<A: Adapter>() {
    let stage = Stage::new();
    let setup = Setup { scopes: followers(), ..stage.setup_for_ada(&["bits:read"]) };
    let lacking = NotStarted::MissingScopes(stage.ada.clone(), vec![Scope::ModeratorReadFollowers]);
    assert_eq!(stage.not_started::<A>(setup), lacking);
    let setup = Setup { token: Some(("nonsense".into(), "nonsense".into())), ..stage.setup() };
    let NotStarted::Token(TokenError::Denied(_)) = stage.not_started::<A>(setup) else {
        panic!("not denied");
    };
    stage.end();
}

pub(crate) fn an_expired_token_is_refreshed_once<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    stage.server.with(|world, now| world.expire(now, stage.ada.as_str()));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let own = A::call(&twitch, As::User(stage.ada.clone()), &GetUsers::own()).unwrap();
                assert_eq!(own[0].id, stage.ada);
            });
        }
    });
    let refreshed = TokenNotice::Refreshed(Account::User(stage.ada.clone()));
    notice::<A, ()>(&mut notices, "the refresh", |notice| {
        matches!(notice, Notice::Token(token) if *token == refreshed).then_some(())
    });
    assert_eq!(A::counts(&twitch).refreshes, 1);
    stage.server.with(|world, _| assert_eq!(world.refreshes().len(), 1));
    A::close(&twitch);
    stage.end();
}
