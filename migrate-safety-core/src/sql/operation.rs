//! Our own small vocabulary of what a statement does. Parsers feed it, everything else reads it.

use super::datatype::DataType;
use super::expr::{Cte, Expr, Expression, Query, TableRef};
use super::name::{Ident, ObjectName};
use super::span::{Position, Span};

/// What (a part of) a statement does. Names are as written: unresolved.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the fields are named as in the server's grammar
#[allow(clippy::large_enum_variant)] // operations live in a vector for the length of one statement
pub enum Operation {
    // Schemas, extensions, databases
    /// `CREATE SCHEMA`; its elements follow as operations of their own.
    CreateSchema { name: Ident, if_not_exists: bool },
    /// `DROP SCHEMA`.
    DropSchema { names: Vec<Ident>, if_exists: bool, cascade: bool },
    /// `ALTER SCHEMA … RENAME TO`.
    RenameSchema { name: Ident, to: Ident },
    /// `CREATE EXTENSION`.
    CreateExtension { name: Ident, if_not_exists: bool, schema: Option<Ident>, cascade: bool },
    /// `DROP EXTENSION`.
    DropExtension { names: Vec<Ident>, if_exists: bool, cascade: bool },
    /// `CREATE / DROP / ALTER DATABASE`, `TABLESPACE`, `ALTER SYSTEM`, `CREATE / DROP SUBSCRIPTION`: whole-cluster
    /// commands with no relation of this database.
    Cluster { command: ClusterCommand },

    // Tables
    /// `CREATE TABLE`, also `PARTITION OF` and foreign tables.
    CreateTable(Box<CreateTable>),
    /// `CREATE TABLE AS`, `SELECT INTO`, `CREATE MATERIALIZED VIEW` has its own.
    CreateTableAs {
        name: ObjectName,
        columns: Vec<Ident>,
        query: Box<Query>,
        if_not_exists: bool,
        persistence: Persistence,
        with_data: bool,
    },
    /// `DROP TABLE` (also `DROP FOREIGN TABLE`).
    DropTable { names: Vec<ObjectName>, if_exists: bool, cascade: bool },
    /// `TRUNCATE`.
    Truncate { tables: Vec<TableTarget>, cascade: bool, restart_identity: bool },
    /// One action of `ALTER TABLE` (and of `ALTER INDEX / VIEW / SEQUENCE / FOREIGN TABLE / MATERIALIZED VIEW` where it is the same).
    AlterTable(Box<AlterTable>),
    /// `ALTER TABLE ALL IN TABLESPACE`: moves every table of a tablespace.
    MoveAllInTablespace { kind: RelationWord, from: Ident, to: Ident },

    // Indexes
    /// `CREATE INDEX`.
    CreateIndex(Box<CreateIndex>),
    /// `DROP INDEX`.
    DropIndex { names: Vec<ObjectName>, if_exists: bool, cascade: bool, concurrently: bool },
    /// `ALTER INDEX parent ATTACH PARTITION child`.
    AttachIndexPartition { parent: ObjectName, child: ObjectName },
    /// `REINDEX`.
    Reindex { target: ReindexTarget, concurrently: bool, tablespace: Option<Ident> },

    // Views
    /// `CREATE [OR REPLACE] VIEW`.
    CreateView(Box<CreateView>),
    /// `CREATE MATERIALIZED VIEW`.
    CreateMaterializedView {
        name: ObjectName,
        columns: Vec<Ident>,
        query: Box<Query>,
        sql: Box<str>,
        if_not_exists: bool,
        with_data: bool,
    },
    /// `DROP VIEW`.
    DropView { names: Vec<ObjectName>, if_exists: bool, cascade: bool },
    /// `DROP MATERIALIZED VIEW`.
    DropMaterializedView { names: Vec<ObjectName>, if_exists: bool, cascade: bool },
    /// `REFRESH MATERIALIZED VIEW`.
    RefreshMaterializedView { name: ObjectName, concurrently: bool, with_data: bool },

