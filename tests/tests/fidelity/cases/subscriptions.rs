//! Subscriptions.

use twitchwire_sim::world::Tier;

use super::{Case, case};
use crate::stage::{By, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let check = "GET /subscriptions/user?broadcaster_id=@ada";
    vec![
        case("get-broadcaster-subscriptions", call("GET /subscriptions?broadcaster_id=@ada"))
            .after(with_subscribers)
            .refused(400, call("GET /subscriptions"))
            .refused(401, call("GET /subscriptions?broadcaster_id=@dan")),
        case("check-user-subscription", call(format!("{check}&user_id=@dan")).by(By::User("dan")))
            .after(with_subscribers)
            .refused(400, call(check))
            .refused(404, call(format!("{check}&user_id=@ada"))),
        case("check-user-subscription", call(format!("{check}&user_id=@cleo")).by(By::User("cleo")))
            .after(with_subscribers),
    ]
}

/// Subscriptions of all kinds, and one that has ended.
fn with_subscribers(stage: &mut Stage) {
    let [ada, brook, cleo, dan] = ["ada", "brook", "cleo", "dan"].map(|login| stage.id(login));
    let (world, now) = (&mut stage.world, stage.now);
    world.subscribe(now, &cleo, &ada, Tier::Two);
    world.resubscribe(now, &cleo, &ada, "Still here");
    world.gift(now, Some(&cleo), &ada, &[&dan, &brook], Tier::One);
    world.unsubscribe(now, &brook, &ada);
    world.gift(now, None, &ada, &[&brook], Tier::Three);
}
