//! What the catalog holds.

use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::{
    ArgMode, FiringState, Generated, PartitionBound, PartitionStrategy, Persistence, PolicyClauses, ReferentialAction,
    ReplicaIdentity, RoutineBody, RoutineTraits, TriggerDetails, TriggerEvents, TriggerTiming, Volatility,
};
use crate::sql::{DataType, Ident, ObjectName};

/// When something came to be: in which migration, transaction and statement of the replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// 1-based number of the migration; 0 for what was there before the history.
    pub migration: u32,
    /// 1-based number of the transaction over the whole replay; 0 before it.
    pub transaction: u32,
    /// 1-based number of the statement over the whole replay; 0 before it.
    pub statement: u32,
}

impl Stamp {
    /// Before the history: introspected, or from a schema file.
    pub const BEFORE: Self = Self { migration: 0, transaction: 0, statement: 0 };

    /// After every history that was replayed before: what it left is not new.
    pub(crate) const AFTER_ANY_HISTORY: Self = Self { migration: 1 << 31, transaction: 1 << 31, statement: 1 << 31 };
}

/// Identifies a relation for as long as it lives, through renames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationId(pub u32);

/// Identifies a column within its table, through renames (the server's `attnum`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnId(pub u16);

/// Identifies a constraint over the whole catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConstraintId(pub u32);

/// Identifies a type over the whole catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

/// Identifies a routine over the whole catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoutineId(pub u32);

/// A table, index, view, sequence …
#[derive(Clone, Debug)]
pub struct Relation {
    /// Its identity.
    pub id: RelationId,
    /// Its schema.
    pub schema: Ident,
    /// Its name.
    pub name: Ident,
    /// When it was created.
    pub created: Stamp,
    /// Whether only its name is known: the history does not create it (a single file was checked), or a statement
    /// that was not understood mentions it.
    pub unknown: bool,
    /// What it is.
    pub kind: RelationKind,
    /// `COMMENT ON`.
    pub comment: Option<Box<str>>,
}

impl Relation {
    /// `schema.name`, unquoted.
    pub fn qualified(&self) -> String {
        [self.schema.as_str(), ".", self.name.as_str()].concat()
    }

    /// The name to write in a statement.
    pub fn object_name(&self) -> ObjectName {
        ObjectName { schema: Some(self.schema.clone()), name: self.name.clone() }
    }

