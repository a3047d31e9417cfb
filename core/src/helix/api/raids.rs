//! [Raids](https://dev.twitch.tv/docs/api/reference/#start-a-raid).

use crate::helix::check::Checked;
use crate::helix::{Invalid, One, Rule, endpoint};
use crate::id::UserId;
use crate::wire::null_as_default;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Starts a raid: after 90 seconds, or when the broadcaster says so, the channel's viewers move to another channel.
/// Twitch takes ten of these in ten minutes.
#[derive(Clone, Debug, Serialize)]
pub struct StartRaid {
    /// The channel that raids.
    pub from_broadcaster_id: UserId,
    /// The channel that is raided.
    pub to_broadcaster_id: UserId,
}

endpoint!(StartRaid = "start-a-raid": post "/raids" => One<Raid>, user(from_broadcaster_id),
    scopes: any(ChannelManageRaids), limits: [10 in 600 by (from_broadcaster_id)],
    check: |r| r.others());

impl StartRaid {
    /// Sends one channel's viewers to another.
    pub fn new(from: impl Into<UserId>, to: impl Into<UserId>) -> Self {
        StartRaid { from_broadcaster_id: from.into(), to_broadcaster_id: to.into() }
    }

    fn others(&self) -> Checked {
        if self.from_broadcaster_id == self.to_broadcaster_id {
            return Err(Invalid::new("to_broadcaster_id", Rule::Other("must be another broadcaster")));
        }
        Ok(())
    }
}

/// Cancels a raid that has not begun to move. Twitch takes ten of these in ten minutes.
#[derive(Clone, Debug, Serialize)]
pub struct CancelRaid {
    /// The channel that was to raid.
    pub broadcaster_id: UserId,
}

endpoint!(CancelRaid = "cancel-a-raid": delete "/raids" => (), user(broadcaster_id),
    scopes: any(ChannelManageRaids), limits: [10 in 600 by (broadcaster_id)]);

impl CancelRaid {
    /// Cancels a channel's raid.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        CancelRaid { broadcaster_id: broadcaster.into() }
    }
}

/// A raid about to begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Raid {
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Always false nowadays.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_mature: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{at, decode, query};
    use serde_json::json;

    #[test]
    fn a_raid_is_started_with_the_raiders_token() {
        let request = StartRaid::new("1001", "1002");
        assert_eq!(query(&request), "from_broadcaster_id=1001&to_broadcaster_id=1002");
        assert_eq!(request.owner(), Some(&UserId::new("1001")));
        let raid = decode::<StartRaid>(json!({"data": [
            {"created_at": "2026-01-02T10:00:00.52Z", "is_mature": false},
        ]}));
        assert_eq!(raid, Raid { created_at: at("10:00:00.52"), is_mature: false });
    }

    #[test]
    fn a_raid_is_cancelled_by_its_channel() {
        assert_eq!(query(&CancelRaid::new("1001")), "broadcaster_id=1001");
        decode::<CancelRaid>(json!(null));
    }
}