    // Sequences
    /// `CREATE SEQUENCE`.
    CreateSequence { name: ObjectName, if_not_exists: bool, persistence: Persistence, options: SequenceOptions },
    /// `ALTER SEQUENCE` with options (`OWNED BY`, `AS`, `RESTART` …).
    AlterSequence { name: ObjectName, if_exists: bool, options: SequenceOptions },
    /// `DROP SEQUENCE`.
    DropSequence { names: Vec<ObjectName>, if_exists: bool, cascade: bool },

    // Types and domains
    /// `CREATE TYPE` (enum, composite, range, base, shell).
    CreateType { name: ObjectName, kind: TypeKind },
    /// `ALTER TYPE` (`ALTER DOMAIN … RENAME / SET SCHEMA` too).
    AlterType { name: ObjectName, action: AlterType },
    /// `CREATE DOMAIN`.
    CreateDomain {
        name: ObjectName,
        data_type: DataType,
        collation: Option<ObjectName>,
        default: Option<Expression>,
        constraints: Vec<DomainConstraint>,
    },
    /// `ALTER DOMAIN`.
    AlterDomain { name: ObjectName, action: AlterDomain },
    /// `DROP TYPE`, `DROP DOMAIN`.
    DropType { names: Vec<ObjectName>, domain: bool, if_exists: bool, cascade: bool },

    // Routines and what calls them
    /// `CREATE [OR REPLACE] FUNCTION / PROCEDURE`.
    CreateRoutine(Box<CreateRoutine>),
    /// `ALTER FUNCTION / PROCEDURE / ROUTINE / AGGREGATE`.
    AlterRoutine { name: ObjectName, args: Option<Vec<DataType>>, action: AlterRoutine },
    /// `DROP FUNCTION / PROCEDURE / ROUTINE / AGGREGATE`.
    DropRoutine { routines: Vec<RoutineName>, if_exists: bool, cascade: bool },
    /// `CREATE TRIGGER`.
    CreateTrigger(Box<CreateTrigger>),
    /// `ALTER TRIGGER … RENAME TO` (or `DEPENDS ON EXTENSION`: no new name).
    AlterTrigger { name: Ident, table: ObjectName, rename_to: Option<Ident> },
    /// `DROP TRIGGER`.
    DropTrigger { name: Ident, table: ObjectName, if_exists: bool, cascade: bool },
    /// `CREATE [OR REPLACE] RULE`.
    CreateRule { name: Ident, table: ObjectName, or_replace: bool },
    /// `ALTER RULE … RENAME TO`.
    AlterRule { name: Ident, table: ObjectName, rename_to: Ident },
    /// `DROP RULE`.
    DropRule { name: Ident, table: ObjectName, if_exists: bool, cascade: bool },
    /// `CREATE POLICY`.
    CreatePolicy { name: Ident, table: ObjectName, relations: Vec<ObjectName> },
    /// `ALTER POLICY`.
    AlterPolicy { name: Ident, table: ObjectName, rename_to: Option<Ident> },
    /// `DROP POLICY`.
    DropPolicy { name: Ident, table: ObjectName, if_exists: bool },
    /// `CREATE / ALTER / DROP STATISTICS`.
    Statistics {
        command: ObjectCommand,
        name: Option<ObjectName>,
        table: Option<ObjectName>,
        if_exists: bool,
        if_not_exists: bool,
    },
    /// `CREATE / ALTER / DROP PUBLICATION`.
    Publication { command: ObjectCommand, name: Ident, tables: Vec<ObjectName>, all_tables: bool },
    /// Any other object class that no relation depends on: aggregate, cast, operator, collation, text search,
    /// foreign server, event trigger, role, language, transform …
    OtherObject {
        command: ObjectCommand,
        class: Box<str>,
        name: Option<ObjectName>,
        if_exists: bool,
        if_not_exists: bool,
        cascade: bool,
    },

