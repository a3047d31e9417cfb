//! The life of a link, step by step, under virtual time.

use super::*;
use crate::client::Cause;
use crate::eventsub::frame::Reader;

const START: u64 = 1_000;

fn at(seconds: u64) -> Time {
    Time::from_origin(Duration::from_secs(START + seconds))
}

fn stamp(seconds: u64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + seconds as i64).unwrap()
}

/// A shard whose outputs are written down as lines.
struct Test(Shard);

impl Test {
    fn new() -> Self {
        let config = ShardConfig::new("wss://eventsub.example/ws".parse().unwrap());
        Test(Shard::new(7, Arc::new(config), Jitter::new(1)))
    }

    /// A shard whose first link is live since second 1.
    fn live() -> Self {
        let mut test = Test::new();
        test.0.open(at(0));
        test.frame(at(1), 1, "session_welcome", WELCOME, 1);
        test.said();
        test
    }

    /// The same, asked to move at second 5: its second link is on its way.
    fn moving() -> Self {
        let mut test = Test::live();
        test.frame(at(5), 1, "session_reconnect", RECONNECT, 5);
        test.said();
        test
    }

    fn socket(&self, attempt: u32) -> SocketId {
        SocketId { shard: 7, attempt }
    }

    fn frame(&mut self, now: Time, attempt: u32, message_type: &str, payload: &str, seconds: u64) {
        let frame = format!(
            r#"{{"metadata":{{"message_id":"m","message_type":"{message_type}","message_timestamp":"{}"}},"payload":{payload}}}"#,
            stamp(seconds)
        );
        let socket = self.socket(attempt);
        self.hear(now, socket, &frame.into());
    }

    fn hear(&mut self, now: Time, socket: SocketId, raw: &Bytes) {
        self.0.frame(now, socket, raw, Reader::default().read(raw));
    }

    fn closed(&mut self, now: Time, attempt: u32, how: Closed) {
        let socket = self.socket(attempt);
        self.0.closed(now, socket, how);
    }

    fn said(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.0.poll_output())
            .map(|output| match output {
                ShardOutput::Connect { id, url, answer_by } => {
                    let wait = answer_by.since_origin().as_secs() - START;
                    format!("connect {} {} by {wait}", id.attempt, url.expose())
                }
                ShardOutput::Close(id) => format!("close {}", id.attempt),
                ShardOutput::Opened { session, how } => format!("opened {session} {how:?}"),
                ShardOutput::Lost(Lost { why, last_seen, clean }) => {
                    let how = if clean { " cleanly" } else { "" };
                    let seen = last_seen.map(|seen| seen.as_second() - 1_767_225_600);
                    format!("lost{how}: {why}, seen {seen:?}")
                }
                ShardOutput::NotOpened { why, .. } => format!("not opened: {why}"),
                ShardOutput::Ready => "ready".into(),
                ShardOutput::Moving => "moving".into(),
                ShardOutput::Missed { last_seen } => {
                    format!("missed since {:?}", last_seen.map(|seen| seen.as_second() - 1_767_225_600))
                }
                ShardOutput::Message(id, _) => format!("message on {}", id.attempt),
                ShardOutput::Unreadable { .. } => "unreadable".into(),
            })
            .collect()
    }
}

const WELCOME: &str = r#"{"session":{"id":"s1","keepalive_timeout_seconds":10}}"#;
const RECONNECT: &str = r#"{"session":{"id":"s1","reconnect_url":"wss://cell.example/ws?challenge=c"}}"#;

fn reset() -> Closed {
    Closed::Lost(Cause::new(CauseKind::Other, "reset"))
}

#[test]
fn a_fresh_link_asks_for_its_keepalive_and_opens_with_the_welcome() {
    let mut test = Test::new();
    test.0.open(at(0));
    assert_eq!(test.said(), ["connect 1 wss://eventsub.example/ws?keepalive_timeout_seconds=10 by 20"]);
    test.frame(at(1), 1, "session_welcome", WELCOME, 1);
    assert_eq!(test.said(), ["opened s1 Fresh"]);
    assert_eq!(test.0.deadline(), Some((at(16), Deadline::Keepalive)));
}

