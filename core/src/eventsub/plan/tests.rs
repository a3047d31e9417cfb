//! The plan alone, step for step: room, budget, comparison.

use super::*;
use crate::eventsub::Opened;
use crate::helix::{CallError, Refusal};

const USER: &str = "7";

fn at(seconds: u64) -> Time {
    Time::from_origin(Duration::from_secs(seconds))
}

fn plan() -> Plan {
    let config = PlanConfig {
        listened_until: None,
        compare_every: Duration::from_secs(600),
        leftovers: Leftovers::Keep,
    };
    Plan::new(Jitter::new(7), config)
}

fn subject(n: u64) -> Subject {
    Subject {
        topic: "channel.raid".into(),
        version: "1".into(),
        condition: serde_json::from_value(serde_json::json!({"to_broadcaster_user_id": n.to_string()}))
            .unwrap(),
    }
}

fn subscription(id: &str, n: u64, session: &str) -> Subscription {
    serde_json::from_value(serde_json::json!({
        "id": id, "status": "enabled", "type": "channel.raid", "version": "1", "cost": 1,
        "condition": {"to_broadcaster_user_id": n.to_string()}, "created_at": "2026-03-01T12:00:00Z",
        "transport": {"method": "websocket", "session_id": session},
    }))
    .unwrap()
}

fn listed(subscriptions: Vec<Subscription>) -> Listed {
    let at = "2026-03-01T13:00:00Z".parse().unwrap();
    Listed { subscriptions, costs: Some(Costs::new(0, 0, 10)), at, complete: true }
}

fn steps(plan: &mut Plan) -> Vec<Step> {
    std::iter::from_fn(|| plan.poll_step()).collect()
}

/// Wishes 0.. on the open session `s`, each held as `sub-n`.
fn holding(wishes: u64) -> Plan {
    let mut plan = plan();
    for n in 0..wishes {
        plan.wish(WishId(n), USER.into(), subject(n));
    }
    plan.opened(at(0), 0, "s".into(), &Opened::Fresh, None);
    for n in 0..wishes {
        let answer = Ok(subscription(&format!("sub-{n}"), n, "s"));
        plan.posted(at(1), WishId(n), &USER.into(), (0, &"s".into()), answer);
    }
    steps(&mut plan);
    plan
}

/// Lets the plan list at this time, and gives the answer.
fn compare(plan: &mut Plan, now: Time, list: Listed) -> Vec<Step> {
    plan.timeout(now);
    assert!(steps(plan).iter().any(|step| matches!(step, Step::List { .. })), "no list is due");
    plan.listed(now, &USER.into(), Ok(list));
    steps(plan)
}

#[test]
fn a_user_has_three_sessions_of_300_and_the_next_wish_waits_for_room() {
    let mut plan = plan();
    for n in 0..=900 {
        plan.wish(WishId(n), USER.into(), subject(n));
    }
    let said = steps(&mut plan);
    assert_eq!(said.iter().filter(|step| matches!(step, Step::Open { .. })).count(), 3);
    let no_room = SubscriptionState::Blocked { why: Blocked::NoRoom };
    assert_eq!(said.last(), Some(&Step::Tell(WishId(900), no_room)));
    plan.opened(at(0), 1, "s".into(), &Opened::Fresh, None);
    steps(&mut plan);
    plan.unwish(WishId(450));
    let [Step::Post { wish, shard, .. }] = &steps(&mut plan)[..] else { panic!("not asked for") };
    assert_eq!((*wish, *shard), (WishId(900), 1));
}

#[test]
fn what_surely_costs_too_much_is_blocked_and_goes_when_something_is_deleted_or_on_request() {
    let mut plan = holding(1);
    let user = UserId::from(USER);
    let costs = Costs::new(10, 10, 10);
    plan.costs_are(&user, costs);
    plan.wish(WishId(1), user.clone(), subject(1));
    assert!(!plan.affords(at(2), WishId(1), 1));
    let why = Blocked::TooCostly { cost: 1, costs: Some(costs) };
    assert_eq!(why.to_string(), "too costly: 1 more than 10 spent of 10");
    let blocked = Step::Tell(WishId(1), SubscriptionState::Blocked { why });
    assert_eq!(steps(&mut plan).last(), Some(&blocked));
    plan.retry(WishId(1));
    assert!(matches!(&steps(&mut plan)[..], [Step::Post { wish: WishId(1), .. }]));
    assert!(plan.affords(at(3), WishId(1), 1));
}