    // Comments, rights
    /// `COMMENT ON`, `SECURITY LABEL`.
    Comment { on: CommentTarget, text: Option<Box<str>> },
    /// `GRANT`, `REVOKE`, `ALTER DEFAULT PRIVILEGES`, `REASSIGN OWNED`; the relations named, if any.
    Grant { revoke: bool, relations: Vec<ObjectName> },
    /// `DROP OWNED BY`.
    DropOwned { roles: Vec<Ident>, cascade: bool },

    // Data
    /// `SELECT`, `VALUES`, `TABLE`, `EXPLAIN ANALYZE` of it, `PERFORM`.
    Select(Box<Query>),
    /// `INSERT`.
    Insert(Box<Insert>),
    /// `UPDATE`.
    Update(Box<Update>),
    /// `DELETE`.
    Delete(Box<Delete>),
    /// `MERGE`.
    Merge(Box<Merge>),
    /// `COPY`.
    Copy { table: Option<ObjectName>, query: Option<Box<Query>>, from: bool, stdin_or_stdout: bool },
    /// `CALL procedure(…)`.
    Call { name: ObjectName, args: Vec<Expr> },
    /// `DO $$ … $$`: what is inside follows as operations of their own.
    Do { language: Ident },

    // Maintenance
    /// `VACUUM`.
    Vacuum { tables: Vec<ObjectName>, full: bool, analyze: bool },
    /// `ANALYZE`.
    Analyze { tables: Vec<ObjectName> },
    /// `CLUSTER` (also PostgreSQL 19's `REPACK`).
    ClusterTable { table: Option<ObjectName>, index: Option<Ident> },
    /// `LOCK TABLE`.
    LockTable { tables: Vec<TableTarget>, mode: LockMode, nowait: bool },
    /// `CHECKPOINT`, `DISCARD`, `LOAD`, `LISTEN`, `NOTIFY`, `PREPARE`, `EXPLAIN`, cursors …: touches no schema object.
    Session { command: Box<str> },

    // Transactions and settings
    /// `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT` …
    Transaction(Transaction),
    /// `SET`, `RESET`, `set_config('…', …)` written as a statement.
    Set { name: Box<str>, value: Option<Box<str>>, local: bool },
    /// `SET CONSTRAINTS`.
    SetConstraints { names: Vec<ObjectName>, deferred: bool },

    /// Not understood, or unreadable (dynamic SQL): the names it mentions become unknown in the catalog.
    Opaque { reason: Box<str>, mentions: Vec<ObjectName> },
}

/// The lock modes of PostgreSQL, weakest first (docs, 13.3.1 "Table-Level Locks").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum LockMode {
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

/// Whole-cluster commands; what matters is whether they may run in a transaction block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ClusterCommand {
    CreateDatabase,
    DropDatabase,
    /// `ALTER DATABASE … SET TABLESPACE`.
    AlterDatabaseTablespace,
    AlterDatabase,
    CreateTablespace,
    DropTablespace,
    AlterTablespace,
    AlterSystem,
    CreateSubscription {
        create_slot: bool,
    },
    DropSubscription,
    AlterSubscription {
        refresh: bool,
    },
}

/// `CREATE`, `ALTER` or `DROP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ObjectCommand {
    Create,
    Alter,
    Drop,
}

/// The word after `ALTER` that names a kind of relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RelationWord {
    Table,
    Index,
    View,
    MaterializedView,
    Sequence,
    ForeignTable,
}

/// Whether a relation outlives the session and a crash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Persistence {
    #[default]
    Permanent,
    Unlogged,
    Temporary,
}

/// A table, with or without its descendants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableTarget {
    /// The table.
    pub name: ObjectName,
    /// `ONLY`: without descendants.
    pub only: bool,
}

