//! A statement that cannot run in a transaction.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{Judged, StatementView, Scope, own_migration};
use crate::sql::Operation;
use super::finding::Category;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "needs-no-transaction",
    category: Category::Deployability,
    title: "A statement that cannot run in a transaction",
    why: "The server refuses it inside a transaction block: the migration fails when it is deployed.",
    source: "PostgreSQL docs, CREATE INDEX, VACUUM, ALTER SYSTEM …; measured, PG 14-18",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "CREATE INDEX CONCURRENTLY users_org_idx ON users (org_id);"),
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "-- no-transaction\nBEGIN; VACUUM users; COMMIT;"),
        Sample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);",
            "-- no-transaction\nDO $$ BEGIN EXECUTE 'CREATE INDEX CONCURRENTLY users_org_idx ON users (org_id)'; END $$;",
        ),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "-- no-transaction\nCREATE INDEX CONCURRENTLY users_org_idx ON users (org_id);"),
    ],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    // COMMIT in procedural code has a rule of its own.
    let refuses = |judged: &Judged| {
        judged.effects.requires_no_transaction && !matches!(judged.located.operation, Operation::Transaction(_))
    };
    let Some(refusing) = view.operations.iter().find(|judged| refuses(judged)) else { return };
    let message = match view.scope {
        _ if refusing.located.routine.is_some() => "this cannot run inside a function or DO block",
        Scope::Host => "this cannot run inside the transaction that the migration runs in",
        Scope::Explicit => "this cannot run between BEGIN and COMMIT",
        Scope::Implicit => {
            "this cannot run beside other statements: the file is sent as one message, which the server runs in one \
             implicit transaction"
        }
        Scope::Autocommit => return,
    };
    findings.block(message).at(view.statement.span).help(format!("run it {}", own_migration(view.host)));
}
