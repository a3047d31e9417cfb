//! `/helix`: who calls, may they, are they within their rate limit; then on to the endpoint.

use twitchwire::Time;

use super::answer::Answer;
use super::ledger::Noted;
use super::reading::Ask;
use super::tokens::Scopes;
use super::{Rule, World};

/// One rate limit's bucket: full again at a whole second of the wall clock.
pub(super) struct Bucket {
    left: u32,
    resets: i64,
    /// When the first 429 of this minute was given.
    refused: Option<Time>,
}

/// Whose token a call carries.
pub(super) struct Who {
    pub(super) client: String,
    /// None: an app access token.
    pub(super) user: Option<String>,
    allowed: Allowed,
}

enum Allowed {
    Scopes(Scopes),
    /// Everything: a user acts by hand, and no app's token is needed.
    All,
}

impl Who {
    /// A user who acts by hand.
    pub(super) fn by_hand(user: &str) -> Self {
        Who { client: String::new(), user: Some(user.to_owned()), allowed: Allowed::All }
    }

    /// The user, where an app's token will not do.
    pub(super) fn user(&self) -> Result<&str, Answer> {
        self.user.as_deref().ok_or_else(|| Answer::refuse(401, "Missing User OAUTH Token"))
    }

    /// The user, who has to be this one.
    pub(super) fn user_is(&self, id: &str, parameter: &str) -> Result<(), Answer> {
        if self.user()? == id {
            return Ok(());
        }
        let message =
            format!("The ID in {parameter} must match the user ID found in the request's OAuth token.");
        Err(Answer::refuse(401, &message))
    }

    /// Passes with any of these scopes.
    pub(super) fn scope(&self, any: &[&str]) -> Result<(), Answer> {
        match &self.allowed {
            Allowed::Scopes(scopes) if !any.iter().any(|&scope| scopes.contains(scope)) => {
                Err(Answer::refuse(401, &format!("Missing scope: {}", any.join(" or "))))
            }
            Allowed::Scopes(_) | Allowed::All => Ok(()),
        }
    }

    /// The app itself.
    pub(super) fn app(&self) -> Result<(), Answer> {
        match self.user {
            None => Ok(()),
            Some(_) => Err(Answer::refuse(401, "Must provide an app access token")),
        }
    }
}

type Headers = Vec<(&'static str, String)>;

impl World {
    pub(super) fn helix(&mut self, ask: &Ask) -> (Answer, Headers) {
        if self.rng.chance(self.faults.helix_5xx) {
            let status = if self.rng.chance(0.5) { 500 } else { 503 };
            return (self.broken(status), Headers::new());
        }
        if let Some(answer) = self.open_endpoint(ask) {
            let answer = answer.unwrap_or_else(|refusal| refusal);
            return (answer, Headers::new());
        }
        let who = match self.identify(ask) {
            Ok(who) => who,
            Err(refusal) => return (refusal, Headers::new()),
        };
        let bucket = self.bucket_of(&who, ask);
        let spurious = self.rng.chance(self.faults.helix_429);
        let (passes, headers) = self.take_point(&bucket, spurious);
        if !passes {
            return (Answer::refuse(429, "Too Many Requests"), headers);
        }
        let answer = self.endpoint(ask, &who).unwrap_or_else(|refusal| refusal);
        if self.rng.chance(self.faults.helix_done_5xx) {
            self.answer_lost();
            return (self.broken(502), Headers::new());
        }
        if self.rng.chance(self.faults.absent) {
            return (answer.without_empty(), headers);
        }
        if self.rng.chance(self.faults.nulls) {
            return (answer.with_nulls(), headers);
        }
        (answer, headers)
    }

    /// What stands in front of Twitch says that something is wrong, or says nothing.
    pub(super) fn broken(&mut self, status: u16) -> Answer {
        if self.rng.chance(self.faults.bare_5xx) { Answer::empty(status) } else { Answer::broken(status) }
    }

    fn identify(&mut self, ask: &Ask) -> Result<Who, Answer> {
        let Some(client) = &ask.client_id else {
            self.violated(Rule::NoClientId, format!("{} {}", ask.method, ask.path));
            return Err(Answer::refuse(401, "Client ID is missing"));
        };
        let token = ask.token("bearer").ok_or_else(|| Answer::refuse(401, "OAuth token is missing"))?;
        let Some(access) = self.valid(token) else { return Err(Answer::refuse(401, "Invalid OAuth token")) };
        if access.client != *client {
            return Err(Answer::refuse(401, "Client ID and OAuth token do not match"));
        }
        let allowed = Allowed::Scopes(access.scopes.clone());
        let who = Who { client: client.clone(), user: access.user.clone(), allowed };
        if self.rng.chance(self.faults.helix_401) {
            self.tokens.excuse(token);
            return Err(Answer::refuse(401, "Invalid OAuth token"));
        }
        Ok(who)
    }

    fn bucket_of(&self, who: &Who, ask: &Ask) -> String {
        match &who.user {
            Some(user) => format!("{}/{user}", who.client),
            None => ask.token("bearer").unwrap_or_default().to_owned(),
        }
    }

    /// The client never learned that its bucket is empty.
    pub(super) fn forget_refusal(&mut self, bucket: &str) {
        if let Some(bucket) = self.buckets.get_mut(bucket) {
            bucket.refused = None;
        }
    }

    fn take_point(&mut self, key: &str, spurious: bool) -> (bool, Headers) {
        let (now, points) = (self.now, self.settings.points);
        let seconds = self.wall(now).as_second();
        let full_again = self.wall(now + self.settings.refill).as_second() + 1;
        let bucket = self.buckets.entry(key.to_owned()).or_insert(Bucket {
            left: points,
            resets: full_again,
            refused: None,
        });
        if bucket.resets <= seconds {
            *bucket = Bucket { left: points, resets: full_again, refused: None };
        }
        if spurious && bucket.refused.is_none() && bucket.left > 0 {
            bucket.left = 0;
            bucket.resets = seconds + 2 + self.rng.below(10) as i64;
        }
        let passes = bucket.left > 0;
        let mut broken = false;
        if passes {
            bucket.left -= 1;
        } else {
            let first = *bucket.refused.get_or_insert(now);
            broken = now.since(first) > self.settings.in_flight;
            self.ledger.latest.push(Noted::Refused(key.to_owned()));
            self.ledger.limited += 1;
        }
        let headers = vec![
            ("ratelimit-limit", points.to_string()),
            ("ratelimit-remaining", bucket.left.to_string()),
            ("ratelimit-reset", bucket.resets.to_string()),
        ];
        if broken {
            self.violated(Rule::CalledAfter429, "long after the first refusal and before the reset");
        }
        (passes, headers)
    }
}
