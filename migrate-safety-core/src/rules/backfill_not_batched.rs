//! A statement that changes any number of rows of a live table in one transaction.

use super::extent::{Change, Rows, rows_of_query};
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, own_migration};
use crate::effects::RelationRef;
use crate::sql::Operation;

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);
CREATE INDEX users_org_idx ON users (org_id);
CREATE TABLE archive (id bigint PRIMARY KEY, email text);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "backfill-not-batched",
    category: Category::ConcurrentWrites,
    title: "Any number of rows of a live table changed in one transaction",
    why: "Every row stays locked until the transaction ends, so each writer that comes to one of them waits that long, \
          and whoever locks two rows in another order deadlocks. The old versions of all rows cannot be cleaned up \
          meanwhile, and an error near the end undoes everything.",
    source: "PostgreSQL docs, 13.3.2 Row-Level Locks; 25.1.2 Recovering Disk Space",
    bad: &[
        Sample::new(TABLES, "UPDATE users SET org_id = 1 WHERE org_id IS NULL;").with(&["bulk-change-replicated"]),
        Sample::new(TABLES, "DELETE FROM users WHERE email LIKE '%@example.com';").with(&["bulk-change-replicated", "delete-rows"]),
        Sample::new(TABLES, "DO $$ BEGIN UPDATE users SET email = lower(email); END $$;")
            .with(&["bulk-change-replicated", "overwrite-values"]),
        Sample::new(TABLES, "UPDATE users SET email = NULL WHERE org_id = 7;").with(&["overwrite-values"]),
        Sample::new(TABLES, "INSERT INTO archive SELECT id, email FROM users;").with(&["bulk-change-replicated"]),
    ],
    good: &[
        Sample::new(TABLES, "UPDATE users SET org_id = 1 WHERE id IN (1, 2, 3);"),
        Sample::new(
            TABLES,
            "UPDATE users SET org_id = 1 WHERE id IN (SELECT id FROM users WHERE org_id IS NULL LIMIT 1000);",
        ),
        Sample::new(TABLES, "UPDATE users SET org_id = 1 WHERE org_id IS NULL;").rows(&[("public.users", 400)]),
        Sample::new(TABLES, "CREATE TABLE plans (id int PRIMARY KEY, name text); INSERT INTO plans VALUES (1, 'a'); UPDATE plans SET name = 'b';"),
    ],
    planned: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    if let Operation::CreateTableAs { with_data: true, query, .. } = &view.located.operation
        && rows_of_query(view.scene.catalog, view.loaded, query, !view.is_direct()) == Rows::All
    {
        tell_copied(view, &view.effects.scans, findings);
    }
    for change in view.changes {
        match change.verb {
            verb if verb.locks_rows() && view.is_hot(change.table) => changed(view, change, findings),
            _ => copied(view, change, findings),
        }
    }
}

fn changed(view: &OperationView<'_>, change: &Change<'_>, findings: &mut Findings<'_>) {
    let Some(table) = view.scene.catalog.relation(change.table) else { return };
    let (does, name) = (change.verb.third_person(), table.qualified());
    match change.rows {
        Rows::All => {
            findings
                .block(format!("this {does} any number of rows of {name} at once, and keeps them all locked to its end"))
                .at(view.located.span)
                .help(format!(
                    "take at most 10,000 rows at a time, each batch in a transaction of its own: a loop with COMMIT \
                     and a pause, {}",
                    own_migration(view.host)
                ));
        }
        // In a loop that goes on until nothing is left, it is a batch.
        Rows::Sharing if view.located.routine.as_ref().is_none_or(|f| f.loops.iter().all(|l| l.rounds.is_some())) => {
            let finding = findings.flag(format!(
                "this {does} all rows of {name} that share a value, however many, and keeps them locked to its end"
            ));
            finding.at(view.located.span).help("if there are more than 10,000, change them in batches");
            finding.verify(format!("how many rows of {name} does the condition of this statement match?"));
        }
        _ => {}
    }
}

/// `INSERT … SELECT` of any number of rows from a live table.
fn copied(view: &OperationView<'_>, change: &Change<'_>, findings: &mut Findings<'_>) {
    if change.rows != Rows::All || !matches!(change.operation, Operation::Insert(_)) {
        return;
    }
    let sources: Vec<_> = view.effects.scans.iter().filter(|scan| scan.id != change.table).cloned().collect();
    tell_copied(view, &sources, findings);
}

fn tell_copied(view: &OperationView<'_>, sources: &[RelationRef], findings: &mut Findings<'_>) {
    let Some(sources) = view.hot_names(sources) else { return };
    findings
        .flag(format!("this copies {sources} in one transaction: what is written there meanwhile is not copied"))
        .at(view.located.span)
        .help(
            "have the application or a trigger write both first, then copy in batches by key, each in a transaction \
             of its own",
        );
}
