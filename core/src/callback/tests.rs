//! The pages, seen by a visitor: requests in, responses out, Twitch's part played by hand.

use super::*;
use crate::auth::store::{MemoryStore, Store};
use crate::{Client, Config, Input, Output, Time, Visit};

/// A client with pages, and the requests it sent to Twitch.
struct Test {
    client: Client,
    store: MemoryStore,
    now: Time,
    /// Exchanges that wait for an answer.
    open: Vec<(crate::HttpId, Request<Bytes>)>,
    replies: Vec<(crate::CallId, crate::Reply)>,
}

impl Test {
    fn new(secret: Option<&str>) -> Self {
        let mut config = Config::new("client-id");
        config.client_secret = secret.map(Into::into);
        config.state_key = Some([7; 32].into());
        config.callback.scopes = vec![Scope::UserReadChat];
        Test::with(config)
    }

    fn with(config: Config) -> Self {
        let client = Client::new(Time::ZERO, config);
        let (store, now) = (MemoryStore::new(), Time::ZERO);
        let mut test = Test { client, store, now, open: vec![], replies: vec![] };
        test.tell(Input::Wall("2026-03-01T12:00:00Z".parse().unwrap()));
        test
    }

    fn tell(&mut self, input: Input) {
        self.client.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.client.poll_output() {
            match output {
                Output::Store(id, op) => {
                    self.client.handle(self.now, Input::Stored(id, self.store.run(op)));
                }
                Output::Http { id, request, .. } => self.open.push((id, request)),
                Output::Reply(id, reply) => self.replies.push((id, reply)),
                _ => {}
            }
        }
    }

    fn visit(&mut self, request: Request<Bytes>) -> Visit {
        let visit = self.client.visit(self.now, request);
        self.drain();
        visit
    }

    fn answer(&mut self, status: u16, body: &str) {
        let (id, _) = self.open.remove(0);
        let response = Response::builder().status(status).body(Bytes::from(body.to_owned())).unwrap();
        self.tell(Input::Response(id, response));
    }

    /// The page of a visit that is over.
    fn page(&mut self, visit: Visit) -> Response<Bytes> {
        let at = self.replies.iter().position(|(id, _)| *id == visit.id()).expect("the visit is not over");
        let (_, reply) = self.replies.remove(at);
        visit.finish(reply)
    }

    fn get(&mut self, uri: &str) -> Response<Bytes> {
        let visit = self.visit(get(uri, None));
        self.page(visit)
    }

    /// Starts an authorisation: where Twitch is asked, and the browser's cookie.
    fn start(&mut self, uri: &str) -> (Url, String) {
        let response = self.get(uri);
        assert_eq!(response.status(), 302);
        let cookie = text(&response, "set-cookie");
        (text(&response, "location").parse().unwrap(), cookie.split(';').next().unwrap().to_owned())
    }
}

fn get(uri: &str, cookie: Option<&str>) -> Request<Bytes> {
    let mut request = Request::get(uri);
    if let Some(cookie) = cookie {
        request = request.header("cookie", format!("theme=dark; {cookie}; lang=en"));
    }
    request.body(Bytes::new()).unwrap()
}

fn text(response: &Response<Bytes>, header: &str) -> String {
    response.headers()[header].to_str().unwrap().to_owned()
}

