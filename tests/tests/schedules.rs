//! Random schedules in virtual time: every invariant holds for every seed.
//!
//! `TWITCHWIRE_SEED=n` runs one seed and prints its trace; `TWITCHWIRE_SEEDS=n` sets how many fresh ones are run.

use twitchwire_sim::schedule::search::search;
use twitchwire_sim::schedule::{self, Failed, Report};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

type Run = fn(u64) -> Result<Report, Box<Failed>>;

fn kept(seeds: &str, run: Run) {
    for line in seeds.lines().filter(|line| !line.starts_with('#')) {
        let seed = line.split_whitespace().next().and_then(|seed| seed.parse().ok()).expect("a seed first");
        if let Err(failed) = run(seed) {
            panic!("{failed}");
        }
    }
}

#[test]
fn every_schedule_that_ever_failed_holds_now() {
    kept(include_str!("../seeds.txt"), schedule::run);
    kept(include_str!("../seeds-processes.txt"), schedule::processes::run);
}

#[test]
fn a_hundred_schedules_of_two_processes_of_one_user_hold() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let searched = search(0..100, threads, schedule::processes::run);
    if let Some(seed) = searched.failed {
        panic!("{}", schedule::processes::run(seed).expect_err("it failed before"));
    }
    assert_eq!(searched.held, 100);
}

#[test]
fn a_thousand_random_schedules_lose_nothing_double_nothing_and_come_to_rest() {
    let seeds = match number("TWITCHWIRE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("TWITCHWIRE_SEEDS").unwrap_or(1000),
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let failed: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let seeds = seeds.clone();
                scope.spawn(move || {
                    seeds.filter(|seed| seed % threads == worker).find_map(|seed| schedule::run(seed).err())
                })
            })
            .collect();
        workers.into_iter().filter_map(|worker| worker.join().expect("a schedule panicked")).collect()
    });
    if let Some(first) = failed.into_iter().min_by_key(|failed| failed.seed) {
        if seeds.end - seeds.start == 1 {
            panic!("{first}");
        }
        let failures = first.failures.join("\n  ");
        panic!(
            "seed {} failed; run it alone with TWITCHWIRE_SEED={0} to see its trace:\n  {failures}",
            first.seed
        );
    }
}
