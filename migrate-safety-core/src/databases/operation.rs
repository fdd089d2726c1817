//! What a statement of MySQL, MariaDB or SQLite does. The grammars feed it, everything else reads it.
//!
//! One statement is one operation: all actions of an `ALTER TABLE` together decide how the server goes about it.

use super::name::{Name, ObjectName};
use crate::sql::Span;

/// What a statement does. Names are as written.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the fields are named as in the servers' grammars
pub enum Operation {
    // Tables
    /// `CREATE TABLE`, `CREATE TABLE … LIKE`, `CREATE TABLE … AS SELECT`, `CREATE VIRTUAL TABLE`.
    CreateTable(Box<CreateTable>),
    /// `DROP TABLE`.
    DropTable { tables: Vec<ObjectName>, if_exists: bool, temporary: bool },
    /// `RENAME TABLE a TO b, c TO d` (MySQL). SQLite's `ALTER TABLE … RENAME TO` is an action.
    RenameTable { renames: Vec<(ObjectName, ObjectName)> },
    /// `ALTER TABLE`.
    AlterTable(Box<AlterTable>),
    /// `TRUNCATE`.
    Truncate { table: ObjectName },

    // Indexes
    /// `CREATE INDEX`.
    CreateIndex(Box<CreateIndex>),
    /// `DROP INDEX`; MySQL's names its table.
    DropIndex { index: ObjectName, table: Option<ObjectName>, if_exists: bool, online: Online },

    // Views, triggers, routines
    /// `CREATE VIEW`, `ALTER VIEW`.
    CreateView(Box<CreateView>),
    /// `DROP VIEW`.
    DropView { views: Vec<ObjectName>, if_exists: bool },
    /// `CREATE TRIGGER`.
    CreateTrigger(Box<CreateTrigger>),
    /// `DROP TRIGGER`.
    DropTrigger { trigger: ObjectName, if_exists: bool },
    /// `CREATE`, `ALTER` or `DROP` of what holds no rows and that no table depends on: routines, events, users, roles,
    /// sequences, servers, databases.
    Object { verb: Verb, kind: ObjectKind, name: Option<ObjectName>, if_exists: bool },

    // Data
    /// `INSERT`, `REPLACE`.
    Insert(Box<Insert>),
    /// `UPDATE`.
    Update(Box<Update>),
    /// `DELETE`.
    Delete(Box<Delete>),
    /// `SELECT`, `VALUES`, `TABLE`, `EXPLAIN`, `SHOW`.
    Select(Box<Query>),
    /// `LOAD DATA`.
    LoadData { table: ObjectName },
    /// `CALL`, `DO`, `EXECUTE`, with the names that what it runs may mention.
    Call { routine: Option<ObjectName>, mentions: Vec<Name> },

    // Session and maintenance
    /// `BEGIN`, `COMMIT` …
    Transaction(Transaction),
    /// `LOCK TABLES a WRITE, b READ`.
    LockTables { write: Vec<ObjectName>, read: Vec<ObjectName> },
    /// `UNLOCK TABLES`.
    UnlockTables,
    /// `SET name = value, …` (MySQL), `PRAGMA name = value` (SQLite): names in lower case, without `@@session.`.
    Set { scope: SettingScope, settings: Vec<(Box<str>, Option<Box<str>>)> },
    /// `USE database`.
    Use { database: Name },
    /// `VACUUM`, `OPTIMIZE TABLE`, `REINDEX`, `ANALYZE`, `REPAIR`, `CHECK TABLE`; no table for all of them.
    Maintain { command: Maintenance, tables: Vec<ObjectName>, into_file: bool },
    /// `GRANT`, `REVOKE`.
    Grant { revoke: bool },
    /// `ATTACH`, `DETACH` (SQLite).
    Attach { detach: bool },
    /// Anything else that the server knows and that touches no table: `FLUSH`, `KILL`, `PREPARE` of what is read, …
    Other { words: Box<str> },
    /// What could not be read, with the names it mentions.
    Opaque { mentions: Vec<Name> },
}

