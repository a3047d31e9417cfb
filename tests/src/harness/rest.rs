//! What must be true when nothing is under way any more and nothing misbehaves.

use super::Harness;
use crate::world::{Happening, Rule};
use std::collections::BTreeSet;
use std::time::Duration;
use twitchwire::Time;
use twitchwire::eventsub::Gap;

impl Harness {
    /// Checks what holds at rest: every wish is held and nothing else, and every event that a wish asked for was delivered
    /// or lies in a gap. `client_id` is the app, `users` the user of each client.
    pub fn check_at_rest(&mut self, client_id: &str, users: &[String]) {
        let mut failures = Vec::new();
        for (number, user) in users.iter().enumerate() {
            let node = self.node(number);
            let wanted = node.wishes.values().filter(|wish| !wish.refused).count();
            let held: BTreeSet<String> = node.client.plan().held().map(|(_, id)| id.to_string()).collect();
            let enabled: BTreeSet<String> = self
                .world
                .enabled(client_id, Some(user))
                .into_iter()
                .map(|(id, _, _)| id.to_owned())
                .collect();
            if held.len() != wanted {
                let stuck: Vec<_> = node
                    .wishes
                    .values()
                    .filter(|wish| wish.blocked.is_some() || wish.held_since.is_none())
                    .map(|wish| (&wish.wanted, &wish.blocked))
                    .collect();
                failures.push(format!("client {number} wants {wanted}, holds {}: {stuck:?}", held.len()));
            }
            if held != enabled {
                failures.push(format!("client {number} holds {held:?}, Twitch has {enabled:?}"));
            }
            failures.extend(self.missing(number));
        }
        // A new process cannot know what its predecessor was told.
        let restarted =
            |at: Time| self.restarts.iter().any(|restart| at.since(*restart) < Duration::from_secs(60));
        for violation in self.world.violations() {
            if violation.rule == Rule::CalledAfter429 && restarted(violation.at) {
                continue;
            }
            failures.push(format!("rule broken: {violation}"));
        }
        for failure in failures {
            self.fail(failure);
        }
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

    pub(super) fn covered(&self, gaps: &[Gap], happening: &Happening) -> bool {
        gaps.iter().any(|gap| {
            gap.from.is_none_or(|from| from <= happening.when) && gap.to.is_none_or(|to| happening.when <= to)
        })
    }

    /// The secrets of the world that stand in the trace.
    pub fn leaked(&self) -> Vec<String> {
        let secrets: Vec<&str> = self.world.secrets().filter(|secret| secret.len() > 5).collect();
        self.trace()
            .filter(|line| secrets.iter().any(|secret| line.contains(secret)))
            .map(str::to_owned)
            .collect()
    }
}
