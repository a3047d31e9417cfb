//! Conduits and their shards: assignment, balancing by broadcaster, one retry on one other shard, and how they die.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use twitchwire::Time;

use super::answer::{Answer, Outcome};
use super::api::{body, page_of, required, text};
use super::helix::Who;
use super::reading::Ask;
use super::webhooks::{Callback, Of};
use super::{PeerId, Timer, World};

const MOST_CONDUITS: usize = 5;
const MOST_SHARDS: u64 = 20_000;
const ENABLED: &str = "enabled";
const PENDING: &str = "webhook_callback_verification_pending";

/// What brings a shard's events to the client.
#[derive(Clone)]
pub(super) enum Carrier {
    /// The session of this number.
    Session(u64),
    Webhook(Callback),
}

struct Shard {
    status: &'static str,
    carrier: Carrier,
    /// After scaling down a shard stays listed until then.
    listed_until: Option<Time>,
}

struct Conduit {
    client: String,
    shard_count: u32,
    shards: BTreeMap<u32, Shard>,
    /// Since when no shard is enabled.
    dead_since: Option<Time>,
}

impl Conduit {
    /// What carries this shard, if it is enabled.
    fn carrier(&self, shard: u32) -> Option<&Carrier> {
        let shard = self.shards.get(&shard).filter(|_| shard < self.shard_count)?;
        (shard.status == ENABLED).then_some(&shard.carrier)
    }

    /// The session of this shard, if it has one and is enabled.
    fn session(&self, shard: u32) -> Option<u64> {
        match self.carrier(shard)? {
            Carrier::Session(key) => Some(*key),
            Carrier::Webhook(_) => None,
        }
    }
}

#[derive(Default)]
pub(super) struct Conduits {
    all: BTreeMap<String, Conduit>,
}

impl Conduits {
    pub(super) fn owned(&self, id: &str, client: &str) -> bool {
        self.all.get(id).is_some_and(|conduit| conduit.client == client)
    }
}

fn shard_count(body: &Value) -> Result<u32, Answer> {
    let count = body["shard_count"].as_u64().filter(|count| (1..=MOST_SHARDS).contains(count));
    let count = count.and_then(|count| u32::try_from(count).ok());
    count.ok_or_else(|| Answer::refuse(400, "shard_count must be between 1 and 20000"))
}

fn refused(id: &str, message: &str) -> Value {
    json!({"id": id, "message": message, "code": "invalid_parameter"})
}

impl World {
    pub(super) fn create_conduit(&mut self, ask: &Ask, who: &Who) -> Outcome {
        who.app()?;
        let count = shard_count(&body(ask)?)?;
        if self.conduits.all.values().filter(|c| c.client == who.client).count() >= MOST_CONDUITS {
            return Err(Answer::refuse(429, "conduit limit reached"));
        }
        let id = self.rng.uuid();
        let conduit = Conduit {
            client: who.client.clone(),
            shard_count: count,
            shards: BTreeMap::new(),
            dead_since: Some(self.now),
        };
        self.conduits.all.insert(id.clone(), conduit);
        self.arm(self.settings.conduit_life, Timer::ConduitDies(id.clone()));
        Ok(Answer::ok(json!({"data": [{"id": id, "shard_count": count}]})))
    }

