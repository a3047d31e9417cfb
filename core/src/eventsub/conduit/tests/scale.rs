//! A conduit that grows and shrinks, by the one client that it has or by several.

use super::*;

#[test]
fn a_growing_conduit_takes_its_new_shards_one_by_one() {
    let mut test = Test::enabled(all(), 2);
    test.scale(5, 4, true);
    assert_eq!(test.said(), ["open 2", "open 3"]);
    test.open(3, "s3", Opened::Fresh);
    assert_eq!(test.said(), [""; 0]);
    test.open(2, "s2", Opened::Fresh);
    assert_eq!(test.said(), ["PATCH /eventsub/conduits {\"id\":\"c1\",\"shard_count\":3}"]);
    test.answer(200, conduits(&[("c1", 3)]));
    test.settle_one("the conduit has 3 shards now");
    assert_eq!(test.said_last(), "PATCH /eventsub/conduits {\"id\":\"c1\",\"shard_count\":4}");
    test.settle();
    assert_eq!(test.conduit.shard_count(), Some(4));
    assert!(test.conduit.is_complete());
}

impl Test {
    fn settle_one(&mut self, first: &str) {
        let lines = self.said();
        assert_eq!(lines[0], first);
        if self.calls.is_empty() {
            self.wait();
            self.said();
        }
        let (id, line, body) = self.calls.pop_front().unwrap();
        let (status, answer) = healthy(&line, &body);
        self.answer_to(id, status, answer);
    }

    fn said_last(&mut self) -> String {
        self.said().pop().unwrap()
    }
}

#[test]
fn a_shrinking_conduit_closes_what_twitch_sends_nothing_to_any_more() {
    let mut test = Test::enabled(all(), 4);
    test.scale(5, 2, true);
    assert_eq!(test.said(), ["PATCH /eventsub/conduits {\"id\":\"c1\",\"shard_count\":2}"]);
    test.answer(200, conduits(&[("c1", 2)]));
    assert_eq!(test.said(), ["the conduit has 2 shards now", "close 2", "close 3"]);
    assert!(test.conduit.is_complete());
}

/// A client with shards 2 and 3 of a conduit that is to have 4.
fn second_of_two() -> ShardChoice {
    ShardChoice::Part { part: ShardPart::of_instance(1, 2, 4).unwrap(), size: ConduitSize::Keep }
}

#[test]
fn a_client_with_a_part_opens_its_own_new_shards_one_by_one_and_leaves_those_of_others() {
    let mut test = Test::enabled(second_of_two(), 2);
    test.scale(5, 9, true);
    assert_eq!(test.said(), ["open 2", "open 3"]);
    test.open(2, "s2", Opened::Fresh);
    assert_eq!(test.said(), ["PATCH /eventsub/conduits {\"id\":\"c1\",\"shard_count\":3}"]);
    test.answer(200, conduits(&[("c1", 3)]));
    test.settle_one("the conduit has 3 shards now");
    test.open(3, "s3", Opened::Fresh);
    test.settle_one_of("PATCH /eventsub/conduits");
    test.wait();
    test.settle_one_of("PATCH /eventsub/conduits/shards");
    assert_eq!(test.conduit.shard_count(), Some(4));
    assert!(test.conduit.is_complete());
}

#[test]
fn a_client_with_a_part_waits_until_the_shards_before_its_own_are_there() {
    let mut test = Test::enabled(second_of_two(), 1);
    test.scale(5, 4, true);
    assert_eq!(test.said(), [""; 0]);
    // Shard 1 is somebody else's; an audit finds it.
    test.wait();
    assert_eq!(test.said(), ["GET /eventsub/conduits"]);
    test.answer(200, conduits(&[("c1", 2)]));
    let lines = test.said();
    assert_eq!(lines[..3], ["the conduit has 2 shards now", "open 2", "open 3"]);
}

#[test]
fn of_two_sizes_the_second_is_asked_for_once_the_first_is_answered() {
    let mut test = Test::enabled(all(), 2);
    test.scale(5, 1, false);
    test.scale(5, 3, false);
    assert_eq!(test.said(), ["PATCH /eventsub/conduits {\"id\":\"c1\",\"shard_count\":1}"]);
    test.answer(200, conduits(&[("c1", 1)]));
    let second = "PATCH /eventsub/conduits {\"id\":\"c1\",\"shard_count\":3}";
    assert_eq!(test.said(), ["the conduit has 1 shards now", "close 1", second]);
    test.settle();
    assert_eq!(test.conduit.shard_count(), Some(3));
}