/// `CREATE TABLE`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateTable {
    /// The table.
    pub name: Option<ObjectName>,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE` (MariaDB).
    pub or_replace: bool,
    /// Its columns.
    pub columns: Vec<ColumnDef>,
    /// Its indexes and keys, those written at a column included.
    pub indexes: Vec<IndexDef>,
    /// Its foreign keys, those written at a column included (MySQL ignores these before 9.0).
    pub foreign_keys: Vec<ForeignKeyDef>,
    /// Its checks, those written at a column included.
    pub checks: Vec<CheckDef>,
    /// Table options.
    pub options: TableOptions,
    /// `LIKE`.
    pub like: Option<ObjectName>,
    /// `AS SELECT`.
    pub query: Option<Query>,
    /// `CREATE VIRTUAL TABLE … USING module` (SQLite).
    pub module: Option<Name>,
    /// `PARTITION BY`.
    pub partitioned: bool,
}

/// A column as written.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDef {
    /// The column.
    pub name: Name,
    /// Its type.
    pub data_type: DataType,
    /// `NOT NULL` (true), `NULL` (false), neither.
    pub not_null: Option<bool>,
    /// `DEFAULT`.
    pub default: Option<Expression>,
    /// `GENERATED ALWAYS AS`.
    pub generated: Option<Generated>,
    /// `AUTO_INCREMENT`, `AUTOINCREMENT`.
    pub auto_increment: bool,
    /// `ON UPDATE CURRENT_TIMESTAMP`.
    pub on_update: bool,
    /// `CHARACTER SET`.
    pub charset: Option<Name>,
    /// `COLLATE`.
    pub collation: Option<Name>,
    /// `INVISIBLE`.
    pub invisible: bool,
    /// `COMMENT`.
    pub comment: Option<Box<str>>,
    /// What is done with a row that has NULL in it although it is NOT NULL (SQLite): `ignore`, `replace` …
    pub on_null: Option<Box<str>>,
    /// Where it stands.
    pub span: Span,
}

impl ColumnDef {
    /// A column of which nothing is written but its type.
    pub(super) fn new(name: Name, data_type: DataType, span: Span) -> Self {
        Self {
            name,
            data_type,
            not_null: None,
            default: None,
            generated: None,
            auto_increment: false,
            on_update: false,
            charset: None,
            collation: None,
            invisible: false,
            comment: None,
            on_null: None,
            span,
        }
    }
}

/// The collation of a column whose type has the word `BINARY` behind it (MySQL): the binary one of whatever character set it
/// has.
pub const BINARY: &str = "_bin";

/// A type as written: `int(11) unsigned`, `enum('a','b')`, `varchar(50)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataType {
    /// Its name in lower case, single spaces: `int`, `double precision`, `varchar`; empty where SQLite is told none.
    pub name: Box<str>,
    /// What stands in parentheses: numbers as written, values of `ENUM` and `SET` without quotes.
    pub arguments: Vec<Box<str>>,
    /// `UNSIGNED` (`ZEROFILL` too).
    pub unsigned: bool,
}

#[cfg(any(feature = "plan", feature = "live"))]
impl DataType {
    /// How values are compared where MySQL's own `<=>` says that different ones are the same: texts but for case, and what is
    /// rounded when it is written.
    pub(crate) fn compared_as(&self) -> Option<String> {
        let arguments = match self.arguments.len() {
            0 => String::new(),
            _ => format!("({})", self.arguments.join(", ")),
        };
        match &*self.name {
            "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set" => {
                Some("CAST(CONVERT($ USING utf8mb4) AS BINARY)".to_owned())
            }
            "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "boolean" | "bool" => {
                Some(format!("CAST($ AS {})", if self.unsigned { "UNSIGNED" } else { "SIGNED" }))
            }
            "decimal" | "numeric" => Some(format!("CAST($ AS DECIMAL{arguments})")),
            "datetime" | "timestamp" => Some(format!("CAST($ AS DATETIME{arguments})")),
            "date" => Some("CAST($ AS DATE)".to_owned()),
            "time" => Some(format!("CAST($ AS TIME{arguments})")),
            _ => None,
        }
    }
}

