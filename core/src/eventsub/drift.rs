//! [`Drift`]: where what Twitch sent has outgrown what this version knows. Nothing is lost by it; whoever keeps the
//! library up to date wants to hear of it.
//!
//! The event is read, and written again beside its raw JSON: a member that nothing is written for is unknown, and an
//! open enum marks the values it does not know as it writes them.

use super::{Event, Notification};
use crate::wire::UNKNOWN;
use bytes::Bytes;
use serde::de::value::Error;
use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt;

/// Something that this version of the library does not know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Drift {
    /// The topic or its version.
    Topic,
    /// The event does not have the documented form, and arrives raw.
    Unreadable {
        /// What is wrong, and where.
        why: String,
    },
    /// A member that no field holds. It is in the raw event.
    Member {
        /// Where: `message.fragments[].new`.
        place: String,
    },
    /// A value of an enum, kept in its `Unknown`.
    Value {
        /// Where: `message.fragments[].type`.
        place: String,
        /// The value.
        value: String,
    },
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Drift::Topic => f.write_str("the topic or its version is unknown"),
            Drift::Unreadable { why } => f.write_str(why),
            Drift::Member { place } => write!(f, "`{place}` is unknown"),
            Drift::Value { place, value } => write!(f, "`{place}` has the unknown value `{value}`"),
        }
    }
}

/// Looks at every event for [`Drift`]. It needs all that this version knows of all topics, which a program that has no
/// watch does not have to carry.
#[derive(Clone, Copy)]
pub struct DriftWatch(fn(&Notification) -> Vec<Drift>);

impl DriftWatch {
    /// The only one there is.
    #[expect(clippy::new_without_default, reason = "nobody is to have one by accident")]
    pub fn new() -> Self {
        DriftWatch(Notification::drift)
    }

    pub(crate) fn look(self, notification: &Notification) -> Vec<Drift> {
        self.0(notification)
    }
}

impl fmt::Debug for DriftWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DriftWatch")
    }
}

/// A watch in a recording: whether there was one.
pub(crate) mod watched {
    use super::DriftWatch;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(watch: &Option<DriftWatch>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bool(watch.is_some())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DriftWatch>, D::Error> {
        Ok(bool::deserialize(from)?.then(DriftWatch::new))
    }
}

impl Drift {
    /// What this version does not know of an event, each thing once. Members that are null say nothing, and are passed
    /// over. For an event that has arrived: [`Notification::drift`](super::Notification::drift).
    pub fn of(topic: &str, version: &str, raw: &Bytes) -> Vec<Drift> {
        let event = match Event::read(topic, version, raw) {
            Event::Unknown(unknown) => {
                return vec![unknown.why.map_or(Drift::Topic, |why| Drift::Unreadable { why })];
            }
            event => event,
        };
        // What follows the event is no part of it.
        let values = &mut serde_json::Deserializer::from_slice(raw).into_iter::<Value>();
        let Some(Ok(mut raw)) = values.next() else { return Vec::new() };
        // `automod.settings.update` comes in a list.
        if raw.as_object().is_some_and(|members| members.len() == 1)
            && let Some(only) = raw.pointer_mut("/data/0")
        {
            raw = only.take();
        }
        let mut found = BTreeSet::new();
        // Nothing in an event is of a form that `Beside` refuses.
        let _ = event.serialize(Beside { raw: Some(&raw), place: String::new(), found: &mut found });
        found.into_iter().collect()
    }
}

/// Older names of fields, which are read and not written.
const OLDER_NAMES: &[(&str, &str)] = &[
    ("Cheermote", "cheermote"),
    ("decimal_place", "decimal_places"),
    ("moderator_id", "moderator_user_id"),
    ("moderator_login", "moderator_user_login"),
    ("moderator_name", "moderator_user_name"),
    ("sub_plan", "sub_tier"),
];

/// Writes nothing: looks at what is written beside what came.
struct Beside<'a> {
    raw: Option<&'a Value>,
    place: String,
    found: &'a mut BTreeSet<Drift>,
}

macro_rules! pass_over {
    ($($name:ident($($argument:ty),*))*) => {
        $(fn $name(self, $(_: $argument),*) -> Result<(), Error> { Ok(()) })*
    };
}

