//! Where a test plays: a world on a loopback port, and clients in it.

use crate::adapter::{Adapter, NotStarted, Setup};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use twitchwire::auth::Scope;
use twitchwire::auth::store::MemoryStore;
use twitchwire::id::UserId;
use twitchwire::jiff::Timestamp;
use twitchwire::{Endpoints, Notice};
use twitchwire_sim::{Server, World};

pub(crate) const CLIENT: &str = "app1";
pub(crate) const SECRET: &str = "s3cret";

/// Runs a test, and fails it if it takes too long.
pub(crate) fn within_a_minute(test: fn()) {
    let (done, ended) = mpsc::channel();
    let runner = thread::spawn(move || {
        test();
        // The receiver is gone if this took too long.
        let _ = done.send(());
    });
    match ended.recv_timeout(Duration::from_secs(60)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("the test hangs"),
        // Ended, well or not: its own panic is the better message.
        _ => {
            if let Err(panic) = runner.join() {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

/// A world with an app and its user ada.
pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) ada: UserId,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A world that is changed before it starts.
    pub(crate) fn with(change: impl FnOnce(&mut World)) -> Self {
        Self::served(epoch(), change, Server::start)
    }

    /// One that is reached over TLS alone.
    pub(crate) fn over_tls() -> Self {
        Self::served(epoch(), |_| {}, |world| Server::start_tls_on(world, 0))
    }

    /// One whose clock shows what the machine's shows, for what must not be too old.
    pub(crate) fn today() -> Self {
        Self::served(Timestamp::now(), |_| {}, Server::start)
    }

    fn served(
        epoch: Timestamp,
        change: impl FnOnce(&mut World),
        start: impl FnOnce(World) -> io::Result<Server>,
    ) -> Self {
        let mut world = World::new(5, epoch);
        world.client(CLIENT, Some(SECRET));
        let ada = world.user("ada").into();
        change(&mut world);
        Stage { server: start(world).unwrap(), ada }
    }

    /// The certificate of whoever vouches for it.
    pub(crate) fn authority(&self) -> &[u8] {
        self.server.authority().expect("it speaks TLS").der()
    }

    /// A setup without any token.
    pub(crate) fn setup(&self) -> Setup {
        let (http, ws) = (self.server.http_url().parse().unwrap(), self.server.ws_url().parse().unwrap());
        Setup {
            client_id: CLIENT,
            secret: Some(SECRET),
            endpoints: Endpoints::local(&http, &ws),
            store: MemoryStore::new(),
            scopes: vec![],
            token: None,
            login: None,
            callback: None,
            root: self.server.authority().map(|authority| authority.der().to_vec()),
            tls: None,
            proxy: None,
            record: None,
            settings: |_| {},
        }
    }

    /// A setup with a token of ada's.
    pub(crate) fn setup_for_ada(&self, scopes: &[&str]) -> Setup {
        Setup { token: Some(self.token_for_ada(scopes)), ..self.setup() }
    }

    /// An access and a refresh token of ada's.
    pub(crate) fn token_for_ada(&self, scopes: &[&str]) -> (String, String) {
        self.server.with(|world, now| world.grant_token(now, CLIENT, self.ada.as_str(), scopes))
    }

    /// A client with a token of ada's that may read followers.
    pub(crate) fn start<A: Adapter>(&self) -> (A::Client, A::Notices) {
        self.started::<A>(self.setup_for_ada(&["moderator:read:followers"]))
    }

    pub(crate) fn started<A: Adapter>(&self, setup: Setup) -> (A::Client, A::Notices) {
        match A::start(setup) {
            Ok(started) => started,
            Err(error) => panic!("not started: {error:?}"),
        }
    }

    pub(crate) fn not_started<A: Adapter>(&self, setup: Setup) -> NotStarted {
        match A::start(setup) {
            Ok(_) => panic!("started"),
            Err(error) => error,
        }
    }

    /// Somebody follows ada.
    pub(crate) fn follow(&self, login: &str) {
        self.server.with(|world, now| {
            let fan = world.user(login);
            world.follow(now, &fan, self.ada.as_str());
        });
    }

    /// How many subscriptions ada has.
    pub(crate) fn subscriptions(&self) -> usize {
        self.server.with(|world, _| world.enabled(CLIENT, Some(self.ada.as_str())).len())
    }

    /// Waits until the world is as expected. It cannot tell by itself, so it is asked again and again.
    pub(crate) fn until(&self, what: &str, expected: impl Fn(&World) -> bool) {
        let patience = Instant::now() + Duration::from_secs(20);
        while !self.server.with(|world, _| expected(world)) {
            assert!(Instant::now() < patience, "never: {what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The end of a test: no rule was broken; a frame on a socket that is neither Pong nor Close would have been one.
    pub(crate) fn end(&self) {
        self.server.with(|world, _| assert_eq!(world.violations(), []));
    }
}

fn epoch() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// A client's configuration that trusts this certificate's owner and nobody else.
pub(crate) fn trusting(authority: &[u8]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(builder.unwrap().with_root_certificates(roots).with_no_client_auth())
}

/// Skips notices until one is as wanted, and gives what was found.
pub(crate) fn notice<A: Adapter, T>(
    notices: &mut A::Notices,
    what: &str,
    mut wanted: impl FnMut(&Notice) -> Option<T>,
) -> T {
    let mut before = Vec::new();
    while let Some(notice) = A::notice(notices) {
        if let Some(found) = wanted(&notice) {
            return found;
        }
        before.push(notice);
    }
    let before: Vec<String> = before.iter().map(|notice: &Arc<Notice>| notice.to_string()).collect();
    panic!("the client ended before {what}; heard: {before:#?}");
}

pub(crate) fn followers() -> Vec<Scope> {
    vec![Scope::ModeratorReadFollowers]
}