#[test]
fn a_shared_conduit_that_grows_at_once_is_asked_whether_the_others_were_there_too() {
    let mut test = Test::enabled(second_of_two(), 2);
    test.now = 20;
    test.scale(20, 4, false);
    test.said();
    test.answer(200, conduits(&[("c1", 4)]));
    assert_eq!(test.said(), ["the conduit has 4 shards now", "open 2", "open 3"]);
    test.open(2, "s2", Opened::Fresh);
    test.settle_one_of("PATCH /eventsub/conduits/shards");
    let gaps: Vec<String> = test.said().into_iter().filter(|line| line.starts_with("gap")).collect();
    // Somebody else may have made them at any time since the size was last told.
    assert_eq!(gaps, ["gap conduit Some(0) Some(20)"], "two of ours were down since then");
}

#[test]
fn a_shard_that_the_conduit_no_longer_has_is_noticed_by_the_refusal() {
    let mut test = Test::enabled(second_of_two(), 4);
    test.now = 30;
    test.lose(3, 29, closed());
    test.conduit.ready(at(30), First(3));
    test.said();
    test.open(3, "s3b", Opened::Fresh);
    test.said();
    let outside = json!({"id": "3", "message": "outside the conduit's range", "code": "invalid_parameter"});
    test.answer(202, json!({"data": [], "errors": [outside]}));
    test.said();
    test.wait();
    assert_eq!(test.said()[0], "GET /eventsub/conduits");
    test.answer(200, conduits(&[("c1", 3)]));
    assert_eq!(test.said()[..2], ["the conduit has 3 shards now", "close 3"]);
}

impl Test {
    /// Answers the one call of this kind.
    fn settle_one_of(&mut self, kind: &str) {
        self.said();
        let at = self.calls.iter().position(|(_, line, _)| line == kind).expect("no such call");
        let (id, line, body) = self.calls.remove(at).unwrap();
        let (status, answer) = healthy(&line, &body);
        self.answer_to(id, status, answer);
    }
}

#[test]
fn what_is_lost_while_it_is_unclear_how_many_shards_there_are_lies_in_a_gap() {
    let mut test = Test::enabled(all(), 2);
    test.scale(10, 3, true);
    test.open_all();
    assert_eq!(test.said(), ["PATCH /eventsub/conduits {\"id\":\"c1\",\"shard_count\":3}"]);
    // Twitch may have done so, and sends to the new shard. Another one goes and comes back before the answer.
    test.now = 20;
    test.lose(1, 19, closed());
    test.conduit.ready(at(20), First(1));
    test.said();
    test.now = 22;
    test.open(1, "s1b", Opened::Fresh);
    test.settle_one_of("PATCH /eventsub/conduits/shards");
    assert_eq!(test.said(), ["conduit shard 1: enabled over session s1b", "gap conduit Some(19) Some(22)"]);
}

#[test]
fn a_request_that_was_not_answered_is_not_repeated_before_it_is_clear_what_became_of_it() {
    let mut test = Test::enabled(all(), 2);
    test.scale(10, 3, false);
    test.said();
    test.answer(500, json!({"message": "oops"}));
    test.said();
    test.wait();
    assert_eq!(test.said(), ["GET /eventsub/conduits"]);
    test.answer(200, conduits(&[("c1", 3)]));
    assert_eq!(test.said(), ["the conduit has 3 shards now", "open 2"]);
}

#[test]
fn the_last_of_several_orders_is_carried_out_over_the_links_that_there_are() {
    let mut test = Test::enabled(all(), 3);
    test.scale(10, 1, false);
    test.scale(11, 4, true);
    assert_eq!(test.said(), ["PATCH /eventsub/conduits {\"id\":\"c1\",\"shard_count\":1}", "open 3"]);
    test.answer(200, conduits(&[("c1", 1)]));
    let second = "PATCH /eventsub/conduits {\"id\":\"c1\",\"shard_count\":2}";
    assert_eq!(test.said(), ["the conduit has 1 shards now", second]);
    test.open(3, "s3", Opened::Fresh);
    for _ in 0..3 {
        test.settle();
    }
    assert_eq!(test.conduit.shard_count(), Some(4));
    assert!(test.conduit.is_complete());
}

#[test]
fn what_a_shard_lost_is_told_though_the_conduit_has_it_no_longer() {
    let mut test = Test::enabled(all(), 3);
    test.now = 10;
    test.lose(2, 9, broken());
    test.said();
    test.scale(12, 2, false);
    test.said();
    test.answer(200, conduits(&[("c1", 2)]));
    assert_eq!(test.said(), ["the conduit has 2 shards now", "close 2", "gap shard 2 Some(9) Some(12)"]);
}

