//! A migration cut into the pieces that are run one by one, each noted.

use super::session::Lasting;
use super::trace::Trace;
use crate::databases::operation::{Operation, SettingScope, Transaction};
use crate::databases::parse;
use crate::databases::statement::Statement;
use crate::dialect::{Dialect, Target};
use crate::sql::ProblemKind;
use crate::written::FILL;

/// A piece: what is run together, and noted together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) statements: Vec<Part>,
    pub(super) manner: Manner,
}

/// A statement of a piece.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) sql: String,
    /// Where it stands, 1-based.
    pub(super) line: u32,
    /// What it leaves in the session.
    pub(super) lasting: Option<Lasting>,
}

/// How a piece is run.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Manner {
    /// In one transaction with its note.
    Together,
    /// It changes nothing but the session: whoever goes on makes it again.
    Session,
    /// By itself: it commits, or the server takes it in no transaction.
    Alone {
        /// It may be run again after a lock was not to be had.
        repeatable: bool,
        /// What tells whether it has taken effect.
        trace: Trace,
    },
}

/// A command of a client, which no server takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClientCommand {
    pub(super) line: u32,
    pub(super) message: String,
}

impl Piece {
    /// All of a migration that is code of the application.
    pub(super) fn of_code(target: Target, in_transaction: bool) -> Self {
        let together = in_transaction && target.dialect == Dialect::Sqlite;
        Self { statements: Vec::new(), manner: if together { Manner::Together } else { untraced() } }
    }

    /// Where it begins.
    pub(super) fn line(&self) -> u32 {
        self.statements.first().map_or(1, |part| part.line)
    }

    /// What stands for it in a note: the text, or of a long one its length and a hash.
    pub(super) fn mark(&self) -> String {
        const LONGEST: usize = 300;

        let text = self.text();
        if text.len() <= LONGEST { text } else { format!("{} bytes, {:016x}", text.len(), super::hash(&text)) }
    }

    pub(super) fn text(&self) -> String {
        self.statements.iter().map(|part| part.sql.as_str()).collect::<Vec<_>>().join(";\n")
    }
}

/// The pieces of a text.
///
/// # Errors
/// It has a command for a client.
pub(super) fn cut(target: Target, text: &str, in_transaction: bool) -> Result<Vec<Piece>, ClientCommand> {
    let script = parse(target, text);
    for problem in script.statements.iter().flat_map(|statement| &statement.problems) {
        if problem.kind == ProblemKind::PsqlCommand {
            let message = problem.message.to_string();
            return Err(ClientCommand { line: problem.span.start.line, message });
        }
    }
    let read = Read { target, text, statements: &script.statements };
    Ok(match target.dialect {
        Dialect::Sqlite if in_transaction => read.in_one_transaction(),
        Dialect::Sqlite => read.of_sqlite(),
        _ => read.of_mysql(),
    })
}

struct Read<'r> {
    target: Target,
    text: &'r str,
    statements: &'r [Statement],
}

