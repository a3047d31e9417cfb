//! The world that each case starts from, and requests against it.
//!
//! Everyone has their tokens already: `ada` broadcasts, is a partner and live; `brook` moderates her channel; `cleo` and `dan`
//! watch, and `dan` is live as well. In what is sent, `@ada` stands for ada's id, and so does `@` with any other word that
//! the stage was told to keep.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use secrecy::ExposeSecret;
use serde_json::Value;
use twitchwire::Time;
use twitchwire::auth::Scope;
use twitchwire::helix::ExtensionClaims;
use twitchwire_sim::World;
use twitchwire_sim::world::Programme;

pub(crate) const CLIENT: &str = "app1";
pub(crate) const PEOPLE: [&str; 4] = ["ada", "brook", "cleo", "dan"];

/// Whose token a request carries.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum By {
    /// This user's, with every scope.
    User(&'static str),
    /// This user's, without any scope.
    Unscoped(&'static str),
    /// The app's own.
    App,
    /// One that the app signed itself, as ada's extension, once it is one.
    Extension,
    /// None at all.
    Nobody,
}

/// One request: `GET /path?query`, with `@` words in it, and its body.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) by: By,
    pub(crate) line: String,
    pub(crate) body: Option<Value>,
}

/// A request of ada's.
pub(crate) fn call(line: impl Into<String>) -> Call {
    Call { by: By::User("ada"), line: line.into(), body: None }
}

impl Call {
    pub(crate) fn by(self, by: By) -> Self {
        Call { by, ..self }
    }

    pub(crate) fn body(self, body: Value) -> Self {
        Call { body: Some(body), ..self }
    }
}

/// What a request is answered with.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) now: Time,
    /// The words that `@` stands before.
    words: BTreeMap<String, String>,
    scoped: BTreeMap<&'static str, String>,
    unscoped: BTreeMap<&'static str, String>,
    app: String,
    /// What the extension signs with.
    secret: String,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let mut world = World::new(1, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client(CLIENT, Some("s3cret"));
        let words: BTreeMap<String, String> =
            PEOPLE.iter().map(|&login| (login.to_owned(), world.user(login))).collect();
        world.moderator(&words["ada"], &words["brook"]);
        world.programme(&words["ada"], Programme::Partner);
        for login in ["ada", "dan"] {
            world.online(Time::ZERO, &words[login]);
        }
        let mut stage = Stage {
            world,
            now: Time::ZERO,
            words,
            scoped: BTreeMap::new(),
            unscoped: BTreeMap::new(),
            app: String::new(),
            secret: String::new(),
        };
        stage.renew();
        stage
    }

    /// Gives everyone new tokens.
    pub(crate) fn renew(&mut self) {
        let scopes: Vec<&str> = Scope::KNOWN.iter().map(Scope::as_str).collect();
        for login in PEOPLE {
            let id = self.id(login);
            self.unscoped.insert(login, self.world.grant_token(self.now, CLIENT, &id, &[]).0);
            self.scoped.insert(login, self.world.grant_token(self.now, CLIENT, &id, &scopes).0);
        }
        let form = format!("client_id={CLIENT}&client_secret=s3cret&grant_type=client_credentials");
        let request = Request::builder().method("POST").uri("/oauth2/token").body(form.into()).unwrap();
        let token = read(&self.world.request(self.now, &request)).body;
        self.app = token["access_token"].as_str().unwrap().to_owned();
    }

    /// Makes the app an extension of ada's, which is active in her channel.
    pub(crate) fn extend(&mut self) {
        let ada = self.id("ada");
        self.secret = self.world.extension(CLIENT, &ada);
        self.world.install(CLIENT, &ada);
    }

    /// A token of the extension's for ada's channel, where it may speak to everybody.
    fn signed(&self) -> String {
        let claims = ExtensionClaims::new(self.id("ada"), "2026-03-02T12:00:00Z".parse().unwrap());
        let signed = claims.broadcast(self.id("ada")).sign(&self.secret.clone().into()).unwrap();
        signed.expose_secret().to_owned()
    }

    /// The id of somebody on the stage.
    pub(crate) fn id(&self, login: &str) -> String {
        self.words[login].clone()
    }

    /// From now on `@` with this word stands for this.
    pub(crate) fn keep(&mut self, word: &str, what: impl Into<String>) {
        self.words.insert(word.to_owned(), what.into());
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        self.world.handle_timeout(self.now);
    }

    /// Sends a request and reads the answer.
    pub(crate) fn send(&mut self, call: &Call) -> Answered {
        let line = self.spell(&call.line);
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let mut request =
            Request::builder().method(method).uri(format!("/helix{path}")).header("Client-Id", CLIENT);
        let token = match call.by {
            By::User(login) => Some(&self.scoped[login]),
            By::Unscoped(login) => Some(&self.unscoped[login]),
            By::App => Some(&self.app),
            By::Extension => Some(&self.signed()),
            By::Nobody => None,
        };
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let body = call.body.as_ref().map(|body| self.spell(&body.to_string())).unwrap_or_default();
        let request = request.body(Bytes::from(body)).unwrap();
        read(&self.world.request(self.now, &request))
    }

    /// Sends what has to succeed before a case.
    pub(crate) fn done(&mut self, call: &Call) -> Value {
        let answered = self.send(call);
        assert!((200..300).contains(&answered.status), "{}: {answered:?}", call.line);
        answered.body
    }

    /// Each word behind an `@` becomes what it stands for; other words stay.
    fn spell(&self, text: &str) -> String {
        let mut parts = text.split('@');
        let mut spelled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(part.len());
            match self.words.get(&part[..end]) {
                Some(word) => spelled.push_str(word),
                None => spelled.push_str(&part[..end]),
            }
            spelled.push_str(&part[end..]);
        }
        spelled
    }
}

fn read(answer: &http::Response<Bytes>) -> Answered {
    let body = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
    Answered { status: answer.status().as_u16(), body }
}
