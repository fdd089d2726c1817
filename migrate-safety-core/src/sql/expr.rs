//! Expressions and queries, as far as effects and rules look into them.

use super::datatype::DataType;
use super::name::{Ident, ObjectName};
use std::fmt;

/// An expression with its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// The text as written.
    pub sql: Box<str>,
    /// Its structure.
    pub expr: Expr,
}

impl Expression {
    /// The same value where the type is not told by the place it stands in: a bare string constant gets a cast.
    #[must_use]
    pub fn of_type(self, data_type: &DataType) -> Self {
        if !matches!(self.expr, Expr::String(_)) {
            return self;
        }
        let sql = format!("{}::{data_type}", self.sql).into();
        Self { sql, expr: Expr::Cast { expr: Box::new(self.expr), to: data_type.clone() } }
    }
}

/// The structure of an expression. What has no variant of its own is [`Expr::Other`] with its parts, so that a walk
/// still meets every function, column and subquery.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// `NULL`.
    Null,
    /// `TRUE`, `FALSE`.
    Bool(bool),
    /// A number as written, a leading minus included.
    Number(Box<str>),
    /// A string constant of any quoting, unescaped.
    String(Box<str>),
    /// A parameter: `$1`.
    Parameter,
    /// The keyword `DEFAULT` in VALUES or SET.
    Default,
    /// A column, with the table or alias before it, if any. In a routine it can also be a variable.
    Column {
        /// Table or alias.
        qualifier: Option<Ident>,
        /// Column.
        name: Ident,
    },
    /// `*` or `t.*`.
    Star(Option<Ident>),
    /// A function call; keyword functions carry their lower-case name (`current_timestamp`, `coalesce`).
    Call {
        /// The function.
        name: ObjectName,
        /// Its arguments; a named one is a [`Binary`](Self::Binary) with the operator `=>` and the name as a string.
        args: Vec<Expr>,
    },
    /// `CAST(e AS t)`, `e::t`, `t 'constant'`.
    Cast {
        /// What is cast.
        expr: Box<Expr>,
        /// To which type.
        to: DataType,
    },
    /// `e COLLATE c`.
    Collate {
        /// What is collated.
        expr: Box<Expr>,
        /// The collation.
        collation: ObjectName,
    },
    /// A conjunction, flattened.
    And(Vec<Expr>),
    /// A disjunction, flattened.
    Or(Vec<Expr>),
    /// `NOT e`.
    Not(Box<Expr>),
    /// Any other operator with two operands; `op` is the symbol or the lower-case keyword (`=`, `<`, `||`, `like`).
    Binary {
        /// The operator.
        op: Box<str>,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `e IS [NOT] NULL`.
    IsNull {
        /// The operand.
        expr: Box<Expr>,
        /// With `NOT`.
        negated: bool,
    },
    /// `e [NOT] IN (a, b)`, `e = ANY (ARRAY[a, b])`.
    InList {
        /// The operand.
        expr: Box<Expr>,
        /// The listed values.
        list: Vec<Expr>,
        /// With `NOT`.
        negated: bool,
    },
    /// `e [NOT] BETWEEN a AND b`.
    Between {
        /// The operand.
        expr: Box<Expr>,
        /// Lower bound.
        low: Box<Expr>,
        /// Upper bound.
        high: Box<Expr>,
        /// With `NOT`.
        negated: bool,
    },
    /// `ARRAY[…]`.
    Array(Vec<Expr>),
    /// `(SELECT …)` as a value, `EXISTS (…)`, `e IN (SELECT …)`.
    Subquery {
        /// The operand of `IN`, `= ANY`.
        operand: Option<Box<Expr>>,
        /// Whether it is `EXISTS`.
        exists: bool,
        /// The query.
        query: Box<Query>,
    },
    /// Anything else, by its parts.
    Other(Vec<Expr>),
}

