//! What a client logs: a whole scene, at the finest level, on threads and in tasks. One test in a process of its own, since
//! it hears all that is logged there.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tracing::Level;
use twitchwire::Endpoints;
use twitchwire::auth::Scope;
use twitchwire::eventsub::topic::channel::ChannelFollow;
use twitchwire::eventsub::topic::stream::StreamOffline;
use twitchwire_sim::{Server, World, scene};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn stage() -> (Server, Endpoints) {
    let mut world = World::new(1, "2026-03-01T12:00:00Z".parse().unwrap());
    scene::listen(&mut world);
    let server = Server::start(world).unwrap();
    let endpoints = Endpoints::local(&server.http_url().parse().unwrap(), &server.ws_url().parse().unwrap());
    (server, endpoints)
}

const SCOPES: [Scope; 2] = [Scope::UserReadChat, Scope::ModeratorReadFollowers];
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_log_tells_of_requests_connections_and_subscriptions_and_holds_no_secret() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let mut secrets = vec![scene::CLIENT_SECRET.to_owned()];

    let (server, endpoints) = stage();
    let builder = twitchwire_blocking::Client::builder(scene::CLIENT_ID).secret(scene::CLIENT_SECRET);
    let (twitch, notices) = builder.endpoints(endpoints).scopes(SCOPES).login(|_| {}).start().unwrap();
    let me = twitch.me().unwrap();
    twitch.subscribe(ChannelFollow::new(&me, &me)).unwrap().detach();
    let _ = twitch.subscribe(StreamOffline::new(&me)).unwrap().next();
    twitch.close();
    tracing::info!("{:?}", notices.collect::<Vec<_>>());
    secrets.extend(server.with(|world, _| world.secrets().map(str::to_owned).collect::<Vec<_>>()));

    let (server, endpoints) = stage();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let builder = twitchwire_tokio::Client::builder(scene::CLIENT_ID).secret(scene::CLIENT_SECRET);
        let start = builder.endpoints(endpoints).scopes(SCOPES).login(|_| {}).start();
        let (twitch, _notices) = start.await.unwrap();
        let me = twitch.me().unwrap();
        twitch.subscribe(ChannelFollow::new(&me, &me)).await.unwrap().detach();
        twitch.subscribe(StreamOffline::new(&me)).await.unwrap().detach();
        twitch.wait_for::<StreamOffline>(|_| true, PATIENCE).await.unwrap();
        twitch.close().await;
        tracing::info!("{twitch:?}");
    });
    secrets.extend(server.with(|world, _| world.secrets().map(str::to_owned).collect::<Vec<_>>()));

    let text = log.text();
    for told in [
        "request{id=HttpId(",
        "path=\"/helix/eventsub/subscriptions\"",
        "shard{shard=0 attempt=1}",
        "subscription{wish=WishId(",
        "the token of user",
        "session lost",
    ] {
        assert!(text.contains(told), "nothing of {told} in\n{text}");
    }
    assert!(secrets.len() > 6, "{}", secrets.len());
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} was logged");
    }
}
