//! Polls.

use serde_json::json;

use super::{Case, case};
use crate::stage::{Call, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let end = |status: &str| {
        call("PATCH /polls").body(json!({"broadcaster_id": "@ada", "id": "@poll", "status": status}))
    };
    vec![
        case("create-poll", create(&["Tea", "Coffee"]))
            .refused(400, create(&["Tea"]))
            .refused(400, create(&["Tea", &"a".repeat(26)]))
            .refused_after(400, with_a_poll, create(&["Tea", "Coffee"])),
        case("get-polls", call("GET /polls?broadcaster_id=@ada&id=@poll"))
            .after(with_a_poll)
            .refused(400, call("GET /polls"))
            .refused(404, call("GET /polls?broadcaster_id=@ada&id=x")),
        case("end-poll", end("ARCHIVED")).after(with_a_poll).refused(400, end("COMPLETED")).refused_after(
            400,
            |stage| {
                with_a_poll(stage);
                stage.pass(std::time::Duration::from_secs(61));
            },
            end("TERMINATED"),
        ),
    ]
}

fn create(choices: &[&str]) -> Call {
    let choices: Vec<_> = choices.iter().map(|title| json!({"title": title})).collect();
    call("POST /polls").body(json!({
        "broadcaster_id": "@ada",
        "title": "What do we drink?",
        "choices": choices,
        "duration": 60,
        "channel_points_voting_enabled": true,
        "channel_points_per_vote": 10,
    }))
}

fn with_a_poll(stage: &mut Stage) {
    let made = stage.done(&create(&["Tea", "Coffee"]));
    stage.keep("poll", made["data"][0]["id"].as_str().unwrap());
    for choice in ["Tea", "Coffee"] {
        assert!(stage.world.vote(stage.now, &stage.id("cleo"), &stage.id("ada"), choice));
    }
}
