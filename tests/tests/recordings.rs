//! Recordings of random schedules: they replay to the same, they show what is different, and they hold no secret.

use std::collections::BTreeSet;
use twitchwire::record::{ReplayError, replay};
use twitchwire_sim::World;
use twitchwire_sim::schedule::conduit::Conduits;
use twitchwire_sim::schedule::{Cast, Schedule, Sockets};

fn recorded<C: Cast>(seed: u64) -> (Vec<Vec<String>>, World) {
    let (recordings, world) = Schedule::<C>::of(seed).record();
    assert!(recordings.iter().all(|lines| lines.len() > 1), "nothing was recorded");
    (recordings, world)
}

fn again(lines: &[String]) -> Result<usize, ReplayError> {
    replay(lines.iter().map(String::as_str))
}

/// Line `number` of a recording with `from` in place of `to`.
fn changed(lines: &[String], number: usize, from: &str, to: &str) -> Vec<String> {
    let mut lines = lines.to_vec();
    assert!(lines[number - 1].contains(from), "{}", lines[number - 1]);
    lines[number - 1] = lines[number - 1].replacen(from, to, 1);
    lines
}

#[test]
fn random_schedules_replay_to_the_same_outputs() {
    for seed in 0..4 {
        for lines in recorded::<Sockets>(seed).0.into_iter().chain(recorded::<Conduits>(seed).0) {
            assert_eq!(again(&lines), Ok(lines.len()), "seed {seed}");
        }
    }
}

#[test]
fn a_line_that_was_changed_makes_the_first_output_that_follows_from_it_differ() {
    let (recordings, _) = recorded::<Sockets>(5);
    let lines = &recordings[0];
    let told = |what: &str| 1 + lines.iter().position(|line| line.contains(what)).expect("it happens");

    let event = told("\\\"subscription_type\\\":\\\"channel.chat.message\\\"");
    let other = changed(lines, event, "\\\"message_id\\\":\\\"", "\\\"message_id\\\":\\\"not-");
    let Err(ReplayError::Differs { line, recorded, replayed }) = again(&other) else {
        panic!("another message makes no difference")
    };
    assert!(line > event);
    assert!(recorded.starts_with("{\"said\":{\"notice\":") && !recorded.contains("not-"), "{recorded}");
    assert!(replayed.contains("\"id\":\"not-"), "{replayed}");

    let said = told("{\"said\":{\"http\"");
    let other = changed(lines, said, "\"method\":\"", "\"method\":\"NOT-");
    assert!(matches!(again(&other), Err(ReplayError::Differs { line, .. }) if line == said));

    let mut shorter = lines.clone();
    shorter.remove(told("\"what\":{\"loaded\"") - 1);
    assert!(matches!(again(&shorter), Err(ReplayError::Differs { .. })));
}

#[test]
fn a_recording_that_was_cut_off_replays_up_to_there() {
    let (recordings, _) = recorded::<Sockets>(3);
    let mut lines = recordings[0].clone();
    lines.truncate(15);
    let half = lines[14].len() / 2;
    lines[14].truncate(half);
    assert_eq!(again(&lines), Ok(14));
    lines.push("{}".into());
    assert!(matches!(again(&lines), Err(ReplayError::Unreadable { line: 15, .. })));
    assert!(matches!(again(&lines[1..]), Err(ReplayError::Unreadable { line: 1, .. })));
}

#[test]
fn no_secret_of_the_world_is_in_a_recording() {
    let mut checked = 0;
    for seed in 0..4 {
        for (recordings, world) in [recorded::<Sockets>(seed), recorded::<Conduits>(seed)] {
            // Most secrets of the world begin like this.
            let others = world.secrets().filter(|secret| !secret.starts_with("s3cret") && secret.len() > 5);
            let secrets: BTreeSet<&str> = others.chain(["s3cret"]).collect();
            assert!(world.secrets().any(|secret| secret.starts_with("s3cret")));
            for line in recordings.iter().flatten() {
                if let Some(secret) = secrets.iter().find(|secret| line.contains(**secret)) {
                    panic!("{secret} is in {line}");
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 5_000, "{checked} lines");
}
