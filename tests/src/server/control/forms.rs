//! The forms of the control page: for each its fields, and how the [`Action`] is made of what was filled in.

use http::Method;
use serde_json::Value;

use super::sent::{Refusal, Sent};
use crate::world::{Action, Deed, Show};

mod broadcasters;
mod everything;
mod moderators;
mod viewers;

/// One form.
pub(super) struct Form {
    pub(super) action: &'static str,
    pub(super) does: &'static str,
    /// What has to be there before; empty: nothing.
    pub(super) needs: &'static str,
    /// Names, with what stands in them at first.
    pub(super) fields: Fields,
    pub(super) make: Make,
}

type Fields = &'static [(&'static str, &'static str)];
type Make = fn(&mut Sent<'_>) -> Result<Action, Refusal>;

const fn form(action: &'static str, does: &'static str, fields: Fields, make: Make) -> Form {
    Form { action, does, needs: "", fields, make }
}

impl Form {
    const fn needs(self, needs: &'static str) -> Form {
        Form { needs, ..self }
    }
}

/// All of them, group by group.
pub(super) fn all() -> impl Iterator<Item = &'static Form> {
    [viewers::FORMS, broadcasters::FORMS, moderators::FORMS, everything::FORMS].into_iter().flatten()
}

/// A viewer's, in a channel.
fn deed(sent: &mut Sent<'_>, deed: Deed) -> Result<Action, Refusal> {
    Ok(Action::Deed { who: sent.user("who")?, channel: sent.user("channel")?, deed })
}

/// A broadcaster's, in their own channel.
fn show(sent: &mut Sent<'_>, show: Show) -> Result<Action, Refusal> {
    Ok(Action::Show { channel: sent.user("channel")?, show })
}

/// A call of Helix by the broadcaster, or by a moderator; `query` comes behind what names the channel and them.
fn moderate(
    sent: &mut Sent<'_>,
    method: Method,
    path: &str,
    query: &str,
    body: Value,
) -> Result<Action, Refusal> {
    let channel = sent.user("channel")?;
    let user = if sent.has("moderator") { sent.user("moderator")? } else { channel.clone() };
    let path = format!("{path}?broadcaster_id={channel}&moderator_id={user}{query}");
    Ok(Action::Call { user, method, path, body })
}
