//! Roles in operations.

use super::{Operation, TableAction};
use crate::sql::Ident;

impl Operation {
    /// The roles it names, which have to be there: that a `SET` takes on, that become an owner, that rights are given to
    /// or taken from. Those that every server has are none of them.
    pub(crate) fn roles_named(&self) -> Vec<Ident> {
        let roles = match self {
            Self::Set { name, value: Some(value), .. } => role_taken(name, value).into_iter().collect(),
            Self::Grant { roles, .. } | Self::DropOwned { roles, .. } => roles.clone(),
            Self::AlterTable(alter) => match &alter.action {
                TableAction::OwnerTo { owner } => vec![owner.clone()],
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        roles.into_iter().filter(|role| !is_always_there(role)).collect()
    }
}

/// The role that a `SET` makes the session take on.
fn role_taken(setting: &str, value: &str) -> Option<Ident> {
    let is_role = ["role", "session_authorization"].iter().any(|name| setting.eq_ignore_ascii_case(name));
    let role = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(value);
    let stands_for_one = ["none", "default"].iter().any(|word| role.eq_ignore_ascii_case(word));
    (is_role && !stands_for_one).then(|| Ident::exact(role))
}

/// Words that stand for a role, the roles a server comes with, and the one it is made by.
fn is_always_there(role: &Ident) -> bool {
    const WORDS: &[&str] = &["public", "current_user", "session_user", "current_role", "postgres"];
    WORDS.contains(&role.as_str()) || role.as_str().starts_with("pg_")
}
