//! Extended statistics.

use crate::catalog::query::mentions;
use crate::catalog::{Catalog, ColumnId, ExtendedStatistics, RelationId, StatisticsKey};
use crate::sql::operation::ObjectCommand;
use crate::sql::{Expr, Expression, Ident, ObjectName};

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
        kinds: &[Ident],
        keys: &[Expression],
        sql: &str,
    ) {
        match command {
            ObjectCommand::Create => {
                let schema = name.schema.clone().unwrap_or_else(|| self.creation_schema());
                if let Some(id) = table.and_then(|t| self.resolve(t).found()) {
                    let found = self.statistics_about(id, kinds, keys);
                    let found = ExtendedStatistics { sql: sql.into(), ..found };
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

    /// Extended statistics as `CREATE STATISTICS` describes them.
    pub(in crate::catalog) fn statistics_about(
        &self,
        table: RelationId,
        kinds: &[Ident],
        keys: &[Expression],
    ) -> ExtendedStatistics {
        let columns = self.table(table).map_or(&[][..], |t| &t.columns);
        let mentioned = columns.iter().filter(|c| keys.iter().any(|key| mentions(&key.expr, c)));
        let key = |key: &Expression| {
            let column = match &key.expr {
                Expr::Column { name, .. } => columns.iter().find(|c| c.name == *name),
                _ => None,
            };
            column.map_or_else(|| StatisticsKey::Expression(key.clone()), |column| StatisticsKey::Column(column.id))
        };
        ExtendedStatistics {
            table,
            columns: mentioned.map(|c| c.id).collect(),
            kinds: kinds.to_vec(),
            keys: keys.iter().map(key).collect(),
            sql: Box::default(),
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

    /// Changes the expressions of all statistics about a table.
    pub(in crate::catalog::apply) fn rename_in_statistics(
        &mut self,
        table: RelationId,
        mut rename: impl FnMut(&mut Expression),
    ) {
        let about = self.statistics.iter().filter(|(_, found)| found.table == table);
        let about: Vec<_> = about.map(|(key, _)| key.clone()).collect();
        for key in about {
            let Some(found) = self.statistics.get_mut(&key) else { continue };
            for key in &mut found.keys {
                if let StatisticsKey::Expression(expression) = key {
                    rename(expression);
                }
            }
        }
    }

    fn statistics_key(&self, name: &ObjectName) -> Option<(Ident, Ident)> {
        let schemas = name.schema.as_ref().map_or(self.search_path.as_slice(), std::slice::from_ref);
        let mut keys = schemas.iter().map(|schema| (schema.clone(), name.name.clone()));
        keys.find(|key| self.statistics.contains_key(key))
    }
}