#[test]
fn a_link_without_a_welcome_is_given_up() {
    let mut test = Test::new();
    test.0.open(at(0));
    test.said();
    test.0.timeout(at(20));
    assert_eq!(test.said(), ["close 1", "not opened: no welcome in time"]);
    let (again, Deadline::Backoff) = test.0.deadline().unwrap() else { panic!("no backoff") };
    assert!(again > at(20));
}

#[test]
fn a_keepalive_at_the_last_moment_is_in_time_thanks_to_the_slack() {
    let mut test = Test::live();
    test.frame(at(11), 1, "session_keepalive", "{}", 11);
    test.0.timeout(at(25));
    assert_eq!(test.said(), [""; 0]);
    test.0.alive(at(25), test.socket(1));
    test.0.timeout(at(39));
    assert_eq!(test.said(), [""; 0]);
    test.0.timeout(at(40));
    assert_eq!(test.said(), ["close 1", "lost: no sign of life for longer than agreed, seen Some(11)"]);
}

#[test]
fn a_handover_keeps_the_old_link_until_the_new_one_is_welcomed() {
    let mut test = Test::live();
    test.frame(at(5), 1, "session_reconnect", RECONNECT, 5);
    assert_eq!(test.said(), ["connect 2 wss://cell.example/ws?challenge=c by 25", "moving"]);
    test.frame(at(6), 1, "notice_of_the_future", "{}", 6);
    assert_eq!(test.said(), ["message on 1"]);
    test.frame(at(7), 2, "session_welcome", WELCOME, 7);
    assert_eq!(test.said(), ["close 1", "opened s1 Moved"]);
    test.frame(at(8), 1, "notice_of_the_future", "{}", 7);
    assert_eq!(test.said(), ["message on 1"], "what the old link had sent already still counts");
    test.closed(at(8), 1, Closed::Code(1000, String::new()));
    test.frame(at(9), 1, "notice_of_the_future", "{}", 7);
    assert_eq!(test.said(), [""; 0]);
}

#[test]
fn a_link_left_behind_that_never_closes_may_have_been_dead_for_a_while() {
    let mut test = Test::live();
    test.frame(at(4), 1, "session_keepalive", "{}", 4);
    test.frame(at(5), 1, "session_reconnect", RECONNECT, 5);
    test.frame(at(7), 2, "session_welcome", WELCOME, 7);
    test.said();
    test.closed(at(12), 1, Closed::Lost(Cause::new(CauseKind::Timeout, "no close")));
    assert_eq!(test.said(), ["missed since Some(5)"]);
}

#[test]
fn a_new_link_that_dies_before_its_welcome_is_tried_again_and_the_move_counts_as_late() {
    let mut test = Test::moving();
    test.closed(at(6), 2, reset());
    assert_eq!(test.0.deadline(), Some((at(8), Deadline::Move)));
    test.0.timeout(at(8));
    assert_eq!(test.said(), ["connect 3 wss://cell.example/ws?challenge=c by 28"]);
    test.frame(at(8), 1, "session_keepalive", "{}", 8);
    test.frame(at(9), 3, "session_welcome", WELCOME, 9);
    let seen = stamp(5);
    assert_eq!(
        test.said(),
        ["close 1".into(), format!("opened s1 MovedLate {{ last_seen: Some({seen:?}) }}")]
    );
}

#[test]
fn an_old_link_that_breaks_first_leaves_the_session_to_the_new_one() {
    let mut test = Test::moving();
    test.closed(at(6), 1, reset());
    assert_eq!(test.said(), [""; 0]);
    test.frame(at(7), 2, "session_welcome", WELCOME, 7);
    assert!(test.said()[0].starts_with("opened s1 MovedLate"));
}

#[test]
fn a_refused_reconnect_url_waits_for_the_old_link_to_end() {
    let mut test = Test::moving();
    test.closed(at(6), 2, Closed::Code(4007, "invalid reconnect".into()));
    assert_eq!(test.said(), [""; 0]);
    test.frame(at(15), 1, "session_keepalive", "{}", 15);
    test.closed(at(20), 1, Closed::Code(4004, "reconnect grace time expired".into()));
    assert_eq!(test.said(), ["lost cleanly: closed with 4004 reconnect grace time expired, seen Some(15)"]);
}

