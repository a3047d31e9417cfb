//! Short forms of the measuring programs in `benches`, with outcomes that do not depend on the machine's speed.

#[path = "../benches/rig/mod.rs"]
#[expect(dead_code, reason = "the benches use the rest")]
mod rig;

use rig::adapter::Adapter;
use rig::conduit;
use rig::soak::{self, Length};
use std::sync::mpsc;
use std::thread;
use twitchwire::Endpoints;
use twitchwire_blocking::OnThreads;
use twitchwire_sim::{Server, World, scene};

const SHARDS: u32 = 50;

fn all_shards_are_enabled_and_none_is_left_after_the_end<A: Adapter>() {
    let mut world = World::new(3, "2026-03-01T12:00:00Z".parse().unwrap());
    scene::quiet(&mut world);
    let server = Server::start(world).unwrap();
    let endpoints = Endpoints::local(&server.http_url().parse().unwrap(), &server.ws_url().parse().unwrap());
    let (client, mut notices) = conduit::start::<A>(endpoints, SHARDS).unwrap();
    conduit::complete(&client, &mut notices);
    server.with(|world, _| {
        let conduits = world.conduits(scene::CLIENT_ID);
        let [(conduit, SHARDS)] = &conduits[..] else { panic!("{conduits:?}") };
        assert_eq!(world.enabled_shards(conduit).len(), SHARDS as usize);
    });
    A::close(&client);
    assert_eq!(server.with(|world, _| world.open_sockets().count()), 0);
}

fn nothing_is_lost_without_a_word<A: Adapter>() {
    let (world, ada) = soak::world();
    let server = Server::start(world).unwrap();
    let stage = soak::stage(&server, &ada);
    let (say, words) = mpsc::channel();
    let (close, closing) = mpsc::channel::<()>();
    let client = thread::spawn(move || {
        // Whoever is to say it may be gone: then it is over, too.
        let closing = || {
            let _ = closing.recv();
        };
        soak::listen::<A>(stage, closing, |word| drop(say.send(word)));
    });
    let verdict = soak::judge(&server, &ada, Length::Messages(3000), &words, || drop(close));
    client.join().unwrap();
    assert_eq!((verdict.said, verdict.lost, verdict.lagged), (3001, 0, 0));
    assert_eq!(verdict.heard + verdict.in_gaps, verdict.said);
    assert_eq!(verdict.faults, Vec::<String>::new());
    assert!(verdict.gaps >= 1, "{verdict:?}");
    server.with(|world, _| assert!(world.violations().is_empty(), "{:?}", world.violations()));
}

#[test]
fn fifty_shards_open_and_close_on_tokio() {
    all_shards_are_enabled_and_none_is_left_after_the_end::<twitchwire_tokio::Driver>();
}

#[test]
fn fifty_shards_open_and_close_on_async_std() {
    all_shards_are_enabled_and_none_is_left_after_the_end::<twitchwire_async_std::Driver>();
}

#[test]
fn fifty_shards_open_and_close_on_threads() {
    all_shards_are_enabled_and_none_is_left_after_the_end::<OnThreads>();
}

#[test]
fn chat_with_faults_is_heard_or_in_a_gap_on_tokio() {
    nothing_is_lost_without_a_word::<twitchwire_tokio::Driver>();
}

#[test]
fn chat_with_faults_is_heard_or_in_a_gap_on_async_std() {
    nothing_is_lost_without_a_word::<twitchwire_async_std::Driver>();
}

#[test]
fn chat_with_faults_is_heard_or_in_a_gap_on_threads() {
    nothing_is_lost_without_a_word::<OnThreads>();
}