/// `GENERATED ALWAYS AS (expression)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// What is computed.
    pub expression: Expression,
    /// `STORED` (MariaDB: `PERSISTENT`); else it is computed when read.
    pub stored: bool,
}

/// An index or key as written.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexDef {
    /// Its name; else the server makes one.
    pub name: Option<Name>,
    /// What sort.
    pub kind: IndexKind,
    /// Its key.
    pub parts: Vec<IndexPart>,
    /// `WHERE` (SQLite).
    pub predicate: Option<Expression>,
    /// `INVISIBLE`, `IGNORED`.
    pub invisible: bool,
    /// `ON CONFLICT` (SQLite).
    pub on_conflict: Option<Box<str>>,
    /// Made by the server for a foreign key: it goes when another can stand for it (MySQL).
    pub implied: bool,
}

/// What sort of index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum IndexKind {
    Primary,
    Unique,
    #[default]
    Plain,
    FullText,
    Spatial,
    Vector,
}

/// A part of an index key.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexPart {
    /// The column, or what is computed.
    pub key: IndexKey,
    /// `(10)`: so many characters of it.
    pub length: Option<u32>,
    /// `DESC`.
    pub descending: bool,
    /// `COLLATE` (SQLite).
    pub collation: Option<Name>,
}

/// What an index is sorted by.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum IndexKey {
    Column(Name),
    Expression(Expression),
}

/// A foreign key as written.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignKeyDef {
    /// Its name; else the server makes one.
    pub name: Option<Name>,
    /// The referencing columns.
    pub columns: Vec<Name>,
    /// The referenced table.
    pub table: ObjectName,
    /// The referenced columns; empty for its primary key (SQLite).
    pub referenced: Vec<Name>,
    /// `ON DELETE`.
    pub on_delete: ReferentialAction,
    /// `ON UPDATE`.
    pub on_update: ReferentialAction,
    /// `DEFERRABLE INITIALLY DEFERRED` (SQLite).
    pub deferred: bool,
    /// Written behind a column.
    pub at_column: bool,
}

pub use crate::sql::operation::ReferentialAction;

/// A check as written.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckDef {
    /// Its name; else the server makes one.
    pub name: Option<Name>,
    /// What it demands.
    pub expression: Expression,
    /// Unless `NOT ENFORCED`.
    pub enforced: bool,
    /// The column behind which it is written.
    pub at_column: Option<Name>,
}

/// Options of a table; absent ones are not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct TableOptions {
    pub engine: Option<Name>,
    pub charset: Option<Name>,
    pub collation: Option<Name>,
    pub row_format: Option<Name>,
    pub auto_increment: Option<u64>,
    pub comment: Option<Box<str>>,
    /// SQLite.
    pub strict: bool,
    /// SQLite.
    pub without_rowid: bool,
    /// `WITH SYSTEM VERSIONING` (MariaDB).
    pub system_versioned: bool,
    /// The others, by lower-case name: `key_block_size`, `encryption`, `compression`, `tablespace` …
    pub others: Vec<(Box<str>, Box<str>)>,
}

/// `ALTER TABLE`.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterTable {
    /// The table.
    pub table: ObjectName,
    /// `IF EXISTS` (MariaDB).
    pub if_exists: bool,
    /// What is done, in order.
    pub actions: Vec<Action>,
    /// `ALGORITHM`, `LOCK`.
    pub online: Online,
}

impl Operation {
    /// How it is to be gone about, where that can be written.
    pub fn online(&self) -> Option<Online> {
        match self {
            Self::AlterTable(alter) => Some(alter.online),
            Self::CreateIndex(create) => Some(create.online),
            Self::DropIndex { online, .. } => Some(*online),
            _ => None,
        }
    }

