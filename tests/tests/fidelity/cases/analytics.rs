//! Analytics.

use super::{Case, case};
use crate::stage::{Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let extensions = "GET /analytics/extensions";
    let games = "GET /analytics/games";
    vec![
        case("get-extension-analytics", call(extensions))
            .after(Stage::extend)
            .refused(400, call(format!("{extensions}?started_at=2026-01-01T00:00:00Z")))
            .refused(400, call(format!("{extensions}?first=101")))
            .refused(404, call(format!("{extensions}?extension_id=x"))),
        case("get-game-analytics", call(games))
            .after(|stage| stage.world.organization("app1", "org1", &stage.id("ada"), &["33214"]))
            .refused(400, call(format!("{games}?type=overview_v1")))
            .refused(404, call(format!("{games}?game_id=1"))),
    ]
}
