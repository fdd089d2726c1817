//! A table of SQLite made anew, in the order that SQLite's documentation tells (ALTER TABLE, 7): the way of every change
//! that `ALTER TABLE` has no form for.

use super::request::mentions;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{IndexDef, IndexKind};
use crate::databases::render::Rendered;
use crate::databases::schema::{Schema, Table, Trigger, View};
use crate::plan::draft::DraftStep;
use crate::plan::model::Rollback;
use std::collections::BTreeSet;

/// A table that becomes another of the same name.
#[derive(Clone, Debug)]
pub(super) struct Rebuild<'s> {
    /// The schema before it.
    pub(super) before: &'s Schema,
    /// The schema behind it.
    pub(super) after: &'s Schema,
    /// The table, in both.
    pub(super) table: &'s ObjectName,
    /// What is put into columns instead of what is in a column of that name.
    pub(super) values: Vec<(Name, String)>,
}

impl Rebuild<'_> {
    /// The step, with its way back. None if the table is not in both schemas.
    pub(super) fn step(&self, title: impl Into<String>) -> Option<DraftStep> {
        let sql = self.statements()?;
        let back = Rebuild { before: self.after, after: self.before, table: self.table, values: Vec::new() };
        let transaction = !self.is_referenced();
        let step = DraftStep { transaction, remakes: true, ..DraftStep::ddl(title, sql) };
        let lost = self.lost();
        Some(match lost.as_slice() {
            [] => DraftStep { rollback: Some(Rollback::Sql { statements: back.statements()?, transaction }), ..step },
            names => {
                step.irreversible(format!("the values of {} are gone: restore them from a backup", names.join(", ")))
            }
        })
    }

    /// Columns whose values are not carried over.
    fn lost(&self) -> Vec<String> {
        let (Some(old), Some(new)) = (self.before.table(self.table), self.after.table(self.table)) else {
            return Vec::new();
        };
        let stored = old.columns.iter().filter(|column| column.generated.is_none());
        stored.filter(|column| new.column(&column.name).is_none()).map(|column| column.name.to_string()).collect()
    }

    /// Whether other rows refer to the table's, or may: dropping it would then delete or change them while foreign keys are
    /// enforced, and that is switched off outside of a transaction only.
    fn is_referenced(&self) -> bool {
        let refers = |schema: &Schema| schema.references_to(self.table).next().is_some();
        !self.before.complete || refers(self.before) || refers(self.after)
    }

    fn statements(&self) -> Option<Vec<String>> {
        let (old, new) = (self.before.table(self.table)?, self.after.table(self.table)?);
        let rendered = Rendered::new(self.before.target);
        let made = ObjectName { name: self.free_name(&new.name.name), ..new.name.clone() };
        let [name, temporary] = [&new.name.name, &made.name].map(|name| rendered.name(name));
        let is_apart = self.is_referenced();
        let mut sql: Vec<String> = Vec::new();
        if is_apart {
            sql.extend(["PRAGMA foreign_keys = OFF".to_owned(), "BEGIN IMMEDIATE".to_owned()]);
        }
        let near = dependents(self.before, old);
        sql.extend(near.triggers_elsewhere.iter().map(|t| format!("DROP TRIGGER {}", rendered.name(&t.name.name))));
        sql.extend(near.views.iter().map(|view| format!("DROP VIEW {}", rendered.name(&view.name.name))));
        sql.push(rendered.table(&Table { name: made, ..new.clone() }));
        let (columns, values) = self.copied(old, new, rendered);
        if !columns.is_empty() {
            sql.push(format!(
                "INSERT INTO {temporary} ({})\nSELECT {}\nFROM {name}",
                columns.join(", "),
                values.join(", ")
            ));
        }
        if is_counted(old) && is_counted(new) {
            sql.push(format!("DELETE FROM sqlite_sequence WHERE name = {}", text(&temporary)));
            sql.push(format!(
                "INSERT INTO sqlite_sequence (name, seq)\nSELECT {}, seq FROM sqlite_sequence WHERE name = {}",
                text(&temporary),
                text(&name)
            ));
        }
        sql.push(format!("DROP TABLE {name}"));
        sql.push(format!("ALTER TABLE {temporary} RENAME TO {name}"));
        let apart = new.indexes.iter().filter(|index| is_made_apart(index));
        sql.extend(apart.map(|index| rendered.create_index(new, index)));
        let after = dependents(self.after, new);
        let kept_views = self.after.views.values().filter(|view| near.views.iter().any(|old| old.name == view.name));
        sql.extend(kept_views.map(|view| rendered.view(view)));
        let own = self.after.triggers.values().filter(|trigger| {
            let on_table = self.after.key(&trigger.table) == self.after.key(&new.name);
            let on_view = near.views.iter().any(|view| view.name.name == trigger.table.name);
            on_table || on_view || after.triggers_elsewhere.iter().any(|other| other.name == trigger.name)
        });
        sql.extend(own.map(|trigger| rendered.trigger(self.after, trigger)));
        if is_apart {
            sql.extend(foreign_key_check(self.after, new));
            sql.extend(["COMMIT".to_owned(), "PRAGMA foreign_keys = ON".to_owned()]);
        }
        Some(sql)
    }

    /// The columns that are filled, and with what.
    fn copied(&self, old: &Table, new: &Table, rendered: Rendered) -> (Vec<String>, Vec<String>) {
        let filled = new.columns.iter().filter(|column| column.generated.is_none());
        let pairs = filled.filter_map(|column| {
            let name = rendered.name(&column.name);
            let given = self.values.iter().find(|(of, _)| *of == column.name).map(|(_, value)| value.clone());
            let value = given.or_else(|| old.column(&column.name).map(|_| name.clone()))?;
            Some((name, value))
        });
        pairs.unzip()
    }

    /// What the table goes by until the old one is gone.
    fn free_name(&self, name: &Name) -> Name {
        let names = (0..1000).map(|n| {
            let number = if n == 0 { String::new() } else { n.to_string() };
            Name::new(&format!("new{number}_{name}"))
        });
        let taken = |name: &Name| {
            let name = ObjectName::bare(name.clone());
            self.before.table(&name).is_some() || self.before.view(&name).is_some()
        };
        names.into_iter().find(|name| !taken(name)).unwrap_or_else(|| name.clone())
    }
}

