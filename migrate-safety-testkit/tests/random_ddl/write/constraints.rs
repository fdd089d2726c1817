//! Constraints of tables.

use super::{Kind, Writer, listed, sql_name};
use migrate_safety_core::catalog::{Column, Constraint, ConstraintKind, Table};

pub(super) const KINDS: &[(usize, Kind)] = &[
    (8, |w| alter(w, check)),
    (5, |w| alter(w, unique)),
    (3, |w| alter(w, primary)),
    (8, |w| alter(w, foreign)),
    (1, |w| alter(w, exclude)),
    (2, |w| alter(w, using_index)),
    (2, |w| alter(w, not_null)),
    (4, |w| alter(w, validate)),
    (6, |w| alter(w, drop)),
    (3, |w| alter(w, rename)),
    (2, |w| alter(w, defer)),
    (1, |w| alter(w, inheritance)),
];

fn alter(writer: &mut Writer<'_>, action: fn(&mut Writer<'_>, &Table) -> Option<String>) -> Option<String> {
    let (table, columns) = writer.table()?;
    let action = action(writer, columns)?;
    let only = writer.maybe(4, "ONLY ");
    Some(format!("ALTER TABLE {only}{} {action}", sql_name(table)))
}

/// Any constraint, for a statement of several actions.
pub(super) fn add(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    match writer.choices.below(4) {
        0 => check(writer, table),
        1 => unique(writer, table),
        2 => primary(writer, table),
        _ => foreign(writer, table),
    }
}

fn named(writer: &mut Writer<'_>) -> String {
    if writer.choices.chance(40) { format!("CONSTRAINT {} ", writer.name()) } else { String::new() }
}

fn check(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let condition = writer.condition(table)?;
    let name = named(writer);
    let more = writer.choices.word(&["", "", "", " NOT VALID", " NO INHERIT"]);
    Some(format!("ADD {name}CHECK ({condition}){more}"))
}

fn picked<'t>(writer: &mut Writer<'_>, table: &'t Table) -> Vec<&'t Column> {
    let all: Vec<&Column> = table.columns.iter().collect();
    let mut columns: Vec<&Column> = Vec::new();
    for _ in 0..1 + writer.choices.below(2) {
        if let Some(column) = writer.choices.one_of(&all).filter(|c| columns.iter().all(|other| other.id != c.id)) {
            columns.push(column);
        }
    }
    columns
}

fn unique(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let columns = listed(&picked(writer, table));
    let name = named(writer);
    let more = writer.choices.word(&["", "", " DEFERRABLE", " INITIALLY DEFERRED", " WITH (fillfactor = 80)"]);
    // From 15 on.
    let nulls = writer.maybe(8, " NULLS NOT DISTINCT");
    Some(format!("ADD {name}UNIQUE{nulls} ({columns}){more}"))
}

fn primary(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let columns = listed(&picked(writer, table));
    Some(format!("ADD {}PRIMARY KEY ({columns})", named(writer)))
}

fn foreign(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let (parent, referenced) = writer.table()?;
    let keys: Vec<&Vec<_>> = referenced
        .constraints
        .iter()
        .filter_map(|c| match &c.kind {
            ConstraintKind::Unique { columns, .. } => Some(columns),
            _ => None,
        })
        .collect();
    let key = writer.choices.one_of(&keys)?;
    let key: Vec<&Column> = key.iter().filter_map(|id| referenced.column_by_id(*id)).collect();
    // Columns of the same types, if there are any.
    let mut columns = Vec::new();
    for wanted in &key {
        let same: Vec<&Column> = table.columns.iter().filter(|c| c.data_type == wanted.data_type).collect();
        columns.push(writer.choices.one_of(&same)?);
    }
    let name = named(writer);
    let action = writer.choices.word(&[
        "",
        "",
        " ON DELETE CASCADE",
        " ON DELETE SET NULL",
        " ON UPDATE CASCADE",
        " DEFERRABLE",
        " MATCH FULL",
    ]);
    let valid = writer.maybe(30, " NOT VALID");
    let written = if writer.choices.chance(70) { format!(" ({})", listed(&key)) } else { String::new() };
    Some(format!(
        "ADD {name}FOREIGN KEY ({}) REFERENCES {}{written}{action}{valid}",
        listed(&columns),
        sql_name(parent)
    ))
}

