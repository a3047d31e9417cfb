//! Callers that are tasks: calls are futures, lists and listeners are streams; and [`Tasks`], the driver for them.
//!
//! A runtime gives time, tasks and connections ([`Runtime`]); everything above is the same on all of them. `driver.rs` holds
//! the machine and starts a task for each thing that it asks for: an exchange (`http.rs`, over a small pool of HTTP/1.1
//! connections) or a socket (`socket.rs`, over `websocket.rs`). `client.rs` is what applications call.

mod client;
mod driver;
mod http;
mod net;
mod serve;
mod socket;
mod websocket;

pub use driver::Tasks;
pub use net::Connector;

use crate::proxy::Tunnel;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use twitchwire::Time;

/// What a runtime gives.
///
/// Nothing here knows Twitch. An adapter implements it over what its runtime and its libraries have, and names
/// [`Client`](crate::Client)`<Tasks<Itself>>` for its users.
pub trait Runtime: Sized + Send + Sync + 'static {
    /// A TCP connection.
    type Tcp: Send;
    /// Where connections come in.
    type Listener: Send + Sync;
    /// A connection, with TLS or without.
    type Stream: Send;
    /// The same, as HTTP and WebSockets want to see it.
    type Http: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static;

    /// Remembers the moment, from which time counts.
    fn start() -> Self;

    /// The time since the start.
    fn now(&self) -> Time;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;

    /// Runs a task, whose end nobody awaits.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static);

    /// Runs what may block on a thread for such; none if the runtime has ended.
    fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = Option<T>> + Send;

    /// The addresses of a host.
    fn resolve(&self, host: &str, port: u16) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;

    /// Connects to an address, without delay for small writes.
    fn connect(&self, address: SocketAddr) -> impl Future<Output = io::Result<Self::Tcp>> + Send;

    /// Takes an address, and says which if the port is 0.
    fn listen(
        &self,
        address: SocketAddr,
    ) -> impl Future<Output = io::Result<(Self::Listener, SocketAddr)>> + Send;

    /// The next connection that comes in.
    fn accept(&self, listener: &Self::Listener) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// Opens a tunnel through the proxy that a connection leads to: writes what it has to hear, and gives its answer to the
    /// tunnel byte by byte until that is open or not.
    fn tunnel(&self, tcp: &mut Self::Tcp, tunnel: Tunnel) -> impl Future<Output = io::Result<()>> + Send;

    /// Uses a connection without TLS.
    fn plain(&self, tcp: Self::Tcp) -> Self::Stream;

    /// Uses a connection with TLS.
    fn encrypt(
        &self,
        tls: &Arc<ClientConfig>,
        host: ServerName<'static>,
        tcp: Self::Tcp,
    ) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// Prepares a connection for HTTP and WebSockets.
    fn http(&self, stream: Self::Stream) -> Self::Http;
}

/// A future's output, if it comes by then.
async fn by<R: Runtime, F: Future>(runtime: &R, by: Time, future: F) -> Option<F::Output> {
    use futures_util::future::{Either, select};
    use std::pin::pin;
    // A deadline too far away to represent is never reached.
    let left = by.since(runtime.now()).min(Duration::from_secs(86_400 * 365));
    match select(pin!(future), pin!(runtime.sleep(left))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
