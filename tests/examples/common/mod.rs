//! What the drivers' examples begin with: Twitch if `TWITCH_CLIENT_ID` is set, else a simulated one that plays a scene.
//! Each calls its crate `driver`, and takes this file in.

use crate::driver::{Builder, Client, Endpoints, FileStore};
use std::env;
use std::error::Error;
use twitchwire_sim::{Server, World, scene};

/// For Twitch, with `TWITCH_CLIENT_SECRET` if there is one and tokens in `TWITCH_TOKEN_FILE` (`tokens.json`); or for a
/// simulation, whose server has to live as long as the client.
pub(crate) fn builder(scene: fn(&mut World) -> String) -> Result<(Builder, Option<Server>), Box<dyn Error>> {
    if let Ok(id) = env::var("TWITCH_CLIENT_ID") {
        let tokens = env::var("TWITCH_TOKEN_FILE").unwrap_or_else(|_| "tokens.json".into());
        let builder = Client::builder(id).store(FileStore::new(tokens));
        return Ok(match env::var("TWITCH_CLIENT_SECRET") {
            Ok(secret) => (builder.secret(secret), None),
            Err(_) => (builder, None),
        });
    }
    let mut world = World::new(1, "2026-03-01T12:00:00Z".parse()?);
    scene(&mut world);
    let server = Server::start(world)?;
    let endpoints = Endpoints::local(&server.http_url().parse()?, &server.ws_url().parse()?);
    let builder = Client::builder(scene::CLIENT_ID).secret(scene::CLIENT_SECRET).endpoints(endpoints);
    Ok((builder, Some(server)))
}
