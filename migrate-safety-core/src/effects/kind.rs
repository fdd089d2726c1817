//! What an operation is, without its particulars: the key under which facts are looked up.

use crate::sql::Operation;
use crate::sql::operation::{AlterTable, TableAction};

/// Makes [`Kind`] and the lookup from the variants of [`Operation`] and [`TableAction`].
macro_rules! kinds {
    (operations: $($operation:ident)*; actions: $($action:ident)*; renamed: $($variant:ident as $kind:ident)*;) => {
        /// The kinds of operation: one per variant of [`Operation`], the actions of `ALTER TABLE` one by one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Kind {
            $($operation,)*
            $($action,)*
            $($kind,)*
        }

        impl Kind {
            /// How many there are.
            pub const COUNT: usize = [$(Self::$operation,)* $(Self::$action,)* $(Self::$kind,)*].len();

            /// The kind of an operation.
            pub fn of(operation: &Operation) -> Self {
                match operation {
                    $(Operation::$operation { .. } => Self::$operation,)*
                    Operation::AlterTable(alter) => Self::of_action(alter),
                }
            }

            fn of_action(alter: &AlterTable) -> Self {
                match alter.action {
                    $(TableAction::$action { .. } => Self::$action,)*
                    $(TableAction::$variant { .. } => Self::$kind,)*
                }
            }
        }
    };
}

kinds! {
    operations:
        CreateSchema DropSchema RenameSchema CreateExtension DropExtension Cluster
        CreateTable CreateTableAs DropTable Truncate MoveAllInTablespace
        CreateIndex DropIndex AttachIndexPartition Reindex
        CreateView CreateMaterializedView DropView DropMaterializedView RefreshMaterializedView
        CreateSequence AlterSequence DropSequence
        CreateType AlterType CreateDomain AlterDomain DropType
        CreateRoutine AlterRoutine DropRoutine
        CreateTrigger AlterTrigger DropTrigger CreateRule AlterRule DropRule CreatePolicy AlterPolicy DropPolicy
        Statistics Publication OtherObject
        Comment Grant DropOwned
        Select Insert Update Delete Merge Copy Call Do
        Vacuum Analyze ClusterTable LockTable Prepare Execute Session
        Transaction Set SetConstraints Opaque;
    actions:
        AddColumn DropColumn RenameColumn SetType SetDefault DropDefault SetNotNull DropNotNull
        SetExpression DropExpression AddIdentity AlterIdentity DropIdentity
        SetStatistics SetColumnOptions SetStorage SetCompression
        AddConstraint AlterConstraint ValidateConstraint DropConstraint RenameConstraint
        SetSchema OwnerTo SetTablespace SetLogged SetAccessMethod SetOptions ClusterOn SetWithoutCluster SetOids
        Inherit NoInherit OfType NotOf AttachPartition DetachPartition
        SetTrigger SetRule RowSecurity ForceRowSecurity ReplicaIdentity;
    renamed:
        Rename as RenameRelation
        Options as TableOptions
        Opaque as OpaqueAction;
}
