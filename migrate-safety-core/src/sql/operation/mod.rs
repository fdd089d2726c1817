//! Our own small vocabulary of what a statement does. Parsers feed it, everything else reads it.

mod alter_table;
mod constraint;
mod data;
mod name;
mod relation;
mod role;
mod routine;
mod table;
mod types;

pub use alter_table::{AlterTable, FiringState, ReplicaIdentity, TableAction, TriggerName};
pub use constraint::{
    ConstraintDef, ConstraintKind, ExcludeDef, ForeignKeyDef, IndexParameters, ReferentialAction, UniqueDef,
};
pub use data::{Delete, Insert, Merge, OnConflict, Overriding, Update};
pub use relation::{CreateIndex, CreateView, IndexElement, ReindexTarget, SequenceOptions};
pub use routine::{
    AlterRoutine, ArgMode, CreateRoutine, CreateTrigger, PolicyClauses, RoutineArg, RoutineBody, RoutineName,
    RoutineTraits, RoutineWord, RuleText, TriggerDetails, TriggerEvents, TriggerTiming, Volatility,
};
pub use table::{
    ColumnDef, CreateTable, Generated, Identity, LikeClause, LikeIncluding, PartitionBound, PartitionBy,
    PartitionStrategy, Persistence, RelationWord, TableTarget,
};
pub use types::{AlterDomain, AlterType, DomainConstraint, TypeKind};

use crate::sql::datatype::DataType;
use crate::sql::expr::{Expr, Expression, Query};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::span::Span;

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
    CreateSequence { name: ObjectName, if_not_exists: bool, persistence: Persistence, options: Box<SequenceOptions> },
    /// `ALTER SEQUENCE` with options (`OWNED BY`, `AS`, `RESTART` …).
    AlterSequence { name: ObjectName, if_exists: bool, options: Box<SequenceOptions> },
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
        default: Option<Box<Expression>>,
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
    DropRoutine { word: RoutineWord, routines: Vec<RoutineName>, if_exists: bool, cascade: bool },
    /// `CREATE TRIGGER`.
    CreateTrigger(Box<CreateTrigger>),
    /// `ALTER TRIGGER … RENAME TO` (or `DEPENDS ON EXTENSION`: no new name).
    AlterTrigger { name: Ident, table: ObjectName, rename_to: Option<Ident> },
    /// `DROP TRIGGER`.
    DropTrigger { name: Ident, table: ObjectName, if_exists: bool, cascade: bool },
    /// `CREATE [OR REPLACE] RULE`.
    CreateRule {
        name: Ident,
        table: ObjectName,
        or_replace: bool,
        condition: Option<Box<Expr>>,
        actions: Vec<Operation>,
        text: RuleText,
    },
    /// `ALTER RULE … RENAME TO`.
    AlterRule { name: Ident, table: ObjectName, rename_to: Ident },
    /// `DROP RULE`.
    DropRule { name: Ident, table: ObjectName, if_exists: bool, cascade: bool },
    /// `CREATE POLICY`.
    CreatePolicy {
        name: Ident,
        table: ObjectName,
        relations: Vec<ObjectName>,
        expressions: Vec<Expression>,
        clauses: Box<PolicyClauses>,
    },
    /// `ALTER POLICY`.
    AlterPolicy { name: Ident, table: ObjectName, rename_to: Option<Ident>, clauses: Box<PolicyClauses> },
    /// `DROP POLICY`.
    DropPolicy { name: Ident, table: ObjectName, if_exists: bool },
    /// `CREATE / ALTER / DROP STATISTICS`.
    Statistics {
        command: ObjectCommand,
        name: Option<ObjectName>,
        table: Option<ObjectName>,
        /// What `CREATE` has computed: `ndistinct`, `dependencies`, `mcv`; empty for all.
        kinds: Vec<Ident>,
        /// What `CREATE` is about: columns and expressions.
        keys: Vec<Expression>,
        /// What `ALTER` makes of its name.
        change: Option<NameChange>,
        if_exists: bool,
        if_not_exists: bool,
        /// The statement, where `CREATE` is one of its own.
        sql: Box<str>,
    },
    /// `CREATE / ALTER / DROP PUBLICATION`.
    Publication {
        command: ObjectCommand,
        name: Ident,
        tables: Vec<ObjectName>,
        all_tables: bool,
        /// Whether updates and deletes of the tables may be published from now on: not where only inserts are, nor where
        /// the tables are taken away.
        changes: bool,
    },
    /// Any other object class that no relation depends on: aggregate, cast, operator, collation, text search,
    /// foreign server, event trigger, role, language, transform …
    OtherObject {
        command: ObjectCommand,
        class: Box<str>,
        name: Option<ObjectName>,
        /// What `CREATE COLLATION` says behind the name, as written.
        definition: Option<Box<str>>,
        /// What `ALTER` makes of its name.
        change: Option<NameChange>,
        if_exists: bool,
        if_not_exists: bool,
        cascade: bool,
        /// The statement, where `CREATE` is one of its own.
        sql: Box<str>,
    },

    // Comments, rights
    /// `COMMENT ON`, `SECURITY LABEL`.
    Comment { on: CommentTarget, text: Option<Box<str>>, label: bool },
    /// `GRANT`, `REVOKE`, `ALTER DEFAULT PRIVILEGES`, `REASSIGN OWNED`; the relations named, if any, and the roles.
    Grant { revoke: bool, relations: Vec<ObjectName>, roles: Vec<Ident> },
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
    Copy {
        table: Option<ObjectName>,
        /// The columns, if written.
        columns: Vec<Ident>,
        query: Option<Box<Query>>,
        from: bool,
        stdin_or_stdout: bool,
    },
    /// `CALL procedure(…)`.
    Call { name: ObjectName, args: Vec<Expr> },
    /// `DO $$ … $$`: what is inside follows as operations of their own.
    Do { language: Ident },

    // Maintenance
    /// `VACUUM`.
    Vacuum { tables: Vec<TableTarget>, full: bool, analyze: bool },
    /// `ANALYZE`.
    Analyze { tables: Vec<TableTarget> },
    /// `CLUSTER` (also PostgreSQL 19's `REPACK`).
    ClusterTable { table: Option<ObjectName>, index: Option<Ident> },
    /// `LOCK TABLE`.
    LockTable { tables: Vec<TableTarget>, mode: LockMode, nowait: bool },
    /// `PREPARE name AS …`: a statement to be run later.
    Prepare { name: Ident, operation: Box<Operation> },
    /// `EXECUTE name`: runs what was prepared.
    Execute { name: Ident },
    /// `CHECKPOINT`, `DISCARD`, `LOAD`, `LISTEN`, `NOTIFY`, `EXPLAIN`, cursors …: touches no schema object.
    /// The command's words in capitals: `DISCARD ALL`.
    Session { command: Box<str> },

    // Transactions and settings
    /// `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT` …
    Transaction(Transaction),
    /// `SET`, `RESET`, `set_config('…', …)` written as a statement. The value is as the server keeps it: strings
    /// unescaped, several joined by `, `, in lists of names (`search_path`) each quoted where it must be; none for
    /// `DEFAULT` and `RESET`. `RESET ALL` is the name `all`.
    Set { name: Box<str>, value: Option<Box<str>>, local: bool },
    /// `SET CONSTRAINTS`.
    SetConstraints { names: Vec<ObjectName>, deferred: bool },

    /// Not understood, or unreadable (dynamic SQL): the names it mentions become unknown in the catalog. `like` is what
    /// dynamic SQL comes to with [`UNKNOWN_NAME`] for what is put in at run time, if that can be read.
    Opaque { reason: Box<str>, mentions: Vec<ObjectName>, like: Option<Box<Operation>> },
}

