//! Golden traces: what a client does and tells in one situation each, second for second, in virtual time.
//!
//! The traces are the files beside this one. `TWITCHWIRE_BLESS=1` writes them anew; read what changed before you keep it.

use std::fmt::Write;
use std::time::Duration;
use twitchwire::auth::store::MemoryStore;
use twitchwire::eventsub::Leftovers;
use twitchwire::{Config, SecretString, Want};
use twitchwire_sim::World;
use twitchwire_sim::harness::{Harness, Wanted};
use twitchwire_sim::world::Which;

const CLIENT_ID: &str = "a-client-id";
const SCOPES: &[&str] = &["user:read:chat", "moderator:read:followers"];

/// A client of `ada` in a world where each way takes 50 ms and nothing else goes wrong.
struct Scene {
    harness: Harness,
    ada: String,
    /// Who has not authorised the application.
    dan: String,
}

impl Scene {
    fn new() -> Self {
        Self::with(|_, _| {})
    }

    fn with(set: impl FnOnce(&mut World, &mut Config)) -> Self {
        let mut world = World::new(7, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client(CLIENT_ID, Some("a-client-secret"));
        let (ada, dan) = (world.user("ada"), world.user("dan"));
        world.moderator(&ada, &ada);
        let mut config = Config::new(CLIENT_ID);
        config.client_secret = Some(SecretString::from("a-client-secret"));
        set(&mut world, &mut config);
        let mut harness = Harness::new(7, world);
        harness.network.fastest = Duration::from_millis(50);
        harness.network.slowest = Duration::from_millis(50);
        harness.network.slowest_store = Duration::from_millis(1);
        harness.client(config, MemoryStore::new());
        let mut scene = Scene { harness, ada, dan };
        scene.log_in(SCOPES);
        scene.run(5);
        scene.harness.keep_trace(100_000);
        scene
    }

    fn log_in(&mut self, scopes: &[&str]) {
        let now = self.harness.now();
        let (access, refresh) = self.harness.world.grant_token(now, CLIENT_ID, &self.ada, scopes);
        self.harness.with(0, |client, now| {
            let _login = client.add_token(now, access.into(), Some(refresh.into()));
        });
    }

    fn hear(&mut self, wanted: Wanted) {
        self.harness.subscribe(0, wanted);
    }

    /// Two wishes that cost nothing.
    fn hear_two(&mut self) {
        self.hear(Wanted::Online(self.ada.clone()));
        self.hear(Wanted::Follow(self.ada.clone(), self.ada.clone()));
    }

    fn run(&mut self, seconds: u64) {
        self.harness.run_for(Duration::from_secs(seconds));
    }

    fn online(&mut self) {
        self.harness.world.online(self.harness.now(), &self.ada);
    }

    /// Compares what happened with the file of this name.
    #[track_caller]
    fn is(&self, name: &str) {
        assert_eq!(self.harness.failures(), <[String; 0]>::default());
        let mut story = String::new();
        for line in self.harness.trace() {
            if let Some(line) = tell(line) {
                writeln!(story, "{line}").unwrap();
            }
        }
        let path = format!("{}/tests/golden/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("TWITCHWIRE_BLESS").is_some() {
            std::fs::write(&path, &story).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(story == golden, "{name} went otherwise:\n{story}");
    }
}

/// A line of the trace as it stands in a golden file; none for what moves bytes only, and for tokens.
fn tell(line: &str) -> Option<String> {
    let (at, rest) = line.split_once(' ')?;
    let seconds = at.trim_start_matches("t+");
    let what = if let Some(news) = rest.strip_prefix("client 0: ") {
        if news.starts_with("the token") {
            return None;
        }
        format!("  {news}")
    } else if let Some(output) = rest.strip_prefix("client 0 -> ") {
        let socket = |name: &str| {
            let ids: Vec<&str> =
                name.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).take(2).collect();
            ids.join("/")
        };
        match output.split_once('(')? {
            ("Connect", rest) => format!("connects socket {}", socket(rest)),
            ("Close", rest) => format!("closes socket {}", socket(rest)),
            _ => return None,
        }
    } else {
        let (request, status) = rest.split_once(" -> ")?;
        if !request.contains("/eventsub/") && !request.contains("/token") {
            return None;
        }
        format!("{request} {status}")
    };
    // Sessions have other ids each time.
    let words: Vec<&str> =
        what.split(' ').map(|word| if word.starts_with("AgoQ") { "(id)" } else { word }).collect();
    Some(format!("{seconds:>9} {}", words.join(" ")))
}

#[test]
fn a_handover_posts_nothing_and_is_looked_after() {
    let mut scene = Scene::new();
    scene.hear_two();
    scene.run(5);
    scene.harness.world.reconnect(scene.harness.now(), &Which::All);
    scene.online();
    scene.run(40);
    scene.is("handover");
}

#[test]
fn what_a_handover_leaves_behind_is_asked_for_again_with_a_gap() {
    let mut scene = Scene::new();
    scene.hear_two();
    scene.run(5);
    scene.harness.world.faults.left_behind = 1.0;
    scene.harness.world.reconnect(scene.harness.now(), &Which::All);
    scene.run(60);
    scene.is("left_behind");
}

#[test]
fn a_revocation_while_a_handover_is_in_doubt_has_a_gap_from_before_the_handover() {
    let mut scene = Scene::new();
    scene.hear_two();
    scene.run(5);
    // The old link dies while no new one can be opened, and what is sent meanwhile is lost.
    scene.harness.network.not_opened = 1.0;
    scene.harness.world.reconnect(scene.harness.now(), &Which::All);
    scene.run(1);
    scene.harness.silence_unnoticed(0);
    scene.run(1);
    scene.online();
    scene.harness.network.not_opened = 0.0;
    scene.run(3);
    let held = scene.harness.node(0).client.plan().held().next().map(|(_, id)| id.to_string());
    let id = held.expect("a wish is held");
    scene.harness.world.revoke_subscription(scene.harness.now(), &id, "user_removed");
    scene.run(30);
    scene.is("handover_revoked");
}

#[test]
fn every_close_code_leads_to_a_new_session_and_one_gap_for_all_that_was_lost() {
    let mut scene = Scene::new();
    scene.hear_two();
    scene.run(100);
    for code in [1000, 1001, 1006, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 4999] {
        scene.harness.world.close_sockets(scene.harness.now(), &Which::All, code, "so it goes");
        scene.run(100);
    }
    scene.is("close_codes");
}

#[test]
fn a_link_that_falls_silent_is_lost_after_its_keepalive_and_slack() {
    let mut scene = Scene::new();
    scene.hear_two();
    scene.run(5);
    scene.harness.silence(0);
    scene.run(30);
    scene.is("silence");
}

// In virtual time alone: over real sockets the machine that runs the tests would have to sleep, since drivers read the
// system's clocks.
#[test]
fn a_machine_that_slept_takes_its_links_for_dead_at_once() {
    let mut scene = Scene::new();
    scene.hear_two();
    scene.run(5);
    scene.harness.sleep(0, Duration::from_secs(3600));
    scene.run(10);
    scene.is("suspended");
}

#[test]
fn a_link_is_opened_again_when_its_token_is_renewed_however_long_that_takes() {
    let mut scene = Scene::with(|world, _| world.settings.user_token_life = Duration::from_secs(60));
    scene.hear_two();
    scene.run(25);
    scene.harness.world.faults.token_5xx = 1.0;
    scene.run(35);
    // The token is over, and no new one to be had.
    scene.harness.world.drop_sockets(scene.harness.now(), &Which::All);
    scene.run(25);
    scene.harness.world.faults.token_5xx = 0.0;
    scene.run(45);
    scene.is("slow_refresh");
}

#[test]
fn a_machine_that_slept_longer_than_its_token_lives_renews_it_before_it_opens_a_link() {
    let mut scene = Scene::new();
    scene.hear_two();
    scene.run(5);
    scene.harness.world.faults.token_5xx = 1.0;
    scene.harness.sleep(0, Duration::from_secs(5 * 3600));
    scene.run(20);
    scene.harness.world.faults.token_5xx = 0.0;
    scene.run(30);
    scene.is("suspended_for_long");
}

#[test]
fn a_revocation_of_any_status_blocks_the_wish_with_an_open_gap_until_it_is_tried_again() {
    let mut scene = Scene::new();
    scene.hear(Wanted::Online(scene.ada.clone()));
    scene.run(5);
    for status in [
        "authorization_revoked",
        "moderator_removed",
        "user_removed",
        "chat_user_banned",
        "version_removed",
        "beta_maintenance",
        "a_new_status",
    ] {
        let held = scene.harness.node(0).client.plan().held().next().map(|(wish, id)| (wish, id.to_string()));
        let (wish, id) = held.expect("a wish is held");
        scene.harness.world.revoke_subscription(scene.harness.now(), &id, status);
        scene.run(5);
        scene.harness.with(0, |client, now| client.retry(now, wish));
        scene.run(5);
    }
    scene.is("revoked");
}

#[test]
fn a_missing_scope_blocks_before_anything_is_sent_and_a_token_that_has_it_unblocks() {
    let mut scene = Scene::new();
    scene.log_in(&["user:read:chat"]);
    scene.run(5);
    scene.hear_two();
    scene.run(5);
    scene.log_in(SCOPES);
    scene.run(5);
    scene.is("scope");
}

#[test]
fn a_forbidden_wish_is_tried_again_on_request() {
    let mut scene = Scene::new();
    scene.hear(Wanted::Follow(scene.dan.clone(), scene.ada.clone()));
    scene.run(5);
    scene.harness.world.moderator(&scene.dan.clone(), &scene.ada.clone());
    let wish = scene.harness.node(0).blocked()[0];
    scene.harness.with(0, |client, now| client.retry(now, wish));
    scene.run(5);
    scene.is("forbidden");
}

#[test]
fn no_room_for_the_type_and_condition_is_a_matter_of_time() {
    let mut scene = Scene::with(|world, _| world.settings.same_condition = 0);
    scene.hear_two();
    scene.run(4);
    scene.harness.world.settings.same_condition = 3;
    scene.run(10);
    scene.is("type_and_condition");
}

#[test]
fn a_session_that_may_carry_nothing_dies_unused_and_is_opened_ever_more_rarely() {
    let mut scene = Scene::new();
    scene.hear(Wanted::Online(scene.ada.clone()));
    scene.run(3);
    scene.harness.world.settings.sockets_per_user = 0;
    scene.harness.world.drop_sockets(scene.harness.now(), &Which::All);
    scene.run(900);
    scene.harness.world.settings.sockets_per_user = 3;
    scene.run(200);
    scene.is("transports");
}

#[test]
fn what_is_too_costly_is_not_asked_for_and_goes_when_something_else_is_given_up() {
    let mut scene = Scene::with(|world, _| world.settings.max_cost = 1);
    scene.hear(Wanted::Online(scene.dan.clone()));
    scene.run(3);
    scene.hear(Wanted::Raid(scene.dan.clone()));
    scene.run(10);
    let first = scene.harness.node(0).wishes().next().map(|(wish, _)| wish).unwrap();
    scene.harness.with(0, |client, now| client.unsubscribe(now, first));
    scene.harness.forget(0, first);
    scene.run(5);
    scene.is("cost");
}

#[test]
fn what_a_dead_session_still_costs_is_deleted_to_make_room() {
    let mut scene = Scene::with(|world, _| world.settings.max_cost = 1);
    scene.hear(Wanted::Online(scene.dan.clone()));
    scene.run(5);
    scene.harness.world.drop_sockets(scene.harness.now(), &Which::All);
    scene.run(20);
    scene.is("dead_cost");
}

#[test]
fn what_a_dead_session_still_costs_is_outwaited_where_it_cannot_be_deleted() {
    let mut scene = Scene::with(|world, _| {
        world.settings.max_cost = 1;
        world.settings.delete_dead = false;
    });
    scene.hear(Wanted::Online(scene.dan.clone()));
    scene.run(5);
    scene.harness.world.drop_sockets(scene.harness.now(), &Which::All);
    scene.run(120);
    scene.is("dead_cost_outwaited");
}

#[test]
fn the_rate_limit_is_waited_for() {
    let mut scene = Scene::with(|world, _| world.settings.points = 3);
    scene.hear_two();
    for channel in [scene.ada.clone(), scene.dan.clone()] {
        scene.hear(Wanted::Raid(channel.clone()));
        scene.hear(Wanted::Offline(channel));
    }
    scene.run(130);
    scene.is("rate");
}

#[test]
fn a_subscription_whose_answer_was_lost_is_found_by_the_id_that_the_conflict_names() {
    let mut scene = Scene::new();
    scene.harness.world.faults.helix_done_5xx = 1.0;
    scene.hear(Wanted::Online(scene.ada.clone()));
    scene.harness.run_for(Duration::from_millis(400));
    scene.harness.world.faults.helix_done_5xx = 0.0;
    scene.run(5);
    scene.is("conflict");
}

#[test]
fn a_conflict_that_names_nothing_is_looked_for_by_type() {
    let mut scene = Scene::with(|world, _| world.settings.conflict_names_twin = false);
    scene.harness.world.faults.helix_done_5xx = 1.0;
    scene.hear(Wanted::Online(scene.ada.clone()));
    scene.harness.run_for(Duration::from_millis(400));
    scene.harness.world.faults.helix_done_5xx = 0.0;
    scene.run(5);
    scene.is("conflict_without_id");
}

#[test]
fn helix_that_fails_is_asked_again_ever_more_rarely() {
    let mut scene = Scene::new();
    scene.harness.world.faults.helix_5xx = 1.0;
    scene.hear(Wanted::Online(scene.ada.clone()));
    scene.run(8);
    scene.harness.world.faults.helix_5xx = 0.0;
    scene.run(10);
    scene.is("helix_5xx");
}

#[test]
fn a_session_that_helix_does_not_know_any_more_is_lost_whatever_its_link_says() {
    let mut scene = Scene::new();
    scene.hear(Wanted::Online(scene.ada.clone()));
    scene.run(2);
    scene.harness.silence(0);
    scene.run(1);
    scene.hear(Wanted::Offline(scene.ada.clone()));
    scene.run(5);
    scene.is("session_gone");
}

#[test]
fn the_last_wish_withdrawn_closes_the_socket() {
    let mut scene = Scene::new();
    scene.hear_two();
    scene.run(5);
    for (wish, _) in scene.harness.node(0).wishes().map(|(w, x)| (w, x.clone())).collect::<Vec<_>>() {
        scene.harness.with(0, |client, now| client.unsubscribe(now, wish));
        scene.harness.forget(0, wish);
    }
    scene.run(30);
    scene.is("empty");
}

#[test]
fn closing_deletes_the_subscriptions_unless_told_otherwise_and_happens_once() {
    for (delete_at_close, name) in [(true, "close"), (false, "close_and_keep")] {
        let mut scene = Scene::with(|_, config| config.delete_at_close = delete_at_close);
        scene.hear_two();
        scene.run(5);
        scene.harness.with(0, |client, now| client.close(now));
        scene.harness.with(0, |client, now| client.close(now));
        scene.run(30);
        scene.is(name);
    }
}

#[test]
fn what_a_crashed_process_left_is_deleted_at_the_start_if_that_is_wanted() {
    let mut scene = Scene::with(|_, config| config.leftovers = Leftovers::Delete);
    scene.hear(Wanted::Online(scene.ada.clone()));
    scene.run(5);
    // The network hides the crash from Twitch for a while.
    scene.harness.crash(0, Duration::from_secs(60));
    scene.run(20);
    scene.is("leftovers");
}

#[test]
fn many_wishes_report_each_and_all() {
    let mut scene = Scene::new();
    let (ada, dan) = (scene.ada.clone(), scene.dan.clone());
    let wanted = [
        Wanted::Online(ada.clone()),
        Wanted::Follow(dan.clone(), ada.clone()),
        Wanted::Raid(ada.clone()),
        Wanted::Online(ada.clone()),
    ];
    let wants: Vec<Want> = wanted.iter().map(Wanted::want).collect();
    let many = scene.harness.with(0, |client, now| client.subscribe_all(now, wants, false));
    assert_eq!(many.wishes()[0], many.wishes()[3]);
    scene.run(5);
    let reply = scene.harness.take_reply(0, many.id()).expect("a reply");
    let (wishes, done) = (many.wishes().to_vec(), many.finish(reply).unwrap());
    assert_eq!(done.held, [wishes[0], wishes[2]]);
    assert_eq!(done.failed.iter().map(|(wish, _)| *wish).collect::<Vec<_>>(), [wishes[1]]);
    scene.is("many");
}

#[test]
fn many_wishes_can_stop_at_the_first_that_fails() {
    let mut scene = Scene::with(|_, config| config.concurrent_requests = 1);
    let (ada, dan) = (scene.ada.clone(), scene.dan.clone());
    let wanted = [Wanted::Follow(dan.clone(), ada.clone()), Wanted::Raid(ada.clone()), Wanted::Online(ada)];
    let wants: Vec<Want> = wanted.iter().map(Wanted::want).collect();
    let many = scene.harness.with(0, |client, now| client.subscribe_all(now, wants, true));
    scene.run(5);
    let reply = scene.harness.take_reply(0, many.id()).expect("a reply");
    let (wishes, done) = (many.wishes().to_vec(), many.finish(reply).unwrap());
    assert_eq!((done.held, done.withdrawn), (vec![], wishes[1..].to_vec()));
    scene.is("many_stopped");
}