fn body(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

fn param(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

const TOKENS: &str =
    r#"{"access_token":"t0ken","refresh_token":"r3fresh","expires_in":14400,"scope":["user:read:chat"]}"#;
const VALID: &str = r#"{"client_id":"client-id","user_id":"1001","login":"ada","scopes":["user:read:chat"],"expires_in":14400}"#;

#[test]
fn a_visitor_is_sent_to_twitch_comes_back_and_hears_that_all_is_well() {
    let mut test = Test::new(Some("s3cret"));
    let (to, cookie) = test.start("/oauth?scopes=bits:read+user:read:chat&force_verify=true");
    assert_eq!(to.as_str().split('?').next(), Some("https://id.twitch.tv/oauth2/authorize"));
    assert_eq!(param(&to, "response_type"), "code");
    assert_eq!(param(&to, "scope"), "bits:read user:read:chat");
    assert_eq!(param(&to, "redirect_uri"), "http://localhost:4343/oauth/callback");
    assert_eq!(param(&to, "force_verify"), "true");
    let state = param(&to, "state");
    assert_eq!(cookie, format!("twitchwire-state={state}"));

    let visit = test.visit(get(&format!("/oauth/callback?code=c0de&scope=a&state={state}"), Some(&cookie)));
    let sent = String::from_utf8_lossy(test.open[0].1.body()).into_owned();
    assert!(
        sent.contains("code=c0de") && sent.contains("redirect_uri=http%3A%2F%2Flocalhost%3A4343"),
        "{sent}"
    );
    test.answer(200, TOKENS);
    assert!(test.replies.is_empty());
    test.answer(200, VALID);
    let page = test.page(visit);
    assert_eq!(page.status(), 200);
    assert!(body(&page).contains("<p>ada (user 1001) has authorised this application."), "{page:?}");
    assert_eq!(test.client.tokens().map(|record| record.login.to_string()).collect::<Vec<_>>(), ["ada"]);
}

#[test]
fn without_scopes_in_the_visit_the_configured_ones_are_asked_for() {
    let (to, _) = Test::new(Some("s3cret")).start("/oauth");
    assert_eq!(param(&to, "scope"), "user:read:chat");
    assert_eq!(param(&to, "force_verify"), "");
}

#[test]
fn an_implicit_token_is_handed_over_by_the_page() {
    let mut test = Test::new(None);
    let (to, cookie) = test.start("/oauth");
    assert_eq!(param(&to, "response_type"), "token");
    let page = test.get("/oauth/callback");
    let script = body(&page).split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
    let hash = <base64::engine::GeneralPurpose as base64::Engine>::encode(
        &base64::engine::general_purpose::STANDARD,
        <sha2::Sha256 as sha2::Digest>::digest(script),
    );
    assert!(text(&page, "content-security-policy").contains(&format!("script-src 'sha256-{hash}'")));

    let fragment = format!("access_token=t0ken&state={}&token_type=bearer", param(&to, "state"));
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("fragment", &fragment).finish();
    let request = Request::post("/oauth/callback").header("cookie", cookie).body(Bytes::from(form)).unwrap();
    let visit = test.visit(request);
    assert_eq!(test.open[0].1.uri().path(), "/oauth2/validate");
    test.answer(200, VALID);
    assert_eq!(test.page(visit).status(), 200);
}

#[test]
fn a_token_of_another_application_is_not_taken() {
    let mut test = Test::new(None);
    let (to, cookie) = test.start("/oauth");
    let uri = format!("/oauth/callback?access_token=t0ken&state={}", param(&to, "state"));
    let visit = test.visit(get(&uri, Some(&cookie)));
    test.answer(200, &VALID.replace("client-id", "another-id"));
    let page = test.page(visit);
    assert_eq!(page.status(), 400);
    assert!(body(&page).contains("another client id, another-id"));
    assert_eq!(test.client.tokens().count(), 0);
}

#[test]
fn a_state_that_is_missing_foreign_used_or_anothers_is_refused_and_nothing_is_sent() {
    let mut test = Test::new(Some("s3cret"));
    let (to, cookie) = test.start("/oauth");
    let good = format!("/oauth/callback?code=c&state={}", param(&to, "state"));
    for (uri, cookie, words) in [
        ("/oauth/callback?code=c", Some(&*cookie), "not started here"),
        ("/oauth/callback?code=c&state=AAAA", Some(&*cookie), "not started here"),
        (&*good, None, "another browser"),
        (&*good, Some("twitchwire-state=x"), "another browser"),
    ] {
        let visit = test.visit(get(uri, cookie));
        let page = test.page(visit);
        assert_eq!(page.status(), 400);
        assert!(body(&page).contains(words), "{words}: {}", body(&page));
    }
    assert!(test.open.is_empty());
    let first = test.visit(get(&good, Some(&cookie)));
    let again = test.visit(get(&good, Some(&cookie)));
    assert!(body(&test.page(again)).contains("used already"));
    assert_eq!(test.open.len(), 1);
    test.answer(400, r#"{"status":400,"message":"Invalid authorization code"}"#);
    let page = test.page(first);
    assert_eq!(page.status(), 403);
    assert!(body(&page).contains("Twitch says no: 400 Invalid authorization code"));
}

#[test]
fn a_user_who_says_no_is_told_so_and_their_words_are_escaped() {
    let mut test = Test::new(Some("s3cret"));
    let (to, cookie) = test.start("/oauth");
    let state = param(&to, "state");
    let uri =
        format!("/oauth/callback?error=access_denied&error_description=%3Cscript%3E%26%22%27&state={state}");
    let visit = test.visit(get(&uri, Some(&cookie)));
    let page = test.page(visit);
    assert_eq!(page.status(), 403);
    assert!(body(&page).contains("<p>Twitch says no: access_denied: &lt;script&gt;&amp;&quot;&#39;</p>"));
    let without_state = test.get("/oauth/callback?error=access_denied&error_description=Buy+this");
    assert!(!body(&without_state).contains("Buy this"));
}

#[test]
fn a_code_that_was_sent_without_an_answer_is_not_sent_again() {
    let mut test = Test::new(Some("s3cret"));
    let (to, cookie) = test.start("/oauth");
    let uri = format!("/oauth/callback?code=c&state={}", param(&to, "state"));
    let visit = test.visit(get(&uri, Some(&cookie)));
    test.now = test.client.poll_timeout().unwrap();
    test.tell(Input::Timeout);
    let page = test.page(visit);
    assert_eq!(page.status(), 502);
    assert!(body(&page).contains("authorise again"));
    assert_eq!(test.open.len(), 1);
}

#[test]
fn every_page_forbids_the_browser_all_that_it_does_not_need() {
    let mut test = Test::new(Some("s3cret"));
    for uri in ["/", "/oauth", "/oauth/callback", "/oauth/callback?code=x", "/oauth?scopes=%3C", "/callback"]
    {
        let page = test.get(uri);
        assert_eq!(text(&page, "cache-control"), "no-store", "{uri}");
        assert_eq!(text(&page, "x-content-type-options"), "nosniff", "{uri}");
        assert_eq!(text(&page, "referrer-policy"), "no-referrer", "{uri}");
        let policy = text(&page, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
            "{policy}"
        );
    }
}

#[test]
fn other_methods_paths_and_sizes_are_refused() {
    let mut test = Test::new(Some("s3cret"));
    let long = format!("/oauth/callback?code={}", "c".repeat(8192));
    let big = Bytes::from(vec![b'a'; LONGEST_FORM + 1]);
    for (method, uri, body, status, allow) in [
        ("GET", "/elsewhere", Bytes::new(), 404, None),
        ("GET", &long, Bytes::new(), 414, None),
        ("HEAD", "/oauth/callback?code=c", Bytes::new(), 405, Some("GET, POST")),
        ("POST", "/oauth", Bytes::new(), 405, Some("GET")),
        ("GET", "/callback", Bytes::new(), 405, Some("POST")),
        ("POST", "/oauth/callback", Bytes::new(), 400, None),
        ("POST", "/oauth/callback", big, 413, None),
        ("GET", "/oauth?scopes=a%0Ab;c", Bytes::new(), 400, None),
    ] {
        let visit = test.visit(Request::builder().method(method).uri(uri).body(body).unwrap());
        let page = test.page(visit);
        assert_eq!(page.status(), status, "{method} {uri}");
        assert_eq!(page.headers().get("allow").map(|value| value.to_str().unwrap()), allow, "{method} {uri}");
    }
}

#[test]
fn paths_and_address_are_configurable_and_https_makes_the_cookie_secure() {
    let mut config = Config::new("client-id");
    config.client_secret = Some("s3cret".into());
    config.state_key = Some([7; 32].into());
    config.callback = Callback::new("https://bot.example/ignored".parse().unwrap());
    config.callback.oauth_path = "/login".into();
    config.callback.redirect_path = "/welcome".into();
    let mut test = Test::with(config);
    let response = test.get("/login");
    let cookie = text(&response, "set-cookie");
    assert!(cookie.ends_with("; Path=/welcome; Max-Age=600; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    let to: Url = text(&response, "location").parse().unwrap();
    assert_eq!(param(&to, "redirect_uri"), "https://bot.example/welcome");
    assert_eq!(test.get("/oauth").status(), 404);
}

#[test]
fn without_a_key_nothing_is_started_and_the_page_says_what_is_missing() {
    let mut test = Test::with(Config::new("client-id"));
    let page = test.get("/oauth");
    assert_eq!(page.status(), 500);
    assert!(body(&page).contains("Config::state_key"));
}

#[test]
fn a_crowd_of_logins_is_bounded() {
    let mut test = Test::new(Some("s3cret"));
    let mut visits = vec![];
    for _ in 0..300 {
        let (to, cookie) = test.start("/oauth");
        let uri = format!("/oauth/callback?code=c&state={}", param(&to, "state"));
        visits.push(test.visit(get(&uri, Some(&cookie))));
    }
    assert_eq!(test.open.len(), 256);
    let page = test.page(visits.pop().unwrap());
    assert_eq!(page.status(), 503);
}

#[test]
fn a_closing_client_lets_nobody_in_and_says_so() {
    let mut test = Test::new(Some("s3cret"));
    let (to, cookie) = test.start("/oauth");
    let uri = format!("/oauth/callback?code=c&state={}", param(&to, "state"));
    let waiting = test.visit(get(&uri, Some(&cookie)));
    test.client.close(test.now);
    test.drain();
    assert_eq!(test.page(waiting).status(), 503);
    let late = test.visit(get(&uri, Some(&cookie)));
    assert_eq!(test.page(late).status(), 503);
}
