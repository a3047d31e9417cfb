//! Clips.

use std::time::Duration;

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{moment, page_both, required, values, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::clips::{Clip, Cut};
use crate::world::helix::Who;
use crate::world::limits::TOO_MANY;
use crate::world::reading::Ask;

/// How long it takes until a new clip can be seen. Twitch allows fifteen seconds.
const IN_THE_MAKING: Duration = Duration::from_secs(5);
/// The most ids that one request may name.
const IDS: usize = 100;
/// The most clips that one request may download, and the requests in a minute.
const DOWNLOADS: usize = 10;
const DOWNLOADS_A_MINUTE: usize = 100;

impl World {
    pub(super) fn clips_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::POST, "/clips") => self.create_clip(ask, who),
            (&Method::GET, "/clips") => self.get_clips(ask),
            (&Method::POST, "/videos/clips") => self.create_clip_from_video(ask, who),
            (&Method::GET, "/clips/downloads") => self.get_downloads(ask, who),
            _ => return None,
        })
    }

    fn create_clip(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let me = who.user()?;
        who.scope(&["clips:edit"])?;
        let broadcaster = required(ask, "broadcaster_id")?;
        let tenths = duration(ask)?;
        let channel = self.channel(broadcaster)?;
        if channel.live.is_none() {
            return Err(Answer::refuse(404, "Clipping is not possible for an offline channel."));
        }
        if self.moderation.ban(broadcaster, me, self.wall(self.now)).is_some() {
            return Err(Answer::refuse(403, "The user is banned or timed out from the channel."));
        }
        let cut = Cut { title: ask.query.get("title"), tenths, video: None };
        let id = self.add_clip(me, broadcaster, &cut, IN_THE_MAKING);
        Ok(created(&id))
    }

    fn create_clip_from_video(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let editor = self.is_clip_editor(ask, who)?;
        let broadcaster = required(ask, "broadcaster_id")?;
        let video = required(ask, "vod_id")?;
        let title = required(ask, "title")?;
        let tenths = duration(ask)?;
        let end: u64 = required(ask, "vod_offset")?
            .parse()
            .map_err(|_| Answer::refuse(400, "The value in vod_offset is not valid"))?;
        let now = self.wall(self.now);
        let found = self.videos.all.iter().find(|v| v.id == video && v.channel == broadcaster);
        let found = found.ok_or_else(|| Answer::refuse(404, "The VOD is not found."))?;
        let length = u64::from(tenths).div_ceil(10);
        if end < length || end > found.length(now).as_secs() {
            return Err(Answer::refuse(400, "The value in vod_offset is not valid"));
        }
        let cut = Cut { title: Some(title), tenths, video: Some((video.to_owned(), end - length)) };
        let id = self.add_clip(editor, broadcaster, &cut, IN_THE_MAKING);
        Ok(created(&id))
    }

    fn get_clips(&self, ask: &Ask) -> Outcome {
        let ids = values(ask, "id", IDS)?;
        let (broadcaster, game) = (ask.query.get("broadcaster_id"), ask.query.get("game_id"));
        let named = [!ids.is_empty(), broadcaster.is_some(), game.is_some()];
        if named.into_iter().filter(|&is| is).count() != 1 {
            let message =
                "Exactly one of the id, game_id and broadcaster_id query parameters must be specified.";
            return Err(Answer::refuse(400, message));
        }
        if game.is_some_and(|game| self.category(game).is_none()) {
            return Err(Answer::refuse(404, "The ID in game_id was not found."));
        }
        let from = moment(ask, "started_at")?;
        let week = SignedDuration::from_hours(24 * 7);
        let to = moment(ask, "ended_at")?.or(from.map(|from| from + week));
        let featured = word(ask, "is_featured", &["true", "false"])? == Some("true");
        let fits = |clip: &&Clip| {
            clip.ready <= self.now
                && !featured
                && broadcaster.is_none_or(|broadcaster| broadcaster == clip.channel)
                && game.is_none_or(|game| game == clip.game)
                && from.is_none_or(|from| clip.created >= from)
                && to.is_none_or(|to| clip.created <= to)
        };
        let clips = self.clips.0.iter().filter(fits);
        let found: Vec<&Clip> = match ids.is_empty() {
            true => clips.collect(),
            // In the order of the ids.
            false => ids.iter().filter_map(|id| clips.clone().find(|clip| clip.id == *id)).collect(),
        };
        let (slice, pagination) = page_both(&found, ask, IDS)?;
        let data: Vec<Value> = slice.iter().map(|clip| self.clip_json(clip)).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    fn get_downloads(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let editor = self.is_clip_editor(ask, who)?;
        let broadcaster = required(ask, "broadcaster_id")?;
        required(ask, "clip_id")?;
        let ids = values(ask, "clip_id", DOWNLOADS)?;
        self.take_turn("clip downloads", &[(editor, DOWNLOADS_A_MINUTE, 60)], TOO_MANY)?;
        let mine = |id: &&&str| self.clips.0.iter().any(|c| c.id == ***id && c.channel == broadcaster);
        let data: Vec<Value> = ids
            .iter()
            .filter(mine)
            .map(|id| {
                json!({
                    "clip_id": id,
                    "landscape_download_url": format!("https://clips.example/{id}.mp4"),
                    "portrait_download_url": format!("https://clips.example/{id}-portrait.mp4"),
                })
            })
            .collect();
        if data.is_empty() {
            return Err(Answer::refuse(400, "The ID in clip_id is not valid."));
        }
        Ok(Answer::ok(json!({"data": data})))
    }

    /// The editor in the query: the caller, or somebody who has allowed the calling app this, and who may edit the channel.
    fn is_clip_editor<'a>(&self, ask: &'a Ask, who: &Who) -> Result<&'a str, Answer> {
        let editor = required(ask, "editor_id")?;
        let broadcaster = required(ask, "broadcaster_id")?;
        let scopes = ["editor:manage:clips", "channel:manage:clips"];
        if who.user.is_some() {
            who.user_is(editor, "editor_id")?;
            who.scope(&scopes)?;
        } else {
            let allowed = self.tokens.allowed(&who.client, editor);
            if !allowed.is_some_and(|allowed| scopes.iter().any(|&scope| allowed.contains(scope))) {
                return Err(Answer::refuse(401, &format!("Missing scope: {}", scopes.join(" or "))));
            }
        }
        self.channel(broadcaster)?;
        if !self.roles.edits(editor, broadcaster) {
            return Err(Answer::refuse(403, "The user is not an editor for the specified broadcaster."));
        }
        Ok(editor)
    }
}

fn created(id: &str) -> Answer {
    let edit = format!("https://clips.example/{id}/edit");
    Answer::json(202, json!({"data": [{"id": id, "edit_url": edit}]}))
}

/// How long a clip is to be, in tenths of a second.
fn duration(ask: &Ask) -> Result<u32, Answer> {
    let invalid = || Answer::refuse(400, "The value in duration is outside the allowed range");
    let Some(said) = ask.query.get("duration") else { return Ok(300) };
    let seconds: f64 = said.parse().map_err(|_| invalid())?;
    if !(5.0..=60.0).contains(&seconds) {
        return Err(invalid());
    }
    Ok((seconds * 10.0).round() as u32)
}
