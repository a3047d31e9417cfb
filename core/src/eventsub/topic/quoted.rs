//! Values that some events have in quotes, or in capitals, and others not.

use crate::id::UserId;
use compact_str::CompactString;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// What may come in quotes: `"60"`, `"false"`.
pub(super) trait Quotable: Default + FromStr {
    fn from_bool(value: bool) -> Option<Self>;
    fn from_u64(value: u64) -> Option<Self>;
}

impl Quotable for u64 {
    fn from_bool(_: bool) -> Option<Self> {
        None
    }

    fn from_u64(value: u64) -> Option<Self> {
        Some(value)
    }
}

impl Quotable for bool {
    fn from_bool(value: bool) -> Option<Self> {
        Some(value)
    }

    fn from_u64(_: u64) -> Option<Self> {
        None
    }
}

/// Reads a value with or without quotes; null is the default.
pub(super) fn quoted<'de, D: Deserializer<'de>, T: Quotable>(deserializer: D) -> Result<T, D::Error> {
    struct Either<T>(PhantomData<T>);
    impl<T: Quotable> Visitor<'_> for Either<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}, in quotes or not", std::any::type_name::<T>())
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
            T::from_bool(value).ok_or_else(|| E::invalid_type(serde::de::Unexpected::Bool(value), &self))
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
            T::from_u64(value).ok_or_else(|| E::invalid_type(serde::de::Unexpected::Unsigned(value), &self))
        }

        fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
            value.parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(value), &self))
        }

        fn visit_unit<E>(self) -> Result<T, E> {
            Ok(T::default())
        }
    }
    deserializer.deserialize_any(Either(PhantomData))
}

/// Reads a user id that may come as a number.
pub(super) fn id_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UserId, D::Error> {
    struct Either;
    impl Visitor<'_> for Either {
        type Value = UserId;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a user id")
        }

        fn visit_u64<E>(self, value: u64) -> Result<UserId, E> {
            Ok(UserId::new(compact_str::format_compact!("{value}")))
        }

        fn visit_str<E>(self, value: &str) -> Result<UserId, E> {
            Ok(value.into())
        }
    }
    deserializer.deserialize_any(Either)
}

/// Reads an enum's value in whatever case it comes: `Expired`, `expired`.
pub(super) fn any_case<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    let value: Option<CompactString> = Deserialize::deserialize(deserializer)?;
    Ok(T::from(&value.unwrap_or_default().to_ascii_lowercase()))
}
