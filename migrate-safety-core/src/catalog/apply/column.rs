//! Columns: `ADD`, `RENAME`, and how one is made as written.

use super::change::{Change, is_system_column};
use crate::catalog::storage::unusual_compression;
use crate::catalog::store::UNKNOWN_TYPE;
use crate::catalog::{
    Catalog, Column, Conflict, ConstraintKind, RelationId, RelationKind, Sequence, Table, TypeDefKind, TypeRef,
};
use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::{ColumnDef, ConstraintDef, ConstraintKind as Demand, Generated, SequenceOptions};
use crate::sql::{DataType, Ident, ObjectName};

impl Catalog {
    /// What the server stores of a default: NULL of a type that takes it as it is counts as none.
    pub(in crate::catalog::apply) fn stored_default(
        &self,
        data_type: &DataType,
        default: Option<&Expression>,
    ) -> Option<Expression> {
        let is_domain = matches!(self.type_of(data_type), TypeRef::Domain(..));
        let is_null = |default: &Expression| match &default.expr {
            Expr::Null => true,
            Expr::Cast { expr, to } => matches!(**expr, Expr::Null) && self.settled_type(to) == *data_type,
            _ => false,
        };
        default.filter(|d| is_domain || !data_type.modifiers.is_empty() || !is_null(d)).cloned()
    }
}