impl<'a> Serializer for Beside<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeStructVariant = Impossible<(), Error>;

    pass_over! {
        serialize_bool(bool)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_f32(f32) serialize_f64(f64)
        serialize_char(char) serialize_str(&str) serialize_bytes(&[u8])
        serialize_none() serialize_unit() serialize_unit_struct(&'static str)
        serialize_unit_variant(&'static str, u32, &'static str)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        if name != UNKNOWN {
            return value.serialize(self);
        }
        if let Ok(Value::String(value)) = serde_json::to_value(value) {
            self.found.insert(Drift::Value { place: self.place, value });
        }
        Ok(())
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Error> {
        let items = self.raw.and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter();
        Ok(Items { items, place: format!("{}[]", self.place), found: self.found })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a>, Error> {
        let members = self.raw.and_then(Value::as_object);
        Ok(Members { members, written: BTreeSet::new(), place: self.place, found: self.found })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Members<'a>, Error> {
        self.serialize_map(Some(length))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(Error::custom("no event has a tuple"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(Error::custom("no event has a tuple"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error::custom("no event has a tuple"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error::custom("no event has an enum of this form"))
    }
}

struct Items<'a> {
    items: std::slice::Iter<'a, Value>,
    place: String,
    found: &'a mut BTreeSet<Drift>,
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Beside { raw: self.items.next(), place: self.place.clone(), found: self.found })
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

struct Members<'a> {
    members: Option<&'a Map<String, Value>>,
    /// Names; the last one waits for its value.
    written: BTreeSet<String>,
    place: String,
    found: &'a mut BTreeSet<Drift>,
}

impl Members<'_> {
    fn below(&self, name: &str) -> String {
        match &*self.place {
            "" => name.to_owned(),
            place => format!("{place}.{name}"),
        }
    }

    fn write<T: ?Sized + Serialize>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        let older = || OLDER_NAMES.iter().find_map(|(older, now)| (*now == name).then_some(*older));
        let holds = |name: &str| self.members.is_some_and(|members| members.contains_key(name));
        let came_as = older().filter(|older| holds(older) && !holds(name)).unwrap_or(name);
        let raw = self.members.and_then(|members| members.get(came_as));
        self.written.insert(came_as.to_owned());
        value.serialize(Beside { raw, place: self.below(came_as), found: self.found })
    }
}

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, _: &T) -> Result<(), Error> {
        Err(Error::custom("names come with their values"))
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, _: &T) -> Result<(), Error> {
        Err(Error::custom("values come with their names"))
    }

    fn serialize_entry<K: ?Sized + Serialize, V: ?Sized + Serialize>(
        &mut self,
        name: &K,
        value: &V,
    ) -> Result<(), Error> {
        match serde_json::to_value(name) {
            Ok(Value::String(name)) => self.write(&name, value),
            _ => Err(Error::custom("a name is a string")),
        }
    }

    fn end(self) -> Result<(), Error> {
        for (name, value) in self.members.into_iter().flatten() {
            if !self.written.contains(name) && !value.is_null() {
                let place = self.below(name);
                self.found.insert(Drift::Member { place });
            }
        }
        Ok(())
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.write(name, value)
    }

    fn end(self) -> Result<(), Error> {
        SerializeMap::end(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn drift_of(topic: &str, event: Value) -> Vec<String> {
        let raw = Bytes::from(event.to_string());
        Drift::of(topic, "1", &raw).iter().map(Drift::to_string).collect()
    }

    #[test]
    fn members_and_values_that_nobody_knows_are_named_once_with_their_place() {
        let fragment = |kind: &str| json!({"type": kind, "text": "", "sticker": {"id": 1}, "emote": null});
        let event = json!({
            "broadcaster_user_id": "1001", "chatter_user_id": "1002", "message_id": "m1", "mood": "good",
            "message": {"text": "", "fragments": [fragment("sticker"), fragment("text"), fragment("sticker")]},
            "message_type": "telepathy", "new_and_null": null, "color": "",
        });
        assert_eq!(
            drift_of("channel.chat.message", event),
            [
                "`message.fragments[].sticker` is unknown",
                "`mood` is unknown",
                "`message.fragments[].type` has the unknown value `sticker`",
                "`message_type` has the unknown value `telepathy`",
            ]
        );
    }

    #[test]
    fn a_new_kind_of_a_union_is_a_value() {
        let event = json!({
            "broadcaster_user_id": "1001", "moderator_user_id": "1002", "action": "tickle",
            "tickle": {"user_id": "1003"}, "ban": null,
        });
        assert_eq!(drift_of("channel.moderate", event), ["`action` has the unknown value `tickle`"]);
    }

    #[test]
    fn topics_that_nobody_knows_and_events_that_do_not_decode_are_drift_as_a_whole() {
        assert_eq!(drift_of("moon.phase", json!({})), ["the topic or its version is unknown"]);
        let [why] = &drift_of("channel.raid", json!({"viewers": "many"}))[..] else { panic!() };
        assert!(why.starts_with("the event cannot be read at `viewers`"), "{why}");
    }
}
