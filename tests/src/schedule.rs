//! Random schedules: one seed becomes a world, a network, clients, and some minutes in which anything happens; then all
//! faults stop, and after a while everything must be as it should.
//!
//! A schedule is a value ([`Schedule::of`] a seed) before it is played, so that parts can be left out of it: its steps and
//! its faults ([`Part`]). [`run`], [`conduit::run`] and [`processes::run`] do both, and are pure functions of their seeds.
//! [`search`] runs many and makes a failing one short. A seed that fails is kept in `seeds.txt`, `seeds-conduit.txt` or
//! `seeds-processes.txt`, with a line on what it showed.

pub mod conduit;
pub mod idle;
pub mod processes;
pub mod search;
mod sockets;

pub use sockets::{Sockets, run};

use crate::harness::{Harness, Network};
use crate::world::{Faults, World};
use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;
use std::time::Duration;
use twitchwire::Time;

/// What a schedule showed.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Entries taken.
    pub steps: u64,
    /// Simulated time, over all clients.
    pub client_time: Duration,
    /// Events delivered by the last process of each client.
    pub delivered: usize,
}

/// A schedule that broke an invariant.
#[derive(Clone, Debug)]
pub struct Failed {
    /// The seed.
    pub seed: u64,
    /// What broke.
    pub failures: Vec<String>,
    /// The latest part of what happened.
    pub trace: Vec<String>,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "seed {} failed:", self.seed)?;
        for failure in &self.failures {
            writeln!(f, "  {failure}")?;
        }
        Ok(())
    }
}

/// How many lines of a trace are kept.
pub const TRACE: usize = 20_000;

/// What a seed decides before anything happens: who plays, and what.
#[derive(Clone, Debug)]
pub struct Schedule<C: Cast> {
    seed: u64,
    cast: C,
    plan: Plan<C::Step>,
}

/// Who plays a schedule: the world and its clients, and what may happen to them.
pub trait Cast: Clone {
    /// One thing that happens.
    type Step: Clone + fmt::Debug;
    /// Who is who, once all are there.
    type Stage;

    /// Who plays the schedule of a seed, and what.
    fn of(seed: u64) -> (Self, Plan<Self::Step>);

    /// How many clients there are.
    fn clients(&self) -> usize;

    /// Fills an empty world, and starts the clients.
    fn enter(&self, harness: &mut Harness) -> Self::Stage;

    /// Lets a step happen.
    fn take(harness: &mut Harness, stage: &Self::Stage, step: &Self::Step);

    /// Nothing misbehaves any more: lets everything come to rest, and checks what holds then.
    fn rest(&self, harness: &mut Harness, stage: &Self::Stage);
}

impl<C: Cast> Schedule<C> {
    /// The schedule of a seed.
    pub fn of(seed: u64) -> Self {
        let (cast, plan) = C::of(seed);
        Schedule { seed, cast, plan }
    }

    /// What can be left out.
    pub fn parts(&self) -> Vec<Part> {
        let (mut faults, mut network) = (self.plan.faults.clone(), self.plan.network.clone());
        let rates = rates(&mut faults, &mut network).into_iter();
        let faults = rates.filter(|(_, rate)| **rate > 0.0).map(|(name, _)| Part::Fault(name));
        self.plan.steps.iter().map(|(number, _, _)| Part::Step(*number)).chain(faults).collect()
    }

    /// Leaves out all parts but these. What stays keeps its time; the dice that remain may fall otherwise.
    pub fn keep(&mut self, parts: &[Part]) {
        let Plan { faults, network, steps, .. } = &mut self.plan;
        steps.retain(|(number, _, _)| parts.contains(&Part::Step(*number)));
        for (name, rate) in rates(faults, network) {
            if !parts.contains(&Part::Fault(name)) {
                *rate = 0.0;
            }
        }
    }

    /// A part in words.
    pub fn describe(&self, part: Part) -> String {
        let step = |number| self.plan.steps.iter().find(|(is, _, _)| *is == number);
        match part {
            Part::Step(number) => step(number).map_or_else(
                || format!("step {number} is not there"),
                |(_, at, step)| format!("{:>8.3} s  {step:?}", at.since_origin().as_secs_f64()),
            ),
            Part::Fault(name) => {
                let (mut faults, mut network) = (self.plan.faults.clone(), self.plan.network.clone());
                let rates = rates(&mut faults, &mut network).into_iter();
                let rate = rates.filter(|(is, _)| *is == name).map(|(_, rate)| *rate).sum::<f64>();
                format!("{name} in {rate} of cases")
            }
        }
    }

    /// Plays it, and keeps this many lines of the trace.
    pub fn play(&self, trace: usize) -> Result<Report, Box<Failed>> {
        let mut harness = self.harness();
        harness.keep_trace(trace);
        let played = catch_unwind(AssertUnwindSafe(|| self.play_in(&mut harness)));
        self.judge(&harness, played.err())
    }

    /// Plays it, and keeps what happened to each process of each client; with the world, whose secrets must not be in it.
    pub fn record(&self) -> (Vec<Vec<String>>, World) {
        let mut harness = self.harness();
        harness.record = true;
        self.play_in(&mut harness);
        let nodes = (0..self.cast.clients()).map(|number| harness.node(number).recordings.clone());
        (nodes.flatten().collect(), harness.world)
    }

    /// Plays the schedule of a seed. One that fails is played again with its trace kept.
    pub fn run(seed: u64) -> Result<Report, Box<Failed>> {
        let schedule = Self::of(seed);
        // Every so often all that a client prints is searched for secrets.
        let keep = if seed.is_multiple_of(16) { TRACE } else { 0 };
        let played = schedule.play(keep);
        played.or_else(|failed| if keep == 0 { schedule.play(TRACE) } else { Err(failed) })
    }

