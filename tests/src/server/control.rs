//! The control page under `/sim`: what happens in the world of a running [`Server`](crate::Server), at the push of a button
//! or by one line of curl.
//!
//! `GET /sim` is a page of forms, which says what each does and needs. `POST /sim/<action>` takes the fields of one form
//! (`application/x-www-form-urlencoded`), makes an [`Action`](crate::world::Action) of them, and says what came of it: as the page
//! for a browser, as one line of text for everybody else.
//!
//! Users and channels are logins, made on first mention, or ids. Requests larger than 8 KiB are refused, and so are
//! those that a page of another origin makes a browser send.

use std::fmt::Write;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use twitchwire::Time;

use crate::World;

mod forms;
mod sent;

use forms::Form;
use sent::{Refusal, Sent};

/// The largest body.
const MOST_BODY: usize = 8 * 1024;
/// How many users, sessions and violations the page lists.
const MOST_LISTED: usize = 100;

/// Whether this path is the control page's.
pub(super) fn is_for(path: &str) -> bool {
    path == "/sim" || path.starts_with("/sim/")
}

/// Answers a request for the control page.
pub(super) fn answer(world: &mut World, now: Time, request: &Request<Bytes>) -> Response<Bytes> {
    let (status, said) = match (request.method(), request.uri().path()) {
        (&Method::GET, "/sim" | "/sim/") => return page(StatusCode::OK, world, ""),
        (&Method::POST, path) => match perform(world, now, path, request) {
            Ok(done) => (StatusCode::OK, done),
            Err((status, why)) => (status, why),
        },
        (&Method::GET, _) => (StatusCode::NOT_FOUND, "the page is /sim".to_owned()),
        _ => (StatusCode::METHOD_NOT_ALLOWED, "GET /sim, or POST /sim/<action>".to_owned()),
    };
    if header_text(request, header::ACCEPT).is_some_and(|accept| accept.contains("text/html")) {
        page(status, world, &said)
    } else {
        respond(status, "text/plain; charset=utf-8", said + "\n")
    }
}

fn perform(world: &mut World, now: Time, path: &str, request: &Request<Bytes>) -> Result<String, Refusal> {
    if let Some(origin) = header_text(request, header::ORIGIN)
        && origin.split_once("://").map(|(_, host)| host) != header_text(request, header::HOST)
    {
        return Err((StatusCode::FORBIDDEN, "this request comes from another page".into()));
    }
    if request.body().len() > MOST_BODY {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, format!("a form has up to {MOST_BODY} bytes")));
    }
    let action = path.strip_prefix("/sim/").unwrap_or_default();
    let form = forms::all().find(|form| form.action == action);
    let Some(form) = form else {
        return Err((StatusCode::NOT_FOUND, "no such action; GET /sim lists them".into()));
    };
    let action = (form.make)(&mut Sent::new(world, request.body()))?;
    let (events, told) = (world.happenings().len(), world.events().len());
    if let Err(why) = world.act(now, action) {
        let needs = if form.needs.is_empty() { String::new() } else { format!(" ({})", form.needs) };
        return Err((StatusCode::CONFLICT, format!("{}: {why}{needs}", form.action)));
    }
    let (events, told) = (world.happenings().len() - events, world.events().len() - told);
    Ok(format!("{}: done; events: {events}, notifications made for subscriptions: {told}", form.action))
}

fn header_text(request: &Request<Bytes>, name: header::HeaderName) -> Option<&str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

fn respond(status: StatusCode, kind: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
    ] {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response
}

fn page(status: StatusCode, world: &World, said: &str) -> Response<Bytes> {
    let mut out = String::from(
        "<!doctype html><meta charset=utf-8><title>Simulated Twitch</title><h1>Simulated Twitch</h1>",
    );
    if !said.is_empty() {
        put(&mut out, format_args!("<p><strong>{}</strong>", escaped(said)));
    }
    for Form { action, does, needs, fields, .. } in forms::all() {
        put(&mut out, format_args!("<form method=post action=\"/sim/{action}\"><p>{does}: "));
        for (name, value) in *fields {
            let value = escaped(value);
            put(&mut out, format_args!("<label>{name} <input name={name} value=\"{value}\"></label> "));
        }
        put(&mut out, format_args!("<button>{action}</button>"));
        if !needs.is_empty() {
            put(&mut out, format_args!(" needs {needs}"));
        }
        out.push_str("</form>");
    }
    let users = world.users().map(|(id, login)| format!("{login} ({id})"));
    list(&mut out, "Users", world.users().count(), users);
    let sessions = world.open_sockets().map(|(_, session)| session.to_owned());
    list(&mut out, "Open sessions", world.open_sockets().count(), sessions);
    let broken = world.violations().iter().rev().map(ToString::to_string);
    list(&mut out, "Rules broken by clients, latest first", world.violations().len(), broken);
    respond(status, "text/html; charset=utf-8", out)
}

fn list(out: &mut String, title: &str, count: usize, items: impl Iterator<Item = String>) {
    put(out, format_args!("<h2>{title}: {count}</h2><ul>"));
    for item in items.take(MOST_LISTED) {
        put(out, format_args!("<li>{}", escaped(&item)));
    }
    out.push_str("</ul>");
}

fn put(out: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(what);
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
