//! The names of operations in reports: stable, kebab-case.

use super::{
    AlterDomain, AlterRoutine, AlterType, ClusterCommand, ConstraintDef, ConstraintKind, FiringState, ObjectCommand,
    Operation, RelationWord, TableAction, Transaction,
};

impl Operation {
    /// What kind of operation it is, for JSON and people: `create-index`, `add-column`, `set-not-null` …
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateSchema { .. } => "create-schema",
            Self::DropSchema { .. } => "drop-schema",
            Self::RenameSchema { .. } => "rename-schema",
            Self::CreateExtension { .. } => "create-extension",
            Self::DropExtension { .. } => "drop-extension",
            Self::Cluster { command } => command.name(),
            Self::CreateTable(_) => "create-table",
            Self::CreateTableAs { .. } => "create-table-as",
            Self::DropTable { .. } => "drop-table",
            Self::Truncate { .. } => "truncate",
            Self::AlterTable(alter) => alter.action.name(alter.word),
            Self::MoveAllInTablespace { .. } => "move-all-in-tablespace",
            Self::CreateIndex(_) => "create-index",
            Self::DropIndex { .. } => "drop-index",
            Self::AttachIndexPartition { .. } => "attach-index-partition",
            Self::Reindex { .. } => "reindex",
            Self::CreateView(_) => "create-view",
            Self::CreateMaterializedView { .. } => "create-materialized-view",
            Self::DropView { .. } => "drop-view",
            Self::DropMaterializedView { .. } => "drop-materialized-view",
            Self::RefreshMaterializedView { .. } => "refresh-materialized-view",
            Self::CreateSequence { .. } => "create-sequence",
            Self::AlterSequence { .. } => "alter-sequence",
            Self::DropSequence { .. } => "drop-sequence",
            Self::CreateType { .. } => "create-type",
            Self::AlterType { action, .. } => action.name(),
            Self::CreateDomain { .. } => "create-domain",
            Self::AlterDomain { action, .. } => action.name(),
            Self::DropType { domain: false, .. } => "drop-type",
            Self::DropType { domain: true, .. } => "drop-domain",
            Self::CreateRoutine(routine) if routine.procedure => "create-procedure",
            Self::CreateRoutine(_) => "create-function",
            Self::AlterRoutine { action: AlterRoutine::Rename { .. }, .. } => "rename-routine",
            Self::AlterRoutine { .. } => "alter-routine",
            Self::DropRoutine { .. } => "drop-routine",
            Self::CreateTrigger(_) => "create-trigger",
            Self::AlterTrigger { rename_to: Some(_), .. } => "rename-trigger",
            Self::AlterTrigger { .. } => "alter-trigger",
            Self::DropTrigger { .. } => "drop-trigger",
            Self::CreateRule { .. } => "create-rule",
            Self::AlterRule { .. } => "rename-rule",
            Self::DropRule { .. } => "drop-rule",
            Self::CreatePolicy { .. } => "create-policy",
            Self::AlterPolicy { .. } => "alter-policy",
            Self::DropPolicy { .. } => "drop-policy",
            Self::Statistics { command, .. } => {
                command.pick(["create-statistics", "alter-statistics", "drop-statistics"])
            }
            Self::Publication { command, .. } => {
                command.pick(["create-publication", "alter-publication", "drop-publication"])
            }
            Self::OtherObject { command, .. } => command.pick(["create-object", "alter-object", "drop-object"]),
            Self::Comment { .. } => "comment",
            Self::Grant { revoke: false, .. } => "grant",
            Self::Grant { revoke: true, .. } => "revoke",
            Self::DropOwned { .. } => "drop-owned",
            Self::Select(_) => "select",
            Self::Insert(_) => "insert",
            Self::Update(_) => "update",
            Self::Delete(_) => "delete",
            Self::Merge(_) => "merge",
            Self::Copy { .. } => "copy",
            Self::Call { .. } => "call",
            Self::Do { .. } => "do",
            Self::Vacuum { .. } => "vacuum",
            Self::Analyze { .. } => "analyze",
            Self::ClusterTable { .. } => "cluster",
            Self::LockTable { .. } => "lock-table",
            Self::Session { .. } => "session",
            Self::Prepare { .. } => "prepare",
            Self::Execute { .. } => "execute",
            Self::Transaction(transaction) => transaction.name(),
            Self::Set { .. } => "set",
            Self::SetConstraints { .. } => "set-constraints",
            Self::Opaque { .. } => "opaque",
        }
    }
}