fn exclude(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let columns = picked(writer, table);
    let name = named(writer);
    let column = columns.first()?;
    let filter = if writer.choices.chance(20) { writer.condition(table)? } else { String::new() };
    let filter = if filter.is_empty() { filter } else { format!(" WHERE ({filter})") };
    let deferred = writer.maybe(20, " DEFERRABLE");
    let is_range = column.data_type.schema.is_some();
    let by = if is_range && writer.choices.chance(50) { ("USING gist ", "&&") } else { ("", "=") };
    Some(format!("ADD {name}EXCLUDE {}({} WITH {}){filter}{deferred}", by.0, column.name.sql(), by.1))
}

fn using_index(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let catalog = writer.catalog;
    let free = |id: &&_| catalog.index(**id).is_some_and(|i| i.unique && i.constraint.is_none());
    let unique: Vec<_> = table.indexes.iter().filter(free).copied().collect();
    let index = writer.choices.one_of(&unique)?;
    let index = catalog.relation(index)?;
    let name = named(writer);
    Some(format!("ADD {name}{} USING INDEX {}", writer.choices.word(&["UNIQUE", "PRIMARY KEY"]), index.name.sql()))
}

/// A constraint of its own on PostgreSQL 18.
fn not_null(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let column = picked(writer, table).first()?.name.sql();
    let name = named(writer);
    Some(format!("ADD {name}NOT NULL {column}{}", writer.maybe(40, " NOT VALID")))
}

fn constraint<'t>(writer: &mut Writer<'_>, table: &'t Table) -> Option<&'t Constraint> {
    let all: Vec<&Constraint> = table.constraints.iter().collect();
    writer.choices.one_of(&all)
}

fn validate(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let invalid: Vec<&Constraint> = table.constraints.iter().filter(|c| !c.valid).collect();
    Some(format!("VALIDATE CONSTRAINT {}", writer.choices.one_of(&invalid)?.name.sql()))
}

pub(super) fn drop(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let name = constraint(writer, table)?.name.sql();
    Some(format!("DROP CONSTRAINT {name}{}", writer.cascade()))
}

fn rename(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let name = constraint(writer, table)?.name.sql();
    Some(format!("RENAME CONSTRAINT {name} TO {}", writer.name()))
}

fn defer(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let keys: Vec<&Constraint> =
        table.constraints.iter().filter(|c| matches!(c.kind, ConstraintKind::ForeignKey(_))).collect();
    let name = writer.choices.one_of(&keys)?.name.sql();
    let how = writer.choices.word(&[
        "DEFERRABLE",
        "NOT DEFERRABLE",
        "DEFERRABLE INITIALLY DEFERRED",
        "NOT ENFORCED",
        "ENFORCED",
        "NOT DEFERRABLE INITIALLY IMMEDIATE",
    ]);
    Some(format!("ALTER CONSTRAINT {name} {how}"))
}

/// From 18 on, of a not-null constraint.
fn inheritance(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let nulls: Vec<&Constraint> =
        table.constraints.iter().filter(|c| matches!(c.kind, ConstraintKind::NotNull { .. })).collect();
    let name = writer.choices.one_of(&nulls)?.name.sql();
    Some(format!("ALTER CONSTRAINT {name} {}", writer.choices.word(&["INHERIT", "NO INHERIT"])))
}

impl Writer<'_> {
    /// A constraint among the columns of a table that is being made.
    pub(super) fn table_constraint_on_new(&mut self, columns: &[String]) -> Option<String> {
        let name_of = |column: &String| match column.strip_prefix('"') {
            Some(rest) => rest.split('"').next().map(|name| format!("\"{name}\"")),
            None => column.split(' ').next().map(str::to_owned),
        };
        let names: Vec<String> = columns.iter().filter_map(name_of).collect();
        let at = self.choices.below(names.len());
        let column = names.get(at)?;
        let name = named(self);
        Some(match self.choices.below(5) {
            0 => format!("{name}UNIQUE ({})", names.join(", ")),
            1 => format!("{name}PRIMARY KEY ({column})"),
            2 => format!("{name}CHECK ({column} IS NOT NULL)"),
            3 => format!("{name}UNIQUE ({column})"),
            _ => {
                let (parent, _) = self.table()?;
                format!("{name}FOREIGN KEY ({column}) REFERENCES {}", sql_name(parent))
            }
        })
    }
}
