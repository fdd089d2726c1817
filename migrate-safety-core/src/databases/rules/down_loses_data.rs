//! A way back that brings back what was dropped, without its data.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::MigrationView;
use crate::effects::DataLossKind;
use crate::databases::name::Name;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "down-loses-data",
        category: Category::Rollback,
        title: "A way back that takes what was there before, or brings it back without its data",
        why: "Whoever rolls back expects to have what there was before the migration. Rows and values that are dropped \
              on either way come back from a backup only.",
        source: "MySQL manual, ALTER TABLE; SQLite, ALTER TABLE",
        bad: &[
            Sample::new(USERS, "ALTER TABLE users DROP COLUMN legacy;")
                .down("ALTER TABLE users ADD COLUMN legacy varchar(20);")
                .of(Target::mysql(800))
                .with(&["column-still-used", "drop-column"]),
        ],
        good: &[Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int;").down("ALTER TABLE users DROP COLUMN a;").of(Target::sqlite(345))],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Migration(look),
};

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

fn look(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let Some(undone) = view.undone else { return };
    let dropped = |loss: &&crate::effects::DataLoss| loss.how == DataLossKind::Dropped;
    let lost = |judged: &[crate::databases::view::Judged]| -> Vec<String> {
        let losses = judged.iter().flat_map(|judged| judged.outcome.effects.data_loss.iter().filter(dropped));
        losses
            .filter(|loss| view.table_before(&loss.relation.name).is_some_and(|table| {
                loss.column.as_deref().is_none_or(|column| table.column(&Name::new(column)).is_some())
            }))
            .map(|loss| match &loss.column {
                Some(column) => format!("{}.{column}", loss.relation.name),
                None => loss.relation.name.clone(),
            })
            .collect()
    };
    let (up, down) = (lost(view.judged), lost(&undone.judged));
    let names: Vec<String> = up.iter().filter(|name| !down.contains(name)).cloned().collect();
    if !names.is_empty() {
        findings
            .flag(format!("the way back makes {} again, without what was in it", names.join(", ")))
            .help("keep what is dropped under another name until nobody will want to go back");
    }
    if !down.is_empty() {
        findings.flag(format!("the way back drops {} with what was in it before", down.join(", ")));
    }
}
