//! The simulated Twitch on the command line.
//!
//! `serve` puts a world with a scene on a loopback port and prints what a client needs to use it; `search` runs random
//! schedules until one breaks an invariant, and makes that one short; `idle` tells how fast time passes where nothing
//! happens; `replay` plays a recording of a client again. The arguments become a [`Command`], which runs.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what a command line is for")]

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use twitchwire::Time;
use twitchwire::auth::Scope;
use twitchwire_sim::schedule::conduit::Conduits;
use twitchwire_sim::schedule::idle::Idle;
use twitchwire_sim::schedule::processes::Processes;
use twitchwire_sim::schedule::search::{Searched, attempt, search, shorten};
use twitchwire_sim::schedule::{Cast, Part, Schedule, Sockets, TRACE};
use twitchwire_sim::{Server, World, scene};

const USAGE: &str = "\
A simulated Twitch.

twitchwire-sim serve [--port N] [--scene listen|chat|channels] [--tls FILE]
    Listens on loopback until Ctrl-C, and prints the URLs, the client and a token. Without a port it takes a free one;
    without a scene nothing happens but by the control page, /sim. With --tls it speaks https and wss, and writes the
    certificate that a client has to trust to FILE, as PEM.

twitchwire-sim search --seeds N [--from S] [--jobs J] [--kind sockets|conduits|processes] [--keep PARTS]
                      [--shorten yes|no] [--trace LINES]
    Runs the random schedules of N seeds from S (0) on J threads (one for each core), of each kind unless one is named.
    The first that fails is made short; what is left of it, the end of its trace and the command that replays it are
    printed, and the exit code is 1. PARTS are the steps and faults that are left, as printed there. Faster in release.

twitchwire-sim idle --hours N
    Lets N simulated hours pass for a client to which nothing happens, and prints how many that are per second and core.
    Only release tells.

twitchwire-sim replay FILE
    Plays what a client has recorded to a client of this version. If it says something else than the one that was recorded,
    the first line that differs is printed, and the exit code is 1.
";

/// How many lines of a failing schedule's trace are printed.
const TRACE_END: usize = 60;

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
        Command::Serve { port, scene, tls } => serve(port, scene, tls.as_deref()),
        Command::Search(search) => Ok(search.run()),
        Command::Idle { hours } => Ok(idle(hours)),
        Command::Replay(path) => replay(&path),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

enum Command {
    Help,
    Serve { port: u16, scene: fn(&mut World) -> String, tls: Option<PathBuf> },
    Search(Search),
    Idle { hours: u32 },
    Replay(PathBuf),
}

struct Search {
    seeds: Range<u64>,
    jobs: usize,
    /// The only kind, if not each.
    kind: Option<Kind>,
    /// What is kept of the only seed's schedule.
    keep: Option<Vec<Part>>,
    /// Whether the first that fails is made short.
    shorten: bool,
    /// How many lines of its trace are printed.
    trace: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sockets,
    Conduits,
    Processes,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Kind::Sockets => "sockets",
            Kind::Conduits => "conduits",
            Kind::Processes => "processes",
        }
    }
}

impl Command {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
        let command = arguments.next().unwrap_or_default();
        if matches!(command.as_str(), "" | "help" | "-h" | "--help") {
            return Ok(Command::Help);
        }
        if command == "replay" {
            return match (arguments.next(), arguments.next()) {
                (Some(path), None) => Ok(Command::Replay(path.into())),
                _ => Err("replay wants one file".into()),
            };
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
                let port = options.take("--port")?.unwrap_or(0);
                Command::Serve { port, scene, tls: options.take("--tls")? }
            }
            "search" => Command::Search(Search::read(&mut options)?),
            "idle" => Command::Idle { hours: options.take("--hours")?.ok_or("idle wants --hours")? },
            other => return Err(format!("there is no command {other}")),
        };
        options
            .0
            .into_keys()
            .next()
            .map_or(Ok(command), |unknown| Err(format!("{unknown} is not known here")))
    }
}