/// `CREATE TABLE`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTable {
    /// The table.
    pub name: ObjectName,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `TEMP`, `UNLOGGED`.
    pub persistence: Persistence,
    /// `CREATE FOREIGN TABLE`.
    pub foreign: bool,
    /// Columns in order; for a partition or typed table those with options of their own.
    pub columns: Vec<ColumnDef>,
    /// Table constraints; those written at a column are with the column.
    pub constraints: Vec<ConstraintDef>,
    /// `LIKE other INCLUDING …`.
    pub like: Vec<LikeClause>,
    /// `INHERITS (…)`.
    pub inherits: Vec<ObjectName>,
    /// `OF type`.
    pub of_type: Option<ObjectName>,
    /// `PARTITION BY`.
    pub partition_by: Option<PartitionBy>,
    /// `PARTITION OF parent bound`.
    pub partition_of: Option<(ObjectName, PartitionBound)>,
    /// Storage parameters: `fillfactor`, …
    pub options: Vec<(Box<str>, Box<str>)>,
    /// `TABLESPACE`.
    pub tablespace: Option<Ident>,
}

/// `LIKE source INCLUDING …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LikeClause {
    /// The table whose columns are taken.
    pub source: ObjectName,
    /// What else is taken.
    pub including: LikeIncluding,
}

/// What `LIKE` takes besides names, types and NOT NULL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct LikeIncluding {
    pub comments: bool,
    pub constraints: bool,
    pub defaults: bool,
    pub generated: bool,
    pub identity: bool,
    pub indexes: bool,
    pub statistics: bool,
    pub storage: bool,
    pub compression: bool,
}

/// A column in `CREATE TABLE` or `ADD COLUMN`.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDef {
    /// The column.
    pub name: Ident,
    /// Its type; absent only in `PARTITION OF` and `OF type` column options. `serial` types are given as their
    /// integer type with [`ColumnDef::serial`] set.
    pub data_type: Option<DataType>,
    /// `serial`, `bigserial`, `smallserial`: an owned sequence, its `nextval` as default, and NOT NULL.
    pub serial: bool,
    /// `COLLATE`.
    pub collation: Option<ObjectName>,
    /// `DEFAULT`.
    pub default: Option<Expression>,
    /// `GENERATED ALWAYS AS (…)`.
    pub generated: Option<Generated>,
    /// `GENERATED … AS IDENTITY`.
    pub identity: Option<Identity>,
    /// An explicit `NULL`.
    pub null: bool,
    /// Constraints written at the column: NOT NULL, CHECK, UNIQUE, PRIMARY KEY, REFERENCES.
    pub constraints: Vec<ConstraintDef>,
    /// `STORAGE`.
    pub storage: Option<Ident>,
    /// `COMPRESSION`.
    pub compression: Option<Ident>,
    /// Where the definition stands.
    pub span: Span,
}

/// A generated column.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The expression.
    pub expression: Expression,
    /// `STORED`; else virtual (PostgreSQL 18, where it is also the default).
    pub stored: bool,
}

/// An identity column.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// `ALWAYS`; else `BY DEFAULT`.
    pub always: bool,
    /// Options of its sequence.
    pub options: SequenceOptions,
}

/// A constraint as written.
#[derive(Clone, Debug, PartialEq)]
pub struct ConstraintDef {
    /// `CONSTRAINT name`; else the server makes one.
    pub name: Option<Ident>,
    /// What it demands.
    pub kind: ConstraintKind,
    /// `NOT VALID`: existing rows are not looked at.
    pub not_valid: bool,
    /// `NOT ENFORCED` (PostgreSQL 18).
    pub not_enforced: bool,
    /// `NO INHERIT`.
    pub no_inherit: bool,
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// Where it stands.
    pub span: Span,
}

/// What a constraint demands. For one written at a column, `columns` holds that column.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintKind {
    /// `NOT NULL`.
    NotNull {
        /// The column.
        column: Ident,
    },
    /// `CHECK`.
    Check(Expression),
    /// `UNIQUE` or `PRIMARY KEY`.
    Unique(UniqueDef),
    /// `FOREIGN KEY`, `REFERENCES`.
    ForeignKey(ForeignKeyDef),
    /// `EXCLUDE`.
    Exclude(ExcludeDef),
}