#[test]
fn a_close_frame_is_not_clean_if_a_new_link_may_have_been_sent_something() {
    let mut test = Test::live();
    test.frame(at(5), 1, "session_reconnect", RECONNECT, 5);
    test.frame(at(15), 1, "session_keepalive", "{}", 15);
    // Its welcome never comes.
    test.0.timeout(at(25));
    test.closed(at(26), 1, Closed::Code(4004, "reconnect grace time expired".into()));
    assert_eq!(test.said().last().unwrap(), "connect 3 wss://cell.example/ws?challenge=c by 46");
    test.closed(at(27), 3, Closed::Code(4007, "invalid reconnect".into()));
    assert_eq!(test.said(), ["lost: closed with 4007 invalid reconnect, seen Some(5)"]);
}

#[test]
fn an_old_link_that_falls_silent_is_closed_once_whatever_became_of_the_new_one() {
    let mut test = Test::moving();
    test.closed(at(6), 2, Closed::Code(4007, "invalid reconnect".into()));
    test.0.timeout(at(60));
    assert_eq!(test.said(), ["close 1", "lost: no sign of life for longer than agreed, seen Some(5)"]);

    let mut test = Test::live();
    test.frame(at(5), 1, "session_reconnect", RECONNECT, 5);
    test.0.slept(at(6), Duration::from_secs(3600));
    assert_eq!(test.said()[2..], ["close 1"]);
}

#[test]
fn every_close_code_leads_to_a_fresh_link_after_a_wait() {
    for code in [1000, 1001, 1006, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 4999] {
        let mut test = Test::live();
        test.closed(at(2), 1, Closed::Code(code, "so it goes".into()));
        assert_eq!(test.said(), [format!("lost cleanly: closed with {code} so it goes, seen Some(1)")]);
        let (again, Deadline::Backoff) = test.0.deadline().unwrap() else { panic!("no backoff") };
        assert!(again > at(2) && again <= at(3), "{code}");
        test.0.timeout(again);
        assert_eq!(test.said().len(), 1);
    }
}

#[test]
fn ten_short_lives_in_a_row_wait_longer_each_time_and_a_healthy_one_resets() {
    let mut test = Test::new();
    test.0.open(at(0));
    let (mut now, mut waits) = (at(0), vec![]);
    for attempt in 1..=10 {
        test.frame(now, attempt, "session_welcome", WELCOME, 1);
        now = now + Duration::from_secs(10);
        test.closed(now, attempt, Closed::Code(4003, "connection unused".into()));
        let again = test.0.poll_timeout().unwrap();
        waits.push(again.since(now));
        now = again;
        test.0.timeout(now);
    }
    let longest = Duration::from_secs(120);
    assert!(waits[9] >= longest / 2 && waits[9] <= longest, "{waits:?}");
    test.frame(now, 11, "session_welcome", WELCOME, 1);
    for _ in 0..7 {
        now = now + Duration::from_secs(10);
        test.0.alive(now, test.socket(11));
    }
    test.closed(now, 11, reset());
    assert!(test.0.poll_timeout().unwrap().since(now) <= Duration::from_millis(500));
}

#[test]
fn a_machine_that_slept_takes_its_link_for_dead_at_once() {
    let mut test = Test::live();
    test.0.slept(at(2), Duration::from_secs(3600));
    assert_eq!(test.said(), ["close 1", "lost: no sign of life for longer than agreed, seen Some(1)"]);
}

#[test]
fn a_frame_that_cannot_be_read_is_passed_on_and_the_link_lives() {
    let mut test = Test::live();
    test.hear(at(2), test.socket(1), &Bytes::from_static(b"{"));
    assert_eq!(test.said(), ["unreadable"]);
    assert!(test.0.session().is_some());
}

