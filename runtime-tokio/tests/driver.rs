//! The driver against the simulated Twitch, over real sockets.

use http::StatusCode;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;
use twitchwire_sim::world::Which;
use twitchwire_sim::{Server, World};
use twitchwire_tokio::auth::{Scope, TokenError};
use twitchwire_tokio::eventsub::topic::channel::{ChannelFollow, ChannelRaid};
use twitchwire_tokio::eventsub::topic::chat::ChannelChatMessage;
use twitchwire_tokio::eventsub::{Blocked, LostWhy};
use twitchwire_tokio::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire_tokio::twitchwire::{CauseKind, Closed, MAX_FRAME};
use twitchwire_tokio::{
    Builder, CallError, Client, Endpoints, FileStore, Filter, Heard, Notice, Notices, SessionNotice,
    StartError, WaitError, WishError,
};

/// Long enough for a slow machine, short enough to end.
const PATIENCE: Duration = Duration::from_secs(20);
const SCOPES: [&str; 1] = ["moderator:read:followers"];

struct Stage {
    server: Server,
    ada: String,
    brook: String,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new(5, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client("app1", Some("s3cret"));
        let [ada, brook] = ["ada", "brook"].map(|login| world.user(login));
        world.followers(&ada, 250);
        world.settings.device_interval = 1;
        world.settings.approve_devices = Some((ada.clone(), Duration::ZERO));
        Stage { server: Server::start(world).unwrap(), ada, brook }
    }

    fn builder(&self) -> Builder {
        let http = self.server.http_url().parse().unwrap();
        let ws = self.server.ws_url().parse().unwrap();
        Client::builder("app1").secret("s3cret").endpoints(Endpoints::local(&http, &ws))
    }

    /// A client with ada's token.
    async fn client(&self, scopes: &[&str]) -> (Client, Notices) {
        let (access, refresh) =
            self.server.with(|world, now| world.grant_token(now, "app1", &self.ada, scopes));
        self.builder().token(access, Some(&refresh)).start().await.unwrap()
    }

    fn follow(&self) {
        self.server.with(|world, now| world.follow(now, &self.brook, &self.ada));
    }

    fn subscriptions(&self) -> usize {
        self.server.with(|world, _| world.enabled("app1", Some(&self.ada)).len())
    }
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("nothing happened")
}

