//! Users.

use super::{Case, case};
use crate::stage::{By, call};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("get-users", call("GET /users?login=ada&login=brook"))
            .refused(400, call("GET /users").by(By::App)),
    ]
}
