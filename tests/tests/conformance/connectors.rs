//! Connectors of the application's own: each driver has its form of them, and all see where to connect, for requests and
//! for sockets. Here they do TLS by themselves.

use crate::adapter::Adapter;
use crate::asynchronous::{AsyncStd, RUNTIME, Tokio};
use crate::blocking::Blocking;
use crate::stage::{self, Stage, trusting};
use http::Uri;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio_rustls::TlsConnector;
use twitchwire::As;
use twitchwire::Endpoints;
use twitchwire::eventsub::topic::channel::ChannelFollow;
use twitchwire::helix::api::GetUsers;
use twitchwire_front::{Connector, Stream, Target};

/// Connects to this port whatever the host is called, and counts.
#[derive(Clone)]
struct Anywhere {
    port: u16,
    tls: Arc<ClientConfig>,
    connections: Arc<AtomicUsize>,
}

impl Anywhere {
    /// To this stage, over TLS.
    fn to(stage: &Stage) -> Self {
        let url: Uri = stage.server.http_url().parse().unwrap();
        let port = url.port_u16().unwrap();
        Anywhere { port, tls: trusting(stage.authority()), connections: Arc::default() }
    }

    fn count(&self, to: &Target) {
        assert_eq!((to.host.as_str(), to.port, to.secure), ("localhost", 7, true));
        self.connections.fetch_add(1, Ordering::SeqCst);
    }
}

impl Connector for Anywhere {
    fn connect(&self, to: &Target, within: Duration) -> io::Result<TcpStream> {
        assert!(within <= Duration::from_secs(10));
        self.count(to);
        TcpStream::connect(("127.0.0.1", self.port))
    }

    fn encrypt(&self, to: &Target, wire: Box<dyn Stream>) -> io::Result<Box<dyn Stream>> {
        let name = to.host.clone().try_into().map_err(io::Error::other)?;
        let tls = ClientConnection::new(self.tls.clone(), name).map_err(io::Error::other)?;
        // It shakes hands when it is written to.
        Ok(Box::new(StreamOwned::new(tls, wire)))
    }
}

fn endpoints() -> Endpoints {
    Endpoints::local(&"https://localhost:7".parse().unwrap(), &"wss://localhost:7".parse().unwrap())
}

/// Sees a call and an event come over connections of the application's own.
fn call_and_hear<A: Adapter>(stage: &Stage, anywhere: &Anywhere, twitch: &A::Client) {
    let own = A::call(twitch, As::User(stage.ada.clone()), &GetUsers::own()).unwrap();
    assert_eq!(own[0].id, stage.ada);
    let mut events = A::subscribe(twitch, ChannelFollow::new(&stage.ada, &stage.ada)).unwrap();
    stage.follow("brook");
    let follow = A::event::<ChannelFollow>(&mut events).unwrap().unwrap();
    assert_eq!(follow.user_login.as_str(), "brook");
    A::close(twitch);
    assert!(anywhere.connections.load(Ordering::SeqCst) >= 2);
    stage.end();
}

fn token(stage: &Stage) -> (String, String) {
    stage.setup_for_ada(&["moderator:read:followers"]).token.unwrap()
}

#[test]
fn a_blocking_client_uses_connections_of_the_applications_own() {
    stage::within_a_minute(|| {
        let stage = Stage::over_tls();
        let (anywhere, (access, refresh)) = (Anywhere::to(&stage), token(&stage));
        let builder = twitchwire_blocking::Client::builder(stage::CLIENT).secret(stage::SECRET);
        let builder = builder.endpoints(endpoints()).token(access, Some(&refresh));
        let (twitch, _) = builder.connector(anywhere.clone()).start().unwrap();
        call_and_hear::<Blocking>(&stage, &anywhere, &twitch);
    });
}

#[test]
fn a_client_on_tokio_uses_connections_of_the_applications_own() {
    stage::within_a_minute(|| {
        let stage = Stage::over_tls();
        let (anywhere, (access, refresh)) = (Anywhere::to(&stage), token(&stage));
        let builder = twitchwire_tokio::Client::builder(stage::CLIENT).secret(stage::SECRET);
        let builder = builder.endpoints(endpoints()).token(access, Some(&refresh));
        let connector = anywhere.clone();
        let builder = builder.connector(move |to| {
            let anywhere = connector.clone();
            async move {
                anywhere.count(&to);
                let tcp = tokio::net::TcpStream::connect(("127.0.0.1", anywhere.port)).await?;
                let name = to.host.try_into().map_err(io::Error::other)?;
                let stream = TlsConnector::from(anywhere.tls).connect(name, tcp).await?;
                Ok(Box::new(stream) as Box<dyn twitchwire_tokio::Io>)
            }
        });
        let (twitch, _) = RUNTIME.block_on(builder.start()).unwrap();
        call_and_hear::<Tokio>(&stage, &anywhere, &twitch);
    });
}

#[test]
fn a_client_on_async_std_uses_connections_of_the_applications_own() {
    stage::within_a_minute(|| {
        let stage = Stage::over_tls();
        let (anywhere, (access, refresh)) = (Anywhere::to(&stage), token(&stage));
        let builder = twitchwire_async_std::Client::builder(stage::CLIENT).secret(stage::SECRET);
        let builder = builder.endpoints(endpoints()).token(access, Some(&refresh));
        let connector = anywhere.clone();
        let builder = builder.connector(move |to| {
            let anywhere = connector.clone();
            async move {
                anywhere.count(&to);
                let tcp = async_std::net::TcpStream::connect(("127.0.0.1", anywhere.port)).await?;
                let name = to.host.try_into().map_err(io::Error::other)?;
                let stream = futures_rustls::TlsConnector::from(anywhere.tls).connect(name, tcp).await?;
                Ok(Box::new(stream) as Box<dyn twitchwire_async_std::Io>)
            }
        });
        let (twitch, _) = async_std::task::block_on(builder.start()).unwrap();
        call_and_hear::<AsyncStd>(&stage, &anywhere, &twitch);
    });
}
