//! [`Proxy`]: through whom hosts are reached, and the words that are exchanged with it.
//!
//! Whatever goes to a host through a proxy goes through a tunnel that `CONNECT` opens, HTTP and WebSockets alike; the
//! proxy sees names and ports, and TLS goes through it unseen. Here is what to write and what the answer means; drivers
//! move the bytes.

use crate::route::Target;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use secrecy::ExposeSecret;
use std::io;
use twitchwire::SecretString;
use url::Url;

/// An HTTP proxy for all hosts, or for some.
///
/// ```
/// use twitchwire_front::Proxy;
///
/// let proxy = Proxy::new("http://ada:password@proxy.example:3128")?.except(["localhost", ".internal"]);
/// # Ok::<(), twitchwire_front::ProxyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Proxy {
    plain: Option<Hop>,
    secure: Option<Hop>,
    except: Vec<String>,
}

/// A proxy's own address.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Its host, which is spoken to without TLS.
    pub host: String,
    /// Its port.
    pub port: u16,
    authorization: Option<SecretString>,
}

/// Why a proxy cannot be used. The words name no password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// It is no URL with a host.
    #[error("the proxy's address is no URL; write it like http://proxy.example:3128")]
    Unusable,
    /// Only `http` is spoken to proxies.
    #[error("proxies of the scheme {0} are not supported; use a connector of your own for them")]
    Scheme(String),
}

impl Proxy {
    /// The same proxy for every host. A user and a password in the URL are sent to it with each tunnel.
    pub fn new(url: &str) -> Result<Self, ProxyError> {
        let hop = Hop::new(url)?;
        Ok(Proxy { plain: Some(hop.clone()), secure: Some(hop), except: Vec::new() })
    }

    /// What the environment asks for, none if nothing: `HTTPS_PROXY` for `https` and `wss`, which is all of Twitch,
    /// `HTTP_PROXY` for `http` and `ws`, `ALL_PROXY` for what neither names, and in `NO_PROXY` the hosts that are
    /// reached straight, separated by commas (see [`Proxy::except`]). Names in small letters count first. An address
    /// without a scheme is one of `http`.
    pub fn from_env() -> Result<Option<Self>, ProxyError> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    fn from_vars(look: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ProxyError> {
        let var = |name: &str| {
            let found = look(&name.to_ascii_lowercase()).or_else(|| look(name))?;
            Some(found.trim().to_owned()).filter(|found| !found.is_empty())
        };
        let all = var("ALL_PROXY");
        let hop = |own: Option<String>| own.or_else(|| all.clone()).map(|url| Hop::new(&url)).transpose();
        let (plain, secure) = (hop(var("HTTP_PROXY"))?, hop(var("HTTPS_PROXY"))?);
        if plain.is_none() && secure.is_none() {
            return Ok(None);
        }
        let except = var("NO_PROXY").unwrap_or_default();
        let proxy = Proxy { plain, secure, except: Vec::new() };
        Ok(Some(proxy.except(except.split(','))))
    }

    /// Reaches these hosts straight. A name stands for itself and for all names below it, with or without a dot before
    /// it; an address for itself; `*` for everything.
    #[must_use]
    pub fn except<S: AsRef<str>>(mut self, hosts: impl IntoIterator<Item = S>) -> Self {
        let hosts = hosts.into_iter().map(|host| {
            host.as_ref().trim().trim_matches(['[', ']']).trim_start_matches('.').to_ascii_lowercase()
        });
        self.except.extend(hosts.filter(|host| !host.is_empty()));
        self
    }

    /// Through whom a host is reached; none if straight.
    pub fn hop(&self, to: &Target) -> Option<&Hop> {
        let host = to.host.to_ascii_lowercase();
        let below = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        if self.except.iter().any(|name| name == "*" || *name == host || below(name)) {
            return None;
        }
        if to.secure { self.secure.as_ref() } else { self.plain.as_ref() }
    }
}

impl Hop {
    fn new(url: &str) -> Result<Self, ProxyError> {
        let with_scheme = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let url = Url::parse(&with_scheme).map_err(|_| ProxyError::Unusable)?;
        if url.scheme() != "http" {
            return Err(ProxyError::Scheme(url.scheme().to_owned()));
        }
        let host = url.host_str().ok_or(ProxyError::Unusable)?;
        let authorization = match (decoded(url.username()), url.password().map(decoded)) {
            (user, None) if user.is_empty() => None,
            (user, password) => {
                let words = format!("{user}:{}", password.unwrap_or_default());
                Some(format!("Basic {}", BASE64_STANDARD.encode(words)).into())
            }
        };
        let Target { host, port, .. } = Target::new("http", host, url.port());
        Ok(Hop { host, port, authorization })
    }
}

/// A tunnel to be opened: what to write to the proxy, and what to make of its answer, byte by byte: what follows the
/// answer belongs to the tunnel.
#[derive(Debug)]
pub struct Tunnel {
    request: SecretString,
    answer: Vec<u8>,
}

/// More than this a proxy has no reason to say before the tunnel is open.
const MAX_ANSWER: usize = 8 << 10;

impl Tunnel {
    /// One through this proxy.
    pub fn new(through: &Hop, to: &Target) -> Self {
        let mut request = format!("CONNECT {to} HTTP/1.1\r\nhost: {to}\r\n");
        if let Some(authorization) = &through.authorization {
            request.push_str(&format!("proxy-authorization: {}\r\n", authorization.expose_secret()));
        }
        request.push_str("\r\n");
        Tunnel { request: request.into(), answer: Vec::new() }
    }

