//! [EventSub](https://dev.twitch.tv/docs/api/reference/#create-eventsub-subscription): subscriptions.

use crate::eventsub::topic::drops::DropEntitlementGrant;
use crate::eventsub::{Condition, Subscription, SubscriptionStatus, Topic, Transport};
use crate::helix::page::{cursor, pagination};
use crate::helix::{Answer, CallError, Cursor, Invalid, Paged, Shape, check, endpoint};
use crate::id::{ConduitId, SubscriptionId, UserId};
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
    /// Whether several events may come as one list. `drop.entitlement.grant` wants this, no other type knows it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_batching_enabled: bool,
}

endpoint!(CreateEventSubSubscription = "create-eventsub-subscription": post "/eventsub/subscriptions"
    => SubscriptionPage, any, body: whole);

impl CreateEventSubSubscription {
    /// A subscription to a topic.
    pub fn new<T: Topic>(topic: &T, transport: Transport) -> Result<Self, Invalid> {
        Ok(CreateEventSubSubscription {
            topic: T::META.name.into(),
            version: T::META.version.into(),
            condition: Condition::of(topic).map_err(Invalid::unwritable)?,
            transport,
            is_batching_enabled: T::META.name == DropEntitlementGrant::META.name,
        })
    }
}

/// Deletes a subscription.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteEventSubSubscription {
    /// Which.
    pub id: SubscriptionId,
}

endpoint!(DeleteEventSubSubscription = "delete-eventsub-subscription": delete "/eventsub/subscriptions" => (), any);

impl DeleteEventSubSubscription {
    /// Deletes this one.
    pub fn new(id: impl Into<SubscriptionId>) -> Self {
        DeleteEventSubSubscription { id: id.into() }
    }
}

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
    /// Only those of this conduit.
    pub conduit_id: Option<ConduitId>,
}

endpoint!(GetEventSubSubscriptions = "get-eventsub-subscriptions": get "/eventsub/subscriptions"
=> SubscriptionPage, any, check: |r| check::at_most_one(
    &["status", "type", "user_id", "subscription_id", "conduit_id"],
    &[r.status.is_some(), r.topic.is_some(), r.user_id.is_some(), r.subscription_id.is_some(), r.conduit_id.is_some()],
));

impl GetEventSubSubscriptions {
    /// All of them. The first page alone tells how many there are and what they cost.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only those with this status.
    pub fn with_status(status: SubscriptionStatus) -> Self {
        GetEventSubSubscriptions { status: Some(status), ..Self::default() }
    }

    /// Only those of this type, such as `channel.follow`.
    pub fn of_type(topic: impl Into<CompactString>) -> Self {
        GetEventSubSubscriptions { topic: Some(topic.into()), ..Self::default() }
    }

    /// Only those whose condition names this user.
    pub fn of_user(user: impl Into<UserId>) -> Self {
        GetEventSubSubscriptions { user_id: Some(user.into()), ..Self::default() }
    }

    /// Only this one.
    pub fn by_id(id: impl Into<SubscriptionId>) -> Self {
        GetEventSubSubscriptions { subscription_id: Some(id.into()), ..Self::default() }
    }

    /// Only those of this conduit.
    pub fn of_conduit(conduit: impl Into<ConduitId>) -> Self {
        GetEventSubSubscriptions { conduit_id: Some(conduit.into()), ..Self::default() }
    }
}

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

impl SubscriptionPage {
    /// The requests that delete the page's subscriptions. To delete all, walk all pages first: what is deleted meanwhile
    /// would move those behind it.
    pub fn deletions(&self) -> impl Iterator<Item = DeleteEventSubSubscription> {
        self.items.iter().map(|held| DeleteEventSubSubscription::new(&held.id))
    }
}

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

    fn total(&self) -> Option<u64> {
        Some(self.total)
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
    use crate::helix::api::fixture::{at, body, decode, query};
    use serde_json::json;

    #[test]
    fn a_new_subscription_is_all_body() {
        let request =
            CreateEventSubSubscription::new(&ChannelFollow::new("1", "2"), Transport::session("s")).unwrap();
        assert_eq!(query(&request), "");
        assert_eq!(
            body(&request),
            json!({
                "type": "channel.follow", "version": "2",
                "condition": {"broadcaster_user_id": "1", "moderator_user_id": "2"},
                "transport": {"method": "websocket", "session_id": "s"},
            })
        );
    }

    #[test]
    fn drops_are_subscribed_to_in_batches() {
        let transport = Transport::Webhook { callback: "https://app.example/hook".into() };
        let request = CreateEventSubSubscription::new(&DropEntitlementGrant::new("9001"), transport).unwrap();
        assert_eq!(
            body(&request),
            json!({
                "type": "drop.entitlement.grant", "version": "1", "is_batching_enabled": true,
                "condition": {"organization_id": "9001"},
                "transport": {"method": "webhook", "callback": "https://app.example/hook"},
            })
        );
    }

    #[test]
    fn a_page_of_subscriptions_tells_what_they_cost() {
        let wire = json!({
            "data": [{
                "id": "sub1", "status": "enabled", "type": "stream.online", "version": "1", "cost": 1,
                "condition": {"broadcaster_user_id": "1001"}, "created_at": "2026-01-02T08:00:00.123456789Z",
                "transport": {"method": "conduit", "conduit_id": "c1"},
            }],
            "total": 1, "total_cost": 1, "max_total_cost": 10_000, "pagination": {"cursor": "next"},
        });
        let page = decode::<GetEventSubSubscriptions>(wire.clone());
        assert_eq!((page.total, page.total_cost, page.max_total_cost), (1, 1, 10_000));
        assert_eq!((page.count(), page.cursor()), (1, Some(&Cursor::new("next"))));
        assert_eq!(serde_json::to_value(&page).unwrap(), wire);
        let created = decode::<CreateEventSubSubscription>(wire);
        assert_eq!(created.into_items(), page.items);
        let item = &page.items[0];
        assert_eq!(item.id, "sub1");
        assert_eq!((&item.status, item.cost), (&SubscriptionStatus::Enabled, 1));
        assert_eq!((item.topic.as_str(), item.version.as_str()), ("stream.online", "1"));
        assert_eq!(item.condition.get("broadcaster_user_id"), Some("1001"));
        assert_eq!(item.transport, Transport::Conduit { conduit_id: "c1".into() });
        assert_eq!(item.created_at, at("08:00:00.123456789"));
    }

    #[test]
    fn a_filter_is_one_of_five() {
        assert_eq!(query(&GetEventSubSubscriptions::all()), "");
        assert_eq!(
            query(&GetEventSubSubscriptions::with_status(SubscriptionStatus::Enabled)),
            "status=enabled"
        );
        assert_eq!(query(&GetEventSubSubscriptions::of_type("channel.follow")), "type=channel.follow");
        assert_eq!(query(&GetEventSubSubscriptions::of_user("1001")), "user_id=1001");
        assert_eq!(query(&GetEventSubSubscriptions::by_id("sub1")), "subscription_id=sub1");
        assert_eq!(query(&GetEventSubSubscriptions::of_conduit("c1")), "conduit_id=c1");
        assert_eq!(query(&DeleteEventSubSubscription::new("sub1")), "id=sub1");
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
