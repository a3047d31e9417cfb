//! Every topic of the family, field by field.

use super::{at, condition_is, reads_as};
use crate::eventsub::topic::drops::*;
use serde_json::json;

#[test]
fn drops_come_as_a_list() {
    condition_is(
        &DropEntitlementGrant::new("org-1").of_category("5001").of_campaign("k-1"),
        json!({"organization_id": "org-1", "category_id": "5001", "campaign_id": "k-1"}),
        None,
    );
    condition_is(&DropEntitlementGrant::new("org-1"), json!({"organization_id": "org-1"}), None);
    reads_as::<DropEntitlementGrant>(vec![DropEntitlementEvent {
        id: "m-1".into(),
        data: DropEntitlement {
            organization_id: "org-1".into(),
            category_id: Some("5001".into()),
            category_name: "Fence Painter".into(),
            campaign_id: Some("k-1".into()),
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            entitlement_id: "e-1".into(),
            benefit_id: "b-1".into(),
            created_at: at("2026-03-04T05:06:07Z"),
        },
    }]);
}
