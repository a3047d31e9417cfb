//! The life of a conduit, step by step, with answers written by hand.

mod losses;
mod restart;
mod scale;
mod wishes;

use super::ShardLink::{First, Second};
use super::*;
use crate::client::{Cause, CauseKind, Closed};
use crate::eventsub::plan::GapScope;
use crate::eventsub::{Lost, LostWhy, Opened, Transport};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

fn at(seconds: u64) -> Time {
    Time::from_origin(Duration::from_secs(seconds))
}

fn stamp(seconds: u64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + seconds as i64).unwrap()
}

/// A conduit whose outputs are written down as lines, and whose calls wait for answers.
struct Test {
    conduit: Conduit,
    now: u64,
    calls: VecDeque<(u64, String, Value)>,
}

const WATCH: WishId = WishId(1);

impl Test {
    fn new(config: ConduitConfig) -> Self {
        Self::listening(config, None)
    }

    fn listening(config: ConduitConfig, until: Option<Timestamp>) -> Self {
        let conduit = Conduit::new(config, "client", WATCH, until, Jitter::new(1));
        let mut test = Test { conduit, now: 0, calls: VecDeque::new() };
        test.conduit.start(at(0));
        test
    }

    /// A client with these shards of a conduit that has as many, all enabled.
    fn enabled(shards: ShardChoice, shard_count: u32) -> Self {
        let mut test = Test::new(ConduitConfig { shards, ..ConduitConfig::default() });
        test.said();
        test.answer(200, conduits(&[("c1", shard_count)]));
        test.open_all();
        test.settle();
        test.said();
        test
    }

    fn time(&self) -> Time {
        at(self.now)
    }

    fn wall(&self) -> Option<Timestamp> {
        Some(stamp(self.now))
    }

    /// What was said since; calls are also kept to be answered.
    fn said(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(output) = self.conduit.poll_output() {
            lines.push(match output {
                ConduitOutput::Call { id, request, .. } => {
                    let base = "https://api.example".parse().unwrap();
                    let request = request.request(&base, "client", None);
                    let target = request.uri().path_and_query().unwrap().to_string();
                    let line = format!("{} {target}", request.method());
                    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
                    self.calls.push_back((id, line.clone(), body.clone()));
                    if *request.method() == Method::GET { line } else { format!("{line} {body}") }
                }
                ConduitOutput::Open { link } => format!("open {}", named(link)),
                ConduitOutput::Close { link } => format!("close {}", named(link)),
                ConduitOutput::SessionGone { link, session } => {
                    format!("{session} of {} is gone", named(link))
                }
                ConduitOutput::Tell(WishId(wish), state) => format!("wish {wish}: {state}"),
                ConduitOutput::Gap(gap) => {
                    let scope = match gap.scope {
                        GapScope::Wishes(wishes) => format!("wish {}", wishes[0].0),
                        GapScope::Shard(shard) => format!("shard {shard}"),
                        GapScope::Conduit => "conduit".into(),
                    };
                    let second = |at: Option<Timestamp>| at.map(|at| at.as_second() - 1_767_225_600);
                    format!("gap {scope} {:?} {:?}", second(gap.from), second(gap.to))
                }
                ConduitOutput::Notice(notice) => notice.to_string(),
            });
        }
        lines
    }

    /// Answers the oldest call.
    fn answer(&mut self, status: u16, body: Value) {
        let (id, ..) = self.calls.pop_front().expect("no call waits");
        self.answer_to(id, status, body);
    }

    fn answer_to(&mut self, id: u64, status: u16, body: Value) {
        let status = StatusCode::from_u16(status).unwrap();
        let body = serde_json::to_vec(&body).unwrap();
        let answer = if status.is_success() {
            Ok(Answer { operation: "test", status, headers: HeaderMap::new(), body: body.into() })
        } else {
            let mut headers = HeaderMap::new();
            headers.insert("ratelimit-remaining", "5".parse().unwrap());
            Err(CallError::Refused(crate::helix::Refusal::read("test", status, &headers, &body)))
        };
        let (now, wall) = (self.time(), self.wall());
        self.conduit.answered(now, wall, id, answer);
    }

