//! [CCLs](https://dev.twitch.tv/docs/api/reference/#get-content-classification-labels): content classification labels.

use crate::helix::{List, endpoint};
use crate::value::ContentLabel;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Gets the labels that there are, and what they mean.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetContentClassificationLabels {
    /// In which language, such as `de-DE`; Twitch's default is `en-US`.
    pub locale: Option<CompactString>,
}

endpoint!(GetContentClassificationLabels = "get-content-classification-labels": get "/content_classification_labels"
    => List<ContentClassificationLabel>, any);

impl GetContentClassificationLabels {
    /// The labels in English.
    pub fn new() -> Self {
        Self::default()
    }

    /// The labels in a language such as `de-DE`.
    pub fn in_locale(locale: impl Into<CompactString>) -> Self {
        GetContentClassificationLabels { locale: Some(locale.into()) }
    }
}

/// A label, in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentClassificationLabel {
    /// The label.
    pub id: ContentLabel,
    /// What it stands for.
    pub description: String,
    /// Its name.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{decode, query};
    use serde_json::json;

    #[test]
    fn labels_come_in_the_language_asked_for() {
        assert_eq!(query(&GetContentClassificationLabels::new()), "");
        assert_eq!(query(&GetContentClassificationLabels::in_locale("de-DE")), "locale=de-DE");
    }

    #[test]
    fn a_label_that_twitch_adds_later_is_kept() {
        let wire = json!([
            {"id": "Gambling", "description": "Playing for money.", "name": "Gambling"},
            {"id": "LoudNoises", "description": "It is loud.", "name": "Loud"},
        ]);
        let labels = decode::<GetContentClassificationLabels>(json!({"data": wire}));
        assert_eq!(
            labels,
            [
                ContentClassificationLabel {
                    id: ContentLabel::Gambling,
                    description: "Playing for money.".into(),
                    name: "Gambling".into(),
                },
                ContentClassificationLabel {
                    id: ContentLabel::Unknown("LoudNoises".into()),
                    description: "It is loud.".into(),
                    name: "Loud".into(),
                },
            ]
        );
        assert_eq!(serde_json::to_value(&labels).unwrap(), wire);
    }
}
