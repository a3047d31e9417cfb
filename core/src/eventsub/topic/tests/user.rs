//! Every topic of the family, field by field.

use super::{condition_is, read, reads_as};
use crate::eventsub::topic::user::*;
use serde_json::json;

#[test]
fn user_authorization_grant_decodes_to_the_field_and_back() {
    condition_is(&UserAuthorizationGrant::new("app-1"), json!({"client_id": "app-1"}), None);
    reads_as::<UserAuthorizationGrant>(UserAuthorizationGrantEvent {
        client_id: "app-1".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
    });
}

#[test]
fn user_authorization_revoke_decodes_to_the_field_and_back() {
    condition_is(&UserAuthorizationRevoke::new("app-1"), json!({"client_id": "app-1"}), None);
    reads_as::<UserAuthorizationRevoke>(UserAuthorizationRevokeEvent {
        client_id: "app-1".into(),
        user_id: "1002".into(),
        user_login: Some("brook".into()),
        user_name: Some("Brook".into()),
    });
}

#[test]
fn user_update_decodes_to_the_field_and_back() {
    condition_is(&UserUpdate::new("1002"), json!({"user_id": "1002"}), None);
    reads_as::<UserUpdate>(UserUpdateEvent {
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        email: Some("brook@mail.example".into()),
        email_verified: true,
        description: "Paints fences.".into(),
    });
}

#[test]
fn user_whisper_message_decodes_to_the_field_and_back() {
    condition_is(&UserWhisperMessage::new("1002"), json!({"user_id": "1002"}), Some("1002"));
    reads_as::<UserWhisperMessage>(UserWhisperMessageEvent {
        from_user_id: "1004".into(),
        from_user_login: "dana".into(),
        from_user_name: "Dana".into(),
        to_user_id: "1005".into(),
        to_user_login: "eli".into(),
        to_user_name: "Eli".into(),
        whisper_id: "w-1".into(),
        whisper: Whisper { text: "psst".into() },
    });
}

#[test]
fn a_user_who_is_gone_has_no_login() {
    let event: UserAuthorizationRevokeEvent = read("user.authorization.revoke", "1", Some("gone"));
    assert_eq!((event.user_login, event.user_name), (None, None));
}

#[test]
fn an_address_without_its_scope_is_none() {
    let event: UserUpdateEvent = read("user.update", "1", Some("no address"));
    assert_eq!(event.email, None);
}