impl Search {
    fn read(options: &mut Options) -> Result<Search, String> {
        let count = options.take("--seeds")?.ok_or("search wants --seeds")?;
        let from = options.take("--from")?.unwrap_or(0_u64);
        let kind = match options.take::<String>("--kind")?.as_deref() {
            None => None,
            Some("sockets") => Some(Kind::Sockets),
            Some("conduits") => Some(Kind::Conduits),
            Some("processes") => Some(Kind::Processes),
            Some(other) => return Err(format!("there is no kind {other}")),
        };
        let keep = options.take::<String>("--keep")?.map(|parts| {
            let parts = parts.split(',').filter(|part| *part != "nothing");
            parts.map(str::parse).collect::<Result<Vec<Part>, _>>().map_err(|error| error.to_string())
        });
        let keep = keep.transpose()?;
        if keep.is_some() && (count != 1 || kind.is_none()) {
            return Err("--keep wants --seeds 1 and --kind".into());
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let jobs = options.take("--jobs")?.unwrap_or(cores);
        let shorten = match options.take::<String>("--shorten")?.as_deref() {
            None | Some("yes") => true,
            Some("no") => false,
            Some(other) => return Err(format!("--shorten cannot be {other}")),
        };
        let trace = options.take("--trace")?.unwrap_or(TRACE_END);
        Ok(Search { seeds: from..from.saturating_add(count), jobs, kind, keep, shorten, trace })
    }

    fn run(self) -> ExitCode {
        let wanted = |kind| self.kind.is_none_or(|only| only == kind);
        let held = (!wanted(Kind::Sockets) || self.run_kind::<Sockets>(Kind::Sockets))
            && (!wanted(Kind::Conduits) || self.run_kind::<Conduits>(Kind::Conduits))
            && (!wanted(Kind::Processes) || self.run_kind::<Processes>(Kind::Processes));
        if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Whether all schedules of a kind hold.
    fn run_kind<C: Cast>(&self, kind: Kind) -> bool {
        if let Some(keep) = &self.keep {
            let mut schedule = Schedule::<C>::of(self.seeds.start);
            schedule.keep(keep);
            return self.show(kind, self.seeds.start, &schedule);
        }
        let started = Instant::now();
        let searched = search(self.seeds.clone(), self.jobs, Schedule::<C>::run);
        self.report(kind, &searched, started.elapsed());
        let Some(seed) = searched.failed else { return true };
        if !self.shorten {
            return self.show(kind, seed, &Schedule::<C>::of(seed));
        }
        println!("{}: seed {seed} failed; making it short ...", kind.name());
        // Each try may panic, and what matters of it is said in the end.
        std::panic::set_hook(Box::new(|_| {}));
        let mut schedule = Schedule::<C>::of(seed);
        let all = schedule.parts().len();
        let parts = shorten(&schedule, |shorter| attempt(seed, || shorter.play(TRACE)).is_err());
        schedule.keep(&parts);
        println!("{} of its {all} parts are left.", parts.len());
        self.show(kind, seed, &schedule);
        false
    }

    fn report(&self, kind: Kind, searched: &Searched, took: Duration) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(self.jobs.max(1));
        let hours = searched.client_time.as_secs_f64() / 3600.0;
        let speed = hours / (took.as_secs_f64() * cores as f64).max(f64::EPSILON);
        println!(
            "{}: {} schedules held, {hours:.0} simulated client-hours in {:.1} s: {speed:.1} per second and core",
            kind.name(),
            searched.held,
            took.as_secs_f64()
        );
    }

    /// Plays a schedule and shows how it fails; true if it holds.
    fn show<C: Cast>(&self, kind: Kind, seed: u64, schedule: &Schedule<C>) -> bool {
        let Err(failed) = attempt(seed, || schedule.play(TRACE)) else {
            println!("{}: seed {seed} holds with what is kept of it", kind.name());
            return true;
        };
        let parts = schedule.parts();
        println!("\nWhat happens:");
        for part in &parts {
            println!("{:>6}  {}", part.to_string(), schedule.describe(*part));
        }
        println!("\nThe end of the trace:");
        for line in &failed.trace[failed.trace.len().saturating_sub(self.trace)..] {
            println!("  {line}");
        }
        println!("\nWhat broke:");
        for failure in &failed.failures {
            println!("  {failure}");
        }
        let keep: Vec<String> = parts.iter().map(ToString::to_string).collect();
        let keep = if keep.is_empty() { "nothing".to_owned() } else { keep.join(",") };
        let kind = kind.name();
        println!(
            "\nAgain, all of it:\n  cargo run -p twitchwire-sim -- search --kind {kind} --from {seed} --seeds 1"
        );
        println!("Again, what is left of it:");
        println!(
            "  cargo run -p twitchwire-sim -- search --kind {kind} --from {seed} --seeds 1 --keep {keep}"
        );
        false
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

fn idle(hours: u32) -> ExitCode {
    let mut idle = Idle::new();
    let started = Instant::now();
    let steps = idle.pass(Duration::from_secs(3600) * hours);
    let took = started.elapsed().as_secs_f64();
    let speed = f64::from(hours) / took.max(f64::EPSILON);
    println!("{hours} simulated client-hours, {steps} steps, in {took:.1} s: {speed:.0} per second and core");
    let failures = idle.failures();
    failures.iter().for_each(|failure| println!("{failure}"));
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn replay(path: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let recording = std::fs::read_to_string(path)?;
    Ok(match twitchwire::record::replay(recording.lines()) {
        Ok(lines) => {
            println!("{lines} lines replayed, and none differs.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    })
}

fn serve(port: u16, scene: fn(&mut World) -> String, tls: Option<&Path>) -> Result<ExitCode, Box<dyn Error>> {
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let epoch = Timestamp::from_second(i64::try_from(wall.as_secs())?).map_err(|error| error.to_string())?;
    let mut world = World::new(1, epoch);
    let ada = scene(&mut world);
    world.settings.approve_authorize = Some(ada.clone());
    let scopes: Vec<&str> = Scope::KNOWN.iter().map(Scope::as_str).collect();
    let (access, refresh) = world.grant_token(Time::ZERO, scene::CLIENT_ID, &ada, &scopes);
    let server = match tls {
        None => Server::start_on(world, port)?,
        Some(file) => start_tls(world, port, file)?,
    };
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

/// Starts it over TLS, and writes down whom to trust.
fn start_tls(world: World, port: u16, file: &Path) -> std::io::Result<Server> {
    let server = Server::start_tls_on(world, port)?;
    if let Some(authority) = server.authority() {
        std::fs::write(file, authority.pem())?;
        println!("Clients have to trust the certificate in {}.", file.display());
    }
    Ok(server)
}