    pub(super) fn get_conduits(&self, who: &Who) -> Outcome {
        who.app()?;
        let mine = self.conduits.all.iter().filter(|(_, conduit)| conduit.client == who.client);
        let data: Vec<Value> =
            mine.map(|(id, conduit)| json!({"id": id, "shard_count": conduit.shard_count})).collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    pub(super) fn update_conduit(&mut self, ask: &Ask, who: &Who) -> Outcome {
        who.app()?;
        let body = body(ask)?;
        let id = text(&body, "id")?;
        let count = shard_count(&body)?;
        let listed_until = Some(self.now + self.settings.dead_count_for);
        let conduit = self.owned_conduit(id, who)?;
        conduit.shard_count = count;
        for (number, shard) in &mut conduit.shards {
            shard.listed_until = if *number < count { None } else { shard.listed_until.or(listed_until) };
        }
        Ok(Answer::ok(json!({"data": [{"id": id, "shard_count": count}]})))
    }

    pub(super) fn delete_conduit(&mut self, ask: &Ask, who: &Who) -> Outcome {
        who.app()?;
        let id = required(ask, "id")?;
        self.owned_conduit(id, who)?;
        self.end_conduit(id);
        Ok(Answer::empty(204))
    }

    pub(super) fn get_shards(&mut self, ask: &Ask, who: &Who) -> Outcome {
        who.app()?;
        let (now, size) = (self.now, self.settings.page);
        let conduit = self.owned_conduit(required(ask, "conduit_id")?, who)?;
        conduit.shards.retain(|_, shard| shard.listed_until.is_none_or(|until| now < until));
        let status = ask.query.get("status");
        let numbers = conduit.shards.iter().filter(|(_, shard)| status.is_none_or(|s| s == shard.status));
        let numbers: Vec<u32> = numbers.map(|(number, _)| *number).collect();
        let (slice, pagination) = page_of(&numbers, ask, size)?;
        let id = required(ask, "conduit_id")?;
        let data: Vec<Value> = slice.iter().filter_map(|number| self.shard_json(id, *number)).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    pub(super) fn update_shards(&mut self, ask: &Ask, who: &Who) -> Outcome {
        who.app()?;
        let body = body(ask)?;
        let id = text(&body, "conduit_id")?;
        self.owned_conduit(id, who)?;
        let missing = || Answer::refuse(400, "Missing required parameter \"\"");
        let said = body["shards"].as_array().filter(|said| !said.is_empty()).ok_or_else(missing)?;
        if said.iter().any(|shard| shard["id"].as_str().is_none_or(str::is_empty)) {
            return Err(missing());
        }
        // Shards named in the same request may trade their sessions.
        let named: Vec<u32> = said.iter().filter_map(|s| s["id"].as_str()?.parse().ok()).collect();
        let (mut data, mut errors) = (Vec::new(), Vec::new());
        let mut assigned = BTreeMap::new();
        for shard in said {
            let name = shard["id"].as_str().unwrap_or_default();
            match self.carrier(id, name, &shard["transport"], &named, who) {
                Ok((number, carrier)) => {
                    assigned.insert(number, carrier);
                }
                Err(message) => errors.push(refused(name, message)),
            }
        }
        for number in assigned.keys() {
            self.unassign(id, *number);
        }
        for (number, carrier) in assigned {
            self.assign(id, number, carrier, who);
            data.extend(self.shard_json(id, number));
        }
        Ok(Answer::json(202, json!({"data": data, "errors": errors})))
    }

    /// What a shard is to be carried by, or why not.
    fn carrier(
        &mut self,
        conduit: &str,
        name: &str,
        said: &Value,
        named: &[u32],
        who: &Who,
    ) -> Result<(u32, Carrier), &'static str> {
        let count = self.conduits.all.get(conduit).map_or(0, |conduit| conduit.shard_count);
        let number = name.parse().ok().filter(|number| *number < count);
        let number = number.ok_or("The shard id is outside the conduit's range")?;
        if self.rng.chance(self.faults.shard_refused) {
            return Err("The shard could not be updated");
        }
        match said["method"].as_str() {
            Some("websocket") => {
                let key = said["session_id"].as_str().and_then(|id| self.sockets.alive(id));
                let key = key.ok_or("The websocket session does not exist or has already disconnected")?;
                let session = self.sockets.session(key).ok_or("The websocket session does not exist")?;
                let mine = |(client, user): &(String, String)| *client == who.client && user.is_empty();
                if session.owner.as_ref().is_some_and(|owner| !mine(owner)) {
                    return Err("The websocket session belongs to somebody else");
                }
                match &session.shard {
                    Some((c, n)) if c != conduit || !named.contains(n) => {
                        Err("The websocket session serves another shard")
                    }
                    _ => Ok((number, Carrier::Session(key))),
                }
            }
            Some("webhook") => {
                let callback = Callback::read(said).map_err(|_| "The callback or its secret is not valid")?;
                Ok((number, Carrier::Webhook(callback)))
            }
            _ => Err("The transport method is not valid"),
        }
    }

    fn unassign(&mut self, conduit: &str, number: u32) {
        let shard = self.conduits.all.get_mut(conduit).and_then(|conduit| conduit.shards.remove(&number));
        if let Some(Shard { carrier: Carrier::Session(key), .. }) = shard
            && let Some(session) = self.sockets.session_mut(key)
            && session.shard.as_ref() == Some(&(conduit.to_owned(), number))
        {
            session.shard = None;
        }
    }

    fn assign(&mut self, conduit: &str, number: u32, carrier: Carrier, who: &Who) {
        let status = match &carrier {
            Carrier::Session(key) => {
                self.sockets.claim(*key, &who.client, "");
                if let Some(session) = self.sockets.session_mut(*key) {
                    session.shard = Some((conduit.to_owned(), number));
                }
                ENABLED
            }
            Carrier::Webhook(_) => PENDING,
        };
        let callback = match &carrier {
            Carrier::Session(_) => None,
            Carrier::Webhook(callback) => Some(callback.clone()),
        };
        if let Some(conduit) = self.conduits.all.get_mut(conduit) {
            conduit.shards.insert(number, Shard { status, carrier, listed_until: None });
            if status == ENABLED {
                conduit.dead_since = None;
            }
        }
        if let Some(callback) = callback {
            self.verify(Of::Shard(conduit.to_owned(), number), callback);
        }
    }

    /// A shard's callback has proven itself.
    pub(super) fn enable_shard(&mut self, id: &str, number: u32) {
        let Some(conduit) = self.conduits.all.get_mut(id) else { return };
        if let Some(shard) = conduit.shards.get_mut(&number).filter(|shard| shard.status == PENDING) {
            shard.status = ENABLED;
            conduit.dead_since = None;
        }
    }

    pub(super) fn is_shard_enabled(&self, id: &str, number: u32) -> bool {
        self.conduits.all.get(id).is_some_and(|conduit| conduit.carrier(number).is_some())
    }

    /// A shard's socket is no more, or its callback does not do.
    pub(super) fn disable_shard(&mut self, id: &str, number: u32, status: &'static str) {
        let now = self.now;
        let Some(conduit) = self.conduits.all.get_mut(id) else { return };
        let Some(shard) = conduit.shards.get_mut(&number) else { return };
        shard.status = status;
        let client = conduit.client.clone();
        if !conduit.shards.values().any(|shard| shard.status == ENABLED) {
            conduit.dead_since = Some(now);
            self.arm(self.settings.conduit_life, Timer::ConduitDies(id.to_owned()));
        }
        if self.rng.chance(self.faults.shard_notice_lost) {
            return;
        }
        let Some(mut event) = self.shard_json(id, number) else { return };
        event["conduit_id"] = json!(id);
        event["shard_id"] = event["id"].take();
        if let Some(event) = event.as_object_mut() {
            event.remove("id");
        }
        self.emit_now("conduit.shard.disabled", "1", &[("client_id", &client), ("conduit_id", id)], event);
    }

    /// The shard for events about this broadcaster and its carrier: its own, or else one other, or else none.
    pub(super) fn shard_for(&mut self, id: &str, balanced_by: &str) -> Option<(u32, Carrier)> {
        let count = self.conduits.all.get(id)?.shard_count;
        let own = u32::try_from(fnv(balanced_by) % u64::from(count)).unwrap_or(0);
        let other = u32::try_from(self.rng.below(u64::from(count.saturating_sub(1)))).unwrap_or(0);
        let other = if other >= own { other + 1 } else { other };
        let conduit = self.conduits.all.get(id)?;
        let at = |number| conduit.carrier(number).map(|carrier| (number, carrier.clone()));
        at(own).or_else(|| at(other))
    }

    pub(super) fn delete_conduit_if_dead(&mut self, id: &str) {
        let since = self.conduits.all.get(id).and_then(|conduit| conduit.dead_since);
        if since.is_some_and(|since| since + self.settings.conduit_life <= self.now) {
            self.end_conduit(id);
        }
    }

    fn end_conduit(&mut self, id: &str) {
        let Some(conduit) = self.conduits.all.remove(id) else { return };
        for number in self.subscriptions.of_conduit(&conduit.client, id) {
            self.disable(number, "conduit_deleted");
        }
        for shard in conduit.shards.values() {
            if let Carrier::Session(key) = shard.carrier
                && let Some(session) = self.sockets.session_mut(key)
            {
                session.shard = None;
            }
        }
    }

    /// Somebody deletes a conduit.
    pub fn delete_conduit_now(&mut self, now: Time, id: &str) {
        self.advance(now);
        self.end_conduit(id);
    }

    /// A client's conduits and their numbers of shards.
    pub fn conduits(&self, client: &str) -> Vec<(String, u32)> {
        let mine = self.conduits.all.iter().filter(|(_, conduit)| conduit.client == client);
        mine.map(|(id, conduit)| (id.clone(), conduit.shard_count)).collect()
    }

    /// Whether an enabled shard of any conduit is on this session.
    pub fn carries(&self, session: &str) -> bool {
        let mut shards =
            self.conduits.all.keys().flat_map(|conduit| self.enabled_shards(conduit).into_values());
        shards.any(|on| on == session)
    }

    /// The shard that Twitch delivers to over this socket.
    pub fn carried_by(&self, peer: PeerId) -> Option<u32> {
        let key = self.session_on(peer)?;
        let (conduit, shard) = self.sockets.session(key)?.shard.as_ref()?;
        (self.conduits.all.get(conduit)?.session(*shard) == Some(key)).then_some(*shard)
    }

    /// A conduit's enabled shards with the ids of their sessions.
    pub fn enabled_shards(&self, conduit: &str) -> BTreeMap<u32, String> {
        let Some(conduit) = self.conduits.all.get(conduit) else { return BTreeMap::new() };
        let enabled =
            |number: &u32| Some((*number, self.sockets.session(conduit.session(*number)?)?.id.clone()));
        conduit.shards.keys().filter_map(enabled).collect()
    }

    fn owned_conduit(&mut self, id: &str, who: &Who) -> Result<&mut Conduit, Answer> {
        let conduit = self.conduits.all.get_mut(id).filter(|conduit| conduit.client == who.client);
        conduit.ok_or_else(|| Answer::refuse(404, "not found"))
    }

    fn shard_json(&self, conduit: &str, number: u32) -> Option<Value> {
        let shard = self.conduits.all.get(conduit)?.shards.get(&number)?;
        let transport = match &shard.carrier {
            Carrier::Session(key) => {
                let session = self.sockets.session(*key)?;
                let mut said = json!({
                    "method": "websocket",
                    "session_id": session.id,
                    "connected_at": session.connected,
                });
                if let Some(disconnected) = &session.disconnected {
                    said["disconnected_at"] = json!(disconnected);
                }
                said
            }
            Carrier::Webhook(callback) => json!({"method": "webhook", "callback": callback.url}),
        };
        Some(json!({"id": number.to_string(), "status": shard.status, "transport": transport}))
    }
}

/// A hash that is the same on every machine.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