    fn open(&mut self, shard: u32, session: &str, how: Opened) {
        let (now, wall) = (self.time(), self.wall());
        self.conduit.opened(now, wall, First(shard), session.into(), how);
    }

    /// Opens what is asked for.
    fn open_all(&mut self) {
        for line in self.said() {
            if let Some(shard) = line.strip_prefix("open ") {
                self.open(shard.parse().unwrap(), &format!("s{shard}"), Opened::Fresh);
            }
        }
    }

    /// Answers every call as a Twitch in good health would, until nothing is asked for within a second.
    fn settle(&mut self) {
        let end = self.now + 1;
        loop {
            self.said();
            if let Some((id, line, body)) = self.calls.pop_front() {
                let (status, answer) = healthy(&line, &body);
                self.answer_to(id, status, answer);
            } else if self.conduit.poll_timeout().is_some_and(|due| due <= at(end)) {
                self.now = end;
                self.conduit.timeout(at(end));
            } else {
                break;
            }
        }
    }

    fn settle_quietly(&mut self) {
        self.settle();
        self.said();
    }

    fn scale(&mut self, second: u64, shard_count: u32, opening: bool) {
        self.now = second;
        let (now, wall) = (self.time(), self.wall());
        self.conduit.scale(now, wall, shard_count, opening);
    }

    fn lose(&mut self, shard: u32, last_seen: u64, why: LostWhy) {
        let now = self.time();
        self.conduit.lost(now, First(shard), lost(last_seen, why));
    }

    /// A lost shard connects again and gets this session.
    fn come_back(&mut self, shard: u32, session: &str) {
        self.conduit.ready(at(self.now), First(shard));
        self.said();
        self.open(shard, session, Opened::Fresh);
    }

    /// Goes on to the next deadline.
    fn wait(&mut self) {
        let due = self.conduit.poll_timeout().expect("no deadline");
        self.now = due.since_origin().as_secs() + 1;
        let now = self.time();
        self.conduit.timeout(now);
    }

    fn wish(&mut self, id: u64, broadcaster: &str) {
        let now = self.time();
        self.conduit.wish(now, WishId(id), online(broadcaster));
    }
}

fn named(link: ShardLink) -> String {
    match link {
        First(shard) => shard.to_string(),
        Second(shard) => format!("{shard} again"),
    }
}

fn online(broadcaster: &str) -> Subject {
    let condition = serde_json::from_value(json!({"broadcaster_user_id": broadcaster})).unwrap();
    Subject { topic: "stream.online".into(), version: "1".into(), condition }
}

fn conduits(list: &[(&str, u32)]) -> Value {
    let list: Vec<Value> = list.iter().map(|(id, count)| json!({"id": id, "shard_count": count})).collect();
    json!({"data": list})
}

fn subscription(id: &str, body: &Value, created: u64) -> Value {
    let mut said = body.clone();
    said["id"] = json!(id);
    said["status"] = json!("enabled");
    said["created_at"] = json!(stamp(created));
    said
}

fn healthy(line: &str, body: &Value) -> (u16, Value) {
    if line.starts_with("PATCH /eventsub/conduits/shards") {
        let updated = body["shards"].as_array().unwrap().iter().map(|shard| {
            let mut shard = shard.clone();
            shard["status"] = json!("enabled");
            shard
        });
        (202, json!({"data": updated.collect::<Vec<_>>(), "errors": []}))
    } else if line.starts_with("POST /eventsub/subscriptions") {
        let id = format!("sub-{}", body["condition"]["broadcaster_user_id"].as_str().unwrap_or("watch"));
        (202, json!({"data": [subscription(&id, body, 500)]}))
    } else if line.starts_with("PATCH /eventsub/conduits") {
        (200, json!({"data": [body]}))
    } else if line.starts_with("GET /eventsub/subscriptions") {
        (200, json!({"data": [], "total": 0, "pagination": {}}))
    } else if line.starts_with("DELETE") {
        (204, Value::Null)
    } else {
        panic!("no healthy answer to {line}")
    }
}