    /// The table, if it is one (ordinary, partitioned, partition or foreign).
    pub fn table(&self) -> Option<&Table> {
        match &self.kind {
            RelationKind::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The index, if it is one.
    pub fn index(&self) -> Option<&Index> {
        match &self.kind {
            RelationKind::Index(index) => Some(index),
            _ => None,
        }
    }

    /// The view, if it is one, materialised or not.
    pub fn view(&self) -> Option<&View> {
        match &self.kind {
            RelationKind::View(view) => Some(view),
            _ => None,
        }
    }

    /// The sequence, if it is one.
    pub fn sequence(&self) -> Option<&Sequence> {
        match &self.kind {
            RelationKind::Sequence(sequence) => Some(sequence),
            _ => None,
        }
    }
}

/// What a relation is.
#[derive(Clone, Debug)]
pub enum RelationKind {
    /// A table: ordinary, partitioned, partition or foreign.
    Table(Box<Table>),
    /// An index.
    Index(Box<Index>),
    /// A view, materialised or not.
    View(Box<View>),
    /// A sequence.
    Sequence(Box<Sequence>),
    /// A composite type.
    Composite,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Permanent, unlogged, temporary.
    pub persistence: Persistence,
    /// Whether it is a foreign table.
    pub foreign: bool,
    /// Its columns in order; dropped ones are gone.
    pub columns: Vec<Column>,
    /// The last column's id.
    pub last_column: u16,
    /// Its constraints.
    pub constraints: Vec<Constraint>,
    /// Its indexes.
    pub indexes: Vec<RelationId>,
    /// Sequences that its columns own.
    pub sequences: Vec<RelationId>,
    /// Foreign keys of other tables (or its own) that reference it: the referencing table and the constraint.
    pub referenced_by: Vec<(RelationId, ConstraintId)>,
    /// If it is partitioned: how.
    pub partition_by: Option<Partitioning>,
    /// If it is a partition: of what, and which rows.
    pub partition_of: Option<(RelationId, PartitionBound)>,
    /// Parents by `INHERITS`.
    pub inherits: Vec<RelationId>,
    /// Direct children: partitions and inheriting tables.
    pub children: Vec<RelationId>,
    /// A partition whose `DETACH CONCURRENTLY` has not been finalised.
    pub detach_pending: Option<RelationId>,
    /// Its triggers.
    pub triggers: Vec<Trigger>,
    /// Names of its rules.
    pub rules: Vec<(Ident, FiringState)>,
    /// What its rules read, by their names.
    pub rule_reads: Vec<(Ident, Dependency)>,
    /// Its policies.
    pub policies: Vec<Policy>,
    /// Row level security enabled.
    pub row_security: bool,
    /// Row level security forced on the owner.
    pub force_row_security: bool,
    /// What identifies rows for logical replication.
    pub replica_identity: ReplicaIdentity,
    /// Storage parameters.
    pub options: Vec<(Box<str>, Box<str>)>,
    /// Its tablespace, if not the default one.
    pub tablespace: Option<Ident>,
    /// Its table access method, if not the default one.
    pub access_method: Option<Ident>,
    /// The type of `OF type`.
    pub of_type: Option<ObjectName>,
    /// When it last got rows by a statement of the replay (`INSERT`, `COPY`), for a table the history created.
    pub filled: Option<Stamp>,
    /// When `TRUNCATE` last took all of its rows.
    pub emptied: Option<Stamp>,
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == *name)
    }

    /// The column of this id.
    pub fn column_by_id(&self, id: ColumnId) -> Option<&Column> {
        self.columns.iter().find(|c| c.id == id)
    }

    /// The constraint of this name.
    pub fn constraint(&self, name: &str) -> Option<&Constraint> {
        self.constraints.iter().find(|c| c.name == *name)
    }

    /// The primary key.
    pub fn primary_key(&self) -> Option<&Constraint> {
        self.constraints.iter().find(|c| matches!(c.kind, ConstraintKind::Unique { primary: true, .. }))
    }

    /// Whether it is partitioned.
    pub fn is_partitioned(&self) -> bool {
        self.partition_by.is_some()
    }
}

/// How a partitioned table assigns rows.
#[derive(Clone, Debug)]
pub struct Partitioning {
    /// By range, list or hash.
    pub strategy: PartitionStrategy,
    /// The key: columns or expressions.
    pub key: Vec<Expression>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its identity within the table.
    pub id: ColumnId,
    /// Its name.
    pub name: Ident,
    /// Its type: built-in, or with the schema it was found in.
    pub data_type: DataType,
    /// Its collation, if not the type's default.
    pub collation: Option<Box<ObjectName>>,
    /// NOT NULL and known to hold for every row (a PostgreSQL 18 `NOT VALID` not-null constraint leaves this false).
    pub not_null: bool,
    /// `DEFAULT`.
    pub default: Option<Box<Expression>>,
    /// A generated column.
    pub generated: Option<Box<Generated>>,
    /// An identity column: `ALWAYS` or not.
    pub identity: Option<bool>,
    /// The sequence behind `serial` or identity.
    pub sequence: Option<RelationId>,
    /// How its values are stored, in lower case, if not as those of its type usually are.
    pub storage: Option<Box<Ident>>,
    /// How its values are compressed, if not by the server's default.
    pub compression: Option<Box<Ident>>,
    /// When it was added.
    pub created: Stamp,
    /// How many parents it comes from.
    pub inherited: u16,
    /// Whether the table itself defines it.
    pub local: bool,
    /// `COMMENT ON`.
    pub comment: Option<Box<str>>,
}

