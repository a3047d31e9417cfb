//! The keeper against a script: every exchange and store operation answered by hand.

use super::*;
use crate::auth::store::Book;
use crate::auth::token::{Mark, Refresh};
use crate::client::{Cause, CauseKind, Sent};
use jiff::SignedDuration;
use secrecy::ExposeSecret;

mod revocation;

fn at(seconds: u64) -> Time {
    Time::from_origin(Duration::from_secs(seconds))
}

fn wall(now: Time) -> Timestamp {
    let start = Timestamp::from_second(1_767_225_600).unwrap();
    start + SignedDuration::try_from(now.since_origin()).unwrap()
}

fn user() -> UserId {
    "1001".into()
}

fn record(access: &str, reusable: bool, mark: Option<(u64, &str)>) -> TokenRecord {
    TokenRecord {
        user: user(),
        login: "ada".into(),
        access: access.into(),
        refresh: Some(Refresh { token: "refresh-1".into(), reusable }),
        scopes: vec![],
        expires_at: None,
        refreshing: mark.map(|(since, by)| Mark { by: by.into(), since: wall(at(since)) }),
    }
}

/// A keeper with a store and a memory of what it sent and said.
struct Test {
    keeper: Keeper,
    book: Book,
    now: Time,
    /// Exchanges that wait for an answer: number, path and body.
    open: Vec<(u64, String)>,
    said: Vec<String>,
    store_fails: bool,
}

impl Test {
    fn new(confidential: bool, stored: Option<TokenRecord>) -> Self {
        let credentials = Credentials {
            client_id: "id".into(),
            client_secret: confidential.then(|| SecretString::from("secret")),
        };
        let oauth = "https://id.example/oauth2".parse().unwrap();
        let jitter = Jitter::new(3);
        let keeper = Keeper::new(oauth, credentials, "me".into(), KeeperTimes::default(), jitter, None);
        let mut book = Book::new();
        if let Some(record) = stored {
            let user = record.user.clone();
            book.run(StoreOp::Swap { user, expected: None, record: Some(Box::new(record)) }).unwrap();
        }
        let mut test = Test { keeper, book, now: at(1000), open: vec![], said: vec![], store_fails: false };
        test.keeper.load(test.now);
        test.drain();
        test
    }

    /// A keeper whose stored token has been validated.
    fn good(confidential: bool) -> Self {
        let mut test = Test::new(confidential, Some(record("access-1", confidential, None)));
        test.validate(200);
        assert_eq!(test.token(), "access-1");
        test.said.clear();
        test
    }

    fn drain(&mut self) {
        while let Some(output) = self.keeper.poll_output() {
            match output {
                KeeperOutput::Http { exchange, request, .. } => {
                    let body = String::from_utf8_lossy(request.body()).into_owned();
                    let path = request.uri().path().trim_start_matches("/oauth2");
                    self.open.push((exchange, format!("{path} {body}")));
                }
                KeeperOutput::Store { op, what } => {
                    let result = if self.store_fails {
                        Err(StoreError::Failed("disk full".into()))
                    } else {
                        self.book.run(what)
                    };
                    self.keeper.stored(self.now, wall(self.now), op, result);
                }
                KeeperOutput::Changed(_) => {}
                KeeperOutput::Added { result, .. } => self.said.push(format!("added {result:?}")),
                KeeperOutput::Revoked { result, .. } => self.said.push(format!("revoked {result:?}")),
                KeeperOutput::Notice(notice) => self.said.push(format!("{notice:?}")),
            }
        }
    }

    /// Answers the one exchange that is open.
    fn answer(&mut self, status: u16, body: &str) {
        let (exchange, _) = self.open.remove(0);
        let response = Response::builder().status(status).body(Bytes::from(body.to_owned())).unwrap();
        self.keeper.answered(self.now, wall(self.now), exchange, Ok(response));
        self.drain();
    }

    fn fail(&mut self, sent: Sent) {
        let (exchange, _) = self.open.remove(0);
        let cause = Cause::new(CauseKind::Other, "broken pipe");
        self.keeper.answered(self.now, wall(self.now), exchange, Err(Failure { sent, cause }));
        self.drain();
    }

