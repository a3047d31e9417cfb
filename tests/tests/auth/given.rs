//! Tokens that somebody else has, asked for when a call needs them; and what a call says that waited in vain.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use twitchwire::auth::provider::{Given, ManyTokens, OneToken, Provider, TokenWanted};
use twitchwire::auth::store::MemoryStore;
use twitchwire::auth::{Scope, TokenError, TokenNotice};
use twitchwire::helix::api::{GetUsers, SendChatMessage};
use twitchwire::helix::{CallError, Endpoint};
use twitchwire::{As, Call, Config, Notice, SecretString};
use twitchwire_sim::World;
use twitchwire_sim::harness::{Harness, Wanted};

const CLIENT_ID: &str = "a-client-id";

/// Asks another provider, and remembers what was asked.
struct Asked(Box<dyn Provider>, Arc<Mutex<Vec<String>>>);

impl Provider for Asked {
    fn token(&self, wanted: &TokenWanted) -> Option<Given> {
        self.1.lock().unwrap().push(wanted.to_string());
        self.0.token(wanted)
    }
}

struct Stage {
    harness: Harness,
    ada: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    /// A public client that asks the provider made from a new token of ada's.
    fn new(scopes: &[&str], provider: impl FnOnce(&str, Given) -> Box<dyn Provider>) -> Self {
        let mut world = World::new(1, "2026-01-01T00:00:00Z".parse().unwrap());
        world.client(CLIENT_ID, None);
        let ada = world.user("ada");
        let (access, refresh) = world.grant_token(Default::default(), CLIENT_ID, &ada, scopes);
        let given = Given::new(access).refresh(refresh);
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let mut harness = Harness::new(1, world);
        let mut config = Config::new(CLIENT_ID);
        config.ask_for_tokens = true;
        harness.client(config, MemoryStore::new());
        harness.provide(0, Asked(provider(&ada, given), asked.clone()));
        harness.run_for(Duration::from_secs(1));
        Stage { harness, ada, asked }
    }

    fn call<E: Endpoint>(&mut self, request: &E, who: As) -> Call<E> {
        self.harness.with(0, |client, now| client.call(now, request, who))
    }