#[test]
fn a_stale_socket_matches_nothing() {
    let mut test = Test::live();
    test.frame(at(2), 99, "session_reconnect", RECONNECT, 2);
    test.closed(at(2), 99, reset());
    assert_eq!(test.said(), [""; 0]);
}

#[test]
fn a_shard_that_is_closed_while_it_moves_says_that_the_new_link_may_have_been_sent_something() {
    let mut test = Test::moving();
    test.0.close(at(6));
    assert_eq!(test.said(), ["close 2", "close 1", "missed since Some(5)"]);

    let mut test = Test::live();
    test.frame(at(5), 1, "session_reconnect", RECONNECT, 5);
    test.closed(at(6), 1, reset());
    test.said();
    test.0.close(at(7));
    assert_eq!(test.said(), ["close 2", "missed since Some(5)"]);

    let mut test = Test::live();
    test.frame(at(5), 1, "session_reconnect", RECONNECT, 5);
    test.closed(at(6), 2, Closed::Code(4007, "invalid reconnect".into()));
    test.said();
    test.0.close(at(7));
    assert_eq!(test.said(), ["close 1"]);
}

#[test]
fn a_closed_shard_asks_for_nothing_more_and_says_whether_its_link_was_dead() {
    for (answers, missed) in [(true, vec![]), (false, vec!["missed since Some(1)"])] {
        let mut test = Test::live();
        test.0.close(at(2));
        assert_eq!(test.said(), ["close 1"]);
        if answers {
            test.closed(at(3), 1, Closed::Code(1000, String::new()));
        }
        test.0.timeout(at(60));
        assert!(test.0.is_over());
        assert_eq!(
            (test.said(), test.0.deadline()),
            (missed.iter().map(|&line| line.into()).collect(), None)
        );
    }
}

#[test]
fn a_shard_that_waits_to_be_told_asks_for_its_turn_at_once_if_it_may_and_then_after_ever_longer_waits() {
    let mut config = ShardConfig::new("wss://eventsub.example/ws".parse().unwrap());
    config.again = Again::WhenToldAtOnce;
    let mut test = Test(Shard::new(7, Arc::new(config), Jitter::new(1)));
    test.0.open(at(0));
    test.frame(at(1), 1, "session_welcome", WELCOME, 1);
    test.said();
    test.closed(at(2), 1, reset());
    assert_eq!(test.said(), ["lost: lost: connection failed: reset, seen Some(1)", "ready"]);
    assert_eq!(test.0.deadline(), None);
    assert!(!test.0.is_over());
    test.0.open(at(30));
    assert_eq!(test.said(), ["connect 2 wss://eventsub.example/ws?keepalive_timeout_seconds=10 by 50"]);
    test.closed(at(31), 2, reset());
    assert_eq!(test.said(), ["not opened: lost: connection failed: reset"]);
    let (again, Deadline::Backoff) = test.0.deadline().unwrap() else { panic!("no backoff") };
    test.0.timeout(again);
    assert_eq!(test.said(), ["ready"]);
    test.0.close(again);
    assert!(test.0.is_over());
}

#[test]
fn a_shard_that_waits_to_be_told_and_for_its_wait_asks_after_it() {
    let mut config = ShardConfig::new("wss://eventsub.example/ws".parse().unwrap());
    config.again = Again::WhenTold;
    let mut test = Test(Shard::new(7, Arc::new(config), Jitter::new(1)));
    test.0.open(at(0));
    test.frame(at(1), 1, "session_welcome", WELCOME, 1);
    test.said();
    test.closed(at(2), 1, reset());
    assert_eq!(test.said(), ["lost: lost: connection failed: reset, seen Some(1)"]);
    let (again, Deadline::Backoff) = test.0.deadline().unwrap() else { panic!("no backoff") };
    test.0.open(at(2));
    assert_eq!(test.said(), <[&str; 0]>::default());
    test.0.timeout(again);
    assert_eq!(test.said(), ["ready"]);
    test.0.open(at(30));
    assert_eq!(test.said(), ["connect 2 wss://eventsub.example/ws?keepalive_timeout_seconds=10 by 50"]);
}
