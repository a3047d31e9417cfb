//! [`Told`]: all that a client can be told, inputs and orders alike, as plain data: made from what it is told, and told
//! again in a replay.

use super::scrub::Scrub;
use crate::auth::flow::{Authorize, Redirected, ResponseType};
use crate::auth::provider::Given;
use crate::auth::store::{Revision, StoreError, Stored};
use crate::auth::{Account, Scope, Scopes, TokenRecord};
use crate::callback;
use crate::client::{
    As, CallId, Cause, CauseKind, Client, Closed, Entry, Failure, HttpId, Input, Sent, SocketId, StoreId,
    Want, WishId,
};
use crate::eventsub::{Subject, Subscribing, Via, WebhookSecret};
use crate::helix::{Accepts, Invalid, Prepared, Rule, Window};
use crate::id::UserId;
use crate::time::Time;
use bytes::Bytes;
use compact_str::CompactString;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::form_urlencoded;

/// What a client is told.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    Wall(Timestamp),
    Response {
        id: u64,
        status: u16,
        headers: Vec<(String, Text)>,
        body: Text,
    },
    Failed {
        id: u64,
        perhaps_sent: bool,
        cause: Why,
    },
    Frame {
        socket: Socket,
        text: Text,
    },
    Alive(Socket),
    Closed {
        socket: Socket,
        how: End,
    },
    Loaded {
        id: u64,
        records: Vec<(TokenRecord, Revision)>,
    },
    Swapped {
        id: u64,
        revision: Revision,
    },
    Conflict {
        id: u64,
        winner: Option<(TokenRecord, Revision)>,
    },
    StoreFailed {
        id: u64,
        words: String,
    },
    Timeout,
    Send(Box<Asked>),
    /// A call whose request broke a limit.
    SendInvalid(Broken),
    Cancel(u64),
    Subscribe(Wanted),
    /// A wish for a topic that is not to be had.
    SubscribeInvalid(Broken),
    SubscribeAll {
        wants: Vec<Wanted>,
        stop_on_error: bool,
    },
    Unsubscribe(u64),
    Retry(u64),
    Start {
        entry: Begun,
        scopes: Vec<Scope>,
    },
    Login(Vec<Scope>),
    AddToken {
        access: String,
        refresh: Option<String>,
    },
    GiveToken {
        user: Option<UserId>,
        given: Option<(String, Option<String>)>,
    },
    RevokeToken(UserId),
    RemoveToken(UserId),
    RetryToken(UserId),
    Authorize {
        scopes: Vec<Scope>,
        force_verify: bool,
        implicit: bool,
    },
    Redirected(Back),
    Visit(Visited),
    Webhook(Visited),
    ScaleConduit {
        shard_count: u32,
        opening: bool,
    },
    RestartShard(u32),
    Subscribing(Subscribing),
    RetryConduit,
    Close,
}

/// A shard and its attempt.
type Socket = (u32, u32);

/// Bytes, as text if they are text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Text {
    Text(String),
    Bytes(Vec<u8>),
}

/// A [`Cause`].
#[derive(Serialize, Deserialize)]
pub(crate) struct Why {
    kind: CauseKind,
    words: String,
}

/// How a socket ended.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum End {
    NotOpened(Why),
    Refused(u16),
    Code(u16, String),
    Lost(Why),
}

/// A request to Helix.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asked {
    operation: String,
    method: String,
    path: String,
    query: String,
    body: Option<Text>,
    accepts: Accepts,
    scopes: Vec<Vec<Scope>>,
    owner: Option<UserId>,
    windows: Vec<(CompactString, u32, Duration)>,
    reads_404: bool,
    who: Who,
}

/// Whose token a call takes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Who {
    Default,
    App,
    User(UserId),
    Jwt(String),
}

/// A limit that was broken, in words.
#[derive(Serialize, Deserialize)]
pub(crate) struct Broken {
    field: String,
    rule: String,
}

/// A topic that is wanted.
#[derive(Serialize, Deserialize)]
pub(crate) struct Wanted {
    subject: Subject,
    via: Via,
}

/// How a client starts.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Begun {
    Stored,
    Token { access: String, refresh: Option<String> },
    Login,
}

/// With what a user comes back.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Back {
    Code { code: String, state: String },
    Token { access: String, state: String },
    Denied { error: String, description: String, state: String },
}

