//! Views, materialised or not.

use super::{Kind, Writer, listed, sql_name};
use migrate_safety_core::catalog::{Column, Relation};

pub(super) const KINDS: &[(usize, Kind)] = &[
    (8, create),
    (1, create_option),
    (2, replace),
    (3, create_materialized),
    (1, refresh),
    (3, drop),
    (1, settings),
    (1, move_to_schema),
];

fn create(writer: &mut Writer<'_>) -> Option<String> {
    let query = query(writer)?;
    Some(format!("CREATE VIEW {} AS {query}", writer.new_object()))
}

fn create_option(writer: &mut Writer<'_>) -> Option<String> {
    let (table, columns) = writer.table()?;
    let columns = writer.columns(columns, 1);
    let name = writer.name();
    let (list, options) = writer.choices.one_of(&[
        (" (first)", ""),
        ("", " WITH (security_barrier)"),
        ("", " WITH (check_option = local)"),
        (" (first)", " WITH (security_barrier = false)"),
    ])?;
    let option = writer.maybe(20, " WITH CASCADED CHECK OPTION");
    let option = if options.contains("check") { "" } else { option };
    let (column, table) = (columns.first()?.name.sql(), sql_name(table));
    Some(format!("CREATE VIEW {name}{list}{options} AS SELECT {column} FROM {table}{option}"))
}

fn replace(writer: &mut Writer<'_>) -> Option<String> {
    let view = writer.relation(|r| r.view().is_some_and(|v| !v.materialized))?;
    let (query, name) = (query(writer)?, sql_name(view));
    // One that reads itself cannot be used, nor written down.
    (!query.contains(&name)).then(|| format!("CREATE OR REPLACE VIEW {name} AS {query}"))
}

fn create_materialized(writer: &mut Writer<'_>) -> Option<String> {
    let query = query(writer)?;
    let data = writer.maybe(30, " WITH NO DATA");
    Some(format!("CREATE MATERIALIZED VIEW {} AS {query}{data}", writer.name()))
}

fn query(writer: &mut Writer<'_>) -> Option<String> {
    let source = writer.relation(|r| r.table().is_some() || r.view().is_some())?;
    let name = sql_name(source);
    let Some(table) = source.table() else {
        return Some(match writer.choices.below(2) {
            0 => format!("SELECT * FROM {name}"),
            _ => format!("SELECT count(*) AS n FROM {name}"),
        });
    };
    let columns = writer.columns(table, 3);
    if columns.is_empty() {
        return Some(format!("SELECT 1 AS one FROM {name}"));
    }
    Some(match writer.choices.below(13) {
        10 => {
            // Of columns that two tables share, either may get another name.
            let (other, others) = writer.table()?;
            let shared = columns.iter().find(|c| others.column(&c.name).is_some())?.name.sql();
            let other = sql_name(other);
            writer.choices.one_of(&[0, 1, 2]).map(|form| match form {
                0 => format!("SELECT x.{shared}, y.{shared} AS other FROM {name} x JOIN {other} y ON x.{shared}::text = y.{shared}::text"),
                1 => format!("SELECT {shared} FROM {name} JOIN {other} AS second USING ({shared})"),
                _ => format!("SELECT count({shared}) AS n FROM {name} FULL JOIN {other} AS second USING ({shared})"),
            })?
        }
        11 => {
            let column = columns.first()?.name.sql();
            format!("SELECT {column} FROM {name} WHERE now() > '2024-05-06' AND CURRENT_DATE <> '2020-01-02'::date")
        }
        0 => format!("SELECT * FROM {name}"),
        5 => {
            let (filter, column) = (writer.condition(table)?, columns.first()?.name.sql());
            format!(
                "SELECT {column} FROM {name} WHERE EXISTS (SELECT 1 FROM {name} inside WHERE {filter}) ORDER BY {column}"
            )
        }
        6 => {
            let column = columns.first()?.name.sql();
            format!("SELECT {column}, row_number() OVER (PARTITION BY {column} ORDER BY {column}) AS at FROM {name}")
        }
        7 => {
            let column = columns.first()?.name.sql();
            format!("SELECT {column} FROM {name} UNION ALL SELECT {column} FROM {name} LIMIT 10")
        }
        8 => {
            let column = columns.first()?.name.sql();
            format!(
                "SELECT {column}::text AS spelt, CASE WHEN {column} IS NULL THEN 'none' ELSE 'some' END AS kind FROM {name}"
            )
        }
        9 => {
            let column = columns.first()?.name.sql();
            let (other, _) = writer.table()?;
            format!("SELECT x.{column}, (SELECT count(*) FROM {}) AS n FROM {name} x", sql_name(other))
        }
        1 => {
            let filter = writer.condition(table)?;
            format!("SELECT {} FROM {name} WHERE {filter}", listed(&columns))
        }
        2 => {
            let qualified: Vec<String> = columns.iter().map(|c: &&Column| format!("x.{}", c.name.sql())).collect();
            let other = writer.relation(|r: &Relation| r.table().is_some())?;
            format!("SELECT {}, 1 AS one FROM {name} x LEFT JOIN {} y ON true", qualified.join(", "), sql_name(other))
        }
        3 => format!("SELECT {0}, count(*) AS n FROM {name} GROUP BY {0}", columns.first()?.name.sql()),
        4 => format!("WITH w AS (SELECT {} FROM {name}) SELECT * FROM w", listed(&columns)),
        _ => format!("SELECT {} FROM {name}", listed(&columns)),
    })
}

fn refresh(writer: &mut Writer<'_>) -> Option<String> {
    let view = writer.relation(|r| r.view().is_some_and(|v| v.materialized))?;
    Some(format!("REFRESH MATERIALIZED VIEW {}{}", sql_name(view), writer.maybe(30, " WITH NO DATA")))
}

fn drop(writer: &mut Writer<'_>) -> Option<String> {
    let view = writer.relation(|r| r.view().is_some())?;
    let word = super::columns::word(view);
    Some(format!("DROP {word} {}{}", sql_name(view), writer.cascade()))
}

fn settings(writer: &mut Writer<'_>) -> Option<String> {
    let view = writer.relation(|r| r.view().is_some_and(|v| !v.materialized))?;
    let option = writer.choices.word(&["SET (security_barrier = true)", "RESET (security_barrier)"]);
    Some(format!("ALTER VIEW {} {option}", sql_name(view)))
}

fn move_to_schema(writer: &mut Writer<'_>) -> Option<String> {
    let view = writer.relation(|r| r.view().is_some())?;
    Some(format!("ALTER {} {} SET SCHEMA {}", super::columns::word(view), sql_name(view), writer.schema()))
}
