//! Chat.

use serde_json::{Value, json};

use super::{Case, case};
use crate::stage::{By, Call, Stage, call};

const IN_ADA: &str = "broadcaster_id=@ada&moderator_id=@brook";

pub(crate) fn cases() -> Vec<Case> {
    [room(), messages(), settings(), pins(), pictures(), colors()].into_iter().flatten().collect()
}

fn by_brook(line: impl Into<String>) -> Call {
    call(line).by(By::User("brook"))
}

fn room() -> Vec<Case> {
    let chatters = "GET /chat/chatters?broadcaster_id=@ada";
    let announce = |body: Value| by_brook(format!("POST /chat/announcements?{IN_ADA}")).body(body);
    let shout = "POST /chat/shoutouts?from_broadcaster_id=@ada";
    vec![
        case("get-chatters", call(format!("{chatters}&moderator_id=@brook")).by(By::User("brook")))
            .after(with_message)
            .refused(400, call(chatters))
            .refused(403, call(format!("{chatters}&moderator_id=@cleo")).by(By::User("cleo"))),
        case("send-chat-announcement", announce(json!({"message": "Soon", "color": "purple"})))
            .refused(400, announce(json!({"message": ""})))
            .refused(400, announce(json!({"message": "Soon", "color": "red"})))
            .refused_after(
                429,
                |stage| {
                    let path = format!("POST /chat/announcements?{IN_ADA}");
                    stage.done(&by_brook(path).body(json!({"message": "Soon"})));
                },
                announce(json!({"message": "Soon"})),
            ),
        case("send-a-shoutout", by_brook(format!("{shout}&to_broadcaster_id=@dan&moderator_id=@brook")))
            .refused(400, by_brook(format!("{shout}&to_broadcaster_id=@ada&moderator_id=@brook")))
            .refused(
                403,
                call(format!("{shout}&to_broadcaster_id=@dan&moderator_id=@cleo")).by(By::User("cleo")),
            )
            .refused_after(
                429,
                |stage| {
                    let path = "POST /chat/shoutouts?from_broadcaster_id=@ada&to_broadcaster_id=@dan";
                    stage.done(&call(format!("{path}&moderator_id=@ada")));
                    // Another may be recommended after two minutes, the same one only after an hour.
                    stage.pass(std::time::Duration::from_secs(121));
                    stage.done(&call(format!("{}&moderator_id=@ada", path.replace("@dan", "@cleo"))));
                    stage.pass(std::time::Duration::from_secs(121));
                },
                by_brook(format!("{shout}&to_broadcaster_id=@dan&moderator_id=@brook")),
            ),
        case("get-shared-chat-session", call("GET /shared_chat/session?broadcaster_id=@dan").by(By::App))
            .after(|stage| stage.world.share_chat(stage.now, &[&stage.id("ada"), &stage.id("dan")]))
            .refused(400, call("GET /shared_chat/session?broadcaster_id=7").by(By::App)),
    ]
}

fn messages() -> Vec<Case> {
    let message = |text: &str| json!({"broadcaster_id": "@ada", "sender_id": "@cleo", "message": text});
    let send = |body: Value| call("POST /chat/messages").by(By::User("cleo")).body(body);
    let with = |name: &str, value: Value| {
        let mut body = json!({"broadcaster_id": "@ada", "sender_id": "@cleo", "message": "Hello!"});
        body[name] = value;
        body
    };
    vec![
        case("send-chat-message", send(message("Hello!")))
            .refused(400, send(message("")))
            .refused(400, send(with("broadcaster_id", json!("7"))))
            .refused(400, send(with("for_source_only", json!(true))))
            .refused(400, send(with("reply_parent_message_id", json!("x"))))
            .refused(422, send(message(&"a".repeat(501))))
            .refused(403, send(with("pin", json!(true)))),
        // An app, which cleo and ada have invited.
        case("send-chat-message", send(with("for_source_only", json!(true))).by(By::App)),
        case("send-chat-message", send(with("reply_parent_message_id", json!("@message"))))
            .after(with_message),
        // Dropped, with the reason.
        case("send-chat-message", send(message("Hello!"))).after(|stage| {
            let (ada, cleo) = (stage.id("ada"), stage.id("cleo"));
            stage.world.ban(stage.now, &ada, &cleo, &ada, None);
        }),
    ]
}

