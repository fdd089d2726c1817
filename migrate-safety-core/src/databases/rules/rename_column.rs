//! A column that the running release uses gets another name.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::MigrationView;
use crate::effects::BreakageKind;
use crate::databases::name::Name;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "rename-column",
        category: Category::RollingDeploy,
        title: "A column that the running release uses gets another name",
        why: "Every statement of the release that is still running that names the column fails from then on; the new \
              release fails before it. There is no moment at which both work.",
        source: "MySQL manual, ALTER TABLE; SQLite, ALTER TABLE RENAME COLUMN",
        bad: &[
            Sample::new(USERS, "ALTER TABLE users RENAME COLUMN email TO mail;").of(Target::mysql(800)),
            Sample::new(USERS, "ALTER TABLE users CHANGE email mail varchar(100);").of(Target::mariadb(1011)),
            Sample::new(USERS, "ALTER TABLE users RENAME COLUMN email TO mail;").of(Target::sqlite(345)),
        ],
        good: &[
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN nick int; ALTER TABLE users RENAME COLUMN nick TO name;")
                .of(Target::sqlite(345)),
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN mail varchar(100);").of(Target::sqlite(345)),
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
        let renamed = judged.outcome.effects.breaks.iter().filter(|broken| broken.what == BreakageKind::Renamed);
        for broken in renamed {
            let Some((_, column)) = &broken.column else { continue };
            let again = view.after.tables.values().find(|table| table.id == broken.relation.id);
            let kept = again.is_some_and(|table| table.column(&Name::new(column)).is_some());
            if kept || !view.column_was_known(&broken.relation.name, column) {
                continue;
            }
            let Some(mut to) = findings.statement(judged.index) else { continue };
            to.block(format!("the release that is running no longer finds {}.{column}", broken.relation.name))
                .at(judged.statement.span)
                .help(
                    "expand: add a column of the new name and write both (code or trigger); migrate: fill it in batches, \
                     deploy the release that reads it; contract: drop the old one in a later migration",
                );
        }
    }
}
