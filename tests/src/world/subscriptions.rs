//! EventSub subscriptions: what there is of them and what counts, listing, deleting, disabling. How one is made: `create`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use twitchwire::Time;

use super::answer::{Answer, Outcome};
use super::api::{page_of, required};
use super::helix::Who;
use super::kinds::{self, Kind};
use super::reading::Ask;
use super::webhooks::Callback;
use super::{Timer, World};

mod create;

const ENABLED: &str = "enabled";
const PENDING: &str = "webhook_callback_verification_pending";

#[derive(Clone, Debug)]
pub(super) enum Transport {
    /// The session of this number.
    Session(u64),
    /// The conduit with this id.
    Conduit(String),
    Webhook(Callback),
}

impl Transport {
    /// Whether two subscriptions to the same thing would be one too many.
    fn leads_to_the_same(&self, other: &Transport) -> bool {
        match (self, other) {
            (Transport::Session(one), Transport::Session(other)) => one == other,
            (Transport::Conduit(one), Transport::Conduit(other)) => one == other,
            (Transport::Webhook(one), Transport::Webhook(other)) => one.url == other.url,
            _ => false,
        }
    }
}

pub(super) struct Subscription {
    pub(super) id: String,
    pub(super) client: String,
    /// Who made it; none for an app.
    pub(super) user: Option<String>,
    pub(super) kind: &'static str,
    pub(super) version: &'static str,
    pub(super) condition: BTreeMap<String, String>,
    pub(super) transport: Transport,
    pub(super) status: &'static str,
    pub(super) cost: u64,
    pub(super) made: Time,
    pub(super) created: String,
    counts: bool,
    /// The client does not know that it was made.
    excused: bool,
}

impl Subscription {
    /// What decides which shard of a conduit gets its events.
    pub(super) fn balanced_by(&self) -> &str {
        let broadcaster = self.condition.get("broadcaster_user_id");
        broadcaster
            .or_else(|| self.condition.values().find(|value| !value.is_empty()))
            .map_or("", String::as_str)
    }
}

type Owner = (String, Option<String>);

/// What counts against one owner's limits.
#[derive(Default)]
struct Book {
    numbers: BTreeSet<u64>,
    cost: u64,
    sessions: BTreeMap<u64, usize>,
}

#[derive(Default)]
pub(super) struct Subscriptions {
    made: u64,
    all: BTreeMap<u64, Subscription>,
    ids: BTreeMap<String, u64>,
    /// By type, version, and each part of the condition with its value.
    about: BTreeMap<(String, String, String, String), BTreeSet<u64>>,
    books: BTreeMap<Owner, Book>,
}

impl Subscriptions {
    pub(super) fn get(&self, number: u64) -> Option<&Subscription> {
        self.all.get(&number)
    }

    pub(super) fn number(&self, id: &str) -> Option<u64> {
        self.ids.get(id).copied()
    }

    /// The client does not know that this subscription was made.
    pub(super) fn excuse(&mut self, number: u64) {
        if let Some(subscription) = self.all.get_mut(&number) {
            subscription.excused = true;
        }
    }

    /// The enabled subscriptions that something like this matches, oldest first.
    pub(super) fn matching(
        &self,
        kind: &str,
        version: &str,
        about: &BTreeMap<String, String>,
    ) -> BTreeSet<u64> {
        let mut found = BTreeSet::new();
        for (part, value) in about {
            let key = (kind.to_owned(), version.to_owned(), part.clone(), value.clone());
            found.extend(self.about.get(&key).into_iter().flatten().copied());
        }
        found.retain(|number| {
            self.all.get(number).is_some_and(|subscription| {
                let fits = |(part, value): (&String, &String)| {
                    value.is_empty() || about.get(part).is_none_or(|said| said == value)
                };
                subscription.status == ENABLED && subscription.condition.iter().all(fits)
            })
        });
        found
    }

