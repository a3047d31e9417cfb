//! Twitch's tagged unions: a member names the kind, another one holds what belongs to it, the rest are null.
//!
//! ```json
//! {"action": "slow", "slow": {"wait_time_seconds": 30}, "ban": null, "raid": null}
//! ```

use crate::wire::write_unknown;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// Declares such a union as an enum that stands in its event with `#[serde(flatten)]`:
///
/// ```ignore
/// tagged! {
///     /// What a moderator did.
///     pub enum Action by "action" {
///         /// Slowed the chat down.
///         Slow(Slow) in "slow" = "slow",
///         /// Cleared the chat.
///         Clear = "clear",
///     }
/// }
/// ```
///
/// A kind that this version does not know, or one whose content is missing, is kept as `Unknown` with everything that
/// the event's other fields do not hold, and is written back as it came.
macro_rules! tagged {
    ($(#[$meta:meta])* pub enum $name:ident by $tag:literal {
        $($(#[$doc:meta])* $variant:ident $(($content:ty) in $member:literal)? = $wire:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant $(($content))?,)*
            /// One that this version does not know.
            Unknown {
                /// Its name.
                kind: compact_str::CompactString,
                /// What came with it.
                fields: serde_json::Map<String, serde_json::Value>,
            },
        }

        impl $name {
            /// The kind as Twitch writes it.
            pub fn kind(&self) -> &str {
                match self {
                    $($crate::eventsub::topic::tagged::tagged!(@any $name $variant $($member)?) => $wire,)*
                    $name::Unknown { kind, .. } => kind,
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let (kind, mut fields) = $crate::eventsub::topic::tagged::present(deserializer, $tag)?;
                match kind.as_str() {
                    $($wire => $crate::eventsub::topic::tagged::tagged!(@read D $name $variant fields $($member)?),)*
                    _ => {}
                }
                Ok($name::Unknown { kind: kind.into(), fields })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                match self {
                    $name::Unknown { kind, .. } => {
                        map.serialize_entry($tag, &$crate::eventsub::topic::tagged::UnknownKind(kind))?;
                    }
                    known => map.serialize_entry($tag, known.kind())?,
                }
                match self {
                    $($crate::eventsub::topic::tagged::tagged!(@bind $name $variant content $($member)?) => {
                        $(map.serialize_entry($member, content)?;)?
                    })*
                    $name::Unknown { fields, .. } => {
                        for (name, value) in fields {
                            map.serialize_entry(name, value)?;
                        }
                    }
                }
                map.end()
            }
        }
    };
    (@any $name:ident $variant:ident $member:literal) => { $name::$variant(_) };
    (@any $name:ident $variant:ident) => { $name::$variant };
    (@bind $name:ident $variant:ident $content:ident $member:literal) => { $name::$variant($content) };
    (@bind $name:ident $variant:ident $content:ident) => { $name::$variant };
    (@read $d:ident $name:ident $variant:ident $fields:ident $member:literal) => {
        if let Some(content) = $fields.remove($member) {
            return serde_json::from_value(content).map($name::$variant).map_err(|error| {
                serde::de::Error::custom(format_args!("{}: {error}", $member))
            });
        }
    };
    (@read $d:ident $name:ident $variant:ident $fields:ident) => { return Ok($name::$variant) };
}
pub(super) use tagged;

/// A kind that this version does not know.
pub(super) struct UnknownKind<'a>(pub(super) &'a str);

impl Serialize for UnknownKind<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_unknown(self.0, serializer)
    }
}

/// The tag's value, and the members that are not null.
pub(super) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
    tag: &'static str,
) -> Result<(String, Map<String, Value>), D::Error> {
    struct Present(&'static str);
    impl<'de> Visitor<'de> for Present {
        type Value = (String, Map<String, Value>);

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object with `{}`", self.0)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let (mut kind, mut fields) = (None, Map::new());
            while let Some(Name(name)) = map.next_key()? {
                if name == self.0 {
                    kind = Some(map.next_value()?);
                } else if let Some(value) = map.next_value::<Option<Value>>()? {
                    fields.insert(name.into_owned(), value);
                }
            }
            Ok((kind.ok_or_else(|| A::Error::missing_field(self.0))?, fields))
        }
    }
    deserializer.deserialize_map(Present(tag))
}

/// A member's name, borrowed where it can be: most members are null, and their names are not kept.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsName;
        impl<'de> Visitor<'de> for AsName {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(AsName)
    }
}