/// `UNIQUE` or `PRIMARY KEY`.
#[derive(Clone, Debug, PartialEq)]
pub struct UniqueDef {
    /// `PRIMARY KEY`.
    pub primary: bool,
    /// The key columns; empty with `USING INDEX`.
    pub columns: Vec<Ident>,
    /// `INCLUDE`.
    pub include: Vec<Ident>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `WITHOUT OVERLAPS` (PostgreSQL 18).
    pub without_overlaps: bool,
    /// `USING INDEX name`.
    pub using_index: Option<Ident>,
    /// `USING INDEX TABLESPACE`.
    pub tablespace: Option<Ident>,
}

/// `FOREIGN KEY (columns) REFERENCES table (referenced)`.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignKeyDef {
    /// The referencing columns.
    pub columns: Vec<Ident>,
    /// The referenced table.
    pub table: ObjectName,
    /// The referenced columns; empty for its primary key.
    pub referenced: Vec<Ident>,
    /// `MATCH FULL`.
    pub match_full: bool,
    /// `ON DELETE`.
    pub on_delete: ReferentialAction,
    /// `ON UPDATE`.
    pub on_update: ReferentialAction,
    /// Columns of `ON DELETE SET NULL (…)`.
    pub set_columns: Vec<Ident>,
    /// `PERIOD` (PostgreSQL 18).
    pub period: bool,
}

/// What happens to referencing rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ReferentialAction {
    #[default]
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

/// `EXCLUDE USING method (element WITH operator, …)`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExcludeDef {
    /// The access method.
    pub method: Ident,
    /// What is compared.
    pub elements: Vec<IndexElement>,
    /// Its operators, one per element.
    pub operators: Vec<Box<str>>,
    /// `INCLUDE`.
    pub include: Vec<Ident>,
    /// `WHERE`.
    pub predicate: Option<Expression>,
}

/// `PARTITION BY`.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionBy {
    /// How rows are assigned.
    pub strategy: PartitionStrategy,
    /// The key: columns or expressions.
    pub key: Vec<Expression>,
}

/// How rows are assigned to partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PartitionStrategy {
    Range,
    List,
    Hash,
}

/// Which rows a partition takes.
#[derive(Clone, Debug, PartialEq)]
pub enum PartitionBound {
    /// `DEFAULT`.
    Default,
    /// `FOR VALUES IN (…)`.
    In(Vec<Expr>),
    /// `FOR VALUES FROM (…) TO (…)`; `MINVALUE` and `MAXVALUE` are columns of that name.
    Range {
        /// Inclusive.
        from: Vec<Expr>,
        /// Exclusive.
        to: Vec<Expr>,
    },
    /// `FOR VALUES WITH (MODULUS m, REMAINDER r)`.
    Hash {
        /// Modulus.
        modulus: u32,
        /// Remainder.
        remainder: u32,
    },
}

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
    AlterIdentity { column: Ident, always: Option<bool>, options: SequenceOptions },
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

/// `CREATE INDEX`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateIndex {
    /// The index; absent: the server makes a name.
    pub name: Option<Ident>,
    /// The table.
    pub table: ObjectName,
    /// `ON ONLY`.
    pub only: bool,
    /// `UNIQUE`.
    pub unique: bool,
    /// `CONCURRENTLY`.
    pub concurrently: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `USING method`.
    pub method: Ident,
    /// The key.
    pub elements: Vec<IndexElement>,
    /// `INCLUDE`.
    pub include: Vec<Ident>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// Storage parameters.
    pub options: Vec<(Box<str>, Box<str>)>,
    /// `TABLESPACE`.
    pub tablespace: Option<Ident>,
}

