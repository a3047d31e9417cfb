//! Streams.

use serde_json::{Value, json};

use super::{Case, case};
use crate::stage::{By, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let mark = |body: Value| call("POST /streams/markers").body(body);
    vec![
        case("get-streams", call("GET /streams?user_login=ada&user_login=cleo&language=en").by(By::App))
            .refused(400, call("GET /streams?type=rerun").by(By::App))
            .refused(400, call("GET /streams?first=101").by(By::App)),
        case("get-streams", call("GET /streams?user_id=@ada").by(By::App)).after(|stage| {
            let body = json!({"tags": ["LevelingUp"]});
            stage.done(&call("PATCH /channels?broadcaster_id=@ada").body(body));
        }),
        case("get-followed-streams", call("GET /streams/followed?user_id=@cleo").by(By::User("cleo")))
            .after(|stage| stage.world.follow(stage.now, &stage.id("cleo"), &stage.id("ada")))
            .refused(400, call("GET /streams/followed"))
            .refused(401, call("GET /streams/followed?user_id=@cleo")),
        case("get-stream-key", call("GET /streams/key?broadcaster_id=@ada"))
            .refused(400, call("GET /streams/key")),
        case("create-stream-marker", mark(json!({"user_id": "@ada", "description": "Here"})))
            .refused(400, mark(json!({})))
            .refused(400, mark(json!({"user_id": "@ada", "description": "a".repeat(141)})))
            .refused(403, mark(json!({"user_id": "@dan"})))
            .refused(404, mark(json!({"user_id": "7"})))
            .refused(404, mark(json!({"user_id": "@cleo"})).by(By::User("cleo"))),
        case("get-stream-markers", call("GET /streams/markers?user_id=@ada"))
            .after(with_marker)
            .refused(400, call("GET /streams/markers"))
            .refused(403, call("GET /streams/markers?user_id=@dan"))
            .refused(404, call("GET /streams/markers?video_id=7")),
    ]
}

/// A marker by an editor.
fn with_marker(stage: &mut Stage) {
    stage.world.editor(&stage.id("ada"), &stage.id("brook"));
    let body = json!({"user_id": "@ada", "description": "Here"});
    stage.done(&call("POST /streams/markers").by(By::User("brook")).body(body));
}
