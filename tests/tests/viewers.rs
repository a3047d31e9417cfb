//! What viewers do in the simulated Twitch, and what Helix and EventSub say of it.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use twitchwire::Time;
use twitchwire::auth::Scope;
use twitchwire_sim::World;
use twitchwire_sim::world::{GoalKind, Programme, Tier};

const CLIENT: &str = "app1";

/// A world in which ada is an affiliate, live, and has allowed the app everything.
struct Stage {
    world: World,
    now: Time,
    token: String,
    ada: String,
    cleo: String,
    dan: String,
}

impl Stage {
    fn new() -> Self {
        let mut world = World::new(1, "2026-03-01T12:00:00Z".parse().unwrap());
        world.client(CLIENT, Some("s3cret"));
        let [ada, cleo, dan] = ["ada", "cleo", "dan"].map(|login| world.user(login));
        let scopes: Vec<&str> = Scope::KNOWN.iter().map(Scope::as_str).collect();
        let (token, _) = world.grant_token(Time::ZERO, CLIENT, &ada, &scopes);
        world.programme(&ada, Programme::Affiliate);
        world.online(Time::ZERO, &ada);
        Stage { world, now: Time::ZERO, token, ada, cleo, dan }
    }

    fn helix(&mut self, line: &str, body: Value) -> (u16, Value) {
        let (method, path) = line.split_once(' ').unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("/helix{path}"))
            .header("Client-Id", CLIENT)
            .header("Authorization", format!("Bearer {}", self.token))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let answer = self.world.request(self.now, &request);
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or(Value::Null))
    }

    /// The first entry of what a successful request answers; null if there is none.
    fn one(&mut self, line: &str, body: Value) -> Value {
        let (status, mut answer) = self.helix(line, body);
        assert!((200..300).contains(&status), "{line}: {status} {answer}");
        answer["data"].get_mut(0).map_or(Value::Null, Value::take)
    }

    fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
        self.world.handle_timeout(self.now);
    }

    /// The types of what happened since so many events ago, and the events.
    fn happened(&self, since: usize) -> Vec<(&str, &Value)> {
        self.world.happenings()[since..].iter().map(|h| (h.kind.as_str(), &h.event)).collect()
    }

    fn kinds(&self, since: usize) -> Vec<&str> {
        self.happened(since).into_iter().map(|(kind, _)| kind).collect()
    }

    fn so_far(&self) -> usize {
        self.world.happenings().len()
    }
}

#[test]
fn a_poll_counts_votes_and_ends_by_itself() {
    let mut stage = Stage::new();
    let since = stage.so_far();
    let poll = stage.one(
        "POST /polls",
        json!({
            "broadcaster_id": stage.ada,
            "title": "What do we drink?",
            "choices": [{"title": "Tea"}, {"title": "Coffee"}],
            "duration": 60,
        }),
    );
    let (ada, cleo) = (stage.ada.clone(), stage.cleo.clone());
    assert!(stage.world.vote(stage.now, &cleo, &ada, "Tea"));
    // Without votes for channel points everybody has one.
    assert!(!stage.world.vote(stage.now, &cleo, &ada, "Coffee"));
    stage.pass(60);
    let happened = stage.happened(since);
    assert_eq!(stage.kinds(since), ["channel.poll.begin", "channel.poll.progress", "channel.poll.end"]);
    assert_eq!(happened[2].1["status"], "completed");
    assert_eq!(happened[2].1["choices"][0]["votes"], 1);
    assert_eq!(happened[2].1["ended_at"], "2026-03-01T12:01:00Z");
    let held = stage.one(&format!("GET /polls?broadcaster_id={}", stage.ada), Value::Null);
    assert_eq!((&held["id"], &held["status"]), (&poll["id"], &json!("COMPLETED")));
    assert!(!stage.world.vote(stage.now, &cleo, &ada, "Tea"));
}

#[test]
fn a_prediction_locks_in_time_and_shares_all_points_among_the_winners() {
    let mut stage = Stage::new();
    let since = stage.so_far();
    let ada = stage.ada.clone();
    let made = stage.one(
        "POST /predictions",
        json!({
            "broadcaster_id": ada,
            "title": "Will it rain?",
            "outcomes": [{"title": "Yes"}, {"title": "No"}],
            "prediction_window": 60,
        }),
    );
    let (cleo, dan) = (stage.cleo.clone(), stage.dan.clone());
    assert!(stage.world.predict(stage.now, &cleo, &ada, "Yes", 300));
    assert!(stage.world.predict(stage.now, &dan, &ada, "No", 100));
    // Nobody bets on both.
    assert!(!stage.world.predict(stage.now, &dan, &ada, "Yes", 100));
    stage.pass(60);
    assert!(!stage.world.predict(stage.now, &cleo, &ada, "Yes", 100));
    let winner = &made["outcomes"][0]["id"];
    let end = json!({
        "broadcaster_id": ada,
        "id": made["id"],
        "status": "RESOLVED",
        "winning_outcome_id": winner,
    });
    let ended = stage.one("PATCH /predictions", end.clone());
    assert_eq!(ended["outcomes"][0]["top_predictors"][0]["channel_points_won"], 400);
    assert_eq!(ended["outcomes"][1]["top_predictors"][0]["channel_points_won"], 0);
    let kinds = ["begin", "progress", "progress", "lock", "end"].map(|k| format!("channel.prediction.{k}"));
    assert_eq!(stage.kinds(since), kinds);
    assert_eq!(stage.helix("PATCH /predictions", end).0, 400);
}

