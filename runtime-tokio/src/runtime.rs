//! [`Tokio`]: time, tasks and connections, as tokio has them.

use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};
use tokio_rustls::TlsConnector;
use twitchwire::Time;
use twitchwire_front::Tunnel;
use twitchwire_front::tasks::Runtime;

/// The runtime that [`Builder::start`](crate::Builder::start) was called on.
pub struct Tokio {
    origin: Instant,
    handle: Handle,
}

/// A connection, with TLS or without.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

impl Runtime for Tokio {
    type Tcp = TcpStream;
    type Listener = TcpListener;
    type Stream = Box<dyn Io>;
    type Http = TokioIo<Box<dyn Io>>;

    fn start() -> Self {
        Tokio { origin: Instant::now(), handle: Handle::current() }
    }

    fn now(&self) -> Time {
        Time::from_origin(self.origin.elapsed())
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(task);
    }

    async fn run_blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        spawn_blocking(work).await.ok()
    }

    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(lookup_host((host, port)).await?.collect())
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        Ok(tcp)
    }

    async fn listen(&self, address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    }

    async fn accept(&self, listener: &TcpListener) -> io::Result<Box<dyn Io>> {
        Ok(Box::new(listener.accept().await?.0))
    }

    async fn tunnel(&self, tcp: &mut TcpStream, mut tunnel: Tunnel) -> io::Result<()> {
        tcp.write_all(tunnel.request()).await?;
        loop {
            let mut byte = [0];
            tcp.read_exact(&mut byte).await?;
            if let Some(opened) = tunnel.read(byte[0]) {
                return opened;
            }
        }
    }

    fn plain(&self, tcp: TcpStream) -> Box<dyn Io> {
        Box::new(tcp)
    }

    async fn encrypt(
        &self,
        tls: &Arc<ClientConfig>,
        host: ServerName<'static>,
        tcp: TcpStream,
    ) -> io::Result<Box<dyn Io>> {
        Ok(Box::new(TlsConnector::from(tls.clone()).connect(host, tcp).await?))
    }

    fn http(&self, stream: Box<dyn Io>) -> Self::Http {
        TokioIo::new(stream)
    }
}
