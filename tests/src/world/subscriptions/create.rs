//! Creating a subscription, with all the rules that Twitch has: type and version, condition, permission, transport, limits.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::answer::{Answer, Outcome};
use super::super::api::{body, text};
use super::super::helix::Who;
use super::super::kinds::{self, Kind};
use super::super::ledger::Noted;
use super::super::reading::Ask;
use super::super::webhooks::{Callback, Of};
use super::super::{Rule, World};
use super::{ENABLED, PENDING, Subscription, Transport};

/// What no WebSocket carries; drops come by webhooks alone.
const NOT_BY_SOCKET: [&str; 3] =
    ["extension.bits_transaction.create", "user.authorization.grant", "user.authorization.revoke"];

/// A condition as Twitch keeps it: only known parts, those left out as `""`.
fn read_condition(kind: &Kind, said: &Value) -> Result<BTreeMap<String, String>, Answer> {
    let mut condition = BTreeMap::new();
    for (part, required) in
        kind.needs.iter().map(|part| (part, true)).chain(kind.may.iter().map(|p| (p, false)))
    {
        let value = said[*part].as_str().unwrap_or_default();
        if value.is_empty() && required {
            return Err(Answer::refuse(400, &format!("missing or invalid condition: {part}")));
        }
        if part.ends_with("user_id") && !value.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Answer::refuse(500, ""));
        }
        condition.insert((*part).to_owned(), value.to_owned());
    }
    if condition.values().all(String::is_empty) {
        return Err(Answer::refuse(400, "missing or invalid condition"));
    }
    Ok(condition)
}

impl World {
    pub(in super::super) fn create_subscription(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let body = body(ask)?;
        let (name, version) = (text(&body, "type")?, text(&body, "version")?);
        if kinds::WITHDRAWN.contains(&(name, version)) {
            return Err(Answer::refuse(410, "subscription type and version is no longer available"));
        }
        let kind = kinds::kind(name, version);
        let kind = kind.ok_or_else(|| Answer::refuse(400, "invalid subscription type and version"))?;
        let condition = read_condition(kind, &body["condition"])?;
        for (part, value) in &condition {
            if part.ends_with("user_id") && !value.is_empty() && !self.people.users.contains_key(value) {
                return Err(Answer::refuse(400, &format!("user in condition does not exist: {part}")));
            }
        }
        self.may_subscribe(kind, &condition, who)?;
        let transport = self.read_transport(&body["transport"], who)?;
        if matches!(transport, Transport::Session(_)) && NOT_BY_SOCKET.contains(&name) {
            return Err(Answer::refuse(400, "invalid transport for this subscription type"));
        }
        if name == "drop.entitlement.grant" {
            let webhook = matches!(transport, Transport::Webhook(_));
            if !webhook || body["is_batching_enabled"] != true {
                return Err(Answer::refuse(
                    400,
                    "drop.entitlement.grant wants a webhook, and batching enabled",
                ));
            }
        }
        self.is_within_limits(kind, &condition, &transport, who)?;
        let answer = self.enter_subscription(kind, condition, transport, who);
        Ok(answer)
    }

    /// Whether those whose permission it takes have given it.
    fn may_subscribe(
        &self,
        kind: &Kind,
        condition: &BTreeMap<String, String>,
        who: &Who,
    ) -> Result<(), Answer> {
        let forbidden = || Answer::refuse(403, "subscription missing proper authorization");
        if kind.scopes.is_empty() {
            return Ok(());
        }
        let by = condition.get(kind.by).map_or("", String::as_str);
        if who.user.as_deref().is_some_and(|user| user != by) {
            return Err(forbidden());
        }
        let allowed = self.tokens.allowed(&who.client, by).ok_or_else(forbidden)?;
        if !kind.scopes.iter().all(|any| any.iter().any(|&scope| allowed.contains(scope))) {
            return Err(forbidden());
        }
        let broadcaster = condition.get("broadcaster_user_id").map_or("", String::as_str);
        if kind.by == "moderator_user_id" && !self.people.moderates(by, broadcaster) {
            return Err(forbidden());
        }
        // An app that reads chat needs the bot scopes besides.
        if who.user.is_none() && kind.scopes.iter().any(|any| any.contains(&"user:read:chat")) {
            let channel = self.tokens.allowed(&who.client, broadcaster);
            let invited = channel.is_some_and(|scopes| scopes.contains("channel:bot"))
                || self.people.moderates(by, broadcaster);
            if !allowed.contains("user:bot") || !invited {
                return Err(forbidden());
            }
        }
        Ok(())
    }

