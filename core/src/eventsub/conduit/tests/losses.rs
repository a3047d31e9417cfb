//! Shards that are lost, alone and together, and the gaps that tell of it.

use super::*;

#[test]
fn one_shard_that_is_closed_costs_nothing_and_one_that_breaks_a_gap_of_its_own() {
    let mut test = Test::enabled(all(), 3);
    test.now = 10;
    test.lose(1, 9, closed());
    assert_eq!(test.said(), ["conduit shard 1: session lost: closed with 4000 so it goes"]);
    test.conduit.ready(at(10), First(1));
    assert_eq!(test.said(), ["open 1"]);
    test.open(1, "s1b", Opened::Fresh);
    test.settle_lines(["conduit shard 1: enabled over session s1b", "all shards of the conduit are enabled"]);
    test.now = 20;
    test.lose(1, 19, broken());
    test.come_back(1, "s1c");
    test.settle_lines([
        "conduit shard 1: enabled over session s1c",
        "gap shard 1 Some(19) Some(20)",
        "all shards of the conduit are enabled",
    ]);
}

#[test]
fn a_shard_that_may_have_been_dead_while_another_was_down_costs_what_was_sent_to_either() {
    let mut test = Test::enabled(all(), 3);
    test.now = 10;
    test.lose(0, 9, closed());
    test.conduit.ready(at(10), First(0));
    test.said();
    test.now = 12;
    test.open(0, "s0b", Opened::Fresh);
    test.settle_lines(["conduit shard 0: enabled over session s0b", "all shards of the conduit are enabled"]);
    test.now = 20;
    test.lose(1, 8, broken());
    test.come_back(1, "s1b");
    test.settle_lines([
        "conduit shard 1: enabled over session s1b",
        "gap conduit Some(8) Some(20)",
        "all shards of the conduit are enabled",
    ]);
}

#[test]
fn two_shards_down_are_a_gap_from_the_loss_of_the_second_to_the_return_of_one() {
    let mut test = Test::enabled(all(), 3);
    test.now = 10;
    test.lose(0, 9, closed());
    test.now = 15;
    test.lose(1, 14, closed());
    test.said();
    test.now = 20;
    test.come_back(1, "s1b");
    test.settle_lines(["conduit shard 1: enabled over session s1b", "gap conduit Some(14) Some(20)"]);
}

#[test]
fn a_loss_in_a_shared_conduit_is_judged_by_what_the_others_did_meanwhile() {
    let part = ShardPart::new(0..1, 2).unwrap();
    for (connected, gap) in [(5, false), (12, true)] {
        let mut test = Test::enabled(ShardChoice::Part { part: part.clone(), size: ConduitSize::Keep }, 2);
        test.now = 10;
        test.lose(0, 9, closed());
        test.conduit.ready(at(10), First(0));
        test.said();
        test.now = 20;
        test.open(0, "s0b", Opened::Fresh);
        test.settle_lines([
            "conduit shard 0: enabled over session s0b",
            "all shards of the conduit are enabled",
        ]);
        test.wait();
        assert_eq!(test.said(), ["GET /eventsub/conduits"]);
        test.answer(200, conduits(&[("c1", 2)]));
        assert_eq!(test.said(), ["GET /eventsub/conduits/shards?conduit_id=c1"]);
        let shard = |id: &str, session: &str, connected: u64| {
            json!({"id": id, "status": "enabled", "transport": {
            "method": "websocket", "session_id": session, "connected_at": stamp(connected)}})
        };
        test.answer(200, json!({"data": [shard("0", "s0b", 20), shard("1", "other", connected)]}));
        let expected: &[&str] = if gap { &["gap conduit Some(9) Some(20)"] } else { &[] };
        assert_eq!(test.said(), expected);
    }
}
