//! Every topic of the family, field by field.

use super::{at, condition_is, readable, reads_as};
use crate::eventsub::topic::moderate::*;
use serde_json::json;

#[test]
fn channel_moderate_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelModerate::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelModerate>(ChannelModerateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        source_broadcaster_user_id: Some("1007".into()),
        source_broadcaster_user_login: Some("gale".into()),
        source_broadcaster_user_name: Some("Gale".into()),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
        action: ModerateAction::Timeout(TimeoutAction {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            reason: Some("spam".into()),
            expires_at: at("2026-03-04T05:16:07Z"),
        }),
    });
}

#[test]
fn channel_moderate_v2_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelModerateV2::new("1001", "1003"),
        json!({"broadcaster_user_id": "1001", "moderator_user_id": "1003"}),
        Some("1003"),
    );
    reads_as::<ChannelModerateV2>(ChannelModerateEvent {
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        source_broadcaster_user_id: Some("1007".into()),
        source_broadcaster_user_login: Some("gale".into()),
        source_broadcaster_user_name: Some("Gale".into()),
        moderator_user_id: "1003".into(),
        moderator_user_login: "cleo".into(),
        moderator_user_name: "Cleo".into(),
        action: ModerateAction::Timeout(TimeoutAction {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            reason: Some("spam".into()),
            expires_at: at("2026-03-04T05:16:07Z"),
        }),
    });
}

fn action(case: &str) -> ModerateAction {
    readable::<ChannelModerateV2>(Some(case)).action
}

#[test]
fn every_action_is_read_as_what_was_done() {
    assert_eq!(
        action("ban"),
        ModerateAction::Ban(BanAction {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            reason: Some("spam".into())
        })
    );
    assert_eq!(
        action("unban"),
        ModerateAction::Unban(ModeratedUser {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into()
        })
    );
    assert_eq!(
        action("untimeout"),
        ModerateAction::Untimeout(ModeratedUser {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into()
        })
    );
    assert_eq!(action("clear"), ModerateAction::Clear);
    assert_eq!(action("emoteonly"), ModerateAction::EmoteOnly);
    assert_eq!(action("emoteonlyoff"), ModerateAction::EmoteOnlyOff);
    assert_eq!(
        action("followers"),
        ModerateAction::Followers(FollowersAction { follow_duration_minutes: 10 })
    );
    assert_eq!(action("followersoff"), ModerateAction::FollowersOff);
    assert_eq!(action("uniquechat"), ModerateAction::UniqueChat);
    assert_eq!(action("uniquechatoff"), ModerateAction::UniqueChatOff);
    assert_eq!(action("slow"), ModerateAction::Slow(SlowAction { wait_time_seconds: 30 }));
    assert_eq!(action("slowoff"), ModerateAction::SlowOff);
    assert_eq!(action("subscribers"), ModerateAction::Subscribers);
    assert_eq!(action("subscribersoff"), ModerateAction::SubscribersOff);
    assert_eq!(
        action("raid"),
        ModerateAction::Raid(RaidAction {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            viewer_count: 42
        })
    );
    assert_eq!(
        action("unraid"),
        ModerateAction::Unraid(ModeratedUser {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into()
        })
    );
    assert_eq!(
        action("delete"),
        ModerateAction::Delete(DeleteAction {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            message_id: "m-1".into(),
            message_body: "buy now".into()
        })
    );
    assert_eq!(
        action("vip"),
        ModerateAction::Vip(ModeratedUser {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into()
        })
    );
    assert_eq!(
        action("unvip"),
        ModerateAction::Unvip(ModeratedUser {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into()
        })
    );
    assert_eq!(
        action("mod"),
        ModerateAction::Mod(ModeratedUser {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into()
        })
    );
    assert_eq!(
        action("unmod"),
        ModerateAction::Unmod(ModeratedUser {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into()
        })
    );
    assert_eq!(
        action("add_blocked_term"),
        ModerateAction::AddBlockedTerm(TermsAction {
            action: "add".into(),
            list: "blocked".into(),
            terms: vec!["spam".into(), "scam".into()],
            from_automod: true
        })
    );
    assert_eq!(
        action("add_permitted_term"),
        ModerateAction::AddPermittedTerm(TermsAction {
            action: "add".into(),
            list: "blocked".into(),
            terms: vec!["spam".into(), "scam".into()],
            from_automod: true
        })
    );
    assert_eq!(
        action("remove_blocked_term"),
        ModerateAction::RemoveBlockedTerm(TermsAction {
            action: "add".into(),
            list: "blocked".into(),
            terms: vec!["spam".into(), "scam".into()],
            from_automod: true
        })
    );
    assert_eq!(
        action("remove_permitted_term"),
        ModerateAction::RemovePermittedTerm(TermsAction {
            action: "add".into(),
            list: "blocked".into(),
            terms: vec!["spam".into(), "scam".into()],
            from_automod: true
        })
    );
    assert_eq!(
        action("approve_unban_request"),
        ModerateAction::ApproveUnbanRequest(UnbanRequestAction {
            is_approved: true,
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            moderator_message: Some("welcome back".into())
        })
    );
    assert_eq!(
        action("deny_unban_request"),
        ModerateAction::DenyUnbanRequest(UnbanRequestAction {
            is_approved: true,
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            moderator_message: Some("welcome back".into())
        })
    );
    assert_eq!(
        action("warn"),
        ModerateAction::Warn(WarnAction {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            reason: Some("spam".into()),
            chat_rules_cited: Some(vec!["Be kind.".into()])
        })
    );
    assert_eq!(
        action("shared_chat_ban"),
        ModerateAction::SharedChatBan(BanAction {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            reason: Some("spam".into())
        })
    );
    assert_eq!(
        action("shared_chat_timeout"),
        ModerateAction::SharedChatTimeout(TimeoutAction {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            reason: Some("spam".into()),
            expires_at: at("2026-03-04T05:16:07Z")
        })
    );
    assert_eq!(
        action("shared_chat_unban"),
        ModerateAction::SharedChatUnban(ModeratedUser {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into()
        })
    );
    assert_eq!(
        action("shared_chat_untimeout"),
        ModerateAction::SharedChatUntimeout(ModeratedUser {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into()
        })
    );
    assert_eq!(
        action("shared_chat_delete"),
        ModerateAction::SharedChatDelete(DeleteAction {
            user_id: "1002".into(),
            user_login: "brook".into(),
            user_name: "Brook".into(),
            message_id: "m-1".into(),
            message_body: "buy now".into()
        })
    );
}

#[test]
fn a_ban_may_have_no_reason() {
    let ModerateAction::Ban(ban) = action("no reason") else { panic!("not a ban") };
    assert_eq!(ban.reason, None);
}

#[test]
fn an_action_that_nobody_has_seen_keeps_what_came_with_it() {
    let ModerateAction::Unknown { kind, fields } = action("new") else { panic!("known") };
    assert_eq!(kind, "dance");
    assert_eq!(serde_json::Value::from(fields), json!({"dance": {"style": "tango"}}));
}

#[test]
fn an_action_whose_content_is_missing_keeps_the_content_that_came() {
    let ModerateAction::Unknown { kind, fields } = action("mislabelled") else { panic!("known") };
    assert_eq!(kind, "ban");
    assert_eq!(fields["shared_chat_timeout"]["user_login"], "brook");
}
