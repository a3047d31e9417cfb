//! Schedules of streams: single broadcasts, and those that come every week.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::World;

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How far ahead a weekly broadcast is listed.
const WEEKS: usize = 52;

/// A broadcast, or a weekly series of them.
#[derive(Clone)]
pub(super) struct Segment {
    pub(super) key: String,
    pub(super) start: Timestamp,
    pub(super) minutes: i64,
    pub(super) timezone: String,
    pub(super) title: String,
    /// A category's id.
    pub(super) category: Option<String>,
    pub(super) recurs: bool,
    /// The starts of those that are cancelled.
    pub(super) canceled: BTreeSet<Timestamp>,
}

impl Segment {
    /// The starts from a moment on. A week is seven days here, summer time or not.
    pub(super) fn starts(&self, from: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        let count = if self.recurs { WEEKS } else { 1 };
        let mut next = self.start;
        if self.recurs && next < from {
            let weeks = from.duration_since(next).as_secs() / WEEK.as_secs();
            next += SignedDuration::from_secs(weeks * WEEK.as_secs());
        }
        let starts = std::iter::successors(Some(next), |start| start.checked_add(WEEK).ok());
        starts.take(count).filter(move |start| *start >= from)
    }

    /// The id of the broadcast that starts then, in Twitch's form: the series and the week.
    pub(super) fn id(&self, start: Timestamp) -> String {
        let week = TimeZone::UTC.to_datetime(start).date().iso_week_date();
        let id = json!({"segmentID": self.key, "isoYear": week.year(), "isoWeek": week.week()});
        STANDARD.encode(id.to_string())
    }

    /// Whether an id is that of one of its broadcasts.
    pub(super) fn has(&self, id: &str) -> bool {
        let said = STANDARD.decode(id).ok().and_then(|id| serde_json::from_slice::<Value>(&id).ok());
        said.is_some_and(|said| said["segmentID"] == json!(self.key))
    }

    fn end(&self, start: Timestamp) -> Timestamp {
        start + SignedDuration::from_mins(self.minutes)
    }
}

/// A broadcaster's schedule.
#[derive(Default)]
pub(super) struct Schedule {
    pub(super) segments: Vec<Segment>,
    /// From when to when there are no broadcasts.
    pub(super) vacation: Option<(Timestamp, Timestamp)>,
}

/// By broadcaster.
pub(super) type Schedules = BTreeMap<String, Schedule>;

impl World {
    /// Some of a broadcaster's broadcasts, in the shape of all answers about schedules.
    pub(super) fn schedule_json(&self, channel: &str, broadcasts: &[(&Segment, Timestamp)]) -> Value {
        let segments: Vec<Value> = broadcasts
            .iter()
            .map(|&(segment, start)| {
                let category = segment.category.as_deref();
                let category =
                    category.map(|id| json!({"id": id, "name": self.category(id).unwrap_or_default()}));
                let canceled = segment.canceled.contains(&start);
                json!({
                    "id": segment.id(start),
                    "start_time": start.to_string(),
                    "end_time": segment.end(start).to_string(),
                    "title": segment.title,
                    "canceled_until": canceled.then(|| segment.end(start).to_string()),
                    "category": category,
                    "is_recurring": segment.recurs,
                })
            })
            .collect();
        let vacation = self.schedules.get(channel).and_then(|schedule| schedule.vacation);
        let mut said = self.person(channel, "broadcaster");
        said["segments"] = json!(segments);
        said["vacation"] =
            json!(vacation.map(|(start, end)| {
                json!({"start_time": start.to_string(), "end_time": end.to_string()})
            }));
        said
    }

    /// A broadcaster's schedule as a calendar (RFC 5545).
    pub(super) fn calendar(&self, channel: &str) -> String {
        let stamp = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let mut out =
            String::from("BEGIN:VCALENDAR\r\nPRODID:-//twitch.tv//StreamSchedule//1.0\r\nVERSION:2.0\r\n");
        // Writing to a string cannot fail.
        let _ = write!(out, "CALSCALE:GREGORIAN\r\nNAME:{}\r\n", escaped(self.people.name(channel)));
        for segment in self.schedules.get(channel).into_iter().flat_map(|schedule| &schedule.segments) {
            let category = segment.category.as_deref().and_then(|id| self.category(id)).unwrap_or_default();
            let _ = write!(
                out,
                "BEGIN:VEVENT\r\nUID:{}\r\nDTSTAMP:{}\r\nDTSTART:{}\r\nDTEND:{}\r\nSUMMARY:{}\r\n\
                 DESCRIPTION:{}.\r\nCATEGORIES:{}\r\n",
                segment.key,
                stamp(self.wall(self.now)),
                stamp(segment.start),
                stamp(segment.end(segment.start)),
                escaped(&segment.title),
                escaped(category),
                escaped(category),
            );
            if segment.recurs {
                out.push_str("RRULE:FREQ=WEEKLY\r\n");
            }
            out.push_str("END:VEVENT\r\n");
        }
        out.push_str("END:VCALENDAR\r\n");
        out
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}
