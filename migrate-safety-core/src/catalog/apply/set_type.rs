//! `ALTER COLUMN … TYPE`.

use super::change::Change;
use super::drop_column::in_partition_key;
use crate::catalog::builtin::CastContext;
use crate::catalog::casts::CastPath;
use crate::catalog::query::{mentions, parents};
use crate::catalog::store::UNKNOWN_TYPE;
use crate::catalog::{Catalog, Column, ColumnId, ConstraintKind, Relation, RelationId, RelationKind};
use crate::sql::expr::Expression;
use crate::sql::{DataType, Ident, ObjectName};

impl Change<'_> {
    /// Changes a column's type, in the children too.
    pub(super) fn set_type(
        &mut self,
        table: RelationId,
        name: &Ident,
        data_type: &DataType,
        collation: Option<&ObjectName>,
        using: Option<&Expression>,
        only: bool,
    ) {
        let Some(id) = self.column(table, name) else { return };
        let Some(column) = self.catalog.column(table, id).cloned() else { return };
        let Some(definition) = self.table(table) else { return };
        let (typed, has_children) = (definition.of_type.is_some(), !definition.children.is_empty());
        let in_key = in_partition_key(definition, &column);
        let table_name = self.name(table);
        let data_type = self.column_type(name, data_type);
        if typed {
            self.conflict("42809", "cannot alter column type of typed table");
            return;
        }
        if column.inherited > 0 {
            self.conflict("42P16", format!("cannot alter inherited column \"{name}\""));
            return;
        }
        if in_key {
            let message = format!(
                "cannot alter column \"{name}\" because it is part of the partition key of relation \"{table_name}\""
            );
            self.conflict("42P16", message);
            return;
        }
        if column.generated.is_some() && using.is_some() {
            self.conflict("42611", "cannot specify USING when altering type of generated column");
        }
        if only && has_children {
            self.conflict("42P16", format!("type of inherited column \"{name}\" must be changed in child tables too"));
        }
        match using {
            Some(using) => {
                self.mentioned(table, using);
                if let Some(problem) = self.catalog.expression_problem(&using.expr, Some(table)) {
                    self.applied.conflicts.push(problem);
                }
            }
            // What a foreign table holds is converted where it is.
            None if self.table(table).is_some_and(|t| t.foreign) => {}
            None => self.check_conversion(&column, &data_type),
        }
        if !self.applied.conflicts.is_empty() {
            return;
        }
        let descendants = if only { Vec::new() } else { self.catalog.descendants(table) };
        self.set_type_of_one(table, name, &data_type, collation);
        for table in descendants {
            self.set_type_of_one(table, name, &data_type, collation);
            self.drop_orphaned_checks(table, name);
        }
    }

    /// Reports rows or a default that the server does not convert by itself.
    fn check_conversion(&mut self, column: &Column, data_type: &DataType) {
        let name = &column.name;
        let spelt = self.spelt(data_type);
        if self.assigns(&column.data_type, data_type) == Some(false) {
            self.conflict("42804", format!("column \"{name}\" cannot be cast automatically to type {spelt}"));
        } else if let Some(default) = &column.default
            && column.sequence.is_none()
            && let Some(from) = self.catalog.expression_type(&default.expr, None)
            && self.assigns(&from, data_type) == Some(false)
        {
            self.conflict(
                "42804",
                format!("default for column \"{name}\" cannot be cast automatically to type {spelt}"),
            );
        }
    }

    /// Whether a value of one type can be stored in a column of another; absent: not known.
    pub(super) fn assigns(&self, from: &DataType, to: &DataType) -> Option<bool> {
        if from.is(UNKNOWN_TYPE) || to.is(UNKNOWN_TYPE) {
            return None;
        }
        match self.catalog.cast(from, to) {
            CastPath::Known(cast) => Some(cast.context != CastContext::Explicit),
            CastPath::Missing => Some(false),
            CastPath::Unknown => None,
        }
    }

    /// The indexes that use a column of another type are made anew, with what their columns are called now.
    fn rename_index_columns(&mut self, table: RelationId, column: &Column) {
        for id in self.catalog.indexes_on_column(table, column.id) {
            let Some(index) = self.catalog.index(id) else { continue };
            let columns = index.keys.iter().map(|key| key.column).chain(index.include.iter().copied().map(Some));
            let names = columns.zip(&index.column_names).map(|(column, before)| {
                let now = column.and_then(|column| self.catalog.column(table, column));
                now.map_or(before, |column| &column.name).clone()
            });
            let names = super::names::distinct(names);
            if let Some(index) = self.catalog.index_mut(id) {
                index.column_names = names;
            }
        }
    }

    fn set_type_of_one(
        &mut self,
        table: RelationId,
        name: &Ident,
        data_type: &DataType,
        collation: Option<&ObjectName>,
    ) {
        let Some(column) = self.table(table).and_then(|t| t.column(name)).cloned() else { return };
        let collation = collation.map(|name| self.catalog.settled_collation(name));
        if self.refuse_dependents(table, &column) {
            return;
        }
        self.write_out_casts(table, &column);
        if let Some(column) = self.catalog.column_mut(table, column.id) {
            // The default keeps the value that it had as one of the old type.
            if let Some(default) = column.default.take() {
                column.default = Some(if column.data_type == *data_type {
                    default
                } else {
                    default.of_type(&column.data_type).into()
                });
            }
            column.data_type = data_type.clone();
            column.collation = collation.clone().map(Box::new);
            (column.storage, column.compression) = (None, None);
        }
        self.catalog.note_column(table, column.id);
        self.rename_index_columns(table, &column);
        if let Some(sequence) = column.sequence.filter(|_| column.identity.is_some())
            && let Some(Relation { kind: RelationKind::Sequence(sequence), .. }) =
                self.catalog.relations.get_mut(&sequence)
        {
            sequence.data_type = data_type.clone();
        }
        let from = self.catalog.foreign_keys_from(table).into_iter().map(|k| (k.from, k.constraint.id));
        let to = self.catalog.foreign_keys_to(table).into_iter().map(|k| (k.from, k.constraint.id));
        for (from, id) in from.chain(to).collect::<Vec<_>>() {
            let Some(constraint) = self.catalog.constraint(from, id).cloned() else { continue };
            let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
            let concerned = (from == table && key.columns.contains(&column.id))
                || (key.table == table && key.referenced.contains(&column.id));
            if concerned && constraint.parent.is_none() {
                self.check_key_types(from, &key.columns, key.table, &key.referenced, &constraint.name);
            }
        }
        for index in self.catalog.indexes_on_column(table, column.id) {
            if let Some(index) = self.catalog.index(index).cloned() {
                self.check_operator_classes(&index);
            }
        }
        self.check_computed(table, &column);
    }

    /// Checks over a retyped column are made anew, those that a child only inherits by way of the parent: one that
    /// the parent no longer has is gone.
    fn drop_orphaned_checks(&mut self, child: RelationId, column: &Ident) {
        let Some(table) = self.table(child) else { return };
        let Some(column) = table.column(column).map(|c| c.id) else { return };
        let sources: Vec<RelationId> = parents(table);
        let has = |name: &Ident| sources.iter().any(|p| self.table(*p).is_some_and(|t| t.constraint(name).is_some()));
        let orphans = table.constraints.iter().filter(|c| match &c.kind {
            ConstraintKind::Check { columns, .. } => columns.contains(&column) && !c.local && !has(&c.name),
            _ => false,
        });
        for id in orphans.map(|c| c.id).collect::<Vec<_>>() {
            self.catalog.remove_constraint(child, id, self.applied);
        }
    }

    /// What keeps a column from getting another type.
    fn refuse_dependents(&mut self, table: RelationId, column: &Column) -> bool {
        let obstacle = self.catalog.retyping_obstacle(table, column);
        if let Some((sqlstate, message)) = obstacle {
            self.conflict(sqlstate, message);
        }
        obstacle.is_some()
    }
}

