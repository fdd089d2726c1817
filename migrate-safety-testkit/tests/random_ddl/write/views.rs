//! Views, materialised or not.

use super::{Kind, Writer, listed, sql_name};
use migrate_safety_core::catalog::{Column, Relation};

pub(super) const KINDS: &[(usize, Kind)] =
    &[(8, create), (2, replace), (3, create_materialized), (1, refresh), (3, drop), (1, default), (1, move_to_schema)];

fn create(writer: &mut Writer<'_>) -> Option<String> {
    let query = query(writer)?;
    Some(format!("CREATE VIEW {} AS {query}", writer.name()))
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
    Some(match writer.choices.below(6) {
        0 => format!("SELECT * FROM {name}"),
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

fn default(writer: &mut Writer<'_>) -> Option<String> {
    let view = writer.relation(|r| r.view().is_some_and(|v| !v.materialized))?;
    let option = writer.choices.word(&["SET (security_barrier = true)", "RESET (security_barrier)"]);
    Some(format!("ALTER VIEW {} {option}", sql_name(view)))
}

fn move_to_schema(writer: &mut Writer<'_>) -> Option<String> {
    let view = writer.relation(|r| r.view().is_some())?;
    Some(format!("ALTER {} {} SET SCHEMA {}", super::columns::word(view), sql_name(view), writer.schema()))
}
