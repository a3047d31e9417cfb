//! Connections: name, TCP, TLS. HTTP and WebSockets share them.

use super::{Runtime, by};
use rustls::pki_types::ServerName;
use std::io;
use std::time::Duration;
use twitchwire::{Cause, CauseKind};

/// How long one address of several is tried before the next.
const ONE_ADDRESS: Duration = Duration::from_secs(3);

/// Connects to a host, named as in a URL.
pub(super) async fn connect<R: Runtime>(
    runtime: &R,
    host: &str,
    port: u16,
    secure: bool,
) -> Result<R::Stream, Cause> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let tcp = tcp(runtime, host, port).await?;
    if !secure {
        return Ok(runtime.plain(tcp));
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|error| Cause::new(CauseKind::Tls, error))?;
    runtime.encrypt(name, tcp).await.map_err(|error| Cause::new(CauseKind::Tls, error))
}

async fn tcp<R: Runtime>(runtime: &R, host: &str, port: u16) -> Result<R::Tcp, Cause> {
    let addresses = runtime.resolve(host, port).await.map_err(|error| Cause::new(CauseKind::Dns, error))?;
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for (index, address) in addresses.iter().enumerate() {
        let connect = runtime.connect(*address);
        let connected = if index + 1 < addresses.len() {
            let until = runtime.now() + ONE_ADDRESS;
            by(runtime, until, connect).await.unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()))
        } else {
            connect.await
        };
        match connected {
            Ok(tcp) => return Ok(tcp),
            Err(error) => last = error,
        }
    }
    Err(Cause::new(CauseKind::Connect, last))
}
