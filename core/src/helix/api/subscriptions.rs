//! [Subscriptions](https://dev.twitch.tv/docs/api/reference/#get-broadcaster-subscriptions): who subscribes to a channel.

use crate::helix::page::{cursor, pagination};
use crate::helix::{Answer, CallError, Cursor, Maybe, OrNone, Paged, Shape, endpoint};
use crate::id::{Login, UserId};
use crate::value::Tier;
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Gets who subscribes to a channel.
#[derive(Clone, Debug, Serialize)]
pub struct GetBroadcasterSubscriptions {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Only these users. At most 100.
    pub user_id: Vec<UserId>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetBroadcasterSubscriptions = "get-broadcaster-subscriptions": get "/subscriptions"
    => BroadcasterSubscriptions, any(broadcaster_id), scopes: any(ChannelReadSubscriptions),
    app: any(ChannelReadSubscriptions), page: 100 both_ways, list: user_id 0..=100);

impl GetBroadcasterSubscriptions {
    /// All subscribers of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetBroadcasterSubscriptions { broadcaster_id: broadcaster.into(), user_id: vec![], first: None }
    }

    /// How many subscribe and how many points they are, with no more than one of them.
    pub fn summary(broadcaster: impl Into<UserId>) -> Self {
        GetBroadcasterSubscriptions { first: Some(1), ..Self::new(broadcaster) }
    }

    /// Only these users, as far as they subscribe.
    #[must_use]
    pub fn of<I: Into<UserId>>(mut self, users: impl IntoIterator<Item = I>) -> Self {
        self.user_id = users.into_iter().map(Into::into).collect();
        self
    }
}

/// A page of subscribers, with what they come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BroadcasterSubscriptions {
    /// The page's subscribers.
    #[serde(default, deserialize_with = "null_as_default", rename = "data")]
    pub items: Vec<BroadcasterSubscription>,
    /// Leads to the next page.
    #[serde(default, deserialize_with = "cursor", serialize_with = "pagination", rename = "pagination")]
    pub cursor: Option<Cursor>,
    /// The channel's subscriber points: 1, 2 or 6 a subscriber, by tier.
    #[serde(default)]
    pub points: u64,
    /// How many subscribe.
    #[serde(default)]
    pub total: u64,
}

impl Shape for BroadcasterSubscriptions {
    type Value = BroadcasterSubscriptions;

    fn decode(answer: &Answer) -> Result<BroadcasterSubscriptions, CallError> {
        answer.json()
    }
}

impl Paged for BroadcasterSubscriptions {
    type Item = BroadcasterSubscription;

    fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    fn count(&self) -> usize {
        self.items.len()
    }

    fn total(&self) -> Option<u64> {
        Some(self.total)
    }

    fn into_items(self) -> Vec<BroadcasterSubscription> {
        self.items
    }
}

/// A user who subscribes to a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BroadcasterSubscription {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login.
    pub broadcaster_login: Login,
    /// Its display name.
    pub broadcaster_name: CompactString,
    /// Who gave the subscription; none where it is no gift.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_name: Option<CompactString>,
    /// Whether it is a gift.
    pub is_gift: bool,
    /// What the subscription is called.
    #[serde(default)]
    pub plan_name: String,
    /// Its tier.
    pub tier: Tier,
    /// Who subscribes.
    pub user_id: UserId,
    /// Their display name.
    pub user_name: CompactString,
    /// Their login.
    pub user_login: Login,
}

/// Asks whether a user subscribes to a channel, with the user's own token; none where they do not.
#[derive(Clone, Debug, Serialize)]
pub struct CheckUserSubscription {
    /// The channel, of a partner or affiliate.
    pub broadcaster_id: UserId,
    /// The user.
    pub user_id: UserId,
}

endpoint!(CheckUserSubscription = "check-user-subscription": get "/subscriptions/user"
    => OrNone<Maybe<UserSubscription>>, any(user_id), scopes: any(UserReadSubscriptions),
    app: any(UserReadSubscriptions));

impl CheckUserSubscription {
    /// Whether the user subscribes to the broadcaster.
    pub fn new(broadcaster: impl Into<UserId>, user: impl Into<UserId>) -> Self {
        CheckUserSubscription { broadcaster_id: broadcaster.into(), user_id: user.into() }
    }
}