    #[cfg(feature = "mysql")]
    pub(crate) fn online_mut(&mut self) -> Option<&mut Online> {
        match self {
            Self::AlterTable(alter) => Some(&mut alter.online),
            Self::CreateIndex(create) => Some(&mut create.online),
            Self::DropIndex { online, .. } => Some(online),
            _ => None,
        }
    }
}

/// `ALGORITHM = …`, `LOCK = …`: absent ones are not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Online {
    pub algorithm: Option<Algorithm>,
    pub lock: Option<Lock>,
    /// `WAIT n`, `NOWAIT` (MariaDB): seconds.
    pub wait: Option<u32>,
}

/// How a server changes a table, cheapest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Algorithm {
    /// In the dictionary alone.
    Instant,
    /// Without writing the table anew (MariaDB's word; MySQL says INPLACE).
    NoCopy,
    /// In the storage engine.
    InPlace,
    /// Row by row into a new table.
    Copy,
}

/// What others may do meanwhile, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Lock {
    /// Read and write.
    None,
    /// Read.
    Shared,
    /// Nothing.
    Exclusive,
}

/// An action of `ALTER TABLE`, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// What is done.
    pub kind: ActionKind,
    /// Where it stands.
    pub span: Span,
}

/// What one action of `ALTER TABLE` does.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum ActionKind {
    /// `ADD [COLUMN]`; the keys, checks and foreign keys written behind it are actions of their own.
    AddColumn {
        column: Box<ColumnDef>,
        position: Option<Position>,
        if_not_exists: bool,
    },
    DropColumn {
        column: Name,
        if_exists: bool,
    },
    /// `CHANGE old new …`, `MODIFY column …`: the whole definition.
    Modify {
        column: Name,
        to: Box<ColumnDef>,
        position: Option<Position>,
        if_exists: bool,
    },
    RenameColumn {
        column: Name,
        to: Name,
    },
    /// `ALTER COLUMN … SET DEFAULT`; none: `DROP DEFAULT`.
    SetDefault {
        column: Name,
        default: Option<Expression>,
    },
    /// `ALTER COLUMN … SET NOT NULL`, `DROP NOT NULL` (SQLite 3.53).
    SetNotNull {
        column: Name,
        not_null: bool,
    },
    /// `ALTER COLUMN … SET VISIBLE / INVISIBLE`.
    SetColumnVisible {
        column: Name,
        visible: bool,
    },
    AddIndex {
        index: IndexDef,
        if_not_exists: bool,
    },
    DropIndex {
        index: Name,
        if_exists: bool,
    },
    DropPrimaryKey,
    RenameIndex {
        index: Name,
        to: Name,
    },
    /// `ALTER INDEX … VISIBLE / INVISIBLE`, `IGNORED`.
    SetIndexVisible {
        index: Name,
        visible: bool,
    },
    AddForeignKey {
        foreign_key: ForeignKeyDef,
        if_not_exists: bool,
    },
    DropForeignKey {
        name: Name,
        if_exists: bool,
    },
    AddCheck {
        check: CheckDef,
    },
    /// `DROP CHECK`, `DROP CONSTRAINT`: a check, a key or a foreign key of that name.
    DropConstraint {
        name: Name,
        if_exists: bool,
    },
    /// `ALTER CHECK … [NOT] ENFORCED`.
    EnforceCheck {
        name: Name,
        enforced: bool,
    },
    Rename {
        to: ObjectName,
    },
    /// Table options: `ENGINE = …`, `COMMENT = …`.
    Options(TableOptions),
    /// `CONVERT TO CHARACTER SET`.
    Convert {
        charset: Name,
        collation: Option<Name>,
    },
    /// `FORCE`.
    Force,
    /// `ORDER BY`.
    OrderBy,
    /// `DISABLE KEYS`, `ENABLE KEYS`.
    Keys {
        enable: bool,
    },
    /// `DISCARD TABLESPACE`, `IMPORT TABLESPACE`.
    Tablespace {
        discard: bool,
    },
    /// `PARTITION BY`, `REMOVE PARTITIONING`, `ADD / DROP / TRUNCATE / REORGANIZE … PARTITION`.
    Partition(PartitionAction),
    /// `ADD / DROP SYSTEM VERSIONING` (MariaDB).
    SystemVersioning {
        add: bool,
    },
    /// `WITH VALIDATION`, `WITHOUT VALIDATION`.
    Validation {
        with: bool,
    },
    /// What could not be read.
    Opaque {
        sql: Box<str>,
    },
}

