//! The actions of `ALTER TABLE`.

use super::constraint::ConstraintDef;
use super::relation::SequenceOptions;
use super::table::{ColumnDef, Identity, PartitionBound, RelationWord};
use crate::sql::datatype::DataType;
use crate::sql::expr::Expression;
use crate::sql::name::{Ident, ObjectName};

/// One action of `ALTER TABLE`.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterTable {
    /// The relation.
    pub table: ObjectName,
    /// The word after `ALTER`.
    pub word: RelationWord,
    /// `ONLY`.
    pub only: bool,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// What is done.
    pub action: TableAction,
}

/// What one action of `ALTER TABLE` does.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the fields are named as in the server's grammar
pub enum TableAction {
    /// `ADD COLUMN`.
    AddColumn { column: Box<ColumnDef>, if_not_exists: bool },
    /// `DROP COLUMN`.
    DropColumn { column: Ident, if_exists: bool, cascade: bool },
    /// `RENAME COLUMN`.
    RenameColumn { column: Ident, to: Ident },
    /// `ALTER COLUMN … TYPE`.
    SetType { column: Ident, data_type: DataType, collation: Option<ObjectName>, using: Option<Expression> },
    /// `SET DEFAULT`.
    SetDefault { column: Ident, default: Expression },
    /// `DROP DEFAULT`.
    DropDefault { column: Ident },
    /// `SET NOT NULL`.
    SetNotNull { column: Ident },
    /// `DROP NOT NULL`.
    DropNotNull { column: Ident },
    /// `SET EXPRESSION AS (…)` (PostgreSQL 17).
    SetExpression { column: Ident, expression: Expression },
    /// `DROP EXPRESSION`.
    DropExpression { column: Ident, if_exists: bool },
    /// `ADD GENERATED … AS IDENTITY`.
    AddIdentity { column: Ident, identity: Identity },
    /// `SET GENERATED …`, `RESTART`, `SET sequence_option`.
    AlterIdentity { column: Ident, always: Option<bool>, options: Box<SequenceOptions> },
    /// `DROP IDENTITY`.
    DropIdentity { column: Ident, if_exists: bool },
    /// `ALTER COLUMN … SET STATISTICS`.
    SetStatistics { column: Ident },
    /// `ALTER COLUMN … SET / RESET (n_distinct = …)`.
    SetColumnOptions { column: Ident },
    /// `SET STORAGE`.
    SetStorage { column: Ident, storage: Ident },
    /// `SET COMPRESSION`.
    SetCompression { column: Ident, compression: Ident },
    /// `ADD [CONSTRAINT]`.
    AddConstraint(ConstraintDef),
    /// `ALTER CONSTRAINT … DEFERRABLE / [NOT] ENFORCED / [NO] INHERIT`.
    AlterConstraint {
        name: Ident,
        deferrable: Option<bool>,
        initially_deferred: Option<bool>,
        enforced: Option<bool>,
        inherit: Option<bool>,
    },
    /// `VALIDATE CONSTRAINT`.
    ValidateConstraint { name: Ident },
    /// `DROP CONSTRAINT`.
    DropConstraint { name: Ident, if_exists: bool, cascade: bool },
    /// `RENAME CONSTRAINT`.
    RenameConstraint { name: Ident, to: Ident },
    /// `RENAME TO`.
    Rename { to: Ident },
    /// `SET SCHEMA`.
    SetSchema { schema: Ident },
    /// `OWNER TO`.
    OwnerTo { owner: Ident },
    /// `SET TABLESPACE`.
    SetTablespace { tablespace: Ident },
    /// `SET LOGGED` (true), `SET UNLOGGED`.
    SetLogged { logged: bool },
    /// `SET ACCESS METHOD`.
    SetAccessMethod { method: Option<Ident> },
    /// `SET (…)`, `RESET (…)`: storage parameters, view options; a reset has no value.
    SetOptions { options: Vec<(Box<str>, Option<Box<str>>)> },
    /// `CLUSTER ON`.
    ClusterOn { index: Ident },
    /// `SET WITHOUT CLUSTER`.
    SetWithoutCluster,
    /// `SET WITHOUT OIDS`, `SET WITH OIDS`.
    SetOids,
    /// `INHERIT`.
    Inherit { parent: ObjectName },
    /// `NO INHERIT`.
    NoInherit { parent: ObjectName },
    /// `OF type`.
    OfType { name: ObjectName },
    /// `NOT OF`.
    NotOf,
    /// `ATTACH PARTITION`.
    AttachPartition { partition: ObjectName, bound: PartitionBound },
    /// `DETACH PARTITION`.
    DetachPartition { partition: ObjectName, concurrently: bool, finalize: bool },
    /// `ENABLE / DISABLE TRIGGER`.
    SetTrigger { name: TriggerName, state: FiringState },
    /// `ENABLE / DISABLE RULE`.
    SetRule { name: Ident, state: FiringState },
    /// `ENABLE / DISABLE ROW LEVEL SECURITY`.
    RowSecurity { enable: bool },
    /// `[NO] FORCE ROW LEVEL SECURITY`.
    ForceRowSecurity { force: bool },
    /// `REPLICA IDENTITY`.
    ReplicaIdentity(ReplicaIdentity),
    /// `ALTER FOREIGN TABLE … OPTIONS (…)`, `ALTER COLUMN … OPTIONS (…)`, `DEPENDS ON EXTENSION`: catalog only, nothing that we model.
    Options,
    /// An action that was not understood: it takes the strongest lock as far as anyone knows.
    Opaque { sql: Box<str> },
}

/// Which triggers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TriggerName {
    Named(Ident),
    All,
    User,
}

/// When a trigger or rule fires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum FiringState {
    #[default]
    Enabled,
    Disabled,
    Replica,
    Always,
}

/// What identifies a row for logical replication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ReplicaIdentity {
    #[default]
    Default,
    Index(Ident),
    Full,
    Nothing,
}
