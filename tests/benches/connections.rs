//! What an idle connection takes: a client with a conduit of many shards, all enabled, against a simulated Twitch in
//! another process.
//!
//! `cargo bench -p twitchwire-sim --bench connections -- [tokio] [async-std] [blocking] [--shards 2000] [--idle 12]`
//!
//! Memory is counted where the system tells, which is on Linux: what is in use once all shards are enabled and have been
//! idle for some seconds, without what the process had before it opened them, over the number of shards. What a client
//! takes once, and what its requests left to the allocator, is in it.
#![expect(clippy::print_stdout, reason = "a bench prints")]

#[expect(dead_code, reason = "the other programs use the rest")]
mod rig;

use rig::adapter::Adapter;
use rig::conduit;
use rig::process::{self, Player};
use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};
use twitchwire::Endpoints;
use twitchwire_blocking::OnThreads;
use twitchwire_sim::{Server, World, scene};

const ADAPTERS: [&str; 3] = ["tokio", "async-std", "blocking"];
/// The shards of a first client, with which everything that a process needs once is there.
const FIRST: u32 = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = process::arguments();
    if let [role, adapter, http, ws, shards, idle] = &arguments[..]
        && role == "client"
    {
        let endpoints = Endpoints::local(&http.parse()?, &ws.parse()?);
        let (shards, idle) = (shards.parse()?, Duration::from_secs(idle.parse()?));
        return match adapter.as_str() {
            "tokio" => play::<twitchwire_tokio::Driver>(endpoints, shards, idle),
            "async-std" => play::<twitchwire_async_std::Driver>(endpoints, shards, idle),
            _ => play::<OnThreads>(endpoints, shards, idle),
        };
    }
    let shards = process::number(&arguments, "--shards").unwrap_or(2000).to_string();
    let idle = process::number(&arguments, "--idle").unwrap_or(12).to_string();
    let all = !ADAPTERS.iter().any(|adapter| arguments.iter().any(|argument| argument == adapter));
    for adapter in ADAPTERS {
        if all || arguments.iter().any(|argument| argument == adapter) {
            let mut world = World::new(3, "2026-03-01T12:00:00Z".parse()?);
            scene::quiet(&mut world);
            let server = Server::start(world)?;
            let (http, ws) = (server.http_url(), server.ws_url());
            let mut client = Player::start(&["client", adapter, &http, &ws, &shards, &idle])?;
            println!("{adapter}, {shards} shards: {}", client.says()?);
        }
    }
    Ok(())
}

fn play<A: Adapter>(endpoints: Endpoints, shards: u32, idle: Duration) -> Result<(), Box<dyn Error>> {
    let (first, mut notices) = conduit::start::<A>(endpoints.clone(), FIRST)?;
    conduit::complete(&first, &mut notices);
    A::close(&first);
    let before = process::memory();

    let began = Instant::now();
    let (client, mut notices) = conduit::start::<A>(endpoints, shards)?;
    conduit::complete(&client, &mut notices);
    let opened = began.elapsed();
    drop(notices);
    thread::sleep(idle);
    let enabled = client.with_conduit(|conduit| conduit.is_complete()).unwrap_or(false);
    let took = || Some(process::memory()?.saturating_sub(before?));
    let memory = match took() {
        Some(took) => format!("{:.1} KiB each", took as f64 / f64::from(shards)),
        None => "this system does not tell of memory".into(),
    };
    let threads = process::threads().unwrap_or_default();
    println!("{memory}, {threads} threads, opened in {opened:.1?}, all enabled: {enabled}");
    A::close(&client);
    Ok(())
}
