//! A way back that cannot run.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};
use crate::sql::ProblemKind;

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "down-fails",
        category: Category::Rollback,
        title: "A way back that cannot run",
        why: "It is run for the first time when a release has gone wrong, by somebody in a hurry. If it fails then, \
              there is no way back at all.",
        source: "the schema after the migration",
        bad: &[
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int;").down("ALTER TABLE users DROP COLUMN b;").of(Target::mysql(800)),
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int;").down("ALTER TABLE users DROP COLUM a b;").of(Target::sqlite(345)),
        ],
        good: &[Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int;").down("ALTER TABLE users DROP COLUMN a;").of(Target::sqlite(345))],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Migration(look),
};

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

fn look(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let (Some(down), Some(undone)) = (&view.migration.down, view.undone) else { return };
    let failed = undone.judged.iter().find_map(|judged| {
        let invalid = judged.statement.problems.iter().find(|p| matches!(p.kind, ProblemKind::Invalid | ProblemKind::PsqlCommand));
        let message = match (invalid, judged.outcome.effects.failures.iter().find(|f| !f.only_with_rows)) {
            (Some(problem), _) => problem.message.to_string(),
            (None, Some(failure)) => failure.message.clone(),
            (None, None) => return None,
        };
        Some((judged.statement.span.start.line, message))
    });
    let Some((line, message)) = failed else { return };
    let name = down.path.file_name().unwrap_or(down.path.as_os_str()).to_string_lossy();
    findings.flag(format!("{name} fails at line {line}: {message}")).help("run the way back behind the migration once");
}
