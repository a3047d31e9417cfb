use super::*;
use crate::helix::api::fixture::{answer, at, body, decode, query, refused};
use crate::helix::{Answer, Endpoint, PageEnd, Pager, Shape, Value};
use http::{HeaderMap, StatusCode};
use serde_json::json;

fn wire() -> serde_json::Value {
    json!({
        "segments": [{
            "id": "s1", "start_time": "2026-01-02T18:00:00Z", "end_time": "2026-01-02T19:00:00Z", "title": "Chess",
            "canceled_until": "2026-01-02T19:00:00Z", "category": {"id": "77", "name": "Chess"}, "is_recurring": true,
        }],
        "broadcaster_id": "1001", "broadcaster_name": "Ada", "broadcaster_login": "ada",
        "vacation": {"start_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-02T01:00:00Z"},
    })
}

fn schedule() -> Schedule {
    Schedule {
        segments: vec![ScheduleSegment {
            id: "s1".into(),
            start_time: at("18:00:00"),
            end_time: Some(at("19:00:00")),
            title: "Chess".into(),
            canceled_until: Some(at("19:00:00")),
            category: Some(ScheduleCategory { id: "77".into(), name: "Chess".into() }),
            is_recurring: true,
        }],
        broadcaster_id: "1001".into(),
        broadcaster_name: "Ada".into(),
        broadcaster_login: "ada".into(),
        vacation: Some(Vacation { start_time: at("00:00:00"), end_time: at("01:00:00") }),
    }
}

#[test]
fn a_schedule_is_asked_for_by_time_or_id() {
    let request = GetChannelStreamSchedule::new("1001").starting(at("10:00:00")).only(["s1", "s2"]);
    assert_eq!(query(&request), "broadcaster_id=1001&id=s1&id=s2&start_time=2026-01-02T10%3A00%3A00Z");
    let many = GetChannelStreamSchedule::new("1001").only((0..101).map(|n| n.to_string()));
    assert_eq!(refused(&many), "`id` wants 0 to 100 values, has 101");
    let first = GetChannelStreamSchedule { first: Some(26), ..GetChannelStreamSchedule::new("1001") };
    assert_eq!(refused(&first), "`first` must be 1 to 25, is 26");
}

#[test]
fn a_schedules_data_is_an_object() {
    let page = decode::<GetChannelStreamSchedule>(json!({"data": wire(), "pagination": {"cursor": "next"}}));
    assert_eq!(page, SchedulePage { schedule: Some(schedule()), cursor: Some(Cursor::new("next")) });
    assert_eq!(page.count(), 1);
    assert_eq!(page.into_items(), schedule().segments);
}

#[test]
fn an_empty_schedule_has_null_for_segments() {
    let page = decode::<GetChannelStreamSchedule>(json!({"data": {
        "segments": null, "broadcaster_id": "1001", "broadcaster_name": "Ada", "broadcaster_login": "ada",
        "vacation": null,
    }, "pagination": {}}));
    let empty = Schedule { segments: vec![], vacation: None, ..schedule() };
    assert_eq!(page, SchedulePage { schedule: Some(empty), cursor: None });
}

#[test]
fn a_404_means_that_there_is_no_schedule() {
    type Output = <GetChannelStreamSchedule as Endpoint>::Output;
    assert!(Output::accepts(StatusCode::NOT_FOUND));
    assert!(!Output::accepts(StatusCode::BAD_REQUEST));
    let words = json!({"error": "Not Found", "status": 404, "message": "segments were not found"});
    let page = answer::<GetChannelStreamSchedule>(StatusCode::NOT_FOUND, words.to_string()).unwrap();
    assert_eq!(page, SchedulePage { schedule: None, cursor: None });
}

#[test]
fn a_walk_over_a_missing_schedule_is_complete_and_empty() {
    let mut pager = Pager::new(&GetChannelStreamSchedule::new("1001")).unwrap();
    let missing = Answer {
        operation: "get-channel-stream-schedule",
        status: StatusCode::NOT_FOUND,
        headers: HeaderMap::new(),
        body: Default::default(),
    };
    let page: Value<GetChannelStreamSchedule> = pager.accept(Ok(missing)).unwrap();
    assert_eq!(page.into_items(), []);
    assert_eq!(pager.end(), Some(&PageEnd::Complete));
}

