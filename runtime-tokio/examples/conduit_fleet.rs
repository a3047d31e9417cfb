//! Several processes on one conduit: one of them is killed, and its shards are repaired when it is started again.
//!
//! The program starts itself once for each part of the conduit's shards, as a StatefulSet starts its pods. Each process
//! opens its own shards only, wants all channels, and prints the channels that go live on its shards. Twitch spreads the
//! channels over the shards; a subscription is made by whoever comes first and kept by the conduit, so the process that
//! is started again subscribes to nothing.
//!
//! Without `TWITCH_CLIENT_ID` it plays against a simulated Twitch and ends by itself. With it, `TWITCH_CLIENT_SECRET` and the
//! logins of the channels in `TWITCH_CHANNELS` are needed too, and it goes on until each process is told to stop.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::env;
use std::error::Error;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;
use twitchwire_sim::{Server, World, scene};
use twitchwire_tokio::eventsub::topic::stream::StreamOnline;
use twitchwire_tokio::eventsub::{
    ConduitConfig, ConduitNotice, ConduitSize, Event, ShardChoice, ShardNews, ShardPart, Via,
};
use twitchwire_tokio::helix::Split;
use twitchwire_tokio::helix::api::GetUsers;
use twitchwire_tokio::twitchwire::Want;
use twitchwire_tokio::{Builder, Client, Endpoints, Heard, Notice, Notices};

/// How many processes there are.
const PROCESSES: u32 = 3;
/// How many shards the conduit has.
const SHARDS: u32 = 6;
/// The one that is killed.
const VICTIM: usize = 1;
/// How long a word of a process is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a process says once its shards are enabled and its channels subscribed to.
const READY: &str = "ready";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    match arguments.next() {
        None => fleet(),
        Some(ordinal) => pod(ordinal.parse()?, arguments.next()),
    }
}

/// The parent: starts the processes, and the simulated Twitch if there is no other.
fn fleet() -> Result<(), Box<dyn Error>> {
    let server = match env::var("TWITCH_CLIENT_ID") {
        Ok(_) => None,
        Err(_) => Some(simulation()?),
    };
    let url = server.as_ref().map(Server::http_url);
    let (says, hears) = mpsc::channel();
    let mut pods = Vec::new();
    for ordinal in 0..PROCESSES {
        pods.push(Pod::start(ordinal, url.as_deref(), &says)?);
    }
    for _ in 0..PROCESSES {
        wait_for(&hears, READY)?;
    }
    let Some(server) = &server else {
        // Ends with the processes, which stop at Ctrl-C.
        for pod in &mut pods {
            pod.child.wait()?;
        }
        return Ok(());
    };

    enabled(server, SHARDS)?;
    println!("\nAll channels go live.");
    go_live(server);
    wait_for_live(&hears)?;

    println!("\nProcess {VICTIM} is killed; Twitch sends what was for its shards to others, once.");
    pods[VICTIM].kill()?;
    enabled(server, SHARDS - SHARDS / PROCESSES)?;
    pods[VICTIM] = Pod::start(VICTIM as u32, url.as_deref(), &says)?;
    wait_for(&hears, READY)?;
    enabled(server, SHARDS)?;

    println!("\nAll channels go live again.");
    go_live(server);
    wait_for_live(&hears)?;

    for pod in &mut pods {
        pod.stop()?;
    }
    println!("\nEach channel was heard each time.");
    Ok(())
}

fn simulation() -> Result<Server, Box<dyn Error>> {
    let mut world = World::new(1, "2026-03-01T12:00:00Z".parse()?);
    scene::quiet(&mut world);
    for login in scene::channel_logins() {
        world.user(&login);
    }
    Ok(Server::start(world)?)
}

fn go_live(server: &Server) {
    server.with(|world, now| {
        for login in scene::channel_logins() {
            let id = world.user(&login);
            world.online(now, &id);
        }
    });
}

