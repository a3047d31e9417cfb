//! Every operation that the library has, each with sample requests which together set every parameter.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use twitchwire::helix::api::*;
use twitchwire::helix::{Answer, CallError, Endpoint, Json as Whole, List, Maybe, Meta, Object, One, OrNone};
use twitchwire::helix::{Page, Paged, Shape, Text, Value};

pub(crate) struct Operation {
    pub(crate) meta: &'static Meta,
    pub(crate) paged: bool,
    /// The names of the query's parameters.
    pub(crate) query: BTreeSet<String>,
    pub(crate) bodies: Vec<Json>,
    again: fn(Answer) -> Result<Json, CallError>,
}

impl Operation {
    /// Reads an answer and writes what came of it.
    pub(crate) fn again(&self, status: u16, answer: &Json) -> Result<Json, CallError> {
        (self.again)(Answer {
            operation: self.meta.operation,
            status: status.try_into().expect("a status"),
            headers: Default::default(),
            body: match answer {
                Json::String(text) => text.clone().into(),
                other => other.to_string().into(),
            },
        })
    }
}

/// Writes a value the way Twitch wraps it.
trait Encode: Shape {
    fn encode(value: &Self::Value) -> Json;
}

fn written(value: &impl Serialize) -> Json {
    serde_json::to_value(value).expect("a value that serialises")
}

impl<T: Serialize + DeserializeOwned> Encode for One<T> {
    fn encode(value: &T) -> Json {
        json!({"data": [written(value)]})
    }
}

impl<T: Serialize + DeserializeOwned> Encode for Maybe<T> {
    fn encode(value: &Option<T>) -> Json {
        json!({"data": written(&value.iter().collect::<Vec<_>>())})
    }
}

impl<T: Serialize + DeserializeOwned> Encode for List<T> {
    fn encode(value: &Vec<T>) -> Json {
        json!({"data": written(value)})
    }
}

impl<T: Serialize + DeserializeOwned> Encode for Object<T> {
    fn encode(value: &T) -> Json {
        json!({"data": written(value)})
    }
}

impl<T: Serialize + DeserializeOwned> Encode for Page<T> {
    fn encode(value: &Page<T>) -> Json {
        written(value)
    }
}

impl<T: Serialize + DeserializeOwned> Encode for Whole<T> {
    fn encode(value: &T) -> Json {
        written(value)
    }
}

impl<S: Encode<Value: Default>> Encode for OrNone<S> {
    fn encode(value: &S::Value) -> Json {
        S::encode(value)
    }
}

impl Encode for Text {
    fn encode(value: &String) -> Json {
        written(value)
    }
}

impl Encode for () {
    fn encode(_: &()) -> Json {
        Json::Null
    }
}

impl Encode for SubscriptionPage {
    fn encode(value: &SubscriptionPage) -> Json {
        written(value)
    }
}

fn op<E: Endpoint<Output: Encode>>(samples: impl IntoIterator<Item = E>) -> Operation {
    let (mut query, mut bodies) = (BTreeSet::new(), vec![]);
    for sample in samples {
        sample.check().expect("a sample keeps the limits");
        let text = sample.query().expect("a query");
        query.extend(url::form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name.into_owned()));
        let body = sample.body().expect("a body");
        bodies.extend(body.map(|body| serde_json::from_slice::<Json>(&body).expect("JSON")));
    }
    let again = |answer| E::Output::decode(&answer).map(|value| E::Output::encode(&value));
    Operation { meta: E::META, paged: false, query, bodies, again }
}

fn paged<E: Endpoint<Output: Encode>>(samples: impl IntoIterator<Item = E>) -> Operation
where
    Value<E>: Paged,
{
    Operation { paged: true, ..op(samples) }
}

fn now() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}

