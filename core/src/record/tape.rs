//! [`Tape`]: the lines of a recording as they come about, scrubbed.

use super::scrub::Scrub;
use super::{Told, said};
use crate::client::{Config, Output};
use crate::time::Time;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// A line of a recording.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// How the client was set up.
    Begin(Box<Begin>),
    /// What it was told, and when: nanoseconds since the driver's origin.
    Told { at: u64, what: Told },
    /// What it said.
    Said(Value),
}

/// How a client was set up.
#[derive(Serialize, Deserialize)]
pub(super) struct Begin {
    /// The version that wrote the recording.
    twitchwire: String,
    config: Config,
    client_secret: Option<String>,
    app_token: Option<String>,
    webhook_secrets: Vec<String>,
    has_state_key: bool,
}

impl Begin {
    fn of(config: &Config) -> Self {
        let exposed = |secret: &Option<secrecy::SecretString>| {
            secret.as_ref().map(|secret| secret.expose_secret().to_owned())
        };
        Begin {
            twitchwire: env!("CARGO_PKG_VERSION").into(),
            client_secret: exposed(&config.client_secret),
            app_token: exposed(&config.app_token),
            webhook_secrets: config.webhook_secrets.iter().map(|secret| secret.expose().to_owned()).collect(),
            has_state_key: config.state_key.is_some(),
            config: config.clone(),
        }
    }

    /// The configuration of the replay.
    pub(super) fn config(self) -> Config {
        let mut config = self.config;
        config.client_secret = self.client_secret.map(Into::into);
        config.app_token = self.app_token.map(Into::into);
        let secrets = self.webhook_secrets.into_iter();
        config.webhook_secrets =
            secrets.filter_map(|secret| crate::eventsub::WebhookSecret::new(secret).ok()).collect();
        // Whatever it signs is scrubbed, and put back in the replay.
        config.state_key = self.has_state_key.then(|| [0; 32].into());
        config.record = true;
        config
    }
}

/// The lines that nobody has taken yet, and the secrets that must not be in them.
pub(crate) struct Tape {
    scrub: Scrub,
    lines: VecDeque<String>,
}

impl Tape {
    /// A tape with its first line, if the client is to have one.
    pub(crate) fn new(config: &Config) -> Option<Box<Self>> {
        config.record.then(|| {
            let mut tape = Tape { scrub: Scrub::default(), lines: VecDeque::new() };
            let begin = Begin::of(config);
            for secret in [&begin.client_secret, &begin.app_token].into_iter().flatten() {
                tape.learn(secret);
            }
            begin.webhook_secrets.iter().for_each(|secret| tape.learn(secret));
            tape.write(&Line::Begin(Box::new(begin)));
            Box::new(tape)
        })
    }

    /// Learns a secret that the client has made.
    pub(crate) fn learn(&mut self, secret: &str) {
        self.scrub.learn(secret);
    }

    /// The client is told something.
    pub(crate) fn told(&mut self, now: Time, what: Told) {
        what.learn(&mut self.scrub);
        let at = u64::try_from(now.since_origin().as_nanos()).unwrap_or(u64::MAX);
        self.write(&Line::Told { at, what });
    }

    /// The client says something.
    pub(crate) fn said(&mut self, output: &Output) {
        self.write(&Line::Said(said::of(output)));
    }

    /// The next line.
    pub(crate) fn take(&mut self) -> Option<String> {
        self.lines.pop_front()
    }

    /// A line of a recording as this client can be told it: with the secrets of its own.
    pub(super) fn restore(&self, line: &str) -> String {
        self.scrub.restore(line)
    }

    fn write(&mut self, line: &Line) {
        // All that a line holds is plain data.
        let Ok(mut value) = serde_json::to_value(line) else { return };
        self.scrub.clean(&mut value);
        self.lines.push_back(value.to_string());
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tape({} lines)", self.lines.len())
    }
}

/// The time that a line names.
pub(super) fn time(at: u64) -> Time {
    Time::from_origin(Duration::from_nanos(at))
}
