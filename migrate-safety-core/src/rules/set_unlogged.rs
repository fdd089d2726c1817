//! SET UNLOGGED: a table that a crash empties.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::Operation;
use crate::sql::operation::{Persistence, TableAction};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "set-unlogged",
    category: Category::DataLoss,
    title: "An existing table becomes UNLOGGED",
    why: "An unlogged table is emptied after a crash or an unclean shutdown, is not copied to standbys, and is not in a \
          physical backup: after a failover it is empty.",
    source: "PostgreSQL docs, CREATE TABLE, UNLOGGED",
    bad: &[Sample::new("CREATE TABLE carts (id bigint PRIMARY KEY);", "ALTER TABLE carts SET UNLOGGED;").rows(&[("public.carts", 100)])],
    good: &[Sample::new("", "CREATE UNLOGGED TABLE cache (key text PRIMARY KEY, value text);")],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = &view.located.operation else { return };
    let TableAction::SetLogged { logged: false } = alter.action else { return };
    let Some(relation) = view.scene.target().filter(|r| view.is_old(r.id)) else { return };
    let Some(table) = relation.table().filter(|table| table.persistence == Persistence::Permanent) else { return };
    if table.is_partitioned() {
        return;
    }
    findings
        .flag(format!("from now on a crash or a failover empties {}", relation.qualified()))
        .at(view.located.span)
        .help("keep it logged, or move what may be lost into an unlogged table of its own")
        .verify("can every row of it be made again, and does no standby serve reads of it?");
}
