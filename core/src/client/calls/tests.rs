//! Calls and the limits they wait for, and what becomes of answers that are not Twitch's JSON.

use super::*;
use crate::auth::store::{MemoryStore, Store};
use crate::client::{Call, Cause, CauseKind, Config, Input, Output, Reply};
use crate::helix::Endpoint;
use crate::helix::api::{GetGlobalEmotes, SendExtensionChatMessage, StartCommercial};
use crate::helix::{Raw, Value};
use http::HeaderMap;

/// A client of an app, with Twitch played by hand: its store is empty, its app token good.
struct Stage {
    client: Client,
    now: Time,
    store: MemoryStore,
    /// Requests to Helix that wait for their answer.
    requests: Vec<(HttpId, String)>,
    replies: BTreeMap<CallId, Reply>,
}

/// Seconds after the stage's start in epoch time, which the headers of answers count by.
const START: i64 = 1_767_225_600;

impl Stage {
    fn new(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new("client-id");
        config.client_secret = Some("client-secret".to_owned().into());
        config.app_token = Some("app-token".to_owned().into());
        change(&mut config);
        let client = Client::new(Time::ZERO, config);
        let (store, now) = (MemoryStore::new(), Time::ZERO);
        let mut stage = Stage { client, now, store, requests: vec![], replies: BTreeMap::new() };
        stage.handle(Input::Wall(Timestamp::from_second(START).unwrap()));
        stage
    }

    fn handle(&mut self, input: Input) {
        self.client.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.client.poll_output() {
            match output {
                Output::Store(id, op) => self.client.handle(self.now, Input::Stored(id, self.store.run(op))),
                Output::Http { id, request, .. } if request.uri().path().starts_with("/helix") => {
                    self.requests.push((id, request.uri().path()["/helix".len()..].to_owned()));
                }
                Output::Http { id, request, .. } => {
                    let body = match request.uri().path() {
                        "/oauth2/validate" => {
                            r#"{"client_id":"client-id","scopes":null,"expires_in":5000000}"#
                        }
                        _ => {
                            r#"{"access_token":"next-app-token","expires_in":5000000,"token_type":"bearer"}"#
                        }
                    };
                    let response = Response::new(Bytes::from_static(body.as_bytes()));
                    self.client.handle(self.now, Input::Response(id, response));
                }
                Output::Reply(id, reply) => {
                    self.replies.insert(id, reply);
                }
                _ => {}
            }
        }
    }

    fn call<E: Endpoint>(&mut self, request: &E, who: As) -> Call<E> {
        let call = self.client.call(self.now, request, who);
        self.drain();
        call
    }

    fn chat(&mut self, channel: &str) -> Call<SendExtensionChatMessage> {
        let jwt = As::Jwt("jwt".to_owned().into());
        self.call(&SendExtensionChatMessage::new(channel, "extension", "1", "hi"), jwt)
    }

    /// Time passes, and the client hears of each of its deadlines.
    fn pass(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while let Some(due) = self.client.poll_timeout().filter(|due| *due <= end) {
            assert!(due > self.now);
            self.now = due;
            self.handle(Input::Timeout);
        }
        self.now = end;
    }

