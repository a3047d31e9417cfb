//! Conduits in virtual time: random schedules, several processes on one conduit, and what a loss costs.
//!
//! `TWITCHWIRE_SEED=n` runs one seed and prints its trace; `TWITCHWIRE_SEEDS=n` sets how many fresh ones are run.
#![expect(clippy::print_stdout, reason = "what was measured, besides what is asserted")]

use std::time::Duration;
use twitchwire::Config;
use twitchwire::auth::store::MemoryStore;
use twitchwire::eventsub::{
    Conduit, ConduitConfig, ConduitSize, GapScope, ShardChoice, ShardPart, ShardState,
};
use twitchwire_sim::World;
use twitchwire_sim::harness::{Harness, Wanted};
use twitchwire_sim::schedule;
use twitchwire_sim::world::Which;

const CLIENT_ID: &str = "a-client-id";

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn every_schedule_of_a_conduit_that_ever_failed_holds_now() {
    for line in include_str!("../seeds-conduit.txt").lines().filter(|line| !line.starts_with('#')) {
        let seed = line.split_whitespace().next().and_then(|seed| seed.parse().ok()).expect("a seed first");
        if let Err(failed) = schedule::conduit::run(seed) {
            panic!("{failed}");
        }
    }
}

#[test]
fn random_schedules_of_conduits_lose_nothing_unsaid_touch_no_foreign_shard_and_come_to_rest() {
    let seeds = match number("TWITCHWIRE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("TWITCHWIRE_SEEDS").unwrap_or(100),
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let failed: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let seeds = seeds.clone();
                scope.spawn(move || {
                    let mut mine = seeds.filter(|seed| seed % threads == worker);
                    mine.find_map(|seed| schedule::conduit::run(seed).err())
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

/// So many instances on a conduit of so many shards, each with all channels; and some time for it to settle.
fn instances(instances: u32, shards: u32, channels: usize) -> (Harness, Vec<String>) {
    let mut world = World::new(7, "2026-01-01T00:00:00Z".parse().unwrap());
    world.client(CLIENT_ID, Some("a-client-secret"));
    let channels: Vec<String> = (0..channels).map(|n| world.user(&format!("channel{n}"))).collect();
    let mut harness = Harness::new(7, world);
    for instance in 0..instances {
        let part = ShardPart::of_instance(instance, instances, shards).unwrap();
        let mut config = Config::new(CLIENT_ID);
        config.client_secret = Some("a-client-secret".into());
        config.conduit = Some(ConduitConfig {
            shards: ShardChoice::Part { part, size: ConduitSize::Scale },
            ..ConduitConfig::default()
        });
        let node = harness.client(config, MemoryStore::new());
        for channel in &channels {
            harness.subscribe(node, Wanted::OnlineByConduit(channel.clone()));
        }
    }
    harness.run_for(Duration::from_secs(60));
    harness.check_conduit_at_rest(CLIENT_ID);
    assert_eq!(harness.failures(), [""; 0]);
    (harness, channels)
}

/// A client with all shards of a conduit of this size and so many channels, from its start until it is complete.
fn single(shards: u32, channels: usize, config: impl FnOnce(&mut Config)) -> (Harness, Vec<String>) {
    let mut world = World::new(7, "2026-01-01T00:00:00Z".parse().unwrap());
    world.client(CLIENT_ID, Some("a-client-secret"));
    world.settings.app_max_cost = u64::MAX;
    // So many sockets say enough as it is.
    world.settings.ping_every = Duration::from_secs(600);
    world.settings.pong_within = Duration::from_secs(60);
    let channels: Vec<String> = (0..channels).map(|n| world.user(&format!("channel{n}"))).collect();
    let mut harness = Harness::new(7, world);
    harness.write_down = 0.0;
    let mut settings = Config::new(CLIENT_ID);
    settings.client_secret = Some("a-client-secret".into());
    settings.keepalive = 600;
    let part = ShardPart::whole(shards).unwrap();
    settings.conduit = Some(ConduitConfig {
        shards: ShardChoice::Part { part, size: ConduitSize::Scale },
        ..ConduitConfig::default()
    });
    config(&mut settings);
    let node = harness.client(settings, MemoryStore::new());
    for channel in &channels {
        harness.subscribe(node, Wanted::OnlineByConduit(channel.clone()));
    }
    (harness, channels)
}

/// Runs until the client says so; how long it took.
fn until(harness: &mut Harness, done: impl Fn(&Conduit) -> bool) -> Duration {
    let start = harness.now();
    while !harness.node(0).client.conduit().is_some_and(&done) {
        harness.run_for(Duration::from_secs(1));
        assert!(harness.now().since(start) < Duration::from_secs(3 * 3600), "it takes for ever");
    }
    harness.now().since(start)
}

/// All shards are lost at once, and all of them are back long before a minute's worth of requests is spent.
///
/// `TWITCHWIRE_SHARDS` and `TWITCHWIRE_SUBSCRIPTIONS` set how many there are.
#[test]
fn a_conduit_of_very_many_shards_heals_at_once_and_subscribes_at_the_rate_that_twitch_allows() {
    let shards = number("TWITCHWIRE_SHARDS").unwrap_or(1000) as u32;
    let subscriptions = number("TWITCHWIRE_SUBSCRIPTIONS").unwrap_or(2000) as usize;
    let (mut harness, channels) = single(shards, subscriptions, |_| {});
    let opened = until(&mut harness, Conduit::is_complete);
    let subscribed = until(&mut harness, |conduit| conduit.progress().missing() == 0);
    // Twitch gives 800 points a minute, of which a tenth is left to everything else. Audits of very many shards take some of
    // the others.
    let minutes = (subscriptions as u64).div_ceil(720);
    assert!(subscribed <= Duration::from_secs(67 * minutes), "{subscribed:?}");

    harness.world.drop_sockets(harness.now(), &Which::All);
    harness.run_for(Duration::from_secs(1));
    let healed = until(&mut harness, Conduit::is_complete);
    // A thousand links at a time, each a few round trips.
    let rounds = u64::from(shards.div_ceil(1000));
    assert!(healed <= Duration::from_secs(5 + 3 * rounds), "{healed:?}");
    for channel in channels.iter().take(100) {
        harness.world.online(harness.now(), channel);
    }
    harness.run_for(Duration::from_secs(5));
    harness.check_conduit_at_rest(CLIENT_ID);
    assert_eq!(harness.failures(), [""; 0]);
    let gaps = harness.node(0).conduit_gaps();
    assert!(
        gaps.len() <= 2 && gaps[0].scope == GapScope::Conduit,
        "one for all, and one for the last: {gaps:?}"
    );
    println!(
        "{shards} shards opened in {opened:?}, healed in {healed:?}; {subscriptions} subscriptions in {subscribed:?}"
    );
}

fn all_go_online(harness: &mut Harness, channels: &[String]) {
    for channel in channels {
        harness.world.online(harness.now(), channel);
        harness.run_for(Duration::from_millis(100));
    }
}

#[test]
fn one_shard_after_the_other_closes_and_nothing_is_lost_or_said_to_be() {
    let (mut harness, channels) = instances(1, 5, 40);
    for shard in 0..5 {
        let conduit = harness.world.conduits(CLIENT_ID)[0].0.clone();
        let session = harness.world.enabled_shards(&conduit)[&shard].clone();
        harness.world.close_sockets(harness.now(), &Which::Session(session), 4000, "so it goes");
        all_go_online(&mut harness, &channels);
    }
    harness.run_for(Duration::from_secs(5));
    harness.check_conduit_at_rest(CLIENT_ID);
    assert_eq!(harness.failures(), [""; 0]);
    assert!(harness.node(0).conduit_gaps().is_empty());
    assert_eq!(harness.node(0).delivered(), 5 * 40 + 5, "and five times that a shard was disabled");
}

#[test]
fn a_conduit_grows_and_shrinks_under_load_and_loses_nothing() {
    let mut world = World::new(7, "2026-01-01T00:00:00Z".parse().unwrap());
    world.client(CLIENT_ID, Some("a-client-secret"));
    let channels: Vec<String> = (0..40).map(|n| world.user(&format!("channel{n}"))).collect();
    let mut harness = Harness::new(7, world);
    let mut config = Config::new(CLIENT_ID);
    config.client_secret = Some("a-client-secret".into());
    config.conduit = Some(ConduitConfig::default());
    let node = harness.client(config, MemoryStore::new());
    for channel in &channels {
        harness.subscribe(node, Wanted::OnlineByConduit(channel.clone()));
    }
    harness.run_for(Duration::from_secs(30));
    let mut online = 0;
    for size in [12, 5, 6] {
        harness.scale(node, size, true);
        for _ in 0..10 {
            all_go_online(&mut harness, &channels);
            online += channels.len();
        }
        harness.run_for(Duration::from_secs(5));
        harness.check_conduit_at_rest(CLIENT_ID);
        assert_eq!(harness.failures(), [""; 0]);
        assert_eq!(harness.world.conduits(CLIENT_ID)[0].1, size);
    }
    assert!(harness.node(node).conduit_gaps().is_empty());
    assert_eq!(harness.node(node).delivered(), online + 7, "and seven times that a shard was disabled");
}

/// Twitch keeps a conduit without shards for 72 hours.
#[test]
fn who_comes_back_within_three_days_subscribes_to_nothing_again() {
    for (hours, kept) in [(71, true), (73, false)] {
        let (mut harness, channels) = instances(1, 3, 20);
        let made = |harness: &Harness| -> Vec<String> {
            harness.world.enabled(CLIENT_ID, None).iter().map(|(id, _, _)| (*id).to_owned()).collect()
        };
        let before = (harness.world.conduits(CLIENT_ID), made(&harness));
        harness.with(0, |client, now| client.close(now));
        harness.run_for(Duration::from_secs(hours * 3600));
        let config = harness.node(0).config.clone();
        let node = harness.client(config, MemoryStore::new());
        for channel in &channels {
            harness.subscribe(node, Wanted::OnlineByConduit(channel.clone()));
        }
        harness.run_for(Duration::from_secs(60));
        let after = (harness.world.conduits(CLIENT_ID), made(&harness));
        assert_eq!(before == after, kept, "after {hours} hours");
        assert_eq!(after.1.len(), channels.len() + 1, "and the conduit's own");
    }
}

#[test]
fn shards_are_restarted_under_load_one_by_one_and_all_at_once_and_nothing_is_lost_or_said_to_be() {
    let (mut harness, channels) = instances(1, 5, 40);
    let conduit = harness.world.conduits(CLIENT_ID)[0].0.clone();
    let mut rounds = 0;
    for shards in [vec![0], vec![1], vec![2], vec![3], vec![4], vec![0, 1, 2, 3, 4]] {
        let before = harness.world.enabled_shards(&conduit);
        for shard in &shards {
            harness.restart_shard(0, *shard);
        }
        all_go_online(&mut harness, &channels);
        rounds += 1;
        let after = harness.world.enabled_shards(&conduit);
        let moved: Vec<u32> = (0..5).filter(|shard| before[shard] != after[shard]).collect();
        assert_eq!(moved, shards);
    }
    harness.run_for(Duration::from_secs(10));
    harness.check_conduit_at_rest(CLIENT_ID);
    assert_eq!(harness.failures(), [""; 0]);
    assert!(harness.node(0).conduit_gaps().is_empty());
    assert_eq!(harness.node(0).delivered(), rounds * 40, "and no shard was ever disabled");
    assert_eq!(harness.world.open_sockets().count(), 5);
}

#[test]
fn several_processes_shrink_their_conduit_and_grow_it_again_shard_by_shard_and_lose_nothing() {
    let (mut harness, channels) = instances(3, 9, 40);
    harness.scale(2, 2, false);
    // The others see it when they audit their shards.
    harness.run_for(Duration::from_secs(400));
    harness.check_conduit_at_rest(CLIENT_ID);
    for node in 0..3 {
        harness.scale(node, 9, true);
    }
    for _ in 0..20 {
        all_go_online(&mut harness, &channels);
    }
    // What the others have grown to is seen by an audit as well.
    harness.run_for(Duration::from_secs(400));
    harness.check_conduit_at_rest(CLIENT_ID);
    assert_eq!(harness.failures(), [""; 0]);
    assert_eq!(harness.world.conduits(CLIENT_ID)[0].1, 9);
    for node in 0..3 {
        assert!(harness.node(node).conduit_gaps().is_empty(), "{:?}", harness.node(node).conduit_gaps());
    }
}

/// Three instances share a conduit of nine shards. One is killed: Twitch sends what was for its shards to the others
/// where it can. Its successor says from when on something may be missing, takes its three shards back, and nobody
/// makes a subscription again.
#[test]
fn of_three_instances_one_is_killed_and_its_shards_are_repaired_on_restart() {
    let (mut harness, channels) = instances(3, 9, 60);
    let conduit = harness.world.conduits(CLIENT_ID)[0].0.clone();
    let subscriptions: Vec<String> =
        harness.world.enabled(CLIENT_ID, None).iter().map(|(id, _, _)| (*id).to_owned()).collect();
    let before = harness.world.enabled_shards(&conduit);

    harness.restart(1);
    harness.run_for(Duration::from_millis(50));
    assert_eq!(harness.world.enabled_shards(&conduit).into_keys().collect::<Vec<_>>(), [0, 1, 2, 6, 7, 8]);
    all_go_online(&mut harness, &channels);
    harness.run_for(Duration::from_secs(30));

    let after = harness.world.enabled_shards(&conduit);
    for shard in 0..9 {
        assert_eq!(before[&shard] == after[&shard], !(3..6).contains(&shard), "shard {shard}");
    }
    let states: Vec<(u32, ShardState)> = harness
        .node(1)
        .client
        .conduit()
        .into_iter()
        .flat_map(|conduit| conduit.shards().map(|shard| (shard.shard, shard.state)))
        .collect();
    assert_eq!(states, [3, 4, 5].map(|shard| (shard, ShardState::Enabled)));
    let still: Vec<String> =
        harness.world.enabled(CLIENT_ID, None).iter().map(|(id, _, _)| (*id).to_owned()).collect();
    assert_eq!(still, subscriptions);
    let scopes: Vec<&GapScope> = harness.node(1).conduit_gaps().into_iter().map(|gap| &gap.scope).collect();
    assert_eq!(scopes, [&GapScope::Conduit]);
    harness.check_conduit_at_rest(CLIENT_ID);
    assert_eq!(harness.failures(), [""; 0]);
}

#[test]
fn a_conduit_comes_through_a_restart_and_says_what_it_may_have_missed() {
    let (mut harness, channels) = instances(1, 4, 10);
    harness.world.restart(harness.now(), Duration::from_secs(30));
    harness.run_for(Duration::from_secs(10));
    // Nobody can hear of this one.
    harness.world.online(harness.now(), &channels[0]);
    harness.run_for(Duration::from_secs(120));
    let gaps = harness.node(0).conduit_gaps().len();
    assert!(gaps > 0, "the lost event is not told");

    let before = harness.node(0).delivered();
    for channel in &channels {
        harness.world.online(harness.now(), channel);
    }
    harness.run_for(Duration::from_secs(60));
    assert_eq!(harness.node(0).delivered() - before, channels.len());
    assert_eq!(harness.node(0).conduit_gaps().len(), gaps);
    harness.check_conduit_at_rest(CLIENT_ID);
    assert_eq!(harness.failures(), [""; 0]);
    assert_eq!(harness.world.violations(), []);
}
