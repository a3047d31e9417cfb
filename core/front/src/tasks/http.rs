//! HTTP exchanges over a small pool of HTTP/1.1 connections.

use super::driver::Tasks;
use super::{Runtime, by};
use crate::route::Target;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use twitchwire::{Cause, CauseKind, Failure, MAX_BODY, Sent, Time};

type Sender = SendRequest<Full<Bytes>>;

/// Connections that wait for their next request.
#[derive(Default)]
pub(super) struct Pool(Mutex<BTreeMap<Target, Vec<(Time, Sender)>>>);

/// After this long a server is likely to have closed an idle connection.
const IDLE: Duration = Duration::from_secs(30);
/// More idle connections than this to one server are of no use.
const SPARE: usize = 8;
/// The buffer a connection may grow to; hyper's least is 8 KiB.
const BUFFER: usize = 64 << 10;

impl Pool {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Target, Vec<(Time, Sender)>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, origin: &Target, now: Time) -> Option<Sender> {
        let mut idle = self.lock();
        let senders = idle.get_mut(origin)?;
        while let Some((since, sender)) = senders.pop() {
            if now.since(since) < IDLE && !sender.is_closed() {
                return Some(sender);
            }
        }
        None
    }

    fn put(&self, origin: Target, sender: Sender, now: Time) {
        let mut idle = self.lock();
        let senders = idle.entry(origin).or_default();
        if senders.len() < SPARE {
            senders.push((now, sender));
        }
    }

    /// Closes what has been idle for too long.
    pub(super) fn prune(&self, now: Time) {
        self.lock().retain(|_, senders| {
            senders.retain(|(since, sender)| now.since(*since) < IDLE && !sender.is_closed());
            !senders.is_empty()
        });
    }
}

impl<R: Runtime> Tasks<R> {
    /// Carries out one exchange, as the machine's own are: a connection, an answer read to its end, both by then.
    pub async fn exchange(
        &self,
        request: Request<Bytes>,
        fresh_connection: bool,
        answer_by: Time,
    ) -> Result<Response<Bytes>, Failure> {
        let runtime = self.runtime();
        let (mut request, origin) = prepare(request).map_err(not_sent)?;
        // Half of the time is for the connection: its failure should be told before the client itself gives up.
        let connect_by = runtime.now() + answer_by.since(runtime.now()) / 2;
        loop {
            let pooled = if fresh_connection { None } else { self.pool().take(&origin, runtime.now()) };
            let reused = pooled.is_some();
            let mut sender = match pooled {
                // Its last exchange may not be put away yet.
                Some(mut sender) => match by(runtime, connect_by, sender.ready()).await {
                    Some(Ok(())) => sender,
                    _ => continue,
                },
                None => self.open(&origin, connect_by).await.map_err(not_sent)?,
            };
            let Some(answer) = by(runtime, answer_by, converse(&mut sender, request)).await else {
                return Err(perhaps_sent(Cause::new(CauseKind::Timeout, "no answer in time")));
            };
            match answer {
                Ok(response) => {
                    if !fresh_connection {
                        self.pool().put(origin, sender, runtime.now());
                    }
                    return Ok(response);
                }
                // The server had closed the idle connection before a byte was written: it was none.
                Err((Some(unsent), _)) if reused => request = unsent,
                Err((Some(_), cause)) => return Err(not_sent(cause)),
                Err((None, cause)) => return Err(perhaps_sent(cause)),
            }
        }
    }

    /// How many connections wait for their next request.
    pub fn idle_connections(&self) -> usize {
        self.pool().lock().values().flatten().filter(|(_, sender)| !sender.is_closed()).count()
    }

    async fn open(&self, origin: &Target, until: Time) -> Result<Sender, Cause> {
        let stream = self.connect(origin, until).await?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake(self.runtime().http(stream))
            .await
            .map_err(|error| Cause::new(CauseKind::Connect, words(&error)))?;
        self.spawn(async move {
            // What ends a connection is told to the request on it.
            let _ = connection.await;
        });
        sender.ready().await.map_err(|error| Cause::new(CauseKind::Connect, words(&error)))?;
        Ok(sender)
    }
}

/// Brings a request into the form that goes over a connection to its origin.
fn prepare(request: Request<Bytes>) -> Result<(Request<Full<Bytes>>, Target), Cause> {
    let unusable = || Cause::new(CauseKind::Other, "the URL has no usable host");
    let uri = request.uri();
    let host = uri.host().ok_or_else(unusable)?;
    let origin = Target::new(uri.scheme_str().unwrap_or_default(), host, uri.port_u16());
    let (mut parts, body) = request.into_parts();
    let authority = parts.uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
    let host = HeaderValue::from_str(authority).map_err(|_| unusable())?;
    parts.headers.insert(header::HOST, host);
    parts.uri = match parts.uri.path_and_query() {
        Some(path) => Uri::from(path.clone()),
        None => Uri::from_static("/"),
    };
    Ok((Request::from_parts(parts, Full::new(body)), origin))
}

/// One request and its whole answer; the request comes back if no byte of it was written.
async fn converse(
    sender: &mut Sender,
    request: Request<Full<Bytes>>,
) -> Result<Response<Bytes>, (Option<Request<Full<Bytes>>>, Cause)> {
    let response = sender.try_send_request(request).await.map_err(|mut error| {
        let cause = Cause::new(CauseKind::Other, words(error.error()));
        (error.take_message(), cause)
    })?;
    let (parts, body) = response.into_parts();
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(Response::from_parts(parts, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => {
            Err((None, Cause::new(CauseKind::TooLarge, format!("more than {MAX_BODY} bytes"))))
        }
        Err(error) => Err((None, Cause::new(CauseKind::Other, words(error.as_ref())))),
    }
}

fn not_sent(cause: Cause) -> Failure {
    Failure { sent: Sent::No, cause }
}

fn perhaps_sent(cause: Cause) -> Failure {
    Failure { sent: Sent::Unknown, cause }
}

/// An error's words and those of what caused it. hyper's name no URL.
fn words(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words = format!("{words}: {error}");
        source = error.source();
    }
    words
}
