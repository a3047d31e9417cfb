//! Random schedules: one seed becomes a world, a network, clients, and some minutes in which anything happens; then all
//! faults stop, and after a while everything must be as it should.
//!
//! [`run`] and [`conduit::run`] are pure functions of their seeds. A seed that fails is kept in `seeds.txt` with a line on what it showed.

pub mod conduit;

use crate::harness::{Harness, Network, Rng, Wanted};
use crate::world::{Faults, Which, World};
use std::fmt;
use std::time::Duration;
use twitchwire::auth::store::{MemoryStore, Store, StoreOp, Stored};
use twitchwire::eventsub::Leftovers;
use twitchwire::helix::Pager;
use twitchwire::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire::{As, Config, SecretString};

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

const CLIENT_ID: &str = "a-client-id";
const SCOPES: &[&str] = &["user:read:chat", "moderator:read:followers"];

/// Runs the schedule of a seed. One that fails is run again with its trace kept.
pub fn run(seed: u64) -> Result<Report, Box<Failed>> {
    // Every so often all that a client prints is searched for secrets.
    let keep = if seed.is_multiple_of(16) { TRACE } else { 0 };
    run_traced(seed, keep).or_else(|failed| if keep == 0 { run_traced(seed, TRACE) } else { Err(failed) })
}

/// How many lines of a trace are kept.
const TRACE: usize = 20_000;

/// Adds a user's first tokens, unless the store has some.
fn log_in(harness: &mut Harness, number: usize, (access, refresh): &(String, String)) {
    if matches!(harness.node(number).store.run(StoreOp::Load), Ok(Stored::Loaded(records)) if records.is_empty())
    {
        harness.with(number, |client, now| {
            let _login = client.add_token(now, access.as_str().into(), Some(refresh.as_str().into()));
        });
    }
}

