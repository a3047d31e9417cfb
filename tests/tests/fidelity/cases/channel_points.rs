//! Channel points.

use serde_json::json;

use super::{Case, case};
use crate::stage::{By, Call, Stage, call};

const REWARDS: &str = "/channel_points/custom_rewards";
const REDEMPTIONS: &str = "/channel_points/custom_rewards/redemptions";

pub(crate) fn cases() -> Vec<Case> {
    let in_ada = "broadcaster_id=@ada";
    let titled = |title: &str| create().body(json!({"title": title, "cost": 1}));
    let settle = |status: &str| {
        call(format!("PATCH {REDEMPTIONS}?{in_ada}&reward_id=@reward&id=@redemption"))
            .body(json!({"status": status}))
    };
    let not_manageable = call(format!("PATCH {REWARDS}?{in_ada}&id=@own")).body(json!({"cost": 2}));
    vec![
        case("create-custom-rewards", create())
            .refused(400, titled(""))
            .refused(400, titled(&"a".repeat(46)))
            .refused(400, create().body(json!({"title": "Hydrate", "cost": 0})))
            .refused_after(400, with_a_reward, titled("Hydrate"))
            .refused(403, call(format!("POST {REWARDS}?broadcaster_id=@dan")).by(By::User("dan"))),
        case("get-custom-reward", call(format!("GET {REWARDS}?{in_ada}")))
            .after(with_a_reward)
            .refused(400, call(format!("GET {REWARDS}")))
            .refused(404, call(format!("GET {REWARDS}?{in_ada}&id=x"))),
        case(
            "update-custom-reward",
            call(format!("PATCH {REWARDS}?{in_ada}&id=@reward")).body(json!({"is_paused": true})),
        )
        .after(with_a_reward)
        .refused(400, call(format!("PATCH {REWARDS}?{in_ada}&id=@reward")).body(json!({"cost": 0})))
        .refused_after(403, with_a_reward_by_hand, not_manageable)
        .refused(404, call(format!("PATCH {REWARDS}?{in_ada}&id=x")).body(json!({}))),
        case("delete-custom-reward", call(format!("DELETE {REWARDS}?{in_ada}&id=@reward")))
            .after(with_a_redemption)
            .refused(400, call(format!("DELETE {REWARDS}?{in_ada}")))
            .refused(404, call(format!("DELETE {REWARDS}?{in_ada}&id=x"))),
        case(
            "get-custom-reward-redemption",
            call(format!("GET {REDEMPTIONS}?{in_ada}&reward_id=@reward&status=UNFULFILLED")),
        )
        .after(with_a_redemption)
        .refused(400, call(format!("GET {REDEMPTIONS}?{in_ada}&reward_id=@reward")))
        .refused(404, call(format!("GET {REDEMPTIONS}?{in_ada}&reward_id=@reward&id=x"))),
        case("update-redemption-status", settle("FULFILLED"))
            .after(with_a_redemption)
            .refused(400, settle("UNFULFILLED"))
            .refused_after(404, with_a_settled_redemption, settle("FULFILLED")),
    ]
}

fn create() -> Call {
    call(format!("POST {REWARDS}?broadcaster_id=@ada")).body(json!({
        "title": "Hydrate",
        "cost": 100,
        "prompt": "Why?",
        "is_user_input_required": true,
        "is_max_per_stream_enabled": true,
        "max_per_stream": 10,
        "is_global_cooldown_enabled": true,
        "global_cooldown_seconds": 60,
    }))
}

fn with_a_reward(stage: &mut Stage) {
    let made = stage.done(&create());
    stage.keep("reward", made["data"][0]["id"].as_str().unwrap());
}

fn with_a_reward_by_hand(stage: &mut Stage) {
    let own = stage.world.reward(stage.now, &stage.id("ada"), "Say hello", 50);
    stage.keep("own", own);
}

fn with_a_redemption(stage: &mut Stage) {
    with_a_reward(stage);
    let (cleo, ada) = (stage.id("cleo"), stage.id("ada"));
    let redeemed = stage.world.redeem(stage.now, &cleo, &ada, "Hydrate", "It is hot");
    stage.keep("redemption", redeemed.unwrap());
    stage.world.unlock_emote(stage.now, &cleo, &ada, "adaWave");
}

fn with_a_settled_redemption(stage: &mut Stage) {
    with_a_redemption(stage);
    let line = format!("PATCH {REDEMPTIONS}?broadcaster_id=@ada&reward_id=@reward&id=@redemption");
    stage.done(&call(line).body(json!({"status": "CANCELED"})));
}