    fn validate(&mut self, status: u16) {
        assert!(self.open[0].1.starts_with("/validate"), "{:?}", self.open);
        let body = r#"{"client_id":"id","user_id":"1001","login":"ada","scopes":[],"expires_in":14400}"#;
        self.answer(status, body);
    }

    fn tokens(&mut self, number: u32) {
        assert!(self.open[0].1.starts_with("/token"), "{:?}", self.open);
        let body = format!(
            r#"{{"access_token":"access-{number}","refresh_token":"refresh-{number}","expires_in":14400}}"#
        );
        self.answer(200, &body);
    }

    fn usable(&mut self) -> Usable {
        let usable = self.keeper.usable(self.now, &Account::User(user()));
        self.drain();
        usable
    }

    fn token(&mut self) -> String {
        match self.usable() {
            Usable::Yes { token, .. } => token.expose_secret().to_owned(),
            other => format!("{other:?}"),
        }
    }

    fn reject(&mut self, generation: u64) {
        self.keeper.reject(self.now, wall(self.now), &Account::User(user()), generation);
        self.drain();
    }

    /// Goes on to the next deadline.
    fn wait(&mut self) {
        self.now = self.keeper.poll_timeout().expect("a deadline");
        self.keeper.timeout(self.now, wall(self.now));
        self.drain();
        assert!(self.keeper.poll_timeout().is_none_or(|at| at > self.now));
    }

    fn stored(&mut self) -> TokenRecord {
        let Ok(Stored::Loaded(mut records)) = self.book.run(StoreOp::Load) else { panic!("no records") };
        records.remove(0).0
    }

    /// Somebody else changes the store.
    fn swap(&mut self, change: impl FnOnce(&mut TokenRecord)) {
        let Ok(Stored::Loaded(mut records)) = self.book.run(StoreOp::Load) else { panic!("no records") };
        let (mut record, revision) = records.remove(0);
        change(&mut record);
        let record = Some(Box::new(record));
        self.book.run(StoreOp::Swap { user: user(), expected: Some(revision), record }).unwrap();
    }
}

#[test]
fn a_stored_token_is_validated_before_it_is_used_and_again_within_the_hour() {
    let mut test = Test::new(true, Some(record("access-1", true, None)));
    assert!(matches!(test.usable(), Usable::Wait));
    test.validate(200);
    assert_eq!(test.token(), "access-1");
    let due = test.keeper.poll_timeout().unwrap().since(test.now);
    assert!(due > Duration::from_secs(3200) && due <= Duration::from_secs(3600), "{due:?}");
    test.wait();
    assert_eq!(test.token(), "access-1", "a token that is being validated again stays in use");
    test.validate(200);
    assert!(test.open.is_empty());
}

#[test]
fn many_refusals_of_one_token_lead_to_one_refresh_and_late_ones_to_none() {
    let mut test = Test::good(true);
    for _ in 0..10 {
        test.reject(1);
    }
    assert_eq!(test.open.len(), 1);
    assert!(matches!(test.usable(), Usable::Wait));
    test.tokens(2);
    assert_eq!(test.token(), "access-2");
    test.reject(1);
    assert!(test.open.is_empty(), "a late refusal of the old token is none of the new one's");
}

#[test]
fn new_tokens_are_written_down_before_they_are_used() {
    let mut test = Test::good(true);
    test.reject(1);
    assert_eq!(test.stored().refreshing.unwrap().by, "me", "the mark is in the store before the request");
    test.store_fails = true;
    test.tokens(2);
    assert!(matches!(test.usable(), Usable::Wait), "not acknowledged, not used");
    test.store_fails = false;
    test.wait();
    assert_eq!(test.token(), "access-2");
    let stored = test.stored();
    assert_eq!((stored.access.expose_secret(), stored.refreshing), ("access-2", None));
}

