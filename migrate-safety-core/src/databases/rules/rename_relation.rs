//! A table that the running release uses gets another name.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::MigrationView;
use crate::effects::BreakageKind;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "rename-relation",
        category: Category::RollingDeploy,
        title: "A table that the running release uses gets another name",
        why: "Every statement of the release that is still running that names the table fails, until the last of its \
              processes is replaced; and so does the new one if the deploy is rolled back.",
        source: "MySQL manual, RENAME TABLE; SQLite, ALTER TABLE RENAME",
        bad: &[
            Sample::new(USERS, "RENAME TABLE users TO accounts;").of(Target::mysql(800)),
            Sample::new(USERS, "ALTER TABLE users RENAME TO accounts;").of(Target::sqlite(345)),
        ],
        good: &[
            Sample::new(USERS, "RENAME TABLE users TO accounts; CREATE VIEW users AS SELECT * FROM accounts;").of(Target::mysql(800)).with(&["half-run"]),
            Sample::new("", "CREATE TABLE users (id int); ALTER TABLE users RENAME TO accounts;").of(Target::sqlite(345)),
        ],
        planned: true,
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged {
        let renamed = judged.outcome.effects.breaks.iter();
        let renamed = renamed.filter(|broken| broken.what == BreakageKind::Renamed && broken.column.is_none());
        let names: Vec<&str> = renamed
            .map(|broken| broken.relation.name.as_str())
            .filter(|name| view.table_before(name).is_some() && !view.has_name(name))
            .collect();
        let Some(mut to) = findings.statement(judged.index).filter(|_| !names.is_empty()) else { continue };
        to.block(format!("the release that is running no longer finds {}", names.join(", ")))
            .at(judged.statement.span)
            .help(
                "rename it in the code alone, or leave a view of the old name behind and drop it when the last release \
                 that uses it is gone",
            );
    }
}