fn all() -> ShardChoice {
    ShardChoice::for_subscriptions(0)
}

fn lost(last_seen: u64, why: LostWhy) -> Lost {
    let clean = matches!(why, LostWhy::Closed(Closed::Code(..)));
    Lost { why, last_seen: Some(stamp(last_seen)), clean }
}

fn closed() -> LostWhy {
    LostWhy::Closed(Closed::Code(4000, "so it goes".into()))
}

fn broken() -> LostWhy {
    LostWhy::Closed(Closed::Lost(Cause::new(CauseKind::Other, "reset")))
}

#[test]
fn the_only_conduit_is_adopted_and_all_its_shards_are_opened() {
    let mut test = Test::new(ConduitConfig::default());
    assert_eq!(test.said(), ["GET /eventsub/conduits"]);
    test.answer(200, conduits(&[("c1", 3)]));
    assert_eq!(test.said(), ["conduit c1 adopted, with 3 shards", "open 0", "open 1", "open 2"]);
    assert_eq!((test.conduit.id().map(|id| id.as_str()), test.conduit.shard_count()), (Some("c1"), Some(3)));
}

#[test]
fn a_conduit_is_made_where_there_is_none_with_a_shard_for_each_thousand_wishes() {
    let mut test =
        Test::new(ConduitConfig { shards: ShardChoice::for_subscriptions(2001), ..ConduitConfig::default() });
    test.said();
    test.answer(200, conduits(&[]));
    assert_eq!(test.said(), ["POST /eventsub/conduits {\"shard_count\":3}"]);
    test.answer(200, conduits(&[("c1", 3)]));
    assert_eq!(test.said()[0], "conduit c1 made, with 3 shards");
}

#[test]
fn several_conduits_a_missing_one_and_one_too_many_are_errors_that_list_what_there_is() {
    let mut test = Test::new(ConduitConfig::default());
    test.said();
    test.answer(200, conduits(&[("c1", 3), ("c2", 1)]));
    let several =
        "no conduit: there are several conduits, choose one by its id: c1 (3 shards), c2 (1 shards)";
    assert_eq!(test.said(), [several]);
    assert_eq!(test.conduit.poll_timeout(), None);

    let choice = ConduitChoice::Id("c9".into());
    let mut test = Test::new(ConduitConfig { choice, ..ConduitConfig::default() });
    test.said();
    test.answer(200, conduits(&[("c1", 3)]));
    assert_eq!(test.said(), ["no conduit: there is no conduit c9; there are: c1 (3 shards)"]);

    let choice = ConduitChoice::New;
    let mut test = Test::new(ConduitConfig { choice, ..ConduitConfig::default() });
    test.said();
    test.answer(200, conduits(&[("c1", 3)]));
    test.said();
    test.answer(429, json!({"status": 429, "message": "conduit limit reached"}));
    let limit = "no conduit: a client id can have 5 conduits, and they exist already: c1 (3 shards)";
    assert_eq!(test.said(), [limit]);
}

#[test]
fn a_client_without_shard_zero_waits_for_the_one_that_has_it() {
    let part = ShardPart::of_instance(1, 2, 4).unwrap();
    let shards = ShardChoice::Part { part, size: ConduitSize::Keep };
    let mut test = Test::new(ConduitConfig { shards, ..ConduitConfig::default() });
    test.said();
    test.answer(200, conduits(&[]));
    assert_eq!(
        test.said(),
        ["no conduit, tried again soon: waiting for the client that has shard 0 to make the conduit"]
    );
    test.wait();
    assert_eq!(test.said(), ["GET /eventsub/conduits"]);
    test.answer(200, conduits(&[("c1", 4)]));
    assert_eq!(test.said(), ["conduit c1 adopted, with 4 shards", "open 2", "open 3"]);
}

