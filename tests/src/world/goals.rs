//! Goals of a broadcaster: they begin by hand, go on by themselves, and end by hand.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;

/// What a goal counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalKind {
    /// Followers.
    Followers,
    /// Subscriber points: more for the higher tiers.
    SubscriptionPoints,
    /// Subscriptions.
    Subscriptions,
    /// Subscriptions since the goal began.
    NewSubscriptions,
}

impl GoalKind {
    /// As Helix writes it.
    fn in_helix(self) -> &'static str {
        match self {
            GoalKind::Followers => "follower",
            GoalKind::SubscriptionPoints => "subscription",
            GoalKind::Subscriptions => "subscription_count",
            GoalKind::NewSubscriptions => "new_subscription_count",
        }
    }

    /// As EventSub writes it.
    fn in_events(self) -> &'static str {
        match self {
            GoalKind::Followers => "follow",
            other => other.in_helix(),
        }
    }
}

struct Goal {
    id: String,
    kind: GoalKind,
    description: String,
    current: u64,
    target: u64,
    created: Timestamp,
}

/// Each broadcaster's goals, oldest first.
#[derive(Default)]
pub(super) struct Goals(BTreeMap<String, Vec<Goal>>);

impl World {
    /// A broadcaster sets a goal; returns its id. Follows and subscriptions bring it forward.
    pub fn goal(
        &mut self,
        now: Time,
        channel: &str,
        kind: GoalKind,
        target: u64,
        description: &str,
    ) -> String {
        self.advance(now);
        let id = self.rng.uuid();
        let goal = Goal {
            id: id.clone(),
            kind,
            description: description.to_owned(),
            current: self.counted(channel, kind),
            target,
            created: self.wall(self.now),
        };
        let event = self.goal_event(channel, &goal);
        self.goals.0.entry(channel.to_owned()).or_default().push(goal);
        self.emit_now("channel.goal.begin", "1", &[("broadcaster_user_id", channel)], event);
        id
    }

    /// A broadcaster ends a goal, named by id or description, reached or not.
    pub fn end_goal(&mut self, now: Time, channel: &str, goal: &str) {
        self.advance(now);
        let Some(goals) = self.goals.0.get_mut(channel) else { return };
        let Some(at) = goals.iter().position(|g| g.id == goal || g.description == goal) else { return };
        let goal = goals.remove(at);
        let mut event = self.goal_event(channel, &goal);
        event["is_achieved"] = json!(goal.current >= goal.target);
        event["ended_at"] = json!(self.wall(self.now).to_string());
        self.emit_now("channel.goal.end", "1", &[("broadcaster_user_id", channel)], event);
    }

    /// The number of followers has changed.
    pub(super) fn progress_follower_goals(&mut self, channel: &str) {
        self.progress_goals(channel, |kind| kind == GoalKind::Followers, 0);
    }

    /// The subscribers have changed; so many are new.
    pub(super) fn progress_subscription_goals(&mut self, channel: &str, new: u64) {
        self.progress_goals(channel, |kind| kind != GoalKind::Followers, new);
    }

    fn progress_goals(&mut self, channel: &str, concerned: impl Fn(GoalKind) -> bool, new: u64) {
        let Some(goals) = self.goals.0.get(channel) else { return };
        let currents: Vec<u64> = goals
            .iter()
            .map(|goal| match goal.kind {
                GoalKind::NewSubscriptions => goal.current + new,
                kind => self.counted(channel, kind),
            })
            .collect();
        let mut events = Vec::new();
        let goals = self.goals.0.get_mut(channel).into_iter().flatten();
        for (at, (goal, current)) in goals.zip(currents).enumerate() {
            if concerned(goal.kind) && goal.current != current {
                goal.current = current;
                events.push(at);
            }
        }
        for at in events {
            let goal = self.goals.0.get(channel).and_then(|goals| goals.get(at));
            let Some(event) = goal.map(|goal| self.goal_event(channel, goal)) else { continue };
            self.emit_now("channel.goal.progress", "1", &[("broadcaster_user_id", channel)], event);
        }
    }

    fn counted(&self, channel: &str, kind: GoalKind) -> u64 {
        let subscribers = self.subscribers.of(channel);
        match kind {
            GoalKind::Followers => {
                self.people.users.get(channel).map_or(0, |user| user.followers.len() as u64)
            }
            GoalKind::SubscriptionPoints => subscribers.iter().map(|s| s.tier.points()).sum(),
            GoalKind::Subscriptions => subscribers.len() as u64,
            GoalKind::NewSubscriptions => 0,
        }
    }

    fn goal_event(&self, channel: &str, goal: &Goal) -> Value {
        let mut event = self.person(channel, "broadcaster_user");
        for (name, value) in [
            ("id", json!(goal.id)),
            ("type", json!(goal.kind.in_events())),
            ("description", json!(goal.description)),
            ("current_amount", json!(goal.current)),
            ("target_amount", json!(goal.target)),
            ("started_at", json!(goal.created.to_string())),
        ] {
            event[name] = value;
        }
        event
    }

    /// A broadcaster's goals as Helix lists them.
    pub(super) fn goals_json(&self, channel: &str) -> Vec<Value> {
        let goals = self.goals.0.get(channel).into_iter().flatten();
        goals
            .map(|goal| {
                let mut said = self.person(channel, "broadcaster");
                for (name, value) in [
                    ("id", json!(goal.id)),
                    ("type", json!(goal.kind.in_helix())),
                    ("description", json!(goal.description)),
                    ("current_amount", json!(goal.current)),
                    ("target_amount", json!(goal.target)),
                    ("created_at", json!(goal.created.to_string())),
                ] {
                    said[name] = value;
                }
                said
            })
            .collect()
    }
}
