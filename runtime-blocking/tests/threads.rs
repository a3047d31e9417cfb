//! A client's threads end with it. One test in a process of its own, so that the threads counted are its own.
#![cfg(target_os = "linux")]

use std::fs;
use twitchwire_blocking::eventsub::topic::channel::ChannelRaid;
use twitchwire_blocking::helix::api::GetUsers;
use twitchwire_blocking::{Client, Endpoints};
use twitchwire_sim::{Server, World};

/// The names of the client's threads, in order.
fn threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    // A thread may end between the two readings.
    let names = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
    let mut ours: Vec<String> =
        names.map(|name| name.trim().to_owned()).filter(|name| name.starts_with("twitch ")).collect();
    ours.sort();
    ours
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
        let ours = threads();
        for (kind, most) in
            [("twitch time", 1), ("twitch errands", 1), ("twitch socket", 1), ("twitch http", 17)]
        {
            let count = ours.iter().filter(|name| *name == kind).count();
            assert!((1..=most).contains(&count), "{ours:?}");
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
