//! [Entitlements](https://dev.twitch.tv/docs/api/reference/#get-drops-entitlements): the drops of an organisation's games.

use crate::helix::{List, Page, endpoint};
use crate::id::{BenefitId, CategoryId, EntitlementId, UserId};
use crate::wire::{null_as_default, open_enum};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gets the drops that users are entitled to: with the app token those of the whole organisation, with a user's token
/// their own.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetDropsEntitlements {
    /// Only these. At most 100.
    pub id: Vec<EntitlementId>,
    /// Only this user's.
    pub user_id: Option<UserId>,
    /// Only this game's.
    pub game_id: Option<CategoryId>,
    /// Only with this status.
    pub fulfillment_status: Option<FulfillmentStatus>,
    /// How many a page, 1 to 1000; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetDropsEntitlements = "get-drops-entitlements": get "/entitlements/drops" => Page<DropsEntitlement>, any,
    page: 1000, list: id 0..=100);

impl GetDropsEntitlements {
    /// All that the token may see.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only these, at most 100.
    pub fn by_id<I: Into<EntitlementId>>(ids: impl IntoIterator<Item = I>) -> Self {
        GetDropsEntitlements { id: ids.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Only this user's.
    #[must_use]
    pub fn of_user(mut self, user: impl Into<UserId>) -> Self {
        self.user_id = Some(user.into());
        self
    }

    /// Only this game's.
    #[must_use]
    pub fn of_game(mut self, game: impl Into<CategoryId>) -> Self {
        self.game_id = Some(game.into());
        self
    }

    /// Only with this status.
    #[must_use]
    pub fn with_status(mut self, status: FulfillmentStatus) -> Self {
        self.fulfillment_status = Some(status);
        self
    }
}

/// A drop that a user is entitled to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DropsEntitlement {
    /// The entitlement's id.
    pub id: EntitlementId,
    /// What the drop gives.
    pub benefit_id: BenefitId,
    /// When it was granted.
    pub timestamp: Timestamp,
    /// To whom.
    pub user_id: UserId,
    /// The game they watched.
    pub game_id: CategoryId,
    /// Whether they have it.
    pub fulfillment_status: FulfillmentStatus,
    /// When it last changed.
    pub last_updated: Timestamp,
}

open_enum! {
    /// Whether a user has what a drop gives.
    pub enum FulfillmentStatus {
        /// The user has claimed it.
        Claimed = "CLAIMED",
        /// The developer has given it.
        Fulfilled = "FULFILLED",
    }
}

/// Says of drops whether the users have what they give.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateDropsEntitlements {
    /// Which, 1 to 100.
    pub entitlement_ids: Vec<EntitlementId>,
    /// Whether they have it.
    pub fulfillment_status: FulfillmentStatus,
}

endpoint!(UpdateDropsEntitlements = "update-drops-entitlements": patch "/entitlements/drops"
    => List<DropsEntitlementUpdate>, any, list: entitlement_ids 1..=100, body: whole);

impl UpdateDropsEntitlements {
    /// Sets the status of drops.
    pub fn new<I: Into<EntitlementId>>(ids: impl IntoIterator<Item = I>, status: FulfillmentStatus) -> Self {
        UpdateDropsEntitlements {
            entitlement_ids: ids.into_iter().map(Into::into).collect(),
            fulfillment_status: status,
        }
    }
}

/// What became of a change, for all entitlements that it became the same of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DropsEntitlementUpdate {
    /// What became of it.
    pub status: DropsUpdateStatus,
    /// Of which.
    #[serde(default, deserialize_with = "null_as_default")]
    pub ids: Vec<EntitlementId>,
}

open_enum! {
    /// What became of a change.
    pub enum DropsUpdateStatus {
        /// It was made.
        Success = "SUCCESS",
        /// These are no entitlement's ids.
        InvalidId = "INVALID_ID",
        /// There are no such entitlements.
        NotFound = "NOT_FOUND",
        /// The token's user or organisation may not change them.
        Unauthorized = "UNAUTHORIZED",
        /// It failed; it may work another time.
        UpdateFailed = "UPDATE_FAILED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, body, decode, query, refused};
    use serde_json::json;

    #[test]
    fn drops_can_be_narrowed_down() {
        assert_eq!(query(&GetDropsEntitlements::all()), "");
        assert_eq!(
            query(&GetDropsEntitlements::by_id(["d1", "d2"]).with_status(FulfillmentStatus::Claimed)),
            "id=d1&id=d2&fulfillment_status=CLAIMED"
        );
        let request = GetDropsEntitlements { first: Some(1000), ..Default::default() };
        assert_eq!(query(&request.of_user("1001").of_game("7")), "user_id=1001&game_id=7&first=1000");
        assert_eq!(refused(&GetDropsEntitlements::by_id(["d"; 101])), "`id` wants 0 to 100 values, has 101");
        let wrong = GetDropsEntitlements { first: Some(1001), ..Default::default() };
        assert_eq!(refused(&wrong), "`first` must be 1 to 1000, is 1001");
    }

    #[test]
    fn a_drop_decodes_to_the_field() {
        let wire = json!({
            "id": "d1", "benefit_id": "b1", "timestamp": "2026-01-02T08:00:00Z", "user_id": "1001", "game_id": "7",
            "fulfillment_status": "FULFILLED", "last_updated": "2026-01-02T09:00:00Z",
        });
        let page = decode::<GetDropsEntitlements>(json!({"data": [wire], "pagination": {}}));
        assert_eq!(
            page.items,
            [DropsEntitlement {
                id: "d1".into(),
                benefit_id: "b1".into(),
                timestamp: at("08:00:00"),
                user_id: "1001".into(),
                game_id: "7".into(),
                fulfillment_status: FulfillmentStatus::Fulfilled,
                last_updated: at("09:00:00"),
            }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
    }

    #[test]
    fn a_change_tells_what_became_of_each() {
        let request = UpdateDropsEntitlements::new(["d1", "d2"], FulfillmentStatus::Fulfilled);
        assert_eq!(query(&request), "");
        assert_eq!(
            body(&request),
            json!({"entitlement_ids": ["d1", "d2"], "fulfillment_status": "FULFILLED"})
        );
        let wrong = UpdateDropsEntitlements::new(["d"; 101], FulfillmentStatus::Fulfilled);
        assert_eq!(refused(&wrong), "`entitlement_ids` wants 1 to 100 values, has 101");
        let wire = json!([{"status": "SUCCESS", "ids": ["d1"]}, {"status": "UPDATE_FAILED", "ids": ["d2"]}]);
        let updates = decode::<UpdateDropsEntitlements>(json!({"data": wire}));
        assert_eq!(
            updates,
            [
                DropsEntitlementUpdate { status: DropsUpdateStatus::Success, ids: vec!["d1".into()] },
                DropsEntitlementUpdate { status: DropsUpdateStatus::UpdateFailed, ids: vec!["d2".into()] },
            ]
        );
        assert_eq!(serde_json::to_value(&updates).unwrap(), wire);
    }
}