/// Where a column goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Position {
    First,
    After(Name),
}

/// What is done with partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PartitionAction {
    By,
    Remove,
    Add,
    /// `ADD PARTITION PARTITIONS n`: rows go to other partitions.
    Spread,
    Drop,
    Truncate,
    Coalesce,
    Reorganize,
    Exchange,
    Rebuild,
    Analyze,
    Check,
    Optimize,
    Repair,
    Discard,
    Import,
}

/// `CREATE INDEX`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateIndex {
    /// The table.
    pub table: ObjectName,
    /// The index.
    pub index: IndexDef,
    /// The database its name is qualified with (SQLite).
    pub database: Option<Name>,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE` (MariaDB).
    pub or_replace: bool,
    /// `ALGORITHM`, `LOCK`.
    pub online: Online,
}

/// `CREATE VIEW`, `ALTER VIEW`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateView {
    /// The view.
    pub name: ObjectName,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE`, `ALTER VIEW`.
    pub replace: bool,
    /// Names of its columns, if written.
    pub columns: Vec<Name>,
    /// What it shows.
    pub query: Query,
}

/// `CREATE TRIGGER`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTrigger {
    /// The trigger.
    pub name: ObjectName,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE` (MariaDB).
    pub or_replace: bool,
    /// `TEMPORARY` (SQLite).
    pub temporary: bool,
    /// The table.
    pub table: ObjectName,
    /// `INSTEAD OF` (SQLite).
    pub instead_of: bool,
    /// `BEFORE`; else after.
    pub before: bool,
    /// On which change.
    pub event: Verb,
    /// The columns of `UPDATE OF`.
    pub columns: Vec<Name>,
    /// Its `WHEN` and its body.
    pub body: Expression,
}

/// What is done with an object or with rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Verb {
    Create,
    Alter,
    Drop,
    Rename,
    Insert,
    Update,
    Delete,
}

/// Objects that hold no rows and that no table depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ObjectKind {
    Database,
    Function,
    Procedure,
    Package,
    Event,
    Sequence,
    Server,
    Tablespace,
    User,
    Role,
    Other,
}

/// `INSERT`, `REPLACE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// The table.
    pub table: ObjectName,
    /// The columns, if written.
    pub columns: Vec<Name>,
    /// `REPLACE`, `INSERT OR REPLACE`: rows with the same key are deleted.
    pub replace: bool,
    /// `IGNORE`, `OR IGNORE`, `ON CONFLICT DO NOTHING`.
    pub ignore: bool,
    /// `ON DUPLICATE KEY UPDATE`, `ON CONFLICT … DO UPDATE`.
    pub on_duplicate_update: bool,
    /// Rows of `VALUES`; absent where they come from a query.
    pub rows: Option<usize>,
    /// The query they come from, or one over the values.
    pub source: Query,
    /// Common table expressions before it.
    pub with: Vec<Query>,
}

/// `UPDATE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// The tables that may be changed: one, or those of a join (MySQL).
    pub tables: Vec<ObjectName>,
    /// The columns set, with the table before each, if one is written, and what they are set to.
    pub assignments: Vec<(Option<Name>, Name, Expression)>,
    /// `WHERE`.
    pub filter: Option<Expression>,
    /// Other tables that are read: `FROM`, joins, subqueries.
    pub reads: Vec<ObjectName>,
    /// `ORDER BY`.
    pub ordered: bool,
    /// `LIMIT`.
    pub limit: Option<Limit>,
}

