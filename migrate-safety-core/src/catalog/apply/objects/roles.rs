//! Roles belong to the server: only those that the history itself makes are known.

use crate::catalog::Catalog;
use crate::sql::operation::{NameChange, ObjectCommand};
use crate::sql::{Ident, Operation};

impl Catalog {
    /// Whether the history has made a role, or taken it on before.
    pub(crate) fn knows_role(&self, role: &Ident) -> bool {
        self.roles.contains(role)
    }

    /// `CREATE`, `ALTER` and `DROP` of a role.
    pub(super) fn apply_role(&mut self, operation: &Operation) {
        let Operation::OtherObject { command, name: Some(name), change, .. } = operation else { return };
        match (command, change) {
            (ObjectCommand::Create, _) => drop(self.roles.insert(name.name.clone())),
            (ObjectCommand::Drop, _) => drop(self.roles.remove(&name.name)),
            (ObjectCommand::Alter, Some(NameChange::Rename(to))) => {
                self.roles.remove(&name.name);
                self.roles.insert(to.clone());
            }
            (ObjectCommand::Alter, _) => {}
        }
    }
}
