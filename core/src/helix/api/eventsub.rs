//! [EventSub](https://dev.twitch.tv/docs/api/reference/#create-eventsub-subscription): subscriptions.

use crate::eventsub::{Condition, Subscription, SubscriptionStatus, Transport};
use crate::helix::page::{cursor, pagination};
use crate::helix::{Answer, CallError, Cursor, Paged, Shape, endpoint};
use crate::id::{SubscriptionId, UserId};
use crate::wire::null_as_default;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Creates a subscription. The client does so by itself for every wish; this is for those who keep their own books.
#[derive(Clone, Debug, Serialize)]
pub struct CreateEventSubSubscription {
    /// The type, such as `channel.follow`.
    #[serde(rename = "type")]
    pub topic: CompactString,
    /// The type's version.
    pub version: CompactString,
    /// What to listen to.
    pub condition: Condition,
    /// Where to deliver. A WebSocket wants a user token, a conduit or webhook the app token.
    pub transport: Transport,
}

endpoint!(CreateEventSubSubscription = "create-eventsub-subscription": post "/eventsub/subscriptions"
    => SubscriptionPage, any, body: whole);

/// Deletes a subscription.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteEventSubSubscription {
    /// Which.
    pub id: SubscriptionId,
}

endpoint!(DeleteEventSubSubscription = "delete-eventsub-subscription": delete "/eventsub/subscriptions" => (), any);

/// Lists the subscriptions that this client id and, with a user token, this user made. At most one filter.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetEventSubSubscriptions {
    /// Only with this status.
    pub status: Option<SubscriptionStatus>,
    /// Only of this type.
    #[serde(rename = "type")]
    pub topic: Option<CompactString>,
    /// Only those whose condition names this user.
    pub user_id: Option<UserId>,
    /// Only this one.
    pub subscription_id: Option<SubscriptionId>,
}

endpoint!(GetEventSubSubscriptions = "get-eventsub-subscriptions": get "/eventsub/subscriptions"
=> SubscriptionPage, any, check: |r| crate::helix::check::at_most_one(
    &["status", "type", "user_id", "subscription_id"],
    &[r.status.is_some(), r.topic.is_some(), r.user_id.is_some(), r.subscription_id.is_some()],
));

/// Subscriptions, and what they cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriptionPage {
    /// The subscriptions: the one created, or a page of the list.
    #[serde(default, deserialize_with = "null_as_default", rename = "data")]
    pub items: Vec<Subscription>,
    /// How many there are in all.
    #[serde(default)]
    pub total: u64,
    /// What they cost.
    #[serde(default)]
    pub total_cost: u64,
    /// What they may cost.
    #[serde(default)]
    pub max_total_cost: u64,
    /// Leads to the next page.
    #[serde(default, deserialize_with = "cursor", serialize_with = "pagination", rename = "pagination")]
    pub cursor: Option<Cursor>,
}

/// What creating a subscription answers.
pub type CreatedSubscription = SubscriptionPage;

impl Shape for SubscriptionPage {
    type Value = SubscriptionPage;

    fn decode(answer: &Answer) -> Result<SubscriptionPage, CallError> {
        answer.json()
    }
}

impl Paged for SubscriptionPage {
    type Item = Subscription;

    fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    fn count(&self) -> usize {
        self.items.len()
    }

    fn into_items(self) -> Vec<Subscription> {
        self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eventsub::topic::channel::ChannelFollow;
    use crate::helix::Endpoint;

    #[test]
    fn a_new_subscription_is_all_body() {
        let request = CreateEventSubSubscription {
            topic: "channel.follow".into(),
            version: "2".into(),
            condition: Condition::of(&ChannelFollow::new("1", "2")).unwrap(),
            transport: Transport::WebSocket {
                session_id: "s".into(),
                connected_at: None,
                disconnected_at: None,
            },
        };
        assert_eq!(request.query().unwrap(), "");
        let body: serde_json::Value = serde_json::from_slice(&request.body().unwrap().unwrap()).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "channel.follow", "version": "2",
                "condition": {"broadcaster_user_id": "1", "moderator_user_id": "2"},
                "transport": {"method": "websocket", "session_id": "s"},
            })
        );
    }

    #[test]
    fn the_filters_exclude_each_other() {
        let request = GetEventSubSubscriptions {
            user_id: Some("1".into()),
            topic: Some("channel.follow".into()),
            ..Default::default()
        };
        assert!(request.check().is_err());
    }
}
