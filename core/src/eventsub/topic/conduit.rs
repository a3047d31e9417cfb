//! Topics about the application's conduits.

use crate::eventsub::topic;
use crate::eventsub::{SubscriptionStatus, Transport};
use crate::id::{ConduitId, ShardId};
use crate::wire::null_as_default;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// A conduit's shard no longer delivers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConduitShardDisabled {
    /// The application that asks.
    pub client_id: CompactString,
    /// One conduit; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conduit_id: Option<ConduitId>,
}

impl ConduitShardDisabled {
    /// Disabled shards of all the application's conduits.
    pub fn new(client_id: impl Into<CompactString>) -> Self {
        ConduitShardDisabled { client_id: client_id.into(), conduit_id: None }
    }

    /// Only of this conduit.
    pub fn of_conduit(mut self, conduit: impl Into<ConduitId>) -> Self {
        self.conduit_id = Some(conduit.into());
        self
    }
}

topic!(ConduitShardDisabled = "conduit.shard.disabled" "1" => ConduitShardDisabledEvent, any, on: conduit);

/// A conduit's shard no longer delivers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConduitShardDisabledEvent {
    /// The conduit.
    pub conduit_id: ConduitId,
    /// The shard.
    pub shard_id: ShardId,
    /// Why.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: SubscriptionStatus,
    /// Where it delivered to.
    pub transport: Transport,
}
