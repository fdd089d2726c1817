//! Reading MySQL and MariaDB: `SHOW CREATE` tells a table or view as a statement.

use super::{About, Question, ReadError, Reading, Row, applied_question};
use crate::catalog::introspect::{Unread, Unreadable};
use crate::dialect::Target;
use crate::layout::Layout;

pub(super) fn first_questions() -> Vec<Question> {
    vec![
        // A table that is being altered is not waited for; names and definitions are told as they are.
        Question {
            about: About::Nothing,
            sql: "SET SESSION lock_wait_timeout = 2, SESSION sql_quote_show_create = 1, SESSION sql_mode = ''"
                .to_owned(),
        },
        Question {
            about: About::Version,
            sql: "SELECT VERSION(), DATABASE(), @@character_set_database, @@collation_database".to_owned(),
        },
    ]
}

pub(super) fn take(reading: &mut Reading, question: &Question, rows: &[Row]) -> Result<Vec<Question>, ReadError> {
    let answer = || ReadError::Answer(question.sql.clone());
    match &question.about {
        About::Version => {
            let [Some(version), database, charset, collation, ..] = rows.first().map_or(&[][..], Vec::as_slice) else {
                return Err(answer());
            };
            reading.target = Some(target(version).ok_or_else(|| ReadError::Version(version.clone()))?);
            if database.is_none() {
                return Err(ReadError::NoDatabase);
            }
            reading.live.usual_charset = charset.clone().zip(collation.clone());
            Ok(vec![objects(), triggers()])
        }
        About::Objects => {
            let mut more = Vec::new();
            for row in rows {
                let [Some(name), Some(kind), rows, ..] = row.as_slice() else { return Err(answer()) };
                if let Some(rows) = rows.as_ref().and_then(|rows| rows.parse().ok()) {
                    reading.live.table_rows.insert(name.clone(), rows);
                }
                let show = if kind == "VIEW" { "VIEW" } else { "TABLE" };
                let sql = format!("SHOW CREATE {show} `{}`", name.replace('`', "``"));
                more.push(Question { about: About::Object(name.clone()), sql });
                let of_host = |layout: &Layout| layout.bookkeeping_table() == Some(name);
                if let Some(layout) = [Layout::Sqlx, Layout::Diesel].into_iter().find(of_host) {
                    more.extend(applied_question(layout, "CHAR"));
                }
            }
            // Views read tables, triggers stand on them.
            reading.questions.extend(more);
            let triggers = reading.questions.pop_front();
            Ok(triggers.into_iter().collect())
        }
        About::Object(name) => {
            match rows.first().and_then(|row| row.get(1)?.clone()) {
                Some(sql) => reading.live.statements.push(sql),
                None => {
                    let reason = Unreadable::Refused("it may not be read by this user".to_owned());
                    reading.live.unread.push(Unread { object: name.clone(), reason });
                }
            }
            Ok(Vec::new())
        }
        _ => {
            for row in rows {
                let [Some(name), Some(timing), Some(event), Some(table), Some(body), ..] = row.as_slice() else {
                    return Err(answer());
                };
                let quote = |name: &str| format!("`{}`", name.replace('`', "``"));
                let (name, table) = (quote(name), quote(table));
                let sql = format!("CREATE TRIGGER {name} {timing} {event} ON {table} FOR EACH ROW {body}");
                reading.live.statements.push(sql);
            }
            Ok(Vec::new())
        }
    }
}

/// `8.0.36-28`, `10.11.6-MariaDB-0+deb12u1`, `5.5.5-10.6.12-MariaDB` as some proxies say it.
fn target(version: &str) -> Option<Target> {
    let is_mariadb = version.to_ascii_lowercase().contains("mariadb");
    let version = version.strip_prefix("5.5.5-").filter(|_| is_mariadb).unwrap_or(version);
    let numbers = version.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    format!("{}:{numbers}", if is_mariadb { "mariadb" } else { "mysql" }).parse().ok()
}

/// Tables first, then views.
fn objects() -> Question {
    let sql = "SELECT TABLE_NAME, TABLE_TYPE, CAST(TABLE_ROWS AS CHAR) FROM information_schema.TABLES WHERE \
               TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW') ORDER BY \
               TABLE_TYPE = 'VIEW', TABLE_NAME";
    Question { about: About::Objects, sql: sql.to_owned() }
}

fn triggers() -> Question {
    let sql = "SELECT TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, EVENT_OBJECT_TABLE, ACTION_STATEMENT FROM \
               information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY TRIGGER_NAME, ACTION_ORDER";
    Question { about: About::Triggers, sql: sql.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_servers_tell_them() {
        let read = |version| target(version).map(|target| target.to_string());
        assert_eq!(read("8.0.36-28").as_deref(), Some("mysql:8.0.36"));
        assert_eq!(read("9.7.4").as_deref(), Some("mysql:9.7.4"));
        assert_eq!(read("10.11.6-MariaDB-0+deb12u1").as_deref(), Some("mariadb:10.11.6"));
        assert_eq!(read("5.5.5-10.6.12-MariaDB-log").as_deref(), Some("mariadb:10.6.12"));
        assert_eq!(read("unknown"), None);
    }
}