#[test]
fn a_reward_is_redeemed_within_its_limits() {
    let mut stage = Stage::new();
    let (ada, cleo) = (stage.ada.clone(), stage.cleo.clone());
    let line = format!("POST /channel_points/custom_rewards?broadcaster_id={ada}");
    let reward = stage.one(
        &line,
        json!({
            "title": "Hydrate",
            "cost": 100,
            "is_max_per_stream_enabled": true,
            "max_per_stream": 2,
            "is_global_cooldown_enabled": true,
            "global_cooldown_seconds": 60,
        }),
    );
    let since = stage.so_far();
    assert!(stage.world.redeem(stage.now, &cleo, &ada, "Hydrate", "").is_some());
    assert_eq!(stage.world.redeem(stage.now, &cleo, &ada, "Hydrate", ""), None, "it cools down");
    stage.pass(60);
    assert!(stage.world.redeem(stage.now, &cleo, &ada, "Hydrate", "").is_some());
    stage.pass(60);
    assert_eq!(stage.world.redeem(stage.now, &cleo, &ada, "Hydrate", ""), None, "it is out of stock");
    let line = format!("GET /channel_points/custom_rewards?broadcaster_id={ada}");
    let held = stage.one(&line, Value::Null);
    assert_eq!(held["is_in_stock"], false);
    assert_eq!(held["redemptions_redeemed_current_stream"], 2);
    // What still waits is fulfilled when the reward goes.
    let id = reward["id"].as_str().unwrap();
    let line = format!("DELETE /channel_points/custom_rewards?broadcaster_id={ada}&id={id}");
    assert_eq!(stage.helix(&line, Value::Null).0, 204);
    let redemption = |what: &str| format!("channel.channel_points_custom_reward_redemption.{what}");
    let expected = [
        redemption("add"),
        redemption("add"),
        redemption("update"),
        redemption("update"),
        "channel.channel_points_custom_reward.remove".into(),
    ];
    assert_eq!(stage.kinds(since), expected);
    assert_eq!(stage.happened(since)[2].1["status"], "fulfilled");
}

#[test]
fn a_gift_is_told_of_once_and_for_each_recipient() {
    let mut stage = Stage::new();
    let since = stage.so_far();
    let (ada, cleo, dan) = (stage.ada.clone(), stage.cleo.clone(), stage.dan.clone());
    let brook = stage.world.user("brook");
    stage.world.gift(stage.now, Some(&cleo), &ada, &[&dan, &brook], Tier::One);
    let expected = [
        "channel.subscription.gift",
        "channel.chat.notification",
        "channel.subscribe",
        "channel.chat.notification",
        "channel.subscribe",
        "channel.chat.notification",
    ];
    assert_eq!(stage.kinds(since), expected);
    let happened = stage.happened(since);
    assert_eq!(happened[1].1["notice_type"], "community_sub_gift");
    assert_eq!(happened[3].1["sub_gift"]["community_gift_id"], happened[1].1["community_sub_gift"]["id"]);
    assert_eq!(happened[2].1["is_gift"], true);
    let (_, listed) = stage.helix(&format!("GET /subscriptions?broadcaster_id={ada}"), Value::Null);
    assert_eq!((&listed["total"], &listed["points"]), (&json!(2), &json!(2)));
    assert_eq!(listed["data"][0]["gifter_login"], "cleo");
}

#[test]
fn cheers_and_subscriptions_drive_a_hype_train_until_its_time_is_up() {
    let mut stage = Stage::new();
    let (ada, cleo) = (stage.ada.clone(), stage.cleo.clone());
    stage.world.hype_train(stage.now, &ada, &cleo, 600);
    stage.pass(200);
    // The second level gives it five minutes more.
    stage.world.cheer(stage.now, &cleo, &ada, 500, "Cheer500 choo choo");
    stage.pass(200);
    let line = format!("GET /hypetrain/status?broadcaster_id={ada}");
    let status = stage.one(&line, Value::Null);
    assert_eq!((&status["current"]["level"], &status["current"]["progress"]), (&json!(2), &json!(100)));
    stage.pass(100);
    let status = stage.one(&line, Value::Null);
    assert_eq!(status["current"], Value::Null);
    assert_eq!(
        (&status["all_time_high"]["level"], &status["all_time_high"]["total"]),
        (&json!(2), &json!(1100))
    );
    let ended = stage.happened(0).last().map(|(kind, event)| (*kind, event["total"].clone()));
    assert_eq!(ended, Some(("channel.hype_train.end", json!(1100))));
}

