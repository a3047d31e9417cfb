//! Ready-made scenes for examples and demonstrations.

use std::time::Duration;

use crate::World;
use crate::world::{Action, Script, Start, Which};

/// The client id that every scene registers.
pub const CLIENT_ID: &str = "sim-client";
/// Its secret.
pub const CLIENT_SECRET: &str = "s3cret-of-the-simulation";

/// Some eight seconds in the channel of `ada`, who approves every device code after a second and has 250 followers.
///
/// It starts with the first subscription. There are chat messages, follows, a raid, a stream that starts and ends, a
/// requested reconnect with an event delivered twice, an expired token, and an abrupt disconnect. Returns ada's id.
pub fn listen(world: &mut World) -> String {
    let ada = with_ada(world);
    for login in ["brook", "cleo", "dan"] {
        world.user(login);
    }
    world.followers(&ada, 250);

    let mut script = Script::new();
    script.at(ms(500)).user("ada").goes_live();
    script.at(ms(800)).user("brook").says("ada", "Hello!");
    script.at(ms(1200)).user("brook").follows("ada");
    script.at(ms(1600)).user("cleo").says("ada", "What are we building today?");
    script.at(ms(2000)).user("ada").says("ada", "A listener that never misses a message.");
    script.at(ms(2500)).happens(Action::Reconnect(Which::All));
    script.at(ms(2520)).user("cleo").follows("ada");
    script.at(ms(2900)).happens(Action::RepeatLatest);
    script.at(ms(3300)).user("dan").raids("ada", 42);
    script.at(ms(3800)).user("dan").says("ada", "Hi from over there.");
    script.at(ms(4200)).happens(Action::Expire("ada".into()));
    script.at(ms(4500)).happens(Action::DropSockets(Which::All));
    script.at(ms(6200)).user("dan").follows("ada");
    script.at(ms(6600)).user("brook").says("ada", "Still here?");
    script.at(ms(7000)).user("ada").says("ada", "Still here.");
    script.at(ms(8000)).user("ada").goes_offline();
    world.script(Start::NextSubscription, script);
    ada
}

/// How long [`chat`] goes on.
pub const CHAT: Duration = Duration::from_secs(5);

/// Five seconds of chat in the channel of `ada`, who approves every device code after a second: commands for a bot, one of
/// them again too soon, and an advertisement. Returns ada's id.
pub fn chat(world: &mut World) -> String {
    let ada = with_ada(world);
    let mut script = Script::new();
    script.at(ms(300)).user("brook").says("ada", "!hello");
    script.at(ms(700)).user("cleo").says("ada", "!hello");
    script.at(ms(1200)).user("dan").says("ada", "You can buy followers here: example.com");
    script.at(ms(1800)).user("cleo").says("ada", "!dice");
    script.at(ms(3500)).user("cleo").says("ada", "!hello");
    world.script(Start::NextSubscription, script);
    ada
}

/// How many channels [`channels`] has.
pub const CHANNELS: usize = 25;

/// The logins of the channels of [`channels`].
pub fn channel_logins() -> impl Iterator<Item = String> {
    (1..=CHANNELS).map(|number| format!("channel{number}"))
}

/// Many channels, which go live one after the other, two seconds after the first subscription. Returns the id of `ada`, who
/// watches.
pub fn channels(world: &mut World) -> String {
    let ada = with_ada(world);
    let mut script = Script::new();
    for (number, login) in (1..).zip(channel_logins()) {
        world.user(&login);
        script.at(ms(2000 + 50 * number)).user(&login).goes_live();
    }
    world.script(Start::NextSubscription, script);
    ada
}

/// The app and ada, who approves every device code after a second; nothing happens by itself. Returns ada's id.
pub fn quiet(world: &mut World) -> String {
    with_ada(world)
}

/// The app, and ada, who approves what it asks for.
fn with_ada(world: &mut World) -> String {
    world.client(CLIENT_ID, Some(CLIENT_SECRET));
    let ada = world.user("ada");
    world.settings.device_interval = 1;
    world.settings.approve_devices = Some((ada.clone(), Duration::from_secs(1)));
    ada
}

const fn ms(number: u64) -> Duration {
    Duration::from_millis(number)
}
