//! Games, the search for them and for channels, teams, labels.

use super::{Case, case};
use crate::stage::{By, Call, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let get = |line: &str| -> Call { call(format!("GET {line}")).by(By::App) };
    let many: String = (0..101).map(|id| format!("id={id}&")).collect();
    vec![
        case("get-top-games", get("/games/top")).refused(400, get("/games/top?first=0")),
        case("get-games", get("/games?id=33214&name=Just%20Chatting"))
            .refused(400, get("/games"))
            .refused(400, get(&format!("/games?{many}"))),
        case("search-categories", get("/search/categories?query=game%20soft"))
            .refused(400, get("/search/categories")),
        case("search-channels", get("/search/channels?query=CHAT&live_only=true"))
            .refused(400, get("/search/channels")),
        // Whoever is not live has not begun.
        case("search-channels", get("/search/channels?query=cle")),
        case("get-channel-teams", get("/teams/channel?broadcaster_id=@ada"))
            .after(with_team)
            .refused(400, get("/teams/channel"))
            .refused(404, get("/teams/channel?broadcaster_id=7")),
        case("get-teams", get("/teams?name=crew"))
            .after(with_team)
            .refused(400, get("/teams"))
            .refused(400, get("/teams?name=crew&id=@team"))
            .refused(404, get("/teams?name=nobody")),
        case("get-content-classification-labels", get("/content_classification_labels?locale=fr-FR"))
            .refused(400, get("/content_classification_labels?locale=tlh")),
    ]
}

fn with_team(stage: &mut Stage) {
    let id = stage.world.team("crew", &[&stage.id("ada"), &stage.id("dan")]);
    stage.keep("team", id);
}
