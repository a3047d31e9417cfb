//! Says who follows, as it happens. A script: no async, no callbacks.
#![expect(clippy::print_stdout, reason = "an example prints")]

#[path = "../../tests/examples/common/mod.rs"]
mod common;

use std::error::Error;
use twitchwire_blocking as driver;
use twitchwire_blocking::auth::Scope;
use twitchwire_blocking::eventsub::topic::channel::ChannelFollow;
use twitchwire_sim::scene;

fn main() -> Result<(), Box<dyn Error>> {
    let (builder, simulation) = common::builder(scene::listen)?;
    let scopes = [Scope::ModeratorReadFollowers];
    let (twitch, _) = builder.scopes(scopes).login(|prompt| println!("To log in, {prompt}.")).start()?;
    let me = twitch.me()?;
    // The simulated channel has three new followers; Twitch's are never all.
    let most = if simulation.is_some() { 3 } else { usize::MAX };
    for follow in twitch.subscribe(ChannelFollow::new(&me, &me))?.take(most) {
        println!("{} follows you now!", follow?.user_name);
    }
    twitch.close();
    Ok(())
}
