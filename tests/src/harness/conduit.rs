//! Conduits in the harness: who may assign which shard, and what must hold at rest.

use super::Harness;
use bytes::Bytes;
use http::{Method, Request};
use std::collections::{BTreeMap, BTreeSet};
use twitchwire::Time;
use twitchwire::eventsub::{GapScope, ShardChoice, ShardState};

use super::Wanted;
use crate::world::Route;

impl Harness {
    /// A client assigns no shards but its own.
    pub(super) fn check_assignment(&mut self, node: usize, request: &Request<Bytes>) {
        if *request.method() != Method::PATCH || !request.uri().path().ends_with("/eventsub/conduits/shards")
        {
            return;
        }
        let Some(config) = &self.nodes[node].config.conduit else { return };
        let ShardChoice::Part { part, .. } = &config.shards else { return };
        let ids = part.ids();
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap_or_default();
        for shard in body["shards"].as_array().into_iter().flatten() {
            let id = shard["id"].as_str().and_then(|id| id.parse().ok());
            if id.is_none_or(|id| !ids.contains(&id)) {
                self.fail(format!("client {node} assigns {}, and has {ids:?}", shard["id"]));
            }
        }
    }

    /// Gives the conduit another number of shards.
    pub fn scale(&mut self, number: usize, shard_count: u32, opening: bool) {
        self.note(|| format!("client {number} scales to {shard_count}, opening: {opening}"));
        self.with(number, |client, now| client.scale_conduit(now, shard_count, opening));
    }

    /// Gives the conduit another number of shards by the rule for clients that share it: the next order comes when the last
    /// is carried out, to one client, or to all of them if each is to open its own.
    pub fn scale_shared(&mut self, number: usize, shard_count: u32, opening: bool) {
        let sizes: BTreeSet<Option<u32>> = self
            .nodes
            .iter()
            .map(|node| node.client.conduit().and_then(|conduit| conduit.shard_count()))
            .collect();
        let done = |node: &super::Node| node.client.conduit().is_some_and(|conduit| conduit.is_complete());
        if sizes.len() > 1 || !self.nodes.iter().all(done) {
            return self.note(|| "a client is not there yet: nothing is scaled".into());
        }
        let grows = sizes.first().is_some_and(|size| *size < Some(shard_count));
        if opening && grows {
            (0..self.nodes.len()).for_each(|number| self.scale(number, shard_count, true));
        } else {
            self.scale(number, shard_count, opening);
        }
    }

    /// Gives the conduit another number of shards, whatever other clients do about it at the time.
    pub fn scale_at_odds(&mut self, number: usize, shard_count: u32, opening: bool) {
        self.at_odds = true;
        self.scale(number, shard_count, opening);
    }

    /// Gives a shard of a client's another session.
    pub fn restart_shard(&mut self, number: usize, shard: u32) {
        self.note(|| format!("client {number} restarts shard {shard}"));
        self.with(number, |client, now| client.restart_shard(now, shard));
    }

