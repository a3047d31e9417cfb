//! Conduits and their shards.

use serde_json::{Value, json};
use twitchwire_sim::world::{Route, Which};
use twitchwire_sim::{PeerId, Said};

use crate::stage::{CLIENT, Stage, reconnect_url, types};

/// A stage with an app token and a conduit of so many shards, the first ones on sockets 1, 2, …
struct Conduit {
    stage: Stage,
    app: String,
    id: String,
    sessions: Vec<String>,
}

impl Conduit {
    fn new(shards: usize, sockets: usize) -> Self {
        let mut stage = Stage::new();
        let (_, app) =
            stage.form("/token", "client_id=app1&client_secret=s3cret&grant_type=client_credentials");
        assert_eq!(app.get("refresh_token"), None);
        let app = app["access_token"].as_str().unwrap().to_owned();
        let (status, made) =
            stage.helix_as(&app, "POST", "/eventsub/conduits", Some(json!({"shard_count": shards})));
        assert_eq!(status, 200);
        let id = made["data"][0]["id"].as_str().unwrap().to_owned();
        let mut conduit = Conduit { stage, app, id, sessions: Vec::new() };
        for shard in 0..sockets {
            let session = conduit.stage.session(shard as u64 + 1);
            let (status, answer) = conduit.patch(&[(shard.to_string(), session.clone())]);
            assert_eq!((status, &answer["errors"]), (202, &json!([])));
            conduit.sessions.push(session);
        }
        conduit
    }

    fn call(&mut self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        self.stage.helix_as(&self.app, method, path, body)
    }

    fn patch(&mut self, shards: &[(String, String)]) -> (u16, Value) {
        let shard = |(id, session): &(String, String)| json!({"id": id, "transport": {"method": "websocket", "session_id": session}});
        let shards: Vec<Value> = shards.iter().map(shard).collect();
        let body = json!({"conduit_id": self.id, "shards": shards});
        self.call("PATCH", "/eventsub/conduits/shards", Some(body))
    }

    fn subscribe(&mut self, kind: &str, condition: Value) -> (u16, Value) {
        let transport = json!({"method": "conduit", "conduit_id": self.id});
        let body = json!({"type": kind, "version": "1", "condition": condition, "transport": transport});
        self.call("POST", "/eventsub/subscriptions", Some(body))
    }

    fn statuses(&mut self) -> Vec<(String, String)> {
        let (_, list) = self.call("GET", &format!("/eventsub/conduits/shards?conduit_id={}", self.id), None);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        list["data"].as_array().unwrap().iter().map(|s| (text(&s["id"]), text(&s["status"]))).collect()
    }

    /// Lets so many channels go online; the shards that heard of them.
    fn online(&mut self, channels: usize) -> Vec<Option<u32>> {
        for n in 0..channels {
            let channel = self.stage.world.user(&format!("channel{n}"));
            self.subscribe("stream.online", json!({"broadcaster_user_id": channel}));
        }
        let before = self.stage.world.events().len();
        for n in 0..channels {
            let channel = self.stage.world.user(&format!("channel{n}"));
            self.stage.world.online(self.stage.now, &channel);
        }
        let shard = |route: &Route| match route {
            Route::Conduit { shard, .. } => *shard,
            other => panic!("not by conduit: {other:?}"),
        };
        self.stage.world.events()[before..].iter().map(|sent| shard(&sent.route)).collect()
    }
}

#[test]
fn a_conduit_balances_by_broadcaster_over_its_shards() {
    let mut conduit = Conduit::new(3, 3);
    let shards = conduit.online(30);
    for shard in 0..3 {
        assert!(shards.contains(&Some(shard)), "{shards:?}");
        assert!(!conduit.stage.messages(u64::from(shard) + 1).is_empty());
    }
    assert_eq!(conduit.online(30), shards, "the same broadcaster has the same shard");
}

#[test]
fn a_dead_shard_is_replaced_by_one_other_and_two_dead_ones_lose_events() {
    let mut conduit = Conduit::new(3, 3);
    let whole = conduit.online(30);
    let client = json!({"client_id": CLIENT});
    assert_eq!(conduit.subscribe("conduit.shard.disabled", client).0, 202);
    conduit.stage.world.gone(conduit.stage.now, PeerId(1));
    assert_eq!(conduit.statuses()[0], ("0".into(), "websocket_disconnected".into()));
    let told = conduit.stage.world.happenings().last().unwrap();
    assert_eq!((told.kind.as_str(), &told.event["shard_id"]), ("conduit.shard.disabled", &json!("0")));
    let one_dead = conduit.online(30);
    assert!(one_dead.iter().all(|shard| matches!(shard, Some(1 | 2))), "{one_dead:?}");
    conduit.stage.world.gone(conduit.stage.now, PeerId(2));
    let two_dead = conduit.online(30);
    assert!(two_dead.contains(&None), "{two_dead:?}");
    let kept = whole.iter().zip(&two_dead).filter(|(shard, _)| **shard == Some(2));
    assert!(kept.into_iter().all(|(_, now)| *now == Some(2)));
}