#[test]
fn a_subscription_is_believed_gone_at_the_second_look_and_its_gap_begins_when_it_was_last_seen() {
    let mut plan = holding(2);
    let one = || vec![subscription("sub-1", 1, "s")];
    assert_eq!(compare(&mut plan, at(700), listed(vec![subscription("sub-0", 0, "s"), one().remove(0)])), []);
    assert_eq!(compare(&mut plan, at(1400), listed(one())), []);
    let said = compare(&mut plan, at(1500), listed(one()));
    let [Step::Tell(WishId(0), SubscriptionState::Interrupted), Step::Post { wish: WishId(0), .. }] =
        &said[..]
    else {
        panic!("{said:?}")
    };
    plan.posted(at(1501), WishId(0), &USER.into(), (0, &"s".into()), Ok(subscription("sub-2", 0, "s")));
    let Some(Step::Gap(gap)) = steps(&mut plan).pop() else { panic!("no gap") };
    assert_eq!(gap.scope, GapScope::Wishes(vec![WishId(0)]));
    assert_eq!(gap.from, Some("2026-03-01T13:00:00Z".parse().unwrap()));
}

#[test]
fn while_its_session_is_moved_nothing_is_believed_gone() {
    let mut plan = holding(1);
    let renamed = || listed(vec![subscription("sub-0", 0, "a name that nobody was told")]);
    plan.moving(at(690), 0);
    for seconds in [700, 710, 720] {
        assert_eq!(compare(&mut plan, at(seconds), renamed()), []);
    }
    // The new link never spoke, and the old one does not notice: that cannot be a move any more.
    assert_eq!(compare(&mut plan, at(760), renamed()), []);
    let said = compare(&mut plan, at(770), renamed());
    assert!(
        matches!(said[..], [Step::Tell(_, SubscriptionState::Interrupted), Step::Post { .. }]),
        "{said:?}"
    );
}

#[test]
fn what_a_list_was_too_short_to_have_is_not_doubted() {
    let mut plan = holding(1);
    for seconds in [700, 800, 900] {
        let list = Listed { complete: false, ..listed(vec![]) };
        assert_eq!(compare(&mut plan, at(seconds), list), []);
    }
}

#[test]
fn a_list_that_still_has_what_was_deleted_meanwhile_brings_nothing_back() {
    let mut plan = holding(2);
    let user = UserId::from(USER);
    plan.timeout(at(700));
    assert!(steps(&mut plan).iter().any(|step| matches!(step, Step::List { .. })));
    plan.unwish(WishId(0));
    plan.wish(WishId(2), user.clone(), subject(0));
    plan.deleted(at(701), &user, &subject(0), &"sub-0".into(), Ok(()));
    assert!(steps(&mut plan).iter().any(|step| matches!(step, Step::Post { wish: WishId(2), .. })));
    let old = vec![subscription("sub-0", 0, "s"), subscription("sub-1", 1, "s")];
    plan.listed(at(702), &user, Ok(listed(old)));
    assert_eq!(steps(&mut plan), []);
    plan.posted(at(703), WishId(2), &user, (0, &"s".into()), Ok(subscription("sub-2", 0, "s")));
    let enabled = SubscriptionState::Enabled { id: "sub-2".into(), cost: 1 };
    assert_eq!(steps(&mut plan), [Step::Tell(WishId(2), enabled)]);
}

#[test]
fn what_was_listed_before_its_session_moved_may_have_been_left_behind() {
    let mut plan = holding(1);
    plan.wish(WishId(1), USER.into(), subject(1));
    plan.posted(at(2), WishId(1), &USER.into(), (0, &"s".into()), Err(CallError::Cancelled));
    let both = || listed(vec![subscription("sub-0", 0, "s"), subscription("sub-1", 1, "s")]);
    plan.timeout(at(700));
    assert!(steps(&mut plan).iter().any(|step| matches!(step, Step::List { .. })));
    plan.opened(at(701), 0, "s".into(), &Opened::Moved, None);
    plan.listed(at(702), &USER.into(), Ok(both()));
    assert_eq!(steps(&mut plan), []);
    let enabled = SubscriptionState::Enabled { id: "sub-1".into(), cost: 1 };
    assert_eq!(compare(&mut plan, at(800), both()), [Step::Tell(WishId(1), enabled)]);
}

