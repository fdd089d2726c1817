//! A way back that takes what was there before, or brings back a shell of it.

use super::down_fails::{failure, file_name};
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{Judged, MigrationView};
use crate::catalog::Catalog;
use crate::effects::{DataLoss, DataLossKind};

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text, legacy text);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "down-loses-data",
    category: Category::Rollback,
    title: "A way back that takes what was there before, or brings it back without its data",
    why: "Whoever rolls back expects to have what there was before the migration. Rows and values that are dropped on \
          either way come back from a backup only.",
    source: "PostgreSQL docs, ALTER TABLE, DROP COLUMN",
    bad: &[
        Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int;")
            .down("ALTER TABLE users DROP COLUMN a; ALTER TABLE users DROP COLUMN email; ALTER TABLE users ADD COLUMN email text;"),
        Sample::new(TABLES, "ALTER TABLE users DROP COLUMN legacy;")
            .down("ALTER TABLE users ADD COLUMN legacy text;")
            .with(&["column-still-used", "drop-column"]),
    ],
    good: &[Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int;").down("ALTER TABLE users DROP COLUMN a;")],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let (Some(down), Some(undone), Some(before)) = (&view.migration.down, view.undone, view.before) else { return };
    if failure(undone).is_some() {
        return;
    }
    let file = file_name(&down.path);
    let taken = |judged| losses(std::iter::once(judged)).into_iter().find(|(_, loss)| was_there(before, judged, loss));
    if let Some((line, loss)) = undone.operations.iter().find_map(|(_, judged)| taken(judged)) {
        findings
            .flag(format!("{file} takes {} at line {line}, which was there before this migration", named(loss)))
            .help("drop on the way back only what the migration has made");
        return;
    }
    let dropped = losses(view.operations.iter().map(|(_, judged)| judged));
    let back = dropped.into_iter().find(|(_, loss)| is_there(before, loss) && is_back(&undone.catalog, loss));
    if let Some((_, loss)) = back {
        findings
            .flag(format!("{file} brings {} back without its data", named(loss)))
            .help("keep the data for a release or two: rename instead of dropping, or copy it first");
    }
}

/// What operations drop, each with the line.
fn losses<'j>(operations: impl Iterator<Item = &'j Judged>) -> Vec<(u32, &'j DataLoss)> {
    let of = |judged: &'j Judged| {
        let line = judged.located.span.start.line;
        let gone = judged.effects.data_loss.iter();
        let gone = gone.filter(|loss| matches!(loss.how, DataLossKind::Dropped | DataLossKind::Truncated));
        gone.map(move |loss| (line, loss))
    };
    operations.flat_map(of).collect()
}

/// Whether a catalog has the very thing that an operation takes, whatever its name was then.
fn was_there(before: &Catalog, judged: &Judged, loss: &DataLoss) -> bool {
    let Some(name) = &loss.column else { return before.table(loss.relation.id).is_some() };
    let mut gone = judged.removed.columns.iter().filter(|(table, _)| *table == loss.relation.id);
    gone.any(|(table, column)| column.name.as_str() == name && before.column(*table, column.id).is_some())
}

/// Whether a catalog has something of the kind and name that is lost.
fn is_there(catalog: &Catalog, loss: &DataLoss) -> bool {
    let Some(table) = catalog.table(loss.relation.id) else { return false };
    loss.column.as_ref().is_none_or(|column| table.column(column).is_some())
}

/// Whether a catalog has something of the name of what was lost.
fn is_back(catalog: &Catalog, loss: &DataLoss) -> bool {
    let table = catalog.relation_called(&loss.relation.name).and_then(|r| r.table());
    table.is_some_and(|table| loss.column.as_ref().is_none_or(|column| table.column(column).is_some()))
}

fn named(loss: &DataLoss) -> String {
    match &loss.column {
        Some(column) => format!("{}.{column}", loss.relation.name),
        None => loss.relation.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_column_of_an_old_name_is_not_what_was_there() {
        let up = "ALTER TABLE users RENAME COLUMN email TO address; ALTER TABLE users ADD COLUMN email text;";
        let down = "ALTER TABLE users DROP COLUMN email; ALTER TABLE users RENAME COLUMN address TO email;";
        let (set, config) = Sample::new(TABLES, up).down(down).load();
        assert!(crate::check(&set, &config).all_findings().all(|finding| finding.rule != RULE.id));
    }
}
