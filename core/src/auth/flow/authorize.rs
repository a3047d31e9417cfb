//! Where a user is sent to authorise the application ([`Authorize`]), and with what they come back ([`Redirected`]).

use crate::auth::Scope;
use secrecy::SecretString;
use std::fmt;
use url::{Url, form_urlencoded};

/// What comes back from an authorisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseType {
    /// A code, to be exchanged with the client secret: tokens that renew themselves.
    Code,
    /// An access token, in the URL's fragment, without a refresh token: the implicit flow.
    Token,
}

/// What a user is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorize {
    /// What the user is to allow.
    pub scopes: Vec<Scope>,
    /// Whether the user is asked although they have allowed it before, which also lets them choose another account.
    pub force_verify: bool,
    /// What comes back.
    pub response_type: ResponseType,
}

impl Authorize {
    /// Asks for a code.
    pub fn code(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let scopes = scopes.into_iter().collect();
        Authorize { scopes, force_verify: false, response_type: ResponseType::Code }
    }

    /// Asks for an access token: the implicit flow.
    pub fn token(scopes: impl IntoIterator<Item = Scope>) -> Self {
        Authorize { response_type: ResponseType::Token, ..Authorize::code(scopes) }
    }

    /// The URL to send the user to
    /// ([Twitch](https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#authorization-code-grant-flow)).
    /// `redirect` must be registered for the client id, character for character.
    pub fn url(&self, oauth: &Url, client_id: &str, redirect: &Url, state: &str) -> Url {
        let mut url = oauth.clone();
        url.set_path(&format!("{}/authorize", oauth.path().trim_end_matches('/')));
        let scopes: Vec<&str> = self.scopes.iter().map(Scope::as_str).collect();
        let response_type = match self.response_type {
            ResponseType::Code => "code",
            ResponseType::Token => "token",
        };
        let mut query = url.query_pairs_mut();
        query.append_pair("response_type", response_type).append_pair("client_id", client_id);
        query.append_pair("redirect_uri", redirect.as_str()).append_pair("scope", &scopes.join(" "));
        query.append_pair("state", state);
        if self.force_verify {
            query.append_pair("force_verify", "true");
        }
        drop(query);
        url
    }
}

/// With what a user comes back.
pub enum Redirected {
    /// A code, to be exchanged.
    Code {
        /// The code. It works once, and soon ends.
        code: SecretString,
        /// The state that the URL carried.
        state: String,
    },
    /// An access token: the implicit flow.
    Token {
        /// The token.
        access: SecretString,
        /// The state that the URL carried.
        state: String,
    },
    /// The user, or Twitch, said no.
    Denied {
        /// The kind: `access_denied`, `redirect_mismatch`.
        error: String,
        /// In words.
        description: String,
        /// The state that the URL carried; empty where Twitch does not know it.
        state: String,
    },
}

impl Redirected {
    /// Reads a redirect's query or its fragment, without `?` or `#`; none if it holds nothing of the kind.
    pub fn read(params: &str) -> Option<Self> {
        let [mut code, mut token, mut error, mut description, mut state] = [const { None::<String> }; 5];
        for (name, value) in form_urlencoded::parse(params.as_bytes()) {
            let place = match &*name {
                "code" => &mut code,
                "access_token" => &mut token,
                "error" => &mut error,
                "error_description" => &mut description,
                "state" => &mut state,
                _ => continue,
            };
            // The first counts.
            place.get_or_insert_with(|| value.into_owned());
        }
        let state = state.unwrap_or_default();
        match (error, code, token) {
            (Some(error), _, _) => {
                let description = description.unwrap_or_default();
                Some(Redirected::Denied { error, description, state })
            }
            (None, Some(code), _) => Some(Redirected::Code { code: code.into(), state }),
            (None, None, Some(token)) => Some(Redirected::Token { access: token.into(), state }),
            (None, None, None) => None,
        }
    }

    /// Reads the URL that a user came back to.
    pub fn from_url(url: &Url) -> Option<Self> {
        let read = |params: Option<&str>| params.and_then(Redirected::read);
        read(url.query()).or_else(|| read(url.fragment()))
    }
}

impl fmt::Debug for Redirected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Redirected::Code { .. } => f.write_str("Code([REDACTED])"),
            Redirected::Token { .. } => f.write_str("Token([REDACTED])"),
            Redirected::Denied { error, description, .. } => {
                write!(f, "Denied({error:?}, {description:?})")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn url(url: &str) -> Url {
        url.parse().unwrap()
    }

    #[test]
    fn the_url_names_what_is_asked_for() {
        let oauth = url("https://id.example/oauth2");
        let redirect = url("http://localhost:4343/oauth/callback");
        let mut asked = Authorize::code([Scope::BitsRead, Scope::UserReadChat]);
        asked.force_verify = true;
        assert_eq!(
            asked.url(&oauth, "an id", &redirect, "st&te").as_str(),
            "https://id.example/oauth2/authorize?response_type=code&client_id=an+id\
             &redirect_uri=http%3A%2F%2Flocalhost%3A4343%2Foauth%2Fcallback&scope=bits%3Aread+user%3Aread%3Achat\
             &state=st%26te&force_verify=true"
        );
        let implicit = Authorize::token([]).url(&oauth, "id", &redirect, "s");
        assert!(implicit.as_str().contains("response_type=token&") && !implicit.as_str().contains("force"));
    }

    #[test]
    fn a_code_comes_in_the_query_and_a_token_in_the_fragment() {
        let back = url("http://localhost:4343/oauth/callback?code=c%2B1&scope=bits%3Aread&state=s");
        let Some(Redirected::Code { code, state }) = Redirected::from_url(&back) else { panic!("no code") };
        assert_eq!((code.expose_secret(), state.as_str()), ("c+1", "s"));
        let back =
            url("http://localhost:4343/oauth/callback#access_token=t&scope=&state=s&token_type=bearer");
        let Some(Redirected::Token { access, state }) = Redirected::from_url(&back) else {
            panic!("no token")
        };
        assert_eq!((access.expose_secret(), state.as_str()), ("t", "s"));
    }

    #[test]
    fn an_error_comes_in_either_and_wins() {
        for mark in ['?', '#'] {
            let back = url(&format!(
                "http://localhost/{mark}code=c&error=access_denied&error_description=The+user+said+no"
            ));
            let Some(denied) = Redirected::from_url(&back) else { panic!("nothing") };
            assert_eq!(format!("{denied:?}"), r#"Denied("access_denied", "The user said no")"#);
        }
        assert!(Redirected::from_url(&url("http://localhost/?scope=a")).is_none());
    }

    #[test]
    fn nothing_that_comes_back_is_printed() {
        let printed =
            format!("{:?} {:?}", Redirected::read("code=c0de"), Redirected::read("access_token=c0de"));
        assert!(!printed.contains("c0de"));
    }
}
