//! The search for a schedule that fails: many seeds in parallel threads ([`search`]), and the way from a failing schedule to
//! one with as few parts as possible ([`shrink`]).

use super::{Cast, Failed, Part, Report, Schedule, in_words};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What a search showed.
#[derive(Clone, Debug, Default)]
pub struct Searched {
    /// How many schedules held.
    pub held: u64,
    /// Simulated time, over all of their clients.
    pub client_time: Duration,
    /// The lowest seed that failed, if any did.
    pub failed: Option<u64>,
}

/// Runs the seeds in order on so many threads, up to the first that fails; a panic is a failure too.
pub fn search(
    seeds: Range<u64>,
    jobs: usize,
    run: impl Fn(u64) -> Result<Report, Box<Failed>> + Sync,
) -> Searched {
    let next = AtomicU64::new(seeds.start);
    let end = AtomicU64::new(seeds.end);
    let work = || {
        let mut mine = Searched::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            // Seeds below a failing one were all taken before it, so the lowest that fails is found.
            if seed >= end.load(Ordering::Relaxed) {
                return mine;
            }
            match attempt(seed, || run(seed)) {
                Ok(report) => {
                    mine.held += 1;
                    mine.client_time += report.client_time;
                }
                Err(_) => {
                    end.fetch_min(seed, Ordering::Relaxed);
                    mine.failed = Some(seed);
                    return mine;
                }
            }
        }
    };
    let done: Vec<Searched> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_default()).collect()
    });
    done.into_iter().fold(Searched::default(), |all, one| Searched {
        held: all.held + one.held,
        client_time: all.client_time + one.client_time,
        failed: all.failed.into_iter().chain(one.failed).min(),
    })
}

/// Runs a schedule; a panic becomes a failure.
pub fn attempt(seed: u64, run: impl FnOnce() -> Result<Report, Box<Failed>>) -> Result<Report, Box<Failed>> {
    let failed = |failure| Box::new(Failed { seed, failures: vec![failure], trace: Vec::new() });
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(failed(in_words(&*panic))))
}

/// The parts that a schedule needs to fail: without any one of them, it holds.
pub fn shorten<C: Cast>(schedule: &Schedule<C>, fails: impl Fn(&Schedule<C>) -> bool) -> Vec<Part> {
    shrink(schedule.parts(), |parts| {
        let mut shorter = schedule.clone();
        shorter.keep(parts);
        fails(&shorter)
    })
}

/// Leaves out as much as possible, in ever smaller pieces, while it still fails. Nothing that remains can be left out alone.
pub fn shrink<T: Clone>(mut items: Vec<T>, mut fails: impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut piece = items.len();
    while piece > 0 {
        let (mut at, before) = (0, items.len());
        while at < items.len() {
            let mut fewer = items.clone();
            fewer.drain(at..(at + piece).min(items.len()));
            if fails(&fewer) {
                items = fewer;
            } else {
                at += piece;
            }
        }
        // A piece can become needless when a later one is gone.
        if piece > 1 || items.len() == before {
            piece /= 2;
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Sockets, conduit::Conduits};

    #[test]
    fn shrinking_finds_the_only_items_that_matter() {
        let mut tried = 0;
        let left = shrink((0..200).collect(), |items: &[u32]| {
            tried += 1;
            [17, 18, 140].iter().all(|needed| items.contains(needed))
        });
        assert_eq!(left, [17, 18, 140]);
        assert!(tried < 200, "{tried} tries");
    }

    #[test]
    fn what_fails_without_anything_shrinks_to_nothing() {
        assert!(shrink(vec![1, 2, 3], |_| true).is_empty());
        assert!(shrink(Vec::<u8>::new(), |_| true).is_empty());
    }

    #[test]
    fn an_item_that_matters_only_with_another_goes_with_it() {
        // 3 is needed while 7 is there, and 7 is never needed alone.
        let left = shrink((0..10).collect(), |items: &[u32]| {
            items.contains(&5) && (items.contains(&3) || !items.contains(&7))
        });
        assert_eq!(left, [5]);
    }

    #[test]
    fn a_planted_failure_is_shrunk_to_the_steps_and_the_fault_it_needs() {
        fn planted<C: Cast>(seed: u64, needed: &[Part]) {
            let schedule = Schedule::<C>::of(seed);
            assert!(needed.iter().all(|part| schedule.parts().contains(part)), "{:?}", schedule.parts());
            let fails = |shorter: &Schedule<C>| needed.iter().all(|part| shorter.parts().contains(part));
            assert_eq!(shorten(&schedule, fails), needed);
        }
        let faulty = |parts: &[Part]| parts.contains(&Part::Fault("half_open"));
        let seed = (0..).find(|seed| faulty(&Schedule::<Sockets>::of(*seed).parts())).unwrap_or(0);
        planted::<Sockets>(seed, &[Part::Step(3), Part::Step(20), Part::Fault("half_open")]);
        let seed = (0..).find(|seed| faulty(&Schedule::<Conduits>::of(*seed).parts())).unwrap_or(0);
        planted::<Conduits>(seed, &[Part::Step(0), Part::Fault("half_open")]);
    }

    #[test]
    fn a_shortened_schedule_plays_the_same_each_time() {
        let mut schedule = Schedule::<Sockets>::of(5);
        let parts: Vec<Part> = schedule.parts().into_iter().step_by(3).collect();
        schedule.keep(&parts);
        assert_eq!(schedule.parts(), parts);
        let played = |schedule: &Schedule<Sockets>| {
            schedule.play(0).map(|report| (report.steps, report.delivered)).ok()
        };
        assert!(played(&schedule).is_some());
        assert_eq!(played(&schedule), played(&schedule));
    }

    #[test]
    fn the_lowest_seed_that_fails_is_found_on_any_number_of_threads() {
        for jobs in [1, 4] {
            let found = search(10..100, jobs, |seed| match seed {
                37 => panic!("a planted panic"),
                41 | 90 => Err(Box::new(Failed { seed, failures: Vec::new(), trace: Vec::new() })),
                _ => Ok(Report::default()),
            });
            assert_eq!(found.failed, Some(37));
            assert!(found.held >= 27, "{} held", found.held);
        }
    }

    #[test]
    fn a_part_is_read_as_it_is_written() {
        for part in Schedule::<Sockets>::of(1).parts().into_iter().chain([Part::Fault("half_open")]) {
            assert_eq!(part.to_string().parse(), Ok(part));
        }
        assert!("half".parse::<Part>().is_err());
    }
}