impl Catalog {
    /// The tables with a policy that has a condition on the column, the column's own perhaps among them.
    pub(crate) fn policies_reading(&self, table: RelationId, column: ColumnId) -> impl Iterator<Item = RelationId> {
        let reads = move |id: &RelationId| {
            let mut reads = self.table(*id).into_iter().flat_map(|t| &t.policies).flat_map(|policy| &policy.reads);
            reads.any(|read| read.relation == table && read.columns.contains(&column))
        };
        self.hints.guarded.iter().copied().filter(reads)
    }

    /// The error of changing a column's type while something depends on it that cannot follow.
    pub(crate) fn retyping_obstacle(&self, table: RelationId, column: &Column) -> Option<(&'static str, &'static str)> {
        let definition = self.table(table)?;
        let generated = |c: &&Column| {
            c.id != column.id && c.generated.as_ref().is_some_and(|g| mentions(&g.expression.expr, column))
        };
        let in_trigger = definition.triggers.iter().any(|t| {
            t.columns.contains(&column.id) || t.when.as_ref().is_some_and(|when| mentions(&when.expr, column))
        });
        let mut sqlstate = "0A000";
        // The server names the first that was made, which a generated column mostly is.
        let refused = if definition.columns.iter().any(|c| generated(&c)) {
            sqlstate = if self.target().version < 15 { "42601" } else { sqlstate };
            "cannot alter type of a column used by a generated column"
        } else if !self.views_reading(table, Some(column.id)).is_empty() {
            "cannot alter type of a column used by a view or rule"
        } else if self.policies_reading(table, column.id).next().is_some() {
            "cannot alter type of a column used in a policy definition"
        } else if in_trigger {
            "cannot alter type of a column used in a trigger definition"
        } else {
            return None;
        };
        Some((sqlstate, refused))
    }
}
