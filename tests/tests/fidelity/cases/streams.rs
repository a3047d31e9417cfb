//! Streams.

use super::{Case, case};
use crate::stage::{By, call};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("get-streams", call("GET /streams?user_login=ada&user_login=cleo").by(By::App))
            .refused(400, call("GET /streams?first=101").by(By::App)),
    ]
}
