//! Users authorise an application, in virtual time: a browser, the callback page, and the simulated Twitch.

use http::{Request, Response};
use std::time::Duration;
use twitchwire::auth::flow::{Authorize, Redirected};
use twitchwire::auth::store::{MemoryStore, Store, StoreOp, Stored};
use twitchwire::auth::{Scope, TokenError};
use twitchwire::{CallId, Config, Reply, SecretString};
use twitchwire_sim::World;
use twitchwire_sim::harness::{Harness, Network};

const CLIENT_ID: &str = "a-client-id";
const SECRET: &str = "a-client-secret";
const BACK: &str = "http://localhost:4343/oauth/callback";

/// A client with pages, a user who approves, and a browser.
struct Stage {
    harness: Harness,
    ada: String,
    /// The browser's cookie.
    cookie: Option<String>,
}

impl Stage {
    fn new(seed: u64, secret: Option<&str>) -> Self {
        let mut world = World::new(seed, "2026-01-01T00:00:00Z".parse().unwrap());
        world.client(CLIENT_ID, secret);
        world.register_redirect(CLIENT_ID, BACK);
        let ada = world.user("ada");
        world.settings.approve_authorize = Some(ada.clone());
        let mut harness = Harness::new(seed, world);
        harness.keep_trace(10_000);
        let mut config = Config::new(CLIENT_ID);
        config.client_secret = secret.map(SecretString::from);
        harness.client(config, MemoryStore::new());
        harness.run_for(Duration::from_secs(1));
        Stage { harness, ada, cookie: None }
    }

    fn reply(&self, id: CallId) -> Option<Reply> {
        let replies = &self.harness.node(0).replies;
        replies.iter().find(|(of, _)| *of == id).map(|(_, reply)| reply.clone())
    }

    /// The browser asks for one of the client's pages, and waits for it for a minute.
    fn get(&mut self, uri: &str) -> Response<bytes::Bytes> {
        let mut request = Request::get(uri);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        self.send(request.body(bytes::Bytes::new()).unwrap())
    }

    fn send(&mut self, request: Request<bytes::Bytes>) -> Response<bytes::Bytes> {
        let visit = self.harness.with(0, |client, now| client.visit(now, request));
        if self.reply(visit.id()).is_none() {
            self.harness.run_for(Duration::from_secs(60));
        }
        let reply = self.reply(visit.id()).expect("the page does not come");
        let response = visit.finish(reply);
        if let Some(cookie) = response.headers().get("set-cookie") {
            self.cookie = Some(cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
        }
        response
    }

    /// The browser follows a link to Twitch: where Twitch sends it next.
    fn at_twitch(&mut self, url: &str) -> String {
        let request = Request::get(url).body(bytes::Bytes::new()).unwrap();
        let response = self.harness.world.request(self.harness.now(), &request);
        assert_eq!(response.status(), 302, "{response:?}");
        location(&response)
    }

    /// The browser goes through an authorisation up to Twitch's answer.
    fn approved(&mut self, uri: &str) -> String {
        let there = location(&self.get(uri));
        let back = self.at_twitch(&there);
        assert!(back.starts_with(BACK), "{back}");
        back
    }

    fn stored(&self) -> Vec<(String, Vec<Scope>)> {
        let Ok(Stored::Loaded(records)) = self.harness.node(0).store.run(StoreOp::Load) else {
            panic!("no records")
        };
        records.into_iter().map(|(record, _)| (record.login.to_string(), record.scopes)).collect()
    }

    fn check(&self) {
        assert_eq!(self.harness.failures(), <[String; 0]>::default());
        assert_eq!(self.harness.world.violations(), []);
        assert_eq!(self.harness.leaked(), <[String; 0]>::default());
    }
}

fn location(response: &Response<bytes::Bytes>) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}

