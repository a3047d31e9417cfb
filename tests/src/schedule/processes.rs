//! Random schedules for two processes of one user, with one token store: what happens is drawn as for [`Sockets`], with
//! outages in between, in which nothing can be reached.

use super::sockets::{Stage, Step};
use super::{Cast, Failed, Plan, Report, Schedule, Sockets};
use crate::harness::{Harness, Rng};
use std::time::Duration;
use twitchwire::eventsub::Leftovers;

/// Runs the schedule of a seed. One that fails is run again with its trace kept.
pub fn run(seed: u64) -> Result<Report, Box<Failed>> {
    Schedule::<Processes>::run(seed)
}

/// What a seed decides about two processes of one user.
#[derive(Clone, Debug)]
pub struct Processes(Sockets);

impl Cast for Processes {
    type Step = Step;
    type Stage = Stage;

    fn of(seed: u64) -> (Self, Plan<Step>) {
        let (mut sockets, mut plan) = Sockets::of(seed);
        sockets.one_user = true;
        // Each would delete what the other has.
        sockets.clients.iter_mut().for_each(|(_, leftovers)| *leftovers = Leftovers::Keep);
        let (compare, leftovers) = sockets.clients[0];
        sockets.clients.resize(2, (compare, leftovers));
        // One that sleeps has its clock ahead of the other's for good, and takes the other's mark for an old one.
        plan.steps.retain(|(_, _, step)| !matches!(step, Step::Sleep(..)));
        let mut rng = Rng::new(seed ^ 0x0afe);
        for _ in 0..rng.below(3) {
            let at = rng.below(plan.steps.len().max(1) as u64) as usize;
            let time = Duration::from_secs(10 + rng.below(170));
            if let Some(when) = plan.steps.get(at).map(|(_, when, _)| *when) {
                let number = 1 + plan.steps.iter().map(|(number, _, _)| *number).max().unwrap_or(0);
                plan.steps.push((number, when, Step::Outage(time)));
            }
        }
        plan.steps.sort_by_key(|(_, when, _)| *when);
        (Processes(sockets), plan)
    }

    fn clients(&self) -> usize {
        self.0.clients()
    }

    fn enter(&self, harness: &mut Harness) -> Stage {
        self.0.enter(harness)
    }

    fn take(harness: &mut Harness, stage: &Stage, step: &Step) {
        Sockets::take(harness, stage, step);
    }

    fn rest(&self, harness: &mut Harness, stage: &Stage) {
        self.0.rest(harness, stage);
    }
}
