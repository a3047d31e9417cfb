//! Exchanges with servers that behave badly, over real sockets.

use bytes::Bytes;
use http::{Request, Response};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use twitchwire_tokio::front::{Driver as _, Route, Setup, Way};
use twitchwire_tokio::twitchwire::{CauseKind, Failure, Sent};
use twitchwire_tokio::{Config, Driver};

/// Long enough for a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn driver() -> Driver {
    trusting(&[])
}

fn trusting(roots: &[Vec<u8>]) -> Driver {
    let mut trusted = RootCertStore::empty();
    for root in roots {
        trusted.add(CertificateDer::from(root.as_slice())).unwrap();
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let way = Way::Usual { tls: Arc::new(tls), proxy: None };
    Driver::start(Setup::new(Config::new("app1")), Route { way, within: PATIENCE }).unwrap()
}

/// A server that treats each connection this way, and counts them.
fn server(treat: impl Fn(TcpStream) + Clone + Send + 'static) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
            let treat = treat.clone();
            thread::spawn(move || treat(stream.unwrap()));
        }
    });
    (port, connections)
}

/// Reads a request without a body; false at the end of the connection.
fn request_came(stream: &mut impl Read) -> bool {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return false,
        }
    }
    true
}

fn answer_all(mut stream: TcpStream) {
    while request_came(&mut stream) {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
    }
}

async fn get(
    driver: &Driver,
    url: String,
    fresh: bool,
    patience: Duration,
) -> Result<Response<Bytes>, Failure> {
    let request = Request::get(url).body(Bytes::new()).unwrap();
    let answer_by = driver.with(|_, now| now) + patience;
    driver.exchange(request, fresh, answer_by).await
}

/// How an exchange failed: whether it may have been sent, and the kind of cause.
async fn failure(url: String, patience: Duration) -> (Sent, CauseKind) {
    let Err(Failure { sent, cause }) = get(&driver(), url, false, patience).await else {
        panic!("an answer")
    };
    (sent, cause.kind)
}

/// A server on `localhost` with a certificate of its own making, and the certificate.
fn tls_server() -> (u16, Vec<u8>) {
    let own = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let (port, _) = server(move |stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
        while request_came(&mut stream) {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
        }
    });
    (port, own.cert.der().to_vec())
}

#[tokio::test]
async fn a_connection_refused_was_certainly_not_sent() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(failure(url, PATIENCE).await, (Sent::No, CauseKind::Connect));
}

#[tokio::test]
async fn a_host_that_has_no_address_is_a_matter_of_dns() {
    // Too long for a name, which no resolver needs the network to see.
    let url = format!("http://{}/", "x".repeat(64));
    assert_eq!(failure(url, PATIENCE).await, (Sent::No, CauseKind::Dns));
}

#[tokio::test]
async fn a_server_without_tls_was_certainly_not_sent_anything() {
    let (port, _) = server(|mut stream| drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")));
    let url = format!("https://127.0.0.1:{port}/");
    assert_eq!(failure(url, PATIENCE).await, (Sent::No, CauseKind::Tls));
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_may_have_been_sent() {
    let (port, _) = server(|mut stream| assert!(request_came(&mut stream)));
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(failure(url, PATIENCE).await, (Sent::Unknown, CauseKind::Other));
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_may_have_been_sent() {
    let (port, _) = server(|mut stream| while request_came(&mut stream) {});
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(failure(url, Duration::from_millis(200)).await, (Sent::Unknown, CauseKind::Timeout));
}

#[tokio::test]
async fn an_answer_without_end_is_too_large() {
    let (port, _) = server(|mut stream| {
        if request_came(&mut stream) {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        }
    });
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(failure(url, PATIENCE).await, (Sent::Unknown, CauseKind::TooLarge));
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let (port, connections) = server(|mut stream| {
        request_came(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n");
    });
    let answer = get(&driver(), format!("http://127.0.0.1:{port}/"), false, PATIENCE).await.unwrap();
    assert_eq!(answer.status(), 302);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_is_used_again_unless_a_fresh_one_is_asked_for() {
    let (port, connections) = server(answer_all);
    let driver = driver();
    let mut seen = Vec::new();
    for fresh in [false, false, true, false] {
        let answer = get(&driver, format!("http://127.0.0.1:{port}/"), fresh, PATIENCE).await.unwrap();
        assert_eq!(answer.body(), "ok");
        seen.push(connections.load(Ordering::SeqCst));
    }
    assert_eq!(seen, [1, 1, 2, 2]);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_idle_is_passed_over() {
    let (port, connections) = server(|mut stream| {
        request_came(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
    let driver = driver();
    for _ in 0..3 {
        let answer = get(&driver, format!("http://127.0.0.1:{port}/"), false, PATIENCE).await.unwrap();
        assert_eq!(answer.body(), "ok");
        while driver.idle_connections() > 0 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_certificate_counts_only_if_its_authority_is_trusted_and_only_for_its_names() {
    let (port, certificate) = tls_server();
    let url = format!("https://localhost:{port}/");
    assert_eq!(failure(url.clone(), PATIENCE).await, (Sent::No, CauseKind::Tls));
    let driver = trusting(&[certificate]);
    assert_eq!(get(&driver, url, false, PATIENCE).await.unwrap().body(), "ok");
    let other_name = get(&driver, format!("https://127.0.0.1:{port}/"), false, PATIENCE).await;
    let Err(Failure { sent: Sent::No, cause }) = other_name else { panic!("trusted for another name") };
    assert_eq!(cause.kind, CauseKind::Tls);
}
