//! [Schedule](https://dev.twitch.tv/docs/api/reference/#get-channel-stream-schedule).
//!
//! A schedule's `data` is an object, and a channel without a schedule is a 404, which callers see as none.

use crate::helix::page::{cursor, pagination};
use crate::helix::{Cursor, Invalid, Json, Object, OrNone, Paged, Rule, Text, check, endpoint};
use crate::id::{CategoryId, Login, ScheduleSegmentId, UserId};
use crate::wire::null_as_default;
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

/// Gets a channel's schedule: the broadcasts from now on, from another time on, or some by their ids.
#[derive(Clone, Debug, Serialize)]
pub struct GetChannelStreamSchedule {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Only these broadcasts, at most 100.
    pub id: Vec<ScheduleSegmentId>,
    /// From when on; Twitch's default is now.
    pub start_time: Option<Timestamp>,
    /// How many a page, 1 to 25; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetChannelStreamSchedule = "get-channel-stream-schedule": get "/schedule" => OrNone<Json<SchedulePage>>, any,
    page: 25, list: id 0..=100);

impl GetChannelStreamSchedule {
    /// What comes from now on.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetChannelStreamSchedule {
            broadcaster_id: broadcaster.into(),
            id: vec![],
            start_time: None,
            first: None,
        }
    }

    /// What comes from this time on.
    #[must_use]
    pub fn starting(mut self, start: Timestamp) -> Self {
        self.start_time = Some(start);
        self
    }

    /// Only these broadcasts.
    #[must_use]
    pub fn only<I: Into<ScheduleSegmentId>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.id = ids.into_iter().map(Into::into).collect();
        self
    }
}

/// Gets a channel's schedule as text in the iCalendar format (RFC 5545).
#[derive(Clone, Debug, Serialize)]
pub struct GetChannelICalendar {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetChannelICalendar = "get-channel-icalendar": get "/schedule/icalendar" => Text, nothing);

impl GetChannelICalendar {
    /// The calendar of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetChannelICalendar { broadcaster_id: broadcaster.into() }
    }
}

/// Begins or cancels a vacation, during which a channel's schedule stands still.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateChannelStreamSchedule {
    /// The channel.
    pub broadcaster_id: UserId,
    is_vacation_enabled: bool,
    vacation_start_time: Option<Timestamp>,
    vacation_end_time: Option<Timestamp>,
    timezone: Option<CompactString>,
}

endpoint!(UpdateChannelStreamSchedule = "update-channel-stream-schedule": patch "/schedule/settings" => (),
    user(broadcaster_id), scopes: any(ChannelManageSchedule), check: |r| r.limits());

impl UpdateChannelStreamSchedule {
    /// Begins a vacation. The time zone has a name of the IANA database, such as `Europe/Lisbon`.
    pub fn vacation(
        broadcaster: impl Into<UserId>,
        start: Timestamp,
        end: Timestamp,
        timezone: impl Into<CompactString>,
    ) -> Self {
        UpdateChannelStreamSchedule {
            broadcaster_id: broadcaster.into(),
            is_vacation_enabled: true,
            vacation_start_time: Some(start),
            vacation_end_time: Some(end),
            timezone: Some(timezone.into()),
        }
    }

    /// Cancels the vacation.
    pub fn no_vacation(broadcaster: impl Into<UserId>) -> Self {
        UpdateChannelStreamSchedule {
            broadcaster_id: broadcaster.into(),
            is_vacation_enabled: false,
            vacation_start_time: None,
            vacation_end_time: None,
            timezone: None,
        }
    }

    fn limits(&self) -> Result<(), Invalid> {
        if self.is_vacation_enabled && self.vacation_end_time <= self.vacation_start_time {
            return Err(Invalid::new(
                "vacation_end_time",
                Rule::Other("must be later than vacation_start_time"),
            ));
        }
        Ok(())
    }
}

