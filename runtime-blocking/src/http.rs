//! HTTP: one exchange at a time, on whichever worker thread asks.
//!
//! ureq does the protocol; this file gives it the client's own connections and says of every failure whether anything was
//! sent.

use crate::net::{self, Connection};
use bytes::Bytes;
use http::Response;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};
use twitchwire::{Cause, CauseKind, Failure, HttpId, Input, MAX_BODY, Sent, Time};
use twitchwire_front::{Connector, Route, Target};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, LazyBuffers, NextTimeout, ShutdownHandle, Transport,
};
use ureq::{Agent, Error, Timeout};

/// A request on its way.
pub(crate) struct Exchange {
    pub(crate) id: HttpId,
    pub(crate) request: http::Request<Bytes>,
    pub(crate) fresh_connection: bool,
    pub(crate) answer_by: Time,
}

/// Two agents with the same way to hosts: one keeps connections, the other opens one for every request.
pub(crate) struct Web {
    kept: Agent,
    fresh: Agent,
}

impl Web {
    pub(crate) fn new(route: &Arc<Route<dyn Connector>>, connections: usize) -> Self {
        let agent = |idle| {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .proxy(None)
                .max_idle_connections(idle)
                .max_idle_connections_per_host(idle)
                .user_agent(concat!("twitchwire-blocking/", env!("CARGO_PKG_VERSION")))
                .build();
            Agent::with_parts(config, Dial { route: route.clone() }, Unresolved)
        };
        Web { kept: agent(connections), fresh: agent(0) }
    }

    /// Sends a request and reads the whole response.
    pub(crate) fn run(&self, exchange: Exchange, now: Time) -> Input {
        let agent = if exchange.fresh_connection { &self.fresh } else { &self.kept };
        match send(agent, exchange.request, exchange.answer_by.since(now)) {
            Ok(response) => Input::Response(exchange.id, response),
            Err(error) => Input::Failed(exchange.id, failure(error)),
        }
    }

    /// Interrupts whatever is under way.
    pub(crate) fn stop(&self) {
        self.kept.clone().shutdown();
        self.fresh.clone().shutdown();
    }
}

fn send(agent: &Agent, request: http::Request<Bytes>, within: Duration) -> Result<Response<Bytes>, Error> {
    let without_body = request.body().is_empty()
        && matches!(*request.method(), http::Method::GET | http::Method::DELETE | http::Method::HEAD);
    let response = if without_body {
        let request = request.map(|_| ());
        agent.run(agent.configure_request(request).timeout_global(Some(within)).build())
    } else {
        let request = request.map(|body| body.to_vec());
        agent.run(agent.configure_request(request).timeout_global(Some(within)).build())
    };
    let (parts, mut body) = response?.into_parts();
    let body = body.with_config().limit(MAX_BODY as u64).read_to_vec()?;
    Ok(Response::from_parts(parts, Bytes::from(body)))
}

fn failure(error: Error) -> Failure {
    let (sent, cause) = match error {
        Error::Other(inner) => match inner.downcast::<NotSent>() {
            Ok(not_sent) => (Sent::No, not_sent.0),
            Err(other) => (Sent::Unknown, Cause::new(CauseKind::Other, other)),
        },
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            (Sent::No, Cause::new(CauseKind::Timeout, "no connection in time"))
        }
        Error::Timeout(_) => (Sent::Unknown, Cause::new(CauseKind::Timeout, "no answer in time")),
        Error::BodyExceedsLimit(_) | Error::LargeResponseHeader(..) => {
            (Sent::Unknown, Cause::new(CauseKind::TooLarge, format_args!("more than {MAX_BODY} bytes")))
        }
        Error::Io(error) => (Sent::Unknown, net::cause(&error)),
        // The URL, with its query, is in none of the words that follow.
        Error::BadUri(_) => (Sent::No, Cause::new(CauseKind::Other, "the URL cannot be used")),
        Error::Http(error) => (Sent::No, Cause::new(CauseKind::Other, error)),
        other => (Sent::Unknown, Cause::new(CauseKind::Other, other)),
    };
    Failure { sent, cause }
}

/// What went wrong before a byte of the request was written.
#[derive(Debug)]
struct NotSent(Cause);

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for NotSent {}

fn not_sent(cause: Cause) -> Error {
    Error::Other(Box::new(NotSent(cause)))
}

/// Leaves names to the connector: behind a proxy they are not known here.
#[derive(Debug)]
struct Unresolved;

impl Resolver for Unresolved {
    fn resolve(
        &self,
        _: &http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let mut result = self.empty();
        // ureq insists on one; nobody looks at it.
        result.push(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
        Ok(result)
    }
}

/// Opens the client's connections for ureq.
struct Dial {
    route: Arc<Route<dyn Connector>>,
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dial")
    }
}

impl ureq::unversioned::transport::Connector for Dial {
    type Out = Line;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Line>, Error> {
        let uri = details.uri;
        let host = uri.host().unwrap_or_default();
        let to = Target::new(uri.scheme_str().unwrap_or_default(), host, uri.port_u16());
        // Half of the time is for the connection: its failure should be told before the client itself gives up.
        let until = Instant::now() + left(details.timeout) / 2;
        let opened = |tcp: &Arc<TcpStream>| {
            let handle: Arc<dyn ShutdownHandle> = tcp.clone();
            (details.register_shutdown)(Arc::downgrade(&handle))
                .map_err(|error| Cause::new(CauseKind::Other, error))
        };
        let connection = net::connect(&self.route, &to, until, opened).map_err(not_sent)?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Ok(Some(Line { connection, buffers, secure: to.secure }))
    }
}

/// A connection, as ureq wants to see it.
struct Line {
    connection: Connection,
    buffers: LazyBuffers,
    secure: bool,
}

impl Transport for Line {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.connection.wire.wait_until(Instant::now() + left(timeout))?;
        self.connection.stream.write_all(&self.buffers.output()[..amount])?;
        Ok(self.connection.stream.flush()?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.connection.wire.wait_until(Instant::now() + left(timeout))?;
        let read = self.connection.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    /// An idle connection on which something can be read has ended, or is out of step.
    fn is_open(&mut self) -> bool {
        let tcp = &self.connection.wire.tcp;
        let idle = tcp.set_nonblocking(true).and_then(|()| tcp.peek(&mut [0]));
        let is_idle = idle.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        is_idle && tcp.set_nonblocking(false).is_ok()
    }

    fn is_tls(&self) -> bool {
        self.secure
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}

/// What ureq gives. Every request has a limit, so there always is one.
fn left(timeout: NextTimeout) -> Duration {
    timeout.not_zero().map_or(Duration::from_secs(60), |left| *left)
}
