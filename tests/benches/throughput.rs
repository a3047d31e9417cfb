//! How many events a second reach an application, and what each costs: an adapter with its dedup, a listener and typed
//! events, against a loop written by hand over the same WebSocket library, which decodes the same messages with plain
//! serde into owned structs.
//!
//! `cargo bench -p twitchwire-sim --bench throughput -- [tokio] [blocking] [--rounds 5] [--events 200000]`
//!
//! Each client is a process of its own on one processor, in turns with the other; what counts is the middle one of all
//! rounds, and the ratio. Needs `taskset` and Linux.
#![expect(clippy::print_stdout, reason = "a bench prints")]

#[expect(dead_code, reason = "the other programs use the rest")]
mod rig;

use rig::process::{self, Player};
use rig::{flood, plain};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};
use tungstenite::Message;
use twitchwire::eventsub::topic::chat::ChannelChatMessage;
use twitchwire::{Endpoints, EventError};
use twitchwire_blocking::front::{Builder, Client, Driver};
use twitchwire_sim::{Server, World, scene};

/// How many events pass before it is counted.
const FIRST: u64 = 20_000;
/// The library's client, and the loop written by hand.
const SIDES: [&str; 2] = ["client", "loop"];

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let arguments = process::arguments();
    if let [role, events, rest @ ..] = &arguments[..] {
        let meter = Meter::new(events.parse().unwrap_or_default());
        match role.as_str() {
            "tokio-client" => return tokio_client(meter, rest),
            "tokio-loop" => return tokio_loop(meter, rest),
            "blocking-client" => return blocking_client(meter, rest),
            "blocking-loop" => return blocking_loop(meter, rest),
            _ => {}
        }
    }
    let rounds = process::number(&arguments, "--rounds").unwrap_or(5);
    let events = process::number(&arguments, "--events").unwrap_or(200_000).to_string();
    let runtimes = ["tokio", "blocking"];
    let all = !runtimes.iter().any(|runtime| arguments.iter().any(|argument| argument == runtime));
    for runtime in runtimes {
        if !all && !arguments.iter().any(|argument| argument == runtime) {
            continue;
        }
        let mut outcomes = [vec![], vec![]];
        for _ in 0..rounds {
            for (side, outcomes) in SIDES.iter().zip(&mut outcomes) {
                outcomes.push(measure(&format!("{runtime}-{side}"), &events)?);
            }
        }
        let [client, by_hand] = outcomes.map(|outcomes| Cost::middle(&outcomes));
        println!("{runtime} client: {client}");
        println!("{runtime} loop:   {by_hand}");
        println!(
            "{runtime} ratios: {:.2} in events a second, {:.2} in processor time for each",
            by_hand.each / client.each,
            by_hand.processor / client.processor
        );
    }
    Ok(())
}

/// What an event costs.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Cost {
    /// In nanoseconds.
    each: f64,
    /// In nanoseconds of processor time.
    processor: f64,
    /// How many in all the listener was too slow for.
    lagged: u64,
}

impl Cost {
    fn middle(costs: &[Cost]) -> Cost {
        let middle = |value: fn(&Cost) -> f64| {
            let mut values: Vec<f64> = costs.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        Cost {
            each: middle(|cost| cost.each),
            processor: middle(|cost| cost.processor),
            lagged: costs.iter().map(|cost| cost.lagged).sum(),
        }
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Cost { each, processor, lagged } = self;
        write!(f, "{:.0} events a second, {processor:.0} ns of processor time each", 1e9 / each)?;
        if *lagged > 0 { write!(f, ", {lagged} dropped by a slow listener") } else { Ok(()) }
    }
}

/// Counts events from the first that counts to the last.
struct Meter {
    left: u64,
    events: u64,
    began: Option<(Instant, Duration)>,
    lagged: u64,
}

impl Meter {
    fn new(events: u64) -> Self {
        Meter { left: FIRST + events, events, began: None, lagged: 0 }
    }

    /// An event came; true if it was the last.
    fn event(&mut self) -> bool {
        self.left -= 1;
        if self.left == self.events {
            self.began = Some((Instant::now(), process::processor_time().unwrap_or_default()));
        }
        self.left == 0
    }

