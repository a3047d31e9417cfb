//! What the handle offers besides calls and streams: handlers, notices of one's own, many wishes at once, a provider.

use std::sync::mpsc;
use std::time::Duration;
use twitchwire_blocking::auth::provider::{Given, OneToken};
use twitchwire_blocking::eventsub::Via;
use twitchwire_blocking::eventsub::topic::channel::{ChannelFollow, ChannelRaid};
use twitchwire_blocking::helix::api::GetUsers;
use twitchwire_blocking::twitchwire::Want;
use twitchwire_blocking::{Builder, Client, Endpoints, Filter, Heard, Notice};
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
