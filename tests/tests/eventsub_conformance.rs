//! What the library knows of EventSub against what Twitch documents: types, versions, scopes, conditions, payloads.
//!
//! Reads `../shared` beside the workspace; where that is not there, the tests say so and pass.

#![allow(clippy::print_stdout, reason = "the coverage table is for whoever runs the test")]

use bytes::Bytes;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use twitchwire::eventsub::frame::{self, Message};
use twitchwire::eventsub::topic::*;
use twitchwire::eventsub::{Condition, Event, Topic, TopicMeta, Transports};

fn documented(path: &str) -> Option<String> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")).join(path);
    let text = std::fs::read_to_string(&path);
    if text.is_err() {
        println!("skipped: there is no {}", path.display());
    }
    text.ok()
}

fn meta(topic: &str, version: &str) -> &'static TopicMeta {
    let found = Event::TOPICS.iter().find(|meta| meta.name == topic && meta.version == version);
    found.unwrap_or_else(|| panic!("{topic} {version} is not known"))
}

fn scopes_of(meta: &TopicMeta) -> BTreeSet<&'static str> {
    let groups = meta.scopes.0.iter().chain(meta.app_scopes.0);
    groups.flat_map(|group| group.iter()).map(|scope| scope.as_str()).collect()
}

/// The names in a topic's condition, every optional one given.
fn condition_names() -> BTreeMap<(&'static str, &'static str), BTreeSet<String>> {
    fn add<T: Topic>(all: &mut BTreeMap<(&'static str, &'static str), BTreeSet<String>>, topic: T) {
        let condition = Condition::of(&topic).unwrap();
        let names = condition.iter().map(|(name, _)| name.to_owned());
        all.entry((T::META.name, T::META.version)).or_default().extend(names);
    }
    let mut all = BTreeMap::new();
    add(&mut all, automod::AutomodMessageHold::new("1", "1"));
    add(&mut all, automod::AutomodMessageHoldV2::new("1", "1"));
    add(&mut all, automod::AutomodMessageUpdate::new("1", "1"));
    add(&mut all, automod::AutomodMessageUpdateV2::new("1", "1"));
    add(&mut all, automod::AutomodSettingsUpdate::new("1", "1"));
    add(&mut all, automod::AutomodTermsUpdate::new("1", "1"));
    add(&mut all, bits::ChannelBitsUse::new("1"));
    add(&mut all, bits::ChannelCheer::new("1"));
    add(&mut all, bits::ChannelCustomPowerUpRedemptionAdd::new("1").of_power_up("1"));
    add(&mut all, channel::ChannelUpdate::new("1"));
    add(&mut all, channel::ChannelFollow::new("1", "1"));
    add(&mut all, channel::ChannelRaid::from("1"));
    add(&mut all, channel::ChannelRaid::to("1"));
    add(&mut all, channel::ChannelAdBreakBegin::new("1"));
    add(&mut all, channel::ChannelShoutoutCreate::new("1", "1"));
    add(&mut all, channel::ChannelShoutoutReceive::new("1", "1"));
    add(&mut all, channel_points::ChannelPointsAutomaticRewardRedemptionAdd::new("1"));
    add(&mut all, channel_points::ChannelPointsAutomaticRewardRedemptionAddV2::new("1"));
    add(&mut all, channel_points::ChannelPointsCustomRewardAdd::new("1"));
    add(&mut all, channel_points::ChannelPointsCustomRewardUpdate::new("1").of_reward("1"));
    add(&mut all, channel_points::ChannelPointsCustomRewardRemove::new("1").of_reward("1"));
    add(&mut all, channel_points::ChannelPointsCustomRewardRedemptionAdd::new("1").of_reward("1"));
    add(&mut all, channel_points::ChannelPointsCustomRewardRedemptionUpdate::new("1").of_reward("1"));
    add(&mut all, charity::ChannelCharityCampaignDonate::new("1"));
    add(&mut all, charity::ChannelCharityCampaignStart::new("1"));
    add(&mut all, charity::ChannelCharityCampaignProgress::new("1"));
    add(&mut all, charity::ChannelCharityCampaignStop::new("1"));
    add(&mut all, chat::ChannelChatMessage::new("1", "1"));
    add(&mut all, chat::ChannelChatMessageDelete::new("1", "1"));
    add(&mut all, chat::ChannelChatClear::new("1", "1"));
    add(&mut all, chat::ChannelChatClearUserMessages::new("1", "1"));
    add(&mut all, chat::ChannelChatSettingsUpdate::new("1", "1"));
    add(&mut all, chat::ChannelChatUserMessageHold::new("1", "1"));
    add(&mut all, chat::ChannelChatUserMessageUpdate::new("1", "1"));
    add(&mut all, conduit::ConduitShardDisabled::new("1").of_conduit("1"));
    add(&mut all, drops::DropEntitlementGrant::new("1").of_category("1").of_campaign("1"));
    add(&mut all, extension::ExtensionBitsTransactionCreate::new("1"));
    add(&mut all, goal::ChannelGoalBegin::new("1"));
    add(&mut all, goal::ChannelGoalProgress::new("1"));
    add(&mut all, goal::ChannelGoalEnd::new("1"));
    add(&mut all, guest_star::ChannelGuestStarSessionBegin::new("1", "1"));
    add(&mut all, guest_star::ChannelGuestStarSessionEnd::new("1", "1"));
    add(&mut all, guest_star::ChannelGuestStarGuestUpdate::new("1", "1"));
    add(&mut all, guest_star::ChannelGuestStarSettingsUpdate::new("1", "1"));
    add(&mut all, hype_train::ChannelHypeTrainBegin::new("1"));
    add(&mut all, hype_train::ChannelHypeTrainProgress::new("1"));
    add(&mut all, hype_train::ChannelHypeTrainEnd::new("1"));
    add(&mut all, moderate::ChannelModerate::new("1", "1"));
    add(&mut all, moderate::ChannelModerateV2::new("1", "1"));
    add(&mut all, moderation::ChannelBan::new("1"));
    add(&mut all, moderation::ChannelUnban::new("1"));
    add(&mut all, moderation::ChannelUnbanRequestCreate::new("1", "1"));
    add(&mut all, moderation::ChannelUnbanRequestResolve::new("1", "1"));
    add(&mut all, moderation::ChannelWarningAcknowledge::new("1", "1"));
    add(&mut all, moderation::ChannelWarningSend::new("1", "1"));
    add(&mut all, moderation::ChannelShieldModeBegin::new("1", "1"));
    add(&mut all, moderation::ChannelShieldModeEnd::new("1", "1"));
    add(&mut all, poll::ChannelPollBegin::new("1"));
    add(&mut all, poll::ChannelPollProgress::new("1"));
    add(&mut all, poll::ChannelPollEnd::new("1"));
    add(&mut all, prediction::ChannelPredictionBegin::new("1"));
    add(&mut all, prediction::ChannelPredictionProgress::new("1"));
    add(&mut all, prediction::ChannelPredictionLock::new("1"));
    add(&mut all, prediction::ChannelPredictionEnd::new("1"));
    add(&mut all, roles::ChannelModeratorAdd::new("1"));
    add(&mut all, roles::ChannelModeratorRemove::new("1"));
    add(&mut all, roles::ChannelVipAdd::new("1"));
    add(&mut all, roles::ChannelVipRemove::new("1"));
    add(&mut all, shared_chat::ChannelSharedChatBegin::new("1"));
    add(&mut all, shared_chat::ChannelSharedChatUpdate::new("1"));
    add(&mut all, shared_chat::ChannelSharedChatEnd::new("1"));
    add(&mut all, stream::StreamOnline::new("1"));
    add(&mut all, stream::StreamOffline::new("1"));
    add(&mut all, subscriptions::ChannelSubscribe::new("1"));
    add(&mut all, subscriptions::ChannelSubscriptionEnd::new("1"));
    add(&mut all, subscriptions::ChannelSubscriptionGift::new("1"));
    add(&mut all, subscriptions::ChannelSubscriptionMessage::new("1"));
    add(&mut all, suspicious_user::ChannelSuspiciousUserMessage::new("1", "1"));
    add(&mut all, suspicious_user::ChannelSuspiciousUserUpdate::new("1", "1"));
    add(&mut all, user::UserAuthorizationGrant::new("1"));
    add(&mut all, user::UserAuthorizationRevoke::new("1"));
    add(&mut all, user::UserUpdate::new("1"));
    add(&mut all, user::UserWhisperMessage::new("1"));
    add(&mut all, chat::ChannelChatNotification::new("1", "1"));
    all
}

