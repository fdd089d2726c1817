//! COMMIT or ROLLBACK inside a transaction that is not its own.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{StatementView, Scope, own_migration};
use super::finding::Category;
use crate::sql::Operation;
use crate::sql::operation::Transaction;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "commit-in-transaction",
    category: Category::Deployability,
    title: "COMMIT or ROLLBACK inside a transaction that is not its own",
    why: "In a DO block or procedure, COMMIT fails unless the call stands alone outside a transaction; as a statement of a migration it ends the host's transaction, and what follows is no longer undone on failure.",
    source: "PostgreSQL docs, 41.8 Transaction Management",
    bad: &[
        Sample::new("", "DO $$ BEGIN COMMIT; END $$;"),
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ADD COLUMN a int; COMMIT; ALTER TABLE users ADD COLUMN b int;"),
    ],
    good: &[
        Sample::new("", "-- no-transaction\nDO $$ BEGIN COMMIT; END $$;"),
    ],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for judged in view.operations {
        let Operation::Transaction(control) = &judged.located.operation else { continue };
        let frame = judged.located.routine.as_ref();
        let ends = matches!(control, Transaction::Commit | Transaction::Rollback);
        match frame {
            Some(_) if ends && view.scope.is_block() => {
                findings
                    .block("COMMIT in procedural code fails here: the call runs inside a transaction")
                    .at(judged.located.span)
                    .help(format!("run the block {}", own_migration(view.host)));
            }
            Some(frame) if ends && !frame.guards.is_empty() => {
                findings
                    .block("COMMIT fails inside a block that has an EXCEPTION clause")
                    .at(judged.located.span)
                    .help("take the COMMIT out of the block with the EXCEPTION clause");
            }
            None if judged.scope == Scope::Host && *control == Transaction::Rollback => {
                findings
                    .block("this undoes what stands before it, and the host records the migration as applied")
                    .at(judged.located.span)
                    .help("leave it out");
            }
            None if judged.scope == Scope::Host && ends => {
                findings
                    .flag("this ends the transaction that the migration runs in: what follows is not undone on failure")
                    .at(judged.located.span)
                    .help(format!("leave it out, or run the migration {}", own_migration(view.host)));
            }
            None if judged.scope == Scope::Host && *control == Transaction::Begin => {
                findings
                    .flag("the migration already runs in a transaction: BEGIN does nothing but warn")
                    .at(judged.located.span)
                    .help("leave it out");
            }
            _ => {}
        }
    }
}