    /// Checks what holds at rest: there is one conduit, all its shards are enabled with the sessions of those whose they
    /// are, every wish is held, and every event was delivered to somebody or lies in a gap.
    pub fn check_conduit_at_rest(&mut self, client_id: &str) {
        let mut failures = Vec::new();
        let conduits = self.world.conduits(client_id);
        let [(conduit, shard_count)] = conduits.as_slice() else {
            return self.fail(format!("there is not one conduit, but {conduits:?}"));
        };
        let enabled = self.world.enabled_shards(conduit);
        let mut sessions = BTreeMap::new();
        let made: BTreeSet<&str> =
            self.world.enabled(client_id, None).into_iter().map(|(id, _, _)| id).collect();
        for (number, node) in self.nodes.iter().enumerate() {
            let Some(ours) = node.client.conduit() else { continue };
            if ours.id().is_none_or(|id| id != conduit.as_str()) || ours.shard_count() != Some(*shard_count) {
                failures.push(format!(
                    "client {number} has conduit {:?} with {:?} shards, there is {conduits:?}",
                    ours.id(),
                    ours.shard_count()
                ));
            }
            for shard in ours.shards() {
                if shard.state != ShardState::Enabled {
                    failures.push(format!("client {number} has a shard that is not enabled: {shard:?}"));
                }
                if let Some(session) = shard.session {
                    sessions.insert(shard.shard, session.to_string());
                }
            }
            let progress = ours.progress();
            if progress.held != progress.wanted {
                failures.push(format!("client {number}: {progress}, {} missing", progress.missing()));
            }
            let lost = ours.held().filter(|(_, id)| !made.contains(id.as_str())).count();
            if lost > 0 {
                failures.push(format!("client {number} holds {lost} subscriptions that Twitch does not"));
            }
        }
        if sessions != enabled {
            failures.push(format!("the clients have sessions {sessions:?}, Twitch has {enabled:?}"));
        }
        if enabled.len() != *shard_count as usize {
            failures.push(format!("{} of {shard_count} shards are enabled", enabled.len()));
        }
        failures.extend(self.world.violations().iter().map(|violation| format!("rule broken: {violation}")));
        failures.extend(self.missing_on_conduit());
        for failure in failures {
            self.fail(failure);
        }
    }

    /// Events that nobody got, and that lie in nobody's gap.
    pub fn missing_on_conduit(&self) -> Vec<String> {
        // Since when each channel's subscription is known to exist.
        let mut since: BTreeMap<&str, Time> = BTreeMap::new();
        for wish in self.nodes.iter().flat_map(|node| node.wishes.values()) {
            if let (Wanted::OnlineByConduit(channel), Some(held)) = (&wish.wanted, wish.held_since) {
                let at = since.entry(channel).or_insert(held);
                *at = held.min(*at);
            }
        }
        // Before a client's shards are there for the first time, nobody can say what is sent to them.
        let complete = self.nodes.iter().map(|node| node.complete).max().flatten();
        let all = self.nodes.iter().all(|node| node.complete.is_some());
        let Some(complete) = complete.filter(|_| all) else { return Vec::new() };
        let mut delivered = BTreeSet::new();
        let mut routes: BTreeMap<usize, Option<u32>> = BTreeMap::new();
        for sent in self.world.events() {
            let got = |ids: &BTreeSet<String>| ids.contains(&sent.message_id);
            if self.nodes.iter().any(|node| got(&node.delivered) || got(&node.delivered_before)) {
                delivered.insert(sent.happening);
            }
            if let Route::Conduit { shard, .. } = sent.route {
                routes.insert(sent.happening, shard);
            }
        }
        let mut missing = Vec::new();
        for (index, happening) in self.world.happenings().iter().enumerate() {
            let channel = happening.about.get("broadcaster_user_id").map_or("", String::as_str);
            let asked = happening.kind == "stream.online"
                && happening.at >= complete
                && since.get(channel).is_some_and(|since| happening.at >= *since);
            if !asked || delivered.contains(&index) {
                continue;
            }
            let route = routes.get(&index).copied().flatten();
            let covered = self.nodes.iter().any(|node| {
                let on_conduit = node.conduit_gaps.iter().any(|gap| {
                    let scope = match gap.1.scope {
                        GapScope::Shard(shard) => route == Some(shard),
                        _ => true,
                    };
                    scope && self.covered(std::slice::from_ref(gap), happening)
                });
                let of_wish = node.wishes.values().any(|wish| {
                    wish.wanted.matches(&happening.kind, &happening.about)
                        && self.covered(&wish.gaps, happening)
                });
                on_conduit || of_wish
            });
            if !covered {
                missing.push(format!(
                    "nobody heard that {channel} is online at {:?} ({}), sent to shard {route:?}",
                    happening.at, happening.when
                ));
            }
        }
        missing
    }
}