fn settings() -> Vec<Case> {
    let set = |body: Value| by_brook(format!("PATCH /chat/settings?{IN_ADA}")).body(body);
    let all = json!({
        "emote_mode": true,
        "follower_mode": true,
        "follower_mode_duration": 10,
        "slow_mode": true,
        "slow_mode_wait_time": 120,
        "subscriber_mode": true,
        "unique_chat_mode": true,
        "non_moderator_chat_delay": true,
        "non_moderator_chat_delay_duration": 4,
    });
    vec![
        case("get-chat-settings", by_brook(format!("GET /chat/settings?{IN_ADA}")))
            .refused(400, call("GET /chat/settings")),
        case("get-chat-settings", call("GET /chat/settings?broadcaster_id=@ada").by(By::App)),
        case("update-chat-settings", set(all))
            .refused(400, set(json!({"slow_mode": true, "slow_mode_wait_time": 2})))
            .refused(400, set(json!({"follower_mode": true, "follower_mode_duration": 129_601})))
            .refused(
                400,
                set(json!({"non_moderator_chat_delay": true, "non_moderator_chat_delay_duration": 3})),
            )
            .refused(400, set(json!({"slow_mode_wait_time": 30})))
            .refused(403, call("PATCH /chat/settings?broadcaster_id=@dan&moderator_id=@ada").body(json!({}))),
        case("update-chat-settings", set(json!({"slow_mode": false, "follower_mode": false}))).after(
            |stage| {
                let on = json!({"slow_mode": true, "follower_mode": true});
                stage.done(&by_brook(format!("PATCH /chat/settings?{IN_ADA}")).body(on));
            },
        ),
    ]
}

fn pins() -> Vec<Case> {
    let pins = |method: &str, rest: &str| by_brook(format!("{method} /chat/pins?{IN_ADA}{rest}"));
    vec![
        case("get-pinned-chat-message", pins("GET", ""))
            .after(with_pin)
            .refused(400, by_brook("GET /chat/pins?moderator_id=@brook")),
        case("pin-chat-message", pins("PUT", "&message_id=@message"))
            .after(with_message)
            .refused(400, pins("PUT", "&message_id=@message&duration_seconds=29"))
            .refused(404, pins("PUT", "&message_id=x"))
            .refused(
                403,
                call("PUT /chat/pins?broadcaster_id=@ada&moderator_id=@cleo&message_id=@message")
                    .by(By::User("cleo")),
            ),
        case("update-pinned-chat-message", pins("PATCH", "&message_id=@message&duration_seconds=1800"))
            .after(with_pin)
            .refused(400, pins("PATCH", "&message_id=@message&duration_seconds=1801"))
            .refused(404, pins("PATCH", "&message_id=x")),
        case("unpin-chat-message", pins("DELETE", "&message_id=@message"))
            .after(with_pin)
            .refused(400, pins("DELETE", ""))
            .refused(404, pins("DELETE", "&message_id=x")),
    ]
}

fn pictures() -> Vec<Case> {
    let sets = "GET /chat/emotes/set?emote_set_id=setof@ada";
    let many = (0..26).map(|set| format!("&emote_set_id={set}")).collect::<String>();
    vec![
        case("get-channel-emotes", call("GET /chat/emotes?broadcaster_id=@ada").by(By::App))
            .refused(400, call("GET /chat/emotes").by(By::App)),
        case("get-global-emotes", call("GET /chat/emotes/global").by(By::App)),
        case("get-emote-sets", call(sets).by(By::App))
            .refused(400, call("GET /chat/emotes/set").by(By::App))
            .refused(400, call(format!("{sets}{many}")).by(By::App)),
        case("get-user-emotes", call("GET /chat/emotes/user?user_id=@ada&broadcaster_id=@dan"))
            .refused(400, call("GET /chat/emotes/user")),
        case("get-channel-chat-badges", call("GET /chat/badges?broadcaster_id=@ada").by(By::App))
            .refused(400, call("GET /chat/badges").by(By::App)),
        case("get-global-chat-badges", call("GET /chat/badges/global").by(By::App)),
    ]
}

fn colors() -> Vec<Case> {
    vec![
        case("get-user-chat-color", call("GET /chat/color?user_id=@ada&user_id=@cleo").by(By::App))
            .refused(400, call("GET /chat/color").by(By::App)),
        case("update-user-chat-color", call("PUT /chat/color?user_id=@ada&color=blue"))
            .refused(400, call("PUT /chat/color?user_id=@ada"))
            .refused(400, call("PUT /chat/color?user_id=@ada&color=pink"))
            .refused(400, call("PUT /chat/color?user_id=@ada&color=%23123456"))
            .refused(401, call("PUT /chat/color?user_id=@cleo&color=blue")),
    ]
}

fn with_message(stage: &mut Stage) {
    let id = stage.world.chat(stage.now, &stage.id("cleo"), &stage.id("ada"), "Hello!");
    stage.keep("message", id);
}

fn with_pin(stage: &mut Stage) {
    with_message(stage);
    let path = "PUT /chat/pins?broadcaster_id=@ada&moderator_id=@ada&message_id=@message";
    stage.done(&call(format!("{path}&duration_seconds=60")));
}
