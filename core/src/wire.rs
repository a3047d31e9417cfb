//! How Twitch writes values, and how they are read without losing one: open enums, and fields where null, absent
//! and `""` all mean "none".
//!
//! Request and event structs name these helpers in `#[serde(deserialize_with = "…")]`; nothing here keeps state.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Serializer;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

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
                match self {
                    $name::Unknown(other) => $crate::wire::write_unknown(other, serializer),
                    known => serializer.serialize_str(known.as_str()),
                }
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

/// The name under which an unknown value is written: formats write the value alone, [`Drift`](crate::eventsub::Drift)
/// tells it by this.
pub(crate) const UNKNOWN: &str = "$twitchwire::Unknown";

/// Writes a value that this version does not know; `""` stands for none.
pub(crate) fn write_unknown<S: Serializer>(value: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        "" => serializer.serialize_str(value),
        value => serializer.serialize_newtype_struct(UNKNOWN, value),
    }
}

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

/// Reads a number that Twitch sometimes writes as text.
pub(crate) fn number<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64, Error: fmt::Display> + FromStr<Err: fmt::Display>,
{
    struct Number<T>(PhantomData<T>);
    impl<T> Visitor<'_> for Number<T>
    where
        T: TryFrom<i64, Error: fmt::Display> + FromStr<Err: fmt::Display>,
    {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number, or one as text")
        }

        fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
            T::try_from(value).map_err(E::custom)
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
            self.visit_i64(i64::try_from(value).map_err(E::custom)?)
        }

        fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
            value.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_any(Number(PhantomData))
}

/// Reads a text that Twitch sometimes writes as a number.
pub(crate) fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    struct Text<T>(PhantomData<T>);
    impl<T: for<'a> From<&'a str>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string, or a number for one")
        }

        fn visit_str<E>(self, text: &str) -> Result<T, E> {
            Ok(T::from(text))
        }

        fn visit_u64<E>(self, number: u64) -> Result<T, E> {
            Ok(T::from(&number.to_string()))
        }
    }
    deserializer.deserialize_any(Text(PhantomData))
}

/// Reads a time in epoch seconds or as text; 0, `""` and null are none. With `#[serde(default)]`, absent too.
pub(crate) fn epoch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    struct Epoch;
    impl Visitor<'_> for Epoch {
        type Value = Option<Timestamp>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("epoch seconds or a time")
        }

        fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Self::Value, E> {
            if seconds == 0 {
                return Ok(None);
            }
            Timestamp::from_second(seconds).map(Some).map_err(E::custom)
        }

        fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Self::Value, E> {
            self.visit_i64(i64::try_from(seconds).map_err(E::custom)?)
        }

        fn visit_str<E: de::Error>(self, time: &str) -> Result<Self::Value, E> {
            match time {
                "" | "0" => Ok(None),
                time => time.parse().map(Some).map_err(E::custom),
            }
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Epoch)
}

/// Reads a time. The form that Twitch writes, `2026-01-02T03:04:05.678Z`, takes a short way.
pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    struct Time;
    impl Visitor<'_> for Time {
        type Value = Timestamp;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a time")
        }

        fn visit_str<E: de::Error>(self, time: &str) -> Result<Timestamp, E> {
            match usual_time(time.as_bytes()) {
                Some(time) => Ok(time),
                None => time.parse().map_err(E::custom),
            }
        }
    }
    deserializer.deserialize_str(Time)
}

fn usual_time(time: &[u8]) -> Option<Timestamp> {
    let (date_and_time, rest) = time.split_first_chunk::<19>()?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1] =
        *date_and_time
    else {
        return None;
    };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
    let two = |a: u8, b: u8| Some(digit(a)? * 10 + digit(b)?);
    let small = |a: u8, b: u8| i8::try_from(two(a, b)?).ok();
    let fraction = match rest {
        b"Z" => &[][..],
        [b'.', fraction @ .., b'Z'] if (1..=9).contains(&fraction.len()) => fraction,
        _ => return None,
    };
    let mut nanoseconds = 0;
    for at in 0..9 {
        nanoseconds = nanoseconds * 10 + fraction.get(at).map_or(Some(0), |byte| digit(*byte))?;
    }
    let year = i16::try_from(two(y0, y1)? * 100 + two(y2, y3)?).ok()?;
    let (month, day) = (small(m0, m1)?, small(d0, d1)?);
    let time = DateTime::new(year, month, day, small(h0, h1)?, small(n0, n1)?, small(s0, s1)?, nanoseconds);
    Offset::UTC.to_timestamp(time.ok()?).ok()
}