/// A line of the list of types: type, version, scopes, condition, marks.
fn columns(line: &str) -> Vec<String> {
    let mut columns = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => columns.push(String::new()),
            c => columns.last_mut().unwrap().push(c),
        }
    }
    columns
}

#[test]
fn every_listed_type_is_known_with_its_scopes_and_condition() {
    let Some(list) = documented("requirements/eventsub.csv") else { return };
    let known = condition_names();
    let mut listed = BTreeSet::new();
    for line in list.lines().skip(1) {
        let columns = columns(line);
        let [topic, version, scopes, condition, marks] = &columns[..] else { panic!("{line}") };
        let meta = meta(topic, version);
        listed.insert((meta.name, meta.version));

        // `user.update` needs no scope, but tells the address only with one.
        let optional = topic == "user.update";
        let scopes: BTreeSet<&str> = scopes
            .split(|c: char| c.is_whitespace() || "();,".contains(c))
            .map(|word| word.trim_end_matches(':'))
            .filter(|word| word.contains(':') && !optional)
            .collect();
        assert_eq!(scopes_of(meta), scopes, "{topic} {version}");

        let condition: BTreeSet<String> =
            condition.split(',').map(|name| name.trim().trim_end_matches('?').to_owned()).collect();
        assert_eq!(known[&(meta.name, meta.version)], condition, "{topic} {version}");
        if marks.contains("webhook only") || marks.contains("app token only") {
            assert_ne!(meta.transports, Transports::All, "{topic} {version}");
        }
    }
    let all: BTreeSet<_> = Event::TOPICS.iter().map(|meta| (meta.name, meta.version)).collect();
    assert_eq!(listed, all);
}

