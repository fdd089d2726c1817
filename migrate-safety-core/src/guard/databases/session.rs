//! What statements leave in the session: a run that goes on in another session has to make it again, if it can.

use super::pieces::{Manner, Piece};
use crate::databases::operation::{Operation, SettingScope};
use crate::dialect::Dialect;

/// What a statement leaves in its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lasting {
    /// A setting: the same whenever it is made.
    Setting,
    /// Something of this name that may hang on the data at that time: a variable, a prepared statement, a temporary
    /// table.
    Value(String),
}

impl Lasting {
    pub(super) fn of(dialect: Dialect, operation: &Operation, sql: &str) -> Option<Self> {
        let value = |name: &str| Some(Self::Value(name.to_ascii_lowercase()));
        match operation {
            Operation::Set { scope: SettingScope::Global, .. } => None,
            Operation::Set { .. } if dialect != Dialect::Sqlite => match variable(sql) {
                Some(name) => value(name),
                None => Some(Self::Setting),
            },
            Operation::Set { scope: SettingScope::Session, .. } | Operation::Attach { .. } | Operation::Use { .. } => {
                Some(Self::Setting)
            }
            Operation::CreateTable(create) if create.temporary => value(create.name.as_ref()?.name.as_str()),
            Operation::CreateView(create) if create.temporary => value(create.name.name.as_str()),
            Operation::DropTable { temporary: true, tables, .. } => value(tables.first()?.name.as_str()),
            Operation::Other { words } if ["PREPARE", "DROP PREPARE"].contains(&&**words) => {
                value(sql.split_whitespace().nth(usize::from(!starts(sql, "PREPARE")) + 1).unwrap_or("prepare"))
            }
            Operation::Select(query) => value(variable(&query.sql).or_else(|| variable(sql))?),
            _ => None,
        }
    }
}

/// Of the pieces before `done`: the statements that make the session again, and the names of what cannot be made again
/// and is used later.
pub(super) fn made_again(pieces: &[Piece], done: usize) -> (Vec<&str>, Vec<&str>) {
    let (before, rest) = pieces.split_at(done.min(pieces.len()));
    let later: String = rest.iter().map(|piece| piece.text().to_ascii_lowercase() + "\n").collect();
    let parts = before.iter().flat_map(|piece| &piece.statements);
    let mut again = Vec::new();
    let mut lost = Vec::new();
    for part in parts {
        match &part.lasting {
            Some(Lasting::Setting) => again.push(part.sql.as_str()),
            Some(Lasting::Value(name)) if later.contains(name.as_str()) => lost.push(name.as_str()),
            _ => {}
        }
    }
    if before.iter().any(|piece| piece.manner != Manner::Session) && uses_last_id(rest) {
        lost.push("last_insert_id()");
    }
    (again, lost)
}

/// The number of a row is asked for that was inserted before.
fn uses_last_id(rest: &[Piece]) -> bool {
    let parts = rest.iter().flat_map(|piece| &piece.statements);
    for part in parts {
        let text = part.sql.to_ascii_lowercase();
        if text.contains("last_insert_id(") || text.contains("last_insert_rowid(") {
            return true;
        }
        if starts(&text, "insert") || starts(&text, "replace") {
            return false;
        }
    }
    false
}

/// The first user variable in a text: `@id`.
fn variable(sql: &str) -> Option<&str> {
    let mut from = 0;
    while let Some(at) = sql.get(from..)?.find('@').map(|at| from + at) {
        let rest = &sql[at + 1..];
        if rest.starts_with('@') {
            from = at + 2;
            continue;
        }
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$' || c == '.')).unwrap_or(rest.len());
        if end > 0 {
            return sql.get(at..at + 1 + end);
        }
        from = at + 1;
    }
    None
}

fn starts(sql: &str, word: &str) -> bool {
    sql.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word))
}

#[cfg(all(test, feature = "mysql"))]
mod tests {
    use super::super::pieces::cut;
    use super::*;
    use crate::dialect::Target;

    #[test]
    fn settings_are_made_again_and_values_are_lost_where_they_are_used() {
        let text = "SET foreign_key_checks = 0; SET @@sql_mode = ''; SET @a = (SELECT max(id) FROM t), @b = 2; \
                    ALTER TABLE t ADD c int; UPDATE t SET c = 1; ALTER TABLE t ADD d int; UPDATE t SET d = @a";
        let pieces = cut(Target::mysql(804), text, true).unwrap();
        let (again, lost) = made_again(&pieces, 5);
        assert_eq!(again, ["SET foreign_key_checks = 0", "SET @@sql_mode = ''"]);
        assert_eq!(lost, ["@a"]);
        assert_eq!(made_again(&pieces, pieces.len()).1, [""; 0]);
    }

    #[test]
    fn the_id_of_a_row_of_another_session_is_lost() {
        let cut = |text| cut(Target::mysql(804), text, true).unwrap();
        let text = "INSERT INTO t VALUES (1); ALTER TABLE t ADD c int; INSERT INTO u VALUES (LAST_INSERT_ID())";
        assert_eq!(made_again(&cut(text), 2).1, ["last_insert_id()"]);
        let text = "CREATE TABLE t (a int); INSERT INTO t VALUES (1); SELECT LAST_INSERT_ID()";
        assert_eq!(made_again(&cut(text), 1).1, [""; 0]);
    }
}
