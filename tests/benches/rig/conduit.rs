//! A client with a conduit of many shards.

use super::adapter::Adapter;
use twitchwire::eventsub::{ConduitChoice, ConduitConfig, ConduitSize, ShardChoice, ShardPart};
use twitchwire::{Endpoints, StartError};
use twitchwire_blocking::front::{Client, Notices};
use twitchwire_sim::scene;

/// A client that begins to open this many shards of a new conduit.
pub(crate) fn start<A: Adapter>(
    endpoints: Endpoints,
    shards: u32,
) -> Result<(Client<A>, Notices<A>), StartError> {
    let part = ShardPart::whole(shards).expect("a size that Twitch allows");
    let builder = Client::builder(scene::CLIENT_ID).secret(scene::CLIENT_SECRET).endpoints(endpoints);
    A::begin(builder.conduit(ConduitConfig {
        choice: ConduitChoice::New,
        shards: ShardChoice::Part { part, size: ConduitSize::Scale },
        ..ConduitConfig::default()
    }))
}

/// Waits until every shard is enabled.
pub(crate) fn complete<A: Adapter>(client: &Client<A>, notices: &mut Notices<A>) {
    while !client.with_conduit(|conduit| conduit.is_complete()).unwrap_or(false) {
        if A::next(notices).is_none() {
            return;
        }
    }
}
