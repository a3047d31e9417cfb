//! [Channels](https://dev.twitch.tv/docs/api/reference/#get-channel-information).

use crate::helix::{Page, endpoint};
use crate::id::{Login, UserId};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Gets the users who follow a broadcaster, the newest first. Without the scope, or with the token of a user who does
/// not moderate the channel, only the total is told.
#[derive(Clone, Debug, Serialize)]
pub struct GetChannelFollowers {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Asks whether this one user follows.
    pub user_id: Option<UserId>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetChannelFollowers = "get-channel-followers": get "/channels/followers" => Page<FollowedBy>,
    user(broadcaster_id), optional: (ModeratorReadFollowers), page: 100);

impl GetChannelFollowers {
    /// All followers of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetChannelFollowers { broadcaster_id: broadcaster.into(), user_id: None, first: None }
    }

    /// Whether this one user follows.
    #[must_use]
    pub fn of(mut self, user: impl Into<UserId>) -> Self {
        self.user_id = Some(user.into());
        self
    }
}

/// A user who follows a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FollowedBy {
    /// Who follows.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
    /// Since when.
    pub followed_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::{Endpoint, Pager};

    #[test]
    fn a_walk_takes_the_largest_pages_unless_told_otherwise() {
        let request = GetChannelFollowers::new("1001");
        assert_eq!(request.query().unwrap(), "broadcaster_id=1001");
        let base = "https://helix.example/helix".parse().unwrap();
        let first = Pager::new(&request).unwrap().next().unwrap().request(&base, "id", None);
        assert_eq!(
            first.uri(),
            "https://helix.example/helix/channels/followers?broadcaster_id=1001&first=100"
        );
        let request = GetChannelFollowers { first: Some(5), ..request };
        let first = Pager::new(&request).unwrap().next().unwrap().request(&base, "id", None);
        assert_eq!(first.uri(), "https://helix.example/helix/channels/followers?broadcaster_id=1001&first=5");
    }
}
