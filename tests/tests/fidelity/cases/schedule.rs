//! Schedules.

use serde_json::json;

use super::{Case, case};
use crate::stage::{By, Call, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let segment = |method: &str| format!("{method} /schedule/segment?broadcaster_id=@ada&id=@segment");
    let unknown = |method: &str| format!("{method} /schedule/segment?broadcaster_id=@ada&id=x");
    let vacation = |start: &str| {
        let rest = format!("vacation_start_time={start}&vacation_end_time=2026-04-01T00:00:00Z&timezone=UTC");
        call(format!("PATCH /schedule/settings?broadcaster_id=@ada&is_vacation_enabled=true&{rest}"))
    };
    let get = "GET /schedule?broadcaster_id=@ada";
    vec![
        case("get-channel-stream-schedule", call(get).by(By::App))
            .after(with_a_vacation)
            .refused(400, call("GET /schedule"))
            .refused(400, call(format!("{get}&start_time=soon")))
            .refused_after(404, |_| {}, call(get)),
        case("get-channel-icalendar", call("GET /schedule/icalendar?broadcaster_id=@ada").by(By::Nobody))
            .after(with_a_segment)
            .refused(400, call("GET /schedule/icalendar").by(By::Nobody)),
        case("update-channel-stream-schedule", vacation("2026-03-20T00:00:00Z"))
            .after(with_a_segment)
            .refused(400, vacation("2026-04-02T00:00:00Z"))
            .refused_after(404, |_| {}, vacation("2026-03-20T00:00:00Z")),
        case("create-channel-stream-schedule-segment", create("60"))
            .after(with_a_vacation)
            .refused(400, create("29"))
            .refused(403, {
                let body = json!({"start_time": "2026-03-02T18:00:00Z", "timezone": "UTC", "duration": "60"});
                call("POST /schedule/segment?broadcaster_id=@dan").by(By::User("dan")).body(body)
            }),
        case(
            "update-channel-stream-schedule-segment",
            call(segment("PATCH")).body(json!({"is_canceled": true, "title": "Not today"})),
        )
        .after(with_a_vacation)
        .refused(400, call(segment("PATCH")).body(json!({"duration": "1381"})))
        .refused(404, call(unknown("PATCH")).body(json!({}))),
        case("delete-channel-stream-schedule-segment", call(segment("DELETE")))
            .after(with_a_segment)
            .refused(400, call(unknown("DELETE"))),
    ]
}

fn create(minutes: &str) -> Call {
    call("POST /schedule/segment?broadcaster_id=@ada").body(json!({
        "start_time": "2026-03-02T18:00:00Z",
        "timezone": "Europe/Paris",
        "duration": minutes,
        "is_recurring": true,
        "category_id": "509658",
        "title": "Monday",
    }))
}

fn with_a_segment(stage: &mut Stage) {
    let made = stage.done(&create("60"));
    stage.keep("segment", made["data"]["segments"][0]["id"].as_str().unwrap());
}

fn with_a_vacation(stage: &mut Stage) {
    with_a_segment(stage);
    let start = "vacation_start_time=2026-03-20T00:00:00Z&vacation_end_time=2026-04-01T00:00:00Z";
    let on = "is_vacation_enabled=true&timezone=Europe/Paris";
    stage.done(&call(format!("PATCH /schedule/settings?broadcaster_id=@ada&{on}&{start}")));
}