    fn end<E: Endpoint>(&mut self, call: Call<E>) -> Result<twitchwire::helix::Value<E>, CallError> {
        self.harness.run_for(Duration::from_secs(90));
        let replies = &self.harness.node(0).replies;
        let reply = replies.iter().find(|(id, _)| *id == call.id()).expect("no reply").1.clone();
        call.finish(reply)
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn as_ada(&self) -> As {
        As::User(self.ada.as_str().into())
    }
}

#[test]
fn a_token_that_is_not_held_is_asked_for_once_and_then_held() {
    let mut stage = Stage::new(&["user:write:chat"], |_, given| Box::new(OneToken(given)));
    let who = stage.as_ada();
    let calls: Vec<_> = (0..5).map(|_| stage.call(&GetUsers::by_login(["ada"]), who.clone())).collect();
    for call in calls {
        assert_eq!(stage.end(call).unwrap()[0].login, "ada");
    }
    assert_eq!(stage.asked().len(), 1);
    let call = stage.call(&GetUsers::by_login(["ada"]), As::Default);
    assert!(stage.end(call).is_ok());
    assert!(stage.asked().is_empty());
}

#[test]
fn a_token_with_too_few_scopes_is_asked_for_again_and_the_call_then_says_what_is_missing() {
    let mut stage = Stage::new(&[], |ada, given| Box::new(ManyTokens::default().user(ada, given)));
    let ada = stage.ada.clone();
    let call = stage.call(&GetUsers::by_login(["ada"]), stage.as_ada());
    assert!(stage.end(call).is_ok());
    stage.asked();
    let call = stage.call(&SendChatMessage::new(ada.as_str(), ada.as_str(), "hi"), As::Default);
    let Err(CallError::MissingScope { any_of, .. }) = stage.end(call) else { panic!("sent") };
    assert_eq!(any_of, [Scope::UserWriteChat]);
    let wanted = format!("a token of user {ada} with the scope user:write:chat is wanted");
    assert_eq!(stage.asked(), [wanted]);
}

#[test]
fn wishes_that_lack_different_scopes_ask_for_all_of_them_at_once() {
    let mut stage = Stage::new(&[], |ada, given| Box::new(ManyTokens::default().user(ada, given)));
    let (ada, who) = (stage.ada.clone(), stage.as_ada());
    let call = stage.call(&GetUsers::by_login(["ada"]), who);
    assert!(stage.end(call).is_ok());
    stage.asked();
    stage.harness.subscribe(0, Wanted::Chat(ada.clone(), ada.clone()));
    stage.harness.subscribe(0, Wanted::Follow(ada.clone(), ada.clone()));
    stage.harness.run_for(Duration::from_secs(1));
    let wanted = format!(
        "a token of user {ada} with the scopes user:read:chat and moderator:read:followers is wanted"
    );
    assert_eq!(stage.asked()[0], wanted);
}

#[test]
fn who_has_no_token_lets_the_call_fail_with_its_own_reason() {
    let mut stage = Stage::new(&[], |_, _| Box::new(ManyTokens::default()));
    let call = stage.call(&GetUsers::by_login(["ada"]), As::App);
    let Err(CallError::NoToken { why, .. }) = stage.end(call) else { panic!("sent") };
    assert_eq!(why, TokenError::NoSecret);
    assert_eq!(stage.asked(), ["a token of the application is wanted: an app token needs the client secret"]);
    // Asked anew by the next call: by then there may be one.
    let call = stage.call(&GetUsers::by_login(["ada"]), As::App);
    assert!(stage.end(call).is_err());
    assert_eq!(stage.asked().len(), 1);
}

#[test]
fn a_token_of_somebody_else_is_held_but_not_taken_for_the_one_that_was_asked_for() {
    let mut stage = Stage::new(&[], |_, given| Box::new(OneToken(given)));
    let call = stage.call(&GetUsers::by_login(["ada"]), As::User("999".into()));
    assert!(matches!(stage.end(call), Err(CallError::NoToken { why: TokenError::Unknown(_), .. })));
    let other = TokenNotice::NotTaken {
        account: twitchwire::auth::Account::User("999".into()),
        why: TokenError::OtherUser(stage.ada.as_str().into()),
    };
    let news = format!("{:?}", Notice::Token(other));
    assert!(stage.harness.node(0).news.contains(&news), "{:?}", stage.harness.node(0).news);
    assert_eq!(stage.harness.node(0).client.tokens().count(), 1);
}

#[test]
fn a_token_that_is_over_for_good_is_asked_for_and_never_given_twice() {
    let mut stage = Stage::new(&[], |_, given| Box::new(OneToken(given)));
    let call = stage.call(&GetUsers::by_login(["ada"]), stage.as_ada());
    assert!(stage.end(call).is_ok());
    stage.asked();
    let (now, ada) = (stage.harness.now(), stage.ada.clone());
    stage.harness.world.revoke(now, CLIENT_ID, &ada);
    let call = stage.call(&GetUsers::by_login(["ada"]), stage.as_ada());
    assert!(matches!(
        stage.end(call),
        Err(CallError::NoToken { why: TokenError::ReauthRequired { .. }, .. })
    ));
    assert_eq!(stage.asked().len(), 1);
    assert_eq!(stage.harness.world.violations(), []);
    // Somebody finds another.
    let (access, refresh) = stage.harness.world.grant_token(now, CLIENT_ID, &ada, &[]);
    struct Another(Given);
    impl Provider for Another {
        fn token(&self, _: &TokenWanted) -> Option<Given> {
            Some(self.0.clone())
        }
    }
    stage.harness.provide(0, Another(Given::new(access).refresh(refresh)));
    let call = stage.call(&GetUsers::by_login(["ada"]), stage.as_ada());
    assert!(stage.end(call).is_ok());
}

#[test]
fn a_call_that_waited_in_vain_for_a_token_says_what_the_service_said_last() {
    let mut world = World::new(1, "2026-01-01T00:00:00Z".parse().unwrap());
    world.client(CLIENT_ID, Some("a-client-secret"));
    world.faults.token_5xx = 1.0;
    let mut harness = Harness::new(1, world);
    let mut config = Config::new(CLIENT_ID);
    config.client_secret = Some(SecretString::from("a-client-secret"));
    harness.client(config, MemoryStore::new());
    let call = harness.with(0, |client, now| client.call(now, &GetUsers::by_login(["ada"]), As::App));
    harness.run_for(Duration::from_secs(120));
    let reply = harness.node(0).replies[0].1.clone();
    assert_eq!(
        call.finish(reply).unwrap_err().to_string(),
        "get-users: not sent before its deadline, waiting for the token of the application: 500 no reason given"
    );
}

#[test]
fn a_wish_waits_for_a_token_that_is_not_held_and_is_held_once_it_is_given() {
    let mut stage = Stage::new(&["user:read:chat"], |_, given| Box::new(OneToken(given)));
    let ada = stage.ada.clone();
    stage.harness.subscribe(0, Wanted::Chat(ada.clone(), ada.clone()));
    // Without the scope: the wish is blocked, and somebody was asked.
    stage.harness.subscribe(0, Wanted::Follow(ada.clone(), ada.clone()));
    stage.harness.run_for(Duration::from_secs(30));
    assert_eq!(stage.harness.node(0).client.plan().held().count(), 1);
    assert_eq!(stage.harness.node(0).blocked().len(), 1);
    assert_eq!(
        stage.asked(),
        [
            format!(
                "a token of user {ada} is wanted: no token of user {ada} is held; log the user in or add their token"
            ),
            format!("a token of user {ada} with the scope moderator:read:followers is wanted"),
        ]
    );
    let scopes = ["user:read:chat", "moderator:read:followers"];
    let (access, refresh) = stage.harness.world.grant_token(stage.harness.now(), CLIENT_ID, &ada, &scopes);
    stage.harness.with(0, |client, now| {
        let _login = client.add_token(now, access.into(), Some(refresh.into()));
    });
    stage.harness.run_for(Duration::from_secs(30));
    assert_eq!(stage.harness.node(0).client.plan().held().count(), 2);
}

#[test]
fn a_wish_whose_token_nobody_has_is_blocked() {
    let mut stage = Stage::new(&[], |_, _| Box::new(ManyTokens::default()));
    let ada = stage.ada.clone();
    stage.harness.subscribe(0, Wanted::Chat(ada.clone(), ada.clone()));
    stage.harness.run_for(Duration::from_secs(30));
    assert_eq!(stage.harness.node(0).blocked().len(), 1);
    assert_eq!(stage.asked().len(), 1);
}
