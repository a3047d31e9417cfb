//! From something that happens to the frames and posts that tell of it: one notification for each enabled subscription that matches.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use twitchwire::Time;

use super::answer::empty_to_null;
use super::conduits::Carrier;
use super::ledger::{Happening, Route, Sent};
use super::subscriptions::Transport;
use super::webhooks::{About, Callback, Of};
use super::{PeerId, Timer, World};

/// The order in which Twitch writes what is about a message, and a subscription.
const METADATA: [&str; 5] =
    ["message_id", "message_type", "message_timestamp", "subscription_type", "subscription_version"];
const SUBSCRIPTION: [&str; 8] =
    ["id", "status", "type", "version", "cost", "condition", "transport", "created_at"];

/// These members of an object, in this order.
fn in_order(said: &Value, names: &[&str]) -> String {
    let members: Vec<String> = names.iter().map(|name| format!(r#""{name}":{}"#, said[name])).collect();
    format!("{{{}}}", members.join(","))
}

/// The way that a message goes.
enum Way {
    /// To the session of this number.
    Socket(u64),
    Post(Of, Callback),
    /// To nobody: no shard is alive.
    Nowhere,
}

impl Way {
    fn of_shard(conduit: &str, shard: u32, carrier: Carrier) -> Self {
        match carrier {
            Carrier::Session(key) => Way::Socket(key),
            Carrier::Webhook(callback) => Way::Post(Of::Shard(conduit.to_owned(), shard), callback),
        }
    }
}

impl World {
    /// Something happens: an event of this type and version for every enabled subscription whose condition says nothing else
    /// than `about`. Returns its index in [`World::happenings`].
    pub fn emit(
        &mut self,
        now: Time,
        kind: &str,
        version: &str,
        about: &[(&str, &str)],
        event: Value,
    ) -> usize {
        self.advance(now);
        self.emit_now(kind, version, about, event)
    }

    pub(super) fn emit_now(
        &mut self,
        kind: &str,
        version: &str,
        about: &[(&str, &str)],
        event: Value,
    ) -> usize {
        let about: BTreeMap<String, String> =
            about.iter().map(|&(part, value)| (part.to_owned(), value.to_owned())).collect();
        let happening = self.ledger.happenings.len();
        let matching = self.subscriptions.matching(kind, version, &about);
        self.ledger.happenings.push(Happening {
            at: self.now,
            when: self.wall(self.now),
            kind: kind.to_owned(),
            version: version.to_owned(),
            about,
            event,
        });
        for number in matching {
            self.notify(number, happening);
        }
        happening
    }

    fn notify(&mut self, number: u64, happening: usize) {
        let message_id = self.rng.uuid();
        let Some(subscription) = self.subscriptions.get(number) else { return };
        let (client, user) = (subscription.client.clone(), subscription.user.clone());
        let (id, kind, version) =
            (subscription.id.clone(), subscription.kind.to_owned(), subscription.version.to_owned());
        let balanced_by = subscription.balanced_by().to_owned();
        let (route, way) = match subscription.transport.clone() {
            Transport::Session(key) => {
                let id = self.sockets.session(key).map(|session| session.id.clone());
                (Route::Session(id.unwrap_or_default()), Way::Socket(key))
            }
            Transport::Conduit(conduit) => {
                let found = self.shard_for(&conduit, &balanced_by);
                let shard = found.as_ref().map(|(shard, _)| *shard);
                let way =
                    found.map_or(Way::Nowhere, |(shard, carrier)| Way::of_shard(&conduit, shard, carrier));
                (Route::Conduit { conduit, shard }, way)
            }
            Transport::Webhook(callback) => (Route::Webhook, Way::Post(Of::Subscription(number), callback)),
        };
        let payload = self.payload(number, happening);
        let (session, frame) = match way {
            Way::Socket(key) => (Some(key), self.notification(number, &message_id, payload)),
            Way::Post(of, callback) => {
                let of_kind = (kind.clone(), version.clone());
                self.post_to(of, About::Notification, callback, message_id.clone(), of_kind, payload.into());
                (None, Bytes::new())
            }
            Way::Nowhere => (None, Bytes::new()),
        };
        let peers = session.map(|key| self.peers_for(key)).unwrap_or_default();
        let sent = self.ledger.forgotten + self.ledger.sent.len();
        self.ledger.sent.push(Sent {
            at: self.now,
            when: self.wall(self.now),
            happening,
            message_id,
            subscription: id,
            kind,
            version,
            client,
            user,
            route,
            peers: peers.clone(),
        });
        for peer in peers {
            self.odd_frames(peer, "notification");
            self.write(peer, frame.clone());
            if self.rng.chance(self.faults.drop_after_event) {
                let after = Duration::from_millis(self.rng.below(1000));
                self.arm(after, Timer::Drop(peer));
            }
        }
        if let Some(session) = session
            && self.rng.chance(self.faults.duplicate)
        {
            let after = Duration::from_millis(self.rng.below(5000));
            self.arm(after, Timer::Resend { sent, session, frame });
        }
    }

    /// What a notification carries, however it goes.
    fn payload(&mut self, number: u64, happening: usize) -> String {
        let Some(Happening { event, .. }) = self.ledger.happenings.get(happening) else {
            return String::new();
        };
        let mut event = Cow::Borrowed(event);
        if self.rng.chance(self.faults.novelty) && event.is_object() {
            let event = event.to_mut();
            event["sim_novelty"] = json!({"level": 3, "words": ["new", null]});
            for part in ["message_type", "type"] {
                if event[part].is_string() {
                    event[part] = json!("sim_novelty");
                }
            }
        }
        if self.rng.chance(self.faults.nulls) {
            empty_to_null(event.to_mut());
        }
        let Some(subscription) = self.subscriptions.get(number) else { return String::new() };
        let subscription = in_order(&self.subscription_json(subscription, false), &SUBSCRIPTION);
        // Several events together have a name of their own.
        let events = if event.is_array() { "events" } else { "event" };
        format!(r#"{{"subscription":{subscription},"{events}":{event}}}"#)
    }

    fn notification(&mut self, number: u64, message_id: &str, payload: String) -> Bytes {
        let stamp = self.message_stamp();
        let Some(subscription) = self.subscriptions.get(number) else { return Bytes::new() };
        let metadata = json!({
            "message_id": message_id,
            "message_type": "notification",
            "message_timestamp": stamp,
            "subscription_type": subscription.kind,
            "subscription_version": subscription.version,
        });
        let metadata = in_order(&metadata, &METADATA);
        format!(r#"{{"metadata":{metadata},"payload":{payload}}}"#).into()
    }

    /// Sends a notification again, to wherever its session is now.
    pub(super) fn resend(&mut self, sent: usize, session: u64, frame: Bytes) {
        for peer in self.peers_for(session) {
            self.write(peer, frame.clone());
            if let Some(sent) = self.sent_mut(sent) {
                sent.peers.push(peer);
            }
        }
    }

    /// Sends the latest notification of every open session once more, with the same message id.
    pub fn repeat_latest(&mut self, now: Time) {
        self.advance(now);
        let mut latest: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, sent) in self.ledger.sent.iter().enumerate() {
            if let Route::Session(id) = &sent.route {
                latest.insert(id, index);
            }
        }
        let latest: Vec<(String, usize)> =
            latest.into_iter().map(|(id, index)| (id.to_owned(), index)).collect();
        for (session, index) in latest {
            let (Some(key), Some(sent)) = (self.sockets.alive(&session), self.ledger.sent.get(index)) else {
                continue;
            };
            let Some(number) = self.subscriptions.number(&sent.subscription) else { continue };
            let (happening, message_id) = (sent.happening, sent.message_id.clone());
            let payload = self.payload(number, happening);
            let frame = self.notification(number, &message_id, payload);
            self.resend(self.ledger.forgotten + index, key, frame);
        }
    }

    /// Tells a subscription's owner that it was revoked.
    pub(super) fn tell_of_revocation(&mut self, number: u64) {
        let Some(subscription) = self.subscriptions.get(number) else { return };
        let balanced_by = subscription.balanced_by().to_owned();
        let way = match subscription.transport.clone() {
            Transport::Session(key) => Way::Socket(key),
            Transport::Conduit(conduit) => {
                let found = self.shard_for(&conduit, &balanced_by);
                found.map_or(Way::Nowhere, |(shard, carrier)| Way::of_shard(&conduit, shard, carrier))
            }
            Transport::Webhook(callback) => Way::Post(Of::Subscription(number), callback),
        };
        let message_id = self.rng.uuid();
        let Some(subscription) = self.subscriptions.get(number) else { return };
        let payload = json!({"subscription": self.subscription_json(subscription, false)});
        let session = match way {
            Way::Socket(key) => key,
            Way::Post(of, callback) => {
                let kind = (subscription.kind.to_owned(), subscription.version.to_owned());
                return self.post_to(
                    of,
                    About::Revocation,
                    callback,
                    message_id,
                    kind,
                    payload.to_string().into(),
                );
            }
            Way::Nowhere => return,
        };
        let message = json!({
            "metadata": {
                "message_id": message_id,
                "message_type": "revocation",
                "message_timestamp": self.stamp(),
                "subscription_type": subscription.kind,
                "subscription_version": subscription.version,
            },
            "payload": payload,
        });
        let frame = Bytes::from(message.to_string());
        for peer in self.peers_for(session) {
            self.write(peer, frame.clone());
        }
    }

    /// What a socket hears now and then before a message, if the faults say so.
    pub(super) fn odd_frames(&mut self, peer: PeerId, before: &str) {
        // The first message of a socket is its welcome; nothing odd was ever seen before it.
        if before == "session_welcome" {
            return;
        }
        if self.rng.chance(self.faults.malformed) {
            const MALFORMED: [&str; 5] = [
                "Hello",
                r#"{"metadata":{"message_id":"#,
                "{}",
                r#"{"metadata":{"message_type":"notification"},"payload":{}}"#,
                "[1,2,3]",
            ];
            let which = self.rng.below(MALFORMED.len() as u64) as usize;
            self.write(peer, Bytes::from_static(MALFORMED[which].as_bytes()));
        }
        let id = self.rng.draw_uuid();
        if self.rng.chance(self.faults.unknown_message) {
            let (id, stamp) = (id.to_string(), self.stamp());
            let metadata =
                json!({"message_id": id, "message_type": "session_novelty", "message_timestamp": stamp});
            let message = json!({"metadata": metadata, "payload": {"session": {"mood": "fine"}}});
            self.write(peer, message.to_string().into());
        }
        let id = self.rng.draw_uuid();
        if self.rng.chance(self.faults.unknown_event) {
            let (id, stamp) = (id.to_string(), self.stamp());
            let message = json!({
                "metadata": {
                    "message_id": id,
                    "message_type": "notification",
                    "message_timestamp": stamp,
                    "subscription_type": "channel.novelty",
                    "subscription_version": "beta",
                },
                "payload": {
                    "subscription": {
                        "id": self.rng.uuid(),
                        "status": "enabled",
                        "type": "channel.novelty",
                        "version": "beta",
                        "cost": 0,
                        "condition": {"planet_id": "3"},
                        "transport": {"method": "telepathy"},
                        "created_at": stamp,
                    },
                    "event": {"anything": [1, "goes"]},
                },
            });
            self.write(peer, message.to_string().into());
        }
    }
}
