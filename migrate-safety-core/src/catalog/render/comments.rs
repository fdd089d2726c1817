//! Comments.

use super::script::is_written;
use super::text::literal;
use crate::catalog::{Catalog, ColumnId, Object, Relation, RelationKind, Routine, Trigger};
use crate::sql::{Ident, ObjectName};

impl Catalog {
    /// `COMMENT ON` for everything that has a comment.
    pub(in crate::catalog) fn comment_statements(&self) -> Vec<String> {
        let mut statements = Vec::new();
        let mut say = |on: String, text: Option<&str>| {
            statements.extend(text.map(|text| format!("COMMENT ON {on} IS {}", literal(text))));
        };
        for name in self.schemas.keys() {
            say(format!("SCHEMA {}", name.sql()), self.comment_on(&Object::Schema(name.clone())));
        }
        for def in self.types.values() {
            say(format!("TYPE {}", def.sql_name()), self.comment_on(&Object::Type(def.id)));
        }
        for routine in self.routines.values() {
            say(routine_words(routine), self.comment_on(&Object::Routine(routine.id)));
        }
        for relation in self.relations().filter(|r| is_written(r)) {
            let name = relation.object_name().sql();
            say(format!("{} {name}", relation_word(relation)), relation.comment.as_deref());
            let column = |column: &Ident| format!("COLUMN {name}.{}", column.sql());
            let on_it = |what: &str, it: &Ident| format!("{what} {} ON {name}", it.sql());
            let (triggers, rules): (&[Trigger], _) = match &relation.kind {
                RelationKind::Table(table) => {
                    for c in &table.columns {
                        say(column(&c.name), c.comment.as_deref());
                    }
                    for c in &table.constraints {
                        say(on_it("CONSTRAINT", &c.name), c.comment.as_deref());
                    }
                    for policy in &table.policies {
                        let object = Object::Policy(relation.id, policy.name.clone());
                        say(on_it("POLICY", &policy.name), self.comment_on(&object));
                    }
                    (&table.triggers, &table.rules)
                }
                RelationKind::View(view) => {
                    for (id, c) in (1u16..).zip(&view.columns) {
                        say(column(&c.name), self.comment_on(&Object::Column(relation.id, ColumnId(id))));
                    }
                    (&view.triggers, &view.rules)
                }
                RelationKind::Index(_) | RelationKind::Sequence(_) | RelationKind::Composite => continue,
            };
            for trigger in triggers {
                let object = Object::Trigger(relation.id, trigger.name.clone());
                say(on_it("TRIGGER", &trigger.name), self.comment_on(&object));
            }
            for (rule, _) in rules {
                say(on_it("RULE", rule), self.comment_on(&Object::Rule(relation.id, rule.clone())));
            }
        }
        statements
    }

    /// The comment on an object that has no field for one.
    pub(in crate::catalog) fn comment_on(&self, object: &Object) -> Option<&str> {
        self.comments.get(object).map(|text| &**text)
    }
}

/// `FUNCTION name(types)`.
pub(in crate::catalog) fn routine_words(routine: &Routine) -> String {
    let name = ObjectName { schema: Some(routine.schema.clone()), name: routine.name.clone() };
    let inputs: Vec<String> = routine.inputs().map(ToString::to_string).collect();
    let word = if routine.procedure { "PROCEDURE" } else { "FUNCTION" };
    format!("{word} {}({})", name.sql(), inputs.join(", "))
}

pub(in crate::catalog) fn relation_word(relation: &Relation) -> &'static str {
    match &relation.kind {
        RelationKind::Table(table) if table.foreign => "FOREIGN TABLE",
        RelationKind::Table(_) => "TABLE",
        RelationKind::Index(_) => "INDEX",
        RelationKind::View(view) if view.materialized => "MATERIALIZED VIEW",
        RelationKind::View(_) => "VIEW",
        RelationKind::Sequence(_) => "SEQUENCE",
        RelationKind::Composite => "TYPE",
    }
}
