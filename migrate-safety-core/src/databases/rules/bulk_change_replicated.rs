//! A change so large that replicas fall behind.

use super::known::{BATCH, Extent, changed};
use crate::databases::operation::Operation;
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::StatementView;
use crate::databases::view::rows;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "bulk-change-replicated",
        category: Category::ReplicationLag,
        title: "A change so large that replicas fall behind",
        why: "A replica applies the transaction as one when the primary has committed it, and shows old data to whoever \
              reads from it as long as that takes. All of its row events have to fit into the binary log at once.",
        source: "MySQL manual, 19.2 Replication Implementation; 19.5.1 Replication Features and Issues",
        bad: &[
            Sample::new(USERS, "UPDATE users SET org_id = 1 WHERE org_id IS NULL;")
            .of(Target::mysql(800))
            .with(&["backfill-not-batched"]),
            Sample::new(USERS, "LOAD DATA INFILE '/tmp/users.csv' INTO TABLE users;").of(Target::mysql(800)),
        ],
        good: &[
            Sample::new(USERS, "UPDATE users SET org_id = 1 WHERE id = 7;").of(Target::mysql(800)),
            Sample::new(USERS, "UPDATE users SET org_id = 1;").of(Target::mariadb(1011)).rows(&[("users", 400)]),
        ],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Statement(look),
};

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

/// Rows that a replica applies in a second, and for how many seconds it may fall behind.
const APPLIED: u64 = 10_000;
const BOUND: u64 = 60;

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    if let Operation::LoadData { table } = view.operation()
        && let Some(relation) = view.reference(table).filter(|relation| view.is_hot(relation))
    {
        findings
            .flag(format!("how long a replica applies this depends on how many rows the file has for {}", relation.name))
            .at(view.span())
            .help("split the file, and load each part by itself outside of migrations");
    }
    for (table, extent) in changed(view.schema, view.operation()) {
        let Some(relation) = view.reference(table).filter(|relation| view.is_hot(relation)) else { continue };
        if extent != Extent::Any && !matches!(extent, Extent::AtMost(rows) if rows > BATCH) {
            continue;
        }
        let name = &relation.name;
        match rows(view.config, name) {
            Some(rows) if rows / APPLIED <= BOUND => {}
            Some(rows) => {
                let seconds = rows / APPLIED;
                findings
                    .flag(format!("a replica applies this change of up to {rows} rows of {name} for about {seconds} s"))
                    .at(view.span());
            }
            None => {
                findings
                    .flag(format!("how long a replica applies this depends on how many rows of {name} it changes"))
                    .at(view.span())
                    .verify(format!("rows in {name}: {}", super::known::count(view.target().dialect, name)));
            }
        }
    }
}