/// What stands in a name for what is only known at run time.
pub const UNKNOWN_NAME: &str = "…";

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

/// What `ALTER` makes of the name of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameChange {
    /// `RENAME TO`.
    Rename(Ident),
    /// `SET SCHEMA`.
    Schema(Ident),
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
    OnTable(OnTable, ObjectName, Ident),
    /// A function, procedure or aggregate.
    Routine(RoutineName),
    /// A type or domain.
    Type(ObjectName),
    /// A schema.
    Schema(Ident),
    /// Anything else.
    Other,
}

/// What has a name of its own within a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum OnTable {
    Trigger,
    Rule,
    Policy,
}

/// Transaction control.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Transaction {
    Begin,
    Commit,
    Rollback,
    Savepoint(Ident),
    ReleaseSavepoint(Ident),
    RollbackToSavepoint(Ident),
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
    pub routine: Option<Box<RoutineFrame>>,
}

/// Where inside procedural code an operation stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoutineFrame {
    /// Under an `IF`, a `CASE`, an exception handler, or a loop that may run zero times.
    pub conditional: bool,
    /// The loops it stands in, outermost first.
    pub loops: Vec<LoopFacts>,
    /// Came from `EXECUTE 'literal'`.
    pub execute: bool,
    /// The routine whose body it is; absent for a `DO` block.
    pub routine: Option<ObjectName>,
    /// The blocks with an `EXCEPTION` clause it stands in, outermost first (subtransactions: `COMMIT` fails there).
    pub guards: Vec<Guard>,
    /// The number of its statement among those of the body: the actions of one `ALTER TABLE` have the same. 0: not told.
    pub statement: usize,
}

impl RoutineFrame {
    /// The innermost loop, if it stands in one.
    pub fn in_loop(&self) -> Option<&LoopFacts> {
        self.loops.last()
    }
}

/// A block of procedural code with an `EXCEPTION` clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Which block of the body, counted as they are entered.
    pub number: usize,
    /// The SQLSTATE codes that its handlers take; `*` for all.
    pub conditions: Vec<Box<str>>,
}

impl Guard {
    /// Whether a handler of the block takes an error.
    pub fn catches(&self, sqlstate: &str) -> bool {
        self.conditions.iter().any(|condition| crate::sql::plpgsql::conditions::catches(condition, sqlstate))
    }
}

/// What is known of a loop in procedural code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoopFacts {
    /// Which loop of the body, from 1.
    pub number: usize,
    /// It commits between rounds.
    pub commits: bool,
    /// It sleeps between rounds.
    pub sleeps: bool,
    /// It changes data, and each round changes a bounded number of rows: by a `LIMIT`, by `VALUES`, or by a condition on
    /// the loop's variable.
    pub bounded: bool,
    /// The most rounds it makes, where that is known.
    pub rounds: Option<u64>,
}
