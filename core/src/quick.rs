//! Reads JSON where all is well, and nothing but that.
//!
//! [`read`] is a reader without errors: it gives a value and how long its text was, or nothing. Whoever gets nothing
//! reads again with `serde_json`, which has the last word and can say what is wrong and where. So the good path, which
//! nearly every message takes, carries no account of errors that do not happen.
//!
//! The text goes by in one pass, eight bytes at a time inside strings. What is rare is left to `serde_json` at its
//! place (strings with escapes, fractions, numbers of twenty digits) or as a whole (nesting deeper than [`DEPTH`], an
//! enum with content, a tuple).

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use std::fmt;

/// Below what `serde_json` allows.
const DEPTH: u8 = 100;

/// Reads the value at the beginning of the text, and says where it ends.
pub(crate) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Option<(T, usize)> {
    let mut reader = Reader { text, at: 0, depth: DEPTH };
    match T::deserialize(&mut reader) {
        // Whoever reads an object or a list reads it to its end.
        Ok(value) if reader.depth == DEPTH => Some((value, reader.at)),
        _ => None,
    }
}

struct Reader<'de> {
    text: &'de str,
    at: usize,
    depth: u8,
}

/// Not what was expected, or rare.
#[derive(Debug)]
struct Unusual;

impl std::error::Error for Unusual {}

impl fmt::Display for Unusual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unusual")
    }
}

impl de::Error for Unusual {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Unusual
    }
}

impl<'de> Reader<'de> {
    /// The next byte that is no space; 0 at the end.
    fn peek(&mut self) -> u8 {
        match self.byte() {
            byte if byte > b' ' => byte,
            _ => self.peek_past_space(),
        }
    }

    #[cold]
    fn peek_past_space(&mut self) -> u8 {
        while matches!(self.byte(), b' ' | b'\n' | b'\t' | b'\r') {
            self.at += 1;
        }
        self.byte()
    }

    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn expect(&mut self, byte: u8) -> Result<(), Unusual> {
        if self.peek() != byte {
            return Err(Unusual);
        }
        self.at += 1;
        Ok(())
    }

    fn word<const N: usize>(&mut self, word: &[u8; N]) -> Result<(), Unusual> {
        if self.text.as_bytes().get(self.at..self.at + N) != Some(word) {
            return Err(Unusual);
        }
        self.at += N;
        Ok(())
    }

    /// Reads a string, whose opening quote is next.
    fn string<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unusual> {
        let start = self.at + 1;
        let rest = self.text.as_bytes().get(start..).ok_or(Unusual)?;
        let length = plain_length(rest);
        if rest.get(length) != Some(&b'"') {
            return self.escaped_string(visitor);
        }
        self.at = start + length + 1;
        visitor.visit_borrowed_str(self.text.get(start..start + length).ok_or(Unusual)?)
    }

