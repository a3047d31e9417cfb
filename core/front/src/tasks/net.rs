//! Connections: name, TCP, proxy, TLS; or whatever the application's connector does. HTTP and WebSockets share them.

use super::driver::Tasks;
use super::{Runtime, by};
use crate::builder::Builder;
use crate::proxy::Tunnel;
use crate::route::{Target, Way};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use twitchwire::{Cause, CauseKind, Time};

/// What opens connections for an application that does so itself: see [`Builder::connector`](crate::Builder::connector).
pub type Connector<R> =
    dyn Fn(Target) -> Pin<Box<dyn Future<Output = io::Result<<R as Runtime>::Stream>> + Send>> + Send + Sync;

/// How long one address of several is tried before the next.
const ONE_ADDRESS: Duration = Duration::from_secs(3);

impl<R: Runtime> Tasks<R> {
    /// Connects to a host, until the connection can be used or the time is over.
    pub(super) async fn connect(&self, to: &Target, until: Time) -> Result<R::Stream, Cause> {
        let (runtime, route) = (self.runtime(), self.route());
        let opening = async {
            match &route.way {
                Way::Own(connector) => connector(to.clone()).await.map_err(|error| connect_cause(&error)),
                Way::Usual { tls, proxy } => {
                    let tcp = match proxy.as_ref().and_then(|proxy| proxy.hop(to)) {
                        None => tcp(runtime, &to.host, to.port).await?,
                        Some(hop) => {
                            let mut tcp = tcp(runtime, &hop.host, hop.port).await?;
                            let opened = runtime.tunnel(&mut tcp, Tunnel::new(hop, to)).await;
                            opened.map_err(|error| connect_cause(&error))?;
                            tcp
                        }
                    };
                    if !to.secure {
                        return Ok(runtime.plain(tcp));
                    }
                    let encrypted = runtime.encrypt(tls, to.server_name()?, tcp).await;
                    encrypted.map_err(|error| Cause::new(CauseKind::Tls, error))
                }
            }
        };
        let until = until.min(runtime.now() + route.within);
        let late = || Err(Cause::new(CauseKind::Timeout, "no connection in time"));
        by(runtime, until, opening).await.unwrap_or_else(late)
    }
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
    Err(connect_cause(&last))
}

fn connect_cause(error: &io::Error) -> Cause {
    Cause::new(CauseKind::Connect, error)
}

impl<R: Runtime> Builder<Tasks<R>> {
    /// Has the application open connections, for requests and for WebSockets: through whatever proxy, with whatever TLS.
    /// `connect` is given where to, and gives a connection that HTTP can be spoken on at once, TLS done if the target is
    /// [`secure`](Target::secure). The settings for TLS and the proxy are not used then.
    pub fn connector<F>(self, connect: impl Fn(Target) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = io::Result<R::Stream>> + Send + 'static,
    {
        self.connect_with(Arc::new(move |to| Box::pin(connect(to))))
    }
}
