//! Extended statistics.

use crate::catalog::{Catalog, RelationId};
use crate::sql::operation::ObjectCommand;
use crate::sql::{Ident, ObjectName};

impl Catalog {
    /// The table that extended statistics are about.
    pub(crate) fn statistics_table(&self, name: &ObjectName) -> Option<RelationId> {
        self.statistics_key(name).and_then(|key| self.statistics.get(&key)).copied()
    }

    /// `CREATE` and `DROP STATISTICS`.
    pub(super) fn apply_statistics(&mut self, command: ObjectCommand, name: &ObjectName, table: Option<&ObjectName>) {
        match command {
            ObjectCommand::Create => {
                let schema = name.schema.clone().unwrap_or_else(|| self.creation_schema());
                if let Some(table) = table.and_then(|t| self.resolve(t).found()) {
                    self.statistics.insert_new((schema, name.name.clone()), table);
                }
            }
            ObjectCommand::Drop => {
                if let Some(key) = self.statistics_key(name) {
                    self.statistics.remove(&key);
                }
            }
            ObjectCommand::Alter => {}
        }
    }

    fn statistics_key(&self, name: &ObjectName) -> Option<(Ident, Ident)> {
        let schemas = name.schema.as_ref().map_or(self.search_path.as_slice(), std::slice::from_ref);
        let mut keys = schemas.iter().map(|schema| (schema.clone(), name.name.clone()));
        keys.find(|key| self.statistics.contains_key(key))
    }
}