/// What names the table: SQLite renames none while a view or a trigger speaks of a table that is not there.
fn dependents<'s>(schema: &'s Schema, table: &Table) -> Dependents<'s> {
    let mut names: BTreeSet<Name> = BTreeSet::from([table.name.name.clone()]);
    let mut views: Vec<&View> = Vec::new();
    loop {
        let is_near = |view: &&View| {
            !views.iter().any(|known| known.name == view.name)
                && view.query.reads.iter().any(|read| names.contains(&read.name))
        };
        let Some(found) = schema.views.values().find(is_near) else { break };
        names.insert(found.name.name.clone());
        views.push(found);
    }
    let on_these = |trigger: &Trigger| names.contains(&trigger.table.name);
    let speaks = |trigger: &Trigger| names.iter().any(|name| mentions(schema.target, &trigger.body.sql, name));
    let triggers_elsewhere = schema.triggers.values().filter(|t| !on_these(t) && speaks(t)).collect();
    Dependents { views, triggers_elsewhere }
}

struct Dependents<'s> {
    views: Vec<&'s View>,
    triggers_elsewhere: Vec<&'s Trigger>,
}

/// Statements that fail if a row of the table, or one that refers to it, refers to nothing: the pragma alone only tells.
fn foreign_key_check(schema: &Schema, table: &Table) -> Vec<String> {
    let referring = schema.references_to(&table.name).map(|(other, _)| other);
    let mut checked: Vec<&str> =
        referring.chain([table]).filter(|t| !t.foreign_keys.is_empty()).map(|t| t.name.name.as_str()).collect();
    checked.sort_unstable();
    checked.dedup();
    let counts: Vec<String> =
        checked.iter().map(|name| format!("(SELECT count(*) FROM pragma_foreign_key_check({}))", text(name))).collect();
    if counts.is_empty() {
        return Vec::new();
    }
    let table = "migrate_safety_keys";
    vec![
        format!(
            "CREATE TEMP TABLE {table} (\n    violations INTEGER,\n    CONSTRAINT \"rows refer to nothing: PRAGMA foreign_key_check\"\n        CHECK (violations = 0)\n)"
        ),
        format!("INSERT INTO {table} (violations)\nSELECT {}", counts.join(" + ")),
        format!("DROP TABLE {table}"),
    ]
}

fn is_counted(table: &Table) -> bool {
    table.columns.iter().any(|column| column.auto_increment)
}

/// Whether an index has a statement of its own.
pub(super) fn is_made_apart(index: &IndexDef) -> bool {
    index.kind != IndexKind::Primary
        && index.name.as_ref().is_some_and(|name| !name.as_str().starts_with("sqlite_autoindex_"))
}

/// A name as a constant.
fn text(name: &str) -> String {
    let bare = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(|inner| inner.replace("\"\"", "\""));
    format!("'{}'", bare.unwrap_or_else(|| name.to_owned()).replace('\'', "''"))
}