/// A constraint of a table.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// Its identity.
    pub id: ConstraintId,
    /// Its name.
    pub name: Ident,
    /// What it demands.
    pub kind: ConstraintKind,
    /// Whether existing rows were verified.
    pub valid: bool,
    /// Whether it is enforced (PostgreSQL 18 can say no).
    pub enforced: bool,
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// `NO INHERIT`.
    pub no_inherit: bool,
    /// How many parents it comes from.
    pub inherited: u16,
    /// Whether the table itself defines it.
    pub local: bool,
    /// The constraint it was made for: of a key or foreign key of a partitioned table, that of each partition; of a
    /// foreign key that references a partitioned table, that for each partition of it.
    pub parent: Option<ConstraintId>,
    /// When it was added.
    pub created: Stamp,
    /// `COMMENT ON`.
    pub comment: Option<Box<str>>,
}

/// What a constraint demands.
#[derive(Clone, Debug)]
pub enum ConstraintKind {
    /// `NOT NULL` as a constraint of its own (PostgreSQL 18 keeps one for each NOT NULL column; before that, none).
    NotNull {
        /// The column.
        column: ColumnId,
    },
    /// `CHECK`.
    Check {
        /// The condition.
        expression: Expression,
        /// The columns it mentions.
        columns: Vec<ColumnId>,
    },
    /// `UNIQUE`, `PRIMARY KEY`.
    Unique {
        /// `PRIMARY KEY`.
        primary: bool,
        /// The key.
        columns: Vec<ColumnId>,
        /// The index behind it.
        index: RelationId,
    },
    /// `FOREIGN KEY`.
    ForeignKey(ForeignKey),
    /// `EXCLUDE`.
    Exclude {
        /// The index behind it.
        index: RelationId,
        /// Its operators, one per element.
        operators: Vec<Box<str>>,
    },
}

/// A foreign key.
#[derive(Clone, Debug)]
pub struct ForeignKey {
    /// The referencing columns.
    pub columns: Vec<ColumnId>,
    /// The referenced table.
    pub table: RelationId,
    /// The referenced columns.
    pub referenced: Vec<ColumnId>,
    /// The unique index that it relies on, if the referenced table is known.
    pub index: Option<RelationId>,
    /// `ON DELETE`.
    pub on_delete: ReferentialAction,
    /// `ON UPDATE`.
    pub on_update: ReferentialAction,
    /// `MATCH FULL`.
    pub match_full: bool,
    /// Columns of `ON DELETE SET NULL (…)`.
    pub set_columns: Vec<ColumnId>,
}

/// An index.
#[derive(Clone, Debug)]
pub struct Index {
    /// Its table (or materialised view).
    pub table: RelationId,
    /// The access method: `btree`, `gin` …
    pub method: Ident,
    /// Whether it is unique.
    pub unique: bool,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// The key.
    pub keys: Vec<IndexKey>,
    /// `INCLUDE`.
    pub include: Vec<ColumnId>,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// What its key and `INCLUDE` columns were called when it was made; names that the server generates are made of
    /// these.
    pub column_names: Vec<Ident>,
    /// The constraint it backs.
    pub constraint: Option<ConstraintId>,
    /// Whether queries may use it (a parent made `ON ONLY` is invalid until every partition is attached).
    pub valid: bool,
    /// The partitioned index it belongs to.
    pub parent: Option<RelationId>,
    /// The indexes of partitions that belong to it.
    pub children: Vec<RelationId>,
    /// `CLUSTER ON`.
    pub clustered: bool,
    /// Storage parameters.
    pub options: Vec<(Box<str>, Box<str>)>,
    /// Its tablespace, if not the default one.
    pub tablespace: Option<Ident>,
}

