//! Moderation.

use serde_json::json;

use super::{Case, case};
use crate::stage::{By, Call, Stage, call};

const IN_ADA: &str = "broadcaster_id=@ada&moderator_id=@brook";
/// Somebody who does not moderate ada's channel says that they do.
const BY_DAN: &str = "broadcaster_id=@ada&moderator_id=@dan";

pub(crate) fn cases() -> Vec<Case> {
    [bans(), requests(), room(), protection(), automod(), terms(), moderators(), vips()]
        .into_iter()
        .flatten()
        .collect()
}

/// A request of brook, who moderates ada's channel.
fn by_brook(line: impl Into<String>) -> Call {
    call(line).by(By::User("brook"))
}

fn by_dan(line: impl Into<String>) -> Call {
    call(line).by(By::User("dan"))
}

fn bans() -> Vec<Case> {
    let bans = "POST /moderation/bans";
    let ban = |who: &str| by_brook(format!("{bans}?{IN_ADA}")).body(json!({"data": {"user_id": who}}));
    let timeout = |seconds: i64| {
        let data = json!({"user_id": "@cleo", "duration": seconds, "reason": "Too loud"});
        by_brook(format!("{bans}?{IN_ADA}")).body(json!({"data": data}))
    };
    vec![
        case("get-banned-users", call("GET /moderation/banned?broadcaster_id=@ada"))
            .after(|stage| {
                let (ada, cleo) = (stage.id("ada"), stage.id("cleo"));
                stage.world.ban(stage.now, &ada, &cleo, &ada, Some(60));
            })
            .refused(400, call("GET /moderation/banned"))
            .refused(401, by_brook("GET /moderation/banned?broadcaster_id=@ada")),
        case("ban-user", ban("@cleo"))
            .refused(400, ban(""))
            .refused(400, ban("@ada"))
            .refused(
                400,
                by_brook(format!("{bans}?{IN_ADA}")).body(json!({"data": {
                    "user_id": "@cleo",
                    "reason": "a".repeat(501),
                }})),
            )
            .refused(403, by_dan(format!("{bans}?{BY_DAN}")).body(json!({"data": {"user_id": "@cleo"}})))
            .refused_after(400, with_cleo_banned, ban("@cleo")),
        case("ban-user", timeout(1_209_600)).refused(400, timeout(0)).refused(400, timeout(1_209_601)),
        case("unban-user", by_brook(format!("DELETE /moderation/bans?{IN_ADA}&user_id=@cleo")))
            .after(with_cleo_banned)
            .refused(400, by_brook(format!("DELETE /moderation/bans?{IN_ADA}&user_id=@dan")))
            .refused(403, by_dan(format!("DELETE /moderation/bans?{BY_DAN}&user_id=@cleo"))),
    ]
}

fn requests() -> Vec<Case> {
    let path = "/moderation/unban_requests";
    let resolve = |rest: &str| by_brook(format!("PATCH {path}?{IN_ADA}&{rest}"));
    vec![
        case("get-unban-requests", by_brook(format!("GET {path}?{IN_ADA}&status=denied")))
            .after(|stage| {
                with_request(stage);
                let path = "/moderation/unban_requests";
                let rest = "unban_request_id=@request&status=denied&resolution_text=No";
                stage.done(&by_brook(format!("PATCH {path}?{IN_ADA}&{rest}")));
            })
            .refused(400, by_brook(format!("GET {path}?{IN_ADA}")))
            .refused(400, by_brook(format!("GET {path}?{IN_ADA}&status=lost"))),
        case("resolve-unban-requests", resolve("unban_request_id=@request&status=approved"))
            .after(with_request)
            .refused(400, resolve("status=approved"))
            .refused(400, resolve("unban_request_id=@request&status=pending"))
            .refused(404, resolve("unban_request_id=x&status=approved")),
    ]
}

