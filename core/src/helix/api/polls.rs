//! [Polls](https://dev.twitch.tv/docs/api/reference/#get-polls).

use crate::helix::{Invalid, One, Page, check, endpoint};
use crate::id::{Login, PollChoiceId, PollId, UserId};
use crate::wire::{null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Lists a channel's polls of the past 90 days, the newest first.
#[derive(Clone, Debug, Serialize)]
pub struct GetPolls {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Only these, at most 20.
    pub id: Vec<PollId>,
    /// How many a page, 1 to 20; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetPolls = "get-polls": get "/polls" => Page<Poll>, user(broadcaster_id),
    scopes: any(ChannelReadPolls, ChannelManagePolls), page: 20, list: id 0..=20);

impl GetPolls {
    /// All polls of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetPolls { broadcaster_id: broadcaster.into(), id: vec![], first: None }
    }

    /// Only these polls.
    #[must_use]
    pub fn only<I: Into<PollId>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.id = ids.into_iter().map(Into::into).collect();
        self
    }
}

/// Starts a poll. A channel runs one at a time.
#[derive(Clone, Debug, Serialize)]
pub struct CreatePoll {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The question, in at most 60 characters.
    pub title: String,
    /// Two to five choices.
    pub choices: Vec<NewPollChoice>,
    /// How long it runs: 15 to 1800 seconds.
    pub duration: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_points_voting_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_points_per_vote: Option<u32>,
}

endpoint!(CreatePoll = "create-poll": post "/polls" => One<Poll>, user(broadcaster_id),
    scopes: any(ChannelManagePolls), body: whole, check: |r| r.limits());

impl CreatePoll {
    /// Asks a channel's viewers to choose.
    pub fn new<C: Into<String>>(
        broadcaster: impl Into<UserId>,
        title: impl Into<String>,
        choices: impl IntoIterator<Item = C>,
        seconds: u32,
    ) -> Self {
        CreatePoll {
            broadcaster_id: broadcaster.into(),
            title: title.into(),
            choices: choices.into_iter().map(|title| NewPollChoice { title: title.into() }).collect(),
            duration: seconds,
            channel_points_voting_enabled: None,
            channel_points_per_vote: None,
        }
    }

    /// Lets viewers buy further votes for this many channel points each, 1 to 1 000 000.
    #[must_use]
    pub fn channel_points(mut self, per_vote: u32) -> Self {
        self.channel_points_voting_enabled = Some(true);
        self.channel_points_per_vote = Some(per_vote);
        self
    }

    fn limits(&self) -> Result<(), Invalid> {
        check::length("title", &self.title, 1, 60)?;
        check::count("choices", self.choices.len(), 2, 5)?;
        for choice in &self.choices {
            check::length("choices.title", &choice.title, 1, 25)?;
        }
        check::range("duration", self.duration, 15, 1800)?;
        check::range_if("channel_points_per_vote", self.channel_points_per_vote, 1, 1_000_000)
    }
}

/// A choice of a poll to be.
#[derive(Clone, Debug, Serialize)]
pub struct NewPollChoice {
    /// Its text, in at most 25 characters.
    pub title: String,
}

/// Ends a running poll.
#[derive(Clone, Debug, Serialize)]
pub struct EndPoll {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The poll.
    pub id: PollId,
    /// [`Terminated`](PollStatus::Terminated) or [`Archived`](PollStatus::Archived).
    status: PollStatus,
}

endpoint!(EndPoll = "end-poll": patch "/polls" => One<Poll>, user(broadcaster_id), scopes: any(ChannelManagePolls),
    body: whole);

impl EndPoll {
    /// Ends a poll and leaves its result to be seen.
    pub fn show(broadcaster: impl Into<UserId>, poll: impl Into<PollId>) -> Self {
        EndPoll { broadcaster_id: broadcaster.into(), id: poll.into(), status: PollStatus::Terminated }
    }

    /// Ends a poll and hides it.
    pub fn hide(broadcaster: impl Into<UserId>, poll: impl Into<PollId>) -> Self {
        EndPoll { broadcaster_id: broadcaster.into(), id: poll.into(), status: PollStatus::Archived }
    }
}

/// A poll.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Poll {
    /// The poll's id.
    pub id: PollId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// The broadcaster's display name.
    pub broadcaster_name: CompactString,
    /// The broadcaster's login.
    pub broadcaster_login: Login,
    /// The question.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// What there is to choose from.
    #[serde(default, deserialize_with = "null_as_default")]
    pub choices: Vec<PollChoice>,
    /// Always false nowadays.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits_voting_enabled: bool,
    /// Always 0 nowadays.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits_per_vote: u64,
    /// Whether viewers may buy further votes for channel points.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_voting_enabled: bool,
    /// What such a vote costs.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_per_vote: u64,
    /// Where it stands.
    pub status: PollStatus,
    /// How long it was to run, in seconds.
    pub duration: u32,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended; none while it runs.
    pub ended_at: Option<Timestamp>,
}

/// A choice of a poll.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PollChoice {
    /// The choice's id.
    pub id: PollChoiceId,
    /// Its text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// How many votes it has.
    #[serde(default, deserialize_with = "null_as_default")]
    pub votes: u64,
    /// How many of them were bought with channel points.
    #[serde(default, deserialize_with = "null_as_default")]
    pub channel_points_votes: u64,
    /// Always 0 nowadays.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits_votes: u64,
}

