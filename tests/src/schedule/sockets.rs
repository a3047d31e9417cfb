//! Random schedules for WebSocket subscriptions: one or two clients, each with its user, listen to one channel.

use super::{Cast, Failed, Pick, Plan, Report, Schedule};
use crate::harness::{Harness, Network, Rng, Wanted};
use crate::world::{Faults, Settings, Which};
use serde_json::json;
use std::time::Duration;
use twitchwire::auth::store::{MemoryStore, Store, StoreOp, Stored};
use twitchwire::eventsub::Leftovers;
use twitchwire::helix::Pager;
use twitchwire::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire::{As, Config, SecretString, Time};

pub(super) const CLIENT_ID: &str = "a-client-id";
pub(super) const SCOPES: &[&str] = &["user:read:chat", "moderator:read:followers"];

/// Runs the schedule of a seed. One that fails is run again with its trace kept.
pub fn run(seed: u64) -> Result<Report, Box<Failed>> {
    Schedule::<Sockets>::run(seed)
}

/// What a seed decides about clients with WebSockets.
#[derive(Clone, Debug)]
pub struct Sockets {
    pub(super) confidential: bool,
    settings: Settings,
    /// One for each client: how often it compares, and what becomes of what it does not want.
    pub(super) clients: Vec<(Duration, Leftovers)>,
    /// Whether all clients are processes of the same user, with one store.
    pub(super) one_user: bool,
}

/// One thing that happens. Clients are numbers.
#[derive(Clone, Debug)]
pub enum Step {
    /// Somebody says this.
    Chat(String),
    /// A viewer of this login follows.
    Follow(String),
    Raid,
    Online,
    Offline,
    Reconnect,
    Drop,
    Close(u16),
    Expire(usize),
    Restart(usize),
    Sleep(usize, Duration),
    /// One of the subscriptions that the client holds.
    Revoke(usize, Pick, &'static str),
    GetUsers(usize),
    GetFollowers(usize),
    /// One of the client's wishes is withdrawn, and made again after a while.
    Rewish(usize, Pick, Duration),
    Retry(usize),
    /// Nothing can be reached, and all sockets break. Not drawn here.
    Outage(Duration),
}

impl Cast for Sockets {
    type Step = Step;
    type Stage = Stage;

    fn of(seed: u64) -> (Self, Plan<Step>) {
        let mut rng = Rng::new(seed ^ 0x5eed);
        let mut settings = Settings::default();
        let confidential = rng.chance(0.6);
        // A new process on an old store may refresh what its predecessor has refreshed already.
        let restarts = confidential && rng.chance(0.5);
        settings.spare_refreshes = if restarts { usize::MAX / 2 } else { 0 };
        settings.new_session_id = rng.chance(0.2);
        settings.delete_dead = rng.chance(0.5);
        settings.conflict_names_twin = rng.chance(0.5);
        settings.new_refresh_token_each_time = rng.chance(0.5);
        if rng.chance(0.3) {
            settings.user_token_life = Duration::from_secs(60 + rng.below(300));
        }
        settings.welcome_after = Duration::from_millis(rng.below(1500));
        let mut faults = Faults::all([0.0, 0.01, 0.05, 0.15][rng.below(4) as usize]);
        let count = 1 + rng.below(2) as usize;
        let mut network = Network::bad([0.0, 0.01, 0.05, 0.15][rng.below(4) as usize]);
        // A public client cannot repeat a refresh whose fate is unknown: that case is tested on its own.
        if !confidential {
            faults.token_5xx = 0.0;
            faults.token_done_5xx = 0.0;
            faults.cut_short = 0.0;
            network.request_lost = 0.0;
            network.response_lost = 0.0;
            network.response_hangs = 0.0;
        }
        let mut client = || {
            // Often enough that lists meet whatever else happens.
            let often = rng.chance(0.25);
            let compare = Duration::from_secs(if often { 5 + rng.below(20) } else { 60 + rng.below(600) });
            (compare, if rng.chance(0.5) { Leftovers::Delete } else { Leftovers::Keep })
        };
        let clients = (0..count).map(|_| client()).collect();

        let mut plan = Plan { faults, network, steps: Vec::new(), calm: Time::ZERO };
        let end = Time::ZERO + Duration::from_secs(60 * (2 + rng.below(10)));
        let mut now = Time::ZERO;
        let mut words = 0;
        while now < end {
            now = now + rng.between(Duration::ZERO, Duration::from_millis(4000));
            let number = rng.below(count as u64) as usize;
            let at = now;
            let step = match rng.below(40) {
                0..10 => {
                    words += 1;
                    Step::Chat(format!("word {words}"))
                }
                10..14 => {
                    words += 1;
                    Step::Follow(format!("viewer{}", words - 1))
                }
                14 => Step::Raid,
                15 => Step::Online,
                16 => Step::Offline,
                17..20 => Step::Reconnect,
                20 => Step::Drop,
                21 => Step::Close([1000, 1001, 4000, 4002, 4005, 4006, 4999][rng.below(7) as usize]),
                22..24 => Step::Expire(number),
                24 if restarts => Step::Restart(number),
                25 => Step::Sleep(number, Duration::from_secs(rng.below(3600))),
                26 => {
                    let status = [
                        "user_removed",
                        "moderator_removed",
                        "chat_user_banned",
                        "version_removed",
                        "new_status",
                    ][rng.below(5) as usize];
                    Step::Revoke(number, Pick(rng.below(u64::MAX)), status)
                }
                27..30 => Step::GetUsers(number),
                30 => Step::GetFollowers(number),
                31 => {
                    let pick = Pick(rng.below(u64::MAX));
                    let after = rng.between(Duration::ZERO, Duration::from_secs(5));
                    now = now + after;
                    Step::Rewish(number, pick, after)
                }
                32 => Step::Retry(number),
                _ => continue,
            };
            plan.push(at, step);
        }
        plan.calm = now;
        (Sockets { confidential, settings, clients, one_user: false }, plan)
    }