    #[cold]
    fn escaped_string<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unusual> {
        let open = self.at;
        self.at += 1;
        while self.byte() != b'"' {
            self.at += match self.byte() {
                b'\\' => 2,
                0 => return Err(Unusual),
                _ => 1,
            };
        }
        self.at += 1;
        let escaped = self.text.get(open..self.at).ok_or(Unusual)?;
        visitor.visit_string(serde_json::from_str(escaped).map_err(|_| Unusual)?)
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unusual> {
        let start = self.at;
        while matches!(self.byte(), b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).ok_or(Unusual)?;
        match text.as_bytes() {
            [digit @ b'0'..=b'9'] => visitor.visit_u64(u64::from(digit - b'0')),
            [b'1'..=b'9', rest @ ..] if rest.len() < 19 && rest.iter().all(u8::is_ascii_digit) => {
                visitor.visit_u64(text.parse().map_err(|_| Unusual)?)
            }
            _ => {
                let number: serde_json::Number = serde_json::from_str(text).map_err(|_| Unusual)?;
                number.deserialize_any(visitor).map_err(|_| Unusual)
            }
        }
    }

    /// Steps into an object or a list. Its end is where [`Inside::next`] finds it: a value that passes through here is
    /// moved once more.
    fn open(&mut self, bracket: u8) -> Result<Inside<'_, 'de>, Unusual> {
        self.expect(bracket)?;
        self.depth = self.depth.checked_sub(1).ok_or(Unusual)?;
        Ok(Inside { reader: self, place: Place::First })
    }
}

/// How many bytes stand before the first quote, backslash or control character.
fn plain_length(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let mut length = 0;
    let mut rest = text;
    while let Some((eight, more)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*eight);
        // The highest bit of each byte that ends the text, and perhaps of some above it.
        let quote = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        let ends = (quote | backslash | control) & !word & (ONES * 0x80);
        if ends != 0 {
            return length + ends.trailing_zeros() as usize / 8;
        }
        length += 8;
        rest = more;
    }
    length + rest.iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20).unwrap_or(rest.len())
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unusual;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        match self.peek() {
            b'"' => self.string(visitor),
            b'{' => visitor.visit_map(self.open(b'{')?),
            b'[' => visitor.visit_seq(self.open(b'[')?),
            b'n' => self.word(b"null").and_then(|()| visitor.visit_unit()),
            b't' => self.word(b"true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.word(b"false").and_then(|()| visitor.visit_bool(false)),
            b'0'..=b'9' | b'-' => self.number(visitor),
            _ => Err(Unusual),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        match self.peek() {
            b'n' => self.word(b"null").and_then(|()| visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        match self.peek() {
            b'"' => self.string(visitor),
            _ => Err(Unusual),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.deserialize_str(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        visitor.visit_map(self.open(b'{')?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unusual> {
        visitor.visit_map(self.open(b'{')?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        visitor.visit_seq(self.open(b'[')?)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unusual> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unusual> {
        let name = <&str>::deserialize(self)?;
        visitor.visit_enum(BorrowedStrDeserializer::new(name))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        ignored_any
    }
}

/// The inside of an object or a list.
struct Inside<'a, 'de> {
    reader: &'a mut Reader<'de>,
    place: Place,
}

enum Place {
    First,
    Later,
    End,
}

impl Inside<'_, '_> {
    /// Steps to the next item and gives its first byte, or steps out where there is none.
    fn next(&mut self, bracket: u8) -> Result<Option<u8>, Unusual> {
        let byte = match self.place {
            Place::First => {
                self.place = Place::Later;
                self.reader.peek()
            }
            Place::Later if self.reader.peek() == b',' => {
                self.reader.at += 1;
                return Ok(Some(self.reader.peek()));
            }
            Place::Later if self.reader.peek() == bracket => bracket,
            Place::Later => return Err(Unusual),
            Place::End => return Ok(None),
        };
        if byte != bracket {
            return Ok(Some(byte));
        }
        self.place = Place::End;
        self.reader.at += 1;
        self.reader.depth += 1;
        Ok(None)
    }
}

impl<'de> MapAccess<'de> for Inside<'_, 'de> {
    type Error = Unusual;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unusual> {
        match self.next(b'}')? {
            Some(b'"') => seed.deserialize(Key(self.reader)).map(Some),
            Some(_) => Err(Unusual),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unusual> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> SeqAccess<'de> for Inside<'_, 'de> {
    type Error = Unusual;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unusual> {
        match self.next(b']')? {
            Some(_) => seed.deserialize(&mut *self.reader).map(Some),
            None => Ok(None),
        }
    }
}

/// A member's name, whose opening quote is next.
struct Key<'a, 'de>(&'a mut Reader<'de>);

impl<'de> Deserializer<'de> for Key<'_, 'de> {
    type Error = Unusual;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unusual> {
        self.0.string(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
#[path = "quick_tests.rs"]
mod tests;
