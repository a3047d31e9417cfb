//! A client to which nothing happens: it holds its subscriptions, hears keepalives and keeps its token. What this costs is
//! the floor of every simulation ([`Idle::pass`] for as long as you like), and what it must not cost is requests.

use super::sockets::{CLIENT_ID, SCOPES};
use crate::harness::{Harness, Wanted};
use crate::world::World;
use std::time::Duration;
use twitchwire::auth::store::MemoryStore;
use twitchwire::{Config, Time};

/// One idle client with two subscriptions, settled.
pub struct Idle {
    harness: Harness,
    ada: String,
}

impl Idle {
    /// The client has just subscribed.
    pub fn new() -> Self {
        let mut world = World::new(1, jiff::Timestamp::UNIX_EPOCH);
        world.client(CLIENT_ID, Some("a-client-secret"));
        let ada = world.user("ada");
        let (access, refresh) = world.grant_token(Time::ZERO, CLIENT_ID, &ada, SCOPES);
        let mut harness = Harness::new(1, world);
        // Nobody is going to ask until when it has listened.
        harness.write_down = 0.0;
        let mut config = Config::new(CLIENT_ID);
        config.client_secret = Some("a-client-secret".into());
        harness.client(config, MemoryStore::new());
        harness.with(0, |client, now| {
            let _login = client.add_token(now, access.into(), Some(refresh.into()));
        });
        harness.subscribe(0, Wanted::Chat(ada.clone(), ada.clone()));
        harness.subscribe(0, Wanted::Online(ada.clone()));
        harness.run_for(Duration::from_secs(10));
        Idle { harness, ada }
    }

    /// Lets time pass; how many steps that took.
    pub fn pass(&mut self, time: Duration) -> u64 {
        let before = self.harness.steps();
        self.harness.run_for(time);
        self.harness.steps() - before
    }

    /// What is wrong; nothing, if all is held and was all the time.
    pub fn failures(&mut self) -> &[String] {
        self.harness.check_at_rest(CLIENT_ID, std::slice::from_ref(&self.ada));
        self.harness.failures()
    }
}

impl Default for Idle {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_nothing_is_keepalives_and_few_requests() {
        let mut idle = Idle::new();
        let day = Duration::from_secs(86_400);
        let steps = idle.pass(day);
        assert_eq!(idle.failures(), [""; 0]);
        assert_eq!(idle.harness.node(0).dials(), 1);
        // The keepalives alone are 8 640; pings with their pongs come on top, the wall clock each minute, a look at the
        // subscriptions now and then and at the token each hour. Requests in a loop would be far more.
        assert!((8_640..40_000).contains(&steps), "{steps}");
    }
}