fn run_traced(seed: u64, keep: usize) -> Result<Report, Box<Failed>> {
    let mut rng = Rng::new(seed ^ 0x5eed);
    let epoch = "2026-01-01T00:00:00Z".parse().unwrap_or_default();
    let mut world = World::new(seed, epoch);
    let confidential = rng.chance(0.6);
    world.client(CLIENT_ID, confidential.then_some("a-client-secret"));
    // A new process on an old store may refresh what its predecessor has refreshed already.
    let restarts = confidential && rng.chance(0.5);
    world.settings.spare_refreshes = if restarts { usize::MAX / 2 } else { 0 };
    world.settings.new_session_id = rng.chance(0.2);
    world.settings.delete_dead = rng.chance(0.5);
    world.settings.conflict_names_twin = rng.chance(0.5);
    world.settings.new_refresh_token_each_time = rng.chance(0.5);
    if rng.chance(0.3) {
        world.settings.user_token_life = Duration::from_secs(60 + rng.below(300));
    }
    world.settings.welcome_after = Duration::from_millis(rng.below(1500));
    let rate = [0.0, 0.01, 0.05, 0.15][rng.below(4) as usize];
    world.faults = Faults::all(rate);
    // A public client cannot repeat a refresh whose fate is unknown: that case is tested on its own.
    if !confidential {
        world.faults.token_5xx = 0.0;
        world.faults.token_done_5xx = 0.0;
    }
    let ada = world.user("ada");
    let brook = world.user("brook");
    world.followers(&ada, 150);
    let count = 1 + rng.below(2) as usize;
    let users: Vec<String> = [ada.clone(), brook.clone()].into_iter().take(count).collect();
    let tokens: Vec<(String, String)> =
        users.iter().map(|user| world.grant_token(Default::default(), CLIENT_ID, user, SCOPES)).collect();
    for user in &users {
        world.moderator(&ada, user);
    }
    let mut harness = Harness::new(seed, world);
    let net = [0.0, 0.01, 0.05, 0.15][rng.below(4) as usize];
    harness.keep_trace(keep);
    harness.network = Network::bad(net);
    if !confidential {
        harness.network.request_lost = 0.0;
        harness.network.response_lost = 0.0;
        harness.network.response_hangs = 0.0;
    }
    for (number, user) in users.iter().enumerate() {
        let mut config = Config::new(CLIENT_ID);
        config.compare_every = Duration::from_secs(60 + rng.below(600));
        config.leftovers = if rng.chance(0.5) { Leftovers::Delete } else { Leftovers::Keep };
        config.client_secret = confidential.then(|| SecretString::from("a-client-secret"));
        harness.client(config, MemoryStore::new());
        log_in(&mut harness, number, &tokens[number]);
        for wanted in [
            Wanted::Chat(ada.clone(), user.clone()),
            Wanted::Follow(ada.clone(), user.clone()),
            Wanted::Raid(ada.clone()),
            Wanted::Online(ada.clone()),
            Wanted::Offline(ada.clone()),
        ] {
            harness.subscribe(number, wanted);
        }
    }

    let minutes = 2 + rng.below(10);
    let end = harness.now() + Duration::from_secs(60 * minutes);
    let mut words = 0;
    while harness.now() < end {
        let pause = rng.between(Duration::ZERO, Duration::from_millis(4000));
        harness.run_for(pause);
        let number = rng.below(count as u64) as usize;
        let now = harness.now();
        let user = users[number].clone();
        match rng.below(40) {
            0..10 => {
                words += 1;
                harness.world.chat(now, &brook, &ada, &format!("word {words}"));
            }
            10..14 => {
                let name = format!("viewer{words}");
                let viewer = harness.world.user(&name);
                harness.world.follow(now, &viewer, &ada);
                words += 1;
            }
            14 => harness.world.raid(now, &brook, &ada, 7),
            15 => harness.world.online(now, &ada),
            16 => harness.world.offline(now, &ada),
            17..20 => harness.world.reconnect(now, &Which::All),
            20 => harness.world.drop_sockets(now, &Which::All),
            21 => {
                let code = [1000, 1001, 4000, 4002, 4005, 4006, 4999][rng.below(7) as usize];
                harness.world.close_sockets(now, &Which::All, code, "so it goes");
            }
            22..24 => harness.world.expire(now, &user),
            24 if restarts => {
                harness.restart(number);
                log_in(&mut harness, number, &tokens[number]);
            }
            25 => {
                let by = Duration::from_secs(rng.below(3600));
                harness.sleep(number, by);
            }
            26 => {
                let status = [
                    "user_removed",
                    "moderator_removed",
                    "chat_user_banned",
                    "version_removed",
                    "new_status",
                ][rng.below(5) as usize];
                let held: Vec<String> =
                    harness.node(number).client.plan().held().map(|(_, id)| id.to_string()).collect();
                if let Some(id) = held.get(rng.below(held.len().max(1) as u64) as usize) {
                    harness.world.revoke_subscription(now, id, status);
                }
            }
            27..30 => {
                harness.with(number, |client, now| {
                    let _call = client.call(now, &GetUsers::by_login(["ada", "brook"]), As::Default);
                });
            }
            30 => {
                let request = GetChannelFollowers::new(ada.as_str());
                if let Ok(pager) = Pager::new(&request)
                    && let Some(prepared) = pager.next()
                {
                    let who = As::User(user.as_str().into());
                    harness.with(number, |client, now| client.send(now, prepared, who));
                }
            }
            31 => {
                let wishes: Vec<_> =
                    harness.node(number).wishes().map(|(id, wanted)| (id, wanted.clone())).collect();
                if let Some((wish, wanted)) = wishes.get(rng.below(wishes.len().max(1) as u64) as usize) {
                    let wish = *wish;
                    harness.with(number, |client, now| client.unsubscribe(now, wish));
                    harness.forget(number, wish);
                    harness.run_for(rng.between(Duration::ZERO, Duration::from_secs(5)));
                    harness.subscribe(number, wanted.clone());
                }
            }
            32 => {
                for wish in harness.node(number).blocked() {
                    harness.with(number, |client, now| client.retry(now, wish));
                }
            }
            _ => {}
        }
        if !harness.failures().is_empty() {
            break;
        }
    }

    // Peace: nothing misbehaves any more, and what was blocked is asked for again.
    harness.world.faults = Faults::NONE;
    harness.network = Network::GOOD;
    for (number, tokens) in tokens.iter().enumerate() {
        // Under heavy fire the first tokens may never have been proven.
        log_in(&mut harness, number, tokens);
    }
    harness.run_for(Duration::from_secs(200));
    for number in 0..count {
        for wish in harness.node(number).blocked() {
            harness.with(number, |client, now| client.retry(now, wish));
        }
    }
    harness.run_for(Duration::from_secs(200));
    harness.world.chat(harness.now(), &brook, &ada, "the last word");
    harness.run_for(Duration::from_secs(5));
    harness.check_at_rest(CLIENT_ID, &users);
    let mut failures = harness.failures().to_vec();
    failures.extend(harness.leaked().into_iter().map(|line| format!("a secret is printed: {line}")));
    if failures.is_empty() {
        return Ok(Report {
            steps: harness.steps(),
            client_time: harness.now().since_origin() * count as u32,
            delivered: (0..count).map(|number| harness.node(number).delivered()).sum(),
        });
    }
    let trace = harness.trace().map(str::to_owned).collect();
    Err(Box::new(Failed { seed, failures, trace }))
}
