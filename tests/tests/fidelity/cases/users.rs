//! Users.

use serde_json::{Value, json};

use super::{Case, case};
use crate::stage::{By, CLIENT, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let blocks = "/users/blocks";
    let allowed = "GET /authorization/users";
    let many: String = (0..11).map(|id| format!("user_id={id}&")).collect();
    let activate =
        |slot: Value| call("PUT /users/extensions").body(json!({"data": {"component": {"1": slot}}}));
    vec![
        case("get-users", call("GET /users?login=ada&login=brook"))
            .refused(400, call("GET /users").by(By::App)),
        case("update-user", call("PUT /users?description=Hello"))
            .refused(400, call(format!("PUT /users?description={}", "a".repeat(301)))),
        case("get-authorization-by-user", call(format!("{allowed}?user_id=@ada")).by(By::App))
            .refused(400, call(allowed).by(By::App))
            .refused(400, call(format!("{allowed}?{many}")).by(By::App))
            .refused(401, call(format!("{allowed}?user_id=@ada"))),
        case("get-user-block-list", call(format!("GET {blocks}?broadcaster_id=@ada")))
            .after(|stage| {
                stage.done(&call("PUT /users/blocks?target_user_id=@cleo&reason=spam"));
            })
            .refused(400, call(format!("GET {blocks}"))),
        case("block-user", call(format!("PUT {blocks}?target_user_id=@cleo&source_context=chat")))
            .refused(400, call(format!("PUT {blocks}")))
            .refused(400, call(format!("PUT {blocks}?target_user_id=@ada")))
            .refused(400, call(format!("PUT {blocks}?target_user_id=@cleo&reason=boredom"))),
        case("unblock-user", call(format!("DELETE {blocks}?target_user_id=@cleo")))
            .refused(400, call(format!("DELETE {blocks}"))),
        case("get-user-extensions", call("GET /users/extensions/list")).after(with_extension),
        case("get-user-active-extensions", call("GET /users/extensions?user_id=@ada").by(By::App))
            .after(|stage| {
                with_extension(stage);
                let slot = json!({"active": true, "id": CLIENT, "version": "1.0.0", "x": 1, "y": 2});
                let body = json!({"data": {"component": {"1": slot}}});
                stage.done(&call("PUT /users/extensions").body(body));
            })
            .refused(400, call("GET /users/extensions").by(By::App)),
        case("update-user-extensions", activate(json!({"active": true, "id": CLIENT, "version": "1.0.0"})))
            .after(with_extension)
            .refused(400, call("PUT /users/extensions").body(json!({"data": {"panel": {"4": {}}}})))
            .refused(404, activate(json!({"active": true, "id": "x", "version": "1.0.0"}))),
    ]
}

fn with_extension(stage: &mut Stage) {
    stage.world.extension(CLIENT, &stage.id("dan"));
    stage.world.install(CLIENT, &stage.id("ada"));
}
