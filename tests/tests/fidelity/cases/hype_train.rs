//! Hype trains.

use std::time::Duration;

use super::{Case, case};
use crate::stage::{Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("get-hype-train-status", call("GET /hypetrain/status?broadcaster_id=@ada"))
            .after(with_trains)
            .refused(400, call("GET /hypetrain/status")),
    ]
}

/// One has ended, another runs.
fn with_trains(stage: &mut Stage) {
    let (ada, cleo) = (stage.id("ada"), stage.id("cleo"));
    stage.world.hype_train(stage.now, &ada, &cleo, 1500);
    stage.pass(Duration::from_secs(301));
    stage.world.hype_train(stage.now, &ada, &cleo, 100);
    stage.world.cheer(stage.now, &cleo, &ada, 50, "Cheer50");
}
