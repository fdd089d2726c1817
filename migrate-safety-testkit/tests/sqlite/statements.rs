//! Scripts of any dialect, statement by statement: what the library's parser refuses, ours does, and nothing else.
//!
//! With directories in `SQLITE_STATEMENTS`, separated by colons; scripts for other servers are the better test.

use crate::BUNDLED;
use crate::measure::message;
use migrate_safety_core::Target;
use migrate_safety_core::databases::parse;
use migrate_safety_core::sql::ProblemKind;
use rusqlite::Connection;
use std::path::Path;

#[test]
fn scripts_that_are_named() {
    let Ok(directories) = std::env::var("SQLITE_STATEMENTS") else { return };
    let mut scripts = Vec::new();
    directories.split(':').for_each(|directory| collect(Path::new(directory), &mut scripts));
    let (mut statements, mut refused, mut wrong) = (0, 0, Vec::new());
    for text in &scripts {
        for statement in parse(Target::sqlite(BUNDLED), text).statements {
            let sql = text.get(statement.span.range()).unwrap_or_default();
            let library = Says::of(sql);
            let ours = statement.problems.iter().find(|problem| problem.kind != ProblemKind::Dynamic);
            // What is noted of the meaning of a statement is no matter of the parser.
            let ours = ours.map(|problem| &*problem.message);
            let of_parser = ours.is_some_and(|message| message.starts_with("expected"));
            statements += 1;
            refused += usize::from(matches!(library, Says::Syntax(_)));
            let differs = match library {
                Says::Syntax(_) => ours.is_none(),
                Says::Nothing => of_parser,
                Says::Else => false,
            };
            if differs {
                let says = match &library {
                    Says::Syntax(message) => message.as_str(),
                    Says::Nothing | Says::Else => "nothing",
                };
                wrong.push(format!("the library says {says}, ours: {ours:?}\n    {}", sql.replace('\n', " ")));
            }
        }
    }
    println!("{statements} statements, {refused} refused by the library, {} differ", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the library says of a statement in an empty database.
enum Says {
    /// It can be run.
    Nothing,
    /// It is none.
    Syntax(String),
    /// There is no such table, or the like: it may have been read to its end, or not.
    Else,
}

impl Says {
    fn of(sql: &str) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        let Err(error) = connection.prepare(sql) else { return Self::Nothing };
        let says = message(error);
        let of_parser = ["near \"", "unrecognized token", "incomplete input", "unknown table option"];
        if of_parser.iter().any(|start| says.starts_with(start)) { Self::Syntax(says) } else { Self::Else }
    }
}

fn collect(path: &Path, scripts: &mut Vec<String>) {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.for_each(|entry| collect(&entry.path(), scripts));
    } else if path.extension().is_some_and(|extension| extension == "sql") {
        scripts.extend(std::fs::read_to_string(path).ok());
    }
}
