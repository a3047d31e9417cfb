//! Thousands of events a second, with faults, for as long as you like: whether memory stays flat, nothing is lost without
//! a word, and nothing is left after the end.
//!
//! `cargo bench -p twitchwire-sim --bench soak -- [tokio] [async-std] [blocking] [--seconds 30] [--minutes 10] [--rate 5000]`
//!
//! The world and its judge are here; each client is a process of its own, one after the other.
#![expect(clippy::print_stdout, reason = "a bench prints")]

#[expect(dead_code, reason = "the other programs use the rest")]
mod rig;

use rig::adapter::Adapter;
use rig::process::{self, Player};
use rig::soak::{self, Length, Stage, Verdict, Word};
use std::error::Error;
use std::io::{self, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use twitchwire::Endpoints;
use twitchwire_blocking::OnThreads;
use twitchwire_sim::Server;

const ADAPTERS: [&str; 3] = ["tokio", "async-std", "blocking"];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = process::arguments();
    if let [role, adapter, http, ws, ada, token, refresh] = &arguments[..]
        && role == "client"
    {
        let endpoints = Endpoints::local(&http.parse()?, &ws.parse()?);
        let stage = Stage { endpoints, ada: ada.clone(), token: token.clone(), refresh: refresh.clone() };
        match adapter.as_str() {
            "tokio" => play::<twitchwire_tokio::Driver>(stage),
            "async-std" => play::<twitchwire_async_std::Driver>(stage),
            _ => play::<OnThreads>(stage),
        }
        return Ok(());
    }
    let rate = process::number(&arguments, "--rate").unwrap_or(5000);
    let seconds = process::number(&arguments, "--minutes").map(|minutes| minutes * 60);
    let seconds = seconds.or(process::number(&arguments, "--seconds")).unwrap_or(30);
    let mut lost = 0;
    let all = !ADAPTERS.iter().any(|adapter| arguments.iter().any(|argument| argument == adapter));
    for adapter in ADAPTERS {
        if all || arguments.iter().any(|argument| argument == adapter) {
            println!("{adapter}: {rate} messages a second for {seconds} seconds");
            let verdict = soak(adapter, Length::Rate(rate, Duration::from_secs(seconds)))?;
            tell(&verdict);
            lost += verdict.lost;
        }
    }
    if lost > 0 { Err(format!("{lost} messages were lost without a word").into()) } else { Ok(()) }
}

/// The client's part: says its words on stdout, and closes when it is told anything.
fn play<A: Adapter>(stage: Stage) {
    let closing = || drop(io::stdin().read_line(&mut String::new()));
    soak::listen::<A>(stage, closing, |word| {
        let line = serde_json::to_string(&word).expect("JSON");
        // Without a judge there is nobody to say it to.
        let _ = writeln!(io::stdout(), "{line}");
    });
}

fn soak(adapter: &str, length: Length) -> Result<Verdict, Box<dyn Error>> {
    let (world, ada) = soak::world();
    let server = Server::start(world)?;
    let Stage { ada, token, refresh, .. } = soak::stage(&server, &ada);
    let (http, ws) = (server.http_url(), server.ws_url());
    let mut player = Player::start(&["client", adapter, &http, &ws, &ada, &token, &refresh])?;
    let (sender, words) = mpsc::channel();
    let lines = player.words().ok_or("no words")?;
    let reader = thread::spawn(move || {
        for word in lines.filter_map(|line| serde_json::from_str::<Word>(&line).ok()) {
            if sender.send(word).is_err() {
                return;
            }
        }
    });
    let verdict = soak::judge(&server, &ada, length, &words, || drop(player.tell("close")));
    drop(player);
    reader.join().map_err(|_| "the reader panicked")?;
    Ok(verdict)
}

fn tell(verdict: &Verdict) {
    let Verdict { said, heard, in_gaps, lagged, gaps, lost, faults, lives, left } = verdict;
    println!(
        "  {said} said, {heard} heard, {in_gaps} in {gaps} gaps, {lagged} dropped by a slow listener, {lost} lost"
    );
    for fault in faults.iter().take(10) {
        println!("  {fault}");
    }
    let memory: Vec<u64> = lives.iter().filter_map(|life| life.memory).collect();
    if let (Some(early), Some(last)) = (memory.get(memory.len() / 5), memory.last()) {
        let most = memory.iter().max().unwrap_or(last);
        println!("  memory: {early} KiB after a fifth, {last} KiB at the end, {most} KiB at most");
    }
    let threads = |life: Option<&soak::Life>| life.and_then(|life| life.threads);
    println!("  threads: {:?} at work, {:?} after the end", threads(lives.last()), threads(left.as_ref()));
    if let Some(tasks) = left.and_then(|life| life.tasks) {
        println!("  tasks: {tasks} after the end");
    }
}
