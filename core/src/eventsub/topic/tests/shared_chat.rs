//! Every topic of the family, field by field.

use super::{condition_is, reads_as};
use crate::eventsub::topic::shared_chat::*;
use serde_json::json;

#[test]
fn channel_shared_chat_begin_decodes_to_the_field_and_back() {
    condition_is(&ChannelSharedChatBegin::new("1001"), json!({"broadcaster_user_id": "1001"}), None);
    reads_as::<ChannelSharedChatBegin>(ChannelSharedChatBeginEvent {
        session_id: "s-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        host_broadcaster_user_id: "1006".into(),
        host_broadcaster_user_login: "finn".into(),
        host_broadcaster_user_name: "Finn".into(),
        participants: vec![
            SharedChatBroadcaster {
                broadcaster_user_id: "1001".into(),
                broadcaster_user_login: "ada".into(),
                broadcaster_user_name: "Ada".into(),
            },
            SharedChatBroadcaster {
                broadcaster_user_id: "1006".into(),
                broadcaster_user_login: "finn".into(),
                broadcaster_user_name: "Finn".into(),
            },
        ],
    });
}

#[test]
fn channel_shared_chat_update_decodes_to_the_field_and_back() {
    condition_is(&ChannelSharedChatUpdate::new("1001"), json!({"broadcaster_user_id": "1001"}), None);
    reads_as::<ChannelSharedChatUpdate>(ChannelSharedChatUpdateEvent {
        session_id: "s-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        host_broadcaster_user_id: "1006".into(),
        host_broadcaster_user_login: "finn".into(),
        host_broadcaster_user_name: "Finn".into(),
        participants: vec![
            SharedChatBroadcaster {
                broadcaster_user_id: "1001".into(),
                broadcaster_user_login: "ada".into(),
                broadcaster_user_name: "Ada".into(),
            },
            SharedChatBroadcaster {
                broadcaster_user_id: "1006".into(),
                broadcaster_user_login: "finn".into(),
                broadcaster_user_name: "Finn".into(),
            },
        ],
    });
}

#[test]
fn channel_shared_chat_end_decodes_to_the_field_and_back() {
    condition_is(&ChannelSharedChatEnd::new("1001"), json!({"broadcaster_user_id": "1001"}), None);
    reads_as::<ChannelSharedChatEnd>(ChannelSharedChatEndEvent {
        session_id: "s-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        host_broadcaster_user_id: "1006".into(),
        host_broadcaster_user_login: "finn".into(),
        host_broadcaster_user_name: "Finn".into(),
    });
}
