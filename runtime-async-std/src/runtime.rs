//! [`AsyncStd`]: time, tasks and connections, as async-std has them.

use async_std::io::prelude::{ReadExt, WriteExt};
use async_std::net::{TcpListener, TcpStream, ToSocketAddrs};
use async_std::task::{self, sleep, spawn_blocking};
use futures_io::{AsyncRead, AsyncWrite};
use futures_rustls::TlsConnector;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use smol_hyper::rt::FuturesIo;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use twitchwire::Time;
use twitchwire_front::Tunnel;
use twitchwire_front::tasks::Runtime;

/// async-std's one runtime, which starts by itself.
pub struct AsyncStd {
    origin: Instant,
}

/// A connection, with TLS or without.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

impl Runtime for AsyncStd {
    type Tcp = TcpStream;
    type Listener = TcpListener;
    type Stream = Box<dyn Io>;
    type Http = FuturesIo<Box<dyn Io>>;

    fn start() -> Self {
        AsyncStd { origin: Instant::now() }
    }

    fn now(&self) -> Time {
        Time::from_origin(self.origin.elapsed())
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        task::spawn(task);
    }

    async fn run_blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        Some(spawn_blocking(work).await)
    }

    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok((host, port).to_socket_addrs().await?.collect())
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
        FuturesIo::new(stream)
    }
}
