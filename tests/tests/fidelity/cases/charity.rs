//! Charity campaigns.

use super::{Case, case};
use crate::stage::{By, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let both = ["campaigns", "donations"].map(|what| {
        let operation =
            if what == "campaigns" { "get-charity-campaign" } else { "get-charity-campaign-donations" };
        case(operation, call(format!("GET /charity/{what}?broadcaster_id=@ada")))
            .after(with_a_campaign)
            .refused(400, call(format!("GET /charity/{what}")))
            .refused(403, call(format!("GET /charity/{what}?broadcaster_id=@dan")).by(By::User("dan")))
    });
    both.into_iter().collect()
}

fn with_a_campaign(stage: &mut Stage) {
    let ada = stage.id("ada");
    stage.world.charity(stage.now, &ada, "Trees", 100_000);
    stage.world.donate(stage.now, &stage.id("cleo"), &ada, 550);
}
