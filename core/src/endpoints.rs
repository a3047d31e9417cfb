//! [`Endpoints`]: the base URLs of Twitch's services, replaceable together, so that a test server can stand in.

use serde::{Deserialize, Serialize};
use url::Url;

/// Where Twitch's services are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// Helix, without a slash at the end.
    pub helix: Url,
    /// OAuth: `/token`, `/validate`, `/revoke`, `/device`, `/authorize` lie below it.
    pub oauth: Url,
    /// The EventSub WebSocket.
    pub eventsub: Url,
    /// Chat over IRC and WebSocket.
    pub irc: Url,
}

impl Endpoints {
    /// Twitch itself.
    pub fn twitch() -> Self {
        Endpoints {
            helix: literal("https://api.twitch.tv/helix"),
            oauth: literal("https://id.twitch.tv/oauth2"),
            eventsub: literal("wss://eventsub.wss.twitch.tv/ws"),
            irc: literal("wss://irc-ws.chat.twitch.tv:443"),
        }
    }

    /// A server that plays all of them: `http` is its base for requests, `ws` for sockets.
    ///
    /// ```
    /// let endpoints = twitchwire::Endpoints::local(
    ///     &"http://127.0.0.1:8080".parse().unwrap(),
    ///     &"ws://127.0.0.1:8080".parse().unwrap(),
    /// );
    /// assert_eq!(endpoints.helix.as_str(), "http://127.0.0.1:8080/helix");
    /// assert_eq!(endpoints.eventsub.as_str(), "ws://127.0.0.1:8080/ws");
    /// ```
    pub fn local(http: &Url, ws: &Url) -> Self {
        let at = |base: &Url, path: &str| {
            let mut url = base.clone();
            url.set_path(path);
            url
        };
        Endpoints {
            helix: at(http, "/helix"),
            oauth: at(http, "/oauth2"),
            eventsub: at(ws, "/ws"),
            irc: at(ws, "/irc"),
        }
    }
}

impl Default for Endpoints {
    fn default() -> Self {
        Self::twitch()
    }
}

fn literal(url: &str) -> Url {
    Url::parse(url).unwrap_or_else(|_| unreachable!("a constant URL: {url}"))
}