/// Adds a broadcast to a channel's schedule, once or every week.
#[derive(Clone, Debug, Serialize)]
pub struct CreateChannelStreamScheduleSegment {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The broadcast.
    #[serde(skip)]
    pub segment: NewScheduleSegment,
}

endpoint!(CreateChannelStreamScheduleSegment = "create-channel-stream-schedule-segment": post "/schedule/segment"
    => Object<Schedule>, user(broadcaster_id), scopes: any(ChannelManageSchedule), body: json(segment),
    check: |r| segment_limits(Some(r.segment.duration), r.segment.title.as_deref()));

impl CreateChannelStreamScheduleSegment {
    /// A broadcast that recurs every week at this time of this time zone, which has a name of the IANA database, such
    /// as `Europe/Lisbon`.
    pub fn weekly(
        broadcaster: impl Into<UserId>,
        start: Timestamp,
        timezone: impl Into<CompactString>,
        minutes: u16,
    ) -> Self {
        let once = Self::once(broadcaster, start, timezone, minutes);
        let segment = NewScheduleSegment { is_recurring: true, ..once.segment };
        CreateChannelStreamScheduleSegment { segment, ..once }
    }

    /// A single broadcast; only affiliates and partners may have one.
    pub fn once(
        broadcaster: impl Into<UserId>,
        start: Timestamp,
        timezone: impl Into<CompactString>,
        minutes: u16,
    ) -> Self {
        CreateChannelStreamScheduleSegment {
            broadcaster_id: broadcaster.into(),
            segment: NewScheduleSegment {
                start_time: start,
                timezone: timezone.into(),
                duration: minutes,
                is_recurring: false,
                category_id: None,
                title: None,
            },
        }
    }

    /// Says in which category.
    #[must_use]
    pub fn category(mut self, category: impl Into<CategoryId>) -> Self {
        self.segment.category_id = Some(category.into());
        self
    }

    /// Gives it a title.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.segment.title = Some(title.into());
        self
    }
}

/// A broadcast to be added to a schedule.
#[derive(Clone, Debug, Serialize)]
pub struct NewScheduleSegment {
    /// When it starts.
    pub start_time: Timestamp,
    /// The time zone it takes place in, by its name in the IANA database.
    pub timezone: CompactString,
    /// How many minutes it lasts: 30 to 1380 (23 hours).
    #[serde(serialize_with = "minutes")]
    pub duration: u16,
    /// Whether it recurs every week.
    pub is_recurring: bool,
    /// In which category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// Its title, in at most 140 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// Changes a broadcast of a schedule. Of a recurring one, title, category, duration and time zone change for all weeks.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateChannelStreamScheduleSegment {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The broadcast.
    pub id: ScheduleSegmentId,
    /// What changes.
    #[serde(skip)]
    pub change: ScheduleSegmentChange,
}

endpoint!(UpdateChannelStreamScheduleSegment = "update-channel-stream-schedule-segment": patch "/schedule/segment"
    => Object<Schedule>, user(broadcaster_id), scopes: any(ChannelManageSchedule), body: json(change),
    check: |r| segment_limits(r.change.duration, r.change.title.as_deref()));

impl UpdateChannelStreamScheduleSegment {
    /// Changes a broadcast.
    pub fn new(
        broadcaster: impl Into<UserId>,
        segment: impl Into<ScheduleSegmentId>,
        change: ScheduleSegmentChange,
    ) -> Self {
        UpdateChannelStreamScheduleSegment { broadcaster_id: broadcaster.into(), id: segment.into(), change }
    }

    /// Cancels a broadcast; of a recurring one, the next.
    pub fn cancel(broadcaster: impl Into<UserId>, segment: impl Into<ScheduleSegmentId>) -> Self {
        let change = ScheduleSegmentChange { is_canceled: Some(true), ..Default::default() };
        Self::new(broadcaster, segment, change)
    }
}