fn room() -> Vec<Case> {
    let path = "DELETE /moderation/chat";
    vec![
        case("delete-chat-messages", by_brook(format!("{path}?{IN_ADA}")))
            .refused(403, by_dan(format!("{path}?{BY_DAN}"))),
        case("delete-chat-messages", by_brook(format!("{path}?{IN_ADA}&message_id=@message")))
            .after(with_message)
            .refused(404, by_brook(format!("{path}?{IN_ADA}&message_id=x")))
            .refused_after(
                404,
                |stage| {
                    with_message(stage);
                    stage.pass(std::time::Duration::from_secs(6 * 3600 + 1));
                    stage.renew();
                },
                by_brook(format!("{path}?{IN_ADA}&message_id=@message")),
            )
            .refused_after(
                400,
                |stage| {
                    let ada = stage.id("ada");
                    let id = stage.world.chat(stage.now, &ada, &ada, "Mine.");
                    stage.keep("message", id);
                },
                by_brook(format!("{path}?{IN_ADA}&message_id=@message")),
            ),
    ]
}

fn protection() -> Vec<Case> {
    let shield = "/moderation/shield_mode";
    let switch = |active: bool| {
        by_brook(format!("PUT /moderation/shield_mode?{IN_ADA}")).body(json!({"is_active": active}))
    };
    let warn = |who: &str, reason: &str| {
        let data = json!({"user_id": who, "reason": reason});
        by_brook(format!("POST /moderation/warnings?{IN_ADA}")).body(json!({"data": data}))
    };
    let suspicious = "/moderation/suspicious_users";
    let suspect = |status: &str| {
        let body = json!({"user_id": "@cleo", "status": status});
        by_brook(format!("POST /moderation/suspicious_users?{IN_ADA}")).body(body)
    };
    vec![
        case("update-shield-mode-status", switch(true))
            .refused(400, by_brook(format!("PUT {shield}?{IN_ADA}")).body(json!({})))
            .refused(403, by_dan(format!("PUT {shield}?{BY_DAN}")).body(json!({"is_active": true}))),
        case("update-shield-mode-status", switch(false)).after(|stage| {
            let on = json!({"is_active": true});
            stage.done(&by_brook(format!("PUT /moderation/shield_mode?{IN_ADA}")).body(on));
        }),
        case("get-shield-mode-status", by_brook(format!("GET {shield}?{IN_ADA}")))
            .after(|stage| {
                let on = json!({"is_active": true});
                stage.done(&by_brook(format!("PUT /moderation/shield_mode?{IN_ADA}")).body(on));
            })
            .refused(400, by_brook(format!("GET {shield}?moderator_id=@brook")))
            .refused(403, by_dan(format!("GET {shield}?{BY_DAN}"))),
        case("warn-chat-user", warn("@cleo", "Calm down"))
            .refused(400, warn("@cleo", ""))
            .refused(400, warn("@cleo", &"a".repeat(501)))
            .refused(400, warn("@ada", "You"))
            .refused(403, by_dan(format!("POST /moderation/warnings?{BY_DAN}"))),
        case("add-suspicious-status-to-chat-user", suspect("RESTRICTED"))
            .refused(400, suspect("NO_TREATMENT"))
            .refused(403, by_dan(format!("POST {suspicious}?{BY_DAN}"))),
        case("add-suspicious-status-to-chat-user", suspect("ACTIVE_MONITORING").by(By::App)),
        case(
            "remove-suspicious-status-from-chat-user",
            by_brook(format!("DELETE {suspicious}?{IN_ADA}&user_id=@cleo")),
        )
        .after(|stage| {
            let body = json!({"user_id": "@cleo", "status": "RESTRICTED"});
            stage.done(&by_brook(format!("POST /moderation/suspicious_users?{IN_ADA}")).body(body));
            // What they write is shown to the moderators.
            let (cleo, ada) = (stage.id("cleo"), stage.id("ada"));
            stage.world.cheer(stage.now, &cleo, &ada, 100, "Cheer100 It was not me.");
        })
        .refused(400, by_brook(format!("DELETE {suspicious}?{IN_ADA}&user_id=@dan"))),
    ]
}