impl TableAction {
    /// The name of the action on a relation of this kind.
    fn name(&self, word: RelationWord) -> &'static str {
        match self {
            Self::AddColumn { .. } => "add-column",
            Self::DropColumn { .. } => "drop-column",
            Self::RenameColumn { .. } => "rename-column",
            Self::SetType { .. } => "alter-column-type",
            Self::SetDefault { .. } => "set-default",
            Self::DropDefault { .. } => "drop-default",
            Self::SetNotNull { .. } => "set-not-null",
            Self::DropNotNull { .. } => "drop-not-null",
            Self::SetExpression { .. } => "set-expression",
            Self::DropExpression { .. } => "drop-expression",
            Self::AddIdentity { .. } => "add-identity",
            Self::AlterIdentity { .. } => "alter-identity",
            Self::DropIdentity { .. } => "drop-identity",
            Self::SetStatistics { .. } => "set-statistics",
            Self::SetColumnOptions { .. } => "set-column-options",
            Self::SetStorage { .. } => "set-storage",
            Self::SetCompression { .. } => "set-compression",
            Self::AddConstraint(constraint) => constraint.addition(),
            Self::AlterConstraint { .. } => "alter-constraint",
            Self::ValidateConstraint { .. } => "validate-constraint",
            Self::DropConstraint { .. } => "drop-constraint",
            Self::RenameConstraint { .. } => "rename-constraint",
            Self::Rename { .. } => word.rename(),
            Self::SetSchema { .. } => "set-schema",
            Self::OwnerTo { .. } => "owner-to",
            Self::SetTablespace { .. } => "set-tablespace",
            Self::SetLogged { logged: true } => "set-logged",
            Self::SetLogged { logged: false } => "set-unlogged",
            Self::SetAccessMethod { .. } => "set-access-method",
            Self::SetOptions { .. } => "set-options",
            Self::ClusterOn { .. } => "cluster-on",
            Self::SetWithoutCluster => "set-without-cluster",
            Self::SetOids => "set-without-oids",
            Self::Inherit { .. } => "inherit",
            Self::NoInherit { .. } => "no-inherit",
            Self::OfType { .. } => "of-type",
            Self::NotOf => "not-of",
            Self::AttachPartition { .. } => "attach-partition",
            Self::DetachPartition { .. } => "detach-partition",
            Self::SetTrigger { state: FiringState::Disabled, .. } => "disable-trigger",
            Self::SetTrigger { .. } => "enable-trigger",
            Self::SetRule { state: FiringState::Disabled, .. } => "disable-rule",
            Self::SetRule { .. } => "enable-rule",
            Self::RowSecurity { enable: true } => "enable-row-security",
            Self::RowSecurity { enable: false } => "disable-row-security",
            Self::ForceRowSecurity { force: true } => "force-row-security",
            Self::ForceRowSecurity { force: false } => "no-force-row-security",
            Self::ReplicaIdentity(_) => "replica-identity",
            Self::Options => "alter-options",
            Self::Opaque { .. } => "opaque",
        }
    }
}

impl ConstraintDef {
    /// The name of adding this constraint.
    fn addition(&self) -> &'static str {
        match &self.kind {
            ConstraintKind::NotNull { .. } => "add-not-null",
            ConstraintKind::Check(_) => "add-check",
            ConstraintKind::Unique(unique) if unique.primary => "add-primary-key",
            ConstraintKind::Unique(_) => "add-unique",
            ConstraintKind::ForeignKey(_) => "add-foreign-key",
            ConstraintKind::Exclude(_) => "add-exclude",
        }
    }
}

impl RelationWord {
    fn rename(self) -> &'static str {
        match self {
            Self::Table | Self::ForeignTable => "rename-table",
            Self::Index => "rename-index",
            Self::View => "rename-view",
            Self::MaterializedView => "rename-materialized-view",
            Self::Sequence => "rename-sequence",
        }
    }
}

impl ClusterCommand {
    fn name(&self) -> &'static str {
        match self {
            Self::CreateDatabase => "create-database",
            Self::DropDatabase => "drop-database",
            Self::AlterDatabaseTablespace | Self::AlterDatabase => "alter-database",
            Self::CreateTablespace => "create-tablespace",
            Self::DropTablespace => "drop-tablespace",
            Self::AlterTablespace => "alter-tablespace",
            Self::AlterSystem => "alter-system",
            Self::CreateSubscription { .. } => "create-subscription",
            Self::DropSubscription => "drop-subscription",
            Self::AlterSubscription { .. } => "alter-subscription",
        }
    }
}

impl ObjectCommand {
    /// The one of `[create, alter, drop]`.
    fn pick(self, [create, alter, drop]: [&'static str; 3]) -> &'static str {
        match self {
            Self::Create => create,
            Self::Alter => alter,
            Self::Drop => drop,
        }
    }
}

impl AlterType {
    fn name(&self) -> &'static str {
        match self {
            Self::AddValue { .. } => "add-enum-value",
            Self::RenameValue { .. } => "rename-enum-value",
            Self::AddAttribute { .. } => "add-attribute",
            Self::DropAttribute { .. } => "drop-attribute",
            Self::AlterAttribute { .. } => "alter-attribute-type",
            Self::RenameAttribute { .. } => "rename-attribute",
            Self::Rename { .. } => "rename-type",
            Self::SetSchema { .. } => "set-schema",
            Self::Other => "alter-type",
        }
    }
}

impl AlterDomain {
    fn name(&self) -> &'static str {
        match self {
            Self::Default(Some(_)) => "set-domain-default",
            Self::Default(None) => "drop-domain-default",
            Self::NotNull(true) => "set-domain-not-null",
            Self::NotNull(false) => "drop-domain-not-null",
            Self::AddConstraint(_) => "add-domain-constraint",
            Self::DropConstraint { .. } => "drop-domain-constraint",
            Self::ValidateConstraint { .. } => "validate-domain-constraint",
            Self::RenameConstraint { .. } => "rename-domain-constraint",
            Self::Rename { .. } => "rename-domain",
            Self::SetSchema { .. } => "set-schema",
            Self::Other => "alter-domain",
        }
    }
}

impl Transaction {
    fn name(&self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
            Self::Savepoint(_) => "savepoint",
            Self::ReleaseSavepoint(_) => "release-savepoint",
            Self::RollbackToSavepoint(_) => "rollback-to-savepoint",
            Self::Set => "set-transaction",
            Self::TwoPhase => "two-phase",
        }
    }
}
