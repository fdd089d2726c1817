//! CASCADE drops what the statement does not name.

use super::finding::{Category, Status};
use super::known::some_of;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::{Judged, MigrationView};
use crate::catalog::Object;
use crate::sql::{Ident, ObjectName, Operation};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "drop-cascade",
    category: Category::DataLoss,
    title: "CASCADE drops what the statement does not name",
    why: "CASCADE takes everything that depends on what is dropped: columns of its type in other tables, foreign keys \
          that guarded them, views of other teams. Nobody has decided about those, and nothing is said of them but a \
          notice.",
    source: "PostgreSQL docs, 5.15 Dependency Tracking; measured, PG 14-18",
    bad: &[
        Sample::new("CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE users (id bigint PRIMARY KEY, m mood);", "DROP TYPE mood CASCADE;")
            .with(&["column-still-used"]),
        Sample::new(SHOP, "DROP TABLE users CASCADE;").with(&["relation-still-used"]),
        Sample::new("CREATE SCHEMA app; CREATE TABLE app.users (id bigint PRIMARY KEY);", "DROP SCHEMA app CASCADE;")
            .with(&["relation-still-used"]),
    ],
    good: &[
        Sample::new("CREATE TYPE mood AS ENUM ('sad', 'ok');", "DROP TYPE mood CASCADE;"),
        Sample::new(
            "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;",
            "DROP VIEW v CASCADE; CREATE VIEW v AS SELECT a FROM t WHERE a > 0; CREATE VIEW w AS SELECT a FROM v;",
        ),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

const SHOP: &str = "CREATE TABLE users (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));
    CREATE INDEX ON orders (user_id);";

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        let lost: Vec<_> =
            judged.removed.cascaded.iter().filter_map(|(object, words)| Some((weight(view, judged, object)?, words))).collect();
        let Some(mut to) = findings.statement(*statement) else { continue };
        if let Some(worst) = lost.iter().map(|(weight, _)| *weight).max() {
            let words: Vec<&String> = lost.iter().map(|(_, words)| *words).collect();
            let message = format!("CASCADE also drops {}", some_of(&words));
            let finding = if worst == Status::Block { to.block(message) } else { to.flag(message) };
            finding.at(judged.located.span).help(
                "leave CASCADE out: the server then refuses and lists what depends on it; drop, move or re-create each \
                 of these by name",
            );
        } else if let Some(question) = open_question(view, judged) {
            to.flag("CASCADE drops whatever depends on it").at(judged.located.span).verify(question);
        }
    }
}

/// What is not known of a `DROP … CASCADE`: who uses an extension, or what the history does not show.
fn open_question(view: &MigrationView<'_>, judged: &Judged) -> Option<String> {
    match &judged.located.operation {
        Operation::DropExtension { names, cascade: true, .. } => {
            let unseen = || format!("what depends on {}? Without CASCADE the server lists it", idents(names));
            judged.effects.uncertain.first().cloned().or_else(|| (!view.after.complete).then(unseen))
        }
        Operation::DropTable { names, cascade: true, .. }
        | Operation::DropView { names, cascade: true, .. }
        | Operation::DropMaterializedView { names, cascade: true, .. }
        | Operation::DropType { names, cascade: true, .. }
            if !view.after.complete =>
        {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            Some(format!("what depends on {}? Without CASCADE the server lists it", some_of(&names)))
        }
        Operation::DropSchema { names, cascade: true, .. } if !view.after.complete => {
            Some(format!("what is in {}? Without CASCADE the server lists it", idents(names)))
        }
        _ => None,
    }
}

fn idents(names: &[Ident]) -> String {
    some_of(&names.iter().map(Ident::as_str).collect::<Vec<_>>())
}

/// How bad it is that this is gone: `None` where nobody misses it.
fn weight(view: &MigrationView<'_>, judged: &Judged, object: &Object) -> Option<Status> {
    let after = view.after;
    let known = |table| view.was_known(table);
    let column_known = |table, column| known(table) && view.last_seen_column(table, column).is_none_or(|c| c.created.migration < view.since);
    match object {
        Object::Relation(id) => {
            let relation = judged.removed.relations.iter().find(|relation| relation.id == *id)?;
            let again = after.resolve(&relation.object_name()).found().is_some();
            (known(*id) && relation.index().is_none() && !(again && relation.view().is_some())).then_some(Status::Block)
        }
        Object::Column(table, column) => column_known(*table, *column).then_some(Status::Block),
        Object::Default(table, column) => {
            let again = after.column(*table, *column).is_some_and(|c| c.default.is_some());
            (column_known(*table, *column) && !again).then_some(Status::Block)
        }
        Object::Constraint(table, id) => {
            let mut gone = judged.removed.constraints.iter();
            let name = gone.find(|(_, constraint)| constraint.id == *id).map(|(_, constraint)| &constraint.name);
            let again = name.is_some_and(|name| after.table(*table).is_some_and(|t| t.constraint(name).is_some()));
            (known(*table) && !again).then_some(Status::Block)
        }
        Object::Trigger(table, name) => {
            let triggers = after.relation(*table).map(|r| match (r.table(), r.view()) {
                (Some(table), _) => &table.triggers[..],
                (None, Some(view)) => &view.triggers[..],
                (None, None) => &[],
            });
            let again = triggers.is_some_and(|all| all.iter().any(|trigger| trigger.name == *name));
            (known(*table) && !again).then_some(Status::Flag)
        }
        Object::Policy(table, name) => {
            let again = after.table(*table).is_some_and(|t| t.policies.iter().any(|policy| policy.name == *name));
            (known(*table) && !again).then_some(Status::Flag)
        }
        Object::Rule(table, _) => known(*table).then_some(Status::Flag),
        Object::Routine(id) => {
            let routine = judged.removed.routines.iter().find(|routine| routine.id == *id)?;
            let name = ObjectName { schema: Some(routine.schema.clone()), name: routine.name.clone() };
            let again = !after.routines_named(&name).is_empty();
            (routine.created.migration < view.since && !again).then_some(Status::Flag)
        }
        Object::Attribute(..) | Object::DomainConstraint(..) => Some(Status::Flag),
        Object::RowType(_)
        | Object::Type(_)
        | Object::ArrayType(_)
        | Object::Multirange(..)
        | Object::Schema(_)
        | Object::Collation(_)
        | Object::Extension(_)
        | Object::Member(..) => None,
    }
}
