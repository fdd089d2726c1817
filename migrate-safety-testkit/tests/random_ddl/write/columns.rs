//! Columns: of new tables, and what `ALTER TABLE` does to them.

use super::{Kind, NAMES, Writer, sql_name};
use migrate_safety_core::catalog::{Column, Relation, Table};

pub(super) const KINDS: &[(usize, Kind)] = &[
    (12, |w| alter(w, add)),
    (7, |w| alter(w, drop)),
    (6, rename),
    (10, |w| alter(w, retype)),
    (6, |w| alter(w, default)),
    (6, |w| alter(w, null)),
    (4, |w| alter(w, identity)),
    (2, |w| alter(w, generated)),
    (2, |w| alter(w, attributes)),
    (6, several),
];

type Action = fn(&mut Writer<'_>, &Table) -> Option<String>;

fn alter(writer: &mut Writer<'_>, action: Action) -> Option<String> {
    let (table, columns) = writer.table()?;
    let action = action(writer, columns)?;
    let only = writer.maybe(4, "ONLY ");
    Some(format!("ALTER TABLE {only}{} {action}", sql_name(table)))
}

/// Several actions, in whatever order the server runs them.
fn several(writer: &mut Writer<'_>) -> Option<String> {
    const ACTIONS: &[Action] =
        &[add, drop, retype, default, null, identity, super::constraints::add, super::constraints::drop];
    let (table, columns) = writer.table()?;
    let mut actions = Vec::new();
    for _ in 0..2 + writer.choices.below(2) {
        let action = writer.choices.one_of(ACTIONS)?;
        actions.extend(action(writer, columns));
    }
    (!actions.is_empty()).then(|| format!("ALTER TABLE {} {}", sql_name(table), actions.join(", ")))
}

fn add(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let name = writer.name();
    let exists = writer.maybe(5, " IF NOT EXISTS");
    let mut column = writer.new_column(name);
    if writer.choices.chance(8)
        && let Some(from) = writer.condition(table)
    {
        return Some(format!("ADD COLUMN{exists} {name} bool GENERATED ALWAYS AS ({from}) STORED"));
    }
    if writer.choices.chance(15)
        && let Some(constraint) = writer.condition(table)
    {
        column.push_str(&format!(" CHECK ({constraint})"));
    }
    Some(format!("ADD COLUMN{exists} {column}"))
}

fn drop(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let column = pick(writer, table)?.name.sql();
    Some(format!("DROP COLUMN {column}{}", writer.cascade()))
}

fn rename(writer: &mut Writer<'_>) -> Option<String> {
    let relation = writer.relation(|r| r.table().is_some() || r.view().is_some())?;
    let names: Vec<String> = match (relation.table(), relation.view()) {
        (Some(table), _) => table.columns.iter().map(|c| c.name.sql()).collect(),
        (_, Some(view)) => view.columns.iter().map(|c| c.name.sql()).collect(),
        _ => Vec::new(),
    };
    let at = writer.choices.below(names.len());
    Some(format!(
        "ALTER {} {} RENAME COLUMN {} TO {}",
        word(relation),
        sql_name(relation),
        names.get(at)?,
        writer.name()
    ))
}

/// The word after `ALTER`.
pub(super) fn word(relation: &Relation) -> &'static str {
    match relation.view() {
        Some(view) if view.materialized => "MATERIALIZED VIEW",
        Some(_) => "VIEW",
        None if relation.index().is_some() => "INDEX",
        None if relation.sequence().is_some() => "SEQUENCE",
        None if relation.table().is_some_and(|t| t.foreign) => "FOREIGN TABLE",
        None => "TABLE",
    }
}

fn pick<'t>(writer: &mut Writer<'_>, table: &'t Table) -> Option<&'t Column> {
    let columns: Vec<&Column> = table.columns.iter().collect();
    writer.choices.one_of(&columns)
}

fn retype(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let column = pick(writer, table)?;
    let name = column.name.sql();
    let to = match column.data_type.name.as_str() {
        // What a cast leads to by itself, more often than not.
        "int2" | "int4" | "int8" => {
            writer.choices.word(&["bigint", "int", "numeric", "smallint", "numeric(20,2)", "text"]).to_owned()
        }
        "varchar" | "text" | "bpchar" => writer
            .choices
            .word(&["text", "varchar(30)", "varchar(200)", "varchar", "char(5)", "text COLLATE \"C\""])
            .to_owned(),
        "numeric" => writer.choices.word(&["numeric(12,2)", "numeric", "bigint", "double precision"]).to_owned(),
        "timestamp" | "timestamptz" => {
            writer.choices.word(&["timestamptz", "timestamp", "timestamptz(6)", "date"]).to_owned()
        }
        _ => writer.data_type(),
    };
    let bare = to.split(" COLLATE").next().unwrap_or_default();
    let using = if writer.choices.chance(30) { format!(" USING {name}::text::{bare}") } else { String::new() };
    let words = writer.choices.word(&["TYPE", "SET DATA TYPE"]);
    Some(format!("ALTER COLUMN {name} {words} {to}{using}"))
}

