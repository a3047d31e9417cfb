//! Every kept input, and a bounded number of changed ones, on stable Rust.
//!
//! `TWITCHWIRE_ROUNDS=n` changes inputs n times a target instead of three thousand.

use std::path::Path;

/// The inputs that are kept for a target.
fn kept(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut inputs: Vec<_> = std::fs::read_dir(folder)
        .expect("a corpus")
        .map(|entry| std::fs::read(entry.expect("an entry").path()).expect("an input"))
        .collect();
    assert!(!inputs.is_empty(), "no input is kept for {target}");
    // The same order on every machine.
    inputs.sort();
    inputs
}

/// Runs what is kept, then what comes of changing it.
fn search(target: &str, run: fn(&[u8])) {
    let inputs = kept(target);
    inputs.iter().for_each(|input| run(input));
    let rounds = std::env::var("TWITCHWIRE_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds.unwrap_or(3000) {
        let mut input = inputs[dice.below(inputs.len())].clone();
        for _ in 0..=dice.below(6) {
            change(&mut input, &inputs[dice.below(inputs.len())], &mut dice);
        }
        run(&input);
    }
}

/// One change: a byte, a bit, a piece gone, a piece twice, a piece of another input.
fn change(input: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.below(input.len() + 1);
    let end = (at + dice.below(16)).min(input.len());
    match dice.below(5) {
        0 => input.insert(at, dice.below(256) as u8),
        1 if at < input.len() => input[at] ^= 1 << dice.below(8),
        2 => drop(input.drain(at..end)),
        3 => {
            let piece = input[at..end].to_vec();
            input.splice(at..at, piece);
        }
        _ => {
            let from = dice.below(other.len() + 1);
            let to = (from + dice.below(64)).min(other.len());
            input.splice(at..end, other[from..to].iter().copied());
        }
    }
}

/// Small, and the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as usize % bound
    }
}

#[test]
fn no_frame_panics_and_all_agree_with_a_plain_reading() {
    search("frame", twitchwire_fuzz::frame);
}

#[test]
fn no_event_panics() {
    search("event", twitchwire_fuzz::event);
}

#[test]
fn no_notification_loses_what_twitch_said() {
    search("notification", twitchwire_fuzz::notification);
}

#[test]
fn no_request_to_a_webhook_gets_in_unsigned_or_twice() {
    search("webhook", twitchwire_fuzz::webhook);
}

#[test]
fn no_answer_of_the_oauth_service_panics() {
    search("oauth", twitchwire_fuzz::oauth);
}

#[test]
fn no_answer_of_helix_panics_and_every_call_ends() {
    search("helix", twitchwire_fuzz::helix);
}

/// Others are searched by seed, in the tests of the simulated Twitch.
#[test]
fn no_kept_schedule_breaks_an_invariant() {
    kept("schedule").iter().for_each(|schedule| twitchwire_fuzz::schedule(schedule));
}
