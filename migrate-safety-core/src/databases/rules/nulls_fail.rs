//! NULLs that the running release writes are refused.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::MigrationView;
use crate::databases::name::Name;
use crate::effects::BreakageKind;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "nulls-fail",
        category: Category::RollingDeploy,
        title: "NULLs that the running release writes are refused",
        why: "A release that was written when the column could be NULL may write NULL, or leave the column out.",
        source: "MySQL manual, ALTER TABLE; SQLite, CREATE TABLE, NOT NULL constraints",
        bad: &[Sample::new(USERS, "ALTER TABLE users MODIFY email varchar(100) NOT NULL;").of(Target::mysql(800)).rows(FEW).with(&["rows-may-violate"])],
        good: &[Sample::new(USERS, "ALTER TABLE users MODIFY email varchar(100) NULL;").of(Target::mysql(800)).rows(FEW)],
        folded_into: &["statement-fails"],
        planned: true,
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Outcome(look),
};

const FEW: &[(&str, u64)] = &[("users", 300)];

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged {
        let broken = judged.outcome.effects.breaks.iter().filter(|broken| broken.what == BreakageKind::NullsFail);
        for broken in broken {
            let Some((_, column)) = &broken.column else { continue };
            let table = view.after.tables.values().find(|table| table.id == broken.relation.id);
            let found = table.and_then(|table| table.column(&Name::new(column)));
            let still = found.is_none_or(|column| column.not_null == Some(true));
            if !view.column_was_known(&broken.relation.name, column) || !still {
                continue;
            }
            let Some(mut to) = findings.statement(judged.index) else { continue };
            to.flag(format!("a running release that writes NULL to {}.{column} fails from now on", broken.relation.name))
                .at(judged.statement.span)
                .verify(format!("no release that is still running writes NULL to {column} or leaves it out"));
        }
    }
}