#[test]
fn shard_assignments_succeed_or_fail_one_by_one() {
    let mut conduit = Conduit::new(2, 2);
    let sessions = conduit.sessions.clone();
    let (status, answer) = conduit.patch(&[
        ("0".into(), sessions[1].clone()),
        ("1".into(), sessions[0].clone()),
        ("2".into(), sessions[0].clone()),
    ]);
    assert_eq!(status, 202);
    assert_eq!(answer["data"][0]["transport"]["session_id"], sessions[1].as_str(), "two shards trade places");
    assert_eq!(answer["data"][1]["transport"]["session_id"], sessions[0].as_str());
    assert_eq!(
        (&answer["errors"][0]["id"], &answer["errors"][0]["code"]),
        (&json!("2"), &json!("invalid_parameter"))
    );
    let (status, answer) = conduit.patch(&[("".into(), "x".into())]);
    assert_eq!((status, answer["message"].as_str()), (400, Some("Missing required parameter \"\"")));
    conduit.id = "gone".into();
    let (status, answer) = conduit.patch(&[("0".into(), "x".into())]);
    assert_eq!((status, answer["message"].as_str()), (404, Some("not found")));
}

#[test]
fn a_shard_keeps_its_place_over_a_handover() {
    let mut conduit = Conduit::new(1, 1);
    let stage = &mut conduit.stage;
    stage.world.reconnect(stage.now, &Which::All);
    let url = reconnect_url(&stage.messages(1)[0]);
    stage.open(2, &url);
    stage.say(1, Said::Close);
    assert_eq!(conduit.statuses(), [("0".into(), "enabled".into())]);
    assert_eq!(conduit.online(1), [Some(0)]);
    assert_eq!(types(&conduit.stage.messages(2)), ["session_welcome", "notification"]);
}

#[test]
fn a_conduit_without_shards_dies_after_three_days() {
    let mut conduit = Conduit::new(1, 1);
    let channel = conduit.stage.world.user("channel0");
    assert_eq!(conduit.subscribe("stream.online", json!({"broadcaster_user_id": channel})).0, 202);
    conduit.stage.world.gone(conduit.stage.now, PeerId(1));
    conduit.stage.pass(71.0 * 3600.0);
    assert_eq!(conduit.call("GET", "/eventsub/conduits", None).1["data"].as_array().unwrap().len(), 1);
    conduit.stage.pass(3601.0);
    let (_, list) = conduit.call("GET", "/eventsub/subscriptions", None);
    assert_eq!(list["data"][0]["status"], "conduit_deleted");
    assert_eq!(conduit.call("GET", "/eventsub/conduits", None).1["data"], json!([]));
}

#[test]
fn conduits_have_limits() {
    let mut conduit = Conduit::new(1, 0);
    let user = conduit.stage.token.clone();
    assert_eq!(conduit.stage.helix_as(&user, "GET", "/eventsub/conduits", None).0, 401);
    for count in [0, 20_001] {
        assert_eq!(conduit.call("POST", "/eventsub/conduits", Some(json!({"shard_count": count}))).0, 400);
    }
    for _ in 0..4 {
        assert_eq!(conduit.call("POST", "/eventsub/conduits", Some(json!({"shard_count": 1}))).0, 200);
    }
    assert_eq!(conduit.call("POST", "/eventsub/conduits", Some(json!({"shard_count": 1}))).0, 429);
    let path = format!("/eventsub/conduits?id={}", conduit.id);
    assert_eq!(conduit.call("DELETE", &path, None).0, 204);
    assert_eq!(conduit.call("DELETE", &path, None).0, 404);
}

#[test]
fn an_app_hears_of_users_who_allow_it_something_and_not_of_refreshes() {
    let mut conduit = Conduit::new(1, 1);
    conduit.stage.messages(1);
    let before = conduit.stage.world.happenings().len();
    let ada = conduit.stage.ada.clone();
    conduit.stage.world.grant_token(conduit.stage.now, CLIENT, &ada, &["bits:read"]);
    assert_eq!(conduit.stage.world.happenings().len(), before, "nobody has asked");

    assert_eq!(conduit.subscribe("user.authorization.grant", json!({"client_id": CLIENT})).0, 202);
    let (_, refresh) = conduit.stage.world.grant_token(conduit.stage.now, CLIENT, &ada, &["bits:read"]);
    let form =
        format!("grant_type=refresh_token&client_id=app1&client_secret=s3cret&refresh_token={refresh}");
    assert_eq!(conduit.stage.form("/token", &form).0, 200);
    let heard = conduit.stage.messages(1);
    assert_eq!(types(&heard), ["notification"]);
    let expected = json!({"client_id": CLIENT, "user_id": ada, "user_login": "ada", "user_name": "Ada"});
    assert_eq!(heard[0]["payload"]["event"], expected);
}
