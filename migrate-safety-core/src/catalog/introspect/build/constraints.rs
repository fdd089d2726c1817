//! Constraints of tables and domains.

use super::Builder;
use super::indexes::column_id;
use super::relations::missing_expression;
use crate::catalog::introspect::rows::ConstraintRow;
use crate::catalog::{ColumnId, Constraint, ConstraintId, ConstraintKind, ForeignKey, RelationId, Stamp, TypeDefKind};
use crate::sql::Ident;
use crate::sql::expr::Expression;
use crate::sql::operation::ReferentialAction;

impl Builder {
    /// Constraints wait for the indexes behind them.
    pub(in crate::catalog::introspect) fn keep_constraints(&mut self, rows: Vec<ConstraintRow>) {
        self.kept_constraints = rows;
    }

    pub(in crate::catalog::introspect) fn add_constraints(&mut self) {
        let rows = std::mem::take(&mut self.kept_constraints);
        // A partition's constraint may be older than that of its parent, to which it was attached.
        for row in &rows {
            if let Some(table) = self.relation_id(row.relation) {
                let id = ConstraintId(self.catalog.fresh_id());
                self.constraints.insert(row.oid, (table, id));
            }
        }
        for row in rows {
            match self.constraints.get(&row.oid).copied() {
                Some((table, id)) => self.add_constraint(table, id, row),
                None => self.add_domain_check(row),
            }
        }
    }

    fn add_constraint(&mut self, table: RelationId, id: ConstraintId, row: ConstraintRow) {
        let Some(kind) = self.constraint_kind(table, &row) else { return };
        if let Some(index) = kind_index(&kind).and_then(|index| self.catalog.index_mut(index)) {
            index.constraint = Some(id);
        }
        if let (ConstraintKind::NotNull { column }, false) = (&kind, row.valid)
            && let Some(column) = self.catalog.column_mut(table, *column)
        {
            column.not_null = false;
        }
        let constraint = Constraint {
            valid: row.valid,
            enforced: row.enforced,
            deferrable: row.deferrable,
            initially_deferred: row.initially_deferred,
            // The server marks foreign keys and keys that it makes no copies of.
            no_inherit: row.no_inherit && matches!(row.kind, 'c' | 'n'),
            inherited: row.inherited,
            local: row.local,
            parent: self.constraints.get(&row.parent).map(|(_, id)| *id),
            ..Constraint::new(id, Ident::exact(&row.name), kind, Stamp::BEFORE)
        };
        self.catalog.add_constraint(table, constraint);
    }

    fn constraint_kind(&mut self, table: RelationId, row: &ConstraintRow) -> Option<ConstraintKind> {
        let columns = column_ids(row.columns.as_ref());
        Some(match row.kind {
            'n' => ConstraintKind::NotNull { column: columns.first().copied()? },
            'c' => ConstraintKind::Check { expression: self.condition(table, row), columns },
            'p' | 'u' => {
                ConstraintKind::Unique { primary: row.kind == 'p', columns, index: self.relation_id(row.index)? }
            }
            'x' => ConstraintKind::Exclude {
                index: self.relation_id(row.index)?,
                operators: row.operators.iter().flatten().map(|operator| operator.as_str().into()).collect(),
            },
            'f' => ConstraintKind::ForeignKey(ForeignKey {
                columns,
                table: self.relation_id(row.referenced)?,
                referenced: column_ids(row.referenced_columns.as_ref()),
                index: self.relation_id(row.index),
                on_delete: action(row.on_delete),
                on_update: action(row.on_update),
                match_full: row.match_type == 'f',
                set_columns: column_ids(row.set_columns.as_ref()),
            }),
            _ => return None,
        })
    }

    fn condition(&mut self, table: RelationId, row: &ConstraintRow) -> Expression {
        match &row.expression {
            Some(sql) => {
                let owner = format!("{} on {}", row.name, self.qualified(table));
                self.expression(&owner, sql)
            }
            None => {
                self.locked(table);
                missing_expression()
            }
        }
    }

    fn add_domain_check(&mut self, row: ConstraintRow) {
        let (Some(id), Some(sql)) = (self.types.get(&row.domain).copied(), &row.expression) else { return };
        let check = self.expression(&row.name, sql);
        if let Some(TypeDefKind::Domain(domain)) = self.catalog.types.get_mut(&id).map(|def| &mut def.kind) {
            domain.checks.push((Ident::exact(&row.name), check, row.valid));
        }
    }
}

fn column_ids(numbers: Option<&Vec<i16>>) -> Vec<ColumnId> {
    numbers.into_iter().flatten().filter_map(|number| column_id(*number)).collect()
}

fn kind_index(kind: &ConstraintKind) -> Option<RelationId> {
    match kind {
        ConstraintKind::Unique { index, .. } | ConstraintKind::Exclude { index, .. } => Some(*index),
        _ => None,
    }
}

fn action(code: char) -> ReferentialAction {
    match code {
        'r' => ReferentialAction::Restrict,
        'c' => ReferentialAction::Cascade,
        'n' => ReferentialAction::SetNull,
        'd' => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