#[test]
fn a_list_brings_what_an_answer_that_was_lost_had_made_and_ends_what_nobody_wants() {
    let mut plan = holding(1);
    plan.wish(WishId(1), USER.into(), subject(1));
    let why = CallError::Cancelled;
    plan.posted(at(2), WishId(1), &USER.into(), (0, &"s".into()), Err(why));
    steps(&mut plan);
    let list = vec![
        subscription("sub-0", 0, "s"),
        subscription("lost", 1, "s"),
        subscription("nobodys", 2, "s"),
        subscription("elsewhere", 1, "another"),
    ];
    let held = SubscriptionState::Enabled { id: "lost".into(), cost: 1 };
    let delete = Step::Delete { user: USER.into(), subject: subject(2), id: "nobodys".into() };
    let said = compare(&mut plan, at(700), listed(list));
    let said: Vec<_> = said.into_iter().filter(|step| !matches!(step, Step::Post { .. })).collect();
    assert_eq!(said, [Step::Tell(WishId(1), held), delete]);
}

#[test]
fn a_wish_that_takes_longer_does_not_hold_up_the_gap_of_the_others() {
    let mut plan = holding(3);
    let seen: Timestamp = "2026-03-01T12:30:00Z".parse().unwrap();
    plan.lost(0, Some(seen), "silence");
    assert_eq!(plan.missing_since().collect::<Vec<_>>(), [Some(seen)]);
    plan.opened(at(5), 0, "t".into(), &Opened::Fresh, None);
    let answer = |n: u64| match n {
        1 => Err(CallError::Cancelled),
        n => Ok(subscription(&format!("new-{n}"), n, "t")),
    };
    let mut gaps = Vec::new();
    for n in 0..3 {
        plan.posted(at(6), WishId(n), &USER.into(), (0, &"t".into()), answer(n));
        for step in steps(&mut plan) {
            if let Step::Gap(gap) = step {
                gaps.push(gap.scope);
            }
        }
    }
    assert_eq!(gaps, [GapScope::Wishes(vec![WishId(0), WishId(2)])]);
    assert_eq!(plan.missing_since().collect::<Vec<_>>(), [Some(seen)]);
}

