//! Subscriptions on a conduit: made, read back, held back, listed.

use super::*;
use crate::eventsub::plan::Carrier;
use crate::id::SubscriptionId;

#[test]
fn subscriptions_are_made_once_the_shards_carry_transports() {
    let mut test = Test::new(ConduitConfig::default());
    test.wish(7, "1001");
    test.said();
    test.answer(200, conduits(&[]));
    test.said();
    test.answer(200, conduits(&[("c1", 2)]));
    let lines = test.said();
    assert!(lines.iter().all(|line| !line.starts_with("POST")), "{lines:?}");
    test.open(0, "s0", Opened::Fresh);
    test.settle();
    test.open(1, "s1", Opened::Fresh);
    test.wait();
    test.said();
    let (id, line, body) = test.calls.pop_front().unwrap();
    let (status, answer) = healthy(&line, &body);
    test.answer_to(id, status, answer);
    let lines = test.said();
    let posts = lines.iter().filter(|line| line.starts_with("POST /eventsub/subscriptions")).count();
    assert_eq!(posts, 2, "the wish and the conduit's own: {lines:?}");
    test.settle();
    let held: Vec<_> = test.conduit.held().map(|(wish, id)| (wish, id.clone())).collect();
    assert_eq!(held, [(WishId(7), SubscriptionId::new("sub-1001"))]);
}

#[test]
fn what_exists_already_is_read_back_and_only_the_rest_is_made() {
    let mut test = Test::new(ConduitConfig::default());
    for user in 0..150 {
        test.wish(100 + user, &(1000 + user).to_string());
    }
    test.said();
    test.answer(200, conduits(&[("c1", 2)]));
    let lines = test.said();
    assert_eq!(lines.last().unwrap(), "GET /eventsub/subscriptions?conduit_id=c1");
    let (id, ..) = test.calls.pop_front().unwrap();
    let exists = |user: u64| {
        let body = json!({"type": "stream.online", "version": "1", "condition": {"broadcaster_user_id": user.to_string()},
            "transport": {"method": "conduit", "conduit_id": "c1"}});
        subscription(&format!("old-{user}"), &body, 5)
    };
    let data: Vec<Value> = (1000..1100).map(exists).collect();
    test.answer_to(id, 200, json!({"data": data, "total": 120, "pagination": {"cursor": "next"}}));
    assert_eq!(test.conduit.progress().held, 100);
    assert!(test.conduit.progress().reading);
    test.said();
    let (id, line, _) = test.calls.pop_front().unwrap();
    assert_eq!(line, "GET /eventsub/subscriptions?conduit_id=c1&after=next");
    let data: Vec<Value> = (1100..1120).map(exists).collect();
    test.answer_to(id, 200, json!({"data": data, "total": 120, "pagination": {}}));
    assert_eq!(test.conduit.progress().held, 120);
    for shard in 0..2 {
        test.open(shard, &format!("s{shard}"), Opened::Fresh);
    }
    test.settle();
    let progress = test.conduit.progress();
    assert_eq!((progress.wanted, progress.held, progress.missing()), (150, 150, 0));
    let made = test.conduit.held().filter(|(_, id)| id.as_str().starts_with("sub-")).count();
    assert_eq!(made, 30);
}

#[test]
fn held_back_subscribing_says_what_is_missing_and_makes_nothing() {
    let config = ConduitConfig { subscribing: Subscribing::Held, ..ConduitConfig::default() };
    let mut test = Test::new(config);
    test.wish(7, "1001");
    test.said();
    test.answer(200, conduits(&[("c1", 1)]));
    test.open_all();
    test.settle();
    assert_eq!(test.conduit.progress().missing(), 1);
    test.conduit.subscribing(at(2), Subscribing::Now);
    test.settle();
    assert_eq!(test.conduit.progress().missing(), 0);
}

#[test]
fn every_wish_is_listed_with_what_carries_it_and_what_it_costs() {
    let mut test = Test::new(ConduitConfig::default());
    test.wish(7, "1001");
    let listed = |test: &Test| -> Vec<(WishId, Option<Carrier>, SubscriptionState)> {
        test.conduit.wishes().map(|wished| (wished.wish, wished.carrier, wished.state)).collect()
    };
    assert_eq!(listed(&test), [(WishId(7), None, SubscriptionState::Pending)]);
    test.said();
    test.answer(200, conduits(&[("c1", 1)]));
    test.open_all();
    test.settle();
    let held = SubscriptionState::Enabled { id: "sub-1001".into(), cost: 0 };
    assert_eq!(listed(&test), [(WishId(7), Some(Carrier::Conduit("c1".into())), held)]);

    test.wish(8, "1002");
    let why = || CallError::Cancelled;
    test.conduit.refuse(WishId(8), why());
    assert_eq!(listed(&test)[1], (WishId(8), None, SubscriptionState::Refused { why: why() }));
}

#[test]
fn nobody_knows_since_when_a_subscription_was_missing_that_a_new_process_makes_again() {
    let mut test = Test::listening(ConduitConfig::default(), Some(stamp(50)));
    test.now = 100;
    test.wish(7, "1001");
    test.said();
    test.answer(200, conduits(&[("c1", 2)]));
    test.open_all();
    let mut lines = test.said();
    while test.conduit.held().count() == 0 {
        match test.calls.pop_front() {
            Some((id, line, body)) => {
                let (status, answer) = healthy(&line, &body);
                test.answer_to(id, status, answer);
            }
            None => test.wait(),
        }
        lines.extend(test.said());
    }
    assert!(lines.contains(&"gap wish 7 None Some(500)".to_owned()), "{lines:?}");
}

#[test]
fn what_ended_unseen_before_the_conduit_was_deleted_is_missing_since_the_first_gap() {
    let mut test = Test::enabled(all(), 2);
    test.wish(7, "1001");
    test.settle_quietly();
    // The message that ends the subscription may be among what was lost here.
    test.now = 20;
    test.lose(1, 15, broken());
    test.come_back(1, "s1b");
    test.settle_quietly();
    let body = json!({"type": "stream.online", "version": "1", "cost": 1, "condition": {},
        "transport": {"method": "conduit", "conduit_id": "c1"}});
    let other = serde_json::from_value(subscription("other", &body, 0)).unwrap();
    test.conduit.heard(0, &other, stamp(580));
    test.now = 600;
    test.conduit.timeout(at(600));
    test.said();
    test.answer(200, conduits(&[]));
    test.said();
    test.answer(404, json!({"message": "not found"}));
    test.said();
    test.answer(200, conduits(&[]));
    test.said();
    test.answer(200, conduits(&[("c2", 2)]));
    let mut lines = test.said();
    while test.conduit.held().count() == 0 {
        match test.calls.pop_front() {
            Some((id, line, body)) => {
                let (status, answer) = healthy(&line, &body);
                test.answer_to(id, status, answer);
            }
            None => test.wait(),
        }
        lines.extend(test.said());
    }
    assert!(lines.contains(&"gap wish 7 Some(15) Some(500)".to_owned()), "{lines:?}");
}