/// What changes about a broadcast.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ScheduleSegmentChange {
    /// When it starts: for affiliates and partners, and only if it does not recur.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    /// How many minutes it lasts: 30 to 1380 (23 hours).
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "minutes_if")]
    pub duration: Option<u16>,
    /// In which category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// Its title, in at most 140 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether it is cancelled. Of a recurring one this is the next, not the one named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_canceled: Option<bool>,
    /// The time zone it takes place in, by its name in the IANA database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<CompactString>,
}

/// Removes a broadcast from a schedule; a recurring one in all its weeks.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteChannelStreamScheduleSegment {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The broadcast.
    pub id: ScheduleSegmentId,
}

endpoint!(DeleteChannelStreamScheduleSegment = "delete-channel-stream-schedule-segment":
    delete "/schedule/segment" => (), user(broadcaster_id), scopes: any(ChannelManageSchedule));

impl DeleteChannelStreamScheduleSegment {
    /// Removes a broadcast.
    pub fn new(broadcaster: impl Into<UserId>, segment: impl Into<ScheduleSegmentId>) -> Self {
        DeleteChannelStreamScheduleSegment { broadcaster_id: broadcaster.into(), id: segment.into() }
    }
}

fn segment_limits(duration: Option<u16>, title: Option<&str>) -> Result<(), Invalid> {
    check::range_if("duration", duration, 30, 1380)?;
    check::length("title", title.unwrap_or_default(), 0, 140)
}

/// Twitch wants a duration as a string.
fn minutes<S: Serializer>(minutes: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(minutes)
}

fn minutes_if<S: Serializer>(minutes: &Option<u16>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&minutes.unwrap_or_default())
}

/// A channel's schedule, and a page of its broadcasts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SchedulePage {
    /// The schedule with the page's broadcasts; none if the channel has no schedule.
    #[serde(rename = "data")]
    pub schedule: Option<Schedule>,
    /// Leads to the next page.
    #[serde(default, deserialize_with = "cursor", serialize_with = "pagination", rename = "pagination")]
    pub cursor: Option<Cursor>,
}

impl Paged for SchedulePage {
    type Item = ScheduleSegment;

    fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    fn count(&self) -> usize {
        self.schedule.as_ref().map_or(0, |schedule| schedule.segments.len())
    }

    fn into_items(self) -> Vec<ScheduleSegment> {
        self.schedule.map(|schedule| schedule.segments).unwrap_or_default()
    }
}

/// A channel's schedule. After a change to a broadcast it holds that broadcast alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Schedule {
    /// The broadcasts.
    #[serde(default, deserialize_with = "null_as_default")]
    pub segments: Vec<ScheduleSegment>,
    /// The channel.
    pub broadcaster_id: UserId,
    /// The broadcaster's display name.
    pub broadcaster_name: CompactString,
    /// The broadcaster's login.
    pub broadcaster_login: Login,
    /// When the broadcaster is away; none if no vacation is planned.
    pub vacation: Option<Vacation>,
}

/// A broadcast of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScheduleSegment {
    /// The broadcast's id.
    pub id: ScheduleSegmentId,
    /// When it starts.
    pub start_time: Timestamp,
    /// When it ends; none where Twitch does not say.
    pub end_time: Option<Timestamp>,
    /// Its title; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// If this week's broadcast is cancelled, when it would have ended.
    pub canceled_until: Option<Timestamp>,
    /// In which category; none if none is set.
    pub category: Option<ScheduleCategory>,
    /// Whether it recurs every week.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_recurring: bool,
}

/// The category of a broadcast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScheduleCategory {
    /// Its id.
    pub id: CategoryId,
    /// Its name.
    pub name: CompactString,
}

/// A time in which a broadcaster is away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Vacation {
    /// When it begins.
    pub start_time: Timestamp,
    /// When it ends.
    pub end_time: Timestamp,
}

#[cfg(test)]
mod tests;