#[test]
fn the_first_session_is_assigned_at_once_and_the_next_ones_together() {
    let mut test = Test::new(ConduitConfig::default());
    test.said();
    test.answer(200, conduits(&[("c1", 4)]));
    test.said();
    test.open(0, "s0", Opened::Fresh);
    let session = |shard: u32| {
        format!(
            "{{\"id\":\"{shard}\",\"transport\":{{\"method\":\"websocket\",\"session_id\":\"s{shard}\"}}}}"
        )
    };
    let patch = |shards: &[u32]| {
        let shards: Vec<String> = shards.iter().map(|shard| session(*shard)).collect();
        format!("PATCH /eventsub/conduits/shards {{\"conduit_id\":\"c1\",\"shards\":[{}]}}", shards.join(","))
    };
    assert_eq!(test.said(), [patch(&[0])]);
    for shard in 1..4 {
        test.open(shard, &format!("s{shard}"), Opened::Fresh);
    }
    assert_eq!(test.said(), [""; 0]);
    test.wait();
    assert_eq!(test.said(), [patch(&[1, 2, 3])]);
}

#[test]
fn shards_are_enabled_and_refused_one_by_one() {
    let mut test = Test::new(ConduitConfig::default());
    test.said();
    test.answer(200, conduits(&[("c1", 3)]));
    test.open_all();
    test.said();
    let enabled = |id: &str| json!({"id": id, "status": "enabled", "transport": {"method": "websocket", "session_id": "s"}});
    test.answer(202, json!({"data": [enabled("0")], "errors": []}));
    test.wait();
    assert_eq!(test.said().len(), 2);
    let errors = json!([
        {"id": "1", "message": "The websocket session does not exist", "code": "invalid_parameter"},
        {"id": "2", "message": "try later", "code": "invalid_parameter"},
    ]);
    test.answer(202, json!({"data": [], "errors": errors}));
    assert_eq!(
        test.said(),
        [
            "conduit shard 1: not assigned, tried again soon: The websocket session does not exist",
            "s1 of 1 is gone",
            "conduit shard 2: not assigned, tried again soon: try later",
        ]
    );
    let states: Vec<ShardState> = test.conduit.shards().map(|shard| shard.state).collect();
    assert_eq!(states, [ShardState::Enabled, ShardState::Welcomed, ShardState::Welcomed]);
}

#[test]
fn a_request_that_is_too_large_is_halved() {
    let config = ConduitConfig { shards_per_request: 4, ..ConduitConfig::default() };
    let mut test = Test::new(config);
    test.said();
    test.answer(200, conduits(&[("c1", 5)]));
    test.open_all();
    test.said();
    test.settle_one_bad();
    let shards: Vec<usize> =
        test.calls.iter().map(|(_, _, body)| body["shards"].as_array().unwrap().len()).collect();
    assert_eq!(shards, [2, 2]);
}

impl Test {
    /// Lets the first assignment pass and refuses the second as a whole.
    fn settle_one_bad(&mut self) {
        let (id, line, body) = self.calls.pop_front().unwrap();
        let (status, answer) = healthy(&line, &body);
        self.answer_to(id, status, answer);
        self.wait();
        self.said();
        let (id, _, body) = self.calls.pop_front().unwrap();
        assert_eq!(body["shards"].as_array().unwrap().len(), 4);
        self.answer_to(id, 400, json!({"message": "too many shards"}));
        self.said();
    }
}

