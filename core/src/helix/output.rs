//! The shapes that answers have on the wire, and the values that callers get from them.
//!
//! An answer's status is judged before its body is read, and the body is read once.

use super::{CallError, Endpoint};
use crate::wire::null_as_default;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::marker::PhantomData;

/// What a call to `E` gives: the value of its shape.
pub type Value<E> = <<E as Endpoint>::Output as Shape>::Value;

/// An answer from Helix that is not a refusal.
#[derive(Clone)]
pub struct Answer {
    /// The operation that was called.
    pub operation: &'static str,
    /// The status: 2xx, or one that the shape [accepts](Shape::accepts).
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
}

impl Answer {
    /// Reads the body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        serde_json::from_slice(&self.body).map_err(|error| CallError::Unreadable {
            operation: self.operation,
            status: self.status,
            why: why_unreadable::<T>(&self.body).unwrap_or_else(|| error.to_string()),
        })
    }
}

/// Reads a body that would not be read once more, this time to learn the path of the field at fault. Words that serde
/// quotes from the body are left out.
fn why_unreadable<T: DeserializeOwned>(body: &[u8]) -> Option<String> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let error = serde_path_to_error::deserialize::<_, T>(&mut reader).err()?;
    let words = error.inner().to_string();
    let words = match (words.find('"'), words.rfind('"')) {
        (Some(from), Some(to)) if from < to => format!("{}…{}", &words[..=from], &words[to..]),
        _ => words,
    };
    Some(format!("`{}`: {words}", error.path()))
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({} {}, {} bytes)", self.operation, self.status, self.body.len())
    }
}

/// How an answer becomes a value.
pub trait Shape {
    /// What the caller gets.
    type Value;

    /// Whether this status, other than 2xx, is an answer all the same: a 404 that means "there is none".
    fn accepts(_: StatusCode) -> bool {
        false
    }

    /// Reads the answer.
    fn decode(answer: &Answer) -> Result<Self::Value, CallError>;
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Data<T> {
    #[serde(default, deserialize_with = "null_as_default")]
    data: Vec<T>,
}

/// `{"data": [T]}` with exactly one item: the caller gets `T`.
pub struct One<T>(PhantomData<T>);

impl<T: DeserializeOwned> Shape for One<T> {
    type Value = T;

    fn decode(answer: &Answer) -> Result<T, CallError> {
        Maybe::decode(answer)?.ok_or_else(|| CallError::Unreadable {
            operation: answer.operation,
            status: answer.status,
            why: "`data` is empty".into(),
        })
    }
}

/// `{"data": [T]}` with at most one item: the caller gets `Option<T>`.
pub struct Maybe<T>(PhantomData<T>);

impl<T: DeserializeOwned> Shape for Maybe<T> {
    type Value = Option<T>;

    fn decode(answer: &Answer) -> Result<Option<T>, CallError> {
        let Data { data } = answer.json::<Data<T>>()?;
        Ok(data.into_iter().next())
    }
}

/// `{"data": [T]}`: the caller gets `Vec<T>`.
pub struct List<T>(PhantomData<T>);

impl<T: DeserializeOwned> Shape for List<T> {
    type Value = Vec<T>;

    fn decode(answer: &Answer) -> Result<Vec<T>, CallError> {
        Ok(answer.json::<Data<T>>()?.data)
    }
}

/// A body with a form of its own: the caller gets it whole.
pub struct Json<T>(PhantomData<T>);

impl<T: DeserializeOwned> Shape for Json<T> {
    type Value = T;

    fn decode(answer: &Answer) -> Result<T, CallError> {
        answer.json()
    }
}

/// A body that is not JSON.
pub struct Text;

impl Shape for Text {
    type Value = String;

    fn decode(answer: &Answer) -> Result<String, CallError> {
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }
}

/// 204, or a body that says nothing.
impl Shape for () {
    type Value = ();

    fn decode(_: &Answer) -> Result<(), CallError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug)]
    struct Item {
        #[serde(rename = "count")]
        _count: u64,
    }

    fn why(body: &'static str) -> String {
        let answer = Answer {
            operation: "get-items",
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        };
        List::<Item>::decode(&answer).unwrap_err().to_string()
    }

    #[test]
    fn an_unreadable_answer_names_the_field_and_quotes_nothing() {
        assert_eq!(
            why(r#"{"data":[{"count":1},{"count":"s3cr\"et"}]}"#),
            "get-items: answer 200 OK cannot be read: `data[1].count`: invalid type: string \"…\", expected u64 \
             at line 1 column 40"
        );
        assert!(why(r#"{"data":[{}]}"#).contains("`data[0]`: missing field `count`"));
        assert!(why("<html>").contains("expected value"));
    }
}