#[test]
fn a_calendar_is_text() {
    assert_eq!(query(&GetChannelICalendar::new("1001")), "broadcaster_id=1001");
    let text = "BEGIN:VCALENDAR\r\nEND:VCALENDAR";
    assert_eq!(answer::<GetChannelICalendar>(StatusCode::OK, text.into()).unwrap(), text);
}

#[test]
fn a_vacation_has_an_end_after_its_start() {
    let request =
        UpdateChannelStreamSchedule::vacation("1001", at("10:00:00"), at("11:00:00"), "Europe/Lisbon");
    assert_eq!(
        query(&request),
        "broadcaster_id=1001&is_vacation_enabled=true&vacation_start_time=2026-01-02T10%3A00%3A00Z\
         &vacation_end_time=2026-01-02T11%3A00%3A00Z&timezone=Europe%2FLisbon"
    );
    let none = UpdateChannelStreamSchedule::no_vacation("1001");
    assert_eq!(query(&none), "broadcaster_id=1001&is_vacation_enabled=false");
    let never = UpdateChannelStreamSchedule::vacation("1001", at("10:00:00"), at("10:00:00"), "UTC");
    assert_eq!(refused(&never), "`vacation_end_time` must be later than vacation_start_time");
    decode::<UpdateChannelStreamSchedule>(json!(null));
}

#[test]
fn a_new_broadcast_has_its_duration_as_a_string() {
    let request = CreateChannelStreamScheduleSegment::weekly("1001", at("18:00:00"), "Europe/Lisbon", 60);
    assert_eq!(query(&request), "broadcaster_id=1001");
    assert_eq!(request.owner(), Some(&UserId::new("1001")));
    let plain = json!({"start_time": "2026-01-02T18:00:00Z", "timezone": "Europe/Lisbon", "duration": "60",
        "is_recurring": true});
    assert_eq!(body(&request), plain);
    let once = CreateChannelStreamScheduleSegment::once("1001", at("18:00:00"), "Europe/Lisbon", 60);
    let full = json!({"start_time": "2026-01-02T18:00:00Z", "timezone": "Europe/Lisbon", "duration": "60",
        "is_recurring": false, "category_id": "77", "title": "Chess"});
    assert_eq!(body(&once.category("77").title("Chess")), full);
    assert_eq!(decode::<CreateChannelStreamScheduleSegment>(json!({"data": wire()})), schedule());
}

#[test]
fn a_broadcast_lasts_30_to_1380_minutes_under_a_title_of_140_characters() {
    let of = |minutes| CreateChannelStreamScheduleSegment::once("1001", at("18:00:00"), "UTC", minutes);
    assert_eq!(refused(&of(29)), "`duration` must be 30 to 1380, is 29");
    assert_eq!(refused(&of(1381)), "`duration` must be 30 to 1380, is 1381");
    assert_eq!(refused(&of(30).title("t".repeat(141))), "`title` wants 0 to 140 characters, has 141");
    let change = ScheduleSegmentChange { duration: Some(29), ..Default::default() };
    let update = UpdateChannelStreamScheduleSegment::new("1001", "s1", change);
    assert_eq!(refused(&update), "`duration` must be 30 to 1380, is 29");
}

#[test]
fn only_what_changes_is_sent() {
    let change = ScheduleSegmentChange {
        start_time: Some(at("19:00:00")),
        duration: Some(90),
        category_id: Some("77".into()),
        title: Some("Chess".into()),
        is_canceled: Some(false),
        timezone: Some("UTC".into()),
    };
    let request = UpdateChannelStreamScheduleSegment::new("1001", "s1", change);
    assert_eq!(query(&request), "broadcaster_id=1001&id=s1");
    let full = json!({"start_time": "2026-01-02T19:00:00Z", "duration": "90", "category_id": "77", "title": "Chess",
        "is_canceled": false, "timezone": "UTC"});
    assert_eq!(body(&request), full);
    let cancel = UpdateChannelStreamScheduleSegment::cancel("1001", "s1");
    assert_eq!(body(&cancel), json!({"is_canceled": true}));
    assert_eq!(decode::<UpdateChannelStreamScheduleSegment>(json!({"data": wire()})), schedule());
}

#[test]
fn a_broadcast_is_removed_by_its_id() {
    assert_eq!(query(&DeleteChannelStreamScheduleSegment::new("1001", "s1")), "broadcaster_id=1001&id=s1");
    decode::<DeleteChannelStreamScheduleSegment>(json!(null));
}
