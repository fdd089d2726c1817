//! Tools that change a table of MySQL or MariaDB by copying it beside those who write to it.
//!
//! The tools make a table of their own, so that `ALGORITHM` and `LOCK` have no place in what they are told. gh-ost and spirit
//! follow the binary log and take no table with foreign keys or triggers; pt-online-schema-change works by triggers of its
//! own and can rebuild foreign keys that lead to the table. All of them copy with `INSERT IGNORE`: what the new form does
//! not take is left out without a word, and is therefore counted before.

use super::request::Request;
use crate::databases::diff::data_type;
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, ColumnDef, IndexDef, TableOptions};
use crate::databases::schema::Table;
use crate::dialect::Dialect;
use crate::plan::error::Refusal;
use crate::plan::model::{Gate, Tool};
use crate::sql::name::literal;

/// The tools for a change; what they are told stands behind `ALTER TABLE t`.
///
/// # Errors
/// The table has no key by which a tool could copy it.
pub(super) fn tool(request: &Request<'_>, table: &Table, actions: &[&ActionKind], told: &str) -> Result<Tool, Refusal> {
    let never_null = |name: &&Name| table.column(name).is_some_and(|column| column.not_null == Some(true));
    let is_key =
        |index: &IndexDef| index.is_unique() && !index.parts.is_empty() && index.columns().iter().all(never_null);
    let has_primary = !table.primary_key().is_empty();
    if table.known && !has_primary && !table.indexes.iter().any(is_key) {
        return Err(Refusal::new(
            format!(
                "the server copies {} while nobody writes, and without a primary key no tool can copy it",
                table.name
            ),
            "give it a primary key first, which is done in place, or make the change in a maintenance window",
        ));
    }
    Ok(Tool {
        commands: commands(request, table, told),
        before: before(request, table, actions),
        after: vec![done(request, table, actions)?],
    })
}

/// Whether the change is there, or the table is so small that the server may copy it.
pub(super) fn done_or_small(request: &Request<'_>, table: &Table, actions: &[&ActionKind]) -> Result<Gate, Refusal> {
    let present = present(request, table, actions)?;
    let name = literal(table.name.name.as_str());
    Ok(Gate {
        sql: format!(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = {name} AND \
             table_rows > {SMALL} AND NOT ({present})"
        ),
        expect: "0".to_owned(),
        meaning: "a tool has to do it first".to_owned(),
    })
}

/// As many rows the server may copy itself: it takes a moment.
const SMALL: u32 = 10_000;

fn done(request: &Request<'_>, table: &Table, actions: &[&ActionKind]) -> Result<Gate, Refusal> {
    Ok(Gate {
        sql: format!("SELECT {}", present(request, table, actions)?),
        expect: "1".to_owned(),
        meaning: format!("the tool has not changed {}", table.name),
    })
}

fn commands(request: &Request<'_>, table: &Table, told: &str) -> Vec<String> {
    let t = table.name.name.as_str();
    let (quoted, alter) = (in_shell(t), in_shell(told));
    let leads_out = !table.foreign_keys.is_empty();
    let leads_in = request.schema().references_to(&table.name).next().is_some();
    let schema = request.schema();
    let key = schema.key(&table.name);
    let has_triggers = schema.triggers.values().any(|trigger| schema.key(&trigger.table) == key);
    let rebuilt = if leads_in { " \\\n  --alter-foreign-keys-method=rebuild_constraints" } else { "" };
    let kept = if has_triggers { " \\\n  --preserve-triggers" } else { "" };
    let percona = format!(
        "pt-online-schema-change D=DATABASE,t={quoted},h=HOST,u=USER --ask-pass \\\n  --alter={alter}{rebuilt}{kept} \\\n  \
         --chunk-time=0.5 --max-lag=1s --max-load=Threads_running=50 --critical-load=Threads_running=200 \\\n  \
         --set-vars=lock_wait_timeout=3 --tries=swap_tables:20:1,create_triggers:20:1,drop_triggers:20:1 \\\n  --execute"
    );
    if leads_out || leads_in || has_triggers {
        return vec![percona];
    }
    let gh_ost = format!(
        "gh-ost --host=HOST --user=USER --ask-pass --database=DATABASE --table={quoted} \\\n  --alter={alter} \\\n  \
         --chunk-size=1000 --max-lag-millis=1500 --throttle-control-replicas=REPLICAS \\\n  \
         --max-load=Threads_running=50 --critical-load=Threads_running=200 \\\n  \
         --cut-over-lock-timeout-seconds=3 --default-retries=120 \\\n  \
         --postpone-cut-over-flag-file={} \\\n  --execute",
        in_shell(&format!("/tmp/gh-ost.{t}.postpone"))
    );
    if request.target().dialect == Dialect::MariaDb {
        return vec![percona, gh_ost];
    }
    let statement = in_shell(&format!("ALTER TABLE {} {told}", request.table_sql(table)));
    let spirit = format!(
        "spirit migrate --host=HOST:3306 --username=USER --password=PASSWORD --database=DATABASE \\\n  \
         --statement={statement} \\\n  --target-chunk-time=500ms --replica-max-lag=10s --lock-wait-timeout=3s --defer-cutover"
    );
    vec![gh_ost, percona, spirit]
}

