//! The callback page on a port of its own: HTTP/1.1, a bounded number of connections, each for a bounded time.
//!
//! What is asked and answered is the machine's business; here bytes become requests and responses bytes.

use super::driver::Tasks;
use super::{Runtime, by};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use twitchwire::MAX_BODY;

/// More visitors at once are turned away by closing their connections.
const CROWD: usize = 256;
/// For how long a visitor may stay; Twitch keeps no connection open for long.
const STAY: Duration = Duration::from_secs(60);
/// How long to wait after a connection could not be accepted, which happens when there are too many.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until the client ends, and says on which address.
pub(super) async fn start<R: Runtime>(tasks: &Tasks<R>, address: SocketAddr) -> io::Result<SocketAddr> {
    let (listener, address) = tasks.runtime().listen(address).await?;
    tasks.spawn(accept(tasks.clone(), listener));
    Ok(address)
}

async fn accept<R: Runtime>(tasks: Tasks<R>, listener: R::Listener) {
    let visitors = Arc::new(());
    loop {
        match tasks.runtime().accept(&listener).await {
            Ok(stream) if Arc::strong_count(&visitors) <= CROWD => {
                let (host, visitor) = (tasks.clone(), visitors.clone());
                tasks.spawn(async move {
                    let answer = service_fn(|request| answer(&host, request));
                    let http = host.runtime().http(stream);
                    let connection = http1::Builder::new().serve_connection(http, answer);
                    // A visitor who breaks the protocol or stays too long is gone; nobody waits for them.
                    let _ = by(host.runtime(), host.runtime().now() + STAY, connection).await;
                    drop(visitor);
                });
            }
            Ok(_) => {}
            Err(_) => tasks.runtime().sleep(PAUSE).await,
        }
    }
}

async fn answer<R: Runtime>(
    tasks: &Tasks<R>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    Ok(match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => {
            let request = Request::from_parts(parts, body.to_bytes());
            tasks.visit(request).await.map(Full::new)
        }
        Err(_) => {
            let mut refused = Response::new(Full::default());
            *refused.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            refused
        }
    })
}
