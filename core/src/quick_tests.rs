//! [`read`] against `serde_json`: whatever `read` gives, `serde_json` gives too, and as much of the text is used.

use super::*;
use crate::eventsub::topic::chat::ChannelChatMessageEvent;
use bytes::Bytes;
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What `serde_json` makes of the same text.
fn plain<'de, T: Deserialize<'de>>(text: &'de str) -> Option<(T, usize)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    let value = values.next()?.ok()?;
    Some((value, values.byte_offset()))
}

fn agrees_on<'de, T: Deserialize<'de> + PartialEq + fmt::Debug>(text: &'de str) -> bool {
    let quick = read::<T>(text);
    if quick.is_some() {
        assert_eq!(quick, plain(text), "{text:?}");
    }
    quick.is_some()
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Kind {
    #[serde(rename = "a")]
    A,
    B(u8),
    C {
        a: u8,
    },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "a")]
enum Tagged {
    #[serde(rename = "a")]
    A { b: Option<i8> },
    #[serde(other)]
    Other,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(f64),
    Text(String),
    Flag(bool),
    Object(Box<Object>),
    List(Vec<Untagged>),
    None,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Object {
    a: Option<u64>,
    #[serde(default)]
    b: Option<Box<Object>>,
    #[serde(default)]
    c: Vec<Kind>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Flat {
    a: IgnoredAny,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Name(String);

#[derive(Debug, PartialEq, Deserialize)]
struct Nothing;

/// Reads the text as everything that serde can ask for, and says as how many of these it can be read.
fn agrees_on_all(text: &str) -> usize {
    let read = [
        agrees_on::<Value>(text),
        agrees_on::<IgnoredAny>(text),
        agrees_on::<Vec<Value>>(text),
        agrees_on::<Vec<IgnoredAny>>(text),
        agrees_on::<Vec<Option<bool>>>(text),
        agrees_on::<Vec<u8>>(text),
        agrees_on::<Vec<i8>>(text),
        agrees_on::<Vec<u64>>(text),
        agrees_on::<Vec<i64>>(text),
        agrees_on::<Vec<u128>>(text),
        agrees_on::<Vec<i128>>(text),
        agrees_on::<Vec<f32>>(text),
        agrees_on::<Vec<f64>>(text),
        agrees_on::<Vec<char>>(text),
        agrees_on::<Vec<&str>>(text),
        agrees_on::<Vec<Option<String>>>(text),
        agrees_on::<Vec<&[u8]>>(text),
        agrees_on::<Vec<Bytes>>(text),
        agrees_on::<Bytes>(text),
        agrees_on::<Vec<()>>(text),
        agrees_on::<Vec<Nothing>>(text),
        agrees_on::<Vec<Name>>(text),
        agrees_on::<Vec<Kind>>(text),
        agrees_on::<Vec<Tagged>>(text),
        agrees_on::<Vec<Untagged>>(text),
        agrees_on::<Vec<Object>>(text),
        agrees_on::<Vec<Option<Object>>>(text),
        agrees_on::<Vec<Flat>>(text),
        agrees_on::<Vec<[u8; 0]>>(text),
        agrees_on::<Vec<(Value, Value)>>(text),
        agrees_on::<(Value, Value)>(text),
        agrees_on::<Vec<BTreeMap<String, Value>>>(text),
        agrees_on::<Vec<BTreeMap<u64, Value>>>(text),
        agrees_on::<Vec<BTreeMap<bool, Value>>>(text),
        agrees_on::<Vec<BTreeMap<Name, Value>>>(text),
        agrees_on::<Vec<BTreeMap<Kind, Value>>>(text),
        agrees_on::<Vec<BTreeMap<Option<String>, Value>>>(text),
    ];
    read.into_iter().filter(|read| *read).count()
}

#[test]
fn plain_json_is_read_to_its_end_and_no_further() {
    let text = "{ \"a\" : [1, -2, 3.5, true, false, null, \"\\\"\\u00fc\", {}, []] , \"ü\":\"x\"\n} , more";
    let (value, length) = read::<Value>(text).unwrap();
    assert_eq!(value, json!({"a": [1, -2, 3.5, true, false, null, "\"ü", {}, []], "ü": "x"}));
    assert_eq!(&text[length..], " , more");
}

#[test]
fn a_chat_message_needs_no_second_reader() {
    assert!(read::<ChannelChatMessageEvent>(chat_message()).is_some());
}

#[test]
fn what_is_no_json_is_not_read() {
    let brackets =
        "{ [ ] } {] [} [1} [[1] {,} [,] [,1] [1,] [1,,2] [1;2] {1:2} {a:1} {null:1} {'a':1} {[]:1} {{}:1}";
    let members = r#"{"a":1,} {"a":1,,"b":2} {"a":1"b":2} {"a"1} {"a"} {"a":} {"a",1} {"a"::1} {"a":1] {"a":1,2}
        {"$serde_json::private::RawValue":"[1,]"} {"$serde_json::private::RawValue":1}"#;
    let numbers = "- --1 +1 01 00 -01 1. .1 -.1 1e 1e+ 1.e1 1-2 1+2 1e1e1 1.1.1 0x1 1_000 1f NaN -Infinity 1e400 -1e400";
    let words = "nul nulll Null True tru truefalse f undefined 'a' /**/1";
    let strings = r#"" "\" "\ "\x" "\U0041" "\u00e" "\u+123" "\ü" "a"b" "\ud800" "\udc00" "\ud83d\u0041" "\ud800\ud800"
        "\ud83d\" "\ud83d\n" "seven77\x" "\u00"#;
    let control = [
        "\"\n\"",
        "\"\t\"",
        "\"\0\"",
        "\"\u{1f}\"",
        "\"seven77\n\"",
        "\"seven77\0\"",
        "\"\\u0041\u{1}\"",
        "\"\\\n\"",
        "1 2",
        "\0",
        "1\0",
        "\u{1}1",
        "\u{b}1",
        "\u{c}1",
        "\u{a0}1",
        "\u{2028}1",
        "\u{feff}1",
        "1\u{7f}",
        "//\n1",
    ];
    let lists = [brackets, members, numbers, words, strings];
    for item in lists.iter().flat_map(|list| list.split_ascii_whitespace()).chain(control) {
        for text in [format!("[{item}]"), format!("[1,{item}]"), format!("[{{\"a\":{item}}}]")] {
            // A bracket too many closes what is whole up to there.
            let whole = plain::<Value>(&text);
            assert!(whole.is_none_or(|(_, length)| length < text.len()), "{text:?}");
            assert_eq!(read::<Value>(&text), plain(&text), "{text:?}");
            agrees_on_all(&text);
        }
    }
    for text in ["", " ", "\0", "\u{feff}{}", "-", "nul", "[1", "{\"a\":1", "[\"a"] {
        assert_eq!((agrees_on_all(text), read::<Value>(text)), (0, None), "{text:?}");
    }
}

#[test]
fn what_is_json_is_read_however_odd() {
    let numbers =
        "0 -0 7 10 -1 127 128 -128 -129 255 256 9223372036854775807 9223372036854775808 9999999999999999999
        18446744073709551615 18446744073709551616 -9223372036854775808 -9223372036854775809
        340282366920938463463374607431768211455 340282366920938463463374607431768211456
        -0.0 0e0 0.1 1E+2 1e3 1e-400 16777217.0 1.00000017881393432617187499 123456789.123456789e-7";
    let strings =
        r#""" "1" "true" "a" "\u0061" "ü" "\u00fc" "😀" "\ud83d\ude00" "\u0000" "\/\b\f\n\r\t" "\\" "/**/""#;
    let others = r#"null true false [] [[]] [1,2] ["a"] {} {"":1} {"b":1} {"1":1} {"true":1} {"\u0061":1,"a":2}
        {"a":null} {"a":1,"a":2} {"a":"a","b":1} {"a":"a","b":{}} {"a":null,"b":{"a":3},"c":["a"]}
        {"B":1} {"C":{"a":1}} {"C":[1]} {"a":1,"c":[{"B":1}]} {"$serde_json::private::Number":"1"}"#;
    let spaced =
        ["\"\u{7f}\"", "\"\u{2028}\"", "\"\u{ffff}\"", "\" \"", "[ ]", "{ }", "{ \"a\" : 1 , \"b\" : null }"];
    let lists = [numbers, strings, others];
    for item in lists.iter().flat_map(|list| list.split_ascii_whitespace()).chain(spaced) {
        for text in
            [format!("[{item}]"), format!(" [ {item}\t,\r{item}\n] ]"), format!("[{{\"a\":{item}}}],")]
        {
            assert!(agrees_on::<Value>(&text), "{text:?}");
            agrees_on_all(&text);
        }
    }
}

#[test]
fn a_number_of_any_length_is_read_once() {
    for digits in [19, 20, 39, 310, 100_000] {
        for text in [format!("[{}]", "9".repeat(digits)), format!("[0.{}1]", "0".repeat(digits))] {
            agrees_on_all(&text);
            assert_eq!(read::<Value>(&text), plain(&text), "{digits}");
        }
    }
}

#[test]
fn who_does_not_read_to_the_end_gets_nothing() {
    assert_eq!(read::<(u8, u8)>("[1,2]"), None);
    assert_eq!(read::<Vec<(u8, u8)>>("[[1,2]]"), None);
    assert_eq!(read::<Vec<(u8, u8)>>("[[1,2]]]"), None);
    assert_eq!(read::<Vec<[u8; 0]>>("[[],[]]"), None);
    // `Value` reads one member of an object that begins with this name.
    assert_eq!(read::<Value>(r#"{"$serde_json::private::RawValue":"[1]"}"#), None);
    assert_eq!(read::<Value>(r#"[{"$serde_json::private::RawValue":"[1]"}]"#), None);
}

#[test]
fn a_string_ends_where_it_ends_wherever_that_is() {
    for length in 0..40 {
        let inside = "ü".repeat(length / 2) + &"x".repeat(length % 2);
        let text = format!("\"{inside}\"{}", "y".repeat(length % 9));
        assert_eq!(read::<&str>(&text), Some((&*inside, inside.len() + 2)));
        let escaped = format!("\"{inside}\\n\"");
        assert_eq!(read::<String>(&escaped), Some((inside + "\n", escaped.len())));
    }
}

#[test]
fn every_byte_in_a_string_counts_as_in_the_slow_reader_wherever_it_stands() {
    for byte in 0..=0x7f_u8 {
        for before in 0..17 {
            let text =
                format!("[\"{}{}{}\"]", "x".repeat(before), byte as char, "\u{80}#!]".repeat(before % 5));
            assert_eq!(read::<Value>(&text), plain(&text), "{text:?}");
        }
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
    assert!(read::<Value>(&nested(100)).is_some());
    assert!(read::<Value>(&nested(101)).is_none());
    assert!(read::<IgnoredAny>(&nested(101)).is_none());
    assert!(read::<Value>(&nested(1_000_000)).is_none());
    assert!(read::<Object>(&("{\"b\":".repeat(1_000_000) + "null")).is_none());
    let beside = format!("[{}]", vec![nested(99); 1000].join(","));
    assert_eq!(read::<Value>(&beside), plain(&beside));
}

/// The event in the chat message of the fixtures.
fn chat_message() -> &'static str {
    let frame = include_str!("../fixtures/chat_message_frame.json").trim_end();
    let (_, event) = frame.split_once("\"event\":").unwrap();
    event.strip_suffix("}}").unwrap()
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<u8>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-cABC]".prop_map(Value::from),
        "[a-z]{0,30}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let name = prop_oneof!["[a-cBC]", any::<String>()];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..5).prop_map(Value::from_iter),
        ]
    })
}

/// Texts to put in place of a byte or of nothing.
fn breaks() -> impl Strategy<Value = Vec<(usize, bool, String)>> {
    let text = prop_oneof![
        "[\\[\\]{}\",:\\\\ 0-9a-ce+.-]?",
        "\\\\(u[0-9a-fd][0-9a-f]{3}|[bfnrtu\"/x\\\\])",
        "-?[0-9]{1,25}(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?",
        "[\\x00-\\x20\\x7f\\u{80}\\u{a0}\\u{2028}\\u{feff}😀]",
        "null|true|false|,\\]|,\\}|\"[a-c]\":|\"[a-c]\",",
    ];
    proptest::collection::vec((any::<usize>(), any::<bool>(), text), 1..4)
}

fn broken(mut text: String, breaks: Vec<(usize, bool, String)>) -> String {
    for (place, over, instead) in breaks {
        let at = place % text.len().max(1);
        let end = at + usize::from(over);
        if text.is_char_boundary(at) && text.is_char_boundary(end) {
            text.replace_range(at..end, &instead);
        }
    }
    text
}

proptest! {
    #[test]
    fn all_json_is_read_as_the_slow_reader_reads_it(value in value()) {
        for text in [format!("[{value}]"), format!("[{value:#}]")] {
            prop_assert_eq!(read::<Value>(&text), plain(&text));
            agrees_on_all(&text);
        }
    }

    #[test]
    fn broken_json_is_not_read_otherwise_than_the_slow_reader_does(value in value(), breaks in breaks()) {
        // At the top, `serde_json` looks at what stands behind a number or a word.
        let text = broken(format!("[{value}]"), breaks);
        if text.starts_with(['[', '{', '"']) {
            agrees_on_all(&text);
        }
    }

    #[test]
    fn a_broken_chat_message_is_not_read_otherwise_than_the_slow_reader_does(breaks in breaks()) {
        let text = broken(chat_message().to_owned(), breaks);
        if text.starts_with(['[', '{', '"']) {
            agrees_on::<ChannelChatMessageEvent>(&text);
            agrees_on::<Value>(&text);
            agrees_on::<IgnoredAny>(&text);
        }
    }
}