fn automod() -> Vec<Case> {
    let check = |text: &str| {
        let data = json!([{"msg_id": "1", "msg_text": text}, {"msg_id": "2", "msg_text": "Hello"}]);
        call("POST /moderation/enforcements/status?broadcaster_id=@ada").body(json!({"data": data}))
    };
    let settings = "/moderation/automod/settings";
    let set =
        |body: serde_json::Value| by_brook(format!("PUT /moderation/automod/settings?{IN_ADA}")).body(body);
    let judge = |message: &str, action: &str| {
        let body = json!({"user_id": "@brook", "msg_id": message, "action": action});
        by_brook("POST /moderation/automod/message").body(body)
    };
    vec![
        case("check-automod-status", check("Go away"))
            .refused(400, call("POST /moderation/enforcements/status?broadcaster_id=@ada").body(json!({})))
            .refused(403, check("Go away").by(By::User("dan")))
            .refused_after(
                429,
                |stage| {
                    let data = json!([{"msg_id": "1", "msg_text": "Hello"}]);
                    let path = "POST /moderation/enforcements/status?broadcaster_id=@cleo";
                    let checks = call(path).by(By::User("cleo")).body(json!({"data": data}));
                    for _ in 0..5 {
                        stage.done(&checks);
                    }
                },
                call("POST /moderation/enforcements/status?broadcaster_id=@cleo")
                    .by(By::User("cleo"))
                    .body(json!({"data": [{"msg_id": "1", "msg_text": "Hello"}]})),
            ),
        case("manage-held-automod-messages", judge("@held", "ALLOW"))
            .after(with_held)
            .refused(400, judge("@held", "MAYBE"))
            .refused(404, judge("x", "DENY"))
            .refused(
                403,
                by_dan("POST /moderation/automod/message")
                    .body(json!({"user_id": "@dan", "msg_id": "@held", "action": "DENY"})),
            ),
        case("manage-held-automod-messages", judge("@held", "DENY")).after(with_blocked_term_written),
        case("get-automod-settings", by_brook(format!("GET {settings}?{IN_ADA}")))
            .refused(400, by_brook(format!("GET {settings}?moderator_id=@brook")))
            .refused(403, by_dan(format!("GET {settings}?{BY_DAN}"))),
        case("update-automod-settings", set(json!({"overall_level": 3})))
            .refused(400, set(json!({"overall_level": 5})))
            .refused(400, set(json!({"overall_level": 1, "swearing": 1})))
            .refused(400, set(json!({})))
            .refused(403, by_dan(format!("PUT {settings}?{BY_DAN}"))),
        case("update-automod-settings", set(json!({"swearing": 2, "bullying": 4}))),
    ]
}

fn terms() -> Vec<Case> {
    let path = "/moderation/blocked_terms";
    let block = |text: &str| by_brook(format!("POST {path}?{IN_ADA}")).body(json!({"text": text}));
    vec![
        case("get-blocked-terms", by_brook(format!("GET {path}?{IN_ADA}")))
            .after(with_term)
            .refused(400, by_brook(format!("GET {path}?moderator_id=@brook")))
            .refused(403, by_dan(format!("GET {path}?{BY_DAN}"))),
        case("add-blocked-term", block("crac*"))
            .refused(400, block("c"))
            .refused(400, block(&"c".repeat(501)))
            .refused(403, by_dan(format!("POST {path}?{BY_DAN}"))),
        case("remove-blocked-term", by_brook(format!("DELETE {path}?{IN_ADA}&id=@term")))
            .after(with_term)
            .refused(400, by_brook(format!("DELETE {path}?{IN_ADA}")))
            .refused(403, by_dan(format!("DELETE {path}?{BY_DAN}&id=@term"))),
        // Nobody minds if there is none.
        case("remove-blocked-term", by_brook(format!("DELETE {path}?{IN_ADA}&id=x"))),
    ]
}