#[test]
fn a_handover_with_the_same_session_asks_for_nothing_and_a_new_session_is_assigned() {
    let mut test = Test::enabled(all(), 2);
    test.now += 5;
    test.open(0, "s0", Opened::Moved);
    assert_eq!(test.said(), [""; 0]);
    test.open(0, "other", Opened::Moved);
    assert_eq!(test.said().len(), 1);
    assert!(test.conduit.is_complete());
}

impl Test {
    /// Answers the one call there is, and expects these lines.
    fn settle_lines<const N: usize>(&mut self, lines: [&str; N]) {
        assert_eq!(self.said().len(), 1);
        let (id, line, body) = self.calls.pop_front().unwrap();
        let (status, answer) = healthy(&line, &body);
        self.answer_to(id, status, answer);
        assert_eq!(self.said(), lines);
    }
}

#[test]
fn a_conduit_that_is_gone_is_replaced_and_everything_is_subscribed_to_again() {
    let mut test = Test::enabled(all(), 2);
    test.wish(7, "1001");
    test.settle();
    test.said();
    test.now = 600;
    test.conduit.timeout(at(600));
    test.said();
    test.answer(200, conduits(&[]));
    test.said();
    test.answer(404, json!({"message": "not found"}));
    assert_eq!(
        test.said(),
        ["conduit c1 does not exist any more", "wish 7: interrupted", "GET /eventsub/conduits"]
    );
    test.answer(200, conduits(&[]));
    assert_eq!(test.said(), ["POST /eventsub/conduits {\"shard_count\":2}"]);
    test.answer(200, conduits(&[("c2", 2)]));
    // The sessions that are open serve the new one.
    let lines = test.said();
    assert_eq!(lines[0], "conduit c2 made, with 2 shards");
    assert!(lines[1].starts_with("PATCH /eventsub/conduits/shards {\"conduit_id\":\"c2\""), "{lines:?}");
    let (id, line, body) = test.calls.pop_front().unwrap();
    let (status, answer) = healthy(&line, &body);
    test.answer_to(id, status, answer);
    test.settle_quietly();
    assert!(test.conduit.is_complete());
    assert_eq!(test.conduit.held().count(), 1);
}

#[test]
fn an_audit_repairs_what_no_message_told_of_and_leaves_alone_what_somebody_took() {
    let mut test = Test::enabled(all(), 3);
    test.now = 600;
    test.conduit.timeout(at(600));
    test.said();
    test.answer(200, conduits(&[("c1", 3)]));
    test.said();
    let shard = |id: &str, status: &str, session: &str| {
        json!({"id": id, "status": status, "transport": {
        "method": "websocket", "session_id": session, "connected_at": stamp(0)}})
    };
    let data = json!([
        shard("0", "websocket_disconnected", "s0"),
        shard("1", "enabled", "other"),
        shard("2", "enabled", "s2"),
        shard("7", "enabled", "above the count"),
    ]);
    test.answer(200, json!({"data": data}));
    let lines = test.said();
    assert!(lines[0].starts_with("PATCH /eventsub/conduits/shards"), "{lines:?}");
    assert_eq!(lines.len(), 1);
    let (id, line, body) = test.calls.pop_front().unwrap();
    let (status, answer) = healthy(&line, &body);
    test.answer_to(id, status, answer);
    // The other session may be the client's own by another name, until a second look.
    test.now = 605;
    test.conduit.timeout(at(605));
    test.said();
    test.answer(200, conduits(&[("c1", 3)]));
    test.said();
    let data = [shard("0", "enabled", "s0"), shard("1", "enabled", "other"), shard("2", "enabled", "s2")];
    test.answer(200, json!({"data": data}));
    assert_eq!(test.said(), ["conduit shard 1: taken by another session", "close 1"]);
}

