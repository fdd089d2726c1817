//! `PRIMARY KEY`, `UNIQUE` and `EXCLUDE`: constraints with an index behind them.

use super::change::Change;
use super::index::{NewIndex, NewKey, plain_key};
use crate::catalog::{Index, RelationId, Resolved};
use crate::sql::operation::{ConstraintDef, ConstraintKind as Demand, ExcludeDef, UniqueDef};
use crate::sql::{Ident, ObjectName};

impl Change<'_> {
    /// Adds a key or exclusion constraint with its index.
    pub(super) fn add_key(&mut self, table: RelationId, def: &ConstraintDef, only: bool) {
        match &def.kind {
            Demand::Unique(unique) => {
                if unique.primary && !self.may_have_primary_key(table) {
                    return;
                }
                match &unique.using_index {
                    Some(index) => self.add_key_using_index(table, def, unique, index),
                    None => self.add_unique(table, def, unique, only),
                }
            }
            Demand::Exclude(exclude) => self.add_exclude(table, def, exclude, only),
            _ => {}
        }
    }

    fn may_have_primary_key(&mut self, table: RelationId) -> bool {
        let has_one = self.table(table).is_some_and(|t| t.primary_key().is_some());
        if has_one {
            let message = format!("multiple primary keys for table \"{}\" are not allowed", self.name(table));
            self.conflict("42P16", message);
        }
        !has_one
    }

    fn add_unique(&mut self, table: RelationId, def: &ConstraintDef, unique: &UniqueDef, only: bool) {
        let mut seen: Vec<&Ident> = Vec::new();
        for column in &unique.columns {
            if seen.contains(&column) {
                let what = if unique.primary { "primary key" } else { "unique" };
                self.conflict("42701", format!("column \"{column}\" appears twice in {what} constraint"));
                return;
            }
            seen.push(column);
        }
        let in_key = |name: &Ident| format!("column \"{name}\" named in key does not exist");
        let key = self.columns(table, &unique.columns, in_key);
        let include = self.columns(table, &unique.include, in_key);
        if key.len() != unique.columns.len() {
            return;
        }
        if unique.primary {
            for column in &key {
                if self.version() >= 18 && self.refuses_primary_key(table, *column) {
                    return;
                }
                self.key_column_not_null(table, *column, only && !self.is_partitioned(table));
            }
        }
        let Some(definition) = self.table(table) else { return };
        let method = if unique.without_overlaps { "gist" } else { "btree" };
        let keys = key.iter().filter_map(|id| definition.column_by_id(*id)).map(plain_key).collect();
        let new = NewIndex {
            name: def.name.clone(),
            index: Index {
                unique: true,
                nulls_not_distinct: unique.nulls_not_distinct,
                keys,
                include,
                column_names: super::names::distinct(unique.columns.iter().chain(&unique.include).cloned()),
                options: unique.parameters.options.clone(),
                tablespace: unique.parameters.tablespace.clone(),
                ..Index::new(table, Ident::exact(method))
            },
            key: Some(NewKey {
                primary: unique.primary,
                operators: None,
                deferrable: def.deferrable,
                initially_deferred: def.initially_deferred,
                comment: None,
            }),
            comment: None,
        };
        self.check_operator_classes(&new.index);
        self.make_index(table, &new, only);
    }

    /// A column of a new primary key is NOT NULL; a constraint for that is left as it is (PostgreSQL 18).
    fn key_column_not_null(&mut self, table: RelationId, column: crate::catalog::ColumnId, only: bool) {
        let constraint = self.table(table).and_then(|t| super::not_null::not_null_of(t, column));
        let constraint = constraint.and_then(|(id, _)| self.catalog.constraint(table, id));
        if self.version() < 18 || constraint.is_none_or(|c| !c.valid) {
            self.set_not_null(table, column, None, only);
        }
    }

    /// PostgreSQL 18: a column whose not-null constraint is not valid, or not inherited, cannot be in a primary key.
    fn refuses_primary_key(&mut self, table: RelationId, column: crate::catalog::ColumnId) -> bool {
        let constraint = self.table(table).and_then(|t| super::not_null::not_null_of(t, column));
        let constraint = constraint.and_then(|(id, _)| self.catalog.constraint(table, id));
        let refused = constraint.is_some_and(|c| !c.valid || c.no_inherit);
        if refused {
            let message = format!("cannot create primary key on column \"{}\"", self.column_name(table, column));
            self.conflict("55000", message);
        }
        refused
    }

    fn add_exclude(&mut self, table: RelationId, def: &ConstraintDef, exclude: &ExcludeDef, only: bool) {
        if self.is_partitioned(table) && self.version() < 17 {
            self.conflict("0A000", "exclusion constraints are not supported on partitioned tables");
        }
        let new = NewIndex {
            name: def.name.clone(),
            index: Index {
                predicate: exclude.predicate.clone(),
                options: exclude.parameters.options.clone(),
                tablespace: exclude.parameters.tablespace.clone(),
                ..self.index_over(table, &exclude.method, &exclude.elements, &exclude.include)
            },
            key: Some(NewKey {
                primary: false,
                operators: Some(exclude.operators.clone()),
                deferrable: def.deferrable,
                initially_deferred: def.initially_deferred,
                comment: None,
            }),
            comment: None,
        };
        self.check_method(&new.index, &exclude.elements);
        self.make_index(table, &new, only);
    }

    /// `ADD CONSTRAINT name UNIQUE USING INDEX index`: the index takes the constraint's name.
    fn add_key_using_index(&mut self, table: RelationId, def: &ConstraintDef, unique: &UniqueDef, index_name: &Ident) {
        if self.is_partitioned(table) {
            let message = "ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables";
            self.conflict("0A000", message);
            return;
        }
        let schema = self.schema(table);
        let resolved = self.catalog.resolve(&ObjectName::qualified(schema.clone(), index_name.clone()));
        let index = match resolved {
            Resolved::Found(id) => self.catalog.index(id).cloned().map(|index| (id, index)),
            Resolved::Unknown => return,
            Resolved::System | Resolved::Missing => None,
        };
        let Some((id, index)) = index else {
            if !self.is_unknown(table) {
                self.conflict("42704", format!("index \"{index_name}\" does not exist"));
            }
            return;
        };
        if let Some((sqlstate, message)) = self.unusable(table, &index, index_name) {
            self.conflict(sqlstate, message);
            return;
        }
        let columns: Vec<_> = index.keys.iter().filter_map(|k| k.column).collect();
        if unique.primary {
            for column in &columns {
                self.key_column_not_null(table, *column, false);
            }
        }
        let name = def.name.clone().unwrap_or_else(|| index_name.clone());
        if name != *index_name {
            if self.catalog.relation_names.contains_key(&(schema.clone(), name.clone())) {
                self.conflict("42P07", format!("relation \"{name}\" already exists"));
                return;
            }
            self.notice(format!(
                "ALTER TABLE / ADD CONSTRAINT USING INDEX will rename index \"{index_name}\" to \"{name}\""
            ));
        }
        if self.table(table).is_some_and(|t| t.constraint(&name).is_some()) {
            let table = self.name(table);
            self.conflict("42710", format!("constraint \"{name}\" for relation \"{table}\" already exists"));
            return;
        }
        self.catalog.move_relation(id, schema, name.clone());
        let (deferrable, initially_deferred) = (def.deferrable, def.initially_deferred);
        let key = NewKey { primary: unique.primary, operators: None, deferrable, initially_deferred, comment: None };
        self.add_key_constraint(table, id, name, &key);
    }

    /// Why an index cannot become a key.
    fn unusable(&self, table: RelationId, index: &Index, name: &Ident) -> Option<(&'static str, String)> {
        let ordered = |k: &crate::catalog::IndexKey| k.operator_class.is_none() && !k.descending && !k.nulls_first;
        Some(if index.table != table {
            ("55000", format!("index \"{name}\" does not belong to table \"{}\"", self.name(table)))
        } else if index.constraint.is_some() {
            ("55000", format!("index \"{name}\" is already associated with a constraint"))
        } else if !index.valid {
            ("55000", format!("index \"{name}\" is not valid"))
        } else if !index.unique {
            ("42809", format!("\"{name}\" is not a unique index"))
        } else if index.keys.iter().any(|k| k.expression.is_some()) {
            ("42809", format!("index \"{name}\" contains expressions"))
        } else if index.predicate.is_some() {
            ("42809", format!("\"{name}\" is a partial index"))
        } else if let Some(at) = index.keys.iter().position(|k| !ordered(k)) {
            ("42809", format!("index \"{name}\" column number {} does not have default sorting behavior", at + 1))
        } else {
            return None;
        })
    }
}
