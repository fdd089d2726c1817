//! Commands on the whole cluster that cannot run in a transaction block.

use crate::effects::fact::Fact;
use crate::effects::kind::Kind;
use crate::effects::scene::Scene;
use crate::sql::Operation;
use crate::sql::operation::ClusterCommand;

/// The facts.
pub(super) const FACTS: &[Fact] = &[Fact {
    id: "cluster-command",
    of: &[Kind::Cluster],
    condition: "databases, tablespaces, ALTER SYSTEM; subscriptions with a replication slot",
    when: refused_in_transaction,
    requires_no_transaction: true,
    source: "PreventInTransactionBlock in the documentation of each; measured, PG 14-18",
    ..Fact::BASE
}];

fn refused_in_transaction(scene: &Scene<'_>) -> bool {
    let Operation::Cluster { command } = scene.operation else { return false };
    match command {
        ClusterCommand::CreateDatabase
        | ClusterCommand::DropDatabase
        | ClusterCommand::AlterDatabaseTablespace
        | ClusterCommand::CreateTablespace
        | ClusterCommand::DropTablespace
        | ClusterCommand::AlterSystem
        | ClusterCommand::DropSubscription => true,
        ClusterCommand::CreateSubscription { create_slot } => *create_slot,
        ClusterCommand::AlterSubscription { refresh } => *refresh,
        ClusterCommand::AlterDatabase | ClusterCommand::AlterTablespace => false,
    }
}
