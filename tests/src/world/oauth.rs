//! `/oauth2`: authorize, device, token, validate, revoke.

use http::Method;
use serde_json::{Value, json};

use super::World;
use super::answer::{Answer, Outcome};
use super::reading::{Ask, Params};
use super::tokens::{Issued, Scopes};

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

impl World {
    pub(super) fn oauth(&mut self, ask: &Ask) -> Answer {
        let outcome = match (&ask.method, ask.path.as_str()) {
            (&Method::GET, "/oauth2/authorize") => self.authorize(&ask.query),
            (&Method::POST, "/oauth2/device") => self.device(&ask.form()),
            (&Method::POST, "/oauth2/token") => return self.token(&ask.form()),
            (&Method::GET, "/oauth2/validate") => self.validate(ask),
            (&Method::POST, "/oauth2/revoke") => self.revoke_one(&ask.form()),
            _ => Err(Answer::refuse_oauth(404, "not found")),
        };
        outcome.unwrap_or_else(|refusal| refusal)
    }

    /// The client named in the form; with its secret where one is asked for.
    fn known_client(&self, form: &Params, with_secret: bool) -> Result<String, Answer> {
        let id = form.get("client_id").ok_or_else(|| Answer::refuse_oauth(400, "missing client id"))?;
        let app = self.tokens.apps.get(id).ok_or_else(|| Answer::refuse_oauth(400, "invalid client"))?;
        match (&app.secret, form.get("client_secret")) {
            (Some(secret), Some(said)) if secret != said => {
                Err(Answer::refuse_oauth(403, "invalid client secret"))
            }
            (Some(_), None) if with_secret => Err(Answer::refuse_oauth(400, "missing client secret")),
            _ => Ok(id.to_owned()),
        }
    }

    fn authorize(&mut self, query: &Params) -> Outcome {
        let client = self.known_client(query, false)?;
        let back =
            query.get("redirect_uri").ok_or_else(|| Answer::refuse_oauth(400, "missing redirect_uri"))?;
        let redirects = self.tokens.apps.get(&client).map(|app| &app.redirects);
        if redirects.is_some_and(|redirects| !redirects.is_empty() && !redirects.contains(back)) {
            let words = "Parameter redirect_uri does not match registered URI";
            return Err(Answer::refuse_oauth(400, words));
        }
        let scope = query.get("scope").unwrap_or_default();
        let scopes: Scopes = scope.split_whitespace().map(str::to_owned).collect();
        let mut said = form_urlencoded::Serializer::new(String::new());
        let mut mark = '?';
        match (self.settings.approve_authorize.clone(), query.get("response_type")) {
            (None, _) => {
                said.append_pair("error", "access_denied");
                said.append_pair("error_description", "The user denied you access");
            }
            (Some(user), Some("token")) => {
                // The implicit flow: in the fragment, which no server ever sees, and without a refresh token.
                let issued = self.grant_user(&client, &user, scopes);
                if let Some(refresh) = issued.refresh {
                    self.tokens.refresh.remove(&refresh);
                }
                said.append_pair("access_token", &issued.access);
                said.append_pair("scope", scope).append_pair("token_type", "bearer");
                mark = '#';
            }
            (Some(user), Some("code")) => {
                let code = self.grant_code(&client, &user, scopes, back);
                said.append_pair("code", &code).append_pair("scope", scope);
            }
            (Some(_), _) => return Err(Answer::refuse_oauth(400, "invalid response type")),
        }
        if let Some(state) = query.get("state") {
            said.append_pair("state", state);
        }
        Ok(Answer::redirect(format!("{back}{mark}{}", said.finish())))
    }

    fn device(&mut self, form: &Params) -> Outcome {
        let client = self.known_client(form, false)?;
        let scopes = form.get("scopes").or_else(|| form.get("scope")).unwrap_or_default();
        let scopes = scopes.split_whitespace().map(str::to_owned).collect();
        let (device_code, user_code) = self.new_device(&client, scopes);
        Ok(Answer::ok(json!({
            "device_code": device_code,
            "expires_in": 1800,
            "interval": self.settings.device_interval,
            "user_code": user_code,
            "verification_uri": format!("https://www.twitch.tv/activate?device-code={user_code}"),
        })))
    }

    fn token(&mut self, form: &Params) -> Answer {
        let faults = &self.faults;
        if self.rng.chance(faults.token_5xx) {
            return self.broken(500);
        }
        let answer = self.issue(form).unwrap_or_else(|refusal| refusal);
        if self.rng.chance(self.faults.token_done_5xx) {
            self.answer_lost();
            return self.broken(500);
        }
        answer
    }

