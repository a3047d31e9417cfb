//! What the handle offers besides calls and streams: handlers, notices of one's own, many wishes at once, a provider.

use std::sync::mpsc;
use std::time::Duration;
use twitchwire_blocking::auth::provider::{Given, OneToken};
use twitchwire_blocking::eventsub::Via;
use twitchwire_blocking::eventsub::topic::channel::{ChannelFollow, ChannelRaid};
use twitchwire_blocking::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire_blocking::twitchwire::Want;
use twitchwire_blocking::{Builder, Client, Endpoints, Filter, Heard, Notice, StartError, WaitError};
use twitchwire_sim::{Server, World};

const PATIENCE: Duration = Duration::from_secs(20);

struct Stage {
    server: Server,
    ada: String,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new(5, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client("app1", Some("s3cret"));
        let ada = world.user("ada");
        Stage { server: Server::start(world).unwrap(), ada }
    }

    fn builder(&self) -> Builder {
        let (http, ws) = (self.server.http_url().parse().unwrap(), self.server.ws_url().parse().unwrap());
        Client::builder("app1").secret("s3cret").endpoints(Endpoints::local(&http, &ws))
    }

    fn token(&self) -> (String, String) {
        let scopes = ["moderator:read:followers"];
        self.server.with(|world, now| world.grant_token(now, "app1", &self.ada, &scopes))
    }

    fn client(&self) -> Client {
        let (access, refresh) = self.token();
        self.builder().token(access, Some(&refresh)).start().unwrap().0
    }

    fn follow(&self, login: &str) {
        self.server.with(|world, now| {
            let fan = world.user(login);
            world.follow(now, &fan, &self.ada);
        });
    }
}

#[test]
fn a_handler_hears_every_event_and_what_it_fails_with_goes_to_one_place() {
    let stage = Stage::new();
    let twitch = stage.client();
    let ada = stage.ada.as_str();
    let wish = twitch.subscribe(ChannelFollow::new(ada, ada)).unwrap().detach();
    let (tell, heard) = mpsc::channel();
    let fails = twitch
        .on::<ChannelFollow, _>(move |follow| {
            tell.send(follow.user_login.to_string())?;
            match follow.user_login.as_str() {
                "brook" => Err("no flowers left".into()),
                "cleo" => panic!("out of order"),
                _ => Ok::<(), Box<dyn std::error::Error + Send + Sync>>(()),
            }
        })
        .unwrap();
    let mut failures = twitch.listen(Filter::Failures);
    for login in ["brook", "cleo", "dan"] {
        stage.follow(login);
        assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), login);
    }
    for words in ["a handler failed: no flowers left", "a handler failed: it panicked: out of order"] {
        let Some(Heard::Notice(notice)) = failures.next() else { panic!("no failure") };
        assert_eq!(notice.to_string(), words);
    }
    // Its end ends its thread, and with it the sender.
    drop(fails);
    assert!(heard.recv_timeout(PATIENCE).is_err());
    twitch.unsubscribe(wish);
    twitch.close();
}

#[test]
fn a_notice_of_ones_own_goes_to_those_who_listen_to_its_name() {
    let stage = Stage::new();
    let twitch = stage.client();
    let mut scores = twitch.listen(Filter::Custom("score".into()));
    twitch.tell("other", "nothing");
    twitch.tell("score", 42_u32);
    assert_eq!(scores.next().unwrap().custom::<u32>(), Some(&42));
    twitch.close();
    assert!(scores.next().is_none());
}

