//! Planned restarts.

use super::*;

fn patch(shards: &[(u32, &str)]) -> String {
    let shards: Vec<String> = shards
        .iter()
        .map(|(shard, session)| {
            format!(
                "{{\"id\":\"{shard}\",\"transport\":{{\"method\":\"websocket\",\"session_id\":\"{session}\"}}}}"
            )
        })
        .collect();
    format!("PATCH /eventsub/conduits/shards {{\"conduit_id\":\"c1\",\"shards\":[{}]}}", shards.join(","))
}

impl Test {
    /// Shard 1 of two is to be restarted, and its new link is open.
    fn restarting() -> Self {
        let mut test = Test::enabled(all(), 2);
        test.now = 10;
        test.conduit.restart(at(10), 1);
        assert_eq!(test.said(), ["open 1 again"]);
        test.open_next(1, "s1b");
        assert_eq!(test.said(), [patch(&[(1, "s1b")])]);
        test
    }

    fn open_next(&mut self, shard: u32, session: &str) {
        let (now, wall) = (self.time(), self.wall());
        self.conduit.opened(now, wall, Second(shard), session.into(), Opened::Fresh);
    }

    fn sessions(&self) -> Vec<String> {
        self.conduit.shards().map(|shard| format!("{:?} {}", shard.state, shard.session.unwrap())).collect()
    }
}

#[test]
fn a_new_session_is_opened_first_then_one_request_moves_the_shard_then_the_old_link_closes() {
    let mut test = Test::restarting();
    assert!(test.conduit.is_complete(), "nothing is down");
    assert_eq!(test.sessions(), ["Enabled s0", "Enabled s1"]);
    test.settle_lines_answered(["close 1", "conduit shard 1: enabled over session s1b"]);
    assert_eq!(test.sessions(), ["Enabled s0", "Enabled s1b"]);
    // And back on the first link.
    test.conduit.restart(at(11), 1);
    assert_eq!(test.said(), ["open 1"]);
}

impl Test {
    fn settle_lines_answered<const N: usize>(&mut self, lines: [&str; N]) {
        let (id, line, body) = self.calls.pop_front().unwrap();
        let (status, answer) = healthy(&line, &body);
        self.answer_to(id, status, answer);
        assert_eq!(self.said(), lines);
    }
}

#[test]
fn many_restarts_share_their_requests() {
    let mut test = Test::enabled(all(), 4);
    test.now = 10;
    for shard in 0..4 {
        test.conduit.restart(at(10), shard);
        // Once is enough.
        test.conduit.restart(at(10), shard);
    }
    assert_eq!(test.said(), ["open 0 again", "open 1 again", "open 2 again", "open 3 again"]);
    for shard in 0..4 {
        test.open_next(shard, &format!("s{shard}b"));
    }
    assert_eq!(test.said(), [patch(&[(0, "s0b")])]);
    test.wait();
    assert_eq!(test.said(), [patch(&[(1, "s1b"), (2, "s2b"), (3, "s3b")])]);
}

#[test]
fn a_next_link_that_does_not_open_leaves_the_shard_on_the_session_that_it_has() {
    let mut test = Test::enabled(all(), 2);
    test.now = 10;
    test.conduit.restart(at(10), 1);
    test.said();
    test.conduit.not_opened(at(12), Second(1), broken(), at(13));
    let failed = format!("conduit shard 1: not restarted: {}", broken());
    // Twitch never heard of the next one: there is nothing to assign again.
    assert_eq!(test.said(), ["close 1 again", &failed]);
    assert!(test.conduit.is_complete());
    assert_eq!(test.sessions(), ["Enabled s0", "Enabled s1"]);
}

#[test]
fn a_refused_restart_is_tried_again_and_once_its_link_ends_the_shard_counts_as_down_until_it_is_assigned() {
    let mut test = Test::restarting();
    let error = json!({"id": "1", "message": "try later", "code": "invalid_parameter"});
    test.answer(202, json!({"data": [], "errors": [error]}));
    assert_eq!(test.said(), ["conduit shard 1: not assigned, tried again soon: try later"]);
    test.wait();
    assert_eq!(test.said(), [patch(&[(1, "s1b")])]);
    assert!(test.conduit.is_complete());
    // The answer to the second request is not known: Twitch may have sent events there.
    let now = test.time();
    test.conduit.lost(now, Second(1), lost(11, broken()));
    assert!(!test.conduit.is_complete());
    let failed = format!("conduit shard 1: not restarted: {}", broken());
    let lines = test.said();
    assert_eq!(lines[..2], ["close 1 again", &failed]);
    test.calls.pop_front();
    test.now += 1;
    let (now, wall) = (test.time(), test.wall());
    test.conduit.timeout(now);
    test.said();
    let (id, line, body) = test.calls.pop_front().unwrap();
    assert_eq!(format!("{line} {body}"), patch(&[(1, "s1")]));
    let (status, answer) = healthy(&line, &body);
    test.answer_to(id, status, answer);
    let second = wall.unwrap().as_second() - stamp(0).as_second();
    assert_eq!(
        test.said(),
        [
            "conduit shard 1: enabled over session s1".to_owned(),
            format!("gap shard 1 Some(11) Some({second})"),
            "all shards of the conduit are enabled".to_owned(),
        ]
    );
}