    /// What to write first.
    pub fn request(&self) -> &[u8] {
        self.request.expose_secret().as_bytes()
    }

    /// Takes one byte of the answer: whether the tunnel is open; none while the answer goes on.
    pub fn read(&mut self, byte: u8) -> Option<io::Result<()>> {
        self.answer.push(byte);
        if !self.answer.ends_with(b"\r\n\r\n") {
            let refuse = || Err(io::Error::other("the proxy's answer has no end"));
            return (self.answer.len() > MAX_ANSWER).then(refuse);
        }
        let line = self.answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        Some(match line.split(' ').nth(1) {
            Some(status) if line.starts_with("HTTP/1.") && status.starts_with('2') => Ok(()),
            _ => Err(io::Error::other(format!("the proxy opens no tunnel: {line}"))),
        })
    }
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_env(vars: &[(&str, &str)]) -> Result<Option<Proxy>, ProxyError> {
        let look =
            |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into());
        Proxy::from_vars(look)
    }

    /// The proxy's host and port on the way to a URL, if it goes through one.
    fn through(proxy: &Proxy, url: &str) -> Option<String> {
        let url: Url = url.parse().unwrap();
        let to = Target::new(url.scheme(), url.host_str().unwrap(), url.port());
        proxy.hop(&to).map(|hop| format!("{}:{}", hop.host, hop.port))
    }

    #[test]
    fn each_scheme_has_its_variable_and_one_is_for_what_is_left() {
        let proxy = from_env(&[("HTTPS_PROXY", "http://one:1"), ("ALL_PROXY", "two:2")]).unwrap().unwrap();
        assert_eq!(through(&proxy, "https://api.twitch.tv").as_deref(), Some("one:1"));
        assert_eq!(through(&proxy, "wss://eventsub.wss.twitch.tv/ws").as_deref(), Some("one:1"));
        assert_eq!(through(&proxy, "http://127.0.0.1:8080").as_deref(), Some("two:2"));
        let only = from_env(&[("HTTP_PROXY", "http://one")]).unwrap().unwrap();
        assert_eq!(through(&only, "https://api.twitch.tv"), None);
        assert_eq!(through(&only, "ws://127.0.0.1:8080").as_deref(), Some("one:80"));
    }

    #[test]
    fn small_letters_count_first_and_an_empty_variable_is_none() {
        let proxy = from_env(&[("https_proxy", "one:1"), ("HTTPS_PROXY", "two:2")]).unwrap().unwrap();
        assert_eq!(through(&proxy, "https://api.twitch.tv").as_deref(), Some("one:1"));
        assert!(from_env(&[("HTTPS_PROXY", " "), ("NO_PROXY", "localhost")]).unwrap().is_none());
        assert!(from_env(&[]).unwrap().is_none());
    }