#[test]
fn many_wishes_are_settled_each_for_itself() {
    let stage = Stage::new();
    let twitch = stage.client();
    let users = stage.server.with(|world, _| ["brook", "cleo"].map(|login| world.user(login)));
    let mut wants: Vec<Want> = users
        .iter()
        .map(|user| {
            Want::new(&ChannelRaid::to(user.as_str()), Via::WebSocketAs(stage.ada.as_str().into())).unwrap()
        })
        .collect();
    // Nobody but a moderator may hear who follows.
    wants
        .push(Want::new(&ChannelFollow::new(users[0].as_str(), stage.ada.as_str()), Via::WebSocket).unwrap());
    let mut notices = twitch.listen(Filter::Notices);
    let done = twitch.subscribe_all(wants, false).unwrap();
    assert_eq!((done.held.len(), done.failed.len(), done.withdrawn.len()), (2, 1, 0), "{done:?}");
    let last = notices.by_ref().find_map(|heard| match heard {
        Heard::Notice(notice) => match &*notice {
            Notice::Progress(_, progress) if progress.held + progress.failed == 3 => Some(*progress),
            _ => None,
        },
        Heard::Lagged(_) => None,
    });
    assert_eq!(last.map(|progress| progress.of), Some(3));
    assert_eq!(twitch.subscriptions().len(), 3);
    twitch.close();
}

#[test]
fn a_provider_is_asked_for_a_token_that_the_store_does_not_have() {
    let stage = Stage::new();
    let (access, refresh) = stage.token();
    let given = Given::new(access).refresh(refresh);
    let (twitch, _) = stage.builder().provider(OneToken(given)).start().unwrap();
    assert_eq!(twitch.tokens().len(), 0);
    let own = twitch.as_user(stage.ada.as_str()).call(&GetUsers::own()).unwrap();
    assert_eq!(own[0].login, "ada");
    assert_eq!(twitch.tokens().len(), 1);
    twitch.revoke_token(&stage.ada.as_str().into()).unwrap();
    assert_eq!(twitch.tokens().len(), 0);
    twitch.close();
}

#[test]
fn others_find_a_client_ready_when_what_it_needs_is_set_up() {
    let stage = Stage::new();
    let (access, refresh) = stage.token();
    let (send, others) = mpsc::channel();
    let set_up = |twitch: &Client| {
        assert!(!twitch.is_ready());
        assert_eq!(twitch.me()?.as_str(), stage.ada);
        let waiting = twitch.clone();
        send.send(std::thread::spawn(move || waiting.ready()))?;
        let ada = stage.ada.as_str();
        twitch.subscribe(ChannelFollow::new(ada, ada))?.detach();
        Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    };
    let builder = stage.builder().token(access, Some(&refresh));
    let (twitch, mut notices) = builder.start_with(set_up).unwrap();
    assert!(twitch.is_ready() && !twitch.is_closed());
    assert_eq!(others.recv().unwrap().join().unwrap(), Ok(()));
    twitch.ready().unwrap();
    assert_eq!(twitch.subscriptions().len(), 1);
    assert!(
        notices.any(|heard| matches!(heard, Heard::Notice(notice) if matches!(*notice, Notice::Started)))
    );
    twitch.close();
    assert!(twitch.is_closed());
}

#[test]
fn a_set_up_that_fails_is_no_start_and_whoever_waits_for_it_is_told() {
    let stage = Stage::new();
    let (access, refresh) = stage.token();
    let (send, others) = mpsc::channel();
    let set_up = |twitch: &Client| {
        let waiting = twitch.clone();
        send.send(std::thread::spawn(move || waiting.ready()))?;
        twitch.close();
        Err::<(), Box<dyn std::error::Error + Send + Sync>>("no database".into())
    };
    let builder = stage.builder().token(access, Some(&refresh));
    assert_eq!(builder.start_with(set_up).unwrap_err(), StartError::SetUp("no database".into()));
    assert_eq!(others.recv().unwrap().join().unwrap(), Err(WaitError::Closed));
}

#[test]
fn a_walk_tells_how_far_it_is() {
    let stage = Stage::new();
    stage.server.with(|world, _| world.followers(&stage.ada, 250));
    let twitch = stage.client();
    let mut followers = twitch.pages(&GetChannelFollowers::new(stage.ada.as_str()));
    assert_eq!((followers.fetched(), followers.total()), (0, None));
    followers.next().unwrap().unwrap();
    assert_eq!((followers.fetched(), followers.total()), (100, Some(250)));
    assert_eq!(followers.by_ref().count(), 249);
    assert_eq!((followers.fetched(), followers.total()), (250, Some(250)));
    twitch.close();
}
