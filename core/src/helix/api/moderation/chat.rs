//! What may be said in chat: blocked terms, and messages taken back.

use crate::helix::{One, Page, check, endpoint};
use crate::id::{BlockedTermId, ChatMessageId, UserId};
use crate::wire::empty_as_none;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Lists the terms that a channel blocks: those that its moderators added, and those they denied when AutoMod asked.
#[derive(Clone, Debug, Serialize)]
pub struct GetBlockedTerms {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who asks: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetBlockedTerms = "get-blocked-terms": get "/moderation/blocked_terms" => Page<BlockedTerm>,
    user(moderator_id), scopes: any(ModeratorReadBlockedTerms, ModeratorManageBlockedTerms), page: 100);

impl GetBlockedTerms {
    /// The terms of a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        GetBlockedTerms { broadcaster_id: broadcaster.into(), moderator_id: moderator.into(), first: None }
    }
}

/// Blocks a term. One that is blocked already is answered as it is.
#[derive(Clone, Debug, Serialize)]
pub struct AddBlockedTerm {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who blocks it: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The term.
    #[serde(skip)]
    pub term: NewBlockedTerm,
}

endpoint!(AddBlockedTerm = "add-blocked-term": post "/moderation/blocked_terms" => One<BlockedTerm>,
    user(moderator_id), scopes: any(ModeratorManageBlockedTerms), body: json(term),
    check: |r| check::length("text", &r.term.text, 2, 500));

impl AddBlockedTerm {
    /// Blocks a word or phrase of 2 to 500 characters; `*` at the beginning or end of a word stands for anything.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        text: impl Into<String>,
    ) -> Self {
        AddBlockedTerm {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            term: NewBlockedTerm { text: text.into() },
        }
    }
}

/// A term to be blocked.
#[derive(Clone, Debug, Serialize)]
pub struct NewBlockedTerm {
    /// The word or phrase, of 2 to 500 characters.
    pub text: String,
}

/// Allows a blocked term again.
#[derive(Clone, Debug, Serialize)]
pub struct RemoveBlockedTerm {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who allows it: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The term.
    pub id: BlockedTermId,
}

endpoint!(RemoveBlockedTerm = "remove-blocked-term": delete "/moderation/blocked_terms" => (), user(moderator_id),
    scopes: any(ModeratorManageBlockedTerms));

impl RemoveBlockedTerm {
    /// Allows a term again.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        term: impl Into<BlockedTermId>,
    ) -> Self {
        RemoveBlockedTerm {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            id: term.into(),
        }
    }
}

/// A term that a channel blocks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BlockedTerm {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who blocked it.
    pub moderator_id: UserId,
    /// The term's id.
    pub id: BlockedTermId,
    /// The word or phrase.
    pub text: String,
    /// When it was blocked.
    pub created_at: Timestamp,
    /// When it was last blocked anew.
    pub updated_at: Timestamp,
    /// When it will be allowed again; none for never.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub expires_at: Option<Timestamp>,
}

/// Takes one message out of the chat, or all of them.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteChatMessages {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who does so: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The message, of the last six hours, and neither the broadcaster's nor another moderator's; none for all.
    message_id: Option<ChatMessageId>,
}

endpoint!(DeleteChatMessages = "delete-chat-messages": delete "/moderation/chat" => (), user(moderator_id),
    scopes: any(ModeratorManageChatMessages));

impl DeleteChatMessages {
    /// Takes out one message. It must be of the last six hours, and neither the broadcaster's nor another moderator's.
    pub fn one(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        message: impl Into<ChatMessageId>,
    ) -> Self {
        DeleteChatMessages { message_id: Some(message.into()), ..Self::all(broadcaster, moderator) }
    }

    /// Clears the chat.
    pub fn all(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        DeleteChatMessages {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            message_id: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, body, decode, query, refused};
    use crate::helix::{Cursor, Endpoint};
    use serde_json::{Value as Json, json};

    fn wire(expires_at: Json) -> Json {
        json!({
            "broadcaster_id": "1001", "moderator_id": "1002", "id": "t1", "text": "grr*",
            "created_at": "2026-01-02T10:00:00Z", "updated_at": "2026-01-02T11:00:00Z", "expires_at": expires_at,
        })
    }

    fn term(expires_at: Option<Timestamp>) -> BlockedTerm {
        BlockedTerm {
            broadcaster_id: "1001".into(),
            moderator_id: "1002".into(),
            id: "t1".into(),
            text: "grr*".into(),
            created_at: at("10:00:00"),
            updated_at: at("11:00:00"),
            expires_at,
        }
    }

    #[test]
    fn blocked_terms_are_listed() {
        let request = GetBlockedTerms::new("1001", "1002");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        let first = GetBlockedTerms { first: Some(101), ..request };
        assert_eq!(refused(&first), "`first` must be 1 to 100, is 101");
        let page = decode::<GetBlockedTerms>(json!({
            "data": [wire(Json::Null), wire(json!("2026-01-02T12:00:00Z"))],
            "pagination": {"cursor": "next"},
        }));
        let items = vec![term(None), term(Some(at("12:00:00")))];
        assert_eq!(page, Page { items, cursor: Some(Cursor::new("next")), total: None });
    }

    #[test]
    fn a_term_of_2_to_500_characters_is_blocked() {
        let request = AddBlockedTerm::new("1001", "1002", "grr*");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        assert_eq!(body(&request), json!({"text": "grr*"}));
        assert_eq!(decode::<AddBlockedTerm>(json!({"data": [wire(Json::Null)]})), term(None));
        let of = |text: &str| refused(&AddBlockedTerm::new("1001", "1002", text));
        assert_eq!(of("g"), "`text` wants 2 to 500 characters, has 1");
        assert_eq!(of(&"g".repeat(501)), "`text` wants 2 to 500 characters, has 501");
    }

    #[test]
    fn a_term_is_allowed_again_by_its_id() {
        let request = RemoveBlockedTerm::new("1001", "1002", "t1");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002&id=t1");
        decode::<RemoveBlockedTerm>(Json::Null);
    }

    #[test]
    fn one_message_is_deleted_or_all() {
        let one = DeleteChatMessages::one("1001", "1002", "m1");
        assert_eq!(query(&one), "broadcaster_id=1001&moderator_id=1002&message_id=m1");
        assert_eq!(one.owner(), Some(&UserId::new("1002")));
        let all = DeleteChatMessages::all("1001", "1002");
        assert_eq!(query(&all), "broadcaster_id=1001&moderator_id=1002");
        decode::<DeleteChatMessages>(Json::Null);
    }
}
