//! Why a backfill cannot be done as it is described.

/// A backfill that is refused before it touches a row. Each message ends with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBackfill {
    /// Another server than PostgreSQL.
    #[error("backfills run on PostgreSQL; for {0}, write the batches by hand")]
    Dialect(String),
    /// A copy into another table, elsewhere.
    #[error(
        "copies into another table and deletions run on PostgreSQL; for {0}, set columns of the table itself, or do it by hand"
    )]
    CopyOnly(String),
    /// A name that is none.
    #[error("`{0}` is not the name of a table; write it as a statement does: schema.table")]
    NotAName(String),
    /// There is no such table.
    #[error("there is no table {0}; check the name and its schema")]
    NoTable(String),
    /// Nothing is known of it but its name.
    #[error("nothing is known of {0}: the migrations at hand do not create it; give the schema or the database")]
    UnknownTable(String),
    /// A relation that is no table.
    #[error("{name} is {what}, not a table; backfill {remedy}")]
    NotATable {
        /// The relation.
        name: String,
        /// What it is.
        what: &'static str,
        /// What to do.
        remedy: String,
    },
    /// There is no such column.
    #[error("{table} has no column {column}{}", suggestion(.nearest))]
    NoColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The column whose name is nearest.
        nearest: Option<String>,
    },
    /// A column is set twice.
    #[error("{0} is set twice; set it once")]
    SetTwice(String),
    /// Nothing is set.
    #[error("nothing is to be done: set at least one column")]
    NothingToDo,
    /// A column that cannot be written.
    #[error("{column} cannot be set: {reason}")]
    ReadOnly {
        /// The column.
        column: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// An expression or condition that cannot be read.
    #[error("`{text}` is not one expression: {reason}")]
    Expression {
        /// What was written.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A value that differs from one evaluation to the next.
    #[error(
        "`{value}` can differ each time it is computed, so that {column} would be written again and again; use a value \
         that depends on the row alone, or fill it only where it is NULL (`fill`, `--fill`)"
    )]
    Volatile {
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// A condition that differs from one evaluation to the next.
    #[error("the condition `{0}` can differ each time it is computed; use one that depends on the row alone")]
    VolatileCondition(String),
    /// A value that is made of the column it is for.
    #[error(
        "`{value}` is computed from {column} itself, so that nothing tells a row that is done from one that is not, and \
         a row could be changed twice; write into a new column, or add a condition on {column} that a changed row no \
         longer meets"
    )]
    SelfReference {
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// No key to follow.
    #[error("{table} has no key to go by: {reason}; add a unique index on NOT NULL columns{}", ctid_remedy(*.by_place))]
    NoKey {
        /// The table.
        table: String,
        /// What is wrong with each candidate.
        reason: String,
        /// Whether the place of the rows could be followed instead.
        by_place: bool,
    },
    /// The named key cannot be followed.
    #[error("the key ({columns}) of {table} cannot be followed: {reason}")]
    UnusableKey {
        /// The table.
        table: String,
        /// The columns.
        columns: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A copy that would make duplicates.
    #[error(
        "{into} has no unique key among the columns that are copied, so that a row copied twice would be there twice; \
         copy the columns of a unique key of {into} too, or make one"
    )]
    NoTargetKey {
        /// The table that is copied into.
        into: String,
    },
}

/// What does not keep a backfill from running, but should be known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Triggers that fire for each row that is written.
    Triggers {
        /// The table that is written.
        table: String,
        /// Their names.
        names: Vec<String>,
    },
    /// A value or condition that depends on settings of the session, or on the time.
    Stable(String),
    /// A function whose volatility is not known.
    UnknownVolatility(String),
    /// The set columns are indexed: each row gets new entries in all indexes of the table.
    Indexed {
        /// The table.
        table: String,
        /// The columns.
        columns: Vec<String>,
    },
    /// The table is followed by the place of its rows.
    ByPlace(String),
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Triggers { table, names } => {
                write!(f, "triggers of {table} fire for each row that is written: {}", names.join(", "))
            }
            Self::Stable(text) => write!(
                f,
                "`{text}` depends on the time or on settings of the session: a later check may see other values"
            ),
            Self::UnknownVolatility(text) => {
                write!(f, "`{text}` calls a function that is not known: it must depend on the row alone")
            }
            Self::Indexed { table, columns } => write!(
                f,
                "an index of {table} holds {}: each row that is written gets a new entry in every index",
                columns.join(", ")
            ),
            Self::ByPlace(table) => write!(
                f,
                "{table} has no key and is read by the place of its rows: VACUUM FULL or CLUSTER during the backfill \
                 starts it again"
            ),
        }
    }
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

fn ctid_remedy(by_place: bool) -> &'static str {
    if by_place { ", or go by the place of its rows with the key `ctid`" } else { "" }
}