#[test]
fn a_follow_brings_a_goal_forward() {
    let mut stage = Stage::new();
    let (ada, cleo) = (stage.ada.clone(), stage.cleo.clone());
    let goal = stage.world.goal(stage.now, &ada, GoalKind::Followers, 1, "The first");
    let since = stage.so_far();
    stage.world.follow(stage.now, &cleo, &ada);
    stage.world.end_goal(stage.now, &ada, &goal);
    let happened = stage.happened(since);
    assert_eq!(stage.kinds(since), ["channel.follow", "channel.goal.progress", "channel.goal.end"]);
    assert_eq!(happened[1].1["current_amount"], 1);
    assert_eq!(happened[2].1["is_achieved"], true);
}

#[test]
fn a_clip_is_seen_a_while_after_it_was_made() {
    let mut stage = Stage::new();
    let made = stage.one(&format!("POST /clips?broadcaster_id={}", stage.ada), Value::Null);
    let line = format!("GET /clips?id={}", made["id"].as_str().unwrap());
    assert_eq!(stage.one(&line, Value::Null), Value::Null);
    stage.pass(15);
    assert_eq!(stage.one(&line, Value::Null)["id"], made["id"]);
}

#[test]
fn a_stream_is_recorded_while_it_goes_on() {
    let mut stage = Stage::new();
    let line = format!("GET /videos?user_id={}", stage.ada);
    stage.pass(90);
    assert_eq!(stage.one(&line, Value::Null)["duration"], "0h1m30s");
    stage.world.offline(stage.now, &stage.ada.clone());
    stage.pass(3600);
    let video = stage.one(&line, Value::Null);
    assert_eq!((&video["type"], &video["duration"]), (&json!("archive"), &json!("0h1m30s")));
}

#[test]
fn a_weekly_broadcast_is_listed_page_by_page_and_in_the_calendar() {
    let mut stage = Stage::new();
    let ada = stage.ada.clone();
    let body = json!({
        "start_time": "2026-03-02T18:00:00Z",
        "timezone": "Europe/Paris",
        "duration": "60",
        "is_recurring": true,
        "title": "Monday, again",
    });
    let (status, _) = stage.helix(&format!("POST /schedule/segment?broadcaster_id={ada}"), body);
    assert_eq!(status, 200);
    let line = format!("GET /schedule?broadcaster_id={ada}&first=2");
    let (_, first) = stage.helix(&line, Value::Null);
    let cursor = first["data"]["pagination"]["cursor"].as_str().unwrap();
    let (_, second) = stage.helix(&format!("{line}&after={cursor}"), Value::Null);
    let starts = [&first, &second].map(|page| page["data"]["segments"][1]["start_time"].clone());
    assert_eq!(starts, ["2026-03-09T18:00:00Z", "2026-03-23T18:00:00Z"]);
    let request = Request::get(format!("/helix/schedule/icalendar?broadcaster_id={ada}"));
    let answer = stage.world.request(stage.now, &request.body(Bytes::new()).unwrap());
    assert_eq!(answer.headers()["content-type"], "text/calendar; charset=utf-8");
    let calendar = String::from_utf8(answer.body().to_vec()).unwrap();
    assert!(calendar.contains("\r\nSUMMARY:Monday\\, again\r\n"), "{calendar}");
    assert!(calendar.contains("\r\nRRULE:FREQ=WEEKLY\r\n"), "{calendar}");
}

#[test]
fn the_leaderboard_ranks_by_bits() {
    let mut stage = Stage::new();
    let (ada, cleo, dan) = (stage.ada.clone(), stage.cleo.clone(), stage.dan.clone());
    stage.world.cheer(stage.now, &cleo, &ada, 100, "Cheer100");
    stage.world.cheer(stage.now, &dan, &ada, 150, "Cheer150");
    stage.world.cheer(stage.now, &cleo, &ada, 100, "Cheer100");
    let (_, board) = stage.helix("GET /bits/leaderboard", Value::Null);
    let ranks: Vec<_> = board["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["user_id"].clone(), r["score"].clone()))
        .collect();
    assert_eq!(ranks, [(json!(cleo), json!(200)), (json!(dan), json!(150))]);
}
