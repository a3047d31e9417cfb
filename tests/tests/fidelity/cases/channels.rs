//! Channels and who follows them.

use serde_json::{Value, json};

use super::{Case, case};
use crate::stage::{By, call};

pub(crate) fn cases() -> Vec<Case> {
    let modify = |body: Value| call("PATCH /channels?broadcaster_id=@ada").body(body);
    let labelled = |id: &str| json!({"content_classification_labels": [{"id": id, "is_enabled": true}]});
    let all = json!({
        "game_id": "33214",
        "broadcaster_language": "fr",
        "title": "Something else",
        "delay": 900,
        "tags": ["LevelingUp"],
        "content_classification_labels": [{"id": "Gambling", "is_enabled": true}],
        "is_branded_content": true,
    });
    vec![
        case("get-channel-information", call("GET /channels?broadcaster_id=@ada").by(By::App))
            .refused(400, call("GET /channels")),
        case("modify-channel-information", modify(all))
            .refused(400, modify(json!({})))
            .refused(400, modify(json!({"title": ""})))
            .refused(400, modify(json!({"title": "a".repeat(141)})))
            .refused(400, modify(json!({"game_id": "7"})))
            .refused(400, modify(json!({"delay": 901})))
            .refused(400, modify(json!({"tags": ["two words"]})))
            .refused(400, modify(json!({"tags": vec!["a"; 11]})))
            .refused(400, modify(labelled("Nothing")))
            .refused(403, modify(labelled("MatureGame")))
            .refused(
                400,
                call("PATCH /channels?broadcaster_id=@dan").by(By::User("dan")).body(json!({"delay": 1})),
            ),
        case("get-channel-editors", call("GET /channels/editors?broadcaster_id=@ada"))
            .after(|stage| stage.world.editor(&stage.id("ada"), &stage.id("brook")))
            .refused(400, call("GET /channels/editors")),
        case("get-channel-followers", call("GET /channels/followers?broadcaster_id=@ada"))
            .after(|stage| stage.world.followers(&stage.id("ada"), 30))
            .refused(400, call("GET /channels/followers")),
        case("get-followed-channels", call("GET /channels/followed?user_id=@cleo").by(By::User("cleo")))
            .after(|stage| stage.world.follow(stage.now, &stage.id("cleo"), &stage.id("ada")))
            .refused(401, call("GET /channels/followed?user_id=@cleo"))
            .refused(400, call("GET /channels/followed")),
    ]
}
