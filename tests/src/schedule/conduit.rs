//! Random schedules for conduits: one to three clients share one, and shards are lost, assignments refused, the conduit
//! deleted, scaled, shards restarted, clients killed and started again, while channels go online.

use super::{Cast, Failed, Pick, Plan, Report, Schedule};
use crate::harness::{Harness, Network, Rng, Wanted};
use crate::world::{Faults, Which};
use std::time::Duration;
use twitchwire::auth::store::MemoryStore;
use twitchwire::eventsub::{ConduitConfig, ConduitSize, ShardChoice, ShardPart};
use twitchwire::{Config, Time};

const CLIENT_ID: &str = "a-client-id";

/// Runs the schedule of a seed. One that fails is run again with its trace kept.
pub fn run(seed: u64) -> Result<Report, Box<Failed>> {
    Schedule::<Conduits>::run(seed)
}

/// What a seed decides about clients that share a conduit.
#[derive(Clone, Debug)]
pub struct Conduits {
    new_session_id: bool,
    welcome_after: Duration,
    channels: u64,
    shards: u32,
    /// One for each client: how many shards it opens at once, and assigns with one request.
    clients: Vec<(usize, usize)>,
    scaling: Scaling,
}

/// Who gives a conduit another size that several clients share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scaling {
    /// The first, when it starts: back to the size that it is set up for.
    AtStart,
    /// One at a time.
    ByTurns,
    /// Each when it likes.
    AtOdds,
}

/// One thing that happens. Clients and channels are numbers.
#[derive(Clone, Debug)]
pub enum Step {
    /// A channel goes online.
    Online(usize),
    /// A socket breaks.
    Drop(Pick),
    /// The server closes a socket with a code.
    Close(Pick, u16),
    /// The server asks one to reconnect.
    Reconnect(Pick),
    /// The server asks all of them.
    ReconnectAll,
    /// All sockets break.
    DropAll,
    /// All conduits are deleted.
    DeleteConduits,
    /// The app's token ends.
    ExpireApp,
    /// A client dies and is started again.
    Restart(usize),
    /// The only client scales the conduit to so many shards, and opens them or not.
    Scale(u32, bool),
    /// One of several does, or all of them, if nobody else is at it.
    ScaleByTurns(usize, u32, bool),
    /// One of several does, whoever else is at it.
    ScaleAtOdds(usize, u32, bool),
    /// A client restarts one of its shards.
    RestartShard(usize, Pick),
    /// A client restarts all of its shards.
    RestartShards(usize),
    /// One of the enabled subscriptions.
    Revoke(Pick),
}

impl Cast for Conduits {
    type Step = Step;
    /// The ids of the channels.
    type Stage = Vec<String>;

    fn of(seed: u64) -> (Self, Plan<Step>) {
        let mut rng = Rng::new(seed ^ 0xc0d1);
        let new_session_id = rng.chance(0.1);
        let welcome_after = Duration::from_millis(rng.below(1000));
        let mut faults = Faults::all([0.0, 0.01, 0.05, 0.15][rng.below(4) as usize]);
        faults.token_5xx = 0.0;
        faults.token_done_5xx = 0.0;
        faults.shard_notice_lost = [0.0, 0.2, 1.0][rng.below(3) as usize];
        let channels = 4 + rng.below(20);
        let mut network = Network::bad([0.0, 0.01, 0.05][rng.below(3) as usize]);
        network.store_fails = 0.0;
        let count = 1 + rng.below(3) as usize;
        let shards = count as u32 * (1 + rng.below(4) as u32);
        let clients = (0..count).map(|_| (1 + rng.below(8) as usize, 1 + rng.below(8) as usize)).collect();

        let scaling = [Scaling::AtStart, Scaling::ByTurns, Scaling::AtOdds][rng.below(3) as usize];

        let mut plan = Plan { faults, network, steps: Vec::new(), calm: Time::ZERO };
        let end = Time::ZERO + Duration::from_secs(60 * (2 + rng.below(10)));
        let mut now = Time::ZERO;
        while now < end {
            now = now + rng.between(Duration::ZERO, Duration::from_millis(3000));
            let number = rng.below(count as u64) as usize;
            let step = match rng.below(40) {
                0..16 => Step::Online(rng.below(channels) as usize),
                16..19 => Step::Drop(Pick(rng.below(u64::MAX))),
                19..22 => {
                    let pick = Pick(rng.below(u64::MAX));
                    Step::Close(pick, [1000, 4000, 4002, 4005, 4006, 4999][rng.below(6) as usize])
                }
                22..25 => Step::Reconnect(Pick(rng.below(u64::MAX))),
                25 => Step::ReconnectAll,
                26 => Step::DropAll,
                27 => Step::DeleteConduits,
                28 => Step::ExpireApp,
                29 | 30 => Step::Restart(number),
                31 | 32 => {
                    let (size, opening) = (rng.below(10) as u32, rng.chance(0.7));
                    // What several have been given shares of has no more shards than that.
                    match scaling {
                        _ if count == 1 => Step::Scale(1 + size, opening),
                        Scaling::AtStart => continue,
                        Scaling::ByTurns => Step::ScaleByTurns(number, 1 + size % shards, opening),
                        Scaling::AtOdds => Step::ScaleAtOdds(number, 1 + size % shards, opening),
                    }
                }
                33 => Step::Revoke(Pick(rng.below(u64::MAX))),
                34 | 35 => Step::RestartShard(number, Pick(rng.below(u64::MAX))),
                36 => Step::RestartShards(number),
                _ => continue,
            };
            plan.push(now, step);
        }
        plan.calm = now;
        (Conduits { new_session_id, welcome_after, channels, shards, clients, scaling }, plan)
    }