    fn read_transport(&self, said: &Value, who: &Who) -> Result<Transport, Answer> {
        let mismatch = || Answer::refuse(400, "invalid transport and auth combination");
        match said["method"].as_str() {
            Some("websocket") => {
                let user = who.user.as_deref().ok_or_else(mismatch)?;
                let session = self.sockets.alive(text(said, "session_id")?);
                let gone = || {
                    let message = "websocket transport session does not exist or has already disconnected";
                    Answer::refuse(400, message)
                };
                let key = session.ok_or_else(gone)?;
                let owner = self.sockets.session(key).and_then(|session| session.owner.as_ref());
                if owner.is_some_and(|(c, u)| *c != who.client || u != user) {
                    let message = "websocket transport cannot have subscriptions created by different users";
                    return Err(Answer::refuse(400, message));
                }
                Ok(Transport::Session(key))
            }
            Some("conduit") => {
                who.app().map_err(|_| mismatch())?;
                let id = text(said, "conduit_id")?;
                match self.conduits.owned(id, &who.client) {
                    true => Ok(Transport::Conduit(id.to_owned())),
                    false => Err(Answer::refuse(400, "conduit does not exist")),
                }
            }
            Some("webhook") => {
                who.app().map_err(|_| mismatch())?;
                Ok(Transport::Webhook(Callback::read(said)?))
            }
            _ => Err(Answer::refuse(400, "invalid transport method")),
        }
    }

    fn is_within_limits(
        &mut self,
        kind: &Kind,
        condition: &BTreeMap<String, String>,
        transport: &Transport,
        who: &Who,
    ) -> Result<(), Answer> {
        let subscriptions = &self.subscriptions;
        let twins: Vec<_> = subscriptions.twins(&who.client, kind, condition).collect();
        if let Some((_, twin)) = twins
            .iter()
            .find(|(_, twin)| twin.transport.leads_to_the_same(transport) && twin.status == ENABLED)
        {
            let mut conflict =
                json!({"error": "Conflict", "status": 409, "message": "subscription already exists"});
            if self.settings.conflict_names_twin {
                conflict["id"] = json!(twin.id);
            }
            let carried = match transport {
                Transport::Session(key) => self.sockets.session(*key).and_then(|session| session.moved),
                Transport::Conduit(_) | Transport::Webhook(_) => None,
            };
            if carried.is_some_and(|moved| twin.made < moved) && !twin.excused {
                self.violated(Rule::SubscribedAgain, format!("{} after a handover", kind.name));
            }
            return Err(Answer::json(409, conflict));
        }
        if twins.len() >= self.settings.same_condition {
            return Err(Answer::refuse(429, "maximum subscriptions with type and condition exceeded"));
        }
        let book = subscriptions.books.get(&(who.client.clone(), who.user.clone()));
        if let Transport::Session(key) = transport {
            let on_this = book.and_then(|book| book.sessions.get(key)).copied().unwrap_or(0);
            let sockets = book.map_or(0, |book| book.sessions.len());
            if on_this == 0 && sockets >= self.settings.sockets_per_user {
                return Err(Answer::refuse(429, "number of websocket transports limit exceeded"));
            }
            if on_this >= self.settings.subscriptions_per_socket {
                return Err(Answer::refuse(
                    429,
                    "number of subscriptions on the websocket transport exceeded",
                ));
            }
        }
        let cost = book.map_or(0, |book| book.cost) + self.cost(condition, who);
        if cost > self.max_cost(who) {
            return Err(Answer::refuse(429, "total cost exceeded"));
        }
        Ok(())
    }

    /// 0 where somebody in the condition has authorised the client.
    fn cost(&self, condition: &BTreeMap<String, String>, who: &Who) -> u64 {
        let authorised = |user: &String| self.tokens.allowed(&who.client, user).is_some();
        u64::from(!condition.values().any(authorised))
    }

    fn enter_subscription(
        &mut self,
        kind: &Kind,
        condition: BTreeMap<String, String>,
        transport: Transport,
        who: &Who,
    ) -> Answer {
        let id = self.rng.uuid();
        let cost = self.cost(&condition, who);
        let status = match transport {
            Transport::Webhook(_) => PENDING,
            Transport::Session(_) | Transport::Conduit(_) => ENABLED,
        };
        let number = self.subscriptions.insert(Subscription {
            id,
            client: who.client.clone(),
            user: who.user.clone(),
            kind: kind.name,
            version: kind.version,
            condition,
            transport: transport.clone(),
            status,
            cost,
            made: self.now,
            created: self.stamp(),
            counts: true,
            excused: false,
        });
        self.ledger.latest.push(Noted::Subscribed(number));
        if let Transport::Webhook(callback) = &transport {
            self.verify(Of::Subscription(number), callback.clone());
        }
        if let Transport::Session(key) = transport {
            self.sockets.claim(key, &who.client, who.user.as_deref().unwrap_or_default());
            if let Some(session) = self.sockets.session_mut(key) {
                session.subscriptions.insert(number);
            }
        }
        self.start_pending_scripts();
        let book = self.subscriptions.books.get(&(who.client.clone(), who.user.clone()));
        let data = self.subscriptions.get(number).map(|made| self.subscription_json(made, true));
        Answer::json(
            202,
            json!({
                "data": [data],
                "total": book.map_or(0, |book| book.numbers.len()),
                "total_cost": book.map_or(0, |book| book.cost),
                "max_total_cost": self.max_cost(who),
            }),
        )
    }
}
