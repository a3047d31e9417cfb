//! What HTTP and WebSocket share below the protocol: name resolution, TCP, and the words for what goes wrong.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};
use twitchwire::{Cause, CauseKind};

/// How long a TCP connection may take. Nothing can interrupt it, so this also bounds how long closing may take.
pub(crate) const CONNECT: Duration = Duration::from_secs(10);

/// The addresses of a host, given without brackets.
pub(crate) fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, Cause> {
    let found: Vec<_> = (host, port)
        .to_socket_addrs()
        .map_err(|error| Cause::new(CauseKind::Dns, format_args!("{host}: {error}")))?
        .collect();
    if found.is_empty() {
        return Err(Cause::new(CauseKind::Dns, format_args!("{host} has no address")));
    }
    Ok(found)
}

/// A TCP connection to the first address that accepts one.
pub(crate) fn dial(host: &str, port: u16, until: Instant) -> Result<TcpStream, Cause> {
    let mut last = None;
    for address in resolve(host, port)? {
        let left = until.saturating_duration_since(Instant::now()).min(CONNECT);
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(connect_cause(&error)),
        }
    }
    Err(last.unwrap_or_else(|| Cause::new(CauseKind::Timeout, "no connection in time")))
}

/// What went wrong before there was a connection.
pub(crate) fn connect_cause(error: &io::Error) -> Cause {
    match cause(error) {
        Cause { kind: CauseKind::Other, words } => Cause { kind: CauseKind::Connect, words },
        other => other,
    }
}

/// What went wrong on a connection.
pub(crate) fn cause(error: &io::Error) -> Cause {
    let kind = match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => CauseKind::Timeout,
        _ if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => CauseKind::Tls,
        _ => CauseKind::Other,
    };
    Cause::new(kind, error)
}