    fn answer(&mut self, status: u16, headers: &[(&'static str, i64)], body: &str) {
        let (id, _) = self.requests.remove(0);
        let mut response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let date = Timestamp::from_second(START).unwrap() + self.now.since_origin();
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
        response.headers_mut().insert("date", date.parse().unwrap());
        for (name, value) in headers {
            response.headers_mut().insert(*name, value.to_string().parse().unwrap());
        }
        self.handle(Input::Response(id, response));
    }

    fn paths(&self) -> Vec<&str> {
        self.requests.iter().map(|(_, path)| path.as_str()).collect()
    }

    fn end<E: Endpoint>(&mut self, call: Call<E>) -> Option<Result<Value<E>, CallError>> {
        let reply = self.replies.remove(&call.id())?;
        Some(call.finish(reply))
    }

    fn error<E: Endpoint>(&mut self, call: Call<E>) -> CallError {
        self.end(call).expect("an end").err().expect("an error")
    }
}

fn after(seconds: i64) -> Timestamp {
    Timestamp::from_second(START + seconds).unwrap()
}

fn patient(config: &mut Config) {
    config.call_timeout = Duration::from_secs(300);
}

#[test]
fn the_thirteenth_message_to_a_channels_chat_waits_a_minute_and_other_channels_do_not() {
    let mut stage = Stage::new(patient);
    let calls: Vec<_> = (0..13).map(|_| stage.chat("1001")).collect();
    assert_eq!(stage.requests.len(), 12);
    let _other = stage.chat("1002");
    assert_eq!(stage.requests.len(), 13);
    stage.pass(2);
    (0..13).for_each(|_| stage.answer(204, &[], ""));
    stage.pass(59);
    assert_eq!(stage.paths(), <[&str; 0]>::default(), "a minute after the answer, not before");
    stage.pass(1);
    assert_eq!(stage.paths(), ["/extensions/chat"]);
    stage.answer(204, &[], "");
    for call in calls {
        assert_eq!(stage.end(call), Some(Ok(())));
    }
}

#[test]
fn who_is_cancelled_while_waiting_makes_room_for_the_next() {
    let mut stage = Stage::new(patient);
    let _calls: Vec<_> = (0..12).map(|_| stage.chat("1001")).collect();
    (0..12).for_each(|_| stage.answer(204, &[], ""));
    let (gone, next, last) = (stage.chat("1001"), stage.chat("1001"), stage.chat("1001"));
    stage.client.cancel(stage.now, gone.id());
    stage.pass(60);
    assert_eq!(stage.requests.len(), 2, "those who stayed");
    stage.answer(204, &[], "");
    stage.answer(204, &[], "");
    assert_eq!((stage.end(next), stage.end(last), stage.end(gone)), (Some(Ok(())), Some(Ok(())), None));
}

#[test]
fn what_was_not_sent_does_not_count() {
    let mut stage = Stage::new(patient);
    let _calls: Vec<_> = (0..12).map(|_| stage.chat("1001")).collect();
    for _ in 0..11 {
        stage.answer(204, &[], "");
    }
    let (id, _) = stage.requests.remove(0);
    let cause = Cause::new(CauseKind::Connect, "no way");
    stage.handle(Input::Failed(id, Failure { sent: Sent::No, cause }));
    stage.pass(10);
    assert_eq!(stage.paths(), ["/extensions/chat"], "sent again");
}

#[test]
fn a_call_whose_turn_comes_after_its_deadline_fails_at_once() {
    let mut stage = Stage::new(|_| {});
    let _calls: Vec<_> = (0..12).map(|_| stage.chat("1001")).collect();
    stage.pass(1);
    (0..12).for_each(|_| stage.answer(204, &[], ""));
    let late = stage.chat("1001");
    let operation = "send-extension-chat-message";
    let error = CallError::Limited { operation, limit: TooMany::OperationLimit, retry_at: after(61) };
    assert_eq!(
        error.to_string(),
        "send-extension-chat-message: not sent: its own limit is used up until 2026-01-01T00:01:01Z"
    );
    assert_eq!(stage.error(late), error);
    stage.pass(1);
    let waits = stage.chat("1001");
    stage.pass(59);
    stage.answer(204, &[], "");
    assert_eq!(stage.end(waits), Some(Ok(())));
}

const EMPTY: [(&str, i64); 3] =
    [("ratelimit-limit", 800), ("ratelimit-remaining", 0), ("ratelimit-reset", START + 20)];

#[test]
fn a_call_waits_for_points_or_fails_as_the_application_chose() {
    for (when_limited, waits) in [(WhenLimited::Wait, true), (WhenLimited::Fail, false)] {
        let mut stage = Stage::new(|config| config.when_limited = when_limited);
        let first = stage.call(&GetGlobalEmotes {}, As::Default);
        stage.answer(200, &EMPTY, r#"{"data":[],"template":""}"#);
        assert!(stage.end(first).unwrap().is_ok());
        assert_eq!(stage.client.quota(&Account::App).map(|quota| quota.remaining), Some(0));
        let second = stage.call(&GetGlobalEmotes {}, As::Default);
        if waits {
            stage.pass(20);
            assert_eq!(stage.paths(), <[&str; 0]>::default());
            stage.pass(1);
            assert_eq!(stage.paths(), ["/chat/emotes/global"]);
        } else {
            let operation = "get-global-emotes";
            let error = CallError::Limited { operation, limit: TooMany::Requests, retry_at: after(21) };
            assert_eq!(stage.error(second), error);
        }
    }
}

#[test]
fn a_429_about_the_points_is_waited_out_or_fails_as_the_application_chose() {
    let words = r#"{"error":"Too Many Requests","status":429,"message":"Too Many Requests"}"#;
    for (when_limited, waits) in [(WhenLimited::Wait, true), (WhenLimited::Fail, false)] {
        let mut stage = Stage::new(|config| config.when_limited = when_limited);
        let call = stage.call(&GetGlobalEmotes {}, As::Default);
        stage.answer(429, &EMPTY, words);
        stage.pass(21);
        assert_eq!(stage.requests.len(), usize::from(waits));
        if !waits {
            let operation = "get-global-emotes";
            let error = CallError::Limited { operation, limit: TooMany::Requests, retry_at: after(21) };
            assert_eq!(stage.error(call), error);
        }
    }
}

#[test]
fn a_429_about_the_operation_says_so_at_once() {
    let mut stage = Stage::new(|_| {});
    let call = stage.call(&Raw::<()>::new(Method::POST, "/raids"), As::App);
    let headers = [("ratelimit-remaining", 700), ("ratelimit-reset", START + 20)];
    stage.answer(429, &headers, r#"{"error":"Too Many Requests","status":429,"message":"too many raids"}"#);
    let CallError::Refused(refusal) = stage.error(call) else { panic!("not refused") };
    assert_eq!((refusal.too_many, refusal.reset), (Some(TooMany::OperationLimit), Some(after(20))));
    assert_eq!(refusal.to_string(), "raw: 429 too many raids");
    // The token's bucket is as full as Twitch says.
    let _next = stage.call(&GetGlobalEmotes {}, As::Default);
    assert_eq!(stage.paths(), ["/chat/emotes/global"]);
}

#[test]
fn a_proxys_html_is_tried_again_for_a_read_and_then_is_a_refusal_without_words() {
    let mut stage = Stage::new(|_| {});
    let html = "<html><body><h1>503 Service Unavailable</h1></body></html>";
    let read = stage.call(&GetGlobalEmotes {}, As::Default);
    for _ in 0..TRIES {
        assert_eq!(stage.paths(), ["/chat/emotes/global"]);
        stage.answer(503, &[], html);
        stage.pass(10);
    }
    let refusal = Refusal::read("get-global-emotes", StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new(), b"");
    assert_eq!((refusal.message.as_str(), refusal.error.as_str()), ("", ""));
    assert_eq!(refusal.to_string(), "get-global-emotes: 503 Service Unavailable");
    assert_eq!(stage.error(read), CallError::Refused(refusal));

    let write = stage.chat("1001");
    stage.answer(503, &[], html);
    assert_eq!(
        stage.error(write).to_string(),
        "send-extension-chat-message: 503 Service Unavailable",
        "it may have happened"
    );
}

#[test]
fn an_empty_401_is_about_the_token_and_a_second_one_is_a_refusal() {
    let mut stage = Stage::new(|_| {});
    let call = stage.call(&GetGlobalEmotes {}, As::Default);
    stage.answer(401, &[], "");
    assert_eq!(stage.paths(), ["/chat/emotes/global"], "with another token");
    stage.answer(401, &[], "");
    assert_eq!(stage.error(call).to_string(), "get-global-emotes: 401 Unauthorized");
}

#[test]
fn a_body_that_is_cut_off_or_no_json_cannot_be_read_and_is_not_asked_for_again() {
    for body in [r#"{"data":[{"id":"1""#, "", "<html></html>", r#"{"data":7}"#] {
        let mut stage = Stage::new(|_| {});
        let call = stage.call(&GetGlobalEmotes {}, As::Default);
        stage.answer(200, &[], body);
        let error = stage.error(call);
        assert!(
            matches!(
                error,
                CallError::Unreadable { operation: "get-global-emotes", status: StatusCode::OK, .. }
            ),
            "{body}: {error}"
        );
        stage.pass(60);
        assert_eq!(stage.paths(), <[&str; 0]>::default());
    }
}

#[test]
fn what_breaks_a_limit_is_never_sent() {
    let mut stage = Stage::new(|_| {});
    let call = stage.call(&StartCommercial::new("1001", 181), As::Default);
    assert_eq!(stage.paths(), <[&str; 0]>::default());
    assert_eq!(stage.error(call).to_string(), "not sent: `length` must be 1 to 180, is 181");
}
