//! By what way a client reaches Twitch: with TLS of the application's own, through a proxy.

use super::tls::obstacle;
use super::{follows, users};
use crate::adapter::{Adapter, Setup};
use crate::proxy;
use crate::stage::{Stage, trusting};
use std::net::TcpListener;
use std::sync::atomic::Ordering;
use std::time::Duration;
use twitchwire::helix::api::GetUsers;
use twitchwire::{As, CauseKind, Config, Endpoints};
use twitchwire_front::Proxy;

/// Sees a call and an event come through.
fn call_and_hear<A: Adapter>(stage: &Stage, setup: Setup) {
    let (twitch, _notices) = stage.started::<A>(setup);
    let own = A::call(&twitch, As::User(stage.ada.clone()), &GetUsers::own()).unwrap();
    assert_eq!(own[0].id, stage.ada);
    let mut events = A::subscribe(&twitch, follows(stage)).unwrap();
    stage.follow("brook");
    assert_eq!(users::<A>(&mut events, 1), ["brook"]);
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_tls_configuration_of_ones_own_decides_whom_to_trust<A: Adapter>() {
    let stage = Stage::over_tls();
    let setup = stage.setup_for_ada(&["moderator:read:followers"]);
    let tls = Some(trusting(stage.authority()));
    call_and_hear::<A>(&stage, Setup { root: None, tls, ..setup });
    // A root certificate does not change it.
    let tls = Some(trusting(Stage::over_tls().authority()));
    let why = obstacle::<A>(&stage, Setup { tls, ..stage.setup() });
    assert!(why.contains(&CauseKind::Tls.to_string()), "{why}");
}

pub(crate) fn requests_and_sockets_go_through_a_proxy<A: Adapter>() {
    let stage = Stage::new();
    let (port, tunnels) = proxy::start();
    let proxy = Proxy::new(&format!("http://ada:pass@127.0.0.1:{port}")).unwrap();
    let setup = stage.setup_for_ada(&["moderator:read:followers"]);
    call_and_hear::<A>(&stage, Setup { proxy: Some(proxy.clone()), ..setup });
    let plain = tunnels.load(Ordering::SeqCst);
    assert!(plain >= 2, "requests and the socket: {plain}");
    let stage = Stage::over_tls();
    let setup = stage.setup_for_ada(&["moderator:read:followers"]);
    call_and_hear::<A>(&stage, Setup { proxy: Some(proxy), ..setup });
    assert!(tunnels.load(Ordering::SeqCst) >= plain + 2);
}

pub(crate) fn a_connection_that_takes_too_long_is_given_up<A: Adapter>() {
    let stage = Stage::new();
    // It takes connections, and says nothing.
    let mute = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let base = |scheme| format!("{scheme}://{}", mute.local_addr().unwrap()).parse().unwrap();
    let endpoints = Endpoints::local(&base("https"), &base("wss"));
    let settings = |config: &mut Config| config.connect_timeout = Duration::from_millis(50);
    let why = obstacle::<A>(&stage, Setup { endpoints, settings, ..stage.setup() });
    assert!(why.contains(&CauseKind::Timeout.to_string()), "{why}");
}

pub(crate) fn a_proxy_is_passed_by_for_a_host_that_is_excepted<A: Adapter>() {
    let stage = Stage::new();
    let (port, tunnels) = proxy::start();
    let proxy = Proxy::new(&format!("http://ada:pass@127.0.0.1:{port}")).unwrap().except(["127.0.0.1"]);
    let setup = stage.setup_for_ada(&["moderator:read:followers"]);
    call_and_hear::<A>(&stage, Setup { proxy: Some(proxy), ..setup });
    assert_eq!(tunnels.load(Ordering::SeqCst), 0);
}

pub(crate) fn a_proxy_that_refuses_is_told_in_its_own_words<A: Adapter>() {
    let stage = Stage::new();
    let (port, tunnels) = proxy::start();
    let proxy = Proxy::new(&format!("127.0.0.1:{port}")).unwrap();
    let why = obstacle::<A>(&stage, Setup { proxy: Some(proxy), ..stage.setup() });
    assert!(why.contains("407 Proxy Authentication Required"), "{why}");
    assert_eq!(tunnels.load(Ordering::SeqCst), 0);
}
