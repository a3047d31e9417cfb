//! Logs a user in with a code, and writes the token file that the other examples read.
//!
//! With `TWITCH_CLIENT_ID` in the environment the user goes to Twitch, and the file is `TWITCH_TOKEN_FILE` (`tokens.json`);
//! without, to a simulated Twitch, where somebody approves after a second.
#![expect(clippy::print_stdout, reason = "an example prints")]

#[path = "../../tests/examples/common/mod.rs"]
mod common;

use std::env;
use std::error::Error;
use twitchwire_blocking as driver;
use twitchwire_blocking::auth::Scope;
use twitchwire_sim::scene;

fn main() -> Result<(), Box<dyn Error>> {
    let (builder, simulation) = common::builder(scene::listen)?;
    let (twitch, _) = builder.start()?;
    // What the other examples need.
    let scopes = [
        Scope::UserReadChat,
        Scope::UserWriteChat,
        Scope::ModeratorReadFollowers,
        Scope::ModeratorManageBannedUsers,
    ];
    let identity = twitch.login(scopes, |prompt| println!("To log in, {prompt}."))?;
    println!("Hello, {}.", identity.login);
    match simulation {
        None => {
            let file = env::var("TWITCH_TOKEN_FILE").unwrap_or_else(|_| "tokens.json".into());
            println!("Your tokens are in {file}; whoever has it can act for you.");
        }
        Some(_) => println!("This was a simulation: nothing was written."),
    }
    twitch.close();
    Ok(())
}