/// `DELETE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// The tables whose rows go.
    pub tables: Vec<ObjectName>,
    /// `WHERE`.
    pub filter: Option<Expression>,
    /// Other tables that are read.
    pub reads: Vec<ObjectName>,
    /// `ORDER BY`.
    pub ordered: bool,
    /// `LIMIT`.
    pub limit: Option<Limit>,
}

/// `LIMIT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many rows, where it is a number.
    pub rows: Option<u64>,
    /// Whether rows are skipped (`OFFSET`).
    pub offset: bool,
}

/// A query, as far as anybody looks into it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The text.
    pub sql: Box<str>,
    /// The tables and views it reads, those of subqueries and common table expressions included.
    pub reads: Vec<ObjectName>,
    /// Every name in it that may be a column, each once, with the table before its dot: aliases are resolved.
    pub columns: Vec<(Option<Name>, Name)>,
    /// Whether its output has a `*`.
    pub star: bool,
    /// The names of its output columns, as far as they are plain columns or have an alias; of the first `SELECT`.
    pub output: Vec<Option<Name>>,
    /// `FOR UPDATE`, `FOR SHARE`, `LOCK IN SHARE MODE`.
    pub locks_rows: bool,
}

#[cfg(feature = "sqlite")]
impl Query {
    /// The text before its first condition: a column that is named only behind it is not in the output.
    pub(crate) fn output_text(&self) -> &str {
        let at = self.word_at(&["where"]).unwrap_or(self.sql.len());
        self.sql.get(..at).unwrap_or_default()
    }

    /// Whether it has neither a condition nor a limit.
    pub(crate) fn is_whole(&self) -> bool {
        self.word_at(&["where", "limit", "having"]).is_none()
    }

    /// Where the first of these words stands.
    fn word_at(&self, words: &[&str]) -> Option<usize> {
        let mut at = 0;
        self.sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').find_map(|word| {
            let here = at;
            at += word.len();
            at += self.sql.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            words.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)).then_some(here)
        })
    }
}

/// An expression, as far as anybody looks into it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expression {
    /// The text.
    pub sql: Box<str>,
    /// Every name in it that may be a column, each once, with the table before its dot: aliases are resolved, but for
    /// the aliases of subqueries.
    pub columns: Vec<(Option<Name>, Name)>,
    /// The functions it calls, in lower case; `current_timestamp` and the like too.
    pub calls: Vec<Box<str>>,
    /// The tables that subqueries in it read.
    pub reads: Vec<ObjectName>,
    /// What is demanded of single columns, of the conditions joined by `AND` on its top level.
    pub conditions: Vec<Condition>,
    /// The value, where it is a constant.
    pub constant: Option<Constant>,
}

/// A condition on one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The table before the column, if one is written.
    pub qualifier: Option<Name>,
    /// The column.
    pub column: Name,
    /// How it is compared.
    pub test: Test,
}

/// How a column is compared, with what is the same for all rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Test {
    Equal,
    /// `IN` with so many constants.
    In(usize),
    /// `<`, `<=`.
    Below,
    /// `>`, `>=`.
    Above,
    /// `BETWEEN`.
    Between,
    IsNull,
    IsNotNull,
    /// Anything else, or with what differs from row to row.
    Other,
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Constant {
    Null,
    /// As written, with a leading minus.
    Number(Box<str>),
    /// Unescaped.
    String(Box<str>),
    Bool(bool),
    /// `x'…'`, `b'…'`.
    Bits,
}

/// Transaction control.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Transaction {
    /// `BEGIN`, `START TRANSACTION`.
    Begin {
        /// SQLite's `IMMEDIATE` or `EXCLUSIVE`.
        immediate: bool,
    },
    Commit,
    Rollback,
    Savepoint(Name),
    Release(Name),
    RollbackTo(Name),
    /// `SET TRANSACTION …`, `XA …`.
    Other,
}

/// For whom a setting is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SettingScope {
    Session,
    Global,
    /// `SET @variable`, `SET NAMES`, a `PRAGMA` that only asks.
    Neither,
}

/// Work on tables as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Maintenance {
    Vacuum,
    Optimize,
    Reindex,
    Analyze,
    Repair,
    Check,
}
