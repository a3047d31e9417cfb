//! Entitlements.

use serde_json::json;

use super::{Case, case};
use crate::stage::{By, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let get = "GET /entitlements/drops";
    let update = |status: &str| {
        let body = json!({"entitlement_ids": ["@drop", "x"], "fulfillment_status": status});
        call("PATCH /entitlements/drops").by(By::App).body(body)
    };
    vec![
        case("get-drops-entitlements", call(get).by(By::App))
            .after(with_drops)
            .refused_after(400, |_| {}, call(get).by(By::App))
            .refused(400, call(format!("{get}?user_id=@cleo")))
            .refused(403, call(format!("{get}?game_id=509658")).by(By::App)),
        case("update-drops-entitlements", update("FULFILLED")).after(with_drops).refused(400, update("LOST")),
    ]
}

fn with_drops(stage: &mut Stage) {
    stage.world.organization("app1", "org1", &stage.id("ada"), &["33214"]);
    let (cleo, dan) = (stage.id("cleo"), stage.id("dan"));
    let drops = stage.world.drop(stage.now, "org1", "33214", "summer", "hat", &[&cleo, &dan]);
    stage.keep("drop", drops[0].clone());
}
