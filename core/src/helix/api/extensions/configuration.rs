//! What an extension keeps at Twitch: one segment for all channels, two for each.

use super::five_kilobytes;
use crate::helix::{Invalid, List, Rule, check, endpoint};
use crate::id::{ExtensionId, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Reads segments of an extension's configuration. Twitch takes 20 of these a minute for each segment.
#[derive(Clone, Debug, Serialize)]
pub struct GetExtensionConfigurationSegment {
    broadcaster_id: Option<UserId>,
    /// The extension.
    pub extension_id: ExtensionId,
    segment: Vec<ExtensionSegment>,
}

endpoint!(GetExtensionConfigurationSegment = "get-extension-configuration-segment":
    get "/extensions/configurations" => List<ExtensionConfiguration>, jwt,
    limits: [20 in 60 by (extension_id, broadcaster_id, segment)], check: |r| r.limits());

impl GetExtensionConfigurationSegment {
    /// The segment for all channels.
    pub fn global(extension: impl Into<ExtensionId>) -> Self {
        GetExtensionConfigurationSegment {
            broadcaster_id: None,
            extension_id: extension.into(),
            segment: vec![ExtensionSegment::Global],
        }
    }

    /// Segments for one channel: the broadcaster's, the developer's, or both.
    pub fn of_channel(
        extension: impl Into<ExtensionId>,
        broadcaster: impl Into<UserId>,
        segments: impl IntoIterator<Item = ExtensionSegment>,
    ) -> Self {
        GetExtensionConfigurationSegment {
            broadcaster_id: Some(broadcaster.into()),
            extension_id: extension.into(),
            segment: segments.into_iter().collect(),
        }
    }

    fn limits(&self) -> Result<(), Invalid> {
        check::count("segment", self.segment.len(), 1, 3)?;
        if self.broadcaster_id.is_some() && self.segment.contains(&ExtensionSegment::Global) {
            return Err(Invalid::new("broadcaster_id", Rule::Other("does not go with the global segment")));
        }
        Ok(())
    }
}

open_enum! {
    /// A segment of an extension's configuration.
    pub enum ExtensionSegment {
        /// For one channel, and its broadcaster can write it.
        Broadcaster = "broadcaster",
        /// For one channel, and only the extension's back end can write it.
        Developer = "developer",
        /// For all channels.
        Global = "global",
    }
}

/// A segment of an extension's configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionConfiguration {
    /// Which.
    pub segment: ExtensionSegment,
    /// The channel; none for the global segment.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub broadcaster_id: Option<UserId>,
    /// What it holds: plain text, or JSON as text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub content: String,
    /// Its version.
    #[serde(default, deserialize_with = "null_as_default")]
    pub version: CompactString,
}

/// Writes a segment of an extension's configuration, at most 5 KB. Channels where the extension runs do not notice.
/// Twitch takes 20 of these a minute for each segment.
#[derive(Clone, Debug, Serialize)]
pub struct SetExtensionConfigurationSegment {
    /// The extension.
    pub extension_id: ExtensionId,
    segment: ExtensionSegment,
    #[serde(skip_serializing_if = "Option::is_none")]
    broadcaster_id: Option<UserId>,
    /// What it is to hold: plain text, or JSON as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Its version; Twitch's default is the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<CompactString>,
}

endpoint!(SetExtensionConfigurationSegment = "set-extension-configuration-segment":
    put "/extensions/configurations" => (), jwt, limits: [20 in 60 by (extension_id, broadcaster_id, segment)],
    body: whole,
    check: |r| five_kilobytes("content", r.content.as_deref().unwrap_or_default()));

impl SetExtensionConfigurationSegment {
    /// Writes the segment for all channels.
    pub fn global(extension: impl Into<ExtensionId>, content: impl Into<String>) -> Self {
        SetExtensionConfigurationSegment {
            extension_id: extension.into(),
            segment: ExtensionSegment::Global,
            broadcaster_id: None,
            content: Some(content.into()),
            version: None,
        }
    }

    /// Writes the broadcaster's segment for a channel.
    pub fn broadcaster(
        extension: impl Into<ExtensionId>,
        broadcaster: impl Into<UserId>,
        content: impl Into<String>,
    ) -> Self {
        SetExtensionConfigurationSegment {
            segment: ExtensionSegment::Broadcaster,
            broadcaster_id: Some(broadcaster.into()),
            ..Self::global(extension, content)
        }
    }

    /// Writes the developer's segment for a channel.
    pub fn developer(
        extension: impl Into<ExtensionId>,
        broadcaster: impl Into<UserId>,
        content: impl Into<String>,
    ) -> Self {
        let segment = ExtensionSegment::Developer;
        SetExtensionConfigurationSegment { segment, ..Self::broadcaster(extension, broadcaster, content) }
    }

    /// Says of which version.
    #[must_use]
    pub fn version(mut self, version: impl Into<CompactString>) -> Self {
        self.version = Some(version.into());
        self
    }
}

