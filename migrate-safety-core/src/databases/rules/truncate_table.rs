//! TRUNCATE deletes every row.

use super::known::count;
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::StatementView;
use crate::effects::DataLossKind;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "truncate-table",
        category: Category::DataLoss,
        title: "TRUNCATE deletes every row",
        why: "It drops the table and makes it again: it commits what stands before it, no trigger fires, and no down \
              migration brings a row back.",
        source: "MySQL manual, TRUNCATE TABLE",
        bad: &[Sample::new("CREATE TABLE sessions (id bigint PRIMARY KEY);", "TRUNCATE TABLE sessions;").of(Target::mysql(800))],
        good: &[Sample::new("", "CREATE TABLE scratch (id int); TRUNCATE scratch;").of(Target::mysql(800))],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Statement(look),
};

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for loss in view.old_losses(DataLossKind::Truncated) {
        let name = &loss.relation.name;
        findings
            .flag(format!("every row of {name} is deleted"))
            .at(view.span())
            .help("if only old or wrong rows are to go, DELETE them in batches; else keep a copy")
            .verify(count(view.target().dialect, name));
    }
}
