//! Topics about entitlements to drops.

use crate::eventsub::topic;
use crate::id::{BenefitId, CategoryId, EntitlementId, Login, UserId};
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Users are given drops. An event is a list, for Twitch wants such a subscription to be batched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DropEntitlementGrant {
    /// The organisation that owns the game.
    pub organization_id: CompactString,
    /// One game; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// One campaign; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<CompactString>,
}

topic!(DropEntitlementGrant = "drop.entitlement.grant" "1" => Vec<DropEntitlementEvent>, any, on: webhook);

impl DropEntitlementGrant {
    /// Drops of all an organisation's games.
    pub fn new(organization_id: impl Into<CompactString>) -> Self {
        DropEntitlementGrant { organization_id: organization_id.into(), category_id: None, campaign_id: None }
    }

    /// Only of this game.
    pub fn of_category(mut self, category: impl Into<CategoryId>) -> Self {
        self.category_id = Some(category.into());
        self
    }

    /// Only of this campaign.
    pub fn of_campaign(mut self, campaign_id: impl Into<CompactString>) -> Self {
        self.campaign_id = Some(campaign_id.into());
        self
    }
}

/// What a user was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DropEntitlement {
    /// The organisation that owns the game.
    #[serde(default, deserialize_with = "null_as_default")]
    pub organization_id: CompactString,
    /// The game.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub category_id: Option<CategoryId>,
    /// Its name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub category_name: CompactString,
    /// The campaign.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub campaign_id: Option<CompactString>,
    /// Who was given it.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// The entitlement: the same id is the same entitlement, sent again.
    pub entitlement_id: EntitlementId,
    /// What it entitles to.
    pub benefit_id: BenefitId,
    /// When it was given.
    pub created_at: Timestamp,
}

/// One entitlement of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DropEntitlementEvent {
    /// The event: the same id is the same event, sent again.
    #[serde(default, deserialize_with = "null_as_default")]
    pub id: CompactString,
    /// What was given.
    pub data: DropEntitlement,
}
