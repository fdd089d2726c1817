//! Values that the server does not take, whatever the rows.

use crate::catalog::{Column, Table};
use crate::effects::Effects;
use crate::effects::fact::{Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::postgres::say::fails;
use crate::effects::scene::Scene;
use crate::sql::expr::Expr;
use crate::sql::operation::Insert;
use crate::sql::{Ident, ObjectName, Operation};

const T: &str = "CREATE TYPE mood AS ENUM ('ok'); CREATE DOMAIN small AS smallint; CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, n numeric, u uuid, m mood, d date, s small, g int GENERATED ALWAYS AS (1) STORED)";

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "values/generated",
        of: &[Kind::Insert, Kind::Update],
        condition: "a value for a column that is generated, or an identity that is ALWAYS so",
        also: |scene, effects| generated(scene, effects).unwrap_or_default(),
        examples: &[
            Example::new(T, "INSERT INTO t (id) VALUES (100001)"),
            Example::new(T, "INSERT INTO t (id) VALUES (DEFAULT)"),
            Example::new(T, "INSERT INTO t (id) OVERRIDING SYSTEM VALUE VALUES (100001)"),
            Example::new(T, "INSERT INTO t (id) OVERRIDING USER VALUE VALUES (100001)"),
            Example::new(T, "INSERT INTO t (n, g) OVERRIDING SYSTEM VALUE VALUES (1, 2)"),
            Example::new(T, "INSERT INTO t (g) SELECT 1"),
            Example::new(T, "UPDATE t SET g = 5"),
            Example::new(T, "UPDATE t SET g = DEFAULT"),
            Example::new(T, "UPDATE t SET id = id + 1"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "values/constants",
        of: &[Kind::Insert, Kind::Update],
        condition: "a string that is no value of the column's type",
        also: |scene, effects| unreadable(scene, effects).unwrap_or_default(),
        examples: &[
            Example::new(T, "INSERT INTO t (n) VALUES ('abc')"),
            Example::new(T, "INSERT INTO t (n, m) VALUES (1, 'ok'), (2, 'sad')"),
            Example::new(T, "INSERT INTO t (s) VALUES ('70000')"),
            Example::new(T, "UPDATE t SET u = 'none'"),
            Example::new(T, "UPDATE t SET d = 'soon'"),
            Example::new(T, "UPDATE t SET d = 'infinity', n = ' 5 '"),
        ],
        ..Fact::BASE
    },
];

fn generated(scene: &Scene<'_>, effects: &mut Effects) -> Option<()> {
    let table = table(scene)?;
    match scene.operation {
        Operation::Insert(insert) => {
            let mut columns = table.columns.iter().filter(|column| {
                column.generated.is_some() || (column.identity == Some(true) && insert.overriding.is_none())
            });
            let column = columns.find(|column| is_given(insert, table, &column.name))?;
            let message = format!("cannot insert a non-DEFAULT value into column \"{}\"", column.name);
            fails(effects, "428C9", message);
        }
        Operation::Update(update) => {
            let is_set = |(name, value): &&(Ident, Expr)| {
                let made = |column: &Column| column.generated.is_some() || column.identity == Some(true);
                *value != Expr::Default && table.column(name).is_some_and(made)
            };
            let (name, _) = update.assignments.iter().find(is_set)?;
            fails(effects, "428C9", format!("column \"{name}\" can only be updated to DEFAULT"));
        }
        _ => return None,
    }
    Some(())
}

/// Whether an `INSERT` has a value other than `DEFAULT` for a column.
fn is_given(insert: &Insert, table: &Table, name: &Ident) -> bool {
    let names: Vec<&Ident> = match insert.columns.as_slice() {
        [] => table.columns.iter().map(|column| &column.name).collect(),
        columns => columns.iter().collect(),
    };
    let Some(at) = names.iter().position(|column| *column == name) else { return false };
    match rows(insert) {
        Some(rows) => rows.iter().any(|row| row.get(at).is_some_and(|value| *value != Expr::Default)),
        // How many columns a query has is not looked at, unless they were written.
        None => insert.source.is_some() && !insert.columns.is_empty(),
    }
}

fn unreadable(scene: &Scene<'_>, effects: &mut Effects) -> Option<()> {
    let table = table(scene)?;
    let problem = |column: &Column, value: &Expr| match value {
        Expr::String(text) => scene.catalog.constant_problem(text, &column.data_type),
        _ => None,
    };
    let problem = match scene.operation {
        Operation::Insert(insert) => {
            let columns: Vec<Option<&Column>> = match insert.columns.as_slice() {
                [] => table.columns.iter().map(Some).collect(),
                columns => columns.iter().map(|name| table.column(name)).collect(),
            };
            let rows = rows(insert)?;
            let mut values = rows.iter().flat_map(|row| columns.iter().zip(row.iter()));
            values.find_map(|(column, value)| problem((*column)?, value))
        }
        Operation::Update(update) => {
            update.assignments.iter().find_map(|(name, value)| problem(table.column(name)?, value))
        }
        _ => None,
    }?;
    fails(effects, problem.sqlstate, problem.message);
    Some(())
}

/// The rows of `VALUES`.
fn rows(insert: &Insert) -> Option<Vec<&[Expr]>> {
    insert.values_rows?;
    let [select] = insert.source.as_ref()?.selects.as_slice() else { return None };
    Some(
        select
            .others
            .iter()
            .filter_map(|row| if let Expr::Other(row) = row { Some(row.as_slice()) } else { None })
            .collect(),
    )
}

/// The table that is written.
fn table<'a>(scene: &Scene<'a>) -> Option<&'a Table> {
    let name: &ObjectName = match scene.operation {
        Operation::Insert(insert) => &insert.table,
        Operation::Update(update) => &update.table.name,
        _ => return None,
    };
    scene.catalog.relation(scene.relation(name)?).filter(|relation| !relation.unknown)?.table()
}