#[test]
fn a_handover_to_another_session_id_is_not_taken_for_somebody_elses() {
    let mut test = Test::enabled(all(), 2);
    let data = json!([
        {"id": "0", "status": "enabled", "transport": {"method": "websocket", "session_id": "s0"}},
        {"id": "1", "status": "enabled", "transport": {"method": "websocket", "session_id": "s1b"}},
    ]);
    for second in [600, 605] {
        test.now = second;
        test.conduit.timeout(at(second));
        test.said();
        test.answer(200, conduits(&[("c1", 2)]));
        test.said();
        test.answer(200, json!({"data": data}));
        assert_eq!(test.said(), [""; 0]);
        test.open(1, "s1b", Opened::Moved);
        test.settle();
    }
    assert!(test.conduit.is_complete());
}

#[test]
fn the_first_free_shard_of_several_is_taken() {
    let shards = ShardChoice::FirstFree(vec![0, 1, 2]);
    let mut test = Test::new(ConduitConfig { shards, ..ConduitConfig::default() });
    test.said();
    test.answer(200, conduits(&[("c1", 3)]));
    assert_eq!(test.said(), ["conduit c1 adopted, with 3 shards", "GET /eventsub/conduits"]);
    test.answer(200, conduits(&[("c1", 3)]));
    test.said();
    let transport = json!({"method": "webhook", "callback": "https://app.example/hook"});
    test.answer(200, json!({"data": [{"id": "0", "status": "enabled", "transport": transport}]}));
    assert_eq!(test.said(), ["open 1"]);
}

#[test]
fn a_shard_that_twitch_disabled_gets_a_new_session() {
    let mut test = Test::enabled(all(), 2);
    test.conduit.disabled(at(5), 1, &Transport::session("an older one"));
    assert_eq!(test.said(), [""; 0]);
    test.conduit.disabled(at(5), 1, &Transport::session("s1"));
    assert_eq!(test.said(), [""; 0]);
    test.conduit.timeout(at(6));
    assert_eq!(test.said(), ["s1 of 1 is gone"]);
}

#[test]
fn an_application_that_comes_back_hears_what_it_may_have_missed() {
    let mut test = Test::listening(ConduitConfig::default(), Some(stamp(0)));
    test.now = 100;
    test.said();
    test.answer(200, conduits(&[("c1", 2)]));
    test.open_all();
    test.said();
    while let Some((id, line, body)) = test.calls.pop_front() {
        let (status, answer) = healthy(&line, &body);
        test.answer_to(id, status, answer);
        if test.conduit.is_complete() {
            break;
        }
        test.wait();
    }
    let gaps: Vec<String> = test.said().into_iter().filter(|line| line.starts_with("gap")).collect();
    assert_eq!(gaps, ["gap conduit Some(0) Some(100)"]);
}

#[test]
fn the_only_shard_of_a_conduit_has_no_other_to_take_its_place() {
    let mut test = Test::enabled(all(), 1);
    test.now = 10;
    test.lose(0, 9, closed());
    test.said();
    test.now = 20;
    test.conduit.ready(at(20), First(0));
    test.said();
    test.open(0, "s0b", Opened::Fresh);
    test.settle_lines([
        "conduit shard 0: enabled over session s0b",
        "gap conduit Some(9) Some(20)",
        "all shards of the conduit are enabled",
    ]);
}

#[test]
fn a_conduit_may_have_been_deleted_since_it_was_last_known_to_be_there() {
    let mut test = Test::enabled(all(), 2);
    assert_eq!(test.conduit.missing_since(), [Some(stamp(0))]);
    let of = |conduit: &str| {
        let body = json!({"type": "stream.online", "version": "1", "cost": 1, "condition": {},
            "transport": {"method": "conduit", "conduit_id": conduit}});
        serde_json::from_value(subscription("s", &body, 0)).unwrap()
    };
    test.conduit.heard(0, &of("another"), stamp(20));
    assert_eq!(test.conduit.missing_since(), [Some(stamp(0))]);
    test.conduit.heard(0, &of("c1"), stamp(30));
    assert_eq!(test.conduit.missing_since(), [Some(stamp(30))]);
}