    fn harness(&self) -> Harness {
        let epoch = "2026-01-01T00:00:00Z".parse().unwrap_or_default();
        let mut world = World::new(self.seed, epoch);
        world.faults = self.plan.faults.clone();
        let mut harness = Harness::new(self.seed, world);
        harness.network = self.plan.network.clone();
        harness
    }

    /// Takes the steps until something breaks or the faults stop, and comes to rest.
    fn play_in(&self, harness: &mut Harness) {
        let stage = self.cast.enter(harness);
        for (_, at, step) in &self.plan.steps {
            harness.run_until(*at);
            C::take(harness, &stage, step);
            if !harness.failures().is_empty() {
                break;
            }
        }
        if harness.failures().is_empty() {
            harness.run_until(self.plan.calm);
        }
        harness.world.faults = Faults::NONE;
        harness.network = Network::GOOD;
        self.cast.rest(harness, &stage);
    }

    /// Says what was seen. A panic is a failure like others, with the trace up to it.
    fn judge(&self, harness: &Harness, panic: Option<Box<dyn Any + Send>>) -> Result<Report, Box<Failed>> {
        let clients = self.cast.clients();
        let mut failures = harness.failures().to_vec();
        failures.extend(panic.map(|panic| in_words(&*panic)));
        failures.extend(harness.leaked().into_iter().map(|line| format!("a secret is printed: {line}")));
        if failures.is_empty() {
            return Ok(Report {
                steps: harness.steps(),
                client_time: harness.now().since_origin() * clients as u32,
                delivered: (0..clients).map(|number| harness.node(number).delivered()).sum(),
            });
        }
        let trace = harness.trace().map(str::to_owned).collect();
        Err(Box::new(Failed { seed: self.seed, failures, trace }))
    }
}

/// A part of a schedule that can be left out; written as a number or a fault's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A step, counted from 0.
    Step(usize),
    /// A fault: the field of this name in [`Faults`] or [`Network`].
    Fault(&'static str),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Step(step) => write!(f, "{step}"),
            Part::Fault(name) => f.write_str(name),
        }
    }
}

/// This is neither a step's number nor a fault's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPart(String);

impl fmt::Display for NoPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is neither a step's number nor a fault's name", self.0)
    }
}

impl std::error::Error for NoPart {}

impl FromStr for Part {
    type Err = NoPart;

    fn from_str(said: &str) -> Result<Part, NoPart> {
        if let Ok(step) = said.parse() {
            return Ok(Part::Step(step));
        }
        let (mut faults, mut network) = (Faults::NONE, Network::GOOD);
        let known = rates(&mut faults, &mut network).into_iter().find(|(name, _)| *name == said);
        known.map(|(name, _)| Part::Fault(name)).ok_or_else(|| NoPart(said.to_owned()))
    }
}

/// How badly things go, and what happens when.
#[derive(Clone, Debug)]
pub struct Plan<S> {
    faults: Faults,
    network: Network,
    /// Numbered, so that a step keeps its name when others are left out.
    steps: Vec<(usize, Time, S)>,
    /// When all faults stop.
    calm: Time,
}

impl<S> Plan<S> {
    fn push(&mut self, at: Time, step: S) {
        self.steps.push((self.steps.len(), at, step));
    }
}

fn in_words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without words");
    format!("a panic: {words}")
}

/// A choice made before it is known among how many.
#[derive(Clone, Copy, Debug)]
pub struct Pick(u64);

impl Pick {
    fn from<T>(self, all: &[T]) -> Option<&T> {
        all.get((self.0 % all.len().max(1) as u64) as usize)
    }
}

/// Every rate at which something goes wrong, by its name.
fn rates<'a>(faults: &'a mut Faults, network: &'a mut Network) -> Vec<(&'static str, &'a mut f64)> {
    macro_rules! named {
        ($($name:ident),*) => { vec![$((stringify!($name), $name)),*] };
    }
    // Taken apart in full, so that a new one is not forgotten.
    let Faults {
        helix_5xx,
        helix_done_5xx,
        helix_429,
        helix_401,
        odd_page,
        token_5xx,
        token_done_5xx,
        refuse_socket,
        no_welcome,
        duplicate,
        both_sockets,
        malformed,
        unknown_message,
        unknown_event,
        novelty,
        drop_after_event,
        left_behind,
        shard_refused,
        cut_short,
        cursor_refused,
        cursor_repeats,
        nulls,
        shard_notice_lost,
        absent,
        bare_5xx,
        short_stamps,
        odd_tokens,
        quoted,
    } = faults;
    let Network {
        fastest: _,
        slowest: _,
        not_sent,
        request_lost,
        response_lost,
        response_hangs,
        not_opened,
        half_open,
        slowest_store: _,
        store_fails,
    } = network;
    named![
        helix_5xx,
        helix_done_5xx,
        helix_429,
        helix_401,
        odd_page,
        token_5xx,
        token_done_5xx,
        refuse_socket,
        no_welcome,
        duplicate,
        both_sockets,
        malformed,
        unknown_message,
        unknown_event,
        novelty,
        drop_after_event,
        left_behind,
        shard_refused,
        cut_short,
        cursor_refused,
        cursor_repeats,
        nulls,
        shard_notice_lost,
        absent,
        bare_5xx,
        short_stamps,
        odd_tokens,
        quoted,
        not_sent,
        request_lost,
        response_lost,
        response_hangs,
        not_opened,
        half_open,
        store_fails
    ]
}