/// What has to hold before a tool is started.
fn before(request: &Request<'_>, table: &Table, actions: &[&ActionKind]) -> Vec<Gate> {
    let t = literal(table.name.name.as_str());
    let key = request.schema().key(&table.name);
    let triggers =
        request.schema().triggers.values().filter(|trigger| request.schema().key(&trigger.table) == key).count();
    let keys = table.foreign_keys.iter().map(|fk| fk.columns.len()).sum::<usize>()
        + request
            .schema()
            .references_to(&table.name)
            .filter(|(other, _)| other.id != table.id)
            .map(|(_, fk)| fk.columns.len())
            .sum::<usize>();
    let gate = |sql: String, expect: String, meaning: &str| Gate { sql, expect, meaning: meaning.to_owned() };
    let mut gates = vec![
        gate(
            format!(
                "SELECT count(*) FROM information_schema.triggers WHERE event_object_schema = DATABASE() AND \
                 event_object_table = {t}"
            ),
            triggers.to_string(),
            "the table has triggers that the plan does not know of: plan it again with the schema as it is",
        ),
        gate(
            format!(
                "SELECT count(*) FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND \
                 referenced_table_name IS NOT NULL AND (table_name = {t} OR referenced_table_name = {t})"
            ),
            keys.to_string(),
            "foreign keys lead to the table or from it that the plan does not know of: plan it again with the schema as it is",
        ),
        gate(
            format!(
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ({})",
                ["gho", "ghc", "del", "new", "old"]
                    .map(|ending| literal(&format!("_{}_{ending}", table.name.name)))
                    .join(", ")
            ),
            "0".to_owned(),
            "an earlier run of a tool has left a table: see to it, and drop it",
        ),
    ];
    for action in actions {
        if let ActionKind::Modify { column, to, .. } = action
            && let Some(old) = table.column(column)
            && let Some(misfits) = misfits(request, table, old, to)
        {
            gates.push(gate(misfits, "0".to_owned(), "rows hold values that the new form does not take: the tools would leave them out, or change them, without a word"));
        }
        if let ActionKind::AddCheck { check } = action {
            let sql = format!("SELECT count(*) FROM {} WHERE NOT ({})", request.table_sql(table), check.expression.sql);
            gates.push(gate(
                sql,
                "0".to_owned(),
                "rows do not pass the check: the tools would leave them out without a word",
            ));
        }
    }
    gates
}

/// Ranges of the whole numbers.
const WHOLE: [(&str, i128, i128); 5] = [
    ("tinyint", -128, 127),
    ("smallint", -32_768, 32_767),
    ("mediumint", -8_388_608, 8_388_607),
    ("int", -2_147_483_648, 2_147_483_647),
    ("bigint", -9_223_372_036_854_775_808, 9_223_372_036_854_775_807),
];

/// The query that counts rows whose values another type does not hold as they are; none where all do, or where no query is
/// known that tells.
pub(super) fn misfits(request: &Request<'_>, table: &Table, old: &ColumnDef, to: &ColumnDef) -> Option<String> {
    let (t, c) = (request.table_sql(table), request.name(&old.name));
    let mut conditions = Vec::new();
    if to.not_null == Some(true) && old.not_null != Some(true) {
        conditions.push(format!("{c} IS NULL"));
    }
    let range = |column: &ColumnDef| {
        let (_, low, high) = WHOLE.iter().find(|(name, ..)| *name == &*column.data_type.name)?;
        Some(if column.data_type.unsigned { (0, high - low) } else { (*low, *high) })
    };
    let length = |column: &ColumnDef| match &*column.data_type.name {
        "char" | "varchar" => column.data_type.arguments.first()?.parse::<u32>().ok(),
        _ => None,
    };
    let is_text = |column: &ColumnDef| {
        matches!(&*column.data_type.name, "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext")
    };
    match (range(old), range(to)) {
        (Some((low, high)), Some((new_low, new_high))) if low < new_low || high > new_high => {
            conditions.push(format!("{c} NOT BETWEEN {new_low} AND {new_high}"));
        }
        (None, Some((low, high))) if is_text(old) => {
            conditions
                .push(format!("{c} NOT REGEXP '^-?[0-9]+$' OR CAST({c} AS DECIMAL(65)) NOT BETWEEN {low} AND {high}"));
        }
        _ => {}
    }
    if let Some(most) = length(to).filter(|most| length(old).is_none_or(|had| had > *most)) {
        conditions.push(format!("char_length({c}) > {most}"));
    }
    if &*to.data_type.name == "json" && is_text(old) {
        conditions.push(format!("NOT json_valid({c})"));
    }
    if let ("enum", false) = (&*to.data_type.name, to.data_type.arguments.is_empty()) {
        let values: Vec<String> = to.data_type.arguments.iter().map(|value| literal(value)).collect();
        conditions.push(format!("{c} NOT IN ({})", values.join(", ")));
    }
    (!conditions.is_empty()).then(|| format!("SELECT count(*) FROM {t} WHERE {}", conditions.join(" OR ")))
}

/// An expression that tells whether the change has been made.
pub(super) fn present(request: &Request<'_>, table: &Table, actions: &[&ActionKind]) -> Result<String, Refusal> {
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
    let is_whole = WHOLE.iter().any(|(name, ..)| *name == &*column.data_type.name);
    let data_type = if is_whole {
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

/// One word of a shell.
fn in_shell(text: &str) -> String {
    let plain =
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'-'));
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
