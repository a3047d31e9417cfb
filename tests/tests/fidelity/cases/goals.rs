//! Goals.

use twitchwire_sim::world::GoalKind;

use super::{Case, case};
use crate::stage::call;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("get-creator-goals", call("GET /goals?broadcaster_id=@ada"))
            .after(|stage| {
                let ada = stage.id("ada");
                let goal = stage.world.goal(stage.now, &ada, GoalKind::Followers, 1, "The first");
                stage.world.goal(stage.now, &ada, GoalKind::NewSubscriptions, 10, "");
                stage.world.follow(stage.now, &stage.id("cleo"), &ada);
                stage.world.end_goal(stage.now, &ada, &goal);
            })
            .refused(400, call("GET /goals"))
            .refused(401, call("GET /goals?broadcaster_id=@dan")),
    ]
}
