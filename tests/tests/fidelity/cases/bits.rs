//! Bits.

use super::{Case, case};
use crate::stage::{By, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let leaderboard = "GET /bits/leaderboard";
    let transactions = "GET /extensions/transactions";
    vec![
        case("get-bits-leaderboard", call(leaderboard))
            .after(with_a_cheer)
            .refused(400, call(format!("{leaderboard}?count=101")))
            .refused(400, call(format!("{leaderboard}?period=week"))),
        case("get-cheermotes", call("GET /bits/cheermotes").by(By::App)),
        case("get-custom-power-up", call("GET /bits/custom_power_ups?broadcaster_id=@ada"))
            .after(|stage| {
                let ada = stage.id("ada");
                let id = stage.world.power_up(&ada, "Confetti", 50);
                stage.world.redeem_power_up(stage.now, &stage.id("cleo"), &ada, &id).unwrap();
            })
            .refused(400, call("GET /bits/custom_power_ups")),
        case("get-extension-transactions", call(format!("{transactions}?extension_id=app1")).by(By::App))
            .after(with_a_purchase)
            .refused(400, call(transactions).by(By::App))
            .refused(404, call(format!("{transactions}?extension_id=app1&id=x")).by(By::App)),
    ]
}

fn with_a_cheer(stage: &mut Stage) {
    stage.world.cheer(stage.now, &stage.id("cleo"), &stage.id("ada"), 150, "well Cheer150 done");
}

fn with_a_purchase(stage: &mut Stage) {
    super::extensions::with_a_product(stage);
    let (cleo, ada) = (stage.id("cleo"), stage.id("ada"));
    stage.world.buy(stage.now, &cleo, &ada, "app1", "hat").unwrap();
}
