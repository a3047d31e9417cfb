//! The driver against the simulated Twitch, over real sockets.

use async_std::future::timeout;
use futures_lite::future::{or, zip};
use http::StatusCode;
use std::time::Duration;

use twitchwire_async_std::eventsub::LostWhy;
use twitchwire_async_std::eventsub::topic::channel::{ChannelFollow, ChannelRaid};
use twitchwire_async_std::eventsub::topic::chat::ChannelChatMessage;
use twitchwire_async_std::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire_async_std::twitchwire::{CauseKind, Closed, MAX_FRAME};
use twitchwire_async_std::{
    Builder, CallError, Client, Endpoints, Filter, Heard, Notice, Notices, SessionNotice,
};
use twitchwire_sim::world::Which;
use twitchwire_sim::{Server, World};

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
            async_std::task::sleep(Duration::from_millis(2)).await;
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

#[async_std::test]
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

#[async_std::test]
async fn dropping_the_last_handle_ends_every_socket_and_stream() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.client(&SCOPES).await;
    let mut raids = soon(twitch.subscribe(ChannelRaid::to(stage.ada.as_str()))).await.unwrap();
    let clone = twitch.as_app();
    drop(twitch);
    assert_eq!(soon(clone.call(&GetUsers::by_login(["ada"]))).await.unwrap().len(), 1);
    drop(clone);
    assert!(soon(raids.next()).await.is_none());
    while soon(notices.next()).await.is_some() {}
    until(|| stage.server.with(|world, _| world.open_sockets().count()) == 0).await;
}

#[async_std::test]
async fn what_comes_after_closing_fails_at_once() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.client(&SCOPES).await;
    let raids = soon(twitch.subscribe(ChannelRaid::to(stage.ada.as_str()))).await.unwrap();
    let other = twitch.clone();
    soon(zip(twitch.close(), other.close())).await;
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

#[async_std::test]
async fn an_outage_is_waited_out_by_those_who_subscribe() {
    let mut stage = Stage::new();
    let (twitch, mut notices) = stage.client(&SCOPES).await;
    stage.server.pause();
    let subscribe = async_std::task::spawn({
        let (twitch, ada) = (twitch.clone(), stage.ada.clone());
        async move { twitch.subscribe(ChannelRaid::to(ada.as_str())).await }
    });
    notice(&mut notices, |notice| matches!(notice, Notice::Session(SessionNotice::NotOpened { .. }))).await;
    stage.server.resume().unwrap();
    assert!(soon(subscribe).await.is_ok());
}

#[async_std::test]
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

#[async_std::test]
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

#[async_std::test]
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
    let subscribed = async {
        let _ = subscribe.await;
        panic!("subscribed without a socket")
    };
    or(subscribed, refused).await;
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