/// A request to the callback page: what the client reads of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Visited {
    method: String,
    uri: String,
    cookie: Option<String>,
    eventsub: Vec<(String, Text)>,
    body: Text,
    /// By which of the webhook's secrets it is signed; the replay signs it anew.
    signed_by: Option<usize>,
}

impl From<&Input> for Told {
    fn from(input: &Input) -> Self {
        let socket = |id: &SocketId| (id.shard, id.attempt);
        match input {
            Input::Wall(at) => Told::Wall(*at),
            Input::Response(HttpId(id), response) => Told::Response {
                id: *id,
                status: response.status().as_u16(),
                headers: headers(response.headers()),
                body: Text::of(response.body()),
            },
            Input::Failed(HttpId(id), Failure { sent, cause }) => {
                Told::Failed { id: *id, perhaps_sent: *sent == Sent::Unknown, cause: cause.into() }
            }
            Input::Frame(id, frame) => Told::Frame { socket: socket(id), text: Text::of(frame) },
            Input::Alive(id) => Told::Alive(socket(id)),
            Input::Closed(id, how) => Told::Closed { socket: socket(id), how: how.into() },
            Input::Stored(StoreId(id), result) => {
                let id = *id;
                match result {
                    Ok(Stored::Loaded(records)) => Told::Loaded { id, records: records.clone() },
                    Ok(Stored::Swapped(revision)) => Told::Swapped { id, revision: *revision },
                    Err(StoreError::Conflict(winner)) => {
                        Told::Conflict { id, winner: winner.as_deref().cloned() }
                    }
                    Err(StoreError::Failed(words)) => Told::StoreFailed { id, words: words.clone() },
                }
            }
            Input::Timeout => Told::Timeout,
        }
    }
}

impl Told {
    /// Learns the secrets that it holds.
    pub(super) fn learn(&self, scrub: &mut Scrub) {
        let mut tokens = |access: &str, refresh: &Option<String>| {
            scrub.learn(access);
            refresh.iter().for_each(|refresh| scrub.learn(refresh));
        };
        match self {
            Told::AddToken { access, refresh }
            | Told::GiveToken { given: Some((access, refresh)), .. }
            | Told::Start { entry: Begun::Token { access, refresh }, .. } => tokens(access, refresh),
            Told::Response { body: text, .. } | Told::Frame { text, .. } => text.learn(scrub),
            Told::Loaded { records, .. } => records.iter().for_each(|(record, _)| scrub.learn_record(record)),
            Told::Conflict { winner, .. } => {
                winner.iter().for_each(|(record, _)| scrub.learn_record(record));
            }
            Told::Send(asked) => {
                if let Who::Jwt(jwt) = &asked.who {
                    scrub.learn(jwt);
                }
                asked.body.iter().for_each(|body| body.learn(scrub));
            }
            Told::Redirected(back) => back.learn(scrub),
            Told::Visit(visited) | Told::Webhook(visited) => visited.learn(scrub),
            Told::Wall(_)
            | Told::Failed { .. }
            | Told::Alive(_)
            | Told::Closed { .. }
            | Told::Swapped { .. }
            | Told::StoreFailed { .. }
            | Told::Timeout
            | Told::SendInvalid(_)
            | Told::Cancel(_)
            | Told::Subscribe(_)
            | Told::SubscribeInvalid(_)
            | Told::SubscribeAll { .. }
            | Told::Unsubscribe(_)
            | Told::Retry(_)
            | Told::Start { .. }
            | Told::Login(_)
            | Told::GiveToken { .. }
            | Told::RevokeToken(_)
            | Told::RemoveToken(_)
            | Told::RetryToken(_)
            | Told::Authorize { .. }
            | Told::ScaleConduit { .. }
            | Told::RestartShard(_)
            | Told::Subscribing(_)
            | Told::RetryConduit
            | Told::Close => {}
        }
    }