/// One element of an index key.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexElement {
    /// A column ([`Expr::Column`]) or an expression.
    pub expression: Expression,
    /// `COLLATE`.
    pub collation: Option<ObjectName>,
    /// Operator class, if written.
    pub operator_class: Option<ObjectName>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST` (true) or `LAST`, if written.
    pub nulls_first: Option<bool>,
}

/// What `REINDEX` rebuilds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ReindexTarget {
    Index(ObjectName),
    Table(ObjectName),
    Schema(Ident),
    Database(Option<Ident>),
    System(Option<Ident>),
}

/// `CREATE VIEW`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateView {
    /// The view.
    pub name: ObjectName,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `TEMP`.
    pub temporary: bool,
    /// Column names, if written.
    pub columns: Vec<Ident>,
    /// The query.
    pub query: Box<Query>,
    /// The query's text.
    pub sql: Box<str>,
    /// `WITH (security_invoker = true …)`.
    pub options: Vec<(Box<str>, Box<str>)>,
}

/// Options of a sequence; absent ones are not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct SequenceOptions {
    pub data_type: Option<DataType>,
    pub increment: Option<i64>,
    pub min_value: Option<Option<i64>>,
    pub max_value: Option<Option<i64>>,
    pub start: Option<i64>,
    pub restart: Option<Option<i64>>,
    pub cache: Option<i64>,
    pub cycle: Option<bool>,
    /// `OWNED BY table.column`; `Some(None)` for `OWNED BY NONE`.
    pub owned_by: Option<Option<(ObjectName, Ident)>>,
    /// `SEQUENCE NAME` of an identity column.
    pub name: Option<ObjectName>,
}

/// What `CREATE TYPE` makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// `AS ENUM (…)`.
    Enum(Vec<Box<str>>),
    /// `AS (a int, …)`.
    Composite(Vec<(Ident, DataType)>),
    /// `AS RANGE (SUBTYPE = …)`.
    Range(Option<DataType>),
    /// A base or shell type.
    Base,
}

/// What `ALTER TYPE` does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the fields are named as in the server's grammar
pub enum AlterType {
    /// `ADD VALUE`.
    AddValue { value: Box<str>, if_not_exists: bool, before: Option<Box<str>>, after: Option<Box<str>> },
    /// `RENAME VALUE`.
    RenameValue { from: Box<str>, to: Box<str> },
    /// `ADD ATTRIBUTE`.
    AddAttribute { name: Ident, data_type: DataType, cascade: bool },
    /// `DROP ATTRIBUTE`.
    DropAttribute { name: Ident, if_exists: bool, cascade: bool },
    /// `ALTER ATTRIBUTE … TYPE`.
    AlterAttribute { name: Ident, data_type: DataType, cascade: bool },
    /// `RENAME ATTRIBUTE`.
    RenameAttribute { name: Ident, to: Ident, cascade: bool },
    /// `RENAME TO`.
    Rename { to: Ident },
    /// `SET SCHEMA`.
    SetSchema { schema: Ident },
    /// `OWNER TO`, `SET (…)`.
    Other,
}

/// A constraint of a domain.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainConstraint {
    /// `CONSTRAINT name`.
    pub name: Option<Ident>,
    /// `CHECK (VALUE …)`; absent for `NOT NULL`.
    pub check: Option<Expression>,
    /// `NOT VALID`.
    pub not_valid: bool,
}

/// What `ALTER DOMAIN` does.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the fields are named as in the server's grammar
pub enum AlterDomain {
    /// `SET DEFAULT` / `DROP DEFAULT`.
    Default(Option<Expression>),
    /// `SET NOT NULL` / `DROP NOT NULL`.
    NotNull(bool),
    /// `ADD CONSTRAINT`.
    AddConstraint(DomainConstraint),
    /// `DROP CONSTRAINT`.
    DropConstraint { name: Ident, if_exists: bool, cascade: bool },
    /// `VALIDATE CONSTRAINT`.
    ValidateConstraint { name: Ident },
    /// `RENAME CONSTRAINT`.
    RenameConstraint { name: Ident, to: Ident },
    /// `RENAME TO`.
    Rename { to: Ident },
    /// `SET SCHEMA`.
    SetSchema { schema: Ident },
    /// `OWNER TO`.
    Other,
}

/// What functions may depend on (docs, 38.7 "Function Volatility Categories").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Volatility {
    Immutable,
    Stable,
    #[default]
    Volatile,
}

/// `CREATE FUNCTION` or `CREATE PROCEDURE`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateRoutine {
    /// The routine.
    pub name: ObjectName,
    /// Whether it is a procedure.
    pub procedure: bool,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// Its arguments.
    pub args: Vec<RoutineArg>,
    /// `RETURNS`; absent for procedures and functions with OUT arguments only.
    pub returns: Option<DataType>,
    /// `RETURNS SETOF` or `TABLE`.
    pub returns_set: bool,
    /// `LANGUAGE` (`sql` for `BEGIN ATOMIC` and `RETURN` bodies without the word).
    pub language: Ident,
    /// `IMMUTABLE`, `STABLE`, `VOLATILE`.
    pub volatility: Volatility,
    /// `STRICT`, `RETURNS NULL ON NULL INPUT`.
    pub strict: bool,
    /// `SECURITY DEFINER`.
    pub security_definer: bool,
    /// `SET name = value` clauses.
    pub settings: Vec<(Box<str>, Box<str>)>,
    /// The body, unescaped; absent for C and internal functions.
    pub body: Option<RoutineBody>,
}

/// The body of a routine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutineBody {
    /// The text.
    pub text: Box<str>,
    /// Where its first character stands in the file.
    pub base: Position,
    /// Whether positions inside can be added to `base` (dollar quotes, `BEGIN ATOMIC`); not so for `'…''…'`.
    pub exact: bool,
}

/// An argument of a routine.
#[derive(Clone, Debug, PartialEq)]
pub struct RoutineArg {
    /// Its name, if any.
    pub name: Option<Ident>,
    /// Its type.
    pub data_type: DataType,
    /// `IN`, `OUT`, `INOUT`, `VARIADIC`.
    pub mode: ArgMode,
    /// `DEFAULT`.
    pub default: Option<Expression>,
}

/// The direction of an argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ArgMode {
    #[default]
    In,
    Out,
    InOut,
    Variadic,
    /// A column of `RETURNS TABLE`.
    Table,
}

/// A routine named with or without its argument types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutineName {
    /// The routine.
    pub name: ObjectName,
    /// The argument types, if written.
    pub args: Option<Vec<DataType>>,
}

/// What `ALTER FUNCTION` does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum AlterRoutine {
    Rename { to: Ident },
    SetSchema { schema: Ident },
    Volatility(Volatility),
    Other,
}

/// `CREATE TRIGGER`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTrigger {
    /// The trigger.
    pub name: Ident,
    /// The table.
    pub table: ObjectName,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `CONSTRAINT`.
    pub constraint: bool,
    /// `BEFORE`, `AFTER`, `INSTEAD OF`.
    pub timing: TriggerTiming,
    /// `INSERT`, …
    pub events: TriggerEvents,
    /// Columns of `UPDATE OF`.
    pub columns: Vec<Ident>,
    /// `FOR EACH ROW`.
    pub for_each_row: bool,
    /// `FROM table` of a constraint trigger.
    pub from: Option<ObjectName>,
    /// `WHEN`.
    pub when: Option<Expression>,
    /// The function it executes.
    pub function: ObjectName,
}

/// When a trigger fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TriggerTiming {
    Before,
    After,
    InsteadOf,
}

/// What a trigger fires for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct TriggerEvents {
    pub insert: bool,
    pub update: bool,
    pub delete: bool,
    pub truncate: bool,
}

/// What a comment is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommentTarget {
    /// A table, view, index, sequence …
    Relation(ObjectName),
    /// A column.
    Column(ObjectName, Ident),
    /// A constraint of a table.
    Constraint(ObjectName, Ident),
    /// A trigger, rule or policy of a table.
    OnTable(ObjectName, Ident),
    /// Anything else.
    Other,
}

/// `INSERT`.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// Common table expressions.
    pub ctes: Vec<Cte>,
    /// The table.
    pub table: ObjectName,
    /// `AS alias`.
    pub alias: Option<Ident>,
    /// The columns, if written.
    pub columns: Vec<Ident>,
    /// Where the rows come from; `VALUES` is a query without `FROM`; absent for `DEFAULT VALUES`.
    pub source: Option<Query>,
    /// Rows of `VALUES`, where the source is that.
    pub values_rows: Option<usize>,
    /// `ON CONFLICT`.
    pub on_conflict: Option<OnConflict>,
}

/// `ON CONFLICT`.
#[derive(Clone, Debug, PartialEq)]
pub struct OnConflict {
    /// The arbiter columns or expressions; empty for a constraint or none.
    pub target: Vec<Expr>,
    /// `DO UPDATE SET …`; empty for `DO NOTHING`.
    pub assignments: Vec<(Ident, Expr)>,
    /// `WHERE` of `DO UPDATE`.
    pub filter: Option<Expr>,
}

/// `UPDATE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Common table expressions.
    pub ctes: Vec<Cte>,
    /// The table.
    pub table: TableTarget,
    /// `AS alias`.
    pub alias: Option<Ident>,
    /// The columns set.
    pub assignments: Vec<(Ident, Expr)>,
    /// `FROM`, joins flattened.
    pub from: Vec<TableRef>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `RETURNING`.
    pub returning: Vec<Expr>,
}

