//! Extended statistics.

use crate::catalog::query::mentions;
use crate::catalog::{Catalog, ColumnId, ExtendedStatistics, RelationId};
use crate::sql::operation::ObjectCommand;
use crate::sql::{Expression, Ident, ObjectName};

impl Catalog {
    /// The table that extended statistics are about.
    pub(crate) fn statistics_table(&self, name: &ObjectName) -> Option<RelationId> {
        self.statistics_key(name).and_then(|key| self.statistics.get(&key)).map(|found| found.table)
    }

    /// `CREATE` and `DROP STATISTICS`.
    pub(super) fn apply_statistics(
        &mut self,
        command: ObjectCommand,
        name: &ObjectName,
        table: Option<&ObjectName>,
        keys: &[Expression],
        sql: &str,
    ) {
        match command {
            ObjectCommand::Create => {
                let schema = name.schema.clone().unwrap_or_else(|| self.creation_schema());
                if let Some(id) = table.and_then(|t| self.resolve(t).found()) {
                    let columns = self.table(id).map_or(&[][..], |t| &t.columns);
                    let columns = columns.iter().filter(|c| keys.iter().any(|key| mentions(&key.expr, c)));
                    let found =
                        ExtendedStatistics { table: id, columns: columns.map(|c| c.id).collect(), sql: sql.into() };
                    self.statistics.insert_new((schema, name.name.clone()), found);
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

    /// Statistics about a column go with it.
    pub(in crate::catalog::apply) fn forget_statistics(&mut self, table: RelationId, column: ColumnId) {
        let about = |found: &ExtendedStatistics| found.table == table && found.columns.contains(&column);
        let gone = self.statistics.iter().filter(|(_, found)| about(found));
        let gone: Vec<_> = gone.map(|(key, _)| key.clone()).collect();
        for key in gone {
            self.statistics.remove(&key);
        }
    }

    fn statistics_key(&self, name: &ObjectName) -> Option<(Ident, Ident)> {
        let schemas = name.schema.as_ref().map_or(self.search_path.as_slice(), std::slice::from_ref);
        let mut keys = schemas.iter().map(|schema| (schema.clone(), name.name.clone()));
        keys.find(|key| self.statistics.contains_key(key))
    }
}