    /// The subscriptions of one client with this type and condition, of any status that still counts.
    fn twins<'a>(
        &'a self,
        client: &'a str,
        kind: &'a Kind,
        condition: &'a BTreeMap<String, String>,
    ) -> impl Iterator<Item = (u64, &'a Subscription)> {
        let key = condition.iter().find(|(_, value)| !value.is_empty()).map(|(part, value)| {
            (kind.name.to_owned(), kind.version.to_owned(), part.clone(), value.clone())
        });
        let numbers = key.and_then(|key| self.about.get(&key)).into_iter().flatten();
        numbers.filter_map(move |number| {
            let twin = self.all.get(number)?;
            (twin.client == client && twin.counts && twin.condition == *condition).then_some((*number, twin))
        })
    }

    fn insert(&mut self, subscription: Subscription) -> u64 {
        self.made += 1;
        let number = self.made;
        for key in keys(&subscription) {
            self.about.entry(key).or_default().insert(number);
        }
        let book = self.books.entry(owner(&subscription)).or_default();
        book.numbers.insert(number);
        book.cost += subscription.cost;
        if let Transport::Session(session) = subscription.transport {
            *book.sessions.entry(session).or_default() += 1;
        }
        self.ids.insert(subscription.id.clone(), number);
        self.all.insert(number, subscription);
        number
    }

    pub(super) fn is_enabled(&self, number: u64) -> bool {
        self.all.get(&number).is_some_and(|subscription| subscription.status == ENABLED)
    }

    /// Its callback has proven itself.
    pub(super) fn verify(&mut self, number: u64) {
        if let Some(subscription) = self.all.get_mut(&number).filter(|found| found.status == PENDING) {
            subscription.status = ENABLED;
        }
    }

    /// Takes it off the limits.
    pub(super) fn stop_counting(&mut self, number: u64) {
        let Some(subscription) = self.all.get_mut(&number).filter(|subscription| subscription.counts) else {
            return;
        };
        subscription.counts = false;
        let Some(book) = self.books.get_mut(&owner(subscription)) else { return };
        book.cost = book.cost.saturating_sub(subscription.cost);
        if let Transport::Session(session) = subscription.transport
            && let Some(count) = book.sessions.get_mut(&session)
        {
            *count -= 1;
            if *count == 0 {
                book.sessions.remove(&session);
            }
        }
    }

    /// Takes it off everything.
    pub(super) fn forget(&mut self, number: u64) {
        self.stop_counting(number);
        let Some(subscription) = self.all.remove(&number) else { return };
        for key in keys(&subscription) {
            if let Some(numbers) = self.about.get_mut(&key) {
                numbers.remove(&number);
                if numbers.is_empty() {
                    self.about.remove(&key);
                }
            }
        }
        if let Some(book) = self.books.get_mut(&owner(&subscription)) {
            book.numbers.remove(&number);
        }
        self.ids.remove(&subscription.id);
    }

    /// The numbers of a conduit's subscriptions.
    pub(super) fn of_conduit(&self, client: &str, conduit: &str) -> Vec<u64> {
        let book = self.books.get(&(client.to_owned(), None));
        let numbers = book.into_iter().flat_map(|book| book.numbers.iter().copied());
        let of =
            |number: &u64| matches!(&self.all[number].transport, Transport::Conduit(id) if id == conduit);
        numbers.filter(of).collect()
    }
}

fn keys(subscription: &Subscription) -> impl Iterator<Item = (String, String, String, String)> + '_ {
    let (kind, version) = (subscription.kind, subscription.version);
    let parts = subscription.condition.iter().filter(|(_, value)| !value.is_empty());
    parts.map(move |(part, value)| (kind.to_owned(), version.to_owned(), part.clone(), value.clone()))
}

fn owner(subscription: &Subscription) -> Owner {
    (subscription.client.clone(), subscription.user.clone())
}

impl World {
    fn max_cost(&self, who: &Who) -> u64 {
        if who.user.is_some() { self.settings.max_cost } else { self.settings.app_max_cost }
    }

    pub(super) fn get_subscriptions(&self, ask: &Ask, who: &Who) -> Outcome {
        let filters = ["status", "type", "user_id", "subscription_id", "conduit_id"];
        let said: Vec<_> = filters.iter().filter_map(|&name| Some((name, ask.query.get(name)?))).collect();
        if said.len() > 1 {
            return Err(Answer::refuse(400, "only one filter may be specified"));
        }
        let fits = |subscription: &Subscription| {
            said.iter().all(|&(name, value)| match name {
                "status" => subscription.status == value,
                "type" => subscription.kind == value,
                "subscription_id" => subscription.id == value,
                "conduit_id" => matches!(&subscription.transport, Transport::Conduit(id) if id == value),
                _ => subscription.condition.iter().any(|(p, v)| p.ends_with("user_id") && v == value),
            })
        };
        let book = self.subscriptions.books.get(&(who.client.clone(), who.user.clone()));
        let numbers = book.into_iter().flat_map(|book| &book.numbers);
        let all: Vec<&Subscription> =
            numbers.filter_map(|number| self.subscriptions.get(*number)).filter(|s| fits(s)).collect();
        let (slice, pagination) = page_of(&all, ask, self.settings.page)?;
        let data: Vec<Value> =
            slice.iter().map(|subscription| self.subscription_json(subscription, true)).collect();
        Ok(Answer::ok(json!({
            "data": data,
            "total": all.len(),
            "total_cost": book.map_or(0, |book| book.cost),
            "max_total_cost": self.max_cost(who),
            "pagination": pagination,
        })))
    }

