//! SET NOT NULL reads the table under ACCESS EXCLUSIVE.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView};
use super::finding::Category;
use super::hazard::hazard;
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "set-not-null-scans",
    category: Category::LockContention,
    title: "SET NOT NULL reads the table under ACCESS EXCLUSIVE",
    why: "Without a proof that no NULL is there, the server reads every row while nobody can read or write the table.",
    source: "PostgreSQL docs, ALTER TABLE, SET NOT NULL; measured, PG 14-18",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ALTER COLUMN email SET NOT NULL;").with(&["nulls-fail", "rows-may-violate"]),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); ALTER TABLE users ADD CONSTRAINT e CHECK (email IS NOT NULL);", "ALTER TABLE users ALTER COLUMN email SET NOT NULL;"),
    ],
    planned: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = &view.located.operation else { return };
    let TableAction::SetNotNull { column } = &alter.action else { return };
    let Some(hazard) = hazard(view) else { return };
    let finding = findings.block(hazard.sentence("SET NOT NULL"));
    finding.at(view.located.span);
    let (table, sql) = (alter.table.sql(), column.sql());
    let name = crate::sql::name::quote(&format!("{}_{column}_not_null", alter.table.name));
    if view.scene.version() >= 18 {
        finding
            .help("add the NOT NULL constraint NOT VALID, and VALIDATE CONSTRAINT in a later migration")
            .fix(format!("ALTER TABLE {table} ADD CONSTRAINT {name} NOT NULL {sql} NOT VALID"));
    } else {
        finding
            .help(
                "add a CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in a second migration, then SET NOT NULL in a \
                 third: it takes the CHECK as proof; drop the CHECK after",
            )
            .fix(format!("ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({sql} IS NOT NULL) NOT VALID"));
    }
}
