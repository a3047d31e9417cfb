//! The callback page on a port of its own, served by a few threads.
//!
//! What is asked and answered is the machine's business; here bytes become requests and responses bytes.

use crate::driver::OnThreads;
use http::{Request, Response, StatusCode};
use std::io::{self, Read};
use std::net::SocketAddr;
use std::thread;
use tiny_http::{Header, Server};
use twitchwire::MAX_BODY;
use twitchwire_front::Driver;

/// How many visitors are answered at once.
pub(crate) const HOSTS: usize = 4;

pub(crate) fn bind(address: SocketAddr) -> io::Result<Server> {
    Server::http(address).map_err(io::Error::other)
}

/// Ends all that run this server.
pub(crate) fn stop(server: &Server) {
    for _ in 0..HOSTS {
        server.unblock();
    }
}

/// Answers visitors until the server is stopped.
pub(crate) fn run(driver: &OnThreads, server: &Server) {
    while let Ok(mut visit) = server.recv() {
        let response = match read(&mut visit) {
            Ok(request) => answer(driver, request),
            Err(status) => refused(status),
        };
        let (parts, body) = response.into_parts();
        let headers = parts.headers.iter();
        let headers =
            headers.filter_map(|(name, value)| Header::from_bytes(name.as_str(), value.as_bytes()).ok());
        let mut answer = tiny_http::Response::from_data(body).with_status_code(parts.status.as_u16());
        headers.for_each(|header| answer.add_header(header));
        // A visitor who is gone needs no answer.
        let _ = visit.respond(answer);
    }
}

fn read(visit: &mut tiny_http::Request) -> Result<Request<Vec<u8>>, StatusCode> {
    let mut request = Request::builder().method(visit.method().as_str()).uri(visit.url());
    for header in visit.headers() {
        request = request.header(header.field.as_str().as_str(), header.value.as_str());
    }
    let mut body = Vec::new();
    // One byte more shows that there is too much.
    let length = visit.as_reader().take(MAX_BODY as u64 + 1).read_to_end(&mut body);
    match length {
        Ok(length) if length > MAX_BODY => return Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(_) => {}
        Err(_) => return Err(StatusCode::BAD_REQUEST),
    }
    request.body(body).map_err(|_| StatusCode::BAD_REQUEST)
}

fn answer(driver: &OnThreads, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let visit = driver.with(|machine, now| {
        let visit = machine.core.visit(now, request.map(Into::into));
        machine.desk.expect(visit.id());
        visit
    });
    loop {
        let (reply, is_over) = driver
            .with(|machine, _| (machine.desk.reply(visit.id(), thread::current), machine.desk.is_ended()));
        match reply {
            Some(reply) => return visit.finish(reply).map(Into::into),
            None if is_over => return refused(StatusCode::SERVICE_UNAVAILABLE),
            None => thread::park(),
        }
    }
}

fn refused(status: StatusCode) -> Response<Vec<u8>> {
    let mut refused = Response::new(Vec::new());
    *refused.status_mut() = status;
    refused
}
