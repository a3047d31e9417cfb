//! The tests.

pub(crate) use crate::ways::*;

use crate::adapter::{Adapter, NotStarted, Setup};
use crate::browser::Browser;
use crate::stage::{CLIENT, SECRET, Stage, followers, notice};
use http::StatusCode;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use twitchwire::auth::{Account, Scope, TokenError, TokenNotice};
use twitchwire::eventsub::topic::channel::{ChannelFollow, ChannelRaid};
use twitchwire::eventsub::{Blocked, LostWhy, SubscriptionState};
use twitchwire::helix::Rule;
use twitchwire::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire::{As, CallError, Callback, CauseKind, Closed, MAX_BODY, Notice, SessionNotice, WishError};
use twitchwire_sim::World;
use twitchwire_sim::world::Which;

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

fn is_enabled(notice: &Notice) -> Option<()> {
    matches!(notice, Notice::Subscription(_, SubscriptionState::Enabled { .. })).then_some(())
}

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

/// A client whose callback page is served, and where.
fn served<A: Adapter>(stage: &Stage) -> (A::Client, String) {
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let base = format!("http://{free}");
    let callback = Callback::new(base.parse().unwrap());
    let (twitch, _) = stage.started::<A>(Setup { callback: Some(callback), ..stage.setup() });
    assert_eq!(A::serve(&twitch, free), free);
    (twitch, base)
}

pub(crate) fn a_user_authorises_the_application_in_a_browser<A: Adapter>() {
    let stage = Stage::with(|world| {
        let ada = world.user("ada");
        world.settings.approve_authorize = Some(ada);
    });
    let (twitch, base) = served::<A>(&stage);
    let mut browser = Browser::default();
    let page = browser.get(&format!("{base}/oauth?scopes=moderator:read:followers"));
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("ada"), "{}", page.body);
    let tokens = A::tokens(&twitch);
    assert_eq!(tokens.len(), 1);
    assert_eq!((&tokens[0].user, &tokens[0].scopes), (&stage.ada, &followers()));
    // The same way once more: its state is spent.
    let last = browser.visited.last().unwrap().clone();
    assert_eq!(browser.get(&last).status, 400);
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_visitor_with_a_state_of_nobodys_is_refused<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, base) = served::<A>(&stage);
    let page = Browser::default().get(&format!("{base}/oauth/callback?code=abc&state=def&scope="));
    assert_eq!(page.status, 400, "{}", page.body);
    assert!(!page.body.contains("abc"));
    assert_eq!(Browser::default().get(&format!("{base}/elsewhere")).status, 404);
    assert!(A::tokens(&twitch).is_empty());
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_visit_that_is_too_large_is_refused<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, base) = served::<A>(&stage);
    assert_eq!(Browser::default().post(&format!("{base}/callback"), MAX_BODY + 1), 413);
    assert_eq!(Browser::default().post(&format!("{base}/callback"), 10), 403);
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
    let gap = notice::<A, _>(&mut notices, "the gap", |notice| match notice {
        Notice::Gap(gap) => Some(gap.clone()),
        _ => None,
    });
    assert!(gap.from.is_some() && gap.from < gap.to, "{gap:?}");
    stage.follow("cleo");
    assert_eq!(users::<A>(&mut events, 1), ["cleo"]);
    stage.server.with(|world, now| world.close_sockets(now, &Which::All, 4000, "internal server error"));
    let why = notice::<A, _>(&mut notices, "the second loss", is_lost);
    assert_eq!(why, LostWhy::Closed(Closed::Code(4000, "internal server error".into())));
    notice::<A, _>(&mut notices, "the subscription", is_enabled);
    A::close(&twitch);
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

pub(crate) fn closing_twice_does_no_harm_and_ends_everything<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    A::close(&twitch);
    A::close(&twitch);
    notice::<A, ()>(&mut notices, "the end", |notice| matches!(notice, Notice::Closed).then_some(()));
    assert!(A::notice(&mut notices).is_none());
    assert_eq!(A::event::<ChannelFollow>(&mut events), None);
    assert_eq!(stage.subscriptions(), 0);
    stage.until("the socket is closed", |world| world.open_sockets().count() == 0);
    let answer = A::call(&twitch, As::Default, &GetUsers::own());
    assert_eq!(answer, Err(CallError::Cancelled));
    let refused = A::subscribe(&twitch, follows(&stage)).map(|_| ());
    assert_eq!(refused, Err(WishError::Refused(CallError::Cancelled)));
    A::close(&twitch);
    stage.end();
}

pub(crate) fn dropping_the_last_handle_closes_the_sockets<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    let other = twitch.clone();
    drop(twitch);
    stage.follow("brook");
    assert_eq!(users::<A>(&mut events, 1), ["brook"]);
    drop(other);
    stage.until("the socket is closed", |world| world.open_sockets().count() == 0);
    assert_eq!(A::event::<ChannelFollow>(&mut events), None);
    while A::notice(&mut notices).is_some() {}
    stage.end();
}

pub(crate) fn everything_goes_over_tls_with_a_certificate_that_is_trusted<A: Adapter>() {
    let stage = Stage::new();
    let setup = stage.over_tls(stage.setup_for_ada(&["moderator:read:followers"]));
    let (twitch, _notices) = stage.started::<A>(setup);
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
    let stage = Stage::new();
    let setup = Setup { root: None, ..stage.over_tls(stage.setup()) };
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
    assert!(why.contains(&CauseKind::Tls.to_string()), "{why}");
    stage.end();
}
