//! The callback page: what browsers and Twitch ask of the application's own address, read from plain `http` types and
//! answered with them.
//!
//! | path | who comes | what happens |
//! | --- | --- | --- |
//! | `/oauth?scopes=…&force_verify=…` | a user who is to authorise the application | sent to Twitch, with a fresh `state` |
//! | `/oauth/callback` | the user, sent back by Twitch | the code is exchanged, the tokens proven and written down, and a page says so |
//! | `/callback` | Twitch, with EventSub messages | [`Client::webhook`] |
//!
//! [`Client::visit`] takes a request and replies with the response, so a server of any kind can serve the pages: it carries
//! [`http::Request`] one way and [`http::Response`] the other.
//!
//! ```
//! use twitchwire::{Client, Config, Output, Time};
//!
//! let mut config = Config::new("client-id");
//! config.state_key = Some([7; 32].into()); // from the system's source of randomness
//! let mut client = Client::new(Time::ZERO, config);
//! let request = http::Request::get("/oauth?scopes=bits:read").body(Default::default())?;
//! let visit = client.visit(Time::ZERO, request);
//! let Some(Output::Reply(id, reply)) = client.poll_output() else { panic!("no reply") };
//! assert_eq!(id, visit.id());
//! let response = visit.finish(reply);
//! assert_eq!(response.status(), 302);
//! # Ok::<(), http::Error>(())
//! ```
//!
//! [`Client::visit`]: crate::Client::visit
//! [`Client::webhook`]: crate::Client::webhook

pub(crate) mod page;

use crate::auth::Scope;
use crate::auth::flow::{LASTS, Redirected};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

/// Where the application's own pages are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// Scheme, host and port as browsers and Twitch see them; a path in it does not count.
    pub base: Url,
    /// Where users start to authorise the application.
    pub oauth_path: String,
    /// Where Twitch sends them back to. The whole URL must be registered for the client id.
    pub redirect_path: String,
    /// Where Twitch delivers EventSub messages.
    pub eventsub_path: String,
    /// What users are asked for where the visit names no scopes.
    pub scopes: Vec<Scope>,
}

impl Callback {
    /// The usual paths below this address.
    pub fn new(base: Url) -> Self {
        Callback {
            base,
            oauth_path: "/oauth".into(),
            redirect_path: "/oauth/callback".into(),
            eventsub_path: "/callback".into(),
            scopes: Vec::new(),
        }
    }

    /// The page that starts an authorisation.
    pub fn oauth_url(&self) -> Url {
        self.at(&self.oauth_path)
    }

    /// Where Twitch sends users back to: register it for the client id.
    pub fn redirect_url(&self) -> Url {
        self.at(&self.redirect_path)
    }

    /// The callback of webhook subscriptions.
    pub fn eventsub_url(&self) -> Url {
        self.at(&self.eventsub_path)
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        url
    }
}

impl Default for Callback {
    /// `http://localhost:4343`.
    fn default() -> Self {
        const BASE: &str = "http://localhost:4343";
        Callback::new(Url::parse(BASE).unwrap_or_else(|_| unreachable!("a constant URL: {BASE}")))
    }
}

/// What a visitor asks for.
#[derive(Debug)]
pub(crate) enum Asked {
    /// To be sent to Twitch.
    Authorize { scopes: Vec<Scope>, force_verify: bool },
    /// To be let in, coming back from Twitch.
    Redirected { back: Redirected, cookie: Option<String> },
    /// To deliver a message of EventSub.
    EventSub,
    /// This page, whatever the client's state.
    Page(Response<Bytes>),
}

/// The longest path and query, in bytes.
const LONGEST_URI: usize = 8192;
/// The longest form, in bytes.
const LONGEST_FORM: usize = 16_384;
/// The cookie that ties an authorisation to the browser in which it was started.
pub(crate) const COOKIE: &str = "twitchwire-state";

