//! Whatever is printed on the way, no secret is in it: every input and output, the notices, the replies, the errors, the
//! settings, and the client itself at every moment.

use http::Request;
use std::collections::BTreeSet;
use std::time::Duration;
use twitchwire::auth::Scope;
use twitchwire::auth::flow::{Authorize, Redirected};
use twitchwire::auth::provider::{Given, OneToken};
use twitchwire::auth::store::{MemoryStore, Store, StoreOp};
use twitchwire::eventsub::WebhookSecret;
use twitchwire::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire::{As, Config, SecretString};
use twitchwire_sim::World;
use twitchwire_sim::harness::{Harness, Network, Wanted};
use twitchwire_sim::world::Which;

const CLIENT_ID: &str = "a-client-id";
const CLIENT_SECRET: &str = "the-clients-own-secret";
const WEBHOOK_SECRET: &str = "the-webhooks-own-secret";
const WRONG_TOKEN: &str = "a-token-that-never-was";
const WRONG_CODE: &str = "a-code-that-never-was";

/// What must not be printed, from all that ever was secret.
struct Watch {
    harness: Harness,
    secrets: BTreeSet<String>,
    found: BTreeSet<String>,
}

impl Watch {
    /// Lets some time pass, and looks at everything now and then.
    fn run(&mut self, time: Duration) {
        let end = self.harness.now() + time;
        while self.harness.now() < end {
            self.harness.run_for(time / 40);
            self.look();
        }
    }

    fn look(&mut self) {
        let long = self.harness.world.secrets().filter(|secret| secret.len() > 5).map(str::to_owned);
        self.secrets.extend(long);
        let node = self.harness.node(0);
        self.search(&format!("{:?} {:?} {:?}", node.client, node.config, node.store.run(StoreOp::Load)));
    }

    fn search(&mut self, printed: &str) {
        for secret in &self.secrets {
            if let Some(at) = printed.find(secret.as_str()) {
                let from = printed[..at].char_indices().rev().nth(80).map_or(0, |(at, _)| at);
                self.found.insert(printed[from..at + secret.len()].to_owned());
            }
        }
    }
}

fn watch(secret: Option<&str>) -> Watch {
    let mut world = World::new(1, "2026-01-01T00:00:00Z".parse().unwrap());
    world.client(CLIENT_ID, secret);
    world.settings.user_token_life = Duration::from_secs(120);
    let mut harness = Harness::new(1, world);
    harness.keep_trace(1_000_000);
    let mut config = Config::new(CLIENT_ID);
    config.client_secret = secret.map(SecretString::from);
    config.webhook_secrets = vec![WebhookSecret::new(WEBHOOK_SECRET).unwrap()];
    config.ask_for_tokens = true;
    let fixtures = [CLIENT_SECRET, WEBHOOK_SECRET, WRONG_TOKEN, WRONG_CODE];
    harness.client(config, MemoryStore::new());
    Watch { harness, secrets: fixtures.map(str::to_owned).into(), found: BTreeSet::new() }
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    for secret in [Some(CLIENT_SECRET), None] {
        let mut watch = watch(secret);
        let ada = watch.harness.world.user("ada");
        let brook = watch.harness.world.user("brook");
        watch.harness.world.followers(&ada, 30);
        watch.harness.world.settings.approve_devices = Some((ada.clone(), Duration::from_secs(7)));
        watch.harness.world.settings.approve_authorize = Some(brook.clone());

        // A device's code, and the tokens it becomes.
        let scopes = [Scope::UserReadChat, Scope::ModeratorReadFollowers];
        let _login = watch.harness.with(0, |client, now| client.login(now, scopes.clone()));
        watch.run(Duration::from_secs(20));
        // A browser: the code, or the token in the fragment.
        let asked = if secret.is_some() { Authorize::code(scopes) } else { Authorize::token(scopes) };
        let url = watch.harness.with(0, |client, now| client.authorize_url(now, &asked)).unwrap();
        let request = Request::get(url.as_str()).body(bytes::Bytes::new()).unwrap();
        let answer = watch.harness.world.request(watch.harness.now(), &request);
        let back: url::Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        let redirected = Redirected::from_url(&back).unwrap();
        watch.harness.world.secrets().for_each(|secret| assert!(!format!("{redirected:?}").contains(secret)));
        watch.look();
        let _login = watch.harness.with(0, |client, now| client.redirected(now, redirected));
        watch.run(Duration::from_secs(5));
        // The same once more, and one that never was.
        for state in [&back[url::Position::BeforeQuery..], ""] {
            let uri = format!("/oauth/callback?code={WRONG_CODE}&{}", state.trim_start_matches(['?', '#']));
            let request = Request::get(uri).body(bytes::Bytes::new()).unwrap();
            let _visit = watch.harness.with(0, |client, now| client.visit(now, request));
        }
        // Tokens that are no good, added and given.
        let _login = watch
            .harness
            .with(0, |client, now| client.add_token(now, WRONG_TOKEN.into(), Some(WRONG_TOKEN.into())));
        watch.harness.provide(0, OneToken(Given::new(WRONG_TOKEN)));
        watch.harness.with(0, |client, now| {
            let _call = client.call(now, &GetUsers::by_login(["ada"]), As::User("999".into()));
            let _call = client.call(now, &GetUsers::by_login(["ada"]), As::Jwt(WRONG_TOKEN.into()));
        });
        watch.run(Duration::from_secs(10));
        // Calls, events, reconnects, refreshes, on a network that fails.
        watch.harness.subscribe(0, Wanted::Chat(ada.clone(), ada.clone()));
        watch.harness.subscribe(0, Wanted::Follow(ada.clone(), ada.clone()));
        watch.run(Duration::from_secs(5));
        watch.harness.network = Network::bad(0.05);
        for _ in 0..20 {
            let now = watch.harness.now();
            watch.harness.world.chat(now, &brook, &ada, "a word");
            watch.harness.world.reconnect(now, &Which::All);
            watch.harness.with(0, |client, now| {
                let _call = client.call(now, &GetChannelFollowers::new(ada.as_str()), As::Default);
            });
            watch.run(Duration::from_secs(15));
            let now = watch.harness.now();
            watch.harness.world.expire(now, &ada);
        }
        watch.harness.network = Network::GOOD;
        watch.run(Duration::from_secs(60));
        // Over.
        let user = ada.as_str().into();
        let _revocation = watch.harness.with(0, |client, now| client.revoke_token(now, &user));
        watch.run(Duration::from_secs(10));
        watch.harness.with(0, |client, now| client.close(now));
        watch.run(Duration::from_secs(10));

        let node = watch.harness.node(0);
        let mut printed = format!("{:?} {}", node.replies, node.news.join("\n"));
        watch.harness.trace().for_each(|line| printed.push_str(line));
        watch.search(&printed);
        assert_eq!(watch.found, BTreeSet::new());
        let secrets = watch.secrets.len();
        assert!(secrets > 20, "{secrets} secrets");
        // It would have been found.
        watch.secrets = [CLIENT_ID.to_owned()].into();
        watch.look();
        assert!(!watch.found.is_empty());
    }
}
