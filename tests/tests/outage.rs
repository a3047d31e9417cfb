//! Restarts of Twitch in virtual time: clients come through them, and say what they may have missed.

use std::time::Duration;

use twitchwire::Config;
use twitchwire::auth::store::MemoryStore;
use twitchwire::eventsub::{ConduitConfig, ConduitSize, ShardChoice, ShardPart};
use twitchwire_sim::World;
use twitchwire_sim::harness::{Harness, Wanted};

const CLIENT_ID: &str = "a-client-id";
const SHARDS: u32 = 4;

/// A client with a conduit that listens to ten channels, and has settled.
fn settled() -> (Harness, Vec<String>) {
    let mut world = World::new(7, "2026-01-01T00:00:00Z".parse().unwrap());
    world.client(CLIENT_ID, Some("a-client-secret"));
    let channels: Vec<String> = (0..10).map(|n| world.user(&format!("channel{n}"))).collect();
    let mut harness = Harness::new(7, world);
    let mut config = Config::new(CLIENT_ID);
    config.client_secret = Some("a-client-secret".into());
    let part = ShardPart::whole(SHARDS).unwrap();
    config.conduit = Some(ConduitConfig {
        shards: ShardChoice::Part { part, size: ConduitSize::Scale },
        ..ConduitConfig::default()
    });
    let node = harness.client(config, MemoryStore::new());
    for channel in &channels {
        harness.subscribe(node, Wanted::OnlineByConduit(channel.clone()));
    }
    harness.run_for(Duration::from_secs(60));
    harness.check_conduit_at_rest(CLIENT_ID);
    assert_eq!(harness.failures(), [""; 0]);
    (harness, channels)
}

#[test]
fn a_conduit_comes_through_a_restart_and_says_what_it_may_have_missed() {
    let (mut harness, channels) = settled();
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
