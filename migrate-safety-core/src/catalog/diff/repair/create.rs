//! Making what is missing.

use super::{Repair, comment};
use crate::catalog::render::table_parts::{firing, policy_sql};
use crate::catalog::{
    Catalog, ColumnId, Constraint, ConstraintKind, Index, Object, Relation, RelationId, RelationKind,
};

impl Repair<'_> {
    /// Statements that make an object of the expected schema.
    pub(super) fn create(&self, object: &Object) -> Vec<String> {
        self.created(object).unwrap_or_default()
    }

    fn created(&self, object: &Object) -> Option<Vec<String>> {
        let catalog = self.expected;
        Some(match object {
            Object::Schema(name) => vec![format!("CREATE SCHEMA {}", name.sql())],
            Object::Extension(name) => {
                let schema = catalog.extensions.get(name)?.schema.as_ref();
                let schema = schema.map(|s| format!(" WITH SCHEMA {}", s.sql())).unwrap_or_default();
                vec![format!("CREATE EXTENSION {}{schema}", name.sql())]
            }
            Object::Type(id) => vec![catalog.type_sql(catalog.types.get(id)?)?],
            Object::Routine(id) => {
                let routine = catalog.routine(*id)?;
                let mut statements = vec![Catalog::routine_sql(routine)];
                statements.extend(Catalog::routine_changes(routine));
                statements
            }
            Object::Relation(id) => self.created_relation(catalog.relation(*id)?),
            Object::Column(id, column) => self.added_column(*id, *column)?,
            Object::Constraint(id, constraint) => {
                vec![self.added_constraint(*id, catalog.constraint(*id, *constraint)?)?]
            }
            Object::Trigger(id, name) => {
                let relation = catalog.relation(*id)?;
                let trigger = catalog.triggers_of(*id).iter().find(|t| t.name == *name)?;
                let mut statements = vec![catalog.trigger_sql(relation, trigger)];
                if let Some(word) = firing(trigger.state) {
                    let table = relation.object_name().sql();
                    statements.push(format!("ALTER TABLE {table} {word} TRIGGER {}", name.sql()));
                }
                statements
            }
            Object::Rule(id, name) => vec![catalog.rule_sql(catalog.relation(*id)?, name)?],
            Object::Policy(id, name) => {
                let relation = catalog.relation(*id)?;
                let policy = relation.table()?.policies.iter().find(|p| p.name == *name)?;
                vec![policy_sql(&relation.object_name().sql(), policy)]
            }
            _ => return None,
        })
    }

    fn created_relation(&self, relation: &Relation) -> Vec<String> {
        let catalog = self.expected;
        match &relation.kind {
            RelationKind::Table(table) => {
                let Some(writer) = catalog.written_table(relation, false) else { return Vec::new() };
                let owned: Vec<&Relation> = table.sequences.iter().filter_map(|id| catalog.relation(*id)).collect();
                let of_defaults = || owned.iter().filter_map(|r| Some((r, r.sequence().filter(|s| !s.identity)?)));
                let mut statements: Vec<String> =
                    of_defaults().map(|(relation, sequence)| Catalog::sequence_sql(relation, sequence)).collect();
                statements.push(writer.create());
                statements.extend(of_defaults().filter_map(|(relation, _)| self.owned(relation)));
                statements.extend(writer.late_expressions());
                statements.extend(writer.late_keys());
                let indexes = table.indexes.iter().filter_map(|id| catalog.relation(*id));
                let indexes = indexes.filter_map(|r| Some((r, r.index().filter(|i| i.constraint.is_none())?)));
                statements.extend(indexes.map(|(relation, index)| catalog.index_sql(relation, index)));
                // A partition's indexes become part of its parent's when it is attached.
                statements.extend(writer.join_parents());
                statements.extend(writer.foreign_keys());
                statements.extend(writer.settings());
                statements.extend(writer.triggers());
                statements.extend(writer.policies());
                statements
            }
            RelationKind::Index(index) => vec![self.built_index(relation, index)],
            RelationKind::View(view) => {
                let mut statements = vec![Catalog::view_sql(relation, view)];
                let indexes = view.indexes.iter().filter_map(|id| catalog.relation(*id));
                statements.extend(indexes.filter_map(|r| Some(catalog.index_sql(r, r.index()?))));
                statements.extend(view.triggers.iter().map(|trigger| catalog.trigger_sql(relation, trigger)));
                statements
            }
            RelationKind::Sequence(sequence) => {
                let mut statements = vec![Catalog::sequence_sql(relation, sequence)];
                statements.extend(self.owned(relation));
                statements
            }
            RelationKind::Composite => Vec::new(),
        }
    }

    /// `CREATE INDEX`, where possible without stopping writes.
    pub(super) fn built_index(&self, relation: &Relation, index: &Index) -> String {
        let sql = self.expected.index_sql(relation, index);
        // With it come those of the partitions.
        let sql = if index.valid { sql.replacen(" ON ONLY ", " ON ", 1) } else { sql };
        if self.is_built_alone(index) { sql.replacen("INDEX ", "INDEX CONCURRENTLY ", 1) } else { sql }
    }

    /// The expected owner of a sequence.
    pub(super) fn owned(&self, relation: &Relation) -> Option<String> {
        let (table, column) = relation.sequence()?.owned_by?;
        let name = relation.object_name().sql();
        let column = &self.expected.column(table, column)?.name;
        let table = self.expected.relation(table)?.object_name().sql();
        Some(format!("ALTER SEQUENCE {name} OWNED BY {table}.{}", column.sql()))
    }

    fn added_column(&self, id: RelationId, column: ColumnId) -> Option<Vec<String>> {
        let relation = self.expected.relation(id)?;
        let column = self.expected.column(id, column)?;
        let writer = self.expected.written_table(relation, false)?;
        let sequence = column.sequence.filter(|_| column.identity.is_none());
        let sequence = sequence.and_then(|id| self.expected.relation(id));
        let mut statements = Vec::new();
        if let Some((relation, definition)) = sequence.and_then(|r| Some((r, r.sequence()?))) {
            statements.push(Catalog::sequence_sql(relation, definition));
        }
        let table = relation.object_name().sql();
        statements.push(format!("ALTER TABLE {table} ADD COLUMN {}", writer.column(column)));
        statements.extend(sequence.and_then(|relation| self.owned(relation)));
        statements.extend(writer.storage_of(column));
        if let Some(text) = &column.comment {
            statements.push(comment(&format!("COLUMN {table}.{}", column.name.sql()), Some(text)));
        }
        Some(statements)
    }

    /// `ALTER TABLE … ADD CONSTRAINT`.
    pub(super) fn added_constraint(&self, id: RelationId, constraint: &Constraint) -> Option<String> {
        let relation = self.expected.relation(id)?;
        let writer = self.expected.written_table(relation, false)?;
        let table = relation.object_name().sql();
        let not_valid = if constraint.valid || !constraint.enforced { "" } else { " NOT VALID" };
        if let (ConstraintKind::NotNull { column }, true) = (&constraint.kind, self.expected.target().version < 18) {
            let column = self.expected.column(id, *column)?.name.sql();
            return Some(format!("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"));
        }
        Some(format!("ALTER TABLE {table} ADD {}{not_valid}", writer.named_constraint(constraint)))
    }
}
