//! Roles in operations.

use super::Operation;
use crate::sql::Ident;

impl Operation {
    /// The role that a `SET` makes the session take on.
    pub(crate) fn role_taken(&self) -> Option<Ident> {
        let Self::Set { name, value: Some(value), .. } = self else { return None };
        let is_role = ["role", "session_authorization"].iter().any(|setting| name.eq_ignore_ascii_case(setting));
        let role = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(value);
        let stands_for_one = ["none", "default"].iter().any(|word| role.eq_ignore_ascii_case(word));
        (is_role && !stands_for_one).then(|| Ident::exact(role))
    }
}