/// Waits until the simulated Twitch delivers to so many shards.
fn enabled(server: &Server, shards: u32) -> Result<(), Box<dyn Error>> {
    for _ in 0..200 {
        let now = server.with(|world, _| {
            let conduits = world.conduits(scene::CLIENT_ID);
            conduits.first().map_or(0, |(id, _)| world.enabled_shards(id).len())
        });
        if now == shards as usize {
            println!("{now} of {SHARDS} shards are enabled.");
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err("the shards are not as they should be".into())
}

fn wait_for(hears: &Receiver<String>, word: &str) -> Result<(), Box<dyn Error>> {
    while hears.recv_timeout(PATIENCE)? != word {}
    Ok(())
}

fn wait_for_live(hears: &Receiver<String>) -> Result<(), Box<dyn Error>> {
    let mut live = 0;
    while live < scene::CHANNELS {
        live += usize::from(hears.recv_timeout(PATIENCE)?.ends_with("is live"));
    }
    println!("{live} channels were heard.");
    Ok(())
}

/// A child process, which lives as long as its standard input.
struct Pod {
    child: Child,
    input: Option<ChildStdin>,
}

impl Pod {
    /// Starts one; what it prints is printed here, and said.
    fn start(ordinal: u32, url: Option<&str>, says: &Sender<String>) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.arg(ordinal.to_string()).args(url).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let says = says.clone();
        thread::spawn(move || {
            for line in output.into_iter().flat_map(|output| BufReader::new(output).lines()) {
                let Ok(line) = line else { return };
                println!("[{ordinal}] {line}");
                // The parent may have heard enough.
                let _ = says.send(line);
            }
        });
        Ok(Pod { child, input })
    }

    /// Without a word, as a machine dies.
    fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn stop(&mut self) -> io::Result<()> {
        self.input = None;
        self.child.wait()?;
        Ok(())
    }
}

/// One process: its part of the conduit's shards, and all channels.
#[tokio::main]
async fn pod(ordinal: u32, url: Option<String>) -> Result<(), Box<dyn Error>> {
    let part = ShardPart::of_instance(ordinal, PROCESSES, SHARDS)?;
    println!("shards {:?} of {SHARDS} are mine", part.ids());
    let conduit = ConduitConfig {
        shards: ShardChoice::Part { part, size: ConduitSize::Scale },
        ..ConduitConfig::default()
    };
    let (twitch, notices) = builder(url.as_deref())?.conduit(conduit).start().await?;
    let printer = tokio::spawn(print(notices));

    let logins = match &url {
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
    println!("{} channels are subscribed to", subscribed.held.len());
    println!("{READY}");
    tokio::task::spawn_blocking(|| io::stdin().lines().count()).await?;
    // The conduit and its subscriptions stay.
    twitch.close().await;
    printer.await?;
    Ok(())
}

fn builder(url: Option<&str>) -> Result<Builder, Box<dyn Error>> {
    let Some(url) = url else {
        let (id, secret) = (env::var("TWITCH_CLIENT_ID")?, env::var("TWITCH_CLIENT_SECRET")?);
        return Ok(Client::builder(id).secret(secret));
    };
    let endpoints = Endpoints::local(&url.parse()?, &url.replacen("http", "ws", 1).parse()?);
    Ok(Client::builder(scene::CLIENT_ID).secret(scene::CLIENT_SECRET).endpoints(endpoints))
}

async fn print(mut notices: Notices) {
    while let Some(heard) = notices.next().await {
        let Heard::Notice(notice) = heard else { continue };
        match &*notice {
            Notice::Notification(notification) => {
                if let Event::StreamOnline(stream) = notification.event() {
                    println!("{} is live", stream.broadcaster_user_name);
                }
            }
            Notice::Conduit(ConduitNotice::Shard { shard, news: ShardNews::Enabled { .. } }) => {
                println!("shard {shard} is enabled");
            }
            Notice::Gap(gap) => println!("{gap}"),
            _ => {}
        }
    }
}
