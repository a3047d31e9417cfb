//! The labels that say what a channel's content is.

use http::Method;
use serde_json::json;

use super::word;
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::profiles::LABELS;
use crate::world::reading::Ask;

/// The languages that Twitch has names in.
const LOCALES: [&str; 29] = [
    "bg-BG", "cs-CZ", "da-DK", "de-DE", "el-GR", "en-GB", "en-US", "es-ES", "es-MX", "fi-FI", "fr-FR",
    "hu-HU", "it-IT", "ja-JP", "ko-KR", "nl-NL", "no-NO", "pl-PL", "pt-BT", "pt-PT", "ro-RO", "ru-RU",
    "sk-SK", "sv-SE", "th-TH", "tr-TR", "vi-VN", "zh-CN", "zh-TW",
];

impl World {
    pub(super) fn content_labels_api(&mut self, ask: &Ask, _: &Who, path: &str) -> Option<Outcome> {
        match (&ask.method, path) {
            (&Method::GET, "/content_classification_labels") => Some(content_labels(ask)),
            _ => None,
        }
    }
}

/// The names are in English, whatever the language.
fn content_labels(ask: &Ask) -> Outcome {
    word(ask, "locale", &LOCALES)?;
    let label = |(id, name, description): &(&str, &str, &str)| json!({"id": id, "name": name, "description": description});
    Ok(Answer::ok(json!({"data": LABELS.iter().map(label).collect::<Vec<_>>()})))
}
