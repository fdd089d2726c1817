//! Another type for a column without a tool: a column beside it that triggers fill takes its name at the end.

use super::rename_column::possible;
use super::set_not_null::needs_value;
use super::{Answer, DatabaseRecipe, Request};
use crate::Dialect;
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, ColumnDef, Constant, Expression};
use crate::databases::rule::MYSQL;
use crate::databases::schema::Table;
use crate::plan::databases::forms::swap::Filler;
use crate::plan::databases::forms::{Forms, Half, Parts};
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;
use crate::plan::options::DualWrite;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "retype-column",
    title: "Another type for a column, by triggers: --dual-write trigger",
    dialects: MYSQL,
    samples: &[],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, action) = request.action()?;
    let ActionKind::Modify { column, to, position: None, .. } = action else { return None };
    let old = table.column(column)?;
    let is_asked_for = request.options().dual_write == DualWrite::Trigger && request.piece.using.is_none();
    if !is_asked_for || *column != to.name || old.data_type == to.data_type || request.asserted(&request.piece.sql).is_some() {
        return None;
    }
    // What triggers cannot do a tool does.
    possible(request, table, old).is_ok().then(|| draft(request, table, old, to))
}

fn draft(request: &Request<'_>, table: &Table, old: &ColumnDef, to: &ColumnDef) -> Result<Draft, Refusal> {
    let beside = Name::new(&format!("{}_new", old.name));
    if table.column(&beside).is_some() {
        return Err(Refusal::new(format!("there is a column {beside} already"), "give it another name, or drop it"));
    }
    let [from, name] = [&old.name, &beside].map(|name| request.name(name));
    let mut column = ColumnDef { name: beside, ..to.clone() };
    // MariaDB demands a value in INSERT … SELECT before a trigger can give one (error 1364; measured, 10.11).
    let filler = filler(&column).filter(|_| request.target().dialect == Dialect::MariaDb && needs_value(&column));
    let ends = if filler.is_some() { Filler::Default } else { Filler::None };
    if filler.is_some() {
        column.default = filler;
    }
    let old = Half { column: old.clone(), value: Some(name) };
    let new = Half { column, value: Some(from.clone()) };
    let places = vec![format!(" AFTER {from}")];
    Forms { request, table, old: vec![old], new: vec![new], places, parts: Parts::Follow, loss: None }.swapped(ends)
}

/// A value that columns of this type take.
fn filler(column: &ColumnDef) -> Option<Expression> {
    let (sql, constant) = match &*column.data_type.name {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float" | "double" => {
            ("0", Constant::Number("0".into()))
        }
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => ("''", Constant::String("".into())),
        "date" => ("'1970-01-02'", Constant::String("1970-01-02".into())),
        "datetime" | "timestamp" => ("'1970-01-02 00:00:00'", Constant::String("1970-01-02 00:00:00".into())),
        _ => return None,
    };
    Some(Expression { sql: sql.into(), constant: Some(constant), ..Expression::default() })
}