#[test]
fn a_store_that_keeps_failing_is_outwaited_and_gets_the_tokens_later() {
    let mut test = Test::good(true);
    test.reject(1);
    test.store_fails = true;
    test.tokens(2);
    let before = test.now;
    while matches!(test.usable(), Usable::Wait) {
        test.wait();
    }
    assert_eq!(test.now.since(before), Duration::from_secs(30));
    assert_eq!(test.token(), "access-2");
    test.store_fails = false;
    while test.stored().access.expose_secret() != "access-2" {
        test.wait();
    }
    assert!(test.now.since(before) < Duration::from_secs(300));
}

#[test]
fn a_store_that_takes_no_mark_is_outwaited_for_a_reusable_token_and_asked_once_more_at_last() {
    for comes_back in [false, true] {
        let mut test = Test::good(true);
        test.store_fails = true;
        test.reject(1);
        let patience_ends = test.now + Duration::from_secs(30);
        while test.keeper.poll_timeout().is_some_and(|at| at < patience_ends) {
            test.wait();
            assert!(test.open.is_empty());
        }
        test.swap(|record| record.access = "access-2".into());
        test.store_fails = !comes_back;
        test.wait();
        assert_eq!(test.now, patience_ends);
        let asks = if comes_back { "/validate" } else { "/token" };
        assert!(test.open[0].1.starts_with(asks), "{:?}", test.open);
    }
}

#[test]
fn what_was_to_be_written_down_later_is_forgotten_once_newer_tokens_are() {
    let mut test = Test::good(true);
    test.reject(1);
    test.store_fails = true;
    test.tokens(2);
    while matches!(test.usable(), Usable::Wait) {
        test.wait();
    }
    test.store_fails = false;
    test.reject(2);
    test.tokens(3);
    // Another process renews them next.
    test.swap(|record| record.access = "access-4".into());
    let soon = test.now + Duration::from_secs(300);
    while test.keeper.poll_timeout().is_some_and(|at| at < soon) {
        test.wait();
    }
    assert_eq!(test.stored().access.expose_secret(), "access-4");
}

