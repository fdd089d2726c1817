//! Reading SQLite: its schema table holds the statements as they were written, changed by `ALTER TABLE`.

use super::{About, Question, ReadError, Reading, Row, applied_question};
use crate::databases::quote::quoted;
use crate::dialect::{Dialect, Target};
use crate::layout::Layout;

/// Up to how many rows of a table are counted.
const MOST_ROWS: u64 = 1_000_000;

pub(super) fn first_questions() -> Vec<Question> {
    vec![
        Question { about: About::Nothing, sql: "PRAGMA busy_timeout = 2000".to_owned() },
        Question { about: About::Version, sql: "SELECT sqlite_version()".to_owned() },
    ]
}

pub(super) fn take(reading: &mut Reading, question: &Question, rows: &[Row]) -> Result<Vec<Question>, ReadError> {
    let answer = || ReadError::Answer(question.sql.clone());
    match question.about {
        About::Version => {
            let version = rows.first().and_then(|row| row.first()?.clone()).ok_or_else(answer)?;
            let target: Target = format!("sqlite:{version}").parse().map_err(|_| ReadError::Version(version))?;
            reading.target = Some(target);
            Ok(vec![objects(target)])
        }
        _ => {
            let mut more = Vec::new();
            for row in rows {
                let [Some(kind), Some(name), Some(sql), ..] = row.as_slice() else { return Err(answer()) };
                reading.live.statements.push(sql.clone());
                let of_rows =
                    kind == "table" && !sql.get(..14).is_some_and(|w| w.eq_ignore_ascii_case("CREATE VIRTUAL"));
                if let Some(layout) =
                    [Layout::Sqlx, Layout::Diesel].into_iter().find(|l| l.bookkeeping_table() == Some(name))
                {
                    more.extend(applied_question(layout, "TEXT"));
                } else if of_rows {
                    more.push(count(name));
                }
            }
            Ok(more)
        }
    }
}

/// Everything that was made by a statement, the tables within virtual tables left out (they are told apart from 3.37 on).
fn objects(target: Target) -> Question {
    let shadows = match target.is_from(337, 0) {
        true => "AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')",
        false => "",
    };
    let sql = format!(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         {shadows} ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, rowid"
    );
    Question { about: About::Objects, sql }
}

/// Counts the rows of a table, if they are not too many to count.
fn count(table: &str) -> Question {
    let (name, text) = (quoted(Dialect::Sqlite, table), table.replace('\'', "''"));
    let sql = format!(
        "SELECT '{text}', CAST(n AS TEXT) FROM (SELECT count(*) AS n FROM (SELECT 1 FROM {name} LIMIT {})) \
         WHERE n <= {MOST_ROWS}",
        MOST_ROWS + 1
    );
    Question { about: About::Rows, sql }
}