    /// Tells a client the same. What cannot be told tells nothing.
    pub(super) fn tell(self, client: &mut Client, now: Time) {
        let stored = |id, result| Some(Input::Stored(StoreId(id), result));
        let socket = |(shard, attempt): Socket| SocketId { shard, attempt };
        let input = match self {
            Told::Wall(at) => Some(Input::Wall(at)),
            Told::Response { id, status, headers, body } => {
                response(status, headers, body).map(|response| Input::Response(HttpId(id), response))
            }
            Told::Failed { id, perhaps_sent, cause } => {
                let sent = if perhaps_sent { Sent::Unknown } else { Sent::No };
                Some(Input::Failed(HttpId(id), Failure { sent, cause: cause.into() }))
            }
            Told::Frame { socket: id, text } => Some(Input::Frame(socket(id), text.into_bytes())),
            Told::Alive(id) => Some(Input::Alive(socket(id))),
            Told::Closed { socket: id, how } => how.closed().map(|how| Input::Closed(socket(id), how)),
            Told::Loaded { id, records } => stored(id, Ok(Stored::Loaded(records))),
            Told::Swapped { id, revision } => stored(id, Ok(Stored::Swapped(revision))),
            Told::Conflict { id, winner } => stored(id, Err(StoreError::Conflict(winner.map(Box::new)))),
            Told::StoreFailed { id, words } => stored(id, Err(StoreError::Failed(words))),
            Told::Timeout => Some(Input::Timeout),
            order => {
                order.give(client, now);
                None
            }
        };
        if let Some(input) = input {
            client.handle(now, input);
        }
    }

    /// Gives a client the same order. Its answer comes as an output, if it matters.
    fn give(self, client: &mut Client, now: Time) {
        let secret = |refresh: Option<String>| refresh.map(SecretString::from);
        match self {
            Told::Send(asked) => {
                if let Some((prepared, who)) = asked.prepared() {
                    client.send(now, prepared, who);
                }
            }
            Told::SendInvalid(broken) => drop(client.send_invalid(now, broken.invalid())),
            Told::Cancel(call) => client.cancel(now, CallId(call)),
            Told::Subscribe(wanted) => drop(client.subscribe_want(now, Ok(wanted.want()))),
            Told::SubscribeInvalid(broken) => drop(client.subscribe_want(now, Err(broken.invalid()))),
            Told::SubscribeAll { wants, stop_on_error } => {
                drop(client.subscribe_all(now, wants.into_iter().map(Wanted::want), stop_on_error));
            }
            Told::Unsubscribe(wish) => client.unsubscribe(now, WishId(wish)),
            Told::Retry(wish) => client.retry(now, WishId(wish)),
            Told::Start { entry, scopes } => {
                let entry = match entry {
                    Begun::Stored => Entry::Stored,
                    Begun::Token { access, refresh } => {
                        Entry::Token { access: access.into(), refresh: secret(refresh) }
                    }
                    Begun::Login => Entry::Login,
                };
                drop(client.start(now, entry, scopes));
            }
            Told::Login(scopes) => drop(client.login(now, scopes)),
            Told::AddToken { access, refresh } => {
                drop(client.add_token(now, access.into(), secret(refresh)));
            }
            Told::GiveToken { user, given } => {
                let given =
                    given.map(|(access, refresh)| Given { access: access.into(), refresh: secret(refresh) });
                client.give_token(now, user.map_or(Account::App, Account::User), given);
            }
            Told::RevokeToken(user) => drop(client.revoke_token(now, &user)),
            Told::RemoveToken(user) => client.remove_token(now, &user),
            Told::RetryToken(user) => client.retry_token(now, &user),
            Told::Authorize { scopes, force_verify, implicit } => {
                let response_type = if implicit { ResponseType::Token } else { ResponseType::Code };
                drop(client.authorize_url(now, &Authorize { scopes, force_verify, response_type }));
            }
            Told::Redirected(back) => drop(client.redirected(now, back.redirected())),
            Told::Visit(visited) => {
                if let Some(request) = visited.request(client.webhook_secrets()) {
                    drop(client.visit(now, request));
                }
            }
            Told::Webhook(visited) => {
                if let Some(request) = visited.request(client.webhook_secrets()) {
                    drop(client.webhook(now, &request));
                }
            }
            Told::ScaleConduit { shard_count, opening } => client.scale_conduit(now, shard_count, opening),
            Told::RestartShard(shard) => client.restart_shard(now, shard),
            Told::Subscribing(subscribing) => client.subscribing(now, subscribing),
            Told::RetryConduit => client.retry_conduit(now),
            Told::Close => client.close(now),
            Told::Wall(_)
            | Told::Response { .. }
            | Told::Failed { .. }
            | Told::Frame { .. }
            | Told::Alive(_)
            | Told::Closed { .. }
            | Told::Loaded { .. }
            | Told::Swapped { .. }
            | Told::Conflict { .. }
            | Told::StoreFailed { .. }
            | Told::Timeout => {}
        }
    }
}

