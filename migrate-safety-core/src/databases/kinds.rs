//! The names of operations in reports: those that PostgreSQL's have, where they are the same.

use super::operation::{ActionKind, Maintenance, ObjectKind, Operation, SettingScope, Transaction, Verb};

impl Operation {
    /// Its name, or those of its actions: `create-index`, `add-column`.
    pub fn names(&self) -> Vec<&'static str> {
        let one = match self {
            Self::AlterTable(alter) => return alter.actions.iter().map(|action| action.kind.name()).collect(),
            Self::CreateTable(create) if create.module.is_some() => "create-virtual-table",
            Self::CreateTable(create) if create.query.is_some() => "create-table-as",
            Self::CreateTable(_) => "create-table",
            Self::DropTable { .. } => "drop-table",
            Self::RenameTable { .. } => "rename-table",
            Self::Truncate { .. } => "truncate",
            Self::CreateIndex(_) => "create-index",
            Self::DropIndex { .. } => "drop-index",
            Self::CreateView(_) => "create-view",
            Self::DropView { .. } => "drop-view",
            Self::CreateTrigger(_) => "create-trigger",
            Self::DropTrigger { .. } => "drop-trigger",
            Self::Object { verb, kind, .. } => object(*verb, *kind),
            Self::Insert(insert) if insert.replace => "replace",
            Self::Insert(_) => "insert",
            Self::Update(_) => "update",
            Self::Delete(_) => "delete",
            Self::Select(_) => "select",
            Self::LoadData { .. } => "load-data",
            Self::Call { .. } => "call",
            Self::Transaction(transaction) => transaction.name(),
            Self::LockTables { .. } => "lock-tables",
            Self::UnlockTables => "unlock-tables",
            Self::Set { scope: SettingScope::Neither, .. } => "session",
            Self::Set { .. } => "set",
            Self::Use { .. } => "use",
            Self::Maintain { command, .. } => command.name(),
            Self::Grant { revoke: false } => "grant",
            Self::Grant { revoke: true } => "revoke",
            Self::Attach { detach: false } => "attach",
            Self::Attach { detach: true } => "detach",
            Self::Other { .. } => "session",
            Self::Opaque { .. } => "opaque",
        };
        vec![one]
    }
}

impl ActionKind {
    fn name(&self) -> &'static str {
        match self {
            Self::AddColumn { .. } => "add-column",
            Self::DropColumn { .. } => "drop-column",
            Self::Modify { column, to, .. } if *column != to.name => "change-column",
            Self::Modify { .. } => "modify-column",
            Self::RenameColumn { .. } => "rename-column",
            Self::SetDefault { default: Some(_), .. } => "set-default",
            Self::SetDefault { default: None, .. } => "drop-default",
            Self::SetNotNull { not_null: true, .. } => "set-not-null",
            Self::SetNotNull { not_null: false, .. } => "drop-not-null",
            Self::SetColumnVisible { .. } => "set-column-visible",
            Self::AddIndex { index, .. } => match index.kind {
                super::operation::IndexKind::Primary => "add-primary-key",
                super::operation::IndexKind::Unique => "add-unique",
                _ => "add-index",
            },
            Self::DropIndex { .. } => "drop-index",
            Self::DropPrimaryKey => "drop-primary-key",
            Self::RenameIndex { .. } => "rename-index",
            Self::SetIndexVisible { .. } => "set-index-visible",
            Self::AddForeignKey { .. } => "add-foreign-key",
            Self::DropForeignKey { .. } => "drop-foreign-key",
            Self::AddCheck { .. } => "add-check",
            Self::DropConstraint { .. } => "drop-constraint",
            Self::EnforceCheck { .. } => "alter-constraint",
            Self::Rename { .. } => "rename-table",
            Self::Options(_) => "set-options",
            Self::Convert { .. } => "convert-charset",
            Self::Force => "rebuild-table",
            Self::OrderBy => "order-by",
            Self::Keys { .. } => "set-keys",
            Self::Tablespace { .. } => "set-tablespace",
            Self::Partition(_) => "alter-partition",
            Self::SystemVersioning { .. } => "system-versioning",
            Self::Validation { .. } => "validation",
            Self::Opaque { .. } => "opaque",
        }
    }
}

impl Transaction {
    fn name(&self) -> &'static str {
        match self {
            Self::Begin { .. } => "begin",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
            Self::Savepoint(_) => "savepoint",
            Self::Release(_) => "release-savepoint",
            Self::RollbackTo(_) => "rollback-to-savepoint",
            Self::Other => "set-transaction",
        }
    }
}

impl Maintenance {
    fn name(self) -> &'static str {
        match self {
            Self::Vacuum => "vacuum",
            Self::Optimize => "optimize",
            Self::Reindex => "reindex",
            Self::Analyze => "analyze",
            Self::Repair => "repair",
            Self::Check => "check-table",
        }
    }
}

fn object(verb: Verb, kind: ObjectKind) -> &'static str {
    let [create, alter, drop] = match kind {
        ObjectKind::Database => ["create-database", "alter-database", "drop-database"],
        ObjectKind::Function | ObjectKind::Package => ["create-function", "alter-routine", "drop-routine"],
        ObjectKind::Procedure => ["create-procedure", "alter-routine", "drop-routine"],
        ObjectKind::Sequence => ["create-sequence", "alter-sequence", "drop-sequence"],
        ObjectKind::Event
        | ObjectKind::Server
        | ObjectKind::Tablespace
        | ObjectKind::User
        | ObjectKind::Role
        | ObjectKind::Other => ["create-object", "alter-object", "drop-object"],
    };
    match verb {
        Verb::Create | Verb::Insert => create,
        Verb::Drop | Verb::Delete => drop,
        Verb::Alter | Verb::Rename | Verb::Update => alter,
    }
}
