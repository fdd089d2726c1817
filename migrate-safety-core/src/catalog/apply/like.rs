//! `CREATE TABLE (LIKE source INCLUDING …)`.

use super::change::Change;
use super::index::NewIndex;
use crate::catalog::{Column, Constraint, ConstraintKind, RelationId, Sequence};
use crate::sql::Ident;
use crate::sql::operation::{LikeClause, SequenceOptions};

impl Change<'_> {
    /// The columns of the source, in order.
    pub(super) fn add_like_columns(&mut self, id: RelationId, clause: &LikeClause) {
        let Some(source) = self.relation(&clause.source, false) else { return };
        for column in self.columns_of(source) {
            let including = clause.including;
            let has_identity = column.identity.is_some() && including.identity;
            let copy = Column {
                not_null: column.not_null && self.version() < 18,
                default: column.default.clone().filter(|_| including.defaults),
                generated: column.generated.clone().filter(|_| including.generated),
                identity: column.identity.filter(|_| has_identity),
                sequence: None,
                storage: column.storage.clone().filter(|_| including.storage),
                compression: column.compression.clone().filter(|_| including.compression),
                created: self.now,
                inherited: 0,
                local: true,
                comment: column.comment.clone().filter(|_| including.comments),
                ..column.clone()
            };
            let existing = self.table(id).and_then(|t| t.column(&column.name)).cloned();
            let copied = match existing {
                Some(existing) => {
                    self.merge_own_column(id, &existing, copy, false);
                    Some(existing.id)
                }
                None => self.catalog.add_column(id, copy),
            };
            let Some(copied) = copied else { continue };
            if has_identity {
                self.copy_identity(id, source, &column);
            }
            let constraint = self.table(source).and_then(|t| super::not_null::not_null_of(t, column.id));
            let constraint = constraint.and_then(|(id, _)| self.catalog.constraint(source, id)).cloned();
            // One that is NOT VALID is copied too, and holds of the new table.
            if (column.not_null || constraint.is_some()) && self.version() >= 18 {
                let no_inherit = constraint.as_ref().is_some_and(|c| c.no_inherit);
                let comment = constraint.as_ref().and_then(|c| c.comment.clone()).filter(|_| including.comments);
                self.add_not_null(id, copied, constraint.map(|c| c.name), no_inherit);
                let made = self.table(id).and_then(|t| super::not_null::not_null_of(t, copied));
                if let Some(made) = made.and_then(|(made, _)| self.catalog.constraint_mut(id, made)) {
                    made.comment = comment.or(made.comment.take());
                }
            }
        }
        if self.is_unknown(source)
            && let Some(relation) = self.catalog.relations.get_mut(&id)
        {
            relation.unknown = true;
        }
    }

    /// The columns of a table, or of a view where their types are known.
    fn columns_of(&mut self, source: RelationId) -> Vec<Column> {
        let Some(relation) = self.catalog.relation(source) else { return Vec::new() };
        if let Some(table) = relation.table() {
            return table.columns.clone();
        }
        let columns = relation.view().map_or(&[][..], |v| &v.columns);
        columns
            .iter()
            .map(|c| {
                let unknown = || crate::sql::DataType::builtin(crate::catalog::store::UNKNOWN_TYPE);
                Column::new(c.name.clone(), c.data_type.clone().unwrap_or_else(unknown), self.now)
            })
            .collect()
    }

    fn copy_identity(&mut self, id: RelationId, source: RelationId, column: &Column) {
        // A partition counts with its parent's sequence (PostgreSQL 17).
        let tables = std::iter::successors(Some(source), |table| Some(self.table(*table)?.partition_of.as_ref()?.0));
        let mut columns = tables.filter_map(|table| self.table(table)?.column(&column.name));
        let sequence = columns.find_map(|column| self.catalog.relation(column.sequence?)?.sequence());
        let options = sequence.map_or_else(SequenceOptions::default, copied_options);
        self.make_sequence(id, &column.name, &options, true);
    }

    /// Checks and indexes of the source, once the table has its own.
    pub(super) fn add_like_objects(&mut self, id: RelationId, clause: &LikeClause) {
        let Some(source) = self.catalog.resolve(&clause.source).found() else { return };
        if clause.including.constraints {
            let checks = self.table(source).map_or(&[][..], |t| &t.constraints);
            let checks: Vec<Constraint> = checks.iter().filter(|c| super::inherit::is_check(c)).cloned().collect();
            for check in checks {
                self.copy_check(id, check, clause.including.comments);
            }
        }
        if clause.including.indexes {
            for index in self.catalog.indexes_of(source).to_vec() {
                self.copy_index(id, index, clause.including.comments);
            }
        }
    }

    fn copy_check(&mut self, id: RelationId, check: Constraint, comments: bool) {
        let ConstraintKind::Check { expression, .. } = &check.kind else { return };
        if self.table(id).is_some_and(|t| t.constraint(&check.name).is_some()) {
            let (name, table) = (&check.name, self.name(id));
            self.conflict("42710", format!("constraint \"{name}\" for relation \"{table}\" already exists"));
            return;
        }
        let columns = self.mentioned(id, expression);
        let kind = ConstraintKind::Check { expression: expression.clone(), columns };
        let copy = Constraint {
            no_inherit: check.no_inherit,
            enforced: check.enforced,
            valid: check.enforced,
            comment: check.comment.clone().filter(|_| comments),
            ..Constraint::new(self.fresh_constraint(), check.name.clone(), kind, self.now)
        };
        self.catalog.add_constraint(id, copy);
    }

    fn copy_index(&mut self, id: RelationId, index: RelationId, comments: bool) {
        let Some(definition) = self.catalog.index(index).cloned() else { return };
        let comment_of = |c: &Option<Box<str>>| c.clone().filter(|_| comments);
        let comment = self.catalog.relation(index).and_then(|r| comment_of(&r.comment));
        let mut key = self.key_of(&definition);
        if let Some(key) = &mut key {
            let constraint = definition.constraint.and_then(|c| self.catalog.constraint(definition.table, c));
            key.comment = constraint.and_then(|c| comment_of(&c.comment));
            if key.primary && self.table(id).is_some_and(|t| t.primary_key().is_some()) {
                let table: Ident = self.name(id);
                self.conflict("42P16", format!("multiple primary keys for table \"{table}\" are not allowed"));
                return;
            }
        }
        if let Some(columns) =
            key.as_ref().filter(|k| k.primary).map(|_| definition.keys.iter().filter_map(|k| k.column))
        {
            let names: Vec<Ident> = columns.map(|c| self.column_name(definition.table, c)).collect();
            for name in names {
                if let Some(column) = self.catalog.ensure_column(id, &name) {
                    self.set_not_null(id, column, None, true);
                }
            }
        }
        let index = self.index_for(id, &definition);
        self.make_index(id, &NewIndex { name: None, index, key, comment }, false);
    }
}

/// The options of a copied sequence: it counts in `bigint`, within the bounds that it had.
fn copied_options(s: &Sequence) -> SequenceOptions {
    let of_type = match s.data_type.name.as_str() {
        "int2" => Some(i64::from(i16::MAX)),
        "int4" => Some(i64::from(i32::MAX)),
        _ => None,
    };
    let down = s.increment < 0;
    let (min, max) = s.bounds;
    SequenceOptions {
        data_type: Some(crate::sql::DataType::builtin("int8")),
        increment: Some(s.increment),
        min_value: min.or(of_type.filter(|_| down).map(|most| -most - 1)).map(Some),
        max_value: max.or(of_type.filter(|_| !down)).map(Some),
        start: s.start,
        cache: Some(s.cache),
        cycle: Some(s.cycle),
        ..SequenceOptions::default()
    }
}
