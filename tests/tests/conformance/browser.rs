//! As much of a browser as a login needs: it follows redirects and keeps cookies.

use ureq::{Agent, Body};

/// A browser, and where it was.
pub(crate) struct Browser {
    agent: Agent,
    pub(crate) visited: Vec<String>,
    cookie: Option<String>,
}

/// What it shows.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Default for Browser {
    fn default() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        Browser { agent: config.into(), visited: vec![], cookie: None }
    }
}

impl Browser {
    /// Follows redirects to a page.
    pub(crate) fn get(&mut self, url: &str) -> Page {
        let mut url = url.to_owned();
        for _ in 0..5 {
            let mut request = self.agent.get(&url);
            if let Some(cookie) = &self.cookie {
                request = request.header("cookie", cookie);
            }
            let mut response = request.call().unwrap();
            self.visited.push(url);
            if let Some(cookie) = response.headers().get("set-cookie") {
                self.cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
            }
            let header = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
            match header {
                Some(to) => url = to,
                None => {
                    let status = response.status().as_u16();
                    return Page { status, body: response.body_mut().read_to_string().unwrap() };
                }
            }
        }
        panic!("redirected for ever: {:?}", self.visited);
    }

    /// Sends this many bytes, and gives the answer's status.
    pub(crate) fn post(&self, url: &str, length: usize) -> u16 {
        let response: http::Response<Body> = self.agent.post(url).send(&vec![b'x'; length][..]).unwrap();
        response.status().as_u16()
    }
}
