//! Posts to the callbacks of webhooks: plain HTTP, and to this machine alone.
//!
//! They say HTTP/1.0, so that an answer comes in one piece and ends with its length or with the connection.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Response, StatusCode, Uri};

use crate::world::Post;

/// How long a callback may take for all of its answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest answer.
const MOST: usize = 64 * 1024;

/// Sends a request to a callback on this machine and reads the answer.
pub(super) fn send(post: &Post) -> io::Result<Response<Bytes>> {
    let uri: Uri = post.callback.parse().map_err(|_| invalid("the callback is no URL"))?;
    let until = Instant::now() + PATIENCE;
    let mut stream = TcpStream::connect_timeout(&address(&uri)?, PATIENCE)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let mut out = format!("POST {target} HTTP/1.0\r\nhost: {host}\r\n").into_bytes();
    for (name, value) in &post.headers {
        out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    out.extend_from_slice(format!("content-length: {}\r\n\r\n", post.body.len()).as_bytes());
    out.extend_from_slice(&post.body);
    stream.write_all(&out)?;
    read(&mut stream, until)
}

/// Where a callback is, if that is on this machine.
fn address(uri: &Uri) -> io::Result<SocketAddr> {
    let (Some("http"), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return Err(invalid("only http:// is called"));
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut found = (host, uri.port_u16().unwrap_or(80)).to_socket_addrs()?;
    let here = found.find(|address| address.ip().is_loopback());
    here.ok_or_else(|| invalid("only loopback addresses are called"))
}

fn read(stream: &mut TcpStream, until: Instant) -> io::Result<Response<Bytes>> {
    let (mut got, mut part) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(answer) = parse(&got, false)? {
            return Ok(answer);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || got.len() > MOST {
            return Err(invalid("the answer takes too long"));
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut part)? {
            0 => return parse(&got, true)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into()),
            length => got.extend_from_slice(&part[..length]),
        }
    }
}

/// An answer, once it is whole; where it has no length, it is whole when the connection has ended.
fn parse(got: &[u8], ended: bool) -> io::Result<Option<Response<Bytes>>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let parsed = head.parse(got).map_err(|_| invalid("the answer is not HTTP"))?;
    let httparse::Status::Complete(start) = parsed else { return Ok(None) };
    let code = head.code.and_then(|code| StatusCode::from_u16(code).ok());
    let status = code.ok_or_else(|| invalid("the answer has no status"))?;
    let length = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.trim().parse().ok());
    let body = &got[start..];
    let body = match length {
        Some(length) => body.get(..length),
        None if ended || status == StatusCode::NO_CONTENT => Some(body),
        None => None,
    };
    let Some(body) = body else { return Ok(None) };
    let mut answer = Response::new(Bytes::copy_from_slice(body));
    *answer.status_mut() = status;
    Ok(Some(answer))
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