open_enum! {
    /// Where a poll stands.
    pub enum PollStatus {
        /// It runs.
        Active = "ACTIVE",
        /// It ran to its end.
        Completed = "COMPLETED",
        /// It was ended early.
        Terminated = "TERMINATED",
        /// It is over and hidden.
        Archived = "ARCHIVED",
        /// It was deleted.
        Moderated = "MODERATED",
        /// Twitch does not know.
        Invalid = "INVALID",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{at, body, decode, query, refused};
    use serde_json::{Value as Json, json};

    fn wire(status: &str, ended_at: Json) -> Json {
        json!({
            "id": "p1", "broadcaster_id": "1001", "broadcaster_name": "Ada", "broadcaster_login": "ada",
            "title": "Tea?", "choices": [
                {"id": "c1", "title": "Yes", "votes": 3, "channel_points_votes": 1, "bits_votes": 0},
                {"id": "c2", "title": "No", "votes": 2, "channel_points_votes": 0, "bits_votes": 0},
            ],
            "bits_voting_enabled": false, "bits_per_vote": 0, "channel_points_voting_enabled": true,
            "channel_points_per_vote": 50, "status": status, "duration": 60,
            "started_at": "2026-01-02T10:00:00Z", "ended_at": ended_at,
        })
    }

    fn poll(status: PollStatus, ended_at: Option<Timestamp>) -> Poll {
        let choice = |id: &str, title: &str, votes, channel_points_votes| PollChoice {
            id: id.into(),
            title: title.into(),
            votes,
            channel_points_votes,
            bits_votes: 0,
        };
        Poll {
            id: "p1".into(),
            broadcaster_id: "1001".into(),
            broadcaster_name: "Ada".into(),
            broadcaster_login: "ada".into(),
            title: "Tea?".into(),
            choices: vec![choice("c1", "Yes", 3, 1), choice("c2", "No", 2, 0)],
            bits_voting_enabled: false,
            bits_per_vote: 0,
            channel_points_voting_enabled: true,
            channel_points_per_vote: 50,
            status,
            duration: 60,
            started_at: at("10:00:00"),
            ended_at,
        }
    }

    #[test]
    fn polls_are_listed() {
        assert_eq!(query(&GetPolls::new("1001").only(["p1", "p2"])), "broadcaster_id=1001&id=p1&id=p2");
        let page = decode::<GetPolls>(json!({"data": [wire("ACTIVE", Json::Null)], "pagination": {}}));
        assert_eq!(page, Page { items: vec![poll(PollStatus::Active, None)], cursor: None, total: None });
        let many = GetPolls::new("1001").only((0..21).map(|n| n.to_string()));
        assert_eq!(refused(&many), "`id` wants 0 to 20 values, has 21");
        let first = GetPolls { first: Some(21), ..GetPolls::new("1001") };
        assert_eq!(refused(&first), "`first` must be 1 to 20, is 21");
    }

    #[test]
    fn a_poll_without_votes_has_null_for_choices() {
        let mut wire = wire("ACTIVE", Json::Null);
        wire["choices"] = Json::Null;
        assert_eq!(decode::<GetPolls>(json!({"data": [wire]})).items[0].choices, []);
    }

    #[test]
    fn a_poll_is_all_body() {
        let request = CreatePoll::new("1001", "Tea?", ["Yes", "No"], 60);
        assert_eq!(query(&request), "");
        let plain = json!({"broadcaster_id": "1001", "title": "Tea?",
            "choices": [{"title": "Yes"}, {"title": "No"}], "duration": 60});
        assert_eq!(body(&request), plain);
        let mut paid = plain;
        paid["channel_points_voting_enabled"] = true.into();
        paid["channel_points_per_vote"] = 50.into();
        assert_eq!(body(&request.channel_points(50)), paid);
        let created = decode::<CreatePoll>(json!({"data": [wire("ACTIVE", Json::Null)]}));
        assert_eq!(created, poll(PollStatus::Active, None));
    }

    #[test]
    fn a_polls_limits_are_checked_before_sending() {
        let of = |title: &str, choices: &[&str], seconds| {
            refused(&CreatePoll::new("1001", title, choices.iter().copied(), seconds))
        };
        assert_eq!(of(&"é".repeat(61), &["a", "b"], 60), "`title` wants 1 to 60 characters, has 61");
        assert_eq!(of("t", &["a"], 60), "`choices` wants 2 to 5 values, has 1");
        assert_eq!(of("t", &["a"; 6], 60), "`choices` wants 2 to 5 values, has 6");
        assert_eq!(of("t", &["a", &"b".repeat(26)], 60), "`choices.title` wants 1 to 25 characters, has 26");
        assert_eq!(of("t", &["a", "b"], 14), "`duration` must be 15 to 1800, is 14");
        assert_eq!(of("t", &["a", "b"], 1801), "`duration` must be 15 to 1800, is 1801");
        let free = CreatePoll::new("1001", "t", ["a", "b"], 15).channel_points(0);
        assert_eq!(refused(&free), "`channel_points_per_vote` must be 1 to 1000000, is 0");
    }

    #[test]
    fn a_poll_ends_seen_or_hidden() {
        let request = EndPoll::show("1001", "p1");
        assert_eq!(query(&request), "");
        assert_eq!(request.owner(), Some(&UserId::new("1001")));
        assert_eq!(body(&request), json!({"broadcaster_id": "1001", "id": "p1", "status": "TERMINATED"}));
        assert_eq!(body(&EndPoll::hide("1001", "p1"))["status"], "ARCHIVED");
        let ended = decode::<EndPoll>(json!({"data": [wire("TERMINATED", json!("2026-01-02T10:00:30Z"))]}));
        assert_eq!(ended, poll(PollStatus::Terminated, Some(at("10:00:30"))));
    }
}
