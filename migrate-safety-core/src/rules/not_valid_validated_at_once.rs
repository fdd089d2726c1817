//! NOT VALID and VALIDATE CONSTRAINT in one transaction.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{MigrationView};
use super::finding::Category;
use super::view::Judged;
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "not-valid-validated-at-once",
    category: Category::LockContention,
    title: "NOT VALID and VALIDATE CONSTRAINT in one transaction",
    why: "Adding the constraint takes a lock that is held to the end of the transaction: validating in the same transaction reads the table under it, as if NOT VALID had not been written.",
    source: "PostgreSQL docs, ALTER TABLE, Notes",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ADD CONSTRAINT e CHECK (email IS NOT NULL) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT e;").with(&["rows-may-violate", "writes-may-violate"]),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); ALTER TABLE users ADD CONSTRAINT e CHECK (email IS NOT NULL) NOT VALID;", "ALTER TABLE users VALIDATE CONSTRAINT e;").rows(&[("public.users", 0)]),
    ],
    planned: true,
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    for (at, (_, judged)) in view.operations.iter().enumerate() {
        let Some((table, name)) = validated(judged) else { continue };
        if judged.heavy_on().next().is_none() {
            continue;
        }
        let earlier = view.operations[..at].iter().map(|(_, j)| j).find(|earlier| {
            earlier.now.transaction == judged.now.transaction
                && matches!(&earlier.located.operation, Operation::AlterTable(alter)
                    if alter.table.name == table.name
                        && matches!(&alter.action, TableAction::AddConstraint(c)
                            if c.not_valid && c.name.as_ref() == Some(name)))
        });
        if let Some(earlier) = earlier {
            findings
                .block(format!(
                    "{name} is validated under the lock that adding it on line {} took on {table}",
                    earlier.located.span.start.line
                ))
                .at(judged.located.span)
                .help("validate it in a later migration");
        }
    }
}

/// The table and constraint that an operation validates.
pub(super) fn validated(judged: &Judged) -> Option<(&crate::sql::ObjectName, &crate::sql::Ident)> {
    match &judged.located.operation {
        Operation::AlterTable(alter) => match &alter.action {
            TableAction::ValidateConstraint { name } => Some((&alter.table, name)),
            _ => None,
        },
        _ => None,
    }
}
