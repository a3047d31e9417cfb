//! Chat.

use serde_json::json;

use super::{Case, case};
use crate::stage::{By, call};

pub(crate) fn cases() -> Vec<Case> {
    let chatters = "GET /chat/chatters?broadcaster_id=@ada";
    let message = |text: &str| json!({"broadcaster_id": "@ada", "sender_id": "@ada", "message": text});
    vec![
        case("get-chatters", call(format!("{chatters}&moderator_id=@brook")).by(By::User("brook")))
            .after(|stage| {
                stage.world.chat(stage.now, &stage.id("cleo"), &stage.id("ada"), "Hello!");
            })
            .refused(400, call(chatters))
            .refused(403, call(format!("{chatters}&moderator_id=@cleo")).by(By::User("cleo"))),
        case("send-chat-message", call("POST /chat/messages").body(message("Hello!")))
            .refused(400, call("POST /chat/messages").body(message("")))
            .refused(422, call("POST /chat/messages").body(message(&"a".repeat(501)))),
    ]
}