/// Says that a channel has configured what an extension requires before it can be activated.
#[derive(Clone, Debug, Serialize)]
pub struct SetExtensionRequiredConfiguration {
    /// The channel.
    pub broadcaster_id: UserId,
    /// What is configured.
    #[serde(skip)]
    pub configuration: NewRequiredConfiguration,
}

endpoint!(SetExtensionRequiredConfiguration = "set-extension-required-configuration":
    put "/extensions/required_configuration" => (), jwt, body: json(configuration));

impl SetExtensionRequiredConfiguration {
    /// Says that a channel has configured this version of an extension as required.
    pub fn new(
        broadcaster: impl Into<UserId>,
        extension: impl Into<ExtensionId>,
        version: impl Into<CompactString>,
        required_configuration: impl Into<String>,
    ) -> Self {
        SetExtensionRequiredConfiguration {
            broadcaster_id: broadcaster.into(),
            configuration: NewRequiredConfiguration {
                extension_id: extension.into(),
                extension_version: version.into(),
                required_configuration: required_configuration.into(),
            },
        }
    }
}

/// What is configured.
#[derive(Clone, Debug, Serialize)]
pub struct NewRequiredConfiguration {
    /// The extension.
    pub extension_id: ExtensionId,
    /// Its version.
    pub extension_version: CompactString,
    /// The text that the version requires.
    pub required_configuration: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{body, decode, query, refused};
    use crate::helix::{Accepts, Endpoint};
    use serde_json::{Value as Json, json};

    #[test]
    fn segments_are_read_with_the_extensions_own_token() {
        assert_eq!(GetExtensionConfigurationSegment::META.accepts, Accepts::Jwt);
        let global = GetExtensionConfigurationSegment::global("ext1");
        assert_eq!(query(&global), "extension_id=ext1&segment=global");
        let both = [ExtensionSegment::Broadcaster, ExtensionSegment::Developer];
        let channel = GetExtensionConfigurationSegment::of_channel("ext1", "1001", both);
        assert_eq!(
            query(&channel),
            "broadcaster_id=1001&extension_id=ext1&segment=broadcaster&segment=developer"
        );
        let segments = decode::<GetExtensionConfigurationSegment>(json!({"data": [
            {"segment": "developer", "broadcaster_id": "1001", "content": "{\"a\":1}", "version": "0.1"},
            {"segment": "global", "content": "plain", "version": "0.2"},
        ]}));
        let developer = ExtensionConfiguration {
            segment: ExtensionSegment::Developer,
            broadcaster_id: Some("1001".into()),
            content: "{\"a\":1}".into(),
            version: "0.1".into(),
        };
        let global = ExtensionConfiguration {
            segment: ExtensionSegment::Global,
            broadcaster_id: None,
            content: "plain".into(),
            version: "0.2".into(),
        };
        assert_eq!(segments, [developer, global]);
    }

    #[test]
    fn the_global_segment_is_of_no_channel() {
        let of = |segments: &[ExtensionSegment]| {
            refused(&GetExtensionConfigurationSegment::of_channel("ext1", "1001", segments.iter().cloned()))
        };
        assert_eq!(of(&[]), "`segment` wants 1 to 3 values, has 0");
        assert_eq!(of(&[ExtensionSegment::Global]), "`broadcaster_id` does not go with the global segment");
    }

    #[test]
    fn a_segment_is_written_as_body() {
        let global = SetExtensionConfigurationSegment::global("ext1", "plain");
        assert_eq!(query(&global), "");
        let expected = json!({"extension_id": "ext1", "segment": "global", "content": "plain"});
        assert_eq!(body(&global), expected);
        let developer = SetExtensionConfigurationSegment::developer("ext1", "1001", "{}").version("0.1");
        let expected = json!({"extension_id": "ext1", "segment": "developer", "broadcaster_id": "1001",
            "content": "{}", "version": "0.1"});
        assert_eq!(body(&developer), expected);
        let broadcaster = SetExtensionConfigurationSegment::broadcaster("ext1", "1001", "{}");
        assert_eq!(body(&broadcaster)["segment"], "broadcaster");
        decode::<SetExtensionConfigurationSegment>(Json::Null);
    }

    #[test]
    fn a_segment_holds_5_kilobytes() {
        body(&SetExtensionConfigurationSegment::global("ext1", "x".repeat(5120)));
        let long = SetExtensionConfigurationSegment::global("ext1", "é".repeat(2561));
        assert_eq!(refused(&long), "`content` wants 0 to 5120 bytes, has 5122");
    }

    #[test]
    fn a_required_configuration_names_channel_and_version() {
        let request = SetExtensionRequiredConfiguration::new("1001", "ext1", "0.1", "done");
        assert_eq!(query(&request), "broadcaster_id=1001");
        let expected =
            json!({"extension_id": "ext1", "extension_version": "0.1", "required_configuration": "done"});
        assert_eq!(body(&request), expected);
        decode::<SetExtensionRequiredConfiguration>(Json::Null);
    }
}