/// Writes a time in epoch seconds, none as 0.
pub(crate) fn write_epoch<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.map_or(0, |time| time.as_second()))
}

#[cfg(test)]
#[allow(unreachable_pub)]
mod tests {
    use super::*;

    open_enum! {
        /// A test's colours.
        pub enum Colour { /** Red. */ Red = "red", /** Blue. */ Blue = "blue" }
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

    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Odd {
        #[serde(deserialize_with = "number")]
        count: u8,
        #[serde(deserialize_with = "text")]
        id: crate::id::MarkerId,
        #[serde(default, deserialize_with = "epoch", serialize_with = "write_epoch")]
        at: Option<Timestamp>,
    }

    #[test]
    fn numbers_texts_and_times_are_read_in_either_form() {
        let at = Timestamp::from_second(1_767_330_367).unwrap();
        let odd = Odd { count: 60, id: "123".into(), at: Some(at) };
        for json in [
            r#"{"count":60,"id":123,"at":1767330367}"#,
            r#"{"count":"60","id":"123","at":"2026-01-02T05:06:07Z"}"#,
        ] {
            assert_eq!(serde_json::from_str::<Odd>(json).unwrap(), odd, "{json}");
        }
        assert_eq!(serde_json::to_string(&odd).unwrap(), r#"{"count":60,"id":"123","at":1767330367}"#);
        for none in [r#""at":0"#, r#""at":"""#, r#""at":"0""#, r#""at":null"#, r#""more":1"#] {
            let odd: Odd = serde_json::from_str(&format!(r#"{{"count":1,"id":"",{none}}}"#)).unwrap();
            assert_eq!(odd.at, None, "{none}");
            assert_eq!(serde_json::to_string(&odd).unwrap(), r#"{"count":1,"id":"","at":0}"#);
        }
    }

    #[test]
    fn a_time_is_the_same_on_the_short_way() {
        #[derive(serde::Deserialize)]
        #[serde(transparent)]
        struct At(#[serde(deserialize_with = "time")] Timestamp);
        for text in [
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.6Z",
            "2024-02-29T23:59:59.123456789Z",
            "0000-01-01T00:00:00Z",
            "2026-12-31T23:59:60Z",
            "2026-01-02T03:04:05+01:00",
            "2026-01-02 03:04:05Z",
            "2026-01-02T03:04:05.1234567890Z",
            "2026-01-02T03:04:05.Z",
            "2023-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-02T24:00:00Z",
            "2026-01-02T03:04:05.12/Z",
            "2026-01-0:T03:04:05Z",
            "",
        ] {
            let read = serde_json::from_value::<At>(text.into()).map(|At(time)| time).ok();
            assert_eq!(read, text.parse().ok(), "{text}");
            if let Some(usual) = usual_time(text.as_bytes()) {
                assert_eq!(Some(usual), read, "{text}");
            }
        }
    }

    #[test]
    fn a_number_or_time_out_of_range_is_an_error_not_a_panic() {
        for json in [
            r#"{"count":256,"id":""}"#,
            r#"{"count":-1,"id":""}"#,
            r#"{"count":18446744073709551615,"id":""}"#,
            r#"{"count":"many","id":""}"#,
            r#"{"count":1,"id":"","at":9223372036854775807}"#,
            r#"{"count":1,"id":"","at":"yesterday"}"#,
        ] {
            assert!(serde_json::from_str::<Odd>(json).is_err(), "{json}");
        }
    }
}
