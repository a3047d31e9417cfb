//! The command line, as its users run it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use twitchwire_blocking::eventsub::topic::channel::ChannelFollow;
use twitchwire_blocking::helix::api::GetUsers;
use twitchwire_blocking::{Client, Endpoints};
use twitchwire_sim::{Server, World};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twitchwire-sim"));
    command.args(arguments);
    command
}

/// Records a client that calls, and hears an event.
fn record(file: &Path) {
    let mut world = World::new(5, "2026-03-01T12:00:00Z".parse().unwrap());
    world.client("app1", Some("s3cret"));
    let ada = world.user("ada");
    let server = Server::start(world).unwrap();
    let scopes = ["moderator:read:followers"];
    let (access, refresh) = server.with(|world, now| world.grant_token(now, "app1", &ada, &scopes));
    let endpoints = Endpoints::local(&server.http_url().parse().unwrap(), &server.ws_url().parse().unwrap());
    let builder = Client::builder("app1").secret("s3cret").endpoints(endpoints).record(file);
    let (twitch, _notices) = builder.token(access, Some(&refresh)).start().unwrap();
    let mut follows = twitch.subscribe(ChannelFollow::new(ada.as_str(), ada.as_str())).unwrap();
    server.with(|world, now| {
        let brook = world.user("brook");
        world.follow(now, &brook, &ada);
    });
    assert_eq!(follows.next().unwrap().unwrap().user_login.as_str(), "brook");
    twitch.close();
}

/// What `replay` prints, and whether it is content.
fn replay(file: &Path) -> (String, bool) {
    let output = command(&["replay", file.to_str().unwrap()]).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.success())
}

#[test]
fn replay_plays_what_a_client_has_recorded_and_shows_the_first_line_that_differs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.jsonl");
    record(&file);
    let recording = fs::read_to_string(&file).unwrap();
    let lines = recording.lines().count();
    assert_eq!(replay(&file), (format!("{lines} lines replayed, and none differs.\n"), true));

    let said = 1 + recording.lines().position(|line| line.contains("\"said\":{\"http\"")).unwrap();
    fs::write(&file, recording.replacen("\"said\":{\"http\":{", "\"said\":{\"http\":{\"odd\":1,", 1))
        .unwrap();
    let (words, content) = replay(&file);
    assert!(!content && words.contains(&format!("line {said}")), "{words}");
}

/// A server that runs until it is dropped, and what it has printed.
struct Served {
    child: Child,
    printed: Vec<(String, String)>,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let child = command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut served = Served { printed: Vec::new(), child };
        for line in BufReader::new(served.child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some((name, value)) = line.split_once("  ") else { continue };
            served.printed.push((name.to_owned(), value.trim_start().to_owned()));
            if name == "refresh token" {
                break;
            }
        }
        served
    }

    /// The first word that stands behind a name.
    fn says(&self, name: &str) -> &str {
        let found = self.printed.iter().find(|(is, _)| is == name);
        found.and_then(|(_, value)| value.split([' ', ',']).next()).unwrap_or_else(|| panic!("no {name}"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Gone already, if it failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn serve_speaks_tls_with_the_certificate_that_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    let served = Served::start(&["serve", "--tls", file.to_str().unwrap()]);
    let (http, ws) = (served.says("Helix"), served.says("EventSub"));
    assert!(http.starts_with("https://127.0.0.1:") && ws.starts_with("wss://127.0.0.1:"), "{http} {ws}");

    let authority = CertificateDer::from_pem_file(&file).unwrap().to_vec();
    let endpoints = Endpoints::local(&http.trim_end_matches("/helix").parse().unwrap(), &ws.parse().unwrap());
    let builder = Client::builder(served.says("client id")).secret(served.says("client secret"));
    let builder = builder.endpoints(endpoints).root_certificate(authority);
    let access = served.says("access token");
    let (twitch, _notices) = builder.token(access, Some(served.says("refresh token"))).start().unwrap();
    let ada = twitch.me().unwrap();
    let users = twitch.as_user(ada.clone()).call(&GetUsers::own()).unwrap();
    assert_eq!(users[0].login.as_str(), "ada");
    assert!(twitch.subscribe(ChannelFollow::new(&ada, &ada)).is_ok());
    twitch.close();
}
