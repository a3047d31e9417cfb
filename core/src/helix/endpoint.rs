//! What an operation is: [`Endpoint`], its constant facts ([`Meta`]), the limits checked before sending ([`Invalid`]),
//! and the `endpoint!` line that states them.
//!
//! A request struct serialises to its query; fields marked `#[serde(skip)]` travel in the body.

use super::{Prepared, Shape, Window};
use crate::auth::{Scope, Scopes};
use crate::id::UserId;
use http::Method;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A Helix operation: what is sent, with whose token, and what comes back.
pub trait Endpoint: Serialize {
    /// The shape of the answer on the wire; the caller gets its [`Shape::Value`].
    type Output: Shape;

    /// The operation's constant facts.
    const META: &'static Meta;

    /// The user whose token the call takes unless the caller says otherwise.
    fn owner(&self) -> Option<&UserId> {
        None
    }

    /// The query string, without `?`.
    fn query(&self) -> Result<String, Invalid> {
        serde_html_form::to_string(self).map_err(Invalid::unwritable)
    }

    /// The JSON body, where the operation has one.
    fn body(&self) -> Result<Option<Vec<u8>>, Invalid> {
        Ok(None)
    }

    /// The operation's own rate limits, besides that of the token.
    fn windows(&self) -> Vec<Window> {
        vec![]
    }

    /// Checks the request and writes it: what [`Prepared::new`] does.
    fn prepare(&self) -> Result<Prepared, Invalid>
    where
        Self: Sized,
    {
        Prepared::written(self)
    }

    /// Holds the request against Twitch's limits, so that a hopeless call is never sent.
    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// The constant facts of an operation.
#[derive(Debug)]
pub struct Meta {
    /// Twitch's name for the operation, which is also its anchor in Twitch's reference.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path below the Helix base URL.
    pub path: &'static str,
    /// Which tokens Twitch accepts.
    pub accepts: Accepts,
    /// The scopes that a user token must carry.
    pub scopes: Scopes,
    /// The scopes that users must have granted the application before it calls with its app token.
    pub app_scopes: Scopes,
    /// Scopes without which the operation answers less.
    pub optional: &'static [Scope],
    /// For paged operations the largest page (`first`) that Twitch accepts.
    pub page: Option<u16>,
    /// Whether its pages can be walked backwards too (`before`).
    pub both_ways: bool,
}

/// Which tokens an operation accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accepts {
    /// A user's token only.
    User,
    /// The app token only.
    App,
    /// Either; a user's token is taken where the request names a user that the client knows.
    Any,
    /// An extension's signed JWT, which the caller gives as [`As::Jwt`](crate::As::Jwt).
    Jwt,
    /// None at all.
    Nothing,
}

/// A request that breaks one of Twitch's limits and was therefore not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {rule}")]
pub struct Invalid {
    /// The parameter, in Twitch's spelling.
    pub field: &'static str,
    /// The limit it breaks.
    pub rule: Rule,
}

impl Invalid {
    pub(crate) fn new(field: &'static str, rule: Rule) -> Self {
        Invalid { field, rule }
    }

    pub(crate) fn unwritable(error: impl fmt::Display) -> Self {
        Invalid { field: "request", rule: Rule::Unwritable(error.to_string()) }
    }
}

/// A limit that Twitch sets on a parameter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rule {
    /// The number of values, or a string's length in characters, lies outside the range.
    #[error("wants {min} to {max} {unit}, has {got}")]
    Count {
        /// What is counted.
        unit: &'static str,
        /// The least.
        min: u64,
        /// The most.
        max: u64,
        /// What the request has.
        got: u64,
    },
    /// A number lies outside the range.
    #[error("must be {min} to {max}, is {got}")]
    Range {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
        /// What the request has.
        got: i64,
    },
    /// Of several parameters exactly one must be given.
    #[error("must be exactly one of {0:?}")]
    ExactlyOne(&'static [&'static str]),
    /// Of several parameters at most one may be given.
    #[error("must be at most one of {0:?}")]
    AtMostOne(&'static [&'static str]),
    /// User ids are decimal digits.
    #[error("must be a numeric user id")]
    NotNumeric,
    /// The request does not serialise.
    #[error("cannot be written: {0}")]
    Unwritable(String),
    /// Another limit, in words.
    #[error("{0}")]
    Other(&'static str),
}

