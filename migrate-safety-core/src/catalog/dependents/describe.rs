//! What the server calls things in messages (`getObjectDescription` there).

use super::Object;
use crate::catalog::routines::signature;
use crate::catalog::types::FoundType;
use crate::catalog::{Catalog, Relation, RelationId, RelationKind, Resolved, Routine, RoutineId, TypeDef, TypeId};
use crate::sql::{DataType, Ident, ObjectName};

impl Catalog {
    /// An object in the server's words: `table t`, `column c of table t`, `function f(integer)`; with the schema where
    /// the search path does not lead to it.
    pub fn describe(&self, object: &Object) -> String {
        match object {
            Object::Relation(id) => self.describe_relation(*id),
            Object::RowType(id) => format!("type {}", self.relation_name(*id)),
            Object::Column(id, column) => self.describe_column(*id, *column),
            Object::Default(id, column) => format!("default value for {}", self.describe_column(*id, *column)),
            Object::Constraint(id, constraint) => {
                let name = self.constraint(*id, *constraint).map_or_else(|| "?".to_owned(), |c| c.name.sql());
                format!("constraint {name} on {}", self.describe_relation(*id))
            }
            Object::Trigger(id, name) => format!("trigger {} on {}", name.sql(), self.describe_relation(*id)),
            Object::Rule(id, name) => format!("rule {} on {}", name.sql(), self.describe_relation(*id)),
            Object::Policy(id, name) => format!("policy {} on {}", name.sql(), self.describe_relation(*id)),
            Object::Type(id) => format!("type {}", self.type_name(*id)),
            Object::ArrayType(id) => format!("type {}[]", self.type_name(*id)),
            Object::Multirange(_, name) => format!("type {}", name.sql()),
            Object::Attribute(id, name) => format!("column {} of composite type {}", name.sql(), self.type_name(*id)),
            Object::DomainConstraint(_, name) => format!("constraint {}", name.sql()),
            Object::Routine(id) => match self.routine(*id) {
                Some(routine) if routine.procedure => format!("procedure {}", self.routine_signature(routine)),
                Some(routine) => format!("function {}", self.routine_signature(routine)),
                None => "function ?".to_owned(),
            },
            Object::Schema(name) => format!("schema {}", name.sql()),
            Object::Collation(name) => {
                let visible = self.settled_collation(&ObjectName::bare(name.name.clone())) == *name;
                let shown = if visible { ObjectName::bare(name.name.clone()) } else { name.clone() };
                format!("collation {}", shown.sql())
            }
            Object::Extension(name) => format!("extension {}", name.as_str()),
            Object::Member(_, words) => words.to_string(),
        }
    }

    fn describe_column(&self, id: RelationId, column: crate::catalog::ColumnId) -> String {
        let name = self.column(id, column).map_or_else(|| "?".to_owned(), |c| c.name.sql());
        format!("column {name} of {}", self.describe_relation(id))
    }

    fn describe_relation(&self, id: RelationId) -> String {
        let Some(relation) = self.relation(id) else { return "relation ?".to_owned() };
        format!("{} {}", kind_words(relation), self.relation_name(id))
    }

    /// The name of a relation, with its schema where it has to be written.
    pub(crate) fn relation_name(&self, id: RelationId) -> String {
        let Some(relation) = self.relation(id) else { return "?".to_owned() };
        let visible = self.resolve(&ObjectName::bare(relation.name.clone())) == Resolved::Found(id);
        qualified(&relation.schema, &relation.name, visible)
    }

    /// The name of a type, with its schema where it has to be written.
    pub(crate) fn type_name(&self, id: TypeId) -> String {
        let Some(TypeDef { schema, name, .. }) = self.types.get(&id) else { return "?".to_owned() };
        qualified(schema, name, self.find_type(None, name) == FoundType::Defined(id))
    }

    /// The signature of a routine, with its schema where it has to be written.
    pub(crate) fn routine_signature(&self, routine: &Routine) -> String {
        let visible = self.routine_is_visible(routine.id, routine);
        let inputs: Vec<DataType> = routine.inputs().map(|t| self.shown_type(t)).collect();
        signature(qualified(&routine.schema, &routine.name, visible), &inputs)
    }

    fn routine_is_visible(&self, id: RoutineId, routine: &Routine) -> bool {
        let inputs: Vec<DataType> = routine.inputs().cloned().collect();
        self.routine_with(&ObjectName::bare(routine.name.clone()), &inputs).is_some_and(|r| r.id == id)
    }

    /// A type as `format_type` prints it: with its schema only where the search path does not lead to it.
    pub(crate) fn shown_type(&self, data_type: &DataType) -> DataType {
        let mut shown = self.settled_type(data_type);
        let same = self.find_type(None, &shown.name) == self.find_type(shown.schema.as_ref(), &shown.name);
        if shown.schema.is_some() && same {
            shown.schema = None;
        }
        shown
    }
}

/// `table`, `view`, `index` …
pub(crate) fn kind_words(relation: &Relation) -> &'static str {
    match &relation.kind {
        RelationKind::Table(table) if table.foreign => "foreign table",
        RelationKind::Table(_) => "table",
        RelationKind::Index(_) => "index",
        RelationKind::View(view) if view.materialized => "materialized view",
        RelationKind::View(_) => "view",
        RelationKind::Sequence(_) => "sequence",
        RelationKind::Composite => "composite type",
    }
}

fn qualified(schema: &Ident, name: &Ident, visible: bool) -> String {
    if visible { name.sql() } else { format!("{}.{}", schema.sql(), name.sql()) }
}
