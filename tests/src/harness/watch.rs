//! What must hold at every step, seen from what a client sends and says: tokens are written down before they are used, links
//! are given up for a reason, refusals are believed, and nothing is asked for that is there.

use super::Harness;
use bytes::Bytes;
use http::{Method, Request, Response, header};
use std::collections::{BTreeMap, BTreeSet};
use twitchwire::auth::TokenRecord;
use twitchwire::auth::store::{Store, StoreOp, Stored};
use twitchwire::eventsub::{ConduitNotice, Gap, GapScope, LostWhy, ShardNews};
use twitchwire::helix::TooMany;
use twitchwire::{CallError, CallId, Notice, Reply, SessionNotice};

/// What was seen of all clients.
#[derive(Default)]
pub(super) struct Watch {
    /// User tokens that were written down.
    stored: BTreeSet<String>,
    /// Clients whose store has failed: a token is used from memory if that lasts.
    store_failed: BTreeSet<usize>,
    /// What Twitch has said to a client that assigned a session to a shard, since the client told of that session: of two
    /// requests under way one may be granted, and the other refused without harm.
    assigned: BTreeMap<(usize, u32, String), bool>,
    /// The session with which each client has said that a shard of its own is enabled.
    enabled: BTreeMap<(usize, u32), String>,
}

impl Watch {
    fn write_down(&mut self, record: &TokenRecord) {
        let record = serde_json::to_value(record).unwrap_or_default();
        self.stored.extend(record["access"].as_str().map(str::to_owned));
    }

    /// Whether the store of any client has failed.
    pub(super) fn has_store_failed(&self) -> bool {
        !self.store_failed.is_empty()
    }
}

impl Harness {
    /// A client's process starts: what its store holds is written down.
    pub(super) fn watch_start(&mut self, node: usize) {
        if let Ok(Stored::Loaded(records)) = self.nodes[node].store.run(StoreOp::Load) {
            records.iter().for_each(|(record, _)| self.watch.write_down(record));
        }
    }

    /// A store operation is carried out.
    pub(super) fn watch_store(&mut self, op: &StoreOp) {
        if let StoreOp::Swap { record: Some(record), .. } = op {
            self.watch.write_down(record);
        }
    }

    /// A store operation fails.
    pub(super) fn watch_store_failure(&mut self, node: usize) {
        self.watch.store_failed.insert(node);
    }

    /// A client sends a request.
    pub(super) fn watch_request(&mut self, node: usize, request: &Request<Bytes>) {
        let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if !self.watch.store_failed.contains(&node)
            && request.uri().path().starts_with("/helix")
            && let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer "))
            && self.world.is_user_token(token)
            && !self.watch.stored.contains(token)
        {
            self.fail(format!("client {node} uses a token that was not written down"));
        }
        let conduit = self.nodes[node].client.conduit().and_then(|conduit| conduit.id());
        let conduit = conduit.map(ToString::to_string);
        for Assignment { conduit: of, shard, session } in assignments(request) {
            // What was asked for a conduit that is gone meanwhile is asked again if it was not sent.
            if conduit != Some(of) {
                continue;
            }
            // A list that is short of a shard lets the client make sure.
            let lists = self.world.faults.odd_page == 0.0;
            let has = self.watch.enabled.get(&(node, shard)) == Some(&session);
            if lists && has && self.world.carries(&session) {
                self.fail(format!("client {node} assigns shard {shard} the session that it has"));
            }
            // It moves the shard elsewhere: from now on it may make sure.
            if !has {
                self.watch.enabled.remove(&(node, shard));
            }
        }
    }

    /// Twitch answers a client's request.
    pub(super) fn watch_answer(&mut self, node: usize, request: &Request<Bytes>, answer: &Response<Bytes>) {
        let assignments = assignments(request);
        if assignments.is_empty() || !answer.status().is_success() {
            return;
        }
        let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let errors = body["errors"].as_array().into_iter().flatten();
        let refused: BTreeSet<u32> = errors.filter_map(|error| error["id"].as_str()?.parse().ok()).collect();
        for Assignment { shard, session, .. } in assignments {
            let granted = self.watch.assigned.entry((node, shard, session)).or_default();
            *granted |= !refused.contains(&shard);
        }
    }

    /// A client tells something.
    pub(super) fn watch_notice(&mut self, node: usize, notice: &Notice) {
        let silence = match notice {
            Notice::Session(SessionNotice::Lost { why, .. })
            | Notice::Conduit(ConduitNotice::Shard { news: ShardNews::Lost(why), .. }) => {
                *why == LostWhy::Silence
            }
            _ => false,
        };
        if silence && !self.nodes[node].may_hear_nothing {
            self.fail(format!("client {node} gives up a link that was never silent"));
        }
        match notice {
            Notice::Conduit(ConduitNotice::Chosen { .. }) => self.watch_anew(node),
            // A shard that comes back with the room for it is assigned again.
            Notice::Conduit(ConduitNotice::Scaled { shard_count }) => {
                self.watch.enabled.retain(|(of, shard), _| *of != node || shard < shard_count);
            }
            _ => {}
        }
        // After a handover that went wrong, it may make sure.
        match notice {
            Notice::Gap(Gap { scope: GapScope::Shard(shard), .. }) => {
                self.watch.enabled.remove(&(node, *shard));
            }
            Notice::Gap(Gap { scope: GapScope::Conduit, .. }) => {
                self.watch.enabled.retain(|(of, _), _| *of != node);
            }
            _ => {}
        }
        if let Notice::Conduit(ConduitNotice::Shard { shard, news }) = notice {
            match news {
                ShardNews::Enabled { session } => {
                    let session = session.to_string();
                    let granted = self.watch.assigned.remove(&(node, *shard, session.clone()));
                    if granted == Some(false) {
                        self.fail(format!(
                            "client {node} takes shard {shard} for enabled, which was refused"
                        ));
                    }
                    self.watch.enabled.insert((node, *shard), session);
                }
                ShardNews::Lost(_) => drop(self.watch.enabled.remove(&(node, *shard))),
                _ => {}
            }
        }
    }

    /// A client's process ends, or its conduit is another.
    pub(super) fn watch_anew(&mut self, node: usize) {
        self.watch.enabled.retain(|(of, _), _| *of != node);
    }

    /// A call of a client ends.
    pub(super) fn watch_reply(&mut self, node: usize, call: CallId, reply: &Reply) {
        if let Err(CallError::Refused(refusal)) = reply.clone().answer(call)
            && refusal.too_many == Some(TooMany::Requests)
        {
            self.fail(format!("client {node} does not wait for the rate limit: {refusal:?}"));
        }
    }
}

/// A shard that is to have a session.
struct Assignment {
    conduit: String,
    shard: u32,
    session: String,
}

/// The sessions that a request assigns to shards.
fn assignments(request: &Request<Bytes>) -> Vec<Assignment> {
    if *request.method() != Method::PATCH || !request.uri().path().ends_with("/eventsub/conduits/shards") {
        return Vec::new();
    }
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let assignment = |shard: &serde_json::Value| {
        Some(Assignment {
            conduit: body["conduit_id"].as_str()?.to_owned(),
            shard: shard["id"].as_str()?.parse().ok()?,
            session: shard["transport"]["session_id"].as_str()?.to_owned(),
        })
    };
    body["shards"].as_array().into_iter().flatten().filter_map(assignment).collect()
}