/// The checks that `endpoint!` lines are written with; chain them with [`and`](std::result::Result::and).
pub(crate) mod check {
    use super::{Invalid, Rule};

    pub(crate) type Checked = Result<(), Invalid>;

    /// Between `min` and `max` values in a list.
    pub(crate) fn count(field: &'static str, got: usize, min: u64, max: u64) -> Checked {
        within(field, "values", got as u64, min, max)
    }

    /// Between `min` and `max` characters.
    pub(crate) fn length(field: &'static str, text: &str, min: u64, max: u64) -> Checked {
        within(field, "characters", text.chars().count() as u64, min, max)
    }

    fn within(field: &'static str, unit: &'static str, got: u64, min: u64, max: u64) -> Checked {
        if (min..=max).contains(&got) {
            return Ok(());
        }
        Err(Invalid::new(field, Rule::Count { unit, min, max, got }))
    }

    /// A number in a range.
    pub(crate) fn range(field: &'static str, got: impl Into<i64>, min: i64, max: i64) -> Checked {
        let got = got.into();
        if (min..=max).contains(&got) {
            return Ok(());
        }
        Err(Invalid::new(field, Rule::Range { min, max, got }))
    }

    /// A number in a range, where one is given.
    pub(crate) fn range_if<N: Into<i64>>(field: &'static str, got: Option<N>, min: i64, max: i64) -> Checked {
        got.map_or(Ok(()), |got| range(field, got, min, max))
    }

    /// Exactly one of several parameters is given.
    pub(crate) fn exactly_one(fields: &'static [&'static str], given: &[bool]) -> Checked {
        if given.iter().filter(|given| **given).count() == 1 {
            return Ok(());
        }
        Err(Invalid::new(fields[0], Rule::ExactlyOne(fields)))
    }

    /// At most one of several parameters is given.
    pub(crate) fn at_most_one(fields: &'static [&'static str], given: &[bool]) -> Checked {
        if given.iter().filter(|given| **given).count() <= 1 {
            return Ok(());
        }
        Err(Invalid::new(fields[0], Rule::AtMostOne(fields)))
    }
}

