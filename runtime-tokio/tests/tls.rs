//! HTTPS and WSS, to a proxy that speaks TLS in front of the simulated Twitch.

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use twitchwire_sim::{Server, World};
use twitchwire_tokio::eventsub::topic::channel::ChannelRaid;
use twitchwire_tokio::{Client, Endpoints};

/// A proxy on `localhost` for this address: its port and its certificate.
async fn proxy(to: String) -> (u16, Vec<u8>) {
    let own = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, to) = (acceptor.clone(), to.clone());
            tokio::spawn(async move {
                let mut outside = acceptor.accept(stream).await.unwrap();
                let mut inside = TcpStream::connect(to).await.unwrap();
                let _ = copy_bidirectional(&mut outside, &mut inside).await;
            });
        }
    });
    (port, own.cert.der().to_vec())
}

#[tokio::test]
async fn calls_and_events_come_over_tls() {
    let mut world = World::new(5, "2026-03-01T12:00:00Z".parse().unwrap());
    world.client("app1", Some("s3cret"));
    let [ada, brook] = ["ada", "brook"].map(|login| world.user(login));
    let server = Server::start(world).unwrap();
    let (port, certificate) = proxy(server.http_url().replace("http://", "")).await;
    let http = format!("https://localhost:{port}").parse().unwrap();
    let ws = format!("wss://localhost:{port}").parse().unwrap();
    let (access, _) = server.with(|world, now| world.grant_token(now, "app1", &ada, &[]));
    let builder = Client::builder("app1").secret("s3cret").token(access, None);
    let start = builder.endpoints(Endpoints::local(&http, &ws)).root_certificate(certificate).start();
    let all = async {
        let (twitch, _notices) = start.await.unwrap();
        let mut raids = twitch.subscribe(ChannelRaid::to(ada.as_str())).await.unwrap();
        server.with(|world, now| world.raid(now, &brook, &ada, 42));
        assert_eq!(raids.next().await.unwrap().unwrap().viewers, 42);
        twitch.close().await;
    };
    timeout(Duration::from_secs(20), all).await.expect("nothing happened");
}
