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
