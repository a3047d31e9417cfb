//! Calls as the application sees them: [`Call`] and [`Login`] own the way to read their [`Reply`].

use super::{CallError, CallId, Subscribed};
use crate::auth::{Identity, TokenError};
use crate::helix::{Answer, Endpoint, Shape, Value};
use crate::id::UserId;
use bytes::Bytes;
use http::Response;
use secrecy::SecretString;
use std::fmt;
use std::marker::PhantomData;

/// Whose token a call takes.
#[derive(Clone, Debug, Default)]
pub enum As {
    /// What the operation names: the user in its request, the client's only user, or the app.
    #[default]
    Default,
    /// The app's.
    App,
    /// This user's.
    User(UserId),
    /// An extension's signed JWT.
    Jwt(SecretString),
}

/// A call under way. It alone can read its reply.
#[must_use = "the reply is read with Call::finish"]
pub struct Call<E: Endpoint> {
    pub(super) id: CallId,
    pub(super) endpoint: PhantomData<fn() -> E>,
}

impl<E: Endpoint> Call<E> {
    /// Names the call in [`Output::Reply`](super::Output::Reply).
    pub fn id(&self) -> CallId {
        self.id
    }

    /// Reads the reply.
    pub fn finish(self, reply: Reply) -> Result<Value<E>, CallError> {
        let answer = reply.answer(self.id)?;
        E::Output::decode(&answer)
    }
}

/// A login, or the adding of a token, under way.
#[must_use = "the reply is read with Login::finish"]
#[derive(Debug)]
pub struct Login {
    pub(super) id: CallId,
}

impl Login {
    /// Names the login in [`Output::Reply`](super::Output::Reply).
    pub fn id(&self) -> CallId {
        self.id
    }

    /// Reads the reply.
    pub fn finish(self, reply: Reply) -> Result<Identity, TokenError> {
        match reply.what {
            What::Login(result) if reply.id == self.id => result,
            _ => Err(TokenError::Closed),
        }
    }
}

/// The revocation of a user's tokens, under way.
#[must_use = "the reply is read with Revocation::finish"]
#[derive(Debug)]
pub struct Revocation {
    pub(super) id: CallId,
}

impl Revocation {
    /// Names the revocation in [`Output::Reply`](super::Output::Reply).
    pub fn id(&self) -> CallId {
        self.id
    }

    /// Reads the reply.
    pub fn finish(self, reply: Reply) -> Result<(), TokenError> {
        match reply.what {
            What::Revoked(result) if reply.id == self.id => result,
            _ => Err(TokenError::Closed),
        }
    }
}

/// The end of a call or login, for whoever waits for it.
#[derive(Clone)]
pub struct Reply {
    pub(super) id: CallId,
    pub(crate) what: What,
}

#[derive(Clone)]
pub(crate) enum What {
    Answer(Result<Answer, CallError>),
    Login(Result<Identity, TokenError>),
    Subscribed(Result<Subscribed, CallError>),
    Revoked(Result<(), TokenError>),
    /// What a visitor is answered.
    Page(Box<Response<Bytes>>),
    /// The client has started, for nobody in particular.
    Ready,
}

impl Reply {
    /// The answer to the call `id`, for those who sent a [`Prepared`](crate::helix::Prepared) request.
    pub fn answer(self, id: CallId) -> Result<Answer, CallError> {
        match self.what {
            What::Answer(result) if self.id == id => result,
            _ => Err(CallError::NotMine),
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Answer(Ok(answer)) => write!(f, "Reply({answer:?})"),
            What::Answer(Err(error)) => write!(f, "Reply({error})"),
            What::Login(Ok(identity)) => write!(f, "Reply(user {})", identity.user),
            What::Subscribed(Ok(done)) => {
                write!(f, "Reply({} held, {} failed)", done.held.len(), done.failed.len())
            }
            What::Subscribed(Err(error)) => write!(f, "Reply({error})"),
            What::Revoked(Ok(())) => f.write_str("Reply(revoked)"),
            What::Page(response) => write!(f, "Reply(page {})", response.status().as_u16()),
            What::Ready => f.write_str("Reply(ready)"),
            What::Login(Err(error)) | What::Revoked(Err(error)) => write!(f, "Reply({error})"),
        }
    }
}