impl Expr {
    /// Calls `visit` on this expression and everything below it, outer first; queries inside are not entered.
    pub fn walk<'e>(&'e self, visit: &mut dyn FnMut(&'e Self)) {
        visit(self);
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Parameter | Self::Default => {}
            Self::Column { .. } | Self::Star(_) => {}
            Self::Call { args: parts, .. } | Self::And(parts) | Self::Or(parts) => {
                parts.iter().for_each(|p| p.walk(visit));
            }
            Self::Array(parts) | Self::Other(parts) => parts.iter().for_each(|p| p.walk(visit)),
            Self::Cast { expr, .. } | Self::Collate { expr, .. } | Self::Not(expr) | Self::IsNull { expr, .. } => {
                expr.walk(visit);
            }
            Self::Binary { left, right, .. } => {
                left.walk(visit);
                right.walk(visit);
            }
            Self::InList { expr, list, .. } => {
                expr.walk(visit);
                list.iter().for_each(|p| p.walk(visit));
            }
            Self::Between { expr, low, high, .. } => {
                expr.walk(visit);
                low.walk(visit);
                high.walk(visit);
            }
            Self::Subquery { operand, .. } => {
                if let Some(operand) = operand {
                    operand.walk(visit);
                }
            }
        }
    }

    /// The expressions it is directly made of; queries inside are not entered.
    pub(crate) fn parts_mut(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Parameter | Self::Default => {
                Vec::new()
            }
            Self::Column { .. } | Self::Star(_) | Self::Subquery { operand: None, .. } => Vec::new(),
            Self::Call { args: parts, .. }
            | Self::And(parts)
            | Self::Or(parts)
            | Self::Array(parts)
            | Self::Other(parts) => parts.iter_mut().collect(),
            Self::Cast { expr, .. } | Self::Collate { expr, .. } | Self::Not(expr) | Self::IsNull { expr, .. } => {
                vec![expr]
            }
            Self::Binary { left, right, .. } => vec![left, right],
            Self::InList { expr, list, .. } => std::iter::once(&mut **expr).chain(list).collect(),
            Self::Between { expr, low, high, .. } => vec![expr, low, high],
            Self::Subquery { operand: Some(operand), .. } => vec![operand],
        }
    }

    /// The conjuncts of a condition: its own parts if it is an `AND`, else itself.
    pub fn conjuncts(&self) -> &[Self] {
        match self {
            Self::And(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }

    /// Names of the columns mentioned, in order of appearance; queries inside are not entered.
    pub fn columns(&self) -> Vec<&Ident> {
        let mut found = Vec::new();
        self.walk(&mut |e| {
            if let Self::Column { name, .. } = e {
                found.push(name);
            }
        });
        found
    }

    /// Whether it has the same value for every row: no column, no subquery.
    pub fn is_constant(&self) -> bool {
        let mut constant = true;
        self.walk(&mut |e| constant &= !matches!(e, Self::Column { .. } | Self::Star(_) | Self::Subquery { .. }));
        constant
    }
}

/// A query: `WITH … SELECT … UNION …`, `VALUES …`, `TABLE t`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Common table expressions.
    pub ctes: Vec<Cte>,
    /// The arms of a set operation, or the one `SELECT`.
    pub selects: Vec<Select>,
    /// Expressions of `ORDER BY`.
    pub order_by: Vec<Expr>,
    /// `LIMIT` or `FETCH FIRST`, if present.
    pub limit: Option<Expr>,
    /// `OFFSET`, if present.
    pub offset: Option<Expr>,
    /// Locking clauses: `FOR UPDATE OF t SKIP LOCKED`.
    pub row_locks: Vec<RowLock>,
}

/// A common table expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: Ident,
    /// Names of its columns, if written; further ones keep theirs.
    pub columns: Vec<Ident>,
    /// What it computes.
    pub body: CteBody,
}

/// What a common table expression computes.
#[derive(Clone, Debug, PartialEq)]
pub enum CteBody {
    /// A query.
    Query(Box<Query>),
    /// `INSERT`, `UPDATE`, `DELETE`, `MERGE`.
    Dml(Box<super::operation::Operation>),
}

/// A locking clause of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct RowLock {
    /// Whether it is `FOR UPDATE` or `FOR NO KEY UPDATE` (else `SHARE`, `KEY SHARE`).
    pub exclusive: bool,
    /// The tables or aliases named by `OF`; empty for all.
    pub of: Vec<Ident>,
    /// With `SKIP LOCKED` or `NOWAIT`.
    pub nonblocking: bool,
}

