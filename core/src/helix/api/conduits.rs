//! [Conduits](https://dev.twitch.tv/docs/api/reference/#get-conduits): what spreads an application's subscriptions over
//! many WebSockets or webhooks. All of it takes the app token.

use crate::eventsub::Transport;
use crate::helix::check::{self, Checked};
use crate::helix::{Json, List, One, Page, endpoint};
use crate::id::{ConduitId, SessionId, ShardId};
use crate::wire::{null_as_default, open_enum};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Gets the application's conduits, at most five.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetConduits {}

endpoint!(GetConduits = "get-conduits": get "/eventsub/conduits" => List<Conduit>, app);

/// Makes a conduit.
#[derive(Clone, Debug, Serialize)]
pub struct CreateConduits {
    /// With how many shards, 1 to 20 000.
    pub shard_count: u32,
}

endpoint!(CreateConduits = "create-conduits": post "/eventsub/conduits" => One<Conduit>, app, body: whole,
    check: |r| check::range("shard_count", r.shard_count, 1, 20_000));

impl CreateConduits {
    /// A conduit with so many shards.
    pub fn new(shard_count: u32) -> Self {
        CreateConduits { shard_count }
    }
}

/// Changes a conduit's number of shards. If it sinks, the shards with the highest ids go.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateConduits {
    /// The conduit.
    pub id: ConduitId,
    /// With how many shards, 1 to 20 000.
    pub shard_count: u32,
}

endpoint!(UpdateConduits = "update-conduits": patch "/eventsub/conduits" => One<Conduit>, app, body: whole,
    check: |r| check::range("shard_count", r.shard_count, 1, 20_000));

impl UpdateConduits {
    /// Gives a conduit so many shards.
    pub fn new(id: impl Into<ConduitId>, shard_count: u32) -> Self {
        UpdateConduits { id: id.into(), shard_count }
    }
}

/// Deletes a conduit, and with it its subscriptions.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteConduit {
    /// The conduit.
    pub id: ConduitId,
}

endpoint!(DeleteConduit = "delete-conduit": delete "/eventsub/conduits" => (), app);

impl DeleteConduit {
    /// Deletes this one.
    pub fn new(id: impl Into<ConduitId>) -> Self {
        DeleteConduit { id: id.into() }
    }
}

/// A conduit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conduit {
    /// The conduit's id.
    pub id: ConduitId,
    /// How many shards it has; their ids go from 0 to one less.
    pub shard_count: u32,
}

/// Gets a conduit's shards. After its number of shards sank, Twitch lists those that are gone for a while.
#[derive(Clone, Debug, Serialize)]
pub struct GetConduitShards {
    /// The conduit.
    pub conduit_id: ConduitId,
    /// Only those with this status.
    pub status: Option<ShardStatus>,
}

endpoint!(GetConduitShards = "get-conduit-shards": get "/eventsub/conduits/shards" => Page<ConduitShard>, app);

impl GetConduitShards {
    /// All shards of a conduit.
    pub fn new(conduit: impl Into<ConduitId>) -> Self {
        GetConduitShards { conduit_id: conduit.into(), status: None }
    }

    /// Only those with this status.
    #[must_use]
    pub fn with_status(mut self, status: ShardStatus) -> Self {
        self.status = Some(status);
        self
    }
}

/// A conduit's shard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConduitShard {
    /// The shard's id.
    pub id: ShardId,
    /// Whether it delivers, or why not.
    pub status: ShardStatus,
    /// Where it delivers to.
    pub transport: Transport,
}

open_enum! {
    /// Whether a shard delivers, or why not.
    pub enum ShardStatus {
        /// It delivers.
        Enabled = "enabled",
        /// The webhook's callback has not answered the challenge yet.
        WebhookCallbackVerificationPending = "webhook_callback_verification_pending",
        /// The webhook's callback failed the challenge.
        WebhookCallbackVerificationFailed = "webhook_callback_verification_failed",
        /// The webhook failed too often.
        NotificationFailuresExceeded = "notification_failures_exceeded",
        /// The client closed the socket.
        WebsocketDisconnected = "websocket_disconnected",
        /// The client did not answer a ping.
        WebsocketFailedPingPong = "websocket_failed_ping_pong",
        /// The client sent something.
        WebsocketReceivedInboundTraffic = "websocket_received_inbound_traffic",
        /// Twitch failed.
        WebsocketInternalError = "websocket_internal_error",
        /// Twitch timed out writing to the client.
        WebsocketNetworkTimeout = "websocket_network_timeout",
        /// The network failed.
        WebsocketNetworkError = "websocket_network_error",
        /// The client did not follow a reconnect request.
        WebsocketFailedToReconnect = "websocket_failed_to_reconnect",
    }
}

/// Says where shards deliver to. Some may succeed and others fail: see [`UpdatedConduitShards::errors`].
#[derive(Clone, Debug, Serialize)]
pub struct UpdateConduitShards {
    /// The conduit.
    pub conduit_id: ConduitId,
    /// The shards, at least one.
    pub shards: Vec<ShardUpdate>,
}

endpoint!(UpdateConduitShards = "update-conduit-shards": patch "/eventsub/conduits/shards"
    => Json<UpdatedConduitShards>, app, body: whole, check: |r| r.check());

impl UpdateConduitShards {
    /// Assigns these shards.
    pub fn new(conduit: impl Into<ConduitId>, shards: impl IntoIterator<Item = ShardUpdate>) -> Self {
        UpdateConduitShards { conduit_id: conduit.into(), shards: shards.into_iter().collect() }
    }

