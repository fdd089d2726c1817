//! A table is published whose rows nothing identifies.

use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::Relation;
use crate::sql::Operation;
use crate::sql::operation::ReplicaIdentity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "published-without-identity",
    category: Category::RollingDeploy,
    title: "A table is published whose rows nothing identifies",
    why: "A table without a primary key has no replica identity. Once it is published, each UPDATE and DELETE of it fails \
          with `cannot update table … because it does not have a replica identity and publishes updates`.",
    source: "PostgreSQL docs, CREATE PUBLICATION, Notes; 29.1.1 Replica Identity",
    bad: &[Sample::new("CREATE TABLE logs (at timestamptz, line text);", "CREATE PUBLICATION feed FOR TABLE logs;")],
    good: &[
        Sample::new("CREATE TABLE logs (id bigint PRIMARY KEY);", "CREATE PUBLICATION feed FOR TABLE logs;"),
        Sample::new("CREATE TABLE logs (line text); ALTER TABLE logs REPLICA IDENTITY FULL;", "CREATE PUBLICATION feed FOR TABLE logs;"),
        Sample::new("CREATE TABLE logs (line text);", "CREATE PUBLICATION feed FOR TABLE logs WITH (publish = 'insert, truncate');"),
        Sample::new("CREATE TABLE logs (line text); CREATE PUBLICATION feed FOR TABLE logs;", "ALTER PUBLICATION feed DROP TABLE logs;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let scene = &view.scene;
    let Operation::Publication { tables, all_tables, changes: true, .. } = scene.operation else { return };
    let published: Vec<&Relation> = if *all_tables {
        scene.catalog.relations.values().collect()
    } else {
        tables.iter().filter_map(|name| scene.catalog.relation(scene.relation(name)?)).collect()
    };
    let refused = published.into_iter().filter(|relation| view.is_old(relation.id) && !is_identified(relation));
    let names: Vec<String> = refused.map(Relation::qualified).collect();
    if names.is_empty() {
        return;
    }
    findings
        .flag(format!("UPDATE and DELETE of {} fail from now on: nothing identifies the rows for replication", some_of(&names)))
        .at(view.located.span)
        .help("give the table a primary key, or set REPLICA IDENTITY, before it is published; or publish only inserts")
        .verify("does the publication take only inserts, or does nobody update or delete these rows?");
}

/// Whether logical replication can tell the rows of a table apart, as far as it is known.
fn is_identified(relation: &Relation) -> bool {
    let Some(table) = relation.table().filter(|table| !relation.unknown && table.partition_by.is_none()) else { return true };
    match table.replica_identity {
        ReplicaIdentity::Default => table.primary_key().is_some(),
        ReplicaIdentity::Nothing => false,
        _ => true,
    }
}