impl Text {
    pub(super) fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Text::Text(text.to_owned()),
            Err(_) => Text::Bytes(bytes.to_owned()),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Text::Text(text) => text.into(),
            Text::Bytes(bytes) => bytes.into(),
        }
    }

    fn learn(&self, scrub: &mut Scrub) {
        if let Text::Text(text) = self {
            scrub.learn_from(text);
        }
    }
}

impl From<&Cause> for Why {
    fn from(cause: &Cause) -> Self {
        Why { kind: cause.kind, words: cause.words.clone() }
    }
}

impl From<Why> for Cause {
    fn from(why: Why) -> Self {
        Cause { kind: why.kind, words: why.words }
    }
}

impl From<&Closed> for End {
    fn from(how: &Closed) -> Self {
        match how {
            Closed::NotOpened(cause) => End::NotOpened(cause.into()),
            Closed::Refused(status) => End::Refused(status.as_u16()),
            Closed::Code(code, reason) => End::Code(*code, reason.clone()),
            Closed::Lost(cause) => End::Lost(cause.into()),
        }
    }
}

impl End {
    fn closed(self) -> Option<Closed> {
        Some(match self {
            End::NotOpened(why) => Closed::NotOpened(why.into()),
            End::Refused(status) => Closed::Refused(StatusCode::from_u16(status).ok()?),
            End::Code(code, reason) => Closed::Code(code, reason),
            End::Lost(why) => Closed::Lost(why.into()),
        })
    }
}

impl Asked {
    pub(crate) fn of(request: &Prepared, who: &As) -> Self {
        Asked {
            operation: request.operation.into(),
            method: request.method.to_string(),
            path: request.path.to_string(),
            query: request.query.clone(),
            body: request.body.as_deref().map(Text::of),
            accepts: request.accepts,
            scopes: request.scopes.0.iter().map(|group| group.to_vec()).collect(),
            owner: request.owner.clone(),
            windows: request.windows.iter().map(|w| (w.name.clone(), w.calls, w.per)).collect(),
            reads_404: request.reads(StatusCode::NOT_FOUND),
            who: match who {
                As::Default => Who::Default,
                As::App => Who::App,
                As::User(user) => Who::User(user.clone()),
                As::Jwt(jwt) => Who::Jwt(jwt.expose_secret().to_owned()),
            },
        }
    }

    fn prepared(self) -> Option<(Prepared, As)> {
        let who = match self.who {
            Who::Default => As::Default,
            Who::App => As::App,
            Who::User(user) => As::User(user),
            Who::Jwt(jwt) => As::Jwt(jwt.into()),
        };
        let groups = self.scopes.into_iter().map(|group| &*Box::leak(group.into_boxed_slice()));
        let request = Prepared {
            operation: kept(self.operation),
            method: Method::from_bytes(self.method.as_bytes()).ok()?,
            path: self.path.into(),
            query: self.query,
            body: self.body.map(Text::into_bytes),
            accepts: self.accepts,
            scopes: Scopes(Box::leak(groups.collect())),
            owner: self.owner,
            windows: self.windows.into_iter().map(|(name, calls, per)| Window { name, calls, per }).collect(),
            accepts_status: if self.reads_404 { |status| status == StatusCode::NOT_FOUND } else { |_| false },
        };
        Some((request, who))
    }
}

/// What is constant in a program is so in a replay of it, too: its memory is not given back.
fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

impl Broken {
    pub(crate) fn of(invalid: &Invalid) -> Self {
        Broken { field: invalid.field.into(), rule: invalid.rule.to_string() }
    }

    fn invalid(self) -> Invalid {
        Invalid { field: kept(self.field), rule: Rule::Other(kept(self.rule)) }
    }
}

impl Wanted {
    pub(crate) fn of(want: &Want) -> Self {
        Wanted { subject: want.subject().clone(), via: want.via() }
    }

    fn want(self) -> Want {
        Want::of(self.subject, self.via)
    }
}

impl Begun {
    pub(crate) fn of(entry: &Entry) -> Self {
        match entry {
            Entry::Stored => Begun::Stored,
            Entry::Token { access, refresh } => {
                Begun::Token { access: exposed(access), refresh: refresh.as_ref().map(exposed) }
            }
            Entry::Login => Begun::Login,
        }
    }
}

/// A secret on its way to the tape, which scrubs it.
pub(crate) fn exposed(secret: &SecretString) -> String {
    secret.expose_secret().to_owned()
}

