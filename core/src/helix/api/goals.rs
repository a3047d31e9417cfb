//! [Goals](https://dev.twitch.tv/docs/api/reference/#get-creator-goals).

use crate::helix::{List, endpoint};
use crate::id::{GoalId, Login, UserId};
use crate::wire::{empty_as_none, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Lists a broadcaster's active goals and how far they have come.
#[derive(Clone, Debug, Serialize)]
pub struct GetCreatorGoals {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetCreatorGoals = "get-creator-goals": get "/goals" => List<Goal>, user(broadcaster_id),
    scopes: any(ChannelReadGoals));

impl GetCreatorGoals {
    /// The goals of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetCreatorGoals { broadcaster_id: broadcaster.into() }
    }
}

/// A goal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Goal {
    /// The goal's id.
    pub id: GoalId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// The broadcaster's display name.
    pub broadcaster_name: CompactString,
    /// The broadcaster's login.
    pub broadcaster_login: Login,
    /// What is counted.
    #[serde(rename = "type")]
    pub kind: GoalType,
    /// What the broadcaster says of it; none if nothing.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub description: Option<String>,
    /// How far it has come. It falls when followers or subscribers leave.
    pub current_amount: i64,
    /// Where it is to go.
    pub target_amount: i64,
    /// When it was set.
    pub created_at: Timestamp,
}

open_enum! {
    /// What a goal counts.
    pub enum GoalType {
        /// Followers.
        Follower = "follower",
        /// The points of subscriptions, by tier, gained less lost.
        Subscription = "subscription",
        /// Subscriptions, gained less lost.
        SubscriptionCount = "subscription_count",
        /// The points of new subscriptions, by tier.
        NewSubscription = "new_subscription",
        /// New subscriptions.
        NewSubscriptionCount = "new_subscription_count",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{at, decode, query};
    use serde_json::json;

    #[test]
    fn goals_are_read_with_the_broadcasters_token() {
        let request = GetCreatorGoals::new("1001");
        assert_eq!(query(&request), "broadcaster_id=1001");
        assert_eq!(request.owner(), Some(&UserId::new("1001")));
        let goals = decode::<GetCreatorGoals>(json!({"data": [{
            "id": "g1", "broadcaster_id": "1001", "broadcaster_name": "Ada", "broadcaster_login": "ada",
            "type": "subscription", "description": "", "current_amount": -2, "target_amount": 50,
            "created_at": "2026-01-02T10:00:00Z",
        }]}));
        let goal = Goal {
            id: "g1".into(),
            broadcaster_id: "1001".into(),
            broadcaster_name: "Ada".into(),
            broadcaster_login: "ada".into(),
            kind: GoalType::Subscription,
            description: None,
            current_amount: -2,
            target_amount: 50,
            created_at: at("10:00:00"),
        };
        assert_eq!(goals, [goal]);
    }
}
