//! Every topic of the family, field by field.

use super::{at, condition_is, reads_as};
use crate::eventsub::topic::stream::*;
use serde_json::json;

#[test]
fn stream_online_decodes_to_the_field_and_back() {
    condition_is(&StreamOnline::new("1001"), json!({"broadcaster_user_id": "1001"}), None);
    reads_as::<StreamOnline>(StreamOnlineEvent {
        id: "7001".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        kind: StreamKind::Live,
        started_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn stream_offline_decodes_to_the_field_and_back() {
    condition_is(&StreamOffline::new("1001"), json!({"broadcaster_user_id": "1001"}), None);
    reads_as::<StreamOffline>(StreamOfflineEvent {
        id: Some("7001".into()),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
    });
}
