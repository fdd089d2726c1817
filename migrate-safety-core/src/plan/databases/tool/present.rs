//! How it is seen in the server's dictionary that a change has been made.

use super::Request;
use super::before::is_whole;
use crate::databases::diff::data_type;
use crate::databases::operation::{ActionKind, ColumnDef, TableOptions};
use crate::databases::schema::Table;
use crate::dialect::Dialect;
use crate::plan::error::Refusal;
use crate::sql::name::literal;

/// An expression that tells whether the change has been made.
pub(in crate::plan::databases) fn present(
    request: &Request<'_>,
    table: &Table,
    actions: &[&ActionKind],
) -> Result<String, Refusal> {
    let t = literal(table.name.name.as_str());
    let found = |of: &str, condition: String| {
        format!(
            "EXISTS (SELECT 1 FROM information_schema.{of} WHERE table_schema = DATABASE() AND table_name = {t} AND {condition})"
        )
    };
    let mut all = Vec::new();
    for action in actions {
        let one = match action {
            ActionKind::Modify { to, .. } | ActionKind::AddColumn { column: to, .. } => {
                found("columns", column(request, to))
            }
            ActionKind::AddCheck { check } => {
                let name = check.name.as_ref().ok_or_else(|| {
                    Refusal::new(
                        "a check without a name is found by nothing afterwards",
                        "give it a name: ADD CONSTRAINT name CHECK (…)",
                    )
                })?;
                found("table_constraints", format!("constraint_name = {}", literal(name.as_str())))
            }
            ActionKind::AddIndex { index, .. } => match &index.name {
                Some(name) => found("statistics", format!("index_name = {}", literal(name.as_str()))),
                None => {
                    return Err(Refusal::new(
                        "an index without a name is found by nothing afterwards",
                        "give it a name",
                    ));
                }
            },
            ActionKind::DropPrimaryKey => format!("NOT {}", found("statistics", "index_name = 'PRIMARY'".to_owned())),
            ActionKind::Convert { charset, .. } => {
                format!("NOT {}", found("columns", format!("character_set_name <> {}", literal(charset.as_str()))))
            }
            ActionKind::Options(TableOptions { engine: Some(engine), .. }) => {
                found("tables", format!("engine = {}", literal(engine.as_str())))
            }
            ActionKind::Options(TableOptions { row_format: Some(format), .. }) => {
                found("tables", format!("row_format = {}", literal(format.as_str())))
            }
            _ => {
                return Err(Refusal::new(
                    "the server does it while nobody may write, and it cannot be told afterwards whether a tool has done it",
                    "make the change in a maintenance window",
                ));
            }
        };
        all.push(one);
    }
    Ok(all.join(" AND "))
}

/// What the server says of a column of this form.
fn column(request: &Request<'_>, column: &ColumnDef) -> String {
    let name = literal(column.name.as_str());
    let written = data_type(request.target(), column);
    let data_type = if is_whole(&column.data_type) {
        // How many digits are shown is told by some versions.
        let unsigned = if column.data_type.unsigned { " unsigned" } else { "" };
        format!("column_type REGEXP '^{}([(][0-9]+[)])?{unsigned}$'", column.data_type.name)
    } else {
        match (&*column.data_type.name, request.target().dialect) {
            ("json", Dialect::MariaDb) => "column_type = 'longtext'".to_owned(),
            ("enum" | "set", _) => {
                let values: Vec<String> = column.data_type.arguments.iter().map(|value| literal(value)).collect();
                format!("column_type = {}", literal(&format!("{}({})", column.data_type.name, values.join(","))))
            }
            _ => format!("column_type = {}", literal(&written)),
        }
    };
    let nullable = match column.not_null {
        Some(true) => " AND is_nullable = 'NO'",
        _ => "",
    };
    let charset =
        column.charset.as_ref().map(|charset| format!(" AND character_set_name = {}", literal(charset.as_str())));
    let collation =
        column.collation.as_ref().map(|collation| format!(" AND collation_name = {}", literal(collation.as_str())));
    format!(
        "column_name = {name} AND {data_type}{nullable}{}{}",
        charset.unwrap_or_default(),
        collation.unwrap_or_default()
    )
}

/// Statements that run another one only where the change has not been made.
pub(in crate::plan::databases) fn once(present: &str, sql: &str) -> Vec<String> {
    let text = sql.replace('\\', "\\\\").replace('\'', "''");
    vec![
        format!("SET @migrate_safety = IF({present}, 'DO 0', '{text}')"),
        "PREPARE migrate_safety FROM @migrate_safety".to_owned(),
        "EXECUTE migrate_safety".to_owned(),
        "DEALLOCATE PREPARE migrate_safety".to_owned(),
    ]
}
