//! SQLite, with a rollback journal and with a log (WAL). `GUARD_KILLS=200` kills more often, `GUARD_EVERY=1` strikes at each
//! statement, `GUARD_ROUNDS=50` starts six at once so often.

mod backfill;
mod books;
mod code;
mod crash;
mod locks;

use super::guard::hasty;
use super::guard::project::{Project, Text};
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text as SqlText;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use migrate_safety_core::guard::{Goal, Mode, RunReport, Settings};
use migrate_safety_diesel::{Guard, GuardError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A file of its own; it goes with the value.
struct File {
    path: PathBuf,
    wal: bool,
}

impl File {
    fn new(wal: bool) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);

        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("migrate-safety-diesel-{}-{number}.db", std::process::id()));
        Self { path, wal }
    }

    fn connect(&self) -> SqliteConnection {
        connect(&self.path, self.wal)
    }

    /// Goes to a goal over a connection of its own, whose settings are to be what they were.
    fn go(&self, project: &Project, settings: Settings, goal: &Goal) -> Result<RunReport, GuardError> {
        let mut connection = self.connect();
        let before = settings_of(&mut connection);
        let result = Guard::new(project)?.settings(settings).go(&mut connection, goal, Mode::Run);
        assert_eq!(settings_of(&mut connection), before);
        result
    }

    fn run(&self, project: &Project) -> RunReport {
        self.go(project, hasty(), &Goal::Newest).unwrap_or_else(|stopped| panic!("{stopped}"))
    }

    fn ask(&self, sql: &str) -> Vec<String> {
        ask(&mut self.connect(), sql)
    }

    /// Everything in the file: its definitions to the byte, the books apart from the time, and the rows of a query.
    fn state(&self, rows: &str) -> [Vec<String>; 3] {
        [
            self.ask(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT LIKE '_migrate_safety%' ORDER BY rowid",
            ),
            self.ask("SELECT rowid || version || (run_on GLOB '????-??-?? ??:??:??') FROM __diesel_schema_migrations"),
            self.ask(rows),
        ]
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.path.display()));
        }
    }
}

fn connect(path: &Path, wal: bool) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    // diesel waits for no lock by itself.
    connection.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
    connection.batch_execute(if wal { "PRAGMA journal_mode = WAL" } else { "PRAGMA journal_mode = DELETE" }).unwrap();
    // Nobody pulls the plug here.
    connection.batch_execute("PRAGMA synchronous = OFF").unwrap();
    connection
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlText)]
    answer: String,
}

/// The one column of a question.
fn ask(connection: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let rows =
        sql_query(format!("WITH answers (answer) AS ({sql}) SELECT answer FROM answers")).load::<Row>(connection);
    rows.unwrap_or_else(|error| panic!("{sql}: {error}")).into_iter().map(|row| row.answer).collect()
}

fn settings_of(connection: &mut SqliteConnection) -> Vec<String> {
    let pragmas = ["timeout FROM pragma_busy_timeout", "foreign_keys FROM pragma_foreign_keys"];
    let more = ["legacy_alter_table FROM pragma_legacy_alter_table", "query_only FROM pragma_query_only"];
    let attached = ["name FROM pragma_database_list WHERE name <> 'temp'"];
    let all = pragmas.into_iter().chain(more).chain(attached);
    all.flat_map(|question| ask(connection, &format!("SELECT {question}"))).collect()
}

/// Does the same with both journals.
fn everywhere(work: impl Fn(bool)) {
    [false, true].into_iter().for_each(work);
}

fn project(texts: &[Text]) -> Project {
    Project(texts.to_vec())
}
