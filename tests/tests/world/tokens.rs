//! Tokens: device codes, refreshes, revocations.

use std::time::Duration;

use serde_json::json;
use twitchwire_sim::world::Rule;

use crate::stage::{CLIENT, SCOPES, Stage, types};

#[test]
fn a_device_code_is_pending_until_approved_and_works_once() {
    let mut stage = Stage::of(None);
    stage.world.settings.approve_devices = Some((stage.ada.clone(), Duration::from_secs(7)));
    let (status, device) = stage.form("/device", "client_id=app1&scopes=user%3Aread%3Achat");
    assert_eq!((status, &device["interval"]), (200, &json!(5)));
    let code = device["device_code"].as_str().unwrap().to_owned();
    let poll = format!(
        "client_id=app1&scopes=user%3Aread%3Achat&device_code={code}&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
    );
    stage.pass(5.0);
    assert_eq!(
        stage.form("/token", &poll),
        (400, json!({"status": 400, "message": "authorization_pending"}))
    );
    stage.pass(5.0);
    let (status, tokens) = stage.form("/token", &poll);
    assert_eq!((status, &tokens["scope"]), (200, &json!(["user:read:chat"])));
    assert_eq!(stage.form("/token", &poll), (400, json!({"status": 400, "message": "invalid device code"})));
    let (status, valid) = stage.validate(tokens["access_token"].as_str().unwrap());
    assert_eq!((status, valid["login"].as_str()), (200, Some("ada")));
}

#[test]
fn a_confidential_refresh_token_stays_valid() {
    let mut stage = Stage::new();
    let form = format!(
        "grant_type=refresh_token&client_id=app1&client_secret=s3cret&refresh_token={}",
        stage.refresh
    );
    let ada = stage.ada.clone();
    for _ in 0..2 {
        stage.world.expire(stage.now, &ada);
        let (status, tokens) = stage.form("/token", &form);
        assert_eq!((status, tokens["refresh_token"].as_str()), (200, Some(stage.refresh.as_str())));
        stage.pass(1.0);
    }
    assert_eq!(stage.rules(), []);
    assert_eq!(stage.form("/token", &form).0, 200);
    assert_eq!(stage.rules(), [Rule::RefreshedWithoutNeed]);
    let wrong = form.replace("s3cret", "guess");
    assert_eq!(
        stage.form("/token", &wrong),
        (403, json!({"status": 403, "message": "invalid client secret"}))
    );
}

#[test]
fn a_public_refresh_token_spent_twice_ends_everything() {
    let mut stage = Stage::of(None);
    let session = stage.session(1);
    stage.follows(&session);
    let form = format!("grant_type=refresh_token&client_id=app1&refresh_token={}", stage.refresh);
    let ada = stage.ada.clone();
    stage.world.expire(stage.now, &ada);
    let (status, tokens) = stage.form("/token", &form);
    assert_eq!(status, 200);
    assert_ne!(tokens["refresh_token"].as_str(), Some(stage.refresh.as_str()));
    assert_eq!(
        stage.form("/token", &form),
        (400, json!({"status": 400, "message": "Invalid refresh token"}))
    );
    assert_eq!(stage.rules(), [Rule::RefreshTokenSpentTwice]);
    assert_eq!(stage.validate(tokens["access_token"].as_str().unwrap()).0, 401);
    let messages = stage.messages(1);
    assert_eq!(types(&messages), ["revocation"]);
    assert_eq!(messages[0]["payload"]["subscription"]["status"], "authorization_revoked");
}

#[test]
fn a_spurious_401_is_a_reason_to_refresh() {
    let mut stage = Stage::new();
    stage.world.faults.helix_401 = 1.0;
    assert_eq!(stage.helix("GET", "/users", None).0, 401);
    let form = format!(
        "grant_type=refresh_token&client_id=app1&client_secret=s3cret&refresh_token={}",
        stage.refresh
    );
    assert_eq!(stage.form("/token", &form).0, 200);
    assert_eq!(stage.rules(), []);
    assert!(stage.world.refreshes()[0].needed);
}

#[test]
fn revoking_one_token_leaves_the_others() {
    let mut stage = Stage::new();
    let ada = stage.ada.clone();
    let (other, _) = stage.world.grant_token(stage.now, CLIENT, &ada, &SCOPES);
    let form = format!("client_id=app1&token={}", stage.token);
    assert_eq!(stage.form("/revoke", &form).0, 200);
    assert_eq!(stage.form("/revoke", &form), (400, json!({"status": 400, "message": "Invalid token"})));
    assert_eq!(stage.helix_as(&other, "GET", "/users", None).0, 200);
    assert_eq!(stage.helix("GET", "/users", None).0, 401);
}
