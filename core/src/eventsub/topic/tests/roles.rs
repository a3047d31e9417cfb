//! Every topic of the family, field by field.

use super::{condition_is, reads_as};
use crate::eventsub::topic::roles::*;
use serde_json::json;

#[test]
fn channel_moderator_add_decodes_to_the_field_and_back() {
    condition_is(&ChannelModeratorAdd::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelModeratorAdd>(ChannelModeratorAddEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
    });
}

#[test]
fn channel_moderator_remove_decodes_to_the_field_and_back() {
    condition_is(&ChannelModeratorRemove::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelModeratorRemove>(ChannelModeratorRemoveEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
    });
}

#[test]
fn channel_vip_add_decodes_to_the_field_and_back() {
    condition_is(&ChannelVipAdd::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelVipAdd>(ChannelVipAddEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
    });
}

#[test]
fn channel_vip_remove_decodes_to_the_field_and_back() {
    condition_is(&ChannelVipRemove::new("1001"), json!({"broadcaster_user_id": "1001"}), Some("1001"));
    reads_as::<ChannelVipRemove>(ChannelVipRemoveEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
    });
}
