//! Every operation that the library has, each with sample requests which together set every parameter.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::any::type_name;
use std::collections::BTreeSet;
use twitchwire::eventsub::topic::channel::ChannelFollow;
use twitchwire::eventsub::{SubscriptionStatus, Transport, WebhookSecret};
use twitchwire::helix::api::*;
use twitchwire::helix::{Answer, CallError, Endpoint, Json as Whole, List, Maybe, Meta, Object, One, OrNone};
use twitchwire::helix::{Page, Paged, Shape, Text, Value};
use twitchwire::value::ContentLabel;

pub(crate) struct Operation {
    /// The request's type.
    pub(crate) name: &'static str,
    /// Whether its answer has fields.
    pub(crate) answers: bool,
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

impl<T: Serialize + DeserializeOwned> Encode for Emotes<T> {
    fn encode(value: &Emotes<T>) -> Json {
        written(value)
    }
}

impl Encode for SubscriptionPage {
    fn encode(value: &SubscriptionPage) -> Json {
        written(value)
    }
}

impl Encode for BroadcasterSubscriptions {
    fn encode(value: &BroadcasterSubscriptions) -> Json {
        written(value)
    }
}

fn op<E: Endpoint<Output: Encode>>(samples: impl IntoIterator<Item = E>) -> Operation {
    let (mut query, mut bodies) = (BTreeSet::new(), vec![]);
    for sample in samples {
        sample.check().expect("a sample keeps the limits");
        let text = sample.query().expect("a query");
        query.extend(form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name.into_owned()));
        let body = sample.body().expect("a body");
        bodies.extend(body.map(|body| serde_json::from_slice::<Json>(&body).expect("JSON")));
    }
    let again = |answer| E::Output::decode(&answer).map(|value| E::Output::encode(&value));
    let name = type_name::<E>().rsplit("::").next().expect("a name");
    let without_fields = [type_name::<()>(), type_name::<Text>()];
    let answers = !without_fields.contains(&type_name::<E::Output>());
    Operation { name, answers, meta: E::META, paged: false, query, bodies, again }
}

fn paged<E: Endpoint<Output: Encode>>(samples: impl IntoIterator<Item = E>) -> Operation
where
    Value<E>: Paged,
{
    Operation { paged: true, ..op(samples) }
}

pub(crate) const HOUR: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

fn now() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}

/// All of them, by category.
pub(crate) fn operations() -> Vec<Operation> {
    let parts = [
        ads_to_channel_points(),
        channels_to_charity(),
        chat(),
        clips_to_eventsub(),
        extensions(),
        games_to_hype_train(),
        guest_star(),
        moderation(),
        polls_to_search(),
        streams_to_teams(),
        users_to_whispers(),
    ];
    parts.into_iter().flatten().collect()
}

fn ads_to_channel_points() -> Vec<Operation> {
    let mut extensions = GetExtensionAnalytics::of("x").between(now(), now());
    (extensions.kind, extensions.first) = (Some(ReportType::OverviewV2), Some(1));
    let mut games = GetGameAnalytics::of("1").between(now(), now());
    (games.kind, games.first) = (Some(ReportType::OverviewV2), Some(1));
    let mut bits = GetBitsLeaderboard::new().over(LeaderboardPeriod::Day, now());
    (bits.count, bits.user_id) = (Some(1), Some("1".into()));
    let reward = RewardSettings::named("t", 1)
        .prompt("p")
        .background_color("#112233".into())
        .enabled(true)
        .user_input_required(true)
        .max_per_stream(1)
        .max_per_user_per_stream(1)
        .cooldown(60)
        .skip_queue(true);
    let of_status =
        GetCustomRewardRedemption::with_status("1", "r", RedemptionStatus::Unfulfilled).newest_first();
    vec![
        op([StartCommercial::new("1", 30)]),
        op([GetAdSchedule::new("1")]),
        op([SnoozeNextAd::new("1")]),
        paged([extensions]),
        paged([games]),
        op([bits]),
        op([GetCheermotes::of("1")]),
        paged([GetExtensionTransactions {
            first: Some(1),
            ..GetExtensionTransactions::new("x").only(["t"])
        }]),
        op([GetCustomPowerUp::new("1").only(["p"])]),
        op([CreateCustomReward::new("1", reward.clone())]),
        op([UpdateCustomReward::new("1", "r", reward.paused(true))]),
        op([DeleteCustomReward::new("1", "r")]),
        op([GetCustomReward::new("1").only(["r"]).manageable()]),
        paged([
            GetCustomRewardRedemption { first: Some(1), ..of_status },
            GetCustomRewardRedemption::by_id("1", "r", ["i"]),
        ]),
        op([UpdateRedemptionStatus::fulfill("1", "r", ["i"])]),
    ]
}