fn text(response: &Response<bytes::Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

fn path(url: &str) -> &str {
    url.strip_prefix("http://localhost:4343").unwrap()
}

#[test]
fn a_user_authorises_in_a_browser_and_their_tokens_are_held() {
    let mut stage = Stage::new(1, Some(SECRET));
    let back = stage.approved("/oauth?scopes=bits:read+user:read:chat");
    let page = stage.get(path(&back));
    assert_eq!(page.status(), 200, "{}", text(&page));
    assert!(text(&page).contains("ada (user"));
    assert_eq!(stage.stored(), [("ada".to_owned(), vec![Scope::BitsRead, Scope::UserReadChat])]);
    assert!(stage.harness.node(0).news.iter().any(|news| news.starts_with("Token(Added(")));
    // Coming back once more, as browsers do, changes nothing.
    assert_eq!(stage.get(path(&back)).status(), 400);
    assert_eq!(stage.stored().len(), 1);
    stage.check();
}

#[test]
fn a_public_client_gets_its_token_by_the_fragment() {
    let mut stage = Stage::new(2, None);
    let back = stage.approved("/oauth?scopes=bits:read");
    let (page, fragment) = back.split_once('#').expect("a fragment");
    assert!(text(&stage.get(path(page))).contains("<script>"));
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("fragment", fragment).finish();
    let request = Request::post("/oauth/callback").header("cookie", stage.cookie.clone().unwrap());
    let page = stage.send(request.body(form.into()).unwrap());
    assert_eq!(page.status(), 200, "{}", text(&page));
    assert_eq!(stage.stored(), [("ada".to_owned(), vec![Scope::BitsRead])]);
    stage.check();
}

#[test]
fn a_user_who_says_no_leaves_no_trace() {
    for secret in [Some(SECRET), None] {
        let mut stage = Stage::new(3, secret);
        stage.harness.world.settings.approve_authorize = None;
        let back = stage.approved("/oauth");
        let page = stage.get(path(&back));
        assert_eq!(page.status(), 403);
        assert!(text(&page).contains("access_denied"), "{}", text(&page));
        assert!(stage.stored().is_empty());
        stage.check();
    }
}

#[test]
fn twitch_sends_nobody_to_an_address_that_is_not_registered() {
    let mut stage = Stage::new(4, Some(SECRET));
    let there = location(&stage.get("/oauth")).replace("4343", "4344");
    let request = Request::get(there).body(bytes::Bytes::new()).unwrap();
    assert_eq!(stage.harness.world.request(stage.harness.now(), &request).status(), 400);
}

#[test]
fn a_code_that_came_too_late_or_with_a_wrong_secret_is_refused_in_twitchs_words() {
    let mut stage = Stage::new(5, Some(SECRET));
    stage.harness.world.settings.code_life = Duration::from_secs(30);
    let back = stage.approved("/oauth");
    stage.harness.run_for(Duration::from_secs(31));
    let page = stage.get(path(&back));
    assert_eq!(page.status(), 403);
    assert!(text(&page).contains("Invalid authorization code"));

    let mut stage = Stage::new(5, Some(SECRET));
    let back = stage.approved("/oauth");
    stage.harness.world.client(CLIENT_ID, Some("another-secret"));
    let page = stage.get(path(&back));
    assert_eq!(page.status(), 500);
    assert!(text(&page).contains("check the client id and secret"));
    assert!(stage.stored().is_empty());
    stage.check();
}

#[test]
fn a_link_works_in_any_browser_once_and_for_ten_minutes() {
    let mut stage = Stage::new(6, Some(SECRET));
    let asked = Authorize::code([Scope::BitsRead]);
    let link = |stage: &mut Stage| {
        let url = stage.harness.with(0, |client, now| client.authorize_url(now, &asked)).unwrap();
        stage.at_twitch(url.as_str())
    };
    // Without the pages: the application has its own, and hands over what came back.
    let back = link(&mut stage);
    let redirected = |back: &str| Redirected::from_url(&back.parse().unwrap()).unwrap();
    let login = stage.harness.with(0, |client, now| client.redirected(now, redirected(&back)));
    stage.harness.run_for(Duration::from_secs(5));
    let reply = stage.reply(login.id()).unwrap();
    assert_eq!(login.finish(reply).unwrap().login, "ada");
    // With them.
    let back = link(&mut stage);
    assert_eq!(stage.get(path(&back)).status(), 200);
    assert_eq!(stage.get(path(&back)).status(), 400);
    let back = link(&mut stage);
    stage.harness.run_for(Duration::from_secs(600));
    assert!(text(&stage.get(path(&back))).contains("took too long"));
    stage.check();
}

#[test]
fn tokens_that_are_revoked_are_worth_nothing_at_twitch_and_gone_from_the_store() {
    let mut stage = Stage::new(7, Some(SECRET));
    let back = stage.approved("/oauth?scopes=bits:read");
    stage.get(path(&back));
    let record = stage.harness.node(0).client.tokens().next().unwrap().clone();
    let user = stage.ada.as_str().into();
    let revocation = stage.harness.with(0, |client, now| client.revoke_token(now, &user));
    stage.harness.run_for(Duration::from_secs(5));
    let reply = stage.reply(revocation.id()).unwrap();
    assert_eq!(revocation.finish(reply), Ok(()));
    assert!(stage.stored().is_empty());
    let login = stage.harness.with(0, |client, now| {
        client.add_token(now, record.access, record.refresh.map(|refresh| refresh.token))
    });
    stage.harness.run_for(Duration::from_secs(60));
    let reply = stage.reply(login.id()).unwrap();
    assert_eq!(login.finish(reply), Err(TokenError::Denied("400 Invalid refresh token".into())));
    stage.check();
}

/// Whatever step the process dies at: the store has the user's tokens or has nothing, no code is sent twice, what the
/// browser repeats is refused, and the user gets in by starting again.
#[test]
fn a_process_that_dies_at_any_step_of_the_exchange_leaves_nothing_half_done() {
    let (mut kept, mut lost) = (0, 0);
    for step in 0..120 {
        let mut stage = Stage::new(8, Some(SECRET));
        let back = stage.approved("/oauth?scopes=bits:read");
        let mut request = Request::get(path(&back));
        request = request.header("cookie", stage.cookie.clone().unwrap());
        let request = request.body(bytes::Bytes::new()).unwrap();
        let _visit = stage.harness.with(0, |client, now| client.visit(now, request));
        stage.harness.run_for(Duration::from_millis(5 * step));
        stage.harness.restart(0);
        stage.harness.run_for(Duration::from_secs(30));
        match stage.stored().as_slice() {
            [] => lost += 1,
            [(login, scopes)] => {
                assert_eq!((login.as_str(), scopes.as_slice()), ("ada", &[Scope::BitsRead][..]));
                assert!(
                    stage.harness.node(0).news.iter().any(|news| news.starts_with("Token(Validated(User"))
                );
                kept += 1;
            }
            more => panic!("{more:?}"),
        }
        let again = stage.get(path(&back));
        assert_eq!(again.status(), 400, "{}", text(&again));
        let back = stage.approved("/oauth?scopes=bits:read");
        assert_eq!(stage.get(path(&back)).status(), 200);
        assert_eq!(stage.stored().len(), 1);
        stage.check();
    }
    assert!(kept > 0 && lost > 0, "{kept} kept, {lost} lost");
}

/// On a bad network a visit ends in a page whose words are true.
#[test]
fn whatever_the_network_does_the_page_says_what_happened() {
    let mut let_in = 0;
    for seed in 0..100 {
        let mut stage = Stage::new(seed, Some(SECRET));
        let back = stage.approved("/oauth?scopes=bits:read");
        stage.harness.network = Network::bad(0.2);
        stage.harness.world.faults.token_5xx = 0.1;
        stage.harness.world.faults.token_done_5xx = 0.1;
        let mut request = Request::get(path(&back));
        request = request.header("cookie", stage.cookie.clone().unwrap());
        let request = request.body(bytes::Bytes::new()).unwrap();
        let visit = stage.harness.with(0, |client, now| client.visit(now, request));
        let started = stage.harness.now();
        while stage.reply(visit.id()).is_none() {
            stage.harness.run_for(Duration::from_secs(1));
            assert!(stage.harness.now().since(started) < Duration::from_secs(300), "seed {seed}: no page");
        }
        let reply = stage.reply(visit.id()).unwrap();
        let page = visit.finish(reply);
        stage.harness.network = Network::GOOD;
        stage.harness.run_for(Duration::from_secs(120));
        let held = stage.stored().len();
        assert_eq!(held, usize::from(page.status() == 200), "seed {seed}: {}", text(&page));
        let_in += held;
        stage.check();
    }
    assert!(let_in > 30, "{let_in} of 100");
}
