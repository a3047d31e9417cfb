//! Streams: who is live, markers, keys, and the tags that Twitch has withdrawn.

use http::Method;
use serde_json::{Value, json};

use super::{body, page, page_both, required, text, values, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::markers::Marker;
use crate::world::people::User;
use crate::world::reading::Ask;

/// The most ids, logins, games or languages that one request may name.
const MOST: usize = 100;

impl World {
    pub(super) fn streams_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/streams") => self.get_streams(ask),
            (&Method::GET, "/streams/followed") => self.get_followed_streams(ask, who),
            (&Method::GET, "/streams/key") => self.get_stream_key(ask, who),
            (&Method::POST, "/streams/markers") => self.create_stream_marker(ask, who),
            (&Method::GET, "/streams/markers") => self.get_stream_markers(ask, who),
            (&Method::GET, "/tags/streams" | "/streams/tags") => {
                Err(Answer::refuse(410, "This API is not available."))
            }
            _ => return None,
        })
    }

    fn get_streams(&self, ask: &Ask) -> Outcome {
        let ids = values(ask, "user_id", MOST)?;
        let logins = values(ask, "user_login", MOST)?;
        let games = values(ask, "game_id", MOST)?;
        let languages = values(ask, "language", MOST)?;
        word(ask, "type", &["all", "live"])?;
        let anyone = ids.is_empty() && logins.is_empty();
        let all = self.streams_of(|id, user| {
            (anyone || ids.contains(&id) || logins.contains(&user.login.as_str()))
                && (games.is_empty() || games.contains(&user.game.0.as_str()))
                && (languages.is_empty() || languages.contains(&user.language.as_str()))
        });
        let (slice, pagination) = page_both(&all, ask, 100)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }

    /// The streams that are live in these channels, most viewers first.
    fn streams_of(&self, wanted: impl Fn(&str, &User) -> bool) -> Vec<Value> {
        let live = self.people.users.iter().filter(|(id, user)| user.live.is_some() && wanted(id, user));
        let mut live: Vec<_> = live.collect();
        live.sort_by_key(|(_, user)| std::cmp::Reverse(user.chatters.len()));
        live.into_iter().filter_map(|(id, user)| self.stream_json(id, user)).collect()
    }

    fn stream_json(&self, id: &str, user: &User) -> Option<Value> {
        let (stream, started) = user.live.as_ref()?;
        let tags = Some(self.profiles.tags(id)).filter(|tags| !tags.is_empty());
        let mut said = self.person(id, "user");
        for (name, value) in [
            ("id", json!(stream)),
            ("game_id", json!(user.game.0)),
            ("game_name", json!(user.game.1)),
            ("type", json!("live")),
            ("title", json!(user.title)),
            ("tags", json!(tags)),
            ("viewer_count", json!(user.chatters.len())),
            ("started_at", json!(started.to_string())),
            ("language", json!(user.language)),
            ("thumbnail_url", json!("https://static.example/{width}x{height}.jpg")),
            ("tag_ids", json!([])),
            ("is_mature", json!(false)),
        ] {
            said[name] = value;
        }
        Some(said)
    }

    fn get_followed_streams(&self, ask: &Ask, who: &Who) -> Outcome {
        let user = required(ask, "user_id")?;
        who.user_is(user, "user_id")?;
        who.scope(&["user:read:follows"])?;
        let all =
            self.streams_of(|_, channel| channel.followers.iter().any(|(follower, _)| follower == user));
        let (slice, pagination) = page(&all, ask, 100)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }

    fn get_stream_key(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:read:stream_key"])?;
        Ok(Answer::ok(json!({"data": [{"stream_key": format!("live_{broadcaster}_s3cret")}]})))
    }

    fn create_stream_marker(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let body = body(ask)?;
        let channel = text(&body, "user_id")?;
        let me = who.user()?;
        who.scope(&["channel:manage:broadcast"])?;
        let description = body["description"].as_str().unwrap_or_default();
        if description.chars().count() > 140 {
            return Err(Answer::refuse(400, "The description is too long."));
        }
        if !self.people.users.contains_key(channel) {
            return Err(Answer::refuse(404, "The ID in the user_id field is not valid."));
        }
        self.may_see_markers(me, channel)?;
        let offline = || Answer::refuse(404, "The user in the user_id field is not streaming live.");
        let marker = self.mark(channel, me, description).ok_or_else(offline)?;
        Ok(Answer::ok(json!({"data": [marker_json(marker)]})))
    }

    fn get_stream_markers(&self, ask: &Ask, who: &Who) -> Outcome {
        let me = who.user()?;
        who.scope(&["user:read:broadcast", "channel:manage:broadcast"])?;
        let video = match (ask.query.get("user_id"), ask.query.get("video_id")) {
            (Some(user), None) => {
                self.may_see_markers(me, user)?;
                let of = self.videos.all.iter().find(|video| video.channel == user);
                of.ok_or_else(|| Answer::refuse(404, "The user has no videos."))?
            }
            (None, Some(id)) => {
                let found = self.videos.all.iter().find(|video| video.id == id);
                let found = found.ok_or_else(|| Answer::refuse(404, "The video was not found."))?;
                self.may_see_markers(me, &found.channel)?;
                found
            }
            _ => return Err(Answer::refuse(400, "Specify either user_id or video_id, but not both.")),
        };
        let markers = self.markers.of(&video.id);
        let (slice, pagination) = page_both(&markers, ask, 100)?;
        // Those of one author are together.
        let mut authors: Vec<&str> = Vec::new();
        for marker in slice {
            if !authors.contains(&marker.by.as_str()) {
                authors.push(&marker.by);
            }
        }
        let by = |author: &&str| {
            let of = slice.iter().filter(|marker| marker.by == *author);
            let markers: Vec<Value> = of
                .map(|marker| {
                    let mut said = marker_json(marker);
                    let at = marker.position;
                    said["url"] = json!(format!("https://videos.example/{}?t={at}s", video.id));
                    said
                })
                .collect();
            let mut said = self.person(author, "user");
            said["videos"] = json!([{"video_id": video.id, "markers": markers}]);
            said
        };
        let data: Vec<Value> = authors.iter().map(by).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    /// Markers are for the broadcaster and for editors.
    fn may_see_markers(&self, user: &str, channel: &str) -> Result<(), Answer> {
        if self.roles.edits(user, channel) {
            return Ok(());
        }
        Err(Answer::refuse(403, "The user must own the video or be one of the broadcaster's editors."))
    }
}

fn marker_json(marker: &Marker) -> Value {
    json!({
        "id": marker.id,
        "created_at": marker.created.to_string(),
        "position_seconds": marker.position,
        "description": marker.description,
    })
}