fn channels_to_charity() -> Vec<Operation> {
    let change = ModifyChannelInformation::new("1")
        .game("1")
        .language("en")
        .title("t")
        .delay(1)
        .tags(["t"])
        .label(ContentLabel::Gambling, true)
        .branded_content(true);
    vec![
        op([GetChannelInformation::new(["1"])]),
        op([change]),
        op([GetChannelEditors::new("1")]),
        paged([GetFollowedChannels { first: Some(1), ..GetFollowedChannels::new("1").of("2") }]),
        paged([GetChannelFollowers { first: Some(1), ..GetChannelFollowers::new("1").of("2") }]),
        op([GetCharityCampaign::new("1")]),
        paged([GetCharityCampaignDonations { first: Some(1), ..GetCharityCampaignDonations::new("1") }]),
        op([GetContentClassificationLabels::in_locale("en-US")]),
    ]
}

fn chat() -> Vec<Operation> {
    let settings = UpdateChatSettings::new("1", "2")
        .emote_mode(true)
        .follower_mode(1)
        .chat_delay(2)
        .slow_mode(3)
        .subscriber_mode(true)
        .unique_chat_mode(true);
    let message = SendChatMessage::new("1", "2", "hi");
    vec![
        paged([GetChatters { first: Some(1), ..GetChatters::new("1", "2") }]),
        op([GetChannelEmotes::new("1")]),
        op([GetGlobalEmotes {}]),
        op([GetEmoteSets::new(["s"])]),
        paged([GetUserEmotes::new("1").following("2")]),
        op([GetChannelChatBadges::new("1")]),
        op([GetGlobalChatBadges {}]),
        op([GetChatSettings::new("1").as_moderator("2")]),
        op([settings]),
        op([GetSharedChatSession::new("1")]),
        op([
            SendChatAnnouncement::new("1", "2", "hi").color(AnnouncementColor::Primary),
            SendChatAnnouncement::by_app("1", "hi").for_source_only(true),
        ]),
        op([SendAShoutout::new("1", "2", "3")]),
        op([message.clone().for_source_only(true), message.reply_to("m").pinned()]),
        op([GetUserChatColor::new(["1"])]),
        op([UpdateUserChatColor::new("1", NamedColor::Blue)]),
        op([GetPinnedChatMessage::new("1", "2")]),
        op([PinChatMessage::new("1", "2", "m").for_seconds(30)]),
        op([UpdatePinnedChatMessage::new("1", "2", "m").for_seconds(30)]),
        op([UnpinChatMessage::new("1", "2", "m")]),
    ]
}

