//! Random schedules for conduits: one to three clients share one, and shards are lost, assignments refused, the conduit
//! deleted, scaled, clients killed and started again, while channels go online.

use super::{Failed, Report, TRACE};
use crate::harness::{Harness, Network, Rng, Wanted};
use crate::world::{Faults, Which, World};
use std::time::Duration;
use twitchwire::Config;
use twitchwire::auth::store::MemoryStore;
use twitchwire::eventsub::{ConduitConfig, ConduitSize, ShardChoice, ShardPart};

const CLIENT_ID: &str = "a-client-id";

/// Runs the schedule of a seed. One that fails is run again with its trace kept.
pub fn run(seed: u64) -> Result<Report, Box<Failed>> {
    run_traced(seed, 0).or_else(|_| run_traced(seed, TRACE))
}

fn run_traced(seed: u64, keep: usize) -> Result<Report, Box<Failed>> {
    let mut rng = Rng::new(seed ^ 0xc0d1);
    let epoch = "2026-01-01T00:00:00Z".parse().unwrap_or_default();
    let mut world = World::new(seed, epoch);
    world.client(CLIENT_ID, Some("a-client-secret"));
    world.settings.new_session_id = rng.chance(0.1);
    world.settings.welcome_after = Duration::from_millis(rng.below(1000));
    let rate = [0.0, 0.01, 0.05, 0.15][rng.below(4) as usize];
    world.faults = Faults::all(rate);
    world.faults.token_5xx = 0.0;
    world.faults.token_done_5xx = 0.0;
    let channels: Vec<String> = (0..4 + rng.below(20)).map(|n| world.user(&format!("channel{n}"))).collect();
    let mut harness = Harness::new(seed, world);
    harness.keep_trace(keep);
    harness.network = Network::bad([0.0, 0.01, 0.05][rng.below(3) as usize]);
    harness.network.store_fails = 0.0;

    let clients = 1 + rng.below(3) as usize;
    let shards = clients as u32 * (1 + rng.below(4) as u32);
    for number in 0..clients {
        let choice = if clients == 1 {
            ShardChoice::All { subscriptions: shards * 10, max_per_shard: 10 }
        } else {
            let part = ShardPart::of_instance(number as u32, clients as u32, shards);
            let part = part.unwrap_or_else(|_| unreachable!("an instance has a part"));
            ShardChoice::Part { part, size: ConduitSize::Scale }
        };
        let mut config = Config::new(CLIENT_ID);
        config.client_secret = Some("a-client-secret".into());
        config.conduit = Some(ConduitConfig {
            shards: choice,
            opening_at_once: 1 + rng.below(8) as usize,
            shards_per_request: 1 + rng.below(8) as usize,
            audit_shards_every: Duration::from_secs(60),
            audit_subscriptions_every: Duration::from_secs(120),
            ..ConduitConfig::default()
        });
        harness.client(config, MemoryStore::new());
        for channel in &channels {
            harness.subscribe(number, Wanted::OnlineByConduit(channel.clone()));
        }
    }

    let end = harness.now() + Duration::from_secs(60 * (2 + rng.below(10)));
    while harness.now() < end {
        harness.run_for(rng.between(Duration::ZERO, Duration::from_millis(3000)));
        act(&mut harness, &mut rng, &channels, clients);
        if !harness.failures().is_empty() {
            break;
        }
    }

    // Peace.
    harness.world.faults = Faults::NONE;
    harness.network = Network::GOOD;
    harness.run_for(Duration::from_secs(420));
    for number in 0..clients {
        for wish in harness.node(number).blocked() {
            harness.with(number, |client, now| client.retry(now, wish));
        }
    }
    harness.run_for(Duration::from_secs(60));
    for channel in &channels {
        harness.world.online(harness.now(), channel);
    }
    harness.run_for(Duration::from_secs(5));
    harness.check_conduit_at_rest(CLIENT_ID);
    let mut failures = harness.failures().to_vec();
    failures.extend(harness.leaked().into_iter().map(|line| format!("a secret is printed: {line}")));
    if failures.is_empty() {
        return Ok(Report {
            steps: harness.steps(),
            client_time: harness.now().since_origin() * clients as u32,
            delivered: (0..clients).map(|number| harness.node(number).delivered()).sum(),
        });
    }
    let trace = harness.trace().map(str::to_owned).collect();
    Err(Box::new(Failed { seed, failures, trace }))
}

/// One thing happens.
fn act(harness: &mut Harness, rng: &mut Rng, channels: &[String], clients: usize) {
    let now = harness.now();
    let number = rng.below(clients as u64) as usize;
    let one = |harness: &Harness, rng: &mut Rng| {
        let sessions: Vec<String> =
            harness.world.open_sockets().map(|(_, session)| session.to_owned()).collect();
        let index = rng.below(sessions.len().max(1) as u64) as usize;
        sessions.into_iter().nth(index).map(Which::Session)
    };
    match rng.below(40) {
        0..16 => {
            let channel = &channels[rng.below(channels.len() as u64) as usize];
            harness.world.online(now, channel);
        }
        16..19 => {
            if let Some(which) = one(harness, rng) {
                harness.world.drop_sockets(now, &which);
            }
        }
        19..22 => {
            if let Some(which) = one(harness, rng) {
                let code = [1000, 4000, 4002, 4005, 4006, 4999][rng.below(6) as usize];
                harness.world.close_sockets(now, &which, code, "so it goes");
            }
        }
        22..25 => {
            if let Some(which) = one(harness, rng) {
                harness.world.reconnect(now, &which);
            }
        }
        25 => harness.world.reconnect(now, &Which::All),
        26 => harness.world.drop_sockets(now, &Which::All),
        27 => {
            for (id, _) in harness.world.conduits(CLIENT_ID) {
                harness.world.delete_conduit_now(now, &id);
            }
        }
        28 => harness.world.expire_app(now, CLIENT_ID),
        29 | 30 => harness.restart(number),
        31 | 32 if clients == 1 => {
            let shards = 1 + rng.below(10) as u32;
            let opening = rng.chance(0.7);
            harness.scale(0, shards, opening);
        }
        33 => {
            let ids: Vec<String> =
                harness.world.enabled(CLIENT_ID, None).iter().map(|(id, _, _)| (*id).to_owned()).collect();
            if let Some(id) = ids.get(rng.below(ids.len().max(1) as u64) as usize) {
                harness.world.revoke_subscription(now, id, "user_removed");
            }
        }
        _ => {}
    }
}