    fn check(&self) -> Checked {
        check::count("shards", self.shards.len(), 1, 20_000)
    }
}

/// Where a shard is to deliver to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShardUpdate {
    /// The shard.
    pub id: ShardId,
    /// A WebSocket, or a webhook with its secret.
    pub transport: Transport,
}

impl ShardUpdate {
    /// Lets a shard deliver to a WebSocket session.
    pub fn to_session(shard: impl Into<ShardId>, session: impl Into<SessionId>) -> Self {
        ShardUpdate { id: shard.into(), transport: Transport::session(session) }
    }
}

/// Which shards were assigned and which were not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UpdatedConduitShards {
    /// Those that were.
    #[serde(default, deserialize_with = "null_as_default", rename = "data")]
    pub updated: Vec<ConduitShard>,
    /// Those that were not, and why.
    #[serde(default, deserialize_with = "null_as_default")]
    pub errors: Vec<ShardError>,
}

/// Why a shard was not assigned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShardError {
    /// The shard.
    pub id: ShardId,
    /// Twitch's words.
    #[serde(default)]
    pub message: String,
    /// Twitch's code.
    #[serde(default)]
    pub code: CompactString,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eventsub::WebhookSecret;
    use crate::helix::api::fixture::{at, body, decode, query, refused};
    use serde_json::json;

    #[test]
    fn a_conduit_has_up_to_20_000_shards() {
        assert_eq!(query(&GetConduits {}), "");
        let conduit = Conduit { id: "c1".into(), shard_count: 5 };
        let wire = json!({"data": [{"id": "c1", "shard_count": 5}]});
        assert_eq!(decode::<GetConduits>(wire.clone()), std::slice::from_ref(&conduit));
        assert_eq!(json!({"data": [conduit]}), wire);
        assert_eq!(body(&CreateConduits::new(5)), json!({"shard_count": 5}));
        assert_eq!(decode::<CreateConduits>(wire.clone()), conduit);
        assert_eq!(body(&UpdateConduits::new("c1", 5)), json!({"id": "c1", "shard_count": 5}));
        assert_eq!(decode::<UpdateConduits>(wire), conduit);
        assert_eq!(refused(&CreateConduits::new(0)), "`shard_count` must be 1 to 20000, is 0");
        assert_eq!(refused(&UpdateConduits::new("c1", 20_001)), "`shard_count` must be 1 to 20000, is 20001");
        assert_eq!(query(&DeleteConduit::new("c1")), "id=c1");
    }

    #[test]
    fn a_shard_decodes_to_the_field() {
        let request = GetConduitShards::new("c1").with_status(ShardStatus::WebsocketDisconnected);
        assert_eq!(query(&request), "conduit_id=c1&status=websocket_disconnected");
        let wire = json!([
            {"id": "0", "status": "enabled", "transport": {"method": "webhook", "callback": "https://app.example/hook"}},
            {"id": "1", "status": "websocket_disconnected", "transport": {
                "method": "websocket", "session_id": "s1", "connected_at": "2026-01-02T08:00:00Z",
                "disconnected_at": "2026-01-02T09:00:00Z",
            }},
        ]);
        let page = decode::<GetConduitShards>(json!({"data": wire, "pagination": {}}));
        assert_eq!(
            page.items,
            [
                ConduitShard {
                    id: 0.into(),
                    status: ShardStatus::Enabled,
                    transport: Transport::Webhook { callback: "https://app.example/hook".into() },
                },
                ConduitShard {
                    id: 1.into(),
                    status: ShardStatus::WebsocketDisconnected,
                    transport: Transport::WebSocket {
                        session_id: "s1".into(),
                        connected_at: Some(at("08:00:00")),
                        disconnected_at: Some(at("09:00:00")),
                    },
                },
            ]
        );
        assert_eq!(page.items[1].id.number(), Some(1));
        assert_eq!(serde_json::to_value(&page.items).unwrap(), wire);
    }

    #[test]
    fn shards_are_assigned_one_by_one_in_one_call() {
        let webhook = ShardUpdate {
            id: 1.into(),
            transport: Transport::NewWebhook {
                callback: "https://app.example/hook".into(),
                secret: WebhookSecret::new("0123456789").unwrap(),
            },
        };
        let request = UpdateConduitShards::new("c1", [ShardUpdate::to_session(0, "s1"), webhook]);
        assert_eq!(query(&request), "");
        assert_eq!(
            body(&request),
            json!({
                "conduit_id": "c1",
                "shards": [
                    {"id": "0", "transport": {"method": "websocket", "session_id": "s1"}},
                    {"id": "1", "transport": {
                        "method": "webhook", "callback": "https://app.example/hook", "secret": "0123456789",
                    }},
                ],
            })
        );
        assert_eq!(refused(&UpdateConduitShards::new("c1", [])), "`shards` wants 1 to 20000 values, has 0");
        let wire = json!({
            "data": [{"id": "0", "status": "enabled", "transport": {"method": "websocket", "session_id": "s1"}}],
            "errors": [{"id": "1", "message": "no such shard", "code": "invalid_parameter"}],
        });
        let answer = decode::<UpdateConduitShards>(wire.clone());
        assert_eq!(
            answer,
            UpdatedConduitShards {
                updated: vec![ConduitShard {
                    id: 0.into(),
                    status: ShardStatus::Enabled,
                    transport: Transport::session("s1"),
                }],
                errors: vec![ShardError {
                    id: 1.into(),
                    message: "no such shard".into(),
                    code: "invalid_parameter".into(),
                }],
            }
        );
        assert_eq!(serde_json::to_value(&answer).unwrap(), wire);
    }
}
