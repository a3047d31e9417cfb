//! Apps, authorisations and tokens: what `/oauth2` hands out and Helix asks about.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::json;
use twitchwire::Time;

use super::ledger::Noted;
use super::{Rule, World};

/// A set of scopes in Twitch's words.
pub(super) type Scopes = BTreeSet<String>;

/// A registered app.
pub(super) struct App {
    /// None: a public client.
    pub(super) secret: Option<String>,
    /// Where users may be sent back to; with none, anywhere.
    pub(super) redirects: BTreeSet<String>,
}

/// An access token.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) client: String,
    /// None: an app access token.
    pub(super) user: Option<String>,
    pub(super) scopes: Scopes,
    pub(super) expires: Time,
    life: Duration,
    refresh: Option<String>,
    /// Whether the client has a reason to refresh early: a 401, or an answer that never came.
    excused: bool,
}

/// A refresh token.
#[derive(Clone)]
pub(super) struct Refresh {
    pub(super) client: String,
    pub(super) user: String,
    pub(super) scopes: Scopes,
    /// Single use: none for a confidential client.
    pub(super) expires: Option<Time>,
    spent: bool,
}

/// A device code.
pub(super) struct Device {
    pub(super) client: String,
    pub(super) scopes: Scopes,
    pub(super) user_code: String,
    pub(super) expires: Time,
    /// Who approves it, and when.
    pub(super) approved: Option<(String, Time)>,
}

/// An authorisation code.
pub(super) struct Code {
    pub(super) client: String,
    pub(super) user: String,
    pub(super) scopes: Scopes,
    /// Where the user was sent back to with it.
    redirect: String,
    expires: Time,
    spent: bool,
}

/// What `/token` gives out.
pub(super) struct Issued {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) life: Duration,
    pub(super) scopes: Scopes,
}

#[derive(Default)]
pub(super) struct Tokens {
    pub(super) apps: BTreeMap<String, App>,
    pub(super) access: BTreeMap<String, Access>,
    pub(super) refresh: BTreeMap<String, Refresh>,
    pub(super) devices: BTreeMap<String, Device>,
    pub(super) codes: BTreeMap<String, Code>,
    /// What each user has allowed each client, until it is revoked.
    pub(super) grants: BTreeMap<(String, String), Scopes>,
    /// The newest access token of each user for each client.
    newest: BTreeMap<(String, String), String>,
    unneeded: usize,
}

impl Tokens {
    /// The client has a reason to refresh this token early.
    pub(super) fn excuse(&mut self, token: &str) {
        if let Some(access) = self.access.get_mut(token) {
            access.excused = true;
        }
    }

    /// What this user has allowed this client.
    pub(super) fn allowed(&self, client: &str, user: &str) -> Option<&Scopes> {
        self.grants.get(&(client.to_owned(), user.to_owned()))
    }
}

impl World {
    /// Registers an app; one without a secret is a public client.
    pub fn client(&mut self, id: &str, secret: Option<&str>) {
        let app = App { secret: secret.map(str::to_owned), redirects: BTreeSet::new() };
        self.tokens.apps.insert(id.to_owned(), app);
    }

    /// Registers a URL to which an app's users may be sent back. Before the first one they may be sent anywhere.
    pub fn register_redirect(&mut self, client: &str, url: &str) {
        if let Some(app) = self.tokens.apps.get_mut(client) {
            app.redirects.insert(url.to_owned());
        }
    }

    /// A user approves an app in the browser: the code that comes back on the redirect URL.
    pub(super) fn grant_code(&mut self, client: &str, user: &str, scopes: Scopes, redirect: &str) -> String {
        let code = self.rng.secret(30);
        let (client, user, redirect) = (client.to_owned(), user.to_owned(), redirect.to_owned());
        let expires = self.now + self.settings.code_life;
        let granted = Code { client, user, scopes, redirect, expires, spent: false };
        self.tokens.codes.insert(code.clone(), granted);
        code
    }

    /// Spends an authorisation code; none if it is not valid (any more).
    pub(super) fn spend_code(&mut self, code: &str, client: &str, redirect: &str) -> Option<Issued> {
        let now = self.now;
        let code = self.tokens.codes.get_mut(code).filter(|code| code.client == client)?;
        let fits = code.redirect == redirect && now < code.expires;
        let (user, scopes) = (code.user.clone(), code.scopes.clone());
        if std::mem::replace(&mut code.spent, true) {
            self.violated(Rule::CodeSentTwice, format!("user {user} of client {client}"));
            return None;
        }
        fits.then(|| self.grant_user(client, &user, scopes))
    }