/// Looks again and again until it is so.
async fn until(what: impl Fn() -> bool) {
    soon(async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

/// The next notice of this kind.
async fn notice(notices: &mut Notices, wanted: impl Fn(&Notice) -> bool) {
    soon(async {
        loop {
            match notices.next().await {
                Some(Heard::Notice(notice)) if wanted(&notice) => return,
                Some(_) => {}
                None => panic!("the client ended"),
            }
        }
    })
    .await;
}

/// The loss of a session whose socket ended like this.
async fn lost(notices: &mut Notices, like: impl Fn(&Closed) -> bool) {
    notice(notices, |notice| {
        let Notice::Session(SessionNotice::Lost { why: LostWhy::Closed(closed), .. }) = notice else {
            return false;
        };
        assert!(like(closed), "{closed}");
        true
    })
    .await;
}

#[tokio::test]
async fn a_typed_stream_hears_what_happens_from_its_creation() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.client(&SCOPES).await;
    let me = twitch.me().unwrap();
    assert_eq!(me, stage.ada.as_str());
    let mut follows = soon(twitch.subscribe(ChannelFollow::new(&me, &me))).await.unwrap();
    stage.follow();
    let follow = soon(follows.next()).await.unwrap().unwrap();
    assert_eq!(follow.user_login, "brook");
    soon(twitch.close()).await;
    assert!(soon(follows.next()).await.is_none());
    assert_eq!(stage.subscriptions(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_goes_on_over_a_requested_reconnect_and_a_crash() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.client(&SCOPES).await;
    let mut follows =
        soon(twitch.subscribe(ChannelFollow::new(stage.ada.as_str(), stage.ada.as_str()))).await.unwrap();
    stage.server.with(|world, now| world.reconnect(now, &Which::All));
    notice(&mut notices, |notice| matches!(notice, Notice::Session(SessionNotice::Moved { .. }))).await;
    stage.follow();
    assert!(soon(follows.next()).await.unwrap().is_ok());
    stage.server.with(|world, now| world.drop_sockets(now, &Which::All));
    notice(&mut notices, |notice| matches!(notice, Notice::Gap(_))).await;
    stage.follow();
    assert!(soon(follows.next()).await.unwrap().is_ok());
    let counts = twitch.counts();
    assert_eq!((counts.events, counts.moves, counts.losses), (2, 1, 1));
    soon(twitch.close()).await;
    assert_eq!(stage.server.with(|world, _| world.violations().len()), 0);
}

#[tokio::test]
async fn callers_who_ask_for_the_same_share_a_subscription_until_the_last_is_gone() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.client(&SCOPES).await;
    let topic = ChannelFollow::new(stage.ada.as_str(), stage.ada.as_str());
    let task = tokio::spawn({
        let (twitch, topic) = (twitch.clone(), topic.clone());
        async move { twitch.subscribe(topic).await }
    });
    let first = soon(twitch.subscribe(topic)).await.unwrap();
    let mut second = soon(task).await.unwrap().unwrap();
    assert_eq!(first.wish(), second.wish());
    drop(first);
    stage.follow();
    assert!(soon(second.next()).await.unwrap().is_ok());
    assert_eq!(stage.subscriptions(), 1);
    drop(second);
    until(|| stage.subscriptions() == 0).await;
}

#[tokio::test]
async fn a_detached_wish_is_heard_by_others_until_it_is_withdrawn() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.client(&[]).await;
    let wish = soon(twitch.subscribe(ChannelRaid::to(stage.ada.as_str()))).await.unwrap().detach();
    let raid = twitch.wait_for::<ChannelRaid>(|raid| raid.viewers > 100, PATIENCE);
    let raids = async {
        for viewers in [7, 700] {
            stage.server.with(|world, now| world.raid(now, &stage.brook, &stage.ada, viewers));
        }
    };
    let (raid, ()) = soon(async { tokio::join!(raid, raids) }).await;
    assert_eq!(raid.unwrap().viewers, 700);
    twitch.unsubscribe(wish);
    until(|| stage.subscriptions() == 0).await;
    let none = twitch.wait_for::<ChannelRaid>(|_| true, Duration::ZERO).await;
    assert_eq!(none, Err(WaitError::Timeout));
}

#[tokio::test]
async fn a_subscription_that_is_not_allowed_is_an_error_and_no_wish() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.client(&[]).await;
    let topic = ChannelFollow::new(stage.ada.as_str(), stage.ada.as_str());
    let Err(WishError::Blocked(Blocked::Forbidden(CallError::MissingScope { any_of, .. }))) =
        soon(twitch.subscribe(topic)).await
    else {
        panic!("subscribed without the scope")
    };
    assert_eq!(any_of, [Scope::ModeratorReadFollowers]);
    soon(twitch.close()).await;
}

#[tokio::test]
async fn a_list_is_walked_item_by_item_or_page_by_page() {
    let stage = Stage::new();
    let (twitch, _notices) = stage.client(&SCOPES).await;
    let list = GetChannelFollowers::new(stage.ada.as_str());
    let mut items = twitch.pages(&list).limit(150);
    let mut count = 0;
    while let Some(item) = soon(items.next()).await {
        item.unwrap();
        count += 1;
    }
    assert_eq!(count, 150);
    let mut pages = twitch.pages(&list).by_page();
    let mut counts = Vec::new();
    while let Some(page) = soon(pages.next()).await {
        let page = page.unwrap();
        assert_eq!(page.total, Some(250));
        counts.push(page.items.len());
    }
    assert_eq!(counts, [100, 100, 50]);
}

