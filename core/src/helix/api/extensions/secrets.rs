//! The secrets with which an extension signs its tokens.

use crate::helix::{Invalid, List, Rule, endpoint};
use crate::id::ExtensionId;
use crate::wire::null_as_default;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Lists an extension's secrets.
#[derive(Clone, Debug, Serialize)]
pub struct GetExtensionSecrets {
    /// The extension.
    pub extension_id: ExtensionId,
}

endpoint!(GetExtensionSecrets = "get-extension-secrets": get "/extensions/jwt/secrets" => List<ExtensionSecrets>, jwt);

impl GetExtensionSecrets {
    /// The secrets of an extension.
    pub fn new(extension: impl Into<ExtensionId>) -> Self {
        GetExtensionSecrets { extension_id: extension.into() }
    }
}

/// Makes a new secret for an extension. It becomes valid after a delay, and the present ones cease to be.
#[derive(Clone, Debug, Serialize)]
pub struct CreateExtensionSecret {
    /// The extension.
    pub extension_id: ExtensionId,
    /// The delay, at least 300 seconds, which is Twitch's default.
    pub delay: Option<u32>,
}

endpoint!(CreateExtensionSecret = "create-extension-secret": post "/extensions/jwt/secrets"
=> List<ExtensionSecrets>, jwt, check: |r| if r.delay.is_some_and(|delay| delay < 300) {
    Err(Invalid::new("delay", Rule::Other("must be at least 300")))
} else {
    Ok(())
});

impl CreateExtensionSecret {
    /// A new secret, valid in five minutes.
    pub fn new(extension: impl Into<ExtensionId>) -> Self {
        CreateExtensionSecret { extension_id: extension.into(), delay: None }
    }

    /// Leaves this many seconds, at least 300, until it becomes valid.
    #[must_use]
    pub fn after_seconds(mut self, delay: u32) -> Self {
        self.delay = Some(delay);
        self
    }
}

/// An extension's secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionSecrets {
    /// The form in which Twitch keeps them.
    #[serde(default, deserialize_with = "null_as_default")]
    pub format_version: u32,
    /// The secrets.
    #[serde(default, deserialize_with = "null_as_default")]
    pub secrets: Vec<ExtensionSecret>,
}

/// A secret with which an extension signs its tokens. `Debug` does not print it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionSecret {
    /// The secret, in base64.
    pub content: String,
    /// From when on tokens may be signed with it.
    pub active_at: Timestamp,
    /// Until when tokens signed with it count.
    pub expires_at: Timestamp,
}

impl fmt::Debug for ExtensionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtensionSecret")
            .field("active_at", &self.active_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, decode, query, refused};
    use serde_json::{Value as Json, json};

    fn wire() -> Json {
        json!({"data": [{"format_version": 1, "secrets": [{
            "content": "c2VjcmV0", "active_at": "2026-01-02T10:00:00Z", "expires_at": "2026-01-02T11:00:00Z",
        }]}]})
    }

    fn secrets() -> ExtensionSecrets {
        ExtensionSecrets {
            format_version: 1,
            secrets: vec![ExtensionSecret {
                content: "c2VjcmV0".into(),
                active_at: at("10:00:00"),
                expires_at: at("11:00:00"),
            }],
        }
    }

    #[test]
    fn secrets_are_listed_and_not_printed() {
        assert_eq!(query(&GetExtensionSecrets::new("ext1")), "extension_id=ext1");
        let listed = decode::<GetExtensionSecrets>(wire());
        assert_eq!(listed, [secrets()]);
        assert!(!format!("{listed:?}").contains("c2VjcmV0"));
    }

    #[test]
    fn a_new_secret_waits_at_least_five_minutes() {
        let request = CreateExtensionSecret::new("ext1");
        assert_eq!(query(&request), "extension_id=ext1");
        assert_eq!(query(&request.clone().after_seconds(300)), "extension_id=ext1&delay=300");
        assert_eq!(refused(&request.after_seconds(299)), "`delay` must be at least 300");
        assert_eq!(decode::<CreateExtensionSecret>(wire()), [secrets()]);
    }
}
