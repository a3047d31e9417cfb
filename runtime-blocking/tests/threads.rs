//! A client's threads end with it. One test in a process of its own, so that the threads counted are its own.
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};
use std::{fs, thread};
use twitchwire_blocking::eventsub::topic::channel::ChannelRaid;
use twitchwire_blocking::helix::api::GetUsers;
use twitchwire_blocking::{Client, Endpoints};
use twitchwire_sim::{Server, World};

/// The names of the client's threads that run, in order.
fn threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    // A thread may be gone before it is read.
    let stats = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("stat")).ok());
    let mut ours: Vec<String> = stats.filter_map(|stat| running(&stat)).collect();
    ours.sort();
    ours
}

/// The name in a line of `stat`, if that thread is the client's and still runs. The kernel wakes whoever joins a thread
/// before it takes the thread off its list, so one that was joined may be listed for a moment: on its way out.
fn running(stat: &str) -> Option<String> {
    const ON_ITS_WAY_OUT: u32 = 4; // PF_EXITING
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
    // After the name: state, parent, group, session, terminal, its group, flags.
    let flags: u32 = rest.split_whitespace().nth(6)?.parse().ok()?;
    (name.starts_with("twitch ") && flags & ON_ITS_WAY_OUT == 0).then(|| name.to_owned())
}

#[test]
fn no_thread_outlives_its_client() {
    let mut world = World::new(5, "2026-03-01T12:00:00Z".parse().unwrap());
    world.client("app1", Some("s3cret"));
    let ada = world.user("ada");
    let server = Server::start(world).unwrap();
    let start = || {
        let (http, ws) = (server.http_url().parse().unwrap(), server.ws_url().parse().unwrap());
        let (access, refresh) = server.with(|world, now| world.grant_token(now, "app1", &ada, &[]));
        let builder = Client::builder("app1").secret("s3cret").endpoints(Endpoints::local(&http, &ws));
        let (twitch, notices) = builder.token(access, Some(&refresh)).start().unwrap();
        twitch.call(&GetUsers::by_login(["ada"])).unwrap();
        let raids = twitch.subscribe(ChannelRaid::to(ada.as_str())).unwrap();
        // A thread names itself when it first runs, which may be later than what the others did.
        let kinds = [("twitch time", 1), ("twitch errands", 1), ("twitch socket", 1), ("twitch http", 17)];
        let latest = Instant::now() + Duration::from_secs(20);
        while !kinds.iter().all(|(kind, _)| threads().iter().any(|name| name == kind)) {
            assert!(Instant::now() < latest, "{:?}", threads());
            thread::yield_now();
        }
        let ours = threads();
        for (kind, most) in kinds {
            let count = ours.iter().filter(|name| *name == kind).count();
            assert!(count <= most, "{ours:?}");
        }
        (twitch, notices, raids)
    };
    let (twitch, _notices, _raids) = start();
    twitch.close();
    assert_eq!(threads(), <[&str; 0]>::default());
    let (twitch, _notices, _raids) = start();
    drop(twitch);
    assert_eq!(threads(), <[&str; 0]>::default());
}