    pub(super) fn delete_subscription(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let number = self.subscriptions.number(required(ask, "id")?);
        let mine = |number: &u64| {
            let found = self.subscriptions.get(*number);
            found.is_some_and(|found| {
                let there = self.settings.delete_dead || found.status == ENABLED;
                there && found.client == who.client && found.user == who.user
            })
        };
        let number = number.filter(mine).ok_or_else(|| Answer::refuse(404, "subscription not found"))?;
        self.leave_session(number);
        self.subscriptions.forget(number);
        Ok(Answer::empty(204))
    }

    /// A subscription is no longer enabled; it counts for a while, and stays listed for longer.
    pub(super) fn disable(&mut self, number: u64, status: &'static str) {
        if self.subscriptions.is_enabled(number) {
            self.end(number, status);
        }
    }

    /// A subscription's callback has not proven itself.
    pub(super) fn end_unverified(&mut self, number: u64, status: &'static str) {
        if self.subscriptions.get(number).is_some_and(|subscription| subscription.status == PENDING) {
            self.end(number, status);
        }
    }

    fn end(&mut self, number: u64, status: &'static str) {
        let Some(subscription) = self.subscriptions.all.get_mut(&number) else { return };
        subscription.status = status;
        self.leave_session(number);
        self.arm(self.settings.dead_count_for, Timer::StopCounting(number));
        self.arm(self.settings.dead_listed_for, Timer::Forget(number));
    }

    fn leave_session(&mut self, number: u64) {
        let transport = self.subscriptions.get(number).map(|subscription| &subscription.transport);
        if let Some(&Transport::Session(key)) = transport
            && let Some(session) = self.sockets.session_mut(key)
        {
            session.subscriptions.remove(&number);
        }
    }

    /// Twitch revokes one subscription, with a status such as `user_removed` or `version_removed`.
    pub fn revoke_subscription(&mut self, now: Time, id: &str, status: &'static str) {
        self.advance(now);
        if let Some(number) = self.subscriptions.number(id) {
            self.revoke_now(number, status);
        }
    }

    /// Everything that rests on this user's permission ends.
    pub(super) fn revoke_subscriptions(&mut self, client: &str, user: &str) {
        let rests = |subscription: &Subscription| {
            let kind = kinds::kind(subscription.kind, subscription.version);
            let by = kind.and_then(|kind| subscription.condition.get(kind.by));
            subscription.client == client
                && (subscription.user.as_deref() == Some(user) || by.is_some_and(|by| by == user))
        };
        let all = self.subscriptions.all.iter();
        let numbers: Vec<u64> = all.filter(|(_, s)| rests(s)).map(|(number, _)| *number).collect();
        for number in numbers {
            self.revoke_now(number, "authorization_revoked");
        }
    }

    pub(super) fn revoke_now(&mut self, number: u64, status: &'static str) {
        if self.subscriptions.get(number).is_some_and(|subscription| subscription.status == ENABLED) {
            self.disable(number, status);
            self.subscriptions.stop_counting(number);
            self.tell_of_revocation(number);
        }
    }

    /// The ids of a user's (or, for none, an app's) enabled subscriptions with type and version, oldest first.
    pub fn enabled(&self, client: &str, user: Option<&str>) -> Vec<(&str, &str, &str)> {
        let book = self.subscriptions.books.get(&(client.to_owned(), user.map(str::to_owned)));
        let numbers = book.into_iter().flat_map(|book| &book.numbers);
        let found = numbers.filter_map(|number| self.subscriptions.get(*number));
        found.filter(|s| s.status == ENABLED).map(|s| (s.id.as_str(), s.kind, s.version)).collect()
    }

    /// A user's subscriptions as Twitch lists them, oldest first.
    pub fn listed(&self, client: &str, user: &str) -> Vec<Value> {
        let book = self.subscriptions.books.get(&(client.to_owned(), Some(user.to_owned())));
        let numbers = book.into_iter().flat_map(|book| &book.numbers);
        let found = numbers.filter_map(|number| self.subscriptions.get(*number));
        found.map(|subscription| self.subscription_json(subscription, true)).collect()
    }

    pub(super) fn subscription_json(&self, subscription: &Subscription, in_list: bool) -> Value {
        let transport = match &subscription.transport {
            Transport::Session(key) => {
                let session = self.sockets.session(*key);
                let mut said = json!({"method": "websocket", "session_id": session.map(|s| &s.id)});
                if let Some(session) = session.filter(|_| in_list) {
                    said["connected_at"] = json!(session.connected);
                    if let Some(disconnected) = &session.disconnected {
                        said["disconnected_at"] = json!(disconnected);
                    }
                }
                said
            }
            Transport::Conduit(id) => json!({"method": "conduit", "conduit_id": id}),
            Transport::Webhook(callback) => json!({"method": "webhook", "callback": callback.url}),
        };
        json!({
            "id": subscription.id,
            "status": subscription.status,
            "type": subscription.kind,
            "version": subscription.version,
            "condition": subscription.condition,
            "created_at": subscription.created,
            "transport": transport,
            "cost": subscription.cost,
        })
    }
}