/// What becomes of a wish whose request was refused like this, in a few words.
fn refused(status: u16, body: &str) -> String {
    let mut plan = holding(1);
    plan.wish(WishId(1), USER.into(), subject(1));
    steps(&mut plan);
    let status = http::StatusCode::from_u16(status).unwrap();
    let mut headers = http::HeaderMap::new();
    headers.insert("ratelimit-remaining", http::HeaderValue::from_static("700"));
    let refusal = Refusal::read("create-eventsub-subscription", status, &headers, body.as_bytes());
    plan.posted(at(2), WishId(1), &USER.into(), (0, &"s".into()), Err(CallError::Refused(refusal)));
    let [step] = &steps(&mut plan)[..] else { panic!("more than one step") };
    match step {
        Step::SessionGone { session, .. } => format!("session {session} gone"),
        Step::Find { id, .. } => format!("find {}", id.as_ref().map_or("by type", SubscriptionId::as_str)),
        Step::Tell(_, SubscriptionState::Retrying { .. }) => "later".into(),
        Step::Tell(_, SubscriptionState::Refused { .. }) => "refused".into(),
        Step::Tell(_, SubscriptionState::Blocked { why: Blocked::Forbidden(_) }) => "forbidden".into(),
        Step::Tell(_, SubscriptionState::Blocked { why: Blocked::TooCostly { .. } }) => "too costly".into(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_of_twitchs_sentences_has_its_own_consequence() {
    let said = |message: &str| format!(r#"{{"error":"","message":"{message}"}}"#);
    for (status, message, consequence) in [
        (400, "websocket transport session does not exist or has already disconnected", "session s gone"),
        (400, "websocket transport cannot have subscriptions created by different users", "refused"),
        (400, "invalid subscription type and version", "refused"),
        (401, "OAuth token is missing", "forbidden"),
        (403, "subscription missing proper authorization", "forbidden"),
        (409, "subscription already exists", "find by type"),
        (410, "subscription type and version is no longer available", "refused"),
        (429, "Too Many Requests", "later"),
        (429, "maximum subscriptions with type and condition exceeded", "later"),
        (429, "number of websocket transports limit exceeded", "later"),
        (429, "total cost exceeded", "too costly"),
        (500, "", "later"),
        (503, "", "later"),
    ] {
        assert_eq!(refused(status, &said(message)), consequence, "{status} {message}");
    }
    assert_eq!(refused(409, r#"{"message":"subscription already exists","id":"twin"}"#), "find twin");
    for status in [400, 403, 404, 502] {
        assert_eq!(refused(status, "<html>not Twitch's words</html>"), "later", "{status}");
    }
}

/// Which wishes are asked for, if each costs 1.
fn asked_for(plan: &mut Plan, now: Time) -> Vec<u64> {
    let mut asked = Vec::new();
    while let Some(step) = plan.poll_step() {
        if let Step::Post { wish, .. } = step
            && plan.affords(now, wish, 1)
        {
            asked.push(wish.0);
        }
    }
    asked
}

/// Wishes 0..6 on the open session `s`, none asked for yet.
fn six() -> Plan {
    let mut plan = plan();
    for n in 0..6 {
        plan.wish(WishId(n), USER.into(), subject(n));
    }
    plan.opened(at(0), 0, "s".into(), &Opened::Fresh, None);
    plan
}

/// Twitch has made the subscription to this, and says what all cost now.
fn made(plan: &mut Plan, n: u64, costs: Costs) {
    plan.costs_are(&USER.into(), costs);
    plan.posted(
        at(1),
        WishId(n),
        &USER.into(),
        (0, &"s".into()),
        Ok(subscription(&format!("sub-{n}"), n, "s")),
    );
}

#[test]
fn before_twitch_has_told_the_budget_one_goes_and_then_as_many_as_fit() {
    let mut plan = six();
    assert_eq!(asked_for(&mut plan, at(0)), [0]);
    made(&mut plan, 0, Costs::new(1, 1, 4));
    assert_eq!(asked_for(&mut plan, at(1)), [1, 2, 3]);
    for n in 1..=3 {
        made(&mut plan, n, Costs::new(n + 1, n + 1, 4));
        assert_eq!(asked_for(&mut plan, at(2)), <[u64; 0]>::default());
    }
    let states: Vec<_> = plan.wishes().map(|wished| wished.state).collect();
    let held = |state: &&SubscriptionState| matches!(state, SubscriptionState::Enabled { .. });
    assert_eq!(states.iter().filter(held).count(), 4);
    for state in &states[4..] {
        let why = Blocked::TooCostly { cost: 1, costs: Some(Costs::new(4, 4, 4)) };
        assert_eq!(*state, SubscriptionState::Blocked { why });
    }
}

#[test]
fn who_waits_for_the_budget_goes_whatever_becomes_of_the_one_before() {
    let answer = |plan: &mut Plan| {
        plan.posted(at(1), WishId(0), &USER.into(), (0, &"s".into()), Err(CallError::Cancelled));
    };
    let withdrawal = |plan: &mut Plan| plan.unwish(WishId(0));
    let list = |plan: &mut Plan| {
        plan.timeout(at(700));
        plan.listed(at(700), &USER.into(), Ok(listed(vec![subscription("sub-0", 0, "s")])));
    };
    let loss = |plan: &mut Plan| {
        plan.lost(0, None, "silence");
        plan.opened(at(5), 0, "t".into(), &Opened::Fresh, None);
    };
    for (what, then) in [
        (&answer as &dyn Fn(&mut Plan), vec![1]),
        (&withdrawal, vec![1]),
        (&list, vec![1, 2, 3, 4, 5]),
        (&loss, vec![0]),
    ] {
        let mut plan = six();
        assert_eq!(asked_for(&mut plan, at(0)), [0]);
        what(&mut plan);
        assert_eq!(asked_for(&mut plan, at(5)), then);
    }
}

#[test]
fn what_costs_nothing_waits_for_no_budget() {
    let mut plan = six();
    let posts: Vec<_> = steps(&mut plan)
        .into_iter()
        .filter_map(|step| match step {
            Step::Post { wish, .. } => Some(wish),
            _ => None,
        })
        .collect();
    assert!(plan.affords(at(0), posts[0], 1));
    assert!(plan.affords(at(0), posts[1], 0));
    assert!(!plan.affords(at(0), posts[2], 1));
}