    /// A user types in a device's code and approves; false if there is no such code.
    pub fn approve_device(&mut self, now: Time, user_code: &str, user: &str) -> bool {
        self.advance(now);
        let device = self.tokens.devices.values_mut().find(|device| device.user_code == user_code);
        let found = device.is_some();
        if let Some(device) = device {
            device.approved = Some((user.to_owned(), now));
        }
        found
    }

    /// Makes a user token without any request, for a test that starts logged in: access and refresh token.
    pub fn grant_token(&mut self, now: Time, client: &str, user: &str, scopes: &[&str]) -> (String, String) {
        self.advance(now);
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let issued = self.grant_user(client, user, scopes);
        (issued.access, issued.refresh.unwrap_or_default())
    }

    /// Lets a user's access tokens expire now; the refresh tokens stay valid.
    pub fn expire(&mut self, now: Time, user: &str) {
        self.advance(now);
        let now = self.now;
        for access in self.tokens.access.values_mut().filter(|access| access.user.as_deref() == Some(user)) {
            access.expires = access.expires.min(now);
        }
    }

    /// All access tokens end this much earlier: time that passes for them alone.
    pub fn age_tokens(&mut self, now: Time, by: Duration) {
        self.advance(now);
        for access in self.tokens.access.values_mut() {
            access.expires = access.expires - by;
        }
    }

    /// Lets an app's own access tokens expire now.
    pub fn expire_app(&mut self, now: Time, client: &str) {
        self.advance(now);
        let now = self.now;
        for access in self.tokens.access.values_mut() {
            if access.client == client && access.user.is_none() {
                access.expires = access.expires.min(now);
            }
        }
    }

    /// A user disconnects the app: all its tokens die, and its subscriptions end with `authorization_revoked`.
    pub fn revoke(&mut self, now: Time, client: &str, user: &str) {
        self.advance(now);
        self.end_authorization(client, user);
    }