    fn clients(&self) -> usize {
        self.clients.len()
    }

    fn enter(&self, harness: &mut Harness) -> Stage {
        let world = &mut harness.world;
        world.client(CLIENT_ID, self.confidential.then_some("a-client-secret"));
        world.settings = self.settings.clone();
        let ada = world.user("ada");
        let brook = world.user("brook");
        world.followers(&ada, 150);
        let count = self.clients.len();
        let users = if self.one_user {
            vec![ada.clone(); count]
        } else {
            [ada.clone(), brook.clone()].into_iter().take(count).collect()
        };
        let mut tokens: Vec<(String, String)> = Vec::new();
        for user in &users {
            let again = tokens.first().filter(|_| self.one_user).cloned();
            tokens.push(again.unwrap_or_else(|| world.grant_token(Time::ZERO, CLIENT_ID, user, SCOPES)));
        }
        for user in &users {
            world.moderator(&ada, user);
        }
        let shared = MemoryStore::new();
        if self.one_user {
            write_down(&shared, &users[0], &tokens[0], self.confidential);
        }
        for (number, user) in users.iter().enumerate() {
            let mut config = Config::new(CLIENT_ID);
            (config.compare_every, config.leftovers) = self.clients[number];
            config.client_secret = self.confidential.then(|| SecretString::from("a-client-secret"));
            harness.client(config, if self.one_user { shared.clone() } else { MemoryStore::new() });
            log_in(harness, number, &tokens[number]);
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
        Stage { ada, brook, users, tokens }
    }

    fn rest(&self, harness: &mut Harness, stage: &Stage) {
        let Stage { ada, brook, users, tokens } = stage;
        // What was blocked is asked for again.
        for (number, tokens) in tokens.iter().enumerate() {
            // Under heavy fire the first tokens may never have been proven.
            log_in(harness, number, tokens);
        }
        harness.run_for(Duration::from_secs(200));
        for number in 0..self.clients.len() {
            retry_blocked(harness, number);
        }
        harness.run_for(Duration::from_secs(200));
        harness.world.chat(harness.now(), brook, ada, "the last word");
        harness.run_for(Duration::from_secs(5));
        harness.check_at_rest(CLIENT_ID, users);
    }

    fn take(harness: &mut Harness, stage: &Stage, step: &Step) {
        let Stage { ada, brook, users, tokens } = stage;
        let now = harness.now();
        match step {
            Step::Chat(text) => drop(harness.world.chat(now, brook, ada, text)),
            Step::Follow(login) => {
                let viewer = harness.world.user(login);
                harness.world.follow(now, &viewer, ada);
            }
            Step::Raid => harness.world.raid(now, brook, ada, 7),
            Step::Online => harness.world.online(now, ada),
            Step::Offline => harness.world.offline(now, ada),
            Step::Reconnect => harness.world.reconnect(now, &Which::All),
            Step::Drop => harness.world.drop_sockets(now, &Which::All),
            Step::Close(code) => {
                harness.world.close_sockets(now, &Which::All, *code, "so it goes");
            }
            Step::Expire(number) => harness.world.expire(now, &users[*number]),
            Step::Restart(number) => {
                harness.restart(*number);
                log_in(harness, *number, &tokens[*number]);
            }
            Step::Sleep(number, by) => harness.sleep(*number, *by),
            Step::Revoke(number, pick, status) => {
                let held: Vec<String> =
                    harness.node(*number).client.plan().held().map(|(_, id)| id.to_string()).collect();
                if let Some(id) = pick.from(&held) {
                    harness.world.revoke_subscription(now, id, status);
                }
            }
            Step::GetUsers(number) => harness.with(*number, |client, now| {
                let _call = client.call(now, &GetUsers::by_login(["ada", "brook"]), As::Default);
            }),
            Step::GetFollowers(number) => {
                let request = GetChannelFollowers::new(ada.as_str());
                if let Ok(pager) = Pager::new(&request)
                    && let Some(prepared) = pager.next()
                {
                    let who = As::User(users[*number].as_str().into());
                    harness.with(*number, |client, now| client.send(now, prepared, who));
                }
            }
            Step::Rewish(number, pick, after) => {
                let wishes: Vec<_> =
                    harness.node(*number).wishes().map(|(id, wanted)| (id, wanted.clone())).collect();
                if let Some((wish, wanted)) = pick.from(&wishes) {
                    harness.with(*number, |client, now| client.unsubscribe(now, *wish));
                    harness.forget(*number, *wish);
                    harness.run_for(*after);
                    harness.subscribe(*number, wanted.clone());
                }
            }
            Step::Retry(number) => retry_blocked(harness, *number),
            Step::Outage(time) => outage(harness, users.len(), *time),
        }
    }
}

/// The most sockets that a client tries to open in an outage of at most three minutes: its waits double.
const TRIES: usize = 20;

fn outage(harness: &mut Harness, clients: usize, time: Duration) {
    let dials =
        |harness: &Harness| (0..clients).map(|number| harness.node(number).dials()).collect::<Vec<_>>();
    let before = (harness.network.clone(), dials(harness));
    harness.network.not_sent = 1.0;
    harness.network.not_opened = 1.0;
    harness.world.drop_sockets(harness.now(), &Which::All);
    harness.run_for(time);
    harness.network = before.0;
    for (number, (now, before)) in dials(harness).into_iter().zip(before.1).enumerate() {
        if now - before > TRIES {
            harness.fail(format!("client {number} tried {} times to connect in {time:?}", now - before));
        }
    }
}

/// Who is who.
pub struct Stage {
    ada: String,
    brook: String,
    /// The user of each client.
    users: Vec<String>,
    /// Their first tokens.
    tokens: Vec<(String, String)>,
}

/// Puts a user's first tokens into a store, as a process before would have.
fn write_down(store: &MemoryStore, user: &str, (access, refresh): &(String, String), reusable: bool) {
    let record = json!({
        "user": user, "login": user, "access": access, "scopes": SCOPES,
        "refresh": { "token": refresh, "reusable": reusable },
    });
    let record = serde_json::from_value(record).unwrap_or_else(|why| unreachable!("a record: {why}"));
    let put = StoreOp::Swap { user: user.into(), expected: None, record: Some(Box::new(record)) };
    store.run(put).unwrap_or_else(|why| unreachable!("an empty store: {why}"));
}

/// Adds a user's first tokens, unless the store has some.
fn log_in(harness: &mut Harness, number: usize, (access, refresh): &(String, String)) {
    if matches!(harness.node(number).store.run(StoreOp::Load), Ok(Stored::Loaded(records)) if records.is_empty())
    {
        harness.with(number, |client, now| {
            let _login = client.add_token(now, access.as_str().into(), Some(refresh.as_str().into()));
        });
    }
}

fn retry_blocked(harness: &mut Harness, number: usize) {
    for wish in harness.node(number).blocked() {
        harness.with(number, |client, now| client.retry(now, wish));
    }
}