#[tokio::test]
async fn a_login_is_needed_once_where_tokens_are_kept_in_a_file() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().join("tokens.json"));
    let builder = || stage.builder().store(store.clone()).scopes([Scope::ModeratorReadFollowers]);
    let (shown, show) = std::sync::mpsc::channel();
    let login = builder().login(move |prompt| shown.send(prompt.user_code.clone()).unwrap());
    let (twitch, _notices) = soon(login.start()).await.unwrap();
    assert!(!show.recv().unwrap().is_empty());
    assert_eq!(twitch.me().unwrap(), stage.ada.as_str());
    soon(twitch.close()).await;
    let again = builder().login(|_| panic!("a second login"));
    let (twitch, _notices) = soon(again.start()).await.unwrap();
    assert_eq!(twitch.me().unwrap(), stage.ada.as_str());
}

#[tokio::test]
async fn a_damaged_token_file_is_named_and_kept_aside() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    std::fs::write(&path, "half a fi").unwrap();
    let Err(StartError::Token(TokenError::Store(error))) =
        soon(stage.builder().store(FileStore::new(&path)).start()).await
    else {
        panic!("started with a damaged store")
    };
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    assert_eq!(std::fs::read(folder.path().join("tokens.json.damaged-1")).unwrap(), b"half a fi");
}

#[tokio::test]
async fn a_token_without_the_scopes_asked_for_is_refused_at_the_start() {
    let stage = Stage::new();
    let (access, _) = stage.server.with(|world, now| world.grant_token(now, "app1", &stage.ada, &[]));
    let start = stage.builder().scopes([Scope::UserReadChat]).token(access, None).start();
    let Err(StartError::MissingScopes { scopes, .. }) = soon(start).await else { panic!("started") };
    assert_eq!(scopes, [Scope::UserReadChat]);
}

#[tokio::test]
async fn dropping_the_last_handle_ends_every_task_and_stream() {
    let stage = Stage::new();
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    let (twitch, mut notices) = stage.client(&SCOPES).await;
    let mut raids = soon(twitch.subscribe(ChannelRaid::to(stage.ada.as_str()))).await.unwrap();
    let clone = twitch.as_app();
    drop(twitch);
    assert_eq!(soon(clone.call(&GetUsers::by_login(["ada"]))).await.unwrap().len(), 1);
    assert!(Handle::current().metrics().num_alive_tasks() > 0);
    drop(clone);
    assert!(soon(raids.next()).await.is_none());
    while soon(notices.next()).await.is_some() {}
    until(|| Handle::current().metrics().num_alive_tasks() == 0).await;
    until(|| stage.server.with(|world, _| world.open_sockets().count()) == 0).await;
}

#[tokio::test]
async fn closing_ends_every_task_and_what_comes_after_fails_at_once() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.client(&SCOPES).await;
    let raids = soon(twitch.subscribe(ChannelRaid::to(stage.ada.as_str()))).await.unwrap();
    let other = twitch.clone();
    soon(async { tokio::join!(twitch.close(), other.close()) }).await;
    until(|| Handle::current().metrics().num_alive_tasks() == 0).await;
    let call = soon(twitch.call(&GetUsers::own())).await;
    assert_eq!(call.unwrap_err(), CallError::Cancelled);
    assert!(soon(twitch.add_token("token", None)).await.is_err());
    assert!(soon(twitch.subscribe(ChannelRaid::from(stage.ada.as_str()))).await.is_err());
    notice(&mut notices, |notice| matches!(notice, Notice::Closed)).await;
    assert!(soon(notices.next()).await.is_none());
    let mut late = twitch.listen(Filter::Everything);
    assert!(soon(late.next()).await.is_none());
    drop(raids);
}

