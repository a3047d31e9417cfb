//! Channels and who follows them.

use super::{Case, case};
use crate::stage::{By, call};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("get-channel-information", call("GET /channels?broadcaster_id=@ada").by(By::App))
            .refused(400, call("GET /channels")),
        case("get-channel-followers", call("GET /channels/followers?broadcaster_id=@ada"))
            .after(|stage| stage.world.followers(&stage.id("ada"), 30))
            .refused(400, call("GET /channels/followers")),
        case("get-followed-channels", call("GET /channels/followed?user_id=@cleo").by(By::User("cleo")))
            .after(|stage| stage.world.follow(stage.now, &stage.id("cleo"), &stage.id("ada")))
            .refused(401, call("GET /channels/followed?user_id=@cleo"))
            .refused(400, call("GET /channels/followed")),
    ]
}
