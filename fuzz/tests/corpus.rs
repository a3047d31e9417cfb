//! Every kept input, on stable Rust.

use std::path::Path;

fn each(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("a corpus") {
        let path = entry.expect("an entry").path();
        run(&std::fs::read(&path).expect("an input"));
        count += 1;
    }
    assert!(count > 0, "no input is kept for {target}");
}

#[test]
fn no_kept_frame_panics_and_all_agree_with_a_plain_reading() {
    each("frame", twitchwire_fuzz::frame);
}

#[test]
fn no_kept_event_panics() {
    each("event", twitchwire_fuzz::event);
}

#[test]
fn no_kept_notification_loses_what_twitch_said() {
    each("notification", twitchwire_fuzz::notification);
}

#[test]
fn no_kept_request_to_a_webhook_gets_in_unsigned_or_twice() {
    each("webhook", twitchwire_fuzz::webhook);
}

/// What a fuzzer would begin with, where there is none.
#[test]
fn invented_notifications_lose_nothing_either() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for length in (2..32).cycle().take(3000) {
        let input: Vec<u8> = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .take(length)
        .collect();
        twitchwire_fuzz::notification(&input);
    }
}

#[test]
fn no_kept_answer_of_the_oauth_service_panics() {
    each("oauth", twitchwire_fuzz::oauth);
}

#[test]
fn no_kept_answer_of_helix_panics_and_every_call_ends() {
    each("helix", twitchwire_fuzz::helix);
}

#[test]
fn no_kept_schedule_breaks_an_invariant() {
    each("schedule", twitchwire_fuzz::schedule);
}