#[test]
fn a_dead_refresh_token_asks_for_the_user_and_a_wrong_secret_for_the_operator() {
    let mut test = Test::good(true);
    test.reject(1);
    test.answer(400, r#"{"status":400,"message":"Invalid refresh token"}"#);
    assert!(matches!(test.usable(), Usable::No(TokenError::ReauthRequired { .. })));
    assert!(test.keeper.poll_timeout().is_none(), "nothing loops");

    let mut test = Test::good(true);
    test.reject(1);
    test.answer(403, r#"{"status":403,"message":"invalid client secret"}"#);
    assert!(matches!(test.usable(), Usable::No(TokenError::Misconfigured(_))));
    assert_eq!(test.stored().refresh.unwrap().token.expose_secret(), "refresh-1", "no token is lost");
    assert!(test.keeper.poll_timeout().is_none(), "nothing loops");
}

#[test]
fn a_reusable_refresh_token_is_sent_again_after_an_unknown_outcome() {
    let mut test = Test::good(true);
    test.reject(1);
    test.fail(Sent::Unknown);
    test.wait();
    test.answer(502, "<html>");
    test.wait();
    test.tokens(2);
    assert_eq!(test.token(), "access-2");
}

#[test]
fn a_single_use_refresh_token_is_not_sent_again_unless_it_was_certainly_not_sent() {
    let mut test = Test::good(false);
    test.reject(1);
    test.fail(Sent::No);
    test.wait();
    assert_eq!(test.open.len(), 1, "not sent is not spent");
    test.fail(Sent::Unknown);
    assert!(matches!(test.usable(), Usable::No(TokenError::Parked { .. })));
    for _ in 0..20 {
        test.wait();
    }
    assert!(test.open.is_empty());
    assert!(test.stored().refreshing.is_some(), "the mark stays: the token may be spent");
}

#[test]
fn a_parked_user_is_freed_by_another_process_that_shares_the_store() {
    let mut test = Test::good(false);
    test.reject(1);
    test.fail(Sent::Unknown);
    test.swap(|record| {
        record.access = "access-9".into();
        record.refreshing = None;
    });
    test.wait();
    test.validate(200);
    assert_eq!(test.token(), "access-9");
}

#[test]
fn an_access_token_serves_while_the_refresh_of_its_successor_is_parked() {
    let mut test = Test::good(false);
    test.wait();
    // Ten minutes are left: the refresh ahead of the end comes next.
    test.answer(200, r#"{"client_id":"id","user_id":"1001","login":"ada","scopes":[],"expires_in":600}"#);
    test.wait();
    assert!(test.open[0].1.starts_with("/token"), "{:?}", test.open);
    test.fail(Sent::Unknown);
    assert_eq!(test.token(), "access-1");
}

#[test]
fn who_loses_the_swap_waits_for_the_winner_and_adopts_its_tokens() {
    let mut test = Test::good(true);
    let mark = wall(test.now);
    test.swap(|record| record.refreshing = Some(Mark { by: "other".into(), since: mark }));
    test.reject(1);
    assert!(test.open.is_empty(), "the other one is at it");
    test.wait();
    assert!(test.open.is_empty());
    test.swap(|record| {
        record.access = "access-9".into();
        record.refreshing = None;
    });
    test.wait();
    test.validate(200);
    assert_eq!(test.token(), "access-9");
}

#[test]
fn a_dead_holders_mark_is_taken_over_for_a_reusable_token() {
    let mut test = Test::new(true, Some(record("access-1", true, Some((900, "dead")))));
    test.tokens(2);
    assert_eq!(test.token(), "access-2");
}

#[test]
fn a_dead_holders_mark_parks_a_single_use_token_but_its_access_token_serves() {
    let mut test = Test::new(false, Some(record("access-1", false, Some((900, "dead")))));
    assert!(test.said[0].contains("Parked"), "{:?}", test.said);
    test.validate(200);
    assert_eq!(test.token(), "access-1");
    test.reject(1);
    assert!(test.open.is_empty(), "never sent by itself");
    assert!(matches!(test.usable(), Usable::No(TokenError::Parked { .. })));
    test.keeper.retry(test.now, wall(test.now), &user());
    test.drain();
    test.tokens(2);
    assert_eq!(test.token(), "access-2");
}

/// Kills the process after every step of a refresh; what the store then holds must never lose the user.
#[test]
fn a_crash_at_any_step_leaves_an_unspent_token_a_marked_one_or_the_new_one() {
    for step in 0..3 {
        let mut test = Test::good(false);
        if step > 0 {
            test.reject(1);
        }
        if step > 1 {
            test.tokens(2);
        }
        let left = test.stored();
        let (access, marked) = (left.access.expose_secret().to_owned(), left.refreshing.is_some());
        assert_eq!(
            (access.as_str(), marked),
            [("access-1", false), ("access-1", true), ("access-2", false)][step]
        );
        // The next process, long after.
        let mut next = Test::new(false, Some(left));
        next.now = at(100_000);
        while next.open.is_empty() {
            next.wait();
        }
        assert!(next.open[0].1.starts_with("/validate"), "a single-use token is never sent by itself");
    }
}

#[test]
fn added_tokens_are_proven_and_written_down_before_the_reply() {
    let mut test = Test::new(true, None);
    test.keeper.add(test.now, 5, "access-1".into(), None);
    test.drain();
    test.validate(200);
    assert!(test.said[1].starts_with("Added("), "{:?}", test.said);
    assert!(test.said[2].starts_with("added Ok"), "{:?}", test.said);
    assert_eq!(test.stored().access.expose_secret(), "access-1");
    assert_eq!(test.token(), "access-1");
}

#[test]
fn an_added_token_that_is_over_is_refreshed() {
    let mut test = Test::new(false, None);
    let refresh = Some(Refresh { token: "refresh-1".into(), reusable: false });
    test.keeper.add(test.now, 5, "access-1".into(), refresh);
    test.drain();
    // What it was refreshed to can be over as well, and then nobody else has a token that is worth anything.
    for number in 2..=4 {
        test.validate(401);
        test.tokens(number);
    }
    test.validate(200);
    assert_eq!(test.token(), "access-4");
}

#[test]
fn an_added_token_that_is_always_over_is_given_up() {
    let mut test = Test::new(false, None);
    let refresh = Some(Refresh { token: "refresh-1".into(), reusable: false });
    test.keeper.add(test.now, 5, "access-1".into(), refresh);
    test.drain();
    for number in 2..=5 {
        test.validate(401);
        test.tokens(number);
    }
    test.validate(401);
    assert_eq!(test.said.last().map(String::as_str), Some("added Err(Denied(\"401 no reason given\"))"));
}

#[test]
fn what_an_added_token_was_refreshed_to_is_proven_however_long_twitch_is_silent() {
    let mut test = Test::new(false, None);
    let refresh = Some(Refresh { token: "refresh-1".into(), reusable: false });
    test.keeper.add(test.now, 5, "access-1".into(), refresh);
    test.drain();
    test.validate(401);
    test.tokens(2);
    for _ in 0..20 {
        test.validate(500);
        test.wait();
    }
    test.validate(200);
    assert_eq!(test.token(), "access-2");
}

#[test]
fn what_an_added_token_was_refreshed_to_is_refreshed_again_however_long_twitch_is_out_of_reach() {
    for (reusable, sent) in [(false, Sent::No), (true, Sent::No), (true, Sent::Unknown)] {
        let mut test = Test::new(reusable, None);
        let refresh = Some(Refresh { token: "refresh-1".into(), reusable });
        test.keeper.add(test.now, 5, "access-1".into(), refresh);
        test.drain();
        test.validate(401);
        test.tokens(2);
        test.validate(401);
        for _ in 0..20 {
            test.fail(sent);
            test.wait();
        }
        test.tokens(3);
        test.validate(200);
        assert_eq!(test.token(), "access-3");
    }
}

#[test]
fn an_added_token_that_cannot_be_proven_is_given_up_but_not_if_it_was_just_added_again() {
    let mut test = Test::new(true, None);
    let add = |test: &mut Test, tag| {
        let refresh = Some(Refresh { token: "refresh-1".into(), reusable: true });
        test.keeper.add(test.now, tag, "access-1".into(), refresh);
        test.drain();
    };
    add(&mut test, 5);
    for _ in 0..4 {
        test.fail(Sent::No);
        test.wait();
    }
    add(&mut test, 6);
    for _ in 0..4 {
        assert_eq!(test.said, [""; 0]);
        test.fail(Sent::No);
        test.wait();
    }
    test.fail(Sent::No);
    assert_eq!(test.said, ["added Err(Unreachable(\"connection failed: broken pipe\"))"; 2]);
}

#[test]
fn the_same_tokens_added_twice_are_refreshed_once_and_both_are_told() {
    let mut test = Test::new(false, None);
    for tag in [5, 6] {
        let refresh = Some(Refresh { token: "refresh-1".into(), reusable: false });
        test.keeper.add(test.now, tag, "access-1".into(), refresh);
    }
    test.drain();
    test.validate(401);
    test.tokens(2);
    test.validate(200);
    assert_eq!(test.said.iter().filter(|line| line.starts_with("added Ok")).count(), 2, "{:?}", test.said);
    assert_eq!(test.token(), "access-2");
}

#[test]
fn the_app_token_is_got_when_first_needed_and_refused_without_a_secret() {
    let mut test = Test::new(true, None);
    assert!(matches!(test.keeper.usable(test.now, &Account::App), Usable::Wait));
    test.drain();
    assert_eq!(test.open[0].1, "/token client_id=id&client_secret=secret&grant_type=client_credentials");
    test.tokens(7);
    assert!(matches!(test.keeper.usable(test.now, &Account::App), Usable::Yes { generation: 1, .. }));

    let mut test = Test::new(false, None);
    assert!(matches!(test.keeper.usable(test.now, &Account::App), Usable::No(TokenError::NoSecret)));
}
