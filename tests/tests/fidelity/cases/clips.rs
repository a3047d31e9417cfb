//! Clips.

use std::time::Duration;

use super::{Case, case};
use crate::stage::{By, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let create = "POST /clips?broadcaster_id=@ada";
    let cut = |rest: &str| {
        call(format!("POST /videos/clips?editor_id=@ada&broadcaster_id=@ada&vod_id=@video&title=Look&{rest}"))
    };
    let downloads = "GET /clips/downloads?broadcaster_id=@ada";
    vec![
        case("create-clip", call(create).by(By::User("cleo")))
            .refused(400, call("POST /clips"))
            .refused(400, call(format!("{create}&duration=61")))
            .refused_after(403, with_cleo_banned, call(create).by(By::User("cleo")))
            .refused(404, call("POST /clips?broadcaster_id=@cleo")),
        case("get-clips", call("GET /clips?broadcaster_id=@ada").by(By::App))
            .after(with_a_clip)
            .refused(400, call("GET /clips"))
            .refused(400, call("GET /clips?broadcaster_id=@ada&id=@clip"))
            .refused(404, call("GET /clips?game_id=1")),
        case("get-clips", call("GET /clips?id=@clip").by(By::App)).after(with_a_clip_of_a_video),
        case("create-clip-from-vod", cut("vod_offset=60&duration=12.5"))
            .after(with_a_video)
            .refused(400, cut("vod_offset=5"))
            .refused(400, cut("vod_offset=3601"))
            .refused(403, {
                let line = "POST /videos/clips?editor_id=@cleo&broadcaster_id=@ada&vod_id=@video&title=Look";
                call(line).by(By::User("cleo"))
            })
            .refused(404, {
                let line = "POST /videos/clips?editor_id=@ada&broadcaster_id=@ada&vod_id=1&title=Look";
                call(format!("{line}&vod_offset=60"))
            }),
        case("get-clips-download", call(format!("{downloads}&editor_id=@ada&clip_id=@clip")))
            .after(with_a_clip)
            .refused(400, call(format!("{downloads}&editor_id=@ada&clip_id=x")))
            .refused(403, {
                let line = format!("{downloads}&editor_id=@cleo&clip_id=@clip");
                call(line).by(By::User("cleo"))
            }),
    ]
}

fn with_cleo_banned(stage: &mut Stage) {
    stage.world.ban(stage.now, &stage.id("ada"), &stage.id("cleo"), &stage.id("ada"), None);
}

fn with_a_clip(stage: &mut Stage) {
    let clip = stage.world.clip(stage.now, &stage.id("cleo"), &stage.id("ada"), "Look at that");
    stage.keep("clip", clip);
}

fn with_a_video(stage: &mut Stage) {
    let hour = Duration::from_secs(3600);
    let video = stage.world.upload(stage.now, &stage.id("ada"), "The best of", hour);
    stage.keep("video", video);
}

fn with_a_clip_of_a_video(stage: &mut Stage) {
    with_a_video(stage);
    let line = "POST /videos/clips?editor_id=@ada&broadcaster_id=@ada&vod_id=@video&title=Look&vod_offset=60";
    let made = stage.done(&call(line));
    stage.keep("clip", made["data"][0]["id"].as_str().unwrap());
    // It takes a while until it can be seen.
    stage.pass(Duration::from_secs(15));
}
