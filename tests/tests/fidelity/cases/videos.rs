//! Videos.

use std::time::Duration;

use super::{Case, case};
use crate::stage::{By, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("get-videos", call("GET /videos?user_id=@ada").by(By::App))
            .after(|stage| {
                let video = with_a_video(stage);
                stage.world.mute(&video, Duration::from_secs(30), Duration::from_secs(5));
            })
            .refused(400, call("GET /videos"))
            .refused(400, call("GET /videos?user_id=@ada&sort=length"))
            .refused(404, call("GET /videos?id=1")),
        case("delete-videos", call("DELETE /videos?id=@video&id=1"))
            .after(|stage| drop(with_a_video(stage)))
            .refused(400, call("DELETE /videos"))
            .refused(400, call("DELETE /videos?id=1&id=2&id=3&id=4&id=5&id=6"))
            .refused(401, call("DELETE /videos?id=@video").by(By::User("dan"))),
    ]
}

fn with_a_video(stage: &mut Stage) -> String {
    let video = stage.world.upload(stage.now, &stage.id("ada"), "The best of", Duration::from_secs(90));
    stage.keep("video", video.clone());
    video
}
