//! HTTP exchanges over a small pool of HTTP/1.1 connections.

use crate::driver::Shared;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use twitchwire::{Cause, CauseKind, Failure, HttpId, Input, MAX_BODY, Sent};

type Sender = SendRequest<Full<Bytes>>;

/// Connections that wait for their next request.
#[derive(Default)]
pub(crate) struct Pool(Mutex<BTreeMap<Origin, Vec<(Instant, Sender)>>>);

/// After this long a server is likely to have closed an idle connection.
const IDLE: Duration = Duration::from_secs(30);
/// More idle connections than this to one server are of no use.
const SPARE: usize = 8;
/// The buffer a connection may grow to; hyper's least is 8 KiB.
const BUFFER: usize = 64 << 10;

impl Pool {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Origin, Vec<(Instant, Sender)>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, origin: &Origin) -> Option<Sender> {
        let mut idle = self.lock();
        let senders = idle.get_mut(origin)?;
        while let Some((since, sender)) = senders.pop() {
            if since.elapsed() < IDLE && !sender.is_closed() {
                return Some(sender);
            }
        }
        None
    }

    fn put(&self, origin: Origin, sender: Sender) {
        let mut idle = self.lock();
        let senders = idle.entry(origin).or_default();
        if senders.len() < SPARE {
            senders.push((Instant::now(), sender));
        }
    }

    /// Closes what has been idle for too long.
    pub(crate) fn prune(&self) {
        self.lock().retain(|_, senders| {
            senders.retain(|(since, sender)| since.elapsed() < IDLE && !sender.is_closed());
            !senders.is_empty()
        });
    }
}

/// Which server a connection leads to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    secure: bool,
    host: String,
    port: u16,
}

impl Origin {
    fn of(uri: &Uri) -> Option<Self> {
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        Some(Origin { secure, host: uri.host()?.to_owned(), port })
    }
}

/// Carries out one exchange and tells the client how it ended.
pub(crate) async fn exchange(
    shared: Arc<Shared>,
    id: HttpId,
    request: Request<Bytes>,
    fresh_connection: bool,
    answer_by: Instant,
) {
    let input = match send(&shared, request, fresh_connection, answer_by).await {
        Ok(response) => Input::Response(id, response),
        Err(failure) => Input::Failed(id, failure),
    };
    shared.input(input);
}

async fn send(
    shared: &Arc<Shared>,
    request: Request<Bytes>,
    fresh_connection: bool,
    answer_by: Instant,
) -> Result<Response<Bytes>, Failure> {
    let (mut request, origin) = prepare(request).map_err(not_sent)?;
    // Half of the time is for the connection: its failure should be told before the client itself gives up.
    let connect_by = Instant::now() + answer_by.saturating_duration_since(Instant::now()) / 2;
    loop {
        let pooled = if fresh_connection { None } else { shared.pool.take(&origin) };
        let reused = pooled.is_some();
        let mut sender = match pooled {
            // Its last exchange may not be put away yet.
            Some(mut sender) => match timeout_at(connect_by, sender.ready()).await {
                Ok(Ok(())) => sender,
                _ => continue,
            },
            None => match timeout_at(connect_by, open(shared, &origin)).await {
                Ok(opened) => opened.map_err(not_sent)?,
                Err(_) => return Err(not_sent(Cause::new(CauseKind::Timeout, "no connection in time"))),
            },
        };
        let answer = match timeout_at(answer_by, converse(&mut sender, request)).await {
            Ok(answer) => answer,
            Err(_) => return Err(perhaps_sent(Cause::new(CauseKind::Timeout, "no answer in time"))),
        };
        match answer {
            Ok(response) => {
                if !fresh_connection {
                    shared.pool.put(origin, sender);
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

/// Brings a request into the form that goes over a connection to its origin.
fn prepare(request: Request<Bytes>) -> Result<(Request<Full<Bytes>>, Origin), Cause> {
    let unusable = || Cause::new(CauseKind::Other, "the URL has no usable host");
    let origin = Origin::of(request.uri()).ok_or_else(unusable)?;
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

async fn open(shared: &Arc<Shared>, origin: &Origin) -> Result<Sender, Cause> {
    let stream = shared.net.connect(&origin.host, origin.port, origin.secure).await?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(BUFFER)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Cause::new(CauseKind::Connect, words(&error)))?;
    shared.spawn(async move {
        // What ends a connection is told to the request on it.
        let _ = connection.await;
    });
    sender.ready().await.map_err(|error| Cause::new(CauseKind::Connect, words(&error)))?;
    Ok(sender)
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

#[cfg(test)]
mod tests;
