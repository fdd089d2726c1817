//! Migrations that are code, and what SQLite says of a failure.

use super::{File, Project, Text, everywhere, hasty, project};
use diesel::connection::BoxableConnection;
use diesel::migration::{Migration, MigrationMetadata, MigrationName, MigrationSource, Result};
use diesel::sqlite::Sqlite;
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
use diesel_migrations::MigrationHarness;
use migrate_safety_core::guard::{Goal, Mode, Reason, Settings};
use migrate_safety_diesel::{Guard, GuardError, GuardedHarness, introspect_sqlite};

/// A table, and code that needs a real connection, in a transaction or not.
struct Code(bool);

/// The code.
struct Count(bool);

impl MigrationSource<Sqlite> for Code {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<Sqlite>>>> {
        let table = Text("1_t", "CREATE TABLE t (a int)", Some("DROP TABLE t"), true);
        Ok(vec![Box::new(table), Box::new(Count(self.0))])
    }
}

impl Migration<Sqlite> for Count {
    fn run(&self, connection: &mut dyn BoxableConnection<Sqlite>) -> Result<()> {
        let connection: &mut SqliteConnection = connection.downcast_mut().ok_or("no connection")?;
        connection.transaction(|connection| sql_query("INSERT INTO t VALUES (42)").execute(connection))?;
        Ok(())
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<Sqlite>) -> Result<()> {
        Ok(connection.batch_execute("DELETE FROM t")?)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        match self.0 {
            true => &Text("", "", None, true),
            false => &Text("", "", None, false),
        }
    }

    fn name(&self) -> &dyn MigrationName {
        &Text("2_code", "", None, true)
    }
}

#[test]
fn code_runs_as_it_is() {
    everywhere(|wal| {
        for in_transaction in [true, false] {
            let file = File::new(wal);
            let code = Code(in_transaction);
            let guard = Guard::new(&code).unwrap().settings(hasty());
            let report = guard.run(&mut file.connect()).unwrap();
            assert_eq!(report.migrations.len(), 2, "{report}");
            assert_eq!(file.ask("SELECT a FROM t"), ["42"]);
            let lost = guard.undo(&mut file.connect(), "1").unwrap_err().to_string();
            assert!(lost.contains("what its code takes away"), "{lost}");
            let guard = guard.settings(Settings { allow_data_loss: true, ..hasty() });
            guard.undo(&mut file.connect(), "1").unwrap();
            assert_eq!(file.ask("SELECT count(*) FROM t"), ["0"]);
            let other = File::new(wal);
            GuardedHarness::new(&mut other.connect())
                .settings(hasty())
                .run_pending_migrations(Code(in_transaction))
                .unwrap();
            assert_eq!(other.ask("SELECT a FROM t"), ["42"]);
        }
    });
}

#[test]
fn a_statement_that_fails_leaves_what_is_said() {
    everywhere(|wal| {
        for in_transaction in [true, false] {
            let broken = "CREATE TABLE t (a int UNIQUE);\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (1);";
            let mended = "CREATE TABLE t (a int UNIQUE);\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);";
            let of = |text| project(&[Text("1_t", text, None, in_transaction)]);
            let file = File::new(wal);
            let stopped = file.go(&of(broken), hasty(), &Goal::Newest).unwrap_err();
            let GuardError::Stopped(stopped) = stopped else { panic!("{stopped}") };
            let Reason::Failed { line: 3, left, failure, .. } = &stopped.reason else { panic!("{stopped}") };
            assert_eq!(failure.sqlstate.as_deref(), Some("19"), "{stopped}");
            let told = if in_transaction { "nothing of it is left" } else { "what stands before it is done and noted" };
            assert!(left.contains(told), "{left}");
            file.run(&of(mended));
            assert_eq!(file.ask("SELECT a FROM t ORDER BY a"), ["1", "2"]);
        }
    });
}

#[test]
fn what_a_trigger_raises_is_a_refusal() {
    let guarded = "CREATE TABLE t (a int);\nCREATE TRIGGER never BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'it''s not time'); END;";
    let file = File::new(true);
    let refused = project(&[Text("1_t", guarded, None, true), Text("2_row", "INSERT INTO t VALUES (1)", None, true)]);
    let stopped = file.go(&refused, hasty(), &Goal::Newest).unwrap_err().to_string();
    assert!(stopped.contains("refuses to run") && stopped.contains("it's not time"), "{stopped}");
}

#[test]
fn a_file_that_takes_no_writes_and_one_that_is_read() {
    let file = File::new(false);
    let first: Project = project(&[Text("1_t", "CREATE TABLE t (a int)", None, true)]);
    let both = Project([first.0.clone(), vec![Text("2_u", "CREATE TABLE u (a int)", None, true)]].concat());
    file.run(&first);
    let mut connection = SqliteConnection::establish(&format!("file:{}?mode=ro", file.path.display())).unwrap();
    let stopped =
        Guard::new(&both).unwrap().settings(hasty()).go(&mut connection, &Goal::Newest, Mode::Run).unwrap_err();
    let GuardError::Stopped(stopped) = stopped else { panic!("{stopped}") };
    assert!(matches!(stopped.reason, Reason::ReadOnlyFile(_)), "{stopped}");
    let live = introspect_sqlite(&mut connection).unwrap();
    assert!(live.statements.iter().any(|sql| sql.contains("CREATE TABLE t (a int)")), "{:?}", live.statements);
    let applied = live.applied.unwrap();
    let versions: Vec<&str> = applied.migrations.iter().map(|record| record.version.as_str()).collect();
    assert_eq!(versions, ["1"]);
}
