//! Statements by the hundred, and what is in their operations.

#[rustfmt::skip] // one line a statement
mod invalid;
mod shapes;
#[rustfmt::skip] // one line a statement
mod valid;

use crate::dialect::Target;
use crate::sql::statement::{ProblemKind, Statement};

/// The one statement that `sql` is, for a server of this major version.
fn read_for(version: u16, sql: &str) -> Statement {
    let mut script = crate::sql::parse(Target::postgres(version), sql);
    assert_eq!(script.statements.len(), 1, "{sql}");
    script.statements.remove(0)
}

fn read(sql: &str) -> Statement {
    read_for(Target::NEWEST_POSTGRES, sql)
}

#[test]
fn valid_statements_are_read_into_their_operations() {
    use valid::*;
    let tables = [SCHEMAS, ROUTINES, TRIGGERS, TYPES, COMMENTS, RIGHTS, ROLES, CLUSTER, REPLICATION, OTHERS];
    let mut wrong = Vec::new();
    for (sql, names) in tables.into_iter().flatten() {
        for version in [14, 18] {
            let statement = read_for(version, sql);
            let read: Vec<_> = statement.operations.iter().map(|o| o.operation.name()).collect();
            let problems: Vec<_> = statement.problems.iter().filter(|p| p.kind != ProblemKind::Dynamic).collect();
            if !problems.is_empty() || read.join(" ") != **names {
                wrong.push(format!("{version}: {sql}\n    {read:?} {problems:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn invalid_statements_have_their_fault_pointed_at() {
    use invalid::*;
    let tables = [SCHEMAS, ROUTINES, TRIGGERS, TYPES, COMMENTS, RIGHTS, ROLES, CLUSTER, REPLICATION, OTHERS];
    let mut wrong = Vec::new();
    for (marked, message) in tables.into_iter().flatten() {
        let at = marked.find('‸').expect(marked);
        let statement = read(&marked.replace('‸', ""));
        match statement.problems.first() {
            Some(p) if p.span.start.offset == at && *p.message == **message && p.kind == ProblemKind::Invalid => {}
            other => wrong.push(format!("{marked}\n    {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Statements that servers take from a major version on.
#[rustfmt::skip] // one line a statement
const NEWER: &[(u16, &str)] = &[
    (15, "CREATE PUBLICATION p FOR TABLES IN SCHEMA app, CURRENT_SCHEMA"),
    (15, "CREATE PUBLICATION p FOR TABLE t (a, b) WHERE (a > 1), u, TABLES IN SCHEMA app"),
    (15, "ALTER PUBLICATION p ADD TABLES IN SCHEMA app"),
    (15, "ALTER SUBSCRIPTION s SKIP (lsn = '0/12345')"),
    (15, "ALTER DATABASE d REFRESH COLLATION VERSION"),
    (15, "CREATE DATABASE d LOCALE_PROVIDER icu ICU_LOCALE 'de' STRATEGY = file_copy OID 99999"),
    (15, "GRANT SET, ALTER SYSTEM ON PARAMETER work_mem, app.x TO joe"),
    (16, "GRANT admins TO joe WITH INHERIT TRUE, SET FALSE, ADMIN OPTION"),
    (16, "REVOKE INHERIT OPTION FOR admins FROM joe"),
    (16, "CREATE STATISTICS ON a, b FROM t"),
    (17, "ALTER DOMAIN d ADD CONSTRAINT n NOT NULL"),
    (17, "ALTER STATISTICS s SET STATISTICS DEFAULT"),
    (17, "CREATE EVENT TRIGGER e ON login EXECUTE FUNCTION f()"),
    (18, "ALTER DEFAULT PRIVILEGES GRANT SELECT ON LARGE OBJECTS TO joe"),
    (14, "CREATE OR REPLACE TRIGGER t AFTER INSERT ON u EXECUTE FUNCTION f()"),
    (14, "CREATE FUNCTION f() RETURNS int RETURN 1"),
    (14, "ALTER SUBSCRIPTION s ADD PUBLICATION p"),
    (14, "GRANT SELECT ON t TO joe GRANTED BY CURRENT_USER"),
    (13, "ALTER TYPE base SET (STORAGE = extended)"),
    (13, "ALTER FUNCTION f() NO DEPENDS ON EXTENSION hstore"),
    (13, "ALTER STATISTICS s SET STATISTICS 5"),
];

#[test]
fn newer_statements_are_rejected_by_older_servers() {
    for (version, sql) in NEWER {
        assert_eq!(read_for(*version, sql).problems, [], "{version}: {sql}");
        let older = read_for(version - 1, sql);
        assert!(older.problems.iter().any(|p| p.kind == ProblemKind::Invalid), "{}: {sql}", version - 1);
    }
}

#[test]
fn an_old_form_is_rejected_by_newer_servers() {
    let sql = "CREATE EXTENSION hstore FROM unpackaged";
    assert_eq!(read_for(12, sql).problems, []);
    assert_eq!(read_for(13, sql).problems.len(), 1);
}