/// Reads a request.
pub(crate) fn read(callback: &Callback, request: &Request<Bytes>) -> Asked {
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > LONGEST_URI {
        return refuse(StatusCode::URI_TOO_LONG, "The address is too long.");
    }
    let method = request.method();
    if uri.path() == callback.oauth_path {
        match *method {
            Method::GET => authorize(callback, uri.query().unwrap_or_default()),
            _ => not_allowed("GET"),
        }
    } else if uri.path() == callback.redirect_path {
        match *method {
            Method::GET => match uri.query().and_then(Redirected::read) {
                Some(back) => Asked::Redirected { back, cookie: cookie(request) },
                // Whatever it is, it may be in the fragment, which only the browser knows.
                None => Asked::Page(page::fragment()),
            },
            Method::POST => form(request),
            _ => not_allowed("GET, POST"),
        }
    } else if uri.path() == callback.eventsub_path {
        if method == Method::POST { Asked::EventSub } else { not_allowed("POST") }
    } else {
        refuse(StatusCode::NOT_FOUND, "There is no such page here.")
    }
}

fn refuse(status: StatusCode, text: &str) -> Asked {
    Asked::Page(page::plain(status, status.canonical_reason().unwrap_or("Refused"), text))
}

fn not_allowed(allow: &'static str) -> Asked {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let mut page = page::plain(status, "Method not allowed", "This page cannot be used like that.");
    page.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    Asked::Page(page)
}

fn authorize(callback: &Callback, query: &str) -> Asked {
    let mut scopes = None;
    let mut force_verify = false;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "scopes" | "scope" => scopes = Some(value.into_owned()),
            "force_verify" => force_verify = value != "false",
            _ => {}
        }
    }
    let Some(words) = scopes else {
        return Asked::Authorize { scopes: callback.scopes.clone(), force_verify };
    };
    let is_plain = |scope: &str| scope.bytes().all(|b| b.is_ascii_alphanumeric() || b":_.-".contains(&b));
    if !words.split_whitespace().all(|scope| scope.len() <= 64 && is_plain(scope)) {
        return refuse(StatusCode::BAD_REQUEST, "The scopes cannot be read.");
    }
    Asked::Authorize { scopes: words.split_whitespace().map(Scope::from).collect(), force_verify }
}

/// What the page of an implicit authorisation hands over.
fn form(request: &Request<Bytes>) -> Asked {
    let body = request.body();
    if body.len() > LONGEST_FORM {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "That is too much.");
    }
    let mut fields = form_urlencoded::parse(body);
    let fragment = fields.find(|(name, _)| name == "fragment").map(|(_, fragment)| fragment);
    match fragment.and_then(|fragment| Redirected::read(&fragment)) {
        Some(back) => Asked::Redirected { back, cookie: cookie(request) },
        None => refuse(StatusCode::BAD_REQUEST, "Twitch's answer is missing."),
    }
}

/// The state that the browser was told.
pub(crate) fn cookie(request: &Request<Bytes>) -> Option<String> {
    let headers = request.headers().get_all(header::COOKIE).iter();
    let cookies = headers.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let ours = cookies.filter_map(|cookie| cookie.trim().split_once('=')).find(|(name, _)| *name == COOKIE);
    ours.map(|(_, value)| value.to_owned())
}

/// Sends a browser to Twitch, and ties the state to it.
pub(crate) fn redirect(callback: &Callback, to: &Url, state: &str) -> Response<Bytes> {
    let secure = if callback.base.scheme() == "https" { "; Secure" } else { "" };
    let (path, lasts) = (&callback.redirect_path, LASTS.as_secs());
    let cookie = format!("{COOKIE}={state}; Path={path}; Max-Age={lasts}; HttpOnly; SameSite=Lax{secure}");
    let mut response = page::plain(StatusCode::FOUND, "Twitch", "Go on at Twitch.");
    for (name, value) in [(header::LOCATION, to.as_str()), (header::SET_COOKIE, &cookie)] {
        set(&mut response, name, value);
    }
    response
}

fn set(response: &mut Response<Bytes>, name: HeaderName, value: &str) {
    // A path that no header can carry is left out; the URL and the state are plain.
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests;