/// One `SELECT`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Select {
    /// The output columns.
    pub items: Vec<SelectItem>,
    /// What it reads, joins flattened.
    pub from: Vec<TableRef>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// Everything else with expressions: `GROUP BY`, `HAVING`, `DISTINCT ON`, windows; rows of `VALUES`.
    pub others: Vec<Expr>,
}

/// An output column of a `SELECT`.
#[derive(Clone, Debug, PartialEq)]
pub struct SelectItem {
    /// What is computed; [`Expr::Star`] for `*`.
    pub expr: Expr,
    /// `AS name`, if written.
    pub alias: Option<Ident>,
    /// The text of what is computed.
    pub sql: Box<str>,
    /// Where `*` or `t.*` stands.
    pub place: Place,
}

/// One item of a `FROM` list or join.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRef {
    /// What is read.
    pub source: TableSource,
    /// `AS alias`.
    pub alias: Option<Ident>,
    /// Names of its columns behind the alias, for functions that return records with types; further ones keep theirs.
    pub columns: Vec<(Ident, Option<DataType>)>,
    /// `WITH ORDINALITY`: a last column with the number of the row.
    pub ordinality: bool,
    /// Whether it is joined to what stands before it, not separated by a comma.
    pub joined: bool,
    /// Behind `LEFT JOIN`: rows without a match in it are kept.
    pub optional: bool,
    /// The columns of `USING` that the join it takes part in makes one of.
    pub using: Vec<Ident>,
    /// `NATURAL`: the join makes one of all columns of the same name.
    pub natural: bool,
    /// The condition of the join it takes part in (`ON`), if any; `USING (a)` as `a = a`.
    pub on: Option<Expr>,
    /// Where the name of a relation stands, and where its alias ends.
    pub place: Place,
}

/// Where something stands in the text, in bytes; empty where that is not noted. Queries are equal wherever their parts
/// stand.
#[derive(Clone, Default)]
pub struct Place {
    /// What it is about.
    pub part: std::ops::Range<usize>,
    /// Where all that belongs to it ends.
    pub end: usize,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place")
    }
}

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl TableRef {
    /// An item without an alias that is joined to nothing.
    pub fn new(source: TableSource) -> Self {
        Self {
            source,
            alias: None,
            columns: Vec::new(),
            ordinality: false,
            joined: false,
            optional: false,
            using: Vec::new(),
            natural: false,
            on: None,
            place: Place::default(),
        }
    }
}

/// What a `FROM` item reads.
#[derive(Clone, Debug, PartialEq)]
pub enum TableSource {
    /// A table, view or common table expression.
    Relation {
        /// Its name.
        name: ObjectName,
        /// `ONLY`.
        only: bool,
    },
    /// A subquery.
    Query(Box<Query>),
    /// A function and the like.
    Expr(Expr),
}

impl Query {
    /// Calls `visit` on every expression of this query, its subqueries and common table expressions included
    /// (data-changing ones excepted).
    pub fn walk_exprs<'q>(&'q self, visit: &mut dyn FnMut(&'q Expr)) {
        fn enter<'q>(expr: &'q Expr, visit: &mut dyn FnMut(&'q Expr)) {
            expr.walk(&mut |e| {
                visit(e);
                if let Expr::Subquery { query, .. } = e {
                    query.walk_exprs(visit);
                }
            });
        }
        for cte in &self.ctes {
            if let CteBody::Query(query) = &cte.body {
                query.walk_exprs(visit);
            }
        }
        for select in &self.selects {
            for item in &select.items {
                enter(&item.expr, visit);
            }
            for table in &select.from {
                match &table.source {
                    TableSource::Relation { .. } => {}
                    TableSource::Query(query) => query.walk_exprs(visit),
                    TableSource::Expr(expr) => enter(expr, visit),
                }
                if let Some(on) = &table.on {
                    enter(on, visit);
                }
            }
            if let Some(filter) = &select.filter {
                enter(filter, visit);
            }
            for other in &select.others {
                enter(other, visit);
            }
        }
        for expr in self.order_by.iter().chain(&self.limit).chain(&self.offset) {
            enter(expr, visit);
        }
    }
}
