//! The control page under `/sim`: what happens in the world of a running [`Server`](crate::Server), at the push of a button
//! or by one line of curl.
//!
//! `GET /sim` is a page of forms. `POST /sim/<action>` takes the fields of one form (`application/x-www-form-urlencoded`,
//! named like the parameters of the [`World`] method that it calls) and says what came of it: as the page for a
//! browser, as one line of text for everybody else.
//!
//! | action | fields |
//! | --- | --- |
//! | `chat` | `who`, `channel`, `text` (up to 500 characters) |
//! | `follow` | `who`, `channel` |
//! | `raid` | `from`, `to`, `viewers` |
//! | `online`, `offline` | `channel` |
//! | `reconnect`, `drop` | `which`: the id of a session; empty or absent: all |
//! | `expire` | `user` |
//!
//! Users and channels are logins, made on first mention, or ids. Requests larger than 8 KiB are refused, and so are
//! those that a page of another origin makes a browser send.

use std::fmt::Write;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use twitchwire::Time;

use crate::World;
use crate::world::Which;

/// The largest body.
const MOST_BODY: usize = 8 * 1024;
/// The longest chat message, as on Twitch.
const MOST_TEXT: usize = 500;
/// How many users can exist before no more are made here.
const MOST_USERS: usize = 10_000;
/// How many users, sessions and violations the page lists.
const MOST_LISTED: usize = 100;

/// One form: the action, what it does, and its fields with what stands in them at first.
struct Form {
    action: &'static str,
    does: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

const FORMS: [Form; 8] = [
    Form {
        action: "chat",
        does: "somebody writes in a channel's chat",
        fields: &[("who", "brook"), ("channel", "ada"), ("text", "Hello!")],
    },
    Form {
        action: "follow",
        does: "somebody follows a channel",
        fields: &[("who", "brook"), ("channel", "ada")],
    },
    Form {
        action: "raid",
        does: "one channel raids another",
        fields: &[("from", "dan"), ("to", "ada"), ("viewers", "42")],
    },
    Form { action: "online", does: "a channel's stream starts", fields: &[("channel", "ada")] },
    Form { action: "offline", does: "a channel's stream ends", fields: &[("channel", "ada")] },
    Form { action: "reconnect", does: "sessions are asked to reconnect", fields: &[("which", "")] },
    Form { action: "drop", does: "sockets drop without a close frame", fields: &[("which", "")] },
    Form { action: "expire", does: "a user's access tokens expire", fields: &[("user", "ada")] },
];

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

type Refusal = (StatusCode, String);

fn refuse(why: impl Into<String>) -> Refusal {
    (StatusCode::BAD_REQUEST, why.into())
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
    let fields = Fields(form_urlencoded::parse(request.body()).into_owned().collect());
    let before = world.events().len();
    let done = match action {
        "chat" => {
            let (who, channel) = (fields.user(world, "who")?, fields.user(world, "channel")?);
            let text = fields.some("text")?;
            if text.chars().count() > MOST_TEXT {
                return Err(refuse(format!("text: a chat message has up to {MOST_TEXT} characters")));
            }
            world.chat(now, &who, &channel, text);
            format!("{who} wrote in the chat of {channel}")
        }
        "follow" => {
            let (who, channel) = (fields.user(world, "who")?, fields.user(world, "channel")?);
            world.follow(now, &who, &channel);
            format!("{who} followed {channel}")
        }
        "raid" => {
            let viewers = fields.some("viewers")?.parse();
            let viewers = viewers.map_err(|_| refuse("viewers: not a number below 2^32"))?;
            let (from, to) = (fields.user(world, "from")?, fields.user(world, "to")?);
            world.raid(now, &from, &to, viewers);
            format!("{from} raided {to}")
        }
        "online" => {
            let channel = fields.user(world, "channel")?;
            world.online(now, &channel);
            format!("{channel} is online")
        }
        "offline" => {
            let channel = fields.user(world, "channel")?;
            world.offline(now, &channel);
            format!("{channel} is offline")
        }
        "reconnect" => {
            let (which, sockets) = fields.which(world)?;
            world.reconnect(now, &which);
            return Ok(format!("{sockets} open sockets, asked to reconnect"));
        }
        "drop" => {
            let (which, sockets) = fields.which(world)?;
            world.drop_sockets(now, &which);
            return Ok(format!("{sockets} open sockets, dropped"));
        }
        "expire" => {
            let user = fields.user(world, "user")?;
            world.expire(now, &user);
            return Ok(format!("the access tokens of {user} have expired"));
        }
        _ => return Err((StatusCode::NOT_FOUND, "no such action; GET /sim lists them".into())),
    };
    let notified = world.events().len() - before;
    Ok(format!("{done}; notifications made for subscriptions: {notified}"))
}

/// The fields of a form that was sent.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(is, _)| is == name).map_or("", |(_, value)| value.trim())
    }

    fn some(&self, name: &str) -> Result<&str, Refusal> {
        Some(self.get(name))
            .filter(|value| !value.is_empty())
            .ok_or_else(|| refuse(format!("{name}: missing")))
    }

    /// The id of the user that a field names by id or login.
    fn user(&self, world: &mut World, name: &str) -> Result<String, Refusal> {
        let said = self.some(name)?;
        if let Some((id, _)) = world.users().find(|(id, login)| *id == said || *login == said) {
            return Ok(id.to_owned());
        }
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if said.len() > 25 || !said.chars().all(letter) || said.chars().all(|c| c.is_ascii_digit()) {
            return Err(refuse(format!(
                "{name}: neither a user's id nor a login (up to 25 of a-z, 0-9 and _)"
            )));
        }
        if world.users().count() >= MOST_USERS {
            return Err(refuse(format!("{name}: there are {MOST_USERS} users, which is enough")));
        }
        Ok(world.user(said))
    }

    /// The sockets that are meant, and how many they are.
    fn which(&self, world: &World) -> Result<(Which, usize), Refusal> {
        let session = self.get("which");
        if session.is_empty() {
            return Ok((Which::All, world.open_sockets().count()));
        }
        match world.open_sockets().filter(|(_, open)| *open == session).count() {
            0 => Err(refuse("which: no open session has this id")),
            sockets => Ok((Which::Session(session.to_owned()), sockets)),
        }
    }
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
    for Form { action, does, fields } in &FORMS {
        put(&mut out, format_args!("<form method=post action=\"/sim/{action}\"><p>{does}: "));
        for (name, value) in *fields {
            put(&mut out, format_args!("<label>{name} <input name={name} value=\"{value}\"></label> "));
        }
        put(&mut out, format_args!("<button>{action}</button></form>"));
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