    fn lagged(&mut self, missed: u64) {
        self.lagged += missed;
    }

    fn tell(&self) -> Outcome {
        let (began, spent) = self.began.ok_or("no events")?;
        let (took, spent) = (began.elapsed(), process::processor_time().unwrap_or_default() - spent);
        let each = |time: Duration| time.as_nanos() as f64 / self.events as f64;
        let cost = Cost { each: each(took), processor: each(spent), lagged: self.lagged };
        println!("{}", serde_json::to_string(&cost)?);
        Ok(())
    }
}

/// Lets one of them run.
fn measure(role: &str, events: &str) -> Result<Cost, Box<dyn Error>> {
    let mut world = World::new(7, "2026-03-01T12:00:00Z".parse()?);
    let ada = scene::quiet(&mut world);
    let server = Server::start(world)?;
    let flood = format!("ws://{}", flood::start(server.ws_url())?);
    let (token, _) =
        server.with(|world, now| world.grant_token(now, scene::CLIENT_ID, &ada, &["user:read:chat"]));
    let http = server.http_url();
    let mut player = Player::start_on_one_processor(&[role, events, &http, &flood, &ada, &token])?;
    if role.ends_with("client") {
        assert_eq!(player.says()?, "subscribed");
        server.with(|world, now| world.chat(now, &ada, &ada, "Hello"));
    }
    Ok(serde_json::from_str(&player.says()?)?)
}

fn builder<D: Driver>(rest: &[String]) -> Result<(Builder<D>, ChannelChatMessage), Box<dyn Error>> {
    let [http, flood, ada, token] = rest else { return Err("not enough said".into()) };
    let builder = Client::builder(scene::CLIENT_ID).secret(scene::CLIENT_SECRET);
    let builder = builder.endpoints(Endpoints::local(&http.parse()?, &flood.parse()?)).token(token, None);
    Ok((builder, ChannelChatMessage::new(ada.as_str(), ada.as_str())))
}

fn url(rest: &[String]) -> Result<&str, &'static str> {
    rest.get(1).map(String::as_str).ok_or("no address")
}

fn tokio_client(mut meter: Meter, rest: &[String]) -> Outcome {
    let (builder, topic) = builder::<twitchwire_tokio::Driver>(rest)?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (twitch, notices) = builder.start().await?;
        drop(notices);
        let mut chat = twitch.subscribe(topic).await?;
        println!("subscribed");
        while let Some(event) = chat.next().await {
            match event {
                Ok(event) => drop(black_box(event)),
                Err(EventError::Lagged(missed)) => {
                    meter.lagged(missed);
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            if meter.event() {
                break;
            }
        }
        meter.tell()
    })
}

fn tokio_loop(mut meter: Meter, rest: &[String]) -> Outcome {
    use futures_util::StreamExt;
    let url = url(rest)?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
        while let Some(message) = socket.next().await {
            if let Message::Text(text) = message? {
                drop(black_box(serde_json::from_str::<plain::Frame>(&text)?));
                if meter.event() {
                    break;
                }
            }
        }
        meter.tell()
    })
}

fn blocking_client(mut meter: Meter, rest: &[String]) -> Outcome {
    let (builder, topic) = builder::<twitchwire_blocking::OnThreads>(rest)?;
    let (twitch, notices) = builder.start()?;
    drop(notices);
    let chat = twitch.subscribe(topic)?;
    println!("subscribed");
    for event in chat {
        match event {
            Ok(event) => drop(black_box(event)),
            Err(EventError::Lagged(missed)) => {
                meter.lagged(missed);
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        if meter.event() {
            meter.tell()?;
            break;
        }
    }
    Ok(())
}

fn blocking_loop(mut meter: Meter, rest: &[String]) -> Outcome {
    let (mut socket, _) = tungstenite::connect(url(rest)?)?;
    loop {
        if let Message::Text(text) = socket.read()? {
            drop(black_box(serde_json::from_str::<plain::Frame>(&text)?));
            if meter.event() {
                return meter.tell();
            }
        }
    }
}
