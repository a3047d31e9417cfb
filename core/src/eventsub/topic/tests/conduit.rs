//! Every topic of the family, field by field.

use super::{at, condition_is, read, reads_as};
use crate::eventsub::topic::conduit::*;
use crate::eventsub::{SubscriptionStatus, Transport};
use serde_json::json;

#[test]
fn conduit_shard_disabled_decodes_to_the_field_and_back() {
    condition_is(&ConduitShardDisabled::new("app-1"), json!({"client_id": "app-1"}), None);
    condition_is(
        &ConduitShardDisabled::new("app-1").of_conduit("c-1"),
        json!({"client_id": "app-1", "conduit_id": "c-1"}),
        None,
    );
    reads_as::<ConduitShardDisabled>(ConduitShardDisabledEvent {
        conduit_id: "c-1".into(),
        shard_id: "4".into(),
        status: SubscriptionStatus::WebsocketDisconnected,
        transport: Transport::WebSocket {
            session_id: "s-1".into(),
            connected_at: Some(at("2026-03-04T05:06:07Z")),
            disconnected_at: Some(at("2026-03-04T06:06:07Z")),
        },
    });
}

#[test]
fn a_webhook_shard_has_no_session() {
    let event: ConduitShardDisabledEvent = read("conduit.shard.disabled", "1", Some("webhook"));
    assert_eq!(event.transport, Transport::Webhook { callback: "https://app.example/hook".into() });
    assert_eq!(event.status, SubscriptionStatus::NotificationFailuresExceeded);
}
