//! Ready-made scenes for examples and demonstrations.

use std::time::Duration;

use crate::World;
use crate::world::{Action, Start, Which};

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
    let [brook, cleo, dan] = ["brook", "cleo", "dan"].map(|login| world.user(login));
    world.followers(&ada, 250);

    let chat =
        |who: &String, text: &str| Action::Chat { who: who.clone(), channel: ada.clone(), text: text.into() };
    let follow = |who: &String| Action::Follow { who: who.clone(), channel: ada.clone() };
    let steps = [
        (500, Action::Online(ada.clone())),
        (800, chat(&brook, "Hello!")),
        (1200, follow(&brook)),
        (1600, chat(&cleo, "What are we building today?")),
        (2000, chat(&ada, "A listener that never misses a message.")),
        (2500, Action::Reconnect(Which::All)),
        (2520, follow(&cleo)),
        (2900, Action::RepeatLatest),
        (3300, Action::Raid { from: dan.clone(), to: ada.clone(), viewers: 42 }),
        (3800, chat(&dan, "Hi from over there.")),
        (4200, Action::Expire(ada.clone())),
        (4500, Action::DropSockets(Which::All)),
        (6200, follow(&dan)),
        (6600, chat(&brook, "Still here?")),
        (7000, chat(&ada, "Still here.")),
        (8000, Action::Offline(ada.clone())),
    ];
    let steps = steps.into_iter().map(|(ms, action)| (Duration::from_millis(ms), action)).collect();
    world.script(Start::NextSubscription, steps);
    ada
}

/// How long [`chat`] goes on.
pub const CHAT: Duration = Duration::from_secs(5);

/// Five seconds of chat in the channel of `ada`, who approves every device code after a second: commands for a bot, one of
/// them again too soon, and an advertisement. Returns ada's id.
pub fn chat(world: &mut World) -> String {
    let ada = with_ada(world);
    let [brook, cleo, dan] = ["brook", "cleo", "dan"].map(|login| world.user(login));
    let said = [
        (300, &brook, "!hello"),
        (700, &cleo, "!hello"),
        (1200, &dan, "You can buy followers here: example.com"),
        (1800, &cleo, "!dice"),
        (3500, &cleo, "!hello"),
    ];
    let say = |(ms, who, text): (u64, &String, &str)| {
        let action = Action::Chat { who: who.clone(), channel: ada.clone(), text: text.into() };
        (Duration::from_millis(ms), action)
    };
    let steps = said.into_iter().map(say).collect();
    world.script(Start::NextSubscription, steps);
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
    let ids: Vec<String> = channel_logins().map(|login| world.user(&login)).collect();
    let live = |(number, id): (u64, String)| (Duration::from_millis(2000 + 50 * number), Action::Online(id));
    let steps = (0..).zip(ids).map(live).collect();
    world.script(Start::NextSubscription, steps);
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
