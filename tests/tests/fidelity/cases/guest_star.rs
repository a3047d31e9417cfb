//! Guest Star.

use serde_json::{Value, json};

use super::{Case, case};
use crate::stage::{By, Call, Stage, call};

const IN_ADA: &str = "broadcaster_id=@ada&moderator_id=@brook";
const IN_SESSION: &str = "broadcaster_id=@ada&moderator_id=@brook&session_id=@session";

pub(crate) fn cases() -> Vec<Case> {
    [settings(), sessions(), invites(), slots()].into_iter().flatten().collect()
}

fn by_brook(line: impl Into<String>) -> Call {
    call(line).by(By::User("brook"))
}

fn settings() -> Vec<Case> {
    let path = "/guest_star/channel_settings";
    let set = |body: Value| call("PUT /guest_star/channel_settings?broadcaster_id=@ada").body(body);
    vec![
        case("get-channel-guest-star-settings", by_brook(format!("GET {path}?{IN_ADA}")))
            .refused(400, by_brook(format!("GET {path}")))
            .refused(403, call(format!("GET {path}?broadcaster_id=@dan&moderator_id=@ada"))),
        case(
            "update-channel-guest-star-settings",
            set(json!({"slot_count": 6, "group_layout": "VERTICAL_LAYOUT"})),
        )
        .refused(400, set(json!({"slot_count": 7})))
        .refused(400, set(json!({"group_layout": "HEAP"}))),
    ]
}

fn sessions() -> Vec<Case> {
    let path = "/guest_star/session";
    vec![
        case("get-guest-star-session", by_brook(format!("GET {path}?{IN_ADA}")))
            .after(with_session)
            .refused(400, by_brook(format!("GET {path}"))),
        case("create-guest-star-session", call(format!("POST {path}?broadcaster_id=@ada")))
            .refused(400, call(format!("POST {path}")))
            .refused_after(400, with_session, call(format!("POST {path}?broadcaster_id=@ada"))),
        case(
            "end-guest-star-session",
            call(format!("DELETE {path}?broadcaster_id=@ada&session_id=@session")),
        )
        .after(with_session)
        .refused(400, call(format!("DELETE {path}?broadcaster_id=@ada&session_id=x"))),
    ]
}

fn invites() -> Vec<Case> {
    let path = "/guest_star/invites";
    vec![
        case("get-guest-star-invites", by_brook(format!("GET {path}?{IN_SESSION}")))
            .after(with_invite)
            .refused(400, by_brook(format!("GET {path}?{IN_ADA}"))),
        case("send-guest-star-invite", by_brook(format!("POST {path}?{IN_SESSION}&guest_id=@cleo")))
            .after(with_session)
            .refused(400, by_brook(format!("POST {path}?{IN_SESSION}")))
            .refused(403, by_brook(format!("POST {path}?{IN_SESSION}&guest_id=7")))
            .refused_after(403, with_invite, by_brook(format!("POST {path}?{IN_SESSION}&guest_id=@cleo"))),
        case("delete-guest-star-invite", by_brook(format!("DELETE {path}?{IN_SESSION}&guest_id=@cleo")))
            .after(with_invite)
            .refused(404, by_brook(format!("DELETE {path}?{IN_SESSION}&guest_id=@dan"))),
    ]
}

fn slots() -> Vec<Case> {
    let path = "/guest_star/slot";
    let slot = |method: &str, rest: &str| by_brook(format!("{method} {path}?{IN_SESSION}&{rest}"));
    let settings = |rest: &str| by_brook(format!("PATCH /guest_star/slot_settings?{IN_SESSION}&{rest}"));
    vec![
        case("assign-guest-star-slot", slot("POST", "guest_id=@cleo&slot_id=1"))
            .after(with_ready_guest)
            .refused(400, slot("POST", "guest_id=@cleo&slot_id=5"))
            .refused(403, slot("POST", "guest_id=@cleo&slot_id=0"))
            .refused(403, slot("POST", "guest_id=@dan&slot_id=1"))
            .refused_after(403, with_invite, slot("POST", "guest_id=@cleo&slot_id=1")),
        case("update-guest-star-slot", slot("PATCH", "source_slot_id=1&destination_slot_id=2"))
            .after(with_guest)
            .refused(400, slot("PATCH", "source_slot_id=3&destination_slot_id=2")),
        case("delete-guest-star-slot", slot("DELETE", "guest_id=@cleo&slot_id=1&should_reinvite_guest=true"))
            .after(with_guest)
            .refused(400, slot("DELETE", "guest_id=@cleo"))
            .refused(403, slot("DELETE", "guest_id=@ada&slot_id=0"))
            .refused(404, slot("DELETE", "guest_id=@dan&slot_id=1")),
        case("update-guest-star-slot-settings", settings("slot_id=1&is_live=true&volume=50"))
            .after(with_guest)
            .refused(400, settings("slot_id=2&is_live=true"))
            .refused(400, settings("slot_id=1&volume=101")),
    ]
}

fn with_session(stage: &mut Stage) {
    let made = stage.done(&call("POST /guest_star/session?broadcaster_id=@ada"));
    stage.keep("session", made["data"][0]["id"].as_str().unwrap());
}

fn with_invite(stage: &mut Stage) {
    with_session(stage);
    stage.done(&by_brook(format!("POST /guest_star/invites?{IN_SESSION}&guest_id=@cleo")));
}

fn with_ready_guest(stage: &mut Stage) {
    with_invite(stage);
    stage.world.guest_ready(stage.now, &stage.id("cleo"), &stage.id("ada"));
}

fn with_guest(stage: &mut Stage) {
    with_ready_guest(stage);
    stage.done(&by_brook(format!("POST /guest_star/slot?{IN_SESSION}&guest_id=@cleo&slot_id=1")));
}
