//! Raids and whispers.

use serde_json::json;

use super::{Case, case};
use crate::stage::{By, Call, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let raid = |to: &str| call(format!("POST /raids?from_broadcaster_id=@ada&to_broadcaster_id={to}"));
    let cancel = call("DELETE /raids?broadcaster_id=@ada");
    vec![
        case("start-a-raid", raid("@dan"))
            .refused(400, raid("@ada"))
            .refused(404, raid("7"))
            .refused_after(400, with_ada_blocked, raid("@dan"))
            .refused_after(409, with_raid, raid("@dan"))
            .refused_after(429, with_many_raids, raid("@dan")),
        case("cancel-a-raid", cancel.clone())
            .after(with_raid)
            .refused_after(404, |_| {}, cancel.clone())
            .refused_after(429, with_many_raids, cancel),
        case("send-whisper", whisper("@ada", "Hello!"))
            .refused(400, whisper("@cleo", "Hello!"))
            .refused(400, whisper("@ada", ""))
            .refused(404, whisper("7", "Hello!"))
            .refused_after(
                400,
                |stage| {
                    stage.done(&call("PUT /users/blocks?target_user_id=@cleo"));
                },
                whisper("@ada", "Hello!"),
            )
            .refused_after(
                429,
                |stage| {
                    for text in ["One", "Two", "Three"] {
                        stage.done(&whisper("@ada", text));
                    }
                },
                whisper("@ada", "Four"),
            )
            .refused_after(
                429,
                |stage| {
                    let cleo = stage.id("cleo");
                    for number in 0..40 {
                        let to = stage.world.user(&format!("somebody{number}"));
                        stage.world.whisper(stage.now, &cleo, &to, "Hello!");
                    }
                },
                whisper("@ada", "Hello!"),
            ),
    ]
}

fn whisper(to: &str, text: &str) -> Call {
    let line = format!("POST /whispers?from_user_id=@cleo&to_user_id={to}");
    call(line).by(By::User("cleo")).body(json!({"message": text}))
}

fn with_raid(stage: &mut Stage) {
    stage.done(&call("POST /raids?from_broadcaster_id=@ada&to_broadcaster_id=@dan"));
}

fn with_many_raids(stage: &mut Stage) {
    for _ in 0..5 {
        with_raid(stage);
        stage.done(&call("DELETE /raids?broadcaster_id=@ada"));
    }
}

fn with_ada_blocked(stage: &mut Stage) {
    stage.done(&call("PUT /users/blocks?target_user_id=@ada").by(By::User("dan")));
}