impl Read<'_> {
    fn in_one_transaction(&self) -> Vec<Piece> {
        let statements: Vec<Part> = (0..self.statements.len()).map(|at| self.part(at)).collect();
        vec![Piece { statements, manner: Manner::Together }]
    }

    /// Without a transaction: each statement with its note, what stands between the file's own `BEGIN` and `COMMIT` with
    /// one note.
    fn of_sqlite(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(statement) = self.statements.get(at) {
            let (end, manner) = match &statement.operation {
                Operation::Transaction(Transaction::Begin { .. }) => match self.closed_block(at + 1) {
                    Some(end) => {
                        let statements: Vec<Part> = (at + 1..end).map(|at| self.part(at)).collect();
                        if !statements.is_empty() {
                            pieces.push(Piece { statements, manner: Manner::Together });
                        }
                        at = end + 1;
                        continue;
                    }
                    None => (self.statements.len(), untraced()),
                },
                // What else it does with transactions is left to the library, to the end of the file.
                Operation::Transaction(_) => (self.statements.len(), untraced()),
                Operation::Set { .. } | Operation::Attach { .. } | Operation::Select(_) => (at + 1, Manner::Session),
                Operation::Maintain { .. } => (at + 1, again()),
                Operation::Opaque { .. } => (at + 1, untraced()),
                _ if self.lasting(statement).is_some() => (at + 1, Manner::Session),
                _ => (at + 1, Manner::Together),
            };
            pieces.push(self.piece(at, end, manner));
            at = end;
        }
        pieces
    }

    /// Where the `COMMIT` stands of a transaction that begins before `from`, if nothing else in it controls it.
    fn closed_block(&self, from: usize) -> Option<usize> {
        let is_control = |statement: &Statement| matches!(statement.operation, Operation::Transaction(_));
        let end = from + self.statements.get(from..)?.iter().position(is_control)?;
        let closes = matches!(self.statements.get(end)?.operation, Operation::Transaction(Transaction::Commit));
        closes.then_some(end)
    }

    /// What the server commits by itself is a piece; what stands between is one, in a transaction as the host has it.
    fn of_mysql(&self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut open = false;
        let mut at = 0;
        while let Some(statement) = self.statements.get(at) {
            let (end, manner) = match &statement.operation {
                Operation::Transaction(Transaction::Begin { .. } | Transaction::Commit) => {
                    // The pieces' own transactions stand for the file's.
                    (open, at) = (false, at + 1);
                    continue;
                }
                Operation::Transaction(_) => (self.statements.len(), untraced()),
                // Nothing can be noted while tables are locked.
                Operation::LockTables { .. } => (self.unlocked(at), untraced()),
                Operation::UnlockTables => (at + 1, again()),
                Operation::Insert(_)
                | Operation::Update(_)
                | Operation::Delete(_)
                | Operation::LoadData { .. }
                | Operation::Select(_) => (at + 1, Manner::Together),
                Operation::Set { scope: SettingScope::Global, .. } => (at + 1, again()),
                Operation::Set { .. } | Operation::Use { .. } => (at + 1, Manner::Session),
                _ if self.lasting(statement).is_some() => (at + 1, Manner::Session),
                Operation::Maintain { .. } | Operation::Grant { .. } | Operation::Other { .. } => (at + 1, again()),
                Operation::Call { routine: None, .. } => {
                    (at + 1, Manner::Alone { repeatable: true, trace: Trace::Nothing })
                }
                Operation::Call { routine: Some(routine), .. } if routine.name == *FILL => (at + 1, again()),
                Operation::Call { .. } | Operation::Opaque { .. } => (at + 1, untraced()),
                operation => (at + 1, Manner::Alone { repeatable: true, trace: Trace::of(operation) }),
            };
            // What is set within a transaction may hang on what is done in it (LAST_INSERT_ID).
            let joins = open && matches!(manner, Manner::Together | Manner::Session);
            match pieces.last_mut().filter(|_| joins) {
                Some(last) => last.statements.extend((at..end).map(|at| self.part(at))),
                None => {
                    open = manner == Manner::Together;
                    pieces.push(self.piece(at, end, manner));
                }
            }
            at = end;
        }
        pieces
    }

    /// Where the tables are free again that are locked at `at`.
    fn unlocked(&self, at: usize) -> usize {
        let rest = self.statements.get(at..).unwrap_or_default();
        let unlocks = |statement: &Statement| matches!(statement.operation, Operation::UnlockTables);
        rest.iter().position(unlocks).map_or(self.statements.len(), |found| at + found + 1)
    }

    fn piece(&self, from: usize, to: usize, manner: Manner) -> Piece {
        Piece { statements: (from..to).map(|at| self.part(at)).collect(), manner }
    }

    fn part(&self, at: usize) -> Part {
        let statement = &self.statements[at];
        Part { sql: self.sql(at).to_owned(), line: statement.span.start.line, lasting: self.lasting(statement) }
    }

    fn lasting(&self, statement: &Statement) -> Option<Lasting> {
        let sql = self.text.get(statement.span.range()).unwrap_or_default();
        Lasting::of(self.target.dialect, &statement.operation, sql)
    }

    /// The text of a statement, with the marks of a conditional comment that it begins or ends in.
    fn sql(&self, at: usize) -> &str {
        let span = &self.statements[at].span;
        let (start, end) = (span.start.offset, span.end.offset);
        let before = at.checked_sub(1).map_or(0, |at| self.statements[at].span.end.offset);
        let behind = self.statements.get(at + 1).map_or(self.text.len(), |next| next.span.start.offset);
        let gap = self.text.get(before..start).unwrap_or_default();
        let mark = gap.rfind("/*").filter(|mark| is_conditional(&gap[*mark..]));
        let rest = self.text.get(end..behind).unwrap_or_default();
        let closes = rest.trim_start().starts_with("*/");
        let end = if closes { end + rest.find("*/").map_or(0, |at| at + 2) } else { end };
        self.text.get(mark.map_or(start, |mark| before + mark)..end).unwrap_or_default()
    }
}

/// `/*!50100 `, `/*M! `, and nothing behind.
fn is_conditional(mark: &str) -> bool {
    let rest = mark.strip_prefix("/*!").or_else(|| mark.strip_prefix("/*M!"));
    rest.is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c.is_whitespace()))
}

/// Nothing tells whether it has taken effect, and it may have done so in part.
fn untraced() -> Manner {
    Manner::Alone { repeatable: false, trace: Trace::Nothing }
}