#[test]
fn a_loss_in_a_conduit_that_turns_out_to_have_no_other_shard_is_a_gap() {
    let first = ShardChoice::Part { part: ShardPart::new(0..1, 2).unwrap(), size: ConduitSize::Keep };
    let mut test = Test::enabled(first, 2);
    test.now = 600;
    test.lose(0, 599, closed());
    test.conduit.timeout(at(600));
    test.said();
    test.answer(200, conduits(&[("c1", 1)]));
    test.said();
    test.conduit.ready(at(600), First(0));
    test.now = 602;
    test.open(0, "s0b", Opened::Fresh);
    test.settle_one_of("PATCH /eventsub/conduits/shards");
    assert!(test.said().contains(&"gap conduit Some(599) Some(602)".to_owned()));
}

#[test]
fn after_a_shared_conduit_was_replaced_the_last_shard_to_come_asks_whether_others_were_down() {
    let mut test = Test::enabled(second_of_two(), 4);
    test.now = 10;
    test.lose(3, 9, closed());
    test.conduit.ready(at(10), First(3));
    test.said();
    test.open(3, "s3b", Opened::Fresh);
    test.said();
    test.answer(404, json!({"message": "not found"}));
    test.said();
    test.answer(200, conduits(&[("c2", 4)]));
    test.now = 11;
    test.conduit.timeout(at(11));
    test.said();
    test.calls.retain(|(_, line, _)| line == "PATCH /eventsub/conduits/shards");
    let (_, _, body) = &test.calls[0];
    assert_eq!(body["shards"].as_array().unwrap().len(), 2);
    let error = json!({"id": "3", "message": "try later", "code": "invalid_parameter"});
    let enabled =
        json!({"id": "2", "status": "enabled", "transport": {"method": "websocket", "session_id": "s2"}});
    test.answer(202, json!({"data": [enabled], "errors": [error]}));
    let gaps: Vec<String> = test.said().into_iter().filter(|line| line.starts_with("gap")).collect();
    assert_eq!(gaps, ["gap conduit Some(0) Some(11)"]);
    test.now = 20;
    test.conduit.timeout(at(20));
    test.settle_one_of("PATCH /eventsub/conduits/shards");
    test.said();
    test.now = 30;
    test.conduit.timeout(at(30));
    test.said();
    test.calls.retain(|(_, line, _)| line == "GET /eventsub/conduits");
    test.answer(200, conduits(&[("c2", 4)]));
    test.said();
    // Nobody has shards 0 and 1 yet.
    test.answer(200, json!({"data": []}));
    assert!(test.said().contains(&"gap conduit Some(10) Some(20)".to_owned()));
}

#[test]
fn a_client_that_comes_back_to_a_conduit_too_small_for_it_tells_what_its_shards_may_have_missed() {
    let part = ShardPart::of_instance(1, 2, 4).unwrap();
    let shards = ShardChoice::Part { part, size: ConduitSize::Keep };
    let config = ConduitConfig { shards, ..ConduitConfig::default() };
    let mut test = Test::listening(config, Some(stamp(50)));
    test.said();
    test.now = 100;
    test.answer(200, conduits(&[("c1", 2)]));
    assert_eq!(test.said()[..2], ["conduit c1 adopted, with 2 shards", "gap conduit Some(50) Some(100)"]);
}

/// A client with shards 0 and 1 of a conduit with 2 has ordered two more, for others; an audit saw these enabled then. What
/// it says then, and once there are two again.
fn two_more_for_others_and_back(enabled: &[u32]) -> [Vec<String>; 2] {
    let part = ShardPart::of_instance(0, 2, 4).unwrap();
    let mut test = Test::enabled(ShardChoice::Part { part, size: ConduitSize::Keep }, 2);
    test.scale(20, 4, false);
    test.said();
    test.answer(200, conduits(&[("c1", 4)]));
    assert_eq!(test.said(), ["the conduit has 4 shards now"]);
    test.now = 30;
    test.conduit.audit_shards(at(30));
    test.said();
    test.answer(200, conduits(&[("c1", 4)]));
    let shard = |shard: u32| {
        let session = format!("s{shard}");
        json!({"id": shard.to_string(), "status": "enabled", "transport": {"method": "websocket", "session_id": session}})
    };
    let seen: Vec<Value> = [0, 1].iter().chain(enabled).map(|number| shard(*number)).collect();
    test.said();
    test.answer(200, json!({"data": seen}));
    let then = test.said();
    test.scale(40, 2, false);
    test.said();
    test.now = 41;
    test.answer(200, conduits(&[("c1", 2)]));
    [then, test.said()]
}

#[test]
fn what_is_sent_to_shards_made_for_others_may_be_missing_until_they_have_them_or_they_are_gone() {
    let (scaled, until_gone) = ("the conduit has 2 shards now", "gap conduit Some(20) Some(41)");
    for enabled in [&[][..], &[3]] {
        assert_eq!(two_more_for_others_and_back(enabled), [&[][..], &[scaled, until_gone]]);
    }
    assert_eq!(two_more_for_others_and_back(&[2, 3]), [["gap conduit Some(20) Some(30)"], [scaled]]);
}
