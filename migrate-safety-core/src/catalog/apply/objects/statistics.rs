//! Extended statistics.

use super::super::Applied;
use super::super::names::made_up;
use crate::catalog::query::mentions;
use crate::catalog::{Catalog, ColumnId, ExtendedStatistics, Relation, RelationId, StatisticsKey};
use crate::sql::operation::{NameChange, ObjectCommand, Operation};
use crate::sql::{Expr, Expression, Ident, ObjectName};

/// What can be computed of several columns; all of it where nothing is said.
const KINDS: [&str; 3] = ["ndistinct", "dependencies", "mcv"];

impl Catalog {
    /// The table that extended statistics are about.
    pub(crate) fn statistics_table(&self, name: &ObjectName) -> Option<RelationId> {
        self.statistics_key(name).and_then(|key| self.statistics.get(&key)).map(|found| found.table)
    }

    /// `CREATE`, `ALTER` and `DROP STATISTICS`.
    pub(super) fn apply_statistics(&mut self, operation: &Operation, applied: &mut Applied) {
        let Operation::Statistics { command, name, table, kinds, keys, change, if_exists, if_not_exists, sql } =
            operation
        else {
            return;
        };
        if *command == ObjectCommand::Create {
            let Some(id) = table.as_ref().and_then(|t| self.resolve(t).found()) else { return };
            let key = match name {
                Some(name) => self.new_name(name, applied),
                None => match self.relation(id) {
                    Some(relation) => self.free_statistics_name(relation, keys),
                    None => return,
                },
            };
            if self.statistics.contains_key(&key) {
                let message = format!("statistics object \"{}\" already exists", key.1);
                return match if_not_exists {
                    true => applied.notice(format!("{message}, skipping")),
                    false => applied.conflict("42710", message),
                };
            }
            let found = self.statistics_about(id, kinds, keys);
            return self.statistics.insert_new(key, ExtendedStatistics { sql: sql.clone(), ..found });
        }
        let Some(name) = name else { return };
        let Some(key) = self.statistics_key(name) else {
            let message = format!("statistics object \"{name}\" does not exist");
            return match if_exists {
                true => applied.notice(format!("{message}, skipping")),
                false if !self.complete || self.unknown_names.contains(&name.name) => {}
                false => applied.conflict("42704", message),
            };
        };
        match (command, change) {
            (ObjectCommand::Drop, _) => drop(self.statistics.remove(&key)),
            (_, Some(change)) => self.rename_statistics(&key, change, applied),
            _ => {}
        }
    }

    fn rename_statistics(&mut self, from: &(Ident, Ident), change: &NameChange, applied: &mut Applied) {
        let (schema, name) = from.clone();
        let to = match change {
            NameChange::Rename(to) => (schema, to.clone()),
            NameChange::Schema(to) => (to.clone(), name),
        };
        if matches!(change, NameChange::Schema(_))
            && let Some(problem) = self.move_problem(&from.0, &to.0)
        {
            return applied.conflicts.push(problem);
        }
        if self.statistics.contains_key(&to) {
            if matches!(change, NameChange::Rename(_)) || to != *from {
                let message = format!("statistics object \"{}\" already exists in schema \"{}\"", to.1, to.0);
                applied.conflict("42710", message);
            }
            return;
        }
        if let Some(found) = self.statistics.remove(from) {
            self.statistics.insert(to, found);
        }
    }

    /// The name that the server makes up: `table_column_column_stat`.
    fn free_statistics_name(&self, relation: &Relation, keys: &[Expression]) -> (Ident, Ident) {
        let columns: Vec<&str> = keys
            .iter()
            .map(|key| match &key.expr {
                Expr::Column { name, .. } => name.as_str(),
                _ => "expr",
            })
            .collect();
        let taken = |name: &Ident| self.statistics.contains_key(&(relation.schema.clone(), name.clone()));
        (relation.schema.clone(), made_up(&relation.name, &columns, "stat", taken))
    }

    /// Statistics of a schema follow it.
    pub(super) fn move_statistics(&mut self, from: &Ident, to: &Ident) {
        let keys: Vec<_> =
            self.statistics.iter().map(|(key, _)| key).filter(|(schema, _)| schema == from).cloned().collect();
        for key in keys {
            if let Some(found) = self.statistics.remove(&key) {
                self.statistics.insert((to.clone(), key.1), found);
            }
        }
    }

    /// Statistics go with their table or their schema.
    pub(in crate::catalog) fn take_statistics(&mut self, gone: impl Fn(&Ident, &ExtendedStatistics) -> bool) {
        let gone = self.statistics.iter().filter(|((schema, _), found)| gone(schema, found));
        let gone: Vec<_> = gone.map(|(key, _)| key.clone()).collect();
        for key in gone {
            self.statistics.remove(&key);
        }
    }

    /// Extended statistics as `CREATE STATISTICS` describes them.
    pub(in crate::catalog) fn statistics_about(
        &self,
        table: RelationId,
        kinds: &[Ident],
        keys: &[Expression],
    ) -> ExtendedStatistics {
        let all = KINDS.iter().all(|kind| kinds.iter().any(|named| *named == **kind));
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
            kinds: if all { Vec::new() } else { kinds.to_vec() },
            keys: keys.iter().map(key).collect(),
            sql: Box::default(),
        }
    }

    /// Statistics about a column go with it.
    pub(in crate::catalog::apply) fn forget_statistics(&mut self, table: RelationId, column: ColumnId) {
        self.take_statistics(|_, found| found.table == table && found.columns.contains(&column));
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