    /// Everything in this world that a client must keep out of its logs.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let tokens = &self.tokens;
        let app_secrets = tokens.apps.values().filter_map(|app| app.secret.as_deref());
        let keys = tokens.access.keys().chain(tokens.refresh.keys()).chain(tokens.devices.keys());
        let keys = keys.chain(tokens.codes.keys()).map(String::as_str);
        app_secrets.chain(keys).chain(self.sockets.challenges()).chain(self.extensions.secrets())
    }

    /// Whether this was ever given out as a user's access token.
    pub fn is_user_token(&self, token: &str) -> bool {
        self.tokens.access.get(token).is_some_and(|access| access.user.is_some())
    }

    /// A user allows an app so much: its new tokens. Subscriptions that ask for it hear of it.
    pub(super) fn grant_user(&mut self, client: &str, user: &str, scopes: Scopes) -> Issued {
        const KIND: &str = "user.authorization.grant";
        let issued = self.issue_user(client, user, scopes, None);
        let about = [("client_id".to_owned(), client.to_owned())].into();
        if !self.subscriptions.matching(KIND, "1", &about).is_empty() {
            let mut event = self.person(user, "user");
            event["client_id"] = json!(client);
            self.emit_now(KIND, "1", &[("client_id", client), ("user_id", user)], event);
        }
        issued
    }

    /// A user's new access token, with a refresh token: the given one, or a new one.
    pub(super) fn issue_user(
        &mut self,
        client: &str,
        user: &str,
        scopes: Scopes,
        refresh: Option<String>,
    ) -> Issued {
        let refresh = refresh.unwrap_or_else(|| self.new_refresh_token(client, user, &scopes));
        let granted = self.tokens.grants.entry((client.to_owned(), user.to_owned())).or_default();
        granted.extend(scopes.iter().cloned());
        let life = self.settings.user_token_life;
        let access = self.new_access_token(client, Some(user), scopes.clone(), life, Some(refresh.clone()));
        self.tokens.newest.insert((client.to_owned(), user.to_owned()), access.clone());
        Issued { access, refresh: Some(refresh), life, scopes }
    }

    /// An app's new access token.
    pub(super) fn issue_app(&mut self, client: &str) -> Issued {
        let life = self.settings.app_token_life;
        let access = self.new_access_token(client, None, Scopes::new(), life, None);
        Issued { access, refresh: None, life, scopes: Scopes::new() }
    }

    fn new_refresh_token(&mut self, client: &str, user: &str, scopes: &Scopes) -> String {
        let token = self.rng.secret(50);
        let public = self.tokens.apps.get(client).is_some_and(|app| app.secret.is_none());
        let refresh = Refresh {
            client: client.to_owned(),
            user: user.to_owned(),
            scopes: scopes.clone(),
            expires: public.then(|| self.now + self.settings.refresh_token_life),
            spent: false,
        };
        self.tokens.refresh.insert(token.clone(), refresh);
        token
    }

    fn new_access_token(
        &mut self,
        client: &str,
        user: Option<&str>,
        scopes: Scopes,
        life: Duration,
        refresh: Option<String>,
    ) -> String {
        let token = self.rng.secret(30);
        let access = Access {
            client: client.to_owned(),
            user: user.map(str::to_owned),
            scopes,
            expires: self.now + life,
            life,
            refresh,
            excused: false,
        };
        self.tokens.access.insert(token.clone(), access);
        self.ledger.latest.push(Noted::Issued(token.clone()));
        token
    }

    /// Spends a refresh token; none if it is not valid (any more).
    pub(super) fn spend(&mut self, token: &str, client: &str) -> Option<Issued> {
        let refresh = self.tokens.refresh.get(token).filter(|refresh| refresh.client == client)?.clone();
        let (user, single_use) = (refresh.user.clone(), refresh.expires.is_some());
        if refresh.spent {
            self.violated(Rule::RefreshTokenSpentTwice, format!("user {user} of client {client}"));
            self.end_authorization(client, &user);
            return None;
        }
        if refresh.expires.is_some_and(|expires| expires <= self.now) {
            return None;
        }
        self.note_refresh(client, &user);
        if single_use && let Some(refresh) = self.tokens.refresh.get_mut(token) {
            refresh.spent = true;
        }
        let again = (!single_use && !self.settings.new_refresh_token_each_time).then(|| token.to_owned());
        Some(self.issue_user(client, &user, refresh.scopes, again))
    }

    fn note_refresh(&mut self, client: &str, user: &str) {
        let key = (client.to_owned(), user.to_owned());
        let before = self.tokens.newest.get(&key).and_then(|token| self.tokens.access.get(token));
        // A client may refresh in the last quarter of a token's life.
        // `expires_in` is told in whole seconds, and is on its way for a while.
        let soon = |old: &Access| old.life / 4 + Duration::from_secs(2);
        let needed = before.is_none_or(|old| old.excused || old.expires.since(self.now) <= soon(old));
        if !needed {
            self.tokens.unneeded += 1;
            if self.tokens.unneeded > self.settings.spare_refreshes {
                self.violated(Rule::RefreshedWithoutNeed, format!("user {user} of client {client}"));
            }
        }
        let refreshed =
            super::Refreshed { at: self.now, client: client.to_owned(), user: user.to_owned(), needed };
        self.ledger.refreshed.push(refreshed);
    }

    /// The access token, if it is valid now.
    pub(super) fn valid(&self, token: &str) -> Option<&Access> {
        self.tokens.access.get(token).filter(|access| access.expires > self.now)
    }

    /// Ends one access token and its refresh token; with a user's last one the authorisation ends too.
    pub(super) fn revoke_token(&mut self, token: &str) {
        let Some(access) = self.tokens.access.remove(token) else { return };
        if let Some(refresh) = access.refresh {
            self.tokens.refresh.remove(&refresh);
        }
        let Some(user) = access.user else { return };
        let client = access.client;
        let left = self.tokens.refresh.values().any(|r| r.client == client && r.user == user && !r.spent);
        if !left {
            self.end_authorization(&client, &user);
        }
    }

    fn end_authorization(&mut self, client: &str, user: &str) {
        let of = |c: &str, u: &str| c == client && u == user;
        self.tokens
            .access
            .retain(|_, access| !of(&access.client, access.user.as_deref().unwrap_or_default()));
        // Spent ones stay known, so that spending them yet again is still noticed.
        self.tokens.refresh.retain(|_, refresh| !of(&refresh.client, &refresh.user) || refresh.spent);
        self.tokens.grants.remove(&(client.to_owned(), user.to_owned()));
        self.tokens.newest.remove(&(client.to_owned(), user.to_owned()));
        self.revoke_subscriptions(client, user);
        let about = [("client_id", client), ("user_id", user)];
        let event = json!({"client_id": client, "user_id": user, "user_login": null, "user_name": null});
        self.emit_now("user.authorization.revoke", "1", &about, event);
    }

    /// A new device code and the code that its user types in.
    pub(super) fn new_device(&mut self, client: &str, scopes: Scopes) -> (String, String) {
        let (code, user_code) = (self.rng.secret(40), self.rng.token(8).to_uppercase());
        let approved = self.settings.approve_devices.clone().map(|(user, after)| (user, self.now + after));
        let device = Device {
            client: client.to_owned(),
            scopes,
            user_code: user_code.clone(),
            expires: self.now + Duration::from_secs(1800),
            approved,
        };
        self.tokens.devices.insert(code.clone(), device);
        (code, user_code)
    }
}
