//! Revocation: at Twitch first, then here and in the store.

use super::*;

impl Test {
    fn revoke(&mut self) {
        self.keeper.revoke(self.now, 9, &user(), self.now + Duration::from_secs(60));
        self.drain();
    }

    fn held(&mut self) -> usize {
        let Ok(Stored::Loaded(records)) = self.book.run(StoreOp::Load) else { panic!("no records") };
        assert_eq!(records.len(), self.keeper.users().count());
        records.len()
    }
}

#[test]
fn tokens_are_revoked_at_twitch_and_then_forgotten() {
    let mut test = Test::good(true);
    test.revoke();
    assert_eq!(test.open[0].1, "/revoke client_id=id&token=access-1");
    assert_eq!(test.held(), 1);
    test.answer(200, "");
    assert_eq!(test.held(), 0);
    assert_eq!(test.said, ["Revoked(UserId(1001))", "revoked Ok(())"]);
}

#[test]
fn a_token_that_is_dead_already_counts_as_revoked() {
    let mut test = Test::good(true);
    test.revoke();
    test.answer(400, r#"{"status":400,"message":"Invalid token"}"#);
    assert_eq!(test.held(), 0);
}

#[test]
fn a_revocation_that_cannot_be_sent_is_tried_again_and_in_the_end_the_tokens_are_kept() {
    let mut test = Test::good(true);
    test.revoke();
    for sent in [Sent::No, Sent::Unknown, Sent::Unknown, Sent::No] {
        test.fail(sent);
        assert!(test.open.is_empty() && test.said.is_empty());
        test.now = test.keeper.poll_timeout().unwrap();
        test.keeper.timeout(test.now, wall(test.now));
        test.drain();
    }
    test.answer(500, "<html>");
    let error = r#"revoked Err(Unreachable("500 no reason given"))"#;
    assert_eq!(test.said, [error]);
    assert_eq!(test.held(), 1);
}

#[test]
fn a_renewal_under_way_is_awaited_and_its_outcome_revoked() {
    let mut test = Test::good(true);
    test.reject(1);
    test.revoke();
    assert_eq!(test.open.len(), 1);
    test.tokens(2);
    assert_eq!(test.open[0].1, "/revoke client_id=id&token=access-2");
    test.answer(200, "");
    assert_eq!(test.held(), 0);
}

#[test]
fn a_renewal_that_began_meanwhile_is_revoked_too() {
    let mut test = Test::good(true);
    test.revoke();
    test.reject(1);
    // The renewal wins.
    let revocation = test.open.remove(0);
    test.tokens(2);
    test.open.insert(0, revocation);
    test.answer(200, "");
    assert_eq!(test.open[0].1, "/revoke client_id=id&token=access-2");
    test.answer(200, "");
    assert_eq!(test.held(), 0);
}

#[test]
fn who_is_not_held_cannot_be_revoked_and_a_wrong_client_id_costs_no_token() {
    let mut test = Test::new(true, None);
    test.revoke();
    assert!(test.said[0].starts_with("revoked Err(Unknown("), "{:?}", test.said);
    let mut test = Test::good(true);
    test.revoke();
    test.answer(404, r#"{"status":404,"message":"client does not exist"}"#);
    assert_eq!(test.said, [r#"revoked Err(Misconfigured("404 client does not exist"))"#]);
    assert_eq!(test.held(), 1);
}

#[test]
fn removing_tokens_that_are_still_being_written_down_tells_who_waits() {
    let mut test = Test::new(true, None);
    test.store_fails = true;
    test.keeper.add(test.now, 7, "access-1".into(), None);
    test.drain();
    test.validate(200);
    test.said.clear();
    test.store_fails = false;
    test.keeper.remove(&user());
    test.drain();
    assert_eq!(test.held(), 0);
    assert!(test.said.iter().any(|line| line.starts_with("added Err(Unknown(")), "{:?}", test.said);
}

#[test]
fn a_revocation_that_cannot_begin_ends_in_time_and_the_tokens_are_kept() {
    let mut test = Test::new(true, None);
    // A store that is never read.
    let credentials = Credentials { client_id: "id".into(), client_secret: None };
    let oauth = "https://id.example/oauth2".parse().unwrap();
    test.keeper = Keeper::new(oauth, credentials, "me".into(), KeeperTimes::default(), Jitter::new(3), None);
    test.revoke();
    test.now = test.keeper.poll_timeout().unwrap();
    assert_eq!(test.now, at(1060));
    test.keeper.timeout(test.now, wall(test.now));
    test.drain();
    assert_eq!(test.said, [r#"revoked Err(Deadline("the token store"))"#]);

    let mut test = Test::good(true);
    test.reject(1);
    test.revoke();
    test.now = at(1060);
    test.keeper.timeout(test.now, wall(test.now));
    test.drain();
    assert_eq!(test.said, [r#"revoked Err(Deadline("the token's renewal"))"#]);
    test.tokens(2);
    assert_eq!((test.token(), test.held()), ("access-2".into(), 1));
}
