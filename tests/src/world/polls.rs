//! Polls: how they run, who votes, how they end, each with its event.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::{Timer, World};

/// One of a poll's choices.
pub(super) struct Choice {
    id: String,
    title: String,
    votes: u64,
    points_votes: u64,
}

/// Where a poll stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Active,
    /// It ran its time.
    Completed(Timestamp),
    /// It was ended early, and can still be seen.
    Terminated(Timestamp),
    /// It was ended and put away.
    Archived(Timestamp),
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Status::Active => "ACTIVE",
            Status::Completed(_) => "COMPLETED",
            Status::Terminated(_) => "TERMINATED",
            Status::Archived(_) => "ARCHIVED",
        }
    }

    fn ended(self) -> Option<Timestamp> {
        match self {
            Status::Active => None,
            Status::Completed(at) | Status::Terminated(at) | Status::Archived(at) => Some(at),
        }
    }
}

/// A poll.
pub(super) struct Poll {
    pub(super) id: String,
    title: String,
    choices: Vec<Choice>,
    /// What an additional vote costs in channel points; none: there are no additional votes.
    points_per_vote: Option<i64>,
    duration: Duration,
    started: Timestamp,
    pub(super) status: Status,
    voters: BTreeSet<String>,
}

/// Each broadcaster's polls, newest first.
#[derive(Default)]
pub(super) struct Polls(BTreeMap<String, Vec<Poll>>);

impl Polls {
    pub(super) fn of(&self, channel: &str) -> &[Poll] {
        self.0.get(channel).map_or(&[], Vec::as_slice)
    }

    pub(super) fn active(&self, channel: &str) -> Option<&Poll> {
        self.of(channel).iter().find(|poll| poll.status == Status::Active)
    }

    fn get_mut(&mut self, channel: &str, id: &str) -> Option<&mut Poll> {
        self.0.get_mut(channel)?.iter_mut().find(|poll| poll.id == id)
    }
}

impl World {
    /// A viewer votes in a channel's running poll for the choice of this id or title. The first vote is free, further ones
    /// cost channel points where the poll has such votes. Returns whether it counted.
    pub fn vote(&mut self, now: Time, who: &str, channel: &str, choice: &str) -> bool {
        self.advance(now);
        let Some(id) = self.polls.active(channel).map(|poll| poll.id.clone()) else { return false };
        let Some(poll) = self.polls.get_mut(channel, &id) else { return false };
        let named = poll.choices.iter_mut().find(|c| c.id == choice || c.title == choice);
        let Some(named) = named else { return false };
        let first = !poll.voters.contains(who);
        if !first && poll.points_per_vote.is_none() {
            return false;
        }
        named.votes += 1;
        named.points_votes += u64::from(!first);
        poll.voters.insert(who.to_owned());
        self.emit_poll("progress", channel, &id);
        true
    }

    /// A broadcaster ends the poll that runs, and shows it.
    pub(super) fn end_running_poll(&mut self, channel: &str) {
        let terminated = Status::Terminated(self.wall(self.now));
        if let Some(id) = self.polls.active(channel).map(|poll| poll.id.clone()) {
            self.end_poll_now(channel, &id, terminated);
        }
    }

    pub(super) fn begin_poll(
        &mut self,
        channel: &str,
        title: &str,
        choices: &[&str],
        points_per_vote: Option<i64>,
        duration: Duration,
    ) -> String {
        let id = self.rng.uuid();
        let choices = choices.iter().map(|title| Choice {
            id: self.rng.uuid(),
            title: (*title).to_owned(),
            votes: 0,
            points_votes: 0,
        });
        let poll = Poll {
            id: id.clone(),
            title: title.to_owned(),
            choices: choices.collect(),
            points_per_vote,
            duration,
            started: self.wall(self.now),
            status: Status::Active,
            voters: BTreeSet::new(),
        };
        self.polls.0.entry(channel.to_owned()).or_default().insert(0, poll);
        self.arm(duration, Timer::PollEnds { channel: channel.to_owned(), poll: id.clone() });
        self.emit_poll("begin", channel, &id);
        id
    }

    /// A poll has run its time, unless it was ended before.
    pub(super) fn complete_poll(&mut self, channel: &str, id: &str) {
        if self.polls.active(channel).is_some_and(|poll| poll.id == id) {
            self.end_poll_now(channel, id, Status::Completed(self.wall(self.now)));
        }
    }

    pub(super) fn end_poll_now(&mut self, channel: &str, id: &str, status: Status) {
        if let Some(poll) = self.polls.get_mut(channel, id) {
            poll.status = status;
            self.emit_poll("end", channel, id);
        }
    }

    fn emit_poll(&mut self, what: &str, channel: &str, id: &str) {
        let Some(poll) = self.polls.of(channel).iter().find(|poll| poll.id == id) else { return };
        let voting =
            |cost: Option<i64>| json!({"is_enabled": cost.is_some(), "amount_per_vote": cost.unwrap_or(0)});
        let choice = |choice: &Choice| match what {
            "begin" => json!({"id": choice.id, "title": choice.title}),
            _ => choice_json(choice),
        };
        let mut event = self.person(channel, "broadcaster_user");
        event["id"] = json!(poll.id);
        event["title"] = json!(poll.title);
        event["choices"] = poll.choices.iter().map(choice).collect();
        event["bits_voting"] = voting(None);
        event["channel_points_voting"] = voting(poll.points_per_vote);
        event["started_at"] = json!(poll.started.to_string());
        match poll.status.ended() {
            None => event["ends_at"] = json!((poll.started + poll.duration).to_string()),
            Some(ended) => {
                event["status"] = json!(poll.status.as_str().to_ascii_lowercase());
                event["ended_at"] = json!(ended.to_string());
            }
        }
        self.emit_now(&format!("channel.poll.{what}"), "1", &[("broadcaster_user_id", channel)], event);
    }

    pub(super) fn poll_json(&self, channel: &str, poll: &Poll) -> Value {
        let mut said = self.person(channel, "broadcaster");
        for (name, value) in [
            ("id", json!(poll.id)),
            ("title", json!(poll.title)),
            ("choices", poll.choices.iter().map(choice_json).collect()),
            ("bits_voting_enabled", json!(false)),
            ("bits_per_vote", json!(0)),
            ("channel_points_voting_enabled", json!(poll.points_per_vote.is_some())),
            ("channel_points_per_vote", json!(poll.points_per_vote.unwrap_or(0))),
            ("status", json!(poll.status.as_str())),
            ("duration", json!(poll.duration.as_secs())),
            ("started_at", json!(poll.started.to_string())),
            ("ended_at", json!(poll.status.ended().map(|at| at.to_string()))),
        ] {
            said[name] = value;
        }
        said
    }
}

fn choice_json(choice: &Choice) -> Value {
    json!({
        "id": choice.id,
        "title": choice.title,
        "votes": choice.votes,
        "channel_points_votes": choice.points_votes,
        "bits_votes": 0,
    })
}
