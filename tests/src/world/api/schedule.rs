//! The schedule of streams.

use std::collections::BTreeSet;

use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{body, flag, moment, page, required, text, values, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;
use crate::world::schedules::Segment;

const MANAGE: [&str; 1] = ["channel:manage:schedule"];
/// The most ids that one request may name.
const IDS: usize = 100;
/// The longest title.
const TITLE: usize = 140;

impl World {
    pub(super) fn schedule_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/schedule") => self.get_schedule(ask),
            (&Method::PATCH, "/schedule/settings") => self.update_schedule(ask, who),
            (&Method::POST, "/schedule/segment") => self.create_segment(ask, who),
            (&Method::PATCH, "/schedule/segment") => self.update_segment(ask, who),
            (&Method::DELETE, "/schedule/segment") => self.delete_segment(ask, who),
            _ => return None,
        })
    }

    /// The one answer that is not JSON, and needs no token.
    pub(super) fn get_calendar(&self, ask: &Ask) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        self.channel(broadcaster)?;
        Ok(Answer::text("text/calendar; charset=utf-8", self.calendar(broadcaster)))
    }

    fn get_schedule(&self, ask: &Ask) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        self.channel(broadcaster)?;
        let ids = values(ask, "id", IDS)?;
        let from = moment(ask, "start_time")?.unwrap_or_else(|| self.wall(self.now));
        let schedule = self.schedules.get(broadcaster).ok_or_else(no_schedule)?;
        let mut all: Vec<(&Segment, Timestamp)> = Vec::new();
        for segment in &schedule.segments {
            let starts = segment.starts(from);
            all.extend(
                starts
                    .filter(|&at| ids.is_empty() || ids.contains(&segment.id(at).as_str()))
                    .map(|at| (segment, at)),
            );
        }
        all.sort_by_key(|(_, start)| *start);
        let (slice, pagination) = page(&all, ask, 25)?;
        let mut data = self.schedule_json(broadcaster, slice);
        data["pagination"] = pagination;
        Ok(Answer::ok(json!({"data": data})))
    }

    fn update_schedule(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &MANAGE)?;
        let vacation = match word(ask, "is_vacation_enabled", &["true", "false"])? {
            Some("true") => {
                required(ask, "vacation_start_time")?;
                required(ask, "vacation_end_time")?;
                is_timezone(required(ask, "timezone")?)?;
                let times = (moment(ask, "vacation_start_time")?, moment(ask, "vacation_end_time")?);
                match times {
                    (Some(start), Some(end)) if start < end => Some((start, end)),
                    _ => {
                        let message = "vacation_end_time must be later than vacation_start_time.";
                        return Err(Answer::refuse(400, message));
                    }
                }
            }
            _ => None,
        };
        self.schedules.get_mut(broadcaster).ok_or_else(no_schedule)?.vacation = vacation;
        Ok(Answer::empty(204))
    }

    fn create_segment(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &MANAGE)?;
        let body = body(ask)?;
        for needed in ["start_time", "timezone", "duration"] {
            text(&body, needed)?;
        }
        let recurs = flag(&body, "is_recurring", false)?;
        if !recurs && self.people.programme(broadcaster).is_none() {
            let message = "Only partners and affiliates may add non-recurring broadcast segments.";
            return Err(Answer::refuse(403, message));
        }
        let blank = Segment {
            key: String::new(),
            start: Timestamp::UNIX_EPOCH,
            minutes: 0,
            timezone: String::new(),
            title: String::new(),
            category: None,
            recurs,
            canceled: BTreeSet::new(),
        };
        let segment = self.read_segment(blank, &body)?;
        let segment = Segment { key: self.rng.uuid(), ..segment };
        let start = segment.start;
        self.schedules.entry(broadcaster.to_owned()).or_default().segments.push(segment.clone());
        Ok(self.one_segment(broadcaster, &segment, start))
    }

    fn update_segment(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &MANAGE)?;
        let id = required(ask, "id")?;
        let body = body(ask)?;
        let segments = self.schedules.get(broadcaster).map_or(&[][..], |schedule| &schedule.segments);
        let at = segments.iter().position(|segment| segment.has(id));
        let at = at.ok_or_else(|| Answer::refuse(404, "The specified broadcast segment was not found."))?;
        let mut segment = self.read_segment(segments[at].clone(), &body)?;
        let now = self.wall(self.now);
        // Of a series it is the next broadcast that is cancelled, whichever is named.
        let start = match segment.recurs {
            true => segment.starts(now).next().unwrap_or(segment.start),
            false => segment.start,
        };
        if let Value::Bool(canceled) = body["is_canceled"] {
            match canceled {
                true => segment.canceled.insert(start),
                false => segment.canceled.remove(&start),
            };
        }
        if let Some(held) = self.schedules.get_mut(broadcaster).and_then(|s| s.segments.get_mut(at)) {
            *held = segment.clone();
        }
        Ok(self.one_segment(broadcaster, &segment, start))
    }

    fn delete_segment(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &MANAGE)?;
        let id = required(ask, "id")?;
        let segments = self.schedules.get_mut(broadcaster).map(|schedule| &mut schedule.segments);
        let at = segments.as_ref().and_then(|segments| segments.iter().position(|s| s.has(id)));
        match (segments, at) {
            (Some(segments), Some(at)) => segments.remove(at),
            _ => return Err(Answer::refuse(400, "The ID in the id query parameter is not valid.")),
        };
        Ok(Answer::empty(204))
    }

    /// A segment with what the body changes in it.
    fn read_segment(&self, start: Segment, body: &Value) -> Result<Segment, Answer> {
        let invalid = |name: &str| Answer::refuse(400, &format!("The value in {name} is not valid"));
        let mut segment = start;
        if let Some(said) = body["start_time"].as_str() {
            segment.start = said.parse().map_err(|_| invalid("start_time"))?;
        }
        if let Some(said) = body["timezone"].as_str() {
            is_timezone(said)?;
            segment.timezone = said.to_owned();
        }
        if let Some(said) = body["duration"].as_str() {
            let minutes = said.parse().ok().filter(|minutes| (30..=1380).contains(minutes));
            segment.minutes = minutes.ok_or_else(|| invalid("duration"))?;
        }
        if let Some(said) = body["category_id"].as_str() {
            self.category(said).ok_or_else(|| invalid("category_id"))?;
            segment.category = Some(said.to_owned());
        }
        if let Some(said) = body["title"].as_str() {
            if said.chars().count() > TITLE {
                return Err(Answer::refuse(400, "The string in the title field is too long."));
            }
            segment.title = said.to_owned();
        }
        Ok(segment)
    }

    fn one_segment(&self, broadcaster: &str, segment: &Segment, start: Timestamp) -> Answer {
        Answer::ok(json!({"data": self.schedule_json(broadcaster, &[(segment, start)])}))
    }
}

fn no_schedule() -> Answer {
    Answer::refuse(404, "The broadcaster has not created a streaming schedule.")
}

/// The form of a name in the IANA time zone database; the world has no list of them.
fn is_timezone(name: &str) -> Result<(), Answer> {
    let letters = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b))
    };
    if name == "UTC" || name.contains('/') && name.split('/').all(letters) {
        return Ok(());
    }
    Err(Answer::refuse(400, "The value in timezone is not valid"))
}