/// `DELETE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// Common table expressions.
    pub ctes: Vec<Cte>,
    /// The table.
    pub table: TableTarget,
    /// `AS alias`.
    pub alias: Option<Ident>,
    /// `USING`, joins flattened.
    pub using: Vec<TableRef>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `RETURNING`.
    pub returning: Vec<Expr>,
}

/// `MERGE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    /// Common table expressions.
    pub ctes: Vec<Cte>,
    /// The table.
    pub table: TableTarget,
    /// `AS alias`.
    pub alias: Option<Ident>,
    /// `USING`.
    pub source: TableRef,
    /// `ON`.
    pub on: Expr,
    /// `WHEN … THEN INSERT` present.
    pub inserts: bool,
    /// Columns set by `WHEN … THEN UPDATE`.
    pub updates: Vec<Ident>,
    /// `WHEN … THEN DELETE` present.
    pub deletes: bool,
    /// All expressions of the `WHEN` clauses.
    pub exprs: Vec<Expr>,
}

/// Transaction control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Transaction {
    Begin,
    Commit,
    Rollback,
    Savepoint,
    ReleaseSavepoint,
    RollbackToSavepoint,
    /// `SET TRANSACTION`, `SET SESSION CHARACTERISTICS`.
    Set,
    /// `PREPARE TRANSACTION`, `COMMIT PREPARED`, `ROLLBACK PREPARED`.
    TwoPhase,
}

/// An operation with its place and the circumstances under which it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct LocatedOperation {
    /// What is done.
    pub operation: Operation,
    /// Where it stands in the file.
    pub span: Span,
    /// Under which circumstances it runs; absent for what stands in the statement itself.
    pub routine: Option<RoutineFrame>,
}

/// Where inside procedural code an operation stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoutineFrame {
    /// Under an `IF`, a `CASE`, an exception handler, or a loop that may run zero times.
    pub conditional: bool,
    /// The innermost loop's facts, if it stands in one.
    pub in_loop: Option<LoopFacts>,
    /// Came from `EXECUTE 'literal'`.
    pub execute: bool,
    /// The routine whose body it is; absent for a `DO` block.
    pub routine: Option<ObjectName>,
    /// Inside a block with an `EXCEPTION` clause (a subtransaction: `COMMIT` fails there).
    pub in_exception_block: bool,
}

/// What is known of a loop in procedural code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoopFacts {
    /// It commits between rounds.
    pub commits: bool,
    /// It sleeps between rounds.
    pub sleeps: bool,
}
