//! Moderation.

use serde_json::json;

use super::{Case, case};
use crate::stage::{By, Stage, call};

const IN_ADA: &str = "broadcaster_id=@ada&moderator_id=@ada";

pub(crate) fn cases() -> Vec<Case> {
    let ban =
        |who: &str| call(format!("POST /moderation/bans?{IN_ADA}")).body(json!({"data": {"user_id": who}}));
    vec![
        case("ban-user", ban("@cleo"))
            .refused(400, ban(""))
            .refused_after(400, with_cleo_banned, ban("@cleo"))
            .refused(
                403,
                call("POST /moderation/bans?broadcaster_id=@ada&moderator_id=@dan")
                    .by(By::User("dan"))
                    .body(json!({"data": {"user_id": "@cleo"}})),
            ),
        case("unban-user", call(format!("DELETE /moderation/bans?{IN_ADA}&user_id=@cleo")))
            .after(with_cleo_banned)
            .refused(400, call(format!("DELETE /moderation/bans?{IN_ADA}&user_id=@dan"))),
    ]
}

fn with_cleo_banned(stage: &mut Stage) {
    stage.world.ban(stage.now, &stage.id("ada"), &stage.id("cleo"), &stage.id("ada"), None);
}