#[test]
fn an_answer_that_never_came_is_asked_for_again_and_both_links_stay_until_then() {
    let mut test = Test::restarting();
    test.answer(500, json!({"message": "oops"}));
    assert_eq!(test.said(), [""; 0]);
    assert_eq!(test.sessions(), ["Enabled s0", "Enabled s1"]);
    test.wait();
    assert_eq!(test.said(), [patch(&[(1, "s1b")])]);
    test.settle_lines_answered(["close 1", "conduit shard 1: enabled over session s1b"]);
}

#[test]
fn a_next_link_that_had_to_wait_for_earlier_failures_opens_when_it_asks() {
    let mut test = Test::enabled(all(), 2);
    test.now = 10;
    test.conduit.restart(at(10), 1);
    assert_eq!(test.said(), ["open 1 again"]);
    test.conduit.ready(at(12), Second(1));
    assert_eq!(test.said(), ["open 1 again"]);
}

#[test]
fn an_old_link_that_is_lost_on_the_way_hands_over_to_the_next() {
    let mut test = Test::restarting();
    test.lose(1, 9, closed());
    assert_eq!(test.said(), ["close 1", "conduit shard 1: session lost: closed with 4000 so it goes"]);
    // What the old link still has to say is nobody's any more.
    test.conduit.ready(at(10), First(1));
    assert_eq!(test.said(), [""; 0]);
    test.settle_lines_answered([
        "conduit shard 1: enabled over session s1b",
        "all shards of the conduit are enabled",
    ]);
}

#[test]
fn a_shard_that_is_not_enabled_is_not_restarted_and_one_that_goes_takes_both_links_along() {
    let mut test = Test::enabled(all(), 2);
    test.now = 10;
    test.lose(1, 9, closed());
    test.said();
    test.conduit.restart(at(10), 1);
    test.conduit.restart(at(10), 7);
    assert_eq!(test.said(), [""; 0]);

    let mut test = Test::restarting();
    test.scale(11, 1, false);
    test.said();
    let (id, ..) = test.calls.pop_back().unwrap();
    test.answer_to(id, 200, conduits(&[("c1", 1)]));
    assert_eq!(test.said(), ["the conduit has 1 shards now", "close 1", "close 1 again"]);
}

#[test]
fn a_restart_whose_link_ends_before_its_turn_leaves_nothing_to_assign() {
    let mut test = Test::enabled(all(), 2);
    test.now = 10;
    test.conduit.restart(at(10), 0);
    test.conduit.restart(at(10), 1);
    test.said();
    test.open_next(0, "s0b");
    test.open_next(1, "s1b");
    assert_eq!(test.said(), [patch(&[(0, "s0b")])]);
    test.conduit.lost(at(10), Second(1), lost(10, closed()));
    let failed = format!("conduit shard 1: not restarted: {}", closed());
    assert_eq!(test.said(), ["close 1 again", &failed]);
    test.wait();
    assert_eq!(test.said(), [""; 0]);
    assert!(test.conduit.is_complete());
}

#[test]
fn a_refused_next_link_is_assigned_at_once_when_the_old_one_is_lost() {
    let mut test = Test::restarting();
    let error = json!({"id": "1", "message": "try later", "code": "invalid_parameter"});
    test.answer(202, json!({"data": [], "errors": [error]}));
    test.said();
    test.now = 11;
    test.lose(1, 9, closed());
    assert!(test.said().contains(&patch(&[(1, "s1b")])));
}

#[test]
fn a_session_that_gets_another_name_during_a_restart_is_assigned_only_if_the_next_link_ends() {
    for ends in [true, false] {
        let mut test = Test::enabled(all(), 2);
        test.now = 10;
        test.conduit.restart(at(10), 1);
        test.open(1, "s1c", Opened::Moved);
        assert_eq!(test.said(), ["open 1 again"]);
        assert!(test.conduit.is_complete(), "Twitch sends to it all the time");
        if ends {
            test.conduit.not_opened(at(12), Second(1), broken(), at(13));
            let failed = format!("conduit shard 1: not restarted: {}", broken());
            assert_eq!(test.said(), ["close 1 again", &failed, &patch(&[(1, "s1c")])]);
            test.settle_lines_answered(["conduit shard 1: enabled over session s1c"]);
        } else {
            test.open_next(1, "s1b");
            assert_eq!(test.said(), [patch(&[(1, "s1b")])]);
            test.settle_lines_answered(["close 1", "conduit shard 1: enabled over session s1b"]);
        }
    }
}

#[test]
fn a_restart_waits_until_nothing_else_can_move_its_shard() {
    let mut test = Test::enabled(all(), 2);
    test.now = 10;
    // The session gets another name, and then another, before Twitch answers for the first.
    for name in ["s1b", "s1c"] {
        test.open(1, name, Opened::Moved);
        test.wait();
    }
    let (first, ..) = test.calls_of_shards().remove(0);
    let (second, line, body) = test.calls_of_shards().remove(1);
    test.answer_to(second, 202, healthy(&line, &body).1);
    test.said();
    let now = test.time();
    test.conduit.restart(now, 1);
    assert_eq!(test.said(), [""; 0]);
    test.answer_to(first, 503, json!({}));
    assert_eq!(test.said(), ["open 1 again"]);
}

impl Test {
    /// The calls that assign shards and wait for their answers.
    fn calls_of_shards(&mut self) -> Vec<(u64, String, Value)> {
        self.said();
        let calls = self.calls.iter().filter(|(_, line, _)| line.starts_with("PATCH"));
        calls.cloned().collect()
    }
}
