//! Just enough HTTP/1.1 for one loopback connection: heads by `httparse`, bodies by `Content-Length`.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tungstenite::handshake::derive_accept_key;

use super::is_timeout;
use super::stream::Stream;

const MOST_HEAD: usize = 32 * 1024;
const MOST_BODY: usize = 8 * 1024 * 1024;
const MOST_HEADERS: usize = 64;

/// What comes next on a connection.
pub(super) enum Next {
    /// A request, and whether the connection stays open after its answer.
    Request(Box<Request<Bytes>>, bool),
    /// An upgrade to WebSocket: path and query, and the client's key.
    Upgrade { target: String, key: String },
}

struct Head {
    request: http::request::Parts,
    length: usize,
    keep_alive: bool,
    upgrade: Option<String>,
}

pub(super) struct Connection {
    stream: Stream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(super) fn new(stream: Stream) -> Self {
        Connection { stream, buffer: Vec::new() }
    }

    /// The next request; none when the client is gone or the server stops.
    pub(super) fn next(&mut self, stop: &AtomicBool) -> io::Result<Option<Next>> {
        let (head, head_length) = loop {
            if let Some(found) = parse(&self.buffer)? {
                break found;
            }
            if self.buffer.len() > MOST_HEAD {
                return Err(invalid("the head is too long"));
            }
            if !self.more(stop)? {
                return Ok(None);
            }
        };
        self.buffer.drain(..head_length);
        if let Some(key) = head.upgrade {
            return Ok(Some(Next::Upgrade { target: head.request.uri.to_string(), key }));
        }
        while self.buffer.len() < head.length {
            if !self.more(stop)? {
                return Ok(None);
            }
        }
        let body: Bytes = self.buffer.drain(..head.length).collect::<Vec<u8>>().into();
        let request = Box::new(Request::from_parts(head.request, body));
        Ok(Some(Next::Request(request, head.keep_alive)))
    }

    pub(super) fn answer(&mut self, response: &Response<Bytes>, keep_alive: bool) -> io::Result<()> {
        let mut out = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
        for (name, value) in response.headers() {
            out.extend_from_slice(name.as_str().as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        if response.status() != StatusCode::NO_CONTENT {
            out.extend_from_slice(format!("content-length: {}\r\n", response.body().len()).as_bytes());
        }
        if !keep_alive {
            out.extend_from_slice(b"connection: close\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(response.body());
        self.stream.write_all(&out)?;
        if keep_alive { Ok(()) } else { self.stream.end() }
    }

    /// Refuses an upgrade.
    pub(super) fn refuse(&mut self, status: StatusCode) -> io::Result<()> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = status;
        self.answer(&response, false)
    }

    /// Agrees to an upgrade: the connection, and what was read of it beyond the head.
    pub(super) fn accept(mut self, key: &str) -> io::Result<(Stream, Vec<u8>)> {
        let accept = derive_accept_key(key.as_bytes());
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: {accept}\r\n\r\n"
        );
        self.stream.write_all(head.as_bytes())?;
        Ok((self.stream, self.buffer))
    }

    /// Reads on; false when nothing more will come.
    fn more(&mut self, stop: &AtomicBool) -> io::Result<bool> {
        let mut chunk = [0; 8192];
        while !stop.load(Ordering::Acquire) {
            match self.stream.read(&mut chunk) {
                Ok(0) => return Ok(false),
                Ok(read) => {
                    self.buffer.extend_from_slice(&chunk[..read]);
                    return Ok(true);
                }
                Err(error) if is_timeout(&error) || error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

fn parse(buffer: &[u8]) -> io::Result<Option<(Head, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(buffer).map_err(|error| invalid(&error.to_string()))? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial => return Ok(None),
    };
    let mut request = Request::builder().method(parsed.method.unwrap_or_default());
    request = request.uri(parsed.path.unwrap_or_default());
    for header in parsed.headers.iter() {
        request = request.header(header.name, header.value);
    }
    let request = request.body(()).map_err(|error| invalid(&error.to_string()))?.into_parts().0;
    let text = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    if text("transfer-encoding").is_some() {
        return Err(invalid("bodies without a length are not understood here"));
    }
    let body = text("content-length").map_or(Ok(0), |length| length.trim().parse::<usize>());
    let body = body.ok().filter(|length| *length <= MOST_BODY);
    let head = Head {
        length: body.ok_or_else(|| invalid("the body's length is wrong or too much"))?,
        keep_alive: parsed.version == Some(1)
            && !text("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")),
        upgrade: text("upgrade")
            .filter(|to| to.eq_ignore_ascii_case("websocket"))
            .and(text("sec-websocket-key"))
            .map(str::to_owned),
        request,
    };
    Ok(Some((head, length)))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