fn clips_to_eventsub() -> Vec<Operation> {
    let mut clips = GetClips::by_broadcaster("1").between(now(), now() + HOUR).featured(true);
    clips.first = Some(1);
    let drops = GetDropsEntitlements::by_id(["d"]).of_user("1").of_game("2");
    let webhook = || Transport::NewWebhook {
        callback: "https://bot.example/hook".into(),
        secret: WebhookSecret::new("ten letters").expect("a secret"),
    };
    let session = || Transport::session("s");
    let conduit = || Transport::Conduit { conduit_id: "c".into() };
    let create = |transport| {
        CreateEventSubSubscription::new(&ChannelFollow::new("1", "2"), transport).expect("a request")
    };
    let shard = |transport| ShardUpdate { id: "0".into(), transport };
    vec![
        op([CreateClip::new("1").titled("t").for_seconds(5.0)]),
        paged([clips, GetClips::by_game("1"), GetClips::by_id(["c"])]),
        op([CreateClipFromVod::new("1", "2", "v", 60, "t").for_seconds(5.0)]),
        op([GetClipsDownload::new("1", "2", ["c"])]),
        op([GetConduits {}]),
        op([CreateConduits::new(1)]),
        op([UpdateConduits::new("c", 1)]),
        op([DeleteConduit::new("c")]),
        paged([GetConduitShards::new("c").with_status(ShardStatus::Enabled)]),
        op([
            UpdateConduitShards::new("c", [shard(session())]),
            UpdateConduitShards::new("c", [shard(webhook())]),
        ]),
        paged([GetDropsEntitlements { first: Some(1), ..drops.with_status(FulfillmentStatus::Claimed) }]),
        op([UpdateDropsEntitlements::new(["d"], FulfillmentStatus::Claimed)]),
        op([create(session()), create(conduit()), create(webhook())]),
        op([DeleteEventSubSubscription::new("s")]),
        paged([
            GetEventSubSubscriptions::with_status(SubscriptionStatus::Enabled),
            GetEventSubSubscriptions::of_type("channel.follow"),
            GetEventSubSubscriptions::of_user("1"),
            GetEventSubSubscriptions::by_id("s"),
            GetEventSubSubscriptions::of_conduit("c"),
        ]),
    ]
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
        op([UpdateChannelStreamSchedule::vacation("1", now(), now() + HOUR, "UTC")]),
        op([segment.category("1").title("t")]),
        op([UpdateChannelStreamScheduleSegment::new("1", "s", change)]),
        op([DeleteChannelStreamScheduleSegment::new("1", "s")]),
        paged([SearchCategories { first: Some(1), ..SearchCategories::new("q") }]),
        paged([SearchChannels { first: Some(1), ..SearchChannels::new("q").live() }]),
    ]
}

fn streams_to_teams() -> Vec<Operation> {
    let streams = GetStreams {
        user_id: vec!["1".into()],
        user_login: vec!["a".into()],
        game_id: vec!["2".into()],
        kind: Some(StreamFilter::Live),
        language: vec!["en".into()],
        first: Some(1),
    };
    let mut markers = GetStreamMarkers::by_user("1");
    markers.first = Some(1);
    vec![
        op([GetStreamKey::new("1")]),
        paged([streams]),
        paged([GetFollowedStreams { first: Some(1), ..GetFollowedStreams::new("1") }]),
        op([CreateStreamMarker::new("1").described("d")]),
        paged([markers, GetStreamMarkers::by_video("v")]),
        paged([GetBroadcasterSubscriptions {
            first: Some(1),
            ..GetBroadcasterSubscriptions::new("1").of(["2"])
        }]),
        op([CheckUserSubscription::new("1", "2")]),
        op([GetChannelTeams::new("1")]),
        op([GetTeams::by_name("n"), GetTeams::by_id("t")]),
    ]
}

fn users_to_whispers() -> Vec<Operation> {
    let slot = || ExtensionSlot::with("x", "1");
    let extensions =
        UpdateUserExtensions::new().panel(1, slot()).overlay(1, slot()).component(1, slot().at(0, 0));
    let mut videos =
        GetVideos::by_game("1").in_language("en").within(VideoPeriod::All).sorted(VideoSort::Time);
    videos.first = Some(1);
    vec![
        op([GetUsers { id: vec!["1".into()], login: vec!["a".into()] }]),
        op([UpdateUser::description("d")]),
        op([GetAuthorizationByUser::new(["1"])]),
        paged([GetUserBlockList { first: Some(1), ..GetUserBlockList::new("1") }]),
        op([BlockUser::new("1").met_in(BlockContext::Chat).because(BlockReason::Spam)]),
        op([UnblockUser::new("1")]),
        op([GetUserExtensions {}]),
        op([GetUserActiveExtensions::of("1")]),
        op([extensions]),
        paged([videos.of_type(VideoFilter::All), GetVideos::by_user("1"), GetVideos::by_id(["v"])]),
        op([DeleteVideos::new(["v"])]),
        op([SendWhisper::new("1", "2", "hi")]),
    ]
}