/// It may be run twice.
fn again() -> Manner {
    Manner::Alone { repeatable: true, trace: Trace::NotNeeded }
}

#[cfg(all(test, feature = "mysql", feature = "sqlite"))]
mod tests {
    use super::*;

    /// Each piece with a letter: t(ogether), s(ession), r(un again if need be), c(hecked by its trace), u(ntraced).
    fn pieces(target: Target, text: &str) -> Vec<String> {
        let letter = |manner: &Manner| match manner {
            Manner::Together => 't',
            Manner::Session => 's',
            Manner::Alone { trace: Trace::NotNeeded, .. } => 'r',
            Manner::Alone { trace: Trace::Objects { .. }, .. } => 'c',
            Manner::Alone { trace: Trace::Nothing, .. } => 'u',
        };
        let pieces = cut(target, text, false).unwrap_or_else(|command| panic!("{command:?}"));
        pieces.iter().map(|piece| format!("{}{} {}", letter(&piece.manner), piece.line(), piece.text())).collect()
    }

    #[test]
    fn mysql_commits_at_every_ddl_statement() {
        let text = "SET NAMES utf8mb4;\nINSERT INTO t VALUES (1);\nSET @id = LAST_INSERT_ID();\nINSERT INTO u VALUES (@id);\n\
                    ALTER TABLE t ADD a int;\nOPTIMIZE TABLE t;\nSTART TRANSACTION;\nUPDATE t SET a = 1;\nCOMMIT;\n\
                    UPDATE t SET a = 2;\nCALL p();\nLOCK TABLES t WRITE;\nINSERT INTO t VALUES (2);\nUNLOCK TABLES;\n\
                    CREATE TEMPORARY TABLE x (a int);\nPREPARE s FROM 'DROP TABLE u';\nEXECUTE s";
        assert_eq!(
            pieces(Target::mysql(804), text),
            [
                "s1 SET NAMES utf8mb4",
                "t2 INSERT INTO t VALUES (1);\nSET @id = LAST_INSERT_ID();\nINSERT INTO u VALUES (@id)",
                "c5 ALTER TABLE t ADD a int",
                "r6 OPTIMIZE TABLE t",
                "t8 UPDATE t SET a = 1",
                "t10 UPDATE t SET a = 2",
                "u11 CALL p()",
                "u12 LOCK TABLES t WRITE;\nINSERT INTO t VALUES (2);\nUNLOCK TABLES",
                "s15 CREATE TEMPORARY TABLE x (a int)",
                "s16 PREPARE s FROM 'DROP TABLE u'",
                "u17 EXECUTE s",
            ]
        );
    }

    #[test]
    fn conditional_comments_stay_whole() {
        let text = "/*!40101 SET NAMES utf8 */;\n-- a\nCREATE TABLE t (a int /*!80000 COMMENT 'x' */) /*!50100 ENGINE=InnoDB */;\n\
                    DROP TABLE t /* why */";
        assert_eq!(
            pieces(Target::mysql(804), text),
            [
                "s1 /*!40101 SET NAMES utf8 */",
                "c3 CREATE TABLE t (a int /*!80000 COMMENT 'x' */) /*!50100 ENGINE=InnoDB */",
                "c4 DROP TABLE t",
            ]
        );
    }

    #[test]
    fn sqlite_without_a_transaction_goes_statement_by_statement() {
        let text = "PRAGMA foreign_keys = OFF;\nBEGIN;\nCREATE TABLE n (a);\nDROP TABLE t;\nCOMMIT;\n\
                    CREATE TRIGGER g AFTER INSERT ON n BEGIN SELECT 1; SELECT 2; END;\nVACUUM;\nINSERT INTO n VALUES (1)";
        assert_eq!(
            pieces(Target::sqlite(345), text),
            [
                "s1 PRAGMA foreign_keys = OFF",
                "t3 CREATE TABLE n (a);\nDROP TABLE t",
                "t6 CREATE TRIGGER g AFTER INSERT ON n BEGIN SELECT 1; SELECT 2; END",
                "r7 VACUUM",
                "t8 INSERT INTO n VALUES (1)",
            ]
        );
        let text = "BEGIN;\nSELECT 1;\nSAVEPOINT s;\nCOMMIT";
        assert_eq!(pieces(Target::sqlite(345), text), ["u1 BEGIN;\nSELECT 1;\nSAVEPOINT s;\nCOMMIT"]);
    }

    #[test]
    fn commands_of_clients_are_no_statements() {
        let told = cut(Target::mysql(804), "SELECT 1;\nDELIMITER //\nSELECT 2//", true).unwrap_err();
        assert_eq!(told.line, 2);
    }
}