#[tokio::test]
async fn a_start_that_is_given_up_leaves_nothing_behind() {
    let stage = Stage::new();
    stage.server.with(|world, _| world.settings.approve_devices = None);
    let (shown, show) = tokio::sync::oneshot::channel();
    let start = stage.builder().login(move |_| shown.send(()).unwrap()).start();
    tokio::select! {
        _ = start => panic!("nobody approved"),
        shown = show => shown.unwrap(),
    }
    until(|| Handle::current().metrics().num_alive_tasks() == 0).await;
}

#[tokio::test]
async fn an_outage_is_waited_out_by_those_who_subscribe() {
    let mut stage = Stage::new();
    let (twitch, mut notices) = stage.client(&SCOPES).await;
    stage.server.pause();
    let subscribe = tokio::spawn({
        let (twitch, ada) = (twitch.clone(), stage.ada.clone());
        async move { twitch.subscribe(ChannelRaid::to(ada.as_str())).await }
    });
    notice(&mut notices, |notice| matches!(notice, Notice::Session(SessionNotice::NotOpened { .. }))).await;
    stage.server.resume().unwrap();
    assert!(soon(subscribe).await.unwrap().is_ok());
}

#[tokio::test]
async fn pings_are_answered() {
    let stage = Stage::new();
    stage.server.with(|world, _| {
        world.settings.ping_every = Duration::from_millis(20);
        world.settings.pong_within = Duration::from_millis(500);
    });
    let (twitch, mut notices) = stage.client(&SCOPES).await;
    let raids = soon(twitch.subscribe(ChannelRaid::to(stage.ada.as_str()))).await.unwrap();
    // Without an answer the world would close the socket with 4002.
    let lost = notice(&mut notices, |notice| matches!(notice, Notice::Session(SessionNotice::Lost { .. })));
    assert!(timeout(Duration::from_millis(1200), lost).await.is_err());
    drop(raids);
}

#[tokio::test]
async fn a_close_frame_is_told_with_its_code_and_a_message_too_long_as_such() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.client(&["user:read:chat"]).await;
    let topic = ChannelChatMessage::new(stage.ada.as_str(), stage.ada.as_str());
    let mut chat = soon(twitch.subscribe(topic)).await.unwrap();
    stage.server.with(|world, now| world.close_sockets(now, &Which::All, 4000, "internal server error"));
    let is_code = |closed: &Closed| *closed == Closed::Code(4000, "internal server error".into());
    lost(&mut notices, is_code).await;
    notice(&mut notices, |notice| matches!(notice, Notice::Gap(_))).await;
    let long = "x".repeat(MAX_FRAME);
    stage.server.with(|world, now| world.chat(now, &stage.brook, &stage.ada, &long));
    let is_too_long =
        |closed: &Closed| matches!(closed, Closed::Lost(cause) if cause.kind == CauseKind::TooLarge);
    lost(&mut notices, is_too_long).await;
    notice(&mut notices, |notice| matches!(notice, Notice::Gap(_))).await;
    stage.server.with(|world, now| world.chat(now, &stage.brook, &stage.ada, "short"));
    assert_eq!(soon(chat.next()).await.unwrap().unwrap().message.text, "short");
}

#[tokio::test]
async fn a_refused_handshake_is_told_with_its_status() {
    let stage = Stage::new();
    stage.server.with(|world, _| world.faults.refuse_socket = 1.0);
    let (twitch, mut notices) = stage.client(&[]).await;
    let subscribe = twitch.subscribe(ChannelRaid::to(stage.ada.as_str()));
    let refused = notice(&mut notices, |notice| {
        let Notice::Session(SessionNotice::NotOpened { why: LostWhy::Closed(closed), .. }) = notice else {
            return false;
        };
        assert_eq!(*closed, Closed::Refused(StatusCode::SERVICE_UNAVAILABLE));
        true
    });
    tokio::select! {
        _ = subscribe => panic!("subscribed without a socket"),
        () = refused => {}
    }
    soon(twitch.close()).await;
}