impl Change<'_> {
    /// A column as written, without its constraints and its sequence.
    pub(super) fn new_column(&mut self, table: RelationId, written: &ColumnDef) -> Column {
        let name = &written.name;
        let data_type = match &written.data_type {
            Some(data_type) => self.column_type(name, data_type),
            None => DataType::builtin(UNKNOWN_TYPE),
        };
        let table_name = self.name(table);
        let clash =
            |a: &str, b: &str| format!("both {a} and {b} specified for column \"{name}\" of table \"{table_name}\"");
        if written.default.is_some() && written.identity.is_some() {
            self.conflict("42601", clash("default", "identity"));
        } else if written.default.is_some() && written.generated.is_some() {
            self.conflict("42601", clash("default", "generation expression"));
        } else if written.identity.is_some() && written.generated.is_some() {
            self.conflict("42601", clash("identity", "generation expression"));
        }
        if written.identity.is_some() && !is_integer(&data_type) && !data_type.is(UNKNOWN_TYPE) {
            self.conflict("22023", "identity column type must be smallint, integer, or bigint");
        }
        let partition = self.table(table).is_some_and(|t| t.partition_of.is_some());
        if written.identity.is_some() && partition {
            self.conflict("0A000", "identity columns are not supported on partitions");
        }
        if let Some(default) = &written.default {
            self.check_default(name, &data_type, default);
        }
        Column {
            collation: written.collation.as_ref().map(|name| self.catalog.settled_collation(name).into()),
            default: self.catalog.stored_default(&data_type, written.default.as_ref()).map(Box::new),
            generated: written.generated.clone().map(Box::new),
            identity: written.identity.as_ref().map(|i| i.always),
            storage: written.storage.as_ref().and_then(|storage| self.catalog.unusual_storage(&data_type, storage)),
            compression: written.compression.as_ref().and_then(unusual_compression),
            ..Column::new(name.clone(), data_type, self.now)
        }
    }

    /// What the server refuses in a default.
    pub(super) fn check_default(&mut self, column: &Ident, data_type: &DataType, default: &Expression) {
        let mut refused = None;
        default.expr.walk(&mut |e| match e {
            Expr::Column { .. } => refused = Some("cannot use column reference in DEFAULT expression"),
            Expr::Subquery { .. } => refused = Some("cannot use subquery in DEFAULT expression"),
            _ => {}
        });
        if let Some(refused) = refused {
            self.conflict("0A000", refused);
        } else if let Some(problem) = self.catalog.expression_problem(&default.expr, None) {
            self.applied.conflicts.push(problem);
        } else if let Expr::String(text) = &default.expr {
            self.applied.conflicts.extend(self.catalog.constant_problem(text, data_type));
        } else if let Some(from) = self.catalog.expression_type(&default.expr, None)
            && self.assigns(&from, data_type) == Some(false)
        {
            let (to, from) = (self.spelt(data_type), self.spelt(&from));
            self.conflict(
                "42804",
                format!("column \"{column}\" is of type {to} but default expression is of type {from}"),
            );
        }
    }

    /// A type without its modifiers as a message spells it (`format_type_be` on the server).
    pub(super) fn spelt(&self, data_type: &DataType) -> String {
        let visible = data_type.schema.as_ref().is_none_or(|s| self.catalog.search_path.contains(s));
        let schema = data_type.schema.clone().filter(|_| !visible);
        DataType { modifiers: Vec::new(), schema, ..data_type.clone() }.to_string()
    }

    /// A generated column's expression, once all columns are there.
    pub(super) fn check_generated(&mut self, table: RelationId, generated: &Generated) {
        let expression = &generated.expression;
        for id in self.mentioned(table, expression) {
            let Some(other) = self.catalog.column(table, id) else { continue };
            if other.generated.is_some() {
                let message = format!("cannot use generated column \"{}\" in column generation expression", other.name);
                self.conflict("42P17", message);
                return;
            }
        }
        if let Some(problem) = self.catalog.expression_problem(&expression.expr, Some(table)) {
            self.applied.conflicts.push(problem);
        } else if self.catalog.is_immutable(&expression.expr, Some(table)) == Some(false) {
            self.conflict("42P17", "generation expression is not immutable");
        }
    }

    /// The sequence of a `serial` or identity column, owned by it.
    pub(super) fn add_sequence(&mut self, table: RelationId, written: &ColumnDef) {
        let none = SequenceOptions::default();
        let options = match &written.identity {
            Some(identity) => &identity.options,
            None if written.serial => &none,
            None => return,
        };
        self.make_sequence(table, &written.name, options, written.identity.is_some());
    }

    /// Makes the sequence behind a column.
    pub(super) fn make_sequence(
        &mut self,
        table: RelationId,
        column: &Ident,
        options: &SequenceOptions,
        identity: bool,
    ) {
        let Some(definition) = self.table(table) else { return };
        let persistence = definition.persistence;
        let Some(owner) = definition.column(column) else { return };
        let (id, data_type) = (owner.id, owner.data_type.clone());
        let table_name = self.name(table);
        let schema = options.name.as_ref().and_then(|n| n.schema.clone()).unwrap_or_else(|| self.schema(table));
        let name = match &options.name {
            Some(name) => name.name.clone(),
            None => self.catalog.free_relation_name(&schema, &table_name, Some(column), "seq", false),
        };
        if self.catalog.relation_names.contains_key(&(schema.clone(), name.clone())) {
            self.conflict("42P07", format!("relation \"{name}\" already exists"));
            return;
        }
        let sequence = Sequence { identity, ..Sequence::new(data_type, persistence, options) };
        let kind = RelationKind::Sequence(Box::new(sequence));
        let sequence = self.catalog.add_relation(schema.clone(), name.clone(), kind, self.now);
        self.applied.created.push(sequence);
        self.catalog.own_sequence(sequence, Some((table, id)));
        let default = (!identity).then(|| nextval(&ObjectName::qualified(schema, name)));
        if let Some(column) = self.catalog.column_mut(table, id) {
            column.sequence = Some(sequence);
            if default.is_some() {
                column.default = default.map(Box::new);
            }
        }
        self.catalog.note_column(table, id);
    }

    /// The attributes of a composite type.
    pub(super) fn composite_attributes(&self, name: &ObjectName) -> Option<Vec<(Ident, DataType)>> {
        let data_type =
            DataType { schema: name.schema.clone(), name: name.name.clone(), modifiers: Vec::new(), array: false };
        match self.catalog.type_of(&data_type) {
            TypeRef::Other(def) => match &def.kind {
                TypeDefKind::Composite(attributes) => Some(attributes.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// `ADD COLUMN`, in the children too.
    pub(super) fn alter_add_column(&mut self, table: RelationId, written: &ColumnDef, if_not_exists: bool, only: bool) {
        let Some(definition) = self.table(table) else { return };
        let name = &written.name;
        let exists = definition.column(name).is_some();
        let (partition, typed) = (definition.partition_of.is_some(), definition.of_type.is_some());
        let partitioned = definition.is_partitioned();
        if partition {
            self.conflict("42809", "cannot add column to a partition");
            return;
        } else if typed {
            self.conflict("42809", "cannot add column to typed table");
            return;
        }
        if exists {
            let message = format!("column \"{name}\" of relation \"{}\" already exists", self.name(table));
            self.exists_already("42701", &message, if_not_exists);
            return;
        }
        if is_system_column(name) {
            self.conflict("42701", format!("column name \"{name}\" conflicts with a system column name"));
            return;
        }
        let has_children = !self.children(table).is_empty();
        if has_children && only {
            self.conflict("42P16", "column must be added to child tables too");
        } else if has_children && written.identity.is_some() && (!partitioned || self.version() < 17) {
            self.conflict("42P16", "cannot recursively add identity column to table that has child tables");
        }
        let column = self.new_column(table, written);
        self.warn_of_nulls(table, written, &column.data_type);
        let Some(id) = self.catalog.add_column(table, column) else { return };
        self.add_sequence(table, written);
        if let Some(generated) = &written.generated {
            self.check_generated(table, generated);
        }
        if let Some(column) = self.catalog.column(table, id).cloned()
            && !only
        {
            self.pass_column_on(table, &column);
        }
        let not_null = |d: &&ConstraintDef| matches!(d.kind, Demand::NotNull { .. });
        let explicit = written.constraints.iter().find(not_null);
        if explicit.is_some() || written.serial || written.identity.is_some() {
            self.set_not_null(table, id, explicit, only);
        }
        let later = |d: &ConstraintDef| match &d.kind {
            Demand::Unique(_) | Demand::Exclude(_) => 0,
            _ => 1,
        };
        let mut constraints: Vec<&ConstraintDef> = written.constraints.iter().filter(|d| !not_null(d)).collect();
        constraints.sort_by_key(|d| later(d));
        for def in constraints {
            self.alter_add_constraint(table, def, only);
        }
    }

    /// A NOT NULL column without a value for the rows that are there.
    fn warn_of_nulls(&mut self, table: RelationId, written: &ColumnDef, data_type: &DataType) {
        let demands = |d: &ConstraintDef| match &d.kind {
            Demand::NotNull { .. } => !d.not_valid,
            Demand::Unique(unique) => unique.primary,
            _ => false,
        };
        let domain_default = match self.catalog.type_of(data_type) {
            TypeRef::Domain(_, domain) => domain.default.is_some(),
            _ => false,
        };
        let is_null = |default: &Expression| matches!(default.expr, Expr::Null);
        let has_value = written.serial
            || written.identity.is_some()
            || written.generated.is_some()
            || written.default.as_ref().map_or(domain_default, |d| !is_null(d));
        if !has_value && written.constraints.iter().any(demands) {
            let message =
                format!("column \"{}\" of relation \"{}\" contains null values", written.name, self.name(table));
            self.applied.conflicts.push(Conflict { only_with_rows: true, ..Conflict::new("23502", message) });
        }
    }

    /// Gives the descendants a new column; one that has it already has passed it on.
    fn pass_column_on(&mut self, table: RelationId, column: &Column) {
        let mut parents = vec![table];
        while let Some(parent) = parents.pop() {
            for child in self.children(parent) {
                let Some(definition) = self.table(child) else { continue };
                let partition = definition.partition_of.is_some();
                let existing = definition.column(&column.name).cloned();
                if let Some(existing) = existing {
                    self.merge_column(child, &existing, column);
                    continue;
                }
                let keeps_identity = partition && self.version() >= 17;
                let inherited = Column {
                    inherited: 1,
                    local: false,
                    identity: column.identity.filter(|_| keeps_identity),
                    sequence: None,
                    ..column.clone()
                };
                self.catalog.add_column(child, inherited);
                parents.push(child);
            }
        }
    }

    fn merge_column(&mut self, child: RelationId, existing: &Column, column: &Column) {
        let (name, child_name) = (&column.name, self.name(child));
        if existing.data_type != column.data_type && !existing.data_type.is(UNKNOWN_TYPE) {
            self.conflict("42804", format!("child table \"{child_name}\" has different type for column \"{name}\""));
        } else if existing.collation != column.collation {
            let message = format!("child table \"{child_name}\" has different collation for column \"{name}\"");
            self.conflict("42P21", message);
        }
        self.notice(format!("merging definition of column \"{name}\" for child \"{child_name}\""));
        if let Some(existing) = self.catalog.column_mut(child, existing.id) {
            existing.inherited += 1;
        }
    }

    /// `RENAME COLUMN`, in the children too, and in every expression that mentions the column.
    pub(super) fn rename_column(&mut self, relation: RelationId, from: &Ident, to: &Ident, only: bool) {
        let is_view = self.catalog.relation(relation).is_some_and(|r| r.view().is_some());
        if is_view {
            self.catalog.rename_view_column(relation, from, to, self.applied);
            return;
        }
        let known = self.table(relation).and_then(|t| t.column(from)).cloned();
        if known.is_none() && is_system_column(from) {
            self.conflict("0A000", format!("cannot rename system column \"{from}\""));
            return;
        }
        let Some(id) = self.catalog.ensure_column(relation, from) else {
            if self.table(relation).is_some() {
                self.conflict("42703", format!("column \"{from}\" does not exist"));
            }
            return;
        };
        if self.table(relation).is_some_and(|t| t.of_type.is_some()) {
            self.conflict("42809", "cannot rename column of typed table");
        }
        if self.catalog.column(relation, id).is_some_and(|c| c.inherited > 0) {
            self.conflict("42P16", format!("cannot rename inherited column \"{from}\""));
        }
        let descendants = self.catalog.descendants(relation);
        if only && !descendants.is_empty() {
            self.conflict("42P16", format!("inherited column \"{from}\" must be renamed in child tables too"));
        }
        for table in std::iter::once(relation).chain(descendants) {
            if self.table(table).is_some_and(|t| t.column(to).is_some()) {
                let table = self.name(table);
                self.conflict("42701", format!("column \"{to}\" of relation \"{table}\" already exists"));
                return;
            }
            self.catalog.rename_table_column(table, from, to);
        }
    }
}

impl crate::catalog::Catalog {
    /// Renames a column of one table wherever the table's own objects mention it.
    fn rename_table_column(&mut self, id: RelationId, from: &Ident, to: &Ident) {
        self.rename_column_in_views(id, from, to);
        let indexes = self.indexes_of(id).to_vec();
        if let Some(table) = self.table_mut(id) {
            rename_in_table(table, from, to);
        }
        for index in indexes {
            let Some(index) = self.index_mut(index) else { continue };
            let expressions = index.keys.iter_mut().filter_map(|k| k.expression.as_mut()).chain(&mut index.predicate);
            expressions.for_each(|e| rename_in(e, from, to));
        }
        self.rename_in_statistics(id, |expression| rename_in(expression, from, to));
    }
}

fn rename_in_table(table: &mut Table, from: &Ident, to: &Ident) {
    for column in &mut table.columns {
        if column.name == *from {
            column.name = to.clone();
        }
        if let Some(generated) = &mut column.generated {
            rename_in(&mut generated.expression, from, to);
        }
    }
    for constraint in &mut table.constraints {
        if let ConstraintKind::Check { expression, .. } = &mut constraint.kind {
            rename_in(expression, from, to);
        }
    }
    let key = table.partition_by.iter_mut().flat_map(|p| &mut p.key);
    let conditions = table.triggers.iter_mut().filter_map(|t| t.when.as_mut());
    let clauses = table.policies.iter_mut().map(|p| &mut p.clauses);
    let policies = clauses.flat_map(|clauses| clauses.using.iter_mut().chain(&mut clauses.check));
    key.chain(conditions).chain(policies).for_each(|e| rename_in(e, from, to));
}

fn rename_in(expression: &mut Expression, from: &Ident, to: &Ident) {
    if expression.expr.columns().contains(&from) {
        *expression = crate::sql::rename::column(expression, from, to);
    }
}

fn is_integer(data_type: &DataType) -> bool {
    ["int2", "int4", "int8"].iter().any(|t| data_type.is(t))
}

/// `nextval('sequence'::regclass)`.
fn nextval(sequence: &ObjectName) -> Expression {
    let name = sequence.sql();
    let sql = format!("nextval('{}'::regclass)", name.replace('\'', "''"));
    let argument = Expr::Cast { expr: Box::new(Expr::String(name.into())), to: DataType::builtin("regclass") };
    Expression {
        sql: sql.into(),
        expr: Expr::Call { name: ObjectName::bare(Ident::exact("nextval")), args: vec![argument] },
    }
}