/// One element of an index key.
#[derive(Clone, Debug)]
pub struct IndexKey {
    /// The column, unless it is an expression.
    pub column: Option<ColumnId>,
    /// The expression, unless it is a column.
    pub expression: Option<Expression>,
    /// The columns an expression mentions.
    pub columns: Vec<ColumnId>,
    /// A collation of its own.
    pub collation: Option<ObjectName>,
    /// An operator class of its own.
    pub operator_class: Option<ObjectName>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`, the default for `DESC`.
    pub nulls_first: bool,
}

/// A view, materialised or not.
#[derive(Clone, Debug)]
pub struct View {
    /// Whether it is materialised.
    pub materialized: bool,
    /// Whether a materialised view holds its rows.
    pub populated: bool,
    /// Temporary or not.
    pub persistence: Persistence,
    /// Output columns, as far as they are known, with the column each comes straight from.
    pub columns: Vec<ViewColumn>,
    /// Whether these are all columns, by their right names.
    pub complete: bool,
    /// The query's text.
    pub sql: Box<str>,
    /// What it reads.
    pub depends_on: Vec<Dependency>,
    /// Routines it calls.
    pub routines: Vec<RoutineId>,
    /// Types it casts to.
    pub types: Vec<TypeId>,
    /// Indexes of a materialised view.
    pub indexes: Vec<RelationId>,
    /// Triggers (`INSTEAD OF`).
    pub triggers: Vec<Trigger>,
    /// Rules besides its own.
    pub rules: Vec<(Ident, FiringState)>,
    /// What these read, by their names.
    pub rule_reads: Vec<(Ident, Dependency)>,
    /// `security_invoker` …
    pub options: Vec<(Box<str>, Box<str>)>,
}

/// An output column of a view.
#[derive(Clone, Debug)]
pub struct ViewColumn {
    /// Its name.
    pub name: Ident,
    /// Its type, where it is a plain column or a cast.
    pub data_type: Option<DataType>,
}

/// What a view needs of a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The relation.
    pub relation: RelationId,
    /// The columns it names; `*` counts as all that were there.
    pub columns: Vec<ColumnId>,
}

/// A sequence.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// `int2`, `int4`, `int8`.
    pub data_type: DataType,
    /// The column that owns it.
    pub owned_by: Option<(RelationId, ColumnId)>,
    /// Whether it is an identity column's own.
    pub identity: bool,
    /// Temporary or not.
    pub persistence: Persistence,
    /// Lowest and highest value, where written.
    pub bounds: (Option<i64>, Option<i64>),
    /// Increment.
    pub increment: i64,
    /// Start value, where written.
    pub start: Option<i64>,
    /// How many values a session takes at once.
    pub cache: i64,
    /// Whether it starts again at its end.
    pub cycle: bool,
}

/// A trigger.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// Its name.
    pub name: Ident,
    /// When it fires.
    pub timing: TriggerTiming,
    /// For what.
    pub events: TriggerEvents,
    /// `FOR EACH ROW`.
    pub for_each_row: bool,
    /// Columns of `UPDATE OF`.
    pub columns: Vec<ColumnId>,
    /// The function, if the history creates it.
    pub routine: Option<RoutineId>,
    /// The function's name.
    pub function: ObjectName,
    /// Whether it is a constraint trigger.
    pub constraint: bool,
    /// Enabled, disabled …
    pub state: FiringState,
    /// Columns mentioned in `WHEN`.
    pub when: Option<Expression>,
    /// `FROM table` of a constraint trigger.
    pub from: Option<RelationId>,
    /// Arguments, transition tables, whether it can be deferred.
    pub details: TriggerDetails,
    /// Its number in the order in which things were created.
    pub number: u32,
}

/// A policy of row level security.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its name.
    pub name: Ident,
    /// What it was created as.
    pub clauses: PolicyClauses,
    /// What its conditions read, the table's own columns too.
    pub reads: Vec<Dependency>,
    /// Routines that its conditions call.
    pub routines: Vec<RoutineId>,
    /// Types that its conditions cast to.
    pub types: Vec<TypeId>,
    /// Its number in the order in which things were created.
    pub number: u32,
}

/// An extension that is installed.
#[derive(Clone, Debug)]
pub struct Extension {
    /// When it was installed.
    pub created: Stamp,
    /// The schema of its objects, where written.
    pub schema: Option<Ident>,
}

/// A type that the history defines.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Its identity.
    pub id: TypeId,
    /// Its schema.
    pub schema: Ident,
    /// Its name.
    pub name: Ident,
    /// When it was created.
    pub created: Stamp,
    /// What it is.
    pub kind: TypeDefKind,
}

/// What a user-defined type is.
#[derive(Clone, Debug)]
pub enum TypeDefKind {
    /// An enum: its labels in order, each with when it was added.
    Enum(Vec<(Box<str>, Stamp)>),
    /// A domain.
    Domain(DomainDef),
    /// A composite type: attributes; its relation.
    Composite(Vec<(Ident, DataType)>),
    /// A range over a subtype.
    Range(Option<DataType>),
    /// A base or shell type.
    Base,
}

/// A domain.
#[derive(Clone, Debug)]
pub struct DomainDef {
    /// Its base type.
    pub base: DataType,
    /// Its collation, if not the base type's.
    pub collation: Option<ObjectName>,
    /// NOT NULL.
    pub not_null: bool,
    /// `DEFAULT`.
    pub default: Option<Expression>,
    /// Checks: name, condition, whether valid.
    pub checks: Vec<(Ident, Expression, bool)>,
}

/// `CREATE STATISTICS`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtendedStatistics {
    /// The table.
    pub table: RelationId,
    /// The columns that are named, alone or in an expression.
    pub columns: Vec<ColumnId>,
    /// What is computed: `ndistinct`, `dependencies`, `mcv`; empty for all.
    pub kinds: Vec<Ident>,
    /// What it is about, in order.
    pub keys: Vec<StatisticsKey>,
    /// The statement that made it.
    pub sql: Box<str>,
}

/// One of the things that extended statistics are about.
#[derive(Clone, Debug, PartialEq)]
pub enum StatisticsKey {
    /// A column.
    Column(ColumnId),
    /// An expression.
    Expression(Expression),
}

/// A function or procedure that the history defines.
#[derive(Clone, Debug)]
pub struct Routine {
    /// Its identity.
    pub id: RoutineId,
    /// Its schema.
    pub schema: Ident,
    /// Its name.
    pub name: Ident,
    /// Its arguments: name, type, direction, whether there is a default.
    pub args: Vec<(Option<Ident>, DataType, ArgMode, bool)>,
    /// What it returns.
    pub returns: Option<DataType>,
    /// `RETURNS SETOF` or `TABLE`.
    pub returns_set: bool,
    /// Whether it is a procedure.
    pub procedure: bool,
    /// Its language.
    pub language: Ident,
    /// Its volatility.
    pub volatility: Volatility,
    /// `STRICT`.
    pub strict: bool,
    /// How it may be planned and run.
    pub traits: RoutineTraits,
    /// The defaults of those of its arguments that have one.
    pub defaults: Vec<Expression>,
    /// `SET` clauses; the value is empty for `FROM CURRENT`.
    pub settings: Vec<(Box<str>, Box<str>)>,
    /// Its body, and the index of the source file it stands in.
    pub body: Option<RoutineBody>,
    /// What a body reads that is not a string (`BEGIN ATOMIC`, `RETURN`).
    pub reads: Vec<Dependency>,
    /// What it was created as, behind its name.
    pub definition: Box<str>,
    /// What `ALTER` changed since then.
    pub altered: Vec<Box<str>>,
    /// What an SQL function computes, if the planner puts that in the place of a call.
    pub inline: Option<Box<Expr>>,
    /// When it was created (or last replaced).
    pub created: Stamp,
}
