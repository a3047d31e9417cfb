//! Several processes that share one token file, against one simulated Twitch: a refresh token is spent once.
//!
//! The other processes are this test's own executable, told by the environment to play a client.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::thread;
use twitchwire_blocking::helix::api::GetUsers;
use twitchwire_blocking::{Client, Endpoints, FileStore};
use twitchwire_sim::{Server, World};

const PLAY: &str = "TWITCHWIRE_TEST_CLIENT";
const PROCESSES: usize = 3;
const ROUNDS: usize = 4;
/// In each process, at once.
const CALLS: usize = 4;

/// A client that calls whenever it is told to, and says that all went well.
#[test]
fn a_client_in_a_process_of_its_own() {
    let Ok(setup) = env::var(PLAY) else { return };
    let [http, ws, file] = setup.split('\n').collect::<Vec<_>>().try_into().unwrap();
    let twitch = client(http, ws, Path::new(file));
    let mut out = std::io::stderr();
    writeln!(out, "ready").unwrap();
    for line in std::io::stdin().lock().lines() {
        assert_eq!(line.unwrap(), "call");
        let call = || twitch.call(&GetUsers::own()).map(|users| users.len());
        let results: Vec<_> = thread::scope(|scope| {
            let calls: Vec<_> = (0..CALLS).map(|_| scope.spawn(call)).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        writeln!(out, "{results:?}").unwrap();
    }
}

fn client(http: &str, ws: &str, file: &Path) -> Client {
    // Without a secret: its refresh tokens can be used once.
    let builder = Client::builder("app1").store(FileStore::new(file));
    let endpoints = Endpoints::local(&http.parse().unwrap(), &ws.parse().unwrap());
    builder.endpoints(endpoints).login(|_| panic!("a stored token would do")).start().unwrap().0
}

struct Process {
    child: Child,
    orders: ChildStdin,
    words: BufReader<ChildStderr>,
}

impl Process {
    fn start(setup: &str) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "a_client_in_a_process_of_its_own", "--nocapture"])
            .env(PLAY, setup)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let words = BufReader::new(child.stderr.take().unwrap());
        Process { child, orders, words }
    }

    fn says(&mut self) -> String {
        let mut line = String::new();
        self.words.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already, if all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn processes_that_share_a_token_file_never_spend_a_refresh_token_twice() {
    let mut world = World::new(5, "2026-03-01T12:00:00Z".parse().unwrap());
    world.client("app1", None);
    let ada = world.user("ada");
    let server = Server::start(world).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens.json");
    let (http, ws) = (server.http_url(), server.ws_url());
    let (access, refresh) = server.with(|world, now| world.grant_token(now, "app1", &ada, &[]));
    let endpoints = Endpoints::local(&http.parse().unwrap(), &ws.parse().unwrap());
    let first = Client::builder("app1").store(FileStore::new(&file)).endpoints(endpoints);
    let (first, _) = first.token(access, Some(&refresh)).start().unwrap();
    first.close();

    let setup = format!("{http}\n{ws}\n{}", file.display());
    let mut processes: Vec<_> = (0..PROCESSES).map(|_| Process::start(&setup)).collect();
    for process in &mut processes {
        assert_eq!(process.says(), "ready");
    }
    for round in 1..=ROUNDS {
        server.with(|world, now| world.expire(now, &ada));
        for process in &mut processes {
            writeln!(process.orders, "call").unwrap();
        }
        for process in &mut processes {
            assert_eq!(process.says(), format!("{:?}", vec![Ok::<_, ()>(1); CALLS]));
        }
        server.with(|world, _| {
            assert_eq!(world.refreshes().len(), round);
            assert!(world.violations().is_empty(), "{:?}", world.violations());
        });
    }
}