fn moderators() -> Vec<Case> {
    let path = "/moderation/moderators?broadcaster_id=@ada";
    vec![
        case("get-moderated-channels", by_brook("GET /moderation/channels?user_id=@brook"))
            .refused(400, by_brook("GET /moderation/channels"))
            .refused(401, by_dan("GET /moderation/channels?user_id=@brook")),
        case("get-moderators", call(format!("GET {path}&user_id=@brook&user_id=@cleo")))
            .refused(400, call("GET /moderation/moderators")),
        case("add-channel-moderator", call(format!("POST {path}&user_id=@cleo")))
            .refused(400, call(format!("POST {path}&user_id=@brook")))
            .refused(400, call(format!("POST {path}&user_id=7")))
            .refused_after(400, with_cleo_banned, call(format!("POST {path}&user_id=@cleo")))
            .refused_after(422, with_vip, call(format!("POST {path}&user_id=@cleo")))
            .refused_after(
                429,
                |stage| {
                    for number in 0..10 {
                        let somebody = stage.world.user(&format!("somebody{number}"));
                        let path = "/moderation/moderators?broadcaster_id=@ada";
                        stage.done(&call(format!("POST {path}&user_id={somebody}")));
                    }
                },
                call(format!("POST {path}&user_id=@cleo")),
            ),
        case("remove-channel-moderator", call(format!("DELETE {path}&user_id=@brook")))
            .refused(400, call(format!("DELETE {path}&user_id=@cleo"))),
    ]
}

fn vips() -> Vec<Case> {
    let path = "/channels/vips?broadcaster_id=@ada";
    vec![
        case("get-vips", call(format!("GET {path}")))
            .after(with_vip)
            .refused(400, call("GET /channels/vips")),
        case("add-channel-vip", call(format!("POST {path}&user_id=@cleo")))
            .refused(404, call(format!("POST {path}&user_id=7")))
            .refused(422, call(format!("POST {path}&user_id=@brook")))
            .refused_after(400, with_cleo_banned, call(format!("POST {path}&user_id=@cleo")))
            .refused_after(422, with_vip, call(format!("POST {path}&user_id=@cleo"))),
        case("remove-channel-vip", call(format!("DELETE {path}&user_id=@cleo")))
            .after(with_vip)
            .refused(403, by_brook(format!("DELETE {path}&user_id=@cleo")))
            .refused(422, call(format!("DELETE {path}&user_id=@dan"))),
        case("remove-channel-vip", call(format!("DELETE {path}&user_id=@cleo")).by(By::User("cleo")))
            .after(with_vip),
    ]
}

fn with_cleo_banned(stage: &mut Stage) {
    let (ada, cleo) = (stage.id("ada"), stage.id("cleo"));
    stage.world.ban(stage.now, &ada, &cleo, &ada, None);
}

fn with_request(stage: &mut Stage) {
    with_cleo_banned(stage);
    let id = stage.world.request_unban(stage.now, &stage.id("cleo"), &stage.id("ada"), "Please");
    stage.keep("request", id);
}

fn with_message(stage: &mut Stage) {
    let id = stage.world.chat(stage.now, &stage.id("cleo"), &stage.id("ada"), "Buy followers");
    stage.keep("message", id);
}

fn with_held(stage: &mut Stage) {
    let id = stage.world.hold(stage.now, &stage.id("cleo"), &stage.id("ada"), "Go away", "bullying");
    stage.keep("held", id);
}

fn with_term(stage: &mut Stage) {
    let path = format!("POST /moderation/blocked_terms?{IN_ADA}");
    let made = stage.done(&by_brook(path).body(json!({"text": "crac*"})));
    stage.keep("term", made["data"][0]["id"].as_str().unwrap());
}

fn with_blocked_term_written(stage: &mut Stage) {
    with_term(stage);
    let body = json!({"broadcaster_id": "@ada", "sender_id": "@cleo", "message": "What a crackpot"});
    let sent = stage.done(&call("POST /chat/messages").by(By::User("cleo")).body(body));
    assert_eq!(sent["data"][0]["drop_reason"]["code"], "automod_held");
    let held = stage.world.happenings().iter().rfind(|happening| happening.kind == "automod.message.hold");
    let id = held.unwrap().event["message_id"].as_str().unwrap().to_owned();
    stage.keep("held", id);
}

fn with_vip(stage: &mut Stage) {
    stage.world.vip(&stage.id("ada"), &stage.id("cleo"));
}