/// All of them, by category.
pub(crate) fn operations() -> Vec<Operation> {
    [
        channels(),
        eventsub(),
        extensions(),
        games_to_hype_train(),
        guest_star(),
        moderation(),
        polls_to_search(),
        users(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn channels() -> Vec<Operation> {
    vec![paged([GetChannelFollowers { first: Some(1), ..GetChannelFollowers::new("1").of("2") }])]
}

fn eventsub() -> Vec<Operation> {
    vec![]
}

fn extensions() -> Vec<Operation> {
    let segments = [ExtensionSegment::Broadcaster];
    let product = UpdateExtensionBitsProduct::new("hat", "A hat", 1);
    vec![
        op([GetExtensionConfigurationSegment::of_channel("x", "1", segments)]),
        op([SetExtensionConfigurationSegment::broadcaster("x", "1", "{}").version("1")]),
        op([SetExtensionRequiredConfiguration::new("1", "x", "1", "done")]),
        op([SendExtensionPubSubMessage::broadcast("1", "hi"), SendExtensionPubSubMessage::global("hi")]),
        paged([GetExtensionLiveChannels { first: Some(1), ..GetExtensionLiveChannels::new("x") }]),
        op([GetExtensionSecrets::new("x")]),
        op([CreateExtensionSecret::new("x").after_seconds(300)]),
        op([SendExtensionChatMessage::new("1", "x", "1", "hi")]),
        op([GetExtensions::new("x").version("1")]),
        op([GetReleasedExtensions::new("x").version("1")]),
        op([GetExtensionBitsProducts::all()]),
        op([product.in_development().until(now()).broadcast()]),
    ]
}

fn games_to_hype_train() -> Vec<Operation> {
    let games = GetGames { id: vec!["1".into()], name: vec!["n".into()], igdb_id: vec!["2".into()] };
    vec![
        paged([GetTopGames { first: Some(1) }]),
        op([games]),
        op([GetCreatorGoals::new("1")]),
        op([GetHypeTrainStatus::new("1")]),
    ]
}

fn guest_star() -> Vec<Operation> {
    let change = GuestStarSettingsChange {
        is_moderator_send_live_enabled: Some(true),
        slot_count: Some(1),
        is_browser_source_audio_enabled: Some(true),
        group_layout: Some(GuestStarLayout::Tiled),
        regenerate_browser_sources: Some(true),
    };
    let slot = UpdateGuestStarSlotSettings::new("1", "2", "s", "1");
    vec![
        op([GetChannelGuestStarSettings::new("1", "2")]),
        op([UpdateChannelGuestStarSettings::new("1", change)]),
        op([GetGuestStarSession::new("1", "2")]),
        op([CreateGuestStarSession::new("1")]),
        op([EndGuestStarSession::new("1", "s")]),
        op([GetGuestStarInvites::new("1", "2", "s")]),
        op([SendGuestStarInvite::new("1", "2", "s", "3")]),
        op([DeleteGuestStarInvite::new("1", "2", "s", "3")]),
        op([AssignGuestStarSlot::new("1", "2", "s", "3", "1")]),
        op([UpdateGuestStarSlot::new("1", "2", "s", "1", "2")]),
        op([DeleteGuestStarSlot::new("1", "2", "s", "3", "1").reinvite()]),
        op([slot.audio(true).video(true).live(true).volume(1)]),
    ]
}

fn moderation() -> Vec<Operation> {
    let requests = GetUnbanRequests::new("1", "2", UnbanRequestStatus::Pending).of("3");
    vec![
        op([CheckAutoModStatus::new("1", [("a", "b")])]),
        op([ManageHeldAutoModMessage::allow("1", "m")]),
        op([GetAutoModSettings::new("1", "2")]),
        op([
            UpdateAutoModSettings::overall("1", "2", 3),
            UpdateAutoModSettings::each("1", "2", AutoModLevels::default()),
        ]),
        paged([GetBannedUsers { first: Some(1), ..GetBannedUsers::new("1").only(["2"]) }]),
        op([BanUser::new("1", "2", "3").for_seconds(1).because("r")]),
        op([UnbanUser::new("1", "2", "3")]),
        paged([GetUnbanRequests { first: Some(1), ..requests }]),
        op([ResolveUnbanRequest::approve("1", "2", "r").because("t")]),
        paged([GetBlockedTerms { first: Some(1), ..GetBlockedTerms::new("1", "2") }]),
        op([AddBlockedTerm::new("1", "2", "term")]),
        op([RemoveBlockedTerm::new("1", "2", "t")]),
        op([DeleteChatMessages::one("1", "2", "m")]),
        paged([GetModeratedChannels { first: Some(1), ..GetModeratedChannels::new("1") }]),
        paged([GetModerators { first: Some(1), ..GetModerators::new("1").only(["2"]) }]),
        op([AddChannelModerator::new("1", "2")]),
        op([RemoveChannelModerator::new("1", "2")]),
        paged([GetVips { first: Some(1), ..GetVips::new("1").only(["2"]) }]),
        op([AddChannelVip::new("1", "2")]),
        op([RemoveChannelVip::new("1", "2")]),
        op([UpdateShieldModeStatus::on("1", "2")]),
        op([GetShieldModeStatus::new("1", "2")]),
        op([WarnChatUser::new("1", "2", "3", "r")]),
        op([AddSuspiciousStatus::monitor("1", "2", "3")]),
        op([RemoveSuspiciousStatus::new("1", "2", "3")]),
    ]
}

fn polls_to_search() -> Vec<Operation> {
    let schedule = GetChannelStreamSchedule::new("1").starting(now()).only(["s"]);
    let segment = CreateChannelStreamScheduleSegment::weekly("1", now(), "UTC", 60);
    let change = ScheduleSegmentChange {
        start_time: Some(now()),
        duration: Some(60),
        category_id: Some("1".into()),
        title: Some("t".into()),
        is_canceled: Some(true),
        timezone: Some("UTC".into()),
    };
    let end = now() + jiff::SignedDuration::from_secs(1);
    vec![
        paged([GetPolls { first: Some(1), ..GetPolls::new("1").only(["p"]) }]),
        op([CreatePoll::new("1", "t", ["a", "b"], 15).channel_points(1)]),
        op([EndPoll::show("1", "p")]),
        paged([GetPredictions { first: Some(1), ..GetPredictions::new("1").only(["p"]) }]),
        op([CreatePrediction::new("1", "t", ["a", "b"], 30)]),
        op([EndPrediction::resolve("1", "p", "o")]),
        op([StartRaid::new("1", "2")]),
        op([CancelRaid::new("1")]),
        paged([GetChannelStreamSchedule { first: Some(1), ..schedule }]),
        op([GetChannelICalendar::new("1")]),
        op([UpdateChannelStreamSchedule::vacation("1", now(), end, "UTC")]),
        op([segment.category("1").title("t")]),
        op([UpdateChannelStreamScheduleSegment::new("1", "s", change)]),
        op([DeleteChannelStreamScheduleSegment::new("1", "s")]),
        paged([SearchCategories { first: Some(1), ..SearchCategories::new("q") }]),
        paged([SearchChannels { first: Some(1), ..SearchChannels::new("q").live() }]),
    ]
}

fn users() -> Vec<Operation> {
    vec![op([GetUsers { id: vec!["1".into()], login: vec!["a".into()] }])]
}