#[test]
fn every_documented_example_is_read_and_loses_nothing() {
    let Some(types) = documented("twitch/eventsub-types.json") else { return };
    let types: Vec<Value> = serde_json::from_str(&types).unwrap();
    let known = condition_names();
    let (mut events, mut fields) = (0, 0);
    println!("{:<66}{:>8}{:>8}", "type and version", "events", "fields");
    for documented in &types {
        let (topic, version) = (text(documented, "type"), text(documented, "version"));
        let meta = meta(topic, version);

        if let Some(condition) = documented["request_example"]["condition"].as_object() {
            let names = &known[&(meta.name, meta.version)];
            for name in condition.keys() {
                assert!(names.contains(name), "{topic} {version}: {name}");
            }
        }

        let (mut of_type, mut of_fields) = (0, 0);
        for payload in documented["payloads"].as_array().unwrap() {
            let event = read(topic, version, payload);
            assert!(!matches!(event, Event::Unknown(_)), "{topic} {version}: {event:?}");
            let mut wire = payload.get("event").unwrap_or(&payload["events"]);
            if topic == "automod.settings.update" {
                // The example wraps the event in a list, which the table does not have.
                wire = &wire["data"][0];
            }
            let mut lost = Vec::new();
            of_fields += compare(wire, &serde_json::to_value(&event).unwrap(), String::new(), &mut lost);
            lost.retain(|place| !is_an_error_of_the_example(topic, version, place));
            assert_eq!(lost, [""; 0], "{topic} {version}");
            of_type += 1;
        }
        println!("{:<66}{of_type:>8}{of_fields:>8}", format!("{topic} {version}"));
        (events, fields) = (events + of_type, fields + of_fields);
    }
    println!("{:<66}{events:>8}{fields:>8}", format!("{} types", types.len()));
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// Puts an example's payload into a frame and reads it as the client does.
fn read(topic: &str, version: &str, payload: &Value) -> Event {
    let frame = serde_json::json!({
        "metadata": {
            "message_id": "m-1", "message_type": "notification", "message_timestamp": "2026-03-04T05:06:07Z",
            "subscription_type": topic, "subscription_version": version,
        },
        "payload": payload,
    });
    let frame = frame::Reader::default().read(&Bytes::from(frame.to_string())).unwrap();
    let Message::Notification { subscription, event } = frame.message else { panic!("not a notification") };
    // Some examples name another type or version in their subscription.
    assert!(!subscription.topic.is_empty());
    Event::read(topic, version, &event)
}

/// Counts the fields of `wire` and names those that `ours` does not have. Null, `""` and the empty list say nothing.
fn compare(wire: &Value, ours: &Value, place: String, lost: &mut Vec<String>) -> usize {
    let mut below = |name: &str, wire: &Value, ours: Option<&Value>| {
        compare(wire, ours.unwrap_or(&Value::Null), format!("{place}/{name}"), lost)
    };
    match (wire, ours) {
        (Value::Object(wire), Value::Object(ours)) => {
            wire.iter().map(|(name, value)| below(name, value, ours.get(name))).sum()
        }
        (Value::Array(wire), Value::Array(ours)) if wire.len() == ours.len() => wire
            .iter()
            .zip(ours)
            .enumerate()
            .map(|(i, (wire, ours))| below(&i.to_string(), wire, Some(ours)))
            .sum(),
        _ => {
            let says_nothing = wire.is_null() || *wire == "" || *wire == serde_json::json!([]);
            if !says_nothing && wire != ours && !is_same_time(wire, ours) {
                lost.push(place);
            }
            1
        }
    }
}

fn is_same_time(one: &Value, other: &Value) -> bool {
    let time = |value: &Value| value.as_str()?.parse::<jiff::Timestamp>().ok();
    time(one).is_some() && time(one) == time(other)
}

/// Where an example contradicts the table of fields beside it, or the wire.
fn is_an_error_of_the_example(topic: &str, version: &str, place: &str) -> bool {
    match (topic, version) {
        // The example has the text alone, and lists of emotes and cheermotes that the table does not have.
        ("automod.message.hold" | "automod.message.update", "1") => {
            place == "/message" || place.starts_with("/fragments")
        }
        // The example has numbers and booleans in quotes.
        ("channel.ad_break.begin", _) => ["/duration_seconds", "/is_automatic"].contains(&place),
        // The table and the wire say `sub_tier`.
        ("channel.chat.notification", _) => place.ends_with("resub/sub_plan"),
        // Some ids in the examples are numbers.
        ("channel.prediction.progress" | "channel.prediction.lock" | "channel.prediction.end", _) => {
            place.ends_with("/user_id")
        }
        _ => false,
    }
}
