//! Ads.

use std::time::Duration;

use serde_json::json;

use super::{Case, case};
use crate::stage::{By, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let commercial = |who: &str, seconds: i64| {
        call("POST /channels/commercial").body(json!({"broadcaster_id": who, "length": seconds}))
    };
    let ads = "/channels/ads";
    vec![
        case("start-commercial", commercial("@ada", 60))
            .refused(400, commercial("@ada", 0))
            // Nobody pays dan for his.
            .refused(400, commercial("@dan", 60).by(By::User("dan")))
            .refused(401, commercial("@dan", 60))
            .refused_after(
                429,
                |stage| {
                    let body = json!({"broadcaster_id": "@ada", "length": 30});
                    stage.done(&call("POST /channels/commercial").body(body));
                    stage.pass(Duration::from_secs(479));
                },
                commercial("@ada", 60),
            ),
        case("get-ad-schedule", call(format!("GET {ads}?broadcaster_id=@ada")))
            .after(with_ad)
            .refused(400, call(format!("GET {ads}"))),
        case("snooze-next-ad", call(format!("POST {ads}/schedule/snooze?broadcaster_id=@ada")))
            .after(with_ad)
            .refused_after(400, |_| {}, call(format!("POST {ads}/schedule/snooze?broadcaster_id=@ada")))
            .refused_after(
                429,
                |stage| {
                    with_ad(stage);
                    for _ in 0..3 {
                        stage.done(&call("POST /channels/ads/schedule/snooze?broadcaster_id=@ada"));
                    }
                },
                call(format!("POST {ads}/schedule/snooze?broadcaster_id=@ada")),
            ),
    ]
}

fn with_ad(stage: &mut Stage) {
    stage.world.plan_ad(stage.now, &stage.id("ada"), Duration::from_secs(60), 30);
}
