//! A bot for many channels: a conduit, its shards, and a subscription for each channel.
//!
//! Several of these can share a conduit: give each its ordinal and their number (`conduit_bot 0 3`), as a StatefulSet's
//! pods have them. Without `TWITCH_CLIENT_ID` it plays against a simulated Twitch; with it, `TWITCH_CLIENT_SECRET` is needed
//! too, and the logins of the channels in `TWITCH_CHANNELS`, separated by spaces.
#![expect(clippy::print_stdout, reason = "an example prints")]

#[path = "../../tests/examples/common/mod.rs"]
mod common;

use std::env;
use std::error::Error;
use std::io::Write;
use twitchwire_sim::scene;
use twitchwire_tokio as driver;
use twitchwire_tokio::eventsub::topic::stream::StreamOnline;
use twitchwire_tokio::eventsub::{
    ConduitConfig, ConduitNotice, ConduitSize, Event, ShardChoice, ShardPart, Via,
};
use twitchwire_tokio::helix::Split;
use twitchwire_tokio::helix::api::GetUsers;
use twitchwire_tokio::twitchwire::Want;
use twitchwire_tokio::{Client, Heard, Notice, Notices};

/// How many shards the conduit has.
const SHARDS: u32 = 4;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = env::args().skip(1).map(|number| number.parse::<u32>());
    let instance = numbers.next().transpose()?.unwrap_or(0);
    let instances = numbers.next().transpose()?.unwrap_or(1);
    let part = ShardPart::of_instance(instance, instances, SHARDS)?;
    println!("Shards {:?} of {SHARDS} are mine.", part.ids());
    let conduit = ConduitConfig {
        shards: ShardChoice::Part { part, size: ConduitSize::Scale },
        ..ConduitConfig::default()
    };
    let (builder, simulation) = common::builder(scene::channels)?;
    let (twitch, notices) = builder.conduit(conduit).start().await?;
    // Reads all from here on, whatever the rest is busy with.
    let mut printer = tokio::spawn(print(notices));

    let logins = match &simulation {
        Some(_) => scene::channel_logins().collect(),
        None => env::var("TWITCH_CHANNELS")?.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
    };
    let mut wants = Vec::new();
    for request in GetUsers::by_login(logins).split() {
        for user in twitch.as_app().call(&request).await? {
            wants.push(Want::new(&StreamOnline::new(user.id), Via::Conduit)?);
        }
    }
    let subscribed = twitch.subscribe_all(wants, false).await?;
    println!("\n{} channels are subscribed to, {} are not.", subscribed.held.len(), subscribed.failed.len());

    if simulation.is_some() {
        // The printer ends with the last of the channels going live.
        (&mut printer).await?;
    } else {
        tokio::signal::ctrl_c().await?;
    }
    report(&twitch);
    // The conduit and its subscriptions stay: who comes back within 72 hours subscribes to nothing again.
    twitch.close().await;
    Ok(())
}

async fn print(mut notices: Notices) {
    let mut live = 0;
    while let Some(heard) = notices.next().await {
        let Heard::Notice(notice) = heard else { continue };
        match &*notice {
            Notice::Progress(_, progress) => {
                let done = progress.held + progress.failed;
                let bar = "#".repeat(done * 40 / progress.of.max(1));
                print!("\r[{bar:40}] {done} of {}", progress.of);
                // A terminal that is gone needs no bar.
                let _ = std::io::stdout().flush();
            }
            Notice::Notification(notification) => {
                if let Event::StreamOnline(stream) = notification.event() {
                    println!("{} is live", stream.broadcaster_user_name);
                    live += 1;
                    if live == scene::CHANNELS {
                        return;
                    }
                }
            }
            Notice::Conduit(ConduitNotice::Progress(_)) => {}
            Notice::Conduit(news) => println!("* {news}"),
            Notice::Gap(gap) => println!("* {gap}"),
            _ => {}
        }
    }
}

fn report(twitch: &Client) {
    twitch.with_conduit(|conduit| {
        for shard in conduit.shards() {
            println!("shard {}: {} events", shard.shard, shard.events);
        }
    });
}