fn default(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let column = pick(writer, table)?;
    let name = column.name.sql();
    if writer.choices.chance(30) {
        return Some(format!("ALTER {name} DROP DEFAULT"));
    }
    let constant = writer.constant(&column.data_type)?;
    Some(format!("ALTER COLUMN {name} SET DEFAULT {constant}"))
}

fn null(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let name = pick(writer, table)?.name.sql();
    Some(format!("ALTER COLUMN {name} {} NOT NULL", writer.choices.word(&["SET", "DROP"])))
}

fn identity(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let columns: Vec<&Column> = table.columns.iter().filter(|c| c.identity.is_some()).collect();
    if let (Some(column), true) = (writer.choices.one_of(&columns), writer.choices.chance(70)) {
        let action = writer.choices.word(&[
            "DROP IDENTITY",
            "SET GENERATED ALWAYS",
            "SET GENERATED BY DEFAULT",
            "SET INCREMENT BY 3",
            "DROP IDENTITY IF EXISTS",
        ]);
        return Some(format!("ALTER {} {action}", column.name.sql()));
    }
    let ints: Vec<&Column> =
        table.columns.iter().filter(|c| c.not_null && c.data_type.name.starts_with("int")).collect();
    let column = writer.choices.one_of(&ints)?;
    let how = writer.choices.word(&["ALWAYS AS IDENTITY", "BY DEFAULT AS IDENTITY (START 5)"]);
    Some(format!("ALTER {} ADD GENERATED {how}", column.name.sql()))
}

fn generated(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let columns: Vec<&Column> = table.columns.iter().filter(|c| c.generated.is_some()).collect();
    let column = writer.choices.one_of(&columns)?;
    let action = writer.choices.word(&["DROP EXPRESSION", "DROP EXPRESSION IF EXISTS", "SET EXPRESSION AS (1 + 2)"]);
    Some(format!("ALTER {} {action}", column.name.sql()))
}

fn attributes(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    let name = pick(writer, table)?.name.sql();
    let action = writer.choices.word(&[
        "SET STATISTICS 50",
        "SET STORAGE MAIN",
        "SET (n_distinct = 5)",
        "SET STORAGE EXTERNAL",
        "SET COMPRESSION pglz",
    ]);
    Some(format!("ALTER {name} {action}"))
}

impl Writer<'_> {
    /// Columns of a new table, each with a name of its own.
    pub(super) fn new_columns(&mut self, least: usize) -> Vec<String> {
        let count = least + self.choices.below(4);
        let first = self.choices.below(NAMES.len());
        (0..count).map(|at| self.new_column(NAMES[(first + 2 * at) % NAMES.len()])).collect()
    }

    fn new_column(&mut self, name: &str) -> String {
        if self.choices.chance(10) {
            let how = self.choices.word(&[
                "serial",
                "bigserial",
                "int GENERATED ALWAYS AS IDENTITY",
                "bigint GENERATED BY DEFAULT AS IDENTITY",
                "int GENERATED ALWAYS AS (1 + 1) STORED",
                "int GENERATED ALWAYS AS (2 + 1) VIRTUAL",
                "bigint GENERATED ALWAYS AS IDENTITY (INCREMENT 5 MINVALUE 5)",
                "text GENERATED ALWAYS AS (upper('x')) STORED",
            ]);
            return format!("{name} {how}");
        }
        let data_type = self.data_type();
        let mut column = format!("{name} {data_type}");
        if self.choices.chance(30)
            && let Some(constant) = self.constant_of(&data_type)
        {
            column.push_str(&format!(" DEFAULT {constant}"));
        }
        column.push_str(self.maybe(25, " NOT NULL"));
        column.push_str(self.choices.word(&["", "", "", "", "", "", " UNIQUE", " PRIMARY KEY"]));
        if self.choices.chance(12)
            && let Some((parent, _)) = self.table()
        {
            let action = self.choices.word(&[
                "",
                " ON DELETE CASCADE",
                " ON UPDATE SET NULL",
                " DEFERRABLE INITIALLY DEFERRED",
                " MATCH FULL",
            ]);
            column.push_str(&format!(" REFERENCES {}{action}", sql_name(parent)));
        }
        if self.choices.chance(12) {
            column.push_str(&format!(" CHECK ({name} IS NOT NULL)"));
        }
        column
    }
}
