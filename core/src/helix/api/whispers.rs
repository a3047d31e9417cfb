//! [Whispers](https://dev.twitch.tv/docs/api/reference/#send-whisper).

use crate::helix::check::{self, Checked};
use crate::helix::{Invalid, Rule, endpoint};
use crate::id::UserId;
use serde::Serialize;

/// Whispers to a user: 3 a second, 100 a minute, to 40 people a day. The sender needs a verified phone number. Twitch
/// says nothing of a whisper that it drops.
#[derive(Clone, Debug, Serialize)]
pub struct SendWhisper {
    /// Who whispers.
    pub from_user_id: UserId,
    /// To whom.
    pub to_user_id: UserId,
    /// What.
    #[serde(skip)]
    pub whisper: Whisper,
}

endpoint!(SendWhisper = "send-whisper": post "/whispers" => (), user(from_user_id), scopes: any(UserManageWhispers),
    limits: [3 in 1 by (from_user_id), 100 in 60 by (from_user_id)], body: json(whisper),
    check: |r| check::length("message", &r.whisper.message, 1, 10_000).and(r.others()));

/// What is whispered.
#[derive(Clone, Debug, Serialize)]
pub struct Whisper {
    /// The text, 1 to 10 000 characters; Twitch cuts it to 500 where the other never whispered to the sender.
    pub message: String,
}

impl SendWhisper {
    /// A whisper from one user to another.
    pub fn new(from: impl Into<UserId>, to: impl Into<UserId>, message: impl Into<String>) -> Self {
        SendWhisper {
            from_user_id: from.into(),
            to_user_id: to.into(),
            whisper: Whisper { message: message.into() },
        }
    }

    fn others(&self) -> Checked {
        if self.from_user_id == self.to_user_id {
            return Err(Invalid::new("to_user_id", Rule::Other("must be another user")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{body, query, refused};
    use serde_json::json;

    #[test]
    fn a_whisper_travels_in_the_body() {
        let request = SendWhisper::new("1001", "1002", "psst");
        assert_eq!(query(&request), "from_user_id=1001&to_user_id=1002");
        assert_eq!(body(&request), json!({"message": "psst"}));
        let refused = |to: &str, text: String| refused(&SendWhisper::new("1001", to, text));
        assert_eq!(refused("1002", String::new()), "`message` wants 1 to 10000 characters, has 0");
        assert_eq!(refused("1002", "x".repeat(10_001)), "`message` wants 1 to 10000 characters, has 10001");
        assert_eq!(refused("1001", "psst".into()), "`to_user_id` must be another user");
    }
}
