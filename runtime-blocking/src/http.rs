//! HTTP: one exchange at a time, on whichever worker thread asks.
//!
//! ureq does the protocol; this file gives it the client's own TLS and says of every failure whether anything was sent.

use crate::net;
use bytes::Bytes;
use http::Response;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;
use twitchwire::{Cause, CauseKind, Failure, HttpId, Input, MAX_BODY, Sent, Time};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, TcpConnector, Transport,
    TransportAdapter,
};
use ureq::{Agent, Error, Timeout};

/// A request on its way.
pub(crate) struct Exchange {
    pub(crate) id: HttpId,
    pub(crate) request: http::Request<Bytes>,
    pub(crate) fresh_connection: bool,
    pub(crate) answer_by: Time,
}

/// Two agents with the same TLS: one keeps connections, the other opens one for every request.
pub(crate) struct Web {
    kept: Agent,
    fresh: Agent,
}

impl Web {
    pub(crate) fn new(tls: &Arc<ClientConfig>, connections: usize) -> Self {
        let agent = |idle| {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .proxy(None)
                .timeout_connect(Some(net::CONNECT))
                .max_idle_connections(idle)
                .max_idle_connections_per_host(idle)
                .user_agent(concat!("twitchwire-blocking/", env!("CARGO_PKG_VERSION")))
                .build();
            Agent::with_parts(config, Dial { tls: tls.clone() }, Names)
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

/// Resolves on the worker's own thread; ureq's own resolver would leave a thread behind when it times out.
#[derive(Debug)]
struct Names;

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
        let mut result = self.empty();
        // As many as ureq's list holds.
        for address in net::resolve(host, port).map_err(not_sent)?.into_iter().take(16) {
            result.push(address);
        }
        Ok(result)
    }
}

/// Opens connections, with the client's TLS where the URL wants it.
struct Dial {
    tls: Arc<ClientConfig>,
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dial")
    }
}

impl Connector for Dial {
    type Out = Either<Box<dyn Transport>, Encrypted>;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Self::Out>, Error> {
        let opened = TcpConnector::default().connect(details, None::<()>).map_err(|error| {
            not_sent(match error {
                Error::Io(error) => net::connect_cause(&error),
                Error::Timeout(_) => Cause::new(CauseKind::Timeout, "no connection in time"),
                other => Cause::new(CauseKind::Connect, other),
            })
        })?;
        let Some(tcp) = opened else { return Ok(None) };
        if !details.needs_tls() {
            return Ok(Some(Either::A(Box::new(tcp))));
        }
        let host = details.uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let encrypt = || -> Result<Encrypted, Error> {
            let name = ServerName::try_from(host).map_err(|_| Error::Tls("the host has no valid name"))?;
            let mut conn = ClientConnection::new(self.tls.clone(), name)
                .map_err(|error| Error::Other(Box::new(error)))?;
            let mut sock =
                TransportAdapter::new(Box::new(tcp) as Box<dyn Transport>, details.current_time.clone());
            sock.set_timeout(details.timeout);
            while conn.is_handshaking() {
                conn.complete_io(&mut sock)?;
            }
            let config = details.config;
            let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
            Ok(Encrypted { buffers, stream: StreamOwned { conn, sock } })
        };
        // A handshake that fails carries nothing of the request.
        encrypt().map(|stream| Some(Either::B(stream))).map_err(|error| {
            not_sent(match error {
                Error::Io(error) => match net::cause(&error) {
                    Cause { kind: CauseKind::Other, words } => Cause { kind: CauseKind::Tls, words },
                    other => other,
                },
                Error::Timeout(_) => Cause::new(CauseKind::Timeout, "no TLS connection in time"),
                other => Cause::new(CauseKind::Tls, other),
            })
        })
    }
}

/// A TLS connection, as ureq wants to see it.
struct Encrypted {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for Encrypted {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.sock.set_timeout(timeout);
        let output = &self.buffers.output()[..amount];
        Ok(self.stream.write_all(output)?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        let read = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypted")
    }
}