    fn issue(&mut self, form: &Params) -> Outcome {
        let grant = form.get("grant_type").ok_or_else(|| Answer::refuse_oauth(400, "missing grant type"))?;
        let issued = match grant {
            "client_credentials" => {
                let client = self.known_client(form, true)?;
                if self.tokens.apps.get(&client).is_none_or(|app| app.secret.is_none()) {
                    return Err(Answer::refuse_oauth(400, "invalid client"));
                }
                self.issue_app(&client)
            }
            "authorization_code" => {
                let client = self.known_client(form, true)?;
                if form.get("client_secret").is_none() {
                    return Err(Answer::refuse_oauth(400, "missing client secret"));
                }
                let code = form.get("code").ok_or_else(|| Answer::refuse_oauth(400, "missing code"))?;
                let redirect = form.get("redirect_uri").unwrap_or_default();
                let issued = self.spend_code(code, &client, redirect);
                issued.ok_or_else(|| Answer::refuse_oauth(400, "Invalid authorization code"))?
            }
            "refresh_token" => {
                let client = self.known_client(form, true)?;
                let token = form.get("refresh_token");
                let token = token.ok_or_else(|| Answer::refuse_oauth(400, "missing refresh token"))?;
                let issued = self.spend(token, &client);
                issued.ok_or_else(|| Answer::refuse_oauth(400, "Invalid refresh token"))?
            }
            DEVICE_GRANT => {
                let client = self.known_client(form, false)?;
                let code = form.get("device_code").unwrap_or_default();
                let now = self.now;
                let device = self.tokens.devices.get(code).filter(|device| device.client == client);
                let device = device.filter(|device| device.expires > now);
                let device = device.ok_or_else(|| Answer::refuse_oauth(400, "invalid device code"))?;
                let approved = device.approved.clone().filter(|(_, at)| *at <= now);
                let (user, _) = approved.ok_or_else(|| Answer::refuse_oauth(400, "authorization_pending"))?;
                let scopes = device.scopes.clone();
                self.tokens.devices.remove(code);
                self.grant_user(&client, &user, scopes)
            }
            _ => return Err(Answer::refuse_oauth(400, "invalid grant type")),
        };
        let mut said = issued_json(&issued);
        if issued.refresh.is_some() && self.rng.chance(self.faults.odd_tokens) {
            match self.rng.below(3) {
                0 => {
                    said["scope"] =
                        json!(issued.scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" "))
                }
                1 => said["scope"] = Value::Null,
                _ => drop(said.as_object_mut().and_then(|said| said.remove("scope"))),
            }
        }
        Ok(Answer::ok(said))
    }

    fn validate(&mut self, ask: &Ask) -> Outcome {
        let silent = self.rng.chance(self.faults.odd_tokens);
        let access = ask.token("oauth").and_then(|token| self.valid(token));
        let access = access.ok_or_else(|| Answer::refuse_oauth(401, "invalid access token"))?;
        let expires_in = access.expires.since(self.now).as_secs();
        let mut said = json!({"client_id": access.client, "scopes": null});
        if let Some(user) = &access.user {
            said["login"] = json!(self.people.login(user));
            said["scopes"] = json!(access.scopes);
            said["user_id"] = json!(user);
        }
        if !silent {
            said["expires_in"] = json!(expires_in);
        }
        Ok(Answer::ok(said))
    }

    fn revoke_one(&mut self, form: &Params) -> Outcome {
        let id = form.get("client_id").ok_or_else(|| Answer::refuse_oauth(400, "missing client id"))?;
        if !self.tokens.apps.contains_key(id) {
            return Err(Answer::refuse_oauth(404, "client does not exist"));
        }
        let token = form.get("token").ok_or_else(|| Answer::refuse_oauth(400, "missing oauth token"))?;
        if self.valid(token).is_none_or(|access| access.client != id) {
            return Err(Answer::refuse_oauth(400, "Invalid token"));
        }
        let token = token.to_owned();
        self.revoke_token(&token);
        Ok(Answer::empty(200))
    }
}

fn issued_json(issued: &Issued) -> Value {
    let mut said = json!({
        "access_token": issued.access,
        "expires_in": issued.life.as_secs(),
        "token_type": "bearer",
    });
    if let Some(refresh) = &issued.refresh {
        said["refresh_token"] = json!(refresh);
        said["scope"] = json!(issued.scopes);
    }
    said
}
