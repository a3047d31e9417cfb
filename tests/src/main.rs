//! The simulated Twitch on the command line.
//!
//! `serve` puts a world with a scene on a loopback port and prints what a client needs to use it; `search` runs random
//! schedules until one breaks an invariant, and makes that one short. The arguments become a [`Command`], which runs.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what a command line is for")]

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use twitchwire::Time;
use twitchwire::auth::Scope;
use twitchwire_sim::{Server, World, scene};

const USAGE: &str = "\
A simulated Twitch.

twitchwire-sim serve [--port N] [--scene listen|chat|channels]
    Listens on loopback until Ctrl-C, and prints the URLs, the client and a token. Without a port it takes a free one;
    without a scene nothing happens but by the control page, /sim.
";

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let command = match Command::read(arguments) {
        Ok(command) => command,
        Err(why) => {
            eprintln!("{why}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let done = match command {
        Command::Help => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve { port, scene } => serve(port, scene),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

enum Command {
    Help,
    Serve { port: u16, scene: fn(&mut World) -> String },
}

impl Command {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
        let command = arguments.next().unwrap_or_default();
        if matches!(command.as_str(), "" | "help" | "-h" | "--help") {
            return Ok(Command::Help);
        }
        let mut options = Options::read(arguments)?;
        let command = match command.as_str() {
            "serve" => {
                let scene = match options.take::<String>("--scene")?.as_deref() {
                    None => scene::quiet,
                    Some("listen") => scene::listen,
                    Some("chat") => scene::chat,
                    Some("channels") => scene::channels,
                    Some(other) => return Err(format!("there is no scene {other}")),
                };
                Command::Serve { port: options.take("--port")?.unwrap_or(0), scene }
            }
            other => return Err(format!("there is no command {other}")),
        };
        options
            .0
            .into_keys()
            .next()
            .map_or(Ok(command), |unknown| Err(format!("{unknown} is not known here")))
    }
}

/// Options with their values.
struct Options(BTreeMap<String, String>);

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = BTreeMap::new();
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} wants a value"))?;
            if options.insert(name.clone(), value).is_some() {
                return Err(format!("{name} is there twice"));
            }
        }
        Ok(Options(options))
    }

    fn take<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, String> {
        let value = self.0.remove(name);
        value.map(|value| value.parse().map_err(|_| format!("{name} cannot be {value}"))).transpose()
    }
}

fn serve(port: u16, scene: fn(&mut World) -> String) -> Result<ExitCode, Box<dyn Error>> {
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let mut world = World::new(1, Timestamp::from_second(i64::try_from(wall.as_secs())?)?);
    let ada = scene(&mut world);
    world.settings.approve_authorize = Some(ada.clone());
    let scopes: Vec<&str> = Scope::KNOWN.iter().map(Scope::as_str).collect();
    let (access, refresh) = world.grant_token(Time::ZERO, scene::CLIENT_ID, &ada, &scopes);
    let server = Server::start_on(world, port)?;
    println!("A simulated Twitch, until Ctrl-C. Things happen with a client's first subscription, or here:");
    for (name, value) in [
        ("control page", server.control_url()),
        ("Helix", server.helix_url()),
        ("OAuth", server.oauth_url()),
        ("EventSub", server.ws_url()),
        ("client id", scene::CLIENT_ID.into()),
        ("client secret", scene::CLIENT_SECRET.into()),
        ("user", format!("ada, {ada}, who approves every login")),
        ("access token", format!("{access} (of ada, with every scope)")),
        ("refresh token", refresh),
    ] {
        println!("{name:14} {value}");
    }
    loop {
        std::thread::park();
    }
}
