//! How Twitch writes values, and how they are read without losing one: open enums, and fields where null, absent
//! and `""` all mean "none".
//!
//! Request and event structs name these helpers in `#[serde(deserialize_with = "…")]`; nothing here keeps state.

use serde::de::{Deserialize, Deserializer};

/// Declares an enum whose values Twitch controls: a value this version does not know is kept as `Unknown` and is
/// written back as it came.
///
/// ```ignore
/// open_enum! {
///     /// What a stream is.
///     pub enum StreamType { /** Live. */ Live = "live" }
/// }
/// ```
macro_rules! open_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $wire:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$doc])* $variant,)*
            /// A value that this version does not know, as Twitch wrote it.
            Unknown(compact_str::CompactString),
        }

        impl $name {
            /// Every value that this version knows.
            pub const KNOWN: &'static [$name] = &[$($name::$variant),*];

            /// The value as Twitch writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $($name::$variant => $wire,)*
                    $name::Unknown(other) => other,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($wire => $name::$variant,)*
                    other => $name::Unknown(other.into()),
                }
            }
        }

        /// No value: what stands where Twitch sends null or nothing.
        impl Default for $name {
            fn default() -> Self {
                $name::Unknown(compact_str::CompactString::const_new(""))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl serde::de::Visitor<'_> for Visitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a string")
                    }
                    fn visit_str<E>(self, value: &str) -> Result<$name, E> {
                        Ok($name::from(value))
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }
    };
}
pub(crate) use open_enum;

/// Reads null as the default: `"data": null` is an empty list.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads null and `""` as none; with `#[serde(default)]`, absent too.
pub(crate) fn empty_as_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Visitor<T>(std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Visitor<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string or null")
        }

        fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Option<T>, E> {
            if value.is_empty() {
                return Ok(None);
            }
            T::deserialize(serde::de::value::StrDeserializer::new(value)).map(Some)
        }

        fn visit_unit<E>(self) -> Result<Option<T>, E> {
            Ok(None)
        }

        fn visit_none<E>(self) -> Result<Option<T>, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Visitor(std::marker::PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    open_enum! {
        /// A test's colours.
        enum Colour { /** Red. */ Red = "red", /** Blue. */ Blue = "blue" }
    }

    #[derive(serde::Deserialize)]
    struct Holder {
        #[serde(default, deserialize_with = "empty_as_none")]
        colour: Option<Colour>,
        #[serde(default, deserialize_with = "null_as_default")]
        list: Vec<u8>,
    }

    #[test]
    fn an_unknown_value_is_kept_and_written_back() {
        let colour: Colour = serde_json::from_str("\"mauve\"").unwrap();
        assert_eq!(colour, Colour::Unknown("mauve".into()));
        assert_eq!(serde_json::to_string(&colour).unwrap(), "\"mauve\"");
        assert_eq!(Colour::KNOWN, [Colour::Red, Colour::Blue]);
    }

    #[test]
    fn null_absent_and_empty_are_none() {
        for json in ["{}", r#"{"colour":null,"list":null}"#, r#"{"colour":"","list":[]}"#] {
            let holder: Holder = serde_json::from_str(json).unwrap();
            assert_eq!(holder.colour, None, "{json}");
            assert!(holder.list.is_empty(), "{json}");
        }
        let holder: Holder = serde_json::from_str(r#"{"colour":"red"}"#).unwrap();
        assert_eq!(holder.colour, Some(Colour::Red));
    }
}
