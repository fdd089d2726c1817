//! Rows of a system catalog are changed by hand.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::{ObjectName, Operation};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "system-catalog-changed",
    category: Category::Deployability,
    title: "Rows of a system catalog are changed by hand",
    why: "Only a superuser may, and hosted servers give no such role. Nothing is checked: a wrong row leaves a database \
          that cannot be read, dumped or upgraded, and sessions go on with what they have cached.",
    source: "PostgreSQL docs, 53.1 System Catalogs, Overview",
    bad: &[
        Sample::new(
            "CREATE TYPE state AS ENUM ('open', 'done');",
            "DELETE FROM pg_enum WHERE enumlabel = 'done' AND enumtypid = 'state'::regtype;",
        ),
        Sample::new(
            "CREATE TABLE users (name varchar(50));",
            "UPDATE pg_catalog.pg_attribute SET atttypmod = 104 WHERE attrelid = 'users'::regclass AND attname = 'name';",
        ),
    ],
    good: &[Sample::new("", "SELECT count(*) FROM pg_class;")],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let table = match &view.located.operation {
        Operation::Insert(insert) => &insert.table,
        Operation::Update(update) => &update.table.name,
        Operation::Delete(delete) => &delete.table.name,
        _ => return,
    };
    if !is_system_catalog(table) {
        return;
    }
    findings
        .flag(format!("{} is changed by hand: only a superuser may, and the server checks nothing of it", table.name))
        .at(view.located.span)
        .help("write the ALTER statement for it; where there is none, make a new object and move the data to it")
        .verify("does the role that runs migrations have these rights everywhere, and has it been tried on a copy?");
}

/// The server's names begin with `pg_`, and no schema of a user's does.
fn is_system_catalog(table: &ObjectName) -> bool {
    let is_own = |name: &str| name.starts_with("pg_");
    table.schema.as_ref().map_or_else(|| is_own(table.name.as_str()), |schema| is_own(schema.as_str()))
}