#[test]
fn handles_and_futures_go_from_thread_to_thread() {
    fn goes<T: Send>(_: &T) {}
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Client>();
    is_shared::<Notices>();
    goes(&Client::builder("app1").start());
    let _ = |twitch: Client| {
        goes(&twitch.call(&GetUsers::own()));
        goes(&twitch.subscribe(ChannelRaid::to("1001")));
        goes(&twitch.wait_for::<ChannelRaid>(|_| true, PATIENCE));
        goes(&twitch.pages(&GetChannelFollowers::new("1001")));
        goes(&twitch.close());
    };
}

#[tokio::test]
async fn a_handler_hears_events_and_what_it_fails_with_goes_to_one_place() {
    let stage = Stage::new();
    let (twitch, _) = stage.client(&SCOPES).await;
    let ada = stage.ada.as_str();
    let wish = soon(twitch.subscribe(ChannelFollow::new(ada, ada))).await.unwrap().detach();
    let mut failures = twitch.listen(Filter::Failures);
    let handling = twitch.on::<ChannelFollow, _, String>(|follow| async move {
        match follow.user_login.as_str() {
            "brook" => Err("no flowers left".into()),
            _ => panic!("out of order"),
        }
    });
    stage.follow();
    stage.server.with(|world, now| {
        let cleo = world.user("cleo");
        world.follow(now, &cleo, &stage.ada);
    });
    for words in ["a handler failed: no flowers left", "a handler failed: it panicked: out of order"] {
        let Some(Heard::Notice(failure)) = soon(failures.next()).await else { panic!("no failure") };
        assert_eq!(failure.to_string(), words);
    }
    let tasks = Handle::current().metrics().num_alive_tasks();
    drop(handling);
    until(|| Handle::current().metrics().num_alive_tasks() < tasks).await;
    twitch.unsubscribe(wish);
    soon(twitch.close()).await;
}

#[tokio::test]
async fn others_find_a_client_ready_when_what_it_needs_is_set_up() {
    let stage = Stage::new();
    let (access, refresh) =
        stage.server.with(|world, now| world.grant_token(now, "app1", &stage.ada, &SCOPES));
    let (send, other) = tokio::sync::oneshot::channel();
    let ada = stage.ada.clone();
    let set_up = move |twitch: Client| async move {
        assert!(!twitch.is_ready());
        let waiting = twitch.clone();
        let other = tokio::spawn(async move { waiting.ready().await });
        send.send(other).map_err(|_| "the test is gone")?;
        twitch.subscribe(ChannelFollow::new(ada.as_str(), ada.as_str())).await?.detach();
        Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    };
    let builder = stage.builder().token(access, Some(&refresh));
    let (twitch, mut notices) = soon(builder.start_with(set_up)).await.unwrap();
    assert!(twitch.is_ready() && !twitch.is_closed());
    assert_eq!(soon(other.await.unwrap()).await.unwrap(), Ok(()));
    assert_eq!(twitch.subscriptions().len(), 1);
    notice(&mut notices, |notice| matches!(notice, Notice::Started)).await;
    twitch.close().await;
    assert!(twitch.is_closed());
    assert_eq!(twitch.ready().await, Ok(()), "it was");
}

#[tokio::test]
async fn a_set_up_that_fails_is_no_start() {
    let stage = Stage::new();
    let failed = stage.builder().start_with(|_| async { Err("no database") }).await;
    assert_eq!(failed.unwrap_err(), StartError::SetUp("no database".into()));
}

#[tokio::test]
async fn a_walk_tells_how_far_it_is() {
    let stage = Stage::new();
    let (twitch, _) = stage.client(&SCOPES).await;
    let mut followers = twitch.pages(&GetChannelFollowers::new(stage.ada.as_str()));
    assert_eq!((followers.fetched(), followers.total()), (0, None));
    followers.next().await.unwrap().unwrap();
    assert_eq!((followers.fetched(), followers.total()), (100, Some(250)));
    twitch.close().await;
}