/// A user's subscription to a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserSubscription {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login.
    pub broadcaster_login: Login,
    /// Its display name.
    pub broadcaster_name: CompactString,
    /// Who gave it; none where it is no gift.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub gifter_name: Option<CompactString>,
    /// Whether it is a gift.
    pub is_gift: bool,
    /// Its tier.
    pub tier: Tier,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Prepared;
    use crate::helix::api::fixture::{answer, decode, decode_odd, query, refused};
    use http::StatusCode;
    use serde_json::json;

    #[test]
    fn subscribers_come_with_points_and_total() {
        let request = GetBroadcasterSubscriptions::new("1001");
        assert_eq!(query(&request), "broadcaster_id=1001");
        assert_eq!(
            query(&request.clone().of(["1002", "1003"])),
            "broadcaster_id=1001&user_id=1002&user_id=1003"
        );
        assert_eq!(refused(&request.of(["1"; 101])), "`user_id` wants 0 to 100 values, has 101");
        let wire = json!({
            "data": [{
                "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada", "gifter_id": "1003",
                "gifter_login": "cleo", "gifter_name": "Cleo", "is_gift": true, "plan_name": "Sums", "tier": "3000",
                "user_id": "1002", "user_name": "Brook", "user_login": "brook",
            }],
            "pagination": {"cursor": "next"}, "points": 6, "total": 1,
        });
        let page = decode::<GetBroadcasterSubscriptions>(wire.clone());
        assert_eq!(serde_json::to_value(&page).unwrap(), wire);
        assert_eq!((page.points, page.total, page.count()), (6, 1, 1));
        assert_eq!(page.cursor(), Some(&Cursor::new("next")));
        assert_eq!(
            page.into_items(),
            [BroadcasterSubscription {
                broadcaster_id: "1001".into(),
                broadcaster_login: "ada".into(),
                broadcaster_name: "Ada".into(),
                gifter_id: Some("1003".into()),
                gifter_login: Some("cleo".into()),
                gifter_name: Some("Cleo".into()),
                is_gift: true,
                plan_name: "Sums".into(),
                tier: Tier::Three,
                user_id: "1002".into(),
                user_name: "Brook".into(),
                user_login: "brook".into(),
            }]
        );
    }

    #[test]
    fn a_subscription_that_is_no_gift_has_no_gifter() {
        let page = decode_odd::<GetBroadcasterSubscriptions>(json!({"data": [{
            "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada", "gifter_id": "",
            "gifter_login": "", "gifter_name": "", "is_gift": false, "plan_name": "Sums", "tier": "1000",
            "user_id": "1002", "user_name": "Brook", "user_login": "brook",
        }]}));
        let item = &page.items[0];
        assert_eq!((&item.gifter_id, &item.gifter_login, &item.gifter_name), (&None, &None, &None));
    }

    #[test]
    fn not_found_means_that_the_user_does_not_subscribe() {
        assert_eq!(query(&CheckUserSubscription::new("1001", "1002")), "broadcaster_id=1001&user_id=1002");
        let wire = json!({
            "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada", "gifter_id": "1003",
            "gifter_login": "cleo", "gifter_name": "Cleo", "is_gift": true, "tier": "2000",
        });
        let found = decode::<CheckUserSubscription>(json!({"data": [wire]})).unwrap();
        assert_eq!(
            found,
            UserSubscription {
                broadcaster_id: "1001".into(),
                broadcaster_login: "ada".into(),
                broadcaster_name: "Ada".into(),
                gifter_id: Some("1003".into()),
                gifter_login: Some("cleo".into()),
                gifter_name: Some("Cleo".into()),
                is_gift: true,
                tier: Tier::Two,
            }
        );
        assert_eq!(serde_json::to_value(&found).unwrap(), wire);
        let none = answer::<CheckUserSubscription>(StatusCode::NOT_FOUND, r#"{"status":404}"#.into());
        assert_eq!(none.unwrap(), None);
        let prepared = Prepared::new(&CheckUserSubscription::new("1001", "1002")).unwrap();
        assert!(prepared.reads(StatusCode::OK) && prepared.reads(StatusCode::NOT_FOUND));
        assert!(!prepared.reads(StatusCode::UNAUTHORIZED));
    }
}
