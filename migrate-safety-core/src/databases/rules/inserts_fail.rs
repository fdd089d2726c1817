//! Inserts of the running release fail: a column must have a value that they do not give.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::MigrationView;
use crate::databases::name::Name;
use crate::effects::BreakageKind;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "inserts-fail",
        category: Category::RollingDeploy,
        title: "Inserts of the running release fail: a column must have a value that they do not give",
        why: "The release that is still running does not know a new column, and may rely on the default of an old one. \
              A NOT NULL column without a default makes such an insert fail (in MySQL's strict mode, the default).",
        source: "MySQL manual, 13.6 Data Type Default Values; SQLite, CREATE TABLE, NOT NULL constraints",
        bad: &[
            Sample::new(
                USERS,
                "CREATE TABLE new_users (id bigint NOT NULL PRIMARY KEY, email text, legacy text, org_id bigint, role text NOT NULL); \
                 INSERT INTO new_users (id, email, legacy, org_id, role) SELECT id, email, legacy, org_id, 'member' FROM users; \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            )
            .of(Target::sqlite(345))
            .rows(&[("users", 300)]),
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN role varchar(20) NOT NULL;").of(Target::mysql(800)),
            Sample::new(
                "CREATE TABLE users (id bigint PRIMARY KEY, state varchar(9) NOT NULL DEFAULT 'new');",
                "ALTER TABLE users ALTER COLUMN state DROP DEFAULT;",
            )
            .of(Target::mysql(800)),
        ],
        good: &[
            Sample::new(
                USERS,
                "CREATE TABLE new_users (id bigint NOT NULL PRIMARY KEY, email text, legacy text, org_id bigint, role text NOT NULL DEFAULT ''); \
                 INSERT INTO new_users (id, email, legacy, org_id) SELECT id, email, legacy, org_id FROM users; \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            )
            .of(Target::sqlite(345))
            .rows(&[("users", 300)]),
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN role varchar(20) NOT NULL DEFAULT 'member';").of(Target::mysql(800)),
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'member';").of(Target::sqlite(345)),
        ],
        folded_into: &["statement-fails"],
        planned: true,
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged {
        let broken = judged.outcome.effects.breaks.iter().filter(|broken| broken.what == BreakageKind::InsertsFail);
        for broken in broken {
            let Some((_, column)) = &broken.column else { continue };
            let table = view.after.tables.values().find(|table| table.id == broken.relation.id);
            // A later statement can give it a default, or take it away.
            let found = table.and_then(|table| table.column(&Name::new(column)));
            let still = found.is_none_or(|column| column.default.is_none() && column.not_null == Some(true));
            let gone = table.is_some_and(|table| table.known) && found.is_none();
            if !view.was_known(broken.relation.id) || !still || gone {
                continue;
            }
            tell(findings, judged.index, &broken.relation.name, column);
        }
    }
    for (index, table, column) in view.rebuilt_requires() {
        tell(findings, index, &table, column.as_str());
    }
}

fn tell(findings: &mut StatementFindings<'_>, index: usize, table: &str, column: &str) {
    let Some((mut to, span)) = findings.statement_at(index) else { return };
    to.block(format!("inserts of the running release into {table} fail: they give no value for {column}"))
        .at(span)
        .help("give the column a default, or let it be NULL until every release that runs writes it");
}