    #[test]
    fn hosts_that_are_excepted_are_reached_straight() {
        let env = [("ALL_PROXY", "one:1"), ("NO_PROXY", "localhost, .example,[::1],127.0.0.1")];
        let proxy = from_env(&env).unwrap().unwrap();
        for straight in [
            "http://localhost:80",
            "wss://a.example",
            "https://EXAMPLE",
            "http://[::1]:8",
            "http://127.0.0.1",
        ] {
            assert_eq!(through(&proxy, straight), None, "{straight}");
        }
        for not in ["http://notlocalhost", "https://example.net", "https://myexample", "http://127.0.0.11"] {
            assert_eq!(through(&proxy, not).as_deref(), Some("one:1"), "{not}");
        }
        assert_eq!(through(&proxy.except(["*"]), "https://api.twitch.tv"), None);
    }

    #[test]
    fn what_cannot_be_used_is_said_when_it_is_read() {
        assert_eq!(Proxy::new("http://").unwrap_err(), ProxyError::Unusable);
        assert_eq!(Proxy::new("socks5://one:1").unwrap_err(), ProxyError::Scheme("socks5".into()));
        assert_eq!(
            from_env(&[("ALL_PROXY", "https://one")]).unwrap_err(),
            ProxyError::Scheme("https".into())
        );
    }

    fn tunnel(url: &str, target: (&str, u16)) -> Tunnel {
        let proxy = Proxy::new(url).unwrap();
        let to = Target { host: target.0.into(), port: target.1, secure: true };
        Tunnel::new(proxy.hop(&to).unwrap(), &to)
    }

    #[test]
    fn a_tunnel_names_its_target_and_who_asks() {
        let asked = tunnel("http://proxy:3128", ("api.twitch.tv", 443));
        assert_eq!(asked.request(), b"CONNECT api.twitch.tv:443 HTTP/1.1\r\nhost: api.twitch.tv:443\r\n\r\n");
        let asked = tunnel("http://ada:p%40ss@proxy", ("::1", 8));
        let expected =
            "CONNECT [::1]:8 HTTP/1.1\r\nhost: [::1]:8\r\nproxy-authorization: Basic YWRhOnBAc3M=\r\n\r\n";
        assert_eq!(String::from_utf8_lossy(asked.request()), expected);
    }

    #[test]
    fn nothing_that_is_printed_holds_the_password() {
        let proxy = Proxy::new("http://ada:hidden@proxy").unwrap();
        let printed = format!("{proxy:?} {:?}", tunnel("http://ada:hidden@proxy", ("a", 1)));
        assert!(!printed.contains("hidden") && !printed.contains("YWRhOmhpZGRlbg"), "{printed}");
    }

    /// What an answer comes to, and how many of its bytes were read until then.
    fn answered(answer: &str) -> (usize, Option<Result<(), String>>) {
        let mut tunnel = tunnel("http://proxy", ("a", 1));
        for (index, byte) in answer.bytes().enumerate() {
            if let Some(opened) = tunnel.read(byte) {
                return (index + 1, Some(opened.map_err(|error| error.to_string())));
            }
        }
        (answer.len(), None)
    }

    #[test]
    fn an_answer_is_read_to_its_end_and_no_further() {
        let answer = "HTTP/1.1 200 OK\r\nvia: x\r\n\r\n";
        assert_eq!(answered(&format!("{answer}and more")), (answer.len(), Some(Ok(()))));
        assert_eq!(answered("HTTP/1.1 200 OK\r\n"), (17, None));
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
        let words = "the proxy opens no tunnel: HTTP/1.1 407 Proxy Authentication Required".to_owned();
        assert_eq!(answered(refusal), (refusal.len(), Some(Err(words))));
        let words = "the proxy's answer has no end".to_owned();
        assert_eq!(answered(&"x".repeat(9000)), (MAX_ANSWER + 1, Some(Err(words))));
    }
}