    fn clients(&self) -> usize {
        self.clients.len()
    }

    fn enter(&self, harness: &mut Harness) -> Vec<String> {
        harness.world.client(CLIENT_ID, Some("a-client-secret"));
        harness.world.settings.new_session_id = self.new_session_id;
        harness.world.settings.welcome_after = self.welcome_after;
        let channels: Vec<String> =
            (0..self.channels).map(|number| harness.world.user(&format!("channel{number}"))).collect();
        for (number, (opening_at_once, shards_per_request)) in self.clients.iter().enumerate() {
            let choice = if self.clients.len() == 1 {
                ShardChoice::All { subscriptions: self.shards * 10, max_per_shard: 10 }
            } else {
                let part = ShardPart::of_instance(number as u32, self.clients.len() as u32, self.shards);
                let part = part.unwrap_or_else(|_| unreachable!("an instance has a part"));
                let size = match self.scaling {
                    Scaling::AtStart => ConduitSize::Scale,
                    Scaling::ByTurns | Scaling::AtOdds => ConduitSize::Keep,
                };
                ShardChoice::Part { part, size }
            };
            let mut config = Config::new(CLIENT_ID);
            config.client_secret = Some("a-client-secret".into());
            config.conduit = Some(ConduitConfig {
                shards: choice,
                opening_at_once: *opening_at_once,
                shards_per_request: *shards_per_request,
                audit_shards_every: Duration::from_secs(60),
                audit_subscriptions_every: Duration::from_secs(120),
                ..ConduitConfig::default()
            });
            harness.client(config, MemoryStore::new());
            for channel in &channels {
                harness.subscribe(number, Wanted::OnlineByConduit(channel.clone()));
            }
        }
        channels
    }

    fn rest(&self, harness: &mut Harness, channels: &Vec<String>) {
        harness.run_for(Duration::from_secs(420));
        for number in 0..self.clients.len() {
            for wish in harness.node(number).blocked() {
                harness.with(number, |client, now| client.retry(now, wish));
            }
        }
        harness.run_for(Duration::from_secs(60));
        for channel in channels {
            harness.world.online(harness.now(), channel);
        }
        harness.run_for(Duration::from_secs(5));
        harness.check_conduit_at_rest(CLIENT_ID);
    }

    fn take(harness: &mut Harness, channels: &Vec<String>, step: &Step) {
        let now = harness.now();
        let one = |harness: &Harness, pick: Pick| {
            let sessions: Vec<&str> = harness.world.open_sockets().map(|(_, session)| session).collect();
            pick.from(&sessions).map(|session| Which::Session((*session).to_owned()))
        };
        match step {
            Step::Online(channel) => harness.world.online(now, &channels[*channel]),
            Step::Drop(pick) => {
                if let Some(which) = one(harness, *pick) {
                    harness.world.drop_sockets(now, &which);
                }
            }
            Step::Close(pick, code) => {
                if let Some(which) = one(harness, *pick) {
                    harness.world.close_sockets(now, &which, *code, "so it goes");
                }
            }
            Step::Reconnect(pick) => {
                if let Some(which) = one(harness, *pick) {
                    harness.world.reconnect(now, &which);
                }
            }
            Step::ReconnectAll => harness.world.reconnect(now, &Which::All),
            Step::DropAll => harness.world.drop_sockets(now, &Which::All),
            Step::DeleteConduits => {
                for (id, _) in harness.world.conduits(CLIENT_ID) {
                    harness.world.delete_conduit_now(now, &id);
                }
            }
            Step::ExpireApp => harness.world.expire_app(now, CLIENT_ID),
            Step::Restart(number) => harness.restart(*number),
            Step::Scale(shards, opening) => harness.scale(0, *shards, *opening),
            Step::ScaleByTurns(number, shards, opening) => harness.scale_shared(*number, *shards, *opening),
            Step::ScaleAtOdds(number, shards, opening) => harness.scale_at_odds(*number, *shards, *opening),
            Step::RestartShard(number, pick) => {
                if let Some(shard) = pick.from(&shards_of(harness, *number)) {
                    harness.restart_shard(*number, *shard);
                }
            }
            Step::RestartShards(number) => {
                for shard in shards_of(harness, *number) {
                    harness.restart_shard(*number, shard);
                }
            }
            Step::Revoke(pick) => {
                let ids: Vec<String> = harness
                    .world
                    .enabled(CLIENT_ID, None)
                    .iter()
                    .map(|(id, _, _)| (*id).to_owned())
                    .collect();
                if let Some(id) = pick.from(&ids) {
                    harness.world.revoke_subscription(now, id, "user_removed");
                }
            }
        }
    }
}

fn shards_of(harness: &Harness, number: usize) -> Vec<u32> {
    let conduit = harness.node(number).client.conduit();
    conduit.into_iter().flat_map(|conduit| conduit.shards()).map(|shard| shard.shard).collect()
}
