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
    /// The status.
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

/// 404 stands for "there is none": the caller gets none, an empty list or an empty page in its place.
pub struct OrNone<S>(PhantomData<S>);

impl<S: Shape<Value: Default>> Shape for OrNone<S> {
    type Value = S::Value;

    fn decode(answer: &Answer) -> Result<S::Value, CallError> {
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(S::Value::default());
        }
        S::decode(answer)
    }

    fn accepts(status: StatusCode) -> bool {
        status == StatusCode::NOT_FOUND || S::accepts(status)
    }
}

/// `{"data": T}`, an object where other operations have a list: the caller gets `T`.
pub struct Object<T>(PhantomData<T>);

impl<T: DeserializeOwned> Shape for Object<T> {
    type Value = T;

    fn decode(answer: &Answer) -> Result<T, CallError> {
        #[derive(Deserialize)]
        struct Data<T> {
            data: T,
        }
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

/// The answer itself, with status and headers, its body unread: for those who read it their own way.
impl Shape for Answer {
    type Value = Answer;

    fn decode(answer: &Answer) -> Result<Answer, CallError> {
        Ok(answer.clone())
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

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer {
            operation: "get-things",
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    fn unreadable(status: u16, why: &str) -> CallError {
        let status = StatusCode::from_u16(status).unwrap();
        CallError::Unreadable { operation: "get-things", status, why: why.into() }
    }

    #[test]
    fn one_is_the_first_item_and_an_empty_list_cannot_be_read() {
        assert_eq!(One::<u8>::decode(&answer(200, r#"{"data":[7]}"#)), Ok(7));
        for empty in [r#"{"data":[]}"#, r#"{"data":null}"#, "{}"] {
            assert_eq!(
                One::<u8>::decode(&answer(200, empty)),
                Err(unreadable(200, "`data` is empty")),
                "{empty}"
            );
        }
    }

    #[test]
    fn a_list_that_is_null_or_absent_is_empty() {
        assert_eq!(List::<u8>::decode(&answer(200, r#"{"data":[7,8]}"#)), Ok(vec![7, 8]));
        for empty in [r#"{"data":[]}"#, r#"{"data":null}"#, "{}"] {
            assert_eq!(List::<u8>::decode(&answer(200, empty)), Ok(vec![]), "{empty}");
            assert_eq!(Maybe::<u8>::decode(&answer(200, empty)), Ok(None), "{empty}");
        }
    }

    #[test]
    fn not_found_is_none_where_twitch_says_it_so() {
        let refusal = r#"{"error":"Not Found","status":404,"message":"no subscription"}"#;
        assert_eq!(OrNone::<Maybe<u8>>::decode(&answer(404, refusal)), Ok(None));
        assert_eq!(OrNone::<Maybe<u8>>::decode(&answer(200, r#"{"data":[7]}"#)), Ok(Some(7)));
        assert_eq!(OrNone::<List<u8>>::decode(&answer(404, "")), Ok(vec![]));
        assert!(OrNone::<Maybe<u8>>::accepts(StatusCode::NOT_FOUND));
        assert!(!OrNone::<Maybe<u8>>::accepts(StatusCode::BAD_REQUEST));
        assert!(!Maybe::<u8>::accepts(StatusCode::NOT_FOUND));
    }

    #[test]
    fn an_object_or_a_body_of_its_own_is_read_as_it_is() {
        assert_eq!(Object::<u8>::decode(&answer(200, r#"{"data":7}"#)), Ok(7));
        assert_eq!(Json::<u8>::decode(&answer(200, "7")), Ok(7));
        assert_eq!(Text::decode(&answer(200, "BEGIN:VCALENDAR")), Ok("BEGIN:VCALENDAR".to_owned()));
        assert_eq!(<()>::decode(&answer(204, "")), Ok(()));
    }

    #[test]
    fn an_answer_shows_no_body_in_debug() {
        assert_eq!(format!("{:?}", answer(200, "secret")), "Answer(get-things 200 OK, 6 bytes)");
        let error = List::<u8>::decode(&answer(200, r#"{"data":["secret"]}"#)).unwrap_err();
        assert!(matches!(error, CallError::Unreadable { status: StatusCode::OK, .. }));
    }

    #[test]
    fn an_unreadable_answer_names_the_field_and_quotes_nothing() {
        #[derive(Deserialize, Debug)]
        struct Thing {
            #[serde(rename = "count")]
            _count: u64,
        }
        let why = |body| List::<Thing>::decode(&answer(200, body)).unwrap_err().to_string();
        assert_eq!(
            why(r#"{"data":[{"count":1},{"count":"s3cr\"et"}]}"#),
            "get-things: answer 200 OK cannot be read: `data[1].count`: invalid type: string \"…\", expected u64 \
             at line 1 column 40"
        );
        assert!(why(r#"{"data":[{}]}"#).contains("`data[0]`: missing field `count`"));
        assert!(why("<html>").contains("expected value"));
    }
}