/// States what an operation is, in one line:
///
/// ```text
/// endpoint!(Request = "operation-id": method "/path" => Shape<T>, token,
///     [scopes: rule,] [app: rule,] [optional: (A, B),] [page: largest [both_ways],]
///     [list: field fewest..=most,] [limits: [calls in seconds by (field, …), …],]
///     [body: data(field) | json(field) | whole,] [check: |request| expression]);
/// ```
///
/// `token` is `user(field)`, `user`, `app`, `any(field)`, `any`, `jwt` or `nothing`: which tokens Twitch accepts, and the
/// field that names the user whose token is the default. `scopes` are a user token's, `app` those that users must
/// have granted for an app token; a rule is `any(A, B)` or `all(any(A, B), any(C))`. Without `body`, the struct is
/// the query; with `whole` it is the body; `json` and `data` send one field, `data` inside `{"data": …}`. `page`
/// bounds the field `first`; `both_ways` says that pages can be walked with `before` too. `list` bounds a list, and lets
/// a longer one be split ([`Split`](super::Split)). `limits` are the operation's own rate limits, each counted by the
/// values of some fields.
macro_rules! endpoint {
    ($name:ident = $operation:literal: $method:ident $path:literal => $output:ty, $token:ident $(($owner:ident))?
        $(, scopes: $rule:ident $scopes:tt)?
        $(, app: $app_rule:ident $app_scopes:tt)?
        $(, optional: ($($optional:ident),+))?
        $(, page: $page:literal $($both_ways:ident)?)?
        $(, list: $list:ident $fewest:literal..=$most:literal)?
        $(, limits: [$($calls:literal in $seconds:literal by ($($by:ident),+)),+])?
        $(, body: $body:ident $(($field:ident))?)?
        $(, check: |$request:ident| $check:expr)?
        $(,)?
    ) => {
        #[doc = concat!(
            "[`", stringify!($method), " ", $path, "`](https://dev.twitch.tv/docs/api/reference/#", $operation, "), token: ",
            stringify!($token), $(" of `", stringify!($owner), "`",)?
            $("; scopes: ", stringify!($rule), stringify!($scopes),)?
            $("; granted to the app: ", stringify!($app_rule), stringify!($app_scopes),)?
            $("; optional scopes: ", $(stringify!($optional), " ",)+)?
            $("; ", $fewest, " to ", $most, " of `", stringify!($list), "`",)?
            $("; at most" $(, " ", $calls, " in ", $seconds, " s for a ", stringify!($($by)+))+,)?
            ".",
        )]
        impl $crate::helix::Endpoint for $name {
            type Output = $output;

            const META: &'static $crate::helix::Meta = &$crate::helix::Meta {
                operation: $operation,
                method: $crate::helix::endpoint!(@method $method),
                path: $path,
                accepts: $crate::helix::endpoint!(@accepts $token),
                scopes: $crate::helix::endpoint!(@scopes $($rule $scopes)?),
                app_scopes: $crate::helix::endpoint!(@scopes $($app_rule $app_scopes)?),
                optional: &[$($($crate::auth::Scope::$optional),+)?],
                page: $crate::helix::endpoint!(@page $($page)?),
                both_ways: $crate::helix::endpoint!(@both_ways $($($both_ways)?)?),
            };

            $(fn owner(&self) -> Option<&$crate::id::UserId> {
                Option::from(&self.$owner)
            })?

            $(fn windows(&self) -> Vec<$crate::helix::Window> {
                vec![$($crate::helix::Window::new($operation, $calls, $seconds, &($(&self.$by,)+))),+]
            })?

            $($crate::helix::endpoint!(@body $body $($field)?);)?

            fn check(&self) -> Result<(), $crate::helix::Invalid> {
                $($crate::helix::check::count(stringify!($list), self.$list.len(), $fewest, $most)?;)?
                $($crate::helix::check::range_if("first", self.first, 1, i64::from($page))?;)?
                $(
                    let $request = self;
                    $check?;
                )?
                Ok(())
            }
        }

        $($crate::helix::split!($name, $list by $most);)?
    };
    (@method get) => { http::Method::GET };
    (@method post) => { http::Method::POST };
    (@method put) => { http::Method::PUT };
    (@method patch) => { http::Method::PATCH };
    (@method delete) => { http::Method::DELETE };
    (@accepts user) => { $crate::helix::Accepts::User };
    (@accepts app) => { $crate::helix::Accepts::App };
    (@accepts any) => { $crate::helix::Accepts::Any };
    (@accepts jwt) => { $crate::helix::Accepts::Jwt };
    (@accepts nothing) => { $crate::helix::Accepts::Nothing };
    (@scopes) => { $crate::auth::Scopes::NONE };
    (@scopes $rule:ident $scopes:tt) => { $crate::auth::scopes!($rule $scopes) };
    (@both_ways) => { false };
    (@both_ways both_ways) => { true };
    (@page) => { None };
    (@page $page:literal) => { Some($page) };
    (@body data $field:ident) => {
        fn body(&self) -> Result<Option<Vec<u8>>, $crate::helix::Invalid> {
            #[derive(serde::Serialize)]
            struct Data<T> { data: T }
            serde_json::to_vec(&Data { data: &self.$field }).map(Some).map_err($crate::helix::Invalid::unwritable)
        }
    };
    (@body json $field:ident) => {
        fn body(&self) -> Result<Option<Vec<u8>>, $crate::helix::Invalid> {
            serde_json::to_vec(&self.$field).map(Some).map_err($crate::helix::Invalid::unwritable)
        }
    };
    (@body whole) => {
        fn query(&self) -> Result<String, $crate::helix::Invalid> {
            Ok(String::new())
        }

        fn body(&self) -> Result<Option<Vec<u8>>, $crate::helix::Invalid> {
            serde_json::to_vec(self).map(Some).map_err($crate::helix::Invalid::unwritable)
        }
    };
}
pub(crate) use endpoint;
