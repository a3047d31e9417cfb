//! What must be true when nothing is under way any more and nothing misbehaves.

use super::Harness;
use crate::world::{Happening, PeerId, Rule};
use std::collections::BTreeSet;
use std::time::Duration;
use twitchwire::eventsub::{Gap, Subject, Subscription, SubscriptionState, Wished, fixes};
use twitchwire::id::{SessionId, SubscriptionId, UserId};
use twitchwire::{Time, Want};

impl Harness {
    /// Checks what holds at rest: every wish is held and nothing else, and every event that a wish asked for was delivered
    /// or lies in a gap. `client_id` is the app, `users` the user of each client.
    pub fn check_at_rest(&mut self, client_id: &str, users: &[String]) {
        let mut failures = Vec::new();
        for (number, user) in users.iter().enumerate() {
            failures.extend(self.unsettled(number, client_id, user));
            failures.extend(self.missing(number));
        }
        // A new process cannot know what its predecessor was told.
        let restarted =
            |at: Time| self.restarts.iter().any(|restart| at.since(*restart) < Duration::from_secs(60));
        for violation in self.world.violations() {
            // Nor can another process of the same user, or see what that one has renewed when the store fails.
            let alone = users.iter().collect::<BTreeSet<_>>().len() == users.len();
            let excused = match violation.rule {
                Rule::CalledAfter429 => restarted(violation.at) || !alone,
                Rule::RefreshedWithoutNeed => !alone && self.watch.has_store_failed(),
                _ => false,
            };
            if excused {
                continue;
            }
            failures.push(format!("rule broken: {violation}"));
        }
        for failure in failures {
            self.fail(failure);
        }
    }

    /// What Twitch holds for a client, what is open, and what the client says of it, against what it wants.
    fn unsettled(&self, number: usize, client_id: &str, user: &str) -> Vec<String> {
        let node = self.node(number);
        let name = UserId::from(user);
        // Whatever goes wrong here passes.
        let refused = node.wishes.values().filter(|wish| wish.refused);
        let mut failures: Vec<String> =
            refused.map(|wish| format!("client {number} has given up {:?}", wish.wanted)).collect();
        let wishes = node.wishes.values().filter(|wish| !wish.refused);
        let wanted: Vec<Want> = wishes.clone().map(|wish| wish.wanted.want()).collect();
        let listed = self.world.listed(client_id, user).into_iter();
        let held = listed.map(|said| serde_json::from_value(said).unwrap());
        let ours = |peer| self.peers.get(&peer).is_some_and(|peer| peer.node == number);
        let (links, others): (Vec<_>, Vec<_>) = self.world.open_sockets().partition(|(peer, _)| ours(*peer));
        let session = |(_, session): (PeerId, &str)| SessionId::from(session);
        let links: Vec<SessionId> = links.into_iter().map(session).collect();
        let others: BTreeSet<SessionId> = others.into_iter().map(session).collect();
        // Another process of the same user has its own.
        let is_ours = |held: &Subscription| held.live_session().is_none_or(|on| !others.contains(on));
        let held: Vec<Subscription> = held.filter(is_ours).collect();
        let fixes = fixes(
            wanted.iter().map(|want| (&name, want.subject())),
            held.iter().map(|held| (&name, held)),
            links.iter().map(|session| (&name, session)),
        );
        failures.extend(fixes.into_iter().map(|fix| format!("client {number} is not settled: {fix:?}")));
        let enabled: BTreeSet<(Subject, &SubscriptionId)> = held
            .iter()
            .filter(|held| held.live_session().is_some())
            .map(|held| (Subject::of(held), &held.id))
            .collect();
        let mut said = BTreeSet::new();
        let listed: Vec<Wished> = node.client.subscriptions().collect();
        for wished in &listed {
            match &wished.state {
                SubscriptionState::Enabled { id, .. } => drop(said.insert((wished.subject.clone(), id))),
                SubscriptionState::Refused { .. } => {}
                _ => failures.push(format!("client {number} is stuck: {wished:?}")),
            }
        }
        if said != enabled {
            failures.push(format!("client {number} says {said:?}, Twitch has {enabled:?}"));
        }
        for wish in wishes {
            if let Some((_, gap)) = wish.gaps.iter().find(|(_, gap)| gap.to.is_none()) {
                failures.push(format!("client {number} told of no end of {gap:?}"));
            }
        }
        failures
    }

    /// Events that a wish asked for, and that neither came nor lie in a gap.
    fn missing(&self, number: usize) -> Vec<String> {
        let node = self.node(number);
        let mut delivered: BTreeSet<usize> = BTreeSet::new();
        for sent in self.world.events() {
            if node.delivered.contains(&sent.message_id) || node.delivered_before.contains(&sent.message_id) {
                delivered.insert(sent.happening);
            }
        }
        let mut missing = Vec::new();
        for wish in node.wishes.values() {
            let Some(since) = wish.held_since else { continue };
            for (index, happening) in self.world.happenings().iter().enumerate() {
                let asked = happening.at >= since && wish.wanted.matches(&happening.kind, &happening.about);
                if asked && !delivered.contains(&index) && !self.covered(&wish.gaps, happening) {
                    missing.push(format!(
                        "client {number} missed {} at {:?} ({}); gaps {:?}",
                        happening.kind, happening.at, happening.when, wish.gaps
                    ));
                }
            }
        }
        missing
    }

    pub(super) fn covered(&self, gaps: &[(u32, Gap)], happening: &Happening) -> bool {
        gaps.iter().any(|(_, gap)| {
            gap.from.is_none_or(|from| from <= happening.when) && gap.to.is_none_or(|to| happening.when <= to)
        })
    }

    /// The secrets of the world that stand in the trace.
    pub fn leaked(&self) -> Vec<String> {
        let all: String = self.trace().collect();
        let secrets: Vec<&str> =
            self.world.secrets().filter(|secret| secret.len() > 5 && all.contains(secret)).collect();
        self.trace()
            .filter(|line| secrets.iter().any(|secret| line.contains(secret)))
            .map(str::to_owned)
            .collect()
    }
}
