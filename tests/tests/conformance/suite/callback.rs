//! The callback page, served by the adapter and visited by a browser.

use crate::adapter::{Adapter, Setup};
use crate::browser::Browser;
use crate::stage::{Stage, followers};
use std::net::TcpListener;
use twitchwire::{Callback, MAX_BODY};

/// A client whose callback page is served, and where.
fn served<A: Adapter>(stage: &Stage) -> (A::Client, String) {
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let base = format!("http://{free}");
    let callback = Callback::new(base.parse().unwrap());
    let (twitch, _) = stage.started::<A>(Setup { callback: Some(callback), ..stage.setup() });
    assert_eq!(A::serve(&twitch, free), free);
    (twitch, base)
}

pub(crate) fn a_user_authorises_the_application_in_a_browser<A: Adapter>() {
    let stage = Stage::with(|world| {
        let ada = world.user("ada");
        world.settings.approve_authorize = Some(ada);
    });
    let (twitch, base) = served::<A>(&stage);
    let mut browser = Browser::default();
    let page = browser.get(&format!("{base}/oauth?scopes=moderator:read:followers"));
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("ada"), "{}", page.body);
    let tokens = A::tokens(&twitch);
    assert_eq!(tokens.len(), 1);
    assert_eq!((&tokens[0].user, &tokens[0].scopes), (&stage.ada, &followers()));
    // The same way once more: its state is spent.
    let last = browser.visited.last().unwrap().clone();
    assert_eq!(browser.get(&last).status, 400);
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_visitor_with_a_state_of_nobodys_is_refused<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, base) = served::<A>(&stage);
    let page = Browser::default().get(&format!("{base}/oauth/callback?code=abc&state=def&scope="));
    assert_eq!(page.status, 400, "{}", page.body);
    assert!(!page.body.contains("abc"));
    assert_eq!(Browser::default().get(&format!("{base}/elsewhere")).status, 404);
    assert!(A::tokens(&twitch).is_empty());
    A::close(&twitch);
    stage.end();
}

pub(crate) fn a_visit_that_is_too_large_is_refused<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, base) = served::<A>(&stage);
    assert_eq!(Browser::default().post(&format!("{base}/callback"), MAX_BODY + 1), 413);
    assert_eq!(Browser::default().post(&format!("{base}/callback"), 10), 403);
    A::close(&twitch);
    stage.end();
}
