//! A change of a table that replicas are behind by.

use super::online::changed;
use crate::databases::operation::Algorithm;
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::{StatementView, rows};
use crate::dialect::{Dialect, Target};
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "rebuild-replicated",
        category: Category::ReplicationLag,
        title: "A change of a table that replicas are behind by",
        why: "A replica begins the statement when the primary has finished it, and does nothing else meanwhile: it falls \
              behind by as long as the change takes, also where nobody waits on the primary. MariaDB's replicas may \
              begin with it (`binlog_alter_two_phase`, from 10.8).",
        source: "MySQL manual, 17.12.1 Online DDL Operations and 19.2 Replication Implementation",
        bad: &[Sample::new(USERS, "ALTER TABLE users MODIFY org_id int NOT NULL DEFAULT 0;")
            .of(Target::mysql(800))
            .with(&["rows-may-violate", "nulls-fail"])],
        good: &[
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN age int;").of(Target::mysql(800)),
            Sample::new(USERS, "SET SESSION lock_wait_timeout = 2; ALTER TABLE users ADD INDEX users_org (org_id);")
                .of(Target::mysql(800))
                .rows(&[("users", 2_000_000)]),
        ],
        folded_into: &["statement-fails"],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Statement(look),
};

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, name varchar(50), org_id int);";

/// Rows that a server reads and writes anew in a second, at least; reading them for an index takes a fifth of that.
const REBUILT: u64 = 50_000;
const INDEXED: u64 = 250_000;
/// For how many seconds a replica may fall behind.
const BOUND: u64 = 30;

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let effects = &view.outcome.effects;
    if view.outcome.algorithm.is_none_or(|algorithm| algorithm == Algorithm::Instant) {
        return;
    }
    let Some((_, relation)) = changed(view) else { return };
    let has = |list: &[crate::effects::RelationRef]| list.iter().any(|other| other.id == relation.id);
    let (work, rate) = if has(&effects.rewrites) {
        ("is written anew", REBUILT)
    } else if has(&effects.scans) {
        ("is read through", INDEXED)
    } else {
        return;
    };
    let name = &relation.name;
    match rows(view.config, name) {
        Some(rows) if rows / rate <= BOUND => {}
        Some(rows) => {
            findings
                .flag(format!("{name} {work}: replicas fall behind by about {} s", rows / rate))
                .at(view.span());
        }
        None => {
            let mut help = "send reads that must be fresh to the primary meanwhile, or use a tool that watches the lag".to_owned();
            if view.target().dialect == Dialect::MariaDb && view.target().is_from(1008, 0) {
                help += "; `SET SESSION binlog_alter_two_phase = 1` lets replicas begin with the primary";
            }
            findings
                .flag(format!("{name} {work}: replicas fall behind by as long as that takes"))
                .at(view.span())
                .verify(format!("rows in {name}: {}", super::known::count(view.target().dialect, name)))
                .help(help);
        }
    }
}