impl Back {
    pub(crate) fn of(back: &Redirected) -> Self {
        match back {
            Redirected::Code { code, state } => Back::Code { code: exposed(code), state: state.clone() },
            Redirected::Token { access, state } => {
                Back::Token { access: exposed(access), state: state.clone() }
            }
            Redirected::Denied { error, description, state } => {
                Back::Denied { error: error.clone(), description: description.clone(), state: state.clone() }
            }
        }
    }

    fn redirected(self) -> Redirected {
        match self {
            Back::Code { code, state } => Redirected::Code { code: code.into(), state },
            Back::Token { access, state } => Redirected::Token { access: access.into(), state },
            Back::Denied { error, description, state } => Redirected::Denied { error, description, state },
        }
    }

    fn learn(&self, scrub: &mut Scrub) {
        match self {
            Back::Code { code: secret, state } | Back::Token { access: secret, state } => {
                scrub.learn(secret);
                scrub.learn(state);
            }
            Back::Denied { state, .. } => scrub.learn(state),
        }
    }
}

const EVENTSUB: &str = "twitch-eventsub-message-";
const SIGNATURE: &str = "twitch-eventsub-message-signature";

impl Visited {
    pub(crate) fn of(request: &Request<Bytes>, secrets: &[WebhookSecret]) -> Self {
        let text = |name: &str| request.headers().get(name)?.to_str().ok();
        let signed_by = text(SIGNATURE).and_then(|signature| {
            let (id, sent) =
                (text("twitch-eventsub-message-id")?, text("twitch-eventsub-message-timestamp")?);
            secrets.iter().position(|secret| secret.sign(id, sent, request.body()) == signature)
        });
        let mut eventsub = headers(request.headers());
        eventsub.retain(|(name, _)| name.starts_with(EVENTSUB) && (name != SIGNATURE || signed_by.is_none()));
        Visited {
            method: request.method().to_string(),
            uri: request.uri().to_string(),
            cookie: callback::cookie(request),
            eventsub,
            body: Text::of(request.body()),
            signed_by,
        }
    }

    fn request(self, secrets: &[WebhookSecret]) -> Option<Request<Bytes>> {
        let mut request = Request::new(self.body.into_bytes());
        *request.method_mut() = Method::from_bytes(self.method.as_bytes()).ok()?;
        *request.uri_mut() = self.uri.parse().ok()?;
        *request.headers_mut() = header_map(self.eventsub)?;
        if let Some(secret) = self.signed_by.and_then(|number| secrets.get(number)) {
            let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
            let id = text("twitch-eventsub-message-id").unwrap_or_default();
            let sent = text("twitch-eventsub-message-timestamp").unwrap_or_default();
            let signature = secret.sign(id, sent, request.body());
            request.headers_mut().insert(SIGNATURE, signature.try_into().ok()?);
        }
        if let Some(state) = self.cookie {
            let cookie = format!("{}={state}", callback::COOKIE);
            request.headers_mut().insert(header::COOKIE, cookie.try_into().ok()?);
        }
        Some(request)
    }

    fn learn(&self, scrub: &mut Scrub) {
        self.cookie.iter().for_each(|state| scrub.learn(state));
        let query = self.uri.split_once('?').map_or("", |(_, query)| query);
        let mut backs = vec![Redirected::read(query)];
        if let Text::Text(form) = &self.body {
            scrub.learn_from(form);
            let fields = form_urlencoded::parse(form.as_bytes()).filter(|(name, _)| name == "fragment");
            backs.extend(fields.map(|(_, fragment)| Redirected::read(&fragment)));
        }
        backs.into_iter().flatten().for_each(|back| Back::of(&back).learn(scrub));
    }
}

/// All headers but those that hold secrets of others.
pub(super) fn headers(headers: &HeaderMap) -> Vec<(String, Text)> {
    let plain = headers.iter().filter(|(name, _)| **name != header::COOKIE);
    plain.map(|(name, value)| (name.to_string(), Text::of(value.as_bytes()))).collect()
}

fn header_map(headers: Vec<(String, Text)>) -> Option<HeaderMap> {
    let header = |(name, value): (String, Text)| {
        Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_maybe_shared(value.into_bytes()).ok()?))
    };
    headers.into_iter().map(header).collect()
}

fn response(status: u16, headers: Vec<(String, Text)>, body: Text) -> Option<Response<Bytes>> {
    let mut response = Response::new(body.into_bytes());
    *response.status_mut() = StatusCode::from_u16(status).ok()?;
    *response.headers_mut() = header_map(headers)?;
    Some(response)
}
